/** The database of rules over windows: days that are marked, visits of an institution by their keys, what is found and what cannot be judged. */
import type { Pool, PoolClient } from 'pg';
import { isCurrent } from '../claims/current.ts';
import { formatDay, secondOfDay } from '../platform/civil.ts';
import type { Database } from '../platform/database.ts';
import { prepared } from '../platform/prepared.ts';
import { knownFinding, type Known } from './store.ts';
import type { LightVisit } from './window.ts';

/** SQL: the day on which the visit of `r` began, as a day number. */
export const beginDay = (r: string): string => `(${r}.begntime::date - date '1970-01-01')`;

/** Marks the days of these revisions: whatever they say now, and said before, may change what rules over windows say. */
export async function markWindows(client: PoolClient, revisionIds: readonly number[]): Promise<void> {
  if (revisionIds.length === 0) return;
  await client.query(
    prepared(
      `INSERT INTO window_mark (fixmedins_code, day)
       SELECT DISTINCT r.fixmedins_code, ${beginDay('r')} FROM claim_revision r WHERE r.id = ANY($1)`,
      [revisionIds],
    ),
  );
}

/** Marks the days about which anything stands: by rules that are in force no more nobody else would look at them again. */
export async function markStanding(client: PoolClient): Promise<void> {
  await client.query(
    `INSERT INTO window_mark (fixmedins_code, day)
     SELECT DISTINCT fixmedins_code, window_day FROM finding WHERE window_day IS NOT NULL AND state = 'active'
      UNION SELECT fixmedins_code, day FROM window_undecided`,
  );
}

export interface TakenMarks {
  readonly institution: string;
  readonly marks: readonly { readonly id: number; readonly day: number }[];
}

/** 'wind': one transaction at a time judges the windows of an institution. */
const lockSpace = 0x77696e64;
/** Marks among which an institution is looked for that nobody is at. */
const marksLookedAtMax = 2_000;
/** Of one institution in one transaction. */
const marksTakenMax = 20_000;

/**
 * Takes the institution that has waited longest and that nobody else is at, until the end of the transaction. Everything that its marks speak of
 * was committed before them, so what is read after this has all of it; what comes later has marks of its own, which stay.
 * @param daysMax days that may lie between the first mark that is taken and the last
 * @returns `null`: nothing waits that could be taken
 */
export async function takeMarks(client: PoolClient, daysMax: number): Promise<TakenMarks | null> {
  const { rows: waiting } = await client.query<{ fixmedins_code: string }>(
    `SELECT fixmedins_code FROM (SELECT id, fixmedins_code FROM window_mark
        WHERE not_before IS NULL OR not_before <= clock_timestamp() ORDER BY id LIMIT $1) m GROUP BY 1 ORDER BY min(id)`,
    [marksLookedAtMax],
  );
  for (const { fixmedins_code: institution } of waiting) {
    const { rows: locked } = await client.query<{ taken: boolean }>(
      'SELECT pg_try_advisory_xact_lock($1, hashtext($2)) AS taken',
      [lockSpace, institution],
    );
    if (locked[0]?.taken !== true) continue;
    const { rows: marks } = await client.query<{ id: number; day: number }>(
      `SELECT id, day FROM window_mark WHERE fixmedins_code = $1
          AND day < (SELECT min(day) FROM window_mark WHERE fixmedins_code = $1) + $2 ORDER BY day LIMIT $3`,
      [institution, daysMax, marksTakenMax],
    );
    // Whoever was at it until now may have taken them all.
    if (marks.length > 0) return { institution, marks };
  }
  return null;
}

export async function dropMarks(client: PoolClient, marks: TakenMarks['marks']): Promise<void> {
  await client.query('DELETE FROM window_mark WHERE id = ANY($1)', [marks.map(({ id }) => id)]);
}

/** Puts off what failed, twice as long each time: others go first. */
export async function putOff(database: Pick<Database, 'pool'>, institution: string): Promise<void> {
  await database.pool.query(
    `UPDATE window_mark SET failures = least(failures + 1, $2),
            not_before = clock_timestamp() + interval '1 second' * power(2, least(failures + 1, $2))
      WHERE fixmedins_code = $1`,
    [institution, failuresCountedMax],
  );
}

/** 2^12 seconds are a little more than an hour. */
const failuresCountedMax = 12;

/** Visits that began at the institution on these days, both inclusive, as they count now. */
export async function visitsBetween(
  client: PoolClient | Pool,
  institution: string,
  fromDay: number,
  toDay: number,
): Promise<LightVisit[]> {
  const { rows } = await client.query<{
    id: number;
    psn_no: string;
    mdtrt_id: string;
    med_type: string;
    day: number;
    second: number;
    medfee: string | null;
  }>(
    prepared(
      `SELECT r.id, r.psn_no, r.mdtrt_id, r.med_type, ${beginDay('r')} AS day,
              extract(epoch FROM r.begntime - r.begntime::date)::int AS second,
              CASE WHEN (SELECT true FROM claim_revision f WHERE f.fixmedins_code = r.fixmedins_code AND f.refd_setl_id = r.setl_id LIMIT 1) IS NULL
                   THEN r.medfee_sumamt::text END AS medfee
         FROM claim_revision r
        WHERE r.fixmedins_code = $1 AND r.begntime >= $2::date AND r.begntime < $3::date AND r.refd_setl_id IS NULL AND ${isCurrent}`,
      [institution, formatDay(fromDay), formatDay(toDay + 1)],
    ),
  );
  return rows.map(({ id, psn_no, mdtrt_id, med_type, day, second, medfee }) => ({
    id,
    psnNo: psn_no,
    mdtrtId: mdtrt_id,
    medType: med_type,
    day,
    second: secondOfDay(day) + second,
    medfee,
  }));
}

/** What stands about windows of the institution that end on these days. */
export async function knownOfWindows(
  client: PoolClient,
  institution: string,
  days: readonly number[],
): Promise<Map<string, Known & { readonly rule_code: string; readonly window_day: number }>> {
  const { rows } = await client.query<Known & { finding_id: string; rule_code: string; window_day: number }>(
    prepared(
      `SELECT ${knownFinding}, f.rule_code, f.window_day FROM finding f WHERE f.fixmedins_code = $1 AND f.window_day = ANY($2)`,
      [institution, days],
    ),
  );
  return new Map(rows.map((row) => [row.finding_id, row]));
}

export interface UndecidedWindow {
  readonly setl_id: string;
  readonly psn_no: string;
  readonly rule_code: string;
  readonly day: number;
  readonly missing: readonly string[];
}

/** @param judged which of the rows that stand are replaced */
export async function replaceUndecided(
  client: PoolClient,
  institution: string,
  days: readonly number[],
  judged: (ruleCode: string, day: number) => boolean,
  undecided: readonly UndecidedWindow[],
): Promise<void> {
  const { rows } = await client.query<{ setl_id: string; rule_code: string; day: number }>(
    'SELECT setl_id, rule_code, day FROM window_undecided WHERE fixmedins_code = $1 AND day = ANY($2)',
    [institution, days],
  );
  const gone = rows.filter(({ rule_code, day }) => judged(rule_code, day));
  if (gone.length > 0)
    await client.query(
      `DELETE FROM window_undecided u USING unnest($2::text[], $3::text[]) AS k(setl_id, rule_code)
        WHERE u.fixmedins_code = $1 AND u.setl_id = k.setl_id AND u.rule_code = k.rule_code`,
      [institution, gone.map(({ setl_id }) => setl_id), gone.map(({ rule_code }) => rule_code)],
    );
  if (undecided.length > 0)
    await client.query(
      `INSERT INTO window_undecided (fixmedins_code, setl_id, rule_code, psn_no, day, missing)
       SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::int[], $6::jsonb[])
       ON CONFLICT (fixmedins_code, setl_id, rule_code) DO UPDATE SET psn_no = excluded.psn_no, day = excluded.day, missing = excluded.missing`,
      [
        institution,
        undecided.map(({ setl_id }) => setl_id),
        undecided.map(({ rule_code }) => rule_code),
        undecided.map(({ psn_no }) => psn_no),
        undecided.map(({ day }) => day),
        undecided.map(({ missing }) => JSON.stringify(missing)),
      ],
    );
}

/** Days at institutions on which these persons' visits began, of which nobody with a lesser number has one: of each day one part of a walk over all. */
export async function windowsLedBy(
  client: PoolClient,
  persons: readonly string[],
): Promise<{ readonly fixmedins_code: string; readonly day: number }[]> {
  const { rows } = await client.query<{ fixmedins_code: string; day: number }>(
    `WITH days AS (SELECT DISTINCT r.fixmedins_code, ${beginDay('r')} AS day FROM claim_revision r WHERE r.psn_no = ANY($1) AND ${isCurrent})
     SELECT k.fixmedins_code, k.day FROM days k
      CROSS JOIN LATERAL (SELECT min(r.psn_no) AS first FROM claim_revision r
         WHERE r.fixmedins_code = k.fixmedins_code AND r.begntime >= date '1970-01-01' + k.day AND r.begntime < date '1970-01-01' + k.day + 1
           AND ${isCurrent}) AS led
      WHERE led.first = ANY($1) ORDER BY 1, 2`,
    [persons],
  );
  return rows;
}
