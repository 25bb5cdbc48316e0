import fc from 'fast-check';
import { expect, it } from 'vitest';
import { candidatesOf } from '../../src/rules/candidate.ts';
import { compileRule } from '../../src/rules/compile.ts';
import type { Condition, RuleDocument } from '../../src/rules/contract.ts';
import { loadRuleSet } from '../../src/rules/library.ts';
import { shadowing } from '../../src/rules/shadowed.ts';
import { randomDocument } from './random-documents.ts';
import { smallTables } from './small-tables.ts';
import { personsOfWorld } from './small-world.ts';

const persons = Array.from({ length: 10 }, (_, seed) => personsOfWorld(seed)).flat();
const other = (document: RuleDocument): RuleDocument => ({ ...document, code: 'FW-OTHER' });

const withConditions = (document: RuleDocument, conditions: Condition): RuleDocument => ({
  ...document,
  conditions,
});

/** Every number of a comparison moved, and a part left out here and there: some of these are wider, some are not. */
function loosened(condition: Condition, by: number): Condition {
  if ('all' in condition)
    return {
      all: condition.all
        .filter((_, at) => condition.all.length === 1 || (by + at) % 3 !== 0)
        .map((part) => loosened(part, by)),
    };
  if ('any' in condition) return { any: condition.any.map((part) => loosened(part, by)) };
  if ('not' in condition) return { not: loosened(condition.not, by) };
  return typeof condition.value === 'number' ? { ...condition, value: condition.value + by } : condition;
}

it('what is said to be shadowed hits nothing that the other does not hit', () => {
  let said = 0;
  let hits = 0;
  fc.assert(
    fc.property(randomDocument, fc.integer({ min: -2, max: 2 }), (document, by) => {
      const wide = withConditions(document, loosened(document.conditions, by));
      if (JSON.stringify(wide).includes('"all":[]')) return;
      if (shadowing(document, [other(wide)]).length === 0) return;
      said += 1;
      const [mine, theirs] = [compileRule(document, smallTables), compileRule(wide, smallTables)];
      for (const person of persons)
        for (const candidate of candidatesOf(document, person))
          if (mine.decide(candidate) === 'hit') {
            hits += 1;
            expect(theirs.decide(candidate)).toBe('hit');
          }
    }),
    { numRuns: 600 },
  );
  expect(said).toBeGreaterThan(100);
  expect(hits).toBeGreaterThan(100);
});

it('copies with more conditions, tighter limits or fewer kinds are found under any names', async () => {
  const { rules } = await loadRuleSet('rules');
  const document = rules.find((rule) => rule.document.code === 'FW-STAY-SPLIT')?.document;
  if (document === undefined) throw new Error('the library has no FW-STAY-SPLIT');
  const more: Condition = { fact: 'claim.los_days', operator: 'lessThan', value: 3 };
  const narrow = withConditions(document, { all: [more, document.conditions] });
  expect(shadowing(narrow, [other(document)])).toEqual(['FW-OTHER']);
  expect(shadowing(document, [other(narrow)])).toEqual([]);
  const shorter = withConditions(narrow, { all: [{ ...more, value: 2 }, document.conditions] });
  expect(shadowing(shorter, [other(narrow)])).toEqual(['FW-OTHER']);
  expect(shadowing(narrow, [other(shorter)])).toEqual([]);
  expect(
    shadowing({ ...document, effective: { from: '2020-01-01', to: '2021-01-01' } }, [other(document)]),
  ).toEqual(['FW-OTHER']);
  expect(shadowing(document, [document])).toEqual([]);
});

it('nothing in the library is shadowed', async () => {
  const { rules } = await loadRuleSet('rules');
  const documents = rules.map(({ document }) => document);
  for (const document of documents)
    expect([document.code, shadowing(document, documents)]).toEqual([document.code, []]);
});
