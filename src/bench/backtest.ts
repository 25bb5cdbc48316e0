/**
 * `npm run bench backtest`: a draft of a shipped rule, tried on a year of claims by the product's own workers beside the active version. The
 * clock runs from the moment somebody asks for it until the result stands.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { systemActor } from '../audit/actor.ts';
import { transaction } from '../platform/database.ts';
import { textOf } from '../rulebook/content.ts';
import type { Run } from '../rulebook/contract.ts';
import { startBacktest } from '../rulebook/run-service.ts';
import { findRun } from '../rulebook/run-store.ts';
import { insertVersion } from '../rulebook/store.ts';
import type { RuleDocument } from '../rules/contract.ts';
import { loadRuleSet } from '../rules/library.ts';
import type { World } from './claims.ts';
import { type Machine, machine } from './machine.ts';
import { startMeter } from './meter.ts';
import { type Product, startProduct } from './product.ts';
import { openSite, type Site } from './site.ts';

export interface BacktestOptions {
  readonly world: World;
  readonly dataDir: string | undefined;
  readonly port: number;
  readonly workers: number;
  /** The rule of which a draft is made by adding one to its first number. */
  readonly rule: string;
  readonly rulesDir: string;
  readonly print: (line: string) => void;
}

export interface BacktestFigures {
  readonly measured_at: string;
  readonly machine: Machine;
  readonly rule: string;
  readonly change: string;
  readonly workers: number;
  readonly persons: number;
  readonly claims: number;
  readonly undecided: number;
  readonly findings: { readonly created: number; readonly lost: number; readonly same: number };
  readonly seconds: number;
  readonly claims_per_s: number;
  readonly cpu_us_per_claim: Readonly<Record<string, number>>;
  readonly peak_mb: Readonly<Record<string, number>>;
}

const pollMs = 250;
const progressPolls = 40;
const bytesPerMb = 1e6;
const actor = systemActor('bench');

export async function runBacktestBench(options: BacktestOptions): Promise<BacktestFigures> {
  const { rules } = await loadRuleSet(options.rulesDir);
  const shipped = rules.find(({ document }) => document.code === options.rule)?.document;
  if (shipped === undefined) throw new Error(`没有规则 / no rule ${options.rule}`);
  const { document, change } = draftOf(shipped);
  const site = await openSite(options);
  try {
    const product = await startProduct({ site, redis: null, workers: options.workers, port: options.port });
    try {
      return await product.whileAlive(measure(site, product, document, change, options));
    } finally {
      await product.stop();
    }
  } finally {
    await site.stop();
  }
}

async function measure(
  { database }: Site,
  product: Product,
  document: RuleDocument,
  change: string,
  { workers, print }: BacktestOptions,
): Promise<BacktestFigures> {
  const text = textOf({ document, examples: null });
  await transaction(database, (client) =>
    insertVersion(client, {
      ...text,
      code: document.code,
      origin: 'written',
      author: actor.account,
      based_on: null,
    }),
  );
  const meter = startMeter(product.parts);
  const startedAt = performance.now();
  const answer = await startBacktest(database, actor, text.content_hash);
  if (!answer.ok) throw new Error(`${answer.reason.zh} / ${answer.reason.en}`);
  const run = await untilDone(Number(answer.run.id), (now) => {
    print(`  ${now.persons} of ${now.persons_total} persons, ${now.claims} claims`);
  });
  const seconds = (performance.now() - startedAt) / 1_000;
  const usage = meter.stop();
  const perPart = (value: (cpuUs: number, peakBytes: number) => number): Record<string, number> =>
    Object.fromEntries(
      [...usage].map(([name, used]) => [name, Math.round(value(used.cpuUs, used.peakBytes))]),
    );
  return {
    measured_at: new Date().toISOString(),
    machine: machine(),
    rule: document.code,
    change,
    workers,
    persons: run.persons,
    claims: run.claims,
    undecided: run.undecided,
    findings: await sums(run.id),
    seconds: Number(seconds.toFixed(1)),
    claims_per_s: Math.round(run.claims / seconds),
    cpu_us_per_claim: perPart((cpuUs) => cpuUs / Math.max(1, run.claims)),
    peak_mb: perPart((_, peakBytes) => peakBytes / bytesPerMb),
  };

  async function untilDone(id: number, say: (run: Run) => void): Promise<Run> {
    for (let poll = 1; ; poll += 1) {
      const now = await findRun(database.pool, id);
      if (now === null) throw new Error('the backtest is gone');
      if (now.state === 'done') return now;
      if (now.state !== 'waiting') throw new Error(`the backtest is ${now.state}: ${now.error ?? ''}`);
      if (poll % progressPolls === 0) say(now);
      await sleep(pollMs);
    }
  }

  async function sums(id: string): Promise<BacktestFigures['findings']> {
    const { rows } = await database.pool.query<BacktestFigures['findings']>(
      `SELECT coalesce(sum(new_findings), 0)::int AS created, coalesce(sum(lost_findings), 0)::int AS lost,
              coalesce(sum(same_findings), 0)::int AS same FROM backtest_cell WHERE run_id = $1`,
      [id],
    );
    return rows[0] ?? { created: 0, lost: 0, same: 0 };
  }
}

/** A variant that a supervisor might try. */
function draftOf(shipped: RuleDocument): { document: RuleDocument; change: string } {
  for (const [name, param] of Object.entries(shipped.params)) {
    if (typeof param.value !== 'number') continue;
    const value = param.value + 1;
    return {
      document: { ...shipped, params: { ...shipped.params, [name]: { ...param, value } } },
      change: `${name} ${param.value} → ${value}`,
    };
  }
  throw new Error(`${shipped.code} 没有数字参数 / has no number to change`);
}
