import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/**
 * The Prometheus registry of one process. Each process makes one and hands it on; a capability registers its own counters on
 * `metrics.registry`. Label values are few and fixed (a rule code, a state), never ids.
 */
export type Metrics = {
  readonly registry: Registry;
  readonly httpSeconds: Histogram<'method' | 'route' | 'status'>;
  readonly jobSeconds: Histogram<'queue' | 'outcome'>;
  readonly queueJobs: Gauge<'queue' | 'state'>;
  readonly errors: Counter<'code'>;
};

export function createMetrics(processName: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ process: processName });
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    httpSeconds: new Histogram({
      name: 'fundwatch_http_request_seconds',
      help: 'Time from request to the end of the answer, by route pattern',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
      registers: [registry],
    }),
    jobSeconds: new Histogram({
      name: 'fundwatch_job_seconds',
      help: 'Time that one queue job took, by outcome (done, failed)',
      labelNames: ['queue', 'outcome'],
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
      registers: [registry],
    }),
    queueJobs: new Gauge({
      name: 'fundwatch_queue_jobs',
      help: 'Jobs in the queue, by state',
      labelNames: ['queue', 'state'],
      registers: [registry],
    }),
    errors: new Counter({
      name: 'fundwatch_errors_total',
      help: 'Errors presented to callers, by code',
      labelNames: ['code'],
      registers: [registry],
    }),
  };
}
