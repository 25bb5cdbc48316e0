/** The surcharge on a fine that is not paid in time (article 55). Pure. */
import { dayOf, dayOfSecond, formatDay } from '../platform/civil.ts';
import { amountsOf } from './amounts.ts';
import type { CaseFile } from './case-of.ts';
import { clocksOf } from './clocks.ts';
import type { CaseEvent } from './contract.ts';
import { parameterOf, type Procedure } from './procedure.ts';

/** Never more than the fine itself. In whole fen, rounded down. */
export const lateFee = (fineFen: number, daysLate: number, permilleADay: number): number =>
  Math.min(fineFen, Math.floor((fineFen * permilleADay * Math.max(0, daysLate)) / 1_000));

/** What has grown up to now on the part that is open; a payment that was postponed is late only after its new day. */
export function lateFeeOf(
  file: CaseFile,
  events: readonly CaseEvent[],
  procedure: Procedure,
  now: number,
): number {
  const payment = clocksOf(events, file.area, procedure, now).findLast(({ code }) => code === 'payment');
  if (payment === undefined || payment.ended_at !== null) return 0;
  const postponed = events.findLast((event) => event.action === 'defer_payment');
  const until = postponed?.action === 'defer_payment' ? postponed.detail.until : '';
  const lastDay = until > payment.last_day ? until : payment.last_day;
  const today = dayOfSecond(now);
  const { fine_decided_fen, fine_paid_fen } = amountsOf(file);
  return lateFee(
    fine_decided_fen - fine_paid_fen,
    today - (dayOf(lastDay) ?? today),
    parameterOf(procedure, 'late_fee_permille_a_day', file.area, formatDay(today)),
  );
}
