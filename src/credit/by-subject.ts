/** Entries gathered by their subject, for everything that is done to a whole ledger. */
import type { CreditEntry, CreditSubject } from './contract.ts';

export interface SubjectEntries {
  readonly subject: CreditSubject;
  readonly entries: readonly CreditEntry[];
}

/** In order of kind and key, whatever the order of the ledger. */
export function bySubject(
  entries: readonly CreditEntry[],
  isWanted: (subject: CreditSubject) => boolean,
): SubjectEntries[] {
  const lists = new Map<string, { subject: CreditSubject; entries: CreditEntry[] }>();
  for (const entry of entries) {
    if (!isWanted(entry.subject)) continue;
    const key = subjectText(entry.subject);
    const list = lists.get(key);
    if (list === undefined) lists.set(key, { subject: entry.subject, entries: [entry] });
    else list.entries.push(entry);
  }
  return [...lists.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, list]) => list);
}

/** `doctor:D0001`, as a person types it. */
export const subjectText = ({ kind, key }: CreditSubject): string => `${kind}:${key}`;
