import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openRowStore } from '../../../src/claims/import/row-store.ts';

test('rows come back by key in the order of their file, from memory and from disk', () => {
  const keys = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 40 });
  fc.assert(
    fc.property(keys, fc.integer({ min: 0, max: 200_000 }), (order, padding) => {
      const store = openRowStore('test');
      try {
        const wide = '中'.repeat(padding);
        for (const [at, key] of order.entries())
          store.add(key, { file: 'f.csv', row: at, cells: [key, at % 7 === 0 ? wide : ''] });
        for (const key of ['a', 'b', 'c', 'd']) {
          const expected = order.flatMap((each, at) => (each === key ? [at] : []));
          expect(store.take(key).map((row) => row.row)).toEqual(expected);
          expect(store.isUsed(key)).toBe(expected.length > 0);
        }
        expect([...store.keys()]).toEqual([...new Set(order)]);
      } finally {
        store.close();
      }
    }),
    { numRuns: 40 },
  );
});

test('what is added after reading is found as well', () => {
  const store = openRowStore('test');
  store.add('a', { file: 'f', row: 1, cells: ['x'] });
  expect(store.take('a')).toHaveLength(1);
  store.add('a', { file: 'f', row: 2, cells: ['"quoted", and\nbroken'] });
  expect(store.take('a').map((row) => row.cells[0])).toEqual(['x', '"quoted", and\nbroken']);
  store.close();
});
