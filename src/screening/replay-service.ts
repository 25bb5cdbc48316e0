/**
 * 事后: judges known claims again, by the rules and tables as they are now. The same function as the stream's over the same locks, so it runs
 * beside the stream, can be stopped at any moment, and changes nothing where nothing has changed.
 */
import { systemActor } from '../audit/actor.ts';
import type { AuditEvent } from '../audit/catalogue.ts';
import { recordEvents } from '../audit/store.ts';
import { formatDay } from '../platform/civil.ts';
import { type Database, transaction } from '../platform/database.ts';
import type { RuleSet } from '../rules/library.ts';
import { inForce, type Rules } from './in-force.ts';
import { type Alarm, engineVersion } from './screen.ts';
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
  rules: Rules,
  request: ReplayRequest,
): AsyncGenerator<ReplayProgress> {
  const ruleSet = inForce(rules).current();
  const days = { from: request.fromDay ?? null, to: request.toDay ?? null };
  const alarms: Alarm[] = [];
  let doneUpTo = request.after ?? '';
  const personsTotal = await countPersons(database, doneUpTo, days);
  await recordStart(database, ruleSet, request);
  const sum = { persons: 0, judged: 0, created: 0, changed: 0, withdrawn: 0 };
  while (request.signal?.aborted !== true) {
    const next = await personsAfter(database, doneUpTo, days, replayPersonsMax * request.concurrency);
    const last = next.at(-1);
    if (last === undefined) break;
    const parts: string[][] = [];
    for (let from = 0; from < next.length; from += replayPersonsMax)
      parts.push(next.slice(from, from + replayPersonsMax));
    const reports = await Promise.all(parts.map((part) => screenPersonsAgain(database, rules, part)));
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
  await recordEnd(database, ruleSet, {
    ...sum,
    alarms: alarms.length,
    stopped: request.signal?.aborted === true,
  });
  if (sum.persons === 0) yield { personsTotal, ...sum, alarms, doneUpTo };
}

const actor = systemActor('replay');

async function recordStart(database: Database, ruleSet: RuleSet, request: ReplayRequest): Promise<void> {
  const dayText = (day: number | undefined): string | null => (day === undefined ? null : formatDay(day));
  await record(database, {
    kind: 'replay.started',
    key: ruleSet.version,
    detail: {
      engine: engineVersion,
      from: dayText(request.fromDay),
      to: dayText(request.toDay),
      after: request.after ?? null,
    },
  });
}

async function recordEnd(
  database: Database,
  ruleSet: RuleSet,
  detail: Extract<AuditEvent, { kind: 'replay.finished' }>['detail'],
): Promise<void> {
  await record(database, { kind: 'replay.finished', key: ruleSet.version, detail });
}

const record = (database: Database, event: AuditEvent): Promise<void> =>
  transaction(database, (client) => recordEvents(client, actor, [event]));
