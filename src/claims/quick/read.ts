/**
 * The quick pass: reads the bytes of a claim once, checks them, and writes its canonical JSON as bytes, without making any objects.
 *
 * It is sure only of what it accepts. Whatever it does not like – a wrong document, or a rare way of writing a right one – it hands
 * back, and `explain.ts` judges that with reasons. A test holds that the two never differ, and that the quick pass takes every claim in
 * its canonical form.
 *
 * What comes next is guessed from what came after the same member before: names are compared with the one that is expected, and are
 * looked up only when that is wrong.
 */
import { isUtf8 } from 'node:buffer';
import { claimBytesMax } from '../json-text.ts';
import { type List, type Member, type Members, recordsPlace, root, spans } from './plan.ts';
import { putInOrder } from './order.ts';
import {
  closeList,
  closeObject,
  colon,
  comma,
  input,
  inputWords,
  nextByte,
  openList,
  openObject,
  out,
  put,
  quote,
  scan,
  startScan,
  take,
} from './scan.ts';
import { readText } from './text.ts';
import { readBoolean, readDate, readDecimal, readHash, readNumber, readTime } from './values.ts';

/** Places in `spans` that the claim has taken. */
let placesUsed = 0;

/**
 * Whether the claim was taken; then its canonical JSON stands in `out` up to `scan.at`, and its members in `spans` and in the lists of
 * `root`.
 */
export function readClaim(bytes: Uint8Array, latest: number): boolean {
  if (bytes.length > claimBytesMax || !isUtf8(bytes)) return false;
  startScan(bytes, latest);
  placesUsed = recordsPlace;
  nextByte();
  if (!readObject(root, root.place)) return false;
  nextByte();
  return scan.from === bytes.length;
}

function readObject(members: Members, place: number): boolean {
  if (input[scan.from] !== openObject) return false;
  scan.from += 1;
  const start = scan.at;
  let missing = members.requiredCount;
  let latest = -1;
  let inOrder = true;
  let before: Member | null = null;
  spans.fill(0, place, place + 2 * members.all.length);
  for (;;) {
    const member = memberAt(members, before);
    if (member === null) return false;
    before = member;
    const noted = place + 2 * member.position;
    // Stated twice.
    if (spans[noted + 1] !== 0) return false;
    if (nextByte() === letterN) {
      if (member.required || !take(nullWord)) return false;
    } else {
      spans[noted] = scan.at;
      put(member.opening, member.openingBytes);
      if (!readValue(member)) return false;
      spans[noted + 1] = scan.at;
      if (member.required) missing -= 1;
      if (member.position < latest) inOrder = false;
      latest = member.position;
    }
    const byte = nextByte();
    scan.from += 1;
    if (byte === closeObject) break;
    if (byte !== comma) return false;
  }
  if (missing !== 0) return false;
  if (!inOrder) putInOrder(members, place, start);
  out[start] = openObject;
  out[scan.at++] = closeObject;
  return true;
}

const letterN = 0x6e;
const nullWord = Buffer.from('null');

/**
 * Passes over a name and its colon.
 * @param before the member that came before, to guess from
 * @returns the member, or `null` when the schema knows none of this name
 */
function memberAt(members: Members, before: Member | null): Member | null {
  const guess = before === null ? members.first : before.next;
  if (guess !== null && isNameOf(guess)) {
    scan.from += guess.keyBytes;
    return guess;
  }
  if (nextByte() !== quote) return null;
  const text = input.toString('latin1', scan.from + 1, scan.from + nameBytesMax);
  const member = members.byName.get(text.slice(0, text.indexOf('"'))) ?? null;
  if (member === null) return null;
  scan.from += member.keyBytes - 1;
  if (nextByte() !== colon) return null;
  scan.from += 1;
  if (before === null) members.first = member;
  else before.next = member;
  return member;
}

/** No name of the schema is as long; a quote and what follows may be read with it. */
const nameBytesMax = 48;

/** Whether the name and its colon stand there without white space. */
function isNameOf({ key, keyBytes }: Member): boolean {
  const { from } = scan;
  const words = inputWords;
  const last = key.length - 1;
  for (let at = 0; at < last; at += 1) if (words.getInt32(from + 4 * at, true) !== key[at]) return false;
  return words.getInt32(from + keyBytes - 4, true) === key[last];
}

function readValue(member: Member): boolean {
  switch (member.kind) {
    case 'text':
      return readText(member.max);
    case 'decimal':
      return readDecimal(member.max, member.scale);
    case 'time':
      return readTime(member.bounds);
    case 'date':
      return readDate();
    case 'object':
      return member.members !== null && readObject(member.members, member.members.place);
    case 'list':
      return member.list !== null && readList(member.list, member.max);
    case 'integer':
    case 'number':
      return readNumber(member.min, member.max, member.kind === 'integer');
    case 'boolean':
      return readBoolean();
    case 'hash':
      return readHash();
  }
}

/** The bracket that opens the list is written. */
function readList(list: List, rowsMax: number): boolean {
  if (input[scan.from] !== openList) return false;
  scan.from += 1;
  list.start = scan.at - 1;
  list.first = placesUsed;
  list.rows = 0;
  let byte = nextByte();
  if (byte === closeList) scan.from += 1;
  while (byte !== closeList) {
    if (list.rows === rowsMax) return false;
    if (list.rows > 0) out[scan.at++] = comma;
    const place = placesUsed;
    placesUsed += 2 * list.members.all.length;
    nextByte();
    if (!readObject(list.members, place)) return false;
    list.rows += 1;
    byte = nextByte();
    scan.from += 1;
    if (byte !== comma && byte !== closeList) return false;
  }
  out[scan.at++] = closeList;
  list.end = scan.at;
  return true;
}
