import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { processExists } from '../../src/platform/data-dir-lock.ts';
import {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from '../../src/platform/embedded.ts';

const folders: string[] = [];
const servers: EmbeddedPostgres[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function newDataDir(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fundwatch-embedded-'));
  folders.push(folder);
  return folder;
}

let made = '';
beforeAll(async () => {
  made = mkdtempSync(path.join(os.tmpdir(), 'fundwatch-embedded-'));
  await (await startEmbeddedPostgres({ dataDir: made, settings, report: () => undefined })).stop();
});
afterAll(() => rmSync(made, { recursive: true, force: true }));

/** As a first start and a stop leave it: for tests of what comes after, since making a cluster takes more than most of them. */
function startedBefore(): string {
  const folder = newDataDir();
  // With owners and times.
  execFileSync('cp', ['-a', `${made}/.`, folder]);
  return folder;
}

/** Small, but as durable as in production: that is what is tested here. */
const settings = { shared_buffers: '16MB', max_connections: '10' };

async function start(
  dataDir: string,
  more: Partial<EmbeddedPostgresOptions> = {},
): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir, settings, report: () => undefined, ...more });
  servers.push(server);
  return server;
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

test('data survives a stop and a second start, on the same port and with the same password', async () => {
  const dataDir = newDataDir();
  const first = await start(dataDir);
  await query(first.url, 'CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)');
  await first.stop();
  expect(processExists(first.pid())).toBe(false);
  const second = await start(dataDir);
  expect(second.url).toBe(first.url);
  expect(await query(second.url, 'SELECT n FROM kept')).toEqual([{ n: 7 }]);
});

test('what was committed survives kill -9 of the server, which is started again on the same port', async () => {
  const server = await start(startedBefore());
  await query(server.url, 'CREATE TABLE kept (n int)');
  for (let n = 1; n <= 3; n += 1) {
    await query(server.url, `INSERT INTO kept VALUES (${n})`);
    const killed = server.pid();
    process.kill(killed, 'SIGKILL');
    await vi.waitFor(() => expect(server.pid()).not.toBe(killed), { timeout: 20_000 });
    expect(await query(server.url, 'SELECT count(*)::int AS n FROM kept')).toEqual([{ n }]);
  }
});

test('a server that recovers for longer than a start may take, and once does not answer, is not stopped', async () => {
  const dataDir = startedBefore();
  // Recovery asks this command for the next piece of its log, and so takes as long as the command does.
  const held = path.join(dataDir, 'held');
  writeFileSync(held, '');
  writeFileSync(path.join(dataDir, 'postgres', 'recovery.signal'), '');
  const restore = { restore_command: `while test -e ${held}; do sleep 0.1; done; false`, hot_standby: 'off' };
  const said: string[] = [];
  const starting = start(dataDir, {
    settings: { ...settings, ...restore },
    startMs: 4_000,
    report: (message) => said.push(message),
  });
  // It is said after 3 s.
  await vi.waitFor(() => expect(said.join()).toContain('recovering'), { timeout: 30_000 });
  const pid = Number(readFileSync(path.join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
  process.kill(pid, 'SIGSTOP');
  // Longer than a question waits for its answer, and until after the limit.
  await sleep(3_000);
  process.kill(pid, 'SIGCONT');
  await sleep(500);
  rmSync(held);
  const server = await starting;
  expect(server.pid()).toBe(pid);
  expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

test('stopping while the server is being started again leaves no server', async () => {
  const server = await start(startedBefore());
  process.kill(server.pid(), 'SIGKILL');
  await vi.waitFor(() => expect(isAlive(server.pid())).toBe(false));
  await server.stop();
  expect(isAlive(server.pid())).toBe(false);
  await expect(query(server.url, 'SELECT 1')).rejects.toThrow('ECONNREFUSED');
});

test('only the loopback address is listened on, and the password is readable by its owner only', async () => {
  const dataDir = newDataDir();
  const server = await start(dataDir);
  expect(await query(server.url, 'SHOW listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
  expect(statSync(path.join(dataDir, 'postgres.json')).mode & 0o777).toBe(0o600);
  const wrong = server.url.replace(/:[^:@]+@/, ':wrong@');
  await expect(query(wrong, 'SELECT 1')).rejects.toThrow('password authentication failed');
});

test('the server is set to lose nothing and to log no data', async () => {
  const server = await start(startedBefore());
  const rows = await query(
    server.url,
    `SELECT name, setting FROM pg_settings
     WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes', 'log_min_error_statement', 'log_error_verbosity')
     ORDER BY name`,
  );
  expect(rows).toEqual([
    { name: 'fsync', setting: 'on' },
    { name: 'full_page_writes', setting: 'on' },
    { name: 'log_error_verbosity', setting: 'terse' },
    { name: 'log_min_error_statement', setting: 'panic' },
    { name: 'synchronous_commit', setting: 'on' },
  ]);
});

test('a second fundwatch on the same folder is told who has it', async () => {
  const dataDir = startedBefore();
  await start(dataDir);
  await expect(start(dataDir)).rejects.toThrow(`process ${process.pid}`);
});

test('a port that was taken in the meantime is replaced, and the new one is remembered', async () => {
  const dataDir = startedBefore();
  const first = await start(dataDir);
  await first.stop();
  const intruder = createServer().listen(first.port, '127.0.0.1');
  await once(intruder, 'listening');
  const second = await start(dataDir);
  expect(second.port).not.toBe(first.port);
  expect(await query(second.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await second.stop();
  intruder.close();
  expect((await start(dataDir)).port).toBe(second.port);
});

test('a pid file left by a crash does not hinder the start, not even when the number belongs to another process now', async () => {
  const dataDir = startedBefore();
  const first = await start(dataDir);
  await first.stop();
  const pidFile = path.join(dataDir, 'postgres', 'postmaster.pid');
  for (const pid of [process.pid, 4_000_000]) {
    writeFileSync(pidFile, `${pid}\n${dataDir}/postgres\n1700000000\n${first.port}\n\n127.0.0.1\n`);
    const server = await start(dataDir);
    expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await server.stop();
  }
});

test('a first start that was interrupted is done again', async () => {
  const dataDir = newDataDir();
  const first = await start(dataDir);
  await first.stop();
  // As it looks when initdb was killed: files, but not in their final place.
  rmSync(path.join(dataDir, 'postgres'), { recursive: true });
  writeFileSync(path.join(dataDir, 'postgres.new'), 'half made');
  const server = await start(dataDir);
  expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

test('a server that cannot start says why and where its log is', async () => {
  const dataDir = newDataDir();
  await expect(start(dataDir, { settings: { shared_buffers: 'much' } })).rejects.toThrow(
    /无法启动[^]*shared_buffers[^]*/,
  );
  // The folder is free again.
  expect(await query((await start(dataDir)).url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

test('a disk without room is refused before anything is written, with what to do', async () => {
  const dataDir = newDataDir();
  await expect(start(dataDir, { freeDiskBytesMin: Number.MAX_SAFE_INTEGER })).rejects.toThrow(
    /磁盘空间不足[^]*FUNDWATCH_DATA_DIR[^]*Disk full/,
  );
  expect(readdirSync(dataDir)).toEqual([]);
});

test('kill -9 of the process that started it leaves no server behind, and the next start works', async () => {
  const dataDir = startedBefore();
  const program = fileURLToPath(new URL('programs/embedded-owner.ts', import.meta.url));
  const owner = spawn(process.execPath, ['--import', 'tsx', program, dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [announced]: unknown[] = await once(owner.stdout, 'data');
  const serverPid = Number(String(announced));
  expect(processExists(serverPid)).toBe(true);
  owner.kill('SIGKILL');
  await once(owner, 'exit');
  // At once, while the watchdog may still be stopping the old server.
  const server = await start(dataDir);
  expect(await query(server.url, 'SELECT n FROM kept')).toEqual([{ n: 1 }]);
  expect(isAlive(serverPid)).toBe(false);
});

test('with nobody to start it again, the orphaned server ends by itself', async () => {
  const dataDir = startedBefore();
  const program = fileURLToPath(new URL('programs/embedded-owner.ts', import.meta.url));
  const owner = spawn(process.execPath, ['--import', 'tsx', program, dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [announced]: unknown[] = await once(owner.stdout, 'data');
  owner.kill('SIGKILL');
  await vi.waitFor(() => expect(isAlive(Number(String(announced)))).toBe(false), { timeout: 10_000 });
  await sleep(50);
});

/** A process that ended but was not collected by its parent counts as gone. */
function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \([^]*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
