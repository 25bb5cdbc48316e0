import { expect, test } from 'vitest';
import { readJson } from '../../src/rules/read-json.ts';

const read = (text: string | Buffer, bytesMax = 10_000) =>
  readJson(typeof text === 'string' ? Buffer.from(text) : text, bytesMax);
const faultsOf = (text: string | Buffer, bytesMax?: number): string[] => {
  const result = read(text, bytesMax);
  return result.ok ? [] : result.issues.map(({ path, message }) => `${path} ${message.zh}`);
};

test('a byte order mark is no fault', () => {
  expect(read('\uFEFF{"code": "价格"}')).toEqual({ ok: true, json: { code: '价格' } });
});

test('a text of another encoding is refused, not read as other words', () => {
  // 价格 in GB18030.
  const bytes = Buffer.concat([
    Buffer.from('{"code": "'),
    Buffer.from([0xbc, 0xdb, 0xb8, 0xf1]),
    Buffer.from('"}'),
  ]);
  expect(faultsOf(bytes)).toEqual(['$ 不是 UTF-8 文本，请在编辑器中选择“UTF-8”另存']);
});

test.each([
  ['{\n  "a": 1,\n}', '第 3 行第 1 列，“}”前面多了一个逗号'],
  ['{\n  “a”: 1\n}', '第 2 行第 3 列，““”是中文标点，请改用英文的引号、逗号、冒号和括号'],
  ['{"a": 1，"b": 2}', '第 1 行第 7 列，“，”是中文标点，请改用英文的引号、逗号、冒号和括号'],
  ['{"a": 1 "b": 2}', '第 1 行第 9 列，前面缺少逗号或冒号'],
  ['{"a": 1} // 说明', '第 1 行第 10 列，不能写注释'],
  ["{'a': 1}", '第 1 行第 2 列，文字和名称须用双引号'],
  ['{"a": yes}', '第 1 行第 7 列，“yes”不能出现在这里；名称和文字须加双引号'],
  ['{"a": [1, 2]', '第 1 行第 13 列，文字到此中断：请检查括号和引号是否成对'],
  ['{"a":\u30001}', '第 1 行第 6 列，“\u3000”是中文标点，请改用英文的引号、逗号、冒号和括号'],
])('%j is told by line, column and what to do', (text, fault) => {
  expect(faultsOf(text)).toEqual([`$ 不是合法的 JSON：${fault}`]);
});

test('a name that stands twice in one object is named by its path', () => {
  expect(
    faultsOf('{"all": [{"fact": "a", "x": 1, "f\\u0061ct": "b"}], "any": {"fact": 1}, "all": []}'),
  ).toEqual([
    '$.all[0].fact 同一个对象里这个名称写了两次，只有后一个会起作用：请删去或合并其中一个',
    '$.all 同一个对象里这个名称写了两次，只有后一个会起作用：请删去或合并其中一个',
  ]);
});

test('size and depth are bounded', () => {
  expect(faultsOf('[1, 2]', 5)).toEqual(['$ 超过 5 字节']);
  expect(faultsOf(`${'['.repeat(66)}${']'.repeat(66)}`)).toEqual(['$ JSON 嵌套超过 64 层']);
  expect(faultsOf(`${'['.repeat(65)}${']'.repeat(65)}`)).toEqual([]);
  expect(faultsOf('['.repeat(5_000))).toHaveLength(1);
});
