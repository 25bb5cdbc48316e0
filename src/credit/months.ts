/** Periods in months, as 《民法典》第二百零二条 counts them: to the same day of the month, or to its last day where there is none. */
import { dayOfDate, formatDay } from '../platform/civil.ts';

/** @param day days since 1970-01-01 */
export function addMonths(day: number, months: number): number {
  const [year = 0, month = 1, date = 1] = formatDay(day).split('-').map(Number);
  const counted = year * 12 + (month - 1) + months;
  const toYear = Math.floor(counted / 12);
  const toMonth = (counted % 12) + 1;
  for (let last = date; last >= 28; last -= 1) {
    const found = dayOfDate(toYear, toMonth, last);
    if (found !== null) return found;
  }
  const found = dayOfDate(toYear, toMonth, date);
  if (found === null) throw new RangeError(`no day ${months} months after ${formatDay(day)}`);
  return found;
}

export const yearOf = (day: number): number => Number(formatDay(day).slice(0, 4));
