/** What facts with arguments share: the shape of what they say, rows of tables as rules see them, and readers of plain facts. */
import { z } from 'zod';
import { cellOf, type Knowledge, numberOf as cellNumber, type Row, type Table } from '../knowledge/table.ts';
import type { NetClaim, NetLine } from '../claims/timeline.ts';
import type { Candidate } from './candidate.ts';
import { plainFact } from './facts.ts';
import type { Value } from './value.ts';

/** What a related fact says: `undefined` unknown, `null` absent, else columns that `path` picks from. */
export interface Related {
  readonly columns: Readonly<Record<string, Value>>;
  readonly lines?: readonly NetLine[];
  readonly claims?: readonly NetClaim[];
}
export type RelatedRead = (candidate: Candidate) => Related | null | undefined;

export const factName = z
  .string()
  .refine((name) => plainFact(name) !== undefined, 'a plain fact such as line.med_list_codg');

export function groupedBy<Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

export const keyInstitution = (claim: NetClaim): string => claim.claim.institution.fixmedins_code;
export const institutionName = (claim: NetClaim): string =>
  claim.claim.institution.fixmedins_name ?? keyInstitution(claim);

export const inForce = (row: Row, day: number): boolean =>
  row.from <= day && (row.to === null || day < row.to);

/** A row as facts see it: decimals and integers as numbers, empty cells absent. */
export function columnsOf(source: Table, row: Row): Record<string, Value> {
  const entries = Object.entries(source.spec.columns).map(([column, kind]): [string, Value] => [
    column,
    kind === 'decimal' || kind === 'int'
      ? cellNumber(row, column)
      : kind === 'codes'
        ? (codesOfCell(row, column) ?? null)
        : cellOf(row, column),
  ]);
  return Object.fromEntries(entries);
}

/** The codes of a cell of kind `codes`, which separates them by `|`. */
const codesOfCell = (row: Row, column: string): readonly string[] | undefined =>
  cellOf(row, column)?.split('|');

export function tableOf(knowledge: Knowledge, name: string): Table {
  const source = knowledge.tables.get(name);
  if (source === undefined) throw new Error(`no knowledge table named ${name}`);
  return source;
}

export function plainRead(name: string): (candidate: Candidate) => Value {
  const fact = plainFact(name);
  if (fact === undefined) throw new Error(`no fact named ${name}`);
  return fact.read;
}
