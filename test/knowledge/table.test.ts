import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayOf } from '../../src/platform/civil.ts';
import type { TableSpec } from '../../src/knowledge/contract.ts';
import {
  cellOf,
  indexTable,
  lookup,
  numberOf,
  overlapsOf,
  type Row,
  rowsFor,
  unitsOfCell,
} from '../../src/knowledge/table.ts';

const spec = (part: Partial<TableSpec>): TableSpec => ({
  table: 'sample',
  file: 'sample.csv',
  title: { zh: '样表', en: 'Sample' },
  key: ['code'],
  match: 'exact',
  multi: false,
  columns: { code: 'code', value: 'decimal', effective_from: 'date', effective_to: 'date', note: 'text' },
  required: [],
  standing: '示例',
  source: 'test',
  batch: 'test',
  published_at: '2025-01-01',
  sha256: '0'.repeat(64),
  ...part,
});

const day = (text: string): number => {
  const found = dayOf(text);
  if (found === null) throw new Error(text);
  return found;
};
const row = (line: number, cells: Record<string, string>, from = '2025-01-01', to?: string): Row => ({
  line,
  cells,
  from: day(from),
  to: to === undefined ? null : day(to),
});
const someDay = day('2025-07-01');

describe('lookup', () => {
  it('counts a row from its first day up to, but not on, its last', () => {
    const table = indexTable(spec({}), [
      row(2, { code: 'A', value: '38.64' }, '2025-01-01', '2025-10-01'),
      row(3, { code: 'A', value: '5.88' }, '2025-10-01'),
    ]);
    expect(lookup(table, ['A'], day('2024-12-31'))).toBeNull();
    expect(lookup(table, ['A'], day('2025-01-01'))?.line).toBe(2);
    expect(lookup(table, ['A'], day('2025-09-30'))?.line).toBe(2);
    expect(lookup(table, ['A'], day('2025-10-01'))?.line).toBe(3);
    expect(lookup(table, ['B'], day('2025-10-01'))).toBeNull();
  });

  it('takes the longest prefix in force', () => {
    const table = indexTable(spec({ match: 'prefix' }), [
      row(2, { code: 'P' }),
      row(3, { code: 'P59' }, '2025-01-01', '2025-08-01'),
      row(4, { code: 'P59.9' }, '2025-09-01'),
    ]);
    expect(lookup(table, ['P22.000'], someDay)?.line).toBe(2);
    expect(lookup(table, ['P59.900'], someDay)?.line).toBe(3);
    // The longest prefix is not in force yet and the next one no more: the general one answers.
    expect(lookup(table, ['P59.900'], day('2025-08-15'))?.line).toBe(2);
    expect(lookup(table, ['P59.900'], day('2025-09-01'))?.line).toBe(4);
    expect(lookup(table, ['P5'], day('2025-09-01'))?.line).toBe(2);
    expect(lookup(table, ['Q59'], someDay)).toBeNull();
    expect(lookup(table, [''], someDay)).toBeNull();
  });

  it('does not take a code for a prefix of itself in an exact table', () => {
    const table = indexTable(spec({}), [row(2, { code: 'P59' })]);
    expect(lookup(table, ['P59.9'], someDay)).toBeNull();
    expect(lookup(table, ['P5'], someDay)).toBeNull();
  });

  it('prefers an exact key to *, and the earlier column exact among equals', () => {
    const table = indexTable(spec({ key: ['code', 'level'] }), [
      row(2, { code: '*', level: '02' }),
      row(3, { code: 'A', level: '*' }),
      row(4, { code: 'A', level: '02' }, '2025-07-02'),
      row(5, { code: '*', level: '*' }),
    ]);
    expect(lookup(table, ['A', '02'], day('2025-07-02'))?.line).toBe(4);
    expect(lookup(table, ['A', '02'], day('2025-07-01'))?.line).toBe(3);
    expect(lookup(table, ['B', '02'], someDay)?.line).toBe(2);
    expect(lookup(table, ['B', '03'], someDay)?.line).toBe(5);
  });

  it('refuses a key with another number of parts', () => {
    const table = indexTable(spec({}), [row(2, { code: 'A' })]);
    expect(() => lookup(table, ['A', 'B'], someDay)).toThrow(/sample/);
  });

  it('finds what a scan of the whole table finds', () => {
    const code = fc.stringMatching(/^[AB]{1,3}$/);
    const interval = fc.tuple(fc.integer({ min: 0, max: 20 }), fc.option(fc.integer({ min: 1, max: 10 })));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(code, interval), { maxLength: 12 }),
        fc.string({ unit: fc.constantFrom('A', 'B'), maxLength: 4 }),
        fc.integer({ min: -1, max: 31 }),
        (given, wanted, onDay) => {
          const rows = given.map(([key, [from, length]], index) => ({
            line: index + 2,
            cells: { code: key },
            from,
            to: length === null ? null : from + length,
          }));
          const table = indexTable(spec({ match: 'prefix', multi: true }), rows);
          const inForce = rows.filter(
            (each) =>
              wanted.startsWith(each.cells.code) &&
              each.from <= onDay &&
              (each.to === null || onDay < each.to),
          );
          const longest = Math.max(0, ...inForce.map((each) => each.cells.code.length));
          expect(rowsFor(table, [wanted], onDay)).toEqual(
            inForce.filter((each) => each.cells.code.length === longest),
          );
        },
      ),
    );
  });
});

describe('rowsFor', () => {
  it('gives every row of a key that holds on the day', () => {
    const table = indexTable(spec({ multi: true }), [
      row(2, { code: 'A', other: 'X' }),
      row(3, { code: 'A', other: 'Y' }, '2025-01-01', '2025-07-01'),
      row(4, { code: 'A', other: 'Z' }),
    ]);
    expect(rowsFor(table, ['A'], someDay).map((each) => cellOf(each, 'other'))).toEqual(['X', 'Z']);
    expect(rowsFor(table, ['B'], someDay)).toEqual([]);
  });
});

describe('cells', () => {
  it('are absent when empty, never zero', () => {
    const empty = row(2, { code: 'A' });
    expect(cellOf(empty, 'value')).toBeNull();
    expect(numberOf(empty, 'value')).toBeNull();
    expect(unitsOfCell(empty, 'value', 6)).toBeNull();
  });

  it('are exact numbers', () => {
    const priced = row(2, { code: 'A', value: '0.1', text: 'none' });
    expect(numberOf(priced, 'value')).toBe(0.1);
    expect(unitsOfCell(priced, 'value', 6)).toBe(100_000);
    expect(numberOf(priced, 'text')).toBeNull();
  });
});

describe('overlapsOf', () => {
  const rows = [
    row(2, { code: 'A', other: 'X' }, '2025-01-01', '2025-07-01'),
    row(3, { code: 'A', other: 'Y' }, '2025-07-01'),
    row(4, { code: 'A', other: 'X' }, '2025-12-01'),
  ];
  const columns: TableSpec['columns'] = {
    code: 'code',
    other: 'code',
    effective_from: 'date',
    effective_to: 'date',
    note: 'text',
  };

  it('takes touching validities for no overlap', () => {
    expect(overlapsOf(indexTable(spec({ columns }), rows.slice(0, 2)))).toEqual([]);
  });

  it('names both rows of the same key in force at the same time', () => {
    expect(
      overlapsOf(indexTable(spec({ columns }), rows)).map(({ first, second }) => [first.line, second.line]),
    ).toEqual([[3, 4]]);
  });

  it('lets a multi table say several things of one key, but nothing twice', () => {
    const multi = spec({ columns, multi: true });
    expect(overlapsOf(indexTable(multi, rows))).toEqual([]);
    expect(
      overlapsOf(
        indexTable(multi, [...rows, row(5, { code: 'A', other: 'Y', note: 'again' }, '2026-01-01')]),
      ),
    ).toHaveLength(1);
  });
});
