/**
 * What is done with credit. Entry, state and event are one transaction; the score that a subject is told of is computed in it, so that the
 * entries it stands on are those of the ledger at that moment.
 */
import type { PoolClient } from 'pg';
import type { Actor } from '../audit/actor.ts';
import type { AuditEvent } from '../audit/catalogue.ts';
import { recordEvents } from '../audit/store.ts';
import { answeredAfter, answeredFinding } from '../cases/answer-store.ts';
import { caseOf } from '../cases/case-of.ts';
import { decidedAfter, eventsOf } from '../cases/store.ts';
import type { Who } from '../people/identify.ts';
import type { Permission } from '../people/permissions.ts';
import type { WorkCalendar } from '../platform/calendar.ts';
import { formatDay } from '../platform/civil.ts';
import { type Database, transaction } from '../platform/database.ts';
import type { CreditSubject, Message, NewEntry } from './contract.ts';
import { entryFault } from './entry-check.ts';
import { objectionsUntil } from './objections-until.ts';
import { factOfAnswer, findingOfEvent } from './from-answer.ts';
import { factOfCase } from './from-case.ts';
import { append, unlinked } from './ledger.ts';
import {
  type Gathered,
  type PublicationAction,
  type Recorded,
  subjectEntriesMax,
} from './publication-contract.ts';
import { refusalOf } from './publication-states.ts';
import type { RiskDocument } from './risk-contract.ts';
import { score } from './score.ts';
import type { Scheme } from './scheme-contract.ts';
import { type SchemeFile, schemeFor } from './scheme-files.ts';
import type { Score } from './score-contract.ts';
import {
  databaseTime,
  decideObjection,
  entriesOfSubject,
  findEntry,
  firstSeqOf,
  hasFactOf,
  insertEntry,
  insertObjection,
  insertPublication,
  isRevoked,
  lastLink,
  lockLedger,
  lockPublication,
  openObjection,
  publicationsOf,
  publish,
  setPublicationState,
  standingFactsOf,
  type StoredPublication,
  subjectAt,
  withdraw,
} from './store.ts';

export interface CreditDeps {
  readonly database: Database;
  readonly schemes: readonly SchemeFile[];
  /** The document of the risk index; `null`: there is none, and nothing is ranked. */
  readonly risk?: RiskDocument | null;
  /** Where facts come from besides cases. */
  readonly sources?: readonly FactSource[];
  /** Today, as a day number. */
  readonly asOf: () => number;
}
/** What it takes besides to tell subjects of their grades: the calendar by which their time for objections is counted. */
export type NoticeDeps = CreditDeps & { readonly calendar: WorkCalendar };

export type Refused = {
  readonly ok: false;
  readonly code: 'not_found' | 'not_allowed' | 'bad_entry';
  readonly reason: Message;
};
type Done<Value> = ({ readonly ok: true } & Value) | Refused;

const refuse = (code: Refused['code'], reason: Message): Refused => ({ ok: false, code, reason });
const notThere = refuse('not_found', { zh: '没有这条记录', en: 'There is no such thing' });

/** Every scheme that holds for a kind of subject at a place on a day, the nearest of each code. */
export function schemesFor(
  { schemes }: Pick<CreditDeps, 'schemes'>,
  kind: CreditSubject['kind'],
  area: string,
  day: string,
): Scheme[] {
  const codes = [...new Set(schemes.map(({ scheme }) => scheme.code))];
  return codes.flatMap((code) => {
    const found = schemeFor(schemes, code, area, day);
    return found?.subjects.includes(kind) === true ? [found] : [];
  });
}

/** Records a confirmed fact, a repair or a revocation. What an objection revokes is recorded by its decision alone. */
export async function recordEntry(
  deps: CreditDeps,
  actor: Actor,
  entry: NewEntry,
): Promise<Done<{ readonly recorded: Recorded }>> {
  if (entry.entry === 'revocation' && entry.basis === 'objection_upheld')
    return refuse('not_allowed', {
      zh: '异议成立的撤销由异议处理记录',
      en: 'What an objection revokes is recorded by its decision',
    });
  return transaction(deps.database, async (client) => {
    const appended = await appendEntry(client, deps, actor, entry);
    if (appended.ok) await recordEvents(client, actor, [appended.event]);
    return appended;
  });
}

/** What elsewhere was found out of subjects: by number, the oldest first. */
export interface FactSource {
  /** @param after the number that was looked at last */
  readonly after: (
    after: number,
    factsMax: number,
  ) => Promise<
    readonly {
      readonly id: number;
      /** By which the ledger knows it: it is entered once. */
      readonly event: string;
      /** `null`: it says nothing that a scheme counts. */
      readonly entry: NewEntry | null;
    }[]
  >;
}

const decidedCases = ({ database: { pool } }: Pick<CreditDeps, 'database'>): FactSource => ({
  after: async (after, casesMax) => {
    const cases = await decidedAfter(pool, after, casesMax);
    const ids = cases.map(({ id }) => id);
    const events = await eventsOf(pool, ids);
    return cases.map(({ id, case_no }) => ({
      id,
      event: case_no,
      entry: factOfCase(case_no, caseOf(events.get(id) ?? [])),
    }));
  },
});

/** Facts that are looked at in one go. */
const gatherMax = 500;

/**
 * Enters what decided cases, the other sources and answers say and the ledger does not have yet. Each says it once: what was revoked stays revoked.
 * @returns how many facts were entered, how many the schemes would not take, and how many answers were taken back
 */
export async function gatherFacts(deps: CreditDeps, actor: Actor): Promise<Gathered> {
  let [entered, refused] = [0, 0];
  for (const source of [decidedCases(deps), ...(deps.sources ?? [])])
    for (let after = 0; ; ) {
      const facts = await source.after(after, gatherMax);
      for (const { event, entry } of facts) {
        if (entry === null) continue;
        const done = await transaction(deps.database, async (client) => {
          await lockLedger(client);
          if (await hasFactOf(client, entry.subject, event)) return null;
          const appended = await appendEntry(client, deps, actor, entry);
          if (appended.ok) await recordEvents(client, actor, [appended.event]);
          return appended.ok;
        });
        if (done === true) entered += 1;
        if (done === false) refused += 1;
      }
      const last = facts.at(-1);
      if (last === undefined || facts.length < gatherMax) break;
      after = last.id;
    }
  const answers = await gatherAnswers(deps, actor);
  return {
    entered: entered + answers.entered,
    refused: refused + answers.refused,
    revoked: answers.revoked,
  };
}

/**
 * Enters what accepted findings and own corrections say, each once, and takes back what no longer holds because its review was reopened or
 * its finding became a case.
 */
async function gatherAnswers(deps: CreditDeps, actor: Actor): Promise<Gathered> {
  let [entered, refused, after] = [0, 0, ''];
  for (;;) {
    const answers = await answeredAfter(deps.database.pool, after, gatherMax);
    for (const { finding_id } of answers) {
      const done = await transaction(deps.database, async (client) => {
        await lockLedger(client);
        // As it stands now that the ledger is held: whoever reopens it comes before or after.
        const answer = await answeredFinding(client, finding_id);
        const entry = answer === null ? null : factOfAnswer(answer);
        if (entry === null || (await hasFactOf(client, entry.subject, entry.event))) return null;
        const appended = await appendEntry(client, deps, actor, entry);
        if (appended.ok) await recordEvents(client, actor, [appended.event]);
        return appended.ok;
      });
      if (done === true) entered += 1;
      if (done === false) refused += 1;
    }
    const last = answers.at(-1);
    if (last === undefined || answers.length < gatherMax) break;
    after = last.finding_id;
  }
  return { entered, refused, revoked: await revokeAnswers(deps, actor) };
}

async function revokeAnswers(deps: CreditDeps, actor: Actor): Promise<number> {
  let [revoked, after] = [0, 0];
  for (;;) {
    const facts = await standingFactsOf(deps.database.pool, answerBases, after, gatherMax);
    for (const fact of facts) {
      const findingId = fact.entry === 'fact' ? findingOfEvent(fact.event ?? '') : null;
      if (fact.entry !== 'fact' || findingId === null) continue;
      const isRevoked = await transaction(deps.database, async (client) => {
        await lockLedger(client);
        const answer = await answeredFinding(client, findingId);
        if (answer !== null && factOfAnswer(answer)?.event === fact.event) return false;
        const appended = await appendEntry(client, deps, actor, {
          entry: 'revocation',
          subject: fact.subject,
          day: formatDay(deps.asOf()),
          source: { reference: fact.source.reference, sha256: null },
          basis: 'correction',
          revokes: fact.seq,
        });
        if (appended.ok) await recordEvents(client, actor, [appended.event]);
        return appended.ok;
      });
      if (isRevoked) revoked += 1;
    }
    const last = facts.at(-1);
    if (last === undefined || facts.length < gatherMax) return revoked;
    after = last.seq;
  }
}

const answerBases = ['accepted_finding', 'self_correction'] as const;

/** The event is recorded by the caller, last in its transaction: the end of the audit chain is one lock. */
async function appendEntry(
  client: PoolClient,
  deps: CreditDeps,
  actor: Actor,
  entry: NewEntry,
): Promise<Done<{ readonly recorded: Recorded; readonly event: AuditEvent }>> {
  await lockLedger(client);
  const today = formatDay(deps.asOf());
  const targetSeq = entry.entry === 'fact' ? null : entry.entry === 'repair' ? entry.repairs : entry.revokes;
  const target = targetSeq === null ? null : await findEntry(client, targetSeq);
  const schemes = schemesFor(deps, entry.subject.kind, actor.area, entry.day);
  const fault = entryFault(entry, schemes, target, today);
  if (fault !== null) return refuse('bad_entry', fault);
  if (targetSeq !== null && (await isRevoked(client, targetSeq)))
    return refuse('not_allowed', { zh: '所指条目已撤销', en: 'The entry it names is revoked already' });
  const row = append(await lastLink(client), entry, await databaseTime(client));
  await insertEntry(client, row, actor.account);
  const first_seq = (await firstSeqOf(client, entry.subject)) ?? row.entry.seq;
  return {
    ok: true,
    recorded: { seq: row.entry.seq, hash: row.hash, first_seq },
    event: {
      kind: 'credit.entry_recorded',
      key: String(row.entry.seq),
      detail: { entry: entry.entry, subject_kind: entry.subject.kind, target: targetSeq, hash: row.hash },
    },
  };
}

/** Tells a subject of its grade: from now on it can object. */
export async function giveNotice(
  deps: NoticeDeps,
  who: Who,
  firstSeq: number,
  schemeCode: string,
): Promise<Done<{ readonly id: number }>> {
  return transaction(deps.database, async (client) => {
    await lockLedger(client);
    const subject = await subjectAt(client, firstSeq);
    if (subject === null) return notThere;
    const asOf = deps.asOf();
    const as_of = formatDay(asOf);
    const scheme = schemesFor(deps, subject.kind, who.actor.area, as_of).find(
      ({ code }) => code === schemeCode,
    );
    if (scheme === undefined) return notThere;
    const refusal = noticeRefusal(await publicationsOf(client, subject), schemeCode, who.permissions);
    if (refusal !== null) return refuse('not_allowed', refusal);
    const rows = await entriesOfSubject(client, subject, subjectEntriesMax);
    const made = score(
      rows.map(({ entry }) => unlinked(entry)),
      scheme,
      asOf,
    );
    const id = await insertPublication(
      client,
      {
        subject_kind: subject.kind,
        subject_key: subject.key,
        scheme_code: schemeCode,
        as_of,
        last_seq: rows.at(-1)?.entry.seq ?? firstSeq,
        grade: made.grade.code,
        points_hundredths: made.points_hundredths,
        objection_until: formatDay(objectionsUntil(scheme.objection_period, asOf, deps.calendar)),
        account: who.actor.account,
      },
      made,
    );
    await recordEvents(client, who.actor, [
      {
        kind: 'credit.noticed',
        key: String(id),
        detail: { scheme: schemeCode, grade: made.grade.code, points_hundredths: made.points_hundredths },
      },
    ]);
    return { ok: true, id } as const;
  });
}

/** Why no notice can be given; `null`: it can. */
export function noticeRefusal(
  publications: readonly StoredPublication[],
  schemeCode: string,
  permissions: readonly Permission[],
): Message | null {
  if (!permissions.includes('credit.score')) return { zh: '本账号无此权限', en: 'This account may not' };
  const isOpen = publications.some(
    ({ scheme_code, state }) => scheme_code === schemeCode && (state === 'noticed' || state === 'objected'),
  );
  return isOpen ? { zh: '已告知，尚未公布或撤回', en: 'A notice is under way already' } : null;
}

export const objectTo = (
  deps: CreditDeps,
  who: Who,
  id: number,
  { reference, reason }: { readonly reference: string; readonly reason: string },
): Promise<Done<{ readonly subject: CreditSubject }>> =>
  actOn(deps, who, id, 'object', async (client, publication) => {
    const objection = await insertObjection(client, {
      publication_id: id,
      scored_by: publication.account,
      reference,
      reason,
      account: who.actor.account,
    });
    await setPublicationState(client, id, 'objected');
    return { ok: true, events: [{ kind: 'credit.objected', key: String(id), detail: { objection } }] };
  });

/**
 * Decides an objection. One that is upheld revokes entries, withdraws the notice, and gives the points back at once; one that is rejected
 * lets the notice go on.
 */
export const decide = (
  deps: CreditDeps,
  who: Who,
  id: number,
  decision: {
    readonly outcome: 'upheld' | 'rejected';
    readonly reference: string;
    readonly reason: string;
    readonly revokes: readonly number[];
  },
): Promise<Done<{ readonly subject: CreditSubject }>> =>
  actOn(deps, who, id, 'decide', async (client, publication) => {
    const objection = await openObjection(client, id);
    if (objection === null) return notThere;
    const { outcome, reference, reason, revokes } = decision;
    const events: AuditEvent[] = [];
    for (const seq of new Set(revokes)) {
      const revoked = await appendEntry(client, deps, who.actor, {
        entry: 'revocation',
        subject: subjectOf(publication),
        day: formatDay(deps.asOf()),
        source: { reference, sha256: null },
        basis: 'objection_upheld',
        revokes: seq,
      });
      if (!revoked.ok) return revoked;
      events.push(revoked.event);
    }
    await decideObjection(client, objection, { outcome, reference, reason, account: who.actor.account });
    if (outcome === 'upheld') await withdraw(client, id, who.actor.account, reason);
    else await setPublicationState(client, id, 'noticed');
    events.push({
      kind: 'credit.objection_decided',
      key: String(id),
      detail: { objection, outcome, revokes: [...new Set(revokes)] },
    });
    return { ok: true, events };
  });

export const publishGrade = (
  deps: CreditDeps,
  who: Who,
  id: number,
): Promise<Done<{ readonly subject: CreditSubject }>> =>
  actOn(deps, who, id, 'publish', async (client, { scheme_code, grade }) => {
    await publish(client, id, who.actor.account);
    return {
      ok: true,
      events: [{ kind: 'credit.published', key: String(id), detail: { scheme: scheme_code, grade } }],
    };
  });

/** Takes back a notice or a published grade, for instance because the ledger says something else since. */
export const withdrawGrade = (
  deps: CreditDeps,
  who: Who,
  id: number,
  reason: string,
): Promise<Done<{ readonly subject: CreditSubject }>> =>
  actOn(deps, who, id, 'withdraw', async (client, { state, grade, scheme_code }) => {
    await withdraw(client, id, who.actor.account, reason);
    return {
      ok: true,
      events: [
        {
          kind: 'credit.withdrawn',
          key: String(id),
          detail: { scheme: scheme_code, grade, was_published: state === 'published' },
        },
      ],
    };
  });

/** Rolls back what a refusal leaves behind: an objection that names two entries revokes both or none. */
class RefusedInside extends Error {
  readonly refused: Refused;

  constructor(refused: Refused) {
    super(refused.reason.en);
    this.name = 'RefusedInside';
    this.refused = refused;
  }
}

async function actOn(
  deps: CreditDeps,
  who: Who,
  id: number,
  action: PublicationAction,
  act: (
    client: PoolClient,
    publication: StoredPublication,
  ) => Promise<{ readonly ok: true; readonly events: readonly AuditEvent[] } | Refused>,
): Promise<Done<{ readonly subject: CreditSubject }>> {
  try {
    return await transaction(deps.database, async (client) => {
      // Before the publication, as everybody does who holds both.
      await lockLedger(client);
      const publication = await lockPublication(client, id);
      if (publication === null) return notThere;
      const refusal = refusalOf(
        action,
        { ...publication, isStillSo: await isStillSo(client, deps, publication, who.actor.area) },
        askerOf(deps, who),
      );
      if (refusal !== null) return refuse('not_allowed', refusal);
      const done = await act(client, publication);
      if (!done.ok) throw new RefusedInside(done);
      await recordEvents(client, who.actor, done.events);
      return { ok: true, subject: subjectOf(publication) } as const;
    });
  } catch (error) {
    if (error instanceof RefusedInside) return error.refused;
    throw error;
  }
}

export const askerOf = ({ asOf }: Pick<CreditDeps, 'asOf'>, { actor, permissions }: Who) => ({
  account: actor.account,
  permissions,
  today: formatDay(asOf()),
});

const subjectOf = ({ subject_kind, subject_key }: StoredPublication): CreditSubject => ({
  kind: subject_kind,
  key: subject_key,
});

/** Whether the ledger leads today to the grade and points that the subject was told of. */
async function isStillSo(
  client: PoolClient,
  deps: CreditDeps,
  publication: StoredPublication,
  area: string,
): Promise<boolean> {
  const subject = subjectOf(publication);
  const asOf = deps.asOf();
  const scheme = schemesFor(deps, subject.kind, area, formatDay(asOf)).find(
    ({ code }) => code === publication.scheme_code,
  );
  if (scheme === undefined) return false;
  const rows = await entriesOfSubject(client, subject, subjectEntriesMax);
  return agrees(
    publication,
    score(
      rows.map(({ entry }) => unlinked(entry)),
      scheme,
      asOf,
    ),
  );
}

export const agrees = (
  { grade, points_hundredths }: Pick<StoredPublication, 'grade' | 'points_hundredths'>,
  made: Score,
): boolean => made.grade.code === grade && made.points_hundredths === points_hundredths;
