import { copyFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { coverageOf } from '../../src/rules/coverage.ts';
import { loadRuleSet } from '../../src/rules/library.ts';
import { folderOf } from '../support/folder.ts';

const library = await loadRuleSet('rules');
const rows = await coverageOf('rules', library);

test('the national library has 88 rules, numbered and coded once', () => {
  expect(rows.map(({ national }) => national.no)).toEqual(
    Array.from({ length: 88 }, (_, index) => index + 1),
  );
  expect(new Set(rows.map(({ national }) => national.code)).size).toBe(88);
});

test('no row of the map is blank', () => {
  expect(rows.filter(({ state }) => state === 'missing')).toEqual([]);
  for (const { rules } of rows)
    for (const { examples, tables } of rules) {
      expect(examples).toBeGreaterThanOrEqual(3);
      for (const size of Object.values(tables)) expect(size).toBeGreaterThan(0);
    }
});

test('whatever lines, visits or histories decide is executable', () => {
  const decidable = rows.filter(({ national }) => national.scope.some((scope) => 'LVH'.includes(scope)));
  expect(decidable.length).toBe(78);
  for (const { national, state } of decidable) expect(state, national.name).toBe('executable');
  // Stocks lie outside of claims; eight are indicators, which measure and do not judge.
  expect(rows.filter(({ state }) => state === 'not_decidable').map(({ national }) => national.no)).toEqual([
    43, 48,
  ]);
  expect(rows.filter(({ state }) => state === 'indicator').map(({ national }) => national.no)).toEqual([
    56, 57, 58, 59, 60, 61, 62, 63,
  ]);
});

test('no rule names a national rule that does not exist', () => {
  const known = new Set(rows.map(({ national }) => national.code));
  for (const { document } of library.rules)
    for (const code of document.national) expect(known, document.code).toContain(code);
});

test('a rule that is taken out leaves a blank row', async () => {
  const without = {
    ...library,
    rules: library.rules.filter(({ document }) => document.code !== 'FW-ITEM-CAP'),
  };
  const missing = (await coverageOf('rules', without)).filter(({ state }) => state === 'missing');
  expect(missing.map(({ national }) => national.no)).toEqual([28, 34]);
});

test("a folder of rules of one's own needs neither the national list nor examples", async () => {
  const folder = await folderOf({});
  expect(await coverageOf(folder, library)).toEqual([]);
  await copyFile('rules/national-2025.json', `${folder}/national-2025.json`);
  const [first] = await coverageOf(folder, library);
  expect(first).toMatchObject({ state: 'executable', rules: [{ code: 'FW-ITEM-INSURANCE', examples: 0 }] });
});
