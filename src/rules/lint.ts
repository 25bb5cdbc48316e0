/** What a schema cannot say of a rule document: that its facts, tables, columns, parameters and placeholders exist and fit together. */
import { dayOf, secondOf } from '../platform/civil.ts';
import { hasCodeNames } from '../claims/codes-contract.ts';
import type { Message } from '../claims/contract.ts';
import type { ColumnKind } from '../knowledge/contract.ts';
import type { Knowledge } from '../knowledge/table.ts';
import { countText } from '../platform/fill-contract.ts';
import { calcDepthMax, calcParams, isTooDeep } from './calc.ts';
import { factReferences, isFactRef, isParamRef, resolved } from './compile.ts';
import { contradictionsOf } from './contradictions.ts';
import {
  type Condition,
  conditionDepthMax,
  type FactRef,
  fieldOf,
  type Leaf,
  letEntryOf,
  operators,
  type ParamRef,
  type RuleDocument,
  windowDaysMax,
  windowMinutesMax,
} from './contract.ts';
import { type FactType, type PlainFact, plainFact, plainFacts } from './facts.ts';
import { type Placeholder, placeholdersOf } from './message.ts';
import { hintOf, nearest } from './nearest.ts';
import { argumentUnits, isRelated, type RelatedName, relatedColumns, relatedParams } from './related.ts';
import { factHint, schemaFaults } from './schema-fault.ts';
import { never } from './value.ts';
import type { WindowUnit } from './window.ts';

export interface LintIssue {
  readonly path: string;
  readonly message: Message;
  /** What may have been meant, or what there is instead. */
  readonly hint?: Message;
}

/** All faults of a document that fits the schema; empty when it can be compiled. */
export function lintRule(document: RuleDocument, knowledge: Knowledge): LintIssue[] {
  const issues: LintIssue[] = [];
  const report = (path: string, zh: string, en: string, hint: Message | null = null): void => {
    issues.push({ path, message: { zh, en }, ...(hint === null ? {} : { hint }) });
  };

  const { each } = document;
  // Claims of a person touch each other by their days: a group without one would reach over a whole life.
  if (each.unit === 'group' && each.over === 'person' && !each.group_by.includes('fee_day'))
    report('$.each.group_by', '跨结算单分组须包含 fee_day', 'groups over a person must contain fee_day');

  /** Entries of `let` of which faults were told where they stand: every use of them would tell the same again. */
  const broken = new Set<string>();
  /** @param at where the name of the fact stands */
  const typeOf = (reference: FactRef, path: string, at = `${path}.fact`): FactType | null => {
    const entry = letEntryOf(reference, document.let);
    if (entry !== null) {
      if (broken.has(entry.name)) return null;
      if (reference.params !== undefined)
        report(
          `${path}.params`,
          `${entry.name} 的参数写在 let 中`,
          `the arguments of ${entry.name} stand in let`,
        );
      return targetType(entry, path, reference.path === undefined ? at : `${path}.path`, at);
    }
    return targetType(reference, path, `${path}.path`, at);
  };

  /** @param columnAt where its column is named */
  const targetType = (target: FactRef, path: string, columnAt: string, at: string): FactType | null => {
    const { fact } = target;
    const plain = plainFact(fact);
    if (plain !== undefined) {
      needs(plain.needs, fact, at);
      if (target.path !== undefined || target.params !== undefined)
        report(path, `事实 ${fact} 不带 params 和 path`, `${fact} takes no params and no path`);
      return plain.type;
    }
    if (!isRelated(fact)) {
      const names = Object.keys(document.let);
      report(
        at,
        `没有名为 ${fact} 的事实`,
        `there is no fact named ${fact}`,
        factHint(fact) ?? hintOf(fact, [...names, ...Object.keys(relatedParams)]) ?? columnHint(fact),
      );
      return null;
    }
    if ((document.each.unit === 'window') !== (fact === 'work') && !isOfAnyUnit.has(fact)) {
      report(
        at,
        `事实 ${fact} 在 ${document.each.unit} 单元中不存在`,
        `${fact} does not exist in unit ${document.each.unit}`,
      );
      return null;
    }
    if (!argumentsFit(target, fact, path, at)) return null;
    const column = target.path?.slice(2);
    if (column === undefined) {
      report(
        path,
        `事实 ${fact} 需要 path 指明列`,
        `${fact} needs a path that names a column`,
        columnsOf(target, fact),
      );
      return null;
    }
    return columnType(target, fact, column, columnAt);
  };

  const needs = (unit: PlainFact['needs'], fact: string, path: string): void => {
    if (!availableIn(unit, document.each.unit))
      report(
        path,
        `事实 ${fact} 在 ${document.each.unit} 单元中不存在`,
        `${fact} does not exist in unit ${document.each.unit}`,
        {
          zh: `它用于判断单元 ${unitsWith(unit).join('、')}`,
          en: `it exists in unit ${unitsWith(unit).join(', ')}`,
        },
      );
  };

  /** Arguments, tables and the columns they name; a wrong one makes the fact meaningless. */
  const argumentsFit = (target: FactRef, fact: RelatedName, path: string, at: string): boolean => {
    const before = issues.length;
    for (const [key, value] of Object.entries(target.params ?? {}))
      if (typeof value === 'object' && 'param' in value && own(document.params, value.param) === undefined)
        report(
          `${path}.params.${key}`,
          `没有名为 ${value.param} 的参数`,
          `there is no parameter named ${value.param}`,
          hintOf(value.param, Object.keys(document.params), true),
        );
    if (issues.length > before) return false;
    const params = resolved(document, target);
    const parsed = relatedParams[fact].safeParse(params);
    if (!parsed.success) {
      const known = Object.keys(relatedParams[fact].shape);
      for (const found of schemaFaults(parsed.error, params, known, `${path}.params`))
        report(found.path, found.message.zh, found.message.en);
      return false;
    }
    if (
      fact === 'lines' ||
      fact === 'sales' ||
      fact === 'usage' ||
      (fact === 'among' && params['within'] !== 'claim')
    )
      needs('line', fact, at);
    if (fact === 'lines') visitFits(params, path);
    for (const name of ['days', 'minutes'] as const) {
      const given = target.params?.[name];
      if (given !== undefined && isParamRef(given))
        unitFits(given, argumentUnits[name], `${path}.params.${name}`);
    }
    const inner =
      fact === 'stated' ? params['fact'] : fact === 'coded' || fact === 'among' ? params['key'] : undefined;
    const innerFact = typeof inner === 'string' ? plainFact(inner) : undefined;
    if (innerFact !== undefined) needs(innerFact.needs, String(inner), `${path}.params`);
    if (fact === 'calc') operandsFit(target, path);
    const table = params['table'];
    if (typeof table !== 'string') return issues.length === before;
    const source = knowledge.tables.get(table);
    if (source === undefined) {
      report(
        `${path}.params.table`,
        `没有名为 ${table} 的知识表`,
        `there is no knowledge table named ${table}`,
        hintOf(table, [...knowledge.tables.keys()]),
      );
      return false;
    }
    for (const end of ['mine', 'theirs', 'minutes']) {
      const named = params[end];
      if (typeof named === 'string' && own(source.spec.columns, named) === undefined)
        report(
          `${path}.params.${end}`,
          `知识表没有列 ${named}`,
          `the table has no column ${named}`,
          hintOf(named, Object.keys(source.spec.columns), true),
        );
    }
    if (fact === 'table') {
      const keys = [params['key']].flat();
      if (keys.length !== source.spec.key.length)
        report(
          `${path}.params.key`,
          `该表的键有 ${source.spec.key.length} 列`,
          `the key of this table has ${countText(source.spec.key.length, 'column')}`,
          {
            zh: `依次为 ${source.spec.key.join('、')}，每列写一个事实`,
            en: `${source.spec.key.join(', ')}: one fact for each`,
          },
        );
      for (const key of keys) {
        const plain = typeof key === 'string' ? plainFact(key) : undefined;
        if (plain !== undefined) needs(plain.needs, String(key), `${path}.params.key`);
      }
    }
    return issues.length === before;
  };

  /** Lines of one visit may stand on several settlements: how far apart is said, and that they are looked for there. */
  const visitFits = (params: Readonly<Record<string, unknown>>, path: string): void => {
    const isOfVisit = params['within'] === 'visit';
    if (isOfVisit !== (params['days'] !== undefined))
      report(
        `${path}.params.days`,
        isOfVisit
          ? 'within 为 visit 时须写 days（两条明细相隔不超过的天数）'
          : 'days 只用于 within 为 visit 时',
        isOfVisit
          ? 'within visit needs days: how many days lie between the lines at most'
          : 'days goes with within visit only',
      );
    if (isOfVisit && params['over'] !== 'person')
      report(
        `${path}.params.over`,
        'within 为 visit 时 over 应为 person；只看本结算单请写 within 为 claim',
        'within visit goes with over person; for this claim alone, write within claim',
      );
  };

  /** A number of months is taken for so many days where days are asked for. */
  const unitFits = (given: ParamRef, wanted: readonly string[], path: string): void => {
    const unit = unitOfParam(given);
    if (unit !== undefined && !wanted.includes(unit))
      report(
        path,
        `单位不一致：这里以${wanted[0]}计，参数 ${given.param} 的单位是${unit}`,
        `units differ: this is in ${wanted[0]}, the parameter ${given.param} in ${unit}`,
      );
  };

  /** Operands are numbers, or two dates of which one is taken from the other. */
  const operandsFit = (target: FactRef, path: string): void => {
    const { do: calculation, ...operands } = calcParams.parse(resolved(document, target));
    if (isTooDeep(document, target)) {
      report(
        `${path}.params`,
        `计算最多嵌套 ${calcDepthMax} 层，也不能绕回自身`,
        `calculations stand on at most ${calcDepthMax - 1} others, and never on themselves`,
      );
      return;
    }
    const types = (['left', 'right'] as const).map((side) => {
      const given = operands[side];
      const at = `${path}.params.${side}`;
      const isNamed = typeof target.params?.[side] === 'string';
      const type = typeof given === 'number' ? 'number' : isNamed ? typeOf({ fact: given }, at, at) : 'text';
      const wanted: FactType[] = calculation === 'minus' ? ['number', 'date'] : ['number'];
      if (type !== null && !wanted.includes(type))
        report(
          at,
          `应为${inChinese(wanted)}，实为${inChinese([type])}`,
          `expected ${wanted.join('/')}, got ${type}`,
        );
      return type;
    });
    const [left, right] = types;
    if (left !== right && types.includes('date') && !types.includes(null))
      report(`${path}.params`, '日期只能与日期相减', 'only a date can be taken from a date');
    if (calculation === 'times' || calculation === 'divided_by') return;
    const [mine, theirs] = [unitOfOperand(target, 'left'), unitOfOperand(target, 'right')];
    if (unitsDiffer(mine, theirs))
      report(`${path}.params`, `单位不一致：${mine} 与 ${theirs}`, `units differ: ${mine} and ${theirs}`);
  };

  /** The columns that a fact has, for those who named another. */
  const columnsOf = (target: FactRef, fact: RelatedName, column = ''): Message | null => {
    const table = target.params?.['table'];
    const columns =
      fact !== 'table'
        ? relatedColumns[fact]
        : typeof table === 'string'
          ? (knowledge.tables.get(table)?.spec.columns ?? {})
          : {};
    return hintOf(column, Object.keys(columns), true);
  };

  /** `limt.pric_max`: a name of `let` that was mistyped before its column. */
  const columnHint = (fact: string): Message | null => {
    const [name = '', column] = fact.split('.');
    const near = column === undefined ? null : nearest(name, Object.keys(document.let));
    return near === null
      ? null
      : { zh: `是否应为 ${near}.${column}？`, en: `did you mean ${near}.${column}?` };
  };

  const columnType = (target: FactRef, fact: RelatedName, column: string, path: string): FactType | null => {
    if (fact === 'table') {
      const table = target.params?.['table'];
      const source = typeof table === 'string' ? knowledge.tables.get(table) : undefined;
      const kind = source === undefined ? undefined : own(source.spec.columns, column);
      if (kind === undefined) {
        report(
          path,
          `知识表没有列 ${column}`,
          `the table has no column ${column}`,
          columnsOf(target, fact, column),
        );
        return null;
      }
      return columnTypes[kind];
    }
    if (own<string>(relatedColumns[fact], column) === undefined) {
      report(
        path,
        `事实 ${fact} 没有列 ${column}`,
        `${fact} has no column ${column}`,
        columnsOf(target, fact, column),
      );
      return null;
    }
    if (column === 'yes') return 'boolean';
    if (numericColumns.has(column)) return 'number';
    return dateColumns.has(column) ? 'date' : timeColumns.has(column) ? 'time' : 'text';
  };

  const walk = (condition: Condition, path: string, depth: number): void => {
    if (depth > conditionDepthMax) {
      report(
        path,
        `条件嵌套超过 ${conditionDepthMax} 层`,
        `conditions are nested deeper than ${conditionDepthMax}`,
      );
      return;
    }
    if ('all' in condition)
      condition.all.forEach((part, index) => walk(part, `${path}.all[${index}]`, depth + 1));
    else if ('any' in condition)
      condition.any.forEach((part, index) => walk(part, `${path}.any[${index}]`, depth + 1));
    else if ('not' in condition) walk(condition.not, `${path}.not`, depth + 1);
    else leaf(condition, path);
  };

  const leaf = (condition: Leaf, path: string): void => {
    const { operator, value } = condition;
    const left = typeOf(condition, path);
    const literal = isFactRef(value) ? undefined : literalOf(value, `${path}.value`);
    const right = isFactRef(value) ? typeOf(value, `${path}.value`) : literalType(literal);
    if (left === null || right === null) return;
    const wanted = expectedTypes(operator, left);
    if (wanted === null)
      report(
        `${path}.operator`,
        `运算符 ${operator} 不适用于${inChinese([left])}`,
        `${operator} does not apply to ${left}`,
        operatorsFor(left),
      );
    else if (!wanted.includes(right))
      report(
        `${path}.value`,
        `应为${inChinese(wanted)}，实为${inChinese([right])}`,
        `expected ${wanted.join('/')}, got ${right}`,
        quotesHint(wanted, literal),
      );
    else if (literal !== undefined) literalFits(left, operator, literal, `${path}.value`);
    const units = [unitOf(condition), isFactRef(value) ? unitOf(value) : unitOfParam(value)];
    const [mine, theirs] = units;
    if (unitsDiffer(mine, theirs))
      report(`${path}.value`, `单位不一致：${mine} 与 ${theirs}`, `units differ: ${mine} and ${theirs}`);
  };

  /** Absent where there is none: numbers without a unit compare with anything. */
  const unitOf = (reference: FactRef): string | undefined => {
    const target = letEntryOf(reference, document.let) ?? reference;
    const { fact, path } = target;
    const plain = plainFact(fact);
    if (plain !== undefined) return plain.unit === '' ? undefined : plain.unit;
    if (fact === 'calc') return isTooDeep(document, target) ? undefined : unitOfCalc(target);
    const columns: Readonly<Record<string, string>> =
      isRelated(fact) && fact !== 'table' ? relatedColumns[fact] : {};
    const unit = own(columns, path?.slice(2) ?? '');
    return unit === '' ? undefined : unit;
  };
  /** A product or a quotient has a unit only where the other side is a bare number; days lie between dates. */
  const unitOfCalc = (target: FactRef): string | undefined => {
    const { do: calculation } = target.params ?? {};
    const [left, right] = [unitOfOperand(target, 'left'), unitOfOperand(target, 'right')];
    if (calculation === 'divided_by') return right === undefined ? left : undefined;
    if (calculation === 'times' && left !== undefined && right !== undefined) return undefined;
    return left ?? right;
  };
  const unitOfOperand = (target: FactRef, side: 'left' | 'right'): string | undefined => {
    const given = target.params?.[side];
    if (typeof given === 'string') return unitOf({ fact: given });
    return given !== undefined && isParamRef(given) ? unitOfParam(given) : undefined;
  };
  const unitOfParam = (value: Exclude<Leaf['value'], FactRef>): string | undefined => {
    if (typeof value !== 'object' || !('param' in value)) return undefined;
    const unit = own(document.params, value.param)?.unit;
    return unit === '—' || unit === '' ? undefined : unit;
  };

  const literalOf = (value: Exclude<Leaf['value'], FactRef>, path: string): unknown => {
    if (typeof value !== 'object' || !('param' in value)) return value;
    const parameter = own(document.params, value.param);
    if (parameter === undefined)
      report(
        path,
        `没有名为 ${value.param} 的参数`,
        `there is no parameter named ${value.param}`,
        hintOf(value.param, Object.keys(document.params), true),
      );
    return parameter?.value;
  };

  /** A literal of the right type can still be one that no value of the fact ever equals. */
  const literalFits = (left: FactType, operator: Leaf['operator'], literal: unknown, path: string): void => {
    const items: readonly unknown[] = Array.isArray(literal) ? literal : [literal];
    const wanted = left === 'number' || left === 'boolean' ? left : 'string';
    const anyScalar = left === 'list' && operator !== 'startsWithAny';
    const strange = items.find((item) => !anyScalar && typeof item !== wanted);
    if (strange !== undefined)
      report(
        path,
        `列表中的 ${JSON.stringify(strange)} 与${inChinese([left])}类型不符`,
        `${JSON.stringify(strange)} in the list is not of type ${left}`,
      );
    else if (left === 'date' || left === 'time')
      for (const item of items)
        if (typeof item === 'string' && !isMoment(item, left))
          report(
            path,
            left === 'date' ? '日期应写作 yyyy-MM-dd' : '时间应写作 yyyy-MM-dd HH:mm:ss',
            left === 'date' ? 'a date is written yyyy-MM-dd' : 'a time is written yyyy-MM-dd HH:mm:ss',
          );
  };

  const formFits = ({ fact, form }: Placeholder, path: string): void => {
    if (form === undefined) return;
    const field = fieldOf(letEntryOf({ fact }, document.let) ?? { fact });
    if (form !== 'name')
      report(
        path,
        `占位符 {${fact}:${form}} 应为 {${fact}}（值）或 {${fact}:name}（代码的名称）`,
        `{${fact}:${form}} should be {${fact}}, the value, or {${fact}:name}, the name of its code`,
      );
    else if (!hasCodeNames(field))
      report(
        path,
        `占位符 {${fact}:name} 应为有代码表的事实或列（如 ${namedFacts.join('、')}），${field} 没有代码表；显示原值请写 {${fact}}`,
        `{${fact}:name} should be a fact or column that has a code list (such as ${namedFacts.join(', ')}), and ${field} has none; ` +
          `{${fact}} shows the value`,
      );
  };

  if (each.unit === 'window') {
    windowFits(document, each, knowledge, report);
    for (const name of ['days', 'minutes', 'times'] as const) {
      const given = each[name];
      if (typeof given === 'object') unitFits(given, argumentUnits[name], `$.each.${name}`);
    }
  }
  for (const [name, entry] of Object.entries(document.let)) {
    const path = `$.let.${name}`;
    if (reservedNames.has(name) || isRelated(name))
      report(path, '名称已被占用', 'this name is taken already');
    const faults = issues.length;
    if (entry.path === undefined && isRelated(entry.fact))
      argumentsFit(entry, entry.fact, path, `${path}.fact`);
    else targetType(entry, path, `${path}.path`, `${path}.fact`);
    if (issues.length > faults) broken.add(name);
  }
  const before = issues.length;
  walk(document.conditions, '$.conditions', 1);
  // Of comparisons that do not fit their facts nothing more is to be said.
  const contradictions = issues.length === before ? contradictionsOf(document) : [];
  for (const { path, kind, fact, why } of contradictions) {
    if (why !== null && kind === 'never')
      report(path, `这个比较永远不成立：${why.zh}`, `this can never hold: ${why.en}`);
    else if (why !== null)
      report(path, `这个比较永远成立，等于没有写：${why.zh}`, `this always holds: ${why.en}`);
    else if (kind === 'never')
      report(
        path,
        `对 ${fact} 的几个比较不可能同时成立，规则永远不命中`,
        `no value of ${fact} fits all of these`,
      );
    else
      report(
        path,
        `对 ${fact} 的几个比较总有一个成立，等于没有条件`,
        `every value of ${fact} fits one of these`,
      );
  }
  for (const table of unusedTables(document, knowledge))
    report(
      '$.effective',
      `知识表 ${table} 在规则生效期间没有任何有效行`,
      `the table ${table} has no row in force while the rule is`,
    );
  if ('limit' in document.stake) {
    const type = typeOf(document.stake.limit, '$.stake.limit');
    if (type !== null && type !== 'number')
      report('$.stake.limit', '上限必须是数值', 'the limit must be a number');
    // Quantities are in whatever an item is counted in, and never in money.
    const unit = unitOf(document.stake.limit);
    const isMoney = document.stake.of !== 'excess_cnt';
    if (type === 'number' && unit !== undefined && (unit === '元') !== isMoney)
      report(
        '$.stake.limit',
        isMoney
          ? `单位不一致：${document.stake.of} 的上限以元计，实为${unit}`
          : '单位不一致：excess_cnt 的上限是数量，不是元',
        isMoney
          ? `units differ: the limit of ${document.stake.of} is in 元, not ${unit}`
          : 'units differ: the limit of excess_cnt is a quantity, not 元',
      );
  }
  if (!stakeFits(document))
    report(
      '$.stake',
      `${document.stake.of} 不适用于 ${document.each.unit}`,
      `${document.stake.of} does not apply to unit ${document.each.unit}`,
    );
  for (const language of ['zh', 'en'] as const)
    for (const placeholder of placeholdersOf(document.message[language])) {
      const { fact } = placeholder;
      const path = `$.message.${language}`;
      if (letEntryOf({ fact }, document.let) === null && plainFact(fact) === undefined)
        report(
          path,
          `占位符 {${fact}} 没有对应的事实`,
          `nothing is named {${fact}}`,
          factHint(fact) ?? hintOf(fact, Object.keys(document.let)) ?? columnHint(fact),
        );
      else if (typeOf({ fact }, path, path) !== null) formFits(placeholder, path);
    }
  if (document.category === '医疗类' && document.verdict === '违规')
    report(
      '$.verdict',
      '医疗类规则只能判为可疑或提示，须经医学复核',
      'medical rules give 可疑 or 提示: they need a medical reviewer',
    );
  for (const end of ['from', 'to'] as const) {
    const day = document.effective[end];
    if (day !== null && dayOf(day) === null)
      report(`$.effective.${end}`, '日历上没有这一天', 'there is no such day in the calendar');
  }
  if (document.effective.to !== null && document.effective.to <= document.effective.from)
    report('$.effective.to', '终止日期须晚于起始日期', 'must be later than `from`');
  return issues;
}

const namedFacts: readonly string[] = Object.keys(plainFacts).filter((fact) =>
  hasCodeNames(fieldOf({ fact })),
);

/** Facts with arguments that say something in windows and elsewhere. */
const isOfAnyUnit: ReadonlySet<RelatedName> = new Set(['table', 'stated', 'calc']);

function windowFits(
  document: RuleDocument,
  each: WindowUnit,
  { tables }: Knowledge,
  report: (path: string, zh: string, en: string) => void,
): void {
  const number = (name: 'days' | 'minutes' | 'times', most: number): void => {
    const given = each[name];
    if (typeof given !== 'object') return;
    const value = own(document.params, given.param)?.value;
    if (value === undefined)
      report(
        `$.each.${name}`,
        `没有名为 ${given.param} 的参数`,
        `there is no parameter named ${given.param}`,
      );
    else if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > most)
      report(`$.each.${name}`, `应为 1 至 ${most} 的整数`, `must be a whole number from 1 to ${most}`);
  };
  number('days', windowDaysMax);
  number('times', windowDaysMax);
  number('minutes', windowMinutesMax);
  for (const name of ['minutes', 'times'] as const)
    if ((each.sets === 'together') !== (each[name] !== undefined))
      report(
        `$.each.${name}`,
        each.sets === 'together' ? `sets 为 together 时须写 ${name}` : `只有 sets 为 together 时才写 ${name}`,
        each.sets === 'together' ? `together needs ${name}` : `${name} is for together alone`,
      );
  if (each.except !== undefined && !tables.has(each.except))
    report(
      '$.each.except',
      `没有名为 ${each.except} 的知识表`,
      `there is no knowledge table named ${each.except}`,
    );
}

/** Tables that the rule consults and that say nothing on any day on which it holds. */
function unusedTables(document: RuleDocument, { tables }: Knowledge): string[] {
  const from = dayOf(document.effective.from) ?? Number.NEGATIVE_INFINITY;
  const to = document.effective.to === null ? null : dayOf(document.effective.to);
  const { each } = document;
  const names = [
    ...(each.unit === 'window' && each.except !== undefined ? [each.except] : []),
    ...[...factReferences(document), ...Object.values(document.let)].flatMap(({ params }) =>
      typeof params?.['table'] === 'string' ? [params['table']] : [],
    ),
  ];
  return [...new Set(names)].filter((name) =>
    tables
      .get(name)
      ?.rows.every((row) => (row.to !== null && row.to <= from) || (to !== null && row.from >= to)),
  );
}

/** First parts of the names of plain facts, which `name.column` must not hide, and the name under which a candidate is handed over. */
const reservedNames: ReadonlySet<string> = new Set([
  'claim',
  'person',
  'line',
  'group',
  'diagnosis',
  'window',
  'candidate',
  'constructor',
]);

const numericColumns: ReadonlySet<string> = new Set([
  'value',
  'count',
  'cnt',
  'amount',
  'gap_days',
  'nights',
  'persons',
  'institutions',
  'checks',
  'passed',
  'best_score',
  'listed',
  'items',
  'at_stake',
  'days',
  'visits',
  'minutes',
]);
const columnTypes: Readonly<Record<ColumnKind, FactType>> = {
  code: 'text',
  codes: 'list',
  text: 'text',
  decimal: 'number',
  int: 'number',
  date: 'date',
};
const dateColumns: ReadonlySet<string> = new Set(['begin_day', 'end_day', 'sold_on']);
const timeColumns: ReadonlySet<string> = new Set(['begin_time']);

/** Lines, items and kinds of items are counted alike: a claim of five lines has five kinds of drugs at most. */
const pieces: ReadonlySet<string | undefined> = new Set(['条', '种', '个', '项']);
/** The nights of a stay are its days. */
const days: ReadonlySet<string | undefined> = new Set(argumentUnits.days);
const unitsDiffer = (mine: string | undefined, theirs: string | undefined): boolean =>
  mine !== undefined &&
  theirs !== undefined &&
  mine !== theirs &&
  ![pieces, days].some((alike) => alike.has(mine) && alike.has(theirs));

/** A name of every object, such as `constructor`, is none of ours. */
const own = <Item>(record: Readonly<Record<string, Item>>, key: string): Item | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;

function literalType(literal: unknown): FactType | null {
  if (literal === undefined) return null;
  if (Array.isArray(literal)) return 'list';
  return typeof literal === 'number' ? 'number' : typeof literal === 'boolean' ? 'boolean' : 'text';
}

const isMoment = (text: string, type: 'date' | 'time'): boolean =>
  type === 'date'
    ? text.length === 10 && dayOf(text) !== null
    : text.length === 19 && secondOf(text) !== null;

function availableIn(needs: PlainFact['needs'], unit: RuleDocument['each']['unit']): boolean {
  if (needs === 'institution') return true;
  if (needs === 'claim') return unit !== 'window';
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
    case 'excess_amount':
      return unit === 'group';
    default:
      return never(document.stake);
  }
}

const typeNames: Readonly<Record<FactType, string>> = {
  text: '文字',
  number: '数字',
  boolean: '真假值',
  date: '日期',
  time: '时间',
  list: '列表',
};
const inChinese = (types: readonly FactType[]): string => types.map((type) => typeNames[type]).join('或');

function operatorsFor(left: FactType): Message {
  const fitting = operators.filter((operator) => expectedTypes(operator, left) !== null);
  return { zh: `可用的有 ${fitting.join('、')}`, en: `there is ${fitting.join(', ')}` };
}

/** A number that was written as a text, or a text as a number. */
function quotesHint(wanted: readonly FactType[], literal: unknown): Message | null {
  if (
    wanted.includes('number') &&
    typeof literal === 'string' &&
    literal !== '' &&
    Number.isFinite(Number(literal))
  )
    return { zh: `请去掉引号，写 ${literal}`, en: `write ${literal} without quotation marks` };
  if (wanted.includes('text') && typeof literal === 'number')
    return { zh: `编码须加引号，写 "${literal}"`, en: `write "${literal}", with quotation marks` };
  if (wanted.includes('list') && literal !== undefined && !Array.isArray(literal))
    return {
      zh: `请写成列表 [${JSON.stringify(literal)}]`,
      en: `write the list [${JSON.stringify(literal)}]`,
    };
  return null;
}

const units: readonly RuleDocument['each']['unit'][] = ['claim', 'line', 'diagnosis', 'group', 'window'];
const unitsWith = (needs: PlainFact['needs']): string[] => units.filter((unit) => availableIn(needs, unit));

/** Types that may stand on the right of an operator for a type on its left; `null` when the operator does not fit the left side. */
function expectedTypes(operator: Leaf['operator'], left: FactType): readonly FactType[] | null {
  const plain = left === 'list' ? null : left;
  switch (operator) {
    case 'equal':
    case 'notEqual':
      return plain === null ? null : plain === 'date' || plain === 'time' ? [plain, 'text'] : [plain];
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
      // Never a date with a time: every time of a day would come after the day.
      return left === 'date' || left === 'time' ? [left, 'text'] : null;
    case 'startsWithAny':
      return left === 'text' || left === 'list' ? ['list'] : null;
    default:
      return never(operator);
  }
}
