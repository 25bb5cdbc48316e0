/** Why, and why not, as text for a terminal. */
import type { Message } from '../claims/contract.ts';
import type { Knowledge } from '../knowledge/table.ts';
import { type FactRef, type Json, letEntryOf, type RuleDocument } from '../rules/contract.ts';
import { plainFact } from '../rules/facts.ts';
import { operatorSigns } from '../rules/operator-signs.ts';
import type {
  ExplainedCandidate,
  ExplainedLeaf,
  ExplainedNode,
  ExplainedOutcome,
  Explanation,
  Near,
  NearRule,
  RuleVerdict,
  Subject,
} from '../screening/explain-contract.ts';

export type Language = keyof Message;

export interface Words {
  readonly language: Language;
  readonly knowledge: Knowledge;
}

type Document = Pick<RuleDocument, 'let' | 'params'>;

export function explanationText(explanation: Explanation, words: Words): string {
  const { rule, claim, verdict, reasons, missing, findings, candidates, candidates_total } = explanation;
  const { language } = words;
  const { document } = rule;
  const lines = [
    `${rule.code} ${document.name[language]} (${rule.version}${rule.in_force ? '' : `, ${rule.state}`})`,
    `${claim.fixmedins_code}/${claim.setl_id}${claim.fixmedins_name === null ? '' : ` ${claim.fixmedins_name}`}`,
    `→ ${verdictWords[verdict][language]}`,
    ...reasons.map(({ message }) => `  · ${message[language]}`),
    ...missing.map((name) => `  · ${say(language, '缺少', 'missing')} ${factName(name, words)}`),
    ...findings.map(({ finding_id, message, amount }) => `  · ${finding_id} ${message[language]} ${amount}`),
    ...candidates.flatMap((candidate) => ['', ...candidateLines(candidate, document, words)]),
  ];
  const rest = candidates_total - candidates.length;
  if (rest > 0) lines.push('', say(language, `另有 ${rest} 项未列出`, `${rest} more are not listed`));
  return `${lines.join('\n')}\n`;
}

export function nearText(
  { claim, reasons, counts, hits, unknown, near }: Near,
  documentOf: (code: string) => Document | undefined,
  words: Words,
): string {
  const { language } = words;
  const lines = [
    `${claim.fixmedins_code}/${claim.setl_id}${claim.fixmedins_name === null ? '' : ` ${claim.fixmedins_name}`}`,
    ...reasons.map(({ message }) => `  · ${message[language]}`),
    (['hit', 'unknown', 'no', 'not_applicable'] as const)
      .map((verdict) => `${verdictWords[verdict][language]} ${counts[verdict]}`)
      .join(say(language, '，', ', ')),
    ...hits.map(({ rule_code, name }) => `✓ ${rule_code} ${name[language]}`),
    ...unknown.map(
      ({ rule_code, name, missing }) =>
        `? ${rule_code} ${name[language]}: ${missing.map((one) => factName(one, words)).join(', ')}`,
    ),
    ...(near.length === 0 ? [] : ['', say(language, '最接近的规则：', 'Rules that came nearest:')]),
    ...near.flatMap((one) => nearLines(one, documentOf(one.rule_code), words)),
  ];
  return `${lines.join('\n')}\n`;
}

function nearLines(
  { rule_code, name, subject, deciding, ...nearness }: NearRule,
  document: Document | undefined,
  words: Words,
): string[] {
  return [
    `✗ ${rule_code} ${name[words.language]} · ${nearnessWords(nearness, words)}`,
    `    ${subjectWords(subject, words)}`,
    ...deciding.map((leaf) => `    ${leafWords(leaf, document, words)}`),
  ];
}

function candidateLines(candidate: ExplainedCandidate, document: Document, words: Words): string[] {
  const { subject, outcome, tree, missing } = candidate;
  const nearness = outcome === 'no' ? ` · ${nearnessWords(candidate, words)}` : '';
  return [
    `${marks[outcome]} ${subjectWords(subject, words)}${nearness}`,
    ...missing.map((name) => `  · ${say(words.language, '缺少', 'missing')} ${factName(name, words)}`),
    ...(tree === null ? [] : treeLines(tree, document, words, '  ')),
  ];
}

function treeLines(node: ExplainedNode, document: Document, words: Words, indent: string): string[] {
  const mark = `${indent}${marks[node.outcome]}`;
  if (node.op === 'leaf') return [`${mark} ${leafWords(node, document, words)}`];
  return [
    `${mark} ${opWords[node.op][words.language]}`,
    ...node.of.flatMap((part) => treeLines(part, document, words, `${indent}  `)),
  ];
}

function leafWords(leaf: ExplainedLeaf, document: Document | undefined, words: Words): string {
  const { language } = words;
  const value = (side: 'actual' | 'expected'): string =>
    leaf.unstated?.includes(side) === true
      ? say(language, '（未提供）', '(not stated)')
      : valueWords(leaf[side]);
  const actual =
    leaf.hidden === true ? say(language, '（不在查看范围内）', '(not in sight)') : value('actual');
  const unit = leaf.unit === undefined ? '' : ` ${leaf.unit}`;
  const distance = leaf.distance === undefined ? '' : ` ${offBy(leaf.distance, language)}`;
  const decides = leaf.decides ? ` ←${distance}` : '';
  return `${leafName(leaf, document, words)} ${actual} ${operatorSigns[leaf.operator]} ${value('expected')}${unit}${decides}`;
}

function leafName({ fact, path }: ExplainedLeaf, document: Document | undefined, words: Words): string {
  const reference: FactRef = { fact, ...(path === undefined ? {} : { path }) };
  const target = (document === undefined ? null : letEntryOf(reference, document.let)) ?? reference;
  const plain = plainFact(target.fact);
  if (plain !== undefined) return plain.title[words.language];
  const table = target.params?.['table'];
  const name = typeof table === 'string' ? `${target.fact}(${table})` : target.fact;
  return `${factName(name, words)}${target.path?.slice(1) ?? ''}`;
}

/** A fact, or `table(item-sex)` for a fact with its table. */
function factName(name: string, { language, knowledge }: Words): string {
  const [, fact = name, table] = /^(\w+)\((.+)\)$/.exec(name) ?? [];
  const title = plainFact(fact)?.title[language] ?? fact;
  if (table === undefined) return title;
  const tableTitle = knowledge.tables.get(table)?.spec.title[language] ?? table;
  return say(language, `${fact}《${tableTitle}》`, `${fact} “${tableTitle}”`);
}

function subjectWords({ unit, lines, lines_total, diagnosis, window }: Subject, { language }: Words): string {
  const [line] = lines;
  if (window !== undefined) {
    const who = window.practitioner === null ? '' : ` ${window.practitioner}`;
    return say(
      language,
      `${window.day}${who} 的 ${window.claims} 张结算单、${window.persons} 人`,
      `${window.claims} settlements of ${window.persons} persons on ${window.day}${who}`,
    );
  }
  if (diagnosis !== null) return `${diagnosis.diag_code} ${diagnosis.diag_name ?? ''}`.trim();
  if (unit === 'claim' || line === undefined) return say(language, '整张结算单', 'the settlement as a whole');
  const item = `${line.item_name} (${line.med_list_codg}) ${line.fee_ocur_time}`;
  if (unit === 'line') return `${say(language, '明细', 'line')} ${line.feedetl_sn} ${item}`;
  return say(language, `${lines_total} 条一组：${item}`, `group of ${lines_total}: ${item}`);
}

function nearnessWords(
  { failed, distance, absent }: Pick<NearRule, 'failed' | 'distance' | 'absent'>,
  { language }: Words,
): string {
  if (absent) return say(language, '规则未涉及', 'the rule says nothing of it');
  const count = say(language, `${failed} 项不符`, `${failed} ${failed === 1 ? 'fails' : 'fail'}`);
  // Of several the sum orders them and says nothing by itself.
  return distance === null || failed !== 1 || distance === 1
    ? count
    : `${count}${say(language, '，', ', ')}${offBy(distance, language)}`;
}

const offBy = (distance: number, language: Language): string =>
  distance === 0
    ? say(language, '恰在界限', 'at the limit')
    : `${say(language, '相差', 'off by')} ${Math.round(distance * 1000) / 10} %`;

const itemsShownMax = 6;
function valueWords(value: Json): string {
  if (value === null) return '—';
  if (!Array.isArray(value)) return typeof value === 'object' ? JSON.stringify(value) : String(value);
  const shown = value.slice(0, itemsShownMax).map(valueWords).join(', ');
  return `[${shown}${value.length > itemsShownMax ? ', …' : ''}]`;
}

const say = (language: Language, zh: string, en: string): string => (language === 'zh' ? zh : en);

const marks: Readonly<Record<ExplainedOutcome, string>> = { hit: '✓', no: '✗', unknown: '?' };
const verdictWords: Readonly<Record<RuleVerdict, Message>> = {
  hit: { zh: '命中', en: 'hit' },
  no: { zh: '不命中', en: 'no hit' },
  unknown: { zh: '无法判定', en: 'cannot judge' },
  not_applicable: { zh: '不适用', en: 'does not apply' },
};
const opWords: Readonly<Record<'all' | 'any' | 'not', Message>> = {
  all: { zh: '全部成立', en: 'all of' },
  any: { zh: '任一成立', en: 'any of' },
  not: { zh: '不成立', en: 'not' },
};
