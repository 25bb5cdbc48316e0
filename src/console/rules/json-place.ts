/** Places of check issues in the text of an editor. */
import type { CheckIssue } from '../../rulebook/contract.ts';
import { jsonFault, type Span, spanOf } from '../../platform/json-text-contract.ts';

/** zod says `$.examples.0.name`; everywhere else list items are `[0]`. */
const bracketed = (path: string): string => path.replace(/\.(\d+)(?=\.|\[|$)/g, '[$1]');

/** Where an issue stands: at its value, or at the nearest one around it. Of a long value only its first line, so that it can be seen. */
export function placeOf(text: string, path: string): Span {
  const fault = jsonFault(text);
  if (fault !== null) return faultPlace(text, fault);
  const span = spanOf(text, bracketed(path));
  if (span === null) return { start: 0, end: 0 };
  const lineEnd = text.indexOf('\n', span.start);
  return { start: span.start, end: lineEnd < 0 ? span.end : Math.min(span.end, lineEnd) };
}

function faultPlace(text: string, { line, column }: { line: number; column: number }): Span {
  const before = text.split('\n').slice(0, line - 1);
  const start = before.reduce((sum, { length }) => sum + length + 1, 0) + column - 1;
  return { start: Math.min(start, text.length), end: Math.min(start + 1, text.length) };
}

export interface PlacedIssue extends Span {
  readonly message: CheckIssue['message'];
}

export const placed = (text: string, issues: readonly CheckIssue[]): PlacedIssue[] =>
  issues.map(({ path, message }) => ({ ...placeOf(text, path), message }));
