/** People and machines of tests, made as the product makes them but without waiting for a password. */
import type { Request, RequestHandler } from 'express';
import { systemActor } from '../../src/audit/actor.ts';
import { type Account, insertAccount } from '../../src/people/account-store.ts';
import type { Caller } from '../../src/people/caller.ts';
import { consoleHeader } from '../../src/people/cookie.ts';
import { createKey } from '../../src/people/key-service.ts';
import type { Role, Scope } from '../../src/people/permissions.ts';
import { insertSession } from '../../src/people/session-store.ts';
import type { PeopleDeps } from '../../src/people/sign-in-service.ts';
import { newToken, sha256 } from '../../src/people/tokens.ts';
import { type Database, transaction } from '../../src/platform/database.ts';

export const cityArea = '330700';
export const testSession = { idleMinutes: 30, hoursMax: 12 };

export const testPeople: Omit<PeopleDeps, 'database' | 'vault'> = {
  session: testSession,
  secondFactorRoles: [],
  demo: false,
};

/** For applications that are put together without `identify`: who makes a request is decided here. */
export const actAs =
  (callerOf: (request: Request) => Caller | null): RequestHandler =>
  (request, response, next) => {
    response.locals.caller = callerOf(request);
    next();
  };

/** Somebody of the city who may do what this role may. */
export const someone = (role: Role, area: string = cityArea): Caller => ({
  kind: 'account',
  accountId: 1,
  sessionId: 1,
  login: 'someone',
  displayName: 'Someone',
  role,
  area,
  fixmedinsCode: null,
  hasSecondFactor: false,
  pending: null,
});

export const machine = (scopes: readonly Scope[], fixmedinsCode: string | null = null): Caller => ({
  kind: 'key',
  keyId: 1,
  prefix: '0123456789',
  scopes,
  fixmedinsCode,
});

export interface Person {
  readonly login: string;
  readonly role: Role;
  readonly area?: string;
  readonly fixmedinsCode?: string;
  readonly passwordHash?: string;
}

export async function makeAccount(database: Pick<Database, 'pool'>, person: Person): Promise<Account> {
  const account = await transaction(database, (client) =>
    insertAccount(client, {
      login: person.login,
      display_name: person.login,
      role: person.role,
      area: person.area ?? cityArea,
      fixmedins_code: person.fixmedinsCode ?? null,
      demo: false,
      must_change_password: false,
      password_hash: person.passwordHash ?? null,
    }),
  );
  if (account === null) throw new Error(`there is a ${person.login} already`);
  return account;
}

/** Headers of a browser in which the person is signed in. */
export async function signedIn(
  database: Pick<Database, 'pool'>,
  person: Person,
): Promise<Record<string, string>> {
  const account = await makeAccount(database, person);
  const token = newToken();
  await transaction(database, (client) =>
    insertSession(
      client,
      { tokenHash: sha256(token), accountId: account.id, address: '127.0.0.1', agent: 'test' },
      testSession,
    ),
  );
  return { cookie: `fundwatch_session=${token}`, [consoleHeader]: 'test' };
}

/** Headers of a machine with a key of these scopes. */
export async function keyHeaders(
  database: Pick<Database, 'pool'>,
  scopes: readonly Scope[],
  fixmedinsCode: string | null = null,
): Promise<Record<string, string>> {
  const { token } = await createKey(
    { database },
    { name: 'test', scopes, fixmedinsCode, days: 1 },
    systemActor('test'),
  );
  return { authorization: `Bearer ${token}` };
}
