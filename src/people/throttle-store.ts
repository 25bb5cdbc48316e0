/** The database of failed attempts to sign in. */
import type { PoolClient } from 'pg';
import type { Failures } from './lockout.ts';

export type ThrottleKind = 'account' | 'address';

export interface Subject {
  readonly kind: ThrottleKind;
  readonly hash: Buffer;
}

/** Locks what is known of the subject until the transaction ends, and says what time it is. */
export async function lockFailures(
  client: PoolClient,
  { kind, hash }: Subject,
): Promise<{ state: Failures | null; now: number }> {
  await client.query(
    `INSERT INTO sign_in_throttle (kind, subject, failures) VALUES ($1, $2, 0) ON CONFLICT DO NOTHING`,
    [kind, hash],
  );
  const { rows } = await client.query<{
    failures: number;
    failed_at: Date;
    locked_until: Date | null;
    now: Date;
  }>(
    `SELECT failures, failed_at, locked_until, clock_timestamp() AS now FROM sign_in_throttle
      WHERE kind = $1 AND subject = $2 FOR UPDATE`,
    [kind, hash],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('a row that was just inserted is gone');
  return {
    state: {
      failures: row.failures,
      failedAt: row.failed_at.getTime(),
      lockedUntil: row.locked_until?.getTime() ?? null,
    },
    now: row.now.getTime(),
  };
}

export async function writeFailures(
  client: PoolClient,
  { kind, hash }: Subject,
  { failures, failedAt, lockedUntil }: Failures,
): Promise<void> {
  await client.query(
    'UPDATE sign_in_throttle SET failures = $3, failed_at = $4, locked_until = $5 WHERE kind = $1 AND subject = $2',
    [kind, hash, failures, new Date(failedAt), lockedUntil === null ? null : new Date(lockedUntil)],
  );
}

/** The attempt was none: it was made by who may. */
export async function takeBackFailure(client: PoolClient, { kind, hash }: Subject): Promise<void> {
  await client.query(
    `UPDATE sign_in_throttle SET failures = greatest(0, failures - 1), locked_until = NULL WHERE kind = $1 AND subject = $2`,
    [kind, hash],
  );
}

export async function forgetFailures(client: PoolClient, { kind, hash }: Subject): Promise<void> {
  await client.query('DELETE FROM sign_in_throttle WHERE kind = $1 AND subject = $2', [kind, hash]);
}

export async function sweepFailures(client: PoolClient, olderThanMs: number): Promise<void> {
  await client.query(`DELETE FROM sign_in_throttle WHERE failed_at < now() - $1 * interval '1 millisecond'`, [
    olderThanMs,
  ]);
}
