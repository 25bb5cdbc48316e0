/** What administrators do with accounts, and how the first of them comes to be. */
import type { PoolClient } from 'pg';
import { type Database, transaction } from '../platform/database.ts';
import {
  type Account,
  countActiveAdministrators,
  hasAccounts,
  insertAccount,
  lockAccount,
  lockAccounts,
  updateAccount,
  writeRecoveryCodes,
} from './account-store.ts';
import type { AccountChange, NewAccount } from './contract.ts';
import { demoAccounts, demoPassword } from './demo-accounts.ts';
import { type Actor, type RecordEvent, systemActor } from './events.ts';
import { generatedPassword, hashPassword } from './passwords.ts';
import { isCity, isOfCity } from './permissions.ts';
import { endSessions } from './session-store.ts';

interface Deps {
  readonly database: Pick<Database, 'pool'>;
  readonly record: RecordEvent;
}

export type AccountRefusal =
  | 'not_found'
  | 'login_taken'
  | 'last_administrator'
  | 'other_city'
  | 'administrator_of_city'
  | 'institution_code'
  | 'demo';

export type Created = { readonly account: Account; readonly password: string };

/** The password is generated, shown once, and has to be changed by whoever gets it. */
export async function createAccount(
  { database, record }: Deps,
  given: NewAccount,
  actor: Actor,
): Promise<Created | AccountRefusal> {
  const problem = placeProblem(given, actor.area);
  if (problem !== null) return problem;
  const password = generatedPassword();
  const password_hash = await hashPassword(password);
  return transaction(database, async (client) => {
    const account = await insertAccount(client, {
      ...given,
      demo: false,
      must_change_password: true,
      password_hash,
    });
    if (account === null) return 'login_taken';
    await record(client, actor, 'people.account_created', { login: account.login, ...placeOf(account) });
    return { account, password };
  });
}

const placeOf = ({ role, area, fixmedins_code }: Account): Record<string, unknown> => ({
  role,
  area,
  fixmedins_code,
});

type Place = Pick<Account, 'role' | 'area' | 'fixmedins_code'>;

function placeProblem({ role, area, fixmedins_code }: Place, ownArea: string): AccountRefusal | null {
  if (ownArea !== '' && !isOfCity(area, ownArea)) return 'other_city';
  if (role === 'administrator' && !isCity(area)) return 'administrator_of_city';
  if ((role === 'institution') !== (fixmedins_code !== null)) return 'institution_code';
  return null;
}

/** Another role, area or state ends all sessions: what is open in a browser was drawn for the former one. */
export async function changeAccount(
  { database, record }: Deps,
  login: string,
  change: AccountChange,
  actor: Actor,
): Promise<Account | AccountRefusal> {
  return transaction(database, async (client) => {
    // Two administrators who disable each other at once: one of them has to come second.
    await lockAccounts(client);
    const before = await lockAccount(client, login);
    if (before === null) return 'not_found';
    const after: Account = { ...before, ...change };
    if (before.demo) return 'demo';
    const problem = placeProblem(after, actor.area);
    if (problem !== null) return problem;
    const isLess = isAdministering(before) && !isAdministering(after);
    if (isLess && (await countActiveAdministrators(client)) === 1) return 'last_administrator';
    await updateAccount(client, before.id, change);
    if (
      after.role !== before.role ||
      after.area !== before.area ||
      after.state !== before.state ||
      after.fixmedins_code !== before.fixmedins_code
    )
      await endSessions(client, before.id);
    await record(client, actor, 'people.account_changed', {
      login,
      before: { ...placeOf(before), state: before.state },
      after: { ...placeOf(after), state: after.state },
    });
    return after;
  });
}

const isAdministering = ({ role, state, demo }: Account): boolean =>
  role === 'administrator' && state === 'active' && !demo;

/** @returns the new password, to be changed at the next sign-in */
export async function resetPassword(
  { database, record }: Deps,
  login: string,
  actor: Actor,
): Promise<string | { readonly refusal: AccountRefusal }> {
  const password = generatedPassword();
  const password_hash = await hashPassword(password);
  return transaction(database, async (client) => {
    const account = await lockAccount(client, login);
    if (account === null) return { refusal: 'not_found' };
    if (account.demo) return { refusal: 'demo' };
    await updateAccount(client, account.id, { password_hash, must_change_password: true });
    await endSessions(client, account.id);
    await record(client, actor, 'people.password_reset', { login });
    return password;
  });
}

/** For somebody who lost the telephone and the recovery codes. */
export async function resetSecondFactor(
  { database, record }: Deps,
  login: string,
  actor: Actor,
): Promise<AccountRefusal | null> {
  return transaction(database, async (client) => {
    const account = await lockAccount(client, login);
    if (account === null) return 'not_found';
    await updateAccount(client, account.id, { totp_secret: null, totp_enabled_at: null });
    await writeRecoveryCodes(client, account.id, []);
    await endSessions(client, account.id);
    await record(client, actor, 'people.second_factor_reset', { login });
    return null;
  });
}

export const firstAdministratorLogin = 'admin';

/** @returns the password of the administrator that was made; `null`: there are people already */
export async function createFirstAdministrator(
  { database, record }: Deps,
  area: string,
): Promise<string | null> {
  const password = generatedPassword();
  const password_hash = await hashPassword(password);
  return whenEmpty(database, false, async (client) => {
    await insertAccount(client, {
      login: firstAdministratorLogin,
      display_name: '系统管理员',
      role: 'administrator',
      area,
      fixmedins_code: null,
      demo: false,
      must_change_password: true,
      password_hash,
    });
    await record(client, systemActor, 'people.account_created', {
      login: firstAdministratorLogin,
      role: 'administrator',
      area,
      fixmedins_code: null,
    });
    return password;
  });
}

async function whenEmpty<T>(
  database: Pick<Database, 'pool'>,
  withDemo: boolean,
  work: (client: PoolClient) => Promise<T>,
): Promise<T | null> {
  return transaction(database, async (client) => {
    await lockAccounts(client);
    return (await hasAccounts(client, withDemo)) ? null : work(client);
  });
}

/** One account for every role, with a password that everybody knows: they sign in in demo mode only. @returns whether they were made */
export async function createDemoAccounts(
  { database, record }: Deps,
  place: { area: string; fixmedinsCode: string },
): Promise<boolean> {
  const password_hash = await hashPassword(demoPassword);
  const made = await whenEmpty(database, true, async (client) => {
    for (const { login, role, name } of demoAccounts) {
      const account: Place & { login: string } = {
        login,
        role,
        area: place.area,
        fixmedins_code: role === 'institution' ? place.fixmedinsCode : null,
      };
      await insertAccount(client, {
        ...account,
        display_name: name,
        demo: true,
        must_change_password: false,
        password_hash,
      });
      await record(client, systemActor, 'people.account_created', { ...account, demo: true });
    }
    return true;
  });
  return made === true;
}
