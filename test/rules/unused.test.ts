import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type RuleDocument, ruleSchema } from '../../src/rules/contract.ts';
import { loadRuleSet } from '../../src/rules/library.ts';
import { unusedNotes } from '../../src/rules/unused.ts';

const split = ruleSchema.parse(JSON.parse(readFileSync('rules/library/fw-stay-split.json', 'utf8')));
const notesOf = (part: Partial<RuleDocument>): string[] =>
  unusedNotes({ ...split, ...part }).map(({ en }) => en);
const param = { title: { zh: '次数', en: 'times' }, value: 2, unit: '次', standing: '示例' as const };

test('a parameter that nothing uses is told, wherever the others are used', () => {
  const params = { ...split.params, times: param };
  expect(notesOf({ params })).toEqual([
    'nothing uses the parameter times: changing its value does not change the rule',
  ]);
  const asked = { fact: 'claim.los_days', operator: 'greaterThan', value: { param: 'times' } } as const;
  expect(notesOf({ params, conditions: { all: [split.conditions, { not: asked }] } })).toEqual([]);
  expect(
    notesOf({
      params,
      stake: {
        of: 'excess_price',
        limit: { fact: 'calc', params: { do: 'plus', left: 1, right: { param: 'times' } } },
      },
    }),
  ).toEqual([]);
});

test('an entry of let is used by a condition, a calculation, or the message', () => {
  const entries = (left: string): RuleDocument['let'] => ({
    ...split.let,
    hoped: { fact: 'stated', params: { fact: 'claim.end_day' } },
    sum: { fact: 'calc', params: { do: 'plus', left, right: 1 }, path: '$.value' },
  });
  expect(notesOf({ let: entries('claim.los_days') })).toEqual([
    'nothing uses hoped of let',
    'nothing uses sum of let',
  ]);
  expect(notesOf({ let: entries('hoped.yes') })).toEqual(['nothing uses sum of let']);
  expect(notesOf({ let: entries('hoped.yes'), message: { zh: '{sum}', en: 'x' } })).toEqual([]);
});

test('everything in the library is used', async () => {
  for (const { document } of (await loadRuleSet('rules')).rules)
    expect(unusedNotes(document), document.code).toEqual([]);
});
