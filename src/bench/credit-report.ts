/** The figures of `bench credit` as a table that can stand in a document as it is. */
import type { CreditFigures } from './credit.ts';
import { tableOf } from './table.ts';

export function creditReport(figures: CreditFigures): string {
  const { machine, ledger, scores } = figures;
  const groups = scores[0]?.within.groups ?? [];
  return [
    `${machine.cpus} × ${machine.cpu}, Node ${machine.node}; ${figures.measured_at}`,
    `${figures.claims} claims of ${figures.institutions} institutions, ${figures.labelled} of them labelled, ${figures.positives} Yes; ${figures.rule_findings} findings of rules, ${figures.long_stays} stays beyond their peers`,
    `ledger of ${ledger.entries} entries: appended in ${ledger.append_ms} ms, verified in ${ledger.verify_ms} ms`,
    '',
    tableOf(
      [
        'score',
        'AUC',
        'within groups (pairs)',
        'within groups (mean)',
        ...groups.map(({ from }) => `from ${from} claims`),
        'halves',
      ],
      scores.map(({ name, auc, within, halves }) => [
        name,
        rounded(auc),
        rounded(within.pairs),
        rounded(within.mean),
        ...within.groups.map((group) => rounded(group.auc)),
        halves.map(rounded).join(' / '),
      ]),
    ),
    '',
    `labelled Yes of all in each group: ${groups.map(({ positives, count }) => `${positives} of ${count}`).join(', ')}`,
  ].join('\n');
}

const rounded = (value: number | null): string => (value === null ? '–' : value.toFixed(3));
