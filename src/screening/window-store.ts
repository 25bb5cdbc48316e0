/** The database of rules over windows: days that are marked, visits of an institution by their keys, what is found and what cannot be judged. */
import type { Pool, PoolClient } from 'pg';
import { isCurrent } from '../claims/current.ts';
import { isNationalCode, practitionerSeparator, practitionersIn } from '../claims/practitioners.ts';
import { secondOfDay } from '../platform/civil.ts';
import type { Database } from '../platform/database.ts';
import { prepared } from '../platform/prepared.ts';
import { beginDay } from './neighbours.ts';
import { knownFinding, type Known } from './store.ts';
import { type LightVisit, noPlaces, type Places } from './window.ts';

/** A day of an institution on which something changed, and whose work it was: national codes, `''` among them where it may be anybody's. */
export interface ChangedDay {
  readonly institution: string;
  readonly day: number;
  readonly practitioners: readonly string[];
}

/** What the key of a revision says of whose work it is, as far as it matters elsewhere. */
export const namedByKey = (key: string | null): readonly string[] =>
  (practitionersIn(key) ?? ['']).filter((code) => code === '' || isNationalCode(code));

/** Notes what changed, in the transaction that changes it: `markNoted` marks the days. */
export async function noteChanged(client: PoolClient, revisionIds: readonly number[]): Promise<void> {
  if (revisionIds.length === 0) return;
  await client.query(prepared('INSERT INTO window_change (revision_ids) VALUES ($1)', [revisionIds]));
}

/** A batch has a row of its own: these are some tens of thousands of claims at most. */
const changesAtOnceMax = 50;

/** Marks the days of what was noted. @returns whether there may be more */
export async function markNoted(client: PoolClient): Promise<boolean> {
  const { rows: noted } = await client.query<{ revision_ids: string[]; changed_at: Date }>(
    `DELETE FROM window_change WHERE id = ANY(ARRAY(SELECT id FROM window_change ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED))
     RETURNING revision_ids, changed_at`,
    [changesAtOnceMax],
  );
  if (noted.length === 0) return false;
  const { rows } = await client.query<{ fixmedins_code: string; day: number; keys: (string | null)[] }>(
    // OFFSET 0: revision by revision, through the key.
    `SELECT r.fixmedins_code, ${beginDay('r')} AS day, array_agg(DISTINCT r.practitioners) AS keys FROM unnest($1::bigint[]) AS k(id)
      CROSS JOIN LATERAL (SELECT * FROM claim_revision WHERE id = k.id OFFSET 0) AS r GROUP BY 1, 2`,
    [noted.flatMap(({ revision_ids }) => revision_ids)],
  );
  await markDays(
    client,
    rows.map(({ fixmedins_code, day, keys }) => ({
      institution: fixmedins_code,
      day,
      practitioners: keys.flatMap(namedByKey),
    })),
    new Date(Math.min(...noted.map(({ changed_at }) => changed_at.getTime()))),
  );
  return noted.length === changesAtOnceMax;
}

/** Stands for `''` in what is sent: PostgreSQL's own way to write it would have to be quoted. */
const anybody = '-';

/** Marks days: whatever visits say now, and said before, may change what rules over windows say. Who worked where is written down beside it. */
export async function markDays(
  client: PoolClient,
  changed: readonly ChangedDay[],
  changedAt: Date | null = null,
): Promise<void> {
  const marks = new Map<string, { institution: string; day: number; codes: Set<string> }>();
  const places = new Map<string, { practitioner: string; institution: string }>();
  for (const { institution, day, practitioners } of changed) {
    const key = `${institution} ${day}`;
    let mark = marks.get(key);
    if (mark === undefined) marks.set(key, (mark = { institution, day, codes: new Set() }));
    for (const practitioner of practitioners) {
      mark.codes.add(practitioner === '' ? anybody : practitioner);
      if (practitioner !== '') places.set(`${practitioner} ${institution}`, { practitioner, institution });
    }
  }
  const [days, worked] = [[...marks.values()], [...places.values()]];
  if (days.length > 0)
    await client.query(
      prepared(
        `INSERT INTO window_mark (fixmedins_code, day, practitioners, marked_at)
         SELECT k.code, k.day, array_replace(k.codes::text[], '${anybody}', ''), coalesce($4, now())
           FROM unnest($1::text[], $2::int[], $3::text[]) AS k(code, day, codes)`,
        [
          days.map(({ institution }) => institution),
          days.map(({ day }) => day),
          days.map(({ codes }) => `{${[...codes].join(',')}}`),
          changedAt,
        ],
      ),
    );
  if (worked.length > 0)
    await client.query(
      prepared(
        `INSERT INTO practitioner_place (practitioner, fixmedins_code)
         SELECT k.practitioner, k.code FROM unnest($1::text[], $2::text[]) AS k(practitioner, code)
          WHERE (SELECT true FROM practitioner_place l WHERE l.practitioner = k.practitioner AND l.fixmedins_code = k.code LIMIT 1) IS NULL`,
        [worked.map(({ practitioner }) => practitioner), worked.map(({ institution }) => institution)],
      ),
    );
}

/** Where each of these has worked, of those who worked at several institutions. */
export async function placesOf(client: Pool | PoolClient, practitioners: readonly string[]): Promise<Places> {
  if (practitioners.length === 0) return noPlaces;
  const { rows } = await client.query<{ practitioner: string; codes: string[] }>(
    prepared(
      `SELECT l.practitioner, array_agg(DISTINCT l.fixmedins_code ORDER BY l.fixmedins_code) AS codes
         FROM unnest($1::text[]) AS k(code) JOIN practitioner_place l ON l.practitioner = k.code
        GROUP BY 1 HAVING min(l.fixmedins_code) <> max(l.fixmedins_code)`,
      [practitioners],
    ),
  );
  return new Map(rows.map(({ practitioner, codes }) => [practitioner, codes]));
}

/** 'work': one transaction at a time judges the days of a practitioner. */
const practitionerLockSpace = 0x776f726b;

/** Until the end of the transaction, where nobody else is at any of them. Nobody waits, so nobody waits in a ring. */
export async function holdPractitioners(
  client: PoolClient,
  practitioners: readonly string[],
): Promise<boolean> {
  if (practitioners.length === 0) return true;
  const { rows } = await client.query<{ held: boolean }>(
    `SELECT bool_and(pg_try_advisory_xact_lock($1, hashtext(k.code))) AS held FROM unnest($2::text[]) AS k(code)`,
    [practitionerLockSpace, practitioners],
  );
  return rows[0]?.held === true;
}

/** SQL: whose day the finding `f` is about. */
const practitionerOf = (f: string): string => `${f}.body->'window'->>'practitioner'`;

/** Marks the days about which anything stands: by rules that are in force no more nobody else would look at them again. */
export async function markStanding(client: PoolClient): Promise<void> {
  await client.query(
    `INSERT INTO window_mark (fixmedins_code, day, practitioners)
     SELECT fixmedins_code, day, array_agg(DISTINCT practitioner) FROM (
       SELECT fixmedins_code, window_day AS day, coalesce(${practitionerOf('finding')}, '') AS practitioner FROM finding
        WHERE window_day IS NOT NULL AND state = 'active'
       UNION SELECT fixmedins_code, day, practitioner FROM window_undecided) stands GROUP BY 1, 2`,
  );
}

/** Whether any change or mark has waited longer than this. */
export async function hasLateMark(database: Pick<Database, 'pool'>, lateMs: number): Promise<boolean> {
  const { rows } = await database.pool.query<{ late: boolean | null }>(
    `SELECT least((SELECT marked_at FROM window_mark ORDER BY id LIMIT 1), (SELECT changed_at FROM window_change ORDER BY id LIMIT 1))
              < now() - $1 * interval '1 millisecond' AS late`,
    [lateMs],
  );
  return rows[0]?.late === true;
}

export interface TakenMarks {
  readonly institution: string;
  readonly marks: readonly {
    readonly id: number;
    readonly day: number;
    readonly practitioners: readonly string[];
  }[];
}

/** 'wind': one transaction at a time judges the windows of an institution. */
const lockSpace = 0x77696e64;
/** Marks among which institutions are looked for that nobody is at. */
const marksLookedAtMax = 2_000;
/** Institutions that are taken at once: most have few visits a day, and each transaction costs some ten statements. */
const institutionsTakenMax = 60;
/**
 * Takes institutions that have waited longest and that nobody else is at, until the end of the transaction. Everything that their marks speak of
 * was committed before them, so what is read after this has all of it; what comes later has marks of its own, which stay. What failed before
 * goes alone.
 * @param daysMax days that may lie between the first mark of an institution that is taken and the last
 */
export async function takeMarks(client: PoolClient, daysMax: number): Promise<TakenMarks[]> {
  const { rows: waiting } = await client.query<{ fixmedins_code: string; failures: number }>(
    `SELECT fixmedins_code, max(failures) AS failures FROM (SELECT id, fixmedins_code, failures FROM window_mark
        WHERE not_before IS NULL OR not_before <= clock_timestamp() ORDER BY id LIMIT $1) m GROUP BY 1 ORDER BY min(id)`,
    [marksLookedAtMax],
  );
  const [first] = waiting;
  if (first === undefined) return [];
  const wanted = (first.failures > 0 ? [first] : waiting.filter(({ failures }) => failures === 0))
    .slice(0, institutionsTakenMax)
    .map(({ fixmedins_code }) => fixmedins_code);
  const { rows: locked } = await client.query<{ fixmedins_code: string }>(
    `SELECT k.code AS fixmedins_code FROM unnest($2::text[]) WITH ORDINALITY AS k(code, place)
      WHERE pg_try_advisory_xact_lock($1, hashtext(k.code)) ORDER BY k.place`,
    [lockSpace, wanted],
  );
  // Whoever was at them until now may have taken them all.
  const { rows: marks } = await client.query<{
    fixmedins_code: string;
    id: number;
    day: number;
    practitioners: string[];
  }>(
    `SELECT k.code AS fixmedins_code, m.id, m.day, m.practitioners FROM unnest($1::text[]) WITH ORDINALITY AS k(code, place)
      CROSS JOIN LATERAL (SELECT id, day, practitioners FROM window_mark WHERE fixmedins_code = k.code
         AND day < (SELECT min(day) FROM window_mark WHERE fixmedins_code = k.code) + $2) AS m
      ORDER BY k.place, m.day`,
    [locked.map(({ fixmedins_code }) => fixmedins_code), daysMax],
  );
  const taken: {
    institution: string;
    marks: { id: number; day: number; practitioners: string[] }[];
  }[] = [];
  for (const { fixmedins_code: institution, ...mark } of marks) {
    let own = taken.at(-1);
    if (own?.institution !== institution) {
      own = { institution, marks: [] };
      taken.push(own);
    }
    own.marks.push(mark);
  }
  return taken;
}

export async function dropMarks(client: PoolClient, taken: readonly TakenMarks[]): Promise<void> {
  const ids = taken.flatMap(({ marks }) => marks.map(({ id }) => id));
  await client.query('DELETE FROM window_mark WHERE id = ANY($1)', [ids]);
}

/** Puts off what failed, twice as long each time: others go first. */
export async function putOff(
  database: Pick<Database, 'pool'>,
  institutions: readonly string[],
): Promise<void> {
  await database.pool.query(
    `UPDATE window_mark SET failures = least(failures + 1, $2),
            not_before = clock_timestamp() + interval '1 second' * power(2, least(failures + 1, $2))
      WHERE fixmedins_code = ANY($1)`,
    [institutions, failuresCountedMax],
  );
}

/** 2^12 seconds are a little more than an hour. */
const failuresCountedMax = 12;

/** Days of an institution, both inclusive. */
export interface Stretch {
  readonly institution: string;
  readonly fromDay: number;
  readonly toDay: number;
}

interface LightRow {
  readonly fixmedins_code: string;
  readonly id: number;
  readonly psn_no: string;
  readonly mdtrt_id: string;
  readonly med_type: string;
  readonly day: number;
  readonly second: number;
  readonly medfee: string | null;
  readonly practitioners: string | null;
}

/** SQL: what `lightOf` takes of a revision `r`. */
const lightColumns = `r.fixmedins_code, r.id, r.psn_no, r.mdtrt_id, r.med_type, r.practitioners, ${beginDay('r')} AS day,
  extract(epoch FROM r.begntime - r.begntime::date)::int AS second,
  CASE WHEN (SELECT true FROM claim_revision f WHERE f.fixmedins_code = r.fixmedins_code AND f.refd_setl_id = r.setl_id LIMIT 1) IS NULL
       THEN r.medfee_sumamt::text END AS medfee`;

const lightOf = ({
  fixmedins_code,
  id,
  psn_no,
  mdtrt_id,
  med_type,
  day,
  second,
  medfee,
  practitioners,
}: LightRow): LightVisit => ({
  id,
  institution: fixmedins_code,
  psnNo: psn_no,
  mdtrtId: mdtrt_id,
  medType: med_type,
  day,
  second: secondOfDay(day) + second,
  medfee,
  // Refunds may take away what somebody ordered.
  practitioners: medfee === null ? null : practitionersIn(practitioners),
  named: practitionersIn(practitioners),
});

/** SQL: revisions `r` of visits that began in the stretches of `valuesOf`, as they count now. */
const withinStretches = `unnest($1::text[], $2::int[], $3::int[]) AS k(code, from_day, to_day)
        CROSS JOIN LATERAL (SELECT * FROM claim_revision WHERE fixmedins_code = k.code AND begntime >= date '1970-01-01' + k.from_day
                               AND begntime < date '1970-01-01' + k.to_day + 1 OFFSET 0) AS r
        WHERE r.refd_setl_id IS NULL AND ${isCurrent}`;

/** SQL: the key of `r` names one of a list, or does not say whose work the visit is after refunds. */
const mayBeBy = (list: string): string =>
  `r.practitioners IS NULL OR r.practitioners = ANY(${list}) OR string_to_array(r.practitioners, chr(${practitionerSeparator})) && ${list}
               OR (SELECT true FROM claim_revision f WHERE f.fixmedins_code = r.fixmedins_code AND f.refd_setl_id = r.setl_id LIMIT 1) IS NOT NULL`;

/** Visits that began in these stretches, as they count now, by institution. */
export async function visitsWithin(
  client: Pool | PoolClient,
  stretches: readonly Stretch[],
): Promise<Map<string, LightVisit[]>> {
  const { rows } = await client.query<LightRow>(
    prepared(`SELECT ${lightColumns} FROM ${withinStretches}`, valuesOf(stretches)),
  );
  const houses = new Map<string, LightVisit[]>();
  for (const row of rows) {
    const list = houses.get(row.fixmedins_code);
    if (list === undefined) houses.set(row.fixmedins_code, [lightOf(row)]);
    else list.push(lightOf(row));
  }
  return houses;
}

/** Those of them that may be the work of one of these. */
export async function visitsNaming(
  client: Pool | PoolClient,
  stretches: readonly Stretch[],
  practitioners: readonly string[],
): Promise<LightVisit[]> {
  const { rows } = await client.query<LightRow>(
    prepared(`SELECT ${lightColumns} FROM ${withinStretches} AND (${mayBeBy('$4::text[]')})`, [
      ...valuesOf(stretches),
      [...practitioners, ''],
    ]),
  );
  return rows.map(lightOf);
}

/** Days of an institution as somebody asks about them whose own settlements are not to be counted as they are stored. */
export interface Asked extends Stretch {
  /** `setl_id` */
  readonly without: readonly string[];
}

const ofAsked = `r.fixmedins_code = $1 AND r.begntime >= date '1970-01-01' + $2::int AND r.begntime < date '1970-01-01' + $3::int + 1
  AND r.setl_id <> ALL($4::text[]) AND r.refd_setl_id IS NULL AND ${isCurrent}`;
const valuesOfAsked = ({ institution, fromDay, toDay, without }: Asked): unknown[] => [
  institution,
  fromDay,
  toDay,
  without,
];

export async function visitsOf(client: Pool | PoolClient, asked: Asked): Promise<LightVisit[]> {
  const { rows } = await client.query<LightRow>(
    prepared(`SELECT ${lightColumns} FROM claim_revision r WHERE ${ofAsked}`, valuesOfAsked(asked)),
  );
  return rows.map(lightOf);
}

/** What a visit in the making shares with others of its sets. */
export interface Shared {
  /** Whose work it is, `''` for nobody; `null`: anybody's. */
  readonly practitioners: readonly string[] | null;
  /** What it cost. */
  readonly medfee: string;
  readonly psnNo: string;
  /** How many days before it the person's own visits matter. */
  readonly daysBefore: number;
}

/**
 * Visits of the days that may be by one of the practitioners, or that cost as much – what refunds change may be anybody's and cost anything –
 * and the person's own visits before.
 */
export async function visitsSharing(
  client: Pool | PoolClient,
  asked: Asked,
  { practitioners, medfee, psnNo, daysBefore }: Shared,
): Promise<LightVisit[]> {
  const { rows } = await client.query<LightRow>(
    prepared(
      `SELECT ${lightColumns} FROM claim_revision r WHERE ${ofAsked}
          AND ($5::text[] IS NULL OR r.medfee_sumamt = $6::numeric OR ${mayBeBy('$5::text[]')})
       UNION ALL
       SELECT ${lightColumns} FROM claim_revision r
        WHERE r.psn_no = $7 AND r.last_day >= $2::int - $8::int AND r.first_day < $2::int AND r.fixmedins_code = $1
          AND r.begntime >= date '1970-01-01' + $2::int - $8::int AND r.begntime < date '1970-01-01' + $2::int
          AND r.setl_id <> ALL($4::text[]) AND r.refd_setl_id IS NULL AND ${isCurrent}`,
      [...valuesOfAsked(asked), practitioners, medfee, psnNo, daysBefore],
    ),
  );
  return rows.map(lightOf);
}

/** Found by person: of a hospital with thousands of visits a day little is looked at. */
export async function visitsOfPersons(
  client: Pool | PoolClient,
  asked: Asked,
  persons: readonly string[],
): Promise<LightVisit[]> {
  const { rows } = await client.query<LightRow>(
    prepared(
      `SELECT ${lightColumns} FROM unnest($5::text[]) AS k(psn_no)
        CROSS JOIN LATERAL (SELECT * FROM claim_revision WHERE psn_no = k.psn_no AND last_day >= $2::int AND first_day <= $3::int OFFSET 0) AS r
        WHERE ${ofAsked}`,
      [...valuesOfAsked(asked), persons],
    ),
  );
  return rows.map(lightOf);
}

/** What is known about a window. */
export type KnownOfWindow = Known & {
  readonly finding_id: string;
  readonly rule_code: string;
  readonly fixmedins_code: string;
  readonly window_day: number;
  readonly practitioner: string | null;
};

/** What stands about windows that end in these stretches. */
export async function knownOfWindows(
  client: PoolClient,
  stretches: readonly Stretch[],
): Promise<KnownOfWindow[]> {
  const { rows } = await client.query<KnownOfWindow>(
    prepared(
      `SELECT ${knownFinding}, f.rule_code, f.fixmedins_code, f.window_day, ${practitionerOf('f')} AS practitioner FROM unnest($1::text[], $2::int[], $3::int[]) AS k(code, from_day, to_day)
         JOIN finding f ON f.fixmedins_code = k.code AND f.window_day >= k.from_day AND f.window_day <= k.to_day`,
      valuesOf(stretches),
    ),
  );
  return rows;
}

const valuesOf = (stretches: readonly Stretch[]): [string[], number[], number[]] => [
  stretches.map(({ institution }) => institution),
  stretches.map(({ fromDay }) => fromDay),
  stretches.map(({ toDay }) => toDay),
];

export interface UndecidedWindow {
  readonly fixmedins_code: string;
  readonly setl_id: string;
  readonly psn_no: string;
  readonly rule_code: string;
  readonly day: number;
  readonly missing: readonly string[];
  /** National code. */
  readonly practitioner?: string | undefined;
}

/** What cannot be judged, as it stands. */
export type StandingUndecided = Omit<UndecidedWindow, 'missing' | 'psn_no' | 'practitioner'> & {
  readonly practitioner: string;
};

export async function undecidedOfWindows(
  client: PoolClient,
  stretches: readonly Stretch[],
): Promise<StandingUndecided[]> {
  const { rows } = await client.query<StandingUndecided>(
    prepared(
      `SELECT DISTINCT u.fixmedins_code, u.setl_id, u.rule_code, u.day, u.practitioner FROM unnest($1::text[], $2::int[], $3::int[]) AS k(code, from_day, to_day)
         JOIN window_undecided u ON u.fixmedins_code = k.code AND u.day >= k.from_day AND u.day <= k.to_day`,
      valuesOf(stretches),
    ),
  );
  return rows;
}

export async function replaceUndecided(
  client: PoolClient,
  gone: readonly StandingUndecided[],
  undecided: readonly UndecidedWindow[],
): Promise<void> {
  const column = <Row, Value>(all: readonly Row[], pick: (row: Row) => Value): Value[] => all.map(pick);
  if (gone.length > 0)
    await client.query(
      `DELETE FROM window_undecided u USING unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS k(code, setl_id, rule_code, practitioner)
        WHERE u.fixmedins_code = k.code AND u.setl_id = k.setl_id AND u.rule_code = k.rule_code AND u.practitioner = k.practitioner`,
      [
        column(gone, ({ fixmedins_code }) => fixmedins_code),
        column(gone, ({ setl_id }) => setl_id),
        column(gone, ({ rule_code }) => rule_code),
        column(gone, ({ practitioner }) => practitioner),
      ],
    );
  if (undecided.length > 0)
    await client.query(
      `INSERT INTO window_undecided (fixmedins_code, setl_id, rule_code, psn_no, day, missing, practitioner)
       SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int[], $6::jsonb[], $7::text[])
       ON CONFLICT (fixmedins_code, setl_id, rule_code, practitioner) DO UPDATE SET psn_no = excluded.psn_no, day = excluded.day, missing = excluded.missing`,
      [
        column(undecided, ({ fixmedins_code }) => fixmedins_code),
        column(undecided, ({ setl_id }) => setl_id),
        column(undecided, ({ rule_code }) => rule_code),
        column(undecided, ({ psn_no }) => psn_no),
        column(undecided, ({ day }) => day),
        column(undecided, ({ missing }) => JSON.stringify(missing)),
        column(undecided, ({ practitioner }) => practitioner ?? ''),
      ],
    );
}

/**
 * Days at institutions on which these persons' visits began and that fall to them: of all persons who were there on a day one is drawn by lot, so
 * that a walk over all persons comes by each day once, and has about as many in each of its parts.
 */
export async function windowsOfLot(
  client: PoolClient,
  persons: readonly string[],
): Promise<{ readonly fixmedins_code: string; readonly day: number }[]> {
  const { rows } = await client.query<{ fixmedins_code: string; day: number }>(
    `WITH days AS (SELECT DISTINCT r.fixmedins_code, ${beginDay('r')} AS day FROM claim_revision r WHERE r.psn_no = ANY($1) AND ${isCurrent})
     SELECT k.fixmedins_code, k.day FROM days k
      CROSS JOIN LATERAL (SELECT r.psn_no FROM claim_revision r
         WHERE r.fixmedins_code = k.fixmedins_code AND r.begntime >= date '1970-01-01' + k.day AND r.begntime < date '1970-01-01' + k.day + 1
           AND ${isCurrent} ORDER BY hashtextextended(r.psn_no, k.day), r.psn_no LIMIT 1) AS drawn
      WHERE drawn.psn_no = ANY($1) ORDER BY 1, 2`,
    [persons],
  );
  return rows;
}
