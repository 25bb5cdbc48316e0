/**
 * `npm run bench stream`: generated claims over HTTP → validated → stored → queued → screened with the whole library beside a year of
 * history → findings written durably → recounted. Every process is the product's own; nothing is left out that it does.
 */
import path from 'node:path';
import type { Database } from '../platform/database.ts';
import { loadRuleSet, type RuleSet } from '../rules/library.ts';
import type { ClaimRange, World } from './claims.ts';
import { flooring } from './floor.ts';
import { type Latency, latencyOf } from './latency.ts';
import { type Machine, machine } from './machine.ts';
import { startMeter } from './meter.ts';
import { naive } from './naive.ts';
import {
  type Product,
  type QueueKind,
  redisPart,
  startProduct,
  untilScreened,
  untilSettled,
} from './product.ts';
import { newestBatch, type Recount, recount } from './recount.ts';
import { findRedis, type OwnRedis, startRedis } from './redis.ts';
import { sending, type SendOrder, type SendResult } from './send.ts';
import { openSite, type Site } from './site.ts';
import { type Done, startTask } from './task.ts';

export interface StreamOptions {
  readonly claims: number;
  readonly world: World;
  readonly dataDir: string | undefined;
  readonly queues: readonly QueueKind[];
  readonly workers: readonly number[];
  readonly requestClaims: number;
  readonly connections: number;
  /** Arrival rate and length of the part that measures latency. */
  readonly rate: number;
  readonly seconds: number;
  /** Claims of the baselines; 0 leaves one out. */
  readonly naiveClaims: number;
  readonly floorClaims: number;
  readonly port: number;
  readonly rulesDir: string;
  readonly print: (line: string) => void;
}

export interface Variant {
  readonly queue: QueueKind;
  readonly workers: number;
  readonly claims: number;
  readonly claims_per_s: number;
  readonly times_naive: number | null;
  readonly seconds: number;
  /** Until the days of windows were judged too, which wait while claims do. */
  readonly settled_seconds: number;
  /** How fast the claims were durable and answered, which is before they were screened. */
  readonly intake_claims_per_s: number;
  /** Uploads that the server asked to send later. */
  readonly refused: number;
  readonly cpu_us_per_claim: Readonly<Record<string, number>>;
  readonly peak_mb: Readonly<Record<string, number>>;
  readonly bytes_per_claim: number;
  readonly recount: Recount;
  readonly latency: PacedLatency | null;
}

export interface PacedLatency extends Latency {
  /** The arrival rate. */
  readonly claims_per_s: number;
  readonly claims: number;
  /** Requests that the server asked to send later; their latency runs on. */
  readonly refused: number;
}

export interface StreamFigures {
  /** Of the fastest variant. */
  readonly claims_per_s: number;
  readonly times_naive: number | null;
  readonly measured_at: string;
  readonly machine: Machine;
  readonly persons: number;
  readonly history_claims: number;
  readonly rules: number;
  readonly rule_set: string;
  readonly variants: readonly Variant[];
  readonly baselines: { readonly naive: Baseline | null; readonly floor: Baseline | null };
  readonly left_out: readonly string[];
}

export interface Baseline {
  readonly claims_per_s: number;
  readonly claims: number;
  readonly seconds: number;
  readonly cpu_us_per_claim: Readonly<Record<string, number>>;
  readonly rules?: number;
  readonly conditions?: number;
}

/** Sent before the clock starts, so that the processes have compiled their code: they run for months. */
const warmUpClaimsMax = 10_000;
const warmUpShare = 0.1;
/** At the fixed rate so many hospitals send every second, each its few claims. */
const requestsPerS = 50;
const bytesPerMb = 1e6;

export async function runStreamBench(options: StreamOptions): Promise<StreamFigures> {
  const { print } = options;
  const ruleSet = await loadRuleSet(options.rulesDir);
  const redisProgram = findRedis();
  const queues = options.queues.filter((queue) => queue !== 'redis' || redisProgram !== null);
  const leftOut = options.queues.length === queues.length ? [] : ['redis: no redis-server on this machine'];
  const site = await openSite(options);
  try {
    const redis = queues.includes('redis') && redisProgram !== null ? await startRedis(redisProgram) : null;
    try {
      const naiveFigures = await measureNaive(site, queues[0] === 'redis' ? redis : null, options);
      const floor = await measureFloor(site, options);
      const variants: Variant[] = [];
      for (const queue of queues)
        for (const workers of options.workers) {
          print(`  ${queue}, ${workers} worker(s)`);
          const product = await startProduct({
            site,
            redis: queue === 'redis' ? redis : null,
            workers,
            port: options.port,
          });
          try {
            const variant = await product.whileAlive(measure(site, product, ruleSet, options));
            const timesNaive =
              naiveFigures === null ? null : Math.round(variant.claims_per_s / naiveFigures.claims_per_s);
            variants.push({ queue, workers, ...variant, times_naive: timesNaive });
          } finally {
            await product.stop();
          }
        }
      const fastest = variants.toSorted((a, b) => b.claims_per_s - a.claims_per_s)[0];
      return {
        claims_per_s: fastest?.claims_per_s ?? 0,
        times_naive: fastest?.times_naive ?? null,
        measured_at: new Date().toISOString(),
        machine: machine(),
        persons: options.world.persons,
        history_claims: options.world.history,
        rules: ruleSet.rules.length,
        rule_set: ruleSet.version,
        variants,
        baselines: { naive: naiveFigures, floor },
        left_out: leftOut,
      };
    } finally {
      await redis?.stop();
    }
  } finally {
    await site.stop();
  }
}

async function measure(
  site: Site,
  product: Product,
  ruleSet: RuleSet,
  options: StreamOptions,
): Promise<Omit<Variant, 'queue' | 'workers' | 'times_naive'>> {
  const { database, world } = site;
  const warmUp = Math.min(warmUpClaimsMax, Math.ceil(options.claims * warmUpShare));
  const paced = options.rate * options.seconds;
  const all = await site.take(warmUp + options.claims + paced);
  const warm = { from: all.from, to: all.from + warmUp };
  const flat = { from: warm.to, to: warm.to + options.claims };
  const batchBefore = await newestBatch(database);
  const flatOut = {
    port: product.port,
    token: product.token,
    world,
    requestClaims: options.requestClaims,
    connections: options.connections,
    requestsPerS: null,
    ahead: true,
  };
  await send({ ...flatOut, range: warm });
  await untilSettled(database);

  const bytesBefore = await bytesOf(database);
  const sender = await startTask(sending, { ...flatOut, range: flat });
  const meter = startMeter(product.parts);
  const startedAt = performance.now();
  const sent = await sender.go();
  await untilScreened(database);
  const seconds = (performance.now() - startedAt) / 1_000;
  const usage = meter.stop();
  await untilSettled(database);
  const settledSeconds = (performance.now() - startedAt) / 1_000;
  const bytes = (await bytesOf(database)) - bytesBefore;
  options.print(
    `    ${Math.round(options.claims / seconds)} claims/s, taken in within ${sent.result.seconds.toFixed(1)} s of ${seconds.toFixed(1)} s, windows judged after ${settledSeconds.toFixed(1)} s`,
  );

  const latency =
    paced === 0 ? null : await measureLatency(site, product, options, { from: flat.to, to: all.to });
  const perPart = (value: (cpuUs: number, peakBytes: number) => number): Record<string, number> =>
    Object.fromEntries(
      [['sender', sent] as const, ...usage].map(([name, used]) => [
        name,
        Math.round(value(used.cpuUs, used.peakBytes)),
      ]),
    );
  return {
    claims: options.claims,
    claims_per_s: Math.round(options.claims / seconds),
    seconds: Number(seconds.toFixed(2)),
    settled_seconds: Number(settledSeconds.toFixed(2)),
    intake_claims_per_s: Math.round(options.claims / sent.result.seconds),
    refused: sent.result.refused,
    cpu_us_per_claim: perPart((cpuUs) => cpuUs / options.claims),
    peak_mb: perPart((_, peakBytes) => peakBytes / bytesPerMb),
    bytes_per_claim: Math.round(bytes / options.claims),
    recount: await recount(database, world, all, ruleSet, batchBefore),
    latency,
  };
}

async function measureLatency(
  { database, world }: Site,
  { port, token }: Product,
  { rate, connections, print }: StreamOptions,
  range: ClaimRange,
): Promise<PacedLatency> {
  const sent = await send({
    port,
    token,
    world,
    range,
    requestClaims: Math.max(1, Math.round(rate / requestsPerS)),
    connections,
    requestsPerS: Math.min(rate, requestsPerS),
    ahead: true,
  });
  await untilSettled(database);
  const latency = await latencyOf(database, sent.result.deliveries);
  print(
    `    at ${rate} claims/s: a finding after ${latency.finding_ms.p50} ms, p99 ${latency.finding_ms.p99} ms`,
  );
  return { claims_per_s: rate, claims: range.to - range.from, refused: sent.result.refused, ...latency };
}

async function send(order: SendOrder): Promise<Done<SendResult>> {
  return (await startTask(sending, order)).go();
}

/** What is still only in the log counts when it is in the tables. */
async function bytesOf({ pool }: Database): Promise<number> {
  await pool.query('CHECKPOINT');
  const { rows } = await pool.query<{ bytes: number }>(
    'SELECT pg_database_size(current_database()) AS bytes',
  );
  return rows[0]?.bytes ?? 0;
}

async function measureNaive(
  site: Site,
  redis: OwnRedis | null,
  { naiveClaims, rulesDir, print }: StreamOptions,
): Promise<Baseline | null> {
  if (naiveClaims === 0) return null;
  const task = await startTask(naive, {
    databaseUrl: site.database.url,
    redisUrl: redis?.url ?? null,
    knowledgeDir: path.join(rulesDir, 'knowledge'),
    world: site.world,
    range: await site.take(naiveClaims),
  });
  const meter = startMeter(new Map([['postgresql', [site.postgresPid()]], ...redisPart(redis)]));
  const { result, cpuUs } = await task.go();
  const used = [['pipeline', { cpuUs }] as const, ...meter.stop()];
  if (result.claims !== naiveClaims)
    throw new Error(`the baseline stored ${result.claims} of ${naiveClaims}`);
  const figures = {
    ...baselineOf(naiveClaims, result.seconds, used),
    rules: result.rules,
    conditions: result.conditions,
  };
  print(`  baseline, one job per claim: ${figures.claims_per_s} claims/s`);
  return figures;
}

async function measureFloor(site: Site, { floorClaims, print }: StreamOptions): Promise<Baseline | null> {
  if (floorClaims === 0) return null;
  const range = await site.take(floorClaims);
  const task = await startTask(flooring, { databaseUrl: site.database.url, world: site.world, range });
  const meter = startMeter(new Map([['postgresql', [site.postgresPid()]]]));
  const { result, cpuUs } = await task.go();
  const figures = baselineOf(floorClaims, result.seconds, [['pipeline', { cpuUs }], ...meter.stop()]);
  print(`  floor, parse and COPY only: ${figures.claims_per_s} claims/s`);
  return figures;
}

function baselineOf(
  claims: number,
  seconds: number,
  used: readonly (readonly [string, { readonly cpuUs: number }])[],
): Baseline {
  return {
    claims,
    claims_per_s: Number((claims / seconds).toPrecision(3)),
    seconds: Number(seconds.toFixed(2)),
    cpu_us_per_claim: Object.fromEntries(used.map(([name, { cpuUs }]) => [name, Math.round(cpuUs / claims)])),
  };
}
