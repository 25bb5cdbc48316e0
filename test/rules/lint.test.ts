import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import { compileRule } from '../../src/rules/compile.ts';
import {
  type Condition,
  conditionDepthMax,
  type FactRef,
  type RuleDocument,
} from '../../src/rules/contract.ts';
import { lintRule } from '../../src/rules/lint.ts';

const knowledge = await loadKnowledge(fileURLToPath(new URL('../../rules/knowledge', import.meta.url)));

const words = { zh: '示例', en: 'sample' };
const table: FactRef = {
  fact: 'table',
  params: { table: 'item-sex', key: 'line.med_list_codg' },
  path: '$.gend',
};
const stays = {
  fact: 'claims',
  params: {
    kinds: 'inpatient',
    institution: 'same',
    relation: 'ended_before',
    days: 15,
    order: 'before',
    same: 'nothing',
  },
};
const group: RuleDocument['each'] = { unit: 'group', over: 'claim', group_by: ['med_list_codg', 'fee_day'] };
const param = (value: RuleDocument['params'][string]['value']) => ({
  title: words,
  value,
  unit: '—',
  standing: '示例' as const,
});

const document = (part: Partial<RuleDocument>): RuleDocument => ({
  code: 'FW-SAMPLE',
  national: [],
  name: words,
  category: '管理类',
  verdict: '可疑',
  stage: ['事后'],
  purpose: words,
  basis: [{ law: '—', article: '—' }],
  scope: { kinds: ['outpatient'] },
  effective: { from: '2000-01-01', to: null },
  each: { unit: 'line', merge_by: [] },
  params: {},
  let: {},
  conditions: { fact: 'line.cnt', operator: 'greaterThan', value: 1 },
  stake: { of: 'lines' },
  message: words,
  exclusions: [],
  ...part,
});

/** `path: message` of every fault. */
const faults = (part: Partial<RuleDocument>): string[] =>
  lintRule(document(part), knowledge).map(({ path, message }) => `${path}: ${message.en}`);
const faultsOf = (conditions: Condition, part: Partial<RuleDocument> = {}): string[] =>
  faults({ ...part, conditions });

describe('a sound document', () => {
  it('has no faults and compiles', () => {
    const sound = document({
      params: { days: param(15), codes: param(['Z51', 'Z49']) },
      let: { limit: { fact: 'table', params: { table: 'item-sex', key: 'line.med_list_codg' } }, sex: table },
      conditions: {
        all: [
          { fact: 'limit.gend', operator: 'in', value: ['1', '2'] },
          { fact: 'limit', path: '$.gend', operator: 'notEqual', value: { fact: 'person.gend' } },
          { fact: 'sex', operator: 'in', value: ['1', '2'] },
          { not: { fact: 'claim.diag_codes', operator: 'startsWithAny', value: { param: 'codes' } } },
          { fact: 'claim.diag_codes', operator: 'contains', value: 'J18.900' },
          { fact: 'line.fee_day', operator: 'notBefore', value: '2025-01-31' },
          { fact: 'claim.setl_time', operator: 'after', value: '2025-01-31 08:00:00' },
          { fact: 'line.fee_day', operator: 'after', value: { fact: 'claim.end_day' } },
          {
            ...stays,
            params: { ...stays.params, days: { param: 'days' } },
            path: '$.count',
            operator: 'equal',
            value: 0,
          },
          { ...stays, path: '$.end_day', operator: 'before', value: { fact: 'claim.begin_day' } },
        ],
      },
      message: { zh: '{line.item_name} {limit.gend} {sex}', en: '{limit.item_name}' },
    });
    expect(lintRule(sound, knowledge)).toEqual([]);
    expect(() => compileRule(sound, knowledge)).not.toThrow();
  });
});

describe('lint', () => {
  it('knows no fact of another name, not even one that every object has', () => {
    expect(faultsOf({ fact: 'line.colour', operator: 'equal', value: 'red' })).toEqual([
      '$.conditions.fact: there is no fact named line.colour',
    ]);
    expect(faultsOf({ fact: 'constructor', operator: 'equal', value: 'red' })).toEqual([
      '$.conditions.fact: there is no fact named constructor',
    ]);
    expect(
      faultsOf({ all: [{ any: [{ fact: 'line.cnt', operator: 'equal', value: { fact: 'nothing' } }] }] }),
    ).toEqual(['$.conditions.all[0].any[0].value.fact: there is no fact named nothing']);
  });

  it('is one whose units differ', () => {
    expect(
      faultsOf({ fact: 'claim.los_days', operator: 'greaterThan', value: { fact: 'claim.medfee_sumamt' } }),
    ).toEqual(['$.conditions.value: units differ: 天 and 元']);
    const params = { longest: { ...param(15), unit: '次' } };
    expect(
      faultsOf(
        { ...stays, path: '$.gap_days', operator: 'greaterThan', value: { param: 'longest' } },
        { params },
      ),
    ).toEqual(['$.conditions.value: units differ: 天 and 次']);
    expect(
      faultsOf(
        { ...stays, path: '$.gap_days', operator: 'greaterThan', value: { param: 'longest' } },
        {
          params: { longest: { ...param(15), unit: '天' } },
        },
      ),
    ).toEqual([]);
  });

  it('is one whose arguments, windows or limits are given in another unit than they are read in', () => {
    const gap = (unit: string) => ({ params: { gap: { ...param(3), unit } } });
    const within = (unit: string) =>
      faultsOf(
        {
          ...stays,
          params: { ...stays.params, days: { param: 'gap' } },
          path: '$.count',
          operator: 'greaterThan',
          value: 1,
        },
        gap(unit),
      );
    expect(within('月')).toEqual([
      '$.conditions.params.days: units differ: this is in 天, the parameter gap in 月',
    ]);
    for (const unit of ['天', '日', '晚', '—', '']) expect(within(unit)).toEqual([]);
    const window = (unit: string) =>
      faults({
        ...gap(unit),
        each: {
          unit: 'window',
          over: 'institution',
          sets: 'together',
          days: 7,
          minutes: { param: 'gap' },
          times: 2,
        },
        conditions: { fact: 'window.day_persons', operator: 'greaterThan', value: 2 },
        stake: { of: 'none' },
      });
    expect(window('小时')).toEqual([
      '$.each.minutes: units differ: this is in 分钟, the parameter gap in 小时',
    ]);
    expect(window('分钟')).toEqual([]);
    expect(faults({ stake: { of: 'excess_price', limit: { fact: 'claim.los_days' } } })).toEqual([
      '$.stake.limit: units differ: the limit of excess_price is in 元, not 天',
    ]);
    expect(faults({ each: group, stake: { of: 'excess_cnt', limit: { fact: 'line.pric' } } })).toEqual([
      '$.stake.limit: units differ: the limit of excess_cnt is a quantity, not 元',
    ]);
    expect(faults({ each: group, stake: { of: 'excess_amount', limit: { fact: 'line.pric' } } })).toEqual([]);
  });

  it('takes a quantity in whatever unit the item is counted in', () => {
    const most = { ...param(2), unit: '次' };
    expect(
      faultsOf(
        { fact: 'group.cnt', operator: 'greaterThan', value: { param: 'most' } },
        { each: group, params: { most } },
      ),
    ).toEqual([]);
  });

  it('is one that asks for visits of a kind that there is not', () => {
    expect(
      faultsOf({
        ...stays,
        params: { ...stays.params, kinds: ['inpatient', '门诊'] },
        path: '$.count',
        operator: 'greaterThan',
        value: 1,
      }),
    ).toMatchObject([expect.stringMatching(/^\$\.conditions\.params\.kinds/)]);
  });

  it('is one that calculates with what are no numbers, mixes units, or stands on itself', () => {
    const calc = (left: string | number, right: string | number, calculation = 'plus') => ({
      fact: 'calc',
      params: { do: calculation, left, right },
      path: '$.value',
    });
    const asked = (entry: FactRef) =>
      faultsOf({ ...entry, operator: 'greaterThan', value: 1 }).map((fault) =>
        fault.replace('$.conditions', ''),
      );
    expect(asked(calc('line.cnt', 1.5, 'times'))).toEqual([]);
    expect(asked(calc('claim.end_day', 'claim.begin_day', 'minus'))).toEqual([]);
    expect(asked(calc('person.gend', 1))).toEqual(['.params.left: expected number, got text']);
    expect(asked(calc('nothing', 1))).toEqual(['.params.left: there is no fact named nothing']);
    expect(asked(calc('claim.end_day', 3, 'minus'))).toEqual([
      '.params: only a date can be taken from a date',
    ]);
    expect(asked(calc('claim.los_days', 'line.amount'))).toEqual(['.params: units differ: 天 and 元']);
    expect(asked(calc('claim.los_days', 'line.amount', 'times'))).toEqual([]);
    expect(asked({ ...calc(1, 2), path: '$.sum' })).toEqual(['.path: calc has no column sum']);
    const rings = faultsOf(
      { fact: 'a', operator: 'greaterThan', value: 1 },
      { let: { a: calc('b', 1), b: calc(1, 'a') } },
    );
    expect(rings.every((fault) => fault.endsWith('never on themselves'))).toBe(true);
    expect(rings.length).toBeGreaterThan(0);
    expect(
      faultsOf({
        ...calc('claim.los_days', 2, 'times'),
        operator: 'greaterThan',
        value: { fact: 'line.amount' },
      }),
    ).toEqual(['$.conditions.value: units differ: 天 and 元']);
  });

  it('is one that can never hit, always hits, or leans on a table that says nothing in its time', () => {
    const cnt = (operator: 'greaterThan' | 'lessThanInclusive', value: number) => ({
      fact: 'line.cnt',
      operator,
      value,
    });
    expect(faultsOf({ all: [cnt('greaterThan', 2), cnt('lessThanInclusive', 2)] })).toEqual([
      '$.conditions.all: no value of line.cnt fits all of these',
    ]);
    expect(faultsOf({ any: [cnt('greaterThan', 2), cnt('lessThanInclusive', 2)] })).toEqual([
      '$.conditions.any: every value of line.cnt fits one of these',
    ]);
    expect(
      faultsOf(
        { ...table, operator: 'equal', value: '1' },
        { effective: { from: '2000-01-01', to: '2001-01-01' } },
      ),
    ).toEqual(['$.effective: the table item-sex has no row in force while the rule is']);
  });

  it('knows which facts exist in a unit', () => {
    expect(faults({ each: { unit: 'claim' }, stake: { of: 'none' } })).toEqual([
      '$.conditions.fact: line.cnt does not exist in unit claim',
    ]);
    expect(faultsOf({ fact: 'diagnosis.diag_code', operator: 'equal', value: 'C53' })).toEqual([
      '$.conditions.fact: diagnosis.diag_code does not exist in unit line',
    ]);
    expect(faultsOf({ fact: 'group.count', operator: 'greaterThan', value: 1 })).toEqual([
      '$.conditions.fact: group.count does not exist in unit line',
    ]);
    const group = { each: { unit: 'group' as const, over: 'claim' as const, group_by: ['rxno' as const] } };
    const whole = { each: { ...group.each, over: 'person' as const } };
    expect(faultsOf({ fact: 'line.cnt', operator: 'greaterThan', value: 1 }, whole)).toEqual([
      '$.each.group_by: groups over a person must contain fee_day',
    ]);
    expect(faultsOf({ fact: 'line.cnt', operator: 'greaterThan', value: 1 }, group)).toEqual([]);
    expect(
      faultsOf(
        { fact: 'sales', params: {}, path: '$.count', operator: 'greaterThan', value: 0 },
        { each: { unit: 'claim' }, stake: { of: 'none' } },
      ),
    ).toEqual(['$.conditions.fact: sales does not exist in unit claim']);
    expect(
      faultsOf(
        { ...table, operator: 'equal', value: '1' },
        { each: { unit: 'diagnosis' }, stake: { of: 'none' } },
      ),
    ).toEqual(['$.conditions.params.key: line.med_list_codg does not exist in unit diagnosis']);
  });

  it('wants params and path where they belong and nowhere else', () => {
    expect(faultsOf({ fact: 'line.cnt', path: '$.cnt', operator: 'equal', value: 1 })).toEqual([
      '$.conditions: line.cnt takes no params and no path',
    ]);
    expect(faultsOf({ fact: 'line.cnt', params: {}, operator: 'equal', value: 1 })).toEqual([
      '$.conditions: line.cnt takes no params and no path',
    ]);
    expect(faultsOf({ ...stays, operator: 'equal', value: 1 })).toEqual([
      '$.conditions: claims needs a path that names a column',
    ]);
    expect(
      faultsOf(
        { fact: 'earlier.count', params: { days: 1 }, operator: 'equal', value: 1 },
        { let: { earlier: stays } },
      ),
    ).toEqual(['$.conditions.params: the arguments of earlier stand in let']);
    expect(faultsOf({ fact: 'earlier', operator: 'equal', value: 1 }, { let: { earlier: stays } })).toEqual([
      '$.conditions: claims needs a path that names a column',
    ]);
  });

  it('checks the arguments of a fact', () => {
    const path = '$.count';
    expect(
      faultsOf({ ...stays, params: { ...stays.params, days: -1 }, path, operator: 'equal', value: 1 }),
    ).toMatchObject([expect.stringMatching(/^\$\.conditions\.params\.days: does not fit the schema: /)]);
    expect(
      faultsOf({ ...stays, params: { ...stays.params, weeks: 2 }, path, operator: 'equal', value: 1 }),
    ).toMatchObject([expect.stringMatching(/^\$\.conditions\.params\.weeks: does not fit the schema: /)]);
    expect(faultsOf({ fact: 'identity', path: '$.passed', operator: 'equal', value: 1 })).toMatchObject([
      expect.stringMatching(/^\$\.conditions\.params\.score_min: is missing: expected number/),
    ]);
    expect(
      faultsOf({
        fact: 'table',
        params: { table: 'item-sex', key: 'line.colour' },
        path: '$.gend',
        operator: 'equal',
        value: '1',
      }),
    ).toMatchObject([expect.stringMatching(/^\$\.conditions\.params\.key: does not fit the schema: /)]);
  });

  it('checks the arguments of an entry of let that stands for everything it finds', () => {
    expect(
      faults({ let: { earlier: { ...stays, params: { ...stays.params, order: 'backwards' } } } }),
    ).toMatchObject([expect.stringMatching(/^\$\.let\.earlier\.params\.order: does not fit the schema: /)]);
  });

  it('knows the tables and their columns', () => {
    const lookup = (params: NonNullable<FactRef['params']>, path = '$.gend'): string[] =>
      faultsOf({ fact: 'table', params, path, operator: 'equal', value: '1' });
    expect(lookup({ table: 'item-colour', key: 'line.med_list_codg' })).toEqual([
      '$.conditions.params.table: there is no knowledge table named item-colour',
    ]);
    expect(lookup({ table: 'item-sex', key: ['line.med_list_codg', 'claim.hosp_lv'] })).toEqual([
      '$.conditions.params.key: the key of this table has 1 column',
    ]);
    expect(lookup({ table: 'item-sex', key: 'line.med_list_codg' }, '$.colour')).toEqual([
      '$.conditions.path: the table has no column colour',
    ]);
    expect(lookup({ table: 'item-sex', key: 'line.med_list_codg' }, '$.constructor')).toEqual([
      '$.conditions.path: the table has no column constructor',
    ]);
    expect(faultsOf({ ...stays, path: '$.colour', operator: 'equal', value: 1 })).toEqual([
      '$.conditions.path: claims has no column colour',
    ]);
    expect(
      faultsOf({
        fact: 'lines',
        params: { over: 'claim', within: 'day', table: 'item-exclusion', mine: 'colour', theirs: 'size' },
        path: '$.count',
        operator: 'equal',
        value: 1,
      }),
    ).toEqual([
      '$.conditions.params.mine: the table has no column colour',
      '$.conditions.params.theirs: the table has no column size',
    ]);
    const pair = (params: object): string[] =>
      faultsOf({
        fact: 'lines',
        params: { table: 'item-exclusion', mine: 'med_list_codg', theirs: 'other_codg', ...params },
        path: '$.count',
        operator: 'greaterThan',
        value: 0,
      });
    expect(pair({ over: 'person', within: 'visit', days: 30 })).toEqual([]);
    expect(pair({ over: 'person', within: 'day', days: 30 })).toEqual([
      '$.conditions.params.days: days goes with within visit only',
    ]);
    expect(pair({ over: 'claim', within: 'visit' })).toEqual([
      '$.conditions.params.days: within visit needs days: how many days lie between the lines at most',
      '$.conditions.params.over: within visit goes with over person; for this claim alone, write within claim',
    ]);
  });

  it('knows the parameters', () => {
    expect(faultsOf({ fact: 'line.cnt', operator: 'equal', value: { param: 'cnt_max' } })).toEqual([
      '$.conditions.value: there is no parameter named cnt_max',
    ]);
    expect(faultsOf({ fact: 'line.cnt', operator: 'equal', value: { param: 'constructor' } })).toEqual([
      '$.conditions.value: there is no parameter named constructor',
    ]);
    expect(
      faultsOf({
        ...stays,
        params: { ...stays.params, days: { param: 'gap' } },
        path: '$.count',
        operator: 'equal',
        value: 1,
      }),
    ).toEqual(['$.conditions.params.days: there is no parameter named gap']);
    expect(
      faultsOf(
        {
          ...stays,
          params: { ...stays.params, days: { param: 'gap' } },
          path: '$.count',
          operator: 'equal',
          value: 1,
        },
        { params: { gap: param('soon') } },
      ),
    ).toMatchObject([expect.stringMatching(/^\$\.conditions\.params\.days: expected number, got string/)]);
  });

  it('wants operators and values that fit the type of the fact', () => {
    const cases: readonly (readonly [Condition, string])[] = [
      [
        { fact: 'line.item_name', operator: 'lessThan', value: 1 },
        '$.conditions.operator: lessThan does not apply to text',
      ],
      [
        { fact: 'line.cnt', operator: 'before', value: '2025-01-01' },
        '$.conditions.operator: before does not apply to number',
      ],
      [
        { fact: 'line.cnt', operator: 'startsWithAny', value: ['1'] },
        '$.conditions.operator: startsWithAny does not apply to number',
      ],
      [
        { fact: 'claim.diag_codes', operator: 'equal', value: 'C53' },
        '$.conditions.operator: equal does not apply to list',
      ],
      [
        { fact: 'claim.diag_codes', operator: 'in', value: ['C53'] },
        '$.conditions.operator: in does not apply to list',
      ],
      [
        { fact: 'line.item_name', operator: 'contains', value: 'x' },
        '$.conditions.operator: contains does not apply to text',
      ],
      [{ fact: 'line.cnt', operator: 'equal', value: '1' }, '$.conditions.value: expected number, got text'],
      [{ fact: 'person.gend', operator: 'equal', value: 1 }, '$.conditions.value: expected text, got number'],
      [{ fact: 'person.gend', operator: 'in', value: '1' }, '$.conditions.value: expected list, got text'],
      [
        { fact: 'line.cnt', operator: 'equal', value: true },
        '$.conditions.value: expected number, got boolean',
      ],
      [
        { fact: 'line.cnt', operator: 'equal', value: { fact: 'line.item_name' } },
        '$.conditions.value: expected number, got text',
      ],
      // Every time of a day would come after the day.
      [
        { fact: 'line.fee_time', operator: 'after', value: { fact: 'claim.end_day' } },
        '$.conditions.value: expected time/text, got date',
      ],
      [
        { fact: 'person.gend', operator: 'in', value: ['1', 2] },
        '$.conditions.value: 2 in the list is not of type text',
      ],
      [
        { fact: 'claim.diag_codes', operator: 'startsWithAny', value: [51] },
        '$.conditions.value: 51 in the list is not of type list',
      ],
      [
        { fact: 'line.fee_day', operator: 'after', value: '2025/01/01' },
        '$.conditions.value: a date is written yyyy-MM-dd',
      ],
      [
        { fact: 'line.fee_day', operator: 'in', value: ['2025-02-28', '2025-02-29'] },
        '$.conditions.value: a date is written yyyy-MM-dd',
      ],
      [
        { fact: 'line.fee_time', operator: 'after', value: '2025-01-01' },
        '$.conditions.value: a time is written yyyy-MM-dd HH:mm:ss',
      ],
    ];
    for (const [conditions, fault] of cases) expect(faultsOf(conditions)).toEqual([fault]);
  });

  it('keeps names of let apart from facts', () => {
    for (const name of [
      'claim',
      'line',
      'group',
      'person',
      'diagnosis',
      'table',
      'claims',
      'candidate',
      'constructor',
    ])
      expect(faults({ let: { [name]: table } })).toContain(`$.let.${name}: this name is taken already`);
  });

  it('limits the depth of conditions', () => {
    const nested = (depth: number): Condition =>
      depth === 1 ? { fact: 'line.cnt', operator: 'equal', value: 1 } : { not: nested(depth - 1) };
    expect(faultsOf(nested(conditionDepthMax))).toEqual([]);
    const path = '.not'.repeat(conditionDepthMax);
    expect(faultsOf(nested(conditionDepthMax + 1))).toEqual([
      `$.conditions${path}: conditions are nested deeper than ${conditionDepthMax}`,
    ]);
  });

  it('wants a stake that fits the unit, and a limit that is a number', () => {
    expect(faults({ stake: { of: 'lines_but_first' } })).toEqual([
      '$.stake: lines_but_first does not apply to unit line',
    ]);
    expect(faults({ stake: { of: 'excess_cnt', limit: { fact: 'line.cnt' } } })).toEqual([
      '$.stake: excess_cnt does not apply to unit line',
    ]);
    expect(
      faultsOf(
        { fact: 'claim.line_count', operator: 'greaterThan', value: 1 },
        { each: { unit: 'claim' }, stake: { of: 'lines' } },
      ),
    ).toEqual(['$.stake: lines does not apply to unit claim']);
    expect(faults({ stake: { of: 'excess_price', limit: { fact: 'line.item_name' } } })).toEqual([
      '$.stake.limit: the limit must be a number',
    ]);
    expect(faults({ stake: { of: 'excess_price', limit: { fact: 'nothing' } } })).toEqual([
      '$.stake.limit.fact: there is no fact named nothing',
    ]);
  });

  it('finds placeholders that nothing fills, in both languages', () => {
    expect(faults({ message: { zh: '{nothing}', en: '{line.colour}' } })).toEqual([
      '$.message.zh: nothing is named {nothing}',
      '$.message.en: nothing is named {line.colour}',
    ]);
    expect(faults({ message: { zh: '{constructor}', en: 'x' } })).toEqual([
      '$.message.zh: nothing is named {constructor}',
    ]);
    expect(faults({ message: { zh: '{group.count}', en: 'x' } })).toEqual([
      '$.message.zh: group.count does not exist in unit line',
    ]);
    expect(faults({ let: { earlier: stays }, message: { zh: '{earlier.colour}', en: '{earlier}' } })).toEqual(
      ['$.message.zh: claims has no column colour', '$.message.en: claims needs a path that names a column'],
    );
  });

  it('wants names of codes only where there are codes', () => {
    const limit = { fact: 'table', params: { table: 'item-sex', key: 'line.med_list_codg' } };
    const said = (zh: string, en = 'x') => faults({ let: { limit, earlier: stays }, message: { zh, en } });
    expect(said('{person.gend:name}{limit.gend:name}', '{earlier.insutype:name}{person.gend}')).toEqual([]);
    expect(said('{line.cnt:name}', '{limit.item_name:name}')).toEqual([
      expect.stringMatching(
        /^\$\.message\.zh: \{line\.cnt:name\} should be .*\(such as .*person\.gend.*\), and cnt has none; \{line\.cnt\} shows the value$/,
      ),
      expect.stringMatching(
        /^\$\.message\.en: \{limit\.item_name:name\} should be .*, and item_name has none/,
      ),
    ]);
    expect(said('{person.gend:names}{person.gend:}')).toEqual([
      '$.message.zh: {person.gend:names} should be {person.gend}, the value, or {person.gend:name}, the name of its code',
      '$.message.zh: {person.gend:} should be {person.gend}, the value, or {person.gend:name}, the name of its code',
    ]);
    expect(said('{line.colour:name}')).toEqual(['$.message.zh: nothing is named {line.colour}']);
    const [fault] = lintRule(document({ message: { zh: '{line.cnt:name}', en: 'x' } }), knowledge);
    expect(fault?.message.zh).toMatch(
      /^占位符 \{line\.cnt:name\} 应为有代码表的事实或列（如 .*），cnt 没有代码表；显示原值请写 \{line\.cnt\}$/,
    );
  });

  it('lets medical rules be no more than 可疑', () => {
    expect(faults({ category: '医疗类', verdict: '违规' })).toEqual([
      '$.verdict: medical rules give 可疑 or 提示: they need a medical reviewer',
    ]);
    expect(faults({ category: '医疗类', verdict: '可疑' })).toEqual([]);
  });

  it('wants days of the calendar in order', () => {
    expect(faults({ effective: { from: '2025-02-30', to: null } })).toEqual([
      '$.effective.from: there is no such day in the calendar',
    ]);
    expect(faults({ effective: { from: '2025-01-01', to: '2025-01-01' } })).toEqual([
      '$.effective.to: must be later than `from`',
    ]);
  });

  it('speaks Chinese too', () => {
    const [fault] = lintRule(document({ stake: { of: 'lines_but_first' } }), knowledge);
    expect(fault?.message.zh).toBe('lines_but_first 不适用于 line');
  });
});
