/**
 * What kind of file bytes are, told by the bytes and not by a name: the first ones say it, and the rest must hold together as far as its end.
 * JPEG: ITU-T T.81 annex B. PNG: W3C Portable Network Graphics. PDF: ISO 32000-1, 7.5. Pure.
 */
export const fileKinds = ['jpeg', 'png', 'pdf'] as const;
export type FileKind = (typeof fileKinds)[number];

export const mediaTypes: Readonly<Record<FileKind, string>> = {
  jpeg: 'image/jpeg',
  png: 'image/png',
  pdf: 'application/pdf',
};
export const extensions: Readonly<Record<FileKind, string>> = { jpeg: 'jpg', png: 'png', pdf: 'pdf' };

const starts: Readonly<Record<FileKind, Buffer>> = {
  jpeg: Buffer.from([0xff, 0xd8, 0xff]),
  png: Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
  pdf: Buffer.from('%PDF-'),
};

/** By its first bytes; `null`: none of these. */
export const kindOf = (bytes: Buffer): FileKind | null =>
  fileKinds.find((kind) => bytes.subarray(0, starts[kind].length).equals(starts[kind])) ?? null;

export interface JpegSegment {
  readonly marker: number;
  /** Of the marker. */
  readonly from: number;
  /** After the segment; of a scan, after its coded data. */
  readonly to: number;
}

/** The segments of a JPEG from its first to its end marker; `null`: it breaks off or is none. */
export function jpegSegments(bytes: Buffer): JpegSegment[] | null {
  const segments: JpegSegment[] = [];
  for (let at = 2; at + 4 <= bytes.length; ) {
    const marker = bytes[at + 1] ?? 0;
    if (bytes[at] !== 0xff) return null;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const length = bytes.readUInt16BE(at + 2);
    if (length < 2 || marker < 0xc0 || (marker >= 0xd0 && marker <= 0xd9)) return null;
    let to = at + 2 + length;
    if (marker === 0xda) to = endOfScan(bytes, to);
    if (to > bytes.length) return null;
    segments.push({ marker, from: at, to });
    at = to;
    if (bytes[at] === 0xff && bytes[at + 1] === 0xd9)
      return segments.some((one) => one.marker === 0xda) ? segments : null;
  }
  return null;
}

/** Coded data goes on up to a marker that is neither a stuffed byte nor a restart. */
function endOfScan(bytes: Buffer, from: number): number {
  let at = bytes.indexOf(0xff, from);
  while (at !== -1) {
    const next = bytes[at + 1] ?? 0;
    if (next !== 0x00 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)) return at;
    at = bytes.indexOf(0xff, at + (next === 0xff ? 1 : 2));
  }
  return bytes.length + 1;
}

export interface PngChunk {
  readonly type: string;
  readonly from: number;
  readonly to: number;
}

/** Bytes of a chunk beside its data: length, type and checksum. */
const pngFrame = 12;

/** The chunks of a PNG from its header to its end; `null`: it breaks off or is none. */
export function pngChunks(bytes: Buffer): PngChunk[] | null {
  const chunks: PngChunk[] = [];
  for (let from = starts.png.length; from + pngFrame <= bytes.length; ) {
    const to = from + pngFrame + bytes.readUInt32BE(from);
    if (to > bytes.length) return null;
    const type = bytes.toString('latin1', from + 4, from + 8);
    if ((chunks.length === 0) !== (type === 'IHDR')) return null;
    chunks.push({ type, from, to });
    if (type === 'IEND') return chunks.some((chunk) => chunk.type === 'IDAT') ? chunks : null;
    from = to;
  }
  return null;
}

/** Readers look for the end of a PDF in its last kilobyte. */
const pdfTailBytes = 1_024;
export const isWholePdf = (bytes: Buffer): boolean =>
  /^%PDF-[12]\.\d/.test(bytes.toString('latin1', 0, 8)) &&
  bytes.subarray(Math.max(0, bytes.length - pdfTailBytes)).includes('%%EOF');
