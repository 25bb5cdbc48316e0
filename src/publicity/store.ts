/** The database of publications, and what they are made of. */
import type { Pool, PoolClient } from 'pg';
import { areaPrefix } from '../people/permissions.ts';
import type { HeldCheck } from './checks.ts';
import {
  areasMax,
  dueMax,
  publicDocumentSchema,
  type PublicationKind,
  type VersionAction,
  waitingMax,
} from './contract.ts';
import { type Counted, elsewhere, type PublishedGrade } from './documents.ts';
import type { Approved } from './versions.ts';

type Client = Pool | PoolClient;

export interface StoredVersion {
  readonly id: number;
  readonly publication_id: number;
  readonly kind: PublicationKind;
  readonly source: string;
  readonly action: VersionAction;
  readonly title: string;
  readonly document: string | null;
  readonly sha256: string | null;
  readonly reason: string | null;
  readonly account: string;
  readonly at: Date;
  readonly outcome: 'approved' | 'rejected' | 'taken_back' | null;
}

const versionColumns = `v.id, v.publication_id, p.kind, p.source, v.action, v.title, v.document, v.sha256, v.reason, v.account, v.at, v.outcome
  FROM publication_version v JOIN publication p ON p.id = v.publication_id`;

/** Makes it when it is not there, and holds it: one version after the other. */
export async function holdPublication(
  client: PoolClient,
  kind: PublicationKind,
  source: string,
): Promise<number> {
  await client.query(
    'INSERT INTO publication (kind, source) VALUES ($1, $2) ON CONFLICT (kind, source) DO NOTHING',
    [kind, source],
  );
  const { rows } = await client.query<{ id: number }>(
    'SELECT id FROM publication WHERE kind = $1 AND source = $2 FOR UPDATE',
    [kind, source],
  );
  const id = rows[0]?.id;
  if (id === undefined) throw new Error('a publication was not stored');
  return id;
}

export async function insertVersion(
  client: PoolClient,
  given: Pick<
    StoredVersion,
    'publication_id' | 'action' | 'title' | 'document' | 'sha256' | 'reason' | 'account'
  >,
): Promise<number> {
  const { rows } = await client.query<{ id: number }>(
    `INSERT INTO publication_version (publication_id, action, title, document, sha256, reason, account)
     VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id`,
    [
      given.publication_id,
      given.action,
      given.title,
      given.document,
      given.sha256,
      given.reason,
      given.account,
    ],
  );
  const id = rows[0]?.id;
  if (id === undefined) throw new Error('a version was not stored');
  return id;
}

/** Held until the transaction ends; `null`: there is none. */
export async function lockVersion(client: PoolClient, id: number): Promise<StoredVersion | null> {
  const { rows } = await client.query<StoredVersion>(
    `SELECT ${versionColumns} WHERE v.id = $1 FOR UPDATE OF v`,
    [id],
  );
  return rows[0] ?? null;
}

export const decideVersion = (
  client: PoolClient,
  id: number,
  outcome: NonNullable<StoredVersion['outcome']>,
  account: string,
  reason: string,
): Promise<unknown> =>
  client.query(
    `UPDATE publication_version SET outcome = $2, decided_by = $3, decided_reason = $4, decided_at = now() WHERE id = $1`,
    [id, outcome, account, reason],
  );

/** The oldest first. */
export async function waitingVersions(client: Client): Promise<StoredVersion[]> {
  const { rows } = await client.query<StoredVersion>(
    `SELECT ${versionColumns} WHERE v.outcome IS NULL ORDER BY v.id LIMIT ${waitingMax}`,
  );
  return rows;
}

export async function isWaiting(client: Client, publicationId: number): Promise<boolean> {
  const { rows } = await client.query(
    'SELECT FROM publication_version WHERE publication_id = $1 AND outcome IS NULL',
    [publicationId],
  );
  return rows.length > 0;
}

export interface Publication {
  readonly id: number;
  readonly source: string;
  readonly title: string;
  readonly is_waiting: boolean;
  /** In the order of their approval. */
  readonly approved: readonly Approved[];
}

interface PublicationRow extends Omit<Publication, 'approved'> {
  readonly approved: readonly (Omit<Approved, 'document'> & { readonly document: string | null })[];
}

const publicationSelect = `SELECT p.id, p.source,
    (array_agg(v.title ORDER BY v.id DESC) FILTER (WHERE v.document IS NOT NULL))[1] AS title,
    EXISTS (SELECT FROM publication_version w WHERE w.publication_id = p.id AND w.outcome IS NULL) AS is_waiting,
    json_agg(json_build_object('action', v.action, 'reason', v.reason, 'document', v.document, 'sha256', v.sha256,
      'published_on', (v.decided_at AT TIME ZONE 'Asia/Shanghai')::date) ORDER BY v.decided_at, v.id) AS approved
  FROM publication p JOIN publication_version v ON v.publication_id = p.id AND v.outcome = 'approved'`;

const read = ({ approved, ...row }: PublicationRow): Publication => ({
  ...row,
  approved: approved.map(({ document, ...one }) => ({
    ...one,
    document: document === null ? null : publicDocumentSchema.parse(JSON.parse(document)),
  })),
});

/** The areas of publication `p`, as what it said last says them; of a grade by the code of the institution. */
const areasOfPublication = `(SELECT v.document::json AS said FROM publication_version v
     WHERE v.publication_id = p.id AND v.outcome = 'approved' AND v.document IS NOT NULL ORDER BY v.id DESC LIMIT 1) l
  CROSS JOIN LATERAL json_array_elements_text(CASE p.kind
    WHEN 'statistics' THEN l.said -> 'areas'
    WHEN 'grade' THEN json_build_array(substring(l.said #>> '{party,code}' FROM '^[A-Za-z]([0-9]{6})[0-9]{5}$'))
    ELSE json_build_array(l.said ->> 'area') END) AS of(area)`;

/** Published or withdrawn, what was decided last first; with the areas that occur whatever was asked for. */
export async function listPublications(
  client: Client,
  kind: PublicationKind,
  { area, page, size }: { readonly area?: string | undefined; readonly page: number; readonly size: number },
): Promise<{ readonly total: number; readonly items: Publication[]; readonly areas: string[] }> {
  const prefix = area === undefined ? '' : areaPrefix(area);
  const inArea = `($2 = '' OR EXISTS (SELECT FROM ${areasOfPublication} WHERE of.area LIKE $2 || '%'))`;
  const { rows: counted } = await client.query<{ total: number }>(
    `SELECT count(*) AS total FROM publication p WHERE p.kind = $1 AND ${inArea}
       AND EXISTS (SELECT FROM publication_version v WHERE v.publication_id = p.id AND v.outcome = 'approved')`,
    [kind, prefix],
  );
  const { rows } = await client.query<PublicationRow>(
    `${publicationSelect} WHERE p.kind = $1 AND ${inArea}
      GROUP BY p.id ORDER BY max(v.decided_at) DESC, p.id DESC LIMIT $3 OFFSET $4`,
    [kind, prefix, size, (page - 1) * size],
  );
  const { rows: places } = await client.query<{ area: string }>(
    `SELECT DISTINCT of.area FROM publication p CROSS JOIN LATERAL (SELECT of.area FROM ${areasOfPublication}) of
      WHERE p.kind = $1 AND of.area ~ '^[0-9]{6}$' ORDER BY 1 LIMIT ${areasMax}`,
    [kind],
  );
  return {
    total: counted[0]?.total ?? 0,
    items: rows.map(read),
    areas: places.map((one) => one.area),
  };
}

/** Those of certain sources, by source; what was never published is not among them. */
export async function publicationsOf(
  client: Client,
  kind: PublicationKind,
  sources: readonly string[],
): Promise<ReadonlyMap<string, Publication>> {
  const { rows } = await client.query<PublicationRow>(
    `${publicationSelect} WHERE p.kind = $1 AND p.source = ANY($2::text[]) GROUP BY p.id`,
    [kind, sources],
  );
  return new Map(rows.map((row) => [row.source, read(row)]));
}

/** Checks beside the draws that somebody may see, the last first (checks.ts says what of them). @param duedBefore day before which what was due is overdue */
export async function listChecks(
  client: Client,
  { announced, duedBefore }: { readonly announced: readonly string[]; readonly duedBefore: string },
  { area, page, size }: { readonly area: string | undefined; readonly page: number; readonly size: number },
): Promise<{ readonly total: number; readonly items: HeldCheck[]; readonly areas: string[] }> {
  const told = `(r.last IS NOT NULL OR t.kind = ANY($1::text[]))`;
  const from = `FROM inspection_task t
    CROSS JOIN LATERAL (SELECT max(id) AS last, (min(at) AT TIME ZONE 'Asia/Shanghai')::date::text AS published_on
                          FROM inspection_record WHERE task_id = t.id) r
    WHERE t.kind <> 'drawn' AND t.state <> 'cancelled'`;
  const where = `${from} AND (${told} OR t.due_day < $2)
    AND ($3 = '' OR (${told} AND t.object ->> 'admdvs' LIKE $3 || '%'))`;
  const given = [announced, duedBefore, area === undefined ? '' : areaPrefix(area)];
  const { rows: counted } = await client.query<{ total: number }>(`SELECT count(*) AS total ${where}`, given);
  const { rows: places } = await client.query<{ area: string }>(
    `SELECT DISTINCT t.object ->> 'admdvs' AS area ${from} AND ${told} AND t.object ->> 'admdvs' ~ '^[0-9]{6}$' ORDER BY 1 LIMIT ${areasMax}`,
    [announced],
  );
  const { rows } = await client.query<HeldCheck>(
    `SELECT t.id, t.kind, t.object, t.from_day, t.due_day, t.recheck_of,
            (SELECT json_build_object('checked_on', l.checked_on, 'result_code', l.result_code, 'published_on', r.published_on)
               FROM inspection_record l WHERE l.id = r.last) AS record
       ${where} ORDER BY coalesce(r.published_on, t.due_day) DESC, t.id DESC LIMIT $4 OFFSET $5`,
    [...given, size, (page - 1) * size],
  );
  return { total: counted[0]?.total ?? 0, items: rows, areas: places.map((one) => one.area) };
}

/** Kind and source of what waits for its approval, as `kind source`. */
export async function waitingSources(client: Client): Promise<ReadonlySet<string>> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT p.kind || ' ' || p.source AS name FROM publication_version v JOIN publication p ON p.id = v.publication_id
      WHERE v.outcome IS NULL`,
  );
  return new Set(rows.map(({ name }) => name));
}

/** Of each institution or company and scheme, the grade that was published last. @param only `null`: of all */
export async function lastGrades(
  client: Client,
  only: { readonly kind: string; readonly key: string; readonly scheme: string } | null,
): Promise<PublishedGrade[]> {
  const { rows } = await client.query<PublishedGrade>(
    `SELECT DISTINCT ON (subject_kind, subject_key, scheme_code) subject_kind, subject_key, scheme_code,
            score #> '{scheme,name}' AS scheme_name, (score #>> '{scheme,is_example}')::boolean AS is_example, as_of, grade,
            score #> '{grade,name}' AS grade_name, points_hundredths, state = 'withdrawn' AS is_withdrawn,
            (coalesce(withdrawn_at, published_at) AT TIME ZONE 'Asia/Shanghai')::date::text AS changed_on
       FROM credit_publication
      WHERE published_at IS NOT NULL AND subject_kind IN ('institution', 'company')
        AND ($1::text IS NULL OR (subject_kind = $1 AND subject_key = $2 AND scheme_code = $3))
      ORDER BY subject_kind, subject_key, scheme_code, id DESC`,
    [only?.kind ?? null, only?.key ?? null, only?.scheme ?? null],
  );
  return rows;
}

/** Cases with a penalty of which nothing was published yet, the oldest first. */
export async function casesToPublish(
  client: Client,
): Promise<{ readonly id: number; readonly case_no: string }[]> {
  const { rows } = await client.query<{ id: number; case_no: string }>(
    `SELECT id, case_no FROM case_file c WHERE state IN ('decided', 'served', 'closed')
        AND EXISTS (SELECT FROM case_event e WHERE e.case_id = c.id
                       AND (e.action = 'decide_summary' OR (e.action = 'decide' AND e.detail ->> 'kind' = 'penalty')))
        AND NOT EXISTS (SELECT FROM publication p JOIN publication_version v ON v.publication_id = p.id
                         WHERE p.kind = 'penalty' AND p.source = c.id::text AND v.outcome = 'approved')
      ORDER BY id LIMIT ${dueMax}`,
  );
  return rows;
}

/** Cases that are closed, the last first. */
export async function closedCases(
  client: Client,
): Promise<{ readonly id: number; readonly case_no: string }[]> {
  const { rows } = await client.query<{ id: number; case_no: string }>(
    `SELECT id, case_no FROM case_file c WHERE state = 'closed'
        AND NOT EXISTS (SELECT FROM publication p WHERE p.kind = 'typical_case' AND p.source = c.id::text)
      ORDER BY id DESC LIMIT ${dueMax}`,
  );
  return rows;
}

/** Months in which a finding was confirmed. @param from `yyyy-MM`. @param before `yyyy-MM`, no more */
export async function confirmedMonths(client: Client, from: string, before: string): Promise<string[]> {
  const { rows } = await client.query<{ month: string }>(
    `SELECT DISTINCT to_char(decided_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM') AS month FROM finding_review
      WHERE state = 'decided' AND outcome = 'confirmed'
        AND decided_at >= ($1 || '-01')::timestamp AT TIME ZONE 'Asia/Shanghai'
        AND decided_at < ($2 || '-01')::timestamp AT TIME ZONE 'Asia/Shanghai' ORDER BY 1`,
    [from, before],
  );
  return rows.map(({ month }) => month);
}

/**
 * Confirmed findings of a month with everybody they are about, by area and class, and the totals of 统筹区 and of everything.
 * @param classOf class of each rule. @param otherClass of rules that are not known any more
 */
export async function countConfirmed(
  client: Client,
  month: string,
  classOf: ReadonlyMap<string, string>,
  otherClass: string,
): Promise<Counted[]> {
  const { rows } = await client.query<Counted>(
    `WITH confirmed AS (
       SELECT f.psn_no, r.confirmed_fen, coalesce(c.of_class, $4) AS of_class,
              CASE WHEN r.fixmedins_code ~ '^[A-Za-z][0-9]{11}$' THEN substr(r.fixmedins_code, 2, 6) ELSE $5 END AS area
         FROM finding_review r JOIN finding f USING (finding_id)
         LEFT JOIN unnest($2::text[], $3::text[]) AS c(rule_code, of_class) ON c.rule_code = r.rule_code
        WHERE r.state = 'decided' AND r.outcome = 'confirmed'
          AND r.decided_at >= ($1 || '-01')::timestamp AT TIME ZONE 'Asia/Shanghai'
          AND r.decided_at < (($1 || '-01')::timestamp + interval '1 month') AT TIME ZONE 'Asia/Shanghai')
     SELECT area, pool, of_class, count(DISTINCT psn_no) AS persons, count(*) AS findings,
            coalesce(sum(confirmed_fen), 0)::int8 AS amount_fen
       FROM (SELECT *, CASE WHEN area = $5 THEN area ELSE left(area, 4) || '00' END AS pool FROM confirmed) c
      GROUP BY GROUPING SETS ((area, of_class), (area), (pool, of_class), (pool), (of_class), ()) HAVING count(*) > 0`,
    [month, [...classOf.keys()], [...classOf.values()], otherClass, elsewhere],
  );
  return rows;
}
