/**
 * The quick way back from a stored text (`stored.ts`) to the document. It is code generated once from the shape, which knows what may come
 * next: the members of the schema in their order. That spares it what makes JSON.parse slow – looking up names, and texts that may be
 * anything. Values are slices of the text, which is therefore kept as long as they are.
 *
 * It reads what we wrote ourselves, and only what has nothing escaped. Whatever else it meets it hands back to JSON.parse.
 *
 * Columns become records at once: the members of a record are stored by name, which the engine does several times faster than by a name in
 * a variable.
 */
import { claimShape, type Shape } from './shape.ts';

export type StoredRecord = { [name: string]: unknown };

/** @returns the document; `null`: the text has to be read by JSON.parse */
export function readStored(stored: string): StoredRecord | null {
  if (stored.includes('\\')) return null;
  text = stored;
  at = 0;
  fits = true;
  const doc = readDocument();
  const isWhole = fits && at === text.length;
  text = '';
  return isWhole ? doc : null;
}

// A text is read from its first to its last character without a pause, so one state is enough.
let text = '';
let at = 0;
let fits = true;

const comma = 0x2c;
const quote = 0x22;
const openList = 0x5b;
const closeList = 0x5d;
const openObject = 0x7b;
const letterN = 0x6e;

function refuse(): null {
  fits = false;
  return null;
}

/** Where a text was found to be otherwise nothing more is read: what is returned is thrown away. */
function string(): string {
  const source = text;
  const start = at + 1;
  if (source.charCodeAt(at) !== quote) return refuse() ?? '';
  let end = start;
  const { length } = source;
  while (end < length && source.charCodeAt(end) !== quote) end += 1;
  at = end + 1;
  return source.slice(start, end);
}

/** A number or a boolean. */
function bare(): unknown {
  let end = at;
  for (let code = text.charCodeAt(end); code !== comma && code !== closeList && code !== closeObject; ) {
    if (end >= text.length) return refuse();
    end += 1;
    code = text.charCodeAt(end);
  }
  const word = text.slice(at, end);
  at = end;
  if (word === 'true' || word === 'false') return word === 'true';
  const value = Number(word);
  return Number.isNaN(value) ? refuse() : value;
}
const closeObject = 0x7d;

/** A value of a column: one for all records, or one for each, `null` where the record does not state it. */
function column(value: () => unknown): unknown {
  if (text.charCodeAt(at) !== openList) return value();
  const values: unknown[] = [];
  do {
    at += 1;
    if (text.charCodeAt(at) !== letterN) values.push(value());
    else {
      if (!text.startsWith('null', at)) return refuse();
      at += 4;
      values.push(null);
    }
  } while (fits && text.charCodeAt(at) === comma);
  return closed(closeList) ? values : refuse();
}

/** A list of no record or one is spelled out; others are written by column. */
function records(record: () => StoredRecord, fromColumns: () => unknown): unknown {
  if (text.charCodeAt(at) === openObject) return fromColumns();
  if (text.charCodeAt(at) !== openList) return refuse();
  at += 1;
  if (closed(closeList)) return [];
  const only = record();
  return closed(closeList) ? [only] : refuse();
}

function closed(code: number): boolean {
  if (text.charCodeAt(at) !== code) return false;
  at += 1;
  return true;
}

const isAt = (code: number, name: string): boolean =>
  text.charCodeAt(at + 1) === code && text.startsWith(name, at);

/** Passes over a name and its colon, or over a comma. */
function pass(length: number): void {
  at += length;
}

function endMember(): void {
  if (text.charCodeAt(at) === comma) at += 1;
}

const helpers = { string, bare, column, records, closed, isAt, pass, endMember, refuse };

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what it builds are the members of the schema
const readDocument = generate(claimShape) as () => StoredRecord;

function generate(shape: Shape & { kind: 'object' }): () => unknown {
  const functions: string[] = [];

  /** An expression that reads a value of the shape. */
  const valueCode = (shape: Shape): string => {
    switch (shape.kind) {
      case 'object':
        return `${objectCode(shape, (member) => valueCode(member))}()`;
      case 'list':
        if (shape.item.kind !== 'object') throw new Error('lists of the claim schema hold objects');
        return `records(${objectCode(shape.item, valueCode)}, ${columnsCode(shape.item)})`;
      default:
        return `${readerOf(shape)}()`;
    }
  };

  /** Adds the function that reads an object of the shape, and returns its name. */
  const objectCode = (
    { fields }: Shape & { kind: 'object' },
    memberCode: (shape: Shape) => string,
  ): string => {
    const members = fields.map(({ name, shape: member }) => {
      const written = `${JSON.stringify(name)}:`;
      return `if (isAt(${written.charCodeAt(1)}, ${JSON.stringify(written)})) { pass(${written.length}); out[${JSON.stringify(name)}] = ${memberCode(member)}; endMember(); }`;
    });
    const id = `read_${functions.length}`;
    // Takes its place before those it calls are added.
    functions.push('');
    functions[Number(id.slice(5))] = `
function ${id}() {
  const out = {};
  if (!closed(${openObject})) return refuse();
  ${members.join('\n  ')}
  return closed(${closeObject}) ? out : refuse();
}`;
    return id;
  };

  /** Adds the function that reads an object of columns as the list of records it stands for, and returns its name. */
  const columnsCode = ({ fields }: Shape & { kind: 'object' }): string => {
    const reading = fields.map(({ name, shape: member }, field) => {
      const written = `${JSON.stringify(name)}:`;
      return `if (isAt(${written.charCodeAt(1)}, ${JSON.stringify(written)})) { pass(${written.length}); c${field} = column(${readerOf(member)}); spelled ??= c${field}; endMember(); }`;
    });
    const storing = fields.map(
      ({ name }, field) =>
        `if (c${field} !== undefined) { const value = Array.isArray(c${field}) ? c${field}[row] : c${field}; if (value !== null) record[${JSON.stringify(name)}] = value; }`,
    );
    return `read_${
      functions.push(`
function read_${functions.length}() {
  let ${fields.map((_, field) => `c${field}`).join(', ')}, spelled;
  if (!closed(${openObject})) return refuse();
  ${reading.join('\n  ')}
  if (!closed(${closeObject}) || !Array.isArray(spelled)) return refuse();
  const list = [];
  for (let row = 0; row < spelled.length; row += 1) {
    const record = {};
    ${storing.join('\n    ')}
    list.push(record);
  }
  return list;
}`) - 1
    }`;
  };

  const root = objectCode(shape, valueCode);
  const source = `'use strict';\n${functions.join('\n')}\nreturn ${root};`;
  // oxlint-disable-next-line typescript/no-implied-eval -- made of our own schema only
  return new Function(...Object.keys(helpers), source)(...Object.values(helpers));
}

function readerOf({ kind }: Shape): string {
  switch (kind) {
    case 'object':
    case 'list':
      throw new Error('records of the claim schema hold plain values');
    case 'integer':
    case 'number':
    case 'boolean':
      return 'bare';
    default:
      return 'string';
  }
}
