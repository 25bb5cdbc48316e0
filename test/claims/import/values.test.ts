import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileDateFormat } from '../../../src/claims/import/date-format.ts';
import { divideExact, formatExact, parseExact } from '../../../src/claims/import/exact.ts';

const exact = (text: string): bigint => parseExact(text) ?? -1n;

test.each([
  ['yyyy-MM-dd', '2009-04-12', '2009-04-12', null],
  ['yyyyMMdd', '20090412', '2009-04-12', null],
  ['yyyy/M/d', '2009/4/2', '2009-04-02', null],
  ['yyyy/M/d H:mm', '2009/4/12 7:05', '2009-04-12', '07:05:00'],
  ['yyyyMMddHHmmss', '20090412070509', '2009-04-12', '07:05:09'],
  ['dd.MM.yyyy', '12.04.2009', '2009-04-12', null],
  ['yyyy年M月d日', '2009年4月12日', '2009-04-12', null],
])('dates written %s', (format, text, date, time) => {
  expect(compileDateFormat(format)?.(text)).toEqual({ date, time });
});

test('a text in another form is no date, and a format needs year, month and day once', () => {
  expect(compileDateFormat('yyyyMMdd')?.('2009-04-12')).toBeNull();
  expect(compileDateFormat('dd.MM.yyyy')?.('12x04x2009')).toBeNull();
  expect(compileDateFormat('yyyy-MM')).toBeNull();
  expect(compileDateFormat('yyyy-MM-dd dd')).toBeNull();
});

test('sums are exact where doubles are not', () => {
  expect(formatExact(exact('0.1') + exact('0.2'))).toBe('0.3');
  expect(formatExact(exact('-0.10') + exact('.1'))).toBe('0');
  expect(formatExact(exact('99999999999999.99') + exact('0.01'))).toBe('100000000000000');
  for (const text of ['', '-', '.', '1e5', '1,000', 'x', ' 1']) expect(parseExact(text)).toBeNull();
});

test('a quotient is rounded half away from zero', () => {
  expect(formatExact(divideExact(exact('1'), exact('3'), 6))).toBe('0.333333');
  expect(formatExact(divideExact(exact('-1'), exact('8'), 2))).toBe('-0.13');
  expect(formatExact(divideExact(exact('115.96'), exact('1'), 6))).toBe('115.96');
});

test('what is formatted is parsed again', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n }), (value) => {
      expect(parseExact(formatExact(value))).toBe(value);
    }),
  );
});
