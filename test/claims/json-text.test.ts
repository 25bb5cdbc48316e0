import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { elementsOf, parseClaimText } from '../../src/claims/json-text.ts';
import { byteLines, tooLongKeptBytes } from '../../src/claims/lines.ts';

const textsOf = (json: string): string[] => elementsOf(Buffer.from(json)).map(String);

test('elements of an array are told apart as they were written', () => {
  expect(textsOf(' [ {"a" : "],[\\"}"} ,\n[1,[2]], "x,y" , 1.50, null ] ')).toEqual([
    '{"a" : "],[\\"}"}',
    '[1,[2]]',
    '"x,y"',
    '1.50',
    'null',
  ]);
  expect(textsOf('[]')).toEqual([]);
});

test('the texts of the elements are the elements', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), fc.constantFrom(undefined, 1, 2), (values, indent) => {
      const text = JSON.stringify(values, null, indent);
      expect(textsOf(text).map((each): unknown => JSON.parse(each))).toEqual(JSON.parse(text));
    }),
  );
});

test('a byte order mark is passed over, and text is read as what it is', () => {
  for (const text of ['{"a":"b"}', '{"姓名":"张三 é 😀"}'])
    for (const mark of ['', '\ufeff'])
      expect(parseClaimText(Buffer.from(mark + text), '$')).toEqual({ ok: true, value: JSON.parse(text) });
});

test('the reason for broken JSON does not quote it', () => {
  const parsed = parseClaimText(Buffer.from('{"psn_name": 张三}'), 'f.ndjson:3');
  expect(parsed).toMatchObject({ ok: false, issue: { path: 'f.ndjson:3', code: 'not_json' } });
  expect(JSON.stringify(parsed)).not.toContain('张三');
});

describe('lines of bytes', () => {
  async function linesOf(
    text: string,
    chunkBytes: number,
    lineBytesMax = 100,
  ): Promise<[number, string, boolean][]> {
    const bytes = Buffer.from(text);
    async function* chunks(): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
    }
    const lines: [number, string, boolean][] = [];
    for await (const group of byteLines(chunks(), lineBytesMax))
      for (const line of group) lines.push([line.number, line.bytes.toString(), line.tooLong]);
    return lines;
  }

  test('blank lines are counted and passed over; the last line needs no break', async () => {
    expect(await linesOf('a\r\n\n \t\nbä\n\nc', 1)).toEqual([
      [1, 'a', false],
      [4, 'bä', false],
      [6, 'c', false],
    ]);
  });

  test('a line above the limit is cut and does not stop the next one', async () => {
    const [first, second] = await linesOf(`${'x'.repeat(1_000_000)}\nok`, 4096, 10);
    expect(first?.[1].length).toBeLessThanOrEqual(tooLongKeptBytes);
    expect(first?.[2]).toBe(true);
    expect(second).toEqual([2, 'ok', false]);
  });

  test('the cut of the chunks does not matter', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.stringMatching(/^[ab \n\r中]{0,60}$/),
        fc.integer({ min: 1, max: 70 }),
        async (text, chunkBytes) => {
          expect(await linesOf(text, chunkBytes)).toEqual(await linesOf(text, 10_000));
        },
      ),
    );
  });
});
