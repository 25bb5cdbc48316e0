/**
 * Which of the encodings of Chinese exports a file is in, and its text.
 *
 * A byte order mark decides. Otherwise the first bytes beyond ASCII decide: Chinese text in GB18030 is practically never valid UTF-8.
 * Until such a byte is seen nothing has to be decided, so a file whose first Chinese name stands in row 100 000 is read rightly.
 */

export const encodings = ['utf-8', 'gb18030', 'utf-16le'] as const;
export type Encoding = (typeof encodings)[number];

/** How much of the file, from its first byte beyond ASCII on, is looked at. */
export const sampleBytesMax = 65_536;

/** One character in ten may be damaged (a name cut off in mid-character is common) before the encoding itself is doubted. */
const damageRatioMax = 0.1;
/** A stray byte in text that is ASCII otherwise costs its row, not its file; a file with more of them is no text. */
const strayRatioMax = 0.01;

/**
 * @param head the beginning of the file, or any part of it that begins with its first byte beyond ASCII
 * @param isWhole whether the file ends there; otherwise a character cut off at the end is no objection
 * @returns `null` when the bytes are text in none of the encodings
 */
export function detectEncoding(head: Uint8Array, isWhole: boolean): Encoding | null {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return 'utf-8';
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  const utf8 = damage(head, 'utf-8', isWhole);
  if (utf8.damaged <= utf8.beyondAscii * damageRatioMax) return 'utf-8';
  const gb18030 = damage(head, 'gb18030', isWhole);
  if (gb18030.damaged <= gb18030.beyondAscii * damageRatioMax) return 'gb18030';
  return utf8.damaged <= utf8.characters * strayRatioMax ? 'utf-8' : null;
}

const control = /[^\P{Cc}\t\n\r]/u;

function damage(
  bytes: Uint8Array,
  encoding: Encoding,
  isWhole: boolean,
): { characters: number; beyondAscii: number; damaged: number } {
  const text = new TextDecoder(encoding).decode(bytes, { stream: !isWhole });
  let beyondAscii = 0;
  let damaged = 0;
  for (const character of text) {
    if (character >= '\u0080') beyondAscii += 1;
    // Text has no control characters; other bytes are full of them.
    if (character === replacement || control.test(character)) damaged += 1;
  }
  return { characters: text.length, beyondAscii, damaged };
}

/** What a decoder writes where bytes are no character. */
export const replacement = '\ufffd';

/** The text of a file, piece by piece. Bytes that are no text in the encoding become U+FFFD, so that only their row is lost. */
export async function* decodeText(
  chunks: AsyncIterable<Uint8Array>,
  chosen: Encoding | undefined,
  onUnknown: () => Error,
): AsyncGenerator<string> {
  let decoder = chosen === undefined ? undefined : new TextDecoder(chosen);
  let undecided: Uint8Array = new Uint8Array(0);
  const decide = (isWhole: boolean): TextDecoder => {
    const encoding = detectEncoding(undecided, isWhole);
    if (encoding === null) throw onUnknown();
    return new TextDecoder(encoding);
  };
  for await (const chunk of chunks) {
    if (decoder !== undefined) {
      yield decoder.decode(chunk, { stream: true });
      continue;
    }
    const ascii = undecided.length === 0 ? asciiLength(chunk) : 0;
    if (ascii > 0) yield new TextDecoder('utf-8').decode(chunk.subarray(0, ascii));
    undecided = Buffer.concat([undecided, chunk.subarray(ascii)]);
    if (undecided.length >= sampleBytesMax) {
      decoder = decide(false);
      yield decoder.decode(undecided, { stream: true });
    }
  }
  if (decoder === undefined && undecided.length > 0) {
    decoder = decide(true);
    yield decoder.decode(undecided, { stream: true });
  }
  if (decoder !== undefined) yield decoder.decode();
}

function asciiLength(chunk: Uint8Array): number {
  for (let at = 0; at < chunk.length; at += 1) {
    if ((chunk[at] ?? 0) >= 0x80) return at;
  }
  return chunk.length;
}
