/** What a worker does when a batch was screened and committed: shadow rules look at it, and rates are watched. */
import { Counter } from 'prom-client';
import type { Database } from '../src/platform/database.ts';
import type { Log } from '../src/platform/log.ts';
import type { Metrics } from '../src/platform/metrics.ts';
import type { ActiveRules } from '../src/rulebook/active-service.ts';
import { afterBatch, shadowBudget } from '../src/rulebook/after-batch-service.ts';
import type { Seen } from '../src/screening/service.ts';

export interface AfterBatchContext {
  readonly database: Database;
  readonly rules: ActiveRules;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** Never throws: the batch is done, and must not be screened again because of what comes after it. */
export function afterBatches({
  database,
  rules,
  log,
  metrics,
}: AfterBatchContext): (seen: Seen, batchMs: number) => Promise<void> {
  const budget = shadowBudget();
  const skipped = new Counter({
    name: 'fundwatch_shadow_skipped_claims_total',
    help: 'Claims that rules in shadow did not look at, because they had used up their share of the time of batches',
    registers: [metrics.registry],
  });
  return async (seen, batchMs) => {
    try {
      const { skippedClaims, paused } = await afterBatch({ database, rules }, seen, batchMs, budget);
      skipped.inc(skippedClaims);
      for (const rule_code of paused)
        log.error({ rule_code }, 'a rule was paused: its hit rate is not what its backtest saw');
    } catch (error) {
      log.warn({ err: error }, 'what comes after a batch failed; its findings stand');
    }
  };
}
