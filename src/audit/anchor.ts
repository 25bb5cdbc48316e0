/**
 * A signed head of the chain. Whoever keeps a copy outside can later show that the chain up to there is still the same: an insider who cuts
 * off the end, or writes everything anew, would need the agency's key and everybody's copies.
 *
 * `format` names the form and the kind of proof. Another kind (a drand round) gets a format of its own beside this; a time stamp by RFC 3161
 * comes later than the signature, and stands beside what was signed.
 */
import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from './canonical-json.ts';

const format = 'fundwatch-anchor/1+ed25519';

const hashText = z.string().regex(/^[0-9a-f]{64}$/);

export const anchoredSchema = z.strictObject({
  /** Hash of the first event of the chain. */
  chain: hashText,
  /** The day in Shanghai whose last event this is, yyyy-MM-dd. */
  day: z.string().regex(/^\d{4}-\d{2}-\d{2}$/),
  format: z.literal(format),
  hash: hashText,
  /** Fingerprint of the public key. */
  key: z.string(),
  seq: z.int().min(1),
  /** UTC, by the clock of whoever signed. */
  signed_at: z.iso.datetime(),
});
export type Anchored = z.infer<typeof anchoredSchema>;

/** As it is stored, and printed in one line. */
export const anchorSchema = z.strictObject({
  /** The exact bytes that were signed: canonical JSON of `Anchored`. */
  text: z.string(),
  /** SPKI, base64. */
  public_key: z.base64(),
  /** Ed25519, base64. */
  signature: z.base64(),
  /** TimeStampToken over `text`, DER, base64; absent: there is none, or none yet. */
  timestamp: z.base64().optional(),
});
export type Anchor = z.infer<typeof anchorSchema>;

export function makeAnchor(
  statement: Pick<Anchored, 'chain' | 'day' | 'hash' | 'seq' | 'signed_at'>,
  privateKey: KeyObject,
): Anchor {
  const publicKey = createPublicKey(privateKey);
  const text = canonicalJson({ ...statement, format, key: fingerprintOf(publicKey) });
  return {
    text,
    public_key: spkiOf(publicKey).toString('base64'),
    signature: sign(null, Buffer.from(text), privateKey).toString('base64'),
  };
}

export type CheckedAnchor =
  | { readonly ok: true; readonly anchored: Anchored }
  | { readonly ok: false; readonly reason: 'unreadable' }
  | { readonly ok: false; readonly reason: 'bad_signature' | 'unknown_key'; readonly anchored: Anchored };

/** @param trusted fingerprints of the agency's keys; `null`: whatever key the anchor brings, whose fingerprint people then compare. */
export function checkAnchor(anchor: Anchor, trusted: ReadonlySet<string> | null): CheckedAnchor {
  const anchored = anchoredOf(anchor.text);
  if (anchored === null) return { ok: false, reason: 'unreadable' };
  const publicKey = publicKeyOf(anchor.public_key);
  if (
    publicKey === null ||
    fingerprintOf(publicKey) !== anchored.key ||
    !verify(null, Buffer.from(anchor.text), publicKey, Buffer.from(anchor.signature, 'base64'))
  )
    return { ok: false, reason: 'bad_signature', anchored };
  if (trusted !== null && !trusted.has(anchored.key)) return { ok: false, reason: 'unknown_key', anchored };
  return { ok: true, anchored };
}

function anchoredOf(text: string): Anchored | null {
  try {
    const parsed = anchoredSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

function publicKeyOf(spki: string): KeyObject | null {
  try {
    const key = createPublicKey({ key: Buffer.from(spki, 'base64'), format: 'der', type: 'spki' });
    return key.asymmetricKeyType === 'ed25519' ? key : null;
  } catch {
    return null;
  }
}

const spkiOf = (publicKey: KeyObject): Buffer => publicKey.export({ format: 'der', type: 'spki' });

/** What people compare by eye: the beginning of the SHA-256 of the public key. */
export const fingerprintOf = (publicKey: KeyObject): string =>
  createHash('sha256').update(spkiOf(publicKey)).digest('hex').slice(0, fingerprintCharacters);

const fingerprintCharacters = 32;

export const lineOfAnchor = (anchor: Anchor): string => canonicalJson({ ...anchor });

/** `null`: the line is no anchor. */
export function anchorOfLine(line: string): Anchor | null {
  try {
    const parsed = anchorSchema.safeParse(JSON.parse(line));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
