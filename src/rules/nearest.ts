/** What somebody who mistyped a name may have meant. */
import type { Message } from '../claims/contract.ts';

const charactersMax = 60;

/** The name that differs by the fewest letters, and by no more than a third of them; `null` when none is near. */
export function nearest(written: string, names: Iterable<string>): string | null {
  if (written.length > charactersMax) return null;
  let best: string | null = null;
  let fewest = Math.floor(written.length / 3) + 1;
  for (const name of names) {
    if (Math.abs(name.length - written.length) >= fewest) continue;
    const apart = editsBetween(written.toLowerCase(), name.toLowerCase());
    if (apart >= fewest) continue;
    fewest = apart;
    best = name;
  }
  return best;
}

/** Letters to put in, leave out, or change. */
function editsBetween(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const changed = (row[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}

/** `null`: nothing is near, and there is nothing to list. `listed` says what there is when nothing is near. */
export function hintOf(written: string, names: readonly string[], listed = false): Message | null {
  const near = nearest(written, names);
  if (near !== null) return { zh: `是否应为 ${near}？`, en: `did you mean ${near}?` };
  return listed && names.length > 0
    ? { zh: `可用的有 ${names.join('、')}`, en: `there is ${names.join(', ')}` }
    : null;
}

/** A fault with its hint, as one sentence. */
export const withHint = (fault: Message, hint: Message | null | undefined): Message =>
  hint === null || hint === undefined
    ? fault
    : { zh: `${fault.zh}。${hint.zh}`, en: `${fault.en}; ${hint.en}` };
