/** Counters of screening; label values are rule codes and states, never ids. */
import { Counter, Gauge, Histogram } from 'prom-client';
import type { Metrics } from '../platform/metrics.ts';
import type { JobQueue } from '../platform/queue.ts';

export interface ScreeningMetrics {
  readonly screenedClaims: Counter;
  readonly findings: Counter<'change'>;
  readonly hits: Counter<'rule_code'>;
  readonly alarms: Counter<'rule_code' | 'kind'>;
  readonly lagSeconds: Histogram;
  readonly windowDays: Counter;
}

export function screeningMetrics({ registry }: Metrics): ScreeningMetrics {
  const registers = [registry];
  return {
    screenedClaims: new Counter({
      name: 'fundwatch_screened_claims_total',
      help: 'Claims judged; a claim counts again whenever something near it changes',
      registers,
    }),
    findings: new Counter({
      name: 'fundwatch_findings_total',
      help: 'Changes to findings: created, changed, withdrawn',
      labelNames: ['change'],
      registers,
    }),
    hits: new Counter({
      name: 'fundwatch_rule_hits_total',
      help: 'Findings that a rule made anew; divided by fundwatch_screened_claims_total it is the hit rate of the rule',
      labelNames: ['rule_code'],
      registers,
    }),
    alarms: new Counter({
      name: 'fundwatch_rule_alarms_total',
      help: 'Hits that json-rules-engine did not confirm, and rules that failed on a claim; must stay 0',
      labelNames: ['rule_code', 'kind'],
      registers,
    }),
    lagSeconds: new Histogram({
      name: 'fundwatch_screening_lag_seconds',
      help: 'Time from the receipt of a batch to the commit of its findings',
      buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200],
      registers,
    }),
    windowDays: new Counter({
      name: 'fundwatch_window_days_total',
      help: 'Days of institutions judged by rules over windows; a day counts again whenever something in its window changes',
      registers,
    }),
  };
}

export interface Backlog {
  readonly claims: number;
  readonly oldest_s: number;
  readonly failed_batches: number;
  readonly set_aside: number;
  readonly window_days: number;
  readonly oldest_window_s: number;
  readonly failing_windows: number;
}

/**
 * What waits, measured when it is asked for: the API says the same as the workers, so that an alarm rings also when every worker is dead.
 * Where it cannot be measured nothing is said, rather than what was true some time ago.
 */
export function backlogMetrics(
  { registry, queueJobs }: Pick<Metrics, 'registry' | 'queueJobs'>,
  backlog: () => Promise<Backlog>,
  queue: Pick<JobQueue, 'name' | 'counts'>,
): () => Promise<void> {
  const registers = [registry];
  const claims = new Gauge({
    name: 'fundwatch_waiting_claims',
    help: 'Claims stored and not yet screened',
    registers,
  });
  const oldest = new Gauge({
    name: 'fundwatch_oldest_waiting_seconds',
    help: 'Age of the oldest batch that is not yet screened; 0 when none waits',
    registers,
  });
  const failed = new Gauge({
    name: 'fundwatch_failed_batches',
    help: 'Batches that were given up; they are tried again when a worker starts',
    registers,
  });
  const setAside = new Gauge({
    name: 'fundwatch_set_aside_claims',
    help: 'Claims that could not be screened and stand in quarantine; they are tried again under another version',
    registers,
  });
  const windowDays = new Gauge({
    name: 'fundwatch_waiting_window_days',
    help: 'Marks of days that rules over windows have not judged yet',
    registers,
  });
  const oldestWindow = new Gauge({
    name: 'fundwatch_oldest_waiting_window_seconds',
    help: 'Age of the oldest of these marks; 0 when none waits',
    registers,
  });
  const failingWindows = new Gauge({
    name: 'fundwatch_failing_windows',
    help: 'Institutions whose windows could not be judged when it was last tried; each is tried again within about an hour',
    registers,
  });
  const ofDatabase = async (): Promise<void> => {
    for (const gauge of [claims, oldest, failed, setAside, windowDays, oldestWindow, failingWindows])
      gauge.remove();
    const now = await backlog();
    claims.set(now.claims);
    oldest.set(now.oldest_s);
    failed.set(now.failed_batches);
    setAside.set(now.set_aside);
    windowDays.set(now.window_days);
    oldestWindow.set(now.oldest_window_s);
    failingWindows.set(now.failing_windows);
  };
  const ofQueue = async (): Promise<void> => {
    queueJobs.reset();
    for (const [state, jobs] of Object.entries(await queue.counts()))
      queueJobs.set({ queue: queue.name, state }, jobs);
  };
  return async () => {
    await Promise.allSettled([ofDatabase(), ofQueue()]);
  };
}
