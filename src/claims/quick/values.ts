/** Reads the values of JSON that are no texts and writes them in canonical form. Each answers whether it was sure. */
import { dayOfDate } from '../../platform/civil.ts';
import { exactDigits, yearMin } from '../explain.ts';
import { input, out, quote, scan, take } from './scan.ts';

const zero = 0x30;
const nine = 0x39;
const minus = 0x2d;
const decimalPoint = 0x2e;
const isDigit = (code: number): boolean => code >= zero && code <= nine;

/** Up to this many units a number of JSON says as much as its digits; a text always does. */
const exactUnits = 10 ** exactDigits;

/**
 * Takes numbers in plain notation, and texts that are canonical up to zeros at their end.
 * @param unitsMax limit of the absolute value in units of the last of `scale` places
 */
export function readDecimal(unitsMax: number, scale: number): boolean {
  const source = input;
  const target = out;
  const isText = source[scan.from] === quote;
  let from = scan.from + (isText ? 1 : 0);
  let to = scan.at;
  const negative = source[from] === minus;
  if (negative) {
    target[to++] = minus;
    from += 1;
  }
  let code = source[from] ?? 0;
  const leadingZero = code === zero;
  const first = from;
  let units = 0;
  while (isDigit(code)) {
    target[to++] = code;
    units = units * 10 + (code - zero);
    from += 1;
    code = source[from] ?? 0;
  }
  if (from === first || (leadingZero && from > first + 1)) return false;
  let places = 0;
  if (code === decimalPoint) {
    const point = from;
    let end = to;
    target[to++] = code;
    from += 1;
    code = source[from] ?? 0;
    while (isDigit(code)) {
      if (places < scale) {
        target[to++] = code;
        units = units * 10 + (code - zero);
        places += 1;
        if (code !== zero) end = to;
      } else if (code !== zero) return false;
      from += 1;
      code = source[from] ?? 0;
    }
    if (from === point + 1) return false;
    to = end;
  }
  for (; places < scale; places += 1) units *= 10;
  // -0.00 is zero.
  if (units > unitsMax || (negative && units === 0)) return false;
  if (isText) {
    if (code !== quote) return false;
    from += 1;
  } else if (units >= exactUnits) return false;
  target[to] = quote;
  scan.at = to + 1;
  scan.from = from;
  return true;
}

const dash = 0x2d;
const colon = 0x3a;
const space = 0x20;
const letterT = 0x54;
const noDay = Number.MIN_SAFE_INTEGER;

export const readDate = (): boolean => readDay() !== noDay && endText(scan.from);

/** @param bounds whether the day counts among the days of the claim */
export function readTime(bounds: boolean): boolean {
  const day = readDay();
  if (day === noDay) return false;
  if (bounds) {
    if (day < scan.firstDay) scan.firstDay = day;
    if (day > scan.lastDay) scan.lastDay = day;
  }
  const { from, at } = scan;
  const separator = input[from];
  if (separator !== space && separator !== letterT) return endText(from);
  if (input[from + 3] !== colon || input[from + 6] !== colon) return false;
  if (!isBelow(from + 1, 24) || !isBelow(from + 4, 60) || !isBelow(from + 7, 60)) return false;
  out[at] = space;
  for (let byte = 1; byte < 9; byte += 1) out[at + byte] = input[from + byte] ?? 0;
  scan.at = at + 9;
  return endText(from + 9);
}

/** The quote and `yyyy-MM-dd`. @returns the day, or `noDay` */
function readDay(): number {
  const source = input;
  const target = out;
  const { at } = scan;
  const from = scan.from + 1;
  if (source[scan.from] !== quote || source[from + 4] !== dash || source[from + 7] !== dash) return noDay;
  const year = two(from) * 100 + two(from + 2);
  const day = dayOfDate(year, two(from + 5), two(from + 8));
  // What is no digit makes NaN, of which nothing is true.
  if (day === null || !(year >= yearMin) || day > scan.latest) return noDay;
  for (let byte = 0; byte < 10; byte += 1) target[at + byte] = source[from + byte] ?? 0;
  scan.at = at + 10;
  scan.from = from + 10;
  return day;
}

function two(from: number): number {
  const tens = input[from] ?? 0;
  const ones = input[from + 1] ?? 0;
  return isDigit(tens) && isDigit(ones) ? (tens - zero) * 10 + ones - zero : Number.NaN;
}

const isBelow = (from: number, limit: number): boolean => two(from) < limit;

function endText(from: number): boolean {
  if (input[from] !== quote) return false;
  out[scan.at] = quote;
  scan.at += 1;
  scan.from = from + 1;
  return true;
}

const plainNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
/** No number of a claim needs as many. */
const numberBytesMax = 32;

/** Numbers are rare in claims, so they are read as texts and written as `JSON.stringify` does. */
export function readNumber(min: number, max: number, whole: boolean): boolean {
  let end = scan.from;
  while (isOfNumber(input[end] ?? 0) && end - scan.from <= numberBytesMax) end += 1;
  const text = input.toString('latin1', scan.from, end);
  const value = Number(text);
  if (!plainNumber.test(text) || !(value >= min && value <= max)) return false;
  if (whole && !Number.isInteger(value)) return false;
  scan.at += out.write(JSON.stringify(value), scan.at);
  scan.from = end;
  return true;
}

const isOfNumber = (byte: number): boolean =>
  isDigit(byte) || byte === minus || byte === 0x2b || byte === decimalPoint || byte === 0x45 || byte === 0x65;

const truths = [Buffer.from('true'), Buffer.from('false')];

export function readBoolean(): boolean {
  for (const word of truths) {
    if (!take(word)) continue;
    out.set(word, scan.at);
    scan.at += word.length;
    return true;
  }
  return false;
}

const hashDigits = 64;

export function readHash(): boolean {
  if (input[scan.from] !== quote) return false;
  const from = scan.from + 1;
  for (let digit = 0; digit < hashDigits; digit += 1) {
    const byte = input[from + digit] ?? 0;
    if (!isDigit(byte) && (byte < 0x61 || byte > 0x66)) return false;
    out[scan.at++] = byte;
  }
  return endText(from + hashDigits);
}
