import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CsvRecord, readCsv } from '../../../src/claims/import/csv.ts';

async function recordsOf(
  text: string,
  options: { piece?: number; delimiter?: string } = {},
): Promise<CsvRecord[]> {
  const { piece = 1000, delimiter = ',' } = options;
  async function* pieces(): AsyncGenerator<string> {
    for (let at = 0; at < text.length; at += piece) yield text.slice(at, at + piece);
  }
  const all: CsvRecord[] = [];
  for await (const records of readCsv(pieces(), delimiter)) all.push(...records);
  return all;
}
const cellsOf = (records: readonly CsvRecord[]): (string[] | string)[] =>
  records.map((record) => ('cells' in record ? record.cells : `${record.row} ${record.problem.code}`));

test('quotes, doubled quotes, breaks in quotes, blanks around quotes, blank lines, CRLF', async () => {
  const records = await recordsOf('a,b\r\n1,"x""y\nz"\r\n\r\n2, "ok" \r\n"",\r\n');
  expect(records).toEqual([
    { row: 1, cells: ['a', 'b'] },
    { row: 2, cells: ['1', 'x"y\nz'] },
    { row: 5, cells: ['2', 'ok'] },
    { row: 6, cells: ['', ''] },
  ]);
});

test('a quote inside an unquoted cell is a character', async () => {
  expect(cellsOf(await recordsOf('a,b\n1,5" tube\n'))).toEqual([
    ['a', 'b'],
    ['1', '5" tube'],
  ]);
});

test.each(['\t', '|', ';', '|@|'])('delimiter %j', async (delimiter) => {
  const line = (...cells: string[]): string => cells.join(delimiter);
  const text = [line('a', 'b'), line('1', '"x"'), line('2', 'y')].join('\n');
  expect(cellsOf(await recordsOf(text, { delimiter, piece: 1 }))).toEqual([
    ['a', 'b'],
    ['1', 'x'],
    ['2', 'y'],
  ]);
});

describe('damage stays in its line', () => {
  test.each([
    ['text after a closing quote', 'a,b\n1,"x"y\n2,"ok"\n3,4', ['2 row_quotes', ['2', 'ok'], ['3', '4']]],
    ['a quote that is never closed', 'a,b\n1,"xy\n2,ok\n3,4\n', ['2 row_quotes', ['2', 'ok'], ['3', '4']]],
    [
      'a quote that is closed by the next quote',
      'a,b\n1,"xy\n2,"ok"\n3,4\n',
      ['2 row_quotes', ['2', 'ok'], ['3', '4']],
    ],
    ['a cell too many', 'a,b\n1,2,3\n4,5\n', ['2 row_columns', ['4', '5']]],
    ['a cell too few', 'a,b\n1\n4,5', ['2 row_columns', ['4', '5']]],
  ])('%s', async (_name, text, expected) => {
    for (const piece of [1, 2, 3, 1000])
      expect(cellsOf(await recordsOf(text, { piece })).slice(1)).toEqual(expected);
  });
});

test('what was written as CSV is read again, however the text is cut', async () => {
  const cell = fc.stringMatching(/^[ab" ,\n中]{0,8}$/);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 1, max: 12 }),
      async (rows, piece) => {
        const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
        const text = rows.map((row) => row.map(quoted).join(',')).join('\n');
        expect(cellsOf(await recordsOf(text, { piece }))).toEqual(rows.map((row) => [...row]));
      },
    ),
    { numRuns: 300 },
  );
});

test('any text is read to its end, and the cut does not matter', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.stringMatching(/^[ab",\n\r]{0,60}$/),
      fc.integer({ min: 1, max: 20 }),
      async (text, piece) => {
        expect(await recordsOf(text, { piece })).toEqual(await recordsOf(text));
      },
    ),
    { numRuns: 500 },
  );
});
