/** Finding and opening the files of an import. */
import { createReadStream } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { InputError } from './input-error.ts';

export type InputFile = {
  path: string;
  /** the last part of the path without `.gz`: what patterns match and messages name */
  name: string;
  bytes: number;
};
/** Files that belong together: those of one folder, or those given one by one. */
export type FileSet = { claimFiles: InputFile[]; csvFiles: InputFile[] };

const claimEndings = ['.ndjson', '.jsonl', '.json'];
const csvEndings = ['.csv', '.tsv', '.txt'];

/** Files of a folder that are no import (README.md …) are left alone; a file given by name must be one. */
export async function findFiles(paths: readonly string[]): Promise<FileSet[]> {
  const given: InputFile[] = [];
  const sets: FileSet[] = [];
  for (const each of paths) {
    const info = await stat(each).catch((cause: unknown) => {
      throw new InputError(
        { zh: `找不到或无法读取 ${each}`, en: `${each} does not exist or cannot be read` },
        [],
        cause,
      );
    });
    if (info.isDirectory()) {
      const names = (await readdir(each, { withFileTypes: true }))
        .filter((entry) => entry.isFile())
        .map((entry) => entry.name);
      const files = await Promise.all(names.toSorted().map((name) => fileAt(path.join(each, name))));
      sets.push(sorted(files));
    } else given.push(await fileAt(each));
  }
  const alone = sorted(given);
  const odd = given.find((file) => !alone.claimFiles.includes(file) && !alone.csvFiles.includes(file));
  if (odd !== undefined) {
    throw new InputError({
      zh: `${odd.name} 的文件名应以 ${[...claimEndings, ...csvEndings].join(' ')} 结尾（可再加 .gz）`,
      en: `The name of ${odd.name} must end in ${[...claimEndings, ...csvEndings].join(' ')}, with or without .gz`,
    });
  }
  const all = [alone, ...sets].filter((set) => set.claimFiles.length + set.csvFiles.length > 0);
  if (all.length === 0) throw new InputError({ zh: '没有可导入的文件', en: 'There is no file to read' });
  return all;
}

async function fileAt(filePath: string): Promise<InputFile> {
  const { size } = await stat(filePath);
  return { path: filePath, name: path.basename(filePath).replace(/\.gz$/i, ''), bytes: size };
}

function sorted(files: readonly InputFile[]): FileSet {
  const endsIn = (endings: readonly string[]) =>
    files.filter((file) => endings.some((ending) => file.name.toLowerCase().endsWith(ending)));
  return { claimFiles: endsIn(claimEndings), csvFiles: endsIn(csvEndings) };
}

/** `*` and `?` as in a shell; upper and lower case are the same, because exports come from Windows. */
export function matches(pattern: string, name: string): boolean {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 'i').test(name);
}

const readAheadBytes = 262_144;

/**
 * The bytes of a file, unpacked when it is gzip (told by its first bytes, not by its name).
 * @param onRead told the bytes taken from the disk, for progress
 */
export async function* bytesOf(file: InputFile, onRead: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  const source = createReadStream(file.path, { highWaterMark: readAheadBytes });
  source.on('data', (chunk) => onRead(chunk.length));
  source.pause();
  if (!(await isGzip(file.path))) {
    yield* source;
    return;
  }
  const unpacked = createGunzip({ chunkSize: readAheadBytes });
  // An error of either stream ends the other, and the loop below throws it.
  pipeline(source, unpacked, () => undefined);
  try {
    yield* unpacked;
  } catch (cause) {
    throw new InputError(
      { zh: `${file.name} 的 gzip 数据已损坏`, en: `The gzip data of ${file.name} is damaged` },
      [],
      cause,
    );
  }
}

async function isGzip(filePath: string): Promise<boolean> {
  const handle = await open(filePath, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await handle.close();
  }
}
