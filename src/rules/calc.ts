/**
 * Arithmetic between facts: `{"fact": "calc", "params": {"do": "times", "left": "limit.cnt_max", "right": 1.2}, "path": "$.value"}`. An
 * operand is a number, a plain fact, or a column of an entry of `let`, which may be another calculation.
 */
import { z } from 'zod';
import { dayOf } from '../platform/civil.ts';
import { type Calculation, calculations, type FactRef, letEntryOf, type RuleDocument } from './contract.ts';
import { never, type Value } from './value.ts';

/** Calculations of calculations; a chain that comes back to itself is longer than any. */
export const calcDepthMax = 4;

const operand = z.union([z.number(), z.string()]);
export const calcParams = z.strictObject({
  do: z.enum(calculations).describe('plus 加、minus 减、times 乘、divided_by 除、least 取小、greatest 取大'),
  left: operand.describe('数字、事实，或 let 中的“名称.列”'),
  right: operand.describe('数字、事实，或 let 中的“名称.列”'),
});

/**
 * A number; days for a date minus a date. Unknown when an operand is; absent when one is, when it is no number, or when it is divided by 0.
 * Rounded to six decimals, so that tenths add up to what people expect.
 */
export function calculate(calculation: Calculation, left: Value, right: Value): number | null | undefined {
  if (left === null || right === null) return null;
  if (left === undefined || right === undefined) return undefined;
  const areDates = calculation === 'minus' && typeof left === 'string' && typeof right === 'string';
  const [from, to] = areDates ? [dayOf(left), dayOf(right)] : [left, right];
  if (typeof from !== 'number' || typeof to !== 'number') return null;
  if (calculation === 'divided_by' && to === 0) return null;
  return Math.round(result(calculation, from, to) * 1e6) / 1e6;
}

function result(calculation: Calculation, left: number, right: number): number {
  switch (calculation) {
    case 'plus':
      return left + right;
    case 'minus':
      return left - right;
    case 'times':
      return left * right;
    case 'divided_by':
      return left / right;
    case 'least':
      return Math.min(left, right);
    case 'greatest':
      return Math.max(left, right);
    default:
      return never(calculation);
  }
}

/** Whether it stands on calculations that stand on others, `calcDepthMax` or more of them, one on the other. */
export function isTooDeep(document: Pick<RuleDocument, 'let'>, reference: FactRef, depth = 0): boolean {
  const { fact, params } = letEntryOf(reference, document.let) ?? reference;
  if (fact !== 'calc') return false;
  return (
    depth >= calcDepthMax ||
    [params?.['left'], params?.['right']].some(
      (given) => typeof given === 'string' && isTooDeep(document, { fact: given }, depth + 1),
    )
  );
}

/** What an operand names; `null` for a number. */
export const factOfOperand = (given: number | string): FactRef | null =>
  typeof given === 'number' ? null : { fact: given };

/** Facts that a calculation stands on, itself first; of another fact only that. Beyond `calcDepthMax` nothing more is looked for. */
export function withOperands(document: Pick<RuleDocument, 'let'>, reference: FactRef, depth = 0): FactRef[] {
  const { fact, params } = letEntryOf(reference, document.let) ?? reference;
  if (fact !== 'calc' || depth >= calcDepthMax) return [reference];
  const operands = [params?.['left'], params?.['right']];
  return [
    reference,
    ...operands.flatMap((given) =>
      typeof given === 'string' ? withOperands(document, { fact: given }, depth + 1) : [],
    ),
  ];
}
