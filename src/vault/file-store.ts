/**
 * Files by the SHA-256 of their content: checked (platform/content/), sealed, kept once, never changed, and hashed again whenever they are
 * read. Who may see one is decided by whatever names its hash; a hash alone opens nothing.
 */
import type { Pool, PoolClient } from 'pg';
import { type CheckedFile, hashOf } from '../platform/content/checked-upload.ts';
import type { FileKind } from '../platform/content/file-kind.ts';
import { AppError } from '../platform/http.ts';
import { holdSealKey } from './key-store.ts';
import { type Keyring, keyIdOf } from './keyring.ts';

const placeOf = (sha256: string): string => `file ${sha256}`;

/** Seals and keeps a file; the same content once more changes nothing. The event of whoever keeps it names the hash. */
export async function insertStoredFile(
  client: PoolClient,
  keys: Keyring,
  { sha256, kind, content }: Pick<CheckedFile, 'sha256' | 'kind' | 'content'>,
): Promise<void> {
  await holdSealKey(client, keys);
  await client.query(
    'INSERT INTO stored_file (sha256, kind, bytes, content) VALUES ($1, $2, $3, $4) ON CONFLICT (sha256) DO NOTHING',
    [sha256, kind, content.length, keys.seal(placeOf(sha256), content)],
  );
}

export interface StoredFile {
  readonly sha256: string;
  readonly kind: FileKind;
  readonly content: Buffer;
}

/**
 * One that a former version kept unsealed is read as it lies. `null`: there is none.
 * @throws VaultError; AppError 500 `stored_file_damaged` when what lies there is not what was kept
 */
export async function readStoredFile(
  database: Pool | PoolClient,
  keys: Keyring,
  sha256: string,
): Promise<StoredFile | null> {
  const { rows } = await database.query<StoredFile>(
    'SELECT sha256, kind, content FROM stored_file WHERE sha256 = $1',
    [sha256],
  );
  const [file] = rows;
  return file === undefined ? null : { ...file, content: opened(keys, file) };
}

/** No kind of file begins as sealed bytes do (platform/content/file-kind.ts), so nothing is taken for the other. */
function opened(keys: Keyring, { sha256, content }: Pick<StoredFile, 'sha256' | 'content'>): Buffer {
  const plain = keyIdOf(content) === null ? content : keys.open(placeOf(sha256), content);
  if (hashOf(plain) === sha256) return plain;
  throw new AppError({
    status: 500,
    code: 'stored_file_damaged',
    message: {
      zh: '文件内容与登记的哈希不符，已拒绝提供，请把 support_id 告诉管理员',
      en: 'The file is not what its hash says and is not given out; tell the administrator the support_id',
    },
  });
}

/** What files are, without their content; hashes that name none are left out. */
export async function describeStoredFiles(
  database: Pool | PoolClient,
  hashes: readonly string[],
): Promise<Map<string, { readonly kind: FileKind; readonly bytes: number }>> {
  const { rows } = await database.query<{ sha256: string; kind: FileKind; bytes: number }>(
    'SELECT sha256, kind, bytes FROM stored_file WHERE sha256 = ANY($1::text[])',
    [hashes],
  );
  return new Map(rows.map(({ sha256, kind, bytes }) => [sha256, { kind, bytes }]));
}

/** The next file after this hash, sealed with the current key if it was not. `null`: there is none. */
export async function sealNextFile(client: PoolClient, keys: Keyring, after: string): Promise<string | null> {
  // One at a time: each may have twenty megabytes.
  const { rows } = await client.query<{ sha256: string; content: Buffer }>(
    'SELECT sha256, content FROM stored_file WHERE sha256 > $1 ORDER BY sha256 LIMIT 1 FOR UPDATE',
    [after],
  );
  const [file] = rows;
  if (file === undefined) return null;
  if (keyIdOf(file.content) !== keys.current.seal) {
    // The trigger lets nothing else change (migration 20261128118000_sealed_files).
    await client.query(`SELECT set_config('fundwatch.seal_anew', 'on', true)`);
    await client.query('UPDATE stored_file SET content = $2 WHERE sha256 = $1', [
      file.sha256,
      keys.seal(placeOf(file.sha256), opened(keys, file)),
    ]);
  }
  return file.sha256;
}
