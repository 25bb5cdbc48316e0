/**
 * JSON as text: laid out in lines, and searched by path, without ever being turned into values. `JSON.parse` would round long numbers,
 * drop repeated keys and forget where things stood – and this is input that somebody is about to correct by hand.
 */

interface Token {
  readonly kind: 'open' | 'close' | 'comma' | 'colon' | 'scalar';
  readonly start: number;
  readonly end: number;
}

const tokenPattern = /\s*(?:([{[])|([}\]])|(,)|(:)|("(?:[^"\\]|\\.)*"|[^\s{}[\],:"]+))/y;

/** `null` when the text is not made of JSON's parts. */
function tokensOf(text: string): Token[] | null {
  const tokens: Token[] = [];
  const pattern = new RegExp(tokenPattern);
  while (pattern.lastIndex < text.trimEnd().length) {
    const match = pattern.exec(text);
    if (match === null) return null;
    const [whole, open, close, comma, colon] = match;
    const end = match.index + whole.length;
    const start = end - whole.trimStart().length;
    const kind = open ? 'open' : close ? 'close' : comma ? 'comma' : colon ? 'colon' : 'scalar';
    tokens.push({ kind, start, end });
  }
  return tokens;
}

/** The same text with one member a line; `null` when it is not JSON. */
export function prettyJson(text: string): string | null {
  if (jsonFault(text) !== null) return null;
  const tokens = tokensOf(text);
  if (tokens === null) return null;
  let depth = 0;
  let pretty = '';
  const newLine = (): string => `\n${'  '.repeat(depth)}`;
  tokens.forEach((token, index) => {
    const raw = text.slice(token.start, token.end);
    const before = tokens[index - 1]?.kind;
    switch (token.kind) {
      case 'close':
        depth -= 1;
        pretty += before === 'open' ? raw : newLine() + raw;
        return;
      case 'comma':
        pretty += raw;
        return;
      case 'colon':
        pretty += ': ';
        return;
      default:
        if (before === 'open' || before === 'comma') pretty += newLine();
        pretty += raw;
        if (token.kind === 'open') depth += 1;
    }
  });
  return pretty;
}

export interface JsonFault {
  /** 1-based; `null` when the browser does not say where. */
  readonly line: number | null;
  readonly column: number | null;
}

/** Where the text stops being JSON; `null` when it does not. */
export function jsonFault(text: string): JsonFault | null {
  try {
    JSON.parse(text);
    return null;
  } catch (error) {
    const said = error instanceof Error ? /position (\d+)/.exec(error.message) : null;
    // Text that ends too early has no position of its own.
    const position = said?.[1] === undefined ? text.length : Number(said[1]);
    const before = text.slice(0, position).split('\n');
    return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
  }
}

export interface Span {
  readonly start: number;
  readonly end: number;
}

/** `$.lines[3].cnt` → `['lines', 3, 'cnt']` */
const stepsOf = (path: string): (string | number)[] =>
  [...path.matchAll(/\.([^.[\]]+)|\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]/g)].map((match) =>
    match[2] === undefined ? (match[1] ?? match[3] ?? '') : Number(match[2]),
  );

/** Where the value at a path stands in the text, or the nearest value around it that exists. */
export function spanOf(text: string, path: string): Span | null {
  const tokens = tokensOf(text);
  if (tokens === null) return null;
  let at = 0;
  for (const step of stepsOf(path)) {
    const found = childAt(text, tokens, at, step);
    if (found === null) break;
    at = found;
  }
  const first = tokens[at];
  const last = tokens[valueEnd(tokens, at) - 1];
  return first === undefined || last === undefined ? null : { start: first.start, end: last.end };
}

/** Index of the token at which the member or item begins. */
function childAt(
  text: string,
  tokens: readonly Token[],
  parent: number,
  step: string | number,
): number | null {
  if (tokens[parent]?.kind !== 'open') return null;
  const isList = text[tokens[parent].start] === '[';
  if (isList !== (typeof step === 'number')) return null;
  let at = parent + 1;
  for (let item = 0; at < tokens.length && tokens[at]?.kind !== 'close'; item += 1) {
    const key = tokens[at];
    const value = isList ? at : at + 2;
    if (
      key !== undefined &&
      (isList ? item === step : text.slice(key.start, key.end) === JSON.stringify(step))
    )
      return value;
    at = valueEnd(tokens, value);
    if (tokens[at]?.kind === 'comma') at += 1;
  }
  return null;
}

/** Index after the last token of the value that begins at `at`. */
function valueEnd(tokens: readonly Token[], at: number): number {
  let depth = 0;
  for (let index = at; index < tokens.length; index += 1) {
    const kind = tokens[index]?.kind;
    if (kind === 'open') depth += 1;
    if (kind === 'close') depth -= 1;
    if (depth <= 0) return index + 1;
  }
  return tokens.length;
}
