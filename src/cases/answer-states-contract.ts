/**
 * The answer of an institution to one finding as one table: what may be done in which state, by which side, and under which conditions.
 * Pure and without server code: the server decides by it, the console shows why something cannot be done, and the database repeats its
 * triples. That somebody said nothing is shown and means nothing: no step follows from it by itself.
 */
import type { Permission } from '../people/permissions.ts';
import type { Reason, ReviewState } from './review-states-contract.ts';

/**
 * `waiting`: the institution was notified and has time. `silent`: its period is over. `outdated`: what it answered says something else
 * now. `withdrawn`: the finding no longer holds. These three follow from the day and the finding, and are never stored.
 */
export const answerStates = [
  'none',
  'waiting',
  'silent',
  'answered',
  'recalled',
  'outdated',
  'withdrawn',
] as const;
export type AnswerState = (typeof answerStates)[number];

/** What an institution says of a finding. */
export const stances = ['accepted', 'partly', 'objected'] as const;
export type Stance = (typeof stances)[number];

/** `come_forward`: it corrects itself before anybody asked. */
export const answerActions = [
  'send',
  'recall',
  'confirm_refund',
  'give',
  'take_back',
  'come_forward',
] as const;
export type AnswerAction = (typeof answerActions)[number];

/** States that are stored. */
export type HeldAnswerState = Exclude<AnswerState, 'silent' | 'outdated' | 'withdrawn'>;

/** Where each action leads; what is not here cannot be done. Of two, the first is where it was notified. */
export const answerTable: Readonly<
  Record<
    AnswerState,
    Readonly<Partial<Record<AnswerAction, readonly [HeldAnswerState, ...HeldAnswerState[]]>>>
  >
> = {
  none: { send: ['waiting'], come_forward: ['answered'] },
  waiting: { give: ['answered'], recall: ['recalled'] },
  // Late, and still heard.
  silent: { give: ['answered'], recall: ['recalled'], send: ['waiting'] },
  answered: { send: ['waiting'], take_back: ['waiting', 'none'], confirm_refund: ['answered'] },
  recalled: { send: ['waiting'] },
  // A refund changes the claims, and with them the finding.
  outdated: { send: ['waiting'], confirm_refund: ['answered'] },
  withdrawn: { confirm_refund: ['answered'] },
};

export const answerPermissions: Readonly<Record<AnswerAction, Permission>> = {
  send: 'findings.review',
  recall: 'findings.review',
  confirm_refund: 'findings.review',
  give: 'answers.give',
  take_back: 'answers.give',
  come_forward: 'answers.give',
};

/** What has to be known of an answer, its review, and who acts, to say what may be done. */
export interface AnswerFacts {
  readonly permissions: readonly Permission[];
  readonly review: ReviewState;
  /** Somebody else has the review. */
  readonly isOthers: boolean;
  /** Who acts declared that they stand too near. */
  readonly isRecused: boolean;
  readonly refund: 'none' | 'stated' | 'confirmed';
  /** The last day of the period is not over, or there is none. */
  readonly isInTime: boolean;
}

export type AnswerVerdict =
  | { readonly allowed: true; readonly to: readonly [HeldAnswerState, ...HeldAnswerState[]] }
  | { readonly allowed: false; readonly reason: Reason };

export const answerStateNames: Readonly<Record<AnswerState, Reason>> = {
  none: { zh: '未通知机构', en: 'not notified' },
  waiting: { zh: '待机构答复', en: 'waiting for an answer' },
  silent: { zh: '逾期未答复', en: 'without an answer in time' },
  answered: { zh: '机构已答复', en: 'answered' },
  recalled: { zh: '通知已撤回', en: 'recalled' },
  outdated: { zh: '答复后疑点已变化', en: 'outdated: the finding has changed since the answer' },
  withdrawn: { zh: '疑点已撤销', en: 'withdrawn with its finding' },
};

/** Whether this may be done now; if not, the first reason why. */
export function mayAnswer(state: AnswerState, action: AnswerAction, facts: AnswerFacts): AnswerVerdict {
  if (!facts.permissions.includes(answerPermissions[action]))
    return no('您的角色没有此项权限', 'Your role does not allow this');
  const to = answerTable[state][action];
  if (to === undefined)
    return no(
      `该疑点${answerStateNames[state].zh}，不能进行此操作`,
      `The finding is ${answerStateNames[state].en}: this cannot be done`,
    );
  const obstacle = obstacleTo(action, facts);
  return obstacle === null ? { allowed: true, to } : { allowed: false, reason: obstacle };
}

function obstacleTo(action: AnswerAction, facts: AnswerFacts): Reason | null {
  switch (action) {
    case 'send':
      return tooNear(facts) ?? reviewedAlready(facts) ?? refundConfirmed(facts);
    case 'recall':
      return tooNear(facts) ?? reviewedAlready(facts);
    case 'confirm_refund':
      if (facts.isRecused) return tooNear(facts);
      return facts.refund === 'none'
        ? say('机构没有填报退款', 'The institution has stated no refund')
        : refundConfirmed(facts);
    case 'give':
    case 'come_forward':
      return reviewedAlready(facts);
    case 'take_back':
      return (
        reviewedAlready(facts) ??
        refundConfirmed(facts) ??
        (facts.isInTime
          ? null
          : say('答复期限已过，不能撤回', 'The period is over: it can no longer be taken back'))
      );
  }
}

function tooNear({ isRecused, isOthers }: AnswerFacts): Reason | null {
  if (isRecused) return say('您已申请回避', 'You have recused yourself');
  return isOthers ? say('已分派给他人复核', 'It is assigned to somebody else') : null;
}

const isReviewed = (review: ReviewState): boolean => review === 'to_confirm' || review === 'decided';
const reviewedAlready = ({ review }: AnswerFacts): Reason | null =>
  isReviewed(review) ? say('复核已有结论', 'The review has been decided') : null;
const refundConfirmed = ({ refund }: AnswerFacts): Reason | null =>
  refund === 'confirmed' ? say('退款已核实', 'The refund has been confirmed') : null;

const say = (zh: string, en: string): Reason => ({ zh, en });
const no = (zh: string, en: string): AnswerVerdict => ({ allowed: false, reason: say(zh, en) });
