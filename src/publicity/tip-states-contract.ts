/** What may be done with a tip: one table for the server and for the console, which says by it why a button is grey. */
import type { Message } from '../claims/contract.ts';
import type { Permission } from '../people/permissions.ts';

/** From `proposed` on a state tells how far the reward is; `forgone`: it was not claimed in time. */
export const tipStates = [
  'received',
  'accepted',
  'declined',
  'closed',
  'proposed',
  'approved',
  'paid',
  'forgone',
] as const;
export type TipState = (typeof tipStates)[number];

/** `raise`: its object is drawn rather. `refer`: a case is to be opened. `reward`: one is proposed. */
export const tipActions = [
  'accept',
  'decline',
  'answer',
  'raise',
  'refer',
  'close',
  'reward',
  'return_reward',
  'approve_reward',
  'pay_reward',
  'forgo_reward',
] as const;
export type TipAction = (typeof tipActions)[number];

export const tipTable: Readonly<Record<TipState, Readonly<Partial<Record<TipAction, TipState>>>>> = {
  received: { accept: 'accepted', decline: 'declined', answer: 'received' },
  accepted: { answer: 'accepted', raise: 'accepted', refer: 'accepted', close: 'closed' },
  declined: { answer: 'declined' },
  closed: { answer: 'closed', reward: 'proposed' },
  proposed: { answer: 'proposed', return_reward: 'closed', approve_reward: 'approved' },
  approved: { answer: 'approved', pay_reward: 'paid', forgo_reward: 'forgone' },
  paid: { answer: 'paid' },
  forgone: { answer: 'forgone' },
};

export interface TipFacts {
  readonly state: TipState;
  readonly permissions: readonly Permission[];
  /** `null`: not closed yet. */
  readonly isVerified: boolean | null;
  /** What decisions of its cases order to be returned; `null`: there is no decision. */
  readonly decided_fen: number | null;
  /** The reward that stands; `null`: none was proposed, or it was sent back. */
  readonly reward: {
    /** What it is a share of. */
    readonly decided_fen: number;
    /** Why whoever asks may not approve it (people/segregation.ts); `null`: they may. */
    readonly own: Message | null;
    /** From its approval on: the time to claim it is over. */
    readonly isClaimOver: boolean;
  } | null;
  /** Referrals of which no case was opened yet. */
  readonly openReferrals: number;
}

const say = (zh: string, en: string): Message => ({ zh, en });
const stateNames: Readonly<Record<TipState, Message>> = {
  received: say('待受理', 'not accepted yet'),
  accepted: say('已受理', 'accepted'),
  declined: say('不予受理', 'declined'),
  closed: say('已办结', 'closed'),
  proposed: say('奖励待审批', 'waiting for the approval of its reward'),
  approved: say('奖励待发放', 'waiting for its reward to be paid'),
  paid: say('奖励已发放', 'rewarded'),
  forgone: say('奖励逾期未领', 'closed, its reward not claimed in time'),
};
const beyondReward: readonly TipState[] = ['proposed', 'approved', 'paid', 'forgone'];

/** Why it may not be done; `null`: it may. */
export function tipRefusal(action: TipAction, facts: TipFacts): Message | null {
  if (!facts.permissions.includes('tips.handle'))
    return say('您的角色没有此项权限', 'Your role does not allow this');
  if (action === 'reward' && beyondReward.includes(facts.state))
    return say('一事一奖，已拟定奖励', 'A reward was proposed already: once for a matter');
  if (tipTable[facts.state][action] === undefined)
    return say(
      `该举报${stateNames[facts.state].zh}，不能进行此操作`,
      `The tip is ${stateNames[facts.state].en}: this cannot be done`,
    );
  if (action === 'close' && facts.openReferrals > 0)
    return say('转办的线索尚未立为案件', 'No case was opened yet of what was referred');
  if (action === 'approve_reward') return approvalRefusal(facts);
  if (action === 'pay_reward' && facts.reward?.isClaimOver === true)
    return say('领取期限已过，视为放弃', 'The time to claim it is over: it counts as forgone');
  if (action === 'forgo_reward' && facts.reward?.isClaimOver !== true)
    return say('领取期限未到', 'The time to claim it is not over');
  if (action !== 'reward') return null;
  if (facts.isVerified !== true) return say('查证属实的举报才有奖励', 'Only what was verified is rewarded');
  return facts.decided_fen === null || facts.decided_fen === 0
    ? say('案件尚无认定退回金额的处罚决定', 'No decision of a case orders anything to be returned')
    : null;
}

function approvalRefusal({ reward, decided_fen }: TipFacts): Message | null {
  if (reward === null) return say('没有待审批的奖励', 'No reward waits for an approval');
  if (reward.own !== null) return reward.own;
  return reward.decided_fen === decided_fen
    ? null
    : say(
        '处罚决定的退回金额已有变化，请退回重新拟定',
        'What decisions order to be returned has changed: send it back to be proposed anew',
      );
}
