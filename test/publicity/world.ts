/** A city with something to publish: confirmed findings of a month, a case closed with a penalty, a published grade. */
import { loadProcedure } from '../../src/cases/load-procedure.ts';
import { loadReviewRules } from '../../src/cases/review-rules.ts';
import { review } from '../../src/cases/review-service.ts';
import { actOnCase, addEvidence, type CaseDeps, caseDetail, openCase } from '../../src/cases/service.ts';
import type { CaseRole } from '../../src/cases/contract.ts';
import { loadSchemes } from '../../src/credit/scheme-files.ts';
import { giveNotice, publishGrade, recordEntry } from '../../src/credit/service.ts';
import { firstSeqOf } from '../../src/credit/store.ts';
import { findAccount } from '../../src/people/account-store.ts';
import type { Who } from '../../src/people/identify.ts';
import { permissionsOf, type Role } from '../../src/people/permissions.ts';
import { everything } from '../../src/people/sight.ts';
import { dayOf, dayOfSecond, secondOf } from '../../src/platform/civil.ts';
import { thisSecond } from '../../src/platform/clock.ts';
import { type Database, transaction } from '../../src/platform/database.ts';
import { loadPublicityTerms } from '../../src/publicity/load-terms.ts';
import type { PublicityDeps } from '../../src/publicity/service.ts';
import type { Finding } from '../../src/screening/contract.ts';
import { writeFindings } from '../../src/screening/store.ts';
import { filingOf, officers, penaltyOf, reportOf } from '../cases/cases.ts';
import type { TestDatabase } from '../support/database.ts';
import { cityArea, makeAccount } from '../support/people.ts';

export const hospital = 'H33070200001';
export const neighbour = 'H33070300002';
const money = 'FW-ITEM-DAILY-LIMIT';
const split = 'FW-STAY-SPLIT';
export const classOf = new Map([
  [money, '政策类'],
  [split, '管理类'],
]);

export const who = (login: string, role: Role): Who => ({
  actor: { account: login, role, area: cityArea },
  permissions: permissionsOf(role, cityArea),
});
const caller = (login: string, role: Role) => ({ actor: who(login, role).actor, sight: everything });

type Done = { readonly ok: true } | { readonly ok: false; readonly reason: { readonly zh: string } };
type Accepted<Answer extends Done> = Extract<Answer, { readonly ok: true }>;

function assertAccepted<Answer extends Done>(answer: Answer): asserts answer is Accepted<Answer> {
  if (!answer.ok) throw new Error(answer.reason.zh);
}

export function said<Answer extends Done>(answer: Answer): Accepted<Answer> {
  assertAccepted(answer);
  return answer;
}

type Held = Pick<TestDatabase, 'database' | 'vault'>;

/** @param clock what it says on the wall; the present if it is left out */
export const publicityDeps = async (
  { database, vault }: Held,
  clock?: () => string,
): Promise<PublicityDeps> => ({
  database,
  vault,
  procedure: await loadProcedure('rules/procedure'),
  terms: await loadPublicityTerms('rules'),
  classOf: () => classOf,
  now: clock === undefined ? thisSecond : () => secondOf(clock()) ?? 0,
});

let next = 1;
/** Makes findings of so many persons, and confirms them. */
export async function confirmFindings(
  database: Database,
  fixmedins_code: string,
  rule_code: string,
  persons: number,
): Promise<string[]> {
  const findings = Array.from({ length: persons }, (): Finding => {
    const setl_id = `S${next++}`;
    return {
      finding_id: String(next).padStart(32, '0'),
      rule_code,
      rule_version: 'aaaaaaaaaaaa',
      rule_name: { zh: '规则', en: 'a rule' },
      verdict: '违规',
      psn_no: `P-${setl_id}`,
      fixmedins_code,
      setl_id,
      mdtrt_id: `M-${setl_id}`,
      occurred_at: '2026-01-01 09:00:00',
      amount: '30.50',
      message: { zh: '一句话', en: 'a sentence' },
      claims: [],
      lines: [{ fixmedins_code, setl_id, feedetl_sn: '1', role: '违规项', amount: '30.50' }],
      values: {},
      tree: { op: 'all', result: true, of: [] },
      engine_version: '1',
      tables: {},
    };
  });
  await transaction(database, (client) =>
    writeFindings(
      client,
      findings.map(({ setl_id }) => ({ fixmedins_code, setl_id })),
      findings,
    ),
  );
  const reviews = { database, rules: await loadReviewRules('rules'), asOf: () => dayOfSecond(thisSecond()) };
  for (const { finding_id } of findings)
    said(
      await review(reviews, who('ke', 'inspector'), everything, finding_id, {
        action: 'confirm_whole',
        revision: 1,
        reason: '机构认可',
      }),
    );
  return findings.map(({ finding_id }) => finding_id);
}

/** Six persons and two of the hospital, nine and eight of its neighbour. */
export async function confirmAMonth(database: Database): Promise<void> {
  await confirmFindings(database, hospital, split, 2);
  await confirmFindings(database, hospital, money, 6);
  await confirmFindings(database, neighbour, split, 8);
  await confirmFindings(database, neighbour, money, 9);
}

/** A case that was decided on 2026-03-02 and, if wanted, closed. */
export async function decideACase(held: Held, isClosed: boolean): Promise<number> {
  const [finding = ''] = await confirmFindings(held.database, hospital, money, 1);
  const cases = await caseDeps(held);
  const { id } = said(await openCase(cases, caller('wang', 'case_officer'), [finding]));
  await leadCase(held, id, 3_050, isClosed);
  return id;
}

const caseDeps = async ({ database, vault }: Held): Promise<CaseDeps> => ({
  database,
  vault,
  procedure: await loadProcedure('rules/procedure'),
  now: () => secondOf('2026-03-02 09:00:00') ?? 0,
});

/** From the clue to a decision that orders so much to be returned. A tip says nothing of amounts: evidence is added. */
export async function leadCase(held: Held, id: number, fen: number, isClosed: boolean): Promise<void> {
  const cases = await caseDeps(held);
  for (const { account: login } of officers)
    if ((await findAccount(held.database.pool, login)) === null)
      await makeAccount(held.database, { login, role: 'case_officer' });
  const penalty = penaltyOf({ refund_fen: fen, fine_fen: fen });
  const wang = caller('wang', 'case_officer');
  const first = (await caseDetail(cases, wang, id))?.evidence[0]?.flagged_fen ?? 0;
  const confirmed = { no: first < fen ? 2 : 1, confirmed_fen: fen, reason: '一致' };
  said(await actOnCase(cases, caller('ju', 'leader'), 'leader', id, 1, filingOf()));
  if (first < fen) {
    const words = { title: '账册', source: '现场复制', content: '第一页' };
    said(
      await addEvidence(cases, wang, id, { revision: 2, kind: 'documentary', flagged_fen: fen, ...words }),
    );
  }
  const steps: [string, CaseRole, { action: string; detail: unknown }][] = [
    ['wang', 'case_officer', { action: 'confirm_amount', detail: confirmed }],
    ['wang', 'case_officer', reportOf(penalty, true)],
    ['wang', 'case_officer', { action: 'submit_review', detail: {} }],
    ['fa', 'legal_reviewer', { action: 'review_agree', detail: { opinion: '同意' } }],
    ['wang', 'case_officer', { action: 'notify', detail: { penalty } }],
    ['wang', 'case_officer', { action: 'defend', detail: { statement: '患者张三可以作证' } }],
    ['ju', 'leader', { action: 'discuss', detail: { participants: ['ju', 'fu'], minutes: '同意' } }],
    ['ju', 'leader', { action: 'decide', detail: { kind: 'penalty', penalty, reason: '依法' } }],
  ];
  if (isClosed)
    steps.push(
      ['wang', 'case_officer', { action: 'serve', detail: { way: 'direct' } }],
      ['wang', 'case_officer', { action: 'pay', detail: { what: 'refund', fen, reference: 'A1' } }],
      ['wang', 'case_officer', { action: 'pay', detail: { what: 'fine', fen, reference: 'A2' } }],
      ['ju', 'leader', { action: 'close', detail: { ground: 'performed', reason: '履行完毕' } }],
    );
  for (const [place, [login, role, command]] of steps.entries())
    said(await actOnCase(cases, caller(login, role), role, id, place + confirmed.no + 1, command));
}

/** A grade of the hospital that is published by those who score. @returns number of its publication there */
export async function publishAGrade(database: Database): Promise<number> {
  let today = '2026-03-03';
  const credit = {
    database,
    schemes: await loadSchemes('rules'),
    calendar: (await loadProcedure('rules/procedure')).calendar,
    asOf: () => dayOf(today) ?? 0,
  };
  const scorer = who('xin', 'credit_officer');
  said(
    await recordEntry(credit, scorer.actor, {
      entry: 'fact',
      subject: { kind: 'institution', key: hospital },
      day: '2026-03-01',
      fact: 'fund_misuse_accepted',
      basis: 'accepted_finding',
      points: null,
      severity: null,
      responsibility: null,
      value: 8_000_000,
      event: null,
      act: null,
      source: { reference: '认定 1 号', sha256: null },
    }),
  );
  const firstSeq = (await firstSeqOf(database.pool, { kind: 'institution', key: hospital })) ?? 0;
  const { id } = said(await giveNotice(credit, scorer, firstSeq, 'INSTITUTION-GRADE'));
  today = '2026-04-01';
  said(await publishGrade(credit, scorer, id));
  return id;
}
