import { describe, expect, test } from 'vitest';
import { loadRuleSet } from '../../src/rules/library.ts';
import { isLeftOut } from '../support/optional-parts.ts';
import { planOf, queues } from './plan.ts';
import { runChaos } from './run.ts';

/** The full size is `npm run chaos`. */
const claims = 200;
const disturbances = 4;
/** Their plans have a kill, a lost queue and a wrong clock. */
const seeds = { postgresql: 50, redis: 44 };

// Both at once: most of their time is waiting for someone to be missed.
describe.concurrent('killed, frozen, forgotten and with a wrong clock', () => {
  test.for(queues)(
    'queued on %s: the end is that of an undisturbed pass',
    { timeout: 600_000 },
    async (queue, { skip }) => {
      skip(queue === 'redis' && isLeftOut('redis'));
      const chaos = { seed: seeds[queue], claims, disturbances, queue };
      const { findings, differences } = await runChaos(chaos, await loadRuleSet('rules'));
      expect(findings).toBeGreaterThan(50);
      expect(differences).toEqual([]);
    },
  );
});

test('the same seed gives the same plan, and plans know every kind of disturbance', () => {
  const plans = Array.from({ length: 20 }, (_, seed) => planOf(seed, 100, 12, 'redis'));
  expect(plans).toEqual(Array.from({ length: 20 }, (_, seed) => planOf(seed, 100, 12, 'redis')));
  const kinds = new Set(plans.flat().map(({ kind, target }) => `${kind} ${target}`));
  const targets = ['api', 'worker 1', 'worker 2', 'postgresql', 'redis'];
  for (const target of targets)
    for (const kind of ['kill', 'freeze']) expect(kinds).toContain(`${kind} ${target}`);
  for (const other of ['forget redis', 'clock worker 1', 'clock worker 2']) expect(kinds).toContain(other);
});
