/** The database of reviews: how each stands, and what was done with it. */
import type { Pool, PoolClient } from 'pg';
import { type Sight, parameters, seenSql } from '../people/sight.ts';
import { institutionName } from '../screening/store.ts';
import type { Finding } from '../screening/contract.ts';
import type { AnswerState } from './answer-states-contract.ts';
import { answerStateSql } from './answer-store.ts';
import {
  type AnswerFilter,
  earlierShownMax,
  groupsShownMax,
  type Precision,
  type Queue,
  type QueueItem,
  type QueueQuery,
  type Related,
  relatedShownMax,
  type ReviewDetail,
  type ReviewEvent,
  type ReviewOutcome,
  type ReviewTab,
  reviewTabs,
} from './review-contract.ts';
import type { Flagged, HeldReview } from './review.ts';
import type { ReviewAction, ReviewState } from './review-states-contract.ts';

type Client = Pool | PoolClient;

export interface ReviewedFinding {
  readonly finding_id: string;
  readonly fixmedins_code: string;
  readonly rule_code: string;
  readonly rule_version: string;
  readonly mdtrt_id: string;
  readonly state: 'active' | 'withdrawn';
  readonly revision: number;
  readonly created_at: Date;
  readonly body: Pick<Finding, 'amount' | 'verdict' | 'lines'>;
}

const findingColumns =
  'finding_id, fixmedins_code, rule_code, rule_version, mdtrt_id, state, revision, created_at, body';

/** What is decided about, held as it is until the transaction ends: two people who act on one finding come one after the other. */
export async function lockFinding(client: PoolClient, id: string): Promise<ReviewedFinding | null> {
  const { rows } = await client.query<ReviewedFinding>(
    `SELECT ${findingColumns} FROM finding WHERE finding_id = $1 FOR NO KEY UPDATE`,
    [id],
  );
  return rows[0] ?? null;
}

/** @returns with the instant at which it was asked, by the database's clock */
export async function findReviewed(
  client: Client,
  id: string,
): Promise<(ReviewedFinding & { readonly asked_at: Date }) | null> {
  const { rows } = await client.query<ReviewedFinding & { asked_at: Date }>(
    `SELECT ${findingColumns}, now() AS asked_at FROM finding WHERE finding_id = $1`,
    [id],
  );
  return rows[0] ?? null;
}

/** SQL: `{id, case_no}` of the case that a finding is evidence in. @param id names it */
const caseSql = (id: string): string =>
  `(SELECT json_build_object('id', c.id::text, 'case_no', c.case_no)
      FROM case_evidence e JOIN case_file c ON c.id = e.case_id WHERE e.finding_id = ${id})`;

export async function caseOfFinding(client: Client, id: string): Promise<ReviewDetail['case']> {
  const { rows } = await client.query<{ in_case: ReviewDetail['case'] }>(
    `SELECT ${caseSql('$1')} AS in_case`,
    [id],
  );
  return rows[0]?.in_case ?? null;
}

export type StoredReview = HeldReview & { readonly due_at: Date; readonly seq: number };

export async function heldReview(client: Client, id: string): Promise<StoredReview | null> {
  const { rows } = await client.query<StoredReview>(
    `SELECT state, assignee, decision, decided_revision, decided_by, confirmed_by, due_at, seq
       FROM finding_review WHERE finding_id = $1`,
    [id],
  );
  return rows[0] ?? null;
}

export async function reviewEvents(client: Client, id: string): Promise<ReviewEvent[]> {
  const { rows } = await client.query<Omit<ReviewEvent, 'at'> & { at: Date }>(
    `SELECT seq, action, from_state AS from, to_state AS to, account, revision, reason, assignee, decision, at
       FROM finding_review_event WHERE finding_id = $1 ORDER BY seq`,
    [id],
  );
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
}

/** SQL: somebody recused themselves from this finding, or from everything of its institution. */
const recusal = `e.action = 'recuse' AND e.fixmedins_code = $2 AND (e.scope = 'institution' OR e.finding_id = $1)`;

export async function recusedFrom(
  client: Client,
  { finding_id, fixmedins_code }: Pick<ReviewedFinding, 'finding_id' | 'fixmedins_code'>,
): Promise<ReadonlySet<string>> {
  const { rows } = await client.query<{ account: string }>(
    `SELECT DISTINCT e.account FROM finding_review_event e WHERE ${recusal}`,
    [finding_id, fixmedins_code],
  );
  return new Set(rows.map(({ account }) => account));
}

export interface ReviewWrite {
  readonly finding: ReviewedFinding;
  readonly flagged: Flagged;
  readonly seq: number;
  readonly action: ReviewAction;
  readonly from: ReviewState;
  readonly to: HeldReview;
  readonly account: string;
  readonly reason: string | null;
  readonly scope: 'finding' | 'institution' | null;
  readonly dueDays: number;
  /** It is due anew from now on: something else is to be decided than before. */
  readonly isDueAnew: boolean;
}

export async function writeReview(client: PoolClient, write: ReviewWrite): Promise<void> {
  const { finding, flagged, to } = write;
  const { decision } = to;
  const isDecided = decision !== null;
  await client.query(
    `INSERT INTO finding_review (finding_id, rule_code, fixmedins_code, state, assignee, outcome, exclusion, flagged_fen, confirmed_fen,
                                 decision, decided_revision, rule_version, decided_by, decided_at, confirmed_by, due_at, seq)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13::text, CASE WHEN $13::text IS NOT NULL THEN now() END, $14,
             CASE WHEN $15 THEN now() ELSE $16::timestamptz END + $17::int * interval '1 day', $18)
     ON CONFLICT (finding_id) DO UPDATE SET state = excluded.state, assignee = excluded.assignee, outcome = excluded.outcome,
       exclusion = excluded.exclusion, flagged_fen = excluded.flagged_fen, confirmed_fen = excluded.confirmed_fen,
       decision = excluded.decision, decided_revision = excluded.decided_revision, rule_version = excluded.rule_version,
       decided_by = excluded.decided_by, confirmed_by = excluded.confirmed_by,
       decided_at = CASE WHEN excluded.confirmed_by IS NULL THEN excluded.decided_at ELSE finding_review.decided_at END,
       due_at = CASE WHEN $15 THEN excluded.due_at ELSE finding_review.due_at END, seq = excluded.seq`,
    [
      finding.finding_id,
      finding.rule_code,
      finding.fixmedins_code,
      to.state,
      to.assignee,
      decision?.outcome ?? null,
      decision?.outcome === 'not_violation' ? decision.exclusion : null,
      isDecided ? flagged.fen : null,
      decision?.outcome === 'confirmed' ? decision.fen : null,
      isDecided ? JSON.stringify(decision) : null,
      to.decided_revision,
      isDecided ? finding.rule_version : null,
      to.decided_by,
      to.confirmed_by,
      write.isDueAnew,
      finding.created_at,
      write.dueDays,
      write.seq,
    ],
  );
  await client.query(
    `INSERT INTO finding_review_event (finding_id, seq, fixmedins_code, action, from_state, to_state, account, revision, reason, scope,
                                       assignee, decision)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
      finding.finding_id,
      write.seq,
      finding.fixmedins_code,
      write.action,
      write.from,
      to.state,
      write.account,
      finding.revision,
      write.reason,
      write.scope,
      to.assignee,
      write.action === 'decide' ? JSON.stringify(decision) : null,
    ],
  );
}

/** How many days reviews take, by the beginning of the area's code; the longest that fits counts, and the empty one fits all. */
export interface DueDays {
  readonly areas: readonly string[];
  readonly days: readonly number[];
  /** yyyy-MM-dd, by which periods of answers are over. */
  readonly today: string;
}

interface Bound {
  readonly bind: (value: unknown) => string;
  readonly due: DueDays;
}

/** SQL: `reviewed(finding, review)` as `reviewState` of review.ts has it, with when it is due and what its institution says. */
const reviewedSql = ({ bind, due }: Bound): string => `
  SELECT f.finding_id, f.revision, f.rule_code, f.verdict, f.fixmedins_code, f.mdtrt_id, (f.amount * 100)::int8 AS flagged_fen,
         CASE WHEN r.decided_revision <> f.revision THEN 'outdated' ELSE coalesce(r.state, 'open') END AS state,
         r.assignee, r.outcome, r.confirmed_fen, ${answerStateSql(bind(due.today))} AS answer_state, a.stance,
         a.last_day::text AS answer_last_day,
         coalesce(r.due_at, f.created_at + interval '1 day' * (
           SELECT d.days FROM unnest(${bind(due.areas)}::text[], ${bind(due.days)}::int[]) AS d(area, days)
            WHERE starts_with(substr(f.fixmedins_code, 2, 6), d.area) ORDER BY length(d.area) DESC LIMIT 1)) AS due_at
    FROM finding f LEFT JOIN finding_review r USING (finding_id) LEFT JOIN finding_answer a USING (finding_id) WHERE f.state = 'active'`;

/** SQL: nobody is late with what cannot be decided before its institution was heard. */
const overdueSql = `state <> 'decided' AND due_at < now() AND answer_state IS DISTINCT FROM 'waiting'`;

/** SQL: what stands on a tab. @param me binds who asks, where the tab asks for it */
function tabSql(tab: ReviewTab, me: () => string): string {
  switch (tab) {
    case 'mine':
      return `assignee = ${me()} AND state IN ('assigned', 'outdated')`;
    case 'unassigned':
      return `state = 'open'`;
    case 'overdue':
      return overdueSql;
    case 'to_confirm':
      return `state = 'to_confirm'`;
    case 'done':
      return `state = 'decided'`;
  }
}

export interface QueueAsked {
  readonly query: QueueQuery;
  readonly sight: Sight;
  readonly account: string;
  readonly due: DueDays;
}

export async function reviewQueue(client: Pool, asked: QueueAsked): Promise<Queue> {
  const [counted, items, groups] = await Promise.all([
    countTabs(client, asked),
    queueItems(client, asked),
    queueGroups(client, asked),
  ]);
  const last = items.length > asked.query.page_size ? items.at(asked.query.page_size - 1) : undefined;
  return {
    ...counted,
    items: items.slice(0, asked.query.page_size),
    next: last === undefined ? null : `${last.flagged_fen}_${last.finding_id}`,
    groups,
  };
}

const answerFilterStates: Readonly<Record<AnswerFilter, readonly AnswerState[]>> = {
  waiting: ['waiting'],
  silent: ['silent'],
  answered: ['answered', 'outdated'],
};

/** SQL of everything under the filters, whatever the tab. */
function filteredSql({ query, sight, due }: QueueAsked, bind: Bound['bind']): string {
  const conditions = [seenSql(sight, 'f.fixmedins_code', bind)];
  const where = (sql: string, value: unknown): void => {
    if (value !== undefined) conditions.push(`${sql} ${bind(value)}`);
  };
  where('f.rule_code =', query.rule_code);
  where('f.fixmedins_code =', query.fixmedins_code);
  where('f.verdict =', query.verdict);
  where('r.outcome =', query.outcome);
  where('f.amount >=', query.amount_min);
  if (query.answer !== undefined)
    conditions.push(
      `${answerStateSql(bind(due.today))} = ANY(${bind(answerFilterStates[query.answer])}::text[])`,
    );
  return `${reviewedSql({ bind, due })} AND ${conditions.join(' AND ')}`;
}

async function countTabs(client: Pool, asked: QueueAsked): Promise<Pick<Queue, 'counts' | 'fen'>> {
  const { values, bind } = parameters();
  const on = (tab: ReviewTab): string => tabSql(tab, () => bind(asked.account));
  const { rows } = await client.query<Queue['counts'] & { fen: number }>(
    `SELECT ${reviewTabs.map((tab) => `count(*) FILTER (WHERE ${on(tab)}) AS ${tab}`).join(', ')},
            coalesce(sum(flagged_fen) FILTER (WHERE ${on(asked.query.tab)}), 0)::int8 AS fen
       FROM (${filteredSql(asked, bind)}) q`,
    values,
  );
  if (rows[0] === undefined) throw new Error('an aggregate returned no row');
  const { fen, ...counts } = rows[0];
  return { counts, fen };
}

type ItemRow = Omit<QueueItem, 'message' | 'due_at'> & {
  message_zh: string;
  message_en: string;
  due_at: Date;
};

/** One more than a page holds, where there are more. */
async function queueItems(client: Pool, asked: QueueAsked): Promise<QueueItem[]> {
  const { query, account } = asked;
  const { values, bind } = parameters();
  const [fen, id] = query.after?.split('_') ?? [];
  const after =
    fen === undefined
      ? 'true'
      : `(flagged_fen < ${bind(fen)}::int8 OR flagged_fen = ${bind(fen)}::int8 AND finding_id > ${bind(id)}::text)`;
  const { rows } = await client.query<ItemRow>(
    `WITH page AS (SELECT *, ${overdueSql} AS overdue FROM (${filteredSql(asked, bind)}) q WHERE ${tabSql(query.tab, () => bind(account))} AND ${after}
                    ORDER BY flagged_fen DESC, finding_id LIMIT ${query.page_size + 1})
     SELECT p.finding_id, p.revision, p.rule_code, f.body->'rule_name' AS rule_name, p.verdict, p.fixmedins_code,
            (${institutionName}) AS fixmedins_name, f.setl_id, f.occurred_at, p.flagged_fen, f.message_zh, f.message_en, p.state,
            p.assignee, p.outcome, p.confirmed_fen, p.due_at,
            CASE WHEN p.answer_state <> 'none' THEN json_build_object('state', p.answer_state, 'stance', p.stance,
              'last_day', p.answer_last_day) END AS answer, p.overdue, ${caseSql('p.finding_id')} AS "case"
       FROM page p JOIN finding f USING (finding_id) ORDER BY p.flagged_fen DESC, p.finding_id`,
    values,
  );
  return rows.map(({ message_zh, message_en, due_at, ...row }) => ({
    ...row,
    message: { zh: message_zh, en: message_en },
    due_at: due_at.toISOString(),
  }));
}

async function queueGroups(client: Pool, asked: QueueAsked): Promise<Queue['groups']> {
  const { values, bind } = parameters();
  const { rows } = await client.query<Queue['groups'][number]>(
    `WITH g AS (SELECT rule_code, fixmedins_code, count(*) AS findings, sum(flagged_fen)::int8 AS fen, min(finding_id) AS finding_id
                  FROM (${filteredSql(asked, bind)}) q WHERE ${tabSql(asked.query.tab, () => bind(asked.account))}
                 GROUP BY 1, 2 HAVING count(*) > 1
                 ORDER BY sum(flagged_fen) DESC, rule_code, fixmedins_code LIMIT ${groupsShownMax})
     SELECT g.rule_code, f.body->'rule_name' AS rule_name, g.fixmedins_code, (${institutionName}) AS fixmedins_name, g.findings, g.fen
       FROM g JOIN finding f USING (finding_id) ORDER BY g.fen DESC, g.rule_code, g.fixmedins_code`,
    values,
  );
  return rows;
}

/**
 * Findings that wait and belong to this one: of the same institution and rule; of the same visit; or of the same ring, which is everybody
 * else whose settlements this one speaks of – those who gathered, to whom a pack was sold again – wherever they were.
 */
export async function relatedTo(
  client: Client,
  finding: ReviewedFinding,
  by: 'rule' | 'stay' | 'ring',
  { due, sight }: { readonly due: DueDays; readonly sight: Sight },
): Promise<Related> {
  const { values, bind } = parameters(finding.finding_id, finding.fixmedins_code);
  const same = {
    rule: () => `f.fixmedins_code = $2 AND f.rule_code = ${bind(finding.rule_code)}`,
    stay: () => `f.fixmedins_code = $2 AND f.mdtrt_id = ${bind(finding.mdtrt_id)}`,
    ring: () => `(f.fixmedins_code, f.setl_id) IN (
        SELECT c->>'fixmedins_code', c->>'setl_id' FROM finding own, json_array_elements(own.body->'claims') AS c
         WHERE own.finding_id = $1 AND (c->>'fixmedins_code', c->>'mdtrt_id') <> ($2, ${bind(finding.mdtrt_id)}))
      AND ${seenSql(sight, 'f.fixmedins_code', bind)}`,
  }[by]();
  const { rows } = await client.query<Related['items'][number] & { findings: number; fen: number }>(
    `WITH same AS (SELECT * FROM (${reviewedSql({ bind, due })} AND ${same} AND f.finding_id <> $1) q
                    WHERE state NOT IN ('decided', 'to_confirm')),
          shown AS (SELECT *, count(*) OVER () AS findings, sum(flagged_fen) OVER ()::int8 AS fen FROM same
                     ORDER BY flagged_fen DESC, finding_id LIMIT ${relatedShownMax})
     SELECT s.finding_id, s.revision, f.body->'rule_name' AS rule_name, f.setl_id, f.occurred_at, s.flagged_fen, s.state,
            s.findings, s.fen FROM shown s JOIN finding f USING (finding_id) ORDER BY s.flagged_fen DESC, s.finding_id`,
    values,
  );
  return {
    findings: rows[0]?.findings ?? 0,
    fen: rows[0]?.fen ?? 0,
    items: rows.map(({ finding_id, revision, rule_name, setl_id, occurred_at, flagged_fen, state }) => ({
      finding_id,
      revision,
      rule_name,
      setl_id,
      occurred_at,
      flagged_fen,
      state,
    })),
  };
}

/** On which days findings of each institution were confirmed, and how many. */
export async function confirmedByDay(
  client: Client,
): Promise<{ readonly fixmedins_code: string; readonly day: string; readonly findings: number }[]> {
  const { rows } = await client.query<{ fixmedins_code: string; day: string; findings: number }>(
    `SELECT fixmedins_code, (decided_at AT TIME ZONE 'Asia/Shanghai')::date::text AS day, count(*) AS findings
       FROM finding_review WHERE state = 'decided' AND outcome = 'confirmed' GROUP BY 1, 2 ORDER BY 1, 2`,
  );
  return rows;
}

/**
 * What screening says of an institution and nobody has dismissed or taken into a case, by rule, the most money first.
 * @param idsMax of each rule, the latest
 */
export async function openFindingsByRule(
  client: Client,
  fixmedinsCode: string,
  { rulesMax, idsMax }: { readonly rulesMax: number; readonly idsMax: number },
): Promise<
  {
    readonly rule_code: string;
    readonly rule_name: { readonly zh: string; readonly en: string };
    readonly findings: number;
    readonly fen: number;
    readonly ids: string[];
  }[]
> {
  const { rows } = await client.query<{
    rule_code: string;
    rule_name: { zh: string; en: string };
    findings: number;
    fen: number;
    ids: string[];
  }>(
    `SELECT f.rule_code, (array_agg(f.body->'rule_name' ORDER BY f.occurred_at DESC))[1] AS rule_name, count(*) AS findings,
            sum((f.amount * 100)::int8)::int8 AS fen, (array_agg(f.finding_id::text ORDER BY f.occurred_at DESC, f.finding_id))[1:$2] AS ids
       FROM finding f LEFT JOIN finding_review r USING (finding_id)
      WHERE f.fixmedins_code = $1 AND f.state = 'active'
        AND NOT coalesce(r.state = 'decided' AND r.outcome = 'not_violation' AND r.decided_revision = f.revision, false)
        AND NOT EXISTS (SELECT FROM case_evidence e WHERE e.finding_id = f.finding_id)
      GROUP BY f.rule_code ORDER BY fen DESC, f.rule_code LIMIT $3`,
    [fixmedinsCode, idsMax, rulesMax],
  );
  return rows;
}

/** What was decided about the same rule at the same institution. */
export async function earlierDecisions(
  client: Client,
  finding: Pick<ReviewedFinding, 'finding_id' | 'rule_code' | 'fixmedins_code'>,
): Promise<ReviewDetail['earlier']> {
  const where = `state = 'decided' AND rule_code = $1 AND fixmedins_code = $2 AND finding_id <> $3`;
  const values = [finding.rule_code, finding.fixmedins_code, finding.finding_id];
  const { rows: sums } = await client.query<Record<ReviewOutcome, number>>(
    `SELECT count(*) FILTER (WHERE outcome = 'confirmed') AS confirmed,
            count(*) FILTER (WHERE outcome = 'not_violation') AS not_violation,
            count(*) FILTER (WHERE outcome = 'cannot_decide') AS cannot_decide FROM finding_review WHERE ${where}`,
    values,
  );
  const { rows } = await client.query<
    Omit<ReviewDetail['earlier']['items'][number], 'decided_at'> & { decided_at: Date }
  >(
    `SELECT finding_id, outcome, exclusion, confirmed_fen, decided_by, decided_at FROM finding_review WHERE ${where}
      ORDER BY decided_at DESC, finding_id LIMIT ${earlierShownMax}`,
    values,
  );
  return {
    ...(sums[0] ?? { confirmed: 0, not_violation: 0, cannot_decide: 0 }),
    items: rows.map((row) => ({ ...row, decided_at: row.decided_at.toISOString() })),
  };
}

/** How many findings wait for each. */
export async function loadsOf(client: Client): Promise<ReadonlyMap<string, number>> {
  const { rows } = await client.query<{ assignee: string; n: number }>(
    `SELECT r.assignee, count(*) AS n FROM finding_review r JOIN finding f USING (finding_id)
      WHERE f.state = 'active' AND (r.state = 'assigned' OR r.decided_revision <> f.revision) GROUP BY 1`,
  );
  return new Map(rows.map(({ assignee, n }) => [assignee, n]));
}

/**
 * What people said of what each version of a rule found. A decision stays a label of the version that found it, whatever became of the
 * finding since; one that waits for a second person is none yet.
 */
export async function labelsByVersion(
  client: Client,
  sight: Sight,
  ruleCode: string | undefined,
): Promise<Omit<Precision['versions'][number], 'precision'>[]> {
  const { values, bind } = parameters(ruleCode ?? null);
  const { rows } = await client.query<Omit<Precision['versions'][number], 'precision'>>(
    `SELECT rule_code, rule_version,
            count(*) FILTER (WHERE outcome = 'confirmed') AS confirmed,
            count(*) FILTER (WHERE outcome = 'not_violation') AS not_violation,
            count(*) FILTER (WHERE outcome = 'cannot_decide') AS cannot_decide,
            coalesce(sum(confirmed_fen), 0)::int8 AS confirmed_fen
       FROM finding_review WHERE state = 'decided' AND ($1::text IS NULL OR rule_code = $1)
                             AND ${seenSql(sight, 'fixmedins_code', bind)}
      GROUP BY 1, 2 ORDER BY 1, 2`,
    values,
  );
  return rows;
}
