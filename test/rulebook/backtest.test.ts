import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canonicalClaim } from '../../src/claims/canonical.ts';
import { dayOf } from '../../src/platform/civil.ts';
import { samplesOf, sumsOf } from '../../src/rulebook/backtest-store.ts';
import { cancelRun, planRun, resumeRun, startBacktest, walkSlice } from '../../src/rulebook/run-service.ts';
import { findRun, waitingSlices } from '../../src/rulebook/run-store.ts';
import type { Database } from '../../src/platform/database.ts';
import { registerLibrary } from '../../src/rulebook/library-service.ts';
import { ruleSetOf } from '../../src/rules/library.ts';
import { replay } from '../../src/screening/replay-service.ts';
import { screenAllMarked } from '../../src/screening/window-service.ts';
import { randomClaims } from '../support/random-claims.ts';
import { withSmallWindows } from '../support/small-windows.ts';
import { storeCanonical } from '../support/store-claims.ts';
import {
  author,
  findingsOf,
  openWorld,
  splitCode,
  splitRule,
  stay,
  store,
  storeVersion,
  type World,
} from './world.ts';

let world: World;
let draft = '';
const persons = 450;
beforeAll(async () => {
  world = await openWorld(withSmallWindows);
  // Of every third person the stays are 20 days apart, of the others 12.
  await store(
    world,
    Array.from({ length: persons }, (_, at) => {
      const person = `P${String(at).padStart(4, '0')}`;
      return [stay(`${person}-1`, 1, 3, person), stay(`${person}-2`, at % 3 === 0 ? 23 : 15, 28, person)];
    }).flat(),
  );
  const asOf = dayOf('2027-01-01') ?? 0;
  const others = randomClaims(5, 60).map((input) => {
    const result = canonicalClaim(input, asOf);
    if (!result.ok) throw new Error(JSON.stringify(result.issues));
    return result;
  });
  await storeCanonical(world, others);
  draft = await storeVersion(world, await splitRule(20));
});
afterAll(() => world.drop());

/** What of a run does not depend on when it ran. */
async function resultOf(id: number) {
  const { pool } = world.database;
  const run = await findRun(pool, id);
  return {
    run:
      run === null
        ? null
        : { state: run.state, persons: run.persons, claims: run.claims, undecided: run.undecided },
    total: await sumsOf(pool, id, 'all'),
    byInstitution: await sumsOf(pool, id, 'fixmedins_code'),
    byMonth: await sumsOf(pool, id, 'month'),
    samples: [
      await samplesOf(pool, id, 'new'),
      await samplesOf(pool, id, 'lost'),
      await samplesOf(pool, id, 'same'),
    ],
  };
}

async function begin(contentHash: string = draft): Promise<number> {
  const answer = await startBacktest(world.database, author.actor, contentHash);
  if (!answer.ok) throw new Error(answer.reason.en);
  const id = Number(answer.run.id);
  await planRun(world, id);
  return id;
}

const depsOf = (database: Database) => ({ database, rules: world.rules });

async function walkAll(id: number): Promise<void> {
  const slices = await waitingSlices(world.database.pool, 100);
  await Promise.all(
    slices
      .filter(({ run_id }) => run_id === id)
      .map(({ slice }) => walkSlice(depsOf(world.database), id, slice)),
  );
}

describe('a backtest', () => {
  let whole = 0;
  test('compares a draft with the active version, and writes no finding', async () => {
    whole = await begin();
    await walkAll(whole);
    const { run, total, byMonth, byInstitution, samples } = await resultOf(whole);
    expect(run).toMatchObject({ state: 'done' });
    const [sums] = total;
    expect(sums?.claims).toBeGreaterThanOrEqual(persons * 2);
    expect(sums?.new.findings).toBeGreaterThanOrEqual(persons / 3);
    expect(sums?.lost.findings).toBe(0);
    expect(sums?.same.findings).toBeGreaterThanOrEqual((persons * 2) / 3);
    expect(sums?.rate).toBeGreaterThan(sums?.rate_before ?? Number.POSITIVE_INFINITY);
    expect(byMonth.map(({ place }) => place)).toContain('2026-01');
    expect(byInstitution.reduce((sum, { claims }) => sum + claims, 0)).toBe(sums?.claims);
    expect(samples.map((kind) => kind.length)).toEqual([50, 0, 50]);
    const { rows } = await world.database.pool.query('SELECT FROM finding');
    expect(rows).toHaveLength(0);
  });

  test('says exactly what the stream would find', async () => {
    for await (const _progress of replay(world.database, world.rules, { concurrency: 1 }));
    const active = await findingsOf(world, splitCode);
    const [sums] = (await resultOf(whole)).total;
    expect((sums?.same.findings ?? 0) + (sums?.lost.findings ?? 0)).toBe(active.length);
  });

  test('of a rule over windows sees every day of every institution once, and its end takes back what stands', async () => {
    const code = 'FW-VISIT-ALIKE';
    const { rows } = await world.database.pool.query<{ content_hash: string }>(
      'SELECT content_hash FROM rule_version WHERE code = $1',
      [code],
    );
    const id = await begin(rows[0]?.content_hash);
    await walkAll(id);
    await screenAllMarked(world.database, world.rules);
    const standing = await findingsOf(world, code);
    expect(standing.length).toBeGreaterThan(10);
    const [sums] = (await resultOf(id)).total;
    expect(sums).toMatchObject({
      claims: (await resultOf(whole)).total[0]?.claims,
      same: { findings: standing.length },
      new: { findings: 0 },
      lost: { findings: 0 },
    });
    const { library } = world;
    const others = library.rules.map(({ document }) => document).filter((one) => one.code !== code);
    await registerLibrary(world.database, 'rules', ruleSetOf(others, library.knowledge));
    await screenAllMarked(world.database, world.rules);
    expect(await findingsOf(world, code)).toEqual([]);
    await registerLibrary(world.database, 'rules', library);
  });

  test('that was cancelled and resumed, and whose worker died, comes to the same', async () => {
    const id = await begin();
    let looked = 0;
    await walkSlice(depsOf(world.database), id, 1, () => looked++ === 1);
    expect(await cancelRun(world.database, author.actor, id)).toMatchObject({
      ok: true,
      run: { state: 'cancelled', persons: 200 },
    });
    await walkSlice(depsOf(world.database), id, 1);
    expect((await findRun(world.database.pool, id))?.persons).toBe(200);
    expect(await cancelRun(world.database, author.actor, id)).toMatchObject({
      ok: false,
      code: 'not_allowed',
    });
    expect(await resumeRun(world.database, author.actor, id)).toMatchObject({
      ok: true,
      run: { state: 'waiting' },
    });
    looked = 0;
    await walkSlice(depsOf(world.database), id, 1, () => looked++ === 1);
    // Two workers that were told to walk the same range: one of them does.
    await Promise.all([1, 2].map(() => walkSlice(depsOf(world.database), id, 1)));
    await walkSlice(depsOf(world.database), id, 1);
    expect(await resultOf(id)).toEqual(await resultOf(whole));
  });

  test('cut into ranges comes to the same as in one', async () => {
    const id = await begin();
    await world.database.pool.query(`UPDATE rule_run_slice SET last = 'P0100' WHERE run_id = $1`, [id]);
    await world.database.pool.query(
      `INSERT INTO rule_run_slice (run_id, slice, done_up_to, last) VALUES ($1, 2, 'P0100', 'P0300'), ($1, 3, 'P0300', NULL)`,
      [id],
    );
    await walkAll(id);
    expect(await resultOf(id)).toEqual(await resultOf(whole));
  });
});
