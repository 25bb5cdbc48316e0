/** The database of sessions. All times are the database's: hosts need not agree. */
import type { PoolClient } from 'pg';
import { z } from 'zod';
import type { Reader } from './account-store.ts';
import { roles } from './permissions.ts';

export interface SessionLimits {
  readonly idleMinutes: number;
  readonly hoursMax: number;
}

const sessionRow = z.object({
  session_id: z.int(),
  account_id: z.int(),
  login: z.string(),
  display_name: z.string(),
  role: z.enum(roles),
  area: z.string(),
  fixmedins_code: z.string().nullable(),
  demo: z.boolean(),
  must_change_password: z.boolean(),
  has_second_factor: z.boolean(),
  quiet_s: z.number(),
});
export type SessionRow = z.infer<typeof sessionRow>;

/** Of an active account, and neither silent for too long nor too old; `null`: nobody is signed in by this. */
export async function findSession(
  database: Reader,
  tokenHash: Buffer,
  { idleMinutes }: SessionLimits,
): Promise<SessionRow | null> {
  const { rows } = await database.query(
    `SELECT s.id AS session_id, a.id AS account_id, a.login, a.display_name, a.role, a.area, a.fixmedins_code, a.demo,
            a.must_change_password, a.totp_enabled_at IS NOT NULL AS has_second_factor,
            extract(epoch FROM now() - s.seen_at)::float8 AS quiet_s
       FROM session s JOIN account a ON a.id = s.account_id
      WHERE s.token_hash = $1 AND s.expires_at > now() AND s.seen_at > now() - make_interval(mins => $2) AND a.state = 'active'`,
    [tokenHash, idleMinutes],
  );
  return rows[0] === undefined ? null : sessionRow.parse(rows[0]);
}

export async function touchSession(database: Reader, sessionId: number): Promise<void> {
  await database.query('UPDATE session SET seen_at = now() WHERE id = $1', [sessionId]);
}

export async function insertSession(
  client: PoolClient,
  session: { tokenHash: Buffer; accountId: number; address: string; agent: string },
  { hoursMax }: SessionLimits,
): Promise<void> {
  await client.query(
    `INSERT INTO session (token_hash, account_id, address, agent, expires_at)
     VALUES ($1, $2, $3, $4, now() + make_interval(hours => $5))`,
    [session.tokenHash, session.accountId, session.address, session.agent, hoursMax],
  );
}

/** @returns how many of them there were. `except`: the one that goes on */
export async function endSessions(
  client: PoolClient,
  accountId: number,
  except: number | null = null,
): Promise<number> {
  const { rowCount } = await client.query(
    'DELETE FROM session WHERE account_id = $1 AND ($2::int8 IS NULL OR id <> $2)',
    [accountId, except],
  );
  return rowCount ?? 0;
}

export async function endSession(client: PoolClient, accountId: number, sessionId: number): Promise<boolean> {
  const { rowCount } = await client.query('DELETE FROM session WHERE account_id = $1 AND id = $2', [
    accountId,
    sessionId,
  ]);
  return rowCount === 1;
}

export async function endSessionOfToken(client: PoolClient, tokenHash: Buffer): Promise<void> {
  await client.query('DELETE FROM session WHERE token_hash = $1', [tokenHash]);
}

/** What nobody can use any more. */
export async function sweepSessions(client: PoolClient, { idleMinutes }: SessionLimits): Promise<void> {
  await client.query(
    'DELETE FROM session WHERE expires_at < now() OR seen_at < now() - make_interval(mins => $1)',
    [idleMinutes],
  );
}

export interface OpenSession {
  readonly id: number;
  readonly address: string;
  readonly agent: string;
  readonly created_at: Date;
  readonly seen_at: Date;
  readonly expires_at: Date;
}

export async function listSessions(
  database: Reader,
  accountId: number,
  { idleMinutes }: SessionLimits,
  sessionsMax: number,
): Promise<OpenSession[]> {
  const { rows } = await database.query<OpenSession>(
    `SELECT id, address, agent, created_at, seen_at, expires_at FROM session
      WHERE account_id = $1 AND expires_at > now() AND seen_at > now() - make_interval(mins => $2)
      ORDER BY seen_at DESC, id LIMIT $3`,
    [accountId, idleMinutes, sessionsMax],
  );
  return rows;
}
