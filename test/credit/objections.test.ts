/** Until when a subject can object: by the official calendar, against days counted by hand. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadProcedure } from '../../src/cases/load-procedure.ts';
import { objectionsUntil } from '../../src/credit/objections-until.ts';
import { isWorkday, workdaysIn } from '../../src/platform/calendar.ts';
import { dayOf, formatDay } from '../../src/platform/civil.ts';

const { calendar } = await loadProcedure('rules/procedure');
const day = (text: string): number => dayOf(text) ?? Number.NaN;

test.each([
  // Fri 6 Feb 2026: 9–13 Feb (5), Sat 14 (6, make-up), holidays 15–23, 24–27 (10): the last day is Friday 27.
  ['2026-02-06', 10, 'WORKDAY', '2026-02-28'],
  // The 14th day is Friday 20 Feb, within the holidays: the last day is Tuesday 24.
  ['2026-02-06', 14, 'NATURAL', '2026-02-25'],
  // The 8th day is Saturday 14 Feb, a make-up workday: it ends there.
  ['2026-02-06', 8, 'NATURAL', '2026-02-15'],
  // Mon 1 June 2026: the 14th day is Monday 15.
  ['2026-06-01', 14, 'NATURAL', '2026-06-16'],
] as const)('noticed %s, %i days (%s): no objection from %s on', (noticed, days, unit, until) => {
  expect(formatDay(objectionsUntil({ days, unit }, day(noticed), calendar))).toBe(until);
});

test('there are at least as many days as stated, the last of them a working day', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: day('2024-01-01'), max: day('2026-08-01') }),
      fc.integer({ min: 1, max: 90 }),
      (noticed, days) => {
        const natural = objectionsUntil({ days, unit: 'NATURAL' }, noticed, calendar);
        const working = objectionsUntil({ days, unit: 'WORKDAY' }, noticed, calendar);
        expect(workdaysIn(calendar, noticed + 1, working)).toBe(days);
        expect(natural - noticed - 1).toBeGreaterThanOrEqual(days);
        expect(natural).toBeLessThanOrEqual(working);
        for (const until of [natural, working]) expect(isWorkday(calendar, until - 1)).toBe(true);
      },
    ),
  );
});
