import type { Field, Shape } from '../shape.ts';
import { compileValue } from './compile-value.ts';
import { type ListSpec, listSchema, type ValueSpec, valueSchema } from './mapping.ts';
import { type Build, claimRows, complain, type Place, type Scope } from './scope.ts';

/** Objects and lists of the claim document, walked along its shape. */
export function compileObject(
  shape: Shape & { kind: 'object' },
  spec: unknown,
  at: Place,
  always: boolean,
): Build {
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
