/** The figures of `bench precheck` as a table that can stand in a document as it is. */
import type { PrecheckFigures, PrecheckStage } from './precheck.ts';
import { tableOf } from './table.ts';

const names: Readonly<Record<PrecheckStage['stage'], string>> = {
  alone: 'pre-checks alone',
  with_stream: 'while claims stream in',
  overload: 'overload while claims stream in',
};

export function precheckReport({
  machine,
  persons,
  history_claims,
  measured_at,
  stages,
}: PrecheckFigures): string {
  return [
    `${machine.cpus} × ${machine.cpu}, ${machine.memory_gib} GiB, Node ${machine.node}; ${measured_at}`,
    `${persons.toLocaleString('en-US')} persons, ${history_claims.toLocaleString('en-US')} claims of history`,
    '',
    tableOf(
      [
        '',
        'asked /s',
        'stream /s',
        'p50 ms',
        'p95',
        'p99',
        'max',
        'without history',
        'refused at once',
        'gave up',
        'errors',
        'cores: API',
        'worker',
        'PostgreSQL',
        'asker',
        'API MB',
      ],
      stages.map((one) => [
        names[one.stage],
        one.rate,
        one.stream_rate,
        one.ms.p50,
        one.ms.p95,
        one.ms.p99,
        one.ms.max,
        `${((100 * one.left_out) / Math.max(1, one.asked)).toFixed(1)} %`,
        one.refused,
        one.gave_up,
        one.errors,
        one.cores['api'] ?? null,
        one.cores['worker'] ?? null,
        one.cores['postgresql'] ?? null,
        one.cores['asker'] ?? null,
        one.peak_mb['api'] ?? null,
      ]),
    ),
  ].join('\n');
}
