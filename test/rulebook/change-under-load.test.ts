/** Rules change while workers judge: the end is what one pass by the last rules says, whoever was at what when it happened. */
import { expect, test } from 'vitest';
import { canonicalClaim } from '../../src/claims/canonical.ts';
import { splitPersonal } from '../../src/claims/personal.ts';
import { randomOf } from '../../src/demo/random.ts';
import { dayOf } from '../../src/platform/civil.ts';
import { openActiveRules } from '../../src/rulebook/active-service.ts';
import { registerLibrary } from '../../src/rulebook/library-service.ts';
import { planRun, walkSlice } from '../../src/rulebook/run-service.ts';
import { unplannedRuns, waitingSlices } from '../../src/rulebook/run-store.ts';
import { type RuleSet, ruleSetOf } from '../../src/rules/library.ts';
import { screenBatch } from '../../src/screening/service.ts';
import { endStateOf, onePass } from '../support/end-state.ts';
import { randomClaims } from '../support/random-claims.ts';
import { storeCanonical } from '../support/store-claims.ts';
import { openWorld, splitCode, splitRule, type World } from './world.ts';

const worlds = 6;
const claimsPerWorld = 60;
const asOf = dayOf('2027-01-01') ?? 0;

/** Walks whatever waits, as a worker of its own does. */
async function walkWaiting(world: World): Promise<void> {
  const { database, library } = world;
  const rules = await openActiveRules(database, library.knowledge);
  const deps = { database, rules };
  for (const run of await unplannedRuns(database.pool, 10)) await planRun(deps, run);
  for (const { run_id, slice } of await waitingSlices(database.pool, 10))
    await walkSlice(deps, run_id, slice);
}

test.each(Array.from({ length: worlds }, (_, seed) => seed))(
  'world %i',
  async (seed) => {
    const world = await openWorld();
    try {
      const random = randomOf('change', seed);
      const claims = randomClaims(seed, claimsPerWorld).map((input) => {
        const result = canonicalClaim(input, asOf);
        if (!result.ok) throw new Error(JSON.stringify(result.issues));
        return result;
      });
      const batches: number[] = [];
      for (let at = 0; at < claims.length; at += 6)
        batches.push(...(await storeCanonical(world, claims.slice(at, at + 6))).batchIds);
      const others = world.library.rules.map(({ document }) => document);
      const setOf = async (days: number, dropped: string): Promise<RuleSet> =>
        ruleSetOf(
          [
            ...others.filter(({ code }) => code !== splitCode && code !== dropped),
            (await splitRule(days)).document,
          ],
          world.library.knowledge,
        );
      const last = await setOf(40, 'FW-LINE-REPEATED');
      const between = await setOf(5, 'FW-STAY-OVERLAP');

      const worker = async (ids: readonly number[]): Promise<void> => {
        const rules = await openActiveRules(world.database, world.library.knowledge);
        for (const id of ids) await screenBatch(world.database, world.vault, rules, id, random.pick([0, 10]));
      };
      const change = async (): Promise<void> => {
        for (const ruleSet of [between, last]) {
          await new Promise((resolve) => {
            setTimeout(resolve, random.between(5, 60));
          });
          await registerLibrary(world.database, 'rules', ruleSet);
          await walkWaiting(world);
        }
      };
      await Promise.all([
        worker(batches.filter((_, at) => at % 2 === 0)),
        worker(batches.filter((_, at) => at % 2 === 1)),
        change(),
      ]);
      await walkWaiting(world);
      const expected = await onePass(
        claims.map(({ claim, hash }) => ({
          claim: splitPersonal(claim).doc,
          contentHash: hash.toString('hex'),
        })),
        last,
      );
      expect(expected.findings.length).toBeGreaterThan(3);
      expect(await endStateOf(world.database)).toEqual(expected);
    } finally {
      await world.drop();
    }
  },
  60_000,
);
