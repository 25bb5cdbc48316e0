/** The reward of a tip (医保办发〔2022〕22号): a share of what was decided, within a least and a greatest amount. Fen. Pure. */
import { type TermCode, type Terms, termOn } from './terms.ts';
import type { RewardLevel } from './tips-contract.ts';

const permille = 1_000;

/**
 * @param decidedFen what decisions order to be returned, more than nothing
 * @throws RangeError when a term is not in force
 */
export function rewardOf(
  terms: Terms,
  day: string,
  {
    decidedFen,
    level,
    isInsider,
  }: { readonly decidedFen: number; readonly level: RewardLevel; readonly isInsider: boolean },
): number {
  if (!Number.isSafeInteger(decidedFen) || decidedFen <= 0)
    throw new RangeError('a reward is a share of a positive amount in fen');
  const valueOf = (code: TermCode): number => termOn(terms, code, '', day).value;
  const more = isInsider ? valueOf('reward_insider') : 0;
  // Exact: the product is beyond what a double holds.
  const share =
    (BigInt(decidedFen) * BigInt(valueOf(`reward_rate_${level}`)) * BigInt(permille + more)) /
    BigInt(permille * permille);
  const [least, greatest] = [BigInt(valueOf('reward_min')), BigInt(valueOf('reward_max'))];
  return Number(share < least ? least : share > greatest ? greatest : share);
}

/** The last day on which it can be claimed: so many months on; of a month without the day its last. */
export function claimUntil(terms: Terms, toldOn: string): string {
  const months = termOn(terms, 'reward_claim', '', toldOn).value;
  const [year = 0, month = 1, day = 1] = toldOn.split('-').map(Number);
  const last = new Date(Date.UTC(year, month - 1 + months + 1, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 + months, Math.min(day, last))).toISOString().slice(0, 10);
}
