/**
 * Conditions that can never hold, or always hold, whatever the claim says: comparisons of one fact with literals that leave nothing, or
 * everything. Conditions that compare facts with each other are not looked into.
 */
import {
  type Condition,
  type FactRef,
  type Leaf,
  letEntryOf,
  type ParamRef,
  type RuleDocument,
} from './contract.ts';
import { isList, type Scalar } from './value.ts';

export interface Contradiction {
  /** JSON path of the `all` or `any`. */
  readonly path: string;
  readonly kind: 'never' | 'always';
  /** The fact as it is written. */
  readonly fact: string;
}

export function contradictionsOf(document: RuleDocument): Contradiction[] {
  const found: Contradiction[] = [];
  const walk = (condition: Condition, path: string): void => {
    if ('not' in condition) return walk(condition.not, `${path}.not`);
    if (!('all' in condition) && !('any' in condition)) return;
    const [name, parts] = 'all' in condition ? ['all', condition.all] : ['any', condition.any];
    const isAll = name === 'all';
    for (const leaves of byFact(document, parts)) {
      const [first] = leaves;
      // What an `any` leaves open is what all the opposites of its parts allow.
      const allowed = leaves.map((leaf) => allowedBy(document, leaf, !isAll));
      if (first !== undefined && leaves.length > 1 && isNothing(allowed.flatMap((one) => one ?? [])))
        found.push({ path: `${path}.${name}`, kind: isAll ? 'never' : 'always', fact: first.fact });
    }
    for (const [index, part] of parts.entries()) walk(part, `${path}.${name}[${index}]`);
  };
  walk(document.conditions, '$.conditions');
  return found;
}

/** Comparisons of one and the same fact, column and arguments. */
function byFact(document: RuleDocument, parts: readonly Condition[]): Leaf[][] {
  const groups = new Map<string, Leaf[]>();
  for (const part of parts) {
    if (!('operator' in part)) continue;
    const { fact, params, path } = letEntryOf(part, document.let) ?? part;
    const key = JSON.stringify([fact, params, path]);
    groups.set(key, [...(groups.get(key) ?? []), part]);
  }
  return [...groups.values()];
}

/** A half-line of numbers or texts, or a finite set of values. */
type Allowed =
  | { readonly from: Scalar; readonly inclusive: boolean }
  | { readonly to: Scalar; readonly inclusive: boolean }
  | { readonly oneOf: readonly Scalar[] }
  | { readonly noneOf: readonly Scalar[] };

/** What a comparison allows, or with `opposite` what it does not; `null` when that cannot be told. */
function allowedBy(document: RuleDocument, leaf: Leaf, opposite: boolean): Allowed | null {
  const value = literalOf(document, leaf.value);
  if (value === null) return null;
  const list = isList(value) ? value : [value];
  if (!isList(value))
    switch (leaf.operator) {
      case 'lessThan':
      case 'before':
        return opposite ? { from: value, inclusive: true } : { to: value, inclusive: false };
      case 'lessThanInclusive':
      case 'notAfter':
        return opposite ? { from: value, inclusive: false } : { to: value, inclusive: true };
      case 'greaterThan':
      case 'after':
        return opposite ? { to: value, inclusive: true } : { from: value, inclusive: false };
      case 'greaterThanInclusive':
      case 'notBefore':
        return opposite ? { to: value, inclusive: false } : { from: value, inclusive: true };
      default:
    }
  switch (leaf.operator) {
    case 'equal':
    case 'in':
      return opposite ? { noneOf: list } : { oneOf: list };
    case 'notEqual':
    case 'notIn':
      return opposite ? { oneOf: list } : { noneOf: list };
    default:
      return null;
  }
}

function literalOf(document: RuleDocument, value: Leaf['value']): Scalar | readonly Scalar[] | null {
  if (typeof value !== 'object' || isList(value)) return value;
  return isParam(value) ? (document.params[value.param]?.value ?? null) : null;
}

const isParam = (value: FactRef | ParamRef): value is ParamRef => 'param' in value;

/** Whether no value fits all of them. Facts may have fractions, so two half-lines that overlap always leave something. */
function isNothing(all: readonly Allowed[]): boolean {
  const lists = all.flatMap((one) => ('oneOf' in one ? [one.oneOf] : []));
  const [first] = lists;
  if (first !== undefined) return !first.some((value) => all.every((one) => isAllowed(one, value)));
  return all.some(
    (low) =>
      'from' in low &&
      all.some(
        (high) =>
          'to' in high &&
          typeof high.to === typeof low.from &&
          (high.to < low.from || (high.to === low.from && !(high.inclusive && low.inclusive))),
      ),
  );
}

function isAllowed(allowed: Allowed, value: Scalar): boolean {
  if ('oneOf' in allowed) return allowed.oneOf.includes(value);
  if ('noneOf' in allowed) return !allowed.noneOf.includes(value);
  const border = 'from' in allowed ? allowed.from : allowed.to;
  if (typeof border !== typeof value) return false;
  if (value === border) return allowed.inclusive;
  return 'from' in allowed ? value > border : value < border;
}
