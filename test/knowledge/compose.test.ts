/** The laws of validity: what holds of which key on which day before and after a batch. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compose, overlap, tableText } from '../../src/knowledge/compose.ts';
import type { TableSpec } from '../../src/knowledge/contract.ts';
import { conflicts, difference } from '../../src/knowledge/difference.ts';
import { parseTable } from '../../src/knowledge/parse.ts';
import { indexTable, overlapsOf, type Row, rowsFor, subjectOf } from '../../src/knowledge/table.ts';
import { formatDay } from '../../src/platform/civil.ts';

const specOf = (multi: boolean): TableSpec => ({
  table: 'sample',
  file: 'sample.csv',
  title: { zh: '样表', en: 'Sample' },
  key: ['code'],
  match: 'exact',
  multi,
  columns: { code: 'code', value: 'text', effective_from: 'date', effective_to: 'date', note: 'text' },
  required: [],
  standing: '示例',
  source: 'test',
  batch: 'test',
  published_at: '2025-01-01',
  sha256: '0'.repeat(64),
});

const firstDay = 20_000;
const days = Array.from({ length: 24 }, (_, index) => firstDay + index);
const keys = ['A', 'B'];

const rowOf = (code: string, value: string, from: number, to: number | null): Row => ({
  line: 2,
  from,
  to,
  cells: {
    code,
    value,
    effective_from: formatDay(from),
    ...(to === null ? {} : { effective_to: formatDay(to) }),
  },
});

const anyRow = fc
  .tuple(
    fc.constantFrom(...keys),
    fc.constantFrom('x', 'y', ' a "quoted", text\n'),
    fc.integer({ min: 0, max: 19 }),
    fc.option(fc.integer({ min: 1, max: 8 }), { nil: null }),
  )
  .map(([code, value, from, length]) =>
    rowOf(code, value, firstDay + from, length === null ? null : firstDay + from + length),
  );

/** Rows of which no two speak of the same thing on the same day: what a table consists of. */
const soundRows = (spec: TableSpec) =>
  fc.array(anyRow, { maxLength: 12 }).map((rows) => {
    const subject = subjectOf(spec);
    const sound: Row[] = [];
    for (const row of rows)
      if (!sound.some((other) => subject(other) === subject(row) && overlap(other, row))) sound.push(row);
    return sound;
  });

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const saying = (spec: TableSpec, rows: readonly Row[], key: string, day: number): string[] =>
  rowsFor(indexTable(spec, rows), [key], day)
    .map(({ cells }) => cells['value'] ?? '')
    .sort(byText);

describe.each([
  ['one row a key', specOf(false)],
  ['several rows a key', specOf(true)],
])('a table of %s', (_name, spec) => {
  const rows = soundRows(spec);
  const subject = subjectOf(spec);

  it('says on every day what the supplement says, and where it says nothing what was in force', () => {
    fc.assert(
      fc.property(rows, rows, (inForce, batch) => {
        const after = compose(spec, inForce, batch, 'supplement');
        expect(overlapsOf(indexTable(spec, after))).toEqual([]);
        // Replaced together with its end.
        const kept = inForce.filter(
          (row) => !batch.some((other) => other.from === row.from && subject(other) === subject(row)),
        );
        for (const key of keys)
          for (const day of days) {
            const told = batch.filter((row) => holds(row, key, day));
            const former = kept.filter(
              (row) => holds(row, key, day) && !told.some((other) => subject(other) === subject(row)),
            );
            const expected = [...told, ...former].map(({ cells }) => cells['value'] ?? '').sort(byText);
            expect(saying(spec, after, key, day)).toEqual(expected);
          }
        for (const { in_force, incoming } of conflicts(spec, inForce, batch))
          expect(overlap(in_force, incoming)).toBe(true);
      }),
    );
  });

  it('is the batch where that is the whole of it', () => {
    fc.assert(
      fc.property(rows, rows, (inForce, batch) => {
        expect(compose(spec, inForce, batch, 'whole')).toEqual(batch);
      }),
    );
  });

  it('is not changed by the same batch again', () => {
    fc.assert(
      fc.property(rows, rows, (inForce, batch) => {
        const once = compose(spec, inForce, batch, 'supplement');
        const twice = compose(spec, once, batch, 'supplement');
        expect(difference(spec, once, twice)).toEqual({
          added: [],
          changed: [],
          withdrawn: [],
          firstDay: null,
        });
      }),
    );
  });

  it('comes back from its bytes', () => {
    fc.assert(
      fc.property(rows, (inForce) => {
        const parsed = parseTable(spec, tableText(spec, inForce));
        if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
        expect(parsed.rows.map(({ cells, from, to }) => ({ cells, from, to }))).toEqual(
          inForce.map(({ cells, from, to }) => ({ cells, from, to })),
        );
      }),
    );
  });

  it('says the same before the first day that a difference names', () => {
    fc.assert(
      fc.property(rows, rows, (before, after) => {
        const found = difference(spec, before, after);
        expect(before.length - found.withdrawn.length + found.added.length).toBe(after.length);
        for (const key of keys)
          for (const day of days)
            if (found.firstDay === null || day < found.firstDay)
              expect(saying(spec, after, key, day)).toEqual(saying(spec, before, key, day));
      }),
    );
  });
});

const holds = (row: Row, key: string, day: number): boolean =>
  row.cells['code'] === key && row.from <= day && (row.to === null || day < row.to);

describe('a supplement', () => {
  const spec = specOf(false);
  const open = rowOf('A', 'x', firstDay, null);
  const periods = (rows: readonly Row[]) => rows.map(({ cells, from, to }) => [cells['value'], from, to]);

  it('ends what was open where its row begins, and says that the two were in conflict', () => {
    const batch = [rowOf('A', 'y', firstDay + 5, null)];
    const after = compose(spec, [open], batch, 'supplement');
    expect(periods(after)).toEqual([
      ['x', firstDay, firstDay + 5],
      ['y', firstDay + 5, null],
    ]);
    const { added, changed, withdrawn, firstDay: first } = difference(spec, [open], after);
    expect([added.length, changed.length, withdrawn.length, first]).toEqual([1, 1, 0, firstDay + 5]);
    expect(conflicts(spec, [open], batch)).toHaveLength(1);
  });

  it('for some days only leaves what holds before and after', () => {
    expect(
      periods(compose(spec, [open], [rowOf('A', 'y', firstDay + 5, firstDay + 7)], 'supplement')),
    ).toEqual([
      ['x', firstDay, firstDay + 5],
      ['x', firstDay + 7, null],
      ['y', firstDay + 5, firstDay + 7],
    ]);
  });

  it('ends an item by repeating its row with an end', () => {
    const batch = [rowOf('A', 'x', firstDay, firstDay + 9)];
    const after = compose(spec, [open], batch, 'supplement');
    expect(periods(after)).toEqual([['x', firstDay, firstDay + 9]]);
    expect(difference(spec, [open], after)).toMatchObject({
      changed: [{ columns: ['effective_to'] }],
      firstDay: firstDay + 9,
    });
    expect(conflicts(spec, [open], batch)).toEqual([]);
  });
});
