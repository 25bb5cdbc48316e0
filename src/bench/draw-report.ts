/** The figures of `bench draw` as a table that can stand in a document as it is. */
import type { DrawFigures } from './draw.ts';
import { tableOf } from './table.ts';

export const drawReport = ({ machine, measured_at, ...figures }: DrawFigures): string =>
  [
    `${machine.cpus} × ${machine.cpu}, ${machine.memory_gib} GiB, Node ${machine.node}; ${measured_at}`,
    `${figures.objects.toLocaleString('en-US')} objects, ${figures.inspectors.toLocaleString('en-US')} inspectors, ${figures.drawn.toLocaleString('en-US')} drawn; bundle of ${figures.bundle_mb} MB: ${figures.verdict}`,
    '',
    tableOf(
      ['step', 'ms'],
      figures.steps.map(({ step, ms }) => [step, ms]),
    ),
  ].join('\n');
