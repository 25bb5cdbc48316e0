/**
 * The chain of the ledger. Each entry is hashed as canonical JSON together with the hash of the one before it. An exported ledger is one
 * header line and one line an entry; every line is canonical JSON itself, so that a changed byte shows wherever it stands.
 */
import { hash } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from '../audit/canonical-json.ts';
import {
  type CreditEntry,
  entriesMax,
  hashPattern,
  type LinkedEntry,
  linkedEntrySchema,
  type NewEntry,
} from './contract.ts';

/** The predecessor of the first entry. */
export const noHash = '0'.repeat(64);
/** Bytes of one line: the longest entry there can be has less than a quarter of it. */
export const lineBytesMax = 16_384;

export interface Row {
  readonly entry: LinkedEntry;
  readonly hash: string;
}

export const hashOfEntry = (entry: LinkedEntry): string => hash('sha256', canonicalJson(entry), 'hex');

/** @param recordedAt UTC with milliseconds, as `Date.prototype.toISOString` writes it */
export function append(
  last: { readonly seq: number; readonly hash: string } | null,
  entry: NewEntry,
  recordedAt: string,
): Row {
  const linked = linkedEntrySchema.parse({
    ...entry,
    v: 1,
    seq: (last?.seq ?? 0) + 1,
    prev_hash: last?.hash ?? noHash,
    recorded_at: recordedAt,
  });
  return { entry: linked, hash: hashOfEntry(linked) };
}

/** An entry without its links: what scores are made of. */
export function unlinked({ v: _v, prev_hash: _prev, recorded_at: _at, ...entry }: LinkedEntry): CreditEntry {
  return entry;
}

const headerSchema = z.strictObject({
  entries: z.int().min(0).max(entriesMax),
  head: z.string().regex(hashPattern),
  ledger: z.literal('fundwatch-credit'),
  v: z.literal(1),
});
type Header = z.infer<typeof headerSchema>;
const rowSchema = z.strictObject({ entry: linkedEntrySchema, hash: z.string().regex(hashPattern) });

export const headerLine = (entries: number, head: string): string =>
  `${canonicalJson({ entries, head, ledger: 'fundwatch-credit', v: 1 })}\n`;
export const rowLine = ({ entry, hash: own }: Row): string => `${canonicalJson({ entry, hash: own })}\n`;

/** The whole file. */
export const exported = (rows: readonly Row[]): string =>
  [headerLine(rows.length, rows.at(-1)?.hash ?? noHash), ...rows.map(rowLine)].join('');

export type LedgerFault =
  /** The line is not canonical JSON of the form that belongs there. */
  | { readonly fault: 'unreadable'; readonly line: number; readonly seq: number | null }
  /** Text and hash do not belong together: one of them was changed. */
  | { readonly fault: 'edited'; readonly line: number; readonly seq: number }
  /** Another number than the one that comes next: lines are missing, doubled or out of order. */
  | { readonly fault: 'out_of_order'; readonly line: number; readonly seq: number; readonly expected: number }
  /** It names another predecessor than the one that stands before it. */
  | { readonly fault: 'wrong_previous_hash'; readonly line: number; readonly seq: number }
  /** It revokes or repairs what is not there, is another subject's, or cannot be revoked or repaired. */
  | { readonly fault: 'dangling'; readonly line: number; readonly seq: number; readonly target: number }
  /** The header says another number of entries or another head than the chain has. */
  | { readonly fault: 'wrong_header'; readonly line: 1; readonly field: 'entries' | 'head' }
  /** The chain is sound, but does not contain the hash that it is known to have had. */
  | { readonly fault: 'not_the_known_one'; readonly line: number; readonly seq: number };

export interface LedgerReport {
  readonly entries: readonly CreditEntry[];
  readonly head: string;
  readonly fault: LedgerFault | null;
}

/**
 * Follows a ledger from line to line to the first fault.
 * @param lines without their newlines; the last one must have had one
 * @param known a hash that somebody wrote down earlier, which the chain must contain
 */
export async function verifyLedger(
  lines: AsyncIterable<string> | Iterable<string>,
  known?: string,
): Promise<LedgerReport> {
  const entries: CreditEntry[] = [];
  let header: Header | null = null;
  let head = noHash;
  let knownMet = known === undefined || known === noHash;
  let line = 0;
  const report = (fault: LedgerFault | null): LedgerReport => ({ entries, head, fault });
  for await (const text of lines) {
    line += 1;
    if (header === null) {
      header = canonicalOf(text, headerSchema);
      if (header === null) return report({ fault: 'unreadable', line, seq: null });
      continue;
    }
    const expected = entries.length + 1;
    const row = canonicalOf(text, rowSchema);
    if (row === null) return report({ fault: 'unreadable', line, seq: expected });
    const { entry } = row;
    if (hashOfEntry(entry) !== row.hash) return report({ fault: 'edited', line, seq: expected });
    if (entry.seq !== expected) return report({ fault: 'out_of_order', line, seq: entry.seq, expected });
    if (entry.prev_hash !== head) return report({ fault: 'wrong_previous_hash', line, seq: entry.seq });
    const target = danglingTarget(entry, entries);
    if (target !== null) return report({ fault: 'dangling', line, seq: entry.seq, target });
    head = row.hash;
    if (head === known) knownMet = true;
    entries.push(unlinked(entry));
  }
  if (header === null) return report({ fault: 'unreadable', line: 1, seq: null });
  if (header.entries !== entries.length) return report({ fault: 'wrong_header', line: 1, field: 'entries' });
  if (header.head !== head) return report({ fault: 'wrong_header', line: 1, field: 'head' });
  return report(knownMet ? null : { fault: 'not_the_known_one', line, seq: entries.length });
}

/** What an entry points to must stand before it, be of the same subject, and be what can be revoked or repaired. */
export function danglingTarget(
  entry: NewEntry | CreditEntry | LinkedEntry,
  before: readonly CreditEntry[],
): number | null {
  if (entry.entry === 'fact') return null;
  const target = entry.entry === 'repair' ? entry.repairs : entry.revokes;
  const found = before[target - 1];
  const isAllowed =
    found !== undefined &&
    found.subject.kind === entry.subject.kind &&
    found.subject.key === entry.subject.key &&
    (entry.entry === 'repair' ? found.entry === 'fact' : found.entry !== 'revocation');
  return isAllowed ? null : target;
}

/** The value of a line, if the line is its canonical text and fits the schema. */
function canonicalOf<Schema extends z.ZodType>(text: string, schema: Schema): z.infer<Schema> | null {
  try {
    const json = z.json().parse(JSON.parse(text));
    if (canonicalJson(json) !== text) return null;
    const parsed = schema.safeParse(json);
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
