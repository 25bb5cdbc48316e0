/** Counters of screening; label values are rule codes and states, never ids. */
import { Counter, Gauge } from 'prom-client';
import type { Metrics } from '../platform/metrics.ts';

export interface ScreeningMetrics {
  readonly screenedClaims: Counter;
  readonly findings: Counter<'change'>;
  readonly disagreements: Counter<'rule_code'>;
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
    disagreements: new Counter({
      name: 'fundwatch_evaluator_disagreements_total',
      help: 'Hits that json-rules-engine did not confirm and that were therefore not written; must stay 0',
      labelNames: ['rule_code'],
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
