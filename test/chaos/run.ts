import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { type Database, openDatabase } from '../../src/platform/database.ts';
import { startEmbeddedPostgres } from '../../src/platform/embedded.ts';
import { migrate } from '../../src/platform/migrate.ts';
import { bundledProgram } from '../../src/platform/project.ts';
import type { RuleSet } from '../../src/rules/library.ts';
import { waitingState } from '../../src/screening/store.ts';
import { freePort } from '../support/free-port.ts';
import { findOptionalPart } from '../support/optional-parts.ts';
import { keyHeaders } from '../support/people.ts';
import { deliveryOf } from './claims.ts';
import { differences } from './compare.ts';
import { type Disturbance, planOf, type Queue, type Target, workers } from './plan.ts';
import { freeze, keepRunning, type Program, signal } from './program.ts';
import { sendAll } from './send.ts';

export interface Chaos {
  readonly seed: number;
  readonly claims: number;
  readonly disturbances: number;
  readonly queue: Queue;
}

export interface ChaosResult {
  readonly plan: readonly Disturbance[];
  readonly sent: number;
  readonly findings: number;
  readonly seconds: number;
  /** Empty: the same end as undisturbed. */
  readonly differences: readonly string[];
}

const senders = 3;
/** So slow that the last disturbance finds something to disturb. */
const requestPauseMs = 150;
const pollMs = 200;
const drainMs = 300_000;

const clockPreload = new URL('shifted-clock.mjs', import.meta.url).href;

/** One run of the real processes on a database and a queue of their own, disturbed as the seed says. */
export async function runChaos(chaos: Chaos, ruleSet: RuleSet): Promise<ChaosResult> {
  const startedAt = performance.now();
  const delivery = await deliveryOf(chaos.seed, chaos.claims, ruleSet);
  const plan = planOf(chaos.seed, delivery.requests.length, chaos.disturbances, chaos.queue);
  const folder = mkdtempSync(path.join(tmpdir(), 'fundwatch-chaos-'));
  const removeFolder = (): void => rmSync(folder, { recursive: true, force: true });
  process.once('exit', removeFolder);
  const product = await startProduct(chaos.queue, folder);
  try {
    const { database } = product;
    let answered = 0;
    const disturbing = disturb(product, plan, () => answered);
    await sendAll({
      apis: [product.api],
      requests: delivery.requests,
      headers: await keyHeaders(database, ['claims:write']),
      senders,
      pauseMs: requestPauseMs,
      onAnswered: (count) => {
        answered = count;
      },
    });
    await disturbing;
    await drained(database);
    return {
      plan,
      sent: delivery.claims,
      findings: delivery.expected.findings.length,
      seconds: (performance.now() - startedAt) / 1000,
      differences: await differences(database, delivery.expected),
    };
  } finally {
    await product.stop();
    process.off('exit', removeFolder);
    removeFolder();
  }
}

interface Product {
  readonly api: string;
  readonly database: Database;
  readonly pidOf: (target: Target) => number;
  readonly clockFileOf: (target: Target) => string;
  readonly forgetJobs: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

async function startProduct(queue: Queue, folder: string): Promise<Product> {
  // Only processes are killed, never the machine: nothing has to reach the disk.
  const postgres = await startEmbeddedPostgres({
    dataDir: path.join(folder, 'data'),
    report: () => undefined,
    settings: { fsync: 'off', full_page_writes: 'off', shared_buffers: '64MB' },
  });
  await migrate(postgres.url);
  const database = openDatabase(postgres.url, { applicationName: 'fundwatch chaos', poolMax: 2 });
  const programs = new Map<Target, Program>();
  const clockFileOf = (target: Target): string => path.join(folder, `${target}.clock`);
  const run = (name: Target, command: readonly string[], env: NodeJS.ProcessEnv = {}): void => {
    const logFile = path.join(folder, `${name}.log`);
    programs.set(name, keepRunning({ name, command, env: { ...process.env, ...env }, logFile }));
  };
  const redisPort = await freePort();
  const redisUrl = `redis://127.0.0.1:${redisPort}`;
  // Nothing is kept: a Redis that was killed has forgotten everything.
  const redisArgs = [
    '--port',
    String(redisPort),
    '--bind',
    '127.0.0.1',
    '--dir',
    folder,
    '--save',
    '',
    '--appendonly',
    'no',
  ];
  if (queue === 'redis') run('redis', [findOptionalPart('redis') ?? 'redis-server', ...redisArgs]);
  const port = await freePort();
  for (const name of ['api', ...workers] as const)
    run(
      name,
      [process.execPath, '--import', clockPreload, bundledProgram('main'), name === 'api' ? 'api' : 'work'],
      {
        DATABASE_URL: postgres.url,
        REDIS_URL: queue === 'redis' ? redisUrl : '',
        FUNDWATCH_PORT: String(port),
        FUNDWATCH_WORKER_PORT: '',
        FUNDWATCH_LOG_LEVEL: 'info',
        CHAOS_CLOCK_FILE: clockFileOf(name),
      },
    );
  return {
    api: `http://127.0.0.1:${port}`,
    database,
    pidOf: (target) => (target === 'postgresql' ? postgres.pid() : (programs.get(target)?.pid() ?? 0)),
    clockFileOf,
    forgetJobs: () => (queue === 'redis' ? forgetRedis(redisUrl) : forgetPostgres(database)),
    stop: async () => {
      await Promise.all([...programs.values()].filter(({ name }) => name !== 'redis').map(stopProgram));
      await Promise.all([...programs.values()].map(stopProgram));
      await database.close();
      await postgres.stop();
    },
  };
}

const stopProgram = (program: Program): Promise<void> => program.stop();

async function disturb(
  product: Product,
  plan: readonly Disturbance[],
  answered: () => number,
): Promise<void> {
  const freezing: Promise<void>[] = [];
  for (const disturbance of plan) {
    while (answered() < disturbance.afterRequest) await sleep(pollMs);
    await sleep(disturbance.delayMs);
    switch (disturbance.kind) {
      case 'kill':
        signal(product.pidOf(disturbance.target), 'SIGKILL');
        break;
      case 'freeze':
        freezing.push(freeze(product.pidOf(disturbance.target), disturbance.ms));
        break;
      case 'forget':
        // What cannot be reached at the moment was killed, and has forgotten by itself.
        await product.forgetJobs().catch(() => undefined);
        break;
      case 'clock':
        writeFileSync(product.clockFileOf(disturbance.target), String(disturbance.shiftMs));
        break;
    }
  }
  await Promise.all(freezing);
}

async function forgetPostgres(database: Database): Promise<void> {
  await database.pool.query('DELETE FROM bullmq.job');
}

async function forgetRedis(url: string): Promise<void> {
  const client = new Redis(url, { maxRetriesPerRequest: 1, retryStrategy: () => null });
  client.on('error', () => undefined);
  try {
    await client.flushall();
  } finally {
    client.disconnect();
  }
}

/** Waits until no batch waits; PostgreSQL may just be coming back. */
async function drained(database: Database): Promise<void> {
  for (const giveUpAt = performance.now() + drainMs; performance.now() < giveUpAt; await sleep(pollMs)) {
    const state = await waitingState(database).catch(() => null);
    if (state?.claims === 0 && state.window_days === 0) return;
  }
  throw new Error(`batches still wait after ${drainMs / 1000} s`);
}
