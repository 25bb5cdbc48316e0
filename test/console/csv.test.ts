import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvOf } from '../../src/platform/csv-contract.ts';

describe('a table file', () => {
  it('is read back as it was', () => {
    const cell = fc.string({ unit: 'grapheme' }).filter((text) => !/^[=+\-@\t\r]/.test(text));
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell, cell), { minLength: 1 }), (rows) => {
        const records: unknown = parse(csvOf(rows), {
          bom: true,
          relax_column_count: true,
          skip_empty_lines: false,
        });
        expect(records).toEqual(rows);
      }),
    );
  });

  it('runs nothing in a spreadsheet, and keeps negative money', () => {
    expect(csvOf([['=1+1', '@SUM(A1)', '-12.50', '-x']])).toBe("\uFEFF'=1+1,'@SUM(A1),-12.50,'-x\r\n");
  });
});
