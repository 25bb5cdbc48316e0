/** What a schema cannot say of a rule document: that its facts, tables, columns, parameters and placeholders exist and fit together. */
import type { Message } from '../claims/contract.ts';
import type { Knowledge } from '../knowledge/table.ts';
import { isFactRef, resolved } from './compile.ts';
import { type Condition, conditionDepthMax, type FactRef, type Leaf, type RuleDocument } from './contract.ts';
import { type FactType, plainFacts } from './facts.ts';
import { placeholdersOf } from './message.ts';
import { isRelated, relatedColumns, relatedParams } from './related.ts';
import { never } from './value.ts';

export interface LintIssue {
  readonly path: string;
  readonly message: Message;
}

/** All faults of a document that fits the schema; empty when it can be compiled. */
export function lintRule(document: RuleDocument, knowledge: Knowledge): LintIssue[] {
  const issues: LintIssue[] = [];
  const report = (path: string, zh: string, en: string): void => {
    issues.push({ path, message: { zh, en } });
  };

  const typeOf = (reference: FactRef, path: string, depth = 0): FactType | null => {
    const alias = document.let[reference.fact];
    if (alias !== undefined && depth === 0)
      return typeOf(reference.path === undefined ? alias : { ...alias, path: reference.path }, path, 1);
    const plain = plainFacts[reference.fact];
    if (plain !== undefined) {
      if (!availableIn(plain.needs, document.each.unit))
        report(path, `事实 ${reference.fact} 在 ${document.each.unit} 单元中不存在`, `${reference.fact} does not exist in unit ${document.each.unit}`);
      if (reference.path !== undefined || reference.params !== undefined)
        report(path, `事实 ${reference.fact} 不带 params 和 path`, `${reference.fact} takes no params and no path`);
      return plain.type;
    }
    if (!isRelated(reference.fact)) {
      report(path, `没有名为 ${reference.fact} 的事实`, `there is no fact named ${reference.fact}`);
      return null;
    }
    return relatedType(reference, reference.fact, path);
  };

  const relatedType = (reference: FactRef, fact: keyof typeof relatedParams, path: string): FactType | null => {
    for (const [key, value] of Object.entries(reference.params ?? {}))
      if (typeof value === 'object' && 'param' in value && document.params[value.param] === undefined) {
        report(`${path}.params.${key}`, `没有名为 ${value.param} 的参数`, `there is no parameter named ${value.param}`);
        return null;
      }
    const params = resolved(document, reference);
    const parsed = relatedParams[fact].safeParse(params);
    if (!parsed.success) {
      for (const found of parsed.error.issues)
        report(`${path}.params.${found.path.join('.')}`, `参数不符：${found.message}`, found.message);
      return null;
    }
    const table = params['table'];
    const source = typeof table === 'string' ? knowledge.tables.get(table) : undefined;
    if (typeof table === 'string' && source === undefined) {
      report(`${path}.params.table`, `没有名为 ${table} 的知识表`, `there is no knowledge table named ${table}`);
      return null;
    }
    for (const end of ['mine', 'theirs']) {
      const named = params[end];
      if (typeof named === 'string' && source?.spec.columns[named] === undefined)
        report(`${path}.params.${end}`, `知识表没有列 ${named}`, `the table has no column ${named}`);
    }
    if (fact === 'table' && source !== undefined && [params['key']].flat().length !== source.spec.key.length)
      report(`${path}.params.key`, `该表的键有 ${source.spec.key.length} 列`, `the key of this table has ${source.spec.key.length} columns`);
    const column = reference.path?.slice(2);
    if (column === undefined) {
      report(path, `事实 ${fact} 需要 path 指明列`, `${fact} needs a path that names a column`);
      return null;
    }
    if (fact === 'table') {
      const kind = source?.spec.columns[column];
      if (kind === undefined) {
        report(`${path}.path`, `知识表没有列 ${column}`, `the table has no column ${column}`);
        return null;
      }
      return kind === 'decimal' || kind === 'int' ? 'number' : kind === 'date' ? 'date' : 'text';
    }
    const columns: Readonly<Record<string, string>> = relatedColumns[fact];
    if (columns[column] === undefined) {
      report(`${path}.path`, `事实 ${fact} 没有列 ${column}`, `${fact} has no column ${column}`);
      return null;
    }
    return numericColumns.has(column) ? 'number' : 'text';
  };

  const walk = (condition: Condition, path: string, depth: number): void => {
    if (depth > conditionDepthMax) {
      report(path, `条件嵌套超过 ${conditionDepthMax} 层`, `conditions are nested deeper than ${conditionDepthMax}`);
      return;
    }
    if ('all' in condition) condition.all.forEach((part, index) => walk(part, `${path}.all[${index}]`, depth + 1));
    else if ('any' in condition) condition.any.forEach((part, index) => walk(part, `${path}.any[${index}]`, depth + 1));
    else if ('not' in condition) walk(condition.not, `${path}.not`, depth + 1);
    else leaf(condition, path);
  };

  const leaf = (condition: Leaf, path: string): void => {
    const left = typeOf(condition, path);
    const right = rightType(condition, path);
    if (left === null || right === null) return;
    const wanted = expectedTypes(condition.operator, left);
    if (wanted === null)
      report(path, `运算符 ${condition.operator} 不适用于 ${left}`, `${condition.operator} does not apply to ${left}`);
    else if (!wanted.includes(right))
      report(`${path}.value`, `应为 ${wanted.join('/')}，实为 ${right}`, `expected ${wanted.join('/')}, got ${right}`);
  };

  const rightType = (condition: Leaf, path: string): FactType | null => {
    const { value } = condition;
    if (isFactRef(value)) return typeOf(value, `${path}.value`);
    let literal: unknown = value;
    if (typeof value === 'object' && 'param' in value) {
      const parameter = document.params[value.param];
      if (parameter === undefined) {
        report(`${path}.value`, `没有名为 ${value.param} 的参数`, `there is no parameter named ${value.param}`);
        return null;
      }
      literal = parameter.value;
    }
    if (Array.isArray(literal)) return 'list';
    return typeof literal === 'number' ? 'number' : typeof literal === 'boolean' ? 'boolean' : 'text';
  };

  for (const [alias, reference] of Object.entries(document.let)) {
    if (alias in plainFacts || isRelated(alias))
      report(`$.let.${alias}`, '名称已被事实占用', 'this name is a fact already');
    typeOf(reference, `$.let.${alias}`, 1);
  }
  walk(document.conditions, '$.conditions', 1);
  if ('limit' in document.stake && typeOf(document.stake.limit, '$.stake.limit') !== 'number')
    report('$.stake.limit', '上限必须是数值', 'the limit must be a number');
  if (!stakeFits(document)) report('$.stake', `${document.stake.of} 不适用于 ${document.each.unit}`, `${document.stake.of} does not apply to unit ${document.each.unit}`);
  for (const language of ['zh', 'en'] as const)
    for (const placeholder of placeholdersOf(document.message[language]))
      if (document.let[placeholder] === undefined) {
        if (plainFacts[placeholder] === undefined)
          report(`$.message.${language}`, `占位符 {${placeholder}} 没有对应的事实`, `nothing is named {${placeholder}}`);
        else typeOf({ fact: placeholder }, `$.message.${language}`);
      }
  if (document.category === '医疗类' && document.verdict === '违规')
    report('$.verdict', '医疗类规则只能判为可疑或提示，须经医学复核', 'medical rules give 可疑 or 提示: they need a medical reviewer');
  if (document.effective.to !== null && document.effective.to <= document.effective.from)
    report('$.effective.to', '终止日期须晚于起始日期', 'must be later than `from`');
  return issues;
}

const numericColumns = new Set(['count', 'cnt', 'amount', 'gap_days', 'nights', 'persons', 'institutions', 'checks', 'passed', 'best_score']);

function availableIn(needs: 'claim' | 'line' | 'group' | 'diagnosis', unit: RuleDocument['each']['unit']): boolean {
  if (needs === 'claim') return true;
  if (needs === 'line') return unit === 'line' || unit === 'group';
  return needs === unit;
}

function stakeFits(document: RuleDocument): boolean {
  const { unit } = document.each;
  switch (document.stake.of) {
    case 'none':
    case 'claim':
      return true;
    case 'lines':
      return unit === 'line' || unit === 'group';
    case 'excess_price':
      return unit === 'line';
    case 'lines_but_first':
    case 'excess_cnt':
      return unit === 'group';
    default:
      return never(document.stake);
  }
}

/** Types that may stand on the right of an operator for a type on its left; `null` when the operator does not fit the left side. */
function expectedTypes(operator: Leaf['operator'], left: FactType): readonly FactType[] | null {
  const plain = left === 'list' ? null : left;
  switch (operator) {
    case 'equal':
    case 'notEqual':
      return plain === null ? null : plain === 'date' || plain === 'time' ? ['date', 'time', 'text'] : [plain];
    case 'lessThan':
    case 'lessThanInclusive':
    case 'greaterThan':
    case 'greaterThanInclusive':
      return left === 'number' ? ['number'] : null;
    case 'in':
    case 'notIn':
      return plain === null ? null : ['list'];
    case 'contains':
    case 'doesNotContain':
      return left === 'list' ? ['text', 'number'] : null;
    case 'before':
    case 'notBefore':
    case 'after':
    case 'notAfter':
      return left === 'date' || left === 'time' ? ['date', 'time', 'text'] : null;
    case 'startsWithAny':
      return left === 'text' || left === 'list' ? ['list'] : null;
    default:
      return never(operator);
  }
}
