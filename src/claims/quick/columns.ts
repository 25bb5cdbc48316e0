/**
 * The stored form of a document (`stored.ts`) out of its canonical JSON, by copying: values stand in both as the same bytes, so nothing
 * is escaped or compared as text again.
 */
import { type List, type Member, root, spans } from './plan.ts';
import {
  closeList,
  closeObject,
  comma,
  openList,
  openObject,
  out,
  outWords,
  overhang,
  scan,
} from './scan.ts';

/** A record that does not state a member of its list costs `null` and a comma. */
const absentBytes = 5;
/** What stands in a row beside the document: keys of limited length. */
const keysBytesMax = 65_536;

/** The rows of the claim at hand; as with `out`, memory that no claim has needed is only an address. */
export const target = Buffer.allocUnsafeSlow(
  out.length + keysBytesMax + (spans.length / 2) * absentBytes + overhang,
);
const targetWords = new DataView(target.buffer, target.byteOffset, target.length);

/** What the stored form writes otherwise, in the order of the schema: personal data not at all, and lists by column. */
const personal: { member: Member; noted: number }[] = [];
const lists: { list: List; noted: number }[] = [];
for (const { members, list, position } of root.all) {
  for (const member of members?.all ?? [])
    if (member.isPersonal) personal.push({ member, noted: (members?.place ?? 0) + 2 * member.position });
  if (list !== null) lists.push({ list, noted: root.place + 2 * position });
}

/** Copies bytes of the canonical JSON, four at a time: what is copied beyond them is overwritten by what comes next. */
export function copy(start: number, end: number, to: number): number {
  const bytes = end - start;
  for (let at = 0; at < bytes; at += 4)
    targetWords.setInt32(to + at, outWords.getInt32(start + at, true), true);
  return to + bytes;
}

/** @returns where the document ends */
export function writeDocument(start: number): number {
  let from = 0;
  let to = start;
  for (const { noted } of personal) {
    const end = spans[noted + 1] ?? 0;
    if (end === 0) continue;
    to = copy(from, spans[noted] ?? 0, to);
    from = end;
  }
  for (const { list, noted } of lists) {
    if (spans[noted + 1] === 0 || list.rows < 2) continue;
    to = copy(from, list.start, to);
    to = writeColumns(list, to);
    from = list.end;
  }
  return copy(from, scan.at, to);
}

/** The personal data alone, as a JSON object. @returns where it ends: at its start when there are none */
export function writePersonal(start: number): number {
  let to = start;
  for (const { noted } of personal) {
    const end = spans[noted + 1] ?? 0;
    if (end > 0) to = copy(spans[noted] ?? 0, end, to);
  }
  if (to === start) return to;
  // The comma before the first member gives its place to the brace.
  target[start] = openObject;
  target[to] = closeObject;
  return to + 1;
}

function writeColumns({ members, rows, first }: List, start: number): number {
  const step = 2 * members.all.length;
  const last = first + rows * step;
  let to = start;
  let separator = openObject;
  for (const { position, keyBytes } of members.all) {
    const column = first + 2 * position;
    const model = firstStated(column, last, step);
    if (model < 0) continue;
    // Before a value stand a comma or brace, its name and a colon.
    const before = keyBytes + 1;
    const begin = spans[model] ?? 0;
    to = copy(begin, begin + before, to);
    target[to - before] = separator;
    const isFirst = separator === openObject;
    separator = comma;
    if (!isFirst && model === column && isShared(column, last, step)) {
      to = copy(begin + before, spans[column + 1] ?? 0, to);
      continue;
    }
    for (let at = column; at < last; at += step) {
      target[to++] = at === column ? openList : comma;
      const end = spans[at + 1] ?? 0;
      if (end > 0) to = copy((spans[at] ?? 0) + before, end, to);
      else to += target.write('null', to, 'latin1');
    }
    target[to++] = closeList;
  }
  target[to] = closeObject;
  return to + 1;
}

function firstStated(column: number, last: number, step: number): number {
  for (let at = column; at < last; at += step) if (spans[at + 1] !== 0) return at;
  return -1;
}

/** Whether all records state the same value. */
function isShared(column: number, last: number, step: number): boolean {
  const source = out;
  const start = spans[column] ?? 0;
  const length = (spans[column + 1] ?? 0) - start;
  for (let at = column + step; at < last; at += step) {
    const other = spans[at] ?? 0;
    if ((spans[at + 1] ?? 0) - other !== length) return false;
    // What differs mostly differs at its end.
    for (let byte = length - 1; byte > 0; byte -= 1)
      if (source[start + byte] !== source[other + byte]) return false;
  }
  return true;
}
