import type { Database } from '../../src/platform/database.ts';
import { endStateOf } from '../support/end-state.ts';
import type { Expected } from './claims.ts';

const shownMax = 5;

/** What differs between the database and the undisturbed pass, in lines; empty when they are the same. */
export async function differences(database: Database, expected: Expected): Promise<string[]> {
  const { rows } = await database.pool.query<{ revisions: number; settlements: number; unfinished: number }>(
    `SELECT count(*) AS revisions, count(DISTINCT (fixmedins_code, setl_id)) AS settlements,
            (SELECT count(*) FROM intake_batch WHERE state <> 'screened') AS unfinished FROM claim_revision`,
  );
  const { revisions = 0, settlements = 0, unfinished = 0 } = rows[0] ?? {};
  const found = await endStateOf(database);
  return [
    ...unequal('batches not screened', 0, unfinished),
    ...unequal('revisions', expected.revisions, revisions),
    ...unequal('settlements', expected.settlements, settlements),
    ...unequalLists('finding', expected.findings, found.findings),
    ...unequalLists('undecided', expected.undecided, found.undecided),
  ];
}

const unequal = (what: string, expected: number, found: number): string[] =>
  expected === found ? [] : [`${what}: expected ${expected}, found ${found}`];

function unequalLists(what: string, expected: readonly string[], found: readonly string[]): string[] {
  const missing = without(expected, found).map((line) => `${what} missing: ${line}`);
  const extra = without(found, expected).map((line) => `${what} too many: ${line}`);
  return [
    ...unequal(`${what}s`, expected.length, found.length),
    ...missing.slice(0, shownMax),
    ...extra.slice(0, shownMax),
  ];
}

/** Lists with repetitions: what is twice in one and once in the other is left over once. */
function without(list: readonly string[], other: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const line of other) left.set(line, (left.get(line) ?? 0) + 1);
  return list.filter((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count <= 0;
  });
}
