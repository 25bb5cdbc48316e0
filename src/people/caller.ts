/** Who makes a request, and what follows from it. */
import { type Actor, everywhere as everywhereOf } from '../audit/actor.ts';
import { AppError } from '../platform/http.ts';
import {
  type Access,
  type Permission,
  permissionsOf,
  permissionsOfScope,
  type Role,
  type Scope,
} from './permissions.ts';
import { everything, type Sight, sightOf } from './sight.ts';

/** What has to be done before anything else may be. */
export type Pending = 'password' | 'second_factor';

export interface AccountCaller {
  readonly kind: 'account';
  readonly accountId: number;
  readonly sessionId: number;
  readonly login: string;
  readonly displayName: string;
  readonly role: Role;
  readonly area: string;
  readonly fixmedinsCode: string | null;
  readonly hasSecondFactor: boolean;
  readonly pending: Pending | null;
}

export interface KeyCaller {
  readonly kind: 'key';
  readonly keyId: number;
  readonly prefix: string;
  readonly scopes: readonly Scope[];
  readonly fixmedinsCode: string | null;
}

export type Caller = AccountCaller | KeyCaller;

export type Verdict = 'allowed' | 'not_signed_in' | 'forbidden' | Pending;

/** Whether a caller (`null`: nobody known) may do what asks for `access`. */
export function mayDo(caller: Caller | null, access: Access): Verdict {
  if (access === 'public') return 'allowed';
  if (caller === null) return 'not_signed_in';
  if (access === 'signed-in') return caller.kind === 'account' ? 'allowed' : 'forbidden';
  if (!grantedTo(caller).includes(access)) return 'forbidden';
  return caller.kind === 'account' && caller.pending !== null ? caller.pending : 'allowed';
}

const grantedTo = (caller: Caller): readonly Permission[] =>
  caller.kind === 'account'
    ? permissionsOf(caller.role, caller.area)
    : caller.scopes.flatMap((scope): readonly Permission[] => permissionsOfScope[scope]);

export function sightOfCaller(caller: Caller | null): Sight {
  if (caller === null) throw new Error('a route that shows claims was reached without a caller');
  if (caller.kind === 'account') return sightOf(caller.area, caller.fixmedinsCode);
  return caller.fixmedinsCode === null ? everything : sightOf('', caller.fixmedinsCode);
}

export function actorOf(caller: Caller, request: { address: string; requestId: string }): Actor {
  const who =
    caller.kind === 'account'
      ? { account: caller.login, role: caller.role, area: caller.area }
      : {
          account: `key:${caller.prefix}`,
          role: caller.scopes.map((scope) => `system:${scope}`).join(' '),
          area: everywhereOf,
        };
  return { ...who, ...request };
}

/** What a refusal is answered with. A single object that is not seen is a 404 of its own route instead. */
export function refusalOf(verdict: Exclude<Verdict, 'allowed'>): AppError {
  switch (verdict) {
    case 'not_signed_in':
      return new AppError({
        status: 401,
        code: 'not_signed_in',
        message: { zh: '请先登录', en: 'Sign in first' },
      });
    case 'forbidden':
      return new AppError({
        status: 403,
        code: 'forbidden',
        message: { zh: '您的角色没有此项权限', en: 'Your role does not allow this' },
      });
    case 'password':
      return new AppError({
        status: 403,
        code: 'password_change_needed',
        message: { zh: '请先修改密码', en: 'Change your password first' },
      });
    case 'second_factor':
      return new AppError({
        status: 403,
        code: 'second_factor_needed',
        message: { zh: '您的角色要求先启用双因素认证', en: 'Your role requires a second factor first' },
      });
  }
}
