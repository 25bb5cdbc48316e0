/**
 * Claims out of files, in an order that depends on the paths alone: the files given by name, then each folder; in each set NDJSON and
 * JSON files by name, then the CSV files through one mapping.
 */
import { readClaimFile } from './claim-files.ts';
import { type Encoding, encodings } from './encoding.ts';
import { findFiles, type FileSet } from './files.ts';
import type { InputClaim } from './input-claim.ts';
import { InputError } from './input-error.ts';
import { defaultMapping, loadMapping } from './load-mapping.ts';
import { openTables, readMapped } from './mapped.ts';

export type ReadOptions = {
  /** name of a mapping (`cms-provider-fraud`) or path of a mapping file; for CSV files only */
  mapping?: string;
  /** utf-8, gb18030 or utf-16le; left out: detected for each file */
  encoding?: string;
  /** where named mappings are; left out: those that come with the product */
  mappingsDir?: string;
  onProgress?: (progress: { bytesRead: number; bytesTotal: number }) => void;
  /** things worth knowing that stop nothing: a file or a column that nothing uses */
  onNotice?: (zh: string, en: string) => void;
};

/** @throws InputError when a file, a folder, a mapping or the choice of an encoding cannot be used at all */
export async function* readClaims(
  paths: readonly string[],
  options: ReadOptions = {},
): AsyncGenerator<InputClaim> {
  const encoding = options.encoding === undefined ? undefined : parseEncoding(options.encoding);
  const sets = await findFiles(paths);
  const bytesTotal = sets
    .flatMap((set) => [...set.claimFiles, ...set.csvFiles])
    .reduce((sum, file) => sum + file.bytes, 0);
  let bytesRead = 0;
  const onRead = (bytes: number): void => {
    bytesRead += bytes;
    options.onProgress?.({ bytesRead, bytesTotal });
  };
  const onNotice = options.onNotice ?? ((): void => undefined);
  const mapping = await chooseMapping(sets, options);
  // Every set is checked against the mapping before the first claim of the first set is given out.
  const prepared = [];
  for (const set of sets) {
    const tables =
      mapping === null || set.csvFiles.length === 0
        ? null
        : await openTables(mapping, set.csvFiles, { encoding, onRead, onNotice });
    prepared.push({ set, tables });
  }
  let index = 0;
  for (const { set, tables } of prepared) {
    for (const file of set.claimFiles) {
      for await (const claim of readClaimFile(file, { encoding, onRead })) {
        yield { index, ...claim };
        index += 1;
      }
    }
    if (tables === null) continue;
    for await (const claim of readMapped(tables)) {
      yield { index, ...claim };
      index += 1;
    }
  }
}

function parseEncoding(text: string): Encoding {
  const alias: Readonly<Record<string, Encoding>> = {
    utf8: 'utf-8',
    gbk: 'gb18030',
    gb2312: 'gb18030',
    'utf-16': 'utf-16le',
  };
  const name = text.toLowerCase();
  const encoding = encodings.find((each) => each === (alias[name] ?? name));
  if (encoding !== undefined) return encoding;
  throw new InputError({
    zh: `不支持编码 ${text}；可用：${encodings.join('、')}`,
    en: `The encoding ${text} is not supported; choose one of ${encodings.join(', ')}`,
  });
}

async function chooseMapping(sets: readonly FileSet[], options: ReadOptions) {
  if (!sets.some((set) => set.csvFiles.length > 0)) {
    if (options.mapping === undefined) return null;
    throw new InputError({
      zh: '映射文件只用于 CSV，但没有 CSV 文件',
      en: 'A mapping is for CSV files, and there are none',
    });
  }
  return loadMapping(options.mapping ?? defaultMapping, options.mappingsDir);
}
