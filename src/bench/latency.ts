/** How long a claim takes at a fixed arrival rate, from the moment it was due to be sent – so that a server that stalls is not spared. */
import { z } from 'zod';
import type { Database } from '../platform/database.ts';
import { type Quantiles, quantilesOf } from './quantiles.ts';
import type { SendResult } from './send.ts';

export interface Latency {
  /** Sent, until the sender knows that its claim is stored durably. */
  readonly answered_ms: Quantiles;
  /** Sent, until its findings are committed. */
  readonly finding_ms: Quantiles;
  /** Received by the database, until its findings are committed. */
  readonly received_to_finding_ms: Quantiles;
}

const batchRows = z.array(z.object({ id: z.int(), received: z.number(), committed: z.number() }));

/** Reads from PostgreSQL's own record when the transaction that screened each batch was committed. */
export async function latencyOf(database: Database, deliveries: SendResult['deliveries']): Promise<Latency> {
  const due = new Map(deliveries.flatMap((one) => one.batches.map((batch) => [batch, one.due] as const)));
  const { rows } = await database.pool.query(
    `SELECT id, extract(epoch FROM received_at)::float8 * 1000 AS received,
            extract(epoch FROM pg_xact_commit_timestamp(xmin))::float8 * 1000 AS committed
       FROM intake_batch WHERE id = ANY($1) AND state = 'screened'`,
    [[...due.keys()]],
  );
  const batches = batchRows.parse(rows);
  return {
    answered_ms: quantilesOf(deliveries.map((one) => one.answered - one.due)),
    finding_ms: quantilesOf(batches.map(({ id, committed }) => committed - (due.get(id) ?? committed))),
    received_to_finding_ms: quantilesOf(batches.map(({ received, committed }) => committed - received)),
  };
}
