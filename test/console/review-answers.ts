/** Reviews of the fixtures' findings: one of each state, made of the findings themselves. */
import reviewRules from '../../rules/procedure/review.json' with { type: 'json' };
import { type AnswerDetail, answerDetailSchema } from '../../src/cases/answer-contract.ts';
import {
  type Precision,
  precisionSchema,
  type Queue,
  type QueueItem,
  queueQuerySchema,
  queueSchema,
  type ReviewDetail,
  reviewDetailSchema,
  reviewersSchema,
  filterNameMax,
  type SavedFilters,
  savedFiltersSchema,
} from '../../src/cases/review-contract.ts';
import { reviewRulesSchema } from '../../src/cases/review-rules.ts';
import { factsFor, flaggedBy, type HeldReview, reviewState, unheld } from '../../src/cases/review.ts';
import { mayReview, reviewActions } from '../../src/cases/review-states-contract.ts';
import { permissionsOf } from '../../src/people/permissions.ts';
import type { Fixtures } from './fixtures.ts';
import type { Scenario } from './fixture-server.ts';
import { longCode, longMessage, longName, longZh } from './overflow.ts';

const rules = reviewRulesSchema.parse(reviewRules);
const at = '2026-01-20T02:00:00.000Z';
const login = 'fixture';
const hugeFen = 9_876_543_210_123;

type Stored = Fixtures['stored'][number];

/** Every fourth one is somebody's, waits for a second person, is decided, or is nobody's. */
function heldOf(place: number, { row, detail }: Stored): HeldReview {
  const flagged = flaggedBy(detail.finding);
  const decided: HeldReview = {
    ...unheld,
    assignee: 'wang',
    decision: { outcome: 'confirmed', fen: flagged.fen, lines: [], note: '已核对病历与收费清单' },
    decided_revision: row.revision,
    decided_by: 'wang',
    state: 'to_confirm',
  };
  switch (place % 4) {
    case 0:
      return { ...unheld, state: 'assigned', assignee: login };
    case 1:
      return decided;
    case 2:
      return {
        ...decided,
        state: 'decided',
        decision: { outcome: 'not_violation', exclusion: 'refunded', note: '' },
      };
    default:
      return unheld;
  }
}

function itemOf(place: number, stored: Stored): QueueItem {
  const { row } = stored;
  const held = heldOf(place, stored);
  return {
    finding_id: row.finding_id,
    revision: row.revision,
    rule_code: row.rule_code,
    rule_name: row.rule_name,
    verdict: row.verdict,
    fixmedins_code: row.fixmedins_code,
    fixmedins_name: row.fixmedins_name,
    setl_id: row.setl_id,
    occurred_at: row.occurred_at,
    flagged_fen: flaggedBy(stored.detail.finding).fen,
    message: row.message,
    state: held.state,
    assignee: held.assignee,
    outcome: held.decision?.outcome ?? null,
    confirmed_fen: held.decision?.outcome === 'confirmed' ? held.decision.fen : null,
    due_at: at,
    overdue: place % 8 === 0,
    answer: place % 3 === 0 ? { state: 'waiting', stance: null, last_day: at.slice(0, 10) } : null,
    case: place % 8 === 2 ? { id: '1', case_no: '330702-2026-000001' } : null,
  };
}

const long = (item: QueueItem): QueueItem => ({
  ...item,
  rule_name: longName,
  message: longMessage,
  fixmedins_code: longCode,
  fixmedins_name: longZh,
  flagged_fen: hugeFen,
  assignee: item.assignee === null ? null : 'a-very-long-login-of-a-reviewer-of-the-city',
});

function queueAnswer(
  scenario: Scenario,
  fixtures: Fixtures,
  parameters: Readonly<Record<string, string>>,
): Queue {
  const { tab, page_size } = queueQuerySchema.parse(parameters);
  const all = scenario === 'empty' ? [] : fixtures.stored.map((one, place) => itemOf(place, one));
  const on: Readonly<Record<typeof tab, readonly QueueItem[]>> = {
    mine: all.filter(({ assignee, state }) => assignee === login && state === 'assigned'),
    unassigned: all.filter(({ state }) => state === 'open'),
    overdue: all.filter(({ overdue }) => overdue),
    to_confirm: all.filter(({ state }) => state === 'to_confirm'),
    done: all.filter(({ state }) => state === 'decided'),
  };
  const items = on[tab].slice(0, page_size).map(scenario === 'overflow' ? long : (item) => item);
  const [first] = items;
  return {
    counts: {
      mine: on.mine.length,
      unassigned: on.unassigned.length,
      overdue: on.overdue.length,
      to_confirm: on.to_confirm.length,
      done: on.done.length,
    },
    fen: items.reduce((sum, { flagged_fen }) => sum + flagged_fen, 0),
    items,
    next: null,
    groups: first === undefined ? [] : [{ ...first, findings: 3, fen: 3 * first.flagged_fen }],
  };
}

function detailAnswer(scenario: Scenario, fixtures: Fixtures, id: string): ReviewDetail | null {
  const place = fixtures.stored.findIndex(({ row }) => row.finding_id === id);
  const stored = fixtures.stored[place];
  if (stored === undefined) return null;
  const held = heldOf(place, stored);
  const standing = { state: stored.row.state, revision: stored.row.revision };
  const facts = factsFor(held, [], {
    account: login,
    permissions: permissionsOf('inspector', '330700'),
    isRecused: false,
    isAwaited: false,
  });
  const state = reviewState(held, standing);
  const { fen, byLine, lines } = flaggedBy(stored.detail.finding);
  const isLong = scenario === 'overflow';
  const related = {
    findings: isLong ? 1_234 : 2,
    fen: isLong ? hugeFen : 2 * fen,
    items: fixtures.stored.slice(0, 2).map(({ row }) => ({
      finding_id: row.finding_id,
      revision: row.revision,
      rule_name: isLong ? longName : row.rule_name,
      setl_id: row.setl_id,
      occurred_at: row.occurred_at,
      flagged_fen: isLong ? hugeFen : fen,
      state: 'open' as const,
    })),
  };
  const none = { findings: 0, fen: 0, items: [] };
  const [parameters] = rules.parameters;
  return {
    finding_id: id,
    revision: standing.revision,
    state,
    assignee: held.assignee,
    decision: held.decision,
    decided_revision: held.decided_revision,
    decided_by: held.decided_by,
    confirmed_by: held.confirmed_by,
    due_at: at,
    overdue: place % 8 === 0,
    case: null,
    flagged: { fen: isLong ? hugeFen : fen, by_line: byLine, lines: [...lines] },
    second_person: {
      confirmed_from_fen: parameters?.confirmed_second_person_from_fen ?? 0,
      dismissed_from_fen: parameters?.dismissed_second_person_from_fen ?? 0,
      sample: true,
    },
    exclusions: rules.exclusions,
    missing: rules.missing,
    actions: reviewActions.map((action) => {
      const verdict = mayReview(state, action, facts);
      return { action, allowed: verdict.allowed, reason: verdict.allowed ? null : verdict.reason };
    }),
    history: [
      {
        seq: 1,
        action: 'assign',
        from: 'open',
        to: 'assigned',
        account: 'chief',
        revision: 1,
        reason: isLong ? longMessage.zh : null,
        assignee: login,
        decision: null,
        at,
      },
    ],
    same_rule: scenario === 'empty' ? none : related,
    same_stay: scenario === 'empty' ? none : related,
    same_ring: scenario === 'empty' ? none : related,
    earlier: {
      confirmed: 1,
      not_violation: 1,
      cannot_decide: 0,
      items:
        scenario === 'empty'
          ? []
          : [
              { outcome: 'confirmed' as const, exclusion: null, confirmed_fen: 12_000 },
              { outcome: 'not_violation' as const, exclusion: 'day_surgery', confirmed_fen: null },
            ].map((one) => ({ ...one, finding_id: id, decided_by: 'wang', decided_at: at })),
    },
  };
}

const precision = (scenario: Scenario, code: string): Precision => ({
  versions:
    scenario === 'empty'
      ? []
      : [
          {
            rule_code: code,
            rule_version: '0123456789ab',
            confirmed: 41,
            not_violation: 5,
            cannot_decide: 2,
            confirmed_fen: scenario === 'overflow' ? hugeFen : 1_234_500,
            precision: 41 / 46,
          },
        ],
});

const savedFilters = (scenario: Scenario): SavedFilters => ({
  filters:
    scenario === 'empty'
      ? []
      : [
          {
            name: scenario === 'overflow' ? longCode.slice(0, filterNameMax) : '大额',
            filter: { tab: 'mine', amount_min: 1000 },
          },
          { name: '旧版', filter: null },
        ],
});

/** `null`: there is no such finding. */
export function reviewsAnswer(
  scenario: Scenario,
  fixtures: Fixtures,
  what: string | undefined,
  parameters: Readonly<Record<string, string>>,
): unknown {
  switch (what) {
    case 'precision':
      return precisionSchema.parse(precision(scenario, parameters['rule_code'] ?? ''));
    case 'filters':
      return savedFiltersSchema.parse(savedFilters(scenario));
    case 'reviewers':
      return reviewersSchema.parse({
        reviewers: [{ account: login, display_name: '张稽核', area: '330700', waiting: 3 }],
      });
    default:
      return queueSchema.parse(queueAnswer(scenario, fixtures, parameters));
  }
}

export function reviewAnswer(scenario: Scenario, fixtures: Fixtures, id: string): ReviewDetail | null {
  const detail = detailAnswer(scenario, fixtures, id);
  return detail === null ? null : reviewDetailSchema.parse(detail);
}

/** What its institution says of every third finding: nothing yet, or that it accepts a part; the others were not sent. */
export function answerAnswer(scenario: Scenario, fixtures: Fixtures, id: string): AnswerDetail | null {
  const place = fixtures.stored.findIndex(({ row }) => row.finding_id === id);
  const stored = fixtures.stored[place];
  if (stored === undefined) return null;
  const { fen, byLine, lines } = flaggedBy(stored.detail.finding);
  const isLong = scenario === 'overflow';
  const isAnswered = isLong || (place % 3 === 1 && scenario !== 'empty');
  const isSent = isAnswered || (place % 3 === 0 && scenario !== 'empty');
  const answer: AnswerDetail['answer'] = isAnswered
    ? {
        stance: 'partly',
        fen: isLong ? hugeFen : 1,
        lines: [],
        statement: isLong ? longMessage.zh : '其余有医嘱',
        refund: { fen: 1, day: '2026-01-21', reference: isLong ? longCode : 'T1' },
      }
    : null;
  return answerDetailSchema.parse({
    finding_id: id,
    revision: stored.row.revision,
    state: isAnswered ? 'answered' : isSent ? 'waiting' : 'none',
    notice: isSent
      ? {
          notice_no: '330702-2026-F000012',
          note: isLong ? longMessage.zh : '',
          sent_at: at,
          last_day: '2026-02-03',
          workdays_left: isAnswered ? null : 4,
          period_workdays: 10,
          sample: true,
          provisional: isLong,
        }
      : null,
    answer,
    accepted_fen: answer === null ? null : 1,
    answered_at: answer === null ? null : at,
    late: isLong,
    refund_confirmed_at: null,
    outcome: null,
    confirmed_fen: null,
    flagged: { fen: isLong ? hugeFen : fen, by_line: byLine, lines: [...lines] },
    grounds: rules.exclusions,
    files: isAnswered
      ? [
          {
            sha256: 'a'.repeat(64),
            name: isLong ? `${longZh}.pdf` : '病历.pdf',
            kind: 'pdf',
            bytes: 123_456,
            added_at: at,
            removable: false,
          },
        ]
      : [],
    actions: [
      { action: 'send', allowed: !isSent, reason: null },
      { action: 'recall', allowed: isSent && !isAnswered, reason: null },
      { action: 'confirm_refund', allowed: isAnswered, reason: null },
    ],
    history: isSent
      ? [
          {
            seq: 1,
            action: 'send',
            account: login,
            notice_no: '330702-2026-F000012',
            note: isLong ? longMessage.zh : null,
            answer: null,
            at,
          },
        ]
      : [],
  } satisfies AnswerDetail);
}
