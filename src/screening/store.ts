/** The database of screening. The bulk path is set-based SQL on one connection inside the caller's transaction. */
import { createHash } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import { recordEvents } from '../audit/store.ts';
import type { Message } from '../claims/contract.ts';
import { nationalCodePattern } from '../claims/practitioners.ts';
import { isCurrent, isKnown } from '../claims/current.ts';
import { documentOfRevision } from '../claims/document-store.ts';
import { documentOf } from '../claims/stored.ts';
import { claimKey } from '../claims/timeline.ts';
import type { Json } from '../rules/contract.ts';
import { parameters, sees, seenSql, type Sight } from '../people/sight.ts';
import { dayOf } from '../platform/civil.ts';
import { type Database, transaction } from '../platform/database.ts';
import { prepared } from '../platform/prepared.ts';
import type {
  Finding,
  FindingDetail,
  FindingRow,
  FindingsPage,
  FindingsQuery,
  Overview,
} from './contract.ts';
import { screeningActor } from './actor.ts';
import { seenPart } from './own-part.ts';
import type { UndecidedClaim } from './screen.ts';

export type BatchState = 'waiting' | 'screened' | 'failed';

export interface Batch {
  readonly state: BatchState;
  /** It failed as a whole: `parts-service.ts`. */
  readonly in_parts: boolean;
}

/** Locks the batch for this transaction and says how it stands; `null` when there is no such batch. */
export async function lockBatch(client: PoolClient, batchId: number): Promise<Batch | null> {
  const { rows } = await client.query<Batch>(
    prepared('SELECT state, in_parts FROM intake_batch WHERE id = $1 FOR UPDATE', [batchId]),
  );
  return rows[0] ?? null;
}

export interface BegunBatch {
  /** How often it was begun without an answer, this time included. */
  readonly begun: number;
  readonly claims: number;
}

/** What is written down here has to outlive this process, not the database: nobody waits for the disk. */
const quickly = `quick AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))`;

/**
 * Writes down that the batch is begun, before anything else is done with it: whoever dies of it cannot say so. `null`: nothing waits, or
 * somebody else is at it; should they die, it is announced again.
 */
export async function beginBatch(database: Database, batchId: number): Promise<BegunBatch | null> {
  const { rows } = await database.pool.query<BegunBatch>(
    prepared(
      `WITH ${quickly},
          free AS (SELECT id FROM intake_batch WHERE id = $1 AND state <> 'screened' FOR UPDATE SKIP LOCKED)
     UPDATE intake_batch b SET begun = b.begun + 1 FROM quick, free WHERE b.id = free.id RETURNING b.begun, b.claims`,
      [batchId],
    ),
  );
  return rows[0] ?? null;
}

/** `null`: there is no such batch. */
export async function batchState(database: Database, batchId: number): Promise<BatchState | null> {
  const { rows } = await database.pool.query<{ state: BatchState }>(
    prepared('SELECT state FROM intake_batch WHERE id = $1', [batchId]),
  );
  return rows[0]?.state ?? null;
}

/** Begins other batches of the same share of persons that wait and that nobody has begun, the oldest first: as many as hold no more than these claims together. */
export async function beginOthers(
  database: Database,
  batchId: number,
  claimsMax: number,
  batchesMax: number,
): Promise<number[]> {
  const { rows } = await database.pool.query<{ id: number }>(
    prepared(
      `WITH ${quickly},
          waiting AS (SELECT id, claims FROM intake_batch
                       WHERE state = 'waiting' AND begun = 0 AND NOT in_parts AND id <> $1
                         AND share IS NOT DISTINCT FROM (SELECT share FROM intake_batch WHERE id = $1)
                       ORDER BY id LIMIT $3 FOR UPDATE SKIP LOCKED),
          summed AS (SELECT id, sum(claims) OVER (ORDER BY id) AS claims FROM waiting)
     UPDATE intake_batch b SET begun = 1 FROM quick, summed s WHERE b.id = s.id AND s.claims <= $2 RETURNING b.id`,
      [batchId, claimsMax, batchesMax],
    ),
  );
  return rows.map(({ id }) => id);
}

/** Of these batches, those that still wait, locked for this transaction. Whoever is at one of them keeps it. */
export async function lockWaiting(client: PoolClient, batchIds: readonly number[]): Promise<number[]> {
  const { rows } = await client.query<{ id: number }>(
    prepared(
      `SELECT id FROM intake_batch WHERE id = ANY($1) AND state = 'waiting' AND NOT in_parts ORDER BY id FOR UPDATE SKIP LOCKED`,
      [batchIds],
    ),
  );
  return rows.map(({ id }) => id);
}

/** They failed in good order: nobody died. */
export async function batchesAnswered(database: Database, batchIds: readonly number[]): Promise<void> {
  await database.pool.query('UPDATE intake_batch SET begun = 0 WHERE id = ANY($1)', [batchIds]);
}

/** A settlement whose verdicts were judged again. */
export interface Judged {
  readonly fixmedins_code: string;
  readonly setl_id: string;
}

export interface FindingChanges {
  readonly created: number;
  readonly changed: number;
  readonly withdrawn: number;
  /** How many of the created ones are whose, by rule code. */
  readonly hits?: Readonly<Record<string, number>>;
}

/** Makes the findings on these settlements what `findings` says. What was said before stays as a revision. */
export async function writeFindings(
  client: PoolClient,
  judged: readonly Judged[],
  findings: readonly Finding[],
): Promise<FindingChanges> {
  return applyFindings(client, await knownFindings(client, judged, findings), findings);
}

/** Makes what is known of them what `findings` says: those that are not said any more are withdrawn. */
export async function applyFindings(
  client: PoolClient,
  known: Map<string, Known>,
  findings: readonly Finding[],
): Promise<FindingChanges> {
  const created: Written[] = [];
  const changed: Written[] = [];
  for (const finding of findings) {
    const body = JSON.stringify(finding);
    const hash = createHash('sha256').update(body).digest();
    const before = known.get(finding.finding_id);
    known.delete(finding.finding_id);
    if (before === undefined) created.push({ finding, body, hash, reason: null });
    else if (before.state === 'withdrawn' || !before.content_hash.equals(hash))
      changed.push({
        finding,
        body,
        hash,
        reason: before.rule_version === finding.rule_version ? 'claims_changed' : 'rule_changed',
      });
  }
  const gone = [...known].filter(([, before]) => before.state === 'active').map(([id]) => id);
  await keepRevisions(client, [...changed.map(({ finding }) => finding.finding_id), ...gone]);
  await upsertFindings(client, [...created, ...changed]);
  if (gone.length > 0)
    await client.query(
      `UPDATE finding SET state = 'withdrawn', revision = revision + 1, reason = 'no_longer_holds', updated_at = now()
        WHERE finding_id = ANY($1)`,
      [gone],
    );
  const hits: Record<string, number> = {};
  for (const { finding } of created) hits[finding.rule_code] = (hits[finding.rule_code] ?? 0) + 1;
  return { created: created.length, changed: changed.length, withdrawn: gone.length, hits };
}

export interface Known {
  readonly content_hash: Buffer;
  readonly state: 'active' | 'withdrawn';
  readonly rule_version: string;
}

interface Written {
  readonly finding: Finding;
  readonly body: string;
  readonly hash: Buffer;
  readonly reason: FindingDetail['reason'];
}

/** SQL: a `Known`, and its id, of the finding `f`. */
export const knownFinding = 'f.finding_id, f.content_hash, f.state, f.rule_version';

/** What stands about these settlements; what stands about windows is judged elsewhere (`window-service.ts`). */
async function knownFindings(
  client: PoolClient,
  judged: readonly Judged[],
  findings: readonly Finding[],
): Promise<Map<string, Known>> {
  const { rows } = await client.query<Known & { finding_id: string }>(
    prepared(
      `SELECT ${knownFinding}
       FROM unnest($1::text[], $2::text[]) AS j(fixmedins_code, setl_id) JOIN finding f USING (fixmedins_code, setl_id)
      WHERE f.window_day IS NULL
     UNION
     SELECT ${knownFinding} FROM finding f WHERE f.finding_id = ANY($3)`,
      [
        judged.map(({ fixmedins_code }) => fixmedins_code),
        judged.map(({ setl_id }) => setl_id),
        findings.map(({ finding_id }) => finding_id),
      ],
    ),
  );
  return new Map(rows.map((row) => [row.finding_id, row]));
}

async function keepRevisions(client: PoolClient, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await client.query(
    prepared(
      `INSERT INTO finding_revision (finding_id, revision, state, reason, body)
     SELECT finding_id, revision, state, reason, body FROM finding WHERE finding_id = ANY($1)`,
      [ids],
    ),
  );
}

async function upsertFindings(client: PoolClient, written: readonly Written[]): Promise<void> {
  if (written.length === 0) return;
  const column = <Value>(pick: (one: Written) => Value): Value[] => written.map(pick);
  await client.query(
    prepared(
      `INSERT INTO finding (finding_id, rule_code, rule_version, verdict, fixmedins_code, setl_id, psn_no, mdtrt_id, occurred_at,
                          amount, message_zh, message_en, body, content_hash, reason, window_from, window_day)
     SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
                          $9::timestamp[], $10::numeric[], $11::text[], $12::text[], $13::json[], $14::bytea[], $15::text[],
                          $16::int[], $17::int[])
     ON CONFLICT (finding_id) DO UPDATE SET
       rule_version = excluded.rule_version, verdict = excluded.verdict, fixmedins_code = excluded.fixmedins_code,
       setl_id = excluded.setl_id, psn_no = excluded.psn_no, mdtrt_id = excluded.mdtrt_id, occurred_at = excluded.occurred_at,
       amount = excluded.amount, message_zh = excluded.message_zh, message_en = excluded.message_en, body = excluded.body,
       content_hash = excluded.content_hash, reason = excluded.reason, window_from = excluded.window_from, window_day = excluded.window_day, state = 'active', revision = finding.revision + 1,
       updated_at = now()`,
      [
        column(({ finding }) => finding.finding_id),
        column(({ finding }) => finding.rule_code),
        column(({ finding }) => finding.rule_version),
        column(({ finding }) => finding.verdict),
        column(({ finding }) => finding.fixmedins_code),
        column(({ finding }) => finding.setl_id),
        column(({ finding }) => finding.psn_no),
        column(({ finding }) => finding.mdtrt_id),
        column(({ finding }) => finding.occurred_at),
        column(({ finding }) => finding.amount),
        column(({ finding }) => finding.message.zh),
        column(({ finding }) => finding.message.en),
        column(({ body }) => body),
        column(({ hash }) => hash),
        column(({ reason }) => reason),
        column(({ finding: { window } }) => (window === undefined ? null : dayOf(window.from_day))),
        column(({ finding: { window } }) => (window === undefined ? null : dayOf(window.day))),
      ],
    ),
  );
}

/** Makes the undecided ones among these settlements what `undecided` says. */
export async function writeUndecided(
  client: PoolClient,
  judged: readonly Judged[],
  undecided: readonly UndecidedClaim[],
): Promise<void> {
  const keys = (claims: readonly Judged[]): [string[], string[]] => [
    claims.map(({ fixmedins_code }) => fixmedins_code),
    claims.map(({ setl_id }) => setl_id),
  ];
  const keyOf = ({ fixmedins_code, setl_id }: Judged): string => claimKey(fixmedins_code, setl_id);
  const still = new Set(undecided.map(keyOf));
  await client.query(
    prepared(
      `DELETE FROM undecided u USING unnest($1::text[], $2::text[]) AS j(fixmedins_code, setl_id)
      WHERE u.fixmedins_code = j.fixmedins_code AND u.setl_id = j.setl_id`,
      keys(judged.filter((one) => !still.has(keyOf(one)))),
    ),
  );
  if (undecided.length === 0) return;
  await client.query(
    prepared(
      `INSERT INTO undecided (fixmedins_code, setl_id, psn_no, items)
     SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::jsonb[])
     ON CONFLICT (fixmedins_code, setl_id) DO UPDATE SET psn_no = excluded.psn_no, items = excluded.items
       WHERE undecided.items IS DISTINCT FROM excluded.items OR undecided.psn_no <> excluded.psn_no`,
      [
        ...keys(undecided),
        undecided.map(({ psn_no }) => psn_no),
        undecided.map(({ items }) => JSON.stringify(items)),
      ],
    ),
  );
}

export async function markScreened(client: PoolClient, batchIds: readonly number[]): Promise<void> {
  await client.query(
    prepared(
      `UPDATE intake_batch SET state = 'screened', screened_at = now(), error = NULL, begun = 0, in_parts = false WHERE id = ANY($1)`,
      [batchIds],
    ),
  );
}

/** Seconds since each batch was stored, by the database's clock: hosts need not agree on the time. */
export async function secondsSinceReceipt(
  database: Database,
  batchIds: readonly number[],
): Promise<number[]> {
  const { rows } = await database.pool.query<{ seconds: number }>(
    prepared(
      'SELECT extract(epoch FROM clock_timestamp() - received_at)::float8 AS seconds FROM intake_batch WHERE id = ANY($1)',
      [batchIds],
    ),
  );
  return rows.map(({ seconds }) => seconds);
}

/** Written outside the transaction that failed, or it would be rolled back with it. */
export async function markFailed(database: Database, batchId: number, error: string): Promise<void> {
  await transaction(database, async (client) => {
    const { rowCount } = await client.query(
      `UPDATE intake_batch SET state = 'failed', error = $2 WHERE id = $1 AND state = 'waiting'`,
      [batchId, error.slice(0, 500)],
    );
    if (rowCount !== 1) return;
    await recordEvents(client, screeningActor, [
      {
        kind: 'screening.batch_given_up',
        key: String(batchId),
        before: { state: 'waiting' },
        after: { state: 'failed' },
        detail: { error: error.slice(0, errorCharactersMax) },
      },
    ]);
  });
}

/** Of an error in an event. */
const errorCharactersMax = 200;

/** Days in which a person must have a claim; `null`: no limit. */
export interface DayRange {
  readonly from: number | null;
  readonly to: number | null;
}

const hasClaimWithin = `($2::int IS NULL AND $3::int IS NULL OR EXISTS (
  SELECT FROM claim_revision r WHERE r.psn_no = p.psn_no AND r.last_day >= coalesce($2, r.last_day) AND r.first_day <= coalesce($3, r.first_day)))`;

/** Persons after this one, in order. */
export async function personsAfter(
  database: Database,
  after: string,
  { from, to }: DayRange,
  personsMax: number,
): Promise<string[]> {
  const { rows } = await database.pool.query<{ psn_no: string }>(
    `SELECT p.psn_no FROM person p WHERE p.psn_no > $1 AND ${hasClaimWithin} ORDER BY p.psn_no LIMIT $4`,
    [after, from, to, personsMax],
  );
  return rows.map(({ psn_no }) => psn_no);
}

export async function countPersons(
  database: Database,
  after: string,
  { from, to }: DayRange,
): Promise<number> {
  const { rows } = await database.pool.query<{ persons: number }>(
    `SELECT count(*) AS persons FROM person p WHERE p.psn_no > $1 AND ${hasClaimWithin}`,
    [after, from, to],
  );
  return rows[0]?.persons ?? 0;
}

/** Batches that have waited longer than `olderThanMs`, oldest first. */
export async function waitingBatches(
  database: Database,
  olderThanMs: number,
  batchesMax: number,
): Promise<number[]> {
  const { rows } = await database.pool.query<{ id: number }>(
    `SELECT id FROM intake_batch WHERE state = 'waiting' AND received_at < now() - $1 * interval '1 millisecond'
      ORDER BY id LIMIT $2`,
    [olderThanMs, batchesMax],
  );
  return rows.map(({ id }) => id);
}

/** Whether claims come in: a batch waits, or one came not long ago. */
export async function isStreaming(database: Database, quietMs: number): Promise<boolean> {
  const { rows } = await database.pool.query<{ streaming: boolean | null }>(
    `SELECT EXISTS (SELECT 1 FROM intake_batch WHERE state = 'waiting')
         OR (SELECT received_at > now() - $1 * interval '1 millisecond' FROM intake_batch ORDER BY id DESC LIMIT 1) AS streaming`,
    [quietMs],
  );
  return rows[0]?.streaming === true;
}

/** @returns how many batches that were */
export async function retryFailed(client: PoolClient): Promise<number> {
  const { rowCount } = await client.query(`UPDATE intake_batch SET state = 'waiting' WHERE state = 'failed'`);
  return rowCount ?? 0;
}

export interface WaitingState {
  readonly claims: number;
  readonly oldest_s: number;
  readonly failed_batches: number;
  readonly set_aside: number;
  readonly window_days: number;
  readonly oldest_window_s: number;
  /** Institutions whose windows could not be judged when it was last tried. */
  readonly failing_windows: number;
}

/** SQL: how many marked days wait, and claims whose days are not marked yet. */
export const waitingWindows = `((SELECT count(*) FROM window_mark) +
  (SELECT coalesce(sum(cardinality(revision_ids)), 0)::int8 FROM window_change))`;

/** How many claims and marked days wait, for how many seconds the oldest has, and what was given up, set aside or put off. */
export async function waitingState(database: Database): Promise<WaitingState> {
  const { rows } = await database.pool.query<WaitingState>(
    `SELECT coalesce(sum(claims) FILTER (WHERE state = 'waiting'), 0)::int8 AS claims,
            coalesce(extract(epoch FROM now() - min(received_at) FILTER (WHERE state = 'waiting')), 0)::float8 AS oldest_s,
            count(*) FILTER (WHERE state = 'failed') AS failed_batches,
            (SELECT count(*) FROM held_revision h JOIN quarantine q ON q.id = h.quarantine_id
              WHERE h.error IS NOT NULL AND q.state = 'open') AS set_aside,
            ${waitingWindows} AS window_days,
            (SELECT coalesce(extract(epoch FROM now() - least(min(marked_at), (SELECT min(changed_at) FROM window_change))), 0)::float8
               FROM window_mark) AS oldest_window_s,
            (SELECT count(DISTINCT fixmedins_code) FROM window_mark WHERE failures > 0) AS failing_windows
       FROM intake_batch WHERE state IN ('waiting', 'failed')`,
  );
  const [state] = rows;
  if (state === undefined) throw new Error('an aggregate returned no row');
  return state;
}

/** SQL: the name of the institution of `f`. Names differ between claims at most in spelling: one claim found through the key is enough. */
export const institutionName = `SELECT (SELECT d.doc::json->'institution'->>'fixmedins_name' FROM claim_document d
   WHERE d.revision_id = r.id AND d.last_day = r.last_day) FROM claim_revision r
  WHERE r.fixmedins_code = f.fixmedins_code AND ${isKnown('r')} LIMIT 1`;

/** Everybody who has settled anything, with a name as one of the claims states it. */
export async function knownInstitutions(
  database: Pick<Database, 'pool'>,
): Promise<{ readonly fixmedins_code: string; readonly name: string | null }[]> {
  const { rows } = await database.pool.query<{ fixmedins_code: string; name: string | null }>(
    `SELECT f.fixmedins_code, (${institutionName}) AS name
       FROM (SELECT DISTINCT fixmedins_code FROM claim_revision r WHERE ${isKnown('r')}) f ORDER BY 1`,
  );
  return rows;
}

/** The names of these, as one of their claims states them; who has none, or no claim, is left out. */
export async function institutionNames(
  client: Pool | PoolClient,
  codes: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const { rows } = await client.query<{ fixmedins_code: string; name: string | null }>(
    `SELECT f.fixmedins_code, (${institutionName}) AS name FROM unnest($1::text[]) AS f(fixmedins_code)`,
    [[...new Set(codes)]],
  );
  return new Map(rows.flatMap(({ fixmedins_code, name }) => (name === null ? [] : [[fixmedins_code, name]])));
}

const sortColumns = { occurred_at: 'occurred_at', amount: 'amount', updated_at: 'updated_at' } as const;

/** SQL: the sentence, or the name of the rule where an institution looks and the sentence speaks of visits elsewhere; as `ownPart`. */
const messageSql = ({ institution }: Sight): string =>
  institution === undefined
    ? 'message_zh, message_en'
    : (['zh', 'en'] as const)
        .map(
          (language) => `CASE WHEN EXISTS (SELECT FROM json_array_elements(f.body->'claims') c
                                 WHERE c->>'fixmedins_code' <> f.fixmedins_code)
                                OR f.body->'window'->>'practitioner' ~ '${nationalCodePattern}' AND json_array_length(f.body->'claims')
                                   < (f.body->'window'->>'claims')::int + (f.body->'window'->>'earlier')::int
                              THEN f.body->'rule_name'->>'${language}' ELSE f.message_${language} END AS message_${language}`,
        )
        .join(', ');

export async function listFindings(
  database: Database,
  query: FindingsQuery,
  sight: Sight,
): Promise<FindingsPage> {
  const { values, bind } = parameters(query.state);
  const conditions = ['state = $1::"FindingState"', seenSql(sight, 'fixmedins_code', bind)];
  const words = messageSql(sight);
  const where = (sql: string, value: unknown): void => {
    if (value !== undefined) conditions.push(sql.replace('?', () => bind(value)));
  };
  where('rule_code = ?', query.rule_code);
  where('verdict = ?', query.verdict);
  where('fixmedins_code = ?', query.fixmedins_code);
  where('setl_id = ?', query.setl_id);
  where('occurred_at >= ?::timestamp', query.from);
  where('occurred_at < ?::timestamp', query.to);
  where('amount >= ?', query.amount_min);
  const filter = conditions.join(' AND ');
  const direction = query.order === 'asc' ? 'ASC' : 'DESC';
  const [{ rows: totals }, { rows }] = await Promise.all([
    database.pool.query<{ total: number; amount: string }>(
      `SELECT count(*) AS total, coalesce(sum(amount), 0)::numeric(18,2)::text AS amount FROM finding WHERE ${filter}`,
      values,
    ),
    database.pool.query<FindingRecord>(
      `SELECT finding_id, rule_code, rule_version, verdict, psn_no, fixmedins_code, setl_id, mdtrt_id, occurred_at,
              amount::text, ${words}, body->'rule_name' AS rule_name, state, revision, updated_at,
              (${institutionName}) AS fixmedins_name
         FROM finding f WHERE ${filter}
        ORDER BY f.${sortColumns[query.sort]} ${direction}, finding_id ${direction}
        LIMIT ${query.page_size} OFFSET ${(query.page - 1) * query.page_size}`,
      values,
    ),
  ]);
  return {
    total: totals[0]?.total ?? 0,
    amount: totals[0]?.amount ?? '0.00',
    page: query.page,
    page_size: query.page_size,
    items: rows.map(rowOf),
  };
}

interface FindingRecord {
  finding_id: string;
  rule_code: string;
  rule_version: string;
  verdict: Finding['verdict'];
  psn_no: string;
  fixmedins_code: string;
  setl_id: string;
  mdtrt_id: string;
  occurred_at: string;
  amount: string;
  message_zh: string;
  message_en: string;
  rule_name: Message;
  fixmedins_name: string | null;
  state: FindingRow['state'];
  revision: number;
  updated_at: Date;
}

const rowOf = ({ message_zh, message_en, updated_at, ...row }: FindingRecord): FindingRow => ({
  ...row,
  message: { zh: message_zh, en: message_en },
  updated_at: updated_at.toISOString(),
});

export interface FindingWithHistory {
  readonly finding: Finding;
  readonly state: FindingRow['state'];
  readonly revision: number;
  readonly reason: FindingDetail['reason'];
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly history: FindingDetail['history'];
  /** What it says of visits elsewhere is left out: an institution looks. */
  readonly withheld: boolean;
}

/** `null`: there is none, or none that is seen. */
export async function findFinding(
  database: Database,
  id: string,
  sight: Sight,
): Promise<FindingWithHistory | null> {
  const { rows } = await database.pool.query<Omit<FindingWithHistory, 'history' | 'withheld'>>(
    'SELECT body AS finding, state, revision, reason, created_at, updated_at FROM finding WHERE finding_id = $1',
    [id],
  );
  const found = rows[0];
  if (found === undefined || !sees(sight, found.finding.fixmedins_code)) return null;
  const { rows: revisions } = await database.pool.query<{
    revision: number;
    state: FindingRow['state'];
    amount: string;
    replaced_at: Date;
  }>(
    `SELECT revision, state, body->>'amount' AS amount, replaced_at FROM finding_revision
      WHERE finding_id = $1 ORDER BY revision DESC`,
    [id],
  );
  const finding = seenPart(found.finding, sight);
  return {
    ...found,
    finding,
    withheld: finding !== found.finding,
    history: revisions.map((one) => ({ ...one, replaced_at: one.replaced_at.toISOString() })),
  };
}

type Counts = Omit<Overview, 'by_rule' | 'undecided_by_rule'> & {
  by_rule: { rule_code: string; verdict: Finding['verdict']; findings: number; amount: string }[];
  undecided_by_rule: { rule_code: string; missing: string[]; claims: number }[];
};

/** Everything the overview counts; names of rules are added by the caller. What waits to be screened belongs to no area, and is counted whole. */
export async function overviewCounts(database: Database, sight: Sight): Promise<Counts> {
  const { values, bind } = parameters();
  const seen = seenSql(sight, 'fixmedins_code', bind);
  const one = async <Row extends object>(sql: string): Promise<Row> => {
    const { rows } = await database.pool.query<Row>(sql, sql.includes('$') ? values : []);
    const row = rows[0];
    if (row === undefined) throw new Error('an aggregate returned no row');
    return row;
  };
  const many = async <Row extends object>(sql: string): Promise<Row[]> =>
    (await database.pool.query<Row>(sql, values)).rows;
  const current = `claim_revision r WHERE ${seen} AND ${isCurrent}`;
  const active = `finding WHERE state = 'active' AND ${seen}`;
  const [
    claims,
    found,
    waiting,
    quarantined,
    undecided,
    byRule,
    byInstitution,
    claimsByMonth,
    findingsByMonth,
    missing,
  ] = await Promise.all([
    one<{ claims: number; persons: number; institutions: number; medfee_sumamt: string }>(
      `SELECT count(*) AS claims, count(DISTINCT psn_no) AS persons, count(DISTINCT fixmedins_code) AS institutions,
                coalesce(sum(medfee_sumamt), 0)::numeric(18,2)::text AS medfee_sumamt FROM ${current}`,
    ),
    one<{ findings: number; amount: string }>(
      `SELECT count(*) AS findings, coalesce(sum(amount), 0)::numeric(18,2)::text AS amount FROM ${active}`,
    ),
    one<{ waiting_claims: number }>(
      `SELECT coalesce(sum(claims), 0)::int8 AS waiting_claims FROM intake_batch WHERE state = 'waiting'`,
    ),
    one<{ quarantined: number }>(
      `SELECT count(*) AS quarantined FROM quarantine WHERE state = 'open' AND ${seen}`,
    ),
    one<{ undecided: number }>(
      `SELECT (SELECT coalesce(sum(jsonb_array_length(items)), 0) FROM undecided WHERE ${seen})::int8
              + (SELECT count(*) FROM window_undecided WHERE ${seen}) AS undecided`,
    ),
    many<Counts['by_rule'][number]>(
      `SELECT rule_code, min(verdict) AS verdict, count(*) AS findings, sum(amount)::numeric(18,2)::text AS amount
           FROM ${active} GROUP BY rule_code ORDER BY count(*) DESC, rule_code`,
    ),
    many<Overview['by_institution'][number]>(
      `SELECT f.fixmedins_code, f.findings, f.amount,
                (${institutionName}) AS fixmedins_name
           FROM (SELECT fixmedins_code, count(*) AS findings, sum(amount)::numeric(18,2)::text AS amount FROM ${active}
                  GROUP BY fixmedins_code ORDER BY sum(amount) DESC, fixmedins_code LIMIT 10) f`,
    ),
    many<{ month: string; claims: number }>(
      `SELECT to_char(begntime, 'YYYY-MM') AS month, count(*) AS claims FROM ${current} GROUP BY 1 ORDER BY 1`,
    ),
    many<{ month: string; findings: number; amount: string }>(
      `SELECT to_char(occurred_at, 'YYYY-MM') AS month, count(*) AS findings, sum(amount)::numeric(18,2)::text AS amount
           FROM ${active} GROUP BY 1 ORDER BY 1`,
    ),
    many<Counts['undecided_by_rule'][number]>(
      `SELECT rule_code, ARRAY(SELECT jsonb_array_elements_text(missing)) AS missing, count(*) AS claims
           FROM (SELECT item->>'rule_code' AS rule_code, item->'missing' AS missing FROM undecided, jsonb_array_elements(items) AS item WHERE ${seen}
                 UNION ALL SELECT rule_code, missing FROM window_undecided WHERE ${seen}) u GROUP BY 1, 2 ORDER BY 3 DESC, 1`,
    ),
  ]);
  const months = new Map<string, Overview['by_month'][number]>();
  for (const row of claimsByMonth)
    months.set(row.month, { month: row.month, claims: row.claims, findings: 0, amount: '0.00' });
  for (const row of findingsByMonth) months.set(row.month, { claims: 0, ...months.get(row.month), ...row });
  return {
    ...claims,
    ...found,
    ...waiting,
    ...quarantined,
    ...undecided,
    by_rule: byRule,
    by_institution: byInstitution,
    by_month: [...months.values()].sort((a, b) => (a.month < b.month ? -1 : 1)),
    undecided_by_rule: missing,
  };
}

/**
 * The documents a finding names, by content hash, without personal data; with whether each is still the one that counts. A finding may
 * name claims of another district or hospital: what they say is left out where they are not seen.
 */
export async function documentsOf(
  database: Database,
  hashes: readonly string[],
  sight: Sight,
): Promise<FindingDetail['documents']> {
  const { values, bind } = parameters(hashes);
  const { rows } = await database.pool.query<
    Omit<FindingDetail['documents'][number], 'claim'> & { doc: string }
  >(
    `SELECT encode(r.content_hash, 'hex') AS content_hash, d.doc,
            ${isCurrent} AS current
       FROM unnest($1::text[]) WITH ORDINALITY AS h(hash, position)
       JOIN claim_revision r ON r.content_hash = decode(h.hash, 'hex')
       JOIN ${documentOfRevision} WHERE ${seenSql(sight, 'r.fixmedins_code', bind)} ORDER BY h.position`,
    values,
  );
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a document is JSON: what is not stated is absent
  return rows.map(({ doc, ...row }) => ({ ...row, claim: documentOf(doc) as Json }));
}
