/**
 * Working days of the People's Republic of China: Monday to Friday, less the holidays and plus the make-up workdays that the State Council
 * announces for each year. Pure; the years are data (rules/procedure/calendar-<year>.json). Days are integers as in `civil.ts`.
 *
 * A year is announced in the autumn before it. What reaches into a year that is not known is counted by the days of the week alone and
 * marked `provisional`, so that a due day can be shown and nobody takes it for final.
 */
import { z } from 'zod';
import { dayOf } from './civil.ts';

const dayText = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/)
  .refine((text) => dayOf(text) !== null, 'a day, yyyy-MM-dd')
  .transform((text) => dayOf(text) ?? Number.NaN);

/** One year as announced. Holidays are half-open: `to` is the first day after. */
export const calendarYearSchema = z
  .strictObject({
    year: z.int().min(2000).max(2100),
    source: z.strictObject({
      title: z.string().min(1),
      number: z.string().min(1).nullable(),
      published: z.string().regex(/^\d{4}-\d{2}-\d{2}$/),
    }),
    holidays: z
      .array(z.strictObject({ name: z.string().min(1), from: dayText, to: dayText }))
      .min(1)
      .max(20),
    workdays: z.array(dayText).max(20),
  })
  .superRefine(({ year, holidays, workdays }, context) => {
    const first = dayOf(`${year}-01-01`) ?? 0;
    const next = dayOf(`${year + 1}-01-01`) ?? 0;
    for (const { name, from, to } of holidays)
      if (from >= to || from < first || to > next)
        context.addIssue({ code: 'custom', message: `${name} is no span of days within ${year}` });
    for (const day of workdays) {
      if (day < first || day >= next)
        context.addIssue({ code: 'custom', message: `a workday outside ${year}` });
      if (!isWeekend(day))
        context.addIssue({ code: 'custom', message: 'a make-up workday must fall on a weekend' });
      if (holidays.some(({ from, to }) => from <= day && day < to))
        context.addIssue({ code: 'custom', message: 'a day is both a holiday and a workday' });
    }
  });
export type CalendarYear = z.infer<typeof calendarYearSchema>;

export interface WorkCalendar {
  readonly holidays: ReadonlySet<number>;
  readonly workdays: ReadonlySet<number>;
  /** Days of the known years, half-open; without gaps. */
  readonly from: number;
  readonly to: number;
}

/** @throws RangeError unless the years follow on one another */
export function workCalendar(years: readonly CalendarYear[]): WorkCalendar {
  const sorted = [...years].sort((a, b) => a.year - b.year);
  const [first] = sorted;
  if (first === undefined) throw new RangeError('a calendar needs a year');
  for (const [place, { year }] of sorted.entries())
    if (year !== first.year + place)
      throw new RangeError(`the calendar of ${first.year + place} is missing or there twice`);
  const holidays = new Set<number>();
  for (const year of sorted)
    for (const { from, to } of year.holidays) for (let day = from; day < to; day += 1) holidays.add(day);
  return {
    holidays,
    workdays: new Set(sorted.flatMap(({ workdays }) => workdays)),
    from: dayOf(`${first.year}-01-01`) ?? 0,
    to: dayOf(`${first.year + sorted.length}-01-01`) ?? 0,
  };
}

/** 1970-01-01 was a Thursday. */
function isWeekend(day: number): boolean {
  const ofWeek = (((day + 3) % 7) + 7) % 7;
  return ofWeek >= 5;
}

export const isKnown = ({ from, to }: WorkCalendar, day: number): boolean => from <= day && day < to;

export const isWorkday = (calendar: WorkCalendar, day: number): boolean =>
  calendar.workdays.has(day) || (!isWeekend(day) && !calendar.holidays.has(day));

export interface DueDay {
  readonly day: number;
  /** The way there leads through a year whose holidays are not announced. */
  readonly provisional: boolean;
}

/** Days of a period: more would be a mistake in the data. */
export const periodDaysMax = 4_000;

/**
 * The n-th working day after `from`; the day itself is not counted (《医疗保障行政处罚程序暂行规定》第五十八条). With n = 0 the day itself.
 * @throws RangeError when n is not a whole number from 0 to {@link periodDaysMax}
 */
export function addWorkdays(calendar: WorkCalendar, from: number, n: number): DueDay {
  checkPeriod(n);
  let day = from;
  let provisional = false;
  for (let left = n; left > 0; ) {
    day += 1;
    if (!isKnown(calendar, day)) provisional = true;
    if (isWorkday(calendar, day)) left -= 1;
  }
  return { day, provisional };
}

/** The n-th day after `from`; where it is no working day, the next that is (the same article). */
export function addNaturalDays(calendar: WorkCalendar, from: number, n: number): DueDay {
  checkPeriod(n);
  let day = from + n;
  while (!isWorkday(calendar, day)) day += 1;
  return { day, provisional: !isKnown(calendar, day) };
}

/** How many working days lie in [from, to). */
export function workdaysIn(calendar: WorkCalendar, from: number, to: number): number {
  let count = 0;
  for (let day = from; day < to; day += 1) if (isWorkday(calendar, day)) count += 1;
  return count;
}

function checkPeriod(n: number): void {
  if (!Number.isInteger(n) || n < 0 || n > periodDaysMax)
    throw new RangeError(`a period is a whole number of days from 0 to ${periodDaysMax}`);
}
