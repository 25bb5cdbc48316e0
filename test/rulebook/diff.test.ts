import { expect, test } from 'vitest';
import { changesBetween } from '../../src/rulebook/diff.ts';
import { splitRule } from './world.ts';

const { document } = await splitRule(15);

test('a rule does not differ from itself, however its conditions are ordered', () => {
  expect(changesBetween(document, document)).toEqual([]);
  const { conditions } = document;
  if (!('all' in conditions)) throw new Error('the rule is an all');
  expect(changesBetween(document, { ...document, conditions: { all: conditions.all.toReversed() } })).toEqual(
    [],
  );
});

test('a parameter, a condition, a message and a date that changed are told in both languages', async () => {
  const ten = (await splitRule(10)).document;
  if (!('all' in ten.conditions)) throw new Error('the rule is an all');
  const [, ...rest] = ten.conditions.all;
  const changes = changesBetween(document, {
    ...ten,
    effective: { from: '2026-01-01', to: null },
    message: { ...ten.message, zh: '疑似分解住院' },
    conditions: {
      all: [...rest, { any: [{ fact: 'claim.los_days', operator: 'greaterThan', value: 1 }] }],
    },
    exclusions: ten.exclusions.slice(1),
  });
  expect(changes.map(({ kind, path }) => `${kind} ${path}`)).toEqual([
    'changed $.effective.from',
    'changed $.message.zh',
    'changed $.params.gap_days_max',
    'removed $.conditions',
    'added $.conditions',
    'removed $.exclusions',
  ]);
  const texts = changes.map(({ text }) => text.zh);
  expect(texts[0]).toBe('生效日期 2000-01-01 → 2026-01-01');
  expect(texts[2]).toContain('15 → 10');
  expect(texts[3]).toBe('删除条件 earlier.count > 0');
  expect(texts[4]).toBe('新增条件 任一 › 住院天数 > 1');
  for (const { text } of changes) expect(text.en).not.toBe('');
});

test('what came is the reverse of what went', async () => {
  const ten = (await splitRule(10)).document;
  const { cyclic_diags: _dropped, ...params } = ten.params;
  const there = changesBetween(document, { ...ten, params });
  const back = changesBetween({ ...ten, params }, document);
  const opposite = { added: 'removed', removed: 'added', changed: 'changed' } as const;
  expect(back.map(({ path, kind }) => `${path} ${kind}`).toSorted()).toEqual(
    there.map(({ path, kind }) => `${path} ${opposite[kind]}`).toSorted(),
  );
});
