/** The database of the chain: appending to it, its head, and reading it in order. */
import type { Client, PoolClient } from 'pg';
import type { Database } from '../platform/database.ts';
import { prepared } from '../platform/prepared.ts';
import type { Actor } from './actor.ts';
import type { AuditEvent } from './catalogue.ts';
import type { ChainRow } from './chain-row.ts';
import { piecesOf } from './event.ts';

/** Events of one call. */
const eventsMax = 5_000;

/**
 * Records what this transaction does, in this transaction: both are there, or neither is. It must be the LAST statement before the commit,
 * with all events of the transaction in one call: the lock of the chain's end, which everybody needs, is held from here on, and a
 * transaction that waits for nothing else while it holds the lock can be part of no deadlock.
 */
export async function recordEvents(
  client: PoolClient | Client,
  actor: Actor,
  events: readonly AuditEvent[],
): Promise<void> {
  if (events.length === 0) return;
  if (events.length > eventsMax) throw new RangeError(`${events.length} events; at most ${eventsMax} a call`);
  const pieces = events.map((event) => piecesOf(actor, event));
  const [first] = pieces;
  await client.query(
    prepared('SELECT audit_append($1, $2, $3, $4, $5, $6, $7)', [
      pieces.map(({ kind }) => kind),
      actor.account,
      pieces.map(({ subject }) => subject),
      pieces.map(({ start }) => start),
      // These two say who acts, which is the same for all events of a call.
      first?.middle,
      first?.late,
      pieces.map(({ end }) => end),
    ]),
  );
}

/** SQL: the columns of a row of the chain; the time as texts of events have it. */
const rowColumns = `seq, prev_hash, hash, kind, account, subject,
  to_char(recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS recorded_at, text`;

export interface ChainHead {
  readonly seq: number;
  readonly hash: string;
  readonly recorded_at: string;
  /** Hash of the first event: the name of the chain. */
  readonly chain: string;
}

/** `null`: there is not even a first event, which every database has that nobody has tampered with. */
export async function chainHead(client: Client | PoolClient | Database['pool']): Promise<ChainHead | null> {
  return headWhere(client, 'true', []);
}

/** The last event before this moment. */
export async function headBefore(client: PoolClient, moment: Date): Promise<ChainHead | null> {
  return headWhere(client, 'e.recorded_at < $1', [moment]);
}

async function headWhere(
  client: Client | PoolClient | Database['pool'],
  condition: string,
  values: readonly unknown[],
): Promise<ChainHead | null> {
  const { rows } = await client.query<ChainHead>(
    `SELECT e.seq, e.hash, to_char(e.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS recorded_at, first.hash AS chain
       FROM audit_event e JOIN audit_event first ON first.seq = 1 WHERE ${condition} ORDER BY e.seq DESC LIMIT 1`,
    [...values],
  );
  return rows[0] ?? null;
}

/** Sequence numbers, both inclusive. */
export interface SeqRange {
  readonly from: number;
  /** `null`: up to the end. */
  readonly to: number | null;
}

/** Rows that are held in memory at once. */
const pageRows = 2_000;

/** The rows of the chain in order, in pages, as of one moment, on a connection that is given to this alone. */
export async function* readChain(
  client: Client | PoolClient,
  range: SeqRange,
): AsyncGenerator<readonly ChainRow[]> {
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  try {
    yield* readRows(client, range);
  } finally {
    await client.query('ROLLBACK').catch(() => undefined);
  }
}

/**
 * The same inside a transaction that is open already. A cursor and not keyset pages: whoever removed the primary key may have
 * put two rows under one number, and both must be seen.
 */
export async function* readRows(
  client: Client | PoolClient,
  { from, to }: SeqRange,
): AsyncGenerator<readonly ChainRow[]> {
  // Bounds are numbers, and DECLARE takes no parameters.
  const upTo = to === null ? '' : `AND seq <= ${Math.trunc(to)}`;
  await client.query(
    `DECLARE chain NO SCROLL CURSOR FOR SELECT ${rowColumns} FROM audit_event WHERE seq >= ${Math.trunc(from)} ${upTo} ORDER BY seq`,
  );
  for (;;) {
    const { rows } = await client.query<ChainRow>(`FETCH ${pageRows} FROM chain`);
    if (rows.length > 0) yield rows;
    if (rows.length < pageRows) break;
  }
  await client.query('CLOSE chain');
}

/** The hash that an event claims as its own; what comes after it is checked against this. */
export async function hashAt(client: Client | PoolClient, seq: number): Promise<string | null> {
  const { rows } = await client.query<{ hash: string }>('SELECT hash FROM audit_event WHERE seq = $1', [seq]);
  return rows[0]?.hash ?? null;
}

/** The first event at or after this moment; one after the head when there is none. */
export async function firstSeqFrom(client: Client | PoolClient, moment: Date): Promise<number> {
  const { rows } = await client.query<{ seq: number }>(
    `SELECT coalesce((SELECT min(seq) FROM audit_event WHERE recorded_at >= $1),
                     (SELECT coalesce(max(seq), 0) + 1 FROM audit_event)) AS seq`,
    [moment],
  );
  return rows[0]?.seq ?? 1;
}
