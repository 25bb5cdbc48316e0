import { describe, expect, it } from 'vitest';
import { placed, placeOf } from '../../src/console/rules/json-place.ts';

const text =
  '{\n  "conditions": {\n    "all": [\n      { "fact": "a" },\n      { "fact": "b" }\n    ]\n  }\n}';
const at = (path: string, of = text): string => {
  const { start, end } = placeOf(of, path);
  return of.slice(start, end);
};

describe('the place of an issue', () => {
  it('is the value at its path, of lists in either spelling', () => {
    expect(at('$.conditions.all[1].fact')).toBe('"b"');
    expect(at('$.conditions.all.1.fact')).toBe('"b"');
    expect(at('$.conditions.all[0]')).toBe('{ "fact": "a" }');
  });

  it('is the first line of a long value, and of what is missing the value around it', () => {
    expect(at('$.conditions')).toBe('{');
    expect(at('$.conditions.all[1].value')).toBe('{ "fact": "b" }');
    expect(at('$.nothing.at.all')).toBe('{');
    expect(at('$')).toBe('{');
  });

  it('is where the text stops being JSON', () => {
    const broken = '{\n  "code": oops\n}';
    expect(at('$', broken)).toBe('o');
    expect(placeOf('', '$')).toEqual({ start: 0, end: 0 });
  });

  it('goes with its message', () => {
    const message = { zh: '不对', en: 'wrong' };
    expect(placed(text, [{ path: '$.conditions.all[0].fact', message }])).toEqual([
      { start: text.indexOf('"a"'), end: text.indexOf('"a"') + 3, message },
    ]);
  });
});
