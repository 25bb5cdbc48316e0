/** The database of cases: events and evidence are only ever added; `case_file` is how the events leave a case. */
import type { Pool, PoolClient } from 'pg';
import { z } from 'zod';
import type { Message } from '../claims/contract.ts';
import type { Sight } from '../people/sight.ts';
import { holdSealKey } from '../vault/key-store.ts';
import type { Keyring } from '../vault/keyring.ts';
import { type CaseEvent, type CaseState, caseEventSchema, caseEventsMax, type Subject } from './contract.ts';
import { openedContent, sealedContent } from './seal-store.ts';
import type { CasesQuery } from './view-contract.ts';

type Client = Pool | PoolClient;

export interface StoredCase {
  readonly id: number;
  readonly case_no: string;
  readonly subject_kind: Subject['kind'];
  readonly subject_key: string;
  readonly area: string;
  readonly state: CaseState;
  readonly revision: number;
  readonly head: string;
}

const columns = 'id, case_no, subject_kind, subject_key, area, state, revision, head';

/** Areas that are seen; `null`: all. Institutions see no cases at all: they have no permission to. */
const areasOf = ({ areas, institution }: Sight): readonly string[] | null =>
  institution !== undefined ? [] : areas === 'all' ? null : areas;

export async function listCases(
  client: Client,
  { state, fixmedins_code, page, page_size }: CasesQuery,
  sight: Sight,
): Promise<{ total: number; rows: StoredCase[] }> {
  const seen = `WHERE ($1::text[] IS NULL OR area = ANY($1)) AND ($2::text IS NULL OR state = $2)
                  AND ($3::text IS NULL OR subject_kind = 'institution' AND subject_key = $3)`;
  const given = [areasOf(sight), state ?? null, fixmedins_code ?? null];
  const { rows: counted } = await client.query<{ total: number }>(
    `SELECT count(*) AS total FROM case_file ${seen}`,
    given,
  );
  const { rows } = await client.query<StoredCase>(
    `SELECT ${columns} FROM case_file ${seen} ORDER BY id DESC LIMIT $4 OFFSET $5`,
    [...given, page_size, (page - 1) * page_size],
  );
  return { total: counted[0]?.total ?? 0, rows };
}

/** `null`: there is none, or none that is seen. */
export async function findCase(client: Client, id: number, sight: Sight): Promise<StoredCase | null> {
  const { rows } = await client.query<StoredCase>(
    `SELECT ${columns} FROM case_file WHERE id = $1 AND ($2::text[] IS NULL OR area = ANY($2))`,
    [id, areasOf(sight)],
  );
  return rows[0] ?? null;
}

/** The same, held until the transaction ends: one act at a time. */
export async function lockCase(client: PoolClient, id: number, sight: Sight): Promise<StoredCase | null> {
  const { rows } = await client.query<StoredCase>(
    `SELECT ${columns} FROM case_file WHERE id = $1 AND ($2::text[] IS NULL OR area = ANY($2)) FOR UPDATE`,
    [id, areasOf(sight)],
  );
  return rows[0] ?? null;
}

const eventRows = z.array(caseEventSchema);

/** In order, by case. */
export async function eventsOf(
  client: Client,
  ids: readonly number[],
): Promise<ReadonlyMap<number, readonly CaseEvent[]>> {
  const { rows } = await client.query<{ case_id: number; events: unknown }>(
    `SELECT case_id, json_agg(json_build_object('action', action, 'detail', detail, 'seq', seq, 'account', account, 'role', role, 'at', at)
                              ORDER BY seq) AS events
       FROM case_event WHERE case_id = ANY($1::int8[]) AND seq <= $2 GROUP BY case_id`,
    [ids, caseEventsMax],
  );
  return new Map(rows.map(({ case_id, events }) => [case_id, eventRows.parse(events)]));
}

/** Cases in which a decision was made, the oldest first. @param after the case that was looked at last */
export async function decidedAfter(
  client: Client,
  after: number,
  casesMax: number,
): Promise<{ readonly id: number; readonly case_no: string }[]> {
  const { rows } = await client.query<{ id: number; case_no: string }>(
    `SELECT id, case_no FROM case_file WHERE state IN ('decided', 'served', 'closed') AND id > $1 ORDER BY id LIMIT $2`,
    [after, casesMax],
  );
  return rows;
}

export async function insertCase(
  client: PoolClient,
  given: Omit<StoredCase, 'id' | 'case_no' | 'revision' | 'state'> & { readonly year: string },
): Promise<{ id: number; case_no: string }> {
  const { rows } = await client.query<{ id: number; case_no: string }>(
    `INSERT INTO case_file (id, case_no, subject_kind, subject_key, area, state, revision, head)
     SELECT n.id, $1 || '-' || $2 || '-' || lpad(n.id::text, 6, '0'), $3, $4, $1, 'clue', 1, $5
       FROM (SELECT nextval(pg_get_serial_sequence('case_file', 'id')) AS id) n RETURNING id, case_no`,
    [given.area, given.year, given.subject_kind, given.subject_key, given.head],
  );
  const made = rows[0];
  if (made === undefined) throw new Error('a case got no number');
  return made;
}

export async function insertEvent(
  client: PoolClient,
  caseId: number,
  { seq, action, account, role, at, detail }: CaseEvent,
  hash: string,
): Promise<void> {
  await client.query(
    `INSERT INTO case_event (case_id, seq, action, account, role, at, detail, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [caseId, seq, action, account, role, at, JSON.stringify(detail), hash],
  );
}

export async function moveCase(
  client: PoolClient,
  caseId: number,
  { state, revision, head }: Pick<StoredCase, 'state' | 'revision' | 'head'>,
): Promise<void> {
  await client.query(
    'UPDATE case_file SET state = $2, revision = $3, head = $4, updated_at = now() WHERE id = $1',
    [caseId, state, revision, head],
  );
}

export interface StoredEvidence {
  readonly no: number;
  readonly finding_id: string | null;
  readonly sha256: string;
  readonly content: string;
}

/** Freezes pieces, sealed. */
export async function insertEvidence(
  client: PoolClient,
  keys: Keyring,
  caseId: number,
  pieces: readonly StoredEvidence[],
): Promise<void> {
  await holdSealKey(client, keys);
  await client.query(
    `INSERT INTO case_evidence (case_id, no, finding_id, sha256, content)
     SELECT $1, e.no, e.finding_id, e.sha256, e.content
       FROM unnest($2::int[], $3::text[], $4::text[], $5::bytea[]) AS e(no, finding_id, sha256, content)`,
    [
      caseId,
      pieces.map(({ no }) => no),
      pieces.map(({ finding_id }) => finding_id),
      pieces.map(({ sha256 }) => sha256),
      pieces.map(({ sha256, content }) => sealedContent(keys, sha256, content)),
    ],
  );
}

/** @throws VaultError; AppError 500 `case_evidence_damaged` */
export async function evidenceOf(
  client: Client,
  keys: Keyring,
  caseId: number,
): Promise<{ no: number; content: string }[]> {
  const { rows } = await client.query<{ no: number; sha256: string; content: Buffer }>(
    'SELECT no, sha256, content FROM case_evidence WHERE case_id = $1 ORDER BY no',
    [caseId],
  );
  return rows.map(({ no, sha256, content }) => ({ no, content: openedContent(keys, sha256, content) }));
}

/** The names of the rules of findings, by finding. One that is no longer kept is left out. */
export async function ruleNamesOf(
  client: Client,
  findingIds: readonly string[],
): Promise<ReadonlyMap<string, Message>> {
  const { rows } = await client.query<{ finding_id: string; rule_name: Message }>(
    `SELECT finding_id, body->'rule_name' AS rule_name FROM finding WHERE finding_id = ANY($1::text[])`,
    [findingIds],
  );
  return new Map(rows.map(({ finding_id, rule_name }) => [finding_id, rule_name]));
}

/** What reviews confirmed of findings, in fen, as they stand now. */
export async function reviewedFenOf(
  client: Client,
  findingIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const { rows } = await client.query<{ finding_id: string; fen: number }>(
    `SELECT finding_id, confirmed_fen AS fen FROM finding_review
      WHERE finding_id = ANY($1::text[]) AND state = 'decided' AND outcome = 'confirmed'`,
    [findingIds],
  );
  return new Map(rows.map(({ finding_id, fen }) => [finding_id, fen]));
}

export interface ConfirmedFinding {
  readonly finding_id: string;
  readonly amount: string;
  readonly revision: number;
  readonly state: string;
  /** The confirmed review of this very revision is in force. */
  readonly is_confirmed: boolean;
  readonly case_no: string | null;
  readonly body: unknown;
}

/**
 * Findings as they stand, held until the transaction ends so that they are frozen as they were looked at, and in one case: who opens another
 * of them at the same time waits, and reads afterwards in which case they are.
 */
export async function lockFindings(client: PoolClient, ids: readonly string[]): Promise<ConfirmedFinding[]> {
  await client.query(
    'SELECT 1 FROM finding WHERE finding_id = ANY($1::text[]) ORDER BY finding_id FOR NO KEY UPDATE',
    [ids],
  );
  const { rows } = await client.query<ConfirmedFinding>(
    `SELECT f.finding_id, f.amount::text AS amount, f.revision, f.state::text AS state, f.body,
            coalesce(r.state = 'decided' AND r.outcome = 'confirmed' AND r.decided_revision = f.revision, false) AS is_confirmed,
            (SELECT c.case_no FROM case_evidence e JOIN case_file c ON c.id = e.case_id WHERE e.finding_id = f.finding_id) AS case_no
       FROM finding f LEFT JOIN finding_review r USING (finding_id)
      WHERE f.finding_id = ANY($1::text[]) ORDER BY f.finding_id`,
    [ids],
  );
  return rows;
}
