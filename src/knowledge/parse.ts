/** The text of a knowledge file → rows, or the places where it breaks its specification. Pure; `load.ts` does the reading. */
import { parse } from 'csv-parse/sync';
import { dayOf } from '../platform/civil.ts';
import { countText } from '../platform/fill-contract.ts';
import type { ColumnKind, TableSpec } from './contract.ts';
import { noteColumn, plainDecimal, type Row, validityColumns } from './table.ts';

/** The national tables hold about 250 000 points in all, a province's about 1 500 000. */
export const tableRowsMax = 2_000_000;
/** After so many complaints about one file the rest says nothing new. */
export const fileIssuesMax = 20;

/** One fault of the knowledge tables: where it is and what is wrong. */
export interface KnowledgeIssue {
  readonly file: string;
  /** Line in the file, the header being line 1; `null` when the whole file is meant. */
  readonly row: number | null;
  readonly column: string | null;
  readonly message: { readonly zh: string; readonly en: string };
}

export type ParsedTable =
  | { readonly ok: true; readonly rows: readonly Row[] }
  | { readonly ok: false; readonly issues: readonly KnowledgeIssue[] };

export function parseTable(spec: TableSpec, text: string): ParsedTable {
  const issues: KnowledgeIssue[] = [];
  const complain = (row: number | null, column: string | null, zh: string, en: string) =>
    issues.push({ file: spec.file, row, column, message: { zh, en } });

  const columns = Object.keys(spec.columns);
  for (const name of [
    ...spec.key,
    ...spec.required,
    ...Object.keys(spec.values ?? {}),
    ...Object.keys(spec.least ?? {}),
    ...validityColumns,
    noteColumn,
  ])
    if (spec.columns[name] === undefined)
      complain(null, name, '清单 columns 中没有这一列', 'the manifest does not list this column');

  const records = recordsOf(text);
  if (records === null) complain(null, null, '不是合法的 CSV 文件', 'is not a CSV file');
  const [header, ...body] = records ?? [];
  if (header !== undefined && header.cells.join() !== columns.join())
    complain(1, null, `表头应为 ${columns.join(',')}`, `the header must be ${columns.join(',')}`);
  if (records?.length === 0) complain(null, null, '文件为空，缺少表头', 'is empty and has no header');
  if (body.length > tableRowsMax)
    complain(null, null, `超过 ${tableRowsMax} 行`, `has more than ${tableRowsMax} rows`);
  if (issues.length > 0) return { ok: false, issues };

  const { rows, issues: faults } = readRows(spec, body, fileIssuesMax);
  return faults.length === 0 ? { ok: true, rows } : { ok: false, issues: faults };
}

/** One line of a file: its cells in the order of the columns. */
export interface TableRecord {
  readonly line: number;
  readonly cells: readonly string[];
}

export interface ReadRows {
  /** Those without a fault. */
  readonly rows: readonly Row[];
  /** At most so many as were asked for. */
  readonly issues: readonly KnowledgeIssue[];
  /** Lines with a fault, all of them. */
  readonly badLines: ReadonlySet<number>;
}

export function readRows(spec: TableSpec, records: readonly TableRecord[], issuesMax: number): ReadRows {
  const columns = Object.keys(spec.columns);
  const mustHold = new Set([...spec.key, ...spec.required, 'effective_from']);
  const issues: KnowledgeIssue[] = [];
  const rows: Row[] = [];
  const badLines = new Set<number>();
  for (const { line, cells } of records) {
    const complain = (column: string | null, zh: string, en: string): void => {
      badLines.add(line);
      if (issues.length < issuesMax) issues.push({ file: spec.file, row: line, column, message: { zh, en } });
    };
    const row = readRow(spec, columns, mustHold, { line, cells }, complain);
    if (row !== null && !badLines.has(line)) rows.push(row);
  }
  return { rows, issues, badLines };
}

function readRow(
  spec: TableSpec,
  columns: readonly string[],
  mustHold: ReadonlySet<string>,
  { line, cells }: TableRecord,
  complain: (column: string | null, zh: string, en: string) => void,
): Row | null {
  if (cells.length !== columns.length) {
    complain(
      null,
      `应有 ${columns.length} 列，实有 ${cells.length} 列`,
      `has ${countText(cells.length, 'cell')}, not ${columns.length}`,
    );
    return null;
  }
  const byName: Record<string, string> = {};
  for (const [index, name] of columns.entries()) {
    const cell = cells[index] ?? '';
    if (cell === '') {
      if (mustHold.has(name)) complain(name, '不得为空', 'must not be empty');
      continue;
    }
    const value = valueOf(spec.columns[name] ?? 'text', cell);
    if (value === null)
      complain(
        name,
        `“${brief(cell)}”不是${kindsInChinese[spec.columns[name] ?? 'text']}`,
        `'${brief(cell)}' is no ${spec.columns[name]}`,
      );
    else if (spec.values?.[name]?.includes(value) === false)
      complain(
        name,
        `“${brief(cell)}”不在允许值之内：${spec.values[name]?.join('、')}`,
        `'${brief(cell)}' is none of ${spec.values[name]?.join(', ')}`,
      );
    else if (Number(value) < (spec.least?.[name] ?? Number.NEGATIVE_INFINITY))
      complain(
        name,
        `“${brief(cell)}”小于允许的最小值 ${spec.least?.[name]}`,
        `'${brief(cell)}' is less than ${spec.least?.[name]}`,
      );
    else byName[name] = value;
  }
  const row = datedRow(line, byName);
  if (row !== null && row.to !== null && row.to <= row.from)
    complain('effective_to', '失效日期必须晚于生效日期', 'must be later than effective_from');
  return row;
}

const kindsInChinese: Readonly<Record<ColumnKind, string>> = {
  code: '编码',
  codes: '编码（多个以 | 分隔）',
  text: '文本',
  decimal: '十进制数',
  int: '整数',
  date: '日期（yyyy-MM-dd）',
};

const briefMax = 60;
/** Enough of a cell to find it by. */
const brief = (cell: string): string => (cell.length > briefMax ? `${cell.slice(0, briefMax)}…` : cell);

/** `null` when a date is missing or unreadable, which has been complained about already. */
function datedRow(line: number, cells: Readonly<Record<string, string>>): Row | null {
  const from = dayOf(cells['effective_from'] ?? '');
  const to = cells['effective_to'] === undefined ? null : dayOf(cells['effective_to']);
  return from === null ? null : { line, cells, from, to };
}

/** The cell in its one spelling, or `null` when it is not of its kind. */
function valueOf(kind: ColumnKind, cell: string): string | null {
  switch (kind) {
    case 'code':
      return /^[\x21-\x7e]{1,50}$/.test(cell) ? cell : null;
    case 'codes':
      return /^[\x21-\x7b\x7d-\x7e]{1,50}(\|[\x21-\x7b\x7d-\x7e]{1,50}){0,199}$/.test(cell) ? cell : null;
    case 'text':
      return cell;
    case 'decimal':
      return plainDecimal(cell);
    case 'int':
      return /^-?\d{1,15}$/.test(cell) ? String(Number(cell)) : null;
    case 'date':
      return cell.length === 10 && dayOf(cell) !== null ? cell : null;
    default:
      return kind satisfies never;
  }
}

function recordsOf(text: string): TableRecord[] | null {
  try {
    return csvRecords(text);
  } catch {
    return null;
  }
}

/** @throws csv-parse's error, with the line, when the text is no CSV */
export function csvRecords(
  text: string,
  recordsMax: number = tableRowsMax + 2,
  delimiter: ',' | '\t' = ',',
): TableRecord[] {
  const records: TableRecord[] = [];
  parse(text, {
    bom: true,
    delimiter,
    trim: true,
    skip_empty_lines: true,
    relax_column_count: true,
    to: recordsMax,
    on_record: (cells: string[], { lines }: { lines: number }) => {
      records.push({ line: lines, cells });
      return null;
    },
  });
  return records;
}
