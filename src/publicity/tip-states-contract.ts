/** What may be done with a tip: one table for the server and for the console, which says by it why a button is grey. */
import type { Message } from '../claims/contract.ts';
import type { Permission } from '../people/permissions.ts';

export const tipStates = ['received', 'accepted', 'declined', 'closed'] as const;
export type TipState = (typeof tipStates)[number];

/** `raise`: its object is drawn rather. `refer`: a case is to be opened. */
export const tipActions = ['accept', 'decline', 'answer', 'raise', 'refer', 'close', 'reward'] as const;
export type TipAction = (typeof tipActions)[number];

export const tipTable: Readonly<Record<TipState, Readonly<Partial<Record<TipAction, TipState>>>>> = {
  received: { accept: 'accepted', decline: 'declined', answer: 'received' },
  accepted: { answer: 'accepted', raise: 'accepted', refer: 'accepted', close: 'closed' },
  declined: { answer: 'declined' },
  closed: { answer: 'closed', reward: 'closed' },
};

export interface TipFacts {
  readonly state: TipState;
  readonly permissions: readonly Permission[];
  /** `null`: not closed yet. */
  readonly isVerified: boolean | null;
  /** What decisions of its cases order to be returned; `null`: there is no decision. */
  readonly decided_fen: number | null;
  readonly isRewarded: boolean;
  /** Referrals of which no case was opened yet. */
  readonly openReferrals: number;
}

const say = (zh: string, en: string): Message => ({ zh, en });
const stateNames: Readonly<Record<TipState, Message>> = {
  received: say('待受理', 'not accepted yet'),
  accepted: say('已受理', 'accepted'),
  declined: say('不予受理', 'declined'),
  closed: say('已办结', 'closed'),
};

/** Why it may not be done; `null`: it may. */
export function tipRefusal(action: TipAction, facts: TipFacts): Message | null {
  if (!facts.permissions.includes('tips.handle'))
    return say('您的角色没有此项权限', 'Your role does not allow this');
  if (tipTable[facts.state][action] === undefined)
    return say(
      `该举报${stateNames[facts.state].zh}，不能进行此操作`,
      `The tip is ${stateNames[facts.state].en}: this cannot be done`,
    );
  if (action === 'close' && facts.openReferrals > 0)
    return say('转办的线索尚未立为案件', 'No case was opened yet of what was referred');
  if (action !== 'reward') return null;
  if (facts.isRewarded) return say('一事一奖，已核定奖励', 'It was rewarded already: once for a matter');
  if (facts.isVerified !== true) return say('查证属实的举报才有奖励', 'Only what was verified is rewarded');
  return facts.decided_fen === null || facts.decided_fen === 0
    ? say('案件尚无认定退回金额的处罚决定', 'No decision of a case orders anything to be returned')
    : null;
}
