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

type Row = Pick<Anchor, 'text' | 'public_key' | 'signature'> & { readonly token: Buffer | null };

/** SQL */
const anchors = `SELECT a.text, a.public_key, a.signature, t.token
  FROM audit_anchor a LEFT JOIN audit_anchor_timestamp t ON t.anchor_id = a.id`;

const anchorOfRow = ({ token, ...anchor }: Row): Anchor =>
  token === null ? anchor : { ...anchor, timestamp: token.toString('base64') };

/** All there are: one a day, so that ten years are four thousand. */
export async function listAnchors(client: Client | PoolClient): Promise<Anchor[]> {
  const { rows } = await client.query<Row>(`${anchors} ORDER BY a.seq, a.id`);
  return rows.map(anchorOfRow);
}

export async function lastAnchor(database: Pick<Database, 'pool'>): Promise<Anchor | null> {
  const { rows } = await database.pool.query<Row>(`${anchors} ORDER BY a.id DESC LIMIT 1`);
  const [row] = rows;
  return row === undefined ? null : anchorOfRow(row);
}

export interface Unstamped {
  readonly id: number;
  readonly day: string;
  readonly text: string;
}

/** Anchors of this day and later that have no time stamp, newest first. */
export async function listUnstamped(
  database: Pick<Database, 'pool'>,
  { since, max }: { since: string; max: number },
): Promise<Unstamped[]> {
  const { rows } = await database.pool.query<Unstamped>(
    `SELECT id, day, text FROM audit_anchor a
      WHERE day >= $1 AND NOT EXISTS (SELECT FROM audit_anchor_timestamp t WHERE t.anchor_id = a.id)
      ORDER BY id DESC LIMIT $2`,
    [since, max],
  );
  return rows;
}

/** @returns whether it is the first of this anchor; another one is not kept */
export async function insertTimestamp(client: PoolClient, anchorId: number, token: Buffer): Promise<boolean> {
  const { rowCount } = await client.query(
    'INSERT INTO audit_anchor_timestamp (anchor_id, token) VALUES ($1, $2) ON CONFLICT DO NOTHING',
    [anchorId, token],
  );
  return rowCount === 1;
}
