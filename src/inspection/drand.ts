/**
 * Rounds of the public randomness beacon drand, verified without asking anybody: a round is a threshold BLS signature over its own number.
 * Chain “quicknet” (bls-unchained-g1-rfc9380), run by the League of Entropy; its key is part of this program.
 */
import { bls12_381 } from '@noble/curves/bls12-381.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { hexBytes, hexOf } from './hash.ts';

/** Source: the chain's own /info, chain hash 52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971. */
const publicKey =
  '83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a';

/** Source: RFC 9380, the suite that the chain signs with. */
const suite = 'BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_';
const roundBytes = 8;

/** @param signature of the round, in hex: its only secret, and its proof */
export function isRound(round: number, signature: string): boolean {
  const number = new Uint8Array(roundBytes);
  new DataView(number.buffer).setBigUint64(0, BigInt(round));
  const { shortSignatures } = bls12_381;
  try {
    return shortSignatures.verify(
      hexBytes(signature),
      shortSignatures.hash(sha256(number), suite),
      hexBytes(publicKey),
    );
  } catch {
    // No point of the curve at all.
    return false;
  }
}

/** The random value of a round, in hex. */
export const randomnessOf = (signature: string): string => hexOf(sha256(hexBytes(signature)));
