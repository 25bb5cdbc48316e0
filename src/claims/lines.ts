/** Lines of a byte stream, with a limit: how NDJSON is taken apart, from a request and from a file alike. */

export type ByteLine = {
  /** from 1, blank lines counted */
  number: number;
  /** without the line break; of a line above the limit only its beginning */
  bytes: Buffer;
  tooLong: boolean;
};

/** What is kept of a line above the limit, as evidence. */
export const tooLongKeptBytes = 65_536;

const lineBreak = 0x0a;
const carriageReturn = 0x0d;

/**
 * Lines that hold more than white space, in order, in groups as the chunks end them. A line may share the memory of its chunk. Memory
 * is bounded by `lineBytesMax`, however long a line is.
 */
export async function* byteLines(
  chunks: AsyncIterable<Uint8Array>,
  lineBytesMax: number,
): AsyncGenerator<ByteLine[]> {
  let number = 1;
  /** the beginning of a line that goes on in the next chunk */
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  let tooLong = false;
  const hold = (part: Uint8Array): void => {
    if (part.length === 0 || tooLong) return;
    held.push(part);
    heldBytes += part.length;
    if (heldBytes <= lineBytesMax) return;
    held = [Buffer.concat(held).subarray(0, tooLongKeptBytes)];
    tooLong = true;
  };
  const take = (): ByteLine | null => {
    const [first] = held;
    const whole = held.length === 1 && first !== undefined ? asBuffer(first) : Buffer.concat(held);
    const bytes = whole.at(-1) === carriageReturn ? whole.subarray(0, -1) : whole;
    const line = isBlank(bytes) ? null : { number, bytes, tooLong };
    held = [];
    heldBytes = 0;
    tooLong = false;
    number += 1;
    return line;
  };
  for await (const chunk of chunks) {
    const lines: ByteLine[] = [];
    let start = 0;
    for (let end = chunk.indexOf(lineBreak); end >= 0; end = chunk.indexOf(lineBreak, start)) {
      hold(chunk.subarray(start, end));
      const line = take();
      if (line !== null) lines.push(line);
      start = end + 1;
    }
    hold(chunk.subarray(start));
    if (lines.length > 0) yield lines;
  }
  const last = take();
  if (last !== null) yield [last];
}

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Space, tab, return: what JSON allows around a value. */
const isBlank = (bytes: Uint8Array): boolean =>
  bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
