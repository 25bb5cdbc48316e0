/** How the versions of a publication stand: which one everybody sees, and what became of the others. Pure. */
import type { PublicDocument, PublicItem, VersionAction } from './contract.ts';

/** A version that was approved. */
export interface Approved {
  readonly action: VersionAction;
  readonly reason: string | null;
  readonly document: PublicDocument | null;
  readonly sha256: string | null;
  /** `yyyy-MM-dd` of the approval. */
  readonly published_on: string;
}

/** @param approved in the order of their approval, at least one */
export function publicItemOf(id: number, approved: readonly Approved[]): PublicItem {
  const last = approved.at(-1);
  if (last === undefined) throw new RangeError('nothing of it was published');
  const versions = approved.map((one, place) => ({
    version: place + 1,
    action: one.action,
    published_on: one.published_on,
    reason: one.reason,
    sha256: one.sha256,
    state: stateOf(one.action, approved[place + 1]?.action),
  }));
  return { id, document: last.document, versions: versions.toReversed() };
}

function stateOf(
  action: VersionAction,
  next: VersionAction | undefined,
): PublicItem['versions'][number]['state'] {
  if (next === undefined) return action === 'withdraw' ? 'withdrawn' : 'current';
  return next === 'withdraw' ? 'withdrawn' : 'corrected';
}

/** Whether an action can follow. @param last what was approved last; `undefined`: nothing */
export function follows(action: VersionAction, last: VersionAction | undefined): boolean {
  const isShown = last === 'publish' || last === 'correct';
  return action === 'publish' ? !isShown : isShown;
}

/** What an institution is called differs between its claims at most in spelling, and is no reason to correct anything. */
export function saysTheSame(one: PublicDocument | null, other: PublicDocument | null): boolean {
  return JSON.stringify(unnamed(one)) === JSON.stringify(unnamed(other));
}

function unnamed(document: PublicDocument | null): unknown {
  if (document === null || !('party' in document) || !('name' in document.party)) return document;
  return { ...document, party: { ...document.party, name: null } };
}

/** Of what is published and what its source says now, the step that is due; `null`: none. */
export function stepDue(approved: readonly Approved[], wanted: PublicDocument | null): VersionAction | null {
  const last = approved.at(-1);
  if (last === undefined) return wanted === null ? null : 'publish';
  if (last.action !== 'withdraw') {
    if (wanted === null) return 'withdraw';
    return saysTheSame(last.document, wanted) ? null : 'correct';
  }
  // What somebody withdrew comes back only when its source says something else.
  const before = approved.findLast(({ document }) => document !== null)?.document ?? null;
  return wanted === null || saysTheSame(before, wanted) ? null : 'publish';
}
