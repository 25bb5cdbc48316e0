import { createHash } from 'node:crypto';

/** SHA-256 in hex of bytes, or of a text in UTF-8. */
export const sha256Hex = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex');
