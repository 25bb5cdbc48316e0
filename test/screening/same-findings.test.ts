import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemActor } from '../../src/audit/actor.ts';
import { runImport } from '../../src/claims/import/run.ts';
import { generateCity } from '../../src/demo/city.ts';
import { writeClaims } from '../../src/demo/write.ts';
import { documentOfRevision } from '../../src/claims/document-store.ts';
import { isCurrent } from '../../src/claims/current.ts';
import { joinPersonal, personalOf } from '../../src/claims/personal.ts';
import { claimKey } from '../../src/claims/timeline.ts';
import { documentOf } from '../../src/claims/stored.ts';
import { today } from '../../src/platform/clock.ts';
import type { Database } from '../../src/platform/database.ts';
import { bundledProgram } from '../../src/platform/project.ts';
import { everything } from '../../src/people/sight.ts';
import { loadRuleSet, type RuleSet } from '../../src/rules/library.ts';
import { findingSchema } from '../../src/screening/contract.ts';
import { prechecker } from '../../src/screening/precheck.ts';
import { replay, type ReplayProgress } from '../../src/screening/replay-service.ts';
import { screenBatch } from '../../src/screening/service.ts';
import { screenAllMarked } from '../../src/screening/window-service.ts';
import type { Keyring } from '../../src/vault/keyring.ts';
import { jsonOf } from '../support/claims.ts';
import { createTestDatabase } from '../support/database.ts';
import { isFullSize } from '../support/full-size.ts';
import { sharedData } from '../support/shared-data.ts';

const run = promisify(execFile);
/** Full size: both real inputs and a hundred thousand demo claims, all of them pre-checked. */
const city = isFullSize ? { seed: 7, persons: 7_600, months: 6 } : { seed: 7, persons: 400, months: 3 };
const precheckedEach = isFullSize ? 1 : 20;

const sameMs = 1_800_000;
const outputBytesMax = 512 * 1024 * 1024;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'fundwatch-same-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('`fundwatch screen`, the stream, replay and pre-check say the same, byte for byte', () => {
  test(
    'of a demo city',
    async () => {
      const file = path.join(folder, 'claims.ndjson');
      await writeClaims(generateCity(city), file);
      await expectSame(file, undefined);
    },
    sameMs,
  );

  test
    .skipIf(sharedData === null)
    .each([
      ...(isFullSize ? [['cms-provider-fraud', 'cms-provider-fraud'] as const] : []),
      ['tuva-medicare-synthetic', 'tuva-medicare'] as const,
    ])(
    'of %s',
    async (name, mapping) => {
      await expectSame(path.join(sharedData ?? '', name), mapping);
    },
    sameMs,
  );
});

async function expectSame(input: string, mapping: string | undefined): Promise<void> {
  const offline = await screenOffline(input, mapping);
  const { database, vault, drop } = await createTestDatabase();
  try {
    const ruleSet = await loadRuleSet('rules');
    const batches: number[] = [];
    const deps = {
      database,
      vault,
      actor: systemActor('test'),
      announce: async (batchIds: readonly number[]) => {
        batches.push(...batchIds);
      },
      asOf: today,
      log: { warn: () => undefined },
    };
    const request = {
      paths: [input],
      mappingsDir: 'rules/mappings',
      ...(mapping === undefined ? {} : { mapping }),
    };
    for await (const _progress of runImport(deps, request));
    const findings = async (): Promise<string[]> => {
      const { rows } = await database.pool.query<{ body: string }>(
        `SELECT body::text AS body FROM finding WHERE state = 'active'`,
      );
      return rows.map(({ body }) => body).sort();
    };
    // Nothing was streamed yet: all that is found is found by the replay.
    await replayAll(database, ruleSet);
    expect(await findings()).toEqual(offline);
    await database.pool.query('DELETE FROM finding');
    for (const batch of batches) await screenBatch(database, vault, ruleSet, batch);
    await screenAllMarked(database, ruleSet);
    const stream = await findings();
    expect(stream.length).toBeGreaterThan(0);
    expect(stream).toEqual(offline);
    expect(await replayAll(database, ruleSet)).toMatchObject({ created: 0, changed: 0, withdrawn: 0 });
    const { asked, found } = await prechecked(database, await vault.keys(), ruleSet);
    expect(found).toEqual(offline.filter((line) => isBeforePayment(ruleSet, asked, line)));
  } finally {
    await drop();
  }
}

async function replayAll(database: Database, ruleSet: RuleSet): Promise<ReplayProgress> {
  let last: ReplayProgress | undefined;
  for await (const progress of replay(database, ruleSet, { concurrency: 2 })) last = progress;
  if (last === undefined) throw new Error('a replay says how it ended');
  // What it marked is judged beside it by whoever looks for marks.
  const windows = await screenAllMarked(database, ruleSet);
  const sum = (change: 'created' | 'changed' | 'withdrawn'): number =>
    windows.reduce((total, report) => total + report[change], last[change]);
  return { ...last, created: sum('created'), changed: sum('changed'), withdrawn: sum('withdrawn') };
}

const precheckedAtOnce = 16;

/** What pre-check says of claims that count now: of all, or of one in so many. */
async function prechecked(
  database: Database,
  keys: Keyring,
  ruleSet: RuleSet,
): Promise<{ asked: ReadonlySet<string>; found: string[] }> {
  const { rows } = await database.pool.query<{ hash: string; doc: string; personal: Buffer | null }>(
    `SELECT encode(r.content_hash, 'hex') AS hash, d.doc, d.personal FROM claim_revision r JOIN ${documentOfRevision} WHERE ${isCurrent} AND r.refd_setl_id IS NULL AND r.id % $1 = 0`,
    [precheckedEach],
  );
  const limits = {
    historyReadsMax: precheckedAtOnce,
    historyMs: 120_000,
    historyLateMs: Number.POSITIVE_INFINITY,
  };
  const precheck = prechecker(database, ruleSet, today, limits);
  const asked = new Set<string>();
  const found = new Set<string>();
  let next = 0;
  const asker = async (): Promise<void> => {
    for (let row = rows[next++]; row !== undefined; row = rows[next++]) {
      const claim = joinPersonal(
        documentOf(row.doc),
        row.personal === null ? null : personalOf(keys, row.hash, row.personal),
      );
      asked.add(claimKey(claim.institution.fixmedins_code, claim.setl_id));
      const result = await precheck(jsonOf(claim), everything);
      if (!result.ok || result.precheck.history !== 'used') throw new Error('no full answer');
      for (const finding of result.precheck.findings) found.add(JSON.stringify(finding));
    }
  };
  await Promise.all(Array.from({ length: precheckedAtOnce }, asker));
  return { asked, found: [...found].sort() };
}

/** Pre-check asks only the rules that are meant for it, and of a window each visit of its day. */
function isBeforePayment({ rules }: RuleSet, asked: ReadonlySet<string>, line: string): boolean {
  const finding = findingSchema.parse(JSON.parse(line));
  const visits =
    finding.window === undefined ? [finding] : finding.claims.filter(({ role }) => role === '违规项');
  return (
    visits.some(({ fixmedins_code, setl_id }) => asked.has(claimKey(fixmedins_code, setl_id))) &&
    rules.some(({ document }) => document.code === finding.rule_code && document.stage.includes('事前'))
  );
}

async function screenOffline(input: string, mapping: string | undefined): Promise<string[]> {
  const options = mapping === undefined ? [] : ['--mapping', mapping];
  const command = [bundledProgram('main'), 'screen', input, ...options];
  // Findings end in exit code 1, which execFile takes for a failure.
  const { stdout, code } = await run(process.execPath, command, { maxBuffer: outputBytesMax }).then(
    ({ stdout: text }) => ({ stdout: text, code: 0 }),
    (error: { stdout: string; code: number }) => error,
  );
  expect(code).toBe(1);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .sort();
}
