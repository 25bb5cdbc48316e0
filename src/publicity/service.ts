/**
 * Publications: prepared by one, approved by another. A version is the bytes of its document; what is approved is what was previewed. Step,
 * event and – of a penalty – the event of its case are one transaction.
 */
import type { PoolClient } from 'pg';
import type { AuditEvent } from '../audit/catalogue.ts';
import { canonicalJson } from '../audit/canonical-json.ts';
import { recordEvents } from '../audit/store.ts';
import { type CaseFile, caseOf } from '../cases/case-of.ts';
import { clocksOf } from '../cases/clocks.ts';
import type { CaseEvent } from '../cases/contract.ts';
import { documentsOfCase } from '../cases/document.ts';
import type { ProcedureData } from '../cases/load-procedure.ts';
import { recordPublication } from '../cases/service.ts';
import { sha256Hex } from '../cases/sha256.ts';
import { eventsOf, findCase } from '../cases/store.ts';
import type { Message } from '../claims/contract.ts';
import type { Who } from '../people/identify.ts';
import { everything } from '../people/sight.ts';
import { dayOf, dayOfSecond, formatDay } from '../platform/civil.ts';
import { type Database, transaction } from '../platform/database.ts';
import type { Vault } from '../vault/vault.ts';
import {
  type ChecksQuery,
  type DecideVersion,
  type Draft,
  type Due,
  dueMax,
  type Prepare,
  type Preview,
  type PublicDocument,
  publicDocumentSchema,
  type PublicChecks,
  type PublicityDesk,
  type PublicItem,
  type PublicPage,
  publicPageSize,
  type PublicQuery,
  type PublishedPage,
  type WaitingAct,
} from './contract.ts';
import {
  differsByFew,
  gradeDocument,
  penaltyDocument,
  type PublishedGrade,
  statisticsDocument,
  statisticsIn,
  titleOf,
  typicalCaseDocument,
} from './documents.ts';
import type { ResultTerms } from '../inspection/draws-contract.ts';
import { institutionNames } from '../screening/store.ts';
import { publicCheck } from './checks.ts';
import { personalFaults } from '../cases/personal-text.ts';
import {
  casesToPublish,
  closedCases,
  confirmedMonths,
  countConfirmed,
  decideVersion,
  holdPublication,
  insertVersion,
  isWaiting,
  lastGrades,
  listChecks,
  listPublications,
  lockVersion,
  type Publication,
  publicationsOf,
  type StoredVersion,
  waitingSources,
  waitingVersions,
} from './store.ts';
import { lastDayOf, type TermCode, termOn, type Terms } from './terms.ts';
import { refusalOf, refusalsOf } from './version-states.ts';
import { follows, publicItemOf, saysTheSame, stepDue } from './versions.ts';

export interface PublicityDeps {
  readonly database: Database;
  /** Evidence of a clue lies sealed. */
  readonly vault: Vault;
  readonly procedure: ProcedureData;
  readonly terms: Terms;
  /** Class (类别) of every rule in force, by its code. */
  readonly classOf: () => ReadonlyMap<string, string>;
  /** What the clock says, as a civil second. */
  readonly now: () => number;
}

export type PublicityRefused = {
  readonly ok: false;
  readonly code: 'not_found' | 'not_allowed' | 'changed_meanwhile' | 'bad_text';
  readonly reason: Message;
};
type Answer<Value> = ({ readonly ok: true } & Value) | PublicityRefused;

const refuse = (code: PublicityRefused['code'], zh: string, en: string): PublicityRefused => ({
  ok: false,
  code,
  reason: { zh, en },
});
const refuseFor = (code: PublicityRefused['code'], reason: Message): PublicityRefused => ({
  ok: false,
  code,
  reason,
});
const notThere = refuse('not_found', '没有这一项', 'There is no such thing');

/** Of statistics: months that are looked back at. */
const monthsBack = 3;
const otherClass = '其他';

const todayOf = ({ now }: Pick<PublicityDeps, 'now'>): string => formatDay(dayOfSecond(now()));

/** The month some months before that of a day. */
function monthBefore(day: string, months: number): string {
  const [year = 0, month = 1] = day.split('-').map(Number);
  const place = year * 12 + month - 1 - months;
  return `${Math.trunc(place / 12)}-${String((place % 12) + 1).padStart(2, '0')}`;
}

/** A case with what its documents say. */
interface Decided {
  readonly file: CaseFile;
  readonly events: readonly CaseEvent[];
  readonly document: PublicDocument | null;
}

async function decidedOf(
  client: PoolClient | Database['pool'],
  { procedure }: Pick<PublicityDeps, 'procedure'>,
  cases: readonly { readonly id: number; readonly case_no: string }[],
): Promise<ReadonlyMap<number, Decided>> {
  const events = await eventsOf(
    client,
    cases.map(({ id }) => id),
  );
  const files = cases.flatMap(({ id, case_no }) => {
    const of = events.get(id);
    return of === undefined ? [] : [{ id, case_no, events: of, file: caseOf(of) }];
  });
  const names = await institutionNames(
    client,
    files.map(({ file }) => file.subject.key),
  );
  return new Map(
    files.map(({ id, case_no, events: of, file }) => {
      const decisionNo = documentsOfCase(case_no, of, procedure.documents, procedure).findLast(
        ({ code }) => code === 'penalty_decision',
      )?.number;
      return [
        id,
        { file, events: of, document: penaltyDocument(file, procedure, names, decisionNo ?? null) },
      ];
    }),
  );
}

const sourceOfGrade = ({ subject_kind, subject_key, scheme_code }: PublishedGrade): string =>
  `${subject_kind}/${subject_key}/${scheme_code}`;

/** What the source of a publication says now, for everybody. `null` as document: it says nothing to publish. */
async function documentOf(
  client: PoolClient | Database['pool'],
  deps: PublicityDeps,
  { kind, source, story }: Draft,
): Promise<Answer<{ readonly document: PublicDocument }>> {
  const found = (document: PublicDocument | null, why: PublicityRefused) =>
    document === null ? why : { ok: true as const, document: publicDocumentSchema.parse(document) };
  switch (kind) {
    case 'penalty':
    case 'typical_case': {
      const held = /^[1-9]\d{0,14}$/.test(source) ? await findCase(client, Number(source), everything) : null;
      const decided = held === null ? undefined : (await decidedOf(client, deps, [held])).get(held.id);
      if (decided === undefined) return notThere;
      if (kind === 'penalty')
        return found(decided.document, refuse('not_allowed', '没有处罚决定', 'There is no penalty'));
      if (story === null) return refuse('bad_text', '请填写案情、处理和警示', 'Write what happened');
      const faults = personalFaults(Object.values(story).join('\n'));
      if (faults.length > 0)
        return refuse(
          'bad_text',
          faults.map(({ zh }) => zh).join('；'),
          faults.map(({ en }) => en).join('; '),
        );
      return found(
        typicalCaseDocument(decided.file, deps.procedure, story),
        refuse('not_allowed', '案件尚未以处罚结案', 'The case is not closed with a penalty'),
      );
    }
    case 'grade': {
      const [subjectKind = '', key = '', scheme = ''] = source.split('/');
      const [grade] = await lastGrades(client, { kind: subjectKind, key, scheme });
      if (grade === undefined) return notThere;
      const names = await institutionNames(client, [key]);
      return found(
        gradeDocument(grade, names),
        refuse('not_allowed', '该等级已撤回', 'The grade was withdrawn'),
      );
    }
    case 'statistics': {
      const month = /^\d{4}-(0[1-9]|1[0-2])$/.test(source) ? source : null;
      if (month === null) return notThere;
      const today = todayOf(deps);
      if (month >= today.slice(0, 7)) return refuse('not_allowed', '当月尚未结束', 'The month is not over');
      const personsMin = termOn(deps.terms, 'k_anonymity', '', today).value;
      return found(
        statisticsDocument(
          month,
          await countConfirmed(client, month, deps.classOf(), otherClass),
          personsMin,
        ),
        refuse('not_allowed', '当月没有属实的疑点', 'Nothing was confirmed in this month'),
      );
    }
  }
}

const textOf = (document: PublicDocument): string => canonicalJson(document);

/** What everybody would see. Nothing is stored. */
export async function preview(deps: PublicityDeps, draft: Draft): Promise<Answer<{ preview: Preview }>> {
  const made = await documentOf(deps.database.pool, deps, draft);
  if (!made.ok) return made;
  const { document } = made;
  return {
    ok: true,
    preview: { document, sha256: sha256Hex(textOf(document)), title: titleOf(document) },
  };
}

/** Stores a version that waits for its approval by somebody else. */
export const prepare = (
  deps: PublicityDeps,
  { actor }: Who,
  given: Prepare,
): Promise<Answer<{ readonly id: number }>> =>
  transaction(deps.database, async (client): Promise<Answer<{ readonly id: number }>> => {
    const { kind, source, action } = given;
    const made = action === 'withdraw' ? null : await documentOf(client, deps, given);
    if (made !== null && !made.ok) return made;
    const document = made?.document ?? null;
    const text = document === null ? null : textOf(document);
    const sha256 = text === null ? null : sha256Hex(text);
    if (given.action !== 'withdraw' && given.sha256 !== sha256)
      return refuse('changed_meanwhile', '内容已有变化，请重新预览', 'It has changed; look at it again');
    const publication_id = await holdPublication(client, kind, source);
    if (await isWaiting(client, publication_id))
      return refuse('not_allowed', '已有一版待批准', 'A version of it waits already');
    const before = (await publicationsOf(client, kind, [source])).get(source);
    const last = before?.approved.at(-1);
    if (!follows(action, last?.action))
      return action === 'publish'
        ? refuse('not_allowed', '已公开；请更正或撤回', 'It is published; correct or withdraw it')
        : refuse('not_allowed', '没有公开，不能更正或撤回', 'It is not published');
    if (action === 'correct' && document !== null && saysTheSame(last?.document ?? null, document))
      return refuse('not_allowed', '内容与已公开的相同', 'It says what is published already');
    if (
      document?.kind === 'statistics' &&
      last?.document?.kind === 'statistics' &&
      differsByFew(last.document, document)
    )
      return refuse(
        'not_allowed',
        `与前一版相差不足 ${document.persons_min} 条，两版相减可推算个别人员；累积后再更正`,
        `It differs by fewer than ${document.persons_min}: two versions would tell of single persons; wait for more`,
      );
    const id = await insertVersion(client, {
      publication_id,
      action,
      title: document === null ? (before?.title ?? '') : titleOf(document).slice(0, 300),
      document: text,
      sha256,
      reason: action === 'publish' ? null : given.reason,
      account: actor.account,
    });
    await recordEvents(client, actor, [
      { kind: 'publicity.prepared', key: String(id), detail: { of: kind, action, hash: sha256 } },
    ]);
    return { ok: true, id };
  });

const events = {
  approve: 'publicity.approved',
  reject: 'publicity.rejected',
  take_back: 'publicity.taken_back',
} as const;
const outcomes = { approve: 'approved', reject: 'rejected', take_back: 'taken_back' } as const;

export const decide = (
  deps: PublicityDeps,
  { actor, permissions }: Who,
  id: number,
  act: WaitingAct,
  { sha256, reason }: DecideVersion,
): Promise<Answer<{ readonly id: number }>> =>
  transaction(deps.database, async (client): Promise<Answer<{ readonly id: number }>> => {
    const version = await lockVersion(client, id);
    if (version === null) return notThere;
    const { kind, action, account } = version;
    const refused = refusalOf(act, account, { account: actor.account, permissions });
    if (refused !== null) return refuseFor('not_allowed', refused);
    if (version.outcome !== null)
      return refuse('changed_meanwhile', '已有人处理，请刷新', 'Somebody has decided it; look again');
    if (version.sha256 !== sha256)
      return refuse('changed_meanwhile', '所看的不是这一版', 'What was looked at is another version');
    if (act === 'reject' && reason.length < 2)
      return refuse('bad_text', '请填写退回理由', 'Say why it goes back');
    const source = act === 'approve' ? await approveSource(client, deps, actor, version) : nothingElse;
    if (!source.ok) return source;
    await decideVersion(client, id, outcomes[act], actor.account, reason);
    await recordEvents(client, actor, [
      ...source.events,
      { kind: events[act], key: String(id), detail: { of: kind, action, hash: version.sha256 } },
    ]);
    return { ok: true, id };
  });

const nothingElse = { ok: true as const, events: [] };

/** What its source says against the approval; and the event of the case of a penalty, which knows of it now. */
async function approveSource(
  client: PoolClient,
  deps: PublicityDeps,
  actor: Who['actor'],
  { kind, source, action, document, reason }: StoredVersion,
): Promise<Answer<{ readonly events: readonly AuditEvent[] }>> {
  if (document !== null && (kind === 'penalty' || kind === 'grade')) {
    const now = await documentOf(client, deps, { kind, source, story: null });
    if (!now.ok) return now;
    if (!saysTheSame(publicDocumentSchema.parse(JSON.parse(document)), now.document))
      return refuse(
        'changed_meanwhile',
        '来源已有变化，请退回重新拟稿',
        'Its source says something else now; send it back',
      );
  }
  if (kind !== 'penalty' || action === 'correct') return nothingElse;
  const done = await recordPublication(
    client,
    { procedure: deps.procedure, now: deps.now },
    { actor, sight: everything },
    Number(source),
    action === 'publish'
      ? { action: 'publish', detail: {} }
      : { action: 'withdraw_publication', detail: { reason: reason ?? '' } },
  );
  return done.ok ? { ok: true, events: done.events } : refuseFor('not_allowed', done.reason);
}

/** What is due, what waits, and the cases of which one can write. */
export async function publicityDesk(
  deps: PublicityDeps,
  { actor, permissions }: Who,
): Promise<PublicityDesk> {
  const { pool } = deps.database;
  const [penalties, grades, months, waiting, closed, names] = await Promise.all([
    penaltiesDue(deps),
    gradesDue(deps),
    monthsDue(deps),
    waitingVersions(pool),
    closedCases(pool),
    waitingSources(pool),
  ]);
  const due = [...penalties, ...grades, ...months].filter(
    ({ kind, source }) => !names.has(`${kind} ${source}`),
  );
  return {
    due: due.toSorted((a, b) => (a.last_day < b.last_day ? -1 : 1)).slice(0, dueMax),
    waiting: waiting.map(({ id, kind, title, action, reason, document, sha256, account, at }) => ({
      id,
      kind,
      title,
      action,
      reason,
      document: document === null ? null : publicDocumentSchema.parse(JSON.parse(document)),
      sha256,
      account,
      at: at.toISOString(),
      refusals: refusalsOf(account, { account: actor.account, permissions }),
    })),
    closed_cases: closed.map(({ id, case_no }) => ({ source: String(id), title: case_no })),
  };
}

async function penaltiesDue(deps: PublicityDeps): Promise<Due[]> {
  const { pool } = deps.database;
  const cases = await casesToPublish(pool);
  const decided = await decidedOf(pool, deps, cases);
  return cases.flatMap(({ id }): Due[] => {
    const one = decided.get(id);
    const clock =
      one === undefined
        ? undefined
        : clocksOf(one.events, one.file.area, deps.procedure, deps.now()).findLast(
            ({ code }) => code === 'publication',
          );
    if (one === undefined || one.document === null || clock === undefined) return [];
    return [
      {
        kind: 'penalty',
        source: String(id),
        title: titleOf(one.document),
        action: 'publish',
        last_day: clock.last_day,
        is_late: clock.status === 'overdue' || clock.status === 'missed',
        standing: clock.standing,
      },
    ];
  });
}

async function gradesDue(deps: PublicityDeps): Promise<Due[]> {
  const { pool } = deps.database;
  const grades = await lastGrades(pool, null);
  const [known, names] = await Promise.all([
    publicationsOf(pool, 'grade', grades.map(sourceOfGrade)),
    institutionNames(
      pool,
      grades.map(({ subject_key }) => subject_key),
    ),
  ]);
  return grades.flatMap((grade) => {
    const source = sourceOfGrade(grade);
    const published = known.get(source);
    const wanted = gradeDocument(grade, names);
    const action = stepDue(published?.approved ?? [], wanted);
    if (action === null) return [];
    const title = wanted === null ? (published?.title ?? '') : titleOf(wanted);
    return [
      dueBy(deps, action === 'withdraw' ? 'withdrawal' : 'grade', grade.changed_on, {
        kind: 'grade',
        source,
        title,
        action,
      }),
    ];
  });
}

async function monthsDue(deps: PublicityDeps): Promise<Due[]> {
  const { pool } = deps.database;
  const today = todayOf(deps);
  const months = await confirmedMonths(pool, monthBefore(today, monthsBack), monthBefore(today, 0));
  const known = await publicationsOf(pool, 'statistics', months);
  return months
    .filter((month) => !known.has(month))
    .map((month) => {
      const next = dayOf(`${monthBefore(`${month}-01`, -1)}-01`) ?? 0;
      return dueBy(deps, 'statistics', formatDay(next - 1), {
        kind: 'statistics',
        source: month,
        title: month,
        action: 'publish',
      });
    });
}

/** @param since the day that is not counted any more */
function dueBy(
  deps: PublicityDeps,
  code: TermCode,
  since: string,
  what: Pick<Due, 'kind' | 'source' | 'title' | 'action'>,
): Due {
  const term = termOn(deps.terms, code, '', since);
  const last_day = formatDay(lastDayOf(term, dayOf(since) ?? 0, deps.procedure));
  return { ...what, last_day, is_late: todayOf(deps) > last_day, standing: term.standing };
}

/** What was published, for those who correct and withdraw it. */
export async function publishedPage(
  { database }: Pick<PublicityDeps, 'database'>,
  { kind, area, page }: PublicQuery,
): Promise<PublishedPage> {
  const { total, items } = await listPublications(database.pool, kind, { area, page, size: publicPageSize });
  return {
    total,
    items: items.map(({ id, source, title, is_waiting, approved }) => ({
      ...publicItemOf(id, approved),
      source,
      title,
      is_waiting,
    })),
  };
}

const publicItem = ({ id, approved }: Publication): PublicItem => publicItemOf(id, approved);

/** What everybody sees; of statistics, the rows of the area that was asked for. */
export async function publicPage(
  { database }: Pick<PublicityDeps, 'database'>,
  { kind, area, page }: PublicQuery,
  size: number = publicPageSize,
): Promise<PublicPage> {
  const { total, items, areas } = await listPublications(database.pool, kind, { area, page, size });
  const told = items.map(publicItem);
  return { total, items: area === undefined ? told : told.map((item) => inArea(item, area)), areas };
}

const inArea = (item: PublicItem, area: string): PublicItem =>
  item.document?.kind === 'statistics' ? { ...item, document: statisticsIn(item.document, area) } : item;

/** Checks beside the draws, as everybody sees them. */
export async function checksPage(
  { database, now, results }: Pick<PublicityDeps, 'database' | 'now'> & { readonly results: ResultTerms },
  { area, page }: ChecksQuery,
  size: number = publicPageSize,
): Promise<PublicChecks> {
  const today = dayOfSecond(now());
  const { total, items, areas } = await listChecks(
    database.pool,
    { announced: results.announced, duedBefore: formatDay(today - results.publish_days) },
    { area, page, size },
  );
  return {
    total,
    items: items.flatMap((held) => publicCheck(held, results, formatDay(today)) ?? []),
    areas,
  };
}
