/** Verifies a live database, or an export without one, together with the anchors that are at hand. */
import type { X509Certificate } from 'node:crypto';
import type { Client, PoolClient } from 'pg';
import { type Anchor, checkAnchor } from './anchor.ts';
import { listAnchors } from './anchor-store.ts';
import { chainOfFile } from './lines.ts';
import { hashAt, readChain } from './store.ts';
import { checkTimestamp, type Timestamp } from './timestamp.ts';
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
  /** Of time stamping authorities, or of those who certify them; `null`: any. */
  readonly authorities: readonly X509Certificate[] | null;
  readonly head?: string;
}

export interface Verification extends VerifyReport {
  /** Fingerprints of the keys by which anchors were signed. */
  readonly keys: readonly string[];
  /** Those of anchors that hold, in the order of the anchors. */
  readonly timestamps: readonly Timestamp[];
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
  const { from, to, before, head } = request;
  const { known, keys, timestamps, faults } = await sortAnchors(anchors, request);
  const report = await verifyChain(pages, {
    from,
    to,
    before,
    known,
    ...(head === undefined ? {} : { head }),
  });
  // A break in the chain says more than an anchor that cannot be trusted.
  return { ...report, fault: report.fault ?? faults[0] ?? null, keys: [...keys], timestamps };
}

interface SortedAnchors {
  readonly known: KnownHash[];
  readonly keys: Set<string>;
  readonly timestamps: Timestamp[];
  readonly faults: Fault[];
}

async function sortAnchors(
  anchors: readonly Anchor[],
  { trusted, authorities }: Pick<VerifyRequest, 'trusted' | 'authorities'>,
): Promise<SortedAnchors> {
  const sorted: SortedAnchors = { known: [], keys: new Set(), timestamps: [], faults: [] };
  const { known, keys, timestamps, faults } = sorted;
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
    if (anchor.timestamp === undefined) continue;
    const stamped = await checkTimestamp(Buffer.from(anchor.timestamp, 'base64'), anchor.text, authorities);
    if (stamped.ok) timestamps.push(stamped.timestamp);
    else faults.push({ fault: 'bad_timestamp', seq: rest.seq, day: rest.day, reason: stamped.fault });
  }
  return sorted;
}
