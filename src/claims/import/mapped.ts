/** Claims out of CSV files through a compiled mapping. */
import { countText } from '../../platform/fill-contract.ts';
import type { ClaimIssue } from '../contract.ts';
import { issue } from '../issues.ts';
import type { ClaimMaker, CompiledMapping, Join, Lookup } from './compile.ts';
import type { Encoding } from './encoding.ts';
import { type InputFile, matches } from './files.ts';
import { InputError } from './input-error.ts';
import type { InputClaim } from './input-claim.ts';
import { openRowStore, type RowStore } from './row-store.ts';
import type { Scope } from './scope.ts';
import {
  checkHeader,
  type DamagedRow,
  place,
  readTable,
  type ReadOptions,
  type TablePlan,
  type TableRow,
} from './table.ts';

/** Unused columns that are named one by one: enough to see a misspelt one, few enough to be read. */
const unusedNamedMax = 12;

const named = (columns: readonly string[], separator: string): string =>
  columns.slice(0, unusedNamedMax).join(separator) + (columns.length > unusedNamedMax ? `${separator}…` : '');

/** Rows of one joined table, or of a claim that is made of several rows, for one claim. */
export const joinedRowsMax = 50_000;
/** Rows without a claim that are named one by one for each key. */
const orphansNamedMax = 20;

export type MappedTables = {
  mapping: CompiledMapping;
  /** the files of each table that has any */
  files: ReadonlyMap<string, readonly InputFile[]>;
  options: ReadOptions;
};

type MappedClaim = Omit<InputClaim, 'index'>;

/** Finds the files of every table and checks their headers. */
export async function openTables(
  mapping: CompiledMapping,
  csvFiles: readonly InputFile[],
  options: {
    encoding: Encoding | undefined;
    onRead: (bytes: number) => void;
    onNotice: (zh: string, en: string) => void;
  },
): Promise<MappedTables> {
  const files = new Map<string, InputFile[]>();
  for (const file of csvFiles.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))) {
    const owners = [...mapping.tables.values()].filter((plan) =>
      plan.spec.files.some((pattern) => matches(pattern, file.name)),
    );
    if (owners.length > 1) {
      throw new InputError({
        zh: `${file.name} 同时符合映射 ${mapping.name} 的多个表`,
        en: `${file.name} belongs to several tables of the mapping ${mapping.name}`,
      });
    }
    const [owner] = owners;
    if (owner === undefined)
      options.onNotice(
        `映射 ${mapping.name} 不使用文件 ${file.name}`,
        `${file.name} is not used by the mapping ${mapping.name}`,
      );
    else files.set(owner.name, [...(files.get(owner.name) ?? []), file]);
  }
  requireTables(mapping, files);
  const headerOptions: ReadOptions = {
    encoding: options.encoding,
    onRead: () => undefined,
    onUnusedColumns: (file, columns) =>
      options.onNotice(
        `${file} 有 ${columns.length} 列未使用：${named(columns, '、')}`,
        `${countText(columns.length, 'column')} of ${file} not used: ${named(columns, ', ')}`,
      ),
  };
  for (const [table, tableFiles] of files) {
    const plan = mapping.tables.get(table);
    if (plan !== undefined) for (const file of tableFiles) await checkHeader(plan, file, headerOptions);
  }
  return {
    mapping,
    files,
    options: { encoding: options.encoding, onRead: options.onRead, onUnusedColumns: () => undefined },
  };
}

function requireTables(mapping: CompiledMapping, files: ReadonlyMap<string, readonly InputFile[]>): void {
  const absent = [...mapping.tables.values()].filter((plan) => !plan.spec.optional && !files.has(plan.name));
  const hasClaims = mapping.makers.some((maker) => files.has(maker.from));
  if (absent.length === 0 && hasClaims) return;
  const wanted =
    absent.length > 0
      ? absent
      : [...mapping.tables.values()].filter((plan) =>
          mapping.makers.some((maker) => maker.from === plan.name),
        );
  throw new InputError(
    {
      zh: `缺少映射 ${mapping.name} 需要的文件`,
      en: `Files that the mapping ${mapping.name} needs are absent`,
    },
    wanted.map((plan) => ({
      path: plan.name,
      message: {
        zh: `应有文件 ${plan.spec.files.join(' 或 ')}（可为 .gz）`,
        en: `expected ${plan.spec.files.join(' or ')}, with or without .gz`,
      },
    })),
  );
}

type Stores = Map<string, RowStore>;
const storeName = (join: Join): string => JSON.stringify([join.table, join.keyColumns]);

export async function* readMapped(tables: MappedTables): AsyncGenerator<MappedClaim> {
  const stores: Stores = new Map();
  try {
    const children = new Map<string, Join>();
    for (const maker of tables.mapping.makers) {
      if (!tables.files.has(maker.from)) continue;
      for (const join of [...maker.children, ...maker.lookups]) {
        if (!tables.files.has(join.table)) continue;
        const isChild = maker.children.includes(join);
        if (isChild) children.set(storeName(join), join);
        if (!stores.has(storeName(join))) yield* fillStore(tables, join, stores, isChild);
      }
    }
    for (const maker of tables.mapping.makers)
      if (tables.files.has(maker.from)) yield* readMaker(tables, maker, stores);
    for (const [name, join] of children) yield* orphans(tables, join, stores.get(name));
  } finally {
    for (const store of stores.values()) store.close();
  }
}

/** Reads a joined table into its store. Rows that cannot be read, or belong nowhere, are rejected by themselves. */
async function* fillStore(
  tables: MappedTables,
  join: Join,
  stores: Stores,
  isChild: boolean,
): AsyncGenerator<MappedClaim> {
  const store = openRowStore(join.table);
  stores.set(storeName(join), store);
  const plan = planOf(tables, join.table);
  for await (const row of rowsOf(tables, join.table)) {
    if ('issue' in row) yield rejectedText(row);
    else {
      const key = join.keyOf(row);
      if (key !== null) store.add(key, row);
      else if (isChild)
        yield rejectedRows(
          plan,
          [row],
          [issue(place(row.file, row.row, join.keyColumns.join(' ')), 'row_key')],
        );
    }
  }
}

async function* readMaker(
  tables: MappedTables,
  maker: ClaimMaker,
  stores: Stores,
): AsyncGenerator<MappedClaim> {
  const plan = planOf(tables, maker.from);
  const noKey = (row: TableRow): MappedClaim =>
    rejectedRows(plan, [row], [issue(place(row.file, row.row, maker.keyColumns.join(' ')), 'row_key')]);
  if (maker.rowsPerClaim === 'one') {
    for await (const row of rowsOf(tables, maker.from)) {
      if ('issue' in row) yield rejectedText(row);
      else yield maker.keyOf(row) === null ? noKey(row) : makeClaim(tables, maker, [row], stores);
    }
    return;
  }
  const groups = openRowStore(maker.from);
  try {
    for await (const row of rowsOf(tables, maker.from)) {
      const key = 'issue' in row ? null : maker.keyOf(row);
      if ('issue' in row) yield rejectedText(row);
      else if (key === null) yield noKey(row);
      else groups.add(key, row);
    }
    for (const key of groups.keys()) yield makeClaim(tables, maker, groups.take(key), stores);
  } finally {
    groups.close();
  }
}

function makeClaim(
  tables: MappedTables,
  maker: ClaimMaker,
  rows: readonly TableRow[],
  stores: Stores,
): MappedClaim {
  const [row] = rows;
  if (row === undefined) throw new Error('a claim is made of at least one row');
  const issues: ClaimIssue[] = [];
  if (rows.length > joinedRowsMax)
    issues.push(issue(place(row.file, row.row), 'row_too_many', { max: joinedRowsMax }));
  const children = new Map<string, readonly TableRow[] | null>();
  for (const join of maker.children) children.set(join.name, childRows(join, row, stores, issues));
  const lookups = new Map<string, TableRow | null>();
  for (const lookup of maker.lookups) lookups.set(lookup.name, lookUp(lookup, row, stores, issues));
  const scope: Scope = { row, rows, lookups, children, n: 0, issues };
  const value = issues.length === 0 ? maker.build(scope) : undefined;
  if (issues.length > 0) return rejectedRows(planOf(tables, maker.from), rows, issues);
  return { raw: jsonOf(value), origin: { file: row.file, row: row.row }, problems: [] };
}

function childRows(
  join: Join,
  row: TableRow,
  stores: Stores,
  issues: ClaimIssue[],
): readonly TableRow[] | null {
  const store = stores.get(storeName(join));
  if (store === undefined) return null;
  const key = join.by(row);
  const rows = key === null ? [] : store.take(key);
  if (rows.length > joinedRowsMax)
    issues.push(issue(place(row.file, row.row), 'row_too_many', { max: joinedRowsMax }));
  return rows;
}

function lookUp(lookup: Lookup, row: TableRow, stores: Stores, issues: ClaimIssue[]): TableRow | null {
  const key = lookup.by(row);
  const rows = key === null ? [] : (stores.get(storeName(lookup))?.take(key) ?? []);
  const at = place(row.file, row.row, lookup.byColumns.join(' '));
  if (rows.length === 0 && lookup.required) issues.push(issue(at, 'row_lookup'));
  if (rows.length > 1 && lookup.pick === undefined) issues.push(issue(at, 'row_lookup_many'));
  return (lookup.pick === 'last' ? rows.at(-1) : rows[0]) ?? null;
}

/** Rows of a child that no claim asked for: fee lines that would otherwise be lost without a word. One rejected input a key. */
function* orphans(tables: MappedTables, join: Join, store: RowStore | undefined): Generator<MappedClaim> {
  if (store === undefined) return;
  const plan = planOf(tables, join.table);
  for (const key of store.keys()) {
    if (store.isUsed(key)) continue;
    const rows = store.take(key).slice(0, orphansNamedMax);
    yield rejectedRows(
      plan,
      rows,
      rows.map((row) => issue(place(row.file, row.row, join.keyColumns.join(' ')), 'row_orphan')),
    );
  }
}

function rowsOf(tables: MappedTables, table: string): AsyncGenerator<TableRow | DamagedRow> {
  return readTable(planOf(tables, table), tables.files.get(table) ?? [], tables.options);
}

function planOf(tables: MappedTables, table: string): TablePlan {
  const plan = tables.mapping.tables.get(table);
  if (plan === undefined) throw new Error(`the mapping was compiled without its table ${table}`);
  return plan;
}

const jsonOf = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

const rejectedText = (row: DamagedRow): MappedClaim => ({
  raw: Buffer.from(row.raw),
  origin: { file: row.file, row: row.row },
  problems: [row.issue],
});

/** The cells that were to make the claim, by the names of their columns. */
function rejectedRows(
  plan: TablePlan,
  rows: readonly TableRow[],
  problems: readonly ClaimIssue[],
): MappedClaim {
  const [first] = rows;
  const cells = rows.slice(0, orphansNamedMax).map((row) => ({
    file: row.file,
    row: row.row,
    cells: Object.fromEntries(plan.columns.map((column, at) => [column.name, row.cells[at] ?? ''])),
  }));
  return {
    raw: jsonOf(cells.length === 1 ? cells[0] : cells),
    origin: { file: first?.file ?? '', row: first?.row ?? 0 },
    problems,
  };
}
