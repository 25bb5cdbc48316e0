/**
 * From a mapping to functions. Every name is resolved here – tables, columns, look-ups, fields of the claim – so that a wrong mapping is
 * told with all its wrong places before the first row is read, and a row costs array look-ups only.
 */
import type { ClaimIssue } from '../contract.ts';
import { issue } from '../issues.ts';
import { claimShape, type Field, type Shape } from '../shape.ts';
import { compileDateFormat } from './date-format.ts';
import { divideExact, formatExact, parseExact } from './exact.ts';
import type { InputProblem } from './input-error.ts';
import {
  type ClaimMakerSpec,
  type ColumnSpec,
  type ListSpec,
  listSchema,
  type Mapping,
  mappingError,
  type ValueSpec,
  valueSchema,
} from './mapping.ts';
import { place, type TablePlan, type TableRow } from './table.ts';

/** Everything one claim is made of. '' is *not stated* wherever text stands for a value. */
export type Scope = {
  /** the row at hand: one of `rows`, or inside a list one of a child's */
  row: TableRow;
  /** the rows that make the claim; one, unless `rowsPerClaim` is many */
  rows: readonly TableRow[];
  lookups: ReadonlyMap<string, TableRow | null>;
  /** `null`: the table is not among the files */
  children: ReadonlyMap<string, readonly TableRow[] | null>;
  /** number of the repetition */
  n: number;
  issues: ClaimIssue[];
};

type Evaluate = (scope: Scope) => string;
type Build = (scope: Scope) => unknown;
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

type Compilation = {
  mapping: Mapping;
  /** by table: columns in the order in which they were first named */
  columns: Map<string, Map<string, { index: number; optional: boolean }>>;
  problems: InputProblem[];
};

/** Where a value stands: which rows it may speak of, and what it becomes. */
type Place = {
  compilation: Compilation;
  maker: ClaimMakerSpec;
  /** table of the row at hand */
  table: string;
  repeat: { from: number; to: number } | null;
  path: string;
  /** the shared values inside which this one stands */
  within: readonly string[];
};

function complain(compilation: Compilation, path: string, zh: string, en: string): void {
  compilation.problems.push({ path, message: { zh, en } });
}

function useColumn(compilation: Compilation, table: string, column: string, optional: boolean): number {
  const columns = compilation.columns.get(table);
  if (columns === undefined) return -1;
  const known = columns.get(column);
  if (known !== undefined) {
    known.optional &&= optional;
    return known.index;
  }
  columns.set(column, { index: columns.size, optional });
  return columns.size - 1;
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

/** The name of the claim's own rows in `of` and `rows`. */
const claimRows = 'claim';

function compileObject(shape: Shape & { kind: 'object' }, spec: unknown, at: Place, always: boolean): Build {
  if (typeof spec !== 'object' || spec === null || Array.isArray(spec)) {
    complain(at.compilation, at.path, '应为对象', 'must be an object of fields');
    return () => undefined;
  }
  const { sameNames, skipWithout, ...given }: { sameNames?: unknown; skipWithout?: unknown } = spec;
  checkReserved(shape, at, sameNames, skipWithout);
  const specs = new Map<string, unknown>(Object.entries(given));
  for (const name of specs.keys()) {
    if (!shape.byName.has(name)) {
      complain(
        at.compilation,
        `${at.path}.${name}`,
        '结算单中没有这个字段',
        'the claim document has no such field',
      );
    }
  }
  const builds: [string, Build][] = [];
  for (const field of shape.fields) {
    const inner = { ...at, path: `${at.path}.${field.name}` };
    const own = specs.get(field.name);
    if (own !== undefined)
      builds.push([field.name, compileField(field, own, inner, always && field.required)]);
    else if (sameNames === true) {
      const build = compileSameName(field, inner, always && field.required);
      if (build !== null) builds.push([field.name, build]);
    }
  }
  return (scope) => {
    const out: { [name: string]: unknown } = {};
    let isEmpty = true;
    for (const [name, build] of builds) {
      const value = build(scope);
      if (value === undefined) continue;
      out[name] = value;
      isEmpty = false;
    }
    if (isEmpty || (typeof skipWithout === 'string' && out[skipWithout] === undefined)) return undefined;
    return out;
  };
}

function checkReserved(
  shape: Shape & { kind: 'object' },
  at: Place,
  sameNames: unknown,
  skipWithout: unknown,
): void {
  if (sameNames !== undefined && sameNames !== true) {
    complain(at.compilation, `${at.path}.sameNames`, '只能为 true', 'can only be true');
  }
  if (skipWithout !== undefined && !(typeof skipWithout === 'string' && shape.byName.has(skipWithout))) {
    complain(
      at.compilation,
      `${at.path}.skipWithout`,
      '应为本对象的字段名',
      'must name a field of this object',
    );
  }
}

function compileSameName(field: Field, at: Place, always: boolean): Build | null {
  const { shape } = field;
  if (shape.kind === 'list') return null;
  if (shape.kind === 'object') return compileObject(shape, { sameNames: true }, at, always);
  return compileScalar(shape, { column: field.name, optional: !always }, at);
}

function compileField(field: Field, spec: unknown, at: Place, always: boolean): Build {
  if (field.shape.kind === 'object') return compileObject(field.shape, spec, at, always);
  if (field.shape.kind === 'list') return compileLists(field.shape, spec, at);
  const parsed = valueSchema.safeParse(spec);
  if (parsed.success) return compileScalar(field.shape, parsed.data, at);
  complain(
    at.compilation,
    at.path,
    '不是映射允许的取值方式（column、constant、sum、first …）',
    'is none of the ways to make a value (column, constant, sum, first …)',
  );
  return () => undefined;
}

function compileLists(shape: Shape & { kind: 'list' }, spec: unknown, at: Place): Build {
  const parts = (Array.isArray(spec) ? spec : [spec]).map((part: unknown, position) => {
    const inner = Array.isArray(spec) ? { ...at, path: `${at.path}[${position}]` } : at;
    const parsed = listSchema.safeParse(part);
    if (parsed.success) return compileList(shape, parsed.data, inner);
    complain(
      at.compilation,
      inner.path,
      '列表应写作 rows、repeat 或 one',
      'a list is written with rows, repeat or one',
    );
    return (): unknown[] | undefined => undefined;
  });
  return (scope) => {
    const items = parts.map((part) => part(scope)).filter((part) => part !== undefined);
    return items.length === 0 ? undefined : items.flat(1);
  };
}

function compileList(
  list: Shape & { kind: 'list' },
  spec: ListSpec,
  at: Place,
): (scope: Scope) => unknown[] | undefined {
  const item = list.item;
  if (item.kind !== 'object') throw new Error('every list of the claim schema holds objects');
  if ('one' in spec) {
    const build = compileObject(item, spec.one, { ...at, path: `${at.path}.one` }, true);
    return (scope) => stated([build(scope)]);
  }
  if ('repeat' in spec) {
    const { from, to } = spec.repeat;
    const build = compileObject(
      item,
      spec.fields,
      { ...at, path: `${at.path}.fields`, repeat: spec.repeat },
      false,
    );
    return (scope) => {
      const items: unknown[] = [];
      const inner = { ...scope };
      for (inner.n = from; inner.n <= to; inner.n += 1) items.push(build(inner));
      return stated(items);
    };
  }
  const { rows } = spec;
  const table = rows === claimRows ? at.maker.from : at.maker.children[rows]?.table;
  if (table === undefined) {
    complain(at.compilation, `${at.path}.rows`, `children 中没有 ${rows}`, `there is no child ${rows}`);
    return () => undefined;
  }
  const build = compileObject(item, spec.fields, { ...at, path: `${at.path}.fields`, table }, true);
  return (scope) => {
    const source = rows === claimRows ? scope.rows : scope.children.get(rows);
    if (source === null || source === undefined) return undefined;
    const inner = { ...scope };
    return stated(
      source.map((row) => {
        inner.row = row;
        return build(inner);
      }),
    );
  };
}

const stated = (items: unknown[]): unknown[] => items.filter((item) => item !== undefined);

function compileScalar(shape: Shape, spec: ValueSpec, at: Place): Build {
  const evaluate = compileValue(spec, shape, at);
  return (scope) => {
    const text = evaluate(scope);
    return text === '' ? undefined : converted(shape, text);
  };
}

/** JSON has numbers and booleans where CSV has text only. What does not convert stays text and is rejected with its reason. */
function converted(shape: Shape, text: string): unknown {
  if (shape.kind === 'integer' || shape.kind === 'number')
    return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
  if (shape.kind === 'boolean') {
    if (text === 'true' || text === '1') return true;
    if (text === 'false' || text === '0') return false;
  }
  return text;
}

function compileValue(spec: ValueSpec, shape: Shape, at: Place): Evaluate {
  const compile = (inner: ValueSpec): Evaluate => compileValue(inner, shape, at);
  if ('column' in spec) return compileColumn(spec, shape, at);
  if ('constant' in spec) {
    const text = String(spec.constant);
    return text.includes('{n}') ? (scope) => text.replaceAll('{n}', String(scope.n)) : () => text;
  }
  if ('value' in spec) return compileShared(spec.value, shape, at);
  if ('sum' in spec) return sumOf(spec.sum.map(compile));
  if ('difference' in spec) {
    const [left, right] = [compile(spec.difference[0]), compile(spec.difference[1])];
    return (scope) => {
      const [a, b] = [exact(left, scope), exact(right, scope)];
      return a === null || b === null ? '' : formatExact(a - b);
    };
  }
  if ('quotient' in spec) {
    const [dividend, divisor] = [compile(spec.quotient[0]), compile(spec.quotient[1])];
    return (scope) => {
      const [a, b] = [exact(dividend, scope), exact(divisor, scope)];
      return a === null || b === null || b === 0n ? '' : formatExact(divideExact(a, b, spec.places));
    };
  }
  if ('concat' in spec) {
    const parts = spec.concat.map(compile);
    return (scope) => {
      const texts = parts.map((part) => part(scope));
      return texts.includes('') ? '' : texts.join(spec.separator ?? '');
    };
  }
  if ('first' in spec) {
    const parts = spec.first.map(compile);
    return (scope) => firstStated(parts, (part) => part(scope));
  }
  return compileOverRows(spec, shape, at);
}

function compileShared(name: string, shape: Shape, at: Place): Evaluate {
  const shared = at.maker.values[name];
  if (shared !== undefined && !at.within.includes(name)) {
    return compileValue(shared, shape, { ...at, within: [...at.within, name] });
  }
  if (shared === undefined)
    complain(at.compilation, at.path, `values 中没有 ${name}`, `there is no shared value ${name}`);
  else complain(at.compilation, at.path, `values.${name} 引用了自身`, `values.${name} is made of itself`);
  return () => '';
}

function compileOverRows(
  spec: Extract<
    ValueSpec,
    { total: unknown } | { least: unknown } | { greatest: unknown } | { any: unknown }
  >,
  shape: Shape,
  at: Place,
): Evaluate {
  const overRows = (inner: ValueSpec): Evaluate =>
    compileValue(inner, shape, { ...at, table: at.maker.from });
  if ('total' in spec) {
    const value = overRows(spec.total);
    return (scope) => sumOf(scope.rows.map((row) => () => value({ ...scope, row })))(scope);
  }
  if ('any' in spec) {
    const value = overRows(spec.any);
    return (scope) => firstStated(scope.rows, (row) => value({ ...scope, row }));
  }
  const value = overRows('least' in spec ? spec.least : spec.greatest);
  const sign = 'least' in spec ? -1 : 1;
  return (scope) =>
    scope.rows.reduce((best, row) => {
      const text = value({ ...scope, row });
      if (text === '' || best === '') return best === '' ? text : best;
      return sign * compareAs(shape, text, best) > 0 ? text : best;
    }, '');
}

function compareAs(shape: Shape, a: string, b: string): number {
  if (shape.kind === 'decimal') {
    const [x, y] = [parseExact(a), parseExact(b)];
    if (x !== null && y !== null) return x < y ? -1 : x > y ? 1 : 0;
  }
  return a < b ? -1 : a > b ? 1 : 0;
}

function firstStated<T>(parts: readonly T[], read: (part: T) => string): string {
  for (const part of parts) {
    const text = read(part);
    if (text !== '') return text;
  }
  return '';
}

function sumOf(parts: readonly Evaluate[]): Evaluate {
  return (scope) => {
    let sum: bigint | null = null;
    for (const part of parts) {
      const value = exact(part, scope);
      if (value !== null) sum = (sum ?? 0n) + value;
    }
    return sum === null ? '' : formatExact(sum);
  };
}

/** `null` when not stated; no number is an issue. */
function exact(evaluate: Evaluate, scope: Scope): bigint | null {
  const text = evaluate(scope);
  if (text === '') return null;
  const value = parseExact(text);
  if (value === null) scope.issues.push(issue(place(scope.row.file, scope.row.row), 'row_number'));
  return value;
}

function compileColumn(spec: ColumnSpec, shape: Shape, at: Place): Evaluate {
  const source = rowSource(spec.of, at);
  if (source === null) return () => '';
  const indexes = columnIndexes(spec, source.table, at);
  const steps = compileSteps(spec, shape, at);
  const nulls = new Set(spec.nulls);
  return (scope) => {
    const row = source.row(scope);
    if (row === null) return '';
    const cell = row.cells[indexes(scope)] ?? '';
    if (cell === '' || nulls.has(cell)) return '';
    return steps(cell, (code, format) => {
      const where = place(row.file, row.row, spec.column.replaceAll('{n}', String(scope.n)));
      scope.issues.push(code === 'row_date' ? issue(where, code, { format }) : issue(where, code));
    });
  };
}

function rowSource(
  of: string | undefined,
  at: Place,
): { table: string; row: (scope: Scope) => TableRow | null } | null {
  if (of === undefined) return { table: at.table, row: (scope) => scope.row };
  if (of === claimRows) return { table: at.maker.from, row: (scope) => scope.rows[0] ?? null };
  const lookup = at.maker.lookups[of];
  if (lookup !== undefined) return { table: lookup.table, row: (scope) => scope.lookups.get(of) ?? null };
  complain(at.compilation, at.path, `lookups 中没有 ${of}`, `there is no lookup ${of}`);
  return null;
}

function columnIndexes(spec: ColumnSpec, table: string, at: Place): (scope: Scope) => number {
  const optional = spec.optional === true;
  if (!spec.column.includes('{n}')) {
    const index = useColumn(at.compilation, table, spec.column, optional);
    return () => index;
  }
  if (at.repeat === null) {
    complain(
      at.compilation,
      at.path,
      '{n} 只能用于 repeat 列表',
      '{n} can only stand inside a list with repeat',
    );
    return () => -1;
  }
  const { from, to } = at.repeat;
  const byNumber: number[] = [];
  for (let n = from; n <= to; n += 1) {
    byNumber.push(useColumn(at.compilation, table, spec.column.replaceAll('{n}', String(n)), optional));
  }
  return (scope) => byNumber[scope.n - from] ?? -1;
}

type CellProblem = (code: 'row_date' | 'row_code', format: string) => void;

/** The steps from a cell that is not empty to its value, in the order of the mapping's documentation. */
function compileSteps(
  spec: ColumnSpec,
  shape: Shape,
  at: Place,
): (cell: string, problem: CellProblem) => string {
  const { remove, last, date: format, codes } = spec;
  const readDate = format === undefined ? null : compileDateFormat(format);
  if (format !== undefined && readDate === null) {
    complain(
      at.compilation,
      `${at.path}.date`,
      '日期格式须各含一次 yyyy、M、d',
      'a date format needs yyyy, M and d once each',
    );
  }
  const translate = codes === undefined ? null : compileCodes(codes, spec.otherwise);
  return (cell, problem) => {
    let text = remove === undefined ? cell : cell.replaceAll(remove, '');
    if (last !== undefined) text = text.slice(-last);
    if (readDate !== null && format !== undefined) {
      const read = readDate(text);
      if (read === null) {
        problem('row_date', format);
        return '';
      }
      text = shape.kind === 'time' && read.time !== null ? `${read.date} ${read.time}` : read.date;
    }
    if (translate === null) return text;
    const translated = translate(text);
    if (translated === null) problem('row_code', '');
    return translated ?? '';
  };
}

function compileCodes(
  codes: Readonly<Record<string, string>>,
  otherwise: ColumnSpec['otherwise'],
): (code: string) => string | null {
  const whole = new Map(Object.entries(codes).filter(([key]) => !key.endsWith('*')));
  const beginnings = Object.entries(codes)
    .filter(([key]) => key.endsWith('*'))
    .map(([key, value]) => ({ start: key.slice(0, -1), value }))
    .toSorted((a, b) => b.start.length - a.start.length);
  return (code) => {
    const found = whole.get(code) ?? beginnings.find((each) => code.startsWith(each.start))?.value;
    if (found !== undefined) return found;
    if (otherwise === undefined) return null;
    if (typeof otherwise === 'string') return otherwise;
    return 'keep' in otherwise ? code : '';
  };
}
