/** Operators as people write them where there is little room. */
import type { Operator } from './contract.ts';

export const operatorSigns: Readonly<Record<Operator, string>> = {
  equal: '=',
  notEqual: '≠',
  lessThan: '<',
  lessThanInclusive: '≤',
  greaterThan: '>',
  greaterThanInclusive: '≥',
  in: '∈',
  notIn: '∉',
  contains: '∋',
  doesNotContain: '∌',
  before: '<',
  notBefore: '≥',
  after: '>',
  notAfter: '≤',
  startsWithAny: '^',
};
