/**
 * Conditions that can never hold, or always hold, whatever the claim says: comparisons of one fact with literals that leave nothing, or
 * everything; one comparison that its fact can never fit; two facts that would have to be both more and less than each other. `not` and
 * nested `all` and `any` are looked through; branches of an `any` inside an `all` are not.
 */
import type { Message } from '../claims/contract.ts';
import {
  type Condition,
  type FactRef,
  type Leaf,
  letEntryOf,
  type Operator,
  type ParamRef,
  type RuleDocument,
} from './contract.ts';
import { plainFact } from './facts.ts';
import { isList, type Scalar } from './value.ts';

export interface Contradiction {
  /** JSON path of the `all` or `any`, or of the one comparison. */
  readonly path: string;
  readonly kind: 'never' | 'always';
  /** The fact as it is written. */
  readonly fact: string;
  /** Of one comparison: why. `null`: of several that do not go together. */
  readonly why: Message | null;
}

export function contradictionsOf(document: RuleDocument): Contradiction[] {
  const found: Contradiction[] = [];
  const among = (path: string, parts: readonly Part[], kind: Contradiction['kind']): void => {
    for (const group of groupsOf(document, parts)) {
      const [first] = group;
      // What was said of a part needs no saying of the whole.
      const isSaid = found.some((one) => one.fact === first?.leaf.fact && one.path.startsWith(`${path}[`));
      // Of a fact that is absent no comparison holds: every opposite does.
      const mayBeAbsent = kind === 'never' && group.every(({ opposite }) => opposite);
      if (first === undefined || group.length < 2 || isSaid || mayBeAbsent) continue;
      if (leavesNothing(document, group)) found.push({ path, kind, fact: first.leaf.fact, why: null });
    }
  };
  const walk = (condition: Condition, path: string): void => {
    if ('not' in condition) return walk(condition.not, `${path}.not`);
    if (!('all' in condition) && !('any' in condition)) {
      const alone = aloneOf(document, condition);
      if (alone !== null) found.push({ path, fact: condition.fact, ...alone });
      return;
    }
    const [name, parts] = 'all' in condition ? ['all', condition.all] : ['any', condition.any];
    for (const [index, part] of parts.entries()) walk(part, `${path}.${name}[${index}]`);
    // What an `any` leaves open is what all the opposites of its parts allow.
    const isAll = name === 'all';
    among(`${path}.${name}`, partsOf(condition, path, !isAll), isAll ? 'never' : 'always');
  };
  walk(document.conditions, '$.conditions');
  return found;
}

/** A comparison that has to hold, or with `opposite` must not. */
interface Part {
  readonly leaf: Leaf;
  readonly path: string;
  readonly opposite: boolean;
}

/** Comparisons that all have to go together for the condition to hold, or with `opposite` not to; not those of which any is enough. */
function partsOf(condition: Condition, path: string, opposite: boolean): Part[] {
  if ('operator' in condition) return [{ leaf: condition, path, opposite }];
  if ('not' in condition) return partsOf(condition.not, `${path}.not`, !opposite);
  const [name, parts] =
    'all' in condition ? (['all', condition.all] as const) : (['any', condition.any] as const);
  if ((name === 'any') !== opposite) return [];
  return parts.flatMap((part, index) => partsOf(part, `${path}.${name}[${index}]`, opposite));
}

/** Comparisons of one and the same fact, column and arguments with literals, and those of the same two facts. */
function groupsOf(document: RuleDocument, parts: readonly Part[]): Part[][] {
  const groups = new Map<string, Part[]>();
  for (const part of parts) {
    const key = pairOf(document, part.leaf)?.key ?? keyOf(document, part.leaf);
    groups.set(key, [...(groups.get(key) ?? []), part]);
  }
  return [...groups.values()];
}

function keyOf(document: RuleDocument, reference: FactRef): string {
  const { fact, params, path } = letEntryOf(reference, document.let) ?? reference;
  return JSON.stringify([fact, params, path]);
}

function leavesNothing(document: RuleDocument, group: readonly Part[]): boolean {
  const pairs = group.map((part) => pairOf(document, part.leaf));
  const [first] = pairs;
  if (first !== undefined && first !== null)
    return ['<', '=', '>'].every((sign) =>
      group.some((part, index) => (pairs[index]?.signs.includes(sign) === true) === part.opposite),
    );
  return isNothing(group.flatMap((part) => allowedBy(document, part.leaf, part.opposite) ?? []));
}

/** Two facts that are compared, in one order whichever is written first, and how the first may stand to the second. */
function pairOf(document: RuleDocument, leaf: Leaf): { key: string; signs: string; isSame: boolean } | null {
  const { value } = leaf;
  const signs = signsOf[leaf.operator];
  if (typeof value !== 'object' || isList(value) || isParam(value) || signs === undefined) return null;
  const [left, right] = [keyOf(document, leaf), keyOf(document, value)];
  if (left <= right) return { key: `${left} ${right}`, signs, isSame: left === right };
  const turned = signs.replace(/[<>]/g, (sign) => (sign === '<' ? '>' : '<'));
  return { key: `${right} ${left}`, signs: turned, isSame: false };
}

const signsOf: Readonly<Partial<Record<Operator, string>>> = {
  equal: '=',
  notEqual: '<>',
  lessThan: '<',
  before: '<',
  lessThanInclusive: '<=',
  notAfter: '<=',
  greaterThan: '>',
  after: '>',
  greaterThanInclusive: '>=',
  notBefore: '>=',
};

/** One comparison that can never hold, or always does, by what its fact can be. */
function aloneOf(document: RuleDocument, leaf: Leaf): { kind: Contradiction['kind']; why: Message } | null {
  const { value } = leaf;
  const pair = pairOf(document, leaf);
  if (pair !== null)
    return pair.isSame
      ? {
          kind: pair.signs.includes('=') ? 'always' : 'never',
          why: { zh: '两边是同一个值', en: 'both sides are the same' },
        }
      : null;
  if (isList(value) && value.length === 0)
    return leaf.operator === 'notIn' || leaf.operator === 'doesNotContain'
      ? { kind: 'always', why: { zh: '列表是空的', en: 'the list is empty' } }
      : { kind: 'never', why: { zh: '列表是空的', en: 'the list is empty' } };
  const domain = domainOf(document, leaf);
  const allowed = domain === null ? null : allowedBy(document, leaf, false);
  if (domain === null || allowed === null) return null;
  if (isNothing([domain.allowed, allowed])) return { kind: 'never', why: domain.why };
  // A parameter may be set so that it asks for nothing; what may be absent is asked whether it is there.
  const isFixed = typeof value !== 'object' || isList(value);
  const others = allowedBy(document, leaf, true);
  if (isFixed && plainFact(leaf.fact) !== undefined && others !== null && isNothing([domain.allowed, others]))
    return { kind: 'always', why: domain.why };
  return null;
}

/** What a fact can be at all; `null`: nothing is known of that, or it is no matter of comparing with a literal. */
function domainOf(document: RuleDocument, leaf: Leaf): { allowed: Allowed; why: Message } | null {
  const { fact, path } = letEntryOf(leaf, document.let) ?? leaf;
  const values = fact === 'claim.kind' ? document.scope.kinds : fact === 'person.gend' ? ['1', '2'] : null;
  if (values !== null)
    return {
      allowed: { oneOf: values },
      why:
        fact === 'claim.kind'
          ? {
              zh: `scope.kinds 只有 ${values.join('、')}`,
              en: `scope.kinds holds only ${values.join(', ')}`,
            }
          : { zh: '性别只有 1（男）和 2（女）', en: 'sex is 1 (male) or 2 (female)' },
    };
  const least =
    leastOf.get(fact) ??
    (plainFact(fact) === undefined && fact !== 'table' && counts.has(path ?? '') ? 0 : null);
  return least === null
    ? null
    : {
        allowed: { from: least, inclusive: true },
        why: { zh: `${leaf.fact} 不会小于 ${least}`, en: `${leaf.fact} is never less than ${least}` },
      };
}

/** The least that plain facts can be. */
const leastOf: ReadonlyMap<string, number> = new Map([
  ...(
    [
      'person.age_years',
      'person.age_days',
      'claim.line_count',
      'claim.amount_gap',
      'line.amount_gap',
    ] as const
  ).map((fact): [string, number] => [fact, 0]),
  ...(
    [
      'group.count',
      'window.visits',
      'window.persons',
      'window.days',
      'window.day_visits',
      'window.day_persons',
      'window.day_institutions',
      'window.day_items',
    ] as const
  ).map((fact): [string, number] => [fact, 1]),
]);

/** Columns of facts with arguments that count something. */
const counts: ReadonlySet<string> = new Set(
  ['count', 'items', 'days', 'visits', 'persons', 'institutions', 'checks', 'passed', 'listed', 'nights'].map(
    (column) => `$.${column}`,
  ),
);

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
