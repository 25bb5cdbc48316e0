/** Counters of screening; label values are rule codes and states, never ids. */
import { Counter, Gauge, Histogram } from 'prom-client';
import type { Metrics } from '../platform/metrics.ts';

export interface ScreeningMetrics {
  readonly screenedClaims: Counter;
  readonly findings: Counter<'change'>;
  readonly hits: Counter<'rule_code'>;
  readonly alarms: Counter<'rule_code' | 'kind'>;
  readonly lagSeconds: Histogram;
  readonly waitingClaims: Gauge;
  readonly oldestWaitingSeconds: Gauge;
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
    waitingClaims: new Gauge({
      name: 'fundwatch_waiting_claims',
      help: 'Claims stored and not yet screened',
      registers,
    }),
    oldestWaitingSeconds: new Gauge({
      name: 'fundwatch_oldest_waiting_seconds',
      help: 'Age of the oldest batch that is not yet screened',
      registers,
    }),
  };
}
