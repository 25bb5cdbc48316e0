import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { bundledProgram } from '../../src/platform/project.ts';
import { freePort } from '../support/free-port.ts';
import { pidOf, processesOf } from '../support/processes.ts';

const startMs = 60_000;
let folder: string;
let dataDir: string;
let port: number;
const started: Started[] = [];

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'fundwatch-start-'));
  dataDir = path.join(folder, 'data');
  // No rules: what is tested here is what starts and stops.
  mkdirSync(path.join(folder, 'rules', 'library'), { recursive: true });
  for (const part of ['areas', 'knowledge', 'procedure', 'inspection', 'publicity'])
    cpSync(`rules/${part}`, path.join(folder, 'rules', part), { recursive: true });
  port = await freePort();
});
afterEach(async () => {
  for (const each of started.splice(0)) {
    each.child.kill('SIGKILL');
    await each.exited;
  }
  await vi.waitFor(() => expect(processesOf(dataDir)).toEqual([]), { timeout: 30_000, interval: 200 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Started = { child: ChildProcess; exited: Promise<number | null>; output: () => string };

function start(more: Record<string, string> = {}): Started {
  const child = spawn(process.execPath, [bundledProgram('main'), 'start'], {
    env: {
      PATH: process.env['PATH'],
      FUNDWATCH_DATA_DIR: dataDir,
      FUNDWATCH_RULES_DIR: path.join(folder, 'rules'),
      FUNDWATCH_PORT: String(port),
      FUNDWATCH_DEMO: 'off',
      ...more,
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  const one = { child, exited, output: () => output };
  started.push(one);
  return one;
}

async function untilReady(one: Started): Promise<void> {
  const ready = vi.waitFor(() => expect(one.output()).toContain(`打开 http://localhost:${port}`), {
    timeout: startMs,
    interval: 100,
  });
  const ended = one.exited.then((code) => {
    throw new Error(`ended with ${code}:\n${one.output()}`);
  });
  await Promise.race([ready, ended]);
}

async function readiness(): Promise<number> {
  return fetch(`http://127.0.0.1:${port}/readyz`).then(
    (response) => response.status,
    () => 0,
  );
}

const apiCommand = /main\.js api/;
const workCommand = /main\.js work/;
const databaseCommand = /postgres -D/;

test('everything comes up with a first administrator, and SIGINT stops everything that was started', async () => {
  const first = start();
  await untilReady(first);
  // Shown by the first start of these tests and by no other.
  expect(first.output()).toMatch(/: admin\n.*: [a-z2-9]{5}(-[a-z2-9]{5}){3}\n/);
  expect(await readiness()).toBe(200);
  first.child.kill('SIGINT');
  expect(await first.exited).toBe(0);
  expect(processesOf(dataDir)).toEqual([]);
  expect(await readiness()).toBe(0);
});

test('API, worker and database are started again when they are killed', async () => {
  const one = start();
  await untilReady(one);
  for (const pattern of [apiCommand, workCommand, databaseCommand]) {
    const killed = pidOf(dataDir, pattern);
    process.kill(killed, 'SIGKILL');
    await vi.waitFor(() => expect(pidOf(dataDir, pattern)).not.toBe(killed), {
      timeout: 20_000,
      interval: 100,
    });
    await vi.waitFor(async () => expect(await readiness()).toBe(200), { timeout: 20_000, interval: 200 });
  }
  one.child.kill('SIGTERM');
  expect(await one.exited).toBe(0);
  expect(processesOf(dataDir)).toEqual([]);
});

test('kill -9 of the supervisor ends everything it started, and the next start works at once', async () => {
  const first = start();
  await untilReady(first);
  first.child.kill('SIGKILL');
  await first.exited;
  await vi.waitFor(() => expect(processesOf(dataDir)).toEqual([]), { timeout: 20_000, interval: 100 });
  const second = start();
  await untilReady(second);
  expect(second.output()).not.toContain('password');
  expect(await readiness()).toBe(200);
});

test('a taken port is named with the process that has it and what to do, and nothing is left running', async () => {
  const intruder = await listenOn(port);
  const one = start();
  expect(await one.exited).not.toBe(0);
  expect(one.output()).toContain(`端口 ${port} 已被占用`);
  expect(one.output()).toContain(`(${process.pid})`);
  expect(one.output()).toContain(`FUNDWATCH_PORT=${port + 1} npm start`);
  intruder.close();
});

test('a second start on the same data is told who has it', async () => {
  const first = start();
  await untilReady(first);
  const second = start({ FUNDWATCH_PORT: String(await freePort()) });
  expect(await second.exited).not.toBe(0);
  expect(second.output()).toContain(`process ${first.child.pid}`);
  expect(await readiness()).toBe(200);
});

test('an API that cannot start takes everything down again and says why', async () => {
  const one = start({ FUNDWATCH_RULES_DIR: path.join(folder, 'no-such-rules') });
  expect(await one.exited).not.toBe(0);
  expect(one.output()).toContain('no-such-rules');
  expect(processesOf(dataDir)).toEqual([]);
});

test('a wrong setting is named before anything is started', async () => {
  const one = start({ FUNDWATCH_PROT: '1' });
  expect(await one.exited).not.toBe(0);
  expect(one.output()).toContain('FUNDWATCH_PROT');
});

async function listenOn(taken: number): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(taken, '127.0.0.1', resolve);
  });
  return server;
}
