/**
 * Follows a chain from row to row and names the first link that does not hold. Pure but for reading what it is given: the same for a
 * database and for an exported file, with nothing held but the row before.
 */
import { hash } from 'node:crypto';
import type { ChainRow } from './chain-row.ts';
import { type EventDocument, eventSchema, noHash, subjectText } from './event.ts';
import type { TimestampFault } from './timestamp.ts';

export type Fault =
  /** Text and hash do not belong together: one of them was changed. */
  | { readonly fault: 'edited'; readonly seq: number }
  /** The text is no event of ours, although its hash is right. */
  | { readonly fault: 'malformed'; readonly seq: number }
  /** A column that is searched says something else than the text that was hashed. */
  | { readonly fault: 'wrong_column'; readonly seq: number; readonly column: string }
  /** From `seq` to `upTo` there is nothing. */
  | { readonly fault: 'missing'; readonly seq: number; readonly upTo: number }
  /** At the place of `seq` stands another event, which is in the chain but does not belong here. */
  | { readonly fault: 'reordered'; readonly seq: number; readonly found: number }
  /** A row that the chain does not continue. */
  | { readonly fault: 'inserted'; readonly seq: number }
  /** It names another predecessor than the one that stands before it: one of the two was replaced. */
  | { readonly fault: 'wrong_previous_hash'; readonly seq: number }
  /** A line of an export that is not one of its rows; `seq` is the one expected there. */
  | { readonly fault: 'unreadable'; readonly seq: number; readonly line: number }
  /** The chain ends at `seq` although it is known to have been longer, up to `known`. */
  | { readonly fault: 'cut_off'; readonly seq: number; readonly known: number | null }
  /** Where the anchor was made stands another event than the one that was signed. */
  | { readonly fault: 'not_as_anchored'; readonly seq: number; readonly day: string }
  | { readonly fault: 'bad_signature'; readonly seq: number; readonly day: string }
  | { readonly fault: 'unknown_key'; readonly seq: number; readonly day: string; readonly key: string }
  /** The anchor holds, its time stamp does not. */
  | {
      readonly fault: 'bad_timestamp';
      readonly seq: number;
      readonly day: string;
      readonly reason: TimestampFault;
    }
  /** It was made of another chain – or this one was written anew from its first event on. */
  | { readonly fault: 'foreign_anchor'; readonly seq: number; readonly day: string };

/** What is known of a chain beside itself: that this event had this hash, and the first one the hash `chain`. */
export interface KnownHash {
  readonly chain: string;
  readonly seq: number;
  readonly hash: string;
  readonly day: string;
}

export interface VerifyOptions {
  readonly from: number;
  /** The chain must reach this far; `null`: wherever it ends. */
  readonly to: number | null;
  /** Hash of the event before `from`; `null`: unknown, then the first row is taken at its word. */
  readonly before: string | null;
  /** From anchors that were checked. Those outside of the range are passed over. */
  readonly known?: readonly KnownHash[];
  /** A hash that the chain must contain, for instance a head that somebody wrote down. */
  readonly head?: string;
}

export interface VerifyReport {
  readonly count: number;
  readonly first: number | null;
  readonly last: number | null;
  readonly headHash: string | null;
  /** Anchors that lie in the range and were met. */
  readonly anchors: number;
  readonly fault: Fault | null;
}

/** A row, or the number of a line that is none. */
export type ChainInput = ChainRow | { readonly unreadableLine: number };

export async function verifyChain(
  pages: AsyncIterable<readonly ChainInput[]>,
  options: VerifyOptions,
): Promise<VerifyReport> {
  const known = new Map<number, KnownHash[]>();
  for (const each of options.known ?? []) known.set(each.seq, [...(known.get(each.seq) ?? []), each]);
  let previous: Link = { seq: options.from - 1, hash: options.before, prevHash: null };
  let count = 0;
  let anchors = 0;
  let headMet = options.head === undefined;
  const report = (fault: Fault | null): VerifyReport => ({
    count,
    first: count === 0 ? null : options.from,
    last: count === 0 ? null : previous.seq,
    headHash: count === 0 ? null : previous.hash,
    anchors,
    fault,
  });
  let skipped: { expected: number; found: number } | null = null;
  for await (const page of pages) {
    for (const row of page) {
      if (skipped !== null) {
        // Only to tell rows that are gone from rows that stand elsewhere.
        if ('seq' in row && row.seq === skipped.expected)
          return report({ fault: 'reordered', seq: skipped.expected, found: skipped.found });
        continue;
      }
      const checked = checkRow(row, previous);
      if ('fault' in checked) {
        if (checked.fault !== 'missing') return report(checked);
        skipped = { expected: checked.seq, found: checked.upTo + 1 };
        continue;
      }
      previous = checked;
      count += 1;
      if (checked.hash === options.head) headMet = true;
      if (checked.seq === 1) {
        const foreign = options.known?.find(({ chain }) => chain !== checked.hash);
        if (foreign !== undefined)
          return report({ fault: 'foreign_anchor', seq: foreign.seq, day: foreign.day });
      }
      for (const anchor of known.get(checked.seq) ?? []) {
        if (anchor.hash !== checked.hash)
          return report({ fault: 'not_as_anchored', seq: checked.seq, day: anchor.day });
        anchors += 1;
      }
    }
  }
  if (skipped !== null) return report({ fault: 'missing', seq: skipped.expected, upTo: skipped.found - 1 });
  return report(cutOff(previous.seq, headMet, options));
}

interface Link {
  readonly seq: number;
  readonly hash: string | null;
  readonly prevHash: string | null;
}

function checkRow(row: ChainInput, previous: Link): Link | Fault {
  const expected = previous.seq + 1;
  if ('unreadableLine' in row) return { fault: 'unreadable', seq: expected, line: row.unreadableLine };
  const { seq } = row;
  if (seq > expected) return { fault: 'missing', seq: expected, upTo: seq - 1 };
  if (hashOf(row.text) !== row.hash) return { fault: 'edited', seq };
  const document = documentOf(row.text);
  if (document === null) return { fault: 'malformed', seq };
  if (document.seq === previous.seq && document.prev_hash === previous.prevHash)
    // Both claim the place of the row before; the chain goes on from only one of them.
    return { fault: 'inserted', seq: previous.seq };
  if (seq < expected) return { fault: 'reordered', seq: expected, found: seq };
  if (document.seq !== seq) return { fault: 'reordered', seq, found: document.seq };
  const column = wrongColumn(row, document);
  if (column !== null) return { fault: 'wrong_column', seq, column };
  if (previous.hash !== null && document.prev_hash !== previous.hash)
    return { fault: 'wrong_previous_hash', seq };
  return { seq, hash: row.hash, prevHash: document.prev_hash };
}

function wrongColumn(row: ChainRow, document: EventDocument): string | null {
  const expected = {
    prev_hash: document.prev_hash,
    kind: document.kind,
    account: document.actor.account,
    subject: subjectText(document.subject.type, document.subject.key),
    recorded_at: document.recorded_at,
  };
  for (const name of ['prev_hash', 'kind', 'account', 'subject', 'recorded_at'] as const)
    if (row[name] !== expected[name]) return name;
  return null;
}

function cutOff(last: number, headMet: boolean, { from, to, known }: VerifyOptions): Fault | null {
  const lastKnown = Math.max(
    to ?? 0,
    // What lies behind the range is not looked at, so that nothing is known of it.
    ...(known ?? []).map(({ seq }) => (to === null || seq <= to ? seq : 0)),
    // Every chain has a first event.
    from === 1 ? 1 : 0,
  );
  if (last < lastKnown) return { fault: 'cut_off', seq: last, known: lastKnown };
  return headMet ? null : { fault: 'cut_off', seq: last, known: null };
}

export const hashOf = (text: string): string => hash('sha256', text, 'hex');

function documentOf(text: string): EventDocument | null {
  try {
    const parsed = eventSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** The hash that stands before the first event. */
export const beforeFirst = noHash;
