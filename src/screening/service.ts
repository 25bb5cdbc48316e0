/** Screens what waits in the database. The only caller is the worker of the screening queue. */
import type { PoolClient } from 'pg';
import { type Database, transaction } from '../platform/database.ts';
import type { RuleSet } from '../rules/library.ts';
import { screenAll } from './screen-all.ts';
import {
  currentClaimsOf,
  type FindingChanges,
  lockBatch,
  lockPersons,
  markScreened,
  personsSharingCodes,
  personsTouchedBy,
  writeFindings,
  writeUndecided,
} from './store.ts';

export interface BatchReport extends FindingChanges {
  /** `already`: another delivery of the same job has done it; `unknown`: there is no such batch. */
  readonly outcome: 'screened' | 'already' | 'unknown';
  readonly persons: number;
  readonly claims: number;
  readonly disagreements: readonly { readonly rule_code: string }[];
}

const nothing = { persons: 0, claims: 0, created: 0, changed: 0, withdrawn: 0, disagreements: [] } as const;

/**
 * Screens every person whose findings the batch can change, and writes findings, undecided claims and the state of the batch in one
 * transaction. A second delivery changes nothing. The persons stay locked until the commit, and everything known of them – waiting in other
 * batches too – is read after the lock, so whoever comes last has seen everything.
 */
export async function screenBatch(database: Database, ruleSet: RuleSet, batchId: number): Promise<BatchReport> {
  return transaction(database, async (client) => {
    const state = await lockBatch(client, batchId);
    if (state === null) return { outcome: 'unknown', ...nothing };
    if (state === 'screened') return { outcome: 'already', ...nothing };
    const persons = await personsTouchedBy(client, batchId);
    const report = await screenPersons(client, ruleSet, persons);
    await markScreened(client, batchId);
    return { outcome: 'screened', ...report };
  });
}

async function screenPersons(
  client: PoolClient,
  ruleSet: RuleSet,
  persons: readonly string[],
): Promise<Omit<BatchReport, 'outcome'>> {
  await lockPersons(client, persons);
  const claims = await currentClaimsOf(client, persons);
  const others = await currentClaimsOf(client, await personsSharingCodes(client, persons));
  const verdicts = await screenAll(claims, others, ruleSet);
  const changes = await writeFindings(
    client,
    persons,
    verdicts.flatMap(({ findings }) => findings),
  );
  await writeUndecided(
    client,
    persons,
    verdicts.flatMap(({ undecided }) => undecided),
  );
  return {
    persons: persons.length,
    claims: claims.length,
    ...changes,
    disagreements: verdicts.flatMap(({ disagreements }) => disagreements),
  };
}
