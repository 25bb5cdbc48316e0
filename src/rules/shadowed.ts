/**
 * Rules that say nothing of their own: whatever they hit, another hits as well. Told by what is written, so it finds copies with more
 * conditions or tighter limits, and not every rule that happens to add nothing.
 */
import { resolved } from './compile.ts';
import {
  type Condition,
  type FactRef,
  type Leaf,
  letEntryOf,
  type Operator,
  type RuleDocument,
} from './contract.ts';
import { isList, type Scalar } from './value.ts';

/** Codes of the others that hit wherever this one does. */
export const shadowing = (document: RuleDocument, others: readonly RuleDocument[]): string[] =>
  others.filter((other) => other.code !== document.code && isWithin(document, other)).map(({ code }) => code);

function isWithin(document: RuleDocument, other: RuleDocument): boolean {
  const { scope, effective, each } = document;
  return (
    unitOf(each) === unitOf(other.each) &&
    scope.kinds.every((kind) => other.scope.kinds.includes(kind)) &&
    other.effective.from <= effective.from &&
    (other.effective.to === null || (effective.to !== null && effective.to <= other.effective.to)) &&
    implies(plain(document, document.conditions), plain(other, other.conditions))
  );
}

/** How hits are merged into findings makes no difference to what is hit. */
const unitOf = (each: RuleDocument['each']): string =>
  each.unit === 'group' ? JSON.stringify([each.unit, each.over, [...each.group_by].sort()]) : each.unit;

/** A condition without names of `let` and `params`: two rules that name them differently say the same. */
type Plain =
  | { readonly all: readonly Plain[] }
  | { readonly any: readonly Plain[] }
  | { readonly not: Plain }
  | {
      readonly fact: string;
      readonly operator: Operator;
      readonly value: Scalar | readonly Scalar[] | { readonly fact: string };
    };

function plain(document: RuleDocument, condition: Condition): Plain {
  if ('all' in condition) return { all: condition.all.map((part) => plain(document, part)) };
  if ('any' in condition) return { any: condition.any.map((part) => plain(document, part)) };
  if ('not' in condition) return { not: plain(document, condition.not) };
  const { operator, value } = condition;
  return { fact: nameOf(document, condition), operator, value: plainValue(document, value) };
}

function plainValue(
  document: RuleDocument,
  value: Leaf['value'],
): Scalar | readonly Scalar[] | { readonly fact: string } {
  if (typeof value !== 'object' || isList(value)) return value;
  return 'fact' in value
    ? { fact: nameOf(document, value) }
    : (resolved(document, { fact: '', params: { value } })['value'] ?? '');
}

/** A fact by all that it depends on. Calculations name entries of `let`, so those of two rules are the same only by the same names. */
function nameOf(document: RuleDocument, reference: FactRef): string {
  const { fact, path, params } = letEntryOf(reference, document.let) ?? reference;
  const given = params === undefined ? {} : resolved(document, { fact, params });
  const entries = fact === 'calc' ? document.let : null;
  return JSON.stringify([fact, path, Object.entries(given).sort(([a], [b]) => (a < b ? -1 : 1)), entries]);
}

/** Whether the one can only hold where the other does. */
function implies(one: Plain, other: Plain): boolean {
  if (JSON.stringify(one) === JSON.stringify(other)) return true;
  if ('all' in other) return other.all.every((part) => implies(one, part));
  if ('any' in one) return one.any.every((part) => implies(part, other));
  if ('any' in other && other.any.some((part) => implies(one, part))) return true;
  if ('all' in one) return one.all.some((part) => implies(part, other));
  if ('not' in one || 'not' in other) return 'not' in one && 'not' in other && implies(other.not, one.not);
  if ('any' in other || one.fact !== other.fact) return false;
  return isTighter(one.operator, one.value, other.operator, other.value);
}

const numeric: Readonly<Partial<Record<Operator, { readonly isUpper: boolean; readonly isOpen: boolean }>>> =
  {
    lessThan: { isUpper: true, isOpen: true },
    lessThanInclusive: { isUpper: true, isOpen: false },
    greaterThan: { isUpper: false, isOpen: true },
    greaterThanInclusive: { isUpper: false, isOpen: false },
  };

function isTighter(
  operator: Operator,
  value: unknown,
  otherOperator: Operator,
  otherValue: unknown,
): boolean {
  const [mine, theirs] = [numeric[operator], numeric[otherOperator]];
  if (mine !== undefined && theirs !== undefined) {
    if (mine.isUpper !== theirs.isUpper || typeof value !== 'number' || typeof otherValue !== 'number')
      return false;
    if (value === otherValue) return mine.isOpen || !theirs.isOpen;
    return mine.isUpper ? value < otherValue : value > otherValue;
  }
  const list = operator === 'in' && isList(value) ? value : operator === 'equal' ? [value] : null;
  if (list !== null && otherOperator === 'in' && isList(otherValue)) {
    const known: readonly unknown[] = otherValue;
    return list.every((one) => known.includes(one));
  }
  return false;
}
