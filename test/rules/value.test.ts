import { describe, expect, it } from 'vitest';
import { type Operator, operators } from '../../src/rules/contract.ts';
import { compare, type Outcome, type Value } from '../../src/rules/value.ts';

type Case = readonly [left: Value, operator: Operator, right: Value, outcome: Outcome];

const cases: readonly Case[] = [
  ['a', 'equal', 'a', 'hit'],
  ['a', 'equal', 'b', 'no'],
  [1, 'equal', 1, 'hit'],
  [1, 'equal', '1', 'no'],
  [0, 'equal', false, 'no'],
  [0, 'equal', -0, 'hit'],
  ['', 'equal', '', 'hit'],
  [true, 'equal', true, 'hit'],

  ['a', 'notEqual', 'b', 'hit'],
  ['a', 'notEqual', 'a', 'no'],
  [1, 'notEqual', '1', 'hit'],
  [0, 'notEqual', -0, 'no'],

  [1, 'lessThan', 2, 'hit'],
  [2, 'lessThan', 2, 'no'],
  ['1', 'lessThan', 2, 'no'],
  [1, 'lessThan', '2', 'no'],
  [['1'], 'lessThan', 2, 'no'],
  [2, 'lessThanInclusive', 2, 'hit'],
  [3, 'lessThanInclusive', 2, 'no'],
  [false, 'lessThanInclusive', 2, 'no'],
  [3, 'greaterThan', 2, 'hit'],
  [2, 'greaterThan', 2, 'no'],
  ['3', 'greaterThan', 2, 'no'],
  [0, 'greaterThan', 0, 'no'],
  [2, 'greaterThanInclusive', 2, 'hit'],
  [1, 'greaterThanInclusive', 2, 'no'],
  [true, 'greaterThanInclusive', 0, 'no'],

  ['a', 'in', ['a', 'b'], 'hit'],
  ['c', 'in', ['a', 'b'], 'no'],
  [1, 'in', ['1'], 'no'],
  ['a', 'in', [], 'no'],
  ['a', 'in', 'abc', 'no'],
  [['a'], 'in', ['a'], 'no'],
  ['c', 'notIn', ['a', 'b'], 'hit'],
  ['a', 'notIn', ['a', 'b'], 'no'],
  ['a', 'notIn', [], 'hit'],
  ['a', 'notIn', 'xyz', 'no'],
  [['a'], 'notIn', ['b'], 'no'],

  [['a', 'b'], 'contains', 'a', 'hit'],
  [['a', 'b'], 'contains', 'c', 'no'],
  [[], 'contains', 'a', 'no'],
  ['abc', 'contains', 'a', 'no'],
  [['a'], 'contains', ['a'], 'no'],
  [['a'], 'doesNotContain', 'b', 'hit'],
  [['a'], 'doesNotContain', 'a', 'no'],
  [[], 'doesNotContain', 'a', 'hit'],
  ['abc', 'doesNotContain', 'x', 'no'],

  ['2025-01-01', 'before', '2025-01-02', 'hit'],
  ['2025-01-02', 'before', '2025-01-02', 'no'],
  ['2024-12-31 23:59:59', 'before', '2025-01-01 00:00:00', 'hit'],
  [20250101, 'before', 20250102, 'no'],
  ['2025-01-02', 'notBefore', '2025-01-02', 'hit'],
  ['2025-01-01', 'notBefore', '2025-01-02', 'no'],
  [2, 'notBefore', 1, 'no'],
  ['2025-01-03', 'after', '2025-01-02', 'hit'],
  ['2025-01-02', 'after', '2025-01-02', 'no'],
  [['2025-01-03'], 'after', '2025-01-02', 'no'],
  ['2025-01-02', 'notAfter', '2025-01-02', 'hit'],
  ['2025-01-03', 'notAfter', '2025-01-02', 'no'],
  [1, 'notAfter', 2, 'no'],

  ['Z51.100', 'startsWithAny', ['C', 'Z51'], 'hit'],
  ['Z51', 'startsWithAny', ['Z51'], 'hit'],
  ['Z5', 'startsWithAny', ['Z51'], 'no'],
  ['Z51.100', 'startsWithAny', [], 'no'],
  [['I10', 'Z51.100'], 'startsWithAny', ['Z51'], 'hit'],
  [[], 'startsWithAny', ['Z51'], 'no'],
  [51, 'startsWithAny', ['51'], 'no'],
  ['51', 'startsWithAny', [5], 'no'],
  ['Z51.100', 'startsWithAny', 'Z51', 'no'],
];

describe('compare', () => {
  it.each(cases)('%j %s %j is %s', (left, operator, right, outcome) => {
    expect(compare(operator, left, right)).toBe(outcome);
  });

  it.each(operators)('%s has cases for a hit, no hit and a wrong type', (operator) => {
    const outcomes = cases.filter(([, tried]) => tried === operator).map(([, , , outcome]) => outcome);
    expect(outcomes.filter((outcome) => outcome === 'hit').length).toBeGreaterThanOrEqual(1);
    expect(outcomes.filter((outcome) => outcome === 'no').length).toBeGreaterThanOrEqual(2);
  });

  const values: readonly Value[] = [
    undefined,
    null,
    0,
    1,
    '',
    'a',
    '2025-01-01',
    true,
    false,
    [],
    ['a'],
    [1],
  ];
  it.each(operators)(
    '%s is no hit with something absent, and else unknown with something unknown',
    (operator) => {
      for (const value of values) {
        const withUnknown = value === null ? 'no' : 'unknown';
        expect(compare(operator, undefined, value)).toBe(withUnknown);
        expect(compare(operator, value, undefined)).toBe(withUnknown);
        expect(compare(operator, null, value)).toBe('no');
        expect(compare(operator, value, null)).toBe('no');
      }
    },
  );
});
