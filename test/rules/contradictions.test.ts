import fc from 'fast-check';
import { expect, test } from 'vitest';
import { contradictionsOf } from '../../src/rules/contradictions.ts';
import {
  type Condition,
  type Leaf,
  type Operator,
  type RuleDocument,
  ruleSchema,
} from '../../src/rules/contract.ts';
import { loadRuleSet } from '../../src/rules/library.ts';
import { compare, type Scalar, type Value } from '../../src/rules/value.ts';

const library = await loadRuleSet('rules');
const sample = library.rules[0]?.document;
const documentOf = (conditions: Condition): RuleDocument => ruleSchema.parse({ ...sample, conditions });
const kindsOf = (conditions: Condition): string[] =>
  contradictionsOf(documentOf(conditions)).map(({ path, kind, fact }) => `${kind} ${path} ${fact}`);

const days = (operator: Operator, value: Leaf['value']): Leaf => ({
  fact: 'claim.los_days',
  operator,
  value,
});

test('comparisons that leave nothing are found, wherever they stand', () => {
  const never = { all: [days('greaterThan', 5), days('lessThan', 5)] };
  expect(kindsOf(never)).toEqual(['never $.conditions.all claim.los_days']);
  expect(kindsOf({ any: [days('equal', 1), { not: never }] })).toEqual([
    'never $.conditions.any[1].not.all claim.los_days',
  ]);
  expect(kindsOf({ all: [days('in', [1, 2]), days('notIn', [2, 1, 3])] })).toHaveLength(1);
  expect(kindsOf({ all: [days('equal', 3), days('greaterThanInclusive', 3)] })).toEqual([]);
  // Facts may have fractions.
  expect(kindsOf({ all: [days('greaterThan', 5), days('lessThan', 6)] })).toEqual([]);
});

test('comparisons that leave out nothing are found', () => {
  expect(kindsOf({ any: [days('lessThan', 5), days('greaterThanInclusive', 5)] })).toEqual([
    'always $.conditions.any claim.los_days',
  ]);
  expect(kindsOf({ any: [days('notEqual', 1), days('notEqual', 2)] })).toHaveLength(1);
  expect(kindsOf({ any: [days('lessThan', 5), days('greaterThan', 5)] })).toEqual([]);
  expect(
    kindsOf({
      any: [days('lessThan', 5), { fact: 'claim.line_count', operator: 'greaterThanInclusive', value: 5 }],
    }),
  ).toEqual([]);
});

test('dates are compared as they stand', () => {
  const begin = (operator: Operator, value: string): Leaf => ({ fact: 'claim.begin_day', operator, value });
  expect(kindsOf({ all: [begin('after', '2025-06-01'), begin('before', '2025-06-01')] })).toHaveLength(1);
  expect(kindsOf({ all: [begin('notBefore', '2025-06-01'), begin('notAfter', '2025-06-01')] })).toEqual([]);
});

test('nothing in the library contradicts itself', () => {
  for (const { document } of library.rules) expect(contradictionsOf(document), document.code).toEqual([]);
});

const values: readonly Scalar[] = [-1, 0, 0.5, 1, 1.5, 2, 2.5, 3, 4, 'a', 'b', true];
const scalar = fc.constantFrom<Scalar>(0, 1, 2, 3, 'a');
const leaf: fc.Arbitrary<Leaf> = fc.oneof(
  fc
    .tuple(
      fc.constantFrom<Operator>(
        'lessThan',
        'lessThanInclusive',
        'greaterThan',
        'greaterThanInclusive',
        'equal',
        'notEqual',
      ),
      scalar,
    )
    .map(([operator, value]) => days(operator, value)),
  fc
    .tuple(fc.constantFrom<Operator>('in', 'notIn'), fc.array(scalar, { minLength: 1, maxLength: 3 }))
    .map(([operator, value]) => days(operator, value)),
);
const literal = ({ value }: Leaf): Value =>
  typeof value === 'object' && !Array.isArray(value) ? null : value;

test('what is said never to hold holds for no value, and what is said always to hold for every number', () => {
  let said = 0;
  fc.assert(
    fc.property(fc.array(leaf, { minLength: 2, maxLength: 4 }), fc.boolean(), (leaves, isAll) => {
      const [found] = contradictionsOf(documentOf(isAll ? { all: leaves } : { any: leaves }));
      if (found === undefined) return;
      said += 1;
      const numbers = isAll ? values : values.filter((value) => typeof value === 'number');
      for (const value of numbers) {
        const outcomes = leaves.map((one) => compare(one.operator, value, literal(one)) === 'hit');
        // Literals of another type than the fact are found elsewhere.
        if (!isAll && leaves.some((one) => [literal(one)].flat().some((item) => typeof item !== 'number')))
          continue;
        expect(isAll ? outcomes.every(Boolean) : outcomes.some(Boolean)).toBe(!isAll);
      }
    }),
    { numRuns: 5_000, seed: 735 },
  );
  expect(said).toBeGreaterThan(200);
});
