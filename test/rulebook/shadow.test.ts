import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { afterBatch, shadowBudget, shadowShareMax } from '../../src/rulebook/after-batch-service.ts';
import { act, type ActOptions } from '../../src/rulebook/life-service.ts';
import type { Who } from '../../src/people/identify.ts';
import { bandFactor, bandOf, leftBand, windowClaims } from '../../src/rulebook/rate.ts';
import { findRate, listNotices } from '../../src/rulebook/rate-store.ts';
import { planRun, startBacktest, walkSlice } from '../../src/rulebook/run-service.ts';
import type { Action } from '../../src/rulebook/states-contract.ts';
import { stepsOf } from '../../src/rulebook/store.ts';
import type { ClaimInput } from '../../src/claims/contract.ts';
import { screenBatch } from '../../src/screening/service.ts';
import {
  approver,
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
beforeAll(async () => {
  world = await openWorld();
  draft = await storeVersion(world, await splitRule(25));
  await done(author, 'submit');
  await done(approver, 'approve');
  await done(approver, 'shadow');
});
afterAll(() => world.drop());

async function done(by: Who, action: Action, options: ActOptions = {}): Promise<void> {
  const acted = await act(world.deps, by, draft, action, options);
  if (!acted.ok) throw new Error(`${action}: ${acted.reason.en}`);
}

/** Screens a batch, and lets shadows look at it as if the batch had taken so long. */
async function streamFor(batchMs: number, claims: readonly ClaimInput[]) {
  const reports = [];
  for (const batch of await store(world, claims)) {
    const { seen } = await screenBatch(world.database, world.vault, world.rules, batch);
    if (seen === undefined) throw new Error('nothing was seen');
    reports.push(await afterBatch(world, seen, batchMs, shadowBudget()));
  }
  return reports;
}

async function shadowOf(): Promise<string[]> {
  const { rows } = await world.database.pool.query<{ setl_id: string }>(
    'SELECT setl_id FROM shadow_finding WHERE content_hash = $1 ORDER BY setl_id',
    [draft],
  );
  return rows.map(({ setl_id }) => setl_id);
}

const long = 60_000;

describe('a version in shadow', () => {
  test('looks at what the stream judges, further than any active rule, and writes no finding', async () => {
    await streamFor(long, [stay('A1', 1, 3)]);
    await streamFor(long, [stay('A2', 25, 27)]);
    expect(await findingsOf(world, splitCode)).toEqual([]);
    expect(await shadowOf()).toEqual(['A2']);
    expect(await findRate(world.database.pool, draft)).toMatchObject({ hits: 1, skipped_claims: 0 });
  });

  test('takes back what no longer holds', async () => {
    await streamFor(long, [{ ...stay('A2', 25, 27), updt_time: '2026-02-01 00:00:00', diagnoses: [] }]);
    expect(await shadowOf()).toEqual([]);
  });

  test('that has used up its share of the time is left out, and that is counted', async () => {
    const [report] = await streamFor(0, [stay('B1', 1, 3, 'P2'), stay('B2', 25, 27, 'P2')]);
    expect(report?.skippedClaims).toBe(2);
    expect(await shadowOf()).toEqual([]);
    expect(await findRate(world.database.pool, draft)).toMatchObject({
      skipped_batches: 1,
      skipped_claims: 2,
    });
  });

  test('never takes more than its share of the time, but for the last person it began', () => {
    const budget = shadowBudget();
    let batches = 0;
    let spent = 0;
    for (let at = 0; at < 500; at += 1) {
      batches += 100;
      const may = budget.earn(100);
      expect(may).toBeLessThanOrEqual(100 * shadowShareMax);
      if (may === 0) continue;
      // A person takes ten batches' share now and then.
      const took = at % 7 === 0 ? 1_000 * shadowShareMax : may;
      budget.spend(took);
      spent += took;
    }
    expect(spent).toBeLessThanOrEqual(batches * shadowShareMax + 1_000 * shadowShareMax);
  });
});

describe('a rate', () => {
  test('leaves its band by the factor and not by chance', () => {
    const band = { low: 2, high: 4 };
    expect(leftBand(band, 4 * bandFactor * (windowClaims / 1000) + 1, windowClaims)).toBe(true);
    expect(leftBand(band, 20, windowClaims)).toBe(false);
    expect(leftBand({ low: 0, high: 0 }, 3, windowClaims)).toBe(false);
    expect(leftBand({ low: 30, high: 40 }, 0, windowClaims)).toBe(true);
    expect(leftBand({ low: 0.1, high: 40 }, 0, windowClaims)).toBe(false);
  });

  test('of a backtest is that of months with enough claims', () => {
    expect(bandOf([])).toBeNull();
    expect(bandOf([{ month: '2026-01', claims: 10, hits: 1 }])).toEqual({ low: 100, high: 100 });
    expect(
      bandOf([
        { month: '2026-01', claims: 2_000, hits: 4 },
        { month: '2026-02', claims: 1_000, hits: 5 },
        { month: '2026-03', claims: 5, hits: 5 },
      ]),
    ).toEqual({ low: 2, high: 5 });
  });

  test('that leaves its band pauses the rule with a notice, and what it found is judged again', async () => {
    const started = await startBacktest(world.database, author.actor, draft);
    if (!started.ok) throw new Error('no backtest');
    const run = Number(started.run.id);
    await planRun(world, run);
    await walkSlice({ database: world.database, rules: world.rules }, run, 1);
    await done(approver, 'activate', { ramp: null });
    await world.database.pool.query(
      'UPDATE rule_rate SET low = 0, high = 0.1, window_claims = $2, window_hits = 200 WHERE content_hash = $1',
      [draft, windowClaims - 1],
    );
    const reports = await streamFor(long, [stay('C1', 1, 3, 'P3'), stay('C2', 5, 7, 'P3')]);
    expect(reports.flatMap(({ paused }) => paused)).toEqual([splitCode]);
    expect((await stepsOf(world.database.pool, draft)).at(-1)).toMatchObject({
      action: 'pause',
      account: 'system:rulebook',
    });
    const [notice] = await listNotices(world.database.pool, 10);
    expect(notice).toMatchObject({ code: splitCode, kind: 'rate_left_band', seen_by: null });
    await world.rules.refresh();
    expect(world.rules.current().rules.some(({ document }) => document.code === splitCode)).toBe(false);
    const { rows } = await world.database.pool.query(
      `SELECT FROM rule_run WHERE kind = 'replay' AND state = 'waiting'`,
    );
    expect(rows).toHaveLength(1);
    const { rows: events } = await world.database.pool.query<{ text: string }>(
      `SELECT text FROM audit_event WHERE kind = 'rulebook.paused'`,
    );
    expect(events.map(({ text }) => /"automatic":true/.test(text))).toEqual([true]);
  });
});
