/** What may be told of a table: laws on random tables, and an attacker who knows every table that fits what is told. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Cell, type Grid, tellable } from '../../src/publicity/suppress.ts';

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
/** Every finding is of a person of its own; totals last. */
function gridOf(inner: readonly (readonly number[])[]): Grid {
  const cell = (persons: number): Cell => ({ persons, findings: persons, amount_fen: persons * 100 });
  const rows = inner.map((row) => [...row, sum(row)]);
  const totals = (rows[0] ?? []).map((_, column) => sum(rows.map((row) => row[column] ?? 0)));
  return [...rows, totals].map((row) => row.map(cell));
}
const tables = (rowsMax: number, columnsMax: number, greatest: number) =>
  fc
    .tuple(fc.integer({ min: 1, max: rowsMax }), fc.integer({ min: 1, max: columnsMax }))
    .chain(([rows, columns]) =>
      fc.array(fc.array(fc.integer({ min: 0, max: greatest }), { minLength: columns, maxLength: columns }), {
        minLength: rows,
        maxLength: rows,
      }),
    );

const isTold = (told: readonly (readonly boolean[])[], row: number, column: number): boolean =>
  told[row]?.[column] === true;
const valueAt = (grid: Grid, row: number, column: number): number => grid[row]?.[column]?.findings ?? 0;

/** Whether a table fits what is told and has at least `from` at a place: tried cell by cell over everything that is withheld. */
function canReach(
  grid: Grid,
  told: readonly (readonly boolean[])[],
  place: readonly [number, number],
  from: number,
): boolean {
  const [height, width] = [grid.length - 1, (grid[0]?.length ?? 1) - 1];
  const most = valueAt(grid, height, width) + from;
  const known = (row: number, column: number): number | null =>
    isTold(told, row, column) ? valueAt(grid, row, column) : null;
  const inner = Array.from({ length: height }, () => Array.from({ length: width }, () => 0));
  const fits = (total: number | null, value: number): boolean => total === null || total === value;
  const isOver = (total: number | null, value: number): boolean => total !== null && value > total;
  const rowSum = (row: number): number => sum(inner[row] ?? []);
  const columnSum = (column: number): number => sum(inner.map((row) => row[column] ?? 0));
  const at = ([row, column]: readonly [number, number]): number =>
    row === height && column === width
      ? sum(inner.map(sum))
      : row === height
        ? columnSum(column)
        : column === width
          ? rowSum(row)
          : (inner[row]?.[column] ?? 0);
  const step = (cell: number): boolean => {
    if (cell === height * width)
      return (
        inner.every((_, row) => fits(known(row, width), rowSum(row))) &&
        (inner[0] ?? []).every((_, column) => fits(known(height, column), columnSum(column))) &&
        fits(known(height, width), sum(inner.map(sum))) &&
        at(place) >= from
      );
    const [row, column] = [Math.floor(cell / width), cell % width];
    const fixed = known(row, column);
    for (let value = fixed ?? most; value >= (fixed ?? 0); value -= 1) {
      const cells = inner[row];
      if (cells !== undefined) cells[column] = value;
      const over =
        isOver(known(row, width), rowSum(row)) ||
        isOver(known(height, column), columnSum(column)) ||
        isOver(known(height, width), sum(inner.map(sum)));
      const rowDone = column < width - 1 || fits(known(row, width), rowSum(row));
      if (!over && rowDone && step(cell + 1)) return true;
      if (cells !== undefined) cells[column] = 0;
    }
    return false;
  };
  return step(0);
}

describe('a table of persons', () => {
  test('tells no cell of fewer than k of them', () => {
    fc.assert(
      fc.property(tables(6, 4, 12), fc.integer({ min: 2, max: 6 }), (inner, k) => {
        const grid = gridOf(inner);
        for (const [row, cells] of tellable(grid, k).entries())
          for (const [column, told] of cells.entries())
            if (told) expect([0, k]).toContain(Math.min(valueAt(grid, row, column), k));
      }),
    );
  });

  test('lets nobody subtract the rest of a line from its total, unless what is left are k persons or nobody', () => {
    fc.assert(
      fc.property(tables(6, 4, 12), fc.integer({ min: 2, max: 6 }), (inner, k) => {
        const grid = gridOf(inner);
        const told = tellable(grid, k);
        const turned = <Item>(rows: readonly (readonly Item[])[]): Item[][] =>
          (rows[0] ?? []).map((_, column) => rows.flatMap((row) => row.slice(column, column + 1)));
        for (const [cells, says] of [...pairs(grid, told), ...pairs(turned(grid), turned(told))]) {
          const total = cells.length - 1;
          if (says[total] !== true) continue;
          const left = cells.filter((_, place) => place < total && says[place] !== true);
          const persons = sum(left.map((cell) => cell.persons));
          expect(persons === 0 || persons >= k).toBe(true);
        }
      }),
    );
  });

  test('fits a table in which the small cell has k more: nobody can bound it', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(tables(3, 2, 7), (inner) => {
        const k = 3;
        const grid = gridOf(inner);
        const told = tellable(grid, k);
        // Of a table of which the grand total alone is told, a cell is anything from nobody to all of them.
        if (told.flat().filter(Boolean).length <= 1) return;
        for (const [row, cells] of grid.entries())
          for (const [column, { persons }] of cells.entries())
            if (persons > 0 && persons < k)
              expect(canReach(grid, told, [row, column], persons + k)).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  test('withholds as little as that takes, and nothing where nobody is few', () => {
    expect(
      tellable(
        gridOf([
          [7, 9],
          [8, 6],
        ]),
        5,
      )
        .flat()
        .every(Boolean),
    ).toBe(true);
    // 2 is few: the cheapest rectangle takes its row and column with cells of at least five.
    expect(
      tellable(
        gridOf([
          [2, 9, 20],
          [8, 6, 30],
          [40, 50, 60],
        ]),
        5,
      ),
    ).toEqual([
      [false, false, true, true],
      [false, false, true, true],
      [true, true, true, true],
      [true, true, true, true],
    ]);
    // Nobody has anything to give: the total alone, and that only if it is large enough.
    expect(
      tellable(
        gridOf([
          [1, 1],
          [1, 2],
        ]),
        5,
      ).flat(),
    ).toEqual([...Array(8).fill(false), true]);
    expect(
      tellable(
        gridOf([
          [1, 1],
          [1, 0],
        ]),
        5,
      )
        .flat()
        .some(Boolean),
    ).toBe(false);
  });
});

const pairs = <One, Other>(ones: readonly One[], others: readonly Other[]): [One, Other][] =>
  ones.flatMap((one, place) => others.slice(place, place + 1).map((other): [One, Other] => [one, other]));
