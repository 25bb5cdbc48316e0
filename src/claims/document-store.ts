/** The database of documents: what revisions say, partitioned by the month of their last day. */
import type { Pool, PoolClient } from 'pg';
import { dayOf, formatDay } from '../platform/civil.ts';
import { prepared } from '../platform/prepared.ts';
import { openDay } from './timeline.ts';

/** The days of a partition of `claim_document`: from the first one up to, but not including, the next one's. */
export interface DocumentMonth {
  readonly firstDay: number;
  readonly nextDay: number;
}

/** Bounds of an integer column. */
const dayMin = -2_147_483_648;
const dayMax = 2_147_483_647;
/** 2000-01-01: what lies before shares one partition, as in `hold_document_months`. */
const monthsFrom = 10_957;

/** Before any month, and after all of them. */
export const earlyDays: DocumentMonth = { firstDay: dayMin, nextDay: monthsFrom };
const openDays: DocumentMonth = { firstDay: openDay, nextDay: dayMax };

export function documentMonthOf(day: number): DocumentMonth {
  if (day < monthsFrom) return earlyDays;
  if (day >= openDay) return openDays;
  const firstDay = firstOfMonth(day);
  // Every month has fewer days than this, and the next one more than what is too much.
  return { firstDay, nextDay: Math.min(openDay, firstOfMonth(firstDay + 31)) };
}

function firstOfMonth(day: number): number {
  const first = dayOf(`${formatDay(day).slice(0, 7)}-01`);
  if (first === null) throw new RangeError(`${day} is no day`);
  return first;
}

/** What finds a document: the id and the last day of its revision. */
export interface DocumentKey {
  readonly id: number;
  readonly last_day: number;
}

/**
 * Reads documents month by month. The days stand in the query as numbers: so only this one partition is planned, opened and locked, which
 * a join by `last_day` would do with all there are. There are no more such queries than months, so that each is planned once a connection.
 */
async function ofDocuments<Row extends object>(
  client: PoolClient | Pool,
  keys: readonly DocumentKey[],
  columns: string,
): Promise<Row[]> {
  const months = new Map<number, { readonly month: DocumentMonth; readonly ids: number[] }>();
  for (const { id, last_day } of keys) {
    const month = documentMonthOf(last_day);
    const known = months.get(month.firstDay);
    if (known === undefined) months.set(month.firstDay, { month, ids: [id] });
    else known.ids.push(id);
  }
  const found: Row[] = [];
  for (const { month, ids } of months.values()) {
    const { rows } = await client.query<Row>(
      prepared(
        `SELECT ${columns} FROM claim_document d
          WHERE d.last_day >= ${month.firstDay} AND d.last_day < ${month.nextDay} AND d.revision_id = ANY($1)`,
        [ids],
      ),
    );
    for (const row of rows) found.push(row);
  }
  return found;
}

/** Stored documents (`stored.ts`) by the ids of their revisions. */
export async function documentTexts(
  client: PoolClient | Pool,
  keys: readonly DocumentKey[],
): Promise<Map<number, string>> {
  const rows = await ofDocuments<{ revision_id: number; doc: string }>(client, keys, 'd.revision_id, d.doc');
  return new Map(rows.map(({ revision_id, doc }) => [revision_id, doc]));
}

/** How much room documents take, by the ids of their revisions. */
export async function documentSizes(
  client: PoolClient | Pool,
  keys: readonly DocumentKey[],
): Promise<Map<number, number>> {
  const rows = await ofDocuments<{ revision_id: number; bytes: number }>(
    client,
    keys,
    'd.revision_id, pg_column_size(d.*) AS bytes',
  );
  return new Map(rows.map(({ revision_id, bytes }) => [revision_id, bytes]));
}

/** SQL: the document of the revision `r`, where only a few rows are asked for: all partitions are opened, and one is looked at. */
export const documentOfRevision = 'claim_document d ON d.revision_id = r.id AND d.last_day = r.last_day';
