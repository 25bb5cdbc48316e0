/** The database of rejected input. */
import type { PoolClient } from 'pg';
import { z } from 'zod';
import { parameters, sees, seenSql, type Sight } from '../people/sight.ts';
import type { Database } from '../platform/database.ts';
import { holdSealKey } from '../vault/key-store.ts';
import type { Keyring } from '../vault/keyring.ts';
import {
  type ClaimIssue,
  claimIssueSchema,
  type QuarantinePage,
  type QuarantineQuery,
  type QuarantineRow,
} from './contract.ts';

export type RejectedInput = {
  /** 0-based, in the request or file */
  position: number;
  raw: Uint8Array;
  issues: readonly ClaimIssue[];
  setl_id: string | null;
  fixmedins_code: string | null;
};

/** Where rejected input belongs. */
export const rawPlace = (source: string, position: number): string => `quarantine ${source} ${position}`;

/**
 * Keeps rejected input, inside the caller's transaction. The same bytes at the same place of the same source are kept once, however
 * often they come.
 * @returns the ids, in the order of the inputs; positions must differ
 */
export async function keepRejected(
  client: PoolClient,
  keys: Keyring,
  source: string,
  rejected: readonly RejectedInput[],
): Promise<string[]> {
  if (rejected.length === 0) return [];
  await holdSealKey(client, keys);
  const hashes = rejected.map(({ raw }) => keys.blind('raw', raw));
  const positions = rejected.map(({ position }) => position);
  await client.query(
    `INSERT INTO quarantine (source, position, raw, raw_hash, issues, fixmedins_code, setl_id)
     SELECT $1, u.* FROM unnest($2::int[], $3::bytea[], $4::bytea[], $5::jsonb[], $6::text[], $7::text[]) AS u
     ON CONFLICT (source, position, raw_hash) DO NOTHING`,
    [
      source,
      positions,
      rejected.map(({ position, raw }) => keys.seal(rawPlace(source, position), raw)),
      hashes,
      rejected.map(({ issues }) => JSON.stringify(issues)),
      rejected.map(({ fixmedins_code }) => fixmedins_code),
      rejected.map(({ setl_id }) => setl_id),
    ],
  );
  const { rows } = await client.query<{ id: number; position: number }>(
    `SELECT q.id, q.position FROM unnest($2::int[], $3::bytea[]) AS u(position, raw_hash)
       JOIN quarantine q ON q.source = $1 AND q.position = u.position AND q.raw_hash = u.raw_hash`,
    [source, positions, hashes],
  );
  const ids = new Map(rows.map((row) => [row.position, String(row.id)]));
  return positions.map((position) => {
    const id = ids.get(position);
    if (id === undefined) throw new Error('a quarantined input got no id');
    return id;
  });
}

const issuesSchema = z.array(claimIssueSchema);

/** Everything but `raw`, which can be megabytes. */
const rowColumns =
  'id, source, position, setl_id, fixmedins_code, issues, state, note, received_at, resolved_at';

export async function listQuarantine(
  { pool }: Database,
  query: QuarantineQuery,
  sight: Sight,
): Promise<QuarantinePage> {
  const { page, page_size, state } = query;
  const { values, bind } = parameters(state);
  const where = `state = $1::"QuarantineState" AND ${seenSql(sight, 'fixmedins_code', bind)}`;
  const [counted, entries] = await Promise.all([
    pool.query<{ total: number }>(`SELECT count(*) AS total FROM quarantine WHERE ${where}`, values),
    pool.query<EntryRecord>(
      `SELECT ${rowColumns} FROM quarantine WHERE ${where} ORDER BY id DESC
        LIMIT ${page_size} OFFSET ${(page - 1) * page_size}`,
      values,
    ),
  ]);
  return { total: counted.rows[0]?.total ?? 0, page, page_size, items: entries.rows.map(rowOf) };
}

/** `null`: there is none, or none that is seen. @throws VaultError */
export async function findQuarantined(
  { pool }: Database,
  keys: Keyring,
  id: bigint,
  sight: Sight,
): Promise<(QuarantineRow & { readonly raw: string }) | null> {
  const { rows } = await pool.query<EntryRecord & { raw: Buffer }>(
    `SELECT ${rowColumns}, raw FROM quarantine WHERE id = $1`,
    [id],
  );
  const [entry] = rows;
  if (entry === undefined || !sees(sight, entry.fixmedins_code)) return null;
  return {
    ...rowOf(entry),
    raw: keys.open(rawPlace(entry.source, entry.position), entry.raw).toString('utf8'),
  };
}

interface EntryRecord {
  id: number;
  source: string;
  position: number;
  setl_id: string | null;
  fixmedins_code: string | null;
  issues: unknown;
  state: QuarantineRow['state'];
  note: string | null;
  received_at: Date;
  resolved_at: Date | null;
}

function rowOf(entry: EntryRecord): QuarantineRow {
  return {
    id: String(entry.id),
    source: entry.source,
    position: entry.position,
    setl_id: entry.setl_id,
    fixmedins_code: entry.fixmedins_code,
    issues: issuesSchema.parse(entry.issues),
    state: entry.state,
    note: entry.note,
    received_at: entry.received_at.toISOString(),
    resolved_at: entry.resolved_at?.toISOString() ?? null,
  };
}

/** Locks entries until the transaction ends, in the order of their ids, and says how those stand that are seen. */
export async function lockQuarantined(
  client: PoolClient,
  ids: readonly bigint[],
  sight: Sight,
): Promise<Map<bigint, QuarantineRow['state']>> {
  const { rows } = await client.query<{
    id: number;
    state: QuarantineRow['state'];
    fixmedins_code: string | null;
  }>('SELECT id, state, fixmedins_code FROM quarantine WHERE id = ANY($1::bigint[]) ORDER BY id FOR UPDATE', [
    ids.map(String),
  ]);
  return new Map(
    rows
      .filter(({ fixmedins_code }) => sees(sight, fixmedins_code))
      .map(({ id, state }) => [BigInt(id), state]),
  );
}

export async function resolveQuarantined(
  client: PoolClient,
  ids: readonly bigint[],
  state: 'corrected' | 'dismissed',
  note: string | null,
): Promise<void> {
  await client.query(
    'UPDATE quarantine SET state = $2, note = $3, resolved_at = now() WHERE id = ANY($1::bigint[])',
    [ids.map(String), state, note],
  );
}
