import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readFile } from 'node:fs/promises';
import { afterBatch, shadowBudget, shadowShareMax } from '../../src/rulebook/after-batch-service.ts';
import { afterWindows } from '../../src/rulebook/after-windows-service.ts';
import { act, type Acted, type ActOptions } from '../../src/rulebook/life-service.ts';
import type { Who } from '../../src/people/identify.ts';
import { bandFactor, bandOf, leftBand, windowClaims } from '../../src/rulebook/rate.ts';
import { findRate, listNotices } from '../../src/rulebook/rate-store.ts';
import { planRun, startBacktest, walkSlice } from '../../src/rulebook/run-service.ts';
import type { Action } from '../../src/rulebook/states-contract.ts';
import { stepsOf } from '../../src/rulebook/store.ts';
import type { ClaimInput } from '../../src/claims/contract.ts';
import { examplesSchema, ruleSchema } from '../../src/rules/contract.ts';
import { screenBatch } from '../../src/screening/service.ts';
import { screenAllMarked } from '../../src/screening/window-service.ts';
import { claimOf } from '../support/claims.ts';
import {
  approver,
  author,
  findingsOf,
  openWorld,
  type RuleTexts,
  splitCode,
  splitRule,
  stay,
  store,
  storeVersion,
  stream,
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

async function done(
  by: Who,
  action: Action,
  options: ActOptions = {},
  version = draft,
): Promise<Acted & { ok: true }> {
  const acted = await act(world.deps, by, version, action, options);
  if (!acted.ok) throw new Error(`${action}: ${acted.reason.en}`);
  return acted;
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

const visitsCode = 'FW-DOCTOR-VISITS';

/** Visits of the tenth of January that this practitioner ordered, at minutes of the morning. */
const visitsOf = (
  practitioner: string,
  minutes: readonly number[],
  institution = 'H33070000001',
): ClaimInput[] =>
  minutes.map((minute) => {
    const at = `2026-01-10 09:${String(minute).padStart(2, '0')}:00`;
    const setl_id = `V${practitioner}-${minute}-${institution}`;
    return claimOf({
      setl_id,
      setl_time: '2026-01-10 18:00:00',
      person: { psn_no: `V${minute}` },
      institution: { ...claimOf().institution, fixmedins_code: institution },
      visit: { mdtrt_id: `M-${setl_id}`, med_type: '11', begntime: at, endtime: at },
      lines: [
        {
          feedetl_sn: '1',
          med_list_codg: '001203000010000',
          fee_ocur_time: at,
          cnt: 1,
          pric: '4.00',
          det_item_fee_sumamt: 4,
          bilg_dr_codg: practitioner,
        },
      ],
    });
  });

/** The shipped rule about a practitioner's visits in a day, with two visits as the most. */
async function visitsRule(): Promise<RuleTexts> {
  const document = ruleSchema.parse(
    JSON.parse(await readFile('rules/library/fw-doctor-visits.json', 'utf8')),
  );
  const param = document.params['visits_max'];
  if (param === undefined) throw new Error('the rule lost its parameter');
  const example = (
    name: string,
    kind: 'hit' | 'near_miss' | 'border',
    visits: ClaimInput[],
    setl_id?: string,
  ) => ({
    name: { zh: name, en: name },
    kind,
    claims: visits,
    findings: setl_id === undefined ? [] : [{ setl_id }],
  });
  return {
    document: { ...document, params: { ...document.params, visits_max: { ...param, value: 2 } } },
    examples: examplesSchema.parse({
      rule: visitsCode,
      base: { claim: {}, line: {} },
      examples: [
        example('four', 'hit', visitsOf('D1', [1, 2, 3, 4]), 'VD1-4-H33070000001'),
        example('one', 'near_miss', visitsOf('D1', [1])),
        example('three', 'border', visitsOf('D1', [1, 2, 3]), 'VD1-3-H33070000001'),
      ],
    }),
  };
}

describe('a version over windows in shadow', () => {
  let version = '';
  const other = 'H33070000002';
  beforeAll(async () => {
    version = await storeVersion(world, await visitsRule());
    await screenAllMarked(world.database, world.rules);
    await done(author, 'submit', {}, version);
    await done(approver, 'approve', {}, version);
    await done(approver, 'shadow', {}, version);
    await world.rules.refresh();
  });

  /** Judges what waits, and lets shadows look at it as if that had taken so long. */
  async function judgeFor(judgingMs: number, claims: readonly ClaimInput[]) {
    await stream(world, claims);
    const reports = [];
    for (const { seen } of await screenAllMarked(world.database, world.rules))
      reports.push(await afterWindows(world, seen, judgingMs, shadowBudget()));
    return reports;
  }
  const shown = async () => {
    const { rows } = await world.database.pool.query<{ setl_id: string; window_day: number }>(
      'SELECT setl_id, window_day FROM shadow_finding WHERE content_hash = $1 ORDER BY setl_id',
      [version],
    );
    const { claims, hits, skipped_claims } = (await findRate(world.database.pool, version)) ?? {};
    return { found: rows.map(({ setl_id }) => setl_id), claims, hits, skipped_claims };
  };

  test('looks at the days that were judged, and counts each visit and each finding once', async () => {
    await judgeFor(long, visitsOf('D1', [1, 2]));
    expect(await shown()).toEqual({ found: [], claims: 2, hits: 0, skipped_claims: 0 });
    await judgeFor(long, visitsOf('D1', [3]));
    expect(await shown()).toEqual({ found: ['VD1-3-H33070000001'], claims: 3, hits: 1, skipped_claims: 0 });
    await judgeFor(long, visitsOf('D1', [4]));
    expect(await shown()).toEqual({ found: ['VD1-4-H33070000001'], claims: 4, hits: 1, skipped_claims: 0 });
    expect(await findingsOf(world, visitsCode)).toEqual([]);
  });

  test('takes back what no longer holds', async () => {
    const moved = visitsOf('D1', [3, 4]).map((visit) => ({
      ...visit,
      updt_time: '2026-02-01 00:00:00',
      lines: visit.lines.map((line) => ({ ...line, bilg_dr_codg: 'D2' })),
    }));
    await judgeFor(long, moved);
    expect(await shown()).toEqual({ found: [], claims: 4, hits: 0, skipped_claims: 0 });
  });

  test('is left out where its share of the time is used up, and that is counted', async () => {
    const [report] = await judgeFor(0, visitsOf('D1', [5]));
    expect(report?.skippedClaims).toBe(5);
    expect(await shown()).toEqual({ found: [], claims: 4, hits: 0, skipped_claims: 5 });
  });

  test('is activated in some places, and paused when its rate leaves the band', async () => {
    const started = await startBacktest(world.database, author.actor, version);
    if (!started.ok) throw new Error('no backtest');
    const run = Number(started.run.id);
    await planRun(world, run);
    await walkSlice({ database: world.database, rules: world.rules }, run, 1);
    // Mistyped places, and those that have sent nothing yet, are told and not refused.
    const ramp = { areas: ['330700', '3307', '330799'], institutions: [other, 'H33070000001'] };
    expect(await done(approver, 'activate', { ramp }, version)).toMatchObject({
      unreached: ['330799', other],
    });
    await done(approver, 'activate', { ramp: { areas: [], institutions: [other] } }, version);
    await world.rules.refresh();
    expect(await judgeFor(long, [...visitsOf('D1', [6]), ...visitsOf('D3', [1, 2, 3], other)])).toMatchObject(
      [{ paused: [] }],
    );
    expect(await findingsOf(world, visitsCode)).toHaveLength(1);
    // Of its own places alone: the three visits there, and their finding.
    expect(await findRate(world.database.pool, version)).toMatchObject({ window_claims: 3, window_hits: 1 });
    await world.database.pool.query(
      'UPDATE rule_rate SET low = 0, high = 0.1, window_claims = $2, window_hits = 200 WHERE content_hash = $1',
      [version, windowClaims - 1],
    );
    expect(await judgeFor(long, visitsOf('D4', [1], other))).toMatchObject([{ paused: [visitsCode] }]);
    await world.rules.refresh();
    expect(world.rules.current().rules.some(({ document }) => document.code === visitsCode)).toBe(false);
    await screenAllMarked(world.database, world.rules);
    expect(await findingsOf(world, visitsCode)).toEqual([]);
  });
});
