/** One input among many: a line of a request, an element of an array, a row of a file. */
import { canonicalClaim, type CanonicalClaim, type RejectedClaim } from './canonical.ts';
import type { ClaimIssue } from './contract.ts';
import { parseClaimText } from './json-text.ts';

export type ClaimItem = {
  /** 0-based, in the request or file */
  index: number;
  /** the input as it came; JSON of a claim, if there are no problems */
  raw: Uint8Array;
  /** why it could not even be read; then `raw` is not looked at */
  problems: readonly ClaimIssue[];
  /** for inputs that were made of rows of files: issues name them */
  origin?: { file: string; row: number };
};

/** Judges an input with reasons. */
export function judgeItem(
  { raw, problems, origin }: ClaimItem,
  asOf: number,
): CanonicalClaim | RejectedClaim {
  const unread = { ok: false as const, setl_id: null, fixmedins_code: null };
  if (problems.length > 0) return { ...unread, issues: [...problems] };
  const at = origin === undefined ? '$' : `${origin.file}:${origin.row}`;
  const parsed = parseClaimText(raw, at);
  if (!parsed.ok) return { ...unread, issues: [parsed.issue] };
  const result = canonicalClaim(parsed.value, asOf);
  if (result.ok || origin === undefined) return result;
  return { ...result, issues: result.issues.map((each) => ({ ...each, path: `${at} ${each.path}` })) };
}
