/**
 * JSON as text: laid out in lines, and searched by path, without ever being turned into values. `JSON.parse` would round long numbers,
 * drop repeated keys and forget where things stood – and this is input that somebody is about to correct by hand.
 */

interface Token {
  readonly kind: 'open' | 'close' | 'comma' | 'colon' | 'scalar';
  readonly start: number;
  readonly end: number;
}

const tokenPattern = /[ \t\r\n]*(?:([{[])|([}\]])|(,)|(:)|("(?:[^"\\]|\\.)*"|[^ \t\r\n{}[\],:"]+))/y;

interface Scanned {
  readonly tokens: readonly Token[];
  /** Where something begins that no JSON is made of, such as a string without an end. */
  readonly brokenAt: number | null;
}

function scan(text: string): Scanned {
  const tokens: Token[] = [];
  const pattern = new RegExp(tokenPattern);
  const length = text.trimEnd().length;
  while (pattern.lastIndex < length) {
    const from = pattern.lastIndex;
    const match = pattern.exec(text);
    if (match === null)
      return { tokens, brokenAt: from + (/^[ \t\r\n]*/.exec(text.slice(from))?.[0].length ?? 0) };
    const [whole, open, close, comma, colon] = match;
    const end = match.index + whole.length;
    const start = end - whole.replace(/^[ \t\r\n]+/, '').length;
    const kind = open ? 'open' : close ? 'close' : comma ? 'comma' : colon ? 'colon' : 'scalar';
    tokens.push({ kind, start, end });
  }
  return { tokens, brokenAt: null };
}

/** The same text with one member a line; `null` when it is not JSON. */
export function prettyJson(text: string): string | null {
  if (jsonFault(text) !== null) return null;
  const { tokens } = scan(text);
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
      case 'open':
      case 'scalar':
        if (before === 'open' || before === 'comma') pretty += newLine();
        pretty += raw;
        if (token.kind === 'open') depth += 1;
    }
  });
  return pretty;
}

export interface JsonFault {
  /** Both 1-based. */
  readonly line: number;
  readonly column: number;
  /** Index of the character; the length of the text when something is missing at its end. */
  readonly at: number;
}

/** Where the text stops being JSON; `null` when it does not. Browsers say so in words of their own, and not always with a place. */
export function jsonFault(text: string): JsonFault | null {
  try {
    JSON.parse(text);
    return null;
  } catch {
    const at = faultAt(text);
    const before = text.slice(0, at).split('\n');
    return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1, at };
  }
}

type Expected = 'value' | 'value or end' | 'key' | 'key or end' | 'colon' | 'comma or end' | 'nothing';

/** Index of the first part that may not stand where it stands; the end of the text when something is missing there. */
function faultAt(text: string): number {
  const { tokens, brokenAt } = scan(text);
  const open: ('{' | '[')[] = [];
  let expected: Expected = 'value';
  for (const { kind, start, end } of tokens) {
    const raw = text.slice(start, end);
    const isValue = expected === 'value' || expected === 'value or end';
    const isKey = expected === 'key' || expected === 'key or end';
    if (kind === 'open' && isValue) {
      const bracket = raw === '{' ? '{' : '[';
      open.push(bracket);
      expected = bracket === '{' ? 'key or end' : 'value or end';
    } else if (kind === 'close' && expected.endsWith('or end') && open.at(-1) === (raw === '}' ? '{' : '[')) {
      open.pop();
      expected = open.length === 0 ? 'nothing' : 'comma or end';
    } else if (kind === 'comma' && expected === 'comma or end') {
      expected = open.at(-1) === '{' ? 'key' : 'value';
    } else if (kind === 'colon' && expected === 'colon') {
      expected = 'value';
    } else if (kind === 'scalar' && isKey && raw.startsWith('"') && isScalar(raw)) {
      expected = 'colon';
    } else if (kind === 'scalar' && isValue && isScalar(raw)) {
      expected = open.length === 0 ? 'nothing' : 'comma or end';
    } else {
      return start;
    }
  }
  return brokenAt ?? text.length;
}

function isScalar(raw: string): boolean {
  try {
    JSON.parse(raw);
    return true;
  } catch {
    return false;
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
  const { tokens } = scan(text);
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

/**
 * Paths of members whose name stands in the same object before: of two, `JSON.parse` keeps the last and says nothing of the first.
 * @param text valid JSON
 */
export function repeatedMembers(text: string): string[] {
  const { tokens } = scan(text);
  const repeated: string[] = [];
  const walk = (at: number, path: string): number => {
    const opening = tokens[at];
    if (opening?.kind !== 'open') return at + 1;
    const isList = text[opening.start] === '[';
    const names = new Set<string>();
    let next = at + 1;
    for (let item = 0; next < tokens.length && tokens[next]?.kind !== 'close'; item += 1) {
      const key = tokens[next];
      const name = isList || key === undefined ? '' : String(JSON.parse(text.slice(key.start, key.end)));
      const inside = isList ? `${path}[${item}]` : `${path}.${name}`;
      if (!isList && names.has(name)) repeated.push(inside);
      names.add(name);
      next = walk(isList ? next : next + 2, inside);
      if (tokens[next]?.kind === 'comma') next += 1;
    }
    return next + 1;
  };
  walk(0, '$');
  return repeated;
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
