/** What a table consists of once a batch is in force, and its one form as bytes. Pure. */
import { formatDay } from '../platform/civil.ts';
import type { BatchExtent, TableSpec } from './contract.ts';
import { bySubject, type Row, subjectOf } from './table.ts';

/**
 * A `whole` batch is the table. A `supplement` prevails over what is in force for the days of its rows; before and after them the rows in
 * force hold on. A row in force whose first day is the same is replaced together with its end, so that an item is ended by repeating its row
 * with `effective_to`.
 */
export function compose(
  spec: TableSpec,
  inForce: readonly Row[],
  batch: readonly Row[],
  extent: BatchExtent,
): readonly Row[] {
  if (extent === 'whole') return batch;
  const incoming = bySubject(spec, batch);
  const subject = subjectOf(spec);
  return [...inForce.flatMap((row) => without(row, incoming.get(subject(row)) ?? [])), ...batch];
}

/** What is left of a row where others prevail: none, one or several rows. */
function without(row: Row, others: readonly Row[]): Row[] {
  if (others.some(({ from }) => from === row.from)) return [];
  let pieces: Row[] = [row];
  for (const other of others) pieces = pieces.flatMap((piece) => cut(piece, other));
  return pieces;
}

function cut(row: Row, other: Row): Row[] {
  if (!overlap(row, other)) return [row];
  const pieces: Row[] = [];
  if (row.from < other.from) pieces.push(during(row, row.from, other.from));
  if (other.to !== null && (row.to === null || other.to < row.to)) pieces.push(during(row, other.to, row.to));
  return pieces;
}

/** Whether there is a day on which both hold. */
export const overlap = (one: Row, other: Row): boolean =>
  (one.to === null || other.from < one.to) && (other.to === null || one.from < other.to);

function during(row: Row, from: number, to: number | null): Row {
  const { effective_to: _open, ...cells } = row.cells;
  const days = { effective_from: formatDay(from), ...(to === null ? {} : { effective_to: formatDay(to) }) };
  return { line: row.line, from, to, cells: { ...cells, ...days } };
}

/** The bytes under whose SHA-256 a table is known: CSV in UTF-8, the columns in their order, every value in its one spelling. */
export function tableText(spec: TableSpec, rows: readonly Row[]): string {
  const columns = Object.keys(spec.columns);
  const lines = rows.map(({ cells }) => columns.map((column) => quoted(cells[column] ?? '')).join(','));
  return `${[columns.join(','), ...lines].join('\n')}\n`;
}

const quoted = (cell: string): string =>
  /[",\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
