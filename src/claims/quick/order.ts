/** Members that came in another order than the schema's are put in its order where they were written. */
import { type List, type Member, type Members, spans } from './plan.ts';
import { out, scan } from './scan.ts';

/** Each member still begins with a comma; what has come first in the end gets its brace from the caller. */
export function putInOrder(members: Members, place: number, start: number): void {
  const written = Buffer.from(out.subarray(start, scan.at));
  let to = start;
  for (const member of members.all) {
    const noted = place + 2 * member.position;
    const begin = spans[noted] ?? 0;
    const end = spans[noted + 1] ?? 0;
    if (end === 0) continue;
    out.set(written.subarray(begin - start, end - start), to);
    moveInner(member, to - begin);
    spans[noted] = to;
    to += end - begin;
    spans[noted + 1] = to;
  }
}

function moveInner({ members, list }: Member, by: number): void {
  if (members !== null) moveSpans(members.place, members.place + 2 * members.all.length, by);
  if (list !== null) moveList(list, by);
}

function moveList(list: List, by: number): void {
  list.start += by;
  list.end += by;
  moveSpans(list.first, list.first + 2 * list.rows * list.members.all.length, by);
}

function moveSpans(first: number, end: number, by: number): void {
  for (let at = first; at < end; at += 2) {
    const until = spans[at + 1] ?? 0;
    if (until === 0) continue;
    spans[at] = (spans[at] ?? 0) + by;
    spans[at + 1] = until + by;
  }
}
