import { expect, it } from 'vitest';
import { rulesReport } from '../../src/bench/rules-report.ts';
import { benchRules, runRulesBench } from '../../src/bench/rules.ts';
import { lintRule } from '../../src/rules/lint.ts';

it('compares engines that agree on every hit', async () => {
  const figures = await runRulesBench({ rules: 80, claims: 40, seconds: 0, print: () => undefined });
  expect(figures.hits).toBeGreaterThan(20);
  expect(figures.lines).toBeGreaterThan(300);
  expect(figures.engines.map(({ engine }) => engine)).toEqual([
    'json-rules-engine',
    '@gorules/zen-engine',
    'json-logic-engine',
    'ours',
    'ours, hits explained',
  ]);
  expect(rulesReport(figures)).toContain('× json-rules-engine');
});

it('compares rules that are sound', () => {
  for (const document of benchRules(80))
    expect(lintRule(document, { tables: new Map(), version: '' })).toEqual([]);
});
