/**
 * Files by the SHA-256 of their content: kept once, never changed, hashed again whenever they are read. Who may see one is decided by whatever
 * names its hash; a hash alone opens nothing.
 */
import type { Pool, PoolClient } from 'pg';
import { AppError } from '../http.ts';
import { type CheckedFile, hashOf } from './checked-upload.ts';
import type { FileKind } from './file-kind.ts';

/** Keeps a file; the same content once more changes nothing. The event of whoever keeps it names the hash. */
export async function insertStoredFile(
  client: PoolClient,
  { sha256, kind, content }: Pick<CheckedFile, 'sha256' | 'kind' | 'content'>,
): Promise<void> {
  await client.query(
    'INSERT INTO stored_file (sha256, kind, bytes, content) VALUES ($1, $2, $3, $4) ON CONFLICT (sha256) DO NOTHING',
    [sha256, kind, content.length, content],
  );
}

export interface StoredFile {
  readonly sha256: string;
  readonly kind: FileKind;
  readonly content: Buffer;
}

/** `null`: there is none. Throws 500 `stored_file_damaged` when what lies there is not what was kept. */
export async function readStoredFile(
  database: Pool | PoolClient,
  sha256: string,
): Promise<StoredFile | null> {
  const { rows } = await database.query<StoredFile>(
    'SELECT sha256, kind, content FROM stored_file WHERE sha256 = $1',
    [sha256],
  );
  const [file] = rows;
  if (file === undefined) return null;
  if (hashOf(file.content) !== sha256)
    throw new AppError({
      status: 500,
      code: 'stored_file_damaged',
      message: {
        zh: '文件内容与登记的哈希不符，已拒绝提供，请把 support_id 告诉管理员',
        en: 'The file is not what its hash says and is not given out; tell the administrator the support_id',
      },
    });
  return file;
}
