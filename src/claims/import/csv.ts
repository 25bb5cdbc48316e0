/**
 * Splits CSV text (RFC 4180; a quote inside an unquoted cell is an ordinary character) so that damage stays where it is.
 *
 * General readers give up the rest of the file, or several good rows, after one unpaired quote. Here a record that cannot be closed, or
 * that spans several lines and then has the wrong number of columns, costs its first line only: reading goes on with the next line.
 */

/** Characters of one record, line breaks in quotes included. */
export const recordCharactersMax = 1_048_576;

/** `row` is the number of the line on which the record begins, from 1; `problem` tells why there are no cells. */
export type CsvRecord =
  | { row: number; cells: string[] }
  | {
      row: number;
      raw: string;
      problem: { code: 'row_quotes' } | { code: 'row_columns'; expected: number; found: number };
    };

/** The records of a file in order, header first, in one array for each piece of text. Blank lines are passed over. */
export async function* readCsv(
  pieces: AsyncIterable<string>,
  delimiter: string,
): AsyncGenerator<CsvRecord[]> {
  const state: State = { delimiter, width: null, row: 1 };
  let text = '';
  for await (const piece of pieces) {
    text += piece;
    const { records, rest } = takeRecords(text, state, false);
    text = rest;
    if (records.length > 0) yield records;
  }
  const { records } = takeRecords(text, state, true);
  if (records.length > 0) yield records;
}

type State = {
  readonly delimiter: string;
  /** columns of the header, once it was read */
  width: number | null;
  /** number of the line at which the remaining text begins */
  row: number;
};

function takeRecords(text: string, state: State, isEnd: boolean): { records: CsvRecord[]; rest: string } {
  const records: CsvRecord[] = [];
  let at = 0;
  while (at < text.length) {
    const lineEnd = text.indexOf('\n', at);
    if (lineEnd < 0 && !isEnd && text.length - at <= recordCharactersMax) break;
    const end = lineEnd < 0 ? text.length : lineEnd;
    const line = withoutReturn(text.slice(at, end));
    const next = end + 1;
    if (line === '') {
      at = next;
      state.row += 1;
      continue;
    }
    const taken = line.includes('"')
      ? takeQuoted(text, at, state.delimiter, isEnd)
      : { cells: line.split(state.delimiter), next, lines: 1 };
    if (taken === 'open' && !isEnd && text.length - at <= recordCharactersMax) break;
    const record = judge(taken, line, state);
    records.push(record.record);
    at = record.wholeRecord && typeof taken === 'object' ? taken.next : next;
    state.row += record.wholeRecord && typeof taken === 'object' ? taken.lines : 1;
  }
  return { records, rest: text.slice(at) };
}

type Taken = { cells: string[]; next: number; lines: number } | 'open' | 'broken';

function judge(taken: Taken, line: string, state: State): { record: CsvRecord; wholeRecord: boolean } {
  const { row } = state;
  if (typeof taken === 'string') {
    return { record: { row, raw: line, problem: { code: 'row_quotes' } }, wholeRecord: false };
  }
  const found = taken.cells.length;
  state.width ??= found;
  if (found === state.width) return { record: { row, cells: taken.cells }, wholeRecord: true };
  if (taken.lines > 1)
    return { record: { row, raw: line, problem: { code: 'row_quotes' } }, wholeRecord: false };
  const problem = { code: 'row_columns', expected: state.width, found } as const;
  return { record: { row, raw: line, problem }, wholeRecord: true };
}

/** One record with quoted cells from `start`; `open` when more text is needed, `broken` when a closing quote is followed by text. */
function takeQuoted(text: string, start: number, delimiter: string, isEnd: boolean): Taken {
  // What follows a cell can only be told when this many characters are there.
  const lookAhead = Math.max(2, delimiter.length);
  const cells: string[] = [];
  let at = start;
  let lines = 1;
  for (;;) {
    const cellStart = skipBlanks(text, at, delimiter);
    if (text[cellStart] === '"') {
      const closing = closingQuote(text, cellStart + 1);
      if (closing < 0) return 'open';
      const cell = text.slice(cellStart + 1, closing);
      lines += countBreaks(cell);
      cells.push(cell.replaceAll('""', '"'));
      at = skipBlanks(text, closing + 1, delimiter);
    } else {
      const end = cellEnd(text, at, delimiter);
      cells.push(withoutReturn(text.slice(at, end)));
      at = end;
    }
    if (!isEnd && text.length - at < lookAhead && text[at] !== '\n') return 'open';
    if (text.startsWith(delimiter, at)) at += delimiter.length;
    else if (at >= text.length) return { cells, next: text.length, lines };
    else if (text[at] === '\n') return { cells, next: at + 1, lines };
    else if (text[at] === '\r' && (text[at + 1] === '\n' || at + 1 === text.length))
      return { cells, next: at + 2, lines };
    else return 'broken';
  }
}

function closingQuote(text: string, from: number): number {
  let at = text.indexOf('"', from);
  while (at >= 0 && text[at + 1] === '"') at = text.indexOf('"', at + 2);
  return at;
}

function cellEnd(text: string, from: number, delimiter: string): number {
  const lineEnd = text.indexOf('\n', from);
  const end = text.indexOf(delimiter, from);
  const last = lineEnd < 0 ? text.length : lineEnd;
  return end < 0 || end > last ? last : end;
}

function skipBlanks(text: string, from: number, delimiter: string): number {
  let at = from;
  while (text[at] === ' ' && delimiter[0] !== ' ') at += 1;
  return at;
}

function countBreaks(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}

const withoutReturn = (line: string): string => (line.endsWith('\r') ? line.slice(0, -1) : line);
