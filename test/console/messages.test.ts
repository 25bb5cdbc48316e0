import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAst } from 'vite';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { allCodeNames } from '../../src/claims/codes-contract.ts';
import { textIn } from '../../src/console/language.tsx';
import { categoryWords } from '../../src/console/rules/category-words.ts';
import { messages } from '../../src/console/messages.ts';
import { allUnitNames, unitName } from '../../src/console/unit-names.ts';
import type { Message } from '../../src/claims/contract.ts';
import { stages, verdicts } from '../../src/rules/contract.ts';
import { roles } from '../../src/screening/contract.ts';

const folder = fileURLToPath(new URL('../../src/console', import.meta.url));
const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.tsx?$/.test(file))
  .map((file) => ({ file, text: readFileSync(path.join(folder, file), 'utf8') }));
const jsxSources = sources.filter(({ file }) => file.endsWith('.tsx'));

const chinese = /[\u3000-\u9fff\uff00-\uffef]/;
const placeholdersOf = (text: string): string[] => (text.match(/\{[a-z_]+\}/g) ?? []).toSorted();

describe('the message catalogue', () => {
  it('says everything in both languages, with the same placeholders', () => {
    const all: [string, Message][] = Object.entries(messages);
    const empty = all.filter(([, { zh, en }]) => en === '' || zh === '');
    expect(empty).toEqual([]);
    for (const { zh, en } of Object.values(messages)) expect(placeholdersOf(en)).toEqual(placeholdersOf(zh));
    // A language is named in itself; a law has only its Chinese name.
    const untranslated = Object.entries(messages).filter(
      ([key, { en }]) => chinese.test(en) && key !== 'language.zh' && key !== 'rule.law',
    );
    expect(untranslated).toEqual([]);
  });

  it('names every national code and every unit in both languages', () => {
    expect(allCodeNames.length).toBeGreaterThan(50);
    for (const { zh, en } of [...allCodeNames, ...allUnitNames]) {
      expect(zh).toMatch(chinese);
      expect(en).toMatch(/^[\x20-\x7e]+$/);
    }
  });

  it('has no text that nobody shows', () => {
    const all = sources
      .filter(({ file }) => file !== 'messages.ts')
      .map(({ text }) => text)
      .join('\n');
    // Keys that are put together stand in the source by their beginning: `operator.${operator}`.
    const begins = [...all.matchAll(/`([a-z_.]+\.)\$\{/g)].map(([, begin]) => begin ?? '');
    const unused = Object.keys(messages).filter(
      (key) => !all.includes(`'${key}'`) && !begins.some((begin) => key.startsWith(begin)),
    );
    expect(unused).toEqual([]);
  });

  it('fills placeholders and leaves none', () => {
    expect(textIn('zh').t('finding.place', { place: 3, total: '1,234' })).toBe('第 3 条，共 1,234 条');
    expect(textIn('en').t('finding.place', { place: 3, total: '1,234' })).toBe('3 of 1,234');
  });

  it('names the categories of rules, which published statistics have in Chinese', () => {
    expect(categoryWords('政策类', textIn('en'))).toBe('Policy');
    expect(categoryWords('其他', textIn('en'))).toBe('其他');
  });

  it('counts in English as English does', () => {
    const { t } = textIn('en');
    const shown = (n: number | string): string => t('findings.total', { n, money: '¥2.00' });
    expect(shown(1)).toBe('1 finding, ¥2.00 at stake');
    expect(shown('1')).toBe('1 finding, ¥2.00 at stake');
    expect([0, 2, '1,001'].map(shown)).toEqual(
      ['0', '2', '1,001'].map((n) => `${n} findings, ¥2.00 at stake`),
    );
    expect(t('check.left_to_send', { n: 1 })).toBe('1 is not sent yet');
    expect(unitName('天', 'en', 1)).toBe('day');
    expect(unitName('天', 'en')).toBe('days');
  });

  it('has no count before a plural that stays one', () => {
    // What follows a single thing, and ends in s all the same.
    const single = new Set(['is', 'was', 'has', 'its', 'plus', 'less', 'counts', 'this']);
    const uncounted = new Set(['list', 'left', 'portion', 'amount', 'kinds']);
    const isPlural = (word: string): boolean =>
      (word.endsWith('s') && !single.has(word)) || ['are', 'were', 'have', 'do'].includes(word);
    const bad = (en: string): string[] => {
      const marks = /\{[a-z_]+\|[^|}]+\|[^|}]+\}/g;
      const words = en.replace(marks, '•').matchAll(/\{([a-z_]+)\} (?:([a-z]+) )?([a-z]+)\b/g);
      return [...words].flatMap(([, name = '', first = '', second = '']) =>
        uncounted.has(name) ? [] : [first, second].filter(isPlural),
      );
    };
    expect([bad('{n} new findings'), bad('{n} are open'), bad('{n} {n|finding|findings}')]).toEqual([
      ['findings'],
      ['are'],
      [],
    ]);
    const found = Object.entries(messages).map(([key, { en }]) => [key, bad(en)] as const);
    expect(found.filter(([, words]) => words.length > 0)).toEqual([]);
  });

  it('marks plurals in English only, by a count of the text', () => {
    for (const { zh, en } of Object.values<Message>(messages)) {
      expect(zh).not.toContain('|');
      for (const [, name = ''] of en.matchAll(/\{([a-z_]+)\|/g))
        expect(placeholdersOf(zh)).toContain(`{${name}}`);
    }
  });
});

/** Attributes that people read or hear. */
const spoken = new Set([
  'title',
  'aria-label',
  'placeholder',
  'alt',
  'label',
  'description',
  'subTitle',
  'content',
]);
/** Values of contracts are Chinese words in themselves. */
const contractValues = new Set<string>([
  ...verdicts,
  ...roles,
  ...stages,
  '政策类',
  '管理类',
  '医疗类',
  '法定',
  '示例',
]);

const nodeSchema = z.looseObject({ type: z.string() });

/** Texts that stand in the source instead of in the catalogue. */
function hardCoded(source: string): string[] {
  const found: string[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(visit);
    const parsed = nodeSchema.safeParse(value);
    if (!parsed.success) return undefined;
    const node = parsed.data;
    const text = textOf(node);
    if (node.type === 'JSXText' && /\p{L}/u.test(text)) found.push(text.trim());
    if (
      (node.type === 'Literal' || node.type === 'TemplateElement') &&
      chinese.test(text) &&
      !contractValues.has(text)
    )
      found.push(text);
    if (node.type === 'JSXAttribute') {
      const name = nodeSchema.safeParse(node['name']).data?.['name'];
      const literal = nodeSchema.safeParse(node['value']).data;
      if (typeof name === 'string' && spoken.has(name) && literal?.type === 'Literal')
        found.push(`${name}=${textOf(literal)}`);
    }
    if (node.type === 'JSXExpressionContainer') {
      const inner = nodeSchema.safeParse(node['expression']).data;
      if (inner?.type === 'Literal' && /[A-Za-z]{2,} [A-Za-z]{2,}/.test(textOf(inner)))
        found.push(textOf(inner));
    }
    for (const child of Object.values(node)) if (typeof child === 'object' && child !== null) visit(child);
    return undefined;
  };
  visit(parseAst(source, { lang: 'tsx' }));
  return found;
}

function textOf(node: z.infer<typeof nodeSchema>): string {
  const value = node['value'];
  if (typeof value === 'string') return value;
  return z.object({ raw: z.string() }).safeParse(value).data?.raw ?? '';
}

describe('the components', () => {
  it('are found', () => {
    expect(jsxSources.length).toBeGreaterThan(25);
  });

  it('would be caught with a text of their own', () => {
    expect(hardCoded('const a = <p>你好</p>;')).toEqual(['你好']);
    expect(hardCoded('const a = <p>Hello</p>;')).toEqual(['Hello']);
    expect(hardCoded('const a = <b title="Close it" />;')).toEqual(['title=Close it']);
    expect(hardCoded("const a = x === '违规' ? `共${n}条` : <p>{'two words'}</p>;")).toEqual([
      '共',
      '条',
      'two words',
    ]);
  });

  it('take every text from the catalogue', () => {
    const found = jsxSources.map(({ file, text }) => ({ file, texts: hardCoded(text) }));
    expect(found.filter(({ texts }) => texts.length > 0)).toEqual([]);
  });
});
