/** The review of a finding: states, actions, and who may do what when. Pure, and shared with the console, so that a button says why it is disabled. */
import type { Permission } from '../people/permissions.ts';

export const reviewStates = ['open', 'proposed', 'settled'] as const;
export type ReviewState = (typeof reviewStates)[number];

/**
 * `propose`: a decision that a second person has to confirm; `settle`: one that stands by itself. `outdate`: the finding has changed since,
 * and what was decided of it no longer counts.
 */
export const reviewActions = [
  'assign',
  'propose',
  'settle',
  'confirm',
  'return',
  'reopen',
  'outdate',
] as const;
export type ReviewAction = (typeof reviewActions)[number];

const transitions: Readonly<Record<ReviewState, Readonly<Partial<Record<ReviewAction, ReviewState>>>>> = {
  open: { assign: 'open', propose: 'proposed', settle: 'settled' },
  proposed: { confirm: 'settled', return: 'open', outdate: 'open' },
  settled: { reopen: 'open', outdate: 'open' },
};

const permissionFor: Readonly<Record<Exclude<ReviewAction, 'outdate'>, readonly Permission[]>> = {
  // Whoever reviews takes findings for themselves and gives them back; giving them to others is another matter.
  assign: ['findings.review', 'findings.assign'],
  propose: ['findings.review'],
  settle: ['findings.review'],
  confirm: ['findings.confirm_review'],
  return: ['findings.confirm_review'],
  reopen: ['findings.confirm_review'],
};

/** What people do; the finding itself makes a review outdated. */
export type PersonAction = Exclude<ReviewAction, 'outdate'>;
/** Acts whose reason has to be given in words. */
export const reviewNeedsReason: ReadonlySet<ReviewAction> = new Set(['return', 'reopen']);

export interface ReviewFacts {
  readonly permissions: readonly Permission[];
  /** The finding does not hold any more. */
  readonly isWithdrawn: boolean;
  /** Who acts has to keep out of what concerns this institution. */
  readonly isRecused: boolean;
  /** Somebody else has taken it. */
  readonly isOthers: boolean;
  /** Who acts made the decision that is to be confirmed. */
  readonly isOwn: boolean;
}

export interface ReviewReason {
  readonly zh: string;
  readonly en: string;
}
export type ReviewVerdict =
  | { readonly allowed: true; readonly to: ReviewState }
  | { readonly allowed: false; readonly reason: ReviewReason };

const stateNames: Readonly<Record<ReviewState, ReviewReason>> = {
  open: { zh: '待核查', en: 'open' },
  proposed: { zh: '待复核', en: 'waiting for a second person' },
  settled: { zh: '已办结', en: 'settled' },
};

const no = (zh: string, en: string): ReviewVerdict => ({ allowed: false, reason: { zh, en } });

/** The next state; `null`: the action does not belong to the state. */
export const nextReviewState = (state: ReviewState, action: ReviewAction): ReviewState | null =>
  transitions[state][action] ?? null;

/** Whether this may be done now; if not, the first reason why. */
export function mayReview(state: ReviewState, action: PersonAction, facts: ReviewFacts): ReviewVerdict {
  const to = nextReviewState(state, action);
  if (to === null)
    return no(
      `该疑点${stateNames[state].zh}，不能进行此操作`,
      `The review is ${stateNames[state].en}: this cannot be done`,
    );
  if (!permissionFor[action].some((permission) => facts.permissions.includes(permission)))
    return no('您的角色没有此项权限', 'Your role does not allow this');
  if (facts.isWithdrawn) return no('疑点已撤回', 'The finding was withdrawn');
  if (facts.isRecused) return no('您已声明回避该机构', 'You are recused from this institution');
  if (facts.isOthers && (action === 'propose' || action === 'settle'))
    return no('由他人承办，请先改派', 'Somebody else has it: reassign it first');
  if (facts.isOwn && action === 'confirm')
    return no('复核不得由初审人员进行', 'Nobody confirms a review of their own');
  return { allowed: true, to };
}

/** @throws when the actions are not ones that the table allows: the database holds what cannot have happened */
export const reviewStateAfter = (actions: readonly ReviewAction[]): ReviewState =>
  actions.reduce<ReviewState>((state, action) => {
    const to = nextReviewState(state, action);
    if (to === null) throw new Error(`a review in state ${state} cannot ${action}`);
    return to;
  }, 'open');
