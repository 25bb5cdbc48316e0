/** The database of data keys: sealed with the master key, and told apart by id. */
import type { PoolClient } from 'pg';
import { prepared } from '../platform/prepared.ts';
import type { Database } from '../platform/database.ts';
import { VaultError } from './fault.ts';
import type { Keyring } from './keyring.ts';
import type { Suite } from './suite.ts';

/** `seal` keys seal data; `index` keys make what can be searched. */
export type Purpose = 'seal' | 'index';

export interface StoredKey {
  readonly id: number;
  readonly purpose: Purpose;
  readonly suite: Suite;
  /** Sealed material. */
  readonly wrapped: Buffer;
  /** Fingerprint of the master key that it is sealed with. */
  readonly master: string;
  /** By the database's clock. */
  readonly age_s: number;
  readonly created_at: Date;
}

const columns = `id, purpose, suite, wrapped, master, created_at, extract(epoch FROM now() - created_at)::float8 AS age_s`;

/** Oldest first. */
export async function listKeys(client: PoolClient | Database['pool']): Promise<StoredKey[]> {
  return (await client.query<StoredKey>(`SELECT ${columns} FROM data_key ORDER BY id`)).rows;
}

/** One at a time makes, seals again or removes keys, until the end of the transaction. */
export async function lockKeys(client: PoolClient): Promise<void> {
  await client.query('LOCK TABLE data_key IN SHARE ROW EXCLUSIVE MODE');
}

export async function nextKeyId(client: PoolClient): Promise<number> {
  const { rows } = await client.query<{ id: number }>(`SELECT nextval('data_key_id_seq')::int AS id`);
  return rows[0]?.id ?? 0;
}

export async function insertKey(
  client: PoolClient,
  key: Pick<StoredKey, 'id' | 'purpose' | 'suite' | 'wrapped' | 'master'>,
): Promise<void> {
  await client.query(
    'INSERT INTO data_key (id, purpose, suite, wrapped, master) VALUES ($1, $2, $3, $4, $5)',
    [key.id, key.purpose, key.suite, key.wrapped, key.master],
  );
}

export async function rewrapKey(
  client: PoolClient,
  { id, wrapped, master }: Pick<StoredKey, 'id' | 'wrapped' | 'master'>,
): Promise<void> {
  await client.query('UPDATE data_key SET wrapped = $2, master = $3 WHERE id = $1', [id, wrapped, master]);
}

/**
 * Keeps the key that the caller seals with until the end of its transaction: whoever destroys keys waits for it, and sees what it sealed.
 * @throws VaultError `unknown_key`: it was destroyed meanwhile; the next try knows the new one
 */
export async function holdSealKey(client: PoolClient, { current }: Pick<Keyring, 'current'>): Promise<void> {
  const { rowCount } = await client.query(
    prepared('SELECT 1 FROM data_key WHERE id = $1 FOR KEY SHARE', [current.seal]),
  );
  if (rowCount === 0) throw new VaultError('unknown_key', `data key ${current.seal}`);
}

/** Waits for all who hold one of these keys. */
export async function lockHeld(client: PoolClient, ids: readonly number[]): Promise<void> {
  await client.query('SELECT 1 FROM data_key WHERE id = ANY($1) FOR UPDATE', [ids]);
}

export async function removeKeys(client: PoolClient, ids: readonly number[]): Promise<void> {
  await client.query('DELETE FROM data_key WHERE id = ANY($1)', [ids]);
}
