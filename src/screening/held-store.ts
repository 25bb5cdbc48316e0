/** The database of what is held back: revisions that count as not known, because they are being tried or cannot be screened. */
import type { PoolClient } from 'pg';
import { documentOfRevision } from '../claims/document-store.ts';
import type { Database } from '../platform/database.ts';
import { matching, ofSettlement, refunding } from './neighbours.ts';

/** Revisions that are tried together. */
export interface Part {
  readonly part: number;
  /** Times it was begun and nothing came of it. */
  readonly begun: number;
  readonly revisions: readonly number[];
}

/** Under what a claim failed: another may do better. */
export interface Versions {
  readonly engine: string;
  readonly ruleSet: string;
}

/** Two halves, or every revision alone. */
export type Division = 'halves' | 'ones';

const partOf: Record<Division, string> = {
  halves: `min(id) OVER (PARTITION BY 2 * row_number > size)`,
  ones: 'id',
};

/** Holds back what a batch brought, to be tried in parts. What another batch is trying already is left to it. */
export async function holdBatch(client: PoolClient, batchId: number, division: Division): Promise<void> {
  await client.query(
    `INSERT INTO held_revision (revision_id, batch_id, part)
     SELECT id, $1, ${partOf[division]}
       FROM (SELECT id, row_number() OVER (ORDER BY id), count(*) OVER () AS size FROM claim_revision WHERE batch_id = $1) AS own
      ORDER BY id ON CONFLICT DO NOTHING`,
    [batchId],
  );
  await client.query('UPDATE intake_batch SET in_parts = true, begun = 0 WHERE id = $1', [batchId]);
}

export async function dividePart(
  database: Database,
  batchId: number,
  part: number,
  division: Division,
): Promise<void> {
  await database.pool.query(
    `UPDATE held_revision h SET part = divided.part, begun = 0
       FROM (SELECT id, ${partOf[division]} AS part
               FROM (SELECT revision_id AS id, row_number() OVER (ORDER BY revision_id), count(*) OVER () AS size
                       FROM held_revision WHERE batch_id = $1 AND part = $2 AND error IS NULL) AS own) AS divided
      WHERE h.revision_id = divided.id`,
    [batchId, part],
  );
}

/** What is tried next: what is least suspected first, so that what kills is alone when it is tried again. */
export async function nextPart(client: PoolClient | Database['pool'], batchId: number): Promise<Part | null> {
  const { rows } = await client.query<Part>(
    `SELECT part, min(begun) AS begun, json_agg(revision_id ORDER BY revision_id) AS revisions
       FROM held_revision WHERE batch_id = $1 AND error IS NULL GROUP BY part ORDER BY min(begun), part LIMIT 1`,
    [batchId],
  );
  return rows[0] ?? null;
}

/** Written down before anything is done with the part: whoever dies of it cannot say so. */
export async function beginPart(database: Database, batchId: number, part: number): Promise<void> {
  await database.pool.query(
    'UPDATE held_revision SET begun = begun + 1 WHERE batch_id = $1 AND part = $2 AND error IS NULL',
    [batchId, part],
  );
}

/** It failed in good order: nobody died. */
export async function partAnswered(database: Database, batchId: number, part: number): Promise<void> {
  await database.pool.query(
    'UPDATE held_revision SET begun = 0 WHERE batch_id = $1 AND part = $2 AND error IS NULL',
    [batchId, part],
  );
}

/**
 * What is not held back any more is known from the end of this transaction on, and to this transaction at once.
 * @returns the entries of quarantine in which they stood
 */
export async function release(client: PoolClient, revisions: readonly number[]): Promise<number[]> {
  const { rows } = await client.query<{ quarantine_id: number | null }>(
    'DELETE FROM held_revision WHERE revision_id = ANY($1) RETURNING quarantine_id',
    [revisions],
  );
  return rows.flatMap(({ quarantine_id }) => (quarantine_id === null ? [] : [quarantine_id]));
}

/** A part that exists only inside a transaction. */
const unseenPart = 0;

/** Of whom, or by which trace codes, claims are about to be read. */
export interface Met {
  readonly persons?: readonly string[];
  readonly codes?: Iterable<string>;
}

/**
 * Holds back, until `releaseUntried`, whatever no one has screened yet of these persons and of those who carry these codes, with what refunds
 * it or is refunded by it: a part must not fail by what waits in another batch. That is judged with everything around it when its own turn
 * comes. What batches in parts do not hold back has passed.
 */
export async function holdUntried(
  client: PoolClient,
  batchId: number,
  { persons = [], codes = [] }: Met,
): Promise<void> {
  await client.query(
    `WITH met AS (SELECT fixmedins_code, setl_id, refd_setl_id FROM claim_revision WHERE psn_no = ANY($3)
                  UNION SELECT r.fixmedins_code, r.setl_id, r.refd_setl_id
                          FROM trace_sale s ${matching('claim_revision.id = s.revision_id')} WHERE s.drug_trac_codg = ANY($4)),
          settled AS (SELECT fixmedins_code, setl_id FROM met
                      UNION SELECT fixmedins_code, refd_setl_id FROM met WHERE refd_setl_id IS NOT NULL),
          read AS (SELECT r.id, r.batch_id FROM settled k ${matching(ofSettlement)}
                   UNION SELECT r.id, r.batch_id FROM settled k ${matching(refunding)})
     INSERT INTO held_revision (revision_id, batch_id, part)
     SELECT r.id, $1, $2 FROM read r JOIN intake_batch b ON b.id = r.batch_id
      WHERE b.state <> 'screened' AND NOT b.in_parts ORDER BY r.id ON CONFLICT DO NOTHING`,
    [batchId, unseenPart, persons, [...codes]],
  );
}

export async function releaseUntried(client: PoolClient, batchId: number): Promise<void> {
  await client.query('DELETE FROM held_revision WHERE batch_id = $1 AND part = $2', [batchId, unseenPart]);
}

export interface SetAside {
  readonly revisionId: number;
  /** Name and code of what failed, never its message: that may quote the claim. */
  readonly error: string;
  readonly versions: Versions;
  readonly quarantineId: string;
}

export async function setAside(client: PoolClient, aside: SetAside): Promise<void> {
  const { revisionId, error, versions, quarantineId } = aside;
  await client.query(
    `UPDATE held_revision SET error = $2, engine_version = $3, rule_set_version = $4, quarantine_id = $5, begun = 0, held_at = now()
      WHERE revision_id = $1`,
    [revisionId, error, versions.engine, versions.ruleSet, quarantineId],
  );
}

export async function countSetAside(database: Database, batchId: number): Promise<number> {
  const { rows } = await database.pool.query<{ claims: number }>(
    'SELECT count(*) AS claims FROM held_revision WHERE batch_id = $1 AND error IS NOT NULL',
    [batchId],
  );
  return rows[0]?.claims ?? 0;
}

/**
 * Holds back everything that is known of the person of this revision and was screened before, as one more part of the batch; the revision
 * itself is suspected, and so tried after it.
 * @returns how much that is
 */
export async function holdPerson(client: PoolClient, batchId: number, revisionId: number): Promise<number> {
  await client.query('UPDATE held_revision SET begun = 1 WHERE revision_id = $1', [revisionId]);
  const { rowCount } = await client.query(
    `INSERT INTO held_revision (revision_id, batch_id, part)
     SELECT r.id, $1, min(r.id) OVER ()
       FROM claim_revision own JOIN claim_revision r ON r.psn_no = own.psn_no JOIN intake_batch b ON b.id = r.batch_id
      WHERE own.id = $2 AND (b.state = 'screened' OR b.in_parts)
        AND (SELECT true FROM held_revision h WHERE h.revision_id = r.id) IS NULL
      ORDER BY r.id ON CONFLICT DO NOTHING`,
    [batchId, revisionId],
  );
  return rowCount ?? 0;
}

/** Everything that was set aside under other versions waits again; what people have dealt with meanwhile does not. */
export async function retrySetAside(
  client: PoolClient | Database['pool'],
  { engine, ruleSet }: Versions,
): Promise<number> {
  const { rows } = await client.query<{ claims: number }>(
    `WITH again AS (UPDATE held_revision h SET error = NULL, begun = 0, part = h.revision_id FROM quarantine q
                     WHERE q.id = h.quarantine_id AND q.state = 'open' AND h.error IS NOT NULL
                       AND (h.engine_version, h.rule_set_version) IS DISTINCT FROM ($1, $2) RETURNING h.batch_id),
          batches AS (UPDATE intake_batch SET state = 'waiting', in_parts = true WHERE id IN (SELECT batch_id FROM again))
     SELECT count(*) AS claims FROM again`,
    [engine, ruleSet],
  );
  return rows[0]?.claims ?? 0;
}

/** A revision as it was stored. */
export interface StoredRevision {
  readonly fixmedins_code: string;
  readonly setl_id: string;
  readonly doc: string;
  readonly hash: string;
  /** Sealed. */
  readonly personal: Buffer | null;
}

export async function storedRevision(client: PoolClient, revisionId: number): Promise<StoredRevision> {
  const { rows } = await client.query<StoredRevision>(
    `SELECT r.fixmedins_code, r.setl_id, encode(r.content_hash, 'hex') AS hash, d.doc, d.personal FROM claim_revision r JOIN ${documentOfRevision} WHERE r.id = $1`,
    [revisionId],
  );
  const [stored] = rows;
  if (stored === undefined) throw new Error(`there is no revision ${revisionId}`);
  return stored;
}
