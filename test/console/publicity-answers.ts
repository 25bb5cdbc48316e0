/** Publications, their desk and tips of the fixtures, for staff and for everybody. */
import {
  plannedChecks,
  type PublicationKind,
  publicationKinds,
  publicationKindSchema,
  type PublicCheck,
  publicChecksSchema,
  type PublicDocument,
  publicDocumentSchema,
  publicityDeskSchema,
  type PublicItem,
  publicPageSchema,
  publishedPageSchema,
  type Waiting,
} from '../../src/publicity/contract.ts';
import {
  referralsSchema,
  type RewardSums,
  tipDetailSchema,
  tipFormSchema,
  type TipRow,
  tipsPageSchema,
  type TipStepDetail,
} from '../../src/publicity/tips-contract.ts';
import { type TipAction, tipActions, tipStates } from '../../src/publicity/tip-states-contract.ts';
import { listOf } from '../inspection/draws.ts';
import type { Scenario } from './fixture-server.ts';
import { longCode, longMessage, longName, longZh } from './overflow.ts';

const at = '2026-01-20T02:00:00.000Z';
const hash = 'a'.repeat(64);
const hugeFen = 9_876_543_210_123;
const longLogin = 'a-very-long-login-of-an-officer-of-the-city';
const key = { id: 1, public_key: hash, since: '2026-01-01' };
/** Bytes that nobody can open. */
const sealed = Buffer.from('sealed').toString('base64');
export const tipId = 3;

const partyOf = (isLong: boolean) => ({
  kind: 'institution' as const,
  code: isLong ? longCode : 'H33070200001',
  name: isLong ? longZh : '示例市第一人民医院',
});

function documentOf(kind: PublicationKind, isLong: boolean): PublicDocument {
  const text = isLong ? longMessage.zh : '将同一项目重复收费';
  const party = partyOf(isLong);
  const money = isLong
    ? { refund_fen: hugeFen, fine_fen: hugeFen }
    : { refund_fen: 120_000, fine_fen: 240_000 };
  const judged = {
    cause: isLong ? longZh : '重复收费',
    basis: isLong ? longZh : '《条例》第三十八条',
    area: '330702',
  };
  const classes = isLong ? listOf(12, (place) => `${longZh.slice(0, 12)}${place}`) : ['收费', '住院'];
  const areas = isLong ? listOf(20, (place) => String(330_700 + place)) : ['330702', 'other'];
  const given = {
    penalty: {
      ...judged,
      ...money,
      decision_no: isLong ? `${longZh}罚决〔2026〕第000012号` : '医保罚决〔2026〕12号',
      party,
      conduct: text,
      decided_on: '2026-01-10',
      suspension_months: 6,
      ends_agreement: true,
    },
    grade: {
      party,
      scheme: {
        code: 'INST-GRADE',
        name: isLong ? longName : { zh: '机构信用', en: 'Credit' },
        is_example: true,
      },
      as_of: '2026-01-10',
      grade: { code: 'B', name: isLong ? longName : { zh: 'B 级', en: 'B' } },
      points_hundredths: 8_850,
    },
    typical_case: {
      ...judged,
      ...money,
      title: isLong ? longZh.slice(0, 60) : '某医院重复收费案',
      facts: isLong ? longMessage.zh.repeat(8) : '某医院对同一项目重复收费，涉及住院病例若干。',
      handling: isLong ? longMessage.zh.repeat(4) : '责令退回医保基金，并处罚款，已全部缴清。',
      lesson: isLong ? longMessage.zh.repeat(4) : '定点医药机构应当按照规定的项目和频次收费。',
    },
    statistics: {
      month: '2026-01',
      persons_min: 5,
      areas,
      classes,
      cells: listOf(areas.length + 1, (row) =>
        listOf(classes.length + 1, (column) =>
          (row + column) % 3 === 0
            ? { findings: null, amount_fen: null }
            : { findings: isLong ? 1_234_567 : 12, amount_fen: isLong ? hugeFen : 45_600 },
        ),
      ),
    },
  } satisfies Record<PublicationKind, object>;
  return publicDocumentSchema.parse({ kind, ...given[kind] });
}

/** One that stands after a correction, and one that was withdrawn. */
function itemsOf(kind: PublicationKind, isLong: boolean): PublicItem[] {
  const reason = isLong ? longMessage.zh : '金额有误';
  const published = { action: 'publish', published_on: '2026-01-12', reason: null, sha256: hash } as const;
  return [
    {
      id: 12,
      document: documentOf(kind, isLong),
      versions: [
        { version: 2, action: 'correct', published_on: '2026-01-15', reason, sha256: hash, state: 'current' },
        { version: 1, ...published, state: 'corrected' },
      ],
    },
    {
      id: 11,
      document: null,
      versions: [
        {
          version: 2,
          action: 'withdraw',
          published_on: '2026-01-14',
          reason,
          sha256: null,
          state: 'current',
        },
        { version: 1, ...published, state: 'withdrawn' },
      ],
    },
  ];
}

const titleOf = (isLong: boolean): string => (isLong ? longMessage.zh : '医保罚决〔2026〕12号');
const none = { approve: null, reject: null, take_back: null };

export function publicPublicationsAnswer(
  scenario: Scenario,
  parameters: Readonly<Record<string, string>>,
): unknown {
  const items =
    scenario === 'empty'
      ? []
      : itemsOf(publicationKindSchema.parse(parameters['kind']), scenario === 'overflow');
  return publicPageSchema.parse({
    total: scenario === 'overflow' ? 1_234_567 : items.length,
    items,
    areas: areasIn(scenario),
  });
}

const areasIn = (scenario: Scenario): string[] => (scenario === 'empty' ? [] : ['330702', '330703']);

export function publicChecksAnswer(scenario: Scenario): unknown {
  const isLong = scenario === 'overflow';
  const items: PublicCheck[] =
    scenario === 'empty'
      ? []
      : listOf(isLong ? 20 : 3, (place) => ({
          id: place + 1,
          kind: plannedChecks[place % plannedChecks.length] ?? 'daily',
          party: place === 2 ? null : partyOf(isLong),
          area: '330702',
          from_day: '2026-01-05',
          due_day: '2026-01-20',
          recheck_of: place === 1 ? 1 : null,
          checked_on: place === 0 ? '2026-01-12' : null,
          result: place === 0 ? (isLong ? longName : { zh: '未发现问题', en: 'Nothing found' }) : null,
          overdue: place === 2,
        }));
  return publicChecksSchema.parse({
    total: isLong ? 1_234_567 : items.length,
    items,
    areas: areasIn(scenario),
  });
}

export function publicityAnswer(
  scenario: Scenario,
  what: string | undefined,
  parameters: Readonly<Record<string, string>>,
): unknown {
  const isLong = scenario === 'overflow';
  const isEmpty = scenario === 'empty';
  if (what === 'publications') {
    const items = isEmpty ? [] : itemsOf(publicationKindSchema.parse(parameters['kind']), isLong);
    return publishedPageSchema.parse({
      total: isLong ? 1_234_567 : items.length,
      items: items.map((item, place) => ({
        ...item,
        source: `C${item.id}`,
        title: titleOf(isLong),
        is_waiting: place === 1,
      })),
    });
  }
  const refused = { zh: '不得批准本人拟稿的公开', en: 'Nobody approves what they prepared' };
  const waiting = publicationKinds.map(
    (kind, place): Waiting => ({
      id: place + 1,
      kind,
      title: titleOf(isLong),
      action: place === 1 ? 'withdraw' : place === 2 ? 'correct' : 'publish',
      reason: place === 0 ? null : isLong ? longMessage.zh : '金额有误',
      document: place === 1 ? null : documentOf(kind, isLong),
      sha256: place === 1 ? null : hash,
      account: isLong ? longLogin : 'li.si',
      at,
      refusals: place === 0 ? { ...none, approve: refused } : none,
    }),
  );
  return publicityDeskSchema.parse({
    due: isEmpty
      ? []
      : listOf(isLong ? 60 : 2, (place) => ({
          kind: place % 2 === 0 ? 'penalty' : 'grade',
          source: `C${place}`,
          title: titleOf(isLong),
          action: place % 3 === 0 ? 'publish' : 'withdraw',
          last_day: '2026-01-19',
          is_late: place % 2 === 0,
          standing: '示例',
        })),
    waiting: isEmpty ? [] : waiting,
    closed_cases: isEmpty ? [] : [{ source: 'C1', title: titleOf(isLong) }],
  });
}

export const tipFormAnswer = (scenario: Scenario): unknown =>
  tipFormSchema.parse({
    key: scenario === 'empty' ? null : key,
    acceptance: { value: 5, unit: 'WORKDAY', standing: '示例' },
    reward: { min_fen: 20_000, max_fen: 20_000_000 },
  });

function tipRow(place: number, isLong: boolean): TipRow {
  return {
    id: place + 1,
    tip_no: isLong ? longCode : `T-2026-${place}`,
    received_on: '2026-01-10',
    state: tipStates[place % tipStates.length] ?? 'received',
    due: { last_day: '2026-01-19', is_late: place % 2 === 0 },
  };
}

function stepDetail(action: TipAction, isLong: boolean): TipStepDetail {
  const code = { fixmedins_code: 'H33070200001' };
  switch (action) {
    case 'raise':
      return code;
    case 'refer':
      return { ...code, summary: isLong ? longMessage.zh.repeat(3) : '反映该院对已出院人员继续记录床位费。' };
    case 'close':
      return { is_verified: true };
    case 'reward':
      return { level: 'a', is_insider: true, decided_fen: hugeFen, fen: isLong ? hugeFen : 20_000 };
    default:
      return {};
  }
}

function rewardsOf(year: number, isLong: boolean): RewardSums {
  const sum = { count: isLong ? 1_234_567 : 3, fen: isLong ? hugeFen : 60_000 };
  return { year: String(year), proposed: sum, approved: sum, paid: sum, forgone: sum };
}

/** `null`: there is no such tip. */
export function tipsAnswer(scenario: Scenario, what: string | undefined): unknown {
  const isLong = scenario === 'overflow';
  const isEmpty = scenario === 'empty';
  switch (what) {
    case 'list': {
      const tips = isEmpty ? [] : listOf(isLong ? 20 : 4, (place) => tipRow(place, isLong));
      return tipsPageSchema.parse({
        key: isEmpty ? null : key,
        rewards: isEmpty ? [] : listOf(isLong ? 8 : 1, (place) => rewardsOf(2026 - place, isLong)),
        total: isLong ? 1_234_567 : tips.length,
        tips,
      });
    }
    case 'referrals':
      return referralsSchema.parse({
        items: isEmpty
          ? []
          : listOf(isLong ? 40 : 1, (place) => ({
              tip_id: tipId,
              seq: place + 1,
              tip_no: isLong ? longCode : 'T-2026-3',
              on: '2026-01-12',
              fixmedins_code: isLong ? longCode : 'H33070200001',
              fixmedins_name: isLong ? longZh : '示例市第一人民医院',
              summary: isLong ? longMessage.zh.repeat(3) : '反映该院对已出院人员继续记录床位费。',
            })),
      });
    case String(tipId):
      return tipDetailSchema.parse({
        ...tipRow(1, isLong),
        revision: 4,
        key_id: key.id,
        public_key: key.public_key,
        sealed,
        reply_key: hash,
        files: isEmpty
          ? []
          : listOf(isLong ? 5 : 1, (place) => ({ no: place + 1, bytes: 1_234_567, sha256: hash })),
        decided_fen: isLong ? hugeFen : 120_000,
        steps: isEmpty
          ? []
          : tipActions.map((action, place) => ({
              seq: place + 1,
              action,
              on: '2026-01-12',
              account: isLong ? longLogin : 'zhou.ba',
              detail: stepDetail(action, isLong),
              has_answer: place % 2 === 0,
              case_no: action === 'refer' ? '330702-2026-000001' : null,
            })),
        refusals: Object.fromEntries(tipActions.map((action) => [action, null])),
        rewards: [{ level: 'a', is_insider: false, fen: isLong ? hugeFen : 20_000, rate_permille: 30 }],
      });
    default:
      return null;
  }
}
