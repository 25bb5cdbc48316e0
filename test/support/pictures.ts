/** Pictures and papers as they are uploaded, made byte by byte. */
import { crc32, deflateSync } from 'node:zlib';

/** A segment of a JPEG: marker, length, data. */
export function segment(marker: number, data: Uint8Array): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(data.length + 2, 2);
  return Buffer.concat([head, data]);
}

/** Exif as a phone writes it: which side is up, its model, and where it was (GPS). */
export function exifOf(side: number, order: 'II' | 'MM', position: string): Buffer {
  const tiff = Buffer.alloc(8 + 2 + 12 * 3 + 4);
  const short = (value: number, at: number): unknown =>
    order === 'II' ? tiff.writeUInt16LE(value, at) : tiff.writeUInt16BE(value, at);
  const long = (value: number, at: number): unknown =>
    order === 'II' ? tiff.writeUInt32LE(value, at) : tiff.writeUInt32BE(value, at);
  tiff.write(order, 0, 'latin1');
  short(42, 2);
  long(8, 4);
  short(3, 8);
  for (const [place, tag, type] of [
    [0, 272, 2],
    [1, 274, 3],
    [2, 34853, 4],
  ] as const) {
    const at = 10 + 12 * place;
    short(tag, at);
    short(type, at + 2);
    long(1, at + 4);
    if (tag === 274) short(side, at + 8);
    else long(8, at + 8);
  }
  return segment(0xe1, Buffer.concat([Buffer.from('Exif\0\0'), tiff, Buffer.from(position)]));
}

/** @param parts segments before the picture itself @param coded what its scan holds */
export const jpegOf = (parts: readonly Buffer[] = [], coded: Uint8Array = Buffer.from([1, 2, 3])): Buffer =>
  Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    segment(0xe0, Buffer.from('JFIF\0\x01\x01\0\0\x01\0\x01\0\0', 'latin1')),
    ...parts,
    segment(0xc0, Buffer.from([8, 0, 1, 0, 1, 1, 1, 0x11, 0])),
    segment(0xda, Buffer.from([1, 1, 0, 0, 63, 0])),
    // As an encoder stuffs them.
    Buffer.from([...coded].flatMap((byte) => (byte === 0xff ? [0xff, 0] : [byte]))),
    Buffer.from([0xff, 0xd9]),
  ]);

export function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

/** A picture of one colour that every browser shows. */
export function pngOf(parts: readonly Buffer[] = [], [red, green, blue] = [200, 60, 40], side = 8): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([8, 2], 8);
  const row = Buffer.from([0, ...Array.from({ length: side }, () => [red, green, blue]).flat()]);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    ...parts,
    chunk('IDAT', deflateSync(Buffer.concat(Array.from({ length: side }, () => row)))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

export const pdfOf = (text: string): Buffer => Buffer.from(`%PDF-1.7\n${text}\nstartxref\n0\n%%EOF\n`);
