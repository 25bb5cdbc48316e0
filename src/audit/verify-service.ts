/** Verifies a live database, or an export without one, together with the anchors that are at hand. */
import type { Client, PoolClient } from 'pg';
import { type Anchor, checkAnchor } from './anchor.ts';
import { listAnchors } from './anchor-store.ts';
import { chainOfFile } from './lines.ts';
import { hashAt, readChain } from './store.ts';
import {
  beforeFirst,
  type ChainInput,
  type Fault,
  type KnownHash,
  verifyChain,
  type VerifyReport,
} from './verify.ts';

export interface VerifyRequest {
  readonly from: number;
  readonly to: number | null;
  /** From files; those of the database are looked at as well. */
  readonly anchors: readonly Anchor[];
  /** Fingerprints of the agency's keys; `null`: any. */
  readonly trusted: ReadonlySet<string> | null;
  readonly head?: string;
}

export interface Verification extends VerifyReport {
  /** Fingerprints of the keys by which anchors were signed. */
  readonly keys: readonly string[];
}

export async function verifyDatabase(
  client: Client | PoolClient,
  request: VerifyRequest,
): Promise<Verification> {
  const stored = await listAnchors(client);
  const before = request.from === 1 ? beforeFirst : await hashAt(client, request.from - 1);
  return verifyWith(readChain(client, request), [...stored, ...request.anchors], { ...request, before });
}

/** What came before an export that begins in the middle is unknown. */
export async function verifyFile(file: string, request: VerifyRequest): Promise<Verification> {
  const before = request.from === 1 ? beforeFirst : null;
  return verifyWith(chainOfFile(file, request), request.anchors, { ...request, before });
}

async function verifyWith(
  pages: AsyncIterable<readonly ChainInput[]>,
  anchors: readonly Anchor[],
  request: VerifyRequest & { readonly before: string | null },
): Promise<Verification> {
  const { from, to, before, trusted, head } = request;
  const { known, keys, faults } = sortAnchors(anchors, trusted);
  const report = await verifyChain(pages, {
    from,
    to,
    before,
    known,
    ...(head === undefined ? {} : { head }),
  });
  // A break in the chain says more than an anchor that cannot be trusted.
  return { ...report, fault: report.fault ?? faults[0] ?? null, keys: [...keys] };
}

function sortAnchors(
  anchors: readonly Anchor[],
  trusted: ReadonlySet<string> | null,
): { known: KnownHash[]; keys: Set<string>; faults: Fault[] } {
  const known: KnownHash[] = [];
  const keys = new Set<string>();
  const faults: Fault[] = [];
  for (const anchor of anchors) {
    const checked = checkAnchor(anchor, trusted);
    if (!checked.ok) {
      if (checked.reason === 'unreadable') faults.push({ fault: 'bad_signature', seq: 0, day: '' });
      else {
        const { seq, day, key } = checked.anchored;
        if (checked.reason === 'bad_signature') faults.push({ fault: 'bad_signature', seq, day });
        else faults.push({ fault: 'unknown_key', seq, day, key });
      }
      continue;
    }
    const { key, ...rest } = checked.anchored;
    keys.add(key);
    known.push(rest);
  }
  return { known, keys, faults };
}
