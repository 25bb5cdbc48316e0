/**
 * From a mapping to functions. Every name is resolved here – tables, columns, look-ups, fields of the claim – so that a wrong mapping is
 * told with all its wrong places before the first row is read, and a row costs array look-ups only.
 */
import { claimShape } from '../shape.ts';
import { compileObject } from './compile-object.ts';
import { type ClaimMakerSpec, type Mapping, mappingError } from './mapping.ts';
import { type Build, claimRows, type Compilation, complain, type Place, useColumn } from './scope.ts';
import type { TablePlan, TableRow } from './table.ts';

type KeyOf = (row: TableRow) => string | null;

export type Join = { name: string; table: string; keyColumns: readonly string[]; keyOf: KeyOf; by: KeyOf };
export type Lookup = Join & {
  pick: 'first' | 'last' | undefined;
  required: boolean;
  byColumns: readonly string[];
};
export type ClaimMaker = {
  from: string;
  keyOf: KeyOf;
  keyColumns: readonly string[];
  rowsPerClaim: 'one' | 'many';
  children: readonly Join[];
  lookups: readonly Lookup[];
  build: Build;
};
export type CompiledMapping = {
  name: string;
  tables: ReadonlyMap<string, TablePlan>;
  makers: readonly ClaimMaker[];
};

/** @throws InputError naming every wrong place */
export function compileMapping(mapping: Mapping, fileName: string): CompiledMapping {
  const compilation: Compilation = { mapping, columns: new Map(), problems: [] };
  for (const name of Object.keys(mapping.tables)) compilation.columns.set(name, new Map());
  const makers = mapping.claims.map((spec, at) => compileMaker(compilation, spec, `claims[${at}]`));
  if (compilation.problems.length > 0) throw mappingError(fileName, compilation.problems);
  const tables = Object.entries(mapping.tables).map(([name, spec]): [string, TablePlan] => {
    const columns = [...(compilation.columns.get(name) ?? [])].map(([column, use]) => ({
      name: column,
      optional: use.optional,
    }));
    return [name, { name, spec, columns }];
  });
  return { name: mapping.name, tables: new Map(tables), makers };
}

const keySeparator = '\u001f';

function compileKey(compilation: Compilation, table: string, columns: readonly string[]): KeyOf {
  const indexes = columns.map((column) => useColumn(compilation, table, column, false));
  return (row) => {
    const parts = indexes.map((index) => row.cells[index] ?? '');
    return parts.includes('') ? null : parts.join(keySeparator);
  };
}

function compileMaker(compilation: Compilation, maker: ClaimMakerSpec, path: string): ClaimMaker {
  const { mapping } = compilation;
  if (mapping.tables[maker.from] === undefined) unknownTable(compilation, `${path}.from`, maker.from);
  const join = (name: string, spec: ClaimMakerSpec['children'][string], at: string): Join => {
    const byColumns = spec.by ?? maker.key;
    if (mapping.tables[spec.table] === undefined) unknownTable(compilation, `${at}.table`, spec.table);
    if (byColumns.length !== spec.key.length) {
      complain(
        compilation,
        `${at}.key`,
        '键列数与 by（或结算单键）的列数不同',
        'has another number of columns than `by` or the key of the claim',
      );
    }
    return {
      name,
      table: spec.table,
      keyColumns: spec.key,
      keyOf: compileKey(compilation, spec.table, spec.key),
      by: compileKey(compilation, maker.from, byColumns),
    };
  };
  for (const name of [...Object.keys(maker.children), ...Object.keys(maker.lookups)]) {
    if (name === claimRows)
      complain(compilation, `${path}.${name}`, 'claim 是保留名', 'the name `claim` is taken');
  }
  const at: Place = {
    compilation,
    maker,
    table: maker.from,
    repeat: null,
    path: `${path}.claim`,
    within: [],
  };
  return {
    from: maker.from,
    keyOf: compileKey(compilation, maker.from, maker.key),
    keyColumns: maker.key,
    rowsPerClaim: maker.rowsPerClaim,
    children: Object.entries(maker.children).map(([name, spec]) =>
      join(name, spec, `${path}.children.${name}`),
    ),
    lookups: Object.entries(maker.lookups).map(([name, spec]) => ({
      ...join(name, spec, `${path}.lookups.${name}`),
      pick: spec.pick,
      required: spec.required,
      byColumns: spec.by ?? maker.key,
    })),
    build: compileObject(claimShape, maker.claim, at, true),
  };
}

const unknownTable = (compilation: Compilation, path: string, name: string): void =>
  complain(compilation, path, `tables 中没有 ${name}`, `there is no table ${name}`);
