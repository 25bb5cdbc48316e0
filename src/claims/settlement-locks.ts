/** Who stores a settlement keeps others from storing it at the same time. */
import type { PoolClient } from 'pg';
import { prepared } from '../platform/prepared.ts';

/** The first keys of our advisory locks: 'fund' for all settlements together, 'setl' for those of one hash. */
const allSpace = 0x66756e64;
const settlementSpace = 0x7365746c;
/** Locks of one transaction: the database has room for some thousands in all. Who has more claims takes all settlements. */
const locksMax = 100;

/** Until the end of the transaction nobody else stores claims. */
export async function holdAllSettlements(client: PoolClient): Promise<void> {
  await client.query('SELECT pg_advisory_xact_lock($1, 0)', [allSpace]);
}

/** Until the end of the transaction nobody else stores these settlements. @param keys `claimKey` of each */
export async function holdSettlements(client: PoolClient, keys: readonly string[]): Promise<void> {
  if (keys.length > locksMax) {
    await holdAllSettlements(client);
    return;
  }
  const hashes = [...new Set(keys.map((key) => hashOf(key) | 0))].toSorted((a, b) => a - b);
  await client.query(
    prepared(
      `WITH shared AS MATERIALIZED (SELECT pg_advisory_xact_lock_shared($1, 0))
       SELECT pg_advisory_xact_lock($2, k.hash) FROM shared CROSS JOIN unnest($3::int[]) AS k(hash)`,
      [allSpace, settlementSpace, hashes],
    ),
  );
}

/** FNV-1a: any hash that is the same on every host will do. */
export function hashOf(code: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < code.length; at += 1) hash = Math.imul(hash ^ code.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}
