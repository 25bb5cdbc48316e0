/** Time-based one-time passwords: RFC 6238 over RFC 4226, with HMAC-SHA-1, 30 seconds and 6 digits, which every authenticator knows. */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

export const stepS = 30;
export const codeDigits = 6;
const secretBytes = 20;
/** A telephone's clock may be this many steps off. */
const driftSteps = 1;

export const newSecret = (): Buffer => randomBytes(secretBytes);

/** RFC 4226, 5.3. */
export function hotp(secret: Buffer, counter: number, digits: number = codeDigits): string {
  const message = Buffer.alloc(8);
  message.writeBigUInt64BE(BigInt(counter));
  const digest = createHmac('sha1', secret).update(message).digest();
  const offset = digest.readUInt8(digest.length - 1) & 0x0f;
  const number = digest.readUInt32BE(offset) & 0x7fffffff;
  return String(number % 10 ** digits).padStart(digits, '0');
}

export const stepAt = (seconds: number): number => Math.floor(seconds / stepS);

/**
 * The step whose code this is, or `null`. A code is good once: steps up to the last one used are not looked at.
 *
 * @param seconds since 1970
 */
export function stepOfCode(secret: Buffer, code: string, seconds: number, lastStep: number): number | null {
  if (!/^\d{6}$/.test(code)) return null;
  const now = stepAt(seconds);
  let found: number | null = null;
  for (let step = now - driftSteps; step <= now + driftSteps; step += 1) {
    const isIt = timingSafeEqual(Buffer.from(hotp(secret, step)), Buffer.from(code));
    if (isIt && step > lastStep && found === null) found = step;
  }
  return found;
}

const base32Letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** RFC 4648 without padding, as authenticators take it. */
export function base32(bytes: Buffer): string {
  let text = '';
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    for (; bits >= 5; bits -= 5) text += base32Letters[(held >>> (bits - 5)) & 31];
    held &= (1 << bits) - 1;
  }
  if (bits > 0) text += base32Letters[(held << (5 - bits)) & 31];
  return text;
}

/** What stands in the QR code. */
export function enrolmentUri(secret: Buffer, login: string): string {
  const issuer = encodeURIComponent('基金守望 fundwatch');
  return `otpauth://totp/${issuer}:${encodeURIComponent(login)}?secret=${base32(secret)}&issuer=${issuer}`;
}

const recoveryBytes = 10;
export const recoveryCodesCount = 10;

/** 80 random bits each, in four groups: nothing to guess, so a plain hash of it is kept. */
export const newRecoveryCodes = (): string[] =>
  Array.from({ length: recoveryCodesCount }, () => grouped(base32(randomBytes(recoveryBytes))));

const grouped = (text: string): string => text.match(/.{4}/g)?.join('-') ?? text;

/** As it is kept, however it was typed. `null`: not the form of one. */
export function recoveryCodeOf(typed: string): string | null {
  const plain = typed.toUpperCase().replaceAll(/[^A-Z2-7]/g, '');
  return plain.length === 16 ? grouped(plain) : null;
}
