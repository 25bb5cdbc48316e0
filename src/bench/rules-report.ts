/** The figures of `bench rules` as a table that can stand in a document as it is. */
import type { RulesFigures } from './rules.ts';
import { tableOf } from './table.ts';

export const rulesReport = ({
  machine,
  measured_at,
  rules,
  claims,
  lines,
  hits,
  engines,
}: RulesFigures): string =>
  [
    `${machine.cpus} × ${machine.cpu}, ${machine.memory_gib} GiB, Node ${machine.node}; ${measured_at}`,
    `${rules} rules, ${claims.toLocaleString('en-US')} claims, ${lines.toLocaleString('en-US')} fee lines, ${hits.toLocaleString('en-US')} hits`,
    '',
    tableOf(
      ['engine', 'claims/s', 'µs/claim', '× json-rules-engine'],
      engines.map(({ engine, claims_per_s, us_per_claim, times }) => [
        engine,
        claims_per_s,
        us_per_claim,
        times,
      ]),
    ),
  ].join('\n');
