/** What changed between two rule documents, in words for people who read rules and not JSON. Pure. */
import type { Message } from '../claims/contract.ts';
import type { Condition, FactRef, Leaf, RuleDocument } from '../rules/contract.ts';
import { plainFact } from '../rules/facts.ts';
import { operatorSigns } from '../rules/operator-signs.ts';
import type { Change } from './contract.ts';

export function changesBetween(from: RuleDocument, to: RuleDocument): Change[] {
  return [
    ...simple(from, to),
    ...named(from.params, to.params, 'params', paramText, paramChange),
    ...named(from.let, to.let, 'let', letText, (name, a, b) => {
      const [before, after] = [refText(a), refText(b)];
      return say(`“${name}”${before.zh} → ${after.zh}`, `“${name}” ${before.en} → ${after.en}`);
    }),
    ...conditionChanges(from.conditions, to.conditions),
    ...listed(from.exclusions, to.exclusions, '$.exclusions', '误报情形', 'exclusion', (one) => one),
    ...listed(from.basis, to.basis, '$.basis', '依据', 'basis', ({ law, article }) =>
      say(`${law}${article}`, `${law} ${article}`),
    ),
  ];
}

const say = (zh: string, en: string): Message => ({ zh, en });
const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

interface Field {
  readonly path: string;
  readonly zh: string;
  readonly en: string;
  readonly of: (document: RuleDocument) => unknown;
}

/** Parts of a document that are compared as they stand. */
const fields: readonly Field[] = [
  { path: '$.name.zh', zh: '名称', en: 'name', of: ({ name }) => name.zh },
  { path: '$.name.en', zh: '英文名称', en: 'English name', of: ({ name }) => name.en },
  { path: '$.category', zh: '类别', en: 'category', of: ({ category }) => category },
  { path: '$.verdict', zh: '结论', en: 'verdict', of: ({ verdict }) => verdict },
  { path: '$.stage', zh: '环节', en: 'stages', of: ({ stage }) => stage.join('、') },
  { path: '$.national', zh: '国家编码', en: 'national codes', of: ({ national }) => national.join('、') },
  { path: '$.purpose.zh', zh: '说明', en: 'purpose', of: ({ purpose }) => purpose.zh },
  { path: '$.purpose.en', zh: '英文说明', en: 'English purpose', of: ({ purpose }) => purpose.en },
  { path: '$.scope.kinds', zh: '就医方式', en: 'kinds of visits', of: ({ scope }) => scope.kinds.join('、') },
  { path: '$.effective.from', zh: '生效日期', en: 'effective from', of: ({ effective }) => effective.from },
  { path: '$.effective.to', zh: '终止日期', en: 'effective to', of: ({ effective }) => effective.to ?? '—' },
  { path: '$.each', zh: '判断单元', en: 'what is judged', of: ({ each }) => each },
  { path: '$.stake', zh: '涉及金额', en: 'money at stake', of: ({ stake }) => stake },
  { path: '$.message.zh', zh: '消息', en: 'message', of: ({ message }) => message.zh },
  { path: '$.message.en', zh: '英文消息', en: 'English message', of: ({ message }) => message.en },
];

function simple(from: RuleDocument, to: RuleDocument): Change[] {
  return fields.flatMap(({ path, zh, en, of }): Change[] => {
    const [before, after] = [text(of(from)), text(of(to))];
    return before === after
      ? []
      : [{ path, kind: 'changed', text: say(`${zh} ${before} → ${after}`, `${en} ${before} → ${after}`) }];
  });
}

/** Entries of a record: those that came, went and changed, by name. */
function named<Entry>(
  from: Readonly<Record<string, Entry>>,
  to: Readonly<Record<string, Entry>>,
  where: string,
  describe: (name: string, entry: Entry) => Message,
  change: (name: string, before: Entry, after: Entry) => Message,
): Change[] {
  return [...new Set([...Object.keys(from), ...Object.keys(to)])].flatMap((name): Change[] => {
    const path = `$.${where}.${name}`;
    const before = Object.hasOwn(from, name) ? from[name] : undefined;
    const after = Object.hasOwn(to, name) ? to[name] : undefined;
    if (before === undefined && after !== undefined) return [added(path, describe(name, after))];
    if (after === undefined && before !== undefined) return [removed(path, describe(name, before))];
    if (before === undefined || after === undefined || text(before) === text(after)) return [];
    return [{ path, kind: 'changed', text: change(name, before, after) }];
  });
}

const added = (path: string, what: Message): Change => ({
  path,
  kind: 'added',
  text: say(`新增${what.zh}`, `added: ${what.en}`),
});
const removed = (path: string, what: Message): Change => ({
  path,
  kind: 'removed',
  text: say(`删除${what.zh}`, `removed: ${what.en}`),
});

type Param = RuleDocument['params'][string];
const paramText = (name: string, { title, value, unit }: Param): Message =>
  say(
    `参数“${title.zh}”（${name}）${text(value)} ${unit}`,
    `parameter “${title.en}” (${name}) ${text(value)}`,
  );

function paramChange(name: string, before: Param, after: Param): Message {
  const { title } = after;
  const parts = (['value', 'unit', 'standing'] as const)
    .filter((part) => text(before[part]) !== text(after[part]))
    .map((part) => `${text(before[part])} → ${text(after[part])}`);
  const changed = parts.length > 0 ? parts.join('，') : `${before.title.zh} → ${title.zh}`;
  return say(`参数“${title.zh}”（${name}）${changed}`, `parameter “${title.en}” (${name}) ${changed}`);
}

function letText(name: string, reference: FactRef): Message {
  const of = refText(reference);
  return say(`命名事实“${name}”${of.zh}`, `named fact “${name}” ${of.en}`);
}

/** `性别`; a fact with arguments as it is written: `table(table=item-sex).gend` */
function refText({ fact, params, path }: FactRef): Message {
  const plain = plainFact(fact);
  if (plain !== undefined) return plain.title;
  const given = Object.entries(params ?? {}).map(([name, value]) => `${name}=${valueText(value).zh}`);
  const inner = given.length === 0 ? '' : `(${given.join(', ')})`;
  return same(`${fact}${inner}${path === undefined ? '' : path.slice(1)}`);
}

function valueText(value: Leaf['value'] | NonNullable<FactRef['params']>[string]): Message {
  if (typeof value !== 'object') return same(String(value));
  if ('param' in value) return same(`{${value.param}}`);
  if ('fact' in value) return refText(value);
  return same(`[${value.join('、')}]`);
}

const same = (text: string): Message => say(text, text);

/** Comparisons one by one, each with the groups it stands in; what only moved among its neighbours did not change. */
const conditionChanges = (from: Condition, to: Condition): Change[] =>
  listed(leavesOf(from), leavesOf(to), '$.conditions', '条件', 'condition', (one) => one);

/** `any › not › quantity > 3`; the outermost “all” goes without saying. */
function leavesOf(condition: Condition, inside: readonly Group[] = []): Message[] {
  if ('all' in condition)
    return condition.all.flatMap((part) => leavesOf(part, inside.length === 0 ? [] : [...inside, 'all']));
  if ('any' in condition) return condition.any.flatMap((part) => leavesOf(part, [...inside, 'any']));
  if ('not' in condition) return leavesOf(condition.not, [...inside, 'not']);
  const [fact, value] = [refText(condition), valueText(condition.value)];
  const sign = operatorSigns[condition.operator];
  const of = (language: keyof Message): string =>
    [
      ...inside.map((group) => groupNames[group][language]),
      `${fact[language]} ${sign} ${value[language]}`,
    ].join(' › ');
  return [say(of('zh'), of('en'))];
}

type Group = 'all' | 'any' | 'not';
const groupNames: Readonly<Record<Group, Message>> = {
  all: say('全部', 'all'),
  any: say('任一', 'any'),
  not: say('非', 'not'),
};

/** What is in the first list more often than in the second. */
function without(one: readonly string[], other: readonly string[]): string[] {
  const left = [...other];
  return one.filter((item) => {
    const at = left.indexOf(item);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

function listed<Entry>(
  from: readonly Entry[],
  to: readonly Entry[],
  path: string,
  zh: string,
  en: string,
  describe: (entry: Entry) => Message,
): Change[] {
  const texts = (list: readonly Entry[]): string[] => list.map((entry) => JSON.stringify(describe(entry)));
  const read = (name: string, list: readonly Entry[]): Message => {
    const entry = list.find((one) => JSON.stringify(describe(one)) === name);
    const what = entry === undefined ? say('', '') : describe(entry);
    return say(`${zh} ${what.zh}`, `${en} ${what.en}`);
  };
  return [
    ...without(texts(from), texts(to)).map((name) => removed(path, read(name, from))),
    ...without(texts(to), texts(from)).map((name) => added(path, read(name, to))),
  ];
}
