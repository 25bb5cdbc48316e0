/**
 * Bounded memory: what is old enough is removed, or written smaller, by command and never by itself. It runs beside the stream, can be stopped
 * at any moment, and goes on when it is repeated.
 */
import { systemActor } from '../audit/actor.ts';
import type { AuditEvent } from '../audit/catalogue.ts';
import { recordEvents } from '../audit/store.ts';
import { removeIdentitiesWithoutClaims } from '../claims/identity-store.ts';
import { documentSizes } from '../claims/document-store.ts';
import { formatDay } from '../platform/civil.ts';
import { type Database, transaction } from '../platform/database.ts';
import { lockPersons } from './neighbours.ts';
import type { Reach } from './reach.ts';
import { compactionMarginDays, refuseTooYoung, removable, retentionMarginDays } from './retention.ts';
import {
  countDated,
  countPersonsBefore,
  type DatedTable,
  datedTables,
  partitionsBefore,
  personsBefore,
  removeDated,
  removeRevisions,
  type RetainedRow,
  retainedOf,
  type Rewritten,
  rewriteMonth,
} from './retention-store.ts';

/** Of one transaction: few enough that the stream never waits long for one of them. */
const personsMax = 200;
/** Of one statement. */
const datedRowsMax = 5_000;

const actor = systemActor('retention');

/** Written down before anything goes. */
export async function recordRetention(
  database: Database,
  action: 'remove' | 'compact',
  beforeDay: number,
): Promise<void> {
  const before = formatDay(beforeDay);
  await transaction(database, (client) =>
    recordEvents(client, actor, [{ kind: 'retention.started', key: before, detail: { action, before } }]),
  );
}

/** One event a transaction, so that what is gone and what is on record never differ. */
function removedEvents(rows: readonly RetainedRow[], beforeDay: number): AuditEvent[] {
  if (rows.length === 0) return [];
  const months: Record<string, number> = {};
  for (const { last_day } of rows) {
    const month = formatDay(last_day).slice(0, 7);
    months[month] = (months[month] ?? 0) + 1;
  }
  return [
    {
      kind: 'retention.claims_removed',
      key: formatDay(beforeDay),
      detail: { before: formatDay(beforeDay), months },
    },
  ];
}

export interface RetentionRequest {
  /** Day number; what lies wholly before it goes. */
  readonly beforeDay: number;
  /** How far the rules look back. */
  readonly reach: Reach;
  /** Today, as a day number. */
  readonly asOf: number;
  /** False: counts only. */
  readonly act: boolean;
  readonly signal?: AbortSignal;
}

export interface MonthSum {
  claims: number;
  /** Documents and keys as they are stored, without indexes. */
  bytes: number;
}

export interface RetentionProgress {
  readonly personsTotal: number;
  readonly persons: number;
  /** What goes, or went, by month (yyyy-MM). */
  readonly months: ReadonlyMap<string, MonthSum>;
  /** What lies before the day and stays. */
  readonly kept: number;
}

/** Claims, with their trace sales and undecided entries. Gives out the state after every transaction; the last one is the result. */
export async function* retireClaims(
  database: Database,
  request: RetentionRequest,
): AsyncGenerator<RetentionProgress> {
  const { beforeDay, reach, act } = request;
  refuseTooYoung(beforeDay, request.asOf, reach.longest, retentionMarginDays);
  const months = new Map<string, MonthSum>();
  const personsTotal = await countPersonsBefore(database, beforeDay);
  let persons = 0;
  let kept = 0;
  let after = '';
  while (request.signal?.aborted !== true) {
    const page = await personsBefore(database, after, beforeDay, personsMax);
    const last = page.at(-1);
    if (last === undefined) break;
    const { going, staying } = await transaction(database, async (client) => {
      if (act) await lockPersons(client, page);
      const revisions = await retainedOf(client, page, reach);
      const rows = removable(revisions, beforeDay, reach);
      const sizes = await documentSizes(client, rows);
      if (act) {
        await removeRevisions(client, rows);
        await recordEvents(client, actor, removedEvents(rows, beforeDay));
      }
      return {
        going: rows.map((row) => ({ day: row.last_day, bytes: row.bytes + (sizes.get(row.id) ?? 0) })),
        staying: revisions.filter(({ last_day }) => last_day < beforeDay).length - rows.length,
      };
    });
    for (const { day, bytes } of going) {
      const month = formatDay(day).slice(0, 7);
      const sum = months.get(month) ?? { claims: 0, bytes: 0 };
      months.set(month, { claims: sum.claims + 1, bytes: sum.bytes + bytes });
    }
    persons += page.length;
    kept += staying;
    after = last;
    yield { personsTotal, persons, months, kept };
  }
  if (act && request.signal?.aborted !== true) await retireIdentities(database, beforeDay);
  if (persons === 0) yield { personsTotal, persons, months, kept };
}

/** By which numbers somebody is found goes with the last claim that states them. */
async function retireIdentities(database: Database, beforeDay: number): Promise<void> {
  await transaction(database, async (client) => {
    const rows = await removeIdentitiesWithoutClaims(client);
    if (rows > 0)
      await recordEvents(client, actor, [
        {
          kind: 'retention.rows_removed',
          key: 'identity_index',
          detail: { before: formatDay(beforeDay), rows },
        },
      ]);
  });
}

/** Warnings given, batches screened and inputs resolved before the day. */
export async function* retireDated(
  database: Database,
  request: RetentionRequest,
): AsyncGenerator<{ table: DatedTable; rows: number }> {
  const { beforeDay, act } = request;
  refuseTooYoung(beforeDay, request.asOf, request.reach.longest, retentionMarginDays);
  // Days are counted in Shanghai.
  const before = new Date(`${formatDay(beforeDay)}T00:00:00+08:00`);
  for (const table of datedTables) {
    let rows = 0;
    if (!act) rows = await countDated(database, table, before);
    else
      while (request.signal?.aborted !== true) {
        const gone = await transaction(database, async (client) => {
          const removed = await removeDated(client, table, before, datedRowsMax);
          if (removed > 0)
            await recordEvents(client, actor, [
              {
                kind: 'retention.rows_removed',
                key: table,
                detail: { before: formatDay(beforeDay), rows: removed },
              },
            ]);
          return removed;
        });
        rows += gone;
        if (gone < datedRowsMax) break;
      }
    yield { table, rows };
  }
}

export interface MonthProgress {
  readonly name: string;
  readonly done: number;
  readonly total: number;
  readonly outcome: Rewritten;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}

export type TidyRequest = Omit<RetentionRequest, 'act'> & {
  /** Also the months in which nothing is superfluous, if they were never compacted. */
  readonly compact: boolean;
};

/** Rewrites the months before the day in which something is superfluous, and drops those that are empty. */
export async function* tidyMonths(database: Database, request: TidyRequest): AsyncGenerator<MonthProgress> {
  const { beforeDay, compact } = request;
  // Hardly anything looks back for what it used: that some is read from a compact month costs time alone.
  refuseTooYoung(beforeDay, request.asOf, request.reach.ofKinds, compactionMarginDays);
  const partitions = await partitionsBefore(database, beforeDay);
  for (const [at, partition] of partitions.entries()) {
    if (request.signal?.aborted === true) return;
    const outcome = await transaction(database, async (client) => {
      const rewritten = await rewriteMonth(client, partition, compact && !partition.compact);
      if (rewritten !== 'unchanged')
        await recordEvents(client, actor, [
          {
            kind: 'retention.documents_rewritten',
            key: partition.name,
            detail: { before: formatDay(beforeDay), outcome: rewritten },
          },
        ]);
      return rewritten;
    });
    const left = await partitionsBefore(database, beforeDay);
    yield {
      name: partition.name,
      done: at + 1,
      total: partitions.length,
      outcome,
      bytesBefore: partition.bytes,
      bytesAfter: left.find(({ name }) => name === partition.name)?.bytes ?? 0,
    };
  }
}
