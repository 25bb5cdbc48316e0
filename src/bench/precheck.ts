/**
 * `npm run bench precheck`: hospitals ask about visits in the making while claims stream in; then far more ask than can be answered.
 */
import { asking, type AskResult } from './ask.ts';
import type { World } from './claims.ts';
import { type Machine, machine } from './machine.ts';
import { type PartUsage, startMeter } from './meter.ts';
import { type Product, startProduct, untilSettled } from './product.ts';
import { sending } from './send.ts';
import { openSite, type Site } from './site.ts';
import { startTask } from './task.ts';

export interface PrecheckOptions {
  readonly world: World;
  readonly dataDir: string | undefined;
  /** Pre-checks a second, and of how many of them the overloads consist. */
  readonly rate: number;
  readonly overloadRates: readonly number[];
  readonly seconds: number;
  /** Claims that stream in a second meanwhile. */
  readonly streamRate: number;
  readonly port: number;
  readonly print: (line: string) => void;
}

export interface PrecheckStage extends AskResult {
  readonly stage: 'alone' | 'with_stream' | 'overload';
  readonly rate: number;
  readonly stream_rate: number;
  readonly seconds: number;
  /** Cores that each part kept busy. */
  readonly cores: Readonly<Record<string, number>>;
  readonly peak_mb: Readonly<Record<string, number>>;
}

export interface PrecheckFigures {
  readonly measured_at: string;
  readonly machine: Machine;
  readonly persons: number;
  readonly history_claims: number;
  readonly stages: readonly PrecheckStage[];
}

const warmUpSeconds = 5;
/** 0.8 s is what the national contract lets a hospital wait; here it waits a little longer, so that lateness is seen. */
const giveUpMs = 2_000;
const streamRequestsPerS = 50;
const streamConnections = 2;
/** The stream starts first and ends last. */
const streamLeadMs = 1_000;
const bytesPerMb = 1e6;

export async function runPrecheckBench(options: PrecheckOptions): Promise<PrecheckFigures> {
  const site = await openSite(options);
  try {
    const product = await startProduct({ site, redis: null, workers: 1, port: options.port });
    try {
      return await product.whileAlive(measure(site, product, options));
    } finally {
      await product.stop();
    }
  } finally {
    await site.stop();
  }
}

async function measure(site: Site, product: Product, options: PrecheckOptions): Promise<PrecheckFigures> {
  const { rate, overloadRates, seconds, streamRate, print } = options;
  const stages: PrecheckStage[] = [];
  const planned: { stage: PrecheckStage['stage']; rate: number; streamRate: number }[] = [
    { stage: 'alone', rate, streamRate: 0 },
    { stage: 'with_stream', rate, streamRate },
    ...overloadRates.map((each) => ({ stage: 'overload' as const, rate: each, streamRate })),
  ];
  await runStage(site, product, { rate, streamRate, seconds: warmUpSeconds });
  for (const { stage, ...load } of planned) {
    const { result, usage } = await runStage(site, product, { ...load, seconds });
    const perPart = (value: (one: PartUsage) => number): Record<string, number> =>
      Object.fromEntries([...usage].map(([name, one]) => [name, value(one)]));
    print(`  ${stage}: ${load.rate}/s, p99 ${result.ms.p99} ms`);
    stages.push({
      stage,
      rate: load.rate,
      stream_rate: load.streamRate,
      seconds,
      ...result,
      cores: perPart(({ cpuUs }) => Math.round(cpuUs / seconds / 1e4) / 100),
      peak_mb: perPart(({ peakBytes }) => Math.round(peakBytes / bytesPerMb)),
    });
  }
  const { persons, history } = site.world;
  return {
    measured_at: new Date().toISOString(),
    machine: machine(),
    persons,
    history_claims: history,
    stages,
  };
}

async function runStage(
  site: Site,
  product: Product,
  { rate, streamRate, seconds }: { rate: number; streamRate: number; seconds: number },
): Promise<{ result: AskResult; usage: Map<string, PartUsage> }> {
  const { world, database } = site;
  const asker = await startTask(asking, {
    port: product.port,
    token: product.token,
    world,
    range: await site.take(Math.ceil(rate * seconds)),
    requestsPerS: rate,
    giveUpMs,
  });
  const sender =
    streamRate === 0
      ? null
      : await startTask(sending, {
          port: product.port,
          token: product.token,
          world,
          range: await site.take(Math.ceil(streamRate * (seconds + (2 * streamLeadMs) / 1_000))),
          requestClaims: Math.max(1, Math.round(streamRate / streamRequestsPerS)),
          connections: streamConnections,
          requestsPerS: Math.min(streamRate, streamRequestsPerS),
          ahead: true,
        });
  const sent = sender?.go();
  // Awaited after the stage; until then a failure must not look unhandled.
  sent?.catch(() => undefined);
  if (sent !== undefined) await new Promise((resolve) => setTimeout(resolve, streamLeadMs));
  const meter = startMeter(product.parts);
  const { result, cpuUs, peakBytes } = await asker.go();
  const usage = meter.stop();
  usage.set('asker', { cpuUs, bytes: peakBytes, peakBytes });
  await sent;
  await untilSettled(database);
  return { result, usage };
}
