import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clocksOf } from '../../src/cases/clocks.ts';
import type { Action } from '../../src/cases/contract.ts';
import { inForce } from '../../src/cases/procedure.ts';
import { dayOf, formatDay, secondOf } from '../../src/platform/civil.ts';
import { addNaturalDays, isWorkday } from '../../src/platform/calendar.ts';
import { procedure } from './cases.ts';

const area = '330702';
const second = (text: string): number => secondOf(text) ?? Number.NaN;
type Acts = readonly (readonly [Action, string])[];

const clock = (code: string, acts: Acts, now: string) => {
  const events = acts.map(([action, at]) => ({ action, at: at.length === 10 ? `${at} 10:00:00` : at }));
  const found = clocksOf(events, area, procedure, second(`${now} 12:00:00`)).findLast(
    (one) => one.code === code,
  );
  if (found === undefined) throw new Error(`no clock ${code}`);
  return found;
};

describe('periods counted by hand', () => {
  test.each([
    // Verification, 15 working days from Fri 6 Feb 2026: 9–13 (5), Sat 14 (6), holidays 15–23, 24–27 (10), Sat 28 (11), 2–5 Mar (15).
    ['verification', [['open', '2026-02-06']], '2026-03-05'],
    // 15 more: Fri 6 Mar (16), 9–13 (21), 16–20 (26), 23–26 (30).
    [
      'verification',
      [
        ['open', '2026-02-06'],
        ['extend_verification', '2026-03-05'],
      ],
      '2026-03-26',
    ],
    // Registered on Wed 22 Jan 2025, 7 working days: 23, 24 (2), Sun 26 (3), Mon 27 (4), holidays 28 Jan–4 Feb, 5, 6, 7 Feb (7).
    ['preservation', [['preserve', '2025-01-22']], '2025-02-07'],
    // Notice on Mon 29 Sep 2025, 5 working days: 30 (1), holidays 1–8 Oct, 9, 10 (3), Sat 11 (4), Mon 13 (5).
    ['hearing_request', [['notify', '2025-09-29']], '2025-10-13'],
    // Decided on Wed 30 Sep 2026, 7 working days: holidays 1–7 Oct, 8, 9 (2), Sat 10 (3), 12–15 (7).
    ['service', [['decide', '2026-09-30']], '2026-10-15'],
    // Served on Fri 18 Sep 2026, 15 natural days: Sat 3 Oct is a holiday, so is all up to the 7th: Thu 8 Oct.
    ['payment', [['serve', '2026-09-18']], '2026-10-08'],
    // Filed on Mon 17 Nov 2025, 90 natural days: 13 in Nov, 31, 31, 15 in Feb = Sun 15 Feb 2026, the holiday ends on the 23rd: Tue 24.
    ['decision', [['file', '2025-11-17']], '2026-02-24'],
    // 30 more count from the ninetieth day, not from the day it was moved to: Tue 17 Mar 2026.
    [
      'decision',
      [
        ['file', '2025-11-17'],
        ['extend_decision', '2026-02-10'],
      ],
      '2026-03-17',
    ],
    // 60 more: 120 + 60 days after 17 Nov 2025 is Sat 16 May 2026, so Mon 18 May.
    [
      'decision',
      [
        ['file', '2025-11-17'],
        ['extend_decision', '2026-02-10'],
        ['extend_decision_by_group', '2026-03-10'],
      ],
      '2026-05-18',
    ],
    // Suspended from 1 to 11 Dec 2025: ten days do not count, so Wed 25 Feb 2026.
    [
      'decision',
      [
        ['file', '2025-11-17'],
        ['suspend', '2025-12-01'],
        ['resume', '2025-12-11'],
      ],
      '2026-02-25',
    ],
    // An appraisal of 20 days of which 10 lie in a hearing count once: 90 + 30 days is Tue 17 Mar 2026.
    [
      'decision',
      [
        ['file', '2025-11-17'],
        ['begin_stop', '2025-12-01'],
        ['ask_hearing', '2025-12-11'],
        ['end_stop', '2025-12-21'],
        ['hold_hearing', '2025-12-31'],
      ],
      '2026-03-17',
    ],
    // Legal review submitted on Thu 16 Apr 2026, 10 working days: 17 (1), 20–24 (6), 27–30 (10).
    ['legal_review', [['submit_review', '2026-04-16']], '2026-04-30'],
    // A day later: 20–24 (5), 27–30 (9), holidays 1–5 May, Wed 6 (10).
    ['legal_review', [['submit_review', '2026-04-17']], '2026-05-06'],
    // Three natural days over the make-up Sunday: proposed on Thu 17 Sep 2026 ends on Sun 20, a workday.
    ['police_decision', [['propose_police', '2026-09-17']], '2026-09-20'],
  ] as const)('%s %j ends with %s', (code, acts, last) => {
    const found = clock(code, acts, acts.at(-1)?.[1] ?? '');
    expect([found.last_day, found.provisional]).toEqual([last, false]);
  });

  test('24 hours run on over night and over days off, to the second', () => {
    const acts: Acts = [['approve_police', '2026-10-01 16:30:00']];
    expect(clock('police_transfer', acts, '2026-10-01').late_from).toBe('2026-10-02 16:30:00');
    const done = (at: string) =>
      clock('police_transfer', [...acts, ['transfer_police', at]], '2026-10-05').status;
    expect(done('2026-10-02 16:29:59')).toBe('kept');
    expect(done('2026-10-02 16:30:00')).toBe('missed');
  });
});

describe('what a clock says of itself', () => {
  test('running, overdue, kept, missed, stopped', () => {
    const file: Acts = [['file', '2025-11-17']];
    expect(clock('decision', file, '2026-02-24').status).toBe('running');
    expect(clock('decision', file, '2026-02-25').status).toBe('overdue');
    expect(clock('decision', [...file, ['decide', '2026-02-24']], '2026-06-01').status).toBe('kept');
    expect(clock('decision', [...file, ['decide', '2026-02-25']], '2026-06-01').status).toBe('missed');
    expect(clock('decision', [...file, ['suspend', '2025-12-01']], '2026-06-01').status).toBe('stopped');
    // Stopped when it was late already, it stays late.
    expect(clock('decision', [...file, ['suspend', '2026-03-01']], '2026-06-01').status).toBe('overdue');
  });

  test('what reaches into a year without an announced calendar is provisional', () => {
    expect(clock('decision', [['file', '2026-11-28']], '2026-11-28').provisional).toBe(true);
    expect(clock('verification', [['open', '2026-12-14']], '2026-12-14').provisional).toBe(true);
    expect(clock('verification', [['open', '2026-12-01']], '2026-12-14').provisional).toBe(false);
  });

  test('stopping moves the end by as many days as it lasted, wherever it lies', () => {
    const filed = dayOf('2025-03-03') ?? 0;
    fc.assert(
      fc.property(fc.nat(85), fc.nat(60), (after, lasts) => {
        const stop = filed + 1 + after;
        const acts: Acts = [
          ['file', '2025-03-03'],
          ['suspend', formatDay(stop)],
          ['resume', formatDay(stop + lasts)],
        ];
        const last = dayOf(clock('decision', acts, formatDay(stop + lasts)).last_day) ?? 0;
        expect(last).toBe(addNaturalDays(procedure.calendar, filed, 90 + lasts).day);
        expect(isWorkday(procedure.calendar, last)).toBe(true);
      }),
    );
  });
});

test('a row for an area goes before the national one, from its day on', () => {
  const [national] = procedure.clocks.filter(({ code }) => code === 'verification');
  if (national === undefined) throw new Error('no clock');
  const local = { ...national, area: '21', from: '2024-01-01', unit: 'NATURAL' as const };
  const rows = [local, national];
  expect(inForce(rows, '210100', '2024-01-01')).toEqual([local]);
  expect(inForce(rows, '210100', '2023-12-31')).toEqual([national]);
  expect(inForce(rows, '330700', '2024-01-01')).toEqual([national]);
  expect(inForce(rows, '330700', '2021-07-14')).toEqual([]);
});
