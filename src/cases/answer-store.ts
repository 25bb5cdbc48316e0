/** The database of answers: notices, how each answer stands, what was done with it, and its files. */
import type { Pool, PoolClient } from 'pg';
import type { FileKind } from '../platform/content/file-kind.ts';
import { holdSealKey } from '../vault/key-store.ts';
import type { Keyring } from '../vault/keyring.ts';
import type { HeldAnswer } from './answer.ts';
import {
  type AnswerItem,
  answersPageMax,
  type AnswersQuery,
  type AnswerTab,
  answerTabs,
  type InstitutionAnswer,
} from './answer-contract.ts';
import type { AnswerAction, AnswerState, Stance } from './answer-states-contract.ts';
import { sealedName } from './seal-store.ts';

type Client = Pool | PoolClient;

export type StoredAnswer = HeldAnswer & {
  readonly answered_at: Date | null;
  readonly refund_confirmed_at: Date | null;
  readonly seq: number;
};

export async function heldAnswer(client: Client, findingId: string): Promise<StoredAnswer | null> {
  const { rows } = await client.query<StoredAnswer>(
    `SELECT state, notice_id, last_day::text AS last_day, answer, revision, accepted_fen, answered_by, late, refund_confirmed_by,
            answered_at, refund_confirmed_at, seq
       FROM finding_answer WHERE finding_id = $1`,
    [findingId],
  );
  return rows[0] ?? null;
}

export interface Notice {
  readonly id: number;
  readonly notice_no: string;
  readonly note: string;
  readonly period_workdays: number;
  readonly last_day: string;
  readonly sample: boolean;
  readonly provisional: boolean;
  readonly sent_at: Date;
}

/** @param given with the area and the year that its number begins with */
export async function insertNotice(
  client: PoolClient,
  given: Omit<Notice, 'id' | 'notice_no' | 'sent_at'> & {
    readonly area: string;
    readonly fixmedins_code: string;
    readonly account: string;
    readonly year: string;
  },
): Promise<{ id: number; notice_no: string }> {
  const { rows } = await client.query<{ id: number; notice_no: string }>(
    `INSERT INTO answer_notice (id, notice_no, fixmedins_code, note, period_workdays, last_day, sample, provisional, account)
     SELECT n.id, $1 || '-' || $2 || '-F' || lpad(n.id::text, 6, '0'), $3, $4, $5, $6, $7, $8, $9
       FROM (SELECT nextval(pg_get_serial_sequence('answer_notice', 'id')) AS id) n RETURNING id, notice_no`,
    [
      given.area,
      given.year,
      given.fixmedins_code,
      given.note,
      given.period_workdays,
      given.last_day,
      given.sample,
      given.provisional,
      given.account,
    ],
  );
  const made = rows[0];
  if (made === undefined) throw new Error('a notice got no number');
  return made;
}

export async function findNotice(client: Client, id: number): Promise<Notice | null> {
  const { rows } = await client.query<Notice>(
    `SELECT id, notice_no, note, period_workdays, last_day::text AS last_day, sample, provisional, sent_at
       FROM answer_notice WHERE id = $1`,
    [id],
  );
  return rows[0] ?? null;
}

export interface AnswerEventRow {
  readonly seq: number;
  readonly action: AnswerAction;
  readonly account: string;
  readonly notice_no: string | null;
  readonly note: string | null;
  readonly answer: InstitutionAnswer | null;
  readonly at: Date;
}

export async function answerEvents(client: Client, findingId: string): Promise<AnswerEventRow[]> {
  const { rows } = await client.query<AnswerEventRow>(
    `SELECT e.seq, e.action, e.account, e.answer, e.at, n.notice_no, CASE WHEN e.action = 'send' THEN n.note END AS note
       FROM finding_answer_event e LEFT JOIN answer_notice n ON n.id = e.notice_id WHERE e.finding_id = $1 ORDER BY e.seq`,
    [findingId],
  );
  return rows;
}

export interface AnswerWrite {
  readonly finding: {
    readonly finding_id: string;
    readonly fixmedins_code: string;
    readonly revision: number;
  };
  readonly seq: number;
  readonly action: AnswerAction;
  readonly from: AnswerState;
  readonly to: HeldAnswer;
  readonly account: string;
}

export async function writeAnswer(client: PoolClient, write: AnswerWrite): Promise<void> {
  const { finding, action, to } = write;
  const isGiven = action === 'give' || action === 'come_forward';
  const answer = to.answer === null ? null : JSON.stringify(to.answer);
  const refund = to.answer === null || to.answer.stance === 'objected' ? null : to.answer.refund;
  await client.query(
    `INSERT INTO finding_answer (finding_id, fixmedins_code, state, notice_id, last_day, revision, stance, answer, accepted_fen, refund_fen,
                                 answered_by, answered_at, late, refund_confirmed_by, refund_confirmed_at, seq)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::text, CASE WHEN $11::text IS NOT NULL THEN now() END, $12, $13::text,
             CASE WHEN $13::text IS NOT NULL THEN now() END, $14)
     ON CONFLICT (finding_id) DO UPDATE SET state = excluded.state, notice_id = excluded.notice_id, last_day = excluded.last_day,
       revision = excluded.revision, stance = excluded.stance, answer = excluded.answer, accepted_fen = excluded.accepted_fen,
       refund_fen = excluded.refund_fen, answered_by = excluded.answered_by, late = excluded.late,
       answered_at = CASE WHEN $15 THEN excluded.answered_at ELSE finding_answer.answered_at END,
       refund_confirmed_by = excluded.refund_confirmed_by, refund_confirmed_at = excluded.refund_confirmed_at, seq = excluded.seq`,
    [
      finding.finding_id,
      finding.fixmedins_code,
      to.state,
      to.notice_id,
      to.last_day,
      to.revision,
      to.answer?.stance ?? null,
      answer,
      to.accepted_fen,
      refund?.fen ?? null,
      to.answered_by,
      to.late,
      to.refund_confirmed_by,
      write.seq,
      // It was answered once; that a refund is confirmed comes later.
      action !== 'confirm_refund',
    ],
  );
  await client.query(
    `INSERT INTO finding_answer_event (finding_id, seq, action, from_state, to_state, account, revision, notice_id, answer, files)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9,
             CASE WHEN $10 THEN (SELECT coalesce(json_agg(sha256 ORDER BY sha256), '[]') FROM finding_answer_file WHERE finding_id = $1) END)`,
    [
      finding.finding_id,
      write.seq,
      action,
      write.from,
      to.state,
      write.account,
      finding.revision,
      to.notice_id,
      isGiven ? answer : null,
      isGiven,
    ],
  );
}

/** SQL: `answerState` of answer.ts over `finding_answer a` and `finding f`, as of a day. */
export const answerStateSql = (today: string): string => `CASE
  WHEN f.state = 'withdrawn' THEN 'withdrawn'
  WHEN a.state = 'waiting' AND a.last_day < ${today}::date THEN 'silent'
  WHEN a.state = 'answered' AND a.revision <> f.revision THEN 'outdated'
  ELSE a.state END`;

/** SQL: what stands on a tab; every answer stands on one. */
const tabSql: Readonly<Record<AnswerTab, string>> = {
  waiting: `NOT is_closed AND state = 'waiting'`,
  overdue: `NOT is_closed AND state = 'silent'`,
  answered: `NOT is_closed AND state IN ('answered', 'outdated')`,
  closed: 'is_closed',
};

/** Of one institution ($1) on a day ($2). */
const noticedSql = `
  SELECT q.*, is_decided OR state IN ('recalled', 'withdrawn') AS is_closed FROM (
    SELECT f.finding_id, f.revision, f.body->'rule_name' AS rule_name, f.setl_id, f.occurred_at,
           (f.amount * 100)::int8 AS flagged_fen, ${answerStateSql('$2')} AS state, n.notice_no,
           a.last_day::text AS last_day, a.stance, a.accepted_fen,
           CASE WHEN d.yes THEN r.outcome END AS outcome, CASE WHEN d.yes THEN r.confirmed_fen END AS confirmed_fen,
           d.yes AS is_decided, coalesce(a.last_day, a.answered_at::date, f.created_at::date)::text AS place
      FROM finding_answer a JOIN finding f USING (finding_id)
      LEFT JOIN answer_notice n ON n.id = a.notice_id
      LEFT JOIN finding_review r USING (finding_id),
           LATERAL (SELECT coalesce(r.state = 'decided' AND r.decided_revision = f.revision, false) AS yes) d
     WHERE a.fixmedins_code = $1 AND a.state <> 'none') q`;

export type NoticedItem = Omit<AnswerItem, 'workdays_left'>;

/** @returns one more than a page holds, where there are more; each with its place in the order */
export async function noticedItems(
  client: Client,
  institution: string,
  today: string,
  { tab, after }: AnswersQuery,
): Promise<(NoticedItem & { readonly place: string })[]> {
  const isNearestFirst = tab === 'waiting';
  const [direction, beyond] = isNearestFirst ? ['ASC', '>'] : ['DESC', '<'];
  const [place, id] = after?.split('_') ?? [];
  const { rows } = await client.query<NoticedItem & { place: string }>(
    `SELECT finding_id, revision, rule_name, setl_id, occurred_at, flagged_fen, state, notice_no, last_day, stance, accepted_fen,
            outcome, confirmed_fen, place
       FROM (${noticedSql}) n WHERE ${tabSql[tab]} AND ($3::text IS NULL OR (place, finding_id) ${beyond} ($3::text, $4::text))
      ORDER BY place ${direction}, finding_id ${direction} LIMIT ${answersPageMax + 1}`,
    [institution, today, place ?? null, id ?? null],
  );
  return rows;
}

export async function countNoticed(
  client: Client,
  institution: string,
  today: string,
  tab: AnswerTab,
): Promise<{ counts: Record<AnswerTab, number>; fen: number }> {
  const { rows } = await client.query<Record<AnswerTab, number> & { fen: number }>(
    `SELECT ${answerTabs.map((one) => `count(*) FILTER (WHERE ${tabSql[one]}) AS ${one}`).join(', ')},
            coalesce(sum(flagged_fen) FILTER (WHERE ${tabSql[tab]}), 0)::int8 AS fen FROM (${noticedSql}) n`,
    [institution, today],
  );
  if (rows[0] === undefined) throw new Error('an aggregate returned no row');
  const { fen, ...counts } = rows[0];
  return { counts, fen };
}

export interface AnswerFileRow {
  readonly sha256: string;
  /** Sealed: `openedName` opens it. */
  readonly name: Buffer;
  readonly kind: FileKind;
  readonly bytes: number;
  readonly added_at: Date;
  readonly removable: boolean;
}

/** In the order in which they came. */
export async function filesOf(client: Client, findingId: string): Promise<AnswerFileRow[]> {
  const { rows } = await client.query<AnswerFileRow>(
    `SELECT x.sha256, x.name, s.kind, s.bytes, x.added_at,
            NOT EXISTS (SELECT FROM finding_answer_event e, json_array_elements_text(e.files) AS named(sha256)
                         WHERE e.finding_id = x.finding_id AND e.files IS NOT NULL AND named.sha256 = x.sha256) AS removable
       FROM finding_answer_file x JOIN stored_file s USING (sha256) WHERE x.finding_id = $1 ORDER BY x.added_at, x.sha256`,
    [findingId],
  );
  return rows;
}

export async function insertFile(
  client: PoolClient,
  keys: Keyring,
  findingId: string,
  file: { readonly sha256: string; readonly name: string; readonly account: string },
): Promise<void> {
  await holdSealKey(client, keys);
  await client.query(
    'INSERT INTO finding_answer_file (finding_id, sha256, name, account) VALUES ($1, $2, $3, $4)',
    [findingId, file.sha256, sealedName(keys, findingId, file.sha256, file.name), file.account],
  );
}

export async function deleteFile(client: PoolClient, findingId: string, sha256: string): Promise<void> {
  await client.query('DELETE FROM finding_answer_file WHERE finding_id = $1 AND sha256 = $2', [
    findingId,
    sha256,
  ]);
}

/** What the credit of an institution follows from: how one answer and its review stand. */
export interface AnsweredFinding {
  readonly finding_id: string;
  readonly fixmedins_code: string;
  readonly notice_no: string | null;
  readonly stance: Stance;
  readonly accepted_fen: number;
  readonly refund_fen: number | null;
  /** Day in Shanghai on which somebody of the agency confirmed the refund; `null`: nobody did. */
  readonly refund_confirmed_on: string | null;
  readonly answer_seq: number;
  readonly review_state: string | null;
  readonly outcome: string | null;
  readonly confirmed_fen: number | null;
  readonly decided_on: string | null;
  readonly review_seq: number | null;
  /** It is a piece of a case, which speaks for itself. */
  readonly is_in_case: boolean;
}

const answeredSql = `
  SELECT a.finding_id, a.fixmedins_code, n.notice_no, a.stance, a.accepted_fen, a.refund_fen,
         (a.refund_confirmed_at AT TIME ZONE 'Asia/Shanghai')::date::text AS refund_confirmed_on, a.seq AS answer_seq,
         r.state AS review_state, r.outcome, r.confirmed_fen, (r.decided_at AT TIME ZONE 'Asia/Shanghai')::date::text AS decided_on,
         r.seq AS review_seq, EXISTS (SELECT FROM case_evidence c WHERE c.finding_id = a.finding_id) AS is_in_case
    FROM finding_answer a LEFT JOIN finding_review r USING (finding_id) LEFT JOIN answer_notice n ON n.id = a.notice_id
   WHERE a.state = 'answered'`;

/** In the order of their ids. */
export async function answeredAfter(
  client: Client,
  after: string,
  answersMax: number,
): Promise<AnsweredFinding[]> {
  const { rows } = await client.query<AnsweredFinding>(
    `${answeredSql} AND a.stance <> 'objected' AND a.finding_id > $1 ORDER BY a.finding_id LIMIT $2`,
    [after, answersMax],
  );
  return rows;
}

export async function answeredFinding(client: Client, findingId: string): Promise<AnsweredFinding | null> {
  const { rows } = await client.query<AnsweredFinding>(`${answeredSql} AND a.finding_id = $1`, [findingId]);
  return rows[0] ?? null;
}
