/**
 * `npm run bench stream`: generated claims over HTTP → validated → stored → queued → screened → findings written durably, recounted.
 * Every process is a real one; the database and the queue are real ones. Nothing is left out that the product does.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Agent, request } from 'node:http';
import { type Database, openDatabase } from '../platform/database.ts';
import { startEmbeddedPostgres } from '../platform/embedded.ts';
import { migrate } from '../platform/migrate.ts';
import { waitingState } from '../screening/store.ts';
import { benchClaim } from './claims.ts';
import { type Usage, usageOf } from './cpu.ts';

export interface StreamBench {
  readonly claims: number;
  readonly persons: number;
  readonly workers: number;
  readonly requestClaims: number;
  readonly senders: number;
  readonly redisUrl?: string;
  readonly port: number;
}

export interface StreamFigures {
  readonly claims_per_s: number;
  readonly intake_claims_per_s: number;
  readonly seconds: number;
  readonly claims: number;
  readonly findings: number;
  readonly cpu_us_per_claim: Readonly<Record<'api' | 'worker' | 'postgresql', number>>;
  readonly peak_mb: Readonly<Record<'api' | 'worker' | 'postgresql', number>>;
  readonly bytes_per_claim: number;
}

const pollMs = 100;
const readyMs = 60_000;
const mainFile = fileURLToPath(new URL('../cli/main.ts', import.meta.url));

export async function runStreamBench(
  bench: StreamBench,
  print: (line: string) => void,
): Promise<StreamFigures> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'fundwatch-bench-'));
  const postgres = await startEmbeddedPostgres({ dataDir, report: () => undefined });
  const children: ChildProcess[] = [];
  try {
    await migrate(postgres.url);
    const env = {
      ...process.env,
      DATABASE_URL: postgres.url,
      REDIS_URL: bench.redisUrl ?? '',
      FUNDWATCH_PORT: String(bench.port),
      FUNDWATCH_LOG_LEVEL: 'warn',
    };
    const run = (command: string): ChildProcess => {
      const child = spawn(process.execPath, ['--import', 'tsx', mainFile, command], {
        env,
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      children.push(child);
      return child;
    };
    const api = run('api');
    const workers = Array.from({ length: bench.workers }, () => run('work'));
    await ready(bench.port);
    const database = openDatabase(postgres.url, { applicationName: 'fundwatch bench', poolMax: 2 });
    try {
      return await measure(
        bench,
        database,
        { api: [api], worker: workers, postgresql: [postgres.pid()] },
        print,
      );
    } finally {
      await database.close();
    }
  } finally {
    for (const child of children) {
      const exited = once(child, 'exit');
      if (child.kill('SIGTERM')) await exited;
    }
    await postgres.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

type Part = 'api' | 'worker' | 'postgresql';
type Processes = Readonly<Record<Part, readonly (ChildProcess | number)[]>>;

async function measure(
  bench: StreamBench,
  database: Database,
  processes: Processes,
  print: (line: string) => void,
): Promise<StreamFigures> {
  // Texts are made before the clock starts: a hospital's system makes them elsewhere.
  const bodies: Buffer[] = [];
  for (let from = 0; from < bench.claims; from += bench.requestClaims) {
    const lines: string[] = [];
    for (let index = from; index < Math.min(from + bench.requestClaims, bench.claims); index += 1)
      lines.push(benchClaim(index, bench.persons));
    bodies.push(Buffer.from(lines.join('\n')));
  }
  const before = usages(processes);
  const startedAt = performance.now();
  const agent = new Agent({ keepAlive: true, maxSockets: bench.senders });
  let next = 0;
  const sender = async (): Promise<void> => {
    for (let at = next++; at < bodies.length; at = next++) {
      for (const body of bodies.slice(at, at + 1)) await sendAll(agent, bench.port, body);
    }
  };
  await Promise.all(Array.from({ length: bench.senders }, sender));
  const takenS = (performance.now() - startedAt) / 1000;
  print(`  taken in ${takenS.toFixed(1)} s`);
  while ((await waitingState(database)).claims > 0) await sleep(pollMs);
  const seconds = (performance.now() - startedAt) / 1000;
  const after = usages(processes);
  agent.destroy();
  const { rows } = await database.pool.query<{ claims: number; findings: number; bytes: number }>(
    `SELECT (SELECT count(*) FROM claim_revision) AS claims, (SELECT count(*) FROM finding WHERE state = 'active') AS findings,
            pg_database_size(current_database()) AS bytes`,
  );
  const counted = rows[0] ?? { claims: 0, findings: 0, bytes: 0 };
  if (counted.claims !== bench.claims)
    throw new Error(`${bench.claims} claims were sent and ${counted.claims} are stored`);
  const perPart = (pick: (part: Part) => number): Record<Part, number> => ({
    api: pick('api'),
    worker: pick('worker'),
    postgresql: pick('postgresql'),
  });
  return {
    claims_per_s: Math.round(bench.claims / seconds),
    intake_claims_per_s: Math.round(bench.claims / takenS),
    seconds: Number(seconds.toFixed(1)),
    claims: counted.claims,
    findings: counted.findings,
    cpu_us_per_claim: perPart((part) => Math.round((after[part].cpuUs - before[part].cpuUs) / bench.claims)),
    peak_mb: perPart((part) => Math.round(after[part].peakBytes / 1e6)),
    bytes_per_claim: Math.round(counted.bytes / bench.claims),
  };
}

function usages(processes: Processes): Record<Part, Usage> {
  const of = (list: readonly (ChildProcess | number)[]): Usage =>
    list.reduce<Usage>(
      (sum, one) => {
        const usage = usageOf(typeof one === 'number' ? one : (one.pid ?? 0));
        return { cpuUs: sum.cpuUs + usage.cpuUs, peakBytes: Math.max(sum.peakBytes, usage.peakBytes) };
      },
      { cpuUs: 0, peakBytes: 0 },
    );
  return { api: of(processes.api), worker: of(processes.worker), postgresql: of(processes.postgresql) };
}

/** Sends again for as long as the server asks to come back later. */
async function sendAll(agent: Agent, port: number, body: Buffer): Promise<void> {
  for (;;) {
    if (await post(agent, port, body)) return;
    await sleep(pollMs);
  }
}

/** False when the server asks to come back later. */
async function post(agent: Agent, port: number, body: Buffer): Promise<boolean> {
  const sent = request({
    agent,
    port,
    host: '127.0.0.1',
    method: 'POST',
    path: '/api/v1/claims',
    headers: { 'content-type': 'application/x-ndjson', 'content-length': body.length },
  });
  sent.end(body);
  const [response] = await once(sent, 'response');
  response.resume();
  await once(response, 'end');
  if (response.statusCode === 200) return true;
  if (response.statusCode === 429) return false;
  throw new Error(`the server answered ${response.statusCode}`);
}

async function ready(port: number): Promise<void> {
  for (const deadline = performance.now() + readyMs; performance.now() < deadline; await sleep(pollMs)) {
    const response = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null);
    if (response?.ok === true) return;
  }
  throw new Error('the server did not become ready');
}
