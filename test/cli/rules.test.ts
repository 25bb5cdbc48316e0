/** `fundwatch rules` as a supervisor runs it. */
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { coverageSchema } from '../../src/rules/contract.ts';
import { runCommand } from '../support/command.ts';
import { folderOf } from '../support/folder.ts';

const runMs = 120_000;
let folder: string;
beforeEach(async () => {
  folder = path.join(await folderOf({}), 'rules');
  await cp('rules', folder, { recursive: true });
});

const change = async (file: string, from: string, to: string): Promise<void> => {
  const text = await readFile(path.join(folder, 'library', file), 'utf8');
  expect(text).toContain(from);
  await writeFile(path.join(folder, 'library', file), text.replace(from, to));
};
const rules = (...parameters: string[]) => runCommand(['rules', ...parameters, '--rules', folder]);

test('lint says that nothing is wrong, or where something is', { timeout: runMs }, async () => {
  expect(await rules('lint')).toMatchObject({ code: 0, told: '' });
  await change('fw-stay-split.json', '"fact": "earlier.count"', '"fact": "earlier.colour"');
  const { code, out } = await rules('lint');
  expect(code).toBe(1);
  expect(out).toContain('fw-stay-split.json $.conditions.all[0].fact');
});

test('lint notes a rule that another one makes superfluous', { timeout: runMs }, async () => {
  const library = path.join(folder, 'library');
  const text = await readFile(path.join(library, 'fw-stay-split.json'), 'utf8');
  const copy = text.replace('"FW-STAY-SPLIT"', '"FW-STAY-SPLIT-SHORT"').replace('"value": 15', '"value": 7');
  await writeFile(path.join(library, 'fw-stay-split-short.json'), copy);
  const { code, out } = await rules('lint');
  expect(code).toBe(0);
  expect(out).not.toContain('凡命中');
  await writeFile(
    path.join(library, 'fw-stay-split-short.json'),
    text
      .replace('"FW-STAY-SPLIT"', '"FW-STAY-SPLIT-SHORT"')
      .replace('"all": [', '"all": [{ "fact": "claim.los_days", "operator": "lessThan", "value": 3 },'),
  );
  expect((await rules('lint')).out).toContain('凡命中 FW-STAY-SPLIT-SHORT 的，FW-STAY-SPLIT 也会命中');
});

test('examples are run, of one rule or of all', { timeout: runMs }, async () => {
  const all = await rules('examples');
  expect(all).toMatchObject({ code: 0, told: '' });
  expect(all.out).toMatch(/^\d{3} 个示例，0 处不符/);
  await change('fw-stay-split.json', '"value": 15', '"value": 14');
  const { code, out } = await rules('examples', 'FW-STAY-SPLIT');
  expect(code).toBe(1);
  expect(out).toContain('S2 应有疑点');
  expect((await rules('examples', 'FW-ITEM-SEX')).code).toBe(0);
  expect(await rules('examples', 'FW-NOTHING')).toMatchObject({ code: 2 });
});

test('lint looks at the examples too: that there are any, and that they fit', {
  timeout: runMs,
}, async () => {
  await change('fw-stay-split.examples.json', '"kind": "hit"', '"kind": "hits"');
  const { code, out } = await rules('lint');
  expect(code).toBe(1);
  expect(out).toContain('fw-stay-split.examples.json $.examples[0].kind：“hits”不是可选的值');
  await rm(path.join(folder, 'library', 'fw-stay-split.examples.json'));
  const without = await rules('lint');
  expect(without.code).toBe(0);
  expect(without.out).toContain('FW-STAY-SPLIT 没有示例文件 fw-stay-split.examples.json');
});

test('lint notes a parameter that nothing uses', { timeout: runMs }, async () => {
  await change(
    'fw-stay-split.json',
    '"params": {',
    '"params": { "gap": { "title": { "zh": "间隔", "en": "gap" }, "value": 1, "unit": "天", "standing": "示例" },',
  );
  const { code, out } = await rules('lint');
  expect(code).toBe(0);
  expect(out).toContain('FW-STAY-SPLIT 参数 gap 没有被用到');
});

test('examples none of which stands at the border are not enough', { timeout: runMs }, async () => {
  const file = path.join(folder, 'library', 'fw-stay-split.examples.json');
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replaceAll('"kind": "border"', '"kind": "near_miss"'));
  const { code, out } = await rules('examples', 'FW-STAY-SPLIT');
  expect(code).toBe(1);
  expect(out).toContain('缺少 border 示例');
});

test('a file that is not there is named without a stack', { timeout: runMs }, async () => {
  const { code, told } = await runCommand(['knowledge', 'check', 'item-sex', '/nothing.csv']);
  expect(code).toBe(2);
  expect(told.trim()).toBe('没有这个文件或目录 / no such file or directory：/nothing.csv');
});

test('coverage has a row for each national rule', { timeout: runMs }, async () => {
  const { code, out } = await rules('coverage', '--json');
  expect(code).toBe(0);
  const { rows } = coverageSchema.parse({ rows: JSON.parse(out) });
  expect(rows).toHaveLength(88);
  const words = await rules('coverage');
  expect(words.out).toContain('可执行 78，统计指标 8，结算数据不能判定 2，缺 0');
});
