/**
 * How a tip is sealed: in the browser of who tells, for the tip office alone; answers for who told alone. HPKE in base mode (RFC 9180) with
 * DHKEM(X25519, HKDF-SHA256), HKDF-SHA256 and AES-128-GCM; the server holds public keys and what is sealed, and can open nothing.
 */
import { x25519 } from '@noble/curves/ed25519.js';
import { expand, extract, hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { z } from 'zod';

type Bytes = Uint8Array<ArrayBuffer>;

const keyBytes = 32;
const [kemId, kdfId, aeadId] = [0x0020, 0x0001, 0x0001];
const aeadKeyBytes = 16;
const aeadNonceBytes = 12;
const baseMode = 0x00;

const utf8 = new TextEncoder();
const bytesOf = (...parts: readonly (Uint8Array | string)[]): Bytes => {
  const lists = parts.map((part) => (typeof part === 'string' ? utf8.encode(part) : part));
  const all = new Uint8Array(lists.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const list of lists) {
    all.set(list, at);
    at += list.length;
  }
  return all;
};
const twoBytes = (value: number): Bytes => new Uint8Array([value >> 8, value & 0xff]);
const none = new Uint8Array();

const version = 'HPKE-v1';
const kemSuite = bytesOf('KEM', twoBytes(kemId));
const hpkeSuite = bytesOf('HPKE', twoBytes(kemId), twoBytes(kdfId), twoBytes(aeadId));
const labeledExtract = (suite: Bytes, salt: Bytes, label: string, secret: Uint8Array): Bytes =>
  bytesOf(extract(sha256, bytesOf(version, suite, label, secret), salt));
const labeledExpand = (suite: Bytes, key: Bytes, label: string, info: Uint8Array, length: number): Bytes =>
  bytesOf(expand(sha256, key, bytesOf(twoBytes(length), version, suite, label, info), length));

const sharedSecret = (dh: Uint8Array, kemContext: Bytes): Bytes =>
  labeledExpand(
    kemSuite,
    labeledExtract(kemSuite, none, 'eae_prk', dh),
    'shared_secret',
    kemContext,
    keyBytes,
  );

/** Key and first nonce of a context; nothing is ever sent under another nonce. */
function schedule(secret: Bytes, info: Uint8Array): { readonly key: Bytes; readonly nonce: Bytes } {
  const context = bytesOf(
    new Uint8Array([baseMode]),
    labeledExtract(hpkeSuite, none, 'psk_id_hash', none),
    labeledExtract(hpkeSuite, none, 'info_hash', info),
  );
  const root = labeledExtract(hpkeSuite, secret, 'secret', none);
  return {
    key: labeledExpand(hpkeSuite, root, 'key', context, aeadKeyBytes),
    nonce: labeledExpand(hpkeSuite, root, 'base_nonce', context, aeadNonceBytes),
  };
}

const aesKey = (key: Bytes, use: 'encrypt' | 'decrypt') =>
  crypto.subtle.importKey('raw', key, 'AES-GCM', false, [use]);

export interface KeyPair {
  readonly secret: Bytes;
  readonly publicKey: Bytes;
}

export function newKeyPair(secret: Uint8Array = x25519.utils.randomSecretKey()): KeyPair {
  return { secret: bytesOf(secret), publicKey: bytesOf(x25519.getPublicKey(secret)) };
}

/** @param once of the sender; made anew for every message. @returns the public half of `once`, then the ciphertext */
export async function seal(
  to: Uint8Array,
  info: string | Uint8Array,
  plain: Uint8Array,
  { aad = none, once = newKeyPair() }: { readonly aad?: Bytes; readonly once?: KeyPair } = {},
): Promise<Bytes> {
  const secret = sharedSecret(x25519.getSharedSecret(once.secret, to), bytesOf(once.publicKey, to));
  const { key, nonce } = schedule(secret, bytesOf(info));
  const cipher = await crypto.subtle.encrypt(
    { name: 'AES-GCM', iv: nonce, additionalData: aad },
    await aesKey(key, 'encrypt'),
    bytesOf(plain),
  );
  return bytesOf(once.publicKey, new Uint8Array(cipher));
}

/** @returns null: it is not sealed for this key, or not as it was */
export async function open(
  { secret, publicKey }: KeyPair,
  info: string | Uint8Array,
  sealed: Uint8Array,
): Promise<Bytes | null> {
  if (sealed.length <= keyBytes) return null;
  const encapsulated = sealed.subarray(0, keyBytes);
  try {
    const shared = sharedSecret(
      x25519.getSharedSecret(secret, encapsulated),
      bytesOf(encapsulated, publicKey),
    );
    const { key, nonce } = schedule(shared, bytesOf(info));
    const plain = await crypto.subtle.decrypt(
      { name: 'AES-GCM', iv: nonce },
      await aesKey(key, 'decrypt'),
      bytesOf(sealed.subarray(keyBytes)),
    );
    return new Uint8Array(plain);
  } catch {
    // A key of low order, or a ciphertext that does not belong to it: the library and the browser throw, and say no more.
    return null;
  }
}

/** What is sealed where: one cannot be passed off as the other. */
export const tipInfo = 'fundwatch tip 1';
export const answerInfo = 'fundwatch answer 1';

/** Texts are filled up to whole blocks, so that a length tells nothing of what was written. */
const blockBytes = 1_024;
export const sealedBytesMax = 32 * 1_024;

export const sealText = (to: Uint8Array, info: string, text: string): Promise<Bytes> => {
  const bytes = utf8.encode(text);
  const padded = new Uint8Array(Math.ceil((bytes.length + 1) / blockBytes) * blockBytes).fill(0x20);
  padded.set(bytes);
  return seal(to, info, padded);
};

export async function openText(keys: KeyPair, info: string, sealed: Uint8Array): Promise<string | null> {
  const plain = await open(keys, info, sealed);
  return plain === null ? null : new TextDecoder().decode(plain).trimEnd();
}

/** Without the letters that are read as digits; 20 of 32 signs are 100 bits. */
const signs = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const receiptSigns = 20;
const groupSigns = 5;

export function newReceipt(
  random: Uint8Array = crypto.getRandomValues(new Uint8Array(receiptSigns)),
): string {
  const code = Array.from(random.subarray(0, receiptSigns), (byte) => signs[byte % signs.length]).join('');
  return code.match(new RegExp(`.{${groupSigns}}`, 'g'))?.join('-') ?? code;
}

/** What the teller has of a receipt: what the server is asked by, and the key of the answers. `null`: it is no receipt. */
export function receiptKeys(
  typed: string,
): { readonly token: string; readonly receiptHash: string; readonly keys: KeyPair } | null {
  const code = typed
    .normalize('NFKC')
    .toUpperCase()
    .replaceAll(/[\s-]/g, '')
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1');
  if (code.length !== receiptSigns || [...code].some((sign) => !signs.includes(sign))) return null;
  const derive = (info: string): Uint8Array =>
    hkdf(sha256, utf8.encode(code), undefined, utf8.encode(info), keyBytes);
  const token = derive('fundwatch receipt token 1');
  return {
    token: hexOf(token),
    receiptHash: hexOf(sha256(token)),
    keys: newKeyPair(derive('fundwatch receipt key 1')),
  };
}

const hexOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
/** SHA-256 in hex. */
export const hashText = (bytes: Uint8Array): string => hexOf(sha256(bytes));
export const publicKeyText = ({ publicKey }: Pick<KeyPair, 'publicKey'>): string => hexOf(publicKey);
export const publicKeyBytes = (text: string): Bytes =>
  Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
/** By which people compare keys: the first eight bytes of the SHA-256. */
export const fingerprintOf = (publicKey: string): string =>
  hexOf(sha256(publicKeyBytes(publicKey)).subarray(0, 8))
    .match(/.{4}/g)
    ?.join(' ') ?? '';

export function base64Of(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCodePoint(byte);
  return btoa(text);
}
export const bytesOfBase64 = (text: string): Bytes =>
  Uint8Array.from(atob(text), (sign) => sign.codePointAt(0) ?? 0);

/** The private key of the office as a file: sealed by a passphrase (PBKDF2-HMAC-SHA-256, AES-256-GCM). */
export const keyFileSchema = z.strictObject({
  format: z.literal('fundwatch-tip-key-1'),
  public_key: z.string().regex(/^[0-9a-f]{64}$/),
  iterations: z.int().min(100_000).max(10_000_000),
  salt: z.base64().max(100),
  nonce: z.base64().max(100),
  sealed: z.base64().max(200),
});
export type KeyFile = z.infer<typeof keyFileSchema>;

export const passphraseCharsMin = 12;
/** OWASP's number for PBKDF2 with SHA-256 of 2023. */
const iterations = 600_000;
const saltBytes = 16;

async function passphraseKey(passphrase: string, salt: Bytes, rounds: number): Promise<CryptoKey> {
  const given = await crypto.subtle.importKey(
    'raw',
    utf8.encode(passphrase.normalize('NFKC')),
    'PBKDF2',
    false,
    ['deriveKey'],
  );
  return crypto.subtle.deriveKey(
    { name: 'PBKDF2', hash: 'SHA-256', salt, iterations: rounds },
    given,
    { name: 'AES-GCM', length: 256 },
    false,
    ['encrypt', 'decrypt'],
  );
}

export async function keyFileOf({ secret, publicKey }: KeyPair, passphrase: string): Promise<KeyFile> {
  const salt = crypto.getRandomValues(new Uint8Array(saltBytes));
  const iv = crypto.getRandomValues(new Uint8Array(aeadNonceBytes));
  const key = await passphraseKey(passphrase, salt, iterations);
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, secret);
  return {
    format: 'fundwatch-tip-key-1',
    public_key: hexOf(publicKey),
    iterations,
    salt: base64Of(salt),
    nonce: base64Of(iv),
    sealed: base64Of(new Uint8Array(sealed)),
  };
}

/** @returns null: the passphrase is another */
export async function openKeyFile(file: KeyFile, passphrase: string): Promise<KeyPair | null> {
  const key = await passphraseKey(passphrase, bytesOfBase64(file.salt), file.iterations);
  try {
    const secret = await crypto.subtle.decrypt(
      { name: 'AES-GCM', iv: bytesOfBase64(file.nonce) },
      key,
      bytesOfBase64(file.sealed),
    );
    const keys = newKeyPair(new Uint8Array(secret));
    return hexOf(keys.publicKey) === file.public_key ? keys : null;
  } catch {
    return null;
  }
}
