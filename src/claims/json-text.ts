/** JSON texts of claims: one text to one value, and an array to the texts of its elements. */
import { isAscii, isUtf8 } from 'node:buffer';
import type { ClaimIssue } from './contract.ts';
import { issue } from './issues.ts';

/** One claim as JSON. Twenty thousand fee lines of 400 bytes fit. */
export const claimBytesMax = 8 * 1_048_576;

export type ParsedText = { ok: true; value: unknown } | { ok: false; issue: ClaimIssue };

/** Passes over a byte order mark. */
const utf8 = new TextDecoder();

/** @param at how issues name the text, e.g. `$` or `claims.ndjson:17` */
export function parseClaimText(bytes: Buffer, at: string): ParsedText {
  if (bytes.length > claimBytesMax)
    return { ok: false, issue: issue(at, 'too_large', { bytesMax: claimBytesMax }) };
  if (!isUtf8(bytes)) return { ok: false, issue: issue(at, 'not_utf8') };
  try {
    return { ok: true, value: JSON.parse(isAscii(bytes) ? bytes.toString('latin1') : utf8.decode(bytes)) };
  } catch {
    // The parser's own message quotes the text, which may be personal data.
    return { ok: false, issue: issue(at, 'not_json') };
  }
}

/**
 * The texts of the elements of a JSON array, as they were written, so that rejected ones can be kept as they came.
 * @param text valid JSON that is an array
 */
export function elementTexts(text: string): string[] {
  const elements: string[] = [];
  let depth = 0;
  let inString = false;
  let start = -1;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (inString) {
      if (character === '\\') at += 1;
      else if (character === '"') inString = false;
      continue;
    }
    if (character === '"') inString = true;
    else if (character === '[' || character === '{') {
      depth += 1;
      if (depth === 1) start = at + 1;
    } else if (character === ']' || character === '}') depth -= 1;
    const endsElement = (depth === 1 && character === ',') || (depth === 0 && character === ']');
    if (!endsElement || start < 0) continue;
    const element = text.slice(start, at).trim();
    if (element !== '') elements.push(element);
    start = at + 1;
  }
  return elements;
}
