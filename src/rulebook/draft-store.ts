/** The database of drafts: texts that somebody is writing, one of each rule and author. */
import type { Pool, PoolClient } from 'pg';

type Client = Pool | PoolClient;

export interface StoredDraft {
  readonly code: string;
  readonly author: string;
  readonly document: string;
  readonly examples: string;
  readonly based_on: string | null;
  readonly updated_at: Date;
}

export async function saveDraft(
  client: Client,
  draft: Omit<StoredDraft, 'updated_at'>,
): Promise<StoredDraft> {
  const { rows } = await client.query<StoredDraft>(
    `INSERT INTO rule_draft (code, author, document, examples, based_on) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (code, author) DO UPDATE SET document = excluded.document, examples = excluded.examples, based_on = excluded.based_on,
       updated_at = now()
     RETURNING code, author, document, examples, based_on, updated_at`,
    [draft.code, draft.author, draft.document, draft.examples, draft.based_on],
  );
  if (rows[0] === undefined) throw new Error('a draft was not saved');
  return rows[0];
}

export async function findDraft(client: Client, code: string, author: string): Promise<StoredDraft | null> {
  const { rows } = await client.query<StoredDraft>(
    'SELECT code, author, document, examples, based_on, updated_at FROM rule_draft WHERE code = $1 AND author = $2',
    [code, author],
  );
  return rows[0] ?? null;
}

/** Without their texts, the newest first. */
export async function listDrafts(
  client: Client,
  code: string | null,
): Promise<Omit<StoredDraft, 'document' | 'examples'>[]> {
  const { rows } = await client.query<Omit<StoredDraft, 'document' | 'examples'>>(
    `SELECT code, author, based_on, updated_at FROM rule_draft WHERE $1::text IS NULL OR code = $1
      ORDER BY updated_at DESC, code, author`,
    [code],
  );
  return rows;
}

export async function discardDraft(client: Client, code: string, author: string): Promise<boolean> {
  const { rowCount } = await client.query('DELETE FROM rule_draft WHERE code = $1 AND author = $2', [
    code,
    author,
  ]);
  return rowCount === 1;
}
