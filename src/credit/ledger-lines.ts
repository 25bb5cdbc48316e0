/** The lines of a ledger file, split at the byte 0x0A and nowhere else: what a line reader forgives would be a change that nobody names. */
import { lineBytesMax } from './ledger.ts';

const newline = 0x0a;

/** Text that is not UTF-8, a line that is too long and an end without a newline come out as a line that is no entry. */
export async function* ledgerLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    let piece = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (let at = piece.indexOf(newline); at >= 0; at = piece.indexOf(newline)) {
      yield textOf(piece.subarray(0, at));
      piece = piece.subarray(at + 1);
    }
    rest = piece;
    if (rest.length > lineBytesMax) break;
  }
  if (rest.length > 0) yield unreadable;
}

const unreadable = '';

function textOf(bytes: Buffer): string {
  if (bytes.length > lineBytesMax) return unreadable;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return unreadable;
  }
}
