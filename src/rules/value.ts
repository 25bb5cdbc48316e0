/**
 * Values of facts, and the three outcomes.
 *
 * `undefined` is **unknown**: the source did not state what is needed. `null` is **known to be absent**: no row in the table, no date of
 * death. A comparison with something unknown is unknown; a comparison with something absent is false, whatever the operator, so that
 * a rule says nothing about an item its table does not list.
 */
import type { Operator } from './contract.ts';

export type Scalar = string | number | boolean;
export type Value = Scalar | readonly Scalar[] | null | undefined;

export type Outcome = 'no' | 'hit' | 'unknown';

/** Values of the wrong type compare as false. */
export function compare(operator: Operator, left: Value, right: Value): Outcome {
  if (left === null || right === null) return 'no';
  if (left === undefined || right === undefined) return 'unknown';
  return holds(operator, left, right) ? 'hit' : 'no';
}

/** The same with what stands on the right known beforehand: a list of thousands is a look-up. */
export function comparisonWith(operator: Operator, right: Known): (left: Value) => Outcome {
  const holdsFor = testWith(operator, right);
  return (left) => (left === null ? 'no' : left === undefined ? 'unknown' : holdsFor(left) ? 'hit' : 'no');
}

function testWith(operator: Operator, right: Known): (left: Known) => boolean {
  if ((operator === 'in' || operator === 'notIn') && isList(right)) {
    const listed: ReadonlySet<unknown> = new Set(right);
    return operator === 'in'
      ? (left) => !isList(left) && listed.has(left)
      : (left) => !isList(left) && !listed.has(left);
  }
  return (left) => holds(operator, left, right);
}

type Known = Scalar | readonly Scalar[];

function holds(operator: Operator, left: Known, right: Known): boolean {
  switch (operator) {
    case 'equal':
      return left === right;
    case 'notEqual':
      return left !== right;
    case 'lessThan':
      return typeof left === 'number' && typeof right === 'number' && left < right;
    case 'lessThanInclusive':
      return typeof left === 'number' && typeof right === 'number' && left <= right;
    case 'greaterThan':
      return typeof left === 'number' && typeof right === 'number' && left > right;
    case 'greaterThanInclusive':
      return typeof left === 'number' && typeof right === 'number' && left >= right;
    case 'in':
      return !isList(left) && isList(right) && right.includes(left);
    case 'notIn':
      return !isList(left) && isList(right) && !right.includes(left);
    case 'contains':
      return isList(left) && !isList(right) && left.includes(right);
    case 'doesNotContain':
      return isList(left) && !isList(right) && !left.includes(right);
    // Dates and times of the document are ISO text: their order is the order of the text.
    case 'before':
      return typeof left === 'string' && typeof right === 'string' && left < right;
    case 'notBefore':
      return typeof left === 'string' && typeof right === 'string' && left >= right;
    case 'after':
      return typeof left === 'string' && typeof right === 'string' && left > right;
    case 'notAfter':
      return typeof left === 'string' && typeof right === 'string' && left <= right;
    case 'startsWithAny':
      return (
        isList(right) &&
        (isList(left) ? left.some((text) => startsWithAny(text, right)) : startsWithAny(left, right))
      );
    default:
      return never(operator);
  }
}

/** Written out: it runs for every line. */
function startsWithAny(text: Scalar, starts: readonly Scalar[]): boolean {
  if (typeof text !== 'string') return false;
  for (const start of starts) if (typeof start === 'string' && text.startsWith(start)) return true;
  return false;
}

export const isList = (value: unknown): value is readonly Scalar[] => Array.isArray(value);

export function never(value: never): never {
  throw new Error(`unreachable: ${String(value)}`);
}
