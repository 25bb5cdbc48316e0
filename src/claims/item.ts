/** One input among many: a line of a request, an element of an array, a row of a file. */
import { canonicalClaim, type CanonicalClaim, quickClaim, type RejectedClaim } from './canonical.ts';
import type { ClaimIssue } from './contract.ts';
import { parseClaimText } from './json-text.ts';
import type { ClaimDoc } from './personal.ts';
import { documentTextOf } from './storable.ts';
import { documentOf } from './stored.ts';

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

export interface AskedClaim {
  readonly ok: true;
  readonly fixmedins_code: string;
  readonly setl_id: string;
  readonly doc: ClaimDoc;
  /** SHA-256 of the canonical JSON, in hex */
  readonly hash: string;
}

/** A claim that is judged and not stored: what it would be read back as. @param raw JSON of one claim, not read yet */
export function askedClaim(raw: Uint8Array, asOf: number): AskedClaim | RejectedClaim {
  const quick = quickClaim(raw, asOf);
  const judged =
    quick === null
      ? judgeItem({ index: 0, raw, problems: [] }, asOf)
      : { ok: true as const, storable: quick };
  if (!judged.ok) return judged;
  const { fixmedins_code, setl_id, hash } = judged.storable;
  return { ok: true, fixmedins_code, setl_id, hash, doc: documentOf(documentTextOf(judged.storable)) };
}

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
