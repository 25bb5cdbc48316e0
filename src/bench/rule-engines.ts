/**
 * The same rules in four engines, each used as its users use it, built once. Conditions are translated mechanically from our documents,
 * which compare plain facts with literals and nothing else, so that every engine can say the same.
 */
import { Engine, type NestedCondition, type TopLevelCondition } from 'json-rules-engine';
import type { Condition, Leaf, RuleDocument } from '../rules/contract.ts';

/** Names of facts have dots, which some engines take for paths: `line.cnt` is `line_cnt` to all of them. */
export const flatName = (fact: string): string => fact.replace('.', '_');

/** What is known of a line, made outside the clock. */
export type FlatFacts = Readonly<Record<string, string | number | boolean>>;

/** Positions of the rules that hit. */
export type Judge = (facts: FlatFacts) => readonly number[] | Promise<readonly number[]>;

const literalOf = ({ value }: Leaf) => {
  if (typeof value === 'object' && !Array.isArray(value))
    throw new Error('rules of the benchmark compare with literals only');
  return value;
};

export function jsonRulesEngine(documents: readonly RuleDocument[]): Judge {
  const engine = new Engine();
  const translate = (condition: Condition): NestedCondition => {
    if ('all' in condition) return { all: condition.all.map(translate) };
    if ('any' in condition) return { any: condition.any.map(translate) };
    if ('not' in condition) return { not: translate(condition.not) };
    return { fact: flatName(condition.fact), operator: condition.operator, value: literalOf(condition) };
  };
  for (const [position, { conditions }] of documents.entries()) {
    const translated = translate(conditions);
    engine.addRule({
      conditions: isTop(translated) ? translated : { all: [translated] },
      event: { type: 'hit', params: { position } },
    });
  }
  return async (facts) => {
    const { events } = await engine.run(facts);
    return events.map(({ params }) => Number(params?.['position'])).sort((a, b) => a - b);
  };
}

const isTop = (condition: NestedCondition): condition is TopLevelCondition =>
  'all' in condition || 'any' in condition || 'not' in condition;

const symbols: Readonly<Partial<Record<Leaf['operator'], string>>> = {
  equal: '==',
  notEqual: '!=',
  lessThan: '<',
  lessThanInclusive: '<=',
  greaterThan: '>',
  greaterThanInclusive: '>=',
};

const symbolOf = (operator: Leaf['operator']): string => {
  const symbol = symbols[operator];
  if (symbol === undefined) throw new Error(`rules of the benchmark do not use ${operator}`);
  return symbol;
};

/** @throws when `npm ci` left out the packages for development */
export async function jsonLogicEngine(documents: readonly RuleDocument[]): Promise<Judge> {
  const { LogicEngine } = await import('json-logic-engine');
  const engine = new LogicEngine();
  const translate = (condition: Condition): object => {
    if ('all' in condition) return { and: condition.all.map(translate) };
    if ('any' in condition) return { or: condition.any.map(translate) };
    if ('not' in condition) return { '!': translate(condition.not) };
    const fact = { var: flatName(condition.fact) };
    const literal = literalOf(condition);
    if (condition.operator === 'in') return { in: [fact, literal] };
    if (condition.operator === 'notIn') return { '!': { in: [fact, literal] } };
    const symbol = symbolOf(condition.operator);
    return { [symbol === '==' ? '===' : symbol === '!=' ? '!==' : symbol]: [fact, literal] };
  };
  const built = documents.map(({ conditions }) => engine.build(translate(conditions)));
  return (facts) => built.flatMap((holds, position) => (holds(facts) === true ? [position] : []));
}

/** @throws when `npm ci` left out the packages for development */
export async function zenEngine(documents: readonly RuleDocument[]): Promise<Judge> {
  const { ZenEngine } = await import('@gorules/zen-engine');
  const translate = (condition: Condition): string => {
    if ('all' in condition) return `(${condition.all.map(translate).join(' and ')})`;
    if ('any' in condition) return `(${condition.any.map(translate).join(' or ')})`;
    if ('not' in condition) return `not(${translate(condition.not)})`;
    const name = flatName(condition.fact);
    const literal = JSON.stringify(literalOf(condition));
    if (condition.operator === 'in') return `(${name} in ${literal})`;
    if (condition.operator === 'notIn') return `(${name} not in ${literal})`;
    return `(${name} ${symbolOf(condition.operator)} ${literal})`;
  };
  const position = { x: 0, y: 0 };
  const expressions = documents.map(({ conditions }, at) => ({
    id: String(at),
    key: `r${at}`,
    value: translate(conditions),
  }));
  const decision = new ZenEngine().createDecision({
    nodes: [
      { id: 'in', type: 'inputNode', name: 'in', position },
      { id: 'rules', type: 'expressionNode', name: 'rules', position, content: { expressions } },
      { id: 'out', type: 'outputNode', name: 'out', position },
    ],
    edges: [
      { id: 'a', type: 'edge', sourceId: 'in', targetId: 'rules' },
      { id: 'b', type: 'edge', sourceId: 'rules', targetId: 'out' },
    ],
  });
  return async (facts) => {
    const { result } = await decision.evaluate(facts);
    return documents.flatMap((_, at) => (result[`r${at}`] === true ? [at] : []));
  };
}
