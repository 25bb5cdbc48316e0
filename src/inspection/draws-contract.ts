/** What goes over HTTP about draws and the checks that follow. What is drawn itself stands in `contract.ts`. */
import { z } from 'zod';
import { areaPattern } from '../people/permissions.ts';
import { messageSchema } from '../claims/contract.ts';
import {
  commitmentSchema,
  drawFormat,
  evidenceSchema,
  planSchema,
  readingSchema,
  replacementSchema,
  resultSchema,
  rollsSchema,
} from './contract.ts';
import { taskKinds } from './on-site-contract.ts';

export const drawNoteMax = 2_000;
export const drawsShownMax = 500;
/** Changed lines of a directory that a preview names. */
export const changesShownMax = 50;

const count = z.int().min(0);
const reason = z.string().trim().min(1).max(500);
export const directoryKinds = ['objects', 'inspectors', 'experts'] as const;
export const directoryKindSchema = z.enum(directoryKinds);
export type DirectoryKind = z.infer<typeof directoryKindSchema>;

export const directoryBriefSchema = z.object({
  id: count,
  kind: directoryKindSchema,
  sha256: z.string(),
  rows: count,
  file_name: z.string(),
  account: z.string(),
  at: z.iso.datetime(),
});
export type DirectoryBrief = z.infer<typeof directoryBriefSchema>;
export const directoriesSchema = z.object({ items: z.array(directoryBriefSchema) });

/** `POST /inspections/directories/:kind?save=…`: without `save` nothing is stored. */
export const uploadQuerySchema = z.strictObject({
  file_name: z.string().min(1).max(200),
  save: z.enum(['true', 'false']).default('false'),
});
export const directoryUploadSchema = z.object({
  saved: directoryBriefSchema.nullable(),
  rows: count,
  added: count,
  changed: count,
  removed: count,
  changes: z.array(z.object({ id: z.string(), kind: z.enum(['added', 'changed', 'removed']) })),
  issues: z.array(z.object({ line: count, column: z.string().nullable(), message: messageSchema })),
});
export type DirectoryUpload = z.infer<typeof directoryUploadSchema>;

const drawStates = ['committed', 'drawn', 'opened'] as const;

export const drawRowSchema = z.object({
  id: count,
  plan_id: z.string(),
  title: z.string(),
  agency: z.string(),
  commitment_sha256: z.string(),
  committed_at: z.iso.datetime(),
  state: z.enum(drawStates),
  unannounced: z.boolean(),
  checks: z.object({ from: z.string(), to: z.string() }),
  drawn: count.describe('objects; 0 before the draw'),
  checked: count,
  redrawn_by: z.string().nullable().describe('hash of the draw that took its place'),
});
export type DrawRow = z.infer<typeof drawRowSchema>;
export const drawsSchema = z.object({
  items: z.array(drawRowSchema),
  published_bits_min: count.describe('entropy that published numbers of a new plan need today, in bits'),
});

export const commitSchema = z.strictObject({
  plan: planSchema,
  redraw_of: z.int().min(1).nullable().default(null).describe('number of the draw whose place it takes'),
});

/** What one of two enters, or the round of drand. */
export const evidenceGivenSchema = z.discriminatedUnion('kind', [
  evidenceSchema.options[0],
  z.strictObject({ kind: z.literal('published'), reading: readingSchema }),
  z.strictObject({ kind: z.literal('dice'), rolls: rollsSchema.min(1) }),
]);
export type EvidenceGiven = z.infer<typeof evidenceGivenSchema>;

export const leavingSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('object'), stratum: z.string(), out: z.string(), reason }),
  z.strictObject({ kind: z.literal('inspector'), object_id: z.string(), out: z.string(), reason }),
]);
export const approvalOfRedrawSchema = z.strictObject({ reason });

export const resultTermsSchema = z.strictObject({
  note: z.string(),
  publish_days: z.int().min(1).max(365).describe('natural days from a check to its publication'),
  announced: z
    .array(z.enum(taskKinds))
    .max(taskKinds.length)
    .describe(
      'checks beside the draws that the object knows of before; any other is secret until it is done',
    ),
  recheck_days: z
    .int()
    .min(1)
    .max(365)
    .describe('natural days for the re-check after an order to correct is due'),
  results: z
    .array(
      z.strictObject({
        code: z.string(),
        title: messageSchema,
        problems: z.enum(['none', 'some', 'any']).describe('what the record of such a result holds'),
        orders_correction: z.boolean(),
        fact: z
          .enum(['inspection_problem', 'refused_inspection'])
          .nullable()
          .describe('what the credit ledger takes it for; null: nothing'),
      }),
    )
    .min(1),
});
export type ResultTerms = z.infer<typeof resultTermsSchema>;

export const recordGivenSchema = z.strictObject({
  object_id: z.string().min(1).max(64),
  checked_on: z.iso.date(),
  result_code: z.string().max(40),
  note: z.string().trim().max(drawNoteMax),
});
export type RecordGiven = z.infer<typeof recordGivenSchema>;

export const taskSchema = z.object({
  object_id: z.string(),
  name: z.string(),
  stratum: z.string(),
  ticket: z.string().nullable().describe('null: of a draw by RFC 3797'),
  inspectors: z.array(z.object({ inspector_id: z.string(), name: z.string(), unit: z.string() })),
  check: z
    .object({ id: count, state: z.string() })
    .nullable()
    .describe('on the spot; null: of a draw before there were such'),
  record: z
    .object({
      checked_on: z.iso.date(),
      result_code: z.string(),
      note: z.string(),
      account: z.string(),
      at: z.iso.datetime(),
      published_on: z.iso.date().describe('day of the first entry, by which it is in time'),
      corrections: count,
    })
    .nullable(),
});
export type InspectionTask = z.infer<typeof taskSchema>;

/** `GET /inspections/draws/:id` */
export const drawDetailSchema = z.object({
  draw: drawRowSchema,
  commitment: commitmentSchema,
  account: z.string().describe('who committed it'),
  evidence_from: z.iso
    .datetime()
    .describe('when the seed is known by the commitment: nothing is taken before'),
  evidence_wait_seconds: count.describe('until then, by the clock of the server; 0: evidence is taken'),
  readings: z.array(z.object({ place: z.int(), account: z.string(), at: z.iso.datetime() })),
  drawn_by: z.string().nullable(),
  result: resultSchema.nullable(),
  tasks: z.array(taskSchema),
  replacements: z.array(replacementSchema),
  redraw_approvals: z.array(z.object({ account: z.string(), reason: z.string(), at: z.iso.datetime() })),
  terms: resultTermsSchema,
});
export type DrawDetail = z.infer<typeof drawDetailSchema>;

export const publicAreasMax = 200;
export const publicDrawsQuerySchema = z.strictObject({
  area: z
    .string()
    .regex(/^\d{6}$/)
    .optional()
    .describe('行政区划代码: results of a district, or of a 统筹区 or province with everything in it'),
});
export type PublicDrawsQuery = z.infer<typeof publicDrawsQuerySchema>;
/** `GET /public/draws`: what everybody may see. Results come with the opening of a draw, or at once where it was announced. */
export const publicDrawsSchema = z.object({
  format: z.literal(drawFormat),
  areas: z
    .array(z.string().regex(areaPattern))
    .max(publicAreasMax)
    .describe('行政区划 that occur in the results, whatever was asked for'),
  items: z.array(
    drawRowSchema.omit({ id: true }).extend({
      results: z.array(
        z.object({
          object_id: z.string(),
          name: z.string(),
          area: z.string().nullable().describe('行政区划'),
          checked_on: z.iso.date().nullable(),
          result: messageSchema.nullable(),
          overdue: z.boolean().describe('checked, and not published in time; or due and not checked'),
        }),
      ),
    }),
  ),
});
export type PublicDraws = z.infer<typeof publicDrawsSchema>;
