import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { permutation, randomOf } from '../../src/demo/random.ts';

describe('randomOf', () => {
  it('gives the same numbers for the same name on every machine', () => {
    const random = randomOf(1, 'visit', 7);
    expect(Array.from({ length: 5 }, () => random.below(1_000_000))).toMatchInlineSnapshot(`
      [
        754146,
        881598,
        531029,
        797705,
        187473,
      ]
    `);
  });

  it('gives other numbers for another name', () => {
    const draw = (...name: (string | number)[]): number[] => {
      const random = randomOf(...name);
      return Array.from({ length: 8 }, () => random.below(1000));
    };
    expect(draw(1, 'visit', 7)).toEqual(draw(1, 'visit', 7));
    expect(draw(1, 'visit', 7)).not.toEqual(draw(1, 'visit', 8));
    expect(draw(1, 'visit', 7)).not.toEqual(draw(2, 'visit', 7));
  });

  it('keeps within its bounds and reaches both', () => {
    const random = randomOf('bounds');
    const drawn = new Set(Array.from({ length: 500 }, () => random.between(3, 6)));
    expect([...drawn].sort((a, b) => a - b)).toEqual([3, 4, 5, 6]);
  });

  it('spreads evenly', () => {
    const random = randomOf('even');
    const counts = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    for (let draw = 0; draw < 20_000; draw++) {
      const at = random.below(10);
      counts[at] = (counts[at] ?? 0) + 1;
    }
    for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(250);
  });

  it('takes some of a list once each, in its order', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer()), fc.nat(20), fc.integer(), (list, count, seed) => {
        const taken = randomOf(seed).some(list, count);
        expect(taken).toHaveLength(Math.min(count, list.length));
        expect(taken).toEqual(list.filter((item) => taken.includes(item)));
      }),
    );
  });
});

it('permutation holds every index once', () => {
  fc.assert(
    fc.property(fc.nat(200), fc.integer(), (count, seed) => {
      const order = permutation(randomOf(seed), count);
      expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, index) => index));
    }),
  );
});
