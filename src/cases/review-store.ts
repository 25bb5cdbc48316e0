/** The database of the review of findings. Findings that nobody has touched have no row: they are open. */
import type { Pool, PoolClient } from 'pg';
import { parameters, seenSql, type Sight } from '../people/sight.ts';
import { permissionsOfRole, type Role, roles } from '../people/permissions.ts';
import type { Finding, FindingRow } from '../screening/contract.ts';
import { findingColumns, type FindingRecord, findingRowOf, institutionName } from '../screening/store.ts';
import {
  type Decision,
  earlierShownMax,
  type Outcome,
  type Precision,
  reviewCountMax,
  type ReviewDetail,
  type ReviewGroups,
  reviewGroupsMax,
  type ReviewRow,
  type ReviewsPage,
  type ReviewsQuery,
  type ReviewStep,
  type ReviewTab,
  reviewTabs,
} from './review-contract.ts';
import type { ReviewAction, ReviewState } from './review-states-contract.ts';

type Reader = Pick<Pool | PoolClient, 'query'>;

/** A decision counts as long as the finding is what it was when it was looked at. */
const isOutdated = `(r.state <> 'open' AND r.finding_revision <> f.revision)`;
const stateNow = `CASE WHEN r.state IS NULL OR ${isOutdated} THEN 'open' ELSE r.state END`;
const joined = 'finding f LEFT JOIN finding_review r USING (finding_id)';

/** @param due days from the appearance of a finding to the day on which it should be settled */
const dueOn = (due: string): string => `(f.created_at AT TIME ZONE 'Asia/Shanghai')::date + ${due}::int`;
const todayInChina = `(CURRENT_TIMESTAMP AT TIME ZONE 'Asia/Shanghai')::date`;

interface ReviewRecord extends FindingRecord {
  review_state: ReviewState;
  seq: number | null;
  assignee: string | null;
  outcome: Outcome | null;
  review_amount: string | null;
  outdated: boolean;
  due_on: string;
}

const reviewColumns = (due: string): string =>
  `${stateNow} AS review_state, r.seq, r.assignee, CASE WHEN ${isOutdated} THEN NULL ELSE r.outcome END AS outcome,
   CASE WHEN ${isOutdated} THEN NULL ELSE r.amount::text END AS review_amount,
   coalesce(${isOutdated}, false) AS outdated, (${dueOn(due)})::text AS due_on`;

function reviewRowOf(record: ReviewRecord): ReviewRow {
  const { review_state, seq, assignee, outcome, review_amount, outdated, due_on, ...finding } = record;
  return {
    ...findingRowOf(finding),
    review: {
      state: review_state,
      seq: seq ?? 0,
      assignee,
      outcome,
      amount: review_amount,
      outdated,
      due_on,
    },
  };
}

export interface Asking {
  /** Login name. */
  readonly account: string;
  readonly sight: Sight;
  readonly dueDays: number;
}

/** What a tab holds, as SQL over `joined`. */
function tabSql(tab: ReviewTab, { account, dueDays }: Asking, bind: (value: unknown) => string): string {
  const open = `${stateNow} = 'open'`;
  switch (tab) {
    case 'mine':
      return `${open} AND r.assignee = ${bind(account)}`;
    case 'unassigned':
      return `${open} AND r.assignee IS NULL`;
    case 'to_confirm':
      return `${stateNow} = 'proposed' AND r.decided_by <> ${bind(account)}`;
    case 'overdue':
      return `${stateNow} <> 'settled' AND ${dueOn(bind(dueDays))} < ${todayInChina}`;
    case 'open':
      return `${stateNow} <> 'settled'`;
    case 'settled':
      return `${stateNow} = 'settled'`;
  }
}

/** A withdrawn finding asks for nothing. */
function conditionsOf(
  tab: ReviewTab,
  asking: Asking,
  filter: Pick<ReviewsQuery, 'rule_code' | 'fixmedins_code' | 'setl_id' | 'amount_min'>,
  bind: (value: unknown) => string,
): string {
  return [
    `f.state = 'active'`,
    tabSql(tab, asking, bind),
    seenSql(asking.sight, 'f.fixmedins_code', bind),
    ...(filter.rule_code === undefined ? [] : [`f.rule_code = ${bind(filter.rule_code)}`]),
    ...(filter.fixmedins_code === undefined ? [] : [`f.fixmedins_code = ${bind(filter.fixmedins_code)}`]),
    ...(filter.setl_id === undefined ? [] : [`f.setl_id = ${bind(filter.setl_id)}`]),
    ...(filter.amount_min === undefined ? [] : [`f.amount >= ${bind(filter.amount_min)}`]),
  ].join(' AND ');
}

export async function listReviews(
  database: Reader,
  query: ReviewsQuery,
  asking: Asking,
): Promise<ReviewsPage> {
  const totals = parameters();
  const rows = parameters();
  const order = query.sort === 'due' ? 'f.created_at, f.finding_id' : 'f.amount DESC, f.finding_id';
  const [{ rows: sums }, { rows: found }, counts] = await Promise.all([
    database.query<{ total: number; amount: string }>(
      `SELECT count(*) AS total, coalesce(sum(f.amount), 0)::numeric(18,2)::text AS amount
         FROM ${joined} WHERE ${conditionsOf(query.tab, asking, query, totals.bind)}`,
      totals.values,
    ),
    database.query<ReviewRecord>(
      `SELECT ${findingColumns}, ${reviewColumns(rows.bind(asking.dueDays))}
         FROM ${joined} WHERE ${conditionsOf(query.tab, asking, query, rows.bind)}
        ORDER BY ${order} LIMIT ${query.page_size} OFFSET ${(query.page - 1) * query.page_size}`,
      rows.values,
    ),
    countTabs(database, asking),
  ]);
  return {
    total: sums[0]?.total ?? 0,
    amount: sums[0]?.amount ?? '0.00',
    page: query.page,
    page_size: query.page_size,
    counts,
    items: found.map(reviewRowOf),
  };
}

/** Each counted as far as anybody reads. */
async function countTabs(database: Reader, asking: Asking): Promise<ReviewsPage['counts']> {
  const counted = await Promise.all(
    reviewTabs.map(async (tab): Promise<[ReviewTab, number]> => {
      const { values, bind } = parameters();
      const { rows } = await database.query<{ count: number }>(
        `SELECT count(*) AS count FROM
           (SELECT FROM ${joined} WHERE ${conditionsOf(tab, asking, {}, bind)} LIMIT ${reviewCountMax + 1}) one`,
        values,
      );
      return [tab, rows[0]?.count ?? 0];
    }),
  );
  const of = new Map(counted);
  const count = (tab: ReviewTab): number => of.get(tab) ?? 0;
  return {
    mine: count('mine'),
    unassigned: count('unassigned'),
    to_confirm: count('to_confirm'),
    overdue: count('overdue'),
    open: count('open'),
    settled: count('settled'),
  };
}

export async function listGroups(
  database: Reader,
  { tab, by }: { tab: ReviewTab; by: 'rule' | 'stay' },
  asking: Asking,
): Promise<ReviewGroups> {
  const { values, bind } = parameters();
  const [rule, stay] = by === 'rule' ? ['f.rule_code', 'NULL'] : ['NULL', 'f.setl_id'];
  const ruleName = by === 'rule' ? `(array_agg(f.body->'rule_name'))[1]` : 'NULL';
  const { rows } = await database.query<ReviewGroups['items'][number]>(
    `SELECT f.*, (${institutionName}) AS fixmedins_name FROM
       (SELECT f.fixmedins_code, ${rule} AS rule_code, ${ruleName} AS rule_name, ${stay} AS setl_id,
               count(*) AS findings, sum(f.amount)::numeric(18,2)::text AS amount
          FROM ${joined} WHERE ${conditionsOf(tab, asking, {}, bind)}
         GROUP BY f.fixmedins_code, ${by === 'rule' ? 'f.rule_code' : 'f.setl_id'} HAVING count(*) > 1
         ORDER BY sum(f.amount) DESC, f.fixmedins_code LIMIT ${reviewGroupsMax}) f`,
    values,
  );
  return { items: rows };
}

export interface Reviewed {
  readonly finding: Finding;
  readonly finding_state: FindingRow['state'];
  readonly revision: number;
  readonly due_on: string;
  /** As it was written last, whatever has become of the finding since. */
  readonly state: ReviewState;
  readonly seq: number;
  readonly assignee: string | null;
  readonly outcome: Outcome | null;
  readonly amount: string | null;
  readonly decided_by: string | null;
  readonly outdated: boolean;
}

const reviewedColumns = (due: string): string =>
  `f.body AS finding, f.state AS finding_state, f.revision, (${dueOn(due)})::text AS due_on,
   coalesce(r.state, 'open') AS state, coalesce(r.seq, 0) AS seq, r.assignee, r.outcome, r.amount::text AS amount,
   r.decided_by, coalesce(${isOutdated}, false) AS outdated`;

/** Those of the findings that there are. */
export async function findReviews(
  database: Reader,
  ids: readonly string[],
  dueDays: number,
): Promise<Reviewed[]> {
  const { rows } = await database.query<Reviewed>(
    `SELECT ${reviewedColumns('$2')} FROM ${joined} WHERE f.finding_id = ANY($1) ORDER BY f.finding_id`,
    [ids, dueDays],
  );
  return rows;
}

/** The same, held until the transaction ends: nobody else decides them meanwhile, and screening does not change them. */
export async function lockReviews(
  client: PoolClient,
  ids: readonly string[],
  dueDays: number,
): Promise<Reviewed[]> {
  await client.query('SELECT FROM finding WHERE finding_id = ANY($1) ORDER BY finding_id FOR NO KEY UPDATE', [
    ids,
  ]);
  return findReviews(client, ids, dueDays);
}

export interface NewStep {
  readonly finding_id: string;
  readonly seq: number;
  readonly action: ReviewAction;
  readonly account: string;
  readonly finding_revision: number;
  readonly assignee: string | null;
  readonly decision: Decision | null;
  readonly reason: string | null;
}

export interface Standing {
  readonly finding_id: string;
  readonly seq: number;
  readonly state: ReviewState;
  readonly assignee: string | null;
  readonly outcome: Outcome | null;
  readonly amount: string | null;
  readonly finding_revision: number;
  readonly rule_version: string;
  readonly decided_by: string | null;
}

export async function writeSteps(
  client: PoolClient,
  steps: readonly NewStep[],
  standing: readonly Standing[],
): Promise<void> {
  await client.query(
    `INSERT INTO finding_review_step (finding_id, seq, action, account, finding_revision, assignee, decision, reason)
     SELECT * FROM json_to_recordset($1) AS s(finding_id char(32), seq int, action varchar, account varchar,
       finding_revision int, assignee varchar, decision json, reason varchar)`,
    [JSON.stringify(steps.map(({ decision, ...step }) => ({ ...step, decision: decision ?? undefined })))],
  );
  await client.query(
    `INSERT INTO finding_review
       (finding_id, seq, state, assignee, outcome, amount, finding_revision, rule_version, decided_by, settled_at)
     SELECT s.*, CASE WHEN s.state = 'settled' THEN CURRENT_TIMESTAMP END
       FROM json_to_recordset($1) AS s(finding_id char(32), seq int, state varchar, assignee varchar, outcome varchar,
         amount numeric, finding_revision int, rule_version char(12), decided_by varchar)
     ON CONFLICT (finding_id) DO UPDATE SET seq = EXCLUDED.seq, state = EXCLUDED.state, assignee = EXCLUDED.assignee,
       outcome = EXCLUDED.outcome, amount = EXCLUDED.amount, finding_revision = EXCLUDED.finding_revision,
       rule_version = EXCLUDED.rule_version, decided_by = EXCLUDED.decided_by, settled_at = EXCLUDED.settled_at`,
    [JSON.stringify(standing)],
  );
}

export async function stepsOf(database: Reader, findingId: string): Promise<ReviewStep[]> {
  const { rows } = await database.query<Omit<ReviewStep, 'at'> & { at: Date }>(
    `SELECT seq, action, account, at, finding_revision, assignee AS "to", decision, reason
       FROM finding_review_step WHERE finding_id = $1 ORDER BY seq`,
    [findingId],
  );
  return rows.map(({ at, ...step }) => ({ ...step, at: at.toISOString() }));
}

/** What was decided of other findings of the rule at the institution, the latest first. */
export async function earlierDecisions(
  database: Reader,
  { finding_id, rule_code, fixmedins_code }: Finding,
): Promise<ReviewDetail['earlier']> {
  const settled = `FROM finding f JOIN finding_review r USING (finding_id)
    WHERE r.state = 'settled' AND f.rule_code = $1 AND f.fixmedins_code = $2 AND f.finding_id <> $3`;
  const values = [rule_code, fixmedins_code, finding_id];
  const [{ rows: counts }, { rows }] = await Promise.all([
    database.query<{ outcome: Outcome; count: number }>(
      `SELECT r.outcome, count(*) AS count ${settled} GROUP BY r.outcome`,
      values,
    ),
    database.query<{
      finding_id: string;
      outcome: Outcome;
      amount: string | null;
      exclusion: string | null;
      at: Date;
    }>(
      `SELECT f.finding_id, r.outcome, r.amount::text AS amount, r.settled_at AS at,
              (SELECT s.decision->>'exclusion' FROM finding_review_step s
                WHERE s.finding_id = f.finding_id AND s.decision IS NOT NULL ORDER BY s.seq DESC LIMIT 1) AS exclusion
         ${settled} ORDER BY r.settled_at DESC, f.finding_id LIMIT ${earlierShownMax}`,
      values,
    ),
  ]);
  const of = (outcome: Outcome): number => counts.find((one) => one.outcome === outcome)?.count ?? 0;
  return {
    counts: {
      confirmed: of('confirmed'),
      not_a_violation: of('not_a_violation'),
      cannot_decide: of('cannot_decide'),
    },
    items: rows.map(({ at, ...one }) => ({ ...one, at: at.toISOString() })),
  };
}

export async function precisionOf(database: Reader): Promise<Precision> {
  const { rows } = await database.query<Precision['items'][number]>(
    `SELECT f.rule_code, r.rule_version, count(*) FILTER (WHERE r.outcome = 'confirmed') AS confirmed,
            count(*) FILTER (WHERE r.outcome = 'not_a_violation') AS not_a_violation,
            count(*) FILTER (WHERE r.outcome = 'cannot_decide') AS cannot_decide
       FROM finding_review r JOIN finding f USING (finding_id)
      WHERE r.state = 'settled' GROUP BY f.rule_code, r.rule_version ORDER BY f.rule_code, r.rule_version`,
  );
  return { items: rows };
}

/** Of all versions of a rule. */
export async function labelsOf(
  database: Reader,
  code: string,
): Promise<{ confirmed: number; not_a_violation: number }> {
  const { rows } = await database.query<{ confirmed: number; not_a_violation: number }>(
    `SELECT count(*) FILTER (WHERE r.outcome = 'confirmed') AS confirmed,
            count(*) FILTER (WHERE r.outcome = 'not_a_violation') AS not_a_violation
       FROM finding_review r JOIN finding f USING (finding_id) WHERE r.state = 'settled' AND f.rule_code = $1`,
    [code],
  );
  return rows[0] ?? { confirmed: 0, not_a_violation: 0 };
}

const reviewingRoles: readonly Role[] = roles.filter((role) =>
  permissionsOfRole[role].some((permission) => permission === 'findings.review'),
);

export interface ReviewerRow {
  readonly login: string;
  readonly display_name: string;
  readonly area: string;
  readonly open: number;
  readonly recused: readonly string[];
}

/** Everybody who may review, with what they carry. */
export async function listReviewers(database: Reader): Promise<ReviewerRow[]> {
  const { rows } = await database.query<ReviewerRow>(
    `SELECT a.login, a.display_name, a.area,
            (SELECT count(*) FROM finding_review r JOIN finding f USING (finding_id)
              WHERE r.assignee = a.login AND f.state = 'active' AND ${stateNow} = 'open') AS open,
            (SELECT coalesce(array_agg(x.fixmedins_code ORDER BY x.fixmedins_code), '{}')
               FROM review_recusal x WHERE x.account = a.login) AS recused
       FROM account a WHERE a.state = 'active' AND a.role = ANY($1) ORDER BY a.login`,
    [reviewingRoles],
  );
  return rows;
}

export async function recusedFrom(database: Reader, account: string): Promise<Set<string>> {
  const { rows } = await database.query<{ fixmedins_code: string }>(
    'SELECT fixmedins_code FROM review_recusal WHERE account = $1',
    [account],
  );
  return new Set(rows.map(({ fixmedins_code }) => fixmedins_code));
}

/** `false`: it was declared before. */
export async function insertRecusal(
  client: PoolClient,
  account: string,
  { fixmedins_code, reason }: { fixmedins_code: string; reason: string },
): Promise<boolean> {
  const { rowCount } = await client.query(
    'INSERT INTO review_recusal (account, fixmedins_code, reason) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
    [account, fixmedins_code, reason],
  );
  return rowCount === 1;
}

/** What somebody has open of an institution. */
export async function openOf(database: Reader, account: string, fixmedinsCode: string): Promise<string[]> {
  const { rows } = await database.query<{ finding_id: string }>(
    `SELECT f.finding_id FROM ${joined} WHERE r.assignee = $1 AND f.fixmedins_code = $2 AND ${stateNow} = 'open'
      ORDER BY f.finding_id`,
    [account, fixmedinsCode],
  );
  return rows.map(({ finding_id }) => finding_id);
}
