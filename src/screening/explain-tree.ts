/**
 * One candidate under one rule, in full: the tree with every value and three outcomes, and how near a candidate that is no hit came to being
 * one. The way to a hit that needs the least is looked for: of `any` the nearest part, of `all` every part that fails.
 */
import { sees, type Sight } from '../people/sight.ts';
import { dayOf } from '../platform/civil.ts';
import { withOperands } from '../rules/calc.ts';
import type { Candidate } from '../rules/candidate.ts';
import { isFactRef, isParamRef } from '../rules/compile.ts';
import {
  type Condition,
  type FactRef,
  type Json,
  type Leaf,
  letEntryOf,
  type Operator,
  type RuleDocument,
} from '../rules/contract.ts';
import { plainFact } from '../rules/facts.ts';
import type { Rule } from '../rules/library.ts';
import { compare, isList, never, type Outcome, type Value } from '../rules/value.ts';
import {
  type ExplainedCandidate,
  type ExplainedLeaf,
  type ExplainedNode,
  farDays,
  listItemsMax,
  treeNodesMax,
} from './explain-contract.ts';

export type Measured = Omit<ExplainedCandidate, 'subject'> & { readonly deciding: readonly ExplainedLeaf[] };

/** @param sight of whoever asks */
export function measured(rule: Rule, candidate: Candidate, sight: Sight): Measured {
  const nothing = { failed: 0, distance: null, absent: false, tree: null, deciding: [] };
  try {
    const outcome = rule.decide(candidate);
    const missing = outcome === 'unknown' ? [...rule.missing(candidate)] : [];
    if (candidate.missing.length > 0) return { ...nothing, outcome, missing };
    // What a hit rests on stands in its finding; of visits elsewhere an institution is told nothing there either.
    const isVeiled =
      (outcome !== 'hit' || sight.institution !== undefined) && restsOnUnseen(rule, candidate, sight);
    const leaves: Leaves = new Map();
    const tree = treeOf({ rule, candidate, isVeiled, leaves }, rule.document.conditions, false);
    const nearest = way(tree, true, leaves);
    for (const { leaf, degree } of nearest.steps) {
      leaf.decides = true;
      if (degree !== null && leaf.hidden !== true) leaf.distance = degree;
    }
    const deciding = nearest.steps.map(({ leaf }) => leaf);
    const isHidden = deciding.some(({ hidden }) => hidden === true);
    return {
      outcome,
      missing,
      failed: nearest.failed,
      distance: nearest.isAbsent || isHidden ? null : rounded(nearest.distance),
      absent: nearest.isAbsent,
      tree: nodesOf(tree) > treeNodesMax ? null : wrapped(tree),
      deciding,
    };
  } catch {
    // As the stream does: the rule could not judge it.
    return { ...nothing, outcome: 'unknown', missing: ['evaluation_failed'] };
  }
}

/** json-rules-engine wants a rule of one comparison wrapped, and findings show it so. */
const wrapped = (tree: ExplainedNode): ExplainedNode =>
  tree.op === 'leaf' ? { op: 'all', result: tree.result, outcome: tree.outcome, of: [tree] } : tree;

type Leaves = Map<ExplainedLeaf, { readonly left: Value; readonly right: Value }>;

interface Looked {
  readonly rule: Rule;
  readonly candidate: Candidate;
  readonly isVeiled: boolean;
  readonly leaves: Leaves;
}

/** @param negated under an odd number of `not`s, where something unknown counts as holding so that it never makes a hit */
function treeOf(looked: Looked, condition: Condition, negated: boolean): ExplainedNode {
  if ('not' in condition) {
    const part = treeOf(looked, condition.not, !negated);
    const outcome = part.outcome === 'unknown' ? 'unknown' : part.outcome === 'hit' ? 'no' : 'hit';
    return { op: 'not', result: !part.result, outcome, of: [part] };
  }
  if ('all' in condition) {
    const of = condition.all.map((part) => treeOf(looked, part, negated));
    return { op: 'all', result: of.every(({ result }) => result), outcome: both(of, 'no', 'hit'), of };
  }
  if ('any' in condition) {
    const of = condition.any.map((part) => treeOf(looked, part, negated));
    return { op: 'any', result: of.some(({ result }) => result), outcome: both(of, 'hit', 'no'), of };
  }
  return leafOf(looked, condition, negated);
}

/** Kleene: one that settles it is enough; else one that is unknown leaves it open. */
function both(of: readonly ExplainedNode[], settles: Outcome, otherwise: Outcome): Outcome {
  if (of.some(({ outcome }) => outcome === settles)) return settles;
  return of.some(({ outcome }) => outcome === 'unknown') ? 'unknown' : otherwise;
}

function leafOf(
  { rule, candidate, isVeiled, leaves }: Looked,
  condition: Leaf,
  negated: boolean,
): ExplainedLeaf {
  const { document } = rule;
  const { operator, value } = condition;
  const left = rule.read(condition)(candidate);
  const right = isFactRef(value) ? rule.read(value)(candidate) : literalOf(document, value);
  const outcome = compare(operator, left, right);
  const hides = (reference: FactRef): boolean => isVeiled && looksAround(document, reference);
  const hidesLeft = hides(condition);
  const hidesRight = isFactRef(value) && hides(value);
  const unit = unitOf(document, condition);
  const unstated = [
    ...(left === undefined ? (['actual'] as const) : []),
    ...(right === undefined ? (['expected'] as const) : []),
  ];
  const entry = letEntryOf(condition, document.let);
  const path = entry === null ? condition.path : entry.path;
  const leaf: ExplainedLeaf = {
    op: 'leaf',
    result: negated ? outcome !== 'no' : outcome === 'hit',
    outcome,
    fact: entry?.name ?? condition.fact,
    ...(path === undefined ? {} : { path }),
    operator,
    actual: hidesLeft ? null : jsonOf(left),
    expected: hidesRight ? null : jsonOf(right),
    ...(unit === undefined ? {} : { unit }),
    ...(unstated.length === 0 ? {} : { unstated }),
    decides: false,
    ...(hidesLeft || hidesRight ? { hidden: true } : {}),
  };
  leaves.set(leaf, { left, right });
  return leaf;
}

function literalOf(document: RuleDocument, value: Exclude<Leaf['value'], FactRef>): Value {
  return isParamRef(value) ? document.params[value.param]?.value : value;
}

function unitOf(document: RuleDocument, { value, ...reference }: Leaf): string | undefined {
  const stated = isParamRef(value) ? document.params[value.param]?.unit : undefined;
  if (stated !== undefined && stated !== '—') return stated;
  const unitOfFact = (one: FactRef): string | undefined =>
    plainFact((letEntryOf(one, document.let) ?? one).fact)?.unit;
  const unit = unitOfFact(reference) ?? (isFactRef(value) ? unitOfFact(value) : undefined);
  return unit === '' ? undefined : unit;
}

const jsonOf = (value: Value): Json =>
  value === undefined || value === null ? null : isList(value) ? value.slice(0, listItemsMax) : value;

const nodesOf = (node: ExplainedNode): number =>
  node.op === 'leaf' ? 1 : node.of.reduce((sum, part) => sum + nodesOf(part), 1);

/** Facts that may rest on claims of other institutions. */
const around: ReadonlySet<string> = new Set(['claims', 'usage', 'lines', 'sales', 'work']);

const looksAround = (document: RuleDocument, reference: FactRef): boolean =>
  withOperands(document, reference)
    .map((operand) => (letEntryOf(operand, document.let) ?? operand).fact)
    .some((fact) => around.has(fact) || fact.startsWith('group.') || fact.startsWith('window.'));

function restsOnUnseen(rule: Rule, candidate: Candidate, sight: Sight): boolean {
  const claims = [
    ...(candidate.group ?? []).map(({ claim }) => claim),
    ...rule
      .evidence(candidate)
      .flatMap((related) => [...(related.claims ?? []), ...(related.lines ?? []).map(({ claim }) => claim)]),
    ...(candidate.window?.claims ?? []),
    ...(candidate.window?.earlier ?? []),
  ];
  return claims.some(({ claim }) => !sees(sight, claim.institution.fixmedins_code));
}

interface Step {
  readonly leaf: ExplainedLeaf;
  /** How far it is off, where that is a matter of degree. */
  readonly degree: number | null;
}
interface Way {
  readonly failed: number;
  readonly distance: number;
  readonly isAbsent: boolean;
  /** Comparisons that have to change or to become known. */
  readonly steps: readonly Step[];
}

const noWay: Way = { failed: 0, distance: 0, isAbsent: false, steps: [] };

/** What it takes for a node to hold, or not to hold. */
function way(node: ExplainedNode, toHold: boolean, leaves: Leaves): Way {
  if (node.outcome === (toHold ? 'hit' : 'no')) return noWay;
  if (node.op === 'leaf') return stepOf(node, toHold, leaves);
  if (node.op === 'not') return node.of.map((part) => way(part, !toHold, leaves)).reduce(added, noWay);
  const parts = node.of.map((part) => way(part, toHold, leaves));
  return (node.op === 'all') === toHold ? parts.reduce(added, noWay) : parts.reduce(nearer);
}

const added = (one: Way, other: Way): Way => ({
  failed: one.failed + other.failed,
  distance: one.distance + other.distance,
  isAbsent: one.isAbsent || other.isAbsent,
  steps: [...one.steps, ...other.steps],
});

const nearer = (one: Way, other: Way): Way =>
  (Number(other.isAbsent) - Number(one.isAbsent) ||
    other.distance - one.distance ||
    other.failed - one.failed) < 0
    ? other
    : one;

function stepOf(leaf: ExplainedLeaf, toHold: boolean, leaves: Leaves): Way {
  if (leaf.outcome === 'unknown') return { ...noWay, steps: [{ leaf, degree: null }] };
  const { left, right } = leaves.get(leaf) ?? {};
  const isAbsent = toHold && (left === null || right === null);
  const operator = toHold ? leaf.operator : opposite[leaf.operator];
  const degree =
    isAbsent || operator === undefined ? null : degreeOf(operator, left, right, leaf.unit !== money);
  return { failed: 1, distance: degree ?? 1, isAbsent, steps: [{ leaf, degree }] };
}

/** What holds when the other does not, where it is a matter of degree. */
const opposite: Readonly<Partial<Record<Operator, Operator>>> = {
  lessThan: 'greaterThanInclusive',
  lessThanInclusive: 'greaterThan',
  greaterThan: 'lessThanInclusive',
  greaterThanInclusive: 'lessThan',
  before: 'notBefore',
  notBefore: 'before',
  after: 'notAfter',
  notAfter: 'after',
};

const money = '元';

/**
 * How far a value is from where the comparison would hold: 0 at the limit, 1 as far as can be; `null` where it is no matter of degree.
 * @param isCounted of whole numbers the next one has to be reached: no visit is not “exactly at the limit” of more than none
 */
export function degreeOf(operator: Operator, left: Value, right: Value, isCounted: boolean): number | null {
  switch (operator) {
    case 'lessThan':
    case 'lessThanInclusive':
    case 'greaterThan':
    case 'greaterThanInclusive': {
      if (typeof left !== 'number' || typeof right !== 'number') return null;
      const isWhole = isCounted && Number.isInteger(left) && Number.isInteger(right);
      const step = !isWhole ? 0 : operator === 'greaterThan' ? 1 : operator === 'lessThan' ? -1 : 0;
      const needed = right + step;
      const greater = Math.max(Math.abs(left), Math.abs(needed));
      return greater === 0 ? 0 : rounded(Math.min(1, Math.abs(left - needed) / greater));
    }
    case 'before':
    case 'notBefore':
    case 'after':
    case 'notAfter': {
      const [from, to] = [left, right].map((text) =>
        typeof text === 'string' ? dayOf(text.slice(0, 10)) : null,
      );
      if (typeof from !== 'number' || typeof to !== 'number') return null;
      return rounded(Math.min(1, Math.max(1, Math.abs(from - to)) / farDays));
    }
    case 'equal':
    case 'notEqual':
    case 'in':
    case 'notIn':
    case 'contains':
    case 'doesNotContain':
    case 'startsWithAny':
      return null;
    default:
      return never(operator);
  }
}

const rounded = (distance: number): number => Math.round(distance * 1e4) / 1e4;
