/**
 * A picture without what its camera wrote beside it: position, device, owner, thumbnails and whatever follows its end. What is seen stays as
 * it is, byte for byte, and so does which side is up (Exif 2.32, tag 274) – without it pictures of phones lie on their side. Pure.
 */
import { jpegSegments, pngChunks } from './file-kind.ts';

const app = (number: number): number => 0xe0 + number;
const comment = 0xfe;
/** Segments by which a picture is shown: JFIF, colour profile, Adobe's transform. */
const isKept = (bytes: Buffer, marker: number, from: number): boolean => {
  if (marker === app(2)) return bytes.toString('latin1', from + 4, from + 15) === 'ICC_PROFILE';
  return (
    marker === app(0) || marker === app(14) || ((marker < app(0) || marker > app(15)) && marker !== comment)
  );
};

/** `null`: it is no whole JPEG. */
export function jpegWithoutOrigin(bytes: Buffer): Buffer | null {
  const segments = jpegSegments(bytes);
  if (segments === null) return null;
  const exif = segments.find(({ marker, from }) => marker === app(1) && isExif(bytes, from));
  const side = exif === undefined ? null : orientationOf(bytes.subarray(exif.from + 10, exif.to));
  const kept = segments.filter(({ marker, from }) => isKept(bytes, marker, from));
  // JFIF stands first where it is: readers look for it there.
  const first = kept[0]?.marker === app(0) ? 1 : 0;
  const parts = kept.map(({ from, to }) => bytes.subarray(from, to));
  if (side !== null) parts.splice(first, 0, orientationSegment(side));
  return Buffer.concat([bytes.subarray(0, 2), ...parts, Buffer.from([0xff, 0xd9])]);
}

const isExif = (bytes: Buffer, from: number): boolean =>
  bytes.toString('latin1', from + 4, from + 10) === 'Exif\0\0';

const orientationTag = 274;
const tagsMax = 200;

/** Which side is up, 1 to 8, out of the TIFF structure of Exif; `null`: it does not say. */
function orientationOf(tiff: Buffer): number | null {
  const order = tiff.toString('latin1', 0, 2);
  if (tiff.length < 14 || (order !== 'II' && order !== 'MM')) return null;
  const short = (at: number): number => (order === 'II' ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const list = order === 'II' ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4);
  if (list + 2 > tiff.length) return null;
  const tags = Math.min(short(list), tagsMax);
  for (let place = 0; place < tags; place += 1) {
    const at = list + 2 + 12 * place;
    if (at + 12 > tiff.length) return null;
    if (short(at) !== orientationTag) continue;
    const side = short(at + 8);
    return side >= 1 && side <= 8 ? side : null;
  }
  return null;
}

/** Exif with this one tag. */
function orientationSegment(side: number): Buffer {
  const tiff = Buffer.alloc(26);
  tiff.write('MM', 0, 'latin1');
  tiff.writeUInt16BE(42, 2);
  tiff.writeUInt32BE(8, 4);
  tiff.writeUInt16BE(1, 8);
  tiff.writeUInt16BE(orientationTag, 10);
  tiff.writeUInt16BE(3, 12);
  tiff.writeUInt32BE(1, 14);
  tiff.writeUInt16BE(side, 18);
  const head = Buffer.from([0xff, app(1), 0, 0, ...Buffer.from('Exif\0\0', 'latin1')]);
  head.writeUInt16BE(head.length - 2 + tiff.length, 2);
  return Buffer.concat([head, tiff]);
}

const metadataChunks = ['eXIf', 'tEXt', 'zTXt', 'iTXt', 'tIME'];

/** `null`: it is no whole PNG. */
export function pngWithoutOrigin(bytes: Buffer): Buffer | null {
  const chunks = pngChunks(bytes);
  if (chunks === null) return null;
  const kept = chunks.filter(({ type }) => !metadataChunks.includes(type));
  return Buffer.concat([bytes.subarray(0, 8), ...kept.map(({ from, to }) => bytes.subarray(from, to))]);
}
