import { describe, expect, it } from 'vitest';
import { compileMessage, placeholdersOf } from '../../src/rules/message.ts';
import type { Value } from '../../src/rules/value.ts';

const entries = {
  limit: { fact: 'table', params: { table: 'item-level', key: 'line.med_list_codg' } },
  sex: { fact: 'person.gend' },
};
const said = (zh: string, values: Record<string, Value>, en = 'x') =>
  compileMessage({ message: { zh, en }, let: entries }).fill(values);

describe('a message', () => {
  it('says values as they are, and codes by name where it is asked to', () => {
    expect(said('限{limit.gend:name}，为{person.gend}。', { 'limit.gend': '2', 'person.gend': '1' }).zh).toBe(
      '限女，为1。',
    );
    expect(said('{sex:name}', { sex: '1' }, '{sex:name} {sex}')).toEqual({ zh: '男', en: 'male 1' });
    expect(said('{claim.med_type:name}', { 'claim.med_type': '2101' }).zh).toBe('普通住院');
  });

  it('says lists by their names', () => {
    const values = { 'limit.hosp_lvs': ['02', '77'] };
    expect(said('{limit.hosp_lvs:name}', values, '{limit.hosp_lvs:name}; {limit.hosp_lvs}')).toEqual({
      zh: '三级甲等、77',
      en: 'tertiary A / 77; 02,77',
    });
    expect(said('{limit.med_types:name}', { 'limit.med_types': ['1', '52'] }).zh).toBe('门诊、生育住院');
  });

  it('says codes without a name as they are, and what is not stated as ever', () => {
    for (const code of ['9', '', 'constructor'])
      expect(said('{claim.hosp_lv:name}', { 'claim.hosp_lv': code }).zh).toBe(code);
    for (const value of [null, undefined])
      expect(said('{sex:name}{sex}', { sex: value }, '{sex:name}')).toEqual({
        zh: '（未提供）（未提供）',
        en: '(not stated)',
      });
  });

  it('mentions each fact once, in order', () => {
    const { facts } = compileMessage({ message: { zh: '{a.b}{c:name}', en: '{c}{d}{a.b:name}' }, let: {} });
    expect(facts).toEqual(['a.b', 'c', 'd']);
  });

  it('leaves braces alone that hold no name', () => {
    expect(said('{}{ sex }{Sex:name}', { sex: '1' }).zh).toBe('{}{ sex }{Sex:name}');
    expect(placeholdersOf('{sex:nmae}{sex:}{sex}')).toEqual([
      { fact: 'sex', form: 'nmae' },
      { fact: 'sex', form: '' },
      { fact: 'sex', form: undefined },
    ]);
  });
});
