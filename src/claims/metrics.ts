/** Counters of intake; the label is the answer given, never an id. */
import { Counter } from 'prom-client';
import type { Metrics } from '../platform/metrics.ts';
import type { IntakeCounts } from './contract.ts';

export type IntakeMetrics = { count: (counts: IntakeCounts) => void };

export function intakeMetrics({ registry }: Pick<Metrics, 'registry'>): IntakeMetrics {
  const claims = new Counter({
    name: 'fundwatch_intake_claims_total',
    help: 'Claims answered over HTTP, by answer',
    labelNames: ['status'],
    registers: [registry],
  });
  return {
    count: (counts) => {
      for (const status of ['accepted', 'duplicate', 'revised', 'rejected'] as const)
        claims.inc({ status }, counts[status]);
    },
  };
}
