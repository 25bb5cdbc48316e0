import type { PoolClient } from 'pg';
import { prepared } from '../platform/prepared.ts';

/**
 * Settings for connections that look around claims. Every set asked for is small and every table large and indexed. The planner cannot
 * know that of sets it has not seen: it would read whole tables to join them, start parallel workers, compile machine code, and plan
 * anew for each set although the plan is always the same.
 */
export const plansForFewRows = {
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
  enable_seqscan: 'off',
  max_parallel_workers_per_gather: '0',
  jit: 'off',
  plan_cache_mode: 'force_generic_plan',
} as const;

const setPlansForFewRows = `SELECT ${Object.entries(plansForFewRows)
  .map(([name, value]) => `set_config('${name}', '${value}', true)`)
  .join(', ')}`;

/** The same until the end of the transaction. */
export async function planForFewRows(client: PoolClient): Promise<void> {
  await client.query(prepared(setPlansForFewRows, []));
}
