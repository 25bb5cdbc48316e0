import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { type Database, openDatabase } from '../../src/platform/database.ts';
import { migrate } from '../../src/platform/migrate.ts';
import { bundledProgram } from '../../src/platform/project.ts';
import type { RuleSet } from '../../src/rules/library.ts';
import { waitingState } from '../../src/screening/store.ts';
import { type Delivery, deliveryOf } from './claims.ts';
import { differences } from './compare.ts';
import { keyHeaders } from '../support/people.ts';
import { makeNetwork, type Network, subnetMask } from './network.ts';
import { keepRunning, type Program } from './program.ts';
import { sendAll } from './send.ts';

/**
 * One host of PostgreSQL and Redis, two of APIs and four of workers on a wire of their own. While claims come in, a worker's cable is
 * pulled in the middle of a transaction, later an API's; both are plugged in again.
 */
const apiHosts = ['api-1', 'api-2'];
const workerHosts = ['worker-1', 'worker-2', 'worker-3', 'worker-4'];
const hosts = ['data', ...apiHosts, ...workerHosts];
const cutWorker = 'worker-2';
const cutApi = 'api-2';

/** Longer than silence is borne (25 s) and than a job waits for its dead worker (12 s). */
const cutMs = 45_000;
const apiPort = 8080;
const workerPort = 9090;
const senders = 4;
const requestPauseMs = 300;
const pollMs = 200;
const readyMs = 120_000;
const drainMs = 300_000;
const transactionMs = 30_000;
const backMs = 180_000;

const dataHostFile = fileURLToPath(new URL('data-host.ts', import.meta.url));
const Urls = z.object({ databaseUrl: z.string(), redisUrl: z.string() });

/** True when the end was that of an undisturbed pass in one process. */
export async function scaleOut(
  options: { seed: number; claims: number; ruleSet: RuleSet },
  print: (line: string) => void,
): Promise<boolean> {
  const network = makeNetwork(hosts);
  const folder = mkdtempSync(path.join(tmpdir(), 'fundwatch-scale-out-'));
  const programs: Program[] = [];
  let dataHost: ChildProcess | undefined;
  let database: Database | undefined;
  try {
    const delivery = await deliveryOf(options.seed, options.claims, options.ruleSet);
    const [program = '', ...args] = network.on('data');
    const onDataHost = [process.execPath, '--import', 'tsx', dataHostFile];
    const itsArgs = [path.join(folder, 'data'), network.addressOf('data'), subnetMask];
    dataHost = spawn(program, [...args, ...onDataHost, ...itsArgs], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const [message] = await once(dataHost, 'message');
    const urls = Urls.parse(message);
    await migrate(urls.databaseUrl);
    database = openDatabase(urls.databaseUrl, { applicationName: 'fundwatch scale-out', poolMax: 2 });
    for (const host of [...apiHosts, ...workerHosts]) programs.push(startOn(network, host, urls, folder));
    for (const host of [...apiHosts, ...workerHosts]) await ready(network, host, readyMs);
    return await demonstrate(network, database, delivery, print);
  } finally {
    for (const host of [cutWorker, cutApi]) network.join(host);
    await Promise.all(programs.map((program) => program.stop()));
    await database?.close();
    if (dataHost?.kill('SIGTERM') === true) await once(dataHost, 'exit');
    network.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

function startOn(network: Network, host: string, urls: z.infer<typeof Urls>, folder: string): Program {
  const command = apiHosts.includes(host) ? 'api' : 'work';
  return keepRunning({
    name: host,
    command: [...network.on(host), process.execPath, bundledProgram('main'), command],
    env: {
      ...process.env,
      DATABASE_URL: urls.databaseUrl,
      REDIS_URL: urls.redisUrl,
      FUNDWATCH_MASTER_KEY_FILE: path.join(folder, 'master-key'),
      FUNDWATCH_HOST: network.addressOf(host),
      FUNDWATCH_PORT: String(apiPort),
      FUNDWATCH_WORKER_PORT: String(workerPort),
    },
    logFile: path.join(folder, `${host}.log`),
  });
}

async function demonstrate(
  network: Network,
  database: Database,
  delivery: Delivery,
  print: (line: string) => void,
): Promise<boolean> {
  const startedAt = performance.now();
  const clock = (): string => `${((performance.now() - startedAt) / 1000).toFixed(0).padStart(4)} s`;
  const say = (line: string): void => print(`${clock()}  ${line}`);
  const rows: Row[] = [];
  let before = await screenedBy(network, new Map());
  let sent = 0;
  const headers = await keyHeaders(database, ['claims:write']);
  /** Sends the requests up to this share of all, and notes what each worker did meanwhile. */
  const send = async (share: number, title: string, alongside: Promise<void>): Promise<void> => {
    const upTo = Math.round(delivery.requests.length * share);
    const requests = delivery.requests.slice(sent, upTo);
    sent = upTo;
    await Promise.all([
      sendAll({
        apis: apiHosts.map((host) => urlOf(network, host)),
        requests,
        headers,
        senders,
        pauseMs: requestPauseMs,
        onAnswered: () => undefined,
      }),
      alongside,
    ]);
    const after = await screenedBy(network, before);
    rows.push({ title, requests: requests.length, batches: difference(before, after) });
    before = after;
  };

  print(`PostgreSQL and Redis on ${network.addressOf('data')}, password protected`);
  print(
    `APIs on ${apiHosts.map(network.addressOf).join(', ')}; workers on ${workerHosts.map(network.addressOf).join(', ')}`,
  );
  print(`${delivery.claims} claims in ${delivery.requests.length} requests, shared between the APIs`);
  await send(0.25, 'all together', Promise.resolve());
  await send(0.5, `without ${cutWorker}`, cutOff(network, database, cutWorker, say));
  await send(0.6, `${cutWorker} back`, back(network, cutWorker, say));
  await send(0.8, `without ${cutApi}`, cutOff(network, database, cutApi, say));
  await send(1, `${cutApi} back`, back(network, cutApi, say));
  await drained(database);
  const after = await screenedBy(network, before);
  rows.push({ title: 'the rest', requests: 0, batches: difference(before, after) });
  say('nothing waits any more');
  for (const line of table(rows)) print(line);
  const found = await differences(database, delivery.expected);
  const { findings, undecided, revisions } = delivery.expected;
  print(
    `one process, undisturbed: ${revisions} revisions, ${findings.length} findings, ${undecided.length} undecided – ${found.length === 0 ? 'same' : 'DIFFERENT'}`,
  );
  for (const line of found) print(`  ${line}`);
  return found.length === 0;
}

/** Pulls the cable for `cutMs`, of a worker while it holds locks, and watches PostgreSQL give its sessions up. */
async function cutOff(
  network: Network,
  database: Database,
  host: string,
  say: (line: string) => void,
): Promise<void> {
  const sessions = async (): Promise<{ open: number; working: number }> => {
    const { rows } = await database.pool.query<{ open: number; working: number }>(
      `SELECT count(*) AS open, count(*) FILTER (WHERE xact_start IS NOT NULL AND application_name = 'fundwatch worker') AS working
         FROM pg_stat_activity WHERE client_addr = $1::inet`,
      [network.addressOf(host)],
    );
    return rows[0] ?? { open: 0, working: 0 };
  };
  if (workerHosts.includes(host)) await until(async () => (await sessions()).working > 0, transactionMs);
  network.cut(host);
  const cutAt = performance.now();
  const { open, working } = await sessions();
  say(`${host} cut off: ${open} sessions in PostgreSQL, ${working} inside a transaction of screening`);
  while (performance.now() - cutAt < cutMs && (await sessions()).open > 0) await sleep(pollMs);
  const { open: left } = await sessions();
  say(
    left === 0
      ? `PostgreSQL gave up its sessions after ${((performance.now() - cutAt) / 1000).toFixed(0)} s`
      : `PostgreSQL still believes in ${left} sessions`,
  );
  await sleep(Math.max(0, cutMs - (performance.now() - cutAt)));
  network.join(host);
  say(`${host} plugged in again after ${((performance.now() - cutAt) / 1000).toFixed(0)} s`);
}

/** Without a pause: a transaction is short. */
async function until(holds: () => Promise<boolean>, limitMs: number): Promise<void> {
  const giveUpAt = performance.now() + limitMs;
  while (performance.now() < giveUpAt && !(await holds()));
}

/** Notes when a host that was cut off says again that it is ready. */
async function back(network: Network, host: string, say: (line: string) => void): Promise<void> {
  const joinedAt = performance.now();
  await ready(network, host, backMs);
  say(`${host} ready again after ${((performance.now() - joinedAt) / 1000).toFixed(0)} s`);
}

const urlOf = (network: Network, host: string): string =>
  `http://${network.addressOf(host)}:${apiHosts.includes(host) ? apiPort : workerPort}`;

async function ready(network: Network, host: string, limitMs: number): Promise<void> {
  for (const giveUpAt = performance.now() + limitMs; performance.now() < giveUpAt; await sleep(pollMs)) {
    const url = `${urlOf(network, host)}/readyz`;
    const response = await fetch(url, { signal: AbortSignal.timeout(5_000) }).catch(() => null);
    if (response?.ok === true) return;
  }
  throw new Error(`${host} was not ready within ${limitMs / 1000} s`);
}

type Screened = ReadonlyMap<string, number>;

/** Batches by worker, from their metrics; of a host that cannot be reached, what was known before. */
async function screenedBy(network: Network, before: Screened): Promise<Screened> {
  const counts = await Promise.all(
    workerHosts.map(async (host): Promise<[string, number]> => {
      const response = await fetch(`${urlOf(network, host)}/metrics`, {
        signal: AbortSignal.timeout(5_000),
      }).catch(() => null);
      const [, count] =
        /^fundwatch_screening_lag_seconds_count\S* (\d+)$/m.exec((await response?.text()) ?? '') ?? [];
      return [host, count === undefined ? (before.get(host) ?? 0) : Number(count)];
    }),
  );
  return new Map(counts);
}

const difference = (before: Screened, after: Screened): number[] =>
  workerHosts.map((host) => (after.get(host) ?? 0) - (before.get(host) ?? 0));

interface Row {
  readonly title: string;
  readonly requests: number;
  readonly batches: readonly number[];
}

function table(rows: readonly Row[]): string[] {
  const sums = workerHosts.map((_, at) => rows.reduce((sum, { batches }) => sum + (batches[at] ?? 0), 0));
  const total = {
    title: 'together',
    requests: rows.reduce((sum, row) => sum + row.requests, 0),
    batches: sums,
  };
  const cells = [
    ['batches screened by', 'requests', ...workerHosts],
    ...[...rows, total].map(({ title, requests, batches }) => [
      title,
      String(requests),
      ...batches.map(String),
    ]),
  ];
  return cells.map(
    ([title = '', ...rest]) => title.padEnd(20) + rest.map((cell) => cell.padStart(10)).join(''),
  );
}

async function drained(database: Database): Promise<void> {
  for (const giveUpAt = performance.now() + drainMs; performance.now() < giveUpAt; await sleep(pollMs)) {
    const { claims, window_days } = await waitingState(database);
    if (claims + window_days === 0) return;
  }
  throw new Error(`batches still wait after ${drainMs / 1000} s`);
}
