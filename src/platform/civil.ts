/**
 * Civil time of the national platform: wall-clock time in Asia/Shanghai without a zone designator.
 *
 * A **day** is an integer count of days since 1970-01-01; a **second** an integer count of civil seconds since
 * 1970-01-01 00:00:00 on the same wall clock. Both are exact integers, so windows are half-open comparisons of integers and no
 * answer ever depends on the machine's time zone.
 */

export const secondsPerDay = 86_400;
export const msPerDay = 86_400_000;
export const msPerSecond = 1_000;

const digit = (text: string, at: number): number => text.charCodeAt(at) - 48;
const two = (text: string, at: number): number => digit(text, at) * 10 + digit(text, at + 1);

/** Days since 1970-01-01 of `yyyy-MM-dd…` (only the first ten characters are read); `null` when there is no such day. */
export function dayOf(text: string): number | null {
  if (text.length < 10 || text[4] !== '-' || text[7] !== '-') return null;
  return dayOfDate(two(text, 0) * 100 + two(text, 2), two(text, 5), two(text, 8));
}

/** Days since 1970-01-01 of a date; `null` when there is no such day, or a part is `NaN`. */
export function dayOfDate(year: number, month: number, day: number): number | null {
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month))) return null;
  return daysFromCivil(year, month, day);
}

/** Civil seconds of `yyyy-MM-dd HH:mm:ss` (a bare date means midnight); `null` when there is no such instant. */
export function secondOf(text: string): number | null {
  const day = dayOf(text);
  if (day === null) return null;
  if (text.length === 10) return day * secondsPerDay;
  if (text.length !== 19 || text[13] !== ':' || text[16] !== ':') return null;
  const hour = two(text, 11);
  const minute = two(text, 14);
  const second = two(text, 17);
  if (!(hour >= 0 && hour <= 23 && minute >= 0 && minute <= 59 && second >= 0 && second <= 59)) return null;
  return day * secondsPerDay + hour * 3600 + minute * 60 + second;
}

/** The day in which a civil second lies. */
export const dayOfSecond = (second: number): number => Math.floor(second / secondsPerDay);

/** The first second of a day. */
export const secondOfDay = (day: number): number => day * secondsPerDay;

/** Days whose texts are kept: forty years of them, and the same few are asked for all the time. */
const dayTextsMax = 15_000;
const dayTexts = new Map<number, string>();

/** `yyyy-MM-dd` of a day number. */
export function formatDay(day: number): string {
  const known = dayTexts.get(day);
  if (known !== undefined) return known;
  const text = new Date(day * msPerDay).toISOString().slice(0, 10);
  if (dayTexts.size < dayTextsMax) dayTexts.set(day, text);
  return text;
}

/** `yyyy-MM-dd HH:mm:ss` of a civil second. */
export const formatSecond = (second: number): string =>
  new Date(second * 1000).toISOString().slice(0, 19).replace('T', ' ');

/**
 * Completed years of age on a day. Born on 29 February, one turns a year older on 1 March of common years (the day after the
 * 28th), as the Civil Code counts.
 */
export function ageYears(birthDay: number, onDay: number): number {
  const birth = new Date(birthDay * msPerDay);
  const on = new Date(onDay * msPerDay);
  const beforeBirthday =
    on.getUTCMonth() < birth.getUTCMonth() ||
    (on.getUTCMonth() === birth.getUTCMonth() && on.getUTCDate() < birth.getUTCDate());
  return on.getUTCFullYear() - birth.getUTCFullYear() - (beforeBirthday ? 1 : 0);
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Days since 1970-01-01 of a Gregorian date (Howard Hinnant's `days_from_civil`). */
function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}
