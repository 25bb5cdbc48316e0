/** The database of warnings given out over the national contract and of what hospitals did about them. */
import { systemActor } from '../../audit/actor.ts';
import { recordEvents } from '../../audit/store.ts';
import { parameters, seenSql, type Sight } from '../../people/sight.ts';
import { type Database, transaction } from '../../platform/database.ts';
import { type FeedbackQuery, type FeedbackSummary, feedbackGroupsMax } from './contract.ts';
import type { Feedback } from './feedback.ts';
import type { Warning } from './records.ts';

/** Hospitals' programs, which have no accounts yet. */
const actor = systemActor('national');

/** Remembers records before they are given out. What is remembered already stays as it is, with the time when it was first given. */
export async function rememberWarnings(database: Database, warnings: readonly Warning[]): Promise<void> {
  if (warnings.length === 0) return;
  const column = <Value>(of: (warning: Warning) => Value): Value[] => warnings.map(of);
  // In the order of ids, so that a request and its retry never wait for each other in a ring.
  await database.pool.query(
    `INSERT INTO audit_warning (jr_id, rule_code, rule_version, fixmedins_code, mdtrt_id, doctor, department, warn_type)
     SELECT DISTINCT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
      ORDER BY 1
     ON CONFLICT (jr_id) DO NOTHING`,
    [
      column(({ jr_id }) => jr_id),
      column(({ rule_code }) => rule_code),
      column(({ rule_version }) => rule_version),
      column(({ fixmedins_code }) => fixmedins_code),
      column(({ mdtrt_id }) => mdtrt_id),
      column(({ doctor }) => doctor),
      column(({ department }) => department),
      column(({ warn_type }) => warn_type),
    ],
  );
}

export type FeedbackResult =
  | { ok: true; stored: number; unchanged: number }
  | { ok: false; unknown: readonly string[] };

/** All answers or none; ids must differ. Warnings that are not seen are as if they had not been given. The same answer again changes nothing; another one takes the place of the former. */
export async function storeFeedback(
  database: Database,
  answers: readonly Feedback[],
  sight: Sight,
): Promise<FeedbackResult> {
  const ids = answers.map(({ jr_id }) => jr_id);
  const { values, bind } = parameters(ids);
  return transaction(database, async (client) => {
    const { rows: unknown } = await client.query<{ id: string }>(
      `SELECT id FROM unnest($1::text[]) AS id
        WHERE NOT EXISTS (SELECT 1 FROM audit_warning w WHERE w.jr_id = id AND ${seenSql(sight, 'w.fixmedins_code', bind)})`,
      values,
    );
    if (unknown.length > 0) return { ok: false, unknown: unknown.map(({ id }) => id) };
    // Always in the same order, so that two requests about the same warnings never wait in a ring.
    const { rows } = await client.query<{ jr_id: string; dspo_way: string; revision: number }>(
      `INSERT INTO audit_feedback AS f (jr_id, warn_type, dspo_way, dspo_way_rea)
       SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS u(jr_id, warn_type, dspo_way, reason) ORDER BY u.jr_id
       ON CONFLICT (jr_id) DO UPDATE SET warn_type = excluded.warn_type, dspo_way = excluded.dspo_way,
         dspo_way_rea = excluded.dspo_way_rea, revision = f.revision + 1, received_at = now()
       WHERE (f.warn_type, f.dspo_way, f.dspo_way_rea) IS DISTINCT FROM (excluded.warn_type, excluded.dspo_way, excluded.dspo_way_rea)
       RETURNING jr_id, dspo_way, revision`,
      [
        ids,
        answers.map(({ warn_type }) => warn_type),
        answers.map(({ dspo_way }) => dspo_way),
        answers.map(({ reason }) => reason),
      ],
    );
    await recordEvents(
      client,
      actor,
      rows.map(({ jr_id, ...detail }) => ({ kind: 'national.feedback_stored', key: jr_id, detail })),
    );
    const stored = rows.length;
    return { ok: true, stored, unchanged: answers.length - stored };
  });
}

interface Counts {
  readonly warnings: number;
  readonly continued: number;
  readonly changed: number;
}

const countsSql = `count(*) AS warnings, count(*) FILTER (WHERE f.dspo_way = '1') AS continued,
  count(*) FILTER (WHERE f.dspo_way = '2') AS changed`;

export async function feedbackSummary(
  database: Database,
  query: FeedbackQuery,
  sight: Sight,
): Promise<FeedbackSummary> {
  const { values, bind } = parameters();
  const conditions = [seenSql(sight, 'w.fixmedins_code', bind)];
  const where = (sql: string, value: string | undefined): void => {
    if (value !== undefined) conditions.push(sql.replace('?', () => bind(value)));
  };
  where(`w.given_at >= ?::timestamp AT TIME ZONE 'Asia/Shanghai'`, query.from);
  where(`w.given_at < ?::timestamp AT TIME ZONE 'Asia/Shanghai'`, query.to);
  where('w.fixmedins_code = ?', query.fixmedins_code);
  where('w.rule_code = ?', query.rule_code);
  where('w.warn_type = ?', query.warn_type);
  const of = (more: readonly string[] = []): string => {
    const all = [...conditions, ...more];
    return `FROM audit_warning w LEFT JOIN audit_feedback f USING (jr_id) WHERE ${all.join(' AND ')}`;
  };
  const read = async <Row extends object>(sql: string): Promise<Row[]> =>
    (await database.pool.query<Row>(sql, values)).rows;
  const [[all], by_rule, by_doctor, by_department] = await Promise.all([
    read<Counts>(`SELECT ${countsSql} ${of()}`),
    read<FeedbackSummary['by_rule'][number]>(
      `SELECT w.rule_code, ${countsSql} ${of()} GROUP BY 1 ORDER BY 2 DESC, 1`,
    ),
    // A missing code is nobody's: counted together, such warnings would make one very bad doctor.
    read<FeedbackSummary['by_doctor'][number]>(
      `SELECT w.fixmedins_code, w.doctor, ${countsSql} ${of(['w.doctor IS NOT NULL'])}
        GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT ${feedbackGroupsMax}`,
    ),
    read<FeedbackSummary['by_department'][number]>(
      `SELECT w.fixmedins_code, w.department, ${countsSql} ${of(['w.department IS NOT NULL'])}
        GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT ${feedbackGroupsMax}`,
    ),
  ]);
  return { ...(all ?? { warnings: 0, continued: 0, changed: 0 }), by_rule, by_doctor, by_department };
}
