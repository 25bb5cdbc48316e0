/**
 * The stored form of a document (`stored.ts`) out of its canonical JSON, by copying: values stand in both as the same bytes, so nothing
 * is escaped or compared as text again.
 */

/** Where the members of the records of a list stand in the text. */
export type Records = {
  /** the names of all members as JSON with their colons, in the order of the schema */
  keys: readonly Uint8Array[];
  rows: number;
  /** the place in `spans` of the first record's first member */
  first: number;
};

/** A part of the text that is written otherwise: a list by column, or, with `null`, not at all. */
export type Change = { start: number; end: number; records: Records | null };

/** An absent member costs `null` and a comma. */
const absentBytes = 5;
const comma = 0x2c;
const word = (text: string): Uint8Array => Buffer.from(text);
const absent = word('null');

let target = Buffer.allocUnsafeSlow(1_048_576);
const keptBytes = target.length;

/**
 * @param text canonical JSON up to `end`
 * @param changes in order; they do not touch
 * @param spans of each member its first byte, which is the comma or brace before its name, and the byte after its last; 0, 0 when absent
 */
export function storedBytes(
  text: Buffer,
  end: number,
  changes: readonly Change[],
  spans: Int32Array,
): Buffer {
  let room = end;
  for (const { records } of changes)
    if (records !== null) room += records.rows * records.keys.length * absentBytes;
  if (target.length < room) target = Buffer.allocUnsafeSlow(room);
  let from = 0;
  let to = 0;
  for (const change of changes) {
    to += text.copy(target, to, from, change.start);
    if (change.records !== null) to = writeColumns(text, change.records, spans, to);
    from = change.end;
  }
  to += text.copy(target, to, from, end);
  const stored = Buffer.from(target.subarray(0, to));
  if (target.length > keptBytes) target = Buffer.allocUnsafeSlow(keptBytes);
  return stored;
}

/** @returns where the columns end */
function writeColumns(
  text: Buffer,
  { keys, rows, first }: Records,
  spans: Int32Array,
  start: number,
): number {
  const step = 2 * keys.length;
  const last = first + rows * step;
  let to = start;
  let separator = 0x7b;
  for (const [position, key] of keys.entries()) {
    const column = first + 2 * position;
    if (!isStated(spans, column, last, step)) continue;
    const isFirst = separator !== comma;
    target[to++] = separator;
    separator = comma;
    to = copy(key, 0, key.length, to);
    // Before a value stands its name, and before that a comma or brace.
    const before = key.length + 1;
    if (!isFirst && isShared(text, spans, column, last, step)) {
      to = copy(text, (spans[column] ?? 0) + before, spans[column + 1] ?? 0, to);
      continue;
    }
    for (let at = column; at < last; at += step) {
      target[to++] = at === column ? 0x5b : comma;
      const valueEnd = spans[at + 1] ?? 0;
      to =
        valueEnd === 0
          ? copy(absent, 0, absent.length, to)
          : copy(text, (spans[at] ?? 0) + before, valueEnd, to);
    }
    target[to++] = 0x5d;
  }
  target[to++] = 0x7d;
  return to;
}

function isStated(spans: Int32Array, column: number, last: number, step: number): boolean {
  for (let at = column; at < last; at += step) if (spans[at + 1] !== 0) return true;
  return false;
}

/** Whether all records state the same value. */
function isShared(text: Buffer, spans: Int32Array, column: number, last: number, step: number): boolean {
  const start = spans[column] ?? 0;
  const length = (spans[column + 1] ?? 0) - start;
  for (let at = column + step; at < last; at += step) {
    const other = spans[at] ?? 0;
    if ((spans[at + 1] ?? 0) - other !== length) return false;
    // What differs mostly differs at its end.
    for (let byte = length - 1; byte > 0; byte -= 1)
      if (text[start + byte] !== text[other + byte]) return false;
  }
  return true;
}

function copy(source: Uint8Array, start: number, end: number, into: number): number {
  let to = into;
  for (let from = start; from < end; from += 1) target[to++] = source[from] ?? 0;
  return to;
}
