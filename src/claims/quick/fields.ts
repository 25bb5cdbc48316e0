/** Fields of the claim at hand, as bytes and as texts. */
import { type List, type Members, root, spans } from './plan.ts';
import { backslash, out, scan } from './scan.ts';

/** Where `spans` notes a text, and how many bytes stand before it in its member: comma, name, colon and quote. */
export type Field = { readonly noted: number; readonly before: number };

/** A field of the claim, or of one of its objects. */
export function fieldAt(name: string, inner?: string): Field {
  if (inner === undefined) return fieldOf(root, root.place, name);
  const members = root.byName.get(name)?.members;
  return fieldOf(members, members?.place ?? 0, inner);
}

/** A list of records. It holds what the claim says only when it is stated. */
export function listAt(name: string): List {
  const list = root.byName.get(name)?.list;
  if (list === undefined || list === null) throw new Error(`the claim schema has no list ${name}`);
  return list;
}

/** The same field of each record of a list; `noted` is to be counted from the record's place. */
export const fieldOfRecords = ({ members }: List, name: string): Field => fieldOf(members, 0, name);

function fieldOf(members: Members | null | undefined, place: number, name: string): Field {
  const member = members?.byName.get(name);
  if (member === undefined) throw new Error(`the claim schema has no field ${name}`);
  return { noted: place + 2 * member.position, before: member.keyBytes + 2 };
}

/** The places of a list's records. */
export function* recordsOf({ first, rows, members }: List): Generator<number> {
  const step = 2 * members.all.length;
  for (let row = 0; row < rows; row += 1) yield first + row * step;
}

export const isStated = ({ noted }: Field, place = 0): boolean => spans[place + noted + 1] !== 0;

/** The first byte of a text in `out`, and the byte after its last. */
export const startOf = ({ noted, before }: Field, place = 0): number => (spans[place + noted] ?? 0) + before;
export const endOf = ({ noted }: Field, place = 0): number => (spans[place + noted + 1] ?? 0) - 1;

export function textOf(field: Field, place = 0): string {
  const text = out.toString('utf8', startOf(field, place), endOf(field, place));
  return scan.escapes && text.includes('\\') ? String(JSON.parse(`"${text}"`)) : text;
}

export function hasEscapes(field: Field): boolean {
  return scan.escapes && out.subarray(startOf(field), endOf(field)).includes(backslash);
}
