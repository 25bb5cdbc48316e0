/** `work`: how long the services of a day take by a table of standard times. */
import { z } from 'zod';
import { numberOf, scales } from '../platform/decimal.ts';
import { cellOf, type Knowledge, type Row, unitsOfCell } from '../knowledge/table.ts';
import type { NetLine } from '../claims/timeline.ts';
import { groupedBy, inForce, type Related, type RelatedRead, tableOf } from './around.ts';

export const workParams = z.strictObject({
  table: z.string().describe('知识表：每个项目的标准用时'),
  minutes: z.string().describe('每单位用时（分钟）所在的列'),
});
export type WorkParams = z.infer<typeof workParams>;

/** Standard times are stated to hundredths of a minute. */
const minuteScale = 2;

/**
 * `work`: lines of the day that is judged – those of the practitioner, where the window is about one – whose item the table lists on this day,
 * and the sum of quantity × standard time. Items that are not listed take no time.
 */
export function work(params: WorkParams, knowledge: Knowledge): RelatedRead {
  const source = tableOf(knowledge, params.table);
  const rowsOfItem = groupedBy(source.rows, (row) => cellOf(row, source.spec.key[0] ?? '') ?? '');
  return ({ window }) => {
    if (window === undefined) return undefined;
    const timed = window.lines.flatMap((line) => {
      const row = rowsOfItem.get(line.line.med_list_codg)?.find((one) => inForce(one, line.feeDay));
      return row === undefined ? [] : [{ line, minutes: minutesOf(row, params.minutes) }];
    });
    return summaryOfWork(timed);
  };
}

export const minutesOf = (row: Row, column: string): number => unitsOfCell(row, column, minuteScale) ?? 0;

/** @param timed lines with the hundredths of a minute that one unit of them takes */
export function summaryOfWork(
  timed: readonly { readonly line: NetLine; readonly minutes: number }[],
): Related {
  const total = timed.reduce((sum, { line, minutes }) => sum + line.cnt * minutes, 0);
  return {
    columns: {
      minutes: numberOf(total, scales.count + minuteScale),
      count: timed.length,
      cnt: numberOf(
        timed.reduce((sum, { line }) => sum + line.cnt, 0),
        scales.count,
      ),
    },
  };
}
