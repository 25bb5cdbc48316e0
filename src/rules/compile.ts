/**
 * Compiles a rule into closures over a candidate. Three-valued: `hit`, `no`, `unknown`, by Kleene's logic, so that something missing
 * matters only where it could change the answer.
 */
import { createHash } from 'node:crypto';
import type { Knowledge } from '../knowledge/table.ts';
import type { Candidate } from './candidate.ts';
import { kindBitsOf, type Passable } from './concerned.ts';
import {
  type Condition,
  type FactRef,
  type Leaf,
  letEntryOf,
  type ParamRef,
  type RuleDocument,
} from './contract.ts';
import { calcDepthMax, calcParams, calculate, factOfOperand, withOperands } from './calc.ts';
import { itemFact } from './coded.ts';
import { plainFact } from './facts.ts';
import type { Related, RelatedRead } from './around.ts';
import { compileMessage, type RuleMessage } from './message.ts';
import { isRelated, relatedRead } from './related.ts';
import { type WindowLook, windowLookOf } from './window.ts';
import { compare, comparisonWith, isList, type Outcome, type Scalar, type Value } from './value.ts';

export interface CompiledRule extends Passable {
  readonly document: RuleDocument;
  /** First 12 hex digits of the SHA-256 of the document's canonical JSON. */
  readonly version: string;
  /** Version (first 12 hex digits of the file's SHA-256) of each knowledge table the rule consults. */
  readonly tables: Readonly<Record<string, string>>;
  /** False when what the conditions ask of the claim alone – not of its lines or diagnoses – says no to whatever is in it; `null`: they ask nothing of it. */
  readonly mayConcern: ((claim: Candidate) => boolean) | null;
  /** Groups of fewer lines cannot hit. */
  readonly groupSizeMin: number;
  /** What it looks at, where it is about windows; `null`: it is about persons. */
  readonly window: WindowLook | null;
  /** Sets of fewer persons or visits, on the day or in the window, cannot hit. */
  readonly windowLeast: {
    readonly persons: number;
    readonly visits: number;
    readonly dayPersons: number;
    readonly dayVisits: number;
  };
  readonly decide: (candidate: Candidate) => Outcome;
  /** Names of the facts that were unknown and could have changed the answer. */
  readonly missing: (candidate: Candidate) => readonly string[];
  /** Value of a fact or of an entry of `let`. */
  readonly read: (reference: FactRef) => (candidate: Candidate) => Value;
  /** What people read of a hit. */
  readonly message: RuleMessage;
  /** Everything around the candidate that the conditions rest on. */
  readonly evidence: (candidate: Candidate) => readonly Related[];
}

type Read = (candidate: Candidate) => Value;
type Decide = (candidate: Candidate) => Outcome;
type Naming = (candidate: Candidate, found: Set<string>) => void;

/** Throws when the document names a fact, table or parameter that does not exist; `lint` says the same with a position. */
export function compileRule(document: RuleDocument, knowledge: Knowledge): CompiledRule {
  const relatedReads = new Map<string, (candidate: Candidate) => Related | null | undefined>();
  const tables: Record<string, string> = {};

  const related = (reference: FactRef): ((candidate: Candidate) => Related | null | undefined) | null => {
    if (!isRelated(reference.fact)) return null;
    const params = resolved(document, reference);
    const name = params['table'];
    if (typeof name === 'string') tables[name] = knowledge.tables.get(name)?.spec.sha256.slice(0, 12) ?? '';
    const id = `${reference.fact}${JSON.stringify(params)}`;
    const known = relatedReads.get(id);
    if (known !== undefined) return known;
    const read = rememberLast(
      reference.fact === 'calc' ? calculated(params) : relatedRead(reference.fact, params, knowledge),
    );
    relatedReads.set(id, read);
    return read;
  };
  let calcDepth = 0;
  const calculated = (params: unknown): RelatedRead => {
    if (calcDepth >= calcDepthMax) throw new Error(`calculations stand on more than ${calcDepthMax} others`);
    calcDepth += 1;
    const { do: calculation, ...operands } = calcParams.parse(params);
    const [left, right] = [operandRead(operands.left), operandRead(operands.right)];
    calcDepth -= 1;
    return (candidate) => {
      const value = calculate(calculation, left(candidate), right(candidate));
      return value === undefined || value === null ? value : { columns: { value } };
    };
  };
  const operandRead = (given: number | string): Read => {
    const reference = factOfOperand(given);
    return reference === null ? () => Number(given) : read(reference);
  };

  // By what they say: a reference that somebody makes for every finding must not be remembered for every finding.
  const reads = new Map<string, Read>();
  const read = (reference: FactRef): Read => {
    const { fact, params, path } = reference;
    const key = JSON.stringify([fact, params, path]);
    const known = reads.get(key);
    if (known !== undefined) return known;
    const made = compileRead(reference);
    reads.set(key, made);
    return made;
  };
  const compileRead = (reference: FactRef): Read => {
    const target = letEntryOf(reference, document.let) ?? reference;
    const plain = plainFact(target.fact);
    if (plain !== undefined) return plain.read;
    const around = related(target);
    if (around === null) throw new Error(`no fact named ${target.fact}`);
    const column = target.path?.slice(2);
    if (column === undefined) throw new Error(`${reference.fact} needs a path`);
    return (candidate) => {
      const value = around(candidate);
      return value === undefined || value === null ? value : (value.columns[column] ?? null);
    };
  };

  const cache = new Map<Condition, Decide>();
  const compiled = (condition: Condition): Decide => {
    const known = cache.get(condition);
    if (known !== undefined) return known;
    const decide = compileCondition(condition);
    cache.set(condition, decide);
    return decide;
  };
  const compileCondition = (condition: Condition): Decide => {
    if ('all' in condition) return every(condition.all.map(compiled));
    if ('any' in condition) return some(condition.any.map(compiled));
    if ('not' in condition) return negate(compiled(condition.not));
    const left = read(condition);
    const { operator, value } = condition;
    if (isFactRef(value)) {
      const right = read(value);
      return (candidate) => compare(operator, left(candidate), right(candidate));
    }
    const comparison = comparisonWith(operator, literalOf(document, value));
    return (candidate) => comparison(left(candidate));
  };

  /** Names what is unknown in a condition that is unknown. Compiled as the condition is: sources that leave something out leave it out always. */
  const naming = (condition: Condition): Naming => {
    if ('not' in condition) return naming(condition.not);
    if ('all' in condition || 'any' in condition) {
      const parts = ('all' in condition ? condition.all : condition.any).map(
        (part) => [compiled(part), naming(part)] as const,
      );
      return (candidate, found) => {
        for (const [decide, name] of parts) if (decide(candidate) === 'unknown') name(candidate, found);
      };
    }
    const reads = referencesIn(document, condition)
      .filter((reference) => !isCalc(document, reference))
      .map((reference) => [read(reference), nameOf(document, reference)] as const);
    return (candidate, found) => {
      for (const [value, name] of reads) if (value(candidate) === undefined) found.add(name);
    };
  };

  /** What can be said of a condition from the claim alone. */
  const guardOf = (part: Condition): Decide | null => {
    if (referencesIn(document, part).every((reference) => isOfClaim(document, reference)))
      return compiled(part);
    if ('all' in part || 'any' in part || 'not' in part || !isFactRef(part.value)) return null;
    // A comparison of something that is always stated with something absent is false.
    for (const [one, other] of [
      [part, part.value],
      [part.value, part],
    ] as const) {
      if (!isOfClaim(document, one) || !alwaysStated.has(other.fact)) continue;
      const value = read(one);
      return (candidate) => (value(candidate) === null ? 'no' : 'hit');
    }
    return null;
  };

  const decide = compiled(document.conditions);
  const { each } = document;
  if (each.unit === 'window' && each.except !== undefined)
    tables[each.except] = knowledge.tables.get(each.except)?.spec.sha256.slice(0, 12) ?? '';
  const nameUnknown = naming(document.conditions);
  const groupSizeMin = leastOf(document, 'group.count');
  for (const reference of stakeReferences(document)) read(reference);
  const evidenceReads = factReferences(document)
    .map((reference) => letEntryOf(reference, document.let) ?? reference)
    .flatMap((reference) => related(reference) ?? []);
  return {
    document,
    version: createHash('sha256').update(JSON.stringify(document)).digest('hex').slice(0, 12),
    tables,
    items: itemsOf(document, knowledge),
    kindBits: kindBitsOf(document),
    needsRepeats:
      groupSizeMin > 1 && document.each.unit === 'group' && document.each.group_by.includes('med_list_codg'),
    mayConcern: allowing(conjuncts(document.conditions).flatMap((part) => guardOf(part) ?? [])),
    groupSizeMin,
    window: windowLookOf(document, knowledge),
    windowLeast: {
      persons: leastOf(document, 'window.persons'),
      visits: leastOf(document, 'window.visits'),
      dayPersons: leastOf(document, 'window.day_persons'),
      dayVisits: leastOf(document, 'window.day_visits'),
    },
    decide: (candidate) => {
      if (candidate.missing.length === 0) return decide(candidate);
      // Of a window all that may be so was taken for so: what says no even then says no.
      return candidate.window !== undefined && decide(candidate) === 'no' ? 'no' : 'unknown';
    },
    missing: (candidate) => {
      if (candidate.missing.length > 0) return candidate.missing;
      const found = new Set<string>();
      nameUnknown(candidate, found);
      return [...found].sort();
    },
    read,
    message: compileMessage(document),
    evidence: (candidate) => [...new Set(evidenceReads)].flatMap((around) => around(candidate) ?? []),
  };
}

/** Several conditions ask the same of one candidate, one after the other. */
function rememberLast(read: RelatedRead): RelatedRead {
  let last: Candidate | null = null;
  let said: Related | null | undefined;
  return (candidate) => {
    if (candidate !== last) {
      said = read(candidate);
      last = candidate;
    }
    return said;
  };
}

const isCalc = (document: RuleDocument, reference: FactRef): boolean =>
  (letEntryOf(reference, document.let) ?? reference).fact === 'calc';

/** The conditions that must all hold. */
const conjuncts = (condition: Condition): readonly Condition[] =>
  'all' in condition ? condition.all : [condition];

/** Facts that say the same of every line and diagnosis of a claim; ages depend on the date of the line, and so do tables. */
function isOfClaim(document: RuleDocument, reference: FactRef): boolean {
  const target = letEntryOf(reference, document.let) ?? reference;
  const { fact } = target;
  if (fact === 'calc')
    return withOperands(document, reference)
      .slice(1)
      .every((operand) => isOfClaim(document, operand));
  if (fact === 'among') {
    const { within, key } = resolved(document, target);
    return within === 'claim' && key === undefined;
  }
  if (isRelated(fact)) return fact === 'claims' || fact === 'identity';
  const needs = plainFact(fact)?.needs;
  return (needs === 'claim' || needs === 'institution') && !fact.startsWith('person.age_');
}

/** Facts of a line that every claim states. */
const alwaysStated: ReadonlySet<string> = new Set([
  'line.feedetl_sn',
  'line.med_list_codg',
  'line.cnt',
  'line.pric',
  'line.amount',
  'line.fee_time',
  'line.fee_day',
]);

/** A guard that fails says nothing: the failure is found again, and reported, where the candidate is judged. */
function allowing(guards: readonly Decide[]): ((claim: Candidate) => boolean) | null {
  if (guards.length === 0) return null;
  return (claim) => {
    try {
      for (const guard of guards) if (guard(claim) === 'no') return false;
    } catch {
      return true;
    }
    return true;
  };
}

/** The least number of a fact that counts with which a rule can hit; 1 where its conditions do not say. */
function leastOf(document: RuleDocument, fact: string): number {
  let least = 1;
  for (const part of conjuncts(document.conditions)) {
    if ('all' in part || 'any' in part || 'not' in part || part.fact !== fact) continue;
    if (isFactRef(part.value)) continue;
    const value = literalOf(document, part.value);
    if (typeof value !== 'number') continue;
    if (part.operator === 'greaterThan') least = Math.max(least, Math.floor(value) + 1);
    else if (part.operator === 'greaterThanInclusive' || part.operator === 'equal')
      least = Math.max(least, Math.ceil(value));
  }
  return least;
}

/**
 * A comparison with a table row that does not exist is false; where such a comparison must hold for a hit, only items of the table
 * can hit, as where the item is compared with some. This spares the other lines – nearly all of them – any evaluation.
 */
function itemsOf(document: RuleDocument, knowledge: Knowledge): ReadonlySet<string> | null {
  const { each, conditions } = document;
  if (each.unit !== 'line' && each.unit !== 'group') return null;
  if (each.unit === 'group' && !each.group_by.includes('med_list_codg')) return null;
  const itemsOfCondition = (condition: Condition): ReadonlySet<string> | null => {
    if ('not' in condition) return null;
    if ('any' in condition) {
      const parts = condition.any.map(itemsOfCondition);
      return parts.every((part) => part !== null) ? new Set(parts.flatMap((part) => [...part])) : null;
    }
    if ('all' in condition) return firstOf(condition.all, itemsOfCondition);
    const named = itemsNamed(document, condition);
    if (named !== null) return named;
    return firstOf(referencesIn(document, condition), (reference) =>
      itemsOfTable(document, letEntryOf(reference, document.let) ?? reference, knowledge),
    );
  };
  return itemsOfCondition(conditions);
}

function itemsNamed(document: RuleDocument, { fact, operator, value }: Leaf): ReadonlySet<string> | null {
  if (isFactRef(value) || letEntryOf({ fact }, document.let) !== null || fact !== itemFact) return null;
  const literal = literalOf(document, value);
  if (operator === 'equal') return new Set(isList(literal) ? [] : [String(literal)]);
  return operator === 'in' && isList(literal) ? new Set(literal.map(String)) : null;
}

function firstOf<From, To>(all: readonly From[], find: (one: From) => To | null): To | null {
  for (const one of all) {
    const found = find(one);
    if (found !== null) return found;
  }
  return null;
}

function itemsOfTable(
  document: RuleDocument,
  reference: FactRef,
  knowledge: Knowledge,
): ReadonlySet<string> | null {
  const { table, key, mine } = resolved(document, reference);
  const source = typeof table === 'string' ? knowledge.tables.get(table) : undefined;
  if (source === undefined) return null;
  let column: string | undefined;
  if (reference.fact === 'lines' && typeof mine === 'string') column = mine;
  else if (reference.fact === 'coded' && key === itemFact && typeof mine === 'string') column = mine;
  else if (reference.fact === 'usage') [column] = source.spec.key;
  else if (reference.fact === 'table' && source.spec.match === 'exact')
    column = source.spec.key[[key].flat().indexOf(itemFact)];
  if (column === undefined) return null;
  const items = new Set(source.rows.map((row) => row.cells[column] ?? ''));
  return items.has('*') ? null : items;
}

function every(parts: readonly Decide[]): Decide {
  return (candidate) => {
    let outcome: Outcome = 'hit';
    for (const part of parts) {
      const one = part(candidate);
      if (one === 'no') return 'no';
      if (one === 'unknown') outcome = 'unknown';
    }
    return outcome;
  };
}

function some(parts: readonly Decide[]): Decide {
  return (candidate) => {
    let outcome: Outcome = 'no';
    for (const part of parts) {
      const one = part(candidate);
      if (one === 'hit') return 'hit';
      if (one === 'unknown') outcome = 'unknown';
    }
    return outcome;
  };
}

function negate(part: Decide): Decide {
  return (candidate) => {
    const outcome = part(candidate);
    return outcome === 'unknown' ? 'unknown' : outcome === 'hit' ? 'no' : 'hit';
  };
}

/** Every fact reference in the conditions, in authored order, each followed by what it is calculated from. */
export const factReferences = (document: RuleDocument): FactRef[] =>
  referencesIn(document, document.conditions);

/** The same of all that a finding says: conditions, the amount at stake and the message. */
export const allReferences = (document: RuleDocument): FactRef[] => [
  ...factReferences(document),
  ...[...stakeReferences(document), ...compileMessage(document).facts.map((fact) => ({ fact }))].flatMap(
    (reference) => withOperands(document, reference),
  ),
];

function referencesIn(document: RuleDocument, condition: Condition): FactRef[] {
  const references: FactRef[] = [];
  const walk = (part: Condition): void => {
    if ('all' in part) part.all.forEach(walk);
    else if ('any' in part) part.any.forEach(walk);
    else if ('not' in part) walk(part.not);
    else {
      references.push(...withOperands(document, part));
      if (isFactRef(part.value)) references.push(...withOperands(document, part.value));
    }
  };
  walk(condition);
  return references;
}

const stakeReferences = (document: RuleDocument): FactRef[] =>
  'limit' in document.stake ? [document.stake.limit] : [];

export const isFactRef = (value: Leaf['value']): value is FactRef =>
  typeof value === 'object' && !isList(value) && 'fact' in value;
export const isParamRef = (value: unknown): value is ParamRef =>
  typeof value === 'object' && value !== null && !isList(value) && 'param' in value;

function paramOf(document: RuleDocument, { param }: ParamRef): Scalar | readonly Scalar[] {
  const parameter = document.params[param];
  if (parameter === undefined) throw new Error(`no parameter named ${param}`);
  return parameter.value;
}

const literalOf = (
  document: RuleDocument,
  value: Exclude<Leaf['value'], FactRef>,
): Scalar | readonly Scalar[] => (isParamRef(value) ? paramOf(document, value) : value);

/** The arguments of a fact with parameters of the rule put in. */
export function resolved(
  document: RuleDocument,
  reference: FactRef,
): Record<string, Scalar | readonly Scalar[]> {
  return Object.fromEntries(
    Object.entries(reference.params ?? {}).map(([key, value]) => [key, literalOf(document, value)]),
  );
}

/** How a fact is named to people: `table(item-sex)` rather than the alias that the author chose. */
function nameOf(document: RuleDocument, reference: FactRef): string {
  const target = letEntryOf(reference, document.let) ?? reference;
  const table = target.params?.['table'];
  return typeof table === 'string' ? `${target.fact}(${table})` : target.fact;
}
