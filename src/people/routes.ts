/** HTTP of signing in, and of one's own account. */
import express, { type Request, type Response, type Router } from 'express';
import { z } from 'zod';
import { AppError, type Message, parseRequest, readJson } from '../platform/http.ts';
import { countText } from '../platform/fill-contract.ts';
import { countRecoveryCodes } from './account-store.ts';
import { allow } from './allow.ts';
import type { AccountCaller } from './caller.ts';
import {
  changePasswordSchema,
  confirmSecondFactorSchema,
  type Done,
  type Ended,
  type Enrolment,
  type Me,
  type RecoveryCodes,
  type SecondFactor,
  type Sessions,
  sessionsShownMax,
  type SignInOffers,
  signInSchema,
  withPasswordSchema,
} from './contract.ts';
import { clearSessionCookie, readSessionCookie, refuseForeign, setSessionCookie } from './cookie.ts';
import { demoAccounts, demoPassword } from './demo-accounts.ts';
import { addressOf, requestActor } from './identify.ts';
import { passwordCharsMax, passwordCharsMin } from './passwords.ts';
import { permissionsOf } from './permissions.ts';
import {
  beginSecondFactor,
  changePassword,
  confirmSecondFactor,
  type Refused,
  removeSecondFactor,
} from './profile-service.ts';
import { listSessions } from './session-store.ts';
import {
  callerOfToken,
  endOwnSession,
  type Origin,
  type PeopleDeps,
  signIn,
  type SignInResult,
  signOut,
  signOutEverywhere,
} from './sign-in-service.ts';
import { base32 } from './totp.ts';

/** Longer than anything that is sent here. */
const bodyBytesMax = 4_096;
const busyRetryS = 2;
const agentCharsMax = 200;

export function peopleRoutes(deps: PeopleDeps, options: { hasProvider: boolean }): Router {
  const router = express.Router();
  const body = readJson(bodyBytesMax);

  router.get('/sign-in', allow('public'), (_request, response) => {
    const offers: SignInOffers = {
      provider: options.hasProvider,
      demo: deps.demo
        ? { password: demoPassword, accounts: demoAccounts.map(({ login, role }) => ({ login, role })) }
        : null,
    };
    response.json(offers);
  });

  router.post('/sign-in', allow('public'), body, async (request, response) => {
    // Otherwise another site could sign somebody in as somebody else, and read later what they entered.
    refuseForeign(request);
    const result = await signIn(deps, parseRequest(signInSchema, request.body), originOf(request, response));
    if (!result.ok) throw signInRefusal(result);
    setSessionCookie(request, response, result.token);
    const caller = await callerOfToken(deps, result.token, false);
    if (caller === null) throw new Error('a session that was just opened is gone');
    response.set('cache-control', 'no-store').json(meOf(caller, deps));
  });

  router.post('/sign-out', allow('signed-in'), async (request, response) => {
    const caller = own(response);
    await signOut(deps, caller, requestActor(request, response));
    clearSessionCookie(request, response);
    response.json(done);
  });

  router.post('/sign-out-everywhere', allow('signed-in'), async (request, response) => {
    const caller = own(response);
    const sessions = await signOutEverywhere(deps, caller, requestActor(request, response));
    clearSessionCookie(request, response);
    const ended: Ended = { sessions };
    response.json(ended);
  });

  router.get('/me', allow('signed-in'), (_request, response) => {
    response.json(meOf(own(response), deps));
  });

  router.get('/me/sessions', allow('signed-in'), async (_request, response) => {
    const caller = own(response);
    const open = await listSessions(deps.database.pool, caller.accountId, deps.session, sessionsShownMax);
    const sessions: Sessions = {
      sessions: open.map(({ id, created_at, seen_at, expires_at, ...session }) => ({
        ...session,
        id: String(id),
        current: id === caller.sessionId,
        created_at: created_at.toISOString(),
        seen_at: seen_at.toISOString(),
        expires_at: expires_at.toISOString(),
      })),
    };
    response.json(sessions);
  });

  router.post('/me/sessions/:id/end', allow('signed-in'), async (request, response) => {
    const caller = own(response);
    const id = idOf(request.params['id']);
    const ended = id !== null && (await endOwnSession(deps, caller, id, requestActor(request, response)));
    if (!ended) throw notFound('session_not_found', '没有这个会话', 'There is no such session');
    response.json(done);
  });

  router.post('/me/password', allow('signed-in'), body, async (request, response) => {
    const caller = own(response);
    const given = parseRequest(changePasswordSchema, request.body);
    const result = await changePassword(deps, caller, requestActor(request, response), given);
    if (!result.ok) throw profileRefusal(result);
    response.json(done);
  });

  router.get('/me/second-factor', allow('signed-in'), async (_request, response) => {
    const caller = own(response);
    const state: SecondFactor = {
      enabled: caller.hasSecondFactor,
      required: deps.secondFactorRoles.includes(caller.role),
      recovery_codes_left: await countRecoveryCodes(deps.database.pool, caller.accountId),
    };
    response.json(state);
  });

  router.post('/me/second-factor/begin', allow('signed-in'), body, async (request, response) => {
    const caller = own(response);
    const { password } = parseRequest(withPasswordSchema, request.body);
    const result = await beginSecondFactor(deps, caller, requestActor(request, response), password);
    if (!result.ok) throw profileRefusal(result);
    const enrolment: Enrolment = { secret: base32(result.secret), uri: result.uri };
    response.json(enrolment);
  });

  router.post('/me/second-factor/confirm', allow('signed-in'), body, async (request, response) => {
    const caller = own(response);
    const { code } = parseRequest(confirmSecondFactorSchema, request.body);
    const result = await confirmSecondFactor(deps, caller, requestActor(request, response), code);
    if (!result.ok) throw profileRefusal(result);
    const codes: RecoveryCodes = { recovery_codes: [...result.recoveryCodes] };
    response.json(codes);
  });

  router.post('/me/second-factor/remove', allow('signed-in'), body, async (request, response) => {
    const caller = own(response);
    const { password } = parseRequest(withPasswordSchema, request.body);
    const result = await removeSecondFactor(deps, caller, requestActor(request, response), password);
    if (!result.ok) throw profileRefusal(result);
    response.json(done);
  });

  return router;
}

const done: Done = { done: true };

/** `allow('signed-in')` has let nobody else through. */
function own(response: Response): AccountCaller {
  const { caller } = response.locals;
  if (caller?.kind !== 'account') throw new Error('a route of signed-in people was reached by somebody else');
  return caller;
}

const meOf = (caller: AccountCaller, deps: PeopleDeps): Me => ({
  login: caller.login,
  display_name: caller.displayName,
  role: caller.role,
  area: caller.area,
  fixmedins_code: caller.fixmedinsCode,
  permissions: [...permissionsOf(caller.role, caller.area)],
  pending: caller.pending,
  has_second_factor: caller.hasSecondFactor,
  idle_minutes: deps.session.idleMinutes,
});

export const originOf = (request: Request, response: Response): Origin => ({
  address: addressOf(request),
  agent: (request.get('user-agent') ?? '').slice(0, agentCharsMax),
  requestId: response.locals.requestId,
  formerToken: readSessionCookie(request),
});

/** PostgreSQL's bigint, as far as JavaScript counts. */
const idText = z
  .string()
  .regex(/^[1-9]\d{0,14}$/)
  .transform(Number);

/** `null`: the name of nothing. */
export const idOf = (text: unknown): number | null => idText.safeParse(text).data ?? null;

export const notFound = (code: string, zh: string, en: string): AppError =>
  new AppError({ status: 404, code, message: { zh, en } });

const locked = (retryAfterS: number): AppError =>
  new AppError({
    status: 429,
    code: 'sign_in_locked',
    message: {
      zh: `失败次数过多，请在 ${retryAfterS} 秒后再试`,
      en: `Too many failed attempts; try again in ${countText(retryAfterS, 'second')}`,
    },
    retryAfterS,
  });

const busy = (): AppError =>
  new AppError({
    status: 503,
    code: 'overloaded',
    message: { zh: '系统繁忙，请稍后再试', en: 'The system is busy; ask again later' },
    retryAfterS: busyRetryS,
  });

function signInRefusal(result: SignInResult & { ok: false }): AppError {
  const unauthorized = (code: string, zh: string, en: string): AppError =>
    new AppError({ status: 401, code, message: { zh, en } });
  switch (result.reason) {
    case 'locked':
      return locked(result.retryAfterS);
    case 'busy':
      return busy();
    case 'bad_credentials':
      // The same for a name that does not exist, an account that is disabled, and a wrong password.
      return unauthorized('bad_credentials', '登录名或密码不正确', 'The login name or the password is wrong');
    case 'second_factor_needed':
      return unauthorized('second_factor_needed', '请输入动态验证码', 'Enter the code of your authenticator');
    case 'second_factor_wrong':
      return unauthorized(
        'second_factor_wrong',
        '验证码不正确或已使用过，请等待下一个验证码',
        'The code is wrong or was used before; wait for the next one',
      );
  }
}

const profileMessages = {
  wrong_password: { zh: '当前密码不正确', en: 'The current password is wrong' },
  wrong_code: { zh: '验证码不正确，请检查手机时间', en: 'The code is wrong; check the clock of your phone' },
  not_begun: { zh: '请重新开始启用双因素认证', en: 'Begin the enrolment again' },
  required: { zh: '双因素认证已启用，或您的角色必须使用', en: 'It is on already, or your role requires it' },
  demo: { zh: '演示账户不能更改', en: 'Accounts of the demo cannot be changed' },
  too_short: { zh: `密码至少 ${passwordCharsMin} 个字符`, en: `At least ${passwordCharsMin} characters` },
  too_long: { zh: `密码至多 ${passwordCharsMax} 个字符`, en: `At most ${passwordCharsMax} characters` },
  is_login: { zh: '密码不得包含登录名', en: 'The password must not contain the login name' },
  common: { zh: '这个密码太常见', en: 'This password is too common' },
  unchanged: { zh: '新密码与当前密码相同', en: 'The new password is the current one' },
} as const satisfies Record<Exclude<Refused['reason'], 'locked' | 'busy'>, Message>;

function profileRefusal(refused: Refused): AppError {
  if (refused.reason === 'locked') return locked(refused.retryAfterS);
  if (refused.reason === 'busy') return busy();
  return new AppError({ status: 422, code: refused.reason, message: profileMessages[refused.reason] });
}
