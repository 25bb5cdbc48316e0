/** Knowledge tables change while workers judge: the end is what one pass by the last tables says, whoever was at what when it happened. */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { canonicalClaim } from '../../src/claims/canonical.ts';
import { splitPersonal } from '../../src/claims/personal.ts';
import { randomOf } from '../../src/demo/random.ts';
import { openActiveRules } from '../../src/rulebook/active-service.ts';
import { planRun, walkSlice } from '../../src/rulebook/run-service.ts';
import { unplannedRuns, waitingSlices } from '../../src/rulebook/run-store.ts';
import {
  approveBatch,
  rollBackTable,
  type TableDeps,
  uploadBatch,
} from '../../src/rulebook/table-life-service.ts';
import { batchPreview } from '../../src/rulebook/table-view-service.ts';
import { screenBatch } from '../../src/screening/service.ts';
import { day } from '../support/claims.ts';
import { endStateOf, onePass } from '../support/end-state.ts';
import { randomClaims } from '../support/random-claims.ts';
import { storeCanonical } from '../support/store-claims.ts';
import { approver, author, openWorld, type World } from './world.ts';

const worlds = 6;
const claimsPerWorld = 60;
const asOf = day('2027-01-01');

async function walkWaiting(world: World): Promise<void> {
  const { database, library } = world;
  const deps = { database, rules: await openActiveRules(database, library.knowledge) };
  for (const run of await unplannedRuns(database.pool, 10)) await planRun(deps, run);
  for (const { run_id, slice } of await waitingSlices(database.pool, 20))
    await walkSlice(deps, run_id, slice);
}

/** Every item of the claims for one sex, from long ago on. */
async function limitAll(deps: TableDeps, items: readonly string[], gend: '1' | '2'): Promise<void> {
  const rows = items.map((item) => `${item},项目,${gend}`);
  const file = Buffer.from(`${['med_list_codg,item_name,gend', ...rows].join('\n')}\n`);
  const terms = {
    extent: 'supplement',
    source: 'test',
    batch: gend,
    published_at: '2026-01-01',
    effective_from: '2000-01-01',
    sha256: createHash('sha256').update(file).digest('hex'),
  } as const;
  const taken = await uploadBatch(deps, author.actor, 'item-sex', terms, file);
  const looked = taken.ok ? await batchPreview(deps, taken.id) : taken;
  if (!taken.ok || !looked.ok) throw new Error('the batch was not taken');
  const acted = await approveBatch(deps, approver, taken.id, looked.preview.table_sha256);
  if (!acted.ok) throw new Error(acted.reason.en);
}

test.each(Array.from({ length: worlds }, (_, seed) => seed))(
  'world %i',
  async (seed) => {
    const world = await openWorld();
    try {
      const { database, vault, library } = world;
      const random = randomOf('change of tables', seed);
      const claims = randomClaims(seed, claimsPerWorld).map((input) => {
        const result = canonicalClaim(input, asOf);
        if (!result.ok) throw new Error(JSON.stringify(result.issues));
        return result;
      });
      const items = [
        ...new Set(claims.flatMap(({ claim }) => claim.lines.map((line) => line.med_list_codg))),
      ];
      const batches: number[] = [];
      for (let at = 0; at < claims.length; at += 6)
        batches.push(...(await storeCanonical(world, claims.slice(at, at + 6))).batchIds);
      const worker = async (ids: readonly number[]): Promise<void> => {
        const rules = await openActiveRules(database, library.knowledge);
        for (const id of ids) await screenBatch(database, vault, rules, id, random.pick([0, 10]));
      };
      const deps: TableDeps = { database, rules: world.rules, asOf: () => asOf };
      const change = async (): Promise<void> => {
        for (const gend of ['1', '2'] as const) {
          await new Promise((resolve) => {
            setTimeout(resolve, random.between(5, 60));
          });
          await limitAll(deps, items, gend);
          await walkWaiting(world);
        }
        // Every other world goes one step back.
        if (seed % 2 === 1) {
          const acted = await rollBackTable(deps, approver, 'item-sex', 'test');
          if (!acted.ok) throw new Error(acted.reason.en);
        }
      };
      await Promise.all([
        worker(batches.filter((_, at) => at % 2 === 0)),
        worker(batches.filter((_, at) => at % 2 === 1)),
        change(),
      ]);
      await walkWaiting(world);
      const last = await openActiveRules(database, library.knowledge);
      expect(last.current().version).not.toBe(library.version);
      const expected = await onePass(
        claims.map(({ claim, hash }) => ({
          claim: splitPersonal(claim).doc,
          contentHash: hash.toString('hex'),
        })),
        last.current(),
      );
      expect(expected.findings.filter((line) => line.startsWith('FW-ITEM-SEX')).length).toBeGreaterThan(3);
      expect(await endStateOf(database)).toEqual(expected);
    } finally {
      await world.drop();
    }
  },
  60_000,
);
