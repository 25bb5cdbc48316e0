/**
 * The fast way to the canonical form: one pass over a parsed document that checks it, builds the canonical claim and writes its JSON as
 * UTF-8 bytes, which are then hashed and stored as they are.
 *
 * The pass is code generated once from the shape: fields named in code are several times cheaper to read and to set than fields named
 * by a variable. Nothing but the names and limits of our own schema goes into it. It is sure only of what it accepts: whatever it does
 * not like – a wrong document, or a rare way of writing a right one – it hands back, and `explain.ts` judges that with reasons. A test
 * holds that the two never differ.
 */
import { dayOf } from '../platform/civil.ts';
import type { Claim } from './contract.ts';
import { badCharacter, exactDigits, yearMin } from './explain.ts';
import { personalFields } from './personal.ts';
import { claimShape, type Shape } from './shape.ts';
import { type Change, storedBytes } from './stored-bytes.ts';

export type WrittenClaim = {
  claim: Claim;
  /** Canonical JSON in UTF-8; overwritten by the next claim. */
  text: Buffer;
  /** `text` without personal data, in its stored form (`stored.ts`) */
  doc: Buffer;
  /** the personal data alone, as a JSON object, or `null` when there are none */
  personal: Buffer | null;
};

/**
 * @param latest the last day a claim may speak of, as a day number
 * @returns `null` when the claim has to be judged by `explain.ts`
 */
export function writeClaim(input: unknown, latest: number): WrittenClaim | null {
  at = 0;
  fits = true;
  lastDay = latest;
  changes.length = 0;
  spansUsed = 0;
  const claim = writeDocument(input);
  const written = fits
    ? {
        claim,
        text: out.subarray(0, at),
        doc: storedBytes(out, at, changes, spans),
        personal: personalText(),
      }
    : null;
  if (out.length > outBytesKept) out = Buffer.allocUnsafeSlow(outBytesKept);
  if (spans.length > spansKept) spans = new Int32Array(spansKept);
  return written;
}

/** Claims of hundreds of lines fit; what a larger one needed is given back. */
const outBytesKept = 1_048_576;
const spansKept = 131_072;

// A claim is written from its first byte to its last without a pause, so one state is enough.
let out = Buffer.allocUnsafeSlow(outBytesKept);
let at = 0;
let fits = true;
let lastDay = 0;
/** What the stored form writes otherwise: personal data, from the comma before it, and lists of records. */
const changes: Change[] = [];
/** Where the members of records stand; see `storedBytes`. */
let spans = new Int32Array(spansKept);
let spansUsed = 0;
let memberStart = 0;

const comma = 0x2c;
const quote = 0x22;
const openObject = 0x7b;
const closeObject = 0x7d;
const closeList = 0x5d;

function personalText(): Buffer | null {
  const cuts = changes.filter(({ records }) => records === null);
  if (cuts.length === 0) return null;
  // The comma before the first member gives its place to the opening brace.
  const personal = Buffer.concat([...cuts.map(({ start, end }) => out.subarray(start, end)), closing]);
  personal[0] = openObject;
  return personal;
}

const closing = Buffer.from('}');

// What the generated code calls. Each writes a member, its key and its value, and gives back the value's canonical form.

/** Some value of the right type; the claim is handed back, so nobody looks at it. */
function refuse<T>(value: T): T {
  fits = false;
  return value;
}

/** Every key with its punctuation once: as much as is ever written between two values. Set when the code is generated. */
let keyBytesMax = 0;

function makeRoom(bytes: number): void {
  const needed = at + bytes + keyBytesMax;
  if (needed <= out.length) return;
  const larger = Buffer.allocUnsafeSlow(2 * needed);
  out.copy(larger, 0, 0, at);
  out = larger;
}

function open(key: Uint8Array): void {
  const target = out;
  let to = at;
  for (let from = 0; from < key.length; from += 1) target[to++] = key[from] ?? 0;
  at = to;
}

function text(key: Uint8Array, value: unknown, max: number): string {
  if (typeof value !== 'string') return refuse('');
  if (value.length === 0 || value.length > max) return refuse('');
  if (!mayBePadded(value.charCodeAt(0)) && !mayBePadded(value.charCodeAt(value.length - 1)))
    return quoted(key, value);
  if (badCharacter.test(value)) return refuse('');
  const trimmed = value.trim();
  return trimmed === '' ? refuse('') : quoted(key, trimmed);
}

/** White space, or so far from Chinese that `trim` should decide. */
const mayBePadded = (code: number): boolean =>
  code <= 0x20 || (code >= 0x80 && (code < 0x3001 || code > 0xd7ff));

function quoted(key: Uint8Array, value: string): string {
  makeRoom(3 * value.length + 1);
  const target = out;
  let to = at;
  for (let from = 0; from < key.length; from += 1) target[to++] = key[from] ?? 0;
  for (let from = 0; from < value.length; from += 1) {
    const code = value.charCodeAt(from);
    if (code < 0x80) {
      if (code < 0x20 || code === 0x7f || code === quote || code === backslash) {
        const escape = escapes[code] ?? 0;
        if (escape === 0) return refuse('');
        target[to++] = backslash;
        target[to++] = escape;
      } else target[to++] = code;
    } else if (code < 0x800) {
      if (code < 0xa0) return refuse('');
      target[to++] = 0xc0 | (code >> 6);
      target[to++] = 0x80 | (code & 0x3f);
    } else if (code >= 0xd800 && code <= 0xdfff) {
      const point = value.codePointAt(from) ?? code;
      // Half of a pair.
      if (point <= 0xffff) return refuse('');
      from += 1;
      target[to++] = 0xf0 | (point >> 18);
      target[to++] = 0x80 | ((point >> 12) & 0x3f);
      target[to++] = 0x80 | ((point >> 6) & 0x3f);
      target[to++] = 0x80 | (point & 0x3f);
    } else {
      if (code === 0xfffd) return refuse('');
      target[to++] = 0xe0 | (code >> 12);
      target[to++] = 0x80 | ((code >> 6) & 0x3f);
      target[to++] = 0x80 | (code & 0x3f);
    }
  }
  target[to++] = quote;
  at = to;
  return value;
}

const backslash = 0x5c;
/** The letter after the backslash, of those characters that a text may hold and JSON has to escape. */
const escapes: readonly number[] = Object.assign(
  Array.from({ length: 0x80 }, () => 0),
  {
    [quote]: quote,
    [backslash]: backslash,
    0x09: 0x74,
    0x0a: 0x6e,
    0x0d: 0x72,
  },
);

const zero = 0x30;
const nine = 0x39;
const minus = 0x2d;
const decimalPoint = 0x2e;

/** Texts of numbers of whole fen below this many are made once: most amounts and prices are such. */
const fenKept = 65_536;
const fenDigits = 3;
const fenTexts = Array.from({ length: fenKept }, () => '');

/** Takes numbers in plain notation, and texts that are canonical up to zeros at their end. */
function decimal(key: Uint8Array, value: unknown, wholeMax: number, scale: number): string {
  if (typeof value === 'number' && wholeMax >= fenDigits && scale >= 2) {
    const fen = Math.round(value * 100);
    if (fen >= 0 && fen < fenKept && fen / 100 === value) {
      const known = fenTexts[fen] ?? '';
      return ascii(key, known === '' ? (fenTexts[fen] = String(fen / 100)) : known);
    }
  }
  const given = typeof value === 'number' ? String(value) : value;
  if (typeof given !== 'string') return refuse('');
  const { length } = given;
  const start = length > 0 && given.charCodeAt(0) === minus ? 1 : 0;
  let from = start;
  while (from < length && isDigit(given.charCodeAt(from))) from += 1;
  const whole = from - start;
  const leadingZero = given.charCodeAt(start) === zero;
  if (whole === 0 || whole > wholeMax || (leadingZero && whole > 1)) return refuse('');
  let end = from;
  if (from < length) {
    if (given.charCodeAt(from) !== decimalPoint || from + 1 === length) return refuse('');
    const first = from + 1;
    for (from = first; from < length; from += 1) {
      const code = given.charCodeAt(from);
      if (!isDigit(code)) return refuse('');
      if (code !== zero) end = from + 1;
    }
    if (end - first > scale) return refuse('');
  }
  // -0.00 is zero.
  if (start === 1 && leadingZero && end === 2) return refuse('');
  return ascii(key, end === length ? given : given.slice(0, end));
}

const isDigit = (code: number): boolean => code >= zero && code <= nine;

/** A text without anything to escape, and its closing quote. */
function ascii(key: Uint8Array, value: string): string {
  makeRoom(value.length + 1);
  const target = out;
  let to = at;
  for (let from = 0; from < key.length; from += 1) target[to++] = key[from] ?? 0;
  for (let from = 0; from < value.length; from += 1) target[to++] = value.charCodeAt(from);
  target[to++] = quote;
  at = to;
  return value;
}

const dash = 0x2d;
const colon = 0x3a;
const space = 0x20;
const letterT = 0x54;
const firstDay = dayOf(`${yearMin}-01-01`) ?? 0;

function date(key: Uint8Array, value: unknown): string {
  return typeof value === 'string' && value.length === 10 && beginsWithDay(value)
    ? ascii(key, value)
    : refuse('');
}

function time(key: Uint8Array, value: unknown): string {
  if (typeof value !== 'string' || !beginsWithDay(value)) return refuse('');
  if (value.length === 10) return ascii(key, value);
  if (value.length !== 19 || value.charCodeAt(13) !== colon || value.charCodeAt(16) !== colon)
    return refuse('');
  if (!isBelow(value, 11, 24) || !isBelow(value, 14, 60) || !isBelow(value, 17, 60)) return refuse('');
  const separator = value.charCodeAt(10);
  if (separator === space) return ascii(key, value);
  return separator === letterT ? ascii(key, `${value.slice(0, 10)} ${value.slice(11)}`) : refuse('');
}

function beginsWithDay(value: string): boolean {
  for (let from = 0; from < 10; from += 1) {
    const code = value.charCodeAt(from);
    if (from === 4 || from === 7 ? code !== dash : !isDigit(code)) return false;
  }
  const day = dayOf(value);
  return day !== null && day >= firstDay && day <= lastDay;
}

/** Whether two digits stand there, and make a number below the limit. */
function isBelow(value: string, from: number, limit: number): boolean {
  const tens = value.charCodeAt(from);
  const ones = value.charCodeAt(from + 1);
  return isDigit(tens) && isDigit(ones) && (tens - zero) * 10 + ones - zero < limit;
}

function integer(key: Uint8Array, value: unknown, min: number, max: number): number {
  return Number.isInteger(value) ? number(key, value, min, max) : refuse(0);
}

function number(key: Uint8Array, value: unknown, min: number, max: number): number {
  if (typeof value !== 'number' || !(value >= min && value <= max)) return refuse(0);
  // -0 and 0 are the same number.
  const same = value + 0;
  bare(key, String(same));
  return same;
}

function boolean(key: Uint8Array, value: unknown): boolean {
  if (typeof value !== 'boolean') return refuse(false);
  bare(key, String(value));
  return value;
}

const hashPattern = /^[0-9a-f]{64}$/;

function bare(key: Uint8Array, value: string): void {
  open(key);
  makeRoom(value.length);
  for (let from = 0; from < value.length; from += 1) byte(value.charCodeAt(from));
}

function hash(key: Uint8Array, value: unknown): string {
  return typeof value === 'string' && hashPattern.test(value) ? ascii(key, value) : refuse('');
}

/** @param keys the names of the records' members as JSON with their colons */
function list<Item>(
  key: Uint8Array,
  value: unknown,
  max: number,
  item: (value: unknown) => Item,
  keys: readonly Uint8Array[],
): Item[] {
  if (!Array.isArray(value) || value.length > max) return refuse([]);
  const items: Item[] = [];
  open(key);
  const start = at - 1;
  const first = spansUsed;
  for (let position = 0; position < value.length; position += 1) {
    if (position > 0) byte(comma);
    items.push(item(value[position]));
  }
  byte(closeList);
  if (value.length > 1) changes.push({ start, end: at, records: { keys, rows: value.length, first } });
  return items;
}

/** Takes the place for the spans of a record's members. */
function record(members: number): number {
  const place = spansUsed;
  spansUsed += 2 * members;
  if (spansUsed > spans.length) {
    const larger = new Int32Array(2 * spansUsed);
    larger.set(spans);
    spans = larger;
  }
  spans.fill(0, place, spansUsed);
  memberStart = at;
  return place;
}

/** Notes the span of the member just written. */
function mark(place: number): void {
  spans[place] = memberStart;
  spans[place + 1] = at;
  memberStart = at;
}

/** Notes that what was written from there on is personal data. */
function cut(start: number): void {
  changes.push({ start, end: at, records: null });
}

const here = (): number => at;

function byte(code: number): void {
  out[at++] = code;
}

const helpers = {
  open,
  byte,
  text,
  decimal,
  date,
  time,
  integer,
  number,
  boolean,
  hash,
  list,
  record,
  mark,
  cut,
  here,
  refuse,
};

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the code follows the schema from which `Claim` is inferred
const writeDocument = generate(claimShape) as (input: unknown) => Claim;

function generate(shape: Shape & { kind: 'object' }): (input: unknown) => unknown {
  const keys: Uint8Array[] = [];
  const lists: Uint8Array[][] = [];
  const functions: string[] = [];
  const personal: ReadonlySet<string> = new Set(personalFields.map((name) => `person.${name}`));

  /** An expression that writes a member with `value`. */
  const memberCode = (key: number, shape: Shape, name: string): string => {
    switch (shape.kind) {
      case 'object':
        return `(open(key${key}), ${objectCode(shape, name)}(value))`;
      case 'list':
        if (shape.item.kind !== 'object') throw new Error('lists of the claim schema hold objects');
        lists.push(shape.item.fields.map((field) => Buffer.from(`${JSON.stringify(field.name)}:`)));
        return `list(key${key}, value, ${shape.max}, ${objectCode(shape.item, name, true)}, lists[${lists.length - 1}])`;
      case 'text':
        return `text(key${key}, value, ${shape.max})`;
      case 'decimal':
        return `decimal(key${key}, value, ${Math.min(shape.digits, exactDigits) - shape.scale}, ${shape.scale})`;
      case 'integer':
      case 'number':
        return `${shape.kind}(key${key}, value, ${shape.min}, ${shape.max})`;
      case 'date':
      case 'time':
      case 'boolean':
      case 'hash':
        return `${shape.kind}(key${key}, value)`;
    }
  };

  /** Adds the function that writes an object of the shape, and returns its name. */
  const objectCode = ({ fields }: Shape & { kind: 'object' }, name: string, isRecord = false): string => {
    if (fields[0]?.required !== true)
      throw new Error('every object of the claim schema begins with a required field');
    const members = fields.map(({ name: member, shape, required }, position) => {
      const named = JSON.stringify(member);
      keys.push(Buffer.from(`${position === 0 ? '{' : ','}${named}:${opening(shape)}`));
      const write = `out[${named}] = ${memberCode(keys.length - 1, shape, member)};`;
      const written = personal.has(`${name}.${member}`)
        ? `const start = here(); ${write} cut(start);`
        : isRecord
          ? `${write} mark(place + ${2 * position});`
          : write;
      return required
        ? `value = input[${named}]; count += 1; ${written}`
        : `value = input[${named}]; if (value !== undefined) { count += 1; if (value !== null) { ${written} } }`;
    });
    const id = `write_${functions.length}`;
    functions.push(`
function ${id}(input) {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return refuse(undefined);
  let count = 0, value;
  const out = {};
  ${isRecord ? `const place = record(${fields.length});` : ''}
  ${members.join('\n  ')}
  byte(${closeObject});
  for (const name in input) count -= 1;
  return count === 0 ? out : refuse(undefined);
}`);
    return id;
  };

  const root = objectCode(shape, '');
  keyBytesMax = keys.reduce((sum, bytes) => sum + bytes.length + 2, 0);
  const names = Object.keys(helpers);
  const source = `'use strict';
const [${keys.map((_, at) => `key${at}`).join(', ')}] = keys;
${functions.join('\n')}
return ${root};`;
  // oxlint-disable-next-line typescript/no-implied-eval -- made of our own schema only
  return new Function('keys', 'lists', ...names, source)(keys, lists, ...Object.values(helpers));
}

function opening(shape: Shape): string {
  switch (shape.kind) {
    case 'object':
    case 'integer':
    case 'number':
    case 'boolean':
      return '';
    case 'list':
      return '[';
    default:
      return '"';
  }
}
