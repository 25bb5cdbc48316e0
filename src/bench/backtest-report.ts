/** The figures of `bench backtest` as a table that can stand in a document as it is. */
import type { BacktestFigures } from './backtest.ts';
import { tableOf } from './table.ts';

export const backtestReport = (figures: BacktestFigures): string => {
  const { machine, findings, cpu_us_per_claim: cpu, peak_mb: peak } = figures;
  return [
    `${machine.cpus} × ${machine.cpu}, ${machine.memory_gib} GiB, Node ${machine.node}; ${figures.measured_at}`,
    `${figures.rule}, ${figures.change}: ${findings.created} new, ${findings.lost} lost, ${findings.same} in both, ${figures.undecided.toLocaleString('en-US')} claims it cannot judge`,
    '',
    tableOf(
      [
        'claims',
        'persons',
        'workers',
        'seconds',
        'claims/s',
        'CPU µs/claim worker',
        'postgresql',
        'peak MB worker',
      ],
      [
        [
          figures.claims,
          figures.persons,
          figures.workers,
          figures.seconds,
          figures.claims_per_s,
          cpu['worker'] ?? null,
          cpu['postgresql'] ?? null,
          peak['worker'] ?? null,
        ],
      ],
    ),
  ].join('\n');
};
