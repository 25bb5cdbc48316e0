/**
 * The two ways of sealing bytes. `aes`: AES-256-GCM (NIST SP 800-38D). `sm`: SM4-CTR and HMAC-SM3 over everything, cipher text included
 * (GB/T 32907, GB/T 32905), because the OpenSSL of Node 20 has no SM4-GCM.
 */
import { createCipheriv, createDecipheriv, createHmac, randomFillSync, timingSafeEqual } from 'node:crypto';

export const suites = ['aes', 'sm'] as const;
export type Suite = (typeof suites)[number];

/** What a key is made of, whatever its suite: 32 bytes for AES; or 16 for SM4 and 32 for HMAC-SM3. */
export const materialBytes = 48;
const aesBytes = 32;
const sm4Bytes = 16;

const gcmNonceBytes = 12;
const ctrBlockBytes = 16;
export const tagBytes = 16;
const ivBytes = { aes: gcmNonceBytes, sm: ctrBlockBytes } as const satisfies Record<Suite, number>;

/** @param bound what the result belongs to: opened with anything else, it is refused. @returns nonce, cipher text and tag */
export function sealWith(suite: Suite, material: Buffer, bound: Buffer, plain: Uint8Array): Buffer {
  const iv = takeRandom(ivBytes[suite]);
  if (suite === 'aes') {
    const cipher = createCipheriv('aes-256-gcm', material.subarray(0, aesBytes), iv);
    cipher.setAAD(bound);
    const text = cipher.update(plain);
    cipher.final();
    return Buffer.concat([iv, text, cipher.getAuthTag()]);
  }
  const text = createCipheriv('sm4-ctr', material.subarray(0, sm4Bytes), iv).update(plain);
  return Buffer.concat([iv, text, smTag(material, bound, iv, text)]);
}

/** @returns `null`: another key, another place, or not what was sealed */
export function openWith(suite: Suite, material: Buffer, bound: Buffer, sealed: Buffer): Buffer | null {
  const textStart = ivBytes[suite];
  const textEnd = sealed.length - tagBytes;
  if (textEnd < textStart) return null;
  const iv = sealed.subarray(0, textStart);
  const text = sealed.subarray(textStart, textEnd);
  const tag = sealed.subarray(textEnd);
  if (suite === 'sm')
    return timingSafeEqual(tag, smTag(material, bound, iv, text))
      ? createDecipheriv('sm4-ctr', material.subarray(0, sm4Bytes), iv).update(text)
      : null;
  const decipher = createDecipheriv('aes-256-gcm', material.subarray(0, aesBytes), iv, {
    authTagLength: tagBytes,
  });
  decipher.setAAD(bound).setAuthTag(tag);
  const plain = decipher.update(text);
  try {
    decipher.final();
    return plain;
  } catch {
    return null;
  }
}

/** Random bytes are drawn in large pieces: a draw of its own costs a third of what sealing does. */
const pool = Buffer.alloc(8_192);
let taken = pool.length;

/** Bytes that nobody is given again; to be copied before the next call. */
function takeRandom(bytes: number): Buffer {
  if (taken + bytes > pool.length) {
    randomFillSync(pool);
    taken = 0;
  }
  taken += bytes;
  return pool.subarray(taken - bytes, taken);
}

const digests = { aes: 'sha256', sm: 'sm3' } as const satisfies Record<Suite, string>;

/** 32 bytes that nobody can make without the key, and that say nothing about the text. */
export const macWith = (suite: Suite, material: Buffer, text: Uint8Array | string): Buffer =>
  createHmac(digests[suite], material.subarray(sm4Bytes)).update(text).digest();

function smTag(material: Buffer, bound: Buffer, iv: Buffer, text: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bound.length);
  return createHmac('sm3', material.subarray(sm4Bytes))
    .update(length)
    .update(bound)
    .update(iv)
    .update(text)
    .digest()
    .subarray(0, tagBytes);
}
