import { expect, test } from 'vitest';
import { lateFee, lateFeeOf } from '../../src/cases/late-fee.ts';
import { secondOf } from '../../src/platform/civil.ts';
import { notifiedCase, penaltyOf, people, procedure } from './cases.ts';

test('three per cent a day, and never more than the fine', () => {
  expect(lateFee(150_000, 1, 30)).toBe(4_500);
  expect(lateFee(150_000, 33, 30)).toBe(148_500);
  expect(lateFee(150_000, 34, 30)).toBe(150_000);
  expect(lateFee(150_000, -3, 30)).toBe(0);
});

test('it grows from the day after the period on what is open, and a postponement moves that day', () => {
  const made = notifiedCase('2026-03-02 09:00:00');
  const decided = '2026-03-20 09:00:00';
  const { officer, leader } = people;
  const now = (day: string): number =>
    lateFeeOf(made.file(), made.events, procedure, secondOf(`${day} 12:00:00`) ?? 0);
  expect(now('2026-03-20')).toBe(0);
  made.act(leader, decided, {
    action: 'decide',
    detail: { kind: 'penalty', penalty: penaltyOf(), reason: '理由' },
  });
  made.act(officer, decided, { action: 'serve', detail: { way: 'direct' } });
  // Served on 20 March, 15 days: Saturday 4 April is a holiday up to Monday the 6th, so Tuesday 7 April.
  expect(now('2026-04-07')).toBe(0);
  expect(now('2026-04-08')).toBe(4_500);
  made.act(officer, '2026-04-08 09:00:00', {
    action: 'pay',
    detail: { what: 'fine', fen: 50_000, reference: 'A' },
  });
  expect(now('2026-04-09')).toBe(6_000);
  made.act(leader, '2026-04-09 09:00:00', {
    action: 'defer_payment',
    detail: { until: '2026-06-30', reason: '困难' },
  });
  expect(now('2026-06-30')).toBe(0);
  expect(now('2026-07-01')).toBe(3_000);
});
