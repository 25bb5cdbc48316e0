/** Facts, operators, conditions and values in the words of the reader: titles come from the API, names are never shown alone. */
import { codeName } from '../claims/codes-contract.ts';
import {
  calculations,
  type FactRef,
  type FactsList,
  fieldOf,
  type Json,
  type Leaf,
  letEntryOf,
  type ParamRef,
  type RuleDocument,
} from '../rules/contract.ts';
import { count } from './format.ts';
import type { Text } from './language.tsx';
import { isMessageKey, type MessageKey } from './messages.ts';
import { relatedUnits, unitName } from './unit-names.ts';

export interface Titles {
  readonly fact: (name: string) => { readonly title: string; readonly unit: string | undefined } | null;
  readonly table: (name: string) => string;
  /** The name of an area with its code. */
  readonly area: (code: string) => string;
  /** What stands where there is no title. */
  readonly untitled: (name: string) => string;
}

export function titlesOf(
  list: FactsList | undefined,
  { pick }: Text,
  area: Titles['area'],
  untitled: Titles['untitled'] = (name) => name,
): Titles {
  const facts = new Map(list?.facts.map((fact) => [fact.name, fact]));
  const tables = new Map(list?.tables?.map(({ table, title }) => [table, title]));
  return {
    fact: (name) => {
      const fact = facts.get(name);
      return fact === undefined ? null : { title: pick(fact.title), unit: fact.unit };
    },
    table: (name) => {
      const title = tables.get(name);
      return title === undefined ? untitled(name) : pick(title);
    },
    area,
    untitled,
  };
}

const textOf = (key: string, text: Text): string | null => (isPlainKey(key) ? text.t(key) : null);

/** Keys looked up by computed names have no placeholders. */
type PlainKey = Extract<
  MessageKey,
  | `column.${string}`
  | `missing.${string}`
  | `operator.${string}`
  | `related.kinds.${string}`
  | `related.coded.${string}`
>;
const isPlainKey = (key: string): key is PlainKey =>
  isMessageKey(key) && /^(column|missing|operator|related\.(kinds|coded))\./.test(key);

/** What data was missing where a rule could not judge: a fact, or `table(item-sex)` for a fact with its table. */
export function missingWords(name: string, titles: Titles, text: Text): string {
  const [, fact = name, table] = /^(\w+)\((.+)\)$/.exec(name) ?? [];
  const words = titles.fact(fact)?.title ?? textOf(`missing.${fact}`, text) ?? titles.untitled(fact);
  return table === undefined
    ? words
    : `${words}${text.t('value.in_brackets', { value: titles.table(table) })}`;
}

export type RuleWords = Pick<RuleDocument, 'let' | 'params'>;

/** A fact with its arguments as a phrase: “知识表《单日数量上限》的数量上限”. */
export function factWords(reference: FactRef, rule: RuleWords | null, titles: Titles, text: Text): string {
  const target = defined(reference, rule);
  const plain = titles.fact(target.fact);
  if (plain !== null) return plain.title;
  const subject = subjectWords(target, rule, titles, text);
  const column = columnOf(target, text);
  return column === null ? subject : text.t('related.with_column', { subject, column });
}

/** What a fact with arguments looks at: “同一机构此前 15 天内结束的住院就诊”. */
function subjectWords({ fact, params }: FactRef, rule: RuleWords | null, titles: Titles, text: Text): string {
  const given = (name: string): string => paramWords(params?.[name], rule);
  const { t } = text;
  switch (fact) {
    case 'table':
      return t('related.table', { table: titles.table(given('table')) });
    case 'lines':
      return t('related.lines', {
        within: withinWords(given('within'), given('days'), text),
        table: titles.table(given('table')),
      });
    case 'claims':
      return t('related.claims', {
        at: atWords(given('institution'), text),
        relation: relationWords(given('relation'), given('days'), text),
        narrower: narrowerWords(given('minutes'), given('differs'), text),
        kinds: kindsWords(given('kinds'), text),
      });
    case 'coded':
      return t('related.coded', {
        codes: textOf(`related.coded.${given('of')}`, text) ?? given('of'),
        table: titles.table(given('table')),
      });
    case 'stated':
      return t('related.stated', {
        fact: titles.fact(given('fact'))?.title ?? titles.untitled(given('fact')),
      });
    case 'among':
      return t('related.among', {
        within: withinWords(given('within'), given('days'), text),
        items: amongWords(given, titles, text),
      });
    case 'usage':
      return t('related.usage', {
        at: atWords(given('institution'), text),
        days: given('days'),
        items:
          given('table') === ''
            ? t('related.usage.item')
            : t('related.usage.table', { table: titles.table(given('table')) }),
      });
    case 'work':
      return t('related.work', { table: titles.table(given('table')) });
    case 'calc': {
      const operandWords = (side: string): string => {
        const operand = params?.[side];
        return typeof operand === 'string' ? factWords({ fact: operand }, rule, titles, text) : given(side);
      };
      const operands = { left: operandWords('left'), right: operandWords('right') };
      const calculation = calculations.find((known) => known === params?.['do']);
      return calculation === undefined ? titles.untitled(fact) : t(`related.calc.${calculation}`, operands);
    }
    case 'sales':
      return t('related.sales');
    case 'identity':
      return t('related.identity', { score: given('score_min') });
    default:
      return titles.untitled(fact);
  }
}

/** Which lines count: by list type, charge type, and table. */
function amongWords(given: (name: string) => string, titles: Titles, { t }: Text): string {
  const [listTypes, chargeTypes, table] = [given('list_types'), given('charge_types'), given('table')];
  const listed = { table: titles.table(table) };
  return [
    listTypes === '' ? '' : t('related.among.types', { types: listTypes }),
    chargeTypes === '' ? '' : t('related.among.charges', { types: chargeTypes }),
    table === ''
      ? ''
      : given('listed') === 'false'
        ? t('related.among.unlisted', listed)
        : t('related.among.listed', listed),
  ].join('');
}

export interface UsedValue {
  readonly name: string;
  readonly title: string;
  readonly value: string;
}
/** Values that say something of the same thing, under what that thing is; plain facts have no subject. */
export interface UsedValues {
  readonly subject: string | null;
  readonly values: readonly UsedValue[];
}

/** The values of a finding in the order of its rule, those of one subject together. */
export function usedValues(
  values: Readonly<Record<string, Json>>,
  rule: RuleWords | null,
  titles: Titles,
  text: Text,
): UsedValues[] {
  const groups = new Map<string | null, UsedValue[]>();
  for (const [name, value] of Object.entries(values)) {
    const reference = { fact: name };
    const target = defined(reference, rule);
    const column = titles.fact(target.fact) === null ? columnOf(target, text) : null;
    const subject = column === null ? null : subjectWords(target, rule, titles, text);
    const title = column ?? factWords(reference, rule, titles, text);
    const used = { name, title, value: valueWords(value, reference, rule, titles, text) };
    groups.set(subject, [...(groups.get(subject) ?? []), used]);
  }
  return [...groups].map(([subject, own]) => ({ subject, values: own }));
}

/** The unit of a fact's value, where it has one. @param n the value, where it is known */
export function factUnit(
  reference: FactRef,
  rule: RuleWords | null,
  titles: Titles,
  text: Text,
  n?: number,
): string {
  const { fact, path } = defined(reference, rule);
  const plain = titles.fact(fact);
  const unit = plain === null ? relatedUnits[`${fact}.${path?.slice(2) ?? ''}`] : plain.unit;
  return unit === undefined ? '' : unitName(unit, text.language, n);
}

/** A name of the rule's `let` stands for what it defines. */
const defined = (reference: FactRef, rule: RuleWords | null): FactRef =>
  (rule === null ? null : letEntryOf(reference, rule.let)) ?? reference;

function columnOf({ fact, path }: FactRef, text: Text): string | null {
  const column = path?.slice(2);
  // A calculation has nothing but its result.
  if (column === undefined || fact === 'calc') return null;
  return textOf(`column.${fact}.${column}`, text) ?? textOf(`column.${column}`, text) ?? column;
}

const listSeparator = ',';
type Param = NonNullable<FactRef['params']>[string];
const isParamRef = (value: unknown): value is ParamRef =>
  typeof value === 'object' && value !== null && 'param' in value && typeof value.param === 'string';

function paramWords(value: Param | undefined, rule: RuleWords | null): string {
  if (value === undefined) return '';
  if (isParamRef(value)) return String(rule?.params[value.param]?.value ?? value.param);
  return Array.isArray(value) ? value.join(listSeparator) : String(value);
}

function withinWords(within: string, days: string, { t }: Text): string {
  switch (within) {
    case 'minute':
      return t('related.within.minute');
    case 'day':
      return t('related.within.day');
    case 'prescription':
      return t('related.within.prescription');
    case 'visit':
      return t('related.within.visit', { days });
    default:
      return t('related.within.claim');
  }
}

function atWords(institution: string, { t }: Text): string {
  switch (institution) {
    case 'same':
      return t('related.at.same');
    case 'other':
      return t('related.at.other');
    default:
      return t('related.at.any');
  }
}

const kindsWords = (kinds: string, text: Text): string =>
  kinds
    .split(listSeparator)
    .map((kind) => textOf(`related.kinds.${kind}`, text) ?? kind)
    .join(text.t('related.kinds_or'));

function relationWords(relation: string, days: string, { t }: Text): string {
  switch (relation) {
    case 'same_period':
      return t('related.relation.same_period');
    case 'overlapping':
      return t('related.relation.overlapping', { days });
    case 'surrounding':
      return t('related.relation.surrounding', { days });
    case 'began_within':
      return t('related.relation.began_within', { days });
    default:
      return t('related.relation.ended_before', { days });
  }
}

const narrowerWords = (minutes: string, differs: string, text: Text): string =>
  (minutes === '' ? '' : text.t('related.claims.minutes', { minutes })) +
  (textOf(`related.claims.differs.${differs}`, text) ?? '');

/** Facts and columns that hold a 行政区划: `insuplc_admdvs`, `mdtrtarea_admvs`. */
const isAreaField = (field: string): boolean => /_admd?vs$/.test(field);

/** Messages of rules put an area alone in brackets, in English after “district”; numbers with a unit stand there neither way. */
const areaInSentence = /(?<=（)\d{6}(?=）)|(?<=\bdistrict )\d{6}\b/g;

/** The message of a finding with its areas by name and code. */
export const sentenceWords = (message: string, { area }: Pick<Titles, 'area'>): string =>
  message.replace(areaInSentence, area);

/** Longer lists are cut, with their length said. */
const itemsShownMax = 6;

/** A value as people read it: codes by name, lists joined, nothing as “无”. */
export function valueWords(
  value: Json,
  reference: FactRef,
  rule: RuleWords | null,
  titles: Titles,
  text: Text,
): string {
  const field = fieldOf(defined(reference, rule));
  const unit = typeof value === 'number' ? factUnit(reference, rule, titles, text, value) : '';
  const one = (item: Json): string => {
    if (item === null) return text.t('value.none');
    if (typeof item === 'boolean') return item ? text.t('value.yes') : text.t('value.no');
    if (typeof item === 'string')
      return isAreaField(field) ? titles.area(item) : (codeName(field, item, text.language) ?? item);
    if (typeof item === 'number') return plainNumber(item);
    return JSON.stringify(item);
  };
  if (Array.isArray(value)) {
    if (value.length === 0) return text.t('value.empty_list');
    const list = value.slice(0, itemsShownMax).map(one).join(text.t('value.separator'));
    return value.length > itemsShownMax ? text.t('value.cut_list', { list, n: count(value.length) }) : list;
  }
  return unit === '' ? one(value) : `${one(value)} ${unit}`;
}

/** Up to six decimals as the fact has them; no thousands separators, so that codes stay codes. */
const plainNumber = (value: number): string => String(value);

/** What the right-hand side of a comparison stands for: the title of a parameter, the phrase of a fact; `null` for a literal. */
export function operandName(leaf: Leaf, rule: RuleWords | null, titles: Titles, text: Text): string | null {
  const { value } = leaf;
  if (isParamRef(value)) {
    const param = rule?.params[value.param];
    return param === undefined ? value.param : text.pick(param.title);
  }
  return isFactRef(value) ? factWords(value, rule, titles, text) : null;
}

/** The right-hand side as its author wrote it: a parameter with its value, a fact by its phrase, a literal. */
export function operandWords(leaf: Leaf, rule: RuleWords | null, titles: Titles, text: Text): string {
  const { value } = leaf;
  const name = operandName(leaf, rule, titles, text);
  if (isParamRef(value)) {
    const param = rule?.params[value.param];
    if (param === undefined) return value.param;
    return `${name ?? ''}${text.t('value.in_brackets', { value: paramValueWords(param, text) })}`;
  }
  if (name !== null) return name;
  return valueWords(jsonOf(value), leaf, rule, titles, text);
}

/** A parameter states its own unit. */
export function paramValueWords(param: RuleDocument['params'][string], text: Text): string {
  const value = Array.isArray(param.value)
    ? param.value.join(text.t('value.separator'))
    : String(param.value);
  const n = typeof param.value === 'number' ? param.value : undefined;
  const unit = param.unit === '—' ? null : unitName(param.unit, text.language, n);
  return unit === null ? value : `${value} ${unit}`;
}

const jsonOf = (value: Leaf['value']): Json =>
  Array.isArray(value) ? [...value] : typeof value === 'object' ? null : value;

export const isFactRef = (value: Leaf['value']): value is FactRef =>
  typeof value === 'object' && !Array.isArray(value) && 'fact' in value;

const percents = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 });

/** How far a value is from the limit that it would have to cross. @param distance 0 to 1 */
export const offByWords = (distance: number, { t }: Text): string =>
  distance === 0 ? t('tree.at_limit') : t('tree.off_by', { percent: percents.format(distance) });
