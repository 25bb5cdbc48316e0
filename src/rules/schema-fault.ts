/**
 * What a rule or its examples lack to fit the schema: where, what was expected there, and what may have been meant. zod's own words are
 * English, and of something that may take several forms it says no more than “Invalid input”.
 */
import type { z } from 'zod';
import type { Message } from '../claims/contract.ts';
import { faultInChinese } from '../platform/fault-contract.ts';
import { calculations, eachSchema, operators, stakeSchema } from './contract.ts';
import { plainFacts } from './facts.ts';
import { hintOf, nearest, withHint } from './nearest.ts';
import { operatorSigns } from './operator-signs.ts';

export interface SchemaFault {
  /** JSON path such as `$.conditions.all[1].fact`. */
  readonly path: string;
  readonly message: Message;
}

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];
type Cause =
  | { readonly path: Path; readonly issue: Issue }
  | { readonly path: Path; readonly types: string[] };

/**
 * @param known names that fields may have, by the path of what holds them, for what the faults themselves do not tell
 * @param at path of `json` in the whole
 */
export function schemaFaults(
  error: z.core.$ZodError,
  json: unknown,
  known: readonly string[] = [],
  at = '$',
): SchemaFault[] {
  const causes = error.issues.flatMap(causesOf);
  return causes.flatMap((cause) => {
    const given = valueAt(json, cause.path);
    const path = pathOf(cause.path, at);
    if ('types' in cause) return [typeFault(path, cause.types, given)];
    const { issue } = cause;
    if (issue.code === 'invalid_type') return [typeFault(path, [issue.expected], given)];
    if (issue.code !== 'unrecognized_keys')
      return [{ path, message: withHint(messageOf(issue, given), hintFor(issue, cause.path, given)) }];
    // What is missing beside a field too many is what it was meant to be.
    const missing = causes.flatMap((other) =>
      pathOf(other.path.slice(0, -1), at) === path && valueAt(json, other.path) === undefined
        ? [String(other.path.at(-1))]
        : [],
    );
    const names = cause.path.length === 0 ? [...missing, ...known] : missing;
    return issue.keys.map((key) => ({
      path: `${path}.${key}`,
      message: withHint(
        { zh: `没有“${key}”这样的字段`, en: `does not fit the schema: Unrecognized key: "${key}"` },
        combinators.has(key) ? besideHint(key) : hintOf(key, names),
      ),
    }));
  });
}

const combinators: ReadonlySet<string> = new Set(['all', 'any', 'not']);
const besideHint = (key: string): Message => ({
  zh: `${key} 不能与别的条件并列写在同一个对象里，请把它作为一项放进 all 或 any`,
  en: `${key} cannot stand beside other conditions in one object: make it an item of an all or any`,
});

/**
 * What is wrong where something may take several forms: the faults of the form that was meant, which is the one with the fewest fields
 * too many or missing; or, where not even the type fits any, the types of all.
 */
function causesOf(found: Issue): Cause[] {
  if (found.code !== 'invalid_union' || found.errors.length === 0)
    return [{ path: found.path, issue: found }];
  const types = found.errors.map(rootTypes);
  if (types.every((one) => one.length > 0)) return [{ path: found.path, types: [...new Set(types.flat())] }];
  const [meant = []] = [...found.errors].sort((a, b) => strangeness(a) - strangeness(b));
  return meant.flatMap(causesOf).map((cause) => ({ ...cause, path: [...found.path, ...cause.path] }));
}

/** Types of a form whose very type does not fit; none when it is something inside that does not. */
function rootTypes(issues: readonly Issue[]): string[] {
  return issues.flatMap((issue) => {
    if (issue.path.length > 0) return [];
    if (issue.code === 'invalid_type') return [issue.expected];
    if (issue.code !== 'invalid_union') return [];
    const types = issue.errors.map(rootTypes);
    return types.every((one) => one.length > 0) ? types.flat() : [];
  });
}

const strangeness = (issues: readonly Issue[]): number =>
  issues.reduce((sum, each) => {
    const fields =
      each.code === 'unrecognized_keys' ? each.keys.length : each.code === 'invalid_type' ? 1 : 0;
    // The deeper a fault lies, the more of the form was right.
    return sum + fields / (each.path.length + 1);
  }, 0);

function typeFault(path: string, expected: readonly string[], given: unknown): SchemaFault {
  const wanted = expected.map((type) => typeNames[type] ?? type);
  const zh = `应为${wanted.join('或')}`;
  const en = `expected ${expected.join(' or ')}`;
  const got = given === null ? 'null' : Array.isArray(given) ? 'array' : typeof given;
  return given === undefined
    ? { path, message: { zh: `缺少这一项，${zh}`, en: `is missing: ${en}` } }
    : { path, message: { zh: `${zh}，实为${typeNames[got] ?? got}`, en: `${en}, got ${got}` } };
}

const typeNames: Readonly<Record<string, string>> = {
  string: '文字',
  number: '数字',
  int: '整数',
  boolean: '真假值',
  array: '列表 […]',
  object: '对象 {…}',
  record: '对象 {…}',
  null: '空值 null',
};

function messageOf(issue: Issue, given: unknown): Message {
  const en = `does not fit the schema: ${issue.message}`;
  if (issue.code === 'invalid_value') {
    const values = issue.values.map(String);
    return {
      zh: `${written(given)}不是可选的值，应为 ${values.join('、')}${values.length > 1 ? ' 之一' : ''}`,
      en,
    };
  }
  if (issue.code === 'invalid_union') {
    const options = issue.discriminator === 'of' ? stakeForms : units;
    return {
      zh: `${written(given)}不是可选的值，应为 ${options.join('、')} 之一`,
      en: `${en}: ${options.join(', ')}`,
    };
  }
  if (issue.code === 'invalid_format' && 'pattern' in issue && issue.pattern !== undefined) {
    const form = forms.find(({ of }) => String(issue.pattern).includes(of));
    if (form !== undefined) return { zh: `${written(given)}${form.zh}`, en };
  }
  if (issue.code === 'custom')
    return {
      zh: `${written(given)}不是可以直接读取的事实，应写如 line.med_list_codg`,
      en,
    };
  if (issue.code === 'invalid_key')
    return { zh: '名称只含小写字母、数字和下划线，以字母开头', en: `${en}: letters a to z, digits and _` };
  return { zh: faultInChinese(issue), en };
}

const written = (given: unknown): string => (typeof given === 'string' ? `“${given.slice(0, 60)}”` : '');
const unitsOf = (options: readonly { readonly shape: object }[], name: string): string[] =>
  options.flatMap(({ shape }) => {
    const field: unknown = Reflect.get(shape, name);
    return typeof field === 'object' && field !== null && 'value' in field ? [String(field.value)] : [];
  });
const units = unitsOf(eachSchema.options, 'unit');
const stakeForms = unitsOf(stakeSchema.options, 'of');

/** What texts of a form look like, by a part of its pattern. */
const forms: readonly { readonly of: string; readonly zh: string }[] = [
  { of: 'FW-', zh: '不是规则编码：以 FW- 开头，只含大写字母、数字和连字符，如 FW-STAY-SPLIT' },
  { of: '(GZ|ZB)', zh: '不是国家规则编码：GZ 或 ZB 加 14 位数字，没有编码的写“2025-序号”' },
  { of: '\\d{4}-\\d{2}-\\d{2}', zh: '不是日期：应写作 yyyy-MM-dd，如 2025-01-31' },
  { of: '\\$\\.', zh: '应写作“$.列名”，如 $.count' },
  { of: '^[a-z][a-z0-9_]*(\\.', zh: '不是事实的名称：应如 line.cnt，或 let 中的“名称.列”' },
  { of: '^[a-z][a-z0-9_]*$', zh: '不是名称：只含小写字母、数字和下划线，以字母开头' },
];

function hintFor(issue: Issue, path: Path, given: unknown): Message | null {
  if (typeof given !== 'string') return null;
  const field = path.at(-1);
  if (field === 'fact') return factHint(given);
  if (issue.code !== 'invalid_value') return null;
  const values = issue.values.map(String);
  const meant = values.find((value) => wordsFor[value]?.includes(given) === true) ?? nearest(given, values);
  return meant === null || meant === undefined
    ? null
    : { zh: `是否应为 ${meant}？`, en: `did you mean ${meant}?` };
}

/** People know facts by their titles. */
export function factHint(given: string): Message | null {
  const named = Object.entries(plainFacts).find(([, { title }]) => title.zh === given || title.en === given);
  return named === undefined
    ? hintOf(given, Object.keys(plainFacts))
    : { zh: `是否应为 ${named[0]}？`, en: `did you mean ${named[0]}?` };
}

/** Words that people write where a value is wanted. */
const wordsFor: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(operators.map((operator) => [operator, [operatorSigns[operator]]])),
  equal: ['=', '==', '===', '等于'],
  notEqual: ['≠', '!=', '<>', '不等于'],
  lessThan: ['<', '小于', '少于', 'less', 'lt'],
  lessThanInclusive: ['≤', '<=', '小于等于', '不大于', 'lessThanOrEqual', 'lte'],
  greaterThan: ['>', '大于', '超过', 'more', 'gt'],
  greaterThanInclusive: ['≥', '>=', '大于等于', '不小于', 'greaterThanOrEqual', 'gte'],
  in: ['∈', '属于', '在列表中'],
  notIn: ['∉', '不属于', '不在列表中'],
  contains: ['∋', '包含', '含有'],
  doesNotContain: ['∌', '不包含', 'notContains'],
  before: ['早于'],
  notBefore: ['不早于'],
  after: ['晚于'],
  notAfter: ['不晚于'],
  startsWithAny: ['^', '开头为', '以…开头', 'startsWith'],
  inpatient: ['住院'],
  outpatient: ['门诊'],
  pharmacy: ['药店', '购药'],
  other: ['其他'],
  unknown: ['未知'],
  ...Object.fromEntries(
    calculations.map((name, index) => [
      name,
      [
        ['加', '+'],
        ['减', '-'],
        ['乘', '*', '×', 'multiply'],
        ['除', '/', '÷', 'divide'],
        ['取小', 'min'],
        ['取大', 'max'],
      ][index] ?? [],
    ]),
  ),
};

/** Absent where there is nothing. */
const valueAt = (json: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (value, part) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, part)
        ? Reflect.get(value, part)
        : undefined,
    json,
  );

const pathOf = (path: Path, at: string): string =>
  path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : `${text}.${String(part)}`),
    at,
  );
