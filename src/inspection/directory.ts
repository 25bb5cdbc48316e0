/**
 * 两库 from files as agencies keep them: a CSV or XLSX with a header of the field names, lists in one cell separated by `;`, periods as
 * `from/to`. A bad row is told with its line; nothing is guessed.
 */
import type { z } from 'zod';
import type { Message } from '../claims/contract.ts';
import { readSheet, type SheetCell, type SheetRow } from '../knowledge/sheet.ts';
import { formatDay, msPerDay } from '../platform/civil.ts';
import {
  type DrawObject,
  type Expert,
  expertSchema,
  type Inspector,
  inspectorSchema,
  objectSchema,
} from './contract.ts';

export interface RowIssue {
  /** Of the file; the header is line 1. */
  readonly line: number;
  readonly column: string | null;
  readonly message: Message;
}

export type Directory<Entry> =
  | { readonly ok: true; readonly entries: readonly Entry[] }
  | { readonly ok: false; readonly issues: readonly RowIssue[] };

/** Bad rows that are told; the file is to be mended, not read on the screen. */
const issuesMax = 100;

type Cells = Readonly<Record<string, string>>;
const listOf = (cell: string): string[] => (cell === '' ? [] : cell.split(';').map((part) => part.trim()));
const orNull = (cell: string): string | null => (cell === '' ? null : cell);
const numberOf = (cell: string): number => (cell === '' ? Number.NaN : Number(cell));

export const readObjects = (file: Buffer): Promise<Directory<DrawObject>> =>
  readDirectory(file, objectSchema, (cells) => ({
    ...cells,
    credit_grade: orNull(cells['credit_grade'] ?? ''),
    risk: cells['risk'] === '' ? null : numberOf(cells['risk'] ?? ''),
    clues: cells['clues'] === '' ? 0 : numberOf(cells['clues'] ?? ''),
    last_checked: orNull(cells['last_checked'] ?? ''),
    exempt: orNull(cells['exempt'] ?? ''),
  }));

export const readInspectors = (file: Buffer): Promise<Directory<Inspector>> =>
  readDirectory(file, inspectorSchema, (cells) => ({ ...cells, ...listsOf(cells) }));

export const readExperts = (file: Buffer): Promise<Directory<Expert>> =>
  readDirectory(file, expertSchema, (cells) => ({ ...cells, ...listsOf(cells) }));

const listsOf = (cells: Cells) => ({
  specialties: listOf(cells['specialties'] ?? ''),
  recused_from: listOf(cells['recused_from'] ?? ''),
  away: listOf(cells['away'] ?? '').map((span) => {
    const [from, to] = span.split('/');
    return { from, to };
  }),
});

async function readDirectory<Shape extends z.ZodRawShape>(
  file: Buffer,
  schema: z.ZodObject<Shape>,
  valuesOf: (cells: Cells) => object,
): Promise<Directory<z.output<z.ZodObject<Shape>>>> {
  const sheet = await readSheet(file);
  if (!sheet.ok) return refused([{ line: sheet.row ?? 1, column: null, message: sheet.message }]);
  const [header, ...rows] = sheet.rows;
  const columns = (header?.cells ?? []).map(textOf);
  const wanted = Object.keys(schema.shape);
  const missing = wanted.filter((column) => !columns.includes(column));
  const unknown = columns.filter((column) => column !== '' && !wanted.includes(column));
  if (missing.length > 0 || unknown.length > 0)
    return refused([
      {
        line: 1,
        column: null,
        message: {
          zh: `表头应为 ${wanted.join('、')}${missing.length > 0 ? `；缺少 ${missing.join('、')}` : ''}${unknown.length > 0 ? `；不认识 ${unknown.join('、')}` : ''}`,
          en: `the header is ${wanted.join(', ')}${missing.length > 0 ? `; missing: ${missing.join(', ')}` : ''}${unknown.length > 0 ? `; unknown: ${unknown.join(', ')}` : ''}`,
        },
      },
    ]);
  const issues: RowIssue[] = [];
  const entries: z.output<z.ZodObject<Shape>>[] = [];
  for (const row of rows) {
    const parsed = schema.safeParse(valuesOf(cellsOf(row, columns)));
    if (parsed.success) entries.push(parsed.data);
    else
      for (const { path, message } of parsed.error.issues)
        issues.push({
          line: row.line,
          column: String(path[0] ?? ''),
          message: { zh: `不符合要求：${message}`, en: message },
        });
  }
  return issues.length > 0 ? refused(issues) : { ok: true, entries };
}

const refused = (issues: readonly RowIssue[]): { ok: false; issues: RowIssue[] } => ({
  ok: false,
  issues: issues.slice(0, issuesMax),
});

const cellsOf = ({ cells }: SheetRow, columns: readonly string[]): Cells =>
  Object.fromEntries(columns.map((column, index) => [column, textOf(cells[index] ?? null)]));

/** A spreadsheet holds days as dates of UTC. */
const textOf = (cell: SheetCell): string =>
  cell === null
    ? ''
    : cell instanceof Date
      ? formatDay(Math.floor(cell.getTime() / msPerDay))
      : String(cell).trim();
