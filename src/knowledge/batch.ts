/** The rows of a batch, or the reasons why they are none: what people send against the specification of its table. Pure. */
import { type Encoding, replacement } from '../claims/import/encoding.ts';
import { countText } from '../platform/fill-contract.ts';
import {
  type BatchIssue,
  batchIssuesMax,
  cellCharsMax,
  type ColumnKind,
  type TableSpec,
} from './contract.ts';
import { readRows, type TableRecord } from './parse.ts';
import type { SheetRow } from './sheet.ts';
import { indexTable, overlapsOf, type Row } from './table.ts';

export interface ReadBatch {
  readonly rows: readonly Row[];
  /** At most `batchIssuesMax`; that there are more, `badRows` says. */
  readonly issues: readonly BatchIssue[];
  /** Lines of data in the file. */
  readonly allRows: number;
  readonly badRows: number;
}

/** Days of rows that state none, yyyy-MM-dd. */
export interface BatchDays {
  readonly effective_from: string;
  readonly effective_to: string | null;
}

/** The columns of a file may come in any order, and those that may be empty may be left out. */
export function readBatch(
  spec: TableSpec,
  sheet: readonly SheetRow[],
  days: BatchDays,
  encoding: Encoding | null = null,
): ReadBatch {
  const [header, ...body] = sheet;
  const columns = header === undefined ? [] : header.cells.map((cell) => String(cell ?? '').trim());
  const faults = headerFaults(spec, columns, header?.line ?? 1);
  if (faults.length > 0)
    return { rows: [], issues: faults, allRows: body.length, badRows: Math.max(1, body.length) };
  if (body.length === 0)
    return { rows: [], issues: [issueAt(null, null, '没有数据行', 'holds no rows')], allRows: 0, badRows: 1 };

  const told = new Map<number, BatchIssue[]>();
  const tell = (row: number, column: string | null, zh: string, en: string): void => {
    told.set(row, [...(told.get(row) ?? []), issueAt(row, column, zh, en)]);
  };
  const places = Object.entries(spec.columns).map(
    ([name, kind]): ColumnPlace => ({ name, kind, at: columns.indexOf(name) }),
  );
  const records = body.flatMap((row) => recordOf(spec, columns, places, row, days, encoding, tell) ?? []);
  const read = readRows(spec, records, batchIssuesMax);
  for (const { row, column, message } of read.issues) {
    // Said already, and better.
    const known = row === null ? undefined : told.get(row);
    if (row !== null && known?.some((issue) => issue.column === column) !== true)
      tell(row, column, message.zh, message.en);
  }
  const rows = read.rows.filter(({ line }) => !told.has(line));
  for (const { first, second } of overlapsOf(indexTable(spec, rows)))
    tell(
      second.line,
      spec.key.join('+'),
      `与第 ${first.line} 行的键相同且有效期重叠`,
      `has the key of row ${first.line} and is in force at the same time`,
    );
  const issues = [...told].sort(([a], [b]) => a - b).flatMap(([, of]) => of);
  return {
    rows,
    issues: issues.slice(0, batchIssuesMax),
    allRows: body.length,
    badRows: new Set([...told.keys(), ...read.badLines]).size,
  };
}

const issueAt = (row: number | null, column: string | null, zh: string, en: string): BatchIssue => ({
  row,
  column,
  message: { zh, en },
});

function headerFaults(spec: TableSpec, columns: readonly string[], line: number): BatchIssue[] {
  const needed = [...spec.key, ...spec.required].filter((name) => !columns.includes(name));
  const unknown = columns.filter((name) => spec.columns[name] === undefined);
  const twice = columns.filter((name, index) => columns.indexOf(name) !== index);
  return [
    ...needed.map((name) => issueAt(line, name, '表头缺少这一列', 'the header lacks this column')),
    ...unknown.map((name) =>
      issueAt(
        line,
        name,
        `表头有未知的列；本表的列为 ${Object.keys(spec.columns).join(',')}`,
        `the header has a column that this table has not: ${Object.keys(spec.columns).join(',')}`,
      ),
    ),
    ...twice.map((name) => issueAt(line, name, '表头中这一列出现两次', 'the header names this column twice')),
  ];
}

interface ColumnPlace {
  readonly name: string;
  readonly kind: ColumnKind;
  /** In the file; -1: it is not there. */
  readonly at: number;
}

/** Cells in the order of the specification; `null`: the row has cells too few or too many. */
function recordOf(
  spec: TableSpec,
  columns: readonly string[],
  places: readonly ColumnPlace[],
  { line, cells }: SheetRow,
  days: BatchDays,
  encoding: Encoding | null,
  tell: (row: number, column: string | null, zh: string, en: string) => void,
): TableRecord | null {
  if (cells.length !== columns.length) {
    tell(
      line,
      null,
      `应有 ${columns.length} 列，实有 ${cells.length} 列`,
      `has ${countText(cells.length, 'cell')}, not ${columns.length}`,
    );
    return null;
  }
  const ordered: string[] = [];
  for (const { name, kind, at } of places) {
    const cell = cells[at] ?? null;
    if (cell === null || cell === '') {
      ordered.push(defaultOf(name, days));
      continue;
    }
    const read = textOfCell(cell, kind, spec.values?.[name] ?? null);
    if (read.text.length > cellCharsMax) {
      tell(line, name, `超过 ${cellCharsMax} 个字符`, `is longer than ${cellCharsMax} characters`);
    } else if (read.text.includes(replacement)) {
      tell(
        line,
        name,
        `含有不是 ${encoding ?? '文本'} 的字节`,
        `holds bytes that are no ${encoding ?? 'text'}`,
      );
    } else if (read.fault !== null) tell(line, name, read.fault.zh, read.fault.en);
    ordered.push(read.text);
  }
  return { line, cells: ordered };
}

const defaultOf = (name: string, days: BatchDays): string => {
  if (name === 'effective_from') return days.effective_from;
  return name === 'effective_to' ? (days.effective_to ?? '') : '';
};

interface CellText {
  readonly text: string;
  readonly fault: { readonly zh: string; readonly en: string } | null;
}

const plain = (text: string): CellText => ({ text, fault: null });

/** What stands in a cell of a spreadsheet, as it would stand in a CSV file. */
function textOfCell(
  cell: string | number | boolean | Date,
  kind: ColumnKind,
  values: readonly string[] | null,
): CellText {
  if (typeof cell === 'string') return plain(cell);
  if (cell instanceof Date) return plain(cell.toISOString().replace('T00:00:00.000Z', ''));
  const text = String(cell);
  // A spreadsheet that took a code for a number has dropped its zeros and rounded its end: nobody can know what it was.
  const isLostCode = (kind === 'code' || kind === 'codes') && values?.includes(text) !== true;
  return isLostCode
    ? {
        text,
        fault: {
          zh: `编码列中的数字 ${text} 可能已丢失前导零或末位，请把该列设为文本格式后重填`,
          en: `the number ${text} in a column of codes may have lost digits; format the column as text`,
        },
      }
    : plain(text);
}
