/** The figures of `bench stream` as tables that can stand in a document as they are. */
import type { Baseline, StreamFigures, Variant } from './stream.ts';
import type { Quantiles } from './quantiles.ts';
import { tableOf } from './table.ts';

const parts = ['sender', 'api', 'worker', 'postgresql', 'redis'] as const;
const three = (values: Quantiles | undefined): string =>
  values === undefined ? '–' : [values.p50, values.p95, values.p99].join(' / ');

export function streamReport(figures: StreamFigures): string {
  const { machine, variants, baselines } = figures;
  const tables = [
    `${machine.cpus} × ${machine.cpu}, ${machine.memory_gib} GiB, ${machine.system}, Node ${machine.node}; ${figures.measured_at}`,
    `${figures.persons.toLocaleString('en-US')} persons, ${figures.history_claims.toLocaleString('en-US')} claims of history, ${figures.rules} rules (${figures.rule_set})`,
    '',
    tableOf(
      [
        'queue',
        'workers',
        'claims',
        'claims/s',
        '× naive',
        'taken in /s',
        'windows after s',
        'bytes/claim',
        'findings',
        'recounted',
      ],
      [
        ...variants.map((one) => [
          one.queue,
          one.workers,
          one.claims,
          one.claims_per_s,
          one.times_naive,
          one.intake_claims_per_s,
          one.settled_seconds,
          one.bytes_per_claim,
          one.recount.findings,
          `${one.recount.settlements.toLocaleString('en-US')} stored and screened, ${one.recount.sample_claims.toLocaleString('en-US')} judged again`,
        ]),
        ...baselineRow('naive: a job a claim', baselines.naive),
        ...baselineRow('floor: parse + COPY', baselines.floor),
      ],
    ),
    '',
    'CPU µs per claim / peak MB of the largest process',
    '',
    tableOf(
      ['queue', 'workers', ...parts],
      variants.map((one) => [
        one.queue,
        one.workers,
        ...parts.map((part) =>
          one.cpu_us_per_claim[part] === undefined
            ? '–'
            : `${one.cpu_us_per_claim[part]} / ${one.peak_mb[part] ?? '–'}`,
        ),
      ]),
    ),
  ];
  const paced = variants.filter(({ latency }) => latency !== null);
  if (paced.length > 0)
    tables.push('', 'From sending, at a fixed arrival rate: p50 / p95 / p99 ms', '', latencyTable(paced));
  for (const line of figures.left_out) tables.push('', `未测 LEFT OUT: ${line}`);
  return tables.join('\n');
}

const latencyTable = (variants: readonly Variant[]): string =>
  tableOf(
    ['queue', 'workers', 'arriving /s', 'sent again', 'answered', 'finding committed', 'of it after receipt'],
    variants.map(({ queue, workers, latency }) => [
      queue,
      workers,
      latency?.claims_per_s ?? null,
      latency?.refused ?? null,
      three(latency?.answered_ms),
      three(latency?.finding_ms),
      three(latency?.received_to_finding_ms),
    ]),
  );

function baselineRow(name: string, baseline: Baseline | null): (string | number | null)[][] {
  if (baseline === null) return [];
  const { claims, claims_per_s, rules, conditions } = baseline;
  const cpu = Object.entries(baseline.cpu_us_per_claim).map(([part, us]) => `${part} ${us} µs`);
  const engine = rules === undefined ? [] : [`${rules} rules, ${conditions} conditions`];
  return [[name, null, claims, claims_per_s, null, null, null, null, null, [...engine, ...cpu].join(', ')]];
}
