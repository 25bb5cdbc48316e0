import { issue } from '../issues.ts';
import type { Shape } from '../shape.ts';
import { compileColumn } from './compile-column.ts';
import { divideExact, formatExact, parseExact } from './exact.ts';
import type { ValueSpec } from './mapping.ts';
import { complain, type Evaluate, type Place, type Scope } from './scope.ts';
import { place } from './table.ts';

/** The ways to make a value, one branch each. */
export function compileValue(spec: ValueSpec, shape: Shape, at: Place): Evaluate {
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
