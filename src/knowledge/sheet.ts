/**
 * A file of rows as people send it – CSV in one of the encodings of Chinese exports, or XLSX – read into cells. Nothing is judged here; what
 * cannot be read as a whole is refused with a reason. XLSX is measured before it is handed to the library, which believes what a file says of
 * itself: a few kilobytes may unfold into gigabytes, and one cell in the last corner of a sheet makes it as large as a sheet can be.
 */
import { inflateRawSync } from 'node:zlib';
import { readSheet as readXlsx } from 'read-excel-file/universal';
import type { Message } from '../claims/contract.ts';
import { detectEncoding, type Encoding, sampleBytesMax } from '../claims/import/encoding.ts';
import { batchBytesMax, batchRowsMax } from './contract.ts';
import { csvRecords } from './parse.ts';

/** What an XLSX file may unfold into, all its parts together. */
export const unzippedBytesMax = 256 * 1024 * 1024;
/** More columns than any table has. */
export const sheetColumnsMax = 64;
const zipEntriesMax = 1_000;

export type SheetCell = string | number | boolean | Date | null;

export interface SheetRow {
  /** Line of the file, or row of the sheet; the header is the first. */
  readonly line: number;
  readonly cells: readonly SheetCell[];
}

export type Sheet =
  | {
      readonly ok: true;
      readonly format: 'csv' | 'xlsx';
      /** `null`: an XLSX file. */
      readonly encoding: Encoding | null;
      readonly rows: readonly SheetRow[];
    }
  | { readonly ok: false; readonly row: number | null; readonly message: Message };

export async function readSheet(bytes: Buffer): Promise<Sheet> {
  if (bytes.length > batchBytesMax)
    return refuse(`文件超过 ${batchBytesMax} 字节`, `is larger than ${batchBytesMax} bytes`);
  if (bytes.length === 0) return refuse('文件为空', 'is empty');
  if (beginsWith(bytes, [0xd0, 0xcf, 0x11, 0xe0]))
    return refuse('不支持旧版 .xls 文件，请另存为 .xlsx', 'is an old .xls file; save it as .xlsx');
  const read = beginsWith(bytes, [0x50, 0x4b]) ? await xlsxOf(bytes) : csvOf(bytes);
  if (read.ok && read.rows.length - 1 > batchRowsMax)
    return refuse(`超过 ${batchRowsMax} 行`, `has more than ${batchRowsMax} rows`);
  return read;
}

const beginsWith = (bytes: Buffer, start: readonly number[]): boolean =>
  start.every((byte, index) => bytes[index] === byte);

function csvOf(bytes: Buffer): Sheet {
  const from = firstBeyondAscii(bytes);
  const sample = bytes.subarray(from, from + sampleBytesMax);
  const encoding = beginsWith(bytes, [0xff, 0xfe])
    ? 'utf-16le'
    : detectEncoding(sample, from + sample.length === bytes.length);
  if (encoding === null) return refuse('不是 UTF-8 或 GB18030 文本', 'is text in neither UTF-8 nor GB18030');
  try {
    const text = new TextDecoder(encoding).decode(bytes);
    const rows = csvRecords(text, batchRowsMax + 2, delimiterOf(text)).filter(({ cells }) =>
      // Spreadsheets write rows of empty cells below what was deleted.
      cells.some((cell) => cell !== ''),
    );
    return { ok: true, format: 'csv', encoding, rows };
  } catch (error) {
    return refuse('不是合法的 CSV，请检查引号是否成对', `is not CSV: ${String(error)}`, lineOf(error));
  }
}

/** The “Unicode text” of spreadsheets is in UTF-16 and has tabs where CSV has commas. */
function delimiterOf(text: string): ',' | '\t' {
  const header = text.slice(0, text.search(/[\r\n]|$/));
  return header.includes('\t') && !header.includes(',') ? '\t' : ',';
}

function firstBeyondAscii(bytes: Buffer): number {
  const at = bytes.findIndex((byte) => byte >= 0x80);
  return at < 0 ? 0 : at;
}

const lineOf = (error: unknown): number | null =>
  error instanceof Error && 'lines' in error && typeof error.lines === 'number' ? error.lines : null;

async function xlsxOf(bytes: Buffer): Promise<Sheet> {
  try {
    const obstacle = tooLarge(bytes);
    if (obstacle !== null) return obstacle;
    const copy = new Uint8Array(bytes);
    const rows = await readXlsx(copy.buffer, 1);
    return {
      ok: true,
      format: 'xlsx',
      encoding: null,
      rows: rows.flatMap((cells, index) => {
        const row = { line: index + 1, cells: cells.map(cellOf) };
        return row.cells.every((cell) => cell === null) ? [] : [row];
      }),
    };
  } catch (error) {
    return refuse('无法读取，文件不是 XLSX 或已损坏', `cannot be read as XLSX: ${String(error)}`);
  }
}

/** The library gives dates, texts, numbers and truth values; the type of its cells says no more than that they are objects. */
const cellOf = (cell: unknown): SheetCell =>
  typeof cell === 'string' || typeof cell === 'number' || typeof cell === 'boolean' || cell instanceof Date
    ? cell
    : null;

/** Unfolds every part within the limit, and looks how far the sheets reach. @throws when it is no ZIP file */
function tooLarge(bytes: Buffer): (Sheet & { ok: false }) | null {
  let left = unzippedBytesMax;
  for (const entry of zipEntries(bytes)) {
    // What a file says of its own size is not believed; what lies beyond the limit is never unfolded.
    const part = partOf(bytes, entry, left);
    if (part === null)
      return refuse(
        `解压后超过 ${unzippedBytesMax} 字节`,
        `unfolds into more than ${unzippedBytesMax} bytes`,
      );
    left -= part.length;
    if (!entry.name.startsWith('xl/worksheets/')) continue;
    for (const [, letters = '', digits = ''] of part.toString('latin1').matchAll(cellReference)) {
      if (Number(digits) > batchRowsMax + 1)
        return refuse(`工作表超过 ${batchRowsMax} 行`, `a sheet has more than ${batchRowsMax} rows`);
      if (columnNumber(letters) > sheetColumnsMax)
        return refuse(
          `工作表超过 ${sheetColumnsMax} 列（请删除右侧多余的列）`,
          `a sheet has more than ${sheetColumnsMax} columns; delete those at its right`,
        );
    }
  }
  return null;
}

/** `r="B12"` of a cell, `r="12"` of a row. */
const cellReference = /\sr\s*=\s*["']([A-Za-z]*)(\d+)["']/g;

const columnNumber = (letters: string): number =>
  [...letters.toUpperCase()].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0);

interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly compressedBytes: number;
  readonly headerAt: number;
}

const noZip = (): Error => new Error('ZIP');

/** The central directory at the end of a ZIP file (APPNOTE 4.3.12, 4.3.16). */
function zipEntries(bytes: Buffer): ZipEntry[] {
  const end = bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  if (end < 0) throw noZip();
  const count = bytes.readUInt16LE(end + 10);
  if (count > zipEntriesMax) throw noZip();
  let at = bytes.readUInt32LE(end + 16);
  const entries: ZipEntry[] = [];
  for (let number = 0; number < count; number += 1) {
    if (bytes.readUInt32LE(at) !== 0x02014b50) throw noZip();
    const nameBytes = bytes.readUInt16LE(at + 28);
    entries.push({
      name: bytes.toString('utf8', at + 46, at + 46 + nameBytes),
      method: bytes.readUInt16LE(at + 10),
      compressedBytes: bytes.readUInt32LE(at + 20),
      headerAt: bytes.readUInt32LE(at + 42),
    });
    at += 46 + nameBytes + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return entries;
}

/** `null`: it is longer than that. */
function partOf(
  bytes: Buffer,
  { method, compressedBytes, headerAt }: ZipEntry,
  bytesMax: number,
): Buffer | null {
  const at = headerAt + 30 + bytes.readUInt16LE(headerAt + 26) + bytes.readUInt16LE(headerAt + 28);
  const packed = bytes.subarray(at, at + compressedBytes);
  if (method === 0) return packed.length > bytesMax ? null : packed;
  if (method !== 8) throw noZip();
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, bytesMax) });
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

const refuse = (zh: string, en: string, row: number | null = null): Sheet & { ok: false } => ({
  ok: false,
  row,
  message: { zh, en },
});
