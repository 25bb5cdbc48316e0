/** What a worker does when a batch was screened, or days were judged, and committed: shadow rules look at the same, and rates are watched. */
import { Counter } from 'prom-client';
import type { Database } from '../src/platform/database.ts';
import type { Log } from '../src/platform/log.ts';
import type { Metrics } from '../src/platform/metrics.ts';
import type { ActiveRules } from '../src/rulebook/active-service.ts';
import { type AfterBatch, afterBatch, shadowBudget } from '../src/rulebook/after-batch-service.ts';
import { afterWindows } from '../src/rulebook/after-windows-service.ts';
import type { Seen } from '../src/screening/service.ts';
import type { JudgedDays } from '../src/screening/window-service.ts';

export interface AfterWorkContext {
  readonly database: Database;
  readonly rules: ActiveRules;
  readonly log: Log;
  readonly metrics: Metrics;
}

export interface AfterWork {
  readonly afterBatch: (seen: Seen, batchMs: number) => Promise<void>;
  readonly afterWindows: (seen: readonly JudgedDays[], judgingMs: number) => Promise<void>;
}

/** Neither ever throws: what was judged is committed, and must not be judged again because of what comes after it. */
export function afterWork({ database, rules, log, metrics }: AfterWorkContext): AfterWork {
  const budgets = { batches: shadowBudget(), windows: shadowBudget() };
  const skipped = new Counter({
    name: 'fundwatch_shadow_skipped_claims_total',
    help: 'Claims that rules in shadow did not look at, because they had used up their share of the time of batches, or of judging windows',
    registers: [metrics.registry],
  });
  const finish = async (work: Promise<AfterBatch>): Promise<void> => {
    try {
      const { skippedClaims, paused } = await work;
      skipped.inc(skippedClaims);
      for (const rule_code of paused)
        log.error({ rule_code }, 'a rule was paused: its hit rate is not what its backtest saw');
    } catch (error) {
      log.warn({ err: error }, 'what comes after judging failed; its findings stand');
    }
  };
  return {
    afterBatch: (seen, batchMs) => finish(afterBatch({ database, rules }, seen, batchMs, budgets.batches)),
    afterWindows: (seen, judgingMs) =>
      finish(afterWindows({ database, rules }, seen, judgingMs, budgets.windows)),
  };
}
