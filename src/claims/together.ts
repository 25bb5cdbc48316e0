/** What several fields of one claim say together. */
import type { Claim } from './contract.ts';

type TogetherCode = 'ends_before_begins' | 'refund_of_itself' | 'duplicate_line' | 'unknown_line';

/** @param report takes what is wrong, and the names and positions from the root of the claim to where it is */
export function checkTogether(
  claim: Claim,
  report: (code: TogetherCode, ...path: (string | number)[]) => void,
): void {
  const { begntime, endtime } = claim.visit;
  if (endtime !== undefined && isBefore(endtime, begntime)) report('ends_before_begins', 'visit', 'endtime');
  if (claim.refd_setl_id === claim.setl_id) report('refund_of_itself', 'refd_setl_id');
  const lines = new Set<string>();
  for (const [position, { feedetl_sn }] of claim.lines.entries()) {
    if (lines.has(feedetl_sn)) report('duplicate_line', 'lines', position, 'feedetl_sn');
    lines.add(feedetl_sn);
  }
  for (const [position, { feedetl_sn }] of (claim.traces ?? []).entries()) {
    if (!lines.has(feedetl_sn)) report('unknown_line', 'traces', position, 'feedetl_sn');
  }
}

/** Compares as precisely as both are stated. */
function isBefore(a: string, b: string): boolean {
  const length = Math.min(a.length, b.length);
  return a.slice(0, length) < b.slice(0, length);
}
