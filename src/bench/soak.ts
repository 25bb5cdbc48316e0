/** `npm run bench soak`: sends claims without a pause for as long as it takes, and watches that no process grows. */
import { createWriteStream } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../platform/database.ts';
import { loadRuleSet } from '../rules/library.ts';
import type { World } from './claims.ts';
import { type Machine, machine } from './machine.ts';
import { type Meter, startMeter } from './meter.ts';
import { type Product, type QueueKind, startProduct, untilScreened } from './product.ts';
import { newestBatch, type Recount, recount } from './recount.ts';
import { findRedis, startRedis } from './redis.ts';
import { sending } from './send.ts';
import { openSite, type Site } from './site.ts';
import { startTask } from './task.ts';

export interface SoakOptions {
  readonly claims: number;
  readonly world: World;
  readonly dataDir: string | undefined;
  readonly queue: QueueKind;
  readonly workers: number;
  readonly requestClaims: number;
  readonly connections: number;
  /** In MB (10⁶ bytes), by part. A process that grows beyond ends the run. */
  readonly ceilingsMb: Readonly<Record<string, number>>;
  /** Where the samples go while the run goes on; `undefined`: nowhere. */
  readonly csv: string | undefined;
  readonly port: number;
  readonly rulesDir: string;
  readonly print: (line: string) => void;
}

export interface Sample {
  readonly s: number;
  readonly stored: number;
  readonly screened: number;
  /** Screened since the sample before. */
  readonly claims_per_s: number;
  readonly database_mb: number;
  /** Resident now, of the largest process of each part. */
  readonly mb: Readonly<Record<string, number>>;
}

export interface SoakFigures {
  readonly measured_at: string;
  readonly machine: Machine;
  readonly persons: number;
  readonly queue: QueueKind;
  readonly workers: number;
  readonly claims: number;
  readonly seconds: number;
  readonly claims_per_s: number;
  readonly bytes_per_claim: number;
  readonly ceilings_mb: Readonly<Record<string, number>>;
  readonly peak_mb: Readonly<Record<string, number>>;
  readonly recount: Recount;
  readonly samples: readonly Sample[];
}

const sampleMs = 10_000;
const progressShare = 0.05;
const bytesPerMb = 1e6;
/** What a claim takes on the disk, with indexes and room; and the log of the database. */
const diskBytesPerClaim = 2_500;
const diskBytesBase = 6_000_000_000;

export async function runSoakBench(options: SoakOptions): Promise<SoakFigures> {
  const ruleSet = await loadRuleSet(options.rulesDir);
  const redisProgram = options.queue === 'redis' ? findRedis() : null;
  if (options.queue === 'redis' && redisProgram === null)
    throw new Error('本机没有 redis-server。There is no redis-server on this machine.');
  const site = await openSite({
    ...options,
    freeDiskBytesMin: diskBytesBase + (options.claims + options.world.history) * diskBytesPerClaim,
  });
  try {
    const redis = redisProgram === null ? null : await startRedis(redisProgram);
    const product = await startProduct({ site, redis, workers: options.workers, port: options.port });
    try {
      const range = await site.take(options.claims);
      const batchBefore = await newestBatch(site.database);
      const watched = await product.whileAlive(watch(site, product, range, options));
      return {
        ...watched,
        recount: await recount(site.database, site.world, range, ruleSet, batchBefore),
      };
    } finally {
      await product.stop();
      await redis?.stop();
    }
  } finally {
    await site.stop();
  }
}

async function watch(
  { database, world }: Site,
  product: Product,
  range: { from: number; to: number },
  options: SoakOptions,
): Promise<Omit<SoakFigures, 'recount'>> {
  const sender = await startTask(sending, {
    port: product.port,
    token: product.token,
    world,
    range,
    requestClaims: options.requestClaims,
    connections: options.connections,
    requestsPerS: null,
    ahead: false,
  });
  const meter = startMeter(new Map([...product.parts, ['sender', [sender.pid]]]));
  const parts = [...product.parts.keys(), 'sender'];
  const csv = options.csv === undefined ? null : createWriteStream(options.csv);
  csv?.write(`s,stored,screened,claims_per_s,database_mb,${parts.map((part) => `${part}_mb`).join(',')}\n`);
  const before = await counted(database);
  const startedAt = performance.now();
  const samples: Sample[] = [];
  let printed = 0;

  const sample = async (): Promise<void> => {
    const one = await sampleOf(database, meter, before, startedAt, samples.at(-1));
    samples.push(one);
    csv?.write(
      `${[one.s, one.stored, one.screened, one.claims_per_s, one.database_mb, ...parts.map((part) => one.mb[part] ?? '')].join(',')}\n`,
    );
    const share = one.screened / options.claims;
    if (share >= printed + progressShare || samples.length === 1) {
      printed = Math.floor(share / progressShare) * progressShare;
      options.print(lineOf(share, one, parts));
    }
    for (const [part, ceiling] of Object.entries(options.ceilingsMb)) {
      const mb = one.mb[part] ?? 0;
      if (mb > ceiling)
        throw new Error(
          `内存超限 / ${part} takes ${mb} MB at ${one.screened} claims; its ceiling is ${ceiling} MB`,
        );
    }
  };

  try {
    const work = sender.go().then(() => untilScreened(database));
    // Awaited below; until then a failure must not look unhandled.
    work.catch(() => undefined);
    for (let finished = false; !finished; ) {
      await sample();
      finished = await Promise.race([work.then(() => true), sleep(sampleMs, false, { ref: false })]);
    }
    const seconds = (performance.now() - startedAt) / 1_000;
    await sample();
    const after = await counted(database);
    return {
      measured_at: new Date().toISOString(),
      machine: machine(),
      persons: world.persons,
      queue: options.queue,
      workers: options.workers,
      claims: options.claims,
      seconds: Math.round(seconds),
      claims_per_s: Math.round(options.claims / seconds),
      bytes_per_claim: Math.round((after.bytes - before.bytes) / options.claims),
      ceilings_mb: options.ceilingsMb,
      peak_mb: Object.fromEntries(
        [...meter.look()].map(([part, { peakBytes }]) => [part, Math.round(peakBytes / bytesPerMb)]),
      ),
      samples,
    };
  } finally {
    meter.stop();
    sender.end();
    csv?.end();
  }
}

interface Counted {
  readonly stored: number;
  readonly screened: number;
  readonly bytes: number;
}

async function counted(database: Database): Promise<Counted> {
  const { rows } = await database.pool.query<Counted>(
    `SELECT coalesce(sum(claims), 0)::int8 AS stored, coalesce(sum(claims) FILTER (WHERE state = 'screened'), 0)::int8 AS screened,
            pg_database_size(current_database()) AS bytes FROM intake_batch`,
  );
  return rows[0] ?? { stored: 0, screened: 0, bytes: 0 };
}

async function sampleOf(
  database: Database,
  meter: Meter,
  before: Counted,
  startedAt: number,
  last: Sample | undefined,
): Promise<Sample> {
  const now = await counted(database);
  const s = (performance.now() - startedAt) / 1_000;
  const screened = now.screened - before.screened;
  const elapsed = s - (last?.s ?? 0);
  return {
    s: Math.round(s * 10) / 10,
    stored: now.stored - before.stored,
    screened,
    claims_per_s: Math.round((screened - (last?.screened ?? 0)) / elapsed),
    database_mb: Math.round(now.bytes / bytesPerMb),
    mb: Object.fromEntries(
      [...meter.look()]
        // At the end the sender is gone.
        .filter(([, { bytes }]) => bytes > 0)
        .map(([part, { bytes }]) => [part, Math.round(bytes / bytesPerMb)]),
    ),
  };
}

const lineOf = (share: number, one: Sample, parts: readonly string[]): string =>
  [
    `${(100 * share).toFixed(0).padStart(4)} %`,
    `${String(one.screened).padStart(9)} claims`,
    `${String(one.claims_per_s).padStart(6)}/s`,
    `database ${String(one.database_mb).padStart(6)} MB`,
    ...parts.map((part) => `${part} ${String(one.mb[part] ?? '–').padStart(4)} MB`),
  ].join('  ');
