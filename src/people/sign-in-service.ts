/** Signing in and out, and who a session belongs to. */
import type { PoolClient } from 'pg';
import type { Actor } from '../audit/actor.ts';
import type { AuditEvent } from '../audit/catalogue.ts';
import { recordEvents } from '../audit/store.ts';
import { type Database, transaction } from '../platform/database.ts';
import {
  type Account,
  findAccount,
  lockAccount,
  lockAccountOfSubject,
  updateAccount,
} from './account-store.ts';
import type { AccountCaller, Pending } from './caller.ts';
import { accountLockout } from './lockout.ts';
import { isPassword } from './passwords.ts';
import type { Role } from './permissions.ts';
import { spendSecondFactor } from './second-factor-service.ts';
import {
  endSession,
  endSessionOfToken,
  endSessions,
  findSession,
  insertSession,
  type SessionLimits,
  sweepSessions,
  touchSession,
} from './session-store.ts';
import type { Vault } from '../vault/vault.ts';
import { attemptOf, beginAttempt, forgiveAttempt, takeBackAttempt } from './throttle-service.ts';
import { sweepFailures } from './throttle-store.ts';
import { newToken, sha256 } from './tokens.ts';

export interface PeopleDeps {
  readonly database: Pick<Database, 'pool'>;
  readonly vault: Vault;
  readonly session: SessionLimits;
  /** Roles that may do nothing before they have a second factor. */
  readonly secondFactorRoles: readonly Role[];
  /** Accounts with public passwords may sign in. */
  readonly demo: boolean;
}

export interface SignIn {
  /** In lower case. */
  readonly login: string;
  readonly password: string;
  readonly code?: string | undefined;
}

/** Where it comes from. */
export interface Origin {
  readonly address: string;
  readonly agent: string;
  readonly requestId: string;
  /** Of the session that this browser had: it ends, and its token is of no use any more. */
  readonly formerToken: string | null;
}

export type SignInResult =
  | { readonly ok: true; readonly token: string }
  | { readonly ok: false; readonly reason: 'locked'; readonly retryAfterS: number }
  | {
      readonly ok: false;
      readonly reason: 'bad_credentials' | 'second_factor_needed' | 'second_factor_wrong' | 'busy';
    };

export async function signIn(deps: PeopleDeps, given: SignIn, origin: Origin): Promise<SignInResult> {
  const { database } = deps;
  const attempt = attemptOf(given.login, origin.address);
  const retryAfterS = await beginAttempt(database, attempt);
  if (retryAfterS > 0) return { ok: false, reason: 'locked', retryAfterS };
  const account = await findAccount(database.pool, given.login);
  const isUsable = account !== null && maySignIn(account, deps);
  const fits = await isPassword(given.password, isUsable ? account.password_hash : null);
  if (fits === 'busy') {
    await takeBackAttempt(database, attempt);
    return { ok: false, reason: 'busy' };
  }
  if (!fits || account === null) {
    if (account !== null) await recordFailure(deps, account, origin, 'password');
    return { ok: false, reason: 'bad_credentials' };
  }
  if (account.totp_enabled_at !== null && given.code === undefined) {
    await takeBackAttempt(database, attempt);
    return { ok: false, reason: 'second_factor_needed' };
  }
  const keys = account.totp_enabled_at === null ? null : await deps.vault.keys();
  const token = await transaction(database, async (client) => {
    const locked = await lockAccount(client, given.login);
    if (locked === null || !maySignIn(locked, deps)) return null;
    const factor =
      locked.totp_enabled_at === null
        ? 'none'
        : await spendSecondFactor(
            client,
            keys ?? (await deps.vault.keys()),
            locked,
            given.code ?? '',
            Date.now(),
          );
    if (factor === null) return null;
    await forgiveAttempt(client, attempt);
    return openSession(deps, client, locked, origin, { way: 'password', second_factor: factor });
  });
  if (token !== null) return { ok: true, token };
  await recordFailure(deps, account, origin, 'second_factor');
  return { ok: false, reason: 'second_factor_wrong' };
}

/** Somebody whom the agency's provider vouches for. `null`: there is no account for them. */
export async function signInBySubject(
  deps: PeopleDeps,
  who: { subject: string; preferredUsername: string | null },
  origin: Origin,
): Promise<string | null> {
  return transaction(deps.database, async (client) => {
    const known = await lockAccountOfSubject(client, who.subject);
    const named =
      known !== null || who.preferredUsername === null
        ? null
        : await lockAccount(client, who.preferredUsername.toLowerCase());
    // A name is good for the first time only; an account that is bound to another subject stays with it.
    const account = known ?? (named?.oidc_subject === null ? named : null);
    if (account === null || !maySignIn(account, deps)) return null;
    if (account.oidc_subject === null) await updateAccount(client, account.id, { oidc_subject: who.subject });
    return openSession(deps, client, account, origin, { way: 'oidc', second_factor: 'of_provider' });
  });
}

const maySignIn = (account: Account, { demo }: PeopleDeps): boolean =>
  account.state === 'active' && (demo || !account.demo);

/** A new token every time: one that was planted in the browser before is worth nothing. */
async function openSession(
  deps: PeopleDeps,
  client: PoolClient,
  account: Account,
  origin: Origin,
  detail: Extract<AuditEvent, { kind: 'people.signed_in' }>['detail'],
): Promise<string> {
  await sweepSessions(client, deps.session);
  await sweepFailures(client, accountLockout.forgottenAfterMs);
  if (origin.formerToken !== null) await endSessionOfToken(client, sha256(origin.formerToken));
  const token = newToken();
  await insertSession(
    client,
    { tokenHash: sha256(token), accountId: account.id, address: origin.address, agent: origin.agent },
    deps.session,
  );
  await updateAccount(client, account.id, { signed_in_at: new Date() });
  await recordEvents(client, actorAt(account, origin), [
    { kind: 'people.signed_in', key: account.login, detail },
  ]);
  return token;
}

const actorAt = (account: Account, { address, requestId }: Origin): Actor => ({
  account: account.login,
  role: account.role,
  area: account.area,
  address,
  requestId,
});

async function recordFailure(
  deps: PeopleDeps,
  account: Account,
  origin: Origin,
  factor: 'password' | 'second_factor',
): Promise<void> {
  await transaction(deps.database, (client) =>
    recordEvents(client, actorAt(account, origin), [
      { kind: 'people.sign_in_failed', key: account.login, detail: { factor } },
    ]),
  );
}

/** A session that was used is written down once in so long. */
const touchEveryS = 60;

/** @param isIdle the browser asks by itself, and nobody sits before it: that keeps nobody signed in */
export async function callerOfToken(
  deps: PeopleDeps,
  token: string,
  isIdle: boolean,
): Promise<AccountCaller | null> {
  const found = await findSession(deps.database.pool, sha256(token), deps.session);
  if (found === null || (found.demo && !deps.demo)) return null;
  if (!isIdle && found.quiet_s > touchEveryS) await touchSession(deps.database.pool, found.session_id);
  return {
    kind: 'account',
    accountId: found.account_id,
    sessionId: found.session_id,
    login: found.login,
    displayName: found.display_name,
    role: found.role,
    area: found.area,
    fixmedinsCode: found.fixmedins_code,
    hasSecondFactor: found.has_second_factor,
    pending: pendingOf(found, deps.secondFactorRoles),
  };
}

function pendingOf(
  account: { must_change_password: boolean; has_second_factor: boolean; role: Role },
  secondFactorRoles: readonly Role[],
): Pending | null {
  if (account.must_change_password) return 'password';
  return secondFactorRoles.includes(account.role) && !account.has_second_factor ? 'second_factor' : null;
}

export async function signOut(deps: PeopleDeps, caller: AccountCaller, actor: Actor): Promise<void> {
  await transaction(deps.database, async (client) => {
    await endSession(client, caller.accountId, caller.sessionId);
    await recordEvents(client, actor, [{ kind: 'people.signed_out', key: caller.login, detail: {} }]);
  });
}

/** @returns how many sessions ended, this one among them */
export async function signOutEverywhere(
  deps: PeopleDeps,
  caller: AccountCaller,
  actor: Actor,
): Promise<number> {
  return transaction(deps.database, async (client) => {
    const sessions = await endSessions(client, caller.accountId);
    await recordEvents(client, actor, [
      { kind: 'people.signed_out_everywhere', key: caller.login, detail: { sessions } },
    ]);
    return sessions;
  });
}

/** @returns whether there was such a session of theirs */
export async function endOwnSession(
  deps: PeopleDeps,
  caller: AccountCaller,
  sessionId: number,
  actor: Actor,
): Promise<boolean> {
  return transaction(deps.database, async (client) => {
    const ended = await endSession(client, caller.accountId, sessionId);
    if (ended)
      await recordEvents(client, actor, [{ kind: 'people.session_ended', key: caller.login, detail: {} }]);
    return ended;
  });
}
