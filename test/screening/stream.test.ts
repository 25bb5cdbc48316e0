import { beforeAll, describe, expect, test } from 'vitest';
import { canonicalClaim } from '../../src/claims/canonical.ts';
import { nationalCodesOf } from '../../src/claims/practitioners.ts';
import { type CurrentClaim, currentClaims } from '../../src/claims/timeline.ts';
import { splitPersonal } from '../../src/claims/personal.ts';
import { dayOf } from '../../src/platform/civil.ts';
import { transaction } from '../../src/platform/database.ts';
import { permutation, type Random, randomOf } from '../../src/demo/random.ts';
import { loadRuleSet, type RuleSet } from '../../src/rules/library.ts';
import { screenAll } from '../../src/screening/screen-all.ts';
import { screenBatch } from '../../src/screening/service.ts';
import { screenAllMarked, screenMarked } from '../../src/screening/window-service.ts';
import { windowDaysOf, windowRulesOf } from '../../src/screening/window.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { storeCanonical } from '../support/store-claims.ts';
import { endStateOf, onePass } from '../support/end-state.ts';
import { randomClaims } from '../support/random-claims.ts';
import { withSmallWindows } from '../support/small-windows.ts';

const asOf = dayOf('2027-01-01') ?? 0;
const worlds = 12;
const claimsPerWorld = 60;

let ruleSet: RuleSet;
/** Rules that found something in any of the worlds. */
const hitRules = new Set<string>();
beforeAll(async () => {
  ruleSet = withSmallWindows(await loadRuleSet('rules'));
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
      const revisions = claims.map(({ claim, hash }) => ({
        claim: splitPersonal(claim).doc,
        contentHash: hash.toString('hex'),
      }));
      const expected = await onePass(revisions, ruleSet);
      expect(expected.findings.length).toBeGreaterThan(3);
      for (const line of expected.findings) hitRules.add(line.split(' ')[0] ?? '');
      await countSpanning(currentClaims(revisions));

      const database = await createTestDatabase();
      try {
        const random = randomOf('delivery', seed);
        // Some claims come twice.
        const delivery = shuffled(random, [...claims, ...claims.filter(() => random.chance(0.2))]);
        const waiting: number[] = [];
        while (delivery.length > 0) {
          const chunk = delivery.splice(0, random.between(1, 15));
          const { batchIds } = await storeCanonical(database, chunk);
          waiting.push(...batchIds);
          // Batches are screened late, out of order, twice, and by two workers at once.
          if (random.chance(0.5))
            await screenSome(database, shuffled(random, waiting.splice(0, random.between(1, 4))), random);
        }
        await screenSome(database, waiting, random);
        // Two workers look for marked days as well, beside the batches and after them.
        await Promise.all([
          screenAllMarked(database.database, ruleSet),
          screenAllMarked(database.database, ruleSet),
        ]);
        await screenAllMarked(database.database, ruleSet);
        expect(await endStateOf(database.database)).toEqual(expected);
      } finally {
        await database.drop();
      }
    },
    60_000,
  );
});

test('the worlds hold what rules follow through time, and what many persons do', () => {
  for (const code of ['FW-ITEM-CAP', 'FW-ITEM-CYCLE', 'FW-ITEM-COURSE', 'FW-DRUG-SECOND-LINE'])
    expect(hitRules).toContain(code);
  for (const code of ['FW-VISIT-GATHERING', 'FW-VISIT-ALIKE', 'FW-DOCTOR-VISITS'])
    expect(hitRules).toContain(code);
});

test('the worlds hold days of practitioners over institutions, found and undecided', () => {
  expect(spanning.found).toBeGreaterThan(3);
  expect(spanning.undecided).toBeGreaterThan(3);
});

/** Sets of visits of one practitioner at two institutions or more, in all worlds. */
const spanning = { found: 0, undecided: 0 };

async function countSpanning(claims: readonly CurrentClaim[]): Promise<void> {
  const longest = windowDaysOf(windowRulesOf(ruleSet));
  const beginOf = (setlId: string): number =>
    dayOf(claims.find(({ claim }) => claim.setl_id === setlId)?.claim.visit.begntime.slice(0, 10) ?? '') ?? 0;
  const placesBefore = (practitioner: string, day: number): number =>
    new Set(
      claims.flatMap(({ claim }) => {
        const ago = day - beginOf(claim.setl_id);
        const isOf = ago >= 0 && ago < longest && nationalCodesOf(claim).includes(practitioner);
        return isOf ? [claim.institution.fixmedins_code] : [];
      }),
    ).size;
  for (const { findings, undecided } of await screenAll(claims, [], ruleSet)) {
    for (const { window, claims: visits } of findings)
      if (window?.over === 'practitioner' && new Set(visits.map((one) => one.fixmedins_code)).size > 1)
        spanning.found += 1;
    for (const { setl_id, items } of undecided)
      for (const { practitioner } of items)
        if (practitioner !== undefined && placesBefore(practitioner, beginOf(setl_id)) > 1)
          spanning.undecided += 1;
  }
}

/** Alone, or with some or all of the others that wait. */
const togetherMax = [0, 0, 10, 30, 4_000];

async function screenSome(
  { database, vault }: TestDatabase,
  batches: readonly number[],
  random: Random,
): Promise<void> {
  const [left, right] = [
    batches.filter((_, index) => index % 2 === 0),
    batches.filter((_, index) => index % 2 === 1),
  ];
  const worker = async (ids: readonly number[]): Promise<void> => {
    for (const id of ids) await screenBatch(database, vault, ruleSet, id, random.pick(togetherMax));
  };
  const windows = async (): Promise<void> => {
    for (let pass = 0; pass < 3; pass += 1) await screenMarked(database, ruleSet);
  };
  await Promise.all([worker(left), worker([...right, ...left.slice(0, 1)]), windows()]);
}

const shuffled = <Item>(random: Random, list: readonly Item[]): Item[] =>
  permutation(random, list.length).flatMap((at) => list.slice(at, at + 1));

describe('small batches that wait', () => {
  const claims = randomClaims(3, 30).map((input) => {
    const result = canonicalClaim(input, asOf);
    if (!result.ok) throw new Error(JSON.stringify(result.issues));
    return result;
  });

  async function storeApart(stored: TestDatabase, size: number): Promise<number[]> {
    const batches: number[] = [];
    for (let at = 0; at < claims.length; at += size) {
      const { batchIds } = await storeCanonical(stored, claims.slice(at, at + size));
      batches.push(...batchIds);
    }
    return batches;
  }

  test('are screened together, up to the limit, and each once', async () => {
    const held = await createTestDatabase();
    const { database, vault, drop } = held;
    try {
      const [first = 0, second = 0, third = 0, ...rest] = await storeApart(held, 5);
      const together = await screenBatch(database, vault, ruleSet, second, 10);
      expect(together.screened).toEqual([second, first]);
      expect(await screenBatch(database, vault, ruleSet, first)).toMatchObject({
        outcome: 'already',
        screened: [],
      });
      expect((await screenBatch(database, vault, ruleSet, third)).screened).toEqual([third, ...rest]);
      const { rows } = await database.pool.query<{ state: string; begun: number }>(
        'SELECT DISTINCT state, begun FROM intake_batch',
      );
      expect(rows).toEqual([{ state: 'screened', begun: 0 }]);
    } finally {
      await drop();
    }
  });

  test('go alone after they failed together, and none of them is held to account', async () => {
    const held = await createTestDatabase();
    const { database, vault, drop } = held;
    try {
      const [first = 0, second = 0] = await storeApart(held, 15);
      await transaction(database, async (client) => {
        await client.query('SET LOCAL session_replication_role = replica');
        await client.query(
          `UPDATE claim_document d SET doc = '{"broken' FROM claim_revision r
            WHERE d.revision_id = r.id AND d.last_day = r.last_day AND r.batch_id = $1`,
          [second],
        );
      });
      // What is known of its persons lies in the broken batch too, so it may fail alone as well; nobody died of either.
      await screenBatch(database, vault, ruleSet, first).catch(() => undefined);
      const { rows } = await database.pool.query<{ id: number; begun: number }>(
        `SELECT id, begun FROM intake_batch WHERE state = 'waiting' ORDER BY id`,
      );
      expect(rows).toContainEqual({ id: second, begun: 0 });
      expect(rows.every(({ begun }) => begun === 0)).toBe(true);
    } finally {
      await drop();
    }
  });
});
