import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { lateMs } from '../../src/platform/pulse.ts';

const work = (ms: number): void => {
  for (const until = performance.now() + ms; performance.now() < until; );
};

test('is late while piece after piece of work holds the process, not for one of them', async () => {
  await sleep(200);
  work(150);
  await sleep(1);
  const afterOne = lateMs();
  for (let piece = 0; piece < 5; piece += 1) {
    work(150);
    await sleep(1);
  }
  expect(lateMs()).toBeGreaterThan(100);
  expect(afterOne).toBeLessThan(lateMs());
});
