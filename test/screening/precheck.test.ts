import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canonicalClaim } from '../../src/claims/canonical.ts';
import { type ClaimInput } from '../../src/claims/contract.ts';
import { splitPersonal } from '../../src/claims/personal.ts';
import { claimKey, type CurrentClaim, currentClaims } from '../../src/claims/timeline.ts';
import { dayOf } from '../../src/platform/civil.ts';
import { everything } from '../../src/people/sight.ts';
import { loadRuleSet, type RuleSet } from '../../src/rules/library.ts';
import { prechecker } from '../../src/screening/precheck.ts';
import { screenAll } from '../../src/screening/screen-all.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { storeCanonical } from '../support/store-claims.ts';
import { randomClaims } from '../support/random-claims.ts';

const asOf = dayOf('2027-01-01') ?? 0;
const seeds = 6;

let ruleSet: RuleSet;
let database: TestDatabase;
beforeAll(async () => {
  ruleSet = await loadRuleSet('rules');
  database = await createTestDatabase();
});
afterAll(() => database.drop());

describe('a pre-check', () => {
  test('says of every claim what the stream says of it, byte for byte', async () => {
    for (let seed = 0; seed < seeds; seed += 1) {
      const world = await createTestDatabase();
      try {
        const inputs = randomClaims(seed, 50).filter(({ refd_setl_id }) => refd_setl_id == null);
        await store(world, inputs);
        const expected = await screenAll(currentClaims(inputs.map(read)), [], ruleSet);
        const patient = { historyReadsMax: 32, historyMs: 30_000, historyLateMs: Number.POSITIVE_INFINITY };
        const precheck = prechecker(world.database, ruleSet, () => asOf, patient);
        const current = new Set(currentClaims(inputs.map(read)).map(({ contentHash }) => contentHash));
        for (const input of inputs) {
          if (!current.has(read(input).contentHash)) continue;
          const key = claimKey(input.institution.fixmedins_code, input.setl_id);
          const result = await precheck(input, everything);
          if (!result.ok) throw new Error('rejected');
          expect(result.precheck.history).toBe('used');
          expect(result.precheck.findings.map((finding) => JSON.stringify(finding))).toEqual(
            expected
              .flatMap(({ findings }) => findings)
              .filter(({ fixmedins_code, setl_id }) => claimKey(fixmedins_code, setl_id) === key)
              .map((finding) => JSON.stringify(finding)),
          );
        }
      } finally {
        await world.drop();
      }
    }
  }, 120_000);

  test('of a process that is too late judges the claim itself and says so', async () => {
    const limits = { historyReadsMax: 32, historyMs: 30_000, historyLateMs: -1 };
    const [input] = randomClaims(3, 1);
    const result = await prechecker(database.database, ruleSet, () => asOf, limits)(input, everything);
    expect(result).toMatchObject({ precheck: { history: 'left_out' } });
  });

  test('stores nothing', async () => {
    const [input] = randomClaims(1, 1);
    await prechecker(database.database, ruleSet, () => asOf)(input, everything);
    const { rows } = await database.database.pool.query<{ stored: number }>(
      'SELECT count(*) AS stored FROM claim_revision',
    );
    expect(rows[0]?.stored).toBe(0);
  });

  test('names what is wrong with a document that is no claim', async () => {
    const result = await prechecker(database.database, ruleSet, () => asOf)({ setl_id: 1 }, everything);
    expect(result.ok).toBe(false);
  });

  test('under more load than it can read the history for, judges the claim itself and says so', async () => {
    const limits = { historyReadsMax: 3, historyMs: 30_000, historyLateMs: Number.POSITIVE_INFINITY };
    const precheck = prechecker(database.database, ruleSet, () => asOf, limits);
    const [input] = randomClaims(2, 1);
    const results = await Promise.all(
      Array.from({ length: limits.historyReadsMax + 5 }, () => precheck(input, everything)),
    );
    const left = results.flatMap((result) =>
      result.ok && result.precheck.history === 'left_out' ? [result.precheck] : [],
    );
    expect(left).toHaveLength(5);
    await expect(precheck(input, everything)).resolves.toMatchObject({ precheck: { history: 'used' } });
    for (const { left_out } of left) {
      expect(left_out).toContain('FW-STAY-OVERLAP');
      expect(left_out).not.toContain('FW-ITEM-SEX');
    }
  });
});

async function store(target: TestDatabase, inputs: readonly ClaimInput[]): Promise<void> {
  const claims = inputs.map((input) => {
    const result = canonicalClaim(input, asOf);
    if (!result.ok) throw new Error(JSON.stringify(result.issues));
    return result;
  });
  await storeCanonical(target, claims);
}

function read(input: ClaimInput): CurrentClaim {
  const result = canonicalClaim(input, asOf);
  if (!result.ok) throw new Error(JSON.stringify(result.issues));
  return { claim: splitPersonal(result.claim).doc, contentHash: result.hash.toString('hex') };
}
