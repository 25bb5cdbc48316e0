/** SHA-256 over parts that cannot be taken for others: each stands behind its length. Pure JavaScript, the same in Node and in a browser. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';

/** Bytes of a part that comes as text (UTF-8), and of a hash in hex. */
export const textBytes = utf8ToBytes;
export const hexBytes = hexToBytes;
export const hexOf = bytesToHex;

function lengthOf(part: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, part.length);
  return bytes;
}

/** SHA-256 in hex over parts in UTF-8, each behind its length in four bytes, the high byte first. */
export function hashAll(parts: Iterable<string>): string {
  const hash = sha256.create();
  for (const part of parts) {
    const bytes = textBytes(part);
    hash.update(lengthOf(bytes)).update(bytes);
  }
  return hexOf(hash.digest());
}
export const hashOf = (...parts: readonly string[]): string => hashAll(parts);

/** SHA-256 in hex of one text, with nothing before it. */
export const plainHash = (text: string): string => hexOf(sha256(textBytes(text)));
