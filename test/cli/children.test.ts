import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Child, startChild } from '../../src/cli/children.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { pidOf, processesOf } from '../support/processes.ts';

/** A start takes a second or two; on a busy machine more. */
const readyMs = 15_000;
const command = /main\.js work/;

let folder: string;
let held: TestDatabase;
let child: Child | undefined;
const printed: string[] = [];
beforeEach(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'fundwatch-children-'));
  held = await createTestDatabase();
});
afterEach(async () => {
  child?.killNow();
  await vi.waitFor(() => expect(processesOf(folder)).toEqual([]), { timeout: 10_000 });
  await held.drop();
  rmSync(folder, { recursive: true, force: true });
});

test('a part that hangs while it is started again is killed and started once more', async () => {
  child = await startChild({
    name: 'work',
    env: {
      PATH: process.env['PATH'],
      DATABASE_URL: held.url,
      FUNDWATCH_DATA_DIR: folder,
      FUNDWATCH_MASTER_KEY_FILE: held.masterKeyFile,
    },
    logDir: folder,
    print: (line) => printed.push(line),
    onGivenUp: (error) => printed.push(error.message),
    readyMs,
  });
  const crashed = pidOf(folder, command);
  process.kill(crashed, 'SIGKILL');
  const hanging = await anotherThan([crashed]);
  process.kill(hanging, 'SIGSTOP');
  const startedAgain = await anotherThan([crashed, hanging]);
  expect(processesOf(folder).map(({ pid }) => pid)).toEqual([startedAgain]);
  await child.stop();
  expect(processesOf(folder)).toEqual([]);
  const died = 'work 意外退出，正在重新启动。work died; starting it again.';
  expect(printed).toEqual([died, died]);
});

const anotherThan = (pids: readonly number[]): Promise<number> =>
  vi.waitFor(
    () => {
      const pid = pidOf(folder, command);
      expect(pids).not.toContain(pid);
      return pid;
    },
    { timeout: 2 * readyMs, interval: 20 },
  );
