/** Cases with their referrals, the answers that an institution owes, and credit of the fixtures. */
import {
  type AnswerItem,
  answerTabs,
  answersQuerySchema,
  answersSchema,
} from '../../src/cases/answer-contract.ts';
import { answerStates } from '../../src/cases/answer-states-contract.ts';
import { referralKinds, referralStates } from '../../src/cases/contract.ts';
import {
  type CaseDetail,
  caseDetailSchema,
  caseDocumentsSchema,
  casesPageSchema,
} from '../../src/cases/view-contract.ts';
import type { CreditEntry } from '../../src/credit/contract.ts';
import {
  publicationActions,
  publicationStates,
  subjectDetailSchema,
  subjectsPageSchema,
} from '../../src/credit/publication-contract.ts';
import { score } from '../../src/credit/score.ts';
import type { Scheme } from '../../src/credit/scheme-contract.ts';
import { dayOf } from '../../src/platform/civil.ts';
import { listOf } from '../inspection/draws.ts';
import type { Fixtures } from './fixtures.ts';
import type { Scenario } from './fixture-server.ts';
import { longCode, longMessage, longName, longZh } from './overflow.ts';

const moment = '2026-01-20 10:00:00';
const at = '2026-01-20T02:00:00.000Z';
const hash = 'a'.repeat(64);
const hugeFen = 987_654_321_012;
const longLogin = 'a-very-long-login-of-an-officer-of-the-city';
export const caseId = '12';
export const subjectSeq = 1;

function caseOf(isLong: boolean): CaseDetail {
  const fen = isLong ? hugeFen : 153_046;
  const text = isLong ? longMessage.zh : '虚构住院，骗取医疗保障基金';
  const account = isLong ? longLogin : 'wang.er';
  const clock: CaseDetail['clocks'][number] = {
    code: 'verification',
    name: isLong ? longName : { zh: '线索核查', en: 'Verification of the clue' },
    basis: isLong ? longZh : '《医疗保障行政处罚程序暂行规定》第十四条',
    standing: '示例',
    unit: 'WORKDAY',
    period: 15,
    started_at: moment,
    ended_at: null,
    last_day: '2026-02-10',
    late_from: '2026-02-11 00:00:00',
    status: 'overdue',
    provisional: true,
  };
  const stamp = { account, role: 'leader', at: moment } as const;
  return {
    id: caseId,
    case_no: '330702-2026-000001',
    subject: { kind: 'institution', key: isLong ? longCode : 'H33070200001' },
    subject_name: isLong ? longZh : '示例市第一人民医院',
    area: '330702',
    state: 'investigating',
    revision: 4,
    opened_at: moment,
    officers: [account, isLong ? longLogin : 'zhou.san'],
    next: clock,
    name: isLong ? longMessage.zh : '示例市第一人民医院重复收费案',
    amounts: {
      flagged_fen: fen,
      confirmed_fen: fen,
      refund_decided_fen: fen,
      fine_decided_fen: fen,
      recovered_fen: 0,
      fine_paid_fen: 0,
    },
    late_fee_fen: 0,
    clocks: [clock, { ...clock, code: 'kept', status: 'kept', ended_at: moment }],
    events: listOf(isLong ? 60 : 2, (place) => ({
      seq: place + 1,
      ...stamp,
      action: 'refer_discipline' as const,
      detail: { to: isLong ? longZh : '示例市纪委监委', reason: text },
    })),
    step_names: { refer_discipline: isLong ? longName : { zh: '移送纪检监察机关', en: 'Refer' } },
    evidence: listOf(isLong ? 40 : 1, (place) => ({
      no: place + 1,
      kind: 'electronic' as const,
      title: isLong ? longMessage.zh : 'FW-STAY-OVERLAP 9901000000000113',
      source: isLong ? longZh : '智能监管系统',
      flagged_fen: fen,
      finding: {
        finding_id: '1'.repeat(32),
        fixmedins_code: 'H33070200001',
        setl_id: '9901000000000113',
        claim_sha256: hash,
        rule_code: 'FW-STAY-OVERLAP',
        rule_version: 'aaaaaaaaaaaa',
        knowledge_version: hash,
        engine_version: '1',
      },
      sha256: hash,
      rule_name: isLong ? longName : { zh: '住院日期重叠', en: 'Overlapping stays' },
      reviewed_fen: fen - place,
      confirmed_fen: place === 0 ? fen : null,
      custody: [{ account, at: moment, seq: 1 }],
    })),
    // One of each state, so that every word of the card is seen.
    referrals: referralStates.map((state, place) => ({
      seq: place + 1,
      kind: referralKinds[place % referralKinds.length] ?? 'police',
      to: isLong ? longZh : '示例市公安局',
      at: moment,
      state,
      receipt: place === 0 ? null : { text: isLong ? longZh : '公（经）收〔2026〕7号', at: moment },
      notice: place < 2 ? null : isLong ? longZh : '示公（经）立字〔2026〕9号',
    })),
    offers: listOf(isLong ? 24 : 4, (place) => ({
      action: (['confirm_amount', 'refer_discipline', 'file'] as const)[place] ?? 'extend_decision',
      name: isLong ? longName : { zh: `操作${place}`, en: `Act ${place}` },
      basis: isLong ? longZh : '第三十四条',
      roles: ['leader'],
      refused: place % 2 === 0 ? null : isLong ? longMessage : { zh: '由负责人进行', en: 'A leader does it' },
    })),
    causes: [
      { item: 11, cause: '违反医疗保障基金使用规定', conduct: '分解住院、挂床住院' },
      {
        item: 13,
        cause: '违反医疗保障基金使用规定',
        conduct: isLong ? longZh : '重复收费、超标准收费、分解项目收费',
      },
    ],
  };
}

/** `null`: there is no such case. */
export function casesAnswer(scenario: Scenario, [id, what]: readonly string[]): unknown {
  const isLong = scenario === 'overflow';
  const one = caseOf(isLong);
  if (id === undefined) {
    const cases =
      scenario === 'empty' ? [] : listOf(isLong ? 50 : 2, (place) => ({ ...one, id: String(place + 1) }));
    return casesPageSchema.parse({ total: isLong ? 1_234_567 : cases.length, cases });
  }
  if (id !== caseId) return null;
  if (what !== 'documents')
    return caseDetailSchema.parse(
      scenario === 'empty'
        ? { ...one, name: null, clocks: [], evidence: [], referrals: [], offers: [] }
        : one,
    );
  return caseDocumentsSchema.parse({
    documents:
      scenario === 'empty'
        ? []
        : listOf(isLong ? 30 : 2, (place) => ({
            code: `document_${place}`,
            name: isLong ? longName : { zh: '问题线索移送书', en: 'Letter of referral' },
            standing: '示例',
            version: 1,
            seq: 1,
            number: isLong ? longZh : '医保移纪〔2026〕330702-2026-000001-6号',
            title: isLong ? longZh : '问题线索移送书',
            lines: [],
          })),
  });
}

/** What an institution was notified of: one finding in each state. */
export function answersAnswer(
  scenario: Scenario,
  { stored }: Fixtures,
  parameters: Readonly<Record<string, string>>,
): unknown {
  const isLong = scenario === 'overflow';
  const { tab } = answersQuerySchema.parse(parameters);
  const all = scenario === 'empty' ? [] : stored.slice(0, isLong ? 50 : answerStates.length);
  const items = all.map(
    ({ row }, place): AnswerItem => ({
      finding_id: row.finding_id,
      revision: row.revision,
      rule_name: isLong ? longName : row.rule_name,
      setl_id: isLong ? longCode : row.setl_id,
      occurred_at: row.occurred_at,
      flagged_fen: isLong ? hugeFen : 12_345,
      state: answerStates[place % answerStates.length] ?? 'none',
      notice_no: isLong ? longZh : '330702-2026-F000012',
      last_day: '2026-02-03',
      workdays_left: tab === 'waiting' ? place : null,
      stance: place % 2 === 0 ? 'partly' : null,
      accepted_fen: place % 2 === 0 ? (isLong ? hugeFen : 100) : null,
      outcome: tab === 'closed' ? 'confirmed' : null,
      confirmed_fen: tab === 'closed' ? 100 : null,
    }),
  );
  return answersSchema.parse({
    counts: Object.fromEntries(answerTabs.map((one) => [one, isLong ? 1_234_567 : items.length])),
    fen: isLong ? hugeFen : 86_415,
    items,
    next: isLong ? `2026-02-03_${'0'.repeat(32)}` : null,
  });
}

const entry = (seq: number, isLong: boolean): CreditEntry => ({
  entry: 'fact',
  seq,
  subject: { kind: 'institution', key: isLong ? longCode : 'H33070200001' },
  day: '2026-01-10',
  fact: seq % 2 === 0 ? 'uploads_timely' : 'fund_fraud',
  basis: 'case_decision',
  points: null,
  severity: null,
  responsibility: null,
  value: null,
  event: null,
  act: null,
  source: { reference: isLong ? longMessage.zh : `医保罚〔2026〕${seq} 号`, sha256: null },
});

/** @param schemes of institutions, as they are shipped; `null`: there is no such subject */
export function creditAnswer(
  scenario: Scenario,
  schemes: readonly Scheme[],
  [what, id]: readonly string[],
): unknown {
  const isLong = scenario === 'overflow';
  const isEmpty = scenario === 'empty';
  if (what !== 'subjects') return null;
  const entries = isEmpty ? [] : listOf(isLong ? 60 : 3, (place) => entry(place + 1, isLong));
  const scores = schemes.map((scheme) => score(entries, scheme, dayOf('2026-02-01') ?? 0));
  const subject = { kind: 'institution', key: isLong ? longCode : 'H33070200001' };
  const subject_name = isLong ? longZh : '示例市第一人民医院';
  if (id === undefined)
    return subjectsPageSchema.parse({
      as_of: '2026-02-01',
      items: isEmpty
        ? []
        : listOf(isLong ? 50 : 2, (place) => ({
            first_seq: place + 1,
            subject,
            subject_name,
            entries: isLong ? 9_999 : 3,
            last_day: '2026-01-10',
            grades: scores.map(({ scheme, grade, points_hundredths }) => ({
              scheme: scheme.code,
              is_example: scheme.is_example,
              code: grade.code,
              name: isLong ? longName : grade.name,
              rank: grade.rank,
              points_hundredths,
            })),
            open_objections: place,
          })),
      next: isLong ? 51 : null,
    });
  const [scheme] = schemes;
  const objection = {
    id: 1,
    reference: isLong ? longZh : '申诉 1 号',
    reason: isLong ? longMessage.zh : '该处方不是本人开具',
    account: isLong ? longLogin : 'xin.liu',
    raised_at: at,
    outcome: 'upheld',
    decision_reference: isLong ? longZh : '复核 1 号',
    decision_reason: isLong ? longMessage.zh : '经核实不是本人开具',
    decided_by: isLong ? longLogin : 'ju.si',
    decided_at: at,
  };
  return subjectDetailSchema.parse({
    first_seq: subjectSeq,
    subject,
    subject_name,
    as_of: '2026-02-01',
    scores,
    entries: entries.map((one) => ({ entry: one, hash })),
    publications: isEmpty
      ? []
      : publicationStates.map((state, place) => ({
          id: place + 1,
          scheme_code: scheme?.code ?? '',
          as_of: '2026-01-12',
          grade: 'B',
          grade_name: isLong ? longName : { zh: 'B 级', en: 'B' },
          points_hundredths: 8_850,
          state,
          objection_until: '2026-01-26',
          account: isLong ? longLogin : 'xin.liu',
          published_by: state === 'published' ? 'ju.si' : null,
          withdrawn_by: state === 'withdrawn' ? 'ju.si' : null,
          withdrawn_reason: state === 'withdrawn' ? (isLong ? longMessage.zh : '异议成立') : null,
          is_still_so: place % 2 === 0,
          created_at: at,
          objections: place === 0 ? [] : [objection],
          refusals: Object.fromEntries(publicationActions.map((action) => [action, null])),
        })),
    notice_refusals: Object.fromEntries(schemes.map(({ code }) => [code, null])),
  });
}
