/** The rows of one table of a mapping, over all its files, reduced to the columns that the mapping uses. */
import type { ClaimIssue } from '../contract.ts';
import { issue } from '../issues.ts';
import { type CsvRecord, readCsv } from './csv.ts';
import { decodeText, type Encoding } from './encoding.ts';
import { bytesOf, type InputFile } from './files.ts';
import { InputError } from './input-error.ts';
import type { TableSpec } from './mapping.ts';

/** `cells` are in the order of the plan's columns, trimmed; '' means not stated. */
export type TableRow = { file: string; row: number; cells: readonly string[] };
/** A row that cannot be read. `raw` is its text. */
export type DamagedRow = { file: string; row: number; raw: string; issue: ClaimIssue };

export type TablePlan = {
  name: string;
  spec: TableSpec;
  /** Columns used, and whether a file may come without the column. */
  columns: readonly { name: string; optional: boolean }[];
};

export type ReadOptions = {
  encoding: Encoding | undefined;
  onRead: (bytes: number) => void;
  /** Told once a file which of its columns the mapping does not use. */
  onUnusedColumns: (file: string, columns: readonly string[]) => void;
};

export async function* readTable(
  plan: TablePlan,
  files: readonly InputFile[],
  options: ReadOptions,
): AsyncGenerator<TableRow | DamagedRow> {
  const nulls = new Set(plan.spec.nulls);
  const cellOf = (text: string): string => {
    const cell = text.trim();
    return nulls.has(cell) ? '' : cell;
  };
  for (const file of files) {
    let positions: readonly number[] | null = null;
    for await (const records of recordsOf(file, plan.spec, options)) {
      for (const record of records) {
        if (positions === null) {
          positions = positionsOf(plan, file, record, options);
          continue;
        }
        if ('problem' in record) {
          yield damaged(file, record);
        } else {
          const cells = positions.map((position) =>
            position < 0 ? '' : cellOf(record.cells[position] ?? ''),
          );
          yield { file: file.name, row: record.row, cells };
        }
      }
    }
    if (positions === null) throw withoutHeader(file);
  }
}

/** Finds out before anything is read whether every file has the columns that the mapping needs. */
export async function checkHeader(plan: TablePlan, file: InputFile, options: ReadOptions): Promise<void> {
  for await (const [header] of recordsOf(file, plan.spec, options)) {
    if (header === undefined) continue;
    positionsOf(plan, file, header, options);
    return;
  }
  throw withoutHeader(file);
}

const withoutHeader = (file: InputFile): InputError =>
  new InputError({ zh: `${file.name} 没有表头行`, en: `${file.name} has no header row` });

/** How issues name a cell: `inpatient.csv:1234 ClaimStartDt`. */
export const place = (file: string, row: number, column?: string): string =>
  `${file}:${row}${column === undefined ? '' : ` ${column}`}`;

function recordsOf(file: InputFile, spec: TableSpec, options: ReadOptions): AsyncGenerator<CsvRecord[]> {
  const unknown = (): InputError =>
    new InputError({
      zh: `无法识别 ${file.name} 的文字编码，请用 --encoding 指定`,
      en: `The text encoding of ${file.name} cannot be told; name it with --encoding`,
    });
  const text = decodeText(bytesOf(file, options.onRead), options.encoding ?? spec.encoding, unknown);
  return readCsv(text, spec.delimiter);
}

function positionsOf(
  plan: TablePlan,
  file: InputFile,
  header: CsvRecord,
  options: ReadOptions,
): readonly number[] {
  if ('problem' in header) {
    throw new InputError({
      zh: `${file.name} 的表头行无法拆分`,
      en: `The header row of ${file.name} cannot be split`,
    });
  }
  const names = header.cells.map((cell) => cell.trim());
  const positions = plan.columns.map((column) => names.indexOf(column.name));
  const absent = plan.columns.filter((column, at) => !column.optional && positions[at] === -1);
  if (absent.length > 0) {
    throw new InputError(
      { zh: `${file.name} 缺少映射要求的列`, en: `${file.name} lacks columns that the mapping needs` },
      absent.map((column) => ({
        path: `${file.name} ${column.name}`,
        message: { zh: '表头中没有这一列', en: 'the header does not have this column' },
      })),
    );
  }
  const used = new Set(plan.columns.map((column) => column.name));
  const unused = names.filter((name) => !used.has(name));
  if (unused.length > 0) options.onUnusedColumns(file.name, unused);
  return positions;
}

function damaged(file: InputFile, record: Extract<CsvRecord, { problem: unknown }>): DamagedRow {
  const at = place(file.name, record.row);
  const { problem, raw, row } = record;
  const reason =
    problem.code === 'row_quotes'
      ? issue(at, 'row_quotes')
      : issue(at, 'row_columns', { expected: problem.expected, found: problem.found });
  return { file: file.name, row, raw, issue: reason };
}
