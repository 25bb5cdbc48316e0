import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundledProgram, projectRoot } from '../../src/platform/project.ts';
import { claimOf } from '../support/claims.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { folderOf } from '../support/folder.ts';

const runMs = 120_000;

let held: TestDatabase;
beforeAll(async () => {
  held = await createTestDatabase();
});
afterAll(() => held.drop());

type Running = { child: ChildProcess; ended: Promise<{ code: number | null; text: string }> };
function startImport(...parameters: string[]): Running {
  const child = spawn(process.execPath, [bundledProgram('main'), 'import', ...parameters], {
    cwd: projectRoot,
    env: { PATH: process.env['PATH'], DATABASE_URL: held.url },
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  let text = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  const ended = once(child, 'close').then(() => ({ code: child.exitCode, text }));
  return { child, ended };
}
const linesOf = (prefix: string, count: number): string =>
  Array.from({ length: count }, (_, at) => JSON.stringify(claimOf({ setl_id: `${prefix}${at}` }))).join('\n');
async function one<T extends object>(query: string): Promise<T | undefined> {
  const { rows } = await held.database.pool.query<T>(query);
  return rows[0];
}

test(
  'says what came in and what was rejected, where and why',
  async () => {
    const folder = await folderOf({ 'claims.ndjson': `${linesOf('A', 3)}\n{"setl_id":"secret"}` });
    const { code, text } = await startImport(folder, '--no-progress').ended;
    expect(code).toBe(1);
    expect(text).toMatch(/accepted +3\n/);
    expect(text).toMatch(/rejected +1\n/);
    expect(text).toContain('claims.ndjson:4 $.setl_time 缺少必填字段');
    expect(text).not.toContain('secret');
  },
  runMs,
);

test(
  'a file that is not there is an error, not a rejection',
  async () => {
    const { code, text } = await startImport('nowhere.ndjson').ended;
    expect(code).toBe(2);
    expect(text).toContain('nowhere.ndjson');
    expect(text).not.toContain('    at ');
  },
  runMs,
);

test(
  'killed in the middle and started again, it ends as if nothing had happened',
  async () => {
    const count = 20_000;
    const folder = await folderOf({ 'claims.ndjson.gz': linesOf('K', count) });
    const { child, ended } = startImport(folder);
    await expect
      .poll(
        async () =>
          (await one<{ position: number }>('SELECT position FROM import_run ORDER BY id DESC LIMIT 1'))
            ?.position ?? 0,
        {
          timeout: runMs,
          interval: 20,
        },
      )
      .toBeGreaterThan(1000);
    child.kill('SIGKILL');
    await ended;
    const position =
      (await one<{ position: number }>('SELECT position FROM import_run ORDER BY id DESC LIMIT 1'))
        ?.position ?? 0;
    expect(position).toBeLessThan(count);

    const { code, text } = await startImport(folder).ended;
    expect(code).toBe(0);
    expect(text).toContain('goes on after');
    expect(text).toMatch(new RegExp(`accepted +${count}\n`));
    expect(
      await one(
        `SELECT count(*) AS claims, sum(1) FILTER (WHERE batch_id IS NULL) AS lost FROM claim_revision WHERE setl_id LIKE 'K%'`,
      ),
    ).toEqual({
      claims: count,
      lost: null,
    });
  },
  2 * runMs,
);
