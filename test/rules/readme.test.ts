import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import { hasCodeNames } from '../../src/claims/codes-contract.ts';
import { fieldOf, lineKeys, operators, ruleSchema, stakeSchema } from '../../src/rules/contract.ts';
import { type PlainFact, plainFacts } from '../../src/rules/facts.ts';
import { relatedColumns, relatedParams } from '../../src/rules/related.ts';

const file = fileURLToPath(new URL('../../rules/README.md', import.meta.url));
const readme = readFileSync(file, 'utf8');

const types: Readonly<Record<PlainFact['type'], string>> = {
  text: '文字',
  number: '数字',
  boolean: '是否',
  date: '日期',
  time: '时间',
  list: '列表',
};
const units: Readonly<Record<PlainFact['needs'], string>> = {
  institution: '全部，及 `window`',
  claim: '全部',
  line: '`line`、`group`',
  group: '`group`',
  diagnosis: '`diagnosis`',
  window: '`window`',
};

const factTable = [
  '| 事实 | 含义 | 类型 | 单位 | 可用于 |',
  '|---|---|---|---|---|',
  ...Object.entries(plainFacts).map(
    ([name, { title, type, unit, needs }]) =>
      `| \`${name}\` | ${title.zh} | ${types[type]}${hasCodeNames(fieldOf({ fact: name })) ? '（代码）' : ''} | ${unit ?? ''} | ${units[needs]} |`,
  ),
].join('\n');

/** Names in code quotes. */
const mentioned = (text: string): string[] =>
  [...text.matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? '');

describe('the guide for rule authors', () => {
  it('lists the facts there are', async () => {
    const current = readme.replace(
      /(<!-- facts:begin.*?-->\n)[\s\S]*?(<!-- facts:end -->)/,
      `$1\n${factTable}\n\n$2`,
    );
    await expect(current).toMatchFileSnapshot(file);
  });

  it('explains every operator, fact with arguments, column, stake, grouping field and field of a rule', () => {
    const names = new Set(mentioned(readme));
    const stakes = stakeSchema.options.map((option) => option.shape.of.value);
    for (const name of [...operators, ...lineKeys, ...stakes, ...Object.keys(relatedParams)])
      expect(names).toContain(name);
    const fields = Object.keys(ruleSchema.shape).filter(
      (field) => !['name', 'stage', 'purpose'].includes(field),
    );
    for (const field of fields)
      expect(
        [...names].some(
          (name) => name === field || name.startsWith(`${field}.`) || name.startsWith(`${field} `),
        ),
        field,
      ).toBe(true);
    for (const [fact, columns] of Object.entries(relatedColumns)) {
      const section = readme.split(`**\`${fact}\`**`)[1]?.split(/\n\*\*`|\n## /)[0] ?? '';
      for (const column of Object.keys(columns))
        expect(mentioned(section), `${fact}.${column}`).toContain(column);
    }
  });

  it('names the columns of tables that hold codes with names', async () => {
    const { tables } = await loadKnowledge(fileURLToPath(new URL('../../rules/knowledge', import.meta.url)));
    const columns = new Set([...tables.values()].flatMap(({ spec }) => Object.keys(spec.columns)));
    const section = readme.split('### 消息')[1]?.split('\n## ')[0] ?? '';
    for (const column of [...columns].filter(hasCodeNames)) expect(mentioned(section)).toContain(column);
  });

  it('shows a rule that stands in the library as it is shown', () => {
    const shown: unknown = JSON.parse(/```json\n([\s\S]*?)\n```/.exec(readme)?.[1] ?? '');
    const library: unknown = JSON.parse(
      readFileSync(
        fileURLToPath(new URL('../../rules/library/fw-price-ceiling.json', import.meta.url)),
        'utf8',
      ),
    );
    const document = ruleSchema.parse(shown);
    const { purpose: _, exclusions: __, message, ...rest } = document;
    expect(library).toMatchObject({ ...rest, message: { zh: message.zh } });
  });
});
