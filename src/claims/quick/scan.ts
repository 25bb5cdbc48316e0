/**
 * The one claim that is being read: its bytes, the canonical bytes written so far, and how far both have come.
 *
 * A claim is read from its first byte to its last without a pause, so one state is enough. All buffers have the size of the largest
 * claim, so that nothing has to ask for room; memory that no claim has needed yet is only an address.
 */
import { claimBytesMax } from '../json-text.ts';

/** Words of four bytes are read and written where fewer bytes matter; this far beyond the end there is always room. */
export const overhang = 64;

/** Quotes around a number written bare are all that the canonical form adds: two bytes to a member of eight or more. */
const outBytesMax = 1.5 * claimBytesMax;

/** After the last byte of the claim stands a zero, which is no part of any JSON: so every loop ends. */
export const input = Buffer.allocUnsafeSlow(claimBytesMax + overhang);
export const out = Buffer.allocUnsafeSlow(outBytesMax + overhang);
export const inputWords = new DataView(input.buffer, input.byteOffset, input.length);
export const outWords = new DataView(out.buffer, out.byteOffset, out.length);

export const scan = {
  /** the next byte of `input` to be read */
  from: 0,
  /** the next byte of `out` to be written */
  at: 0,
  /** the last day a claim may speak of, as a day number */
  latest: 0,
  /** the first and the last day among the times that `spanOf` looks at */
  firstDay: 0,
  lastDay: 0,
  /** whether a backslash was written */
  escapes: false,
};

export function startScan(bytes: Uint8Array, latest: number): void {
  input.set(bytes);
  input[bytes.length] = 0;
  scan.from = 0;
  scan.at = 0;
  scan.latest = latest;
  scan.firstDay = Number.MAX_SAFE_INTEGER;
  scan.lastDay = Number.MIN_SAFE_INTEGER;
  scan.escapes = false;
}

export const quote = 0x22;
export const backslash = 0x5c;
export const comma = 0x2c;
export const colon = 0x3a;
export const openObject = 0x7b;
export const closeObject = 0x7d;
export const openList = 0x5b;
export const closeList = 0x5d;

/** Passes over the white space of JSON, and says which byte comes next. */
export function nextByte(): number {
  let byte = input[scan.from] ?? 0;
  while (byte <= 0x20 && isSpace(byte)) {
    scan.from += 1;
    byte = input[scan.from] ?? 0;
  }
  return byte;
}

const isSpace = (byte: number): boolean => byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;

/** Passes over the word, if it stands there. */
export function take(word: Uint8Array): boolean {
  for (let at = 0; at < word.length; at += 1) if (input[scan.from + at] !== word[at]) return false;
  scan.from += word.length;
  return true;
}

/** Writes bytes that stand in `words` four by four, the last ones perhaps followed by others that do not count. */
export function put(words: readonly number[], bytes: number): void {
  const { at } = scan;
  const target = outWords;
  for (let word = 0; word < words.length; word += 1) target.setInt32(at + 4 * word, words[word] ?? 0, true);
  scan.at = at + bytes;
}

/** The bytes as `put` takes them. Of plain numbers: the length of a typed array is slower to come by than its items. */
export function wordsOf(bytes: Uint8Array): number[] {
  const padded = Buffer.alloc(4 * Math.ceil(bytes.length / 4));
  padded.set(bytes);
  return Array.from({ length: padded.length / 4 }, (_, at) => padded.readInt32LE(4 * at));
}
