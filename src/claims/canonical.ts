/**
 * From whatever came in to the one canonical form of a claim, or to the reasons why it is none.
 *
 * Nearly every claim is right and written as usual, so `quick/` takes it from the bytes in one pass. Whatever that pass does not take is
 * judged by `explain.ts`, which is slower and knows every reason; what it accepts goes through the quick pass in its canonical form.
 * So there is one way to the rows that are stored. Tests hold that the two agree.
 */
import type { Claim } from './contract.ts';
import { type ExplainedClaim, explainClaim, futureDaysMax } from './explain.ts';
import { issue } from './issues.ts';
import { claimBytesMax } from './json-text.ts';
import { takeClaim } from './quick/claim.ts';
import type { StorableClaim } from './storable.ts';

export type CanonicalClaim = {
  ok: true;
  claim: Claim;
  /** SHA-256 of the canonical JSON: the identity of the content */
  hash: Buffer;
  storable: StorableClaim;
};
export type RejectedClaim = Extract<ExplainedClaim, { ok: false }>;

/**
 * @param bytes JSON of one claim
 * @param asOf the day of receipt in Shanghai, as a day number (`platform/civil.ts`)
 * @returns `null` for every claim that is wrong, and for some that are written in an unusual way
 */
export const quickClaim = (bytes: Uint8Array, asOf: number): StorableClaim | null =>
  bytes.length > claimBytesMax ? null : takeClaim(bytes, asOf + futureDaysMax);

/**
 * @param input any JSON value; never throws
 * @param asOf the day of receipt in Shanghai, as a day number
 */
export function canonicalClaim(input: unknown, asOf: number): CanonicalClaim | RejectedClaim {
  const latest = asOf + futureDaysMax;
  const explained = explainClaim(input, latest);
  if (!explained.ok) return explained;
  const { claim } = explained;
  const storable = takeClaim(Buffer.from(JSON.stringify(claim)), latest);
  if (storable !== null) return { ok: true, claim, hash: Buffer.from(storable.hash, 'hex'), storable };
  // A test holds that every canonical claim is taken. Should one ever not be, it is still rejected with a reason.
  const { setl_id, institution } = claim;
  return {
    ok: false,
    issues: [issue('$', 'structure')],
    setl_id,
    fixmedins_code: institution.fixmedins_code,
  };
}
