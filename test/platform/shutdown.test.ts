import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const program = fileURLToPath(new URL('programs/ending.ts', import.meta.url));
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'fundwatch-ending-'));
});
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

type Ending = { child: ChildProcess; exitCode: () => Promise<number | null>; notes: () => string[] };

async function start(options: { closeMs?: number; deadlineMs?: number; how?: string } = {}): Promise<Ending> {
  const notesFile = path.join(folder, 'notes');
  const { closeMs = 100, deadlineMs = 10_000, how = '' } = options;
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', program, notesFile, String(closeMs), String(deadlineMs), how],
    { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] },
  );
  children.push(child);
  const exited = once(child, 'exit');
  await once(child, 'message');
  return {
    child,
    exitCode: async () => {
      await exited;
      return child.exitCode;
    },
    notes: () => (existsSync(notesFile) ? readFileSync(notesFile, 'utf8').trim().split('\n') : []),
  };
}

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s closes everything in order and ends with 0',
  async (signal) => {
    const ending = await start();
    ending.child.kill(signal);
    expect(await ending.exitCode()).toBe(0);
    expect(ending.notes()).toEqual(['first', 'slow', 'last']);
  },
);

test('the same Ctrl-C arriving twice, from the terminal and from npm, is one', async () => {
  const ending = await start({ closeMs: 500 });
  ending.child.kill('SIGINT');
  await sleep(100);
  ending.child.kill('SIGINT');
  expect(await ending.exitCode()).toBe(0);
  expect(ending.notes()).toEqual(['first', 'slow', 'last']);
});

test('a second Ctrl-C ends at once', async () => {
  const ending = await start({ closeMs: 30_000, deadlineMs: 60_000 });
  ending.child.kill('SIGINT');
  await sleep(1_000);
  ending.child.kill('SIGINT');
  expect(await ending.exitCode()).toBe(130);
  expect(ending.notes()).toEqual(['first', 'forced']);
});

test('what does not close in time is left, and the end is not clean', async () => {
  const ending = await start({ closeMs: 30_000, deadlineMs: 300 });
  ending.child.kill('SIGTERM');
  expect(await ending.exitCode()).toBe(1);
  expect(ending.notes()).toEqual(['first']);
});

test('a closer that fails does not keep the others from closing, and the end is not clean', async () => {
  const ending = await start({ how: 'broken closer' });
  ending.child.kill('SIGTERM');
  expect(await ending.exitCode()).toBe(1);
  expect(ending.notes()).toEqual(['first', 'slow', 'last']);
});

test('an error that nobody catches closes everything and ends with 1', async () => {
  const ending = await start({ how: 'uncaught' });
  expect(await ending.exitCode()).toBe(1);
  expect(ending.notes()).toEqual(['first', 'slow', 'last']);
});

test('the end of the parent process is noticed', async () => {
  const ending = await start();
  ending.child.disconnect();
  expect(await ending.exitCode()).toBe(0);
  expect(ending.notes()).toEqual(['first', 'slow', 'last']);
});

test('the end of the parent process is noticed even when it ended before anybody listened', async () => {
  const ending = await start({ how: 'late' });
  ending.child.disconnect();
  expect(await ending.exitCode()).toBe(0);
  expect(ending.notes()).toEqual(['first', 'slow', 'last']);
});

test('a process that logs to nobody still ends', async () => {
  const ending = await start({ closeMs: 0 });
  // As when the supervisor, which reads the log, is killed.
  ending.child.stdout?.destroy();
  ending.child.disconnect();
  expect(await ending.exitCode()).toBe(0);
  expect(ending.notes()).toEqual(['first', 'slow', 'last']);
});
