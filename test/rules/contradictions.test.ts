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

test('not and nested all and any are looked through, and what was said of a part is not said again', () => {
  expect(kindsOf({ all: [days('greaterThan', 5), { not: days('greaterThan', 3) }] })).toEqual([
    'never $.conditions.all claim.los_days',
  ]);
  expect(kindsOf({ all: [days('greaterThan', 5), { all: [{ all: [days('lessThan', 5)] }] }] })).toEqual([
    'never $.conditions.all claim.los_days',
  ]);
  expect(
    kindsOf({ all: [days('greaterThan', 5), { not: { any: [days('equal', 1), days('greaterThan', 3)] } }] }),
  ).toEqual(['never $.conditions.all claim.los_days']);
  expect(kindsOf({ any: [days('greaterThan', 5), { not: days('greaterThan', 5) }] })).toEqual([
    'always $.conditions.any claim.los_days',
  ]);
  const never = { all: [days('greaterThan', 5), days('lessThan', 5)] };
  expect(kindsOf({ all: [days('greaterThan', 1), never] })).toEqual([
    'never $.conditions.all[1].all claim.los_days',
  ]);
  // Neither branch has to hold.
  expect(
    kindsOf({ all: [days('greaterThan', 5), { any: [days('lessThan', 3), days('equal', 9)] }] }),
  ).toEqual([]);
  // Of a fact that is absent both hold.
  expect(kindsOf({ all: [{ not: days('greaterThan', 5) }, { not: days('lessThanInclusive', 5) }] })).toEqual(
    [],
  );
});

test('two facts cannot be more and less than each other, whichever stands first', () => {
  const [total, lines] = ['claim.medfee_sumamt', 'claim.lines_amount'];
  const compared = (fact: string, operator: Operator, other: string): Leaf => ({
    fact,
    operator,
    value: { fact: other },
  });
  expect(
    kindsOf({ all: [compared(total, 'greaterThan', lines), compared(lines, 'greaterThanInclusive', total)] }),
  ).toEqual([`never $.conditions.all ${total}`]);
  expect(
    kindsOf({
      all: [compared(total, 'greaterThanInclusive', lines), compared(lines, 'greaterThanInclusive', total)],
    }),
  ).toEqual([]);
  expect(kindsOf(compared(total, 'greaterThan', total))).toEqual([`never $.conditions ${total}`]);
  expect(kindsOf(compared(total, 'lessThanInclusive', total))).toEqual([`always $.conditions ${total}`]);
});

test('one comparison can be beyond all that its fact can be', () => {
  const kinds: RuleDocument['scope']['kinds'] = ['inpatient', 'outpatient'];
  const alone = (fact: string, operator: Operator, value: Leaf['value']): string[] =>
    contradictionsOf({ ...documentOf({ fact, operator, value }), scope: { kinds } }).map(
      ({ path, kind, fact: of }) => `${kind} ${path} ${of}`,
    );
  expect(alone('claim.kind', 'equal', 'pharmacy')).toEqual(['never $.conditions claim.kind']);
  expect(alone('claim.kind', 'in', ['pharmacy', ...kinds])).toEqual(['always $.conditions claim.kind']);
  expect(alone('person.gend', 'equal', '男')).toEqual(['never $.conditions person.gend']);
  expect(alone('person.age_years', 'lessThan', 0)).toEqual(['never $.conditions person.age_years']);
  expect(alone('person.age_years', 'lessThan', 1)).toEqual([]);
  expect(alone('claim.line_count', 'greaterThanInclusive', 0)).toEqual([
    'always $.conditions claim.line_count',
  ]);
  expect(alone('claim.med_type', 'in', [])).toEqual(['never $.conditions claim.med_type']);
  expect(alone('claim.med_type', 'notIn', [])).toEqual(['always $.conditions claim.med_type']);
});

test('a parameter may be set so that it asks for nothing, and a count of what may be absent asks whether it is there', () => {
  const { document } = library.rules.find((rule) => rule.document.code === 'FW-STAY-SPLIT') ?? {
    document: sample,
  };
  const held = (operator: Operator, value: Leaf['value'], params: RuleDocument['params'] = {}): number =>
    contradictionsOf(
      ruleSchema.parse({
        ...document,
        params: { ...document?.params, ...params },
        conditions: { fact: 'earlier.count', operator, value },
      }),
    ).length;
  expect(held('greaterThanInclusive', 0)).toBe(0);
  expect(held('lessThan', 0)).toBe(1);
  const least = { title: { zh: '至少', en: 'least' }, value: 0, unit: '—', standing: '示例' as const };
  expect(
    contradictionsOf(
      ruleSchema.parse({
        ...document,
        params: { ...document?.params, least },
        conditions: { fact: 'claim.line_count', operator: 'greaterThanInclusive', value: { param: 'least' } },
      }),
    ),
  ).toEqual([]);
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

const nested: fc.Arbitrary<Condition> = fc.letrec<{ node: Condition }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf.filter((one) => [literal(one)].flat().every((item) => typeof item === 'number')),
    fc
      .tuple(
        fc.constantFrom('claim.medfee_sumamt', 'claim.lines_amount'),
        fc.constantFrom<Operator>('lessThan', 'lessThanInclusive', 'greaterThan', 'equal', 'notEqual'),
        fc.constantFrom('claim.medfee_sumamt', 'claim.lines_amount'),
      )
      .map(([fact, operator, other]): Leaf => ({ fact, operator, value: { fact: other } })),
    fc.array(tie('node'), { minLength: 1, maxLength: 3 }).map((all) => ({ all })),
    fc.array(tie('node'), { minLength: 1, maxLength: 3 }).map((any) => ({ any })),
    tie('node').map((not) => ({ not })),
  ),
})).node;

type Facts = Readonly<Record<string, number>>;
function holds(condition: Condition, facts: Facts): boolean {
  if ('all' in condition) return condition.all.every((part) => holds(part, facts));
  if ('any' in condition) return condition.any.some((part) => holds(part, facts));
  if ('not' in condition) return !holds(condition.not, facts);
  const { fact, operator, value } = condition;
  const other =
    typeof value === 'object' && 'fact' in value ? (facts[value.fact] ?? null) : literal(condition);
  return compare(operator, facts[fact] ?? null, other) === 'hit';
}

/** The condition at the path of a contradiction. */
function conditionAt(root: Condition, path: string): Condition {
  const steps = [...path.matchAll(/\.(all|any)\[(\d+)\]|\.(not)/g)];
  return steps.reduce<Condition>((condition, [, name, index]) => {
    if ('not' in condition) return condition.not;
    const parts = 'all' in condition ? condition.all : 'any' in condition ? condition.any : [];
    expect(name).toBe('all' in condition ? 'all' : 'any');
    return parts[Number(index)] ?? condition;
  }, root);
}

test('of any nesting, what is said never or always to hold does so', () => {
  let said = 0;
  const numbers = values.filter((value) => typeof value === 'number');
  fc.assert(
    fc.property(nested, (condition) => {
      for (const { path, kind } of contradictionsOf(documentOf(condition))) {
        said += 1;
        const part = conditionAt(condition, path);
        for (const days of numbers)
          for (const [total, lines] of [
            [1, 2],
            [2, 2],
            [2, 1],
          ] as const) {
            const facts = {
              'claim.los_days': days,
              'claim.medfee_sumamt': total,
              'claim.lines_amount': lines,
            };
            expect(holds(part, facts), path).toBe(kind === 'always');
          }
      }
    }),
    { numRuns: 5_000, seed: 736 },
  );
  expect(said).toBeGreaterThan(1_000);
});
