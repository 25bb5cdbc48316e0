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
  pools: readonly (readonly number[])[] = [],
): boolean {
  const [height, width] = [grid.length - 1 - pools.length, (grid[0]?.length ?? 1) - 1];
  const bottom = grid.length - 1;
  const most = valueAt(grid, bottom, width) + from;
  const known = (row: number, column: number): number | null =>
    isTold(told, row, column) ? valueAt(grid, row, column) : null;
  const inner = Array.from({ length: height }, () => Array.from({ length: width }, () => 0));
  const fits = (total: number | null, value: number): boolean => total === null || total === value;
  const isOver = (total: number | null, value: number): boolean => total !== null && value > total;
  const rowSum = (row: number): number => sum(inner[row] ?? []);
  const columnSum = (column: number): number => sum(inner.map((row) => row[column] ?? 0));
  /** Rows of which a row of the table is the sum. */
  const partsOf = (row: number): readonly number[] =>
    row === bottom ? inner.map((_, one) => one) : row < height ? [row] : (pools[row - height] ?? []);
  const at = ([row, column]: readonly [number, number]): number =>
    sum(partsOf(row).map((one) => (column === width ? rowSum(one) : (inner[one]?.[column] ?? 0))));
  const poolRows = pools.map((_, place) => height + place);
  const columns = Array.from({ length: width + 1 }, (_, column) => column);
  const step = (cell: number): boolean => {
    if (cell === height * width)
      return (
        inner.every((_, row) => fits(known(row, width), rowSum(row))) &&
        (inner[0] ?? []).every((_, column) => fits(known(bottom, column), columnSum(column))) &&
        fits(known(bottom, width), sum(inner.map(sum))) &&
        poolRows.every((row) => columns.every((column) => fits(known(row, column), at([row, column])))) &&
        at(place) >= from
      );
    const [row, column] = [Math.floor(cell / width), cell % width];
    const fixed = known(row, column);
    for (let value = fixed ?? most; value >= (fixed ?? 0); value -= 1) {
      const cells = inner[row];
      if (cells !== undefined) cells[column] = value;
      const over =
        isOver(known(row, width), rowSum(row)) ||
        isOver(known(bottom, column), columnSum(column)) ||
        isOver(known(bottom, width), sum(inner.map(sum))) ||
        poolRows.some((pool) => [column, width].some((one) => isOver(known(pool, one), at([pool, one]))));
      const rowDone = column < width - 1 || fits(known(row, width), rowSum(row));
      if (!over && rowDone && step(cell + 1)) return true;
      if (cells !== undefined) cells[column] = 0;
    }
    return false;
  };
  return step(0);
}

/** A table with totals of 统筹区 above its districts. @param sizes how many districts each has; they lie one after the other */
function pooled(inner: readonly (readonly number[])[], sizes: readonly number[]) {
  const pools = sizes.map((size, place) => {
    const from = sum(sizes.slice(0, place));
    return Array.from({ length: size }, (_, one) => from + one);
  });
  const flat = gridOf(inner);
  const totals = pools.map((rows) =>
    (flat[0] ?? []).map((_, column): Cell => {
      const persons = sum(rows.map((row) => valueAt(flat, row, column)));
      return { persons, findings: persons, amount_fen: persons * 100 };
    }),
  );
  const grid: Grid = [...flat.slice(0, -1), ...totals, ...flat.slice(-1)];
  const parents = [
    ...pools.flatMap((rows, place) => rows.map(() => inner.length + place)),
    ...pools.map(() => grid.length - 1),
  ];
  return { grid, pools, parents };
}
const cities = (columns: number, districtsMax: number, greatest: number) =>
  fc.array(fc.integer({ min: 1, max: districtsMax }), { minLength: 2, maxLength: 2 }).chain((sizes) =>
    fc
      .array(fc.array(fc.nat(greatest), { minLength: columns, maxLength: columns }), {
        minLength: sum(sizes),
        maxLength: sum(sizes),
      })
      .map((inner) => pooled(inner, sizes)),
  );

describe('a table of districts in 统筹区', () => {
  test('tells no cell of fewer than k, and no total whose untold parts are fewer than k', () => {
    fc.assert(
      fc.property(cities(3, 4, 12), fc.integer({ min: 2, max: 6 }), ({ grid, pools, parents }, k) => {
        const told = tellable(grid, k, parents);
        const height = sum(pools.map((rows) => rows.length));
        const bottom = grid.length - 1;
        // A 统筹区 is its districts; everything is the 统筹区, and the districts, and any mixture of both.
        const sums: [number, readonly number[]][] = [
          ...pools.map((rows, place): [number, readonly number[]] => [height + place, rows]),
          [bottom, pools.map((_, place) => height + place)],
          [bottom, pools.flat()],
          ...pools.map((rows, place): [number, readonly number[]] => [
            bottom,
            [...rows, ...pools.flatMap((_, one) => (one === place ? [] : [height + one]))],
          ]),
        ];
        for (const [column] of (grid[0] ?? []).entries()) {
          for (const [row] of grid.entries())
            if (isTold(told, row, column)) expect([0, k]).toContain(Math.min(valueAt(grid, row, column), k));
          for (const [total, parts] of sums) {
            if (!isTold(told, total, column)) continue;
            const left = sum(
              parts.filter((row) => !isTold(told, row, column)).map((row) => valueAt(grid, row, column)),
            );
            expect(left === 0 || left >= k).toBe(true);
          }
        }
      }),
    );
  });

  test('fits a table in which the small cell has k more, whatever total is subtracted', {
    timeout: 60_000,
  }, () => {
    let tried = 0;
    fc.assert(
      fc.property(cities(2, 2, 6), ({ grid, pools, parents }) => {
        const k = 3;
        const told = tellable(grid, k, parents);
        if (told.flat().filter(Boolean).length <= 1) return;
        for (const [row, cells] of grid.entries())
          for (const [column, { persons }] of cells.entries())
            if (persons > 0 && persons < k) {
              tried += 1;
              expect(canReach(grid, told, [row, column], persons + k, pools)).toBe(true);
            }
      }),
      { numRuns: 60 },
    );
    expect(tried).toBeGreaterThan(10);
  });

  test('withholds a 统筹区 of one small district with it, and the total that would tell it', () => {
    const { grid, parents } = pooled(
      [
        [2, 9],
        [8, 9],
        [9, 9],
      ],
      [1, 2],
    );
    const told = tellable(grid, 5, parents).map((row) => row[0]);
    // District 1, the 统筹区 that it is, and the total of the class: the other 统筹区 stays, and tells of nobody else.
    expect(told).toEqual([false, true, true, false, true, false]);
  });
});

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
