/** Birthdays, counted as `ageYears` counts: somebody born on 29 February turns older on 1 March of common years. */
import { dayOf, formatDay } from '../platform/civil.ts';

/** The day on which somebody completes `years`. */
export function birthdayOf(birthDay: number, years: number): number {
  const [year, month, day] = formatDay(birthDay).split('-');
  const grown = String(Number(year) + years).padStart(4, '0');
  return dayOf(`${grown}-${month}-${day}`) ?? dayOf(`${grown}-03-01`) ?? birthDay;
}

/** A birth day such that `years` are completed exactly on `day`. */
export function bornYearsBefore(day: number, years: number): number {
  const [year, month, date] = formatDay(day).split('-');
  const born = String(Number(year) - years).padStart(4, '0');
  return dayOf(`${born}-${month}-${date}`) ?? dayOf(`${born}-03-01`) ?? day;
}
