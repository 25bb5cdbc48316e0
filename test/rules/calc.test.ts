import fc from 'fast-check';
import { expect, it } from 'vitest';
import { calculate } from '../../src/rules/calc.ts';
import { calculations } from '../../src/rules/contract.ts';

it('calculates as people do, not as binary fractions do', () => {
  expect(calculate('plus', 0.1, 0.2)).toBe(0.3);
  expect(calculate('times', 1.1, 1.1)).toBe(1.21);
  expect(calculate('divided_by', 1, 3)).toBe(0.333333);
  expect(calculate('least', 2, -1)).toBe(-1);
  expect(calculate('greatest', 2, -1)).toBe(2);
});

it('takes a date from a date in days', () => {
  expect(calculate('minus', '2025-03-01', '2025-02-27')).toBe(2);
  expect(calculate('plus', '2025-03-01', '2025-02-27')).toBeNull();
  expect(calculate('minus', '2025-03-01', 1)).toBeNull();
});

it.each(calculations)(
  '%s: absent with something absent, else unknown with something unknown',
  (calculation) => {
    const value = fc.constantFrom(null, undefined, 0, 1.5, 'text', true, ['a']);
    fc.assert(
      fc.property(value, value, (left, right) => {
        const result = calculate(calculation, left, right);
        if (left === null || right === null) expect(result).toBeNull();
        else if (left === undefined || right === undefined) expect(result).toBeUndefined();
        else if (typeof left !== 'number' || typeof right !== 'number') expect(result).toBeNull();
        else expect(result === null).toBe(calculation === 'divided_by' && right === 0);
      }),
    );
  },
);
