import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { canonicalClaim } from '../../src/claims/canonical.ts';
import { splitPersonal } from '../../src/claims/personal.ts';
import { storeClaims } from '../../src/claims/store.ts';
import { type CurrentClaim, currentClaims } from '../../src/claims/timeline.ts';
import { dayOf } from '../../src/platform/civil.ts';
import { transaction } from '../../src/platform/database.ts';
import { permutation, type Random, randomOf } from '../../src/demo/random.ts';
import { loadRuleSet, type RuleSet } from '../../src/rules/library.ts';
import { screenAll } from '../../src/screening/screen-all.ts';
import { screenBatch } from '../../src/screening/service.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
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
            storeClaims(client, 'test', chunk),
          );
          if (batchId !== null) waiting.push(batchId);
          // Batches are screened late, out of order, twice, and by two workers at once.
          if (random.chance(0.5))
            await screenSome(database, shuffled(random, waiting.splice(0, random.between(1, 4))));
        }
        await screenSome(database, waiting);
        expect(await endState(database)).toEqual(expected);
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

async function onePass(revisions: readonly CurrentClaim[]) {
  const verdicts = await screenAll(currentClaims(revisions), [], ruleSet);
  return {
    findings: verdicts
      .flatMap(({ findings }) => findings)
      .map((finding) => `${finding.rule_code} ${finding.setl_id} ${sha256(JSON.stringify(finding))}`)
      .sort(),
    undecided: verdicts
      .flatMap(({ undecided }) => undecided)
      .map(({ fixmedins_code, setl_id, items }) => JSON.stringify([fixmedins_code, setl_id, items]))
      .sort(),
  };
}

async function endState({ database }: TestDatabase) {
  const { rows: findings } = await database.pool.query<{ rule_code: string; setl_id: string; body: string }>(
    `SELECT rule_code, setl_id, body::text AS body FROM finding WHERE state = 'active'`,
  );
  const { rows: undecided } = await database.pool.query<{
    fixmedins_code: string;
    setl_id: string;
    items: { rule_code: string; missing: string[] }[];
  }>('SELECT fixmedins_code, setl_id, items FROM undecided');
  return {
    findings: findings
      .map(({ rule_code, setl_id, body }) => `${rule_code} ${setl_id} ${sha256(body)}`)
      .sort(),
    undecided: undecided
      .map(({ fixmedins_code, setl_id, items }) =>
        JSON.stringify([
          fixmedins_code,
          setl_id,
          items.map(({ rule_code, missing }) => ({ rule_code, missing })),
        ]),
      )
      .sort(),
  };
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

const shuffled = <Item>(random: Random, list: readonly Item[]): Item[] =>
  permutation(random, list.length).flatMap((at) => list.slice(at, at + 1));
