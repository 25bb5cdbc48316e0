import { beforeAll, describe, expect, test } from 'vitest';
import { canonicalClaim } from '../../src/claims/canonical.ts';
import { splitPersonal } from '../../src/claims/personal.ts';
import { storeClaims } from '../../src/claims/store.ts';
import { dayOf } from '../../src/platform/civil.ts';
import { transaction } from '../../src/platform/database.ts';
import { permutation, type Random, randomOf } from '../../src/demo/random.ts';
import { loadRuleSet, type RuleSet } from '../../src/rules/library.ts';
import { screenBatch } from '../../src/screening/service.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { endStateOf, onePass } from '../support/end-state.ts';
import { randomClaims } from '../support/random-claims.ts';

const asOf = dayOf('2027-01-01') ?? 0;
const worlds = 12;
const claimsPerWorld = 60;

let ruleSet: RuleSet;
beforeAll(async () => {
  ruleSet = await loadRuleSet('rules');
});

describe('findings are a function of the set of known claims', () => {
  test.each(Array.from({ length: worlds }, (_, seed) => seed))(
    'world %i: any order, any batches, duplicates, two workers – the same end as one sorted pass',
    async (seed) => {
      const claims = randomClaims(seed, claimsPerWorld).map((input) => {
        const result = canonicalClaim(input, asOf);
        if (!result.ok) throw new Error(JSON.stringify(result.issues));
        return result;
      });
      const expected = await onePass(
        claims.map(({ claim, hash }) => ({
          claim: splitPersonal(claim).doc,
          contentHash: hash.toString('hex'),
        })),
        ruleSet,
      );
      expect(expected.findings.length).toBeGreaterThan(3);

      const database = await createTestDatabase();
      try {
        const random = randomOf('delivery', seed);
        // Some claims come twice.
        const delivery = shuffled(random, [...claims, ...claims.filter(() => random.chance(0.2))]);
        const waiting: number[] = [];
        while (delivery.length > 0) {
          const chunk = delivery.splice(0, random.between(1, 15));
          const { batchId } = await transaction(database.database, (client) =>
            storeClaims(
              client,
              'test',
              chunk.map(({ storable }) => storable),
            ),
          );
          if (batchId !== null) waiting.push(batchId);
          // Batches are screened late, out of order, twice, and by two workers at once.
          if (random.chance(0.5))
            await screenSome(database, shuffled(random, waiting.splice(0, random.between(1, 4))));
        }
        await screenSome(database, waiting);
        expect(await endStateOf(database.database)).toEqual(expected);
      } finally {
        await database.drop();
      }
    },
    60_000,
  );
});

async function screenSome({ database }: TestDatabase, batches: readonly number[]): Promise<void> {
  const [left, right] = [
    batches.filter((_, index) => index % 2 === 0),
    batches.filter((_, index) => index % 2 === 1),
  ];
  const worker = async (ids: readonly number[]): Promise<void> => {
    for (const id of ids) await screenBatch(database, ruleSet, id);
  };
  await Promise.all([worker(left), worker([...right, ...left.slice(0, 1)])]);
}

const shuffled = <Item>(random: Random, list: readonly Item[]): Item[] =>
  permutation(random, list.length).flatMap((at) => list.slice(at, at + 1));
