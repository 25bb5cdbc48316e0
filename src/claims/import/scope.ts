/** What the compiled parts of a mapping share: what a claim is made of, and where in the mapping a part stands. */
import type { ClaimIssue } from '../contract.ts';
import type { InputProblem } from './input-error.ts';
import type { ClaimMakerSpec, Mapping } from './mapping.ts';
import type { TableRow } from './table.ts';

/** Everything one claim is made of. '' is *not stated* wherever text stands for a value. */
export type Scope = {
  /** the row at hand: one of `rows`, or inside a list one of a child's */
  row: TableRow;
  /** the rows that make the claim; one, unless `rowsPerClaim` is many */
  rows: readonly TableRow[];
  lookups: ReadonlyMap<string, TableRow | null>;
  /** `null`: the table is not among the files */
  children: ReadonlyMap<string, readonly TableRow[] | null>;
  /** number of the repetition */
  n: number;
  issues: ClaimIssue[];
};

/** A value of one claim as text. */
export type Evaluate = (scope: Scope) => string;
/** A part of the claim document; `undefined`: left out. */
export type Build = (scope: Scope) => unknown;

export type Compilation = {
  mapping: Mapping;
  /** by table: columns in the order in which they were first named */
  columns: Map<string, Map<string, { index: number; optional: boolean }>>;
  problems: InputProblem[];
};

/** Where a value stands: which rows it may speak of, and what it becomes. */
export type Place = {
  compilation: Compilation;
  maker: ClaimMakerSpec;
  /** table of the row at hand */
  table: string;
  repeat: { from: number; to: number } | null;
  path: string;
  /** the shared values inside which this one stands */
  within: readonly string[];
};

export function complain(compilation: Compilation, path: string, zh: string, en: string): void {
  compilation.problems.push({ path, message: { zh, en } });
}

export function useColumn(
  compilation: Compilation,
  table: string,
  column: string,
  optional: boolean,
): number {
  const columns = compilation.columns.get(table);
  if (columns === undefined) return -1;
  const known = columns.get(column);
  if (known !== undefined) {
    known.optional &&= optional;
    return known.index;
  }
  columns.set(column, { index: columns.size, optional });
  return columns.size - 1;
}

/** The name of the claim's own rows in `of` and `rows`. */
export const claimRows = 'claim';
