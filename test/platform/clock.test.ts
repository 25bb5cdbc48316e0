import { afterEach, expect, test, vi } from 'vitest';
import { formatDay } from '../../src/platform/civil.ts';
import { today } from '../../src/platform/clock.ts';

afterEach(() => vi.useRealTimers());

test.each([
  ['2026-06-30T15:59:59.999Z', '2026-06-30'],
  ['2026-06-30T16:00:00.000Z', '2026-07-01'],
  ['2024-02-28T16:00:00.000Z', '2024-02-29'],
])('at %s it is %s in Shanghai', (instant, day) => {
  vi.useFakeTimers({ now: new Date(instant) });
  expect(formatDay(today())).toBe(day);
  const shanghai = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai', dateStyle: 'short' });
  expect(shanghai.format(new Date(instant))).toBe(day);
});
