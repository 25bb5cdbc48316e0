/**
 * The review of a finding as one table: what may be done in which state, by whom, and under which conditions. Pure and without server
 * code: the server decides by it, the console shows why something cannot be done, and the database repeats its triples.
 */
import type { Permission } from '../people/permissions.ts';

/**
 * `open`: nobody has it. `to_confirm`: decided, and a second person has to agree. `outdated`: what was decided about says something else
 * now. `withdrawn`: the finding no longer holds. The last two follow from the finding and are never stored.
 */
export const reviewStates = ['open', 'assigned', 'to_confirm', 'decided', 'outdated', 'withdrawn'] as const;
export type ReviewState = (typeof reviewStates)[number];

export const reviewActions = [
  'take',
  'assign',
  'release',
  'recuse',
  'decide',
  'confirm',
  'return',
  'reopen',
] as const;
export type ReviewAction = (typeof reviewActions)[number];

/** States that are stored. */
export type HeldState = Exclude<ReviewState, 'outdated' | 'withdrawn'>;

/** Where each action leads; what is not here cannot be done. Of two, the first is where no second person is needed. */
export const reviewTable: Readonly<
  Record<ReviewState, Readonly<Partial<Record<ReviewAction, readonly [HeldState, ...HeldState[]]>>>>
> = {
  open: {
    take: ['assigned'],
    assign: ['assigned'],
    recuse: ['open'],
    decide: ['decided', 'to_confirm'],
  },
  assigned: {
    assign: ['assigned'],
    release: ['open'],
    recuse: ['open'],
    decide: ['decided', 'to_confirm'],
  },
  to_confirm: { confirm: ['decided'], return: ['assigned'], reopen: ['assigned'] },
  decided: { reopen: ['assigned'] },
  // It stays with who decided.
  outdated: {
    assign: ['assigned'],
    release: ['open'],
    recuse: ['open'],
    decide: ['decided', 'to_confirm'],
  },
  withdrawn: {},
};

const permissionFor: Readonly<Record<ReviewAction, Permission>> = {
  take: 'findings.review',
  assign: 'findings.assign',
  release: 'findings.review',
  recuse: 'findings.review',
  decide: 'findings.review',
  confirm: 'findings.confirm_review',
  return: 'findings.confirm_review',
  // Those who review and those who answer for reviews hold it; which of them may is said below.
  reopen: 'findings.confirm_review',
};

export interface Reason {
  readonly zh: string;
  readonly en: string;
}

/** What has to be known of a review, and of who acts, to say what may be done. */
export interface ReviewFacts {
  readonly permissions: readonly Permission[];
  readonly hasAssignee: boolean;
  readonly isAssignee: boolean;
  /** Who acts, or who it would be assigned to, declared that they stand too near. */
  readonly isRecused: boolean;
  /** Its institution was notified of it and has time to answer: nothing is decided before it is heard. */
  readonly isAwaited: boolean;
  /** Why who acts may not confirm this review (people/segregation.ts); `null`: they may. */
  readonly ownReview: Reason | null;
  /** Who acts made the decision that stands. */
  readonly isDecider: boolean;
}

export type ReviewVerdict =
  | { readonly allowed: true; readonly to: readonly [HeldState, ...HeldState[]] }
  | { readonly allowed: false; readonly reason: Reason };

export const reviewStateNames: Readonly<Record<ReviewState, Reason>> = {
  open: { zh: '待分派', en: 'unassigned' },
  assigned: { zh: '复核中', en: 'in review' },
  to_confirm: { zh: '待二次确认', en: 'waiting for a second person' },
  decided: { zh: '已复核', en: 'reviewed' },
  outdated: { zh: '疑点已变化，须重新复核', en: 'outdated: the finding has changed' },
  withdrawn: { zh: '疑点已撤销', en: 'withdrawn with its finding' },
};

/** Whether this may be done now; if not, the first reason why. */
export function mayReview(state: ReviewState, action: ReviewAction, facts: ReviewFacts): ReviewVerdict {
  const to = reviewTable[state][action];
  if (to === undefined)
    return no(
      `该疑点${reviewStateNames[state].zh}，不能进行此操作`,
      `The review is ${reviewStateNames[state].en}: this cannot be done`,
    );
  if (!facts.permissions.includes(permissionFor[action]))
    return no('您的角色没有此项权限', 'Your role does not allow this');
  const obstacle = obstacleTo(action, facts);
  return obstacle === null ? { allowed: true, to } : { allowed: false, reason: obstacle };
}

function obstacleTo(action: ReviewAction, facts: ReviewFacts): Reason | null {
  switch (action) {
    case 'take':
      if (facts.isAssignee) return say('已由您复核', 'You have it already');
      return recusal(facts) ?? takenByOther(facts);
    case 'assign':
      return facts.isRecused ? say('该人员已申请回避', 'They have recused themselves') : null;
    case 'release':
      return facts.isAssignee ? null : say('不由您复核', 'You do not have it');
    case 'recuse':
      return facts.isRecused ? say('您已回避', 'You have recused yourself already') : takenByOther(facts);
    case 'decide':
      return recusal(facts) ?? takenByOther(facts) ?? awaited(facts);
    case 'confirm':
    case 'return':
      return recusal(facts) ?? facts.ownReview;
    case 'reopen':
      return facts.isDecider || facts.permissions.includes('findings.assign')
        ? null
        : say('只有作出结论的人员或负责人可以重新打开', 'Only who decided, or a leader, may reopen it');
  }
}

const recusal = ({ isRecused }: ReviewFacts): Reason | null =>
  isRecused ? say('您已申请回避', 'You have recused yourself') : null;
const takenByOther = ({ hasAssignee, isAssignee }: ReviewFacts): Reason | null =>
  hasAssignee && !isAssignee ? say('已分派给他人复核', 'It is assigned to somebody else') : null;
const awaited = ({ isAwaited }: ReviewFacts): Reason | null =>
  isAwaited
    ? say(
        '已通知机构，答复期限未满；如须先行作出结论，请先撤回通知',
        'The institution was notified and still has time to answer: recall the notice to decide before',
      )
    : null;

const say = (zh: string, en: string): Reason => ({ zh, en });
const no = (zh: string, en: string): ReviewVerdict => ({ allowed: false, reason: say(zh, en) });
