/** The database of runs: walks over all persons in ranges, each range with its own cursor, so that workers share them and each can stop. */
import type { Pool, PoolClient } from 'pg';
import type { ReplayScope, Run } from './contract.ts';

type Client = Pool | PoolClient;

export interface NewRun {
  readonly kind: Run['kind'];
  readonly subject: Run['subject'];
  readonly code: string;
  readonly content_hash: string | null;
  readonly base_hash: string | null;
  /** Of a replay; `null`: everybody. */
  readonly from_day: number | null;
  /** Of a replay. */
  readonly scope?: ReplayScope;
  readonly account: string;
}

export async function insertRun(client: PoolClient, run: NewRun): Promise<number> {
  const { rows } = await client.query<{ id: number }>(
    `INSERT INTO rule_run (kind, subject, code, content_hash, base_hash, from_day, scope, account, generation, persons_total)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, rules_generation(), 0) RETURNING id`,
    [
      run.kind,
      run.subject,
      run.code,
      run.content_hash,
      run.base_hash,
      run.from_day,
      run.scope ?? 'all',
      run.account,
    ],
  );
  const id = rows[0]?.id;
  if (id === undefined) throw new Error('a run got no number');
  return id;
}

/**
 * A replay judges by all rules in force: one that begins now does what earlier ones have left to do.
 * @returns from which day they had to look (`null`: at everybody), and at what
 */
export async function supersedeReplays(
  client: PoolClient,
): Promise<{ readonly from_day: number | null; readonly scope: ReplayScope }[]> {
  const { rows } = await client.query<{ from_day: number | null; scope: ReplayScope }>(
    `UPDATE rule_run SET state = 'cancelled', finished_at = now() WHERE kind = 'replay' AND state IN ('waiting', 'failed') RETURNING from_day, scope`,
  );
  return rows;
}

/** What changed: rules by code, tables by name. */
export interface Changed {
  readonly rules?: readonly string[];
  readonly tables?: readonly string[];
}

/** At what a replay has to look after such a change. Any version counts that there ever was: the one before judged by another unit, perhaps. */
export async function scopeOfChange(
  client: PoolClient,
  { rules = [], tables = [] }: Changed,
): Promise<ReplayScope> {
  const { rows } = await client.query<{ over_windows: boolean }>(
    `SELECT DISTINCT document::json->'each'->>'unit' = 'window' AS over_windows FROM rule_version
      WHERE code = ANY($1) OR EXISTS (SELECT FROM unnest($2::text[]) AS t(name) WHERE position('"' || t.name || '"' IN document) > 0)`,
    [rules, tables],
  );
  const [first, ...others] = rows;
  if (first === undefined || others.length > 0) return 'all';
  return first.over_windows ? 'windows' : 'persons';
}

const runSelect = `SELECT r.id, r.kind, r.subject, r.code, r.content_hash, r.base_hash, r.scope, r.state, r.account, r.created_at, r.finished_at, r.error, r.persons_total,
    coalesce(sum(s.persons), 0)::int8 AS persons, coalesce(sum(s.claims), 0)::int8 AS claims, coalesce(sum(s.undecided), 0)::int8 AS undecided,
    coalesce(sum(s.alarms), 0)::int8 AS alarms, coalesce(sum(s.created), 0)::int8 AS created, coalesce(sum(s.changed), 0)::int8 AS changed,
    coalesce(sum(s.withdrawn), 0)::int8 AS withdrawn
  FROM rule_run r LEFT JOIN rule_run_slice s ON s.run_id = r.id`;

interface RunRecord extends Omit<Run, 'id' | 'created_at' | 'finished_at'> {
  readonly id: number;
  readonly created_at: Date;
  readonly finished_at: Date | null;
}
const runOf = ({ id, created_at, finished_at, ...row }: RunRecord): Run => ({
  ...row,
  id: String(id),
  created_at: created_at.toISOString(),
  finished_at: finished_at?.toISOString() ?? null,
});

export async function findRun(client: Client, id: number): Promise<Run | null> {
  const { rows } = await client.query<RunRecord>(`${runSelect} WHERE r.id = $1 GROUP BY r.id`, [id]);
  return rows[0] === undefined ? null : runOf(rows[0]);
}

/** The last ones, of a rule or of all. */
export async function listRuns(client: Client, code: string | null, runsMax: number): Promise<Run[]> {
  const { rows } = await client.query<RunRecord>(
    `${runSelect} WHERE $1::text IS NULL OR r.code = $1 GROUP BY r.id ORDER BY r.id DESC LIMIT $2`,
    [code, runsMax],
  );
  return rows.map(runOf);
}

/** The last backtest of this content that went over everything there was; one that saw no claim at all says nothing. */
export async function lastBacktest(client: Client, contentHash: string): Promise<Run | null> {
  const { rows } = await client.query<RunRecord>(
    `${runSelect} WHERE r.kind = 'backtest' AND r.state = 'done' AND r.content_hash = $1 GROUP BY r.id HAVING sum(s.claims) > 0 ORDER BY r.id DESC LIMIT 1`,
    [contentHash],
  );
  return rows[0] === undefined ? null : runOf(rows[0]);
}

export interface LockedRun {
  readonly kind: Run['kind'];
  readonly subject: Run['subject'];
  readonly code: string;
  readonly state: Run['state'];
  readonly content_hash: string | null;
  readonly base_hash: string | null;
  /** `null`: begun by a release that did not note it. */
  readonly generation: number | null;
  readonly from_day: number | null;
  readonly planned: boolean;
}

/** Locks the run for this transaction; `null`: there is none. */
export async function lockRun(client: PoolClient, id: number): Promise<LockedRun | null> {
  const { rows } = await client.query<LockedRun>(
    `SELECT kind, subject, code, state, content_hash, base_hash, generation, from_day, EXISTS (SELECT FROM rule_run_slice WHERE run_id = $1) AS planned
       FROM rule_run WHERE id = $1 FOR UPDATE`,
    [id],
  );
  return rows[0] ?? null;
}

/** The same without keeping others from it: slices of one run go on beside each other, but none while it is being cancelled. */
export async function shareRun(client: PoolClient, id: number): Promise<LockedRun | null> {
  const { rows } = await client.query<LockedRun>(
    'SELECT kind, subject, code, state, content_hash, base_hash, generation, from_day, true AS planned FROM rule_run WHERE id = $1 FOR SHARE',
    [id],
  );
  return rows[0] ?? null;
}

const hasClaimFrom = (day: string): string =>
  `(${day}::int IS NULL OR EXISTS (SELECT FROM claim_revision r WHERE r.psn_no = p.psn_no AND r.last_day >= ${day}))`;

/** Divides all persons of a run into ranges of about the same size, in the order of their numbers. */
export async function insertSlices(
  client: PoolClient,
  id: number,
  slicePersons: number,
  slicesMax: number,
  fromDay: number | null,
): Promise<void> {
  const { rows } = await client.query<{ persons: number }>(
    `SELECT count(*) AS persons FROM person p WHERE ${hasClaimFrom('$1')}`,
    [fromDay],
  );
  const persons = rows[0]?.persons ?? 0;
  const slices = Math.max(1, Math.min(slicesMax, Math.ceil(persons / slicePersons)));
  await client.query(
    `WITH parted AS (SELECT psn_no, ntile($2) OVER (ORDER BY psn_no) AS slice FROM person p WHERE ${hasClaimFrom('$3')}),
          ends AS (SELECT slice, max(psn_no) AS last FROM parted GROUP BY slice),
          all_slices AS (SELECT n AS slice FROM generate_series(1, $2) AS n)
     INSERT INTO rule_run_slice (run_id, slice, done_up_to, last)
     SELECT $1, a.slice, coalesce(before.last, ''), CASE WHEN a.slice = $2 THEN NULL ELSE e.last END
       FROM all_slices a LEFT JOIN ends e ON e.slice = a.slice LEFT JOIN ends before ON before.slice = a.slice - 1`,
    [id, slices, fromDay],
  );
  await client.query('UPDATE rule_run SET persons_total = $2 WHERE id = $1', [id, persons]);
}

export interface Slice {
  readonly run_id: number;
  readonly slice: number;
  readonly done_up_to: string;
  readonly last: string | null;
  readonly done: boolean;
}

/** From which day a replay looks; `null`: at everybody. */
export async function fromDayOf(client: Client, run: number): Promise<number | null> {
  const { rows } = await client.query<{ from_day: number | null }>(
    'SELECT from_day FROM rule_run WHERE id = $1',
    [run],
  );
  return rows[0]?.from_day ?? null;
}

/** Locks the slice for this transaction, or `null` when somebody else is at it or it is not there. */
export async function lockSlice(client: PoolClient, run: number, slice: number): Promise<Slice | null> {
  const { rows } = await client.query<Slice>(
    `SELECT run_id, slice, done_up_to, last, done FROM rule_run_slice WHERE run_id = $1 AND slice = $2 FOR UPDATE SKIP LOCKED`,
    [run, slice],
  );
  return rows[0] ?? null;
}

export async function findSlice(client: Client, run: number, slice: number): Promise<Slice | null> {
  const { rows } = await client.query<Slice>(
    'SELECT run_id, slice, done_up_to, last, done FROM rule_run_slice WHERE run_id = $1 AND slice = $2',
    [run, slice],
  );
  return rows[0] ?? null;
}

export async function personsOfSlice(
  client: Client,
  { done_up_to, last }: Slice,
  personsMax: number,
  fromDay: number | null,
): Promise<string[]> {
  const { rows } = await client.query<{ psn_no: string }>(
    `SELECT p.psn_no FROM person p WHERE p.psn_no > $1 AND ($2::text IS NULL OR p.psn_no <= $2) AND ${hasClaimFrom('$4')}
      ORDER BY p.psn_no LIMIT $3`,
    [done_up_to, last, personsMax, fromDay],
  );
  return rows.map(({ psn_no }) => psn_no);
}

export interface SliceCounts {
  readonly persons: number;
  readonly claims: number;
  readonly undecided: number;
  readonly alarms: number;
  readonly created: number;
  readonly changed: number;
  readonly withdrawn: number;
}

/** Moves the cursor on, unless somebody else has moved it already. @param doneUpTo `null`: nobody is left */
export async function advanceSlice(
  client: PoolClient,
  { run_id, slice, done_up_to }: Slice,
  doneUpTo: string | null,
  counts: SliceCounts,
): Promise<void> {
  await client.query(
    `UPDATE rule_run_slice SET done_up_to = coalesce($3, done_up_to), done = $3::text IS NULL, persons = persons + $4, claims = claims + $5,
            undecided = undecided + $6, alarms = alarms + $7, created = created + $8, changed = changed + $9, withdrawn = withdrawn + $10
      WHERE run_id = $1 AND slice = $2 AND done_up_to = $11 AND NOT done`,
    [
      run_id,
      slice,
      doneUpTo,
      counts.persons,
      counts.claims,
      counts.undecided,
      counts.alarms,
      counts.created,
      counts.changed,
      counts.withdrawn,
      done_up_to,
    ],
  );
}

export async function allSlicesDone(client: PoolClient, run: number): Promise<boolean> {
  const { rows } = await client.query<{ done: boolean }>(
    'SELECT bool_and(done) AS done FROM rule_run_slice WHERE run_id = $1',
    [run],
  );
  return rows[0]?.done === true;
}

export async function setRunState(
  client: PoolClient,
  id: number,
  state: Run['state'],
  error: string | null = null,
): Promise<void> {
  await client.query(
    `UPDATE rule_run SET state = $2::text, error = $3, finished_at = CASE WHEN $2::text = 'waiting' THEN NULL ELSE now() END WHERE id = $1`,
    [id, state, error],
  );
}

/** Runs that nobody has divided into slices yet. */
export async function unplannedRuns(client: Client, runsMax: number): Promise<number[]> {
  const { rows } = await client.query<{ id: number }>(
    `SELECT id FROM rule_run r WHERE state = 'waiting' AND NOT EXISTS (SELECT FROM rule_run_slice s WHERE s.run_id = r.id)
      ORDER BY id LIMIT $1`,
    [runsMax],
  );
  return rows.map(({ id }) => id);
}

export async function waitingSlices(
  client: Client,
  slicesMax: number,
): Promise<{ run_id: number; slice: number }[]> {
  const { rows } = await client.query<{ run_id: number; slice: number }>(
    `SELECT s.run_id, s.slice FROM rule_run_slice s JOIN rule_run r ON r.id = s.run_id
      WHERE r.state = 'waiting' AND NOT s.done ORDER BY s.run_id, s.slice LIMIT $1`,
    [slicesMax],
  );
  return rows;
}

/** The last backtest of a version of a knowledge table against another, wherever it stands; `null`: none was begun, or it was cancelled. */
export async function lastBacktestOfTable(
  client: Client,
  table: string,
  sha256: string,
  baseSha256: string,
): Promise<number | null> {
  const { rows } = await client.query<{ id: number }>(
    `SELECT id FROM rule_run WHERE kind = 'backtest' AND subject = 'table' AND code = $1 AND content_hash = $2 AND base_hash = $3
        AND state <> 'cancelled' ORDER BY id DESC LIMIT 1`,
    [table, sha256, baseSha256],
  );
  return rows[0]?.id ?? null;
}
