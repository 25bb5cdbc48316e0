import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import { readRule } from '../../src/rules/library.ts';
import { nearest } from '../../src/rules/nearest.ts';

const knowledge = await loadKnowledge('rules/knowledge');
const price = JSON.stringify(JSON.parse(readFileSync('rules/library/fw-price-ceiling.json', 'utf8')));
/** As it stands in the text, which has no spaces but in what people read. */
const compact = (part: string): string =>
  price.includes(part) ? part : part.replace(/([:,{[]) /g, '$1').replace(/ ([}\]])/g, '$1');

/** Faults of the rule on prices, with one part of its text written otherwise. */
function faultsOf(part: string, otherwise: string): { zh: string[]; en: string[] } {
  expect(price).toContain(compact(part));
  const { issues } = readRule(
    'price',
    Buffer.from(price.replace(compact(part), compact(otherwise))),
    knowledge,
  );
  return {
    zh: issues.map(({ path, message }) => `${path} ${message.zh}`),
    en: issues.map(({ path, message }) => `${path} ${message.en}`),
  };
}

test.each([
  [
    '"line.pric", "operator"',
    '"line.price", "operator"',
    '$.conditions.all[0].fact 没有名为 line.price 的事实。是否应为 line.pric？',
  ],
  [
    '"line.pric", "operator"',
    '"单价", "operator"',
    '$.conditions.all[0].fact “单价”不是事实的名称：应如 line.cnt，或 let 中的“名称.列”。是否应为 line.pric？',
  ],
  [
    '{ "fact": "limit.pric_max" } }',
    '{ "fact": "limt.pric_max" } }',
    '$.conditions.all[0].value.fact 没有名为 limt.pric_max 的事实。是否应为 limit.pric_max？',
  ],
  [
    '{ "fact": "limit.pric_max" } }',
    '{ "fact": "limit.price_max" } }',
    '$.conditions.all[0].value.fact 知识表没有列 price_max。是否应为 pric_max？',
  ],
  [
    '"greaterThan", "value": 0',
    '"greaterThan", "value": "0"',
    '$.conditions.all[1].value 应为数字，实为文字。请去掉引号，写 0',
  ],
  [
    '"greaterThan", "value": 0',
    '"contains", "value": 0',
    '$.conditions.all[1].operator 运算符 contains 不适用于数字。可用的有 equal、notEqual、lessThan、lessThanInclusive、greaterThan、greaterThanInclusive、in、notIn',
  ],
  [
    '"greaterThan", "value": 0',
    '"greaterThan"',
    '$.conditions.all[1].value 缺少这一项，应为文字或数字或真假值或列表 […]或对象 {…}',
  ],
  [
    '"greaterThan", "value": 0',
    '"greaterThan", "vaule": 0, "value": 0',
    '$.conditions.all[1].vaule 没有“vaule”这样的字段',
  ],
  ['"exclusions"', '"exclusion"', '$.exclusion 没有“exclusion”这样的字段。是否应为 exclusions？'],
  [
    '"from": "2000-01-01"',
    '"from": "2000/1/1"',
    '$.effective.from “2000/1/1”不是日期：应写作 yyyy-MM-dd，如 2025-01-31',
  ],
  [
    '"excess_price"',
    '"excess"',
    '$.stake.of “excess”不是可选的值，应为 lines、lines_but_first、excess_cnt、excess_amount、excess_price、claim、none 之一',
  ],
  [
    '"unit": "line"',
    '"unit": "lines"',
    '$.each.unit “lines”不是可选的值，应为 claim、line、diagnosis、group、window 之一',
  ],
  ['"违规"', '"违法"', '$.verdict “违法”不是可选的值，应为 违规、可疑、提示 之一'],
])('%j written as %j says where, what is expected, and what was meant', (part, otherwise, fault) => {
  expect(faultsOf(part, otherwise).zh).toContain(fault);
});

test('an operator is known by its Chinese name and by its sign', () => {
  for (const name of ['大于', '>', 'greaterThen'])
    expect(faultsOf('"greaterThan", "value": 0', `"${name}", "value": 0`).zh).toEqual([
      expect.stringMatching(
        /^\$\.conditions\.all\[1\]\.operator “.+”不是可选的值，应为 .+ 之一。是否应为 greaterThan？$/,
      ),
    ]);
});

test('a fault of an entry of let is told once, where it stands', () => {
  expect(faultsOf('"table": "item-price-ceiling"', '"table": "item-price-celing"').zh).toEqual([
    '$.let.limit.params.table 没有名为 item-price-celing 的知识表。是否应为 item-price-ceiling？',
  ]);
});

test('two ways to combine conditions cannot stand in one object', () => {
  const { zh } = faultsOf(
    '"conditions": {',
    '"conditions": { "any": [{ "fact": "line.cnt", "operator": "equal", "value": 1 }],',
  );
  expect(zh).toEqual([expect.stringMatching(/^\$\.conditions\.(any|all) .*请把它作为一项放进 all 或 any$/)]);
});

test('nothing that zod says in English stands in a Chinese sentence', () => {
  const parts = [...price.matchAll(/"[^"\n]*"|\d+/g)].map(([part]) => part);
  expect(parts.length).toBeGreaterThan(60);
  for (const part of new Set(parts))
    for (const otherwise of ['null', '7', '"x"', '[]', '{}', '[[1]]'])
      for (const fault of faultsOf(part, otherwise).zh)
        expect(fault, `${part} → ${otherwise}`).not.toMatch(
          /expected|received|Invalid|Unrecognized|pattern|Too /,
        );
});

test('the nearest name is the one with the fewest letters apart, and none when all are far', () => {
  expect(nearest('line.cntt', ['line.amount', 'line.cnt', 'line.in_scope'])).toBe('line.cnt');
  expect(nearest('LINE.CNT', ['line.cnt'])).toBe('line.cnt');
  expect(nearest('colour', ['line.cnt', 'gend'])).toBeNull();
  expect(nearest('x'.repeat(10_000), ['x'])).toBeNull();
});
