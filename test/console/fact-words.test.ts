import { beforeAll, describe, expect, it } from 'vitest';
import {
  factWords,
  missingWords,
  operandWords,
  type Titles,
  titlesOf,
  usedValues,
  sentenceWords,
  valueWords,
} from '../../src/console/fact-words.ts';
import { textIn } from '../../src/console/language.tsx';
import { areaLabel, areaName } from '../../src/people/area-contract.ts';
import { areaNames } from '../../src/people/areas.ts';
import type { Condition, Leaf, RuleDocument } from '../../src/rules/contract.ts';
import { compileMessage } from '../../src/rules/message.ts';
import { relatedColumns } from '../../src/rules/related.ts';
import { type Fixtures, makeFixtures } from './fixtures.ts';

const zh = textIn('zh');
const en = textIn('en');
const names = areaNames([]);
const area = (code: string): string => areaLabel(areaName(names, code), code);
let fixtures: Fixtures;
let titles: Titles;
beforeAll(async () => {
  fixtures = await makeFixtures();
  titles = titlesOf(fixtures.facts, zh, area);
});

const leavesOf = (condition: Condition): Leaf[] =>
  'operator' in condition
    ? [condition]
    : ('all' in condition ? condition.all : 'any' in condition ? condition.any : [condition.not]).flatMap(
        leavesOf,
      );
const ruleOf = (code: string): RuleDocument => {
  const rule = fixtures.rules.rules.find(({ document }) => document.code === code)?.document;
  if (rule === undefined) throw new Error(`the library has no ${code}`);
  return rule;
};

describe('words of facts', () => {
  it('are there for every comparison of every rule, without a name of ours', () => {
    for (const { document } of fixtures.rules.rules)
      for (const leaf of leavesOf(document.conditions)) {
        const words = [factWords(leaf, document, titles, zh), operandWords(leaf, document, titles, zh)].join(
          ' ',
        );
        // National codes and ICD chapters are upper case; names of facts, columns and parameters are not.
        expect(words).not.toMatch(/[a-z]+[._][a-z]+|\bparam\b/);
      }
  });

  it('are there for everything that a finding has used', () => {
    for (const { detail } of fixtures.stored)
      for (const name of Object.keys(detail.finding.values))
        expect(factWords({ fact: name }, detail.rule, titles, zh)).not.toMatch(/[a-z]+[._][a-z]+/);
  });

  it('are there for every column of every related fact, in both languages', () => {
    for (const [fact, columns] of Object.entries(relatedColumns))
      for (const column of Object.keys(columns))
        for (const text of [zh, en])
          expect(factWords({ fact, path: `$.${column}` }, null, titles, text)).not.toContain(
            column.includes('_') ? column : `：${column}`,
          );
  });

  it('say what a fact with arguments looks at', () => {
    const rule = ruleOf('FW-STAY-SPLIT');
    const [first] = leavesOf(rule.conditions);
    if (first === undefined) throw new Error('FW-STAY-SPLIT has no condition');
    expect(factWords(first, rule, titles, zh)).toContain('同一机构此前 15 天内结束的住院就诊');
    expect(factWords(first, rule, titlesOf(fixtures.facts, en, area), en)).toContain(
      'inpatient visits at the same institution that ended in the 15 days before',
    );
  });

  it('are names where there are no titles, and whatever stands for them while they are asked for', () => {
    const none = titlesOf(undefined, zh, area);
    expect(factWords({ fact: 'line.cnt' }, null, none, zh)).toBe('line.cnt');
    expect(missingWords('person.brdy', none, zh)).toBe('person.brdy');
    const asked = titlesOf(undefined, zh, area, () => '…');
    expect(factWords({ fact: 'line.cnt' }, null, asked, zh)).toBe('…');
    expect(asked.table('item-sex')).toBe('…');
    expect(missingWords('person.brdy', asked, zh)).toBe('…');
    // What the console itself has words for is said at once.
    expect(missingWords('claims', asked, zh)).toBe('相关就诊的起止时间或诊断');
  });
});

describe('values that a finding used', () => {
  it('stand together where they speak of the same thing', () => {
    const rule = ruleOf('FW-STAY-SPLIT');
    const [alias] = Object.entries(rule.let).flatMap(([name, { fact }]) => (fact === 'claims' ? [name] : []));
    const used = usedValues(
      { 'claim.begin_day': '2025-03-20', [`${alias}.gap_days`]: 5, [`${alias}.setl_id`]: 'S1' },
      rule,
      titles,
      zh,
    );
    expect(
      used.map(({ subject, values }) => [subject, ...values.map(({ title, value }) => `${title} ${value}`)]),
    ).toEqual([
      [null, '开始日期 2025-03-20'],
      ['同一机构此前 15 天内结束的住院就诊', '相隔天数 5 天', '结算ID S1'],
    ]);
  });
});

describe('words of what is missing', () => {
  it.each([
    ['person.brdy', '出生日期'],
    ['claims', '相关就诊的起止时间或诊断'],
    ['table(item-sex)', '知识表的查询键（药品与医疗服务项目限性别（示例））'],
    ['evaluators_disagree', '两个判定引擎结论不一致'],
    ['something_new', 'something_new'],
  ])('%s is %s', (name, words) => {
    expect(missingWords(name, titles, zh)).toBe(words);
  });
});

describe('values', () => {
  const shown = (value: Parameters<typeof valueWords>[0], fact: string): string =>
    valueWords(value, { fact }, null, titles, zh);

  it('are named where they are national codes', () => {
    expect(shown('2', 'person.gend')).toBe('女');
    expect(shown('inpatient', 'claim.kind')).toBe('住院');
    expect(shown('2101', 'claim.med_type')).toBe('普通住院');
    expect(shown('77', 'claim.hosp_lv')).toBe('77');
    expect(valueWords(['310', '710'], { fact: 'table', path: '$.insutypes' }, null, titles, zh)).toBe(
      '职工医保、710',
    );
  });

  it('are areas by name and code, whatever is known of them', () => {
    const place = (code: string, path = '$.mdtrtarea_admvs'): string =>
      valueWords(code, { fact: 'claims', path }, null, titles, zh);
    expect(place('330702')).toBe('金华市婺城区 330702');
    expect(place('330700')).toBe('金华市 330700');
    expect(place('330799')).toBe('金华市 330799');
    expect(place('970101')).toBe('970101');
    expect(place('330702', '$.setl_id')).toBe('330702');
    expect(valueWords('330702', { fact: 'person.insuplc_admdvs' }, null, titles, zh)).toContain('婺城区');
  });

  it('are areas by name and code in the message of a finding too, and nothing else is taken for one', () => {
    expect(sentenceWords('刚在另一就医地（330702）的乙药店就诊。', titles)).toBe(
      '刚在另一就医地（金华市婺城区 330702）的乙药店就诊。',
    );
    expect(sentenceWords('another began in district 330702, at B.', titles)).toBe(
      'another began in district 金华市婺城区 330702, at B.',
    );
    const other = '数量（330702 次）、（3307020）、330702 元；district 3307020';
    expect(sentenceWords(other, titles)).toBe(other);
    const { fill } = compileMessage(ruleOf('FW-ELSEWHERE-SOON'));
    const message = fill({ 'elsewhere.mdtrtarea_admvs': '330702' });
    expect(sentenceWords(message.zh, titles)).toContain('婺城区');
    expect(sentenceWords(message.en, titles)).toContain('婺城区');
  });

  it('have units, and nothing is never blank', () => {
    expect(shown(30, 'person.age_years')).toBe('30 岁');
    expect(shown(null, 'person.die_date')).toBe('无');
    expect(shown(false, 'claim.kind')).toBe('否');
    expect(shown([], 'claim.diag_codes')).toBe('空');
  });

  it('are cut with their number said', () => {
    const codes = Array.from({ length: 30 }, (_, index) => `A${index}`);
    expect(shown(codes, 'claim.diag_codes')).toBe('A0、A1、A2、A3、A4、A5 等 30 项');
  });
});
