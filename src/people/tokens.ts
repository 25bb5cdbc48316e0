/** Random secrets, and what is kept of them. */
import { createHash, randomBytes } from 'node:crypto';

const secretBytes = 32;

/** 256 random bits, as text that fits into a cookie and a header. */
export const newToken = (): string => randomBytes(secretBytes).toString('base64url');

export const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

const prefixBytes = 5;

/** Ten hex digits by which people tell keys apart. */
export const newPrefix = (): string => randomBytes(prefixBytes).toString('hex');

/** What a machine sends as `Authorization: Bearer`. It begins so that scanners for secrets find it where it must not be. */
export const tokenOfKey = (prefix: string, secret: string): string => `fw_${prefix}_${secret}`;

const keyToken = /^fw_([0-9a-f]{10})_([\w-]{43})$/;

export function readToken(token: string): { prefix: string; secret: string } | null {
  const [, prefix, secret] = keyToken.exec(token) ?? [];
  return prefix === undefined || secret === undefined ? null : { prefix, secret };
}
