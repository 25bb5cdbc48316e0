/** The database of what is sealed, read and written as it lies. */
import type { PoolClient } from 'pg';
import { documentOfRevision } from './document-store.ts';

export interface SealedDocument {
  readonly revision_id: number;
  readonly last_day: number;
  readonly hash: string;
  readonly psn_no: string;
  readonly personal: Buffer;
}

/** In the order of their ids. */
export async function nextDocuments(
  client: PoolClient,
  after: number,
  rowsMax: number,
): Promise<SealedDocument[]> {
  const { rows } = await client.query<SealedDocument>(
    `SELECT r.id AS revision_id, r.last_day, encode(r.content_hash, 'hex') AS hash, r.psn_no, d.personal
       FROM claim_revision r JOIN ${documentOfRevision} WHERE r.id > $1 AND d.personal IS NOT NULL ORDER BY r.id LIMIT $2`,
    [after, rowsMax],
  );
  return rows;
}

export async function replacePersonal(client: PoolClient, rows: readonly SealedDocument[]): Promise<void> {
  if (rows.length === 0) return;
  // The trigger lets nothing else change (migration 20261126000000_vault).
  await client.query(`SELECT set_config('fundwatch.seal_anew', 'on', true)`);
  await client.query(
    `UPDATE claim_document d SET personal = u.personal FROM unnest($1::bigint[], $2::int[], $3::bytea[]) AS u(id, last_day, personal)
      WHERE d.revision_id = u.id AND d.last_day = u.last_day`,
    [
      rows.map(({ revision_id }) => revision_id),
      rows.map(({ last_day }) => last_day),
      rows.map(({ personal }) => personal),
    ],
  );
}

export interface SealedInput {
  readonly id: number;
  readonly source: string;
  readonly position: number;
  readonly raw: Buffer;
}

/** In the order of their ids. */
export async function nextQuarantined(
  client: PoolClient,
  after: number,
  rowsMax: number,
): Promise<SealedInput[]> {
  const { rows } = await client.query<SealedInput>(
    'SELECT id, source, position, raw FROM quarantine WHERE id > $1 ORDER BY id LIMIT $2',
    [after, rowsMax],
  );
  return rows;
}

export async function replaceRaw(
  client: PoolClient,
  rows: readonly { readonly id: number; readonly raw: Buffer; readonly rawHash: Buffer }[],
): Promise<void> {
  if (rows.length === 0) return;
  await client.query(
    `UPDATE quarantine q SET raw = u.raw, raw_hash = u.raw_hash FROM unnest($1::bigint[], $2::bytea[], $3::bytea[]) AS u(id, raw, raw_hash)
      WHERE q.id = u.id`,
    [rows.map(({ id }) => id), rows.map(({ raw }) => raw), rows.map(({ rawHash }) => rawHash)],
  );
}

/** Whether anything is left that was sealed with another key. @param head what begins everything that the current key seals */
export async function isSealedOtherwise(client: PoolClient, head: Buffer): Promise<boolean> {
  const { rows } = await client.query<{ found: boolean }>(
    `SELECT EXISTS (SELECT 1 FROM claim_document WHERE substr(personal, 1, $2) <> $1)
         OR EXISTS (SELECT 1 FROM quarantine WHERE substr(raw, 1, $2) <> $1)
         OR EXISTS (SELECT 1 FROM stored_file WHERE substr(content, 1, $2) <> $1)
         OR EXISTS (SELECT 1 FROM case_evidence WHERE substr(content, 1, $2) <> $1)
         OR EXISTS (SELECT 1 FROM finding_answer_file WHERE substr(name, 1, $2) <> $1)
         OR EXISTS (SELECT 1 FROM account WHERE substr(totp_secret, 1, $2) <> $1) AS found`,
    [head, head.length],
  );
  return rows[0]?.found === true;
}
