/** The database of credit: the ledger, and grades on their way to publication. */
import type { Pool, PoolClient } from 'pg';
import { canonicalJson } from '../audit/canonical-json.ts';
import {
  type CreditEntry,
  type CreditSubject,
  linkedEntrySchema,
  type Message,
  type SubjectKind,
} from './contract.ts';
import { type Row, unlinked } from './ledger.ts';
import type { PublicationState } from './publication-contract.ts';

type Client = Pool | PoolClient;

/** Appends come one after the other: each needs the hash of the last. */
export async function lockLedger(client: PoolClient): Promise<void> {
  await client.query(`SELECT pg_advisory_xact_lock(x'63726564'::bigint)`);
}

export async function lastLink(client: Client): Promise<{ seq: number; hash: string } | null> {
  const { rows } = await client.query<{ seq: number; hash: string }>(
    'SELECT seq, hash FROM credit_entry ORDER BY seq DESC LIMIT 1',
  );
  return rows[0] ?? null;
}

/** UTC with milliseconds, as the ledger writes it. */
export async function databaseTime(client: Client): Promise<string> {
  const { rows } = await client.query<{ at: string }>(
    `SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS at`,
  );
  const at = rows[0]?.at;
  if (at === undefined) throw new Error('the database did not say what time it is');
  return at;
}

export async function insertEntry(client: PoolClient, { entry, hash }: Row, account: string): Promise<void> {
  await client.query(
    `INSERT INTO credit_entry (seq, hash, prev_hash, entry, subject_kind, subject_key, day, target, text, account)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      entry.seq,
      hash,
      entry.prev_hash,
      entry.entry,
      entry.subject.kind,
      entry.subject.key,
      entry.day,
      targetOf(entry),
      canonicalJson(entry),
      account,
    ],
  );
}

const targetOf = (entry: Row['entry']): number | null =>
  entry.entry === 'fact' ? null : entry.entry === 'repair' ? entry.repairs : entry.revokes;

const rowOf = ({ text, hash }: { text: string; hash: string }): Row => ({
  entry: linkedEntrySchema.parse(JSON.parse(text)),
  hash,
});

export async function findEntry(client: Client, seq: number): Promise<CreditEntry | null> {
  const { rows } = await client.query<{ text: string; hash: string }>(
    'SELECT text, hash FROM credit_entry WHERE seq = $1',
    [seq],
  );
  const [row] = rows;
  return row === undefined ? null : unlinked(rowOf(row).entry);
}

/** Whether the ledger has a fact of this event of the subject, revoked or not. */
export async function hasFactOf(
  client: Client,
  { kind, key }: CreditSubject,
  event: string,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `SELECT FROM credit_entry
      WHERE subject_kind = $1 AND subject_key = $2 AND entry = 'fact' AND text::json->>'event' = $3 LIMIT 1`,
    [kind, key, event],
  );
  return rowCount === 1;
}

/** Facts of these bases that name an event and were not revoked, in the order of the ledger. */
export async function standingFactsOf(
  client: Client,
  bases: readonly string[],
  after: number,
  factsMax: number,
): Promise<CreditEntry[]> {
  const { rows } = await client.query<{ text: string; hash: string }>(
    `SELECT text, hash FROM credit_entry f
      WHERE entry = 'fact' AND seq > $1 AND text::json->>'basis' = ANY($2::text[]) AND text::json->>'event' IS NOT NULL
        AND NOT EXISTS (SELECT FROM credit_entry r WHERE r.target = f.seq AND r.entry = 'revocation')
      ORDER BY seq LIMIT $3`,
    [after, bases, factsMax],
  );
  return rows.map((row) => unlinked(rowOf(row).entry));
}

export async function isRevoked(client: Client, seq: number): Promise<boolean> {
  const { rowCount } = await client.query(
    `SELECT FROM credit_entry WHERE target = $1 AND entry = 'revocation'`,
    [seq],
  );
  return (rowCount ?? 0) > 0;
}

/** In the order of the ledger. */
export async function entriesOfSubject(
  client: Client,
  { kind, key }: CreditSubject,
  entriesMax: number,
): Promise<Row[]> {
  const { rows } = await client.query<{ text: string; hash: string }>(
    'SELECT text, hash FROM credit_entry WHERE subject_kind = $1 AND subject_key = $2 ORDER BY seq LIMIT $3',
    [kind, key, entriesMax + 1],
  );
  if (rows.length > entriesMax) throw new Error(`a subject has more than ${entriesMax} entries`);
  return rows.map(rowOf);
}

/** A piece of the ledger, for exports and for what is asked of all subjects of some kinds. */
export async function ledgerPage(
  client: Client,
  after: number,
  rowsMax: number,
  kinds: readonly SubjectKind[] | null = null,
): Promise<Row[]> {
  const { rows } = await client.query<{ text: string; hash: string }>(
    `SELECT text, hash FROM credit_entry WHERE seq > $1 AND ($3::text[] IS NULL OR subject_kind = ANY($3))
      ORDER BY seq LIMIT $2`,
    [after, rowsMax, kinds],
  );
  return rows.map(rowOf);
}

export interface StoredSubject {
  readonly first_seq: number;
  readonly subject_key: string;
  readonly open_objections: number;
}

/** Subjects of a kind by their first entry. */
export async function subjectsAfter(
  client: Client,
  kind: SubjectKind,
  after: number,
  subjectsMax: number,
): Promise<StoredSubject[]> {
  const { rows } = await client.query<StoredSubject>(
    `SELECT e.seq AS first_seq, e.subject_key,
        (SELECT count(*) FROM credit_publication p
          WHERE p.subject_kind = e.subject_kind AND p.subject_key = e.subject_key AND p.state = 'objected') AS open_objections
       FROM credit_entry e
      WHERE e.subject_kind = $1 AND e.seq > $2 AND NOT EXISTS (
        SELECT FROM credit_entry b
         WHERE b.subject_kind = e.subject_kind AND b.subject_key = e.subject_key AND b.seq < e.seq)
      ORDER BY e.seq LIMIT $3`,
    [kind, after, subjectsMax],
  );
  return rows;
}

/** `null`: no entry of this number is the first of a subject. */
export async function subjectAt(client: Client, firstSeq: number): Promise<CreditSubject | null> {
  const { rows } = await client.query<{ kind: SubjectKind; key: string }>(
    `SELECT e.subject_kind AS kind, e.subject_key AS key FROM credit_entry e
      WHERE e.seq = $1 AND NOT EXISTS (
        SELECT FROM credit_entry b
         WHERE b.subject_kind = e.subject_kind AND b.subject_key = e.subject_key AND b.seq < e.seq)`,
    [firstSeq],
  );
  return rows[0] ?? null;
}

export async function firstSeqOf(client: Client, { kind, key }: CreditSubject): Promise<number | null> {
  const { rows } = await client.query<{ seq: number | null }>(
    'SELECT min(seq) AS seq FROM credit_entry WHERE subject_kind = $1 AND subject_key = $2',
    [kind, key],
  );
  return rows[0]?.seq ?? null;
}

export interface StoredPublication {
  readonly id: number;
  readonly subject_kind: SubjectKind;
  readonly subject_key: string;
  readonly scheme_code: string;
  readonly as_of: string;
  readonly last_seq: number;
  readonly grade: string;
  readonly grade_name: Message;
  readonly points_hundredths: number | null;
  readonly state: PublicationState;
  readonly objection_until: string;
  readonly account: string;
  readonly published_by: string | null;
  readonly withdrawn_by: string | null;
  readonly withdrawn_reason: string | null;
  readonly created_at: Date;
}

const publicationColumns = `id, subject_kind, subject_key, scheme_code, as_of, last_seq, grade,
  score #> '{grade,name}' AS grade_name, points_hundredths, state,
  objection_until, account, published_by, withdrawn_by, withdrawn_reason, created_at`;

/** The grade of each institution that was published last and was not taken back. */
export async function publishedGrades(client: Client): Promise<Map<string, string>> {
  const { rows } = await client.query<{ subject_key: string; grade: string }>(
    `SELECT DISTINCT ON (subject_key) subject_key, grade FROM credit_publication
      WHERE subject_kind = 'institution' AND state = 'published' ORDER BY subject_key, id DESC`,
  );
  return new Map(rows.map(({ subject_key, grade }) => [subject_key, grade]));
}

export type NewPublication = Omit<
  StoredPublication,
  'id' | 'grade_name' | 'state' | 'published_by' | 'withdrawn_by' | 'withdrawn_reason' | 'created_at'
>;

export async function insertPublication(
  client: PoolClient,
  publication: NewPublication,
  score: object,
): Promise<number> {
  const { rows } = await client.query<{ id: number }>(
    `INSERT INTO credit_publication (subject_kind, subject_key, scheme_code, as_of, last_seq, grade, points_hundredths,
        objection_until, account, score)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id`,
    [
      publication.subject_kind,
      publication.subject_key,
      publication.scheme_code,
      publication.as_of,
      publication.last_seq,
      publication.grade,
      publication.points_hundredths,
      publication.objection_until,
      publication.account,
      JSON.stringify(score),
    ],
  );
  const id = rows[0]?.id;
  if (id === undefined) throw new Error('a publication got no number');
  return id;
}

/** Newest first. */
export async function publicationsOf(
  client: Client,
  { kind, key }: CreditSubject,
): Promise<StoredPublication[]> {
  const { rows } = await client.query<StoredPublication>(
    `SELECT ${publicationColumns} FROM credit_publication
      WHERE subject_kind = $1 AND subject_key = $2 ORDER BY id DESC LIMIT 200`,
    [kind, key],
  );
  return rows;
}

/** Held until the transaction ends, so that two people who act on it come one after the other. */
export async function lockPublication(client: PoolClient, id: number): Promise<StoredPublication | null> {
  const { rows } = await client.query<StoredPublication>(
    `SELECT ${publicationColumns} FROM credit_publication WHERE id = $1 FOR UPDATE`,
    [id],
  );
  return rows[0] ?? null;
}

export async function setPublicationState(
  client: PoolClient,
  id: number,
  state: Exclude<PublicationState, 'published' | 'withdrawn'>,
): Promise<void> {
  await client.query('UPDATE credit_publication SET state = $2 WHERE id = $1', [id, state]);
}

export async function withdraw(
  client: PoolClient,
  id: number,
  account: string,
  reason: string,
): Promise<void> {
  await client.query(
    `UPDATE credit_publication SET state = 'withdrawn', withdrawn_by = $2, withdrawn_at = now(), withdrawn_reason = $3
      WHERE id = $1`,
    [id, account, reason],
  );
}

export async function publish(client: PoolClient, id: number, account: string): Promise<void> {
  await client.query(
    `UPDATE credit_publication SET state = 'published', published_by = $2, published_at = now() WHERE id = $1`,
    [id, account],
  );
}

export interface StoredObjection {
  readonly id: number;
  readonly publication_id: number;
  readonly reference: string;
  readonly reason: string;
  readonly account: string;
  readonly raised_at: Date;
  readonly outcome: 'upheld' | 'rejected' | null;
  readonly decision_reference: string | null;
  readonly decision_reason: string | null;
  readonly decided_by: string | null;
  readonly decided_at: Date | null;
}

const objectionColumns = `id, publication_id, reference, reason, account, raised_at, outcome, decision_reference,
  decision_reason, decided_by, decided_at`;

export async function objectionsOf(
  client: Client,
  publications: readonly number[],
): Promise<StoredObjection[]> {
  const { rows } = await client.query<StoredObjection>(
    `SELECT ${objectionColumns} FROM credit_objection WHERE publication_id = ANY($1::int8[]) ORDER BY id`,
    [publications],
  );
  return rows;
}

export async function insertObjection(
  client: PoolClient,
  objection: {
    readonly publication_id: number;
    readonly scored_by: string;
    readonly reference: string;
    readonly reason: string;
    readonly account: string;
  },
): Promise<number> {
  const { rows } = await client.query<{ id: number }>(
    `INSERT INTO credit_objection (publication_id, scored_by, reference, reason, account)
     VALUES ($1, $2, $3, $4, $5) RETURNING id`,
    [objection.publication_id, objection.scored_by, objection.reference, objection.reason, objection.account],
  );
  const id = rows[0]?.id;
  if (id === undefined) throw new Error('an objection got no number');
  return id;
}

/** The objection of a publication that nobody has decided; `null`: there is none. */
export async function openObjection(client: Client, publication: number): Promise<number | null> {
  const { rows } = await client.query<{ id: number }>(
    'SELECT id FROM credit_objection WHERE publication_id = $1 AND outcome IS NULL',
    [publication],
  );
  return rows[0]?.id ?? null;
}

export async function decideObjection(
  client: PoolClient,
  id: number,
  decision: {
    readonly outcome: 'upheld' | 'rejected';
    readonly reference: string;
    readonly reason: string;
    readonly account: string;
  },
): Promise<void> {
  await client.query(
    `UPDATE credit_objection SET outcome = $2, decision_reference = $3, decision_reason = $4, decided_by = $5, decided_at = now()
      WHERE id = $1`,
    [id, decision.outcome, decision.reference, decision.reason, decision.account],
  );
}
