/** How two versions of a table differ. Pure. */
import { overlap } from './compose.ts';
import type { TableSpec } from './contract.ts';
import { bySubject, type Row, subjectOf } from './table.ts';

export interface ChangedRow {
  readonly before: Row;
  readonly after: Row;
  readonly columns: readonly string[];
}

/** A row in force, and one of a batch that prevails over it for some of its days. */
export interface ConflictingRows {
  readonly in_force: Row;
  readonly incoming: Row;
}

export interface Difference {
  readonly added: readonly Row[];
  readonly changed: readonly ChangedRow[];
  readonly withdrawn: readonly Row[];
  /** The first day on which a look-up may answer something else; `null`: nothing differs. */
  readonly firstDay: number | null;
}

/** Rows are the same when they speak of the same thing from the same day on. */
export function difference(spec: TableSpec, before: readonly Row[], after: readonly Row[]): Difference {
  const subject = subjectOf(spec);
  const nameOf = (row: Row): string => `${row.from} ${subject(row)}`;
  const left = new Map(before.map((row) => [nameOf(row), row] as const));
  const added: Row[] = [];
  const changed: ChangedRow[] = [];
  let firstDay = Number.POSITIVE_INFINITY;
  const from = (day: number): void => {
    firstDay = Math.min(firstDay, day);
  };
  for (const row of after) {
    const former = left.get(nameOf(row));
    if (former === undefined) {
      added.push(row);
      from(row.from);
      continue;
    }
    left.delete(nameOf(row));
    const columns = Object.keys(spec.columns).filter((name) => former.cells[name] !== row.cells[name]);
    if (columns.length === 0) continue;
    changed.push({ before: former, after: row, columns });
    // Where only the end moved, both say the same until the earlier of the two.
    const isEnd = columns.length === 1 && columns[0] === 'effective_to';
    from(
      isEnd ? Math.min(former.to ?? Number.POSITIVE_INFINITY, row.to ?? Number.POSITIVE_INFINITY) : row.from,
    );
  }
  const withdrawn = [...left.values()];
  for (const row of withdrawn) from(row.from);
  return { added, changed, withdrawn, firstDay: Number.isFinite(firstDay) ? firstDay : null };
}

/** Where a supplement and what is in force speak of the same thing on the same day. The same first day makes a change of it, no conflict. */
export function conflicts(
  spec: TableSpec,
  inForce: readonly Row[],
  batch: readonly Row[],
): readonly ConflictingRows[] {
  const incoming = bySubject(spec, batch);
  const subject = subjectOf(spec);
  return inForce.flatMap((row) => {
    const others = incoming.get(subject(row)) ?? [];
    if (others.some(({ from }) => from === row.from)) return [];
    return others.filter((other) => overlap(row, other)).map((other) => ({ in_force: row, incoming: other }));
  });
}
