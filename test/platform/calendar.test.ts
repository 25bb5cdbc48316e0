import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addNaturalDays,
  addWorkdays,
  calendarYearSchema,
  isWorkday,
  workCalendar,
  workdaysIn,
} from '../../src/platform/calendar.ts';
import { dayOf, formatDay } from '../../src/platform/civil.ts';

const folder = new URL('../../rules/procedure/', import.meta.url);
const years = readdirSync(folder)
  .filter((name) => name.startsWith('calendar-'))
  .map((name) => calendarYearSchema.parse(JSON.parse(readFileSync(new URL(name, folder), 'utf8'))));
const calendar = workCalendar(years);
const day = (text: string): number => dayOf(text) ?? Number.NaN;

describe('the official calendar', () => {
  test('knows the working days of each year: as many as the notices leave', () => {
    // 52 weeks of five days, less holidays on weekdays, plus make-up workdays on weekends; counted by hand from the notices.
    expect(workdaysIn(calendar, day('2024-01-01'), day('2025-01-01'))).toBe(251);
    expect(workdaysIn(calendar, day('2025-01-01'), day('2026-01-01'))).toBe(248);
    expect(workdaysIn(calendar, day('2026-01-01'), day('2027-01-01'))).toBe(248);
  });

  test('knows holidays on weekdays and make-up workdays on weekends', () => {
    for (const text of ['2025-01-28', '2025-10-08', '2026-02-16', '2026-10-07', '2024-02-17'])
      expect([text, isWorkday(calendar, day(text))]).toEqual([text, false]);
    for (const text of ['2025-01-26', '2025-02-08', '2026-02-14', '2026-02-28', '2026-09-20', '2024-02-18'])
      expect([text, isWorkday(calendar, day(text))]).toEqual([text, true]);
  });

  test.each([
    // Fri 23 Jan 2026: 26–30 Jan (5), 2–6 Feb (10), 9–13 Feb (15).
    ['2026-01-23', 15, '2026-02-13'],
    // Fri 6 Feb 2026: 9–13 Feb (5), Sat 14 (6, make-up), holidays 15–23, Tue 24 (7), 25, 26, 27 (10), Sat 28 (11, make-up), 2–5 Mar (15).
    ['2026-02-06', 15, '2026-03-05'],
    // Mon 20 Jan 2025: 21–24 (4), Sun 26 (5), Mon 27 (6), holidays to 4 Feb, 5, 6, 7 (9), Sat 8 (10).
    ['2025-01-20', 10, '2025-02-08'],
    // Thu 25 Sep 2025: Fri 26 (1), Sun 28 (2), 29, 30 (4), holidays 1–8 Oct, 9, 10 (6), Sat 11 (7).
    ['2025-09-25', 7, '2025-10-11'],
    // Fri 18 Sep 2026: Sun 20 (1), 21–24 (5), holidays 25–27, 28, 29, 30 (8), holidays 1–7 Oct, 8, 9 (10), Sat 10 (11).
    ['2026-09-18', 11, '2026-10-10'],
  ])('%s and %i working days is %s', (from, n, to) => {
    expect(formatDay(addWorkdays(calendar, day(from), n).day)).toBe(to);
    expect(addWorkdays(calendar, day(from), n).provisional).toBe(false);
  });

  test('a period that ends on a holiday ends on the next working day', () => {
    // 7 days after 25 September 2026 is 2 October; the next working day is Thursday the 8th.
    expect(formatDay(addNaturalDays(calendar, day('2026-09-25'), 7).day)).toBe('2026-10-08');
    // 15 days after Friday 30 January 2026 is Saturday 14 February, a make-up workday: it ends there.
    expect(formatDay(addNaturalDays(calendar, day('2026-01-30'), 15).day)).toBe('2026-02-14');
  });

  test('what reaches into a year that is not announced is provisional', () => {
    const next = years.length + 2024;
    expect(addWorkdays(calendar, day(`${next - 1}-12-25`), 20).provisional).toBe(true);
    expect(addNaturalDays(calendar, day(`${next - 1}-12-25`), 30).provisional).toBe(true);
    expect(addWorkdays(calendar, day('2026-12-01'), 10).provisional).toBe(false);
  });

  test('adding and counting agree, and adding twice is adding the sum', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: calendar.from, max: calendar.to - 400 }),
        fc.nat(100),
        fc.nat(100),
        (from, first, more) => {
          const end = addWorkdays(calendar, from, first).day;
          expect(workdaysIn(calendar, from + 1, end + 1)).toBe(first);
          expect(addWorkdays(calendar, end, more).day).toBe(addWorkdays(calendar, from, first + more).day);
        },
      ),
    );
  });

  test('a year with a gap, a wrong workday or a reversed holiday is refused', () => {
    const [first, , third] = years;
    if (first === undefined || third === undefined) throw new Error('three years are shipped');
    expect(() => workCalendar([first, third])).toThrow(/2025/);
    const text = readFileSync(new URL('calendar-2026.json', folder), 'utf8');
    expect(calendarYearSchema.safeParse(JSON.parse(text.replace('2026-05-09', '2026-05-11'))).success).toBe(
      false,
    );
    expect(calendarYearSchema.safeParse(JSON.parse(text.replace('2026-10-08', '2026-09-30'))).success).toBe(
      false,
    );
  });
});
