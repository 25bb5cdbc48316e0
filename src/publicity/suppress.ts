/**
 * k-anonymity of a table with totals: what may be told of persons so that no cell of fewer than k of them is told, and none can be
 * calculated from what is. Pure.
 *
 * Cells of 1 to k−1 persons are withheld. Each of them is then put on a rectangle of withheld cells: along a rectangle amounts can be moved
 * without changing any total, so many tables fit what is told. A rectangle is taken only if the cells that give when the small one grows
 * have at least k persons each: what fits then reaches from the true number to k more. The last row and column are the totals.
 */

export interface Cell {
  readonly persons: number;
  readonly findings: number;
  readonly amount_fen: number;
}
/** Rows of equal length, at least two by two, with the totals last. */
export type Grid = readonly (readonly Cell[])[];

interface Place {
  readonly row: number;
  readonly column: number;
}

/** @returns of every cell whether it is told; only the grand total, when the table cannot be protected otherwise */
export function tellable(grid: Grid, personsMin: number): boolean[][] {
  const isSmall = ({ persons }: Cell): boolean => persons > 0 && persons < personsMin;
  const told = grid.map((row) => row.map((cell) => !isSmall(cell)));
  for (const [row, cells] of grid.entries())
    for (const [column, cell] of cells.entries()) {
      if (!isSmall(cell)) continue;
      const others = rectangle(grid, told, personsMin, { row, column });
      if (others === null) return onlyGrandTotal(grid, personsMin);
      for (const place of others) hide(told, place);
    }
  return told;
}

function hide(told: boolean[][], { row, column }: Place): void {
  const cells = told[row];
  if (cells !== undefined) cells[column] = false;
}

/** The other three corners of the rectangle that withholds fewest findings, and not the grand total; `null`: there is none. */
function rectangle(
  grid: Grid,
  told: readonly (readonly boolean[])[],
  personsMin: number,
  small: Place,
): readonly Place[] | null {
  let best: { readonly cost: number; readonly corners: readonly Place[] } | null = null;
  for (const row of grid.keys())
    for (const column of (grid[0] ?? []).keys()) {
      if (row === small.row || column === small.column || isGrandTotal(grid, { row, column })) continue;
      const corners = [
        { row: small.row, column },
        { row, column: small.column },
        { row, column },
      ];
      if (!corners.every((corner) => mayGive(grid, personsMin, small, corner))) continue;
      const cost = corners.reduce(
        (sum, corner) =>
          sum + (told[corner.row]?.[corner.column] === true ? 1 + findingsAt(grid, corner) : 0),
        0,
      );
      if (best === null || cost < best.cost) best = { cost, corners };
    }
  return best?.corners ?? null;
}

const at = (grid: Grid, { row, column }: Place): Cell => {
  const cell = grid[row]?.[column];
  if (cell === undefined) throw new RangeError('rows of a table differ in length');
  return cell;
};
const isGrandTotal = (grid: Grid, { row, column }: Place): boolean =>
  row === grid.length - 1 && column === (grid[0]?.length ?? 0) - 1;
const findingsAt = (grid: Grid, place: Place): number => at(grid, place).findings;

/** Whether a corner grows with the small cell, or has enough persons to give. */
function mayGive(grid: Grid, personsMin: number, small: Place, corner: Place): boolean {
  // In each line the signed cells add up to nothing: totals count against their parts, the grand total against the totals.
  const sign = ({ row, column }: Place): number =>
    (row === grid.length - 1 ? -1 : 1) * (column === (grid[0]?.length ?? 0) - 1 ? -1 : 1);
  const isOpposite = corner.row !== small.row && corner.column !== small.column;
  const grows = sign(small) * sign(corner) * (isOpposite ? 1 : -1) > 0;
  return grows || at(grid, corner).persons >= personsMin;
}

const onlyGrandTotal = (grid: Grid, personsMin: number): boolean[][] =>
  grid.map((row, rowAt) =>
    row.map(({ persons }, column) => isGrandTotal(grid, { row: rowAt, column }) && persons >= personsMin),
  );
