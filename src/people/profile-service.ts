/** What people do with their own account: another password, a second factor. */
import type { PoolClient } from 'pg';
import type { Actor } from '../audit/actor.ts';
import { recordEvents } from '../audit/store.ts';
import { msPerSecond } from '../platform/civil.ts';
import { transaction } from '../platform/database.ts';
import { holdSealKey } from '../vault/key-store.ts';
import {
  type Account,
  findAccount,
  lockAccount,
  updateAccount,
  writeRecoveryCodes,
} from './account-store.ts';
import type { AccountCaller } from './caller.ts';
import { hashPassword, isPassword, type PasswordProblem, passwordProblem } from './passwords.ts';
import { totpPlace } from './second-factor-service.ts';
import { endSessions } from './session-store.ts';
import type { PeopleDeps } from './sign-in-service.ts';
import { attemptOf, beginAttempt, forgiveAttempt, takeBackAttempt } from './throttle-service.ts';
import { sha256 } from './tokens.ts';
import { enrolmentUri, newRecoveryCodes, newSecret, stepOfCode } from './totp.ts';

export type Refused =
  | {
      readonly ok: false;
      readonly reason: 'wrong_password' | 'wrong_code' | 'busy' | 'not_begun' | 'required' | 'demo';
    }
  | { readonly ok: false; readonly reason: 'locked'; readonly retryAfterS: number }
  | { readonly ok: false; readonly reason: PasswordProblem | 'unchanged' };

/**
 * Runs `work` when the password is right. Whoever found an open session must not be able to guess at it here, so it counts as an attempt
 * to sign in.
 */
async function withPassword<T>(
  deps: PeopleDeps,
  caller: AccountCaller,
  actor: Actor,
  password: string,
  work: (client: PoolClient, account: Account) => Promise<T | Refused>,
): Promise<T | Refused> {
  const attempt = attemptOf(caller.login, actor.address ?? '');
  const retryAfterS = await beginAttempt(deps.database, attempt);
  if (retryAfterS > 0) return { ok: false, reason: 'locked', retryAfterS };
  const account = await findAccount(deps.database.pool, caller.login);
  const fits = await isPassword(password, account?.password_hash ?? null);
  if (fits === 'busy') {
    await takeBackAttempt(deps.database, attempt);
    return { ok: false, reason: 'busy' };
  }
  if (!fits) return { ok: false, reason: 'wrong_password' };
  return transaction(deps.database, async (client) => {
    await forgiveAttempt(client, attempt);
    return work(client, await held(client, caller));
  });
}

async function held(client: PoolClient, caller: AccountCaller): Promise<Account> {
  const account = await lockAccount(client, caller.login);
  if (account === null) throw new Error('the account of a session is gone');
  return account;
}

/** Ends every other session: whoever had the old password may be in one. */
export async function changePassword(
  deps: PeopleDeps,
  caller: AccountCaller,
  actor: Actor,
  { current, next }: { current: string; next: string },
): Promise<{ ok: true } | Refused> {
  const problem = passwordProblem(next, caller.login);
  if (problem !== null) return { ok: false, reason: problem };
  if (next === current) return { ok: false, reason: 'unchanged' };
  const password_hash = await hashPassword(next);
  return withPassword<{ ok: true }>(deps, caller, actor, current, async (client, account) => {
    // Its password is on the sign-in page: whoever changed it would lock all others out.
    if (account.demo) return { ok: false, reason: 'demo' };
    await updateAccount(client, account.id, { password_hash, must_change_password: false });
    await endSessions(client, account.id, caller.sessionId);
    await recordEvents(client, actor, [{ kind: 'people.password_changed', key: caller.login, detail: {} }]);
    return { ok: true };
  });
}

export interface Enrolment {
  readonly ok: true;
  readonly secret: Buffer;
  readonly uri: string;
}

/** A new secret, which counts once a code of it was shown. One that counts already goes on counting until then. */
export async function beginSecondFactor(
  deps: PeopleDeps,
  caller: AccountCaller,
  actor: Actor,
  password: string,
): Promise<Enrolment | Refused> {
  const keys = await deps.vault.keys();
  return withPassword<Enrolment>(deps, caller, actor, password, async (client, account) => {
    if (account.totp_enabled_at !== null) return { ok: false, reason: 'required' };
    if (account.demo) return { ok: false, reason: 'demo' };
    const secret = newSecret();
    await holdSealKey(client, keys);
    const totp_secret = keys.seal(totpPlace(account.id), secret);
    await updateAccount(client, account.id, { totp_secret, totp_last_step: 0 });
    return { ok: true, secret, uri: enrolmentUri(secret, account.login) };
  });
}

export async function confirmSecondFactor(
  deps: PeopleDeps,
  caller: AccountCaller,
  actor: Actor,
  code: string,
): Promise<{ ok: true; recoveryCodes: readonly string[] } | Refused> {
  const keys = await deps.vault.keys();
  return transaction(deps.database, async (client) => {
    const account = await held(client, caller);
    if (account.totp_secret === null || account.totp_enabled_at !== null)
      return { ok: false, reason: 'not_begun' };
    const secret = keys.open(totpPlace(account.id), account.totp_secret);
    const step = stepOfCode(secret, code.replaceAll(/\s/g, ''), Date.now() / msPerSecond, 0);
    if (step === null) return { ok: false, reason: 'wrong_code' };
    await updateAccount(client, account.id, { totp_enabled_at: new Date(), totp_last_step: step });
    const recoveryCodes = newRecoveryCodes();
    await writeRecoveryCodes(client, account.id, recoveryCodes.map(sha256));
    await endSessions(client, account.id, caller.sessionId);
    await recordEvents(client, actor, [
      { kind: 'people.second_factor_enrolled', key: caller.login, detail: {} },
    ]);
    return { ok: true, recoveryCodes };
  });
}

export async function removeSecondFactor(
  deps: PeopleDeps,
  caller: AccountCaller,
  actor: Actor,
  password: string,
): Promise<{ ok: true } | Refused> {
  if (deps.secondFactorRoles.includes(caller.role)) return { ok: false, reason: 'required' };
  return withPassword<{ ok: true }>(deps, caller, actor, password, async (client, account) => {
    await updateAccount(client, account.id, { totp_secret: null, totp_enabled_at: null });
    await writeRecoveryCodes(client, account.id, []);
    await recordEvents(client, actor, [
      { kind: 'people.second_factor_removed', key: caller.login, detail: {} },
    ]);
    return { ok: true };
  });
}
