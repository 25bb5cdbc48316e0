import { addNaturalDays, addWorkdays, type WorkCalendar } from '../platform/calendar.ts';
import type { ObjectionPeriod } from './scheme-contract.ts';

/**
 * The first day on which nobody can object any more. Counted as the other periods: the day of the notice is not, and a period of natural
 * days that would end on a day off ends on the next working day. Pure.
 * @param noticed day number of the notice
 */
export function objectionsUntil(
  { days, unit }: ObjectionPeriod,
  noticed: number,
  calendar: WorkCalendar,
): number {
  const last =
    unit === 'WORKDAY' ? addWorkdays(calendar, noticed, days) : addNaturalDays(calendar, noticed, days);
  return last.day + 1;
}
