/** Reads a text of JSON and writes it as `JSON.stringify` would. What is not trimmed and free of bad characters is handed back. */
import { badCharacter } from '../explain.ts';
import { backslash, input, out, quote, scan } from './scan.ts';

const plain = 0;
const endsText = 1;
const escapes = 2;
const leads = 3;
const bad = 4;

/** The bytes of UTF-8 with which characters begin that no text may hold: U+0080 to U+009F, and U+FFFD. */
const leadC2 = 0xc2;
const leadEF = 0xef;

/** What a byte of UTF-8 means in a text. */
const kinds = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte < 0x20 || byte === 0x7f) return bad;
  if (byte === quote) return endsText;
  if (byte === backslash) return escapes;
  return byte === leadC2 || byte === leadEF ? leads : plain;
});

/** @param max characters, counted as code points, as the schema counts */
export function readText(max: number): boolean {
  // Imports are looked up anew wherever they are named: in a loop over bytes that counts.
  const source = input;
  const target = out;
  const meaning = kinds;
  if (source[scan.from] !== quote) return false;
  const start = scan.at;
  let from = scan.from + 1;
  let to = start;
  /** escapes written, and where the last one ends that stands for white space */
  let escaped = 0;
  let paddedUntil = 0;
  for (;;) {
    const byte = source[from] ?? 0;
    const kind = meaning[byte];
    if (kind === escapes) {
      scan.from = from;
      scan.at = to;
      const code = readEscape();
      if (code < 0) return false;
      if (target[to] === backslash) escaped += 1;
      if (code < 0x20) {
        if (to === start) return false;
        paddedUntil = scan.at;
      }
      from = scan.from;
      to = scan.at;
      continue;
    }
    if (kind !== plain && (kind !== leads || isBadCharacterAt(from))) {
      if (kind === endsText) break;
      return false;
    }
    target[to] = byte;
    to += 1;
    from += 1;
  }
  const length = to - start;
  if (length === 0 || paddedUntil === to) return false;
  if (length > max && charactersOf(start, to) - escaped > max) return false;
  if (isBlankAt(start) || isBlankAt(lastCharacterOf(start, to))) return false;
  if (escaped > 0) scan.escapes = true;
  target[to] = quote;
  scan.at = to + 1;
  scan.from = from + 1;
  return true;
}

const isBadCharacterAt = (from: number): boolean =>
  input[from] === leadC2
    ? (input[from + 1] ?? 0) < 0xa0
    : input[from + 1] === 0xbf && input[from + 2] === 0xbd;

function charactersOf(start: number, end: number): number {
  let count = 0;
  for (let at = start; at < end; at += 1) if (((out[at] ?? 0) & 0xc0) !== 0x80) count += 1;
  return count;
}

function lastCharacterOf(start: number, end: number): number {
  let at = end - 1;
  while (at > start && ((out[at] ?? 0) & 0xc0) === 0x80) at -= 1;
  return at;
}

/** Whether `trim` would take the character away. */
function isBlankAt(at: number): boolean {
  const lead = out[at] ?? 0;
  if (lead < 0x80) return lead <= 0x20;
  // All white space beyond ASCII lies in U+00A0 to U+00BF, in U+1000 to U+3FFF, or is the byte order mark.
  if (lead !== leadC2 && (lead < 0xe1 || lead > 0xe3) && lead !== leadEF) return false;
  return out.toString('utf8', at, at + (lead === leadC2 ? 2 : 3)).trim() === '';
}

const shortEscapes = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['t', '\t'],
  ['n', '\n'],
  ['r', '\r'],
]);
const letterU = 0x75;
const hexDigits = /^[0-9a-fA-F]{4}$/;

/** Reads an escape and writes its character. @returns its code point, or -1 when no text may hold it */
function readEscape(): number {
  const letter = String.fromCharCode(input[scan.from + 1] ?? 0);
  let character = shortEscapes.get(letter);
  scan.from += 2;
  if (letter === 'u') {
    character = hexCharacter();
    if (character !== undefined && isHighHalf(character) && input[scan.from] === backslash) {
      if (input[scan.from + 1] !== letterU) return -1;
      scan.from += 2;
      character += hexCharacter() ?? '';
    }
  }
  if (character === undefined || badCharacter.test(character)) return -1;
  scan.at += out.write(JSON.stringify(character).slice(1, -1), scan.at);
  return character.codePointAt(0) ?? -1;
}

function hexCharacter(): string | undefined {
  const digits = input.toString('latin1', scan.from, scan.from + 4);
  scan.from += 4;
  return hexDigits.test(digits) ? String.fromCharCode(Number.parseInt(digits, 16)) : undefined;
}

const isHighHalf = (character: string): boolean => character >= '\ud800' && character <= '\udbff';
