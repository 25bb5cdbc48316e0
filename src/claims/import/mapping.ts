/**
 * A mapping file says how rows of CSV files become claim documents. It is data (`rules/mappings/*.json`), so that a new export layout
 * needs no release.
 *
 * ```jsonc
 * {
 *   "name": "county-his",
 *   "description": { "zh": "…", "en": "…" },
 *   "tables": {                                   // which files, and how they are written
 *     "bills":   { "files": ["bill*.csv"], "nulls": ["NULL"], "delimiter": "," },
 *     "details": { "files": ["detail*.csv"] },
 *     "people":  { "files": ["people.csv"] }
 *   },
 *   "claims": [{                                  // one entry for each table whose rows make claims
 *     "from": "bills", "key": ["BILL_NO"],
 *     "children": { "detail": { "table": "details", "key": ["BILL_NO"] } },
 *     "lookups":  { "person": { "table": "people", "key": ["ID"], "by": ["PATIENT"] } },
 *     "claim": {                                  // the claim document; names as in its JSON Schema
 *       "setl_id": { "column": "BILL_NO" },
 *       "person": { "psn_no": { "column": "PATIENT" }, "brdy": { "column": "BORN", "of": "person", "date": "yyyyMMdd" } },
 *       "lines": { "rows": "detail", "fields": { "feedetl_sn": { "column": "NO" } } }
 *     }
 *   }]
 * }
 * ```
 *
 * An empty cell and every token in `nulls` mean *not stated*. Files may be gzipped; patterns match the name without `.gz`, and know
 * `*` and `?`. Several files of one table are read one after the other, sorted by name.
 */
import { z } from 'zod';
import { messageSchema } from '../contract.ts';
import { encodings } from './encoding.ts';
import { InputError, type InputProblem } from './input-error.ts';

const identifier = z.string().regex(/^[a-z][a-z0-9_-]{0,39}$/);
const column = z.string().min(1).max(200);

/** Rows of a repeated column group (`DIAG_1` … `DIAG_10`). */
export const repeatMax = 200;

const tableSchema = z.strictObject({
  files: z.array(z.string().min(1)).min(1),
  delimiter: z.string().min(1).max(4).default(','),
  nulls: z.array(z.string().min(1)).default([]),
  encoding: z.enum(encodings).optional(),
  /** The set may come without this table; lists made of it are then left out of the claims (not reported), instead of empty. */
  optional: z.boolean().default(false),
});
export type TableSpec = z.infer<typeof tableSchema>;

/** How a cell becomes a value. The steps are applied in the order in which they stand here. */
const columnSchema = z.strictObject({
  /** `{n}` is replaced by the number of the repetition. */
  column,
  /** A look-up of this claim, or `claim` for the row that makes the claim (inside lists); left out: the row at hand. */
  of: identifier.optional(),
  /** The file may come without this column. */
  optional: z.boolean().optional(),
  /** Further tokens that mean *not stated* in this column only. */
  nulls: z.array(z.string().min(1)).optional(),
  /** Every occurrence of this text is taken out (thousands separators, dashes). */
  remove: z.string().min(1).optional(),
  /** Only the last so many characters. */
  last: z.int().min(1).max(1000).optional(),
  /** `yyyy MM M dd d HH H mm ss` and literal characters, e.g. `yyyy/M/d H:mm`. Written out as the claim document wants it. */
  date: z.string().min(4).max(40).optional(),
  /** Code translation. A key ending in `*` matches by its beginning; the longest match counts. */
  codes: z.record(z.string().min(1), z.string().min(1)).optional(),
  /** For a code that `codes` does not have: this text, or `{"keep": true}` for the code itself. Left out: the row is rejected. */
  otherwise: z
    .union([
      z.string().min(1),
      z.strictObject({ keep: z.literal(true) }),
      z.strictObject({ null: z.literal(true) }),
    ])
    .optional(),
});

export type ColumnSpec = z.infer<typeof columnSchema>;
export type ValueSpec =
  | ColumnSpec
  | { constant: string | number | boolean }
  /** One of the maker's `values`, as if it stood here. */
  | { value: string }
  /** Exact decimal arithmetic. A sum leaves out what is not stated, and is not stated when nothing is. */
  | { sum: ValueSpec[] }
  /** Not stated when either part is not stated. */
  | { difference: [ValueSpec, ValueSpec] }
  /** Rounded half up to `places`; not stated when a part is not stated or the divisor is 0. */
  | { quotient: [ValueSpec, ValueSpec]; places: number }
  /** Not stated when any part is not stated: half a key is no key. */
  | { concat: ValueSpec[]; separator?: string | undefined }
  /** The first that is stated. */
  | { first: ValueSpec[] }
  /** Over all rows of the claim (`rowsPerClaim: many`): exact sum, least and greatest text, first that is stated. */
  | { total: ValueSpec }
  | { least: ValueSpec }
  | { greatest: ValueSpec }
  | { any: ValueSpec };

export const valueSchema: z.ZodType<ValueSpec> = z.lazy(() =>
  z.union([
    columnSchema,
    z.strictObject({ constant: z.union([z.string().min(1), z.number(), z.boolean()]) }),
    z.strictObject({ value: identifier }),
    z.strictObject({ sum: z.array(valueSchema).min(1) }),
    z.strictObject({ difference: z.tuple([valueSchema, valueSchema]) }),
    z.strictObject({ quotient: z.tuple([valueSchema, valueSchema]), places: z.int().min(0).max(6) }),
    z.strictObject({ concat: z.array(valueSchema).min(1), separator: z.string().optional() }),
    z.strictObject({ first: z.array(valueSchema).min(1) }),
    z.strictObject({ total: valueSchema }),
    z.strictObject({ least: valueSchema }),
    z.strictObject({ greatest: valueSchema }),
    z.strictObject({ any: valueSchema }),
  ]),
);

/**
 * An object of the claim document: its fields, each a value, an object or a list, as the claim schema has it. Checked field by field
 * against the claim schema when the mapping is compiled. Two names are no fields:
 * - `sameNames: true` – every field not given takes the column of its own name, where the file has one;
 * - `skipWithout: "drg_code"` – the whole object (or list item) is left out when this field is not stated.
 */
const objectSchema = z.record(z.string(), z.unknown());

export const listSchema = z.union([
  /** One item for each row of a child, or (`"claim"`) for each row of the claim itself. */
  z.strictObject({ rows: identifier, fields: objectSchema }),
  /** One item for each number from..to, put for `{n}` in column names and constants. */
  z.strictObject({
    repeat: z
      .strictObject({ from: z.int().min(0), to: z.int().min(0) })
      .refine((range) => range.to - range.from < repeatMax),
    fields: objectSchema,
  }),
  /** Exactly one item. */
  z.strictObject({ one: objectSchema }),
]);
export type ListSpec = z.infer<typeof listSchema>;

const joinSchema = z.strictObject({
  table: identifier,
  /** Columns of the joined table … */
  key: z.array(column).min(1),
  /** … and what they are compared with, in the same order: columns of the row that makes the claim. Left out: the claim's key. */
  by: z.array(column).min(1).optional(),
});
const lookupSchema = joinSchema.extend({
  /** When several rows have the key. Left out: the claim is rejected. */
  pick: z.enum(['first', 'last']).optional(),
  /** Whether a claim without a row there is rejected. */
  required: z.boolean().default(true),
});
const makerSchema = z.strictObject({
  from: identifier,
  key: z.array(column).min(1),
  /** `many`: rows with equal keys are lines of one claim, wherever they stand in the file. */
  rowsPerClaim: z.enum(['one', 'many']).default('one'),
  children: z.record(identifier, joinSchema).default({}),
  lookups: z.record(identifier, lookupSchema).default({}),
  /** Values that several fields share, by name. */
  values: z.record(identifier, valueSchema).default({}),
  claim: objectSchema,
});
export type ClaimMakerSpec = z.infer<typeof makerSchema>;

export const mappingSchema = z.strictObject({
  $schema: z.string().optional(),
  name: identifier,
  description: messageSchema,
  tables: z.record(identifier, tableSchema),
  claims: z.array(makerSchema).min(1),
});
export type Mapping = z.infer<typeof mappingSchema>;

/** @throws InputError naming every wrong place of the mapping */
export function parseMapping(text: string, fileName: string): Mapping {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new InputError(
      { zh: `映射文件 ${fileName} 不是合法的 JSON`, en: `The mapping file ${fileName} is not valid JSON` },
      [],
      cause,
    );
  }
  const parsed = mappingSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw mappingError(
    fileName,
    parsed.error.issues.map((problem) => ({
      path: problem.path.map(String).join('.'),
      message: { zh: `不符合映射文件的格式：${problem.message}`, en: problem.message },
    })),
  );
}

export function mappingError(fileName: string, problems: readonly InputProblem[]): InputError {
  return new InputError(
    { zh: `映射文件 ${fileName} 有误`, en: `The mapping file ${fileName} is wrong` },
    problems.map((problem) => ({ ...problem, path: `${fileName} ${problem.path}` })),
  );
}
