/** The database of accounts. */
import type { Pool, PoolClient } from 'pg';
import { z } from 'zod';
import { roles } from './permissions.ts';

export const accountStates = ['active', 'disabled'] as const;

const accountRow = z.object({
  id: z.int(),
  login: z.string(),
  display_name: z.string(),
  role: z.enum(roles),
  area: z.string(),
  fixmedins_code: z.string().nullable(),
  state: z.enum(accountStates),
  demo: z.boolean(),
  password_hash: z.string().nullable(),
  must_change_password: z.boolean(),
  totp_secret: z.instanceof(Buffer).nullable(),
  totp_enabled_at: z.date().nullable(),
  totp_last_step: z.int(),
  oidc_subject: z.string().nullable(),
  created_at: z.date(),
  signed_in_at: z.date().nullable(),
});
export type Account = z.infer<typeof accountRow>;

export type Reader = Pick<Pool | PoolClient, 'query'>;

const columns = Object.keys(accountRow.shape).join(', ');

const one = (rows: readonly unknown[]): Account | null =>
  rows[0] === undefined ? null : accountRow.parse(rows[0]);

export async function findAccount(database: Reader, login: string): Promise<Account | null> {
  const { rows } = await database.query(`SELECT ${columns} FROM account WHERE login = $1`, [login]);
  return one(rows);
}

/** Held until the transaction ends. */
export async function lockAccount(client: PoolClient, login: string): Promise<Account | null> {
  const { rows } = await client.query(`SELECT ${columns} FROM account WHERE login = $1 FOR UPDATE`, [login]);
  return one(rows);
}

export async function lockAccountOfSubject(client: PoolClient, subject: string): Promise<Account | null> {
  const { rows } = await client.query(`SELECT ${columns} FROM account WHERE oidc_subject = $1 FOR UPDATE`, [
    subject,
  ]);
  return one(rows);
}

export async function listAccounts(database: Reader, accountsMax: number): Promise<Account[]> {
  const { rows } = await database.query(
    `SELECT ${columns} FROM account ORDER BY state, role, login LIMIT $1`,
    [accountsMax],
  );
  return rows.map((row) => accountRow.parse(row));
}

/** @param withDemo whether accounts of the demo count, who cannot sign in elsewhere */
export async function hasAccounts(database: Reader, withDemo: boolean): Promise<boolean> {
  const { rows } = await database.query<{ some: boolean }>(
    'SELECT EXISTS (SELECT FROM account WHERE $1 OR NOT demo) AS some',
    [withDemo],
  );
  return rows[0]?.some === true;
}

/** Held until the transaction ends: whoever counts accounts and then changes one must be alone. */
export async function lockAccounts(client: PoolClient): Promise<void> {
  await client.query('LOCK TABLE account IN SHARE ROW EXCLUSIVE MODE');
}

export async function countActiveAdministrators(client: PoolClient): Promise<number> {
  const { rows } = await client.query<{ n: number }>(
    `SELECT count(*) AS n FROM account WHERE role = 'administrator' AND state = 'active' AND NOT demo`,
  );
  return rows[0]?.n ?? 0;
}

export type NewAccount = Pick<
  Account,
  'login' | 'display_name' | 'role' | 'area' | 'fixmedins_code' | 'demo' | 'must_change_password'
> & { readonly password_hash: string | null };

/** @returns `null`: the login name is taken */
export async function insertAccount(client: PoolClient, account: NewAccount): Promise<Account | null> {
  const { rows } = await client.query(
    `INSERT INTO account (login, display_name, role, area, fixmedins_code, demo, must_change_password, password_hash)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (login) DO NOTHING RETURNING ${columns}`,
    [
      account.login,
      account.display_name,
      account.role,
      account.area,
      account.fixmedins_code,
      account.demo,
      account.must_change_password,
      account.password_hash,
    ],
  );
  return one(rows);
}

const changeable = [
  'display_name',
  'role',
  'area',
  'fixmedins_code',
  'state',
  'password_hash',
  'must_change_password',
  'totp_secret',
  'totp_enabled_at',
  'totp_last_step',
  'oidc_subject',
  'signed_in_at',
] as const;

export type AccountChange = Partial<Pick<Account, (typeof changeable)[number]>>;

export async function updateAccount(
  client: PoolClient,
  accountId: number,
  change: AccountChange,
): Promise<void> {
  const values: unknown[] = [accountId];
  const sets = changeable
    .filter((name) => change[name] !== undefined)
    .map((name) => `${name} = $${values.push(change[name])}`);
  if (sets.length > 0) await client.query(`UPDATE account SET ${sets.join(', ')} WHERE id = $1`, values);
}

/** Takes the place of all codes there were. */
export async function writeRecoveryCodes(
  client: PoolClient,
  accountId: number,
  hashes: readonly Buffer[],
): Promise<void> {
  await client.query('DELETE FROM recovery_code WHERE account_id = $1', [accountId]);
  await client.query('INSERT INTO recovery_code (account_id, code_hash) SELECT $1, unnest($2::bytea[])', [
    accountId,
    hashes,
  ]);
}

/** @returns whether there was such a code; now there is none */
export async function spendRecoveryCode(
  client: PoolClient,
  accountId: number,
  hash: Buffer,
): Promise<boolean> {
  const { rowCount } = await client.query(
    'DELETE FROM recovery_code WHERE account_id = $1 AND code_hash = $2',
    [accountId, hash],
  );
  return rowCount === 1;
}

export async function countRecoveryCodes(database: Reader, accountId: number): Promise<number> {
  const { rows } = await database.query<{ n: number }>(
    'SELECT count(*) AS n FROM recovery_code WHERE account_id = $1',
    [accountId],
  );
  return rows[0]?.n ?? 0;
}

/** Of all who have one, or have begun to. */
export async function lockSecrets(client: PoolClient): Promise<{ id: number; totp_secret: Buffer }[]> {
  const { rows } = await client.query<{ id: number; totp_secret: Buffer }>(
    'SELECT id, totp_secret FROM account WHERE totp_secret IS NOT NULL ORDER BY id FOR UPDATE',
  );
  return rows;
}
