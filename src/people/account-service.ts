/** What administrators do with accounts, and how the first of them comes to be. */
import type { PoolClient } from 'pg';
import { type Actor, everywhere, systemActor } from '../audit/actor.ts';
import type { AuditEvent } from '../audit/catalogue.ts';
import { recordEvents } from '../audit/store.ts';
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
import { generatedPassword, hashPassword } from './passwords.ts';
import { isCity, isOfCity } from './permissions.ts';
import { endSessions } from './session-store.ts';

interface Deps {
  readonly database: Pick<Database, 'pool'>;
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
  { database }: Deps,
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
    await recordEvents(client, actor, [created(account)]);
    return { account, password };
  });
}

type Place = Pick<Account, 'role' | 'area' | 'fixmedins_code'>;

const placeOf = ({ role, area, fixmedins_code }: Place): Place => ({ role, area, fixmedins_code });

const created = (account: Place & { readonly login: string; readonly demo: boolean }): AuditEvent => ({
  kind: 'people.account_created',
  key: account.login,
  detail: { ...placeOf(account), demo: account.demo },
});

function placeProblem({ role, area, fixmedins_code }: Place, ownArea: string): AccountRefusal | null {
  if (ownArea !== everywhere && !isOfCity(area, ownArea)) return 'other_city';
  if (role === 'administrator' && !isCity(area)) return 'administrator_of_city';
  if ((role === 'institution') !== (fixmedins_code !== null)) return 'institution_code';
  return null;
}

/** Another role, area or state ends all sessions: what is open in a browser was drawn for the former one. */
export async function changeAccount(
  { database }: Deps,
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
    await recordEvents(client, actor, [
      {
        kind: 'people.account_changed',
        key: login,
        before: { ...placeOf(before), state: before.state },
        after: { ...placeOf(after), state: after.state },
        detail: {},
      },
    ]);
    return after;
  });
}

const isAdministering = ({ role, state, demo }: Account): boolean =>
  role === 'administrator' && state === 'active' && !demo;

/** @returns the new password, to be changed at the next sign-in */
export async function resetPassword(
  { database }: Deps,
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
    await recordEvents(client, actor, [{ kind: 'people.password_reset', key: login, detail: {} }]);
    return password;
  });
}

/** For somebody who lost the telephone and the recovery codes. */
export async function resetSecondFactor(
  { database }: Deps,
  login: string,
  actor: Actor,
): Promise<AccountRefusal | null> {
  return transaction(database, async (client) => {
    const account = await lockAccount(client, login);
    if (account === null) return 'not_found';
    await updateAccount(client, account.id, { totp_secret: null, totp_enabled_at: null });
    await writeRecoveryCodes(client, account.id, []);
    await endSessions(client, account.id);
    await recordEvents(client, actor, [{ kind: 'people.second_factor_reset', key: login, detail: {} }]);
    return null;
  });
}

export const firstAdministratorLogin = 'admin';
const firstStartActor = systemActor('first-start');

/** @returns the password of the administrator that was made; `null`: there are people already */
export async function createFirstAdministrator({ database }: Deps, area: string): Promise<string | null> {
  const password = generatedPassword();
  const password_hash = await hashPassword(password);
  return whenEmpty(database, false, async (client) => {
    const account = {
      login: firstAdministratorLogin,
      role: 'administrator',
      area,
      fixmedins_code: null,
      demo: false,
    } as const;
    await insertAccount(client, {
      ...account,
      display_name: '系统管理员',
      must_change_password: true,
      password_hash,
    });
    await recordEvents(client, firstStartActor, [created(account)]);
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
  { database }: Deps,
  place: { area: string; fixmedinsCode: string },
): Promise<boolean> {
  const password_hash = await hashPassword(demoPassword);
  const made = await whenEmpty(database, true, async (client) => {
    const events: AuditEvent[] = [];
    for (const { login, role, name } of demoAccounts) {
      const account = {
        login,
        role,
        area: place.area,
        fixmedins_code: role === 'institution' ? place.fixmedinsCode : null,
        demo: true,
      };
      await insertAccount(client, {
        ...account,
        display_name: name,
        must_change_password: false,
        password_hash,
      });
      events.push(created(account));
    }
    await recordEvents(client, firstStartActor, events);
    return true;
  });
  return made === true;
}
