import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonFault, prettyJson, spanOf } from '../../src/platform/json-text-contract.ts';

/** Every path of a value, as the reasons of a rejection write it. */
function pathsOf(value: unknown, path = '$'): [string, unknown][] {
  const children: [string, unknown][] = Array.isArray(value)
    ? value.flatMap((item, index) => pathsOf(item, `${path}[${index}]`))
    : typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([name, item]) => pathsOf(item, `${path}.${name}`))
      : [];
  return [[path, value], ...children];
}

const document = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string({ unit: 'grapheme' }),
    fc.double({ noDefaultInfinity: true, noNaN: true }).map((number) => (Object.is(number, -0) ? 0 : number)),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.stringMatching(/^[a-z_]{1,8}$/), tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;

describe('JSON laid out', () => {
  it('says the same', () => {
    fc.assert(
      fc.property(document, fc.constantFrom(0, 2, '\t'), (value, space) => {
        const pretty = prettyJson(JSON.stringify(value, null, space));
        expect(JSON.parse(pretty ?? '')).toEqual(value);
      }),
    );
  });

  it('keeps numbers, escapes and repeated keys as they were written', () => {
    expect(prettyJson('{"a":12345678901234567890.10,"a":"\\u4f60","b":[],"c":{}}')).toBe(
      '{\n  "a": 12345678901234567890.10,\n  "a": "\\u4f60",\n  "b": [],\n  "c": {}\n}',
    );
  });

  it('is refused where it is no JSON', () => {
    expect(prettyJson('{"a": 1,}')).toBeNull();
    expect(prettyJson('setl_id,setl_time')).toBeNull();
    expect(prettyJson('')).toBeNull();
  });
});

describe('a place in JSON', () => {
  it('is found by its path', () => {
    fc.assert(
      fc.property(document, fc.constantFrom(0, 2), (value, space) => {
        const text = JSON.stringify(value, null, space);
        for (const [path, expected] of pathsOf(value)) {
          const span = spanOf(text, path);
          expect(JSON.parse(text.slice(span?.start, span?.end))).toEqual(expected);
        }
      }),
    );
  });

  it('is the nearest one around it when the path does not exist', () => {
    const text = '{"settlement": {"a": 1}}';
    const span = spanOf(text, '$.settlement.medfee_sumamt');
    expect(text.slice(span?.start, span?.end)).toBe('{"a": 1}');
    expect(spanOf('not json {', '$.a')).toEqual({ start: 0, end: 3 });
  });
});

describe('the fault', () => {
  it.each([
    ['{\n  "a": 1,\n  "b": }\n', 3, 8],
    ['{"a":', 1, 6],
    ['{"a": 1,}', 1, 9],
    ['{"a": 1 "b": 2}', 1, 9],
    ['{"a": 01}', 1, 7],
    ['{"a": tru}', 1, 7],
    ['{a: 1}', 1, 2],
    ['{"a": [1, 2}', 1, 12],
    ['{"a": "x', 1, 7],
    ['{} {}', 1, 4],
    ['', 1, 1],
    ['\n\n', 3, 1],
  ])('of %j is in line %d, column %d', (text, line, column) => {
    expect(jsonFault(text)).toMatchObject({ line, column });
  });

  it('lies inside the text or at its end, whatever was done to it', () => {
    const broken = fc
      .tuple(document, fc.nat(), fc.constantFrom('', ',', '}', ']', ':', '"', 'x', '\\'))
      .map(([value, at, put]) => {
        const text = JSON.stringify(value, null, 1);
        const place = at % (text.length + 1);
        return text.slice(0, place) + put + text.slice(place + 1);
      });
    fc.assert(
      fc.property(broken, (text) => {
        const fault = jsonFault(text);
        if (fault === null) return;
        const line = text.split('\n')[fault.line - 1];
        expect(fault.column).toBeLessThanOrEqual((line ?? '').length + 1);
        expect(prettyJson(text)).toBeNull();
      }),
    );
  });

  it('is none in JSON', () => {
    fc.assert(
      fc.property(document, (value) => {
        expect(jsonFault(JSON.stringify(value))).toBeNull();
      }),
    );
  });
});
