/** The database of anchors. */
import type { Client, PoolClient } from 'pg';
import type { Database } from '../platform/database.ts';
import type { Anchor } from './anchor.ts';

/** Two workers at midnight make one anchor: held until the commit. 'anch' */
const lockKey = 0x616e6368;

export async function lockAnchors(client: PoolClient): Promise<void> {
  await client.query('SELECT pg_advisory_xact_lock($1)', [lockKey]);
}

export async function isDayAnchored(client: PoolClient, day: string): Promise<boolean> {
  const { rows } = await client.query('SELECT 1 FROM audit_anchor WHERE day = $1 LIMIT 1', [day]);
  return rows.length > 0;
}

/** @returns its id */
export async function insertAnchor(
  client: PoolClient,
  { text, public_key, signature }: Anchor,
  { day, seq }: { day: string; seq: number },
): Promise<number> {
  const { rows } = await client.query<{ id: number }>(
    'INSERT INTO audit_anchor (day, seq, text, public_key, signature) VALUES ($1, $2, $3, $4, $5) RETURNING id',
    [day, seq, text, public_key, signature],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('an anchor got no id');
  return row.id;
}

/** All there are: one a day, so that ten years are four thousand. */
export async function listAnchors(client: Client | PoolClient): Promise<Anchor[]> {
  const { rows } = await client.query<Anchor>(
    'SELECT text, public_key, signature FROM audit_anchor ORDER BY seq, id',
  );
  return rows;
}

export async function lastAnchor(database: Pick<Database, 'pool'>): Promise<Anchor | null> {
  const { rows } = await database.pool.query<Anchor>(
    'SELECT text, public_key, signature FROM audit_anchor ORDER BY id DESC LIMIT 1',
  );
  return rows[0] ?? null;
}
