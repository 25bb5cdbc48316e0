import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runImport } from '../../src/claims/import/run.ts';
import { generateCity } from '../../src/demo/city.ts';
import { writeClaims } from '../../src/demo/write.ts';
import { today } from '../../src/platform/clock.ts';
import { loadRuleSet } from '../../src/rules/library.ts';
import { screenBatch } from '../../src/screening/service.ts';
import { createTestDatabase } from '../support/database.ts';
import { sharedData } from '../support/shared-data.ts';

const run = promisify(execFile);
const outputBytesMax = 512 * 1024 * 1024;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'fundwatch-same-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('`fundwatch screen` and the stream say the same, byte for byte', () => {
  test('of a demo city', async () => {
    const file = path.join(folder, 'claims.ndjson');
    await writeClaims(generateCity({ seed: 7, persons: 400, months: 3 }), file);
    await expectSame(file, undefined);
  }, 120_000);

  test.skipIf(sharedData === null).each([
    ['cms-provider-fraud', 'cms-provider-fraud'],
    ['tuva-medicare-synthetic', 'tuva-medicare'],
  ])(
    'of %s',
    async (name, mapping) => {
      await expectSame(path.join(sharedData ?? '', name), mapping);
    },
    240_000,
  );
});

async function expectSame(input: string, mapping: string | undefined): Promise<void> {
  const offline = await screenOffline(input, mapping);
  const { database, drop } = await createTestDatabase();
  try {
    const ruleSet = await loadRuleSet('rules');
    const batches: number[] = [];
    const deps = {
      database,
      announce: async (batchId: number) => {
        batches.push(batchId);
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
    for (const batch of batches) await screenBatch(database, ruleSet, batch);
    const { rows } = await database.pool.query<{ body: string }>(
      `SELECT body::text AS body FROM finding WHERE state = 'active'`,
    );
    const stream = rows.map(({ body }) => body).sort();
    expect(stream.length).toBeGreaterThan(0);
    expect(stream).toEqual(offline);
  } finally {
    await drop();
  }
}

async function screenOffline(input: string, mapping: string | undefined): Promise<string[]> {
  const options = mapping === undefined ? [] : ['--mapping', mapping];
  const command = ['--import', 'tsx', 'src/cli/main.ts', 'screen', input, ...options];
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
