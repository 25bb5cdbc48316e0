/**
 * 事后: judges known claims again, by the rules and tables as they are now. The same function as the stream's over the same locks, so it runs
 * beside the stream, can be stopped at any moment, and changes nothing where nothing has changed.
 */
import type { Database } from '../platform/database.ts';
import type { RuleSet } from '../rules/library.ts';
import type { Alarm } from './screen.ts';
import { screenPersonsAgain } from './service.ts';
import { countPersons, personsAfter } from './store.ts';

/** Persons of one transaction: few enough that the stream never waits long for one of them. */
export const replayPersonsMax = 200;

export interface ReplayRequest {
  /** Only persons with a claim in these days, as day numbers, both inclusive. */
  readonly fromDay?: number;
  readonly toDay?: number;
  /** Goes on after this person (`psn_no`): where an earlier replay was stopped. */
  readonly after?: string;
  /** Transactions at the same time. */
  readonly concurrency: number;
  readonly signal?: AbortSignal;
}

export interface ReplayProgress {
  readonly personsTotal: number;
  readonly persons: number;
  readonly judged: number;
  readonly created: number;
  readonly changed: number;
  readonly withdrawn: number;
  readonly alarms: readonly Alarm[];
  /** Everybody up to here is done. */
  readonly doneUpTo: string;
}

/** Gives out the state after every round of transactions; the last one is the result. */
export async function* replay(
  database: Database,
  ruleSet: RuleSet,
  request: ReplayRequest,
): AsyncGenerator<ReplayProgress> {
  const days = { from: request.fromDay ?? null, to: request.toDay ?? null };
  const alarms: Alarm[] = [];
  let doneUpTo = request.after ?? '';
  const personsTotal = await countPersons(database, doneUpTo, days);
  const sum = { persons: 0, judged: 0, created: 0, changed: 0, withdrawn: 0 };
  while (request.signal?.aborted !== true) {
    const next = await personsAfter(database, doneUpTo, days, replayPersonsMax * request.concurrency);
    const last = next.at(-1);
    if (last === undefined) break;
    const parts: string[][] = [];
    for (let from = 0; from < next.length; from += replayPersonsMax)
      parts.push(next.slice(from, from + replayPersonsMax));
    const reports = await Promise.all(parts.map((part) => screenPersonsAgain(database, ruleSet, part)));
    for (const report of reports) {
      sum.judged += report.judged;
      sum.created += report.created;
      sum.changed += report.changed;
      sum.withdrawn += report.withdrawn;
      alarms.push(...report.alarms);
    }
    sum.persons += next.length;
    doneUpTo = last;
    yield { personsTotal, ...sum, alarms, doneUpTo };
  }
  if (sum.persons === 0) yield { personsTotal, ...sum, alarms, doneUpTo };
}
