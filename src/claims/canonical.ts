/**
 * From whatever came in to the one canonical form of a claim, or to the reasons why it is none.
 *
 * Nearly every claim is right and written as usual, so `writer.ts` takes it in one quick pass. Whatever that pass does not take is judged
 * by `explain.ts`, which is slower and knows every reason. A test holds that the two agree.
 */
import { hash } from 'node:crypto';
import type { Claim } from './contract.ts';
import { type ExplainedClaim, explainClaim, futureDaysMax } from './explain.ts';
import { splitPersonal } from './personal.ts';
import { storedText } from './stored.ts';
import { checkTogether } from './together.ts';
import { writeClaim } from './writer.ts';

export type CanonicalClaim = {
  ok: true;
  claim: Claim;
  /** SHA-256 of the canonical JSON: the identity of the content */
  hash: Buffer;
  /** the claim without personal data in its stored form (`stored.ts`), UTF-8 */
  doc: Buffer;
  /** JSON of the personal data, or `null` when there are none */
  personal: Buffer | null;
};
export type RejectedClaim = Extract<ExplainedClaim, { ok: false }>;

/**
 * @param input any JSON value; never throws
 * @param asOf the day of receipt in Shanghai, as a day number (`platform/civil.ts`)
 */
export const canonicalClaim = (input: unknown, asOf: number): CanonicalClaim | RejectedClaim =>
  quickClaim(input, asOf) ?? carefulClaim(input, asOf);

/** @returns `null` for every claim that is wrong, and for some that are written in an unusual way */
export function quickClaim(input: unknown, asOf: number): CanonicalClaim | null {
  const written = writeClaim(input, asOf + futureDaysMax);
  if (written === null) return null;
  const { claim, text, doc, personal } = written;
  let whole = true;
  checkTogether(claim, () => {
    whole = false;
  });
  return whole ? { ok: true, claim, hash: hash('sha256', text, 'buffer'), doc, personal } : null;
}

export function carefulClaim(input: unknown, asOf: number): CanonicalClaim | RejectedClaim {
  const explained = explainClaim(input, asOf + futureDaysMax);
  if (!explained.ok) return explained;
  const { claim } = explained;
  const { doc, personal } = splitPersonal(claim);
  return {
    ok: true,
    claim,
    hash: hash('sha256', JSON.stringify(claim), 'buffer'),
    doc: Buffer.from(storedText(doc)),
    personal: personal === null ? null : Buffer.from(JSON.stringify(personal)),
  };
}
