import { expect, test } from 'vitest';
import { canonicalJson } from '../../src/audit/canonical-json.ts';

test('keys stand in the order of their UTF-16 code units, as RFC 8785 has it in section 3.2.3', () => {
  const sorted = canonicalJson({
    '\u20ac': 'Euro Sign',
    '\r': 'Carriage Return',
    '\ufb33': 'Hebrew Letter Dalet With Dagesh',
    '1': 'One',
    '\ud83d\ude00': 'Emoji: Grinning Face',
    '\u0080': 'Control',
    '\u00f6': 'Latin Small Letter O With Diaeresis',
  });
  expect(Object.values(JSON.parse(sorted))).toHaveLength(7);
  expect([...sorted.matchAll(/:"([^"]+)"/g)].map(([, value]) => value)).toEqual([
    // Objects of JavaScript give out "1" first, whatever the text says; so the text is looked at.
    'Carriage Return',
    'One',
    'Control',
    'Latin Small Letter O With Diaeresis',
    'Euro Sign',
    'Emoji: Grinning Face',
    'Hebrew Letter Dalet With Dagesh',
  ]);
});

test('the same value has one text, whatever order it was made in', () => {
  expect(canonicalJson({ b: [1, 'x', null, true], a: { d: -0, c: '中"\n' }, e: undefined })).toBe(
    '{"a":{"c":"中\\"\\n","d":0},"b":[1,"x",null,true]}',
  );
});

test.each([0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])(
  'no number that programs could differ on: %s',
  (value) => {
    expect(() => canonicalJson({ value })).toThrow('safe integer');
  },
);

test('no text that UTF-8 cannot hold', () => {
  expect(() => canonicalJson(['\ud800'])).toThrow('surrogate');
});

test('nesting has a limit', () => {
  let value: readonly unknown[] = [];
  for (let depth = 0; depth < 20; depth += 1) value = [value];
  expect(() => canonicalJson(JSON.parse(JSON.stringify(value)))).toThrow('nested');
});
