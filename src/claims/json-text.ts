/** JSON texts of claims: one text to one value, and an array to its elements. */
import { isUtf8 } from 'node:buffer';
import type { ClaimIssue } from './contract.ts';
import { issue } from './issues.ts';

/** One claim as JSON. Twenty thousand fee lines of 400 bytes fit. */
export const claimBytesMax = 8 * 1_048_576;

export type ParsedText = { ok: true; value: unknown } | { ok: false; issue: ClaimIssue };

/** Passes over a byte order mark. */
const utf8 = new TextDecoder();

/** @param at how issues name the text, e.g. `$` or `claims.ndjson:17` */
export function parseClaimText(bytes: Uint8Array, at: string): ParsedText {
  if (bytes.length > claimBytesMax)
    return { ok: false, issue: issue(at, 'too_large', { bytesMax: claimBytesMax }) };
  if (!isUtf8(bytes)) return { ok: false, issue: issue(at, 'not_utf8') };
  try {
    return { ok: true, value: JSON.parse(utf8.decode(bytes)) };
  } catch {
    // The parser's own message quotes the text, which may be personal data.
    return { ok: false, issue: issue(at, 'not_json') };
  }
}

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const openList = 0x5b;
const closeList = 0x5d;
const openObject = 0x7b;
const closeObject = 0x7d;

/**
 * The elements of a JSON array, as they were written, so that rejected ones can be kept as they came. They share its memory.
 * @param json valid JSON that is an array
 */
export function elementsOf(json: Buffer): Buffer[] {
  const elements: Buffer[] = [];
  let depth = 0;
  let start = -1;
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at];
    if (byte === quote) at = endOfText(json, at);
    else if (byte === openList || byte === openObject) {
      depth += 1;
      if (depth === 1) start = at + 1;
    } else if (byte === closeList || byte === closeObject) depth -= 1;
    const endsElement = (depth === 1 && byte === comma) || (depth === 0 && byte === closeList);
    if (!endsElement || start < 0) continue;
    const element = trimmed(json, start, at);
    if (element.length > 0) elements.push(element);
    start = at + 1;
  }
  return elements;
}

/** @returns where the quote stands that ends the text which begins at `start` */
function endOfText(json: Buffer, start: number): number {
  let at = start + 1;
  while (at < json.length && json[at] !== quote) at += json[at] === backslash ? 2 : 1;
  return at;
}

function trimmed(json: Buffer, start: number, end: number): Buffer {
  let first = start;
  let last = end;
  while (first < last && isBlank(json[first])) first += 1;
  while (last > first && isBlank(json[last - 1])) last -= 1;
  return json.subarray(first, last);
}

const isBlank = (byte: number | undefined): boolean => byte !== undefined && byte <= 0x20;
