/** The whole product in a folder of its own, as `npm start` runs it, with the database that it brings along. */
import { type ChildProcess, spawn, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Database } from '../../src/platform/database.ts';
import { bundledProgram } from '../../src/platform/project.ts';
import { waitingState } from '../../src/screening/store.ts';

const startMs = 180_000;
const drainMs = 240_000;
export const retryMs = 200;

/** Without the demo. */
export function startProduct(
  dataDir: string,
  port: number,
  { stdio, env = {} }: { stdio: StdioOptions; env?: Record<string, string> },
): ChildProcess {
  return spawn(process.execPath, [bundledProgram('main'), 'start'], {
    stdio,
    env: {
      ...process.env,
      DATABASE_URL: '',
      REDIS_URL: '',
      FUNDWATCH_DATA_DIR: dataDir,
      FUNDWATCH_PORT: String(port),
      FUNDWATCH_DEMO: 'off',
      ...env,
    },
  });
}

export async function productReady(port: number): Promise<void> {
  for (const deadline = performance.now() + startMs; performance.now() < deadline; await sleep(retryMs)) {
    const response = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null);
    if (response?.ok === true) return;
  }
  throw new Error('the product did not become ready');
}

/** Until nothing waits to be screened, claims and marked days alike. */
export async function drained(database: Database): Promise<void> {
  for (const deadline = performance.now() + drainMs; performance.now() < deadline; await sleep(retryMs)) {
    const { claims, window_days } = await waitingState(database);
    if (claims + window_days === 0) return;
  }
  throw new Error('the claims were not screened');
}

const stateSchema = z.object({ port: z.number(), password: z.string() });

export async function productDatabaseUrl(dataDir: string): Promise<string> {
  const { port, password } = stateSchema.parse(
    JSON.parse(await readFile(path.join(dataDir, 'postgres.json'), 'utf8')),
  );
  return `postgresql://fundwatch:${encodeURIComponent(password)}@127.0.0.1:${port}/fundwatch`;
}

export async function stopProduct(product: ChildProcess): Promise<void> {
  if (product.exitCode !== null || product.signalCode !== null) return;
  const exited = once(product, 'exit');
  product.kill('SIGINT');
  await exited;
}
