/**
 * What somebody sends along with a tip: a picture or a PDF, sealed in their browser for the tip office as the tip is. Names and sizes are
 * sealed with it; its length tells blocks only. What it is, its bytes say: before it is sealed, and again when the office has opened it.
 */
import { z } from 'zod';
import { type KeyPair, open, seal } from './seal-contract.ts';

export const tipFilesMax = 5;
export const tipFileBytesMax = 5 * 1_024 * 1_024;
const fileNameCharsMax = 120;
export const tipFileKinds = ['jpeg', 'png', 'pdf'] as const;
export type TipFileKind = (typeof tipFileKinds)[number];

/** What is sealed as a file cannot be passed off as a tip. */
export const tipFileInfo = 'fundwatch tip file 1';
const blockBytes = 64 * 1_024;
/** A file of the greatest size with its name, filled up, and what sealing adds. */
export const sealedFileBytesMax = tipFileBytesMax + 2 * blockBytes;
const lengthsBytes = 8;

const signs: Readonly<Record<TipFileKind, { readonly start: readonly number[]; readonly end: string }>> = {
  jpeg: { start: [0xff, 0xd8, 0xff], end: '\u00ff\u00d9' },
  png: { start: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], end: 'IEND' },
  pdf: { start: [0x25, 0x50, 0x44, 0x46, 0x2d], end: '%%EOF' },
};
/** Readers look for the end of a PDF in its last kilobyte. */
const tailBytes = 1_024;

/** By its first bytes, and by an end that stands where files of the kind end. `null`: none of these, or broken off. */
export function tipFileKind(content: Uint8Array): TipFileKind | null {
  const tail = Array.from(content.subarray(-tailBytes), (byte) => String.fromCodePoint(byte)).join('');
  return (
    tipFileKinds.find(
      (kind) => signs[kind].start.every((byte, at) => content[at] === byte) && tail.includes(signs[kind].end),
    ) ?? null
  );
}

export interface TipFile {
  /** As whoever sent it called it. */
  readonly name: string;
  readonly content: Uint8Array;
}

const headSchema = z.strictObject({ name: z.string().max(fileNameCharsMax) });

/** @param to public key of the office. @throws RangeError beyond `tipFileBytesMax` */
export function sealFile(to: Uint8Array, { name, content }: TipFile): Promise<Uint8Array<ArrayBuffer>> {
  if (content.length > tipFileBytesMax) throw new RangeError(`more than ${tipFileBytesMax} bytes`);
  const head = new TextEncoder().encode(JSON.stringify({ name: name.slice(0, fileNameCharsMax) }));
  const length = lengthsBytes + head.length + content.length;
  const plain = new Uint8Array(Math.ceil(length / blockBytes) * blockBytes);
  const lengths = new DataView(plain.buffer);
  lengths.setUint32(0, head.length);
  lengths.setUint32(4, content.length);
  plain.set(head, lengthsBytes);
  plain.set(content, lengthsBytes + head.length);
  return seal(to, tipFileInfo, plain);
}

/** `null`: it is not sealed for this key, not as it was, or not by our form. */
export async function openFile(keys: KeyPair, sealed: Uint8Array): Promise<TipFile | null> {
  const plain = await open(keys, tipFileInfo, sealed);
  if (plain === null || plain.length < lengthsBytes) return null;
  const lengths = new DataView(plain.buffer, plain.byteOffset);
  const headEnd = lengthsBytes + lengths.getUint32(0);
  const end = headEnd + lengths.getUint32(4);
  if (end > plain.length) return null;
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(plain.subarray(lengthsBytes, headEnd)));
  } catch {
    // Sealed by something that is not our form.
    return null;
  }
  const head = headSchema.safeParse(json);
  return head.success ? { name: head.data.name, content: plain.slice(headEnd, end) } : null;
}
