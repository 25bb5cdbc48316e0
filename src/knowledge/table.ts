/**
 * A knowledge table in memory: an index built once, looked up as of a day. Validity is half-open – a row counts from
 * `effective_from` up to, but not on, `effective_to` – so two consecutive versions never both hold and never leave a gap.
 */
import { createHash } from 'node:crypto';
import { decimalOf, numberOf as doubleOf, scales, unitsOf } from '../platform/decimal.ts';
import type { TableSpec } from './contract.ts';

/** One row of the file. `cells` holds every column by name; an empty cell is absent. */
export interface Row {
  /** Line number in the file; the header is line 1. */
  readonly line: number;
  readonly cells: Readonly<Record<string, string>>;
  /** First day on which the row counts. */
  readonly from: number;
  /** First day on which it counts no more; `null` when open. */
  readonly to: number | null;
}

export interface Table {
  readonly spec: TableSpec;
  readonly rows: readonly Row[];
  /** Rows by their joined key cells, in file order. */
  readonly byKey: ReadonlyMap<string, readonly Row[]>;
  /** Which key columns hold `*` in some row, most specific first; almost always one or two patterns. */
  readonly wildcards: readonly (readonly boolean[])[];
  /** Lengths of the prefixes in the table, longest first; empty for exact tables. */
  readonly prefixLengths: readonly number[];
}

export interface Knowledge {
  readonly tables: ReadonlyMap<string, Table>;
  /** First 12 hex digits of the SHA-256 over the specifications of all tables, which name the SHA-256 of their bytes. */
  readonly version: string;
}

/** Tables that are in force together, of which no two have one name. */
export function knowledgeOf(tables: Iterable<Table>): Knowledge {
  const byName = new Map<string, Table>();
  for (const table of tables) byName.set(table.spec.table, table);
  const hash = createHash('sha256');
  for (const name of [...byName.keys()].sort()) hash.update(`${JSON.stringify(byName.get(name)?.spec)}\n`);
  return { tables: byName, version: hash.digest('hex').slice(0, 12) };
}

/** Two rows that answer the same question on the same day. */
export interface Overlap {
  readonly first: Row;
  readonly second: Row;
}

const wildcard = '*';
const separator = '\u001f';
const none: readonly Row[] = [];

/** Builds the index of a table. */
export function indexTable(spec: TableSpec, rows: readonly Row[]): Table {
  const byKey = new Map<string, Row[]>();
  const masks = new Map<string, boolean[]>();
  const lengths = new Set<number>();
  for (const row of rows) {
    const key = spec.key.map((column) => row.cells[column] ?? '');
    const known = byKey.get(key.join(separator));
    if (known === undefined) byKey.set(key.join(separator), [row]);
    else known.push(row);
    const mask = key.map((cell) => cell === wildcard);
    masks.set(mask.join(), mask);
    lengths.add(key.at(-1)?.length ?? 0);
  }
  const count = (mask: readonly boolean[]) => mask.filter(Boolean).length;
  return {
    spec,
    rows,
    byKey,
    // Among equally many wildcards the one that fixes the earlier column is the more specific; the text order says exactly that.
    wildcards: [...masks.values()].sort((a, b) => count(a) - count(b) || (a.join() < b.join() ? -1 : 1)),
    prefixLengths: spec.match === 'prefix' ? [...lengths].sort((a, b) => b - a) : [],
  };
}

/**
 * The row that holds for a key on a day, or `null` when the table says nothing. An exact key beats `*`, a longer prefix a shorter
 * one; a row that is not in force on that day does not hide a less specific one that is.
 */
export function lookup(table: Table, keyParts: readonly string[], day: number): Row | null {
  return rowsFor(table, keyParts, day)[0] ?? null;
}

/** All rows that hold for a key on a day, of the most specific key that has any; in file order. */
export function rowsFor(table: Table, keyParts: readonly string[], day: number): readonly Row[] {
  if (keyParts.length !== table.spec.key.length)
    throw new Error(
      `knowledge table ${table.spec.table}: the key has ${table.spec.key.length} parts, not ${keyParts.length}`,
    );
  if (table.spec.match === 'exact') return rowsUnderWildcards(table, keyParts, day);
  const last = keyParts[keyParts.length - 1] ?? '';
  for (const length of table.prefixLengths) {
    if (length > last.length) continue;
    const found = rowsUnderWildcards(table, [...keyParts.slice(0, -1), last.slice(0, length)], day);
    if (found.length > 0) return found;
  }
  return none;
}

/** The cell of a column, or `null` when it is empty: the table states no such thing for this row. */
export const cellOf = (row: Row, column: string): string | null => row.cells[column] ?? null;

/** The cell in integer units of `scale` decimal places, for exact arithmetic; `null` when empty or no such decimal. */
export function unitsOfCell(row: Row, column: string, scale: number): number | null {
  const cell = row.cells[column];
  return cell === undefined ? null : unitsOf(cell, scale);
}

/** The cell as a number that compares exactly with others made in the same way; never to be added. `null` when empty or not a number. */
export function numberOf(row: Row, column: string): number | null {
  const units = unitsOfCell(row, column, scales.price);
  return units === null ? null : doubleOf(units, scales.price);
}

/** The shortest decimal string of a decimal cell: `38.50` and `38.5` are the same value. */
export const plainDecimal = (cell: string): string | null => {
  const units = unitsOf(cell, scales.price);
  return units === null ? null : decimalOf(units, scales.price);
};

/**
 * Pairs of rows that contradict each other: the same key in force on the same day. In a `multi` table rows may share a key, so only
 * rows that say the very same thing twice are a contradiction.
 */
export function overlapsOf(table: Table): Overlap[] {
  const overlaps: Overlap[] = [];
  for (const rows of table.byKey.values()) {
    const groups = table.spec.multi ? groupedByContent(table.spec, rows) : [rows];
    for (const group of groups) {
      const sorted = [...group].sort((a, b) => a.from - b.from || a.line - b.line);
      for (const [index, second] of sorted.entries()) {
        const first = sorted[index - 1];
        if (first !== undefined && (first.to === null || second.from < first.to))
          overlaps.push({ first, second });
      }
    }
  }
  return overlaps;
}

function rowsUnderWildcards(table: Table, keyParts: readonly string[], day: number): readonly Row[] {
  for (const mask of table.wildcards) {
    const key = keyParts.length === 1 && mask[0] === false ? keyParts[0] : maskedKey(keyParts, mask);
    const rows = table.byKey.get(key ?? '');
    if (rows === undefined) continue;
    const inForce = rows.filter((row) => row.from <= day && (row.to === null || day < row.to));
    if (inForce.length > 0) return inForce;
  }
  return none;
}

const maskedKey = (keyParts: readonly string[], mask: readonly boolean[]): string =>
  keyParts.map((part, index) => (mask[index] === true ? wildcard : part)).join(separator);

/** Rows that agree in every column but their validity and their note. */
const groupedByContent = (spec: TableSpec, rows: readonly Row[]): Row[][] => [
  ...bySubject(spec, rows).values(),
];

/** Rows by what they speak of. */
export function bySubject(spec: TableSpec, rows: Iterable<Row>): Map<string, Row[]> {
  const subject = subjectOf(spec);
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const name = subject(row);
    const known = groups.get(name);
    if (known === undefined) groups.set(name, [row]);
    else known.push(row);
  }
  return groups;
}

/** What a row speaks of: its key; in a `multi` table all it says. Of one subject there is one row a day. */
export function subjectOf(spec: TableSpec): (row: Row) => string {
  const columns = spec.multi
    ? Object.keys(spec.columns).filter((name) => !validityColumns.has(name) && name !== noteColumn)
    : spec.key;
  return (row) => columns.map((column) => row.cells[column] ?? '').join(separator);
}

export const noteColumn = 'note';
export const validityColumns: ReadonlySet<string> = new Set(['effective_from', 'effective_to']);
