/**
 * k-anonymity of a table with totals: what may be told of persons so that no cell of fewer than k of them is told, and none can be
 * calculated from what is – neither within a row or column nor as a total minus its parts. Pure.
 *
 * Cells of 1 to k−1 persons are withheld. Each of them is then put on a pattern of withheld cells along which amounts can be moved without
 * changing any total, so many tables fit what is told. Down the rows a pattern moves something from one area to another, or adds it to an
 * area; the totals of 统筹区 above either go along, unless they are above both. Across the columns it moves something from one class to
 * another or adds it to one. A pattern is taken only if the cells that give when the small one grows have at least k persons each: what
 * fits then reaches from the true number to k more.
 */

export interface Cell {
  readonly persons: number;
  readonly findings: number;
  readonly amount_fen: number;
}
/** Rows of equal length, at least two by two. The last row and the last column are the totals. */
export type Grid = readonly (readonly Cell[])[];

/** What a pattern does along one side: which lines grow by one, and which give one. */
interface Move {
  readonly grow: readonly number[];
  readonly give: readonly number[];
}

/**
 * @param parents of every row but the last, the row of the total it is part of first; without them, the last row
 * @returns of every cell whether it is told; only the grand total, when the table cannot be protected otherwise
 */
export function tellable(grid: Grid, personsMin: number, parents?: readonly number[]): boolean[][] {
  const last = grid.length - 1;
  const rows = movesOf(last, (row) => (row === last ? null : (parents?.[row] ?? last)));
  const total = (grid[0]?.length ?? 0) - 1;
  const columns = movesOf(total, (column) => (column === total ? null : total));
  const isSmall = ({ persons }: Cell): boolean => persons > 0 && persons < personsMin;
  const told = grid.map((row) => row.map((cell) => !isSmall(cell)));
  for (const [row, cells] of grid.entries())
    for (const [column, cell] of cells.entries()) {
      if (!isSmall(cell)) continue;
      const pattern = cheapest(grid, told, personsMin, rows(row), columns(column));
      if (pattern === null) return onlyGrandTotal(grid, personsMin);
      for (const place of pattern) hide(told, place);
    }
  return told;
}

/**
 * The moves by which a line grows. Lines that are no total of others are leaves; moving something between two of them, or into one.
 * @param parentOf `null`: of the grand total, which is the last line
 */
function movesOf(last: number, parentOf: (line: number) => number | null): (line: number) => Move[] {
  const pathOf = (line: number): number[] => {
    const path: number[] = [];
    for (let one: number | null = line; one !== null; one = parentOf(one)) path.push(one);
    return path;
  };
  const totals = new Set<number | null>(Array.from({ length: last + 1 }, (_, line) => parentOf(line)));
  const leaves = Array.from({ length: last + 1 }, (_, line) => line)
    .filter((line) => line !== last && !totals.has(line))
    .map(pathOf);
  return (line) =>
    leaves
      .filter((into) => into.includes(line))
      .flatMap((into) => [
        ...leaves
          .filter((from) => !from.includes(line))
          .map((from) => ({
            grow: into.filter((one) => !from.includes(one)),
            give: from.filter((one) => !into.includes(one)),
          })),
        { grow: into, give: [] },
      ]);
}

interface Place {
  readonly row: number;
  readonly column: number;
}

function hide(told: boolean[][], { row, column }: Place): void {
  const cells = told[row];
  if (cells !== undefined) cells[column] = false;
}

/** The cells of the pattern that withholds fewest findings, and not the grand total; `null`: there is none. */
function cheapest(
  grid: Grid,
  told: readonly (readonly boolean[])[],
  personsMin: number,
  rows: readonly Move[],
  columns: readonly Move[],
): readonly Place[] | null {
  let best: { readonly cost: number; readonly places: readonly Place[] } | null = null;
  for (const across of columns)
    for (const down of rows) {
      const grow = [...product(down.grow, across.grow), ...product(down.give, across.give)];
      const give = [...product(down.grow, across.give), ...product(down.give, across.grow)];
      const places = [...grow, ...give];
      if (places.some((place) => isGrandTotal(grid, place))) continue;
      if (give.some((place) => at(grid, place).persons < personsMin)) continue;
      const cost = places.reduce(
        (sum, place) => sum + (told[place.row]?.[place.column] === true ? 1 + at(grid, place).findings : 0),
        0,
      );
      if (best === null || cost < best.cost) best = { cost, places };
    }
  return best?.places ?? null;
}

const product = (rows: readonly number[], columns: readonly number[]): Place[] =>
  rows.flatMap((row) => columns.map((column) => ({ row, column })));

const at = (grid: Grid, { row, column }: Place): Cell => {
  const cell = grid[row]?.[column];
  if (cell === undefined) throw new RangeError('rows of a table differ in length');
  return cell;
};
const isGrandTotal = (grid: Grid, { row, column }: Place): boolean =>
  row === grid.length - 1 && column === (grid[0]?.length ?? 0) - 1;

const onlyGrandTotal = (grid: Grid, personsMin: number): boolean[][] =>
  grid.map((row, rowAt) =>
    row.map(({ persons }, column) => isGrandTotal(grid, { row: rowAt, column }) && persons >= personsMin),
  );
