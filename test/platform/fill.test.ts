import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countText, fill } from '../../src/platform/fill-contract.ts';

describe('a number with its word', () => {
  it('is bent for one alone, however it is written', () => {
    expect([1, '1', -1, 0, 2, '0.5', '1,001', '1.5'].map((n) => countText(n, 'point'))).toEqual([
      '1 point',
      '1 point',
      '-1 point',
      '0 points',
      '2 points',
      '0.5 points',
      '1,001 points',
      '1.5 points',
    ]);
    expect([1, 3].map((n) => countText(n, 'entry is', 'entries are'))).toEqual([
      '1 entry is',
      '3 entries are',
    ]);
  });

  it('says the same as a text with a placeholder', () => {
    fc.assert(
      fc.property(fc.integer(), (n) => {
        expect(countText(n, 'rule', 'rules')).toBe(fill('{n} {n|rule|rules}', { n }));
      }),
    );
  });
});
