/**
 * ZIP files whose parts lie in them as they are, one after the other: the same parts give the same bytes, and every program opens them.
 * Reading takes only what writing makes, so that no byte of a file can differ unnoticed. Pure.
 */
import { crc32 } from 'node:zlib';

export interface ZipPart {
  readonly name: string;
  readonly content: Buffer;
}

export const zipPartsMax = 1_500;
/** Sizes are written as 32 bits; a file beyond that would take another form. */
const zipBytesMax = 0xff_ff_ff_ff;

const localMark = 0x04034b50;
const entryMark = 0x02014b50;
const endMark = 0x06054b50;
const localBytes = 30;
const entryBytes = 46;
const endBytes = 22;
const version = 20;
/** Names are UTF-8. */
const flags = 0x0800;
/** 1 January 1980, the first day that the format knows: when a file was packed is no part of it. */
const date = 0x0021;

/** @throws RangeError beyond `zipPartsMax` parts or 4 GiB, or when a name stands twice */
export function zipOf(parts: readonly ZipPart[]): Buffer {
  if (parts.length > zipPartsMax) throw new RangeError(`more than ${zipPartsMax} parts`);
  if (new Set(parts.map(({ name }) => name)).size !== parts.length)
    throw new RangeError('a part stands twice');
  const bodies: Buffer[] = [];
  const entries: Buffer[] = [];
  let at = 0;
  for (const { name, content } of parts) {
    const nameBytes = Buffer.from(name, 'utf8');
    const common = commonOf(nameBytes, content);
    const local = Buffer.alloc(localBytes);
    local.writeUInt32LE(localMark, 0);
    common.copy(local, 4);
    const entry = Buffer.alloc(entryBytes);
    entry.writeUInt32LE(entryMark, 0);
    entry.writeUInt16LE(version, 4);
    common.copy(entry, 6);
    entry.writeUInt32LE(at, 42);
    bodies.push(local, nameBytes, content);
    entries.push(entry, nameBytes);
    at += localBytes + nameBytes.length + content.length;
    if (at > zipBytesMax) throw new RangeError(`more than ${zipBytesMax} bytes`);
  }
  const directory = Buffer.concat(entries);
  const end = Buffer.alloc(endBytes);
  end.writeUInt32LE(endMark, 0);
  end.writeUInt16LE(parts.length, 8);
  end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...bodies, directory, end]);
}

/** The 26 bytes that both headers of a part have. */
function commonOf(name: Buffer, content: Buffer): Buffer {
  const common = Buffer.alloc(26);
  common.writeUInt16LE(version, 0);
  common.writeUInt16LE(flags, 2);
  common.writeUInt16LE(date, 8);
  common.writeUInt32LE(crc32(content), 10);
  common.writeUInt32LE(content.length, 14);
  common.writeUInt32LE(content.length, 18);
  common.writeUInt16LE(name.length, 22);
  return common;
}

export const isZip = (bytes: Buffer): boolean => bytes.length >= 2 && bytes.toString('latin1', 0, 2) === 'PK';

/** The parts, as far as they can be read. @returns with `faultAt`, the first byte that is not as writing these parts makes it; `null`: none */
export function unzipped(bytes: Buffer): {
  readonly parts: readonly ZipPart[];
  readonly faultAt: number | null;
} {
  const parts: ZipPart[] = [];
  let at = 0;
  while (parts.length < zipPartsMax && at + localBytes <= bytes.length) {
    if (bytes.readUInt32LE(at) !== localMark) break;
    const nameBytes = bytes.readUInt16LE(at + 26);
    const size = bytes.readUInt32LE(at + 22);
    const from = at + localBytes + nameBytes;
    if (from + size > bytes.length) return { parts, faultAt: at };
    const name = bytes.toString('utf8', at + localBytes, from);
    if (parts.some((part) => part.name === name)) return { parts, faultAt: at };
    parts.push({ name, content: bytes.subarray(from, from + size) });
    at = from + size;
  }
  const again = zipOf(parts);
  if (again.equals(bytes)) return { parts, faultAt: null };
  let same = 0;
  while (same < again.length && again[same] === bytes[same]) same += 1;
  return { parts, faultAt: same };
}
