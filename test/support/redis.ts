import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { freePort } from './free-port.ts';
import { findOptionalPart } from './optional-parts.ts';

export type TestRedis = { readonly url: string; readonly stop: () => Promise<void> };

const startMs = 10_000;

/** A Redis of one test file's own. Ask `isLeftOut('redis')` first. */
export async function startTestRedis(): Promise<TestRedis> {
  const program = findOptionalPart('redis');
  if (program === undefined) throw new Error('redis-server is not on this machine');
  const folder = await mkdtemp(path.join(os.tmpdir(), 'fundwatch-redis-'));
  const port = await freePort();
  const server = spawn(
    program,
    ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no'],
    { stdio: 'ignore' },
  );
  const killWithUs = (): void => {
    server.kill('SIGKILL');
  };
  process.once('exit', killWithUs);
  const url = `redis://127.0.0.1:${port}`;
  await untilItAnswers(url, server);
  return {
    url,
    stop: async () => {
      process.off('exit', killWithUs);
      const exited = new Promise((resolve) => server.once('exit', resolve));
      server.kill('SIGKILL');
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function untilItAnswers(url: string, server: ChildProcess): Promise<void> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => 50, maxRetriesPerRequest: null });
  client.on('error', () => undefined);
  try {
    const answered = await Promise.race([
      client.ping().then(() => true),
      sleep(startMs, false, { ref: false }),
      new Promise<false>((resolve) => server.once('exit', () => resolve(false))),
    ]);
    if (!answered) throw new Error(`redis-server did not answer within ${startMs} ms`);
  } finally {
    client.disconnect();
  }
}
