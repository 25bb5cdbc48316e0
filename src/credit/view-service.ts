/** What people see of credit: subjects with their grades, one subject with everything, suspensions, and the ledger as a file. */
import type { Actor } from '../audit/actor.ts';
import { recordEvents } from '../audit/store.ts';
import type { Who } from '../people/identify.ts';
import { dayOf, formatDay } from '../platform/civil.ts';
import { type Database, transaction } from '../platform/database.ts';
import type { CreditEntry, CreditSubject, SubjectKind } from './contract.ts';
import { headerLine, noHash, type Row, rowLine, unlinked } from './ledger.ts';
import {
  type CreditSchemes,
  type Objection,
  type Publication,
  type PublicationAction,
  type SubjectDetail,
  subjectEntriesMax,
  type SubjectRow,
  type SubjectsPage,
  subjectsPageMax,
  type Suspensions,
  suspensionsMax,
} from './publication-contract.ts';
import { addMonths } from './months.ts';
import { refusalOf } from './publication-states.ts';
import { type Risks, risksMax } from './risk-contract.ts';
import { riskIndex } from './risk-index.ts';
import { storedMeasures } from './risk-store.ts';
import { institutionNames } from '../screening/store.ts';
import { score } from './score.ts';
import type { Scheme } from './scheme-contract.ts';
import type { Score } from './score-contract.ts';
import { agrees, askerOf, type CreditDeps, noticeRefusal, schemesFor } from './service.ts';
import {
  entriesOfSubject,
  lastLink,
  ledgerPage,
  objectionsOf,
  publicationsOf,
  type StoredObjection,
  type StoredPublication,
  subjectAt,
  subjectsAfter,
} from './store.ts';
import { suspensionsOf } from './suspensions.ts';

const pageRows = 1_000;

export const schemeList = ({ schemes }: Pick<CreditDeps, 'schemes'>): CreditSchemes => ({
  items: schemes.map(({ scheme, examples }) => ({
    code: scheme.code,
    area: scheme.area,
    name: scheme.name,
    is_example: scheme.is_example,
    method: scheme.method,
    subjects: scheme.subjects,
    effective: scheme.effective,
    objection_period: scheme.objection_period,
    basis: scheme.basis,
    facts: scheme.facts.map(({ fact, name }) => ({ fact, name })),
    examples,
  })),
});

export async function subjectsPage(
  deps: CreditDeps,
  actor: Actor,
  kind: SubjectKind,
  after: number,
): Promise<SubjectsPage> {
  const asOf = deps.asOf();
  const as_of = formatDay(asOf);
  const { pool } = deps.database;
  const schemes = schemesFor(deps, kind, actor.area, as_of);
  const found = await subjectsAfter(pool, kind, after, subjectsPageMax + 1);
  const shown = found.slice(0, subjectsPageMax);
  const names = await subjectNames(
    pool,
    kind,
    shown.map(({ subject_key }) => subject_key),
  );
  const items: SubjectRow[] = [];
  for (const { first_seq, subject_key, open_objections } of shown) {
    const subject: CreditSubject = { kind, key: subject_key };
    const entries = plain(await entriesOfSubject(pool, subject, subjectEntriesMax));
    items.push({
      first_seq,
      subject,
      subject_name: names.get(subject_key) ?? null,
      entries: entries.length,
      last_day: entries.reduce((last, { day }) => (day > last ? day : last), ''),
      grades: schemes.map((scheme) => gradeOf(score(entries, scheme, asOf))),
      open_objections,
    });
  }
  return { as_of, items, next: found.length > shown.length ? (shown.at(-1)?.first_seq ?? null) : null };
}

const subjectNames = async (
  pool: Database['pool'],
  kind: SubjectKind,
  keys: readonly string[],
): Promise<ReadonlyMap<string, string>> =>
  kind === 'institution' ? institutionNames(pool, keys) : new Map();

const plain = (rows: readonly Row[]): CreditEntry[] => rows.map(({ entry }) => unlinked(entry));

const gradeOf = ({ scheme, grade, points_hundredths }: Score): SubjectRow['grades'][number] => ({
  scheme: scheme.code,
  is_example: scheme.is_example,
  ...grade,
  points_hundredths,
});

export async function subjectDetail(
  deps: CreditDeps,
  who: Who,
  firstSeq: number,
): Promise<SubjectDetail | null> {
  const { pool } = deps.database;
  const subject = await subjectAt(pool, firstSeq);
  if (subject === null) return null;
  const asOf = deps.asOf();
  const as_of = formatDay(asOf);
  const rows = await entriesOfSubject(pool, subject, subjectEntriesMax);
  const schemes = schemesFor(deps, subject.kind, who.actor.area, as_of);
  const scores = schemes.map((scheme) => score(plain(rows), scheme, asOf));
  const names = await subjectNames(pool, subject.kind, [subject.key]);
  const publications = await publicationsOf(pool, subject);
  const objections = await objectionsOf(
    pool,
    publications.map(({ id }) => id),
  );
  return {
    first_seq: firstSeq,
    subject,
    subject_name: names.get(subject.key) ?? null,
    as_of,
    scores,
    entries: rows.map(({ entry, hash }) => ({ entry: unlinked(entry), hash })),
    publications: publications.map((publication) =>
      publicationView(
        publication,
        objections.filter(({ publication_id }) => publication_id === publication.id),
        scores,
        askerOf(deps, who),
      ),
    ),
    notice_refusals: Object.fromEntries(
      schemes.map(({ code }) => [code, noticeRefusal(publications, code, who.permissions)]),
    ),
  };
}

function publicationView(
  publication: StoredPublication,
  objections: readonly StoredObjection[],
  scores: readonly Score[],
  asker: ReturnType<typeof askerOf>,
): Publication {
  const now = scores.find(({ scheme }) => scheme.code === publication.scheme_code);
  const facts = { ...publication, isStillSo: now !== undefined && agrees(publication, now) };
  const refusal = (action: PublicationAction) => refusalOf(action, facts, asker);
  return {
    id: publication.id,
    scheme_code: publication.scheme_code,
    as_of: publication.as_of,
    grade: publication.grade,
    grade_name: publication.grade_name,
    points_hundredths: publication.points_hundredths,
    state: publication.state,
    objection_until: publication.objection_until,
    account: publication.account,
    published_by: publication.published_by,
    withdrawn_by: publication.withdrawn_by,
    withdrawn_reason: publication.withdrawn_reason,
    is_still_so: facts.isStillSo,
    created_at: publication.created_at.toISOString(),
    objections: objections.map(objectionView),
    refusals: {
      object: refusal('object'),
      decide: refusal('decide'),
      publish: refusal('publish'),
      withdraw: refusal('withdraw'),
    },
  };
}

const objectionView = ({
  publication_id: _of,
  raised_at,
  decided_at,
  ...rest
}: StoredObjection): Objection => ({
  ...rest,
  raised_at: raised_at.toISOString(),
  decided_at: decided_at?.toISOString() ?? null,
});

/** Every period of every person, by the personnel scheme of the place. */
export async function suspensionList(deps: CreditDeps, actor: Actor): Promise<Suspensions | null> {
  const asOf = deps.asOf();
  const as_of = formatDay(asOf);
  const scheme = schemesFor(deps, 'doctor', actor.area, as_of).find(isNaturalYear);
  if (scheme === undefined) return null;
  const entries: CreditEntry[] = [];
  for (let after = 0; ; ) {
    const page = await ledgerPage(deps.database.pool, after, pageRows, scheme.subjects);
    entries.push(...plain(page));
    if (page.length < pageRows) break;
    after = page.at(-1)?.entry.seq ?? after;
  }
  const items = suspensionsOf(entries, scheme, asOf);
  if (items.length > suspensionsMax) throw new Error(`more than ${suspensionsMax} suspensions`);
  return { as_of, scheme: scheme.code, items };
}

const isNaturalYear = (scheme: Scheme): scheme is Extract<Scheme, { method: 'natural_year' }> =>
  scheme.method === 'natural_year';

/** The index of every institution of the last year; empty: nothing is ranked here. */
export async function risksOf({
  database,
  risk = null,
  asOf,
}: Pick<CreditDeps, 'risk' | 'asOf'> & { readonly database: Pick<Database, 'pool'> }): Promise<
  Map<string, number>
> {
  if (risk === null) return new Map();
  const to = formatDay(asOf() + 1);
  const from = formatDay(addMonths(asOf() + 1, -12));
  const measures = await storedMeasures(database.pool, { from, to, peersMin: risk.peers_min });
  return new Map(
    riskIndex(measures, risk).map(({ institution, index_hundredths }) => [institution, index_hundredths]),
  );
}

/** Where to look first. `null`: the installation has no document of the index. */
export async function riskList(
  { database, risk = null, asOf }: CreditDeps,
  period: { readonly from?: string | undefined; readonly to?: string | undefined },
): Promise<Risks | null> {
  if (risk === null) return null;
  const to = period.to ?? formatDay(asOf() + 1);
  const from = period.from ?? formatDay(addMonths(dayOf(to) ?? asOf(), -12));
  const measures = await storedMeasures(database.pool, { from, to, peersMin: risk.peers_min });
  const items = riskIndex(measures, risk).slice(0, risksMax);
  const names = await institutionNames(
    database.pool,
    items.map(({ institution }) => institution),
  );
  return {
    from,
    to,
    document: risk,
    institutions: measures.size,
    items: items.map(({ parts, ...each }) => ({
      ...each,
      name: names.get(each.institution) ?? null,
      parts: [...parts],
    })),
  };
}

/** The lines of the whole ledger as it stands now; that it left the system is on record. */
export async function* exportLedger(
  deps: Pick<CreditDeps, 'database'>,
  actor: Actor,
): AsyncGenerator<string> {
  const last = await transaction(deps.database, async (client) => {
    const link = await lastLink(client);
    await recordEvents(client, actor, [
      {
        kind: 'credit.exported',
        key: String(link?.seq ?? 0),
        detail: { entries: link?.seq ?? 0, head: link?.hash ?? noHash },
      },
    ]);
    return link;
  });
  yield headerLine(last?.seq ?? 0, last?.hash ?? noHash);
  const upTo = last?.seq ?? 0;
  for (let after = 0; after < upTo; ) {
    const page = await ledgerPage(deps.database.pool, after, Math.min(pageRows, upTo - after));
    for (const row of page) yield rowLine(row);
    after += page.length;
  }
}
