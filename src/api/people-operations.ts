/** The operations of signing in, accounts and API keys: part of `operations.ts`. */
import type { z } from 'zod';
import {
  accountChangeSchema,
  accountRowSchema,
  accountsSchema,
  accountWithPasswordSchema,
  changePasswordSchema,
  confirmSecondFactorSchema,
  createdKeySchema,
  doneSchema,
  endedSchema,
  enrolmentSchema,
  keyRowSchema,
  keysSchema,
  meSchema,
  newAccountSchema,
  newKeySchema,
  recoveryCodesSchema,
  secondFactorSchema,
  sessionsSchema,
  signInOffersSchema,
  signInSchema,
  withPasswordSchema,
} from '../people/contract.ts';
import type { Message } from '../platform/http.ts';
import type { Operation } from './operation.ts';

const api = '/api/v1';

interface Brief {
  readonly id: string;
  readonly path: string;
  readonly zh: string;
  readonly en: string;
  readonly body?: z.ZodType;
  readonly response: z.ZodType;
  readonly errors?: readonly (readonly [status: number, when: Message])[];
}

const operation =
  (method: Operation['method']) =>
  ({ id, path, zh, en, body, response, errors = [] }: Brief): Operation => ({
    id,
    tag: 'people',
    method,
    path: `${api}${path}`,
    summary: { zh, en },
    ...(body === undefined ? {} : { body: { 'application/json': body } }),
    response: { 'application/json': response },
    errors: errors.map(([status, when]) => ({ status, when })),
  });
const get = operation('get');
const post = operation('post');

const refused = [422, { zh: '不符合要求，原因见 code', en: 'refused; code says why' }] as const;
const conflict = [409, { zh: '与现有数据冲突', en: 'conflicts with what there is' }] as const;
const missing = [404, { zh: '不存在', en: 'there is no such thing' }] as const;
const locked = [429, { zh: '失败过多，请稍后再试', en: 'too many failures; try again later' }] as const;
const unproven = [
  401,
  { zh: '登录名、密码或验证码不正确', en: 'name, password or code are wrong, or a code is needed' },
] as const;

export const peopleOperations: readonly Operation[] = [
  get({
    id: 'signInOffers',
    path: '/sign-in',
    zh: '登录页所需信息',
    en: 'What the sign-in page offers',
    response: signInOffersSchema,
  }),
  post({
    id: 'signIn',
    path: '/sign-in',
    zh: '登录',
    en: 'Sign in; the session is in a cookie',
    body: signInSchema,
    response: meSchema,
    errors: [unproven, locked],
  }),
  post({ id: 'signOut', path: '/sign-out', zh: '退出', en: 'Sign out', response: doneSchema }),
  post({
    id: 'signOutEverywhere',
    path: '/sign-out-everywhere',
    zh: '在所有设备上退出',
    en: 'End all sessions of the account',
    response: endedSchema,
  }),
  get({ id: 'me', path: '/me', zh: '当前账户', en: 'Who is signed in', response: meSchema }),
  get({
    id: 'mySessions',
    path: '/me/sessions',
    zh: '我的会话',
    en: 'Sessions of the account',
    response: sessionsSchema,
  }),
  post({
    id: 'endSession',
    path: '/me/sessions/:id/end',
    zh: '结束一个会话',
    en: 'End one of them',
    response: doneSchema,
    errors: [missing],
  }),
  post({
    id: 'changePassword',
    path: '/me/password',
    zh: '修改密码',
    en: 'Change the password',
    body: changePasswordSchema,
    response: doneSchema,
    errors: [refused, locked],
  }),
  get({
    id: 'secondFactor',
    path: '/me/second-factor',
    zh: '双因素认证状态',
    en: 'State of the second factor',
    response: secondFactorSchema,
  }),
  post({
    id: 'beginSecondFactor',
    path: '/me/second-factor/begin',
    zh: '开始启用双因素认证',
    en: 'Begin the enrolment of an authenticator',
    body: withPasswordSchema,
    response: enrolmentSchema,
    errors: [refused, locked],
  }),
  post({
    id: 'confirmSecondFactor',
    path: '/me/second-factor/confirm',
    zh: '用验证码确认启用',
    en: 'Confirm it with a code',
    body: confirmSecondFactorSchema,
    response: recoveryCodesSchema,
    errors: [refused],
  }),
  post({
    id: 'removeSecondFactor',
    path: '/me/second-factor/remove',
    zh: '停用双因素认证',
    en: 'Remove the second factor',
    body: withPasswordSchema,
    response: doneSchema,
    errors: [refused, locked],
  }),
  get({ id: 'listAccounts', path: '/accounts', zh: '账户列表', en: 'Accounts', response: accountsSchema }),
  post({
    id: 'createAccount',
    path: '/accounts',
    zh: '新建账户',
    en: 'Make an account; its password is answered once',
    body: newAccountSchema,
    response: accountWithPasswordSchema,
    errors: [conflict],
  }),
  post({
    id: 'changeAccount',
    path: '/accounts/:login/change',
    zh: '修改账户',
    en: 'Change name, role, area or state',
    body: accountChangeSchema,
    response: accountRowSchema,
    errors: [missing, conflict],
  }),
  post({
    id: 'resetPassword',
    path: '/accounts/:login/reset-password',
    zh: '重置密码',
    en: 'Give an account a new password, answered once',
    response: accountWithPasswordSchema,
    errors: [missing, conflict],
  }),
  post({
    id: 'resetSecondFactor',
    path: '/accounts/:login/reset-second-factor',
    zh: '取消双因素认证',
    en: 'Take the second factor of an account away',
    response: doneSchema,
    errors: [missing],
  }),
  get({ id: 'listKeys', path: '/keys', zh: '接口密钥列表', en: 'API keys', response: keysSchema }),
  post({
    id: 'createKey',
    path: '/keys',
    zh: '新建接口密钥',
    en: 'Make an API key; its text is answered once',
    body: newKeySchema,
    response: createdKeySchema,
  }),
  post({
    id: 'revokeKey',
    path: '/keys/:id/revoke',
    zh: '吊销接口密钥',
    en: 'Revoke an API key',
    response: keyRowSchema,
    errors: [missing],
  }),
];
