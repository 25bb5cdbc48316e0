/** Files that hold claim documents already: NDJSON, one claim a line, or one JSON array or object. */
import { issue } from '../issues.ts';
import { claimBytesMax, elementsOf } from '../json-text.ts';
import { byteLines } from '../lines.ts';
import { decodeText, type Encoding } from './encoding.ts';
import { bytesOf, type InputFile } from './files.ts';
import { InputError } from './input-error.ts';
import type { InputClaim } from './input-claim.ts';
import { place } from './table.ts';

/** A JSON array is parsed as a whole; more claims than fit belong into NDJSON. */
export const jsonFileBytesMax = 64 * 1_048_576;

export type ClaimFileOptions = { encoding: Encoding | undefined; onRead: (bytes: number) => void };

export async function* readClaimFile(
  file: InputFile,
  options: ClaimFileOptions,
): AsyncGenerator<Omit<InputClaim, 'index'>> {
  const pieces = decodeText(bytesOf(file, options.onRead), options.encoding, () => unknownEncoding(file));
  if (file.name.toLowerCase().endsWith('.json')) yield* readWhole(file, pieces);
  else yield* readLines(file, pieces);
}

async function* readLines(
  file: InputFile,
  pieces: AsyncIterable<string>,
): AsyncGenerator<Omit<InputClaim, 'index'>> {
  for await (const lines of byteLines(utf8(pieces), claimBytesMax)) {
    for (const line of lines) {
      const problems = line.tooLong
        ? [issue(place(file.name, line.number), 'too_large', { bytesMax: claimBytesMax })]
        : [];
      yield { raw: line.bytes, origin: { file: file.name, row: line.number }, problems };
    }
  }
}

async function* utf8(pieces: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) yield Buffer.from(piece, 'utf8');
}

/** `row` is the position in the array, from 1. */
async function* readWhole(
  file: InputFile,
  pieces: AsyncIterable<string>,
): AsyncGenerator<Omit<InputClaim, 'index'>> {
  let text = '';
  for await (const piece of pieces) {
    text += piece;
    if (text.length > jsonFileBytesMax) throw tooLarge(file);
  }
  const json = Buffer.from(text, 'utf8');
  const elements = isArray(text, file) ? elementsOf(json) : [json];
  for (const [position, raw] of elements.entries())
    yield { raw, origin: { file: file.name, row: position + 1 }, problems: [] };
}

/** @throws InputError when the text is no JSON at all */
function isArray(text: string, file: InputFile): boolean {
  try {
    return Array.isArray(JSON.parse(text));
  } catch {
    throw new InputError({ zh: `${file.name} 不是合法的 JSON`, en: `${file.name} is not valid JSON` });
  }
}

const unknownEncoding = (file: InputFile): InputError =>
  new InputError({
    zh: `无法识别 ${file.name} 的文字编码，请用 --encoding 指定`,
    en: `The text encoding of ${file.name} cannot be told; name it with --encoding`,
  });

const tooLarge = (file: InputFile): InputError =>
  new InputError({
    zh: `${file.name} 作为 JSON 数组过大（上限 ${jsonFileBytesMax} 字符）；请改为每行一个结算单的 NDJSON`,
    en: `${file.name} is too large for a JSON array (limit ${jsonFileBytesMax} characters); write it as NDJSON, one claim a line`,
  });
