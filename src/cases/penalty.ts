/** What articles 38 to 41 of 《医疗保障基金使用监督管理条例》 allow, and when a penalty is large. Pure; the numbers are data. */
import type { Message } from '../claims/contract.ts';
import type { Penalty, Subject } from './contract.ts';
import { inForce, parameterOf, type Procedure } from './procedure.ts';

type Numbers = Pick<Procedure, 'penalties' | 'parameters'>;

const say = (zh: string, en: string): Message => ({ zh, en });
const yuan = (fen: number): string => (fen / 100).toFixed(2);

/** Why a penalty is outside what its article allows on a day, or `null`. */
export function penaltyFault(
  penalty: Penalty,
  subject: Subject,
  area: string,
  day: string,
  { penalties }: Pick<Numbers, 'penalties'>,
): Message | null {
  const { article, refund_fen, fine_fen, suspension_months, ends_agreement, intent, refused_or_serious } =
    penalty;
  const range = inForce(penalties, area, day).find((row) => row.article === article);
  if (range === undefined)
    return say(`第${article}条在该日没有处罚幅度`, `no range of article ${article} holds on that day`);
  if (!range.subjects.includes(subject.kind))
    return say(`第${article}条不适用于该类当事人`, `article ${article} does not concern such a party`);
  const mayFine =
    (!range.needs_intent_for_fine || intent) && (!range.needs_refusal_for_fine || refused_or_serious);
  const [least, most] = !mayFine ? [0, 0] : fineRange(range, refund_fen);
  if (fine_fen < least || fine_fen > most)
    return say(
      `第${article}条的罚款应在 ${yuan(least)} 元至 ${yuan(most)} 元之间`,
      `a fine by article ${article} lies between ${yuan(least)} and ${yuan(most)} yuan`,
    );
  if (suspension_months > 0) {
    const months = range.suspension_months;
    if (months === null || (range.needs_refusal_for_suspension && !refused_or_serious))
      return say(`第${article}条在此情形下不得暂停`, `article ${article} suspends nobody in this case`);
    if (suspension_months < months[0] || suspension_months > months[1])
      return say(
        `暂停期限应为 ${months[0]} 至 ${months[1]} 个月`,
        `a suspension lasts ${months[0]} to ${months[1]} months`,
      );
  }
  if (ends_agreement && !range.may_end_agreement)
    return say(`第${article}条不得解除服务协议`, `article ${article} does not end an agreement`);
  return null;
}

/** In whole fen, both inclusive. */
function fineRange(
  { multiple_permille, fixed_fen }: Procedure['penalties'][number],
  refundFen: number,
): readonly [number, number] {
  if (fixed_fen !== null) return fixed_fen;
  if (multiple_permille === null) return [0, 0];
  const [least, most] = multiple_permille;
  return [Math.ceil((refundFen * least) / 1_000), Math.floor((refundFen * most) / 1_000)];
}

const organisationOr = ({ kind }: Subject): 'person' | 'organisation' =>
  kind === 'person' ? 'person' : 'organisation';

/** Entitles to a hearing, and so to a legal review: a large fine, a suspension, the end of an agreement. */
export function isLarge(
  penalty: Penalty,
  subject: Subject,
  area: string,
  day: string,
  numbers: Numbers,
): boolean {
  const limit = parameterOf(numbers, `large_fine_${organisationOr(subject)}`, area, day);
  return penalty.fine_fen >= limit || penalty.suspension_months > 0 || penalty.ends_agreement;
}

export function needsGroup(
  penalty: Penalty,
  subject: Subject,
  area: string,
  day: string,
  numbers: Numbers,
): boolean {
  const limit = parameterOf(numbers, `group_fine_${organisationOr(subject)}`, area, day);
  return penalty.fine_fen >= limit || penalty.suspension_months > 0 || penalty.ends_agreement;
}

export const summaryLimit = (subject: Subject, area: string, day: string, numbers: Numbers): number =>
  parameterOf(numbers, `summary_fine_${organisationOr(subject)}`, area, day);

/** In any part. A refund is no punishment, but the fine hangs on it, so it counts as one. */
export const isHeavier = (penalty: Penalty, than: Penalty): boolean =>
  penalty.refund_fen > than.refund_fen ||
  penalty.fine_fen > than.fine_fen ||
  penalty.suspension_months > than.suspension_months ||
  (penalty.ends_agreement && !than.ends_agreement);
