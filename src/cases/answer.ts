/** The answer to one finding, decided without database or clock: which act leads where, and which answers can stand. */
import { yuan } from '../platform/decimal.ts';
import type { InstitutionAnswer } from './answer-contract.ts';
import {
  type AnswerAction,
  type AnswerFacts,
  type AnswerState,
  type HeldAnswerState,
  mayAnswer,
} from './answer-states-contract.ts';
import { amountFault, type Flagged, type Standing, termFault } from './review.ts';
import type { Term } from './review-contract.ts';
import type { Reason } from './review-states-contract.ts';

/** An answer as it is held. */
export interface HeldAnswer {
  readonly state: HeldAnswerState;
  /** The last notice of it; `null`: it was never notified. */
  readonly notice_id: number | null;
  /** yyyy-MM-dd: the last day on which an answer is in time; `null`: it was never notified. */
  readonly last_day: string | null;
  /** What stands: kept while it is outdated, gone when it is taken back or asked for anew. */
  readonly answer: InstitutionAnswer | null;
  /** Of the finding, that was answered. */
  readonly revision: number | null;
  readonly accepted_fen: number | null;
  readonly answered_by: string | null;
  readonly late: boolean;
  readonly refund_confirmed_by: string | null;
}

export const unanswered: HeldAnswer = {
  state: 'none',
  notice_id: null,
  last_day: null,
  answer: null,
  revision: null,
  accepted_fen: null,
  answered_by: null,
  late: false,
  refund_confirmed_by: null,
};

/** @param today yyyy-MM-dd */
export function answerState(held: HeldAnswer, finding: Standing, today: string): AnswerState {
  if (finding.state === 'withdrawn') return 'withdrawn';
  if (held.state === 'waiting') return isInTime(held, today) ? 'waiting' : 'silent';
  if (held.state === 'answered') return held.revision === finding.revision ? 'answered' : 'outdated';
  return held.state;
}

export const isInTime = ({ last_day }: Pick<HeldAnswer, 'last_day'>, today: string): boolean =>
  last_day === null || today <= last_day;

export const refundOf = ({ answer, refund_confirmed_by }: HeldAnswer): AnswerFacts['refund'] =>
  refund_confirmed_by !== null
    ? 'confirmed'
    : answer !== null && answer.stance !== 'objected' && answer.refund !== null
      ? 'stated'
      : 'none';

export type AnswerDeed =
  | { readonly action: Exclude<AnswerAction, 'send' | 'give' | 'come_forward'> }
  | {
      readonly action: 'send';
      readonly notice: { readonly id: number; readonly last_day: string };
      readonly note: string;
    }
  | {
      readonly action: 'give' | 'come_forward';
      readonly answer: InstitutionAnswer;
      /** The revision that was looked at. */
      readonly revision: number;
    };

export interface AnswerSetting {
  readonly finding: Standing;
  /** What the finding holds against this institution. */
  readonly flagged: Flagged;
  readonly grounds: readonly Term[];
  /** yyyy-MM-dd */
  readonly today: string;
}

export type Answered =
  | { readonly ok: true; readonly from: AnswerState; readonly to: HeldAnswer }
  | { readonly ok: false; readonly reason: Reason };

/** What becomes of an answer when this person does this, or why they may not. */
export function answered(
  held: HeldAnswer,
  deed: AnswerDeed,
  account: string,
  facts: AnswerFacts,
  setting: AnswerSetting,
): Answered {
  const from = answerState(held, setting.finding, setting.today);
  const verdict = mayAnswer(from, deed.action, facts);
  if (!verdict.allowed) return { ok: false, reason: verdict.reason };
  const { notice_id, last_day } = held;
  switch (deed.action) {
    case 'send':
      if (held.answer !== null && deed.note === '')
        return no('再次征求答复须写明要求', 'To ask for another answer, say what is wanted');
      return {
        ok: true,
        from,
        to: { ...unanswered, state: 'waiting', notice_id: deed.notice.id, last_day: deed.notice.last_day },
      };
    case 'recall':
      return { ok: true, from, to: { ...unanswered, state: 'recalled', notice_id, last_day } };
    case 'take_back':
      return {
        ok: true,
        from,
        to: notice_id === null ? unanswered : { ...unanswered, state: 'waiting', notice_id, last_day },
      };
    case 'confirm_refund':
      return { ok: true, from, to: { ...held, refund_confirmed_by: account } };
    case 'give':
    case 'come_forward': {
      if (deed.revision !== setting.finding.revision)
        return no(
          `疑点已更新为第 ${setting.finding.revision} 版，请重新查看`,
          `The finding is at revision ${setting.finding.revision} by now: look at it again`,
        );
      const fault = answerFault(deed.answer, setting, deed.action);
      if (fault !== null) return { ok: false, reason: fault };
      return {
        ok: true,
        from,
        to: {
          ...unanswered,
          state: 'answered',
          notice_id,
          last_day,
          answer: deed.answer,
          revision: deed.revision,
          accepted_fen: acceptedFen(deed.answer, setting.flagged),
          answered_by: account,
          late: !isInTime(held, setting.today),
        },
      };
    }
  }
}

/** How much of the flagged amount the institution accepts. */
export function acceptedFen(answer: InstitutionAnswer, flagged: Flagged): number {
  switch (answer.stance) {
    case 'accepted':
      return flagged.fen;
    case 'partly':
      return answer.fen;
    case 'objected':
      return 0;
  }
}

const acceptedWords: Reason = { zh: '认可金额', en: 'accepted amount' };

/** Why an answer cannot stand, whoever gives it; `null`: it can. */
export function answerFault(
  answer: InstitutionAnswer,
  { flagged, grounds, today }: Pick<AnswerSetting, 'flagged' | 'grounds' | 'today'>,
  action: 'give' | 'come_forward',
): Reason | null {
  if (answer.stance === 'objected')
    return action === 'come_forward'
      ? say('主动自纠须认可违规并退款', 'Who comes forward accepts and pays back')
      : termFault([answer.ground], grounds, answer.statement);
  if (action === 'come_forward' && answer.refund === null)
    return say('主动自纠须填报退款', 'Who comes forward states what was paid back');
  if (answer.stance === 'partly') {
    if (answer.fen === 0)
      return say('认可金额为 0：请改为提出异议', 'The accepted amount is 0: object instead');
    if (answer.fen === flagged.fen)
      return say('已认可全部金额：请选择全部认可', 'That is all of it: accept it');
    const fault = amountFault(answer, flagged, acceptedWords);
    if (fault !== null) return fault;
  }
  const { refund } = answer;
  if (refund === null) return null;
  if (refund.day > today) return say('退款日期在今天之后', 'It would be paid back after today');
  const most = acceptedFen(answer, flagged);
  return refund.fen > most
    ? say(
        `退款金额 ${yuan(refund.fen)} 元超过认可金额 ${yuan(most)} 元`,
        `The refund ${yuan(refund.fen)} is above the accepted amount ${yuan(most)}`,
      )
    : null;
}

const say = (zh: string, en: string): Reason => ({ zh, en });
const no = (zh: string, en: string): Answered => ({ ok: false, reason: say(zh, en) });
