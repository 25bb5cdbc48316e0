/** The database of API keys. */
import type { PoolClient } from 'pg';
import { z } from 'zod';
import type { Reader } from './account-store.ts';
import { scopes } from './permissions.ts';

const keyRow = z.object({
  id: z.int(),
  prefix: z.string(),
  name: z.string(),
  scopes: z.array(z.enum(scopes)),
  fixmedins_code: z.string().nullable(),
  created_by: z.string(),
  created_at: z.date(),
  expires_at: z.date(),
  revoked_at: z.date().nullable(),
  used_at: z.date().nullable(),
});
export type StoredKey = z.infer<typeof keyRow>;

const columns = Object.keys(keyRow.shape).join(', ');

export type NewKey = Pick<StoredKey, 'prefix' | 'name' | 'scopes' | 'fixmedins_code' | 'created_by'> & {
  readonly secretHash: Buffer;
  readonly days: number;
};

export async function insertKey(client: PoolClient, key: NewKey): Promise<StoredKey> {
  const { rows } = await client.query(
    `INSERT INTO api_key (prefix, secret_hash, name, scopes, fixmedins_code, created_by, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, now() + make_interval(days => $7)) RETURNING ${columns}`,
    [key.prefix, key.secretHash, key.name, key.scopes, key.fixmedins_code, key.created_by, key.days],
  );
  return keyRow.parse(rows[0]);
}

export async function listKeys(database: Reader, keysMax: number): Promise<StoredKey[]> {
  const { rows } = await database.query(
    `SELECT ${columns} FROM api_key ORDER BY revoked_at IS NOT NULL, id DESC LIMIT $1`,
    [keysMax],
  );
  return rows.map((row) => keyRow.parse(row));
}

const liveRow = keyRow
  .pick({ id: true, prefix: true, scopes: true, fixmedins_code: true })
  .extend({ secret_hash: z.instanceof(Buffer) });
export type LiveKey = z.infer<typeof liveRow>;

/** Neither revoked nor expired. */
export async function findLiveKey(database: Reader, prefix: string): Promise<LiveKey | null> {
  const { rows } = await database.query(
    `SELECT id, prefix, scopes, fixmedins_code, secret_hash FROM api_key
      WHERE prefix = $1 AND revoked_at IS NULL AND expires_at > now()`,
    [prefix],
  );
  return rows[0] === undefined ? null : liveRow.parse(rows[0]);
}

/** @returns `null`: there is no such key, or it was revoked before */
export async function revokeKey(client: PoolClient, id: number): Promise<StoredKey | null> {
  const { rows } = await client.query(
    `UPDATE api_key SET revoked_at = now() WHERE id = $1 AND revoked_at IS NULL RETURNING ${columns}`,
    [id],
  );
  return rows[0] === undefined ? null : keyRow.parse(rows[0]);
}

export async function markUsed(database: Reader, id: number): Promise<void> {
  await database.query(
    `UPDATE api_key SET used_at = now() WHERE id = $1 AND (used_at IS NULL OR used_at < now() - interval '1 minute')`,
    [id],
  );
}
