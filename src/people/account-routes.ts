/** HTTP of accounts and API keys, for administrators. */
import express, { type Request, type Response, type Router } from 'express';
import type { Actor } from '../audit/actor.ts';
import { AppError, type Message, parseRequest, readJson } from '../platform/http.ts';
import {
  type AccountRefusal,
  changeAccount,
  createAccount,
  resetPassword,
  resetSecondFactor,
} from './account-service.ts';
import { type Account, findAccount, listAccounts } from './account-store.ts';
import { allow } from './allow.ts';
import {
  accountChangeSchema,
  type AccountRow,
  type Accounts,
  accountsShownMax,
  type AccountWithPassword,
  type CreatedKey,
  type Done,
  type KeyRow,
  type Keys,
  keysShownMax,
  newAccountSchema,
  newKeySchema,
} from './contract.ts';
import { requestActor } from './identify.ts';
import { createKey, revokeKey } from './key-service.ts';
import { listKeys, type StoredKey } from './key-store.ts';
import { idOf, notFound } from './routes.ts';
import type { PeopleDeps } from './sign-in-service.ts';

export function accountRoutes(deps: PeopleDeps): Router {
  const router = express.Router();
  const body = readJson();

  router.get('/accounts', allow('people.read'), async (_request, response) => {
    const accounts: Accounts = {
      accounts: (await listAccounts(deps.database.pool, accountsShownMax)).map(accountRow),
    };
    response.json(accounts);
  });

  router.post('/accounts', allow('people.manage'), body, async (request, response) => {
    const created = await createAccount(
      deps,
      parseRequest(newAccountSchema, request.body),
      actor(request, response),
    );
    if (typeof created === 'string') throw refusalError(created);
    const answer: AccountWithPassword = { login: created.account.login, password: created.password };
    response.json(answer);
  });

  router.post('/accounts/:login/change', allow('people.manage'), body, async (request, response) => {
    const login = loginOf(request);
    const change = parseRequest(accountChangeSchema, request.body);
    const changed = await changeAccount(deps, login, change, actor(request, response));
    if (typeof changed === 'string') throw refusalError(changed);
    const account = await findAccount(deps.database.pool, login);
    if (account === null) throw refusalError('not_found');
    const answer: AccountRow = accountRow(account);
    response.json(answer);
  });

  router.post('/accounts/:login/reset-password', allow('people.manage'), async (request, response) => {
    const login = loginOf(request);
    const password = await resetPassword(deps, login, actor(request, response));
    if (typeof password !== 'string') throw refusalError(password.refusal);
    const answer: AccountWithPassword = { login, password };
    response.json(answer);
  });

  router.post('/accounts/:login/reset-second-factor', allow('people.manage'), async (request, response) => {
    const refusal = await resetSecondFactor(deps, loginOf(request), actor(request, response));
    if (refusal !== null) throw refusalError(refusal);
    response.json(done);
  });

  router.get('/keys', allow('keys.read'), async (_request, response) => {
    const keys: Keys = { keys: (await listKeys(deps.database.pool, keysShownMax)).map(keyRow) };
    response.json(keys);
  });

  router.post('/keys', allow('keys.manage'), body, async (request, response) => {
    const { fixmedins_code, ...order } = parseRequest(newKeySchema, request.body);
    const { key, token } = await createKey(
      deps,
      { ...order, fixmedinsCode: fixmedins_code },
      actor(request, response),
    );
    const answer: CreatedKey = { key: keyRow(key), token };
    response.json(answer);
  });

  router.post('/keys/:id/revoke', allow('keys.manage'), async (request, response) => {
    const id = idOf(request.params['id']);
    const revoked = id === null ? null : await revokeKey(deps, id, actor(request, response));
    if (revoked === null)
      throw notFound(
        'key_not_found',
        '没有这个密钥，或已吊销',
        'There is no such key, or it was revoked before',
      );
    const answer: KeyRow = keyRow(revoked);
    response.json(answer);
  });

  return router;
}

const done: Done = { done: true };

/** As it stands in the address; what cannot be a login name is nobody's. */
const loginOf = (request: Request): string => String(request.params['login']);

function actor(request: Request, response: Response): Actor {
  const { caller } = response.locals;
  if (caller == null) throw new Error('an administrators route was reached by nobody');
  return requestActor(request, response);
}

const accountRow = (account: Account): AccountRow => ({
  login: account.login,
  display_name: account.display_name,
  role: account.role,
  area: account.area,
  fixmedins_code: account.fixmedins_code,
  state: account.state,
  demo: account.demo,
  must_change_password: account.must_change_password,
  has_second_factor: account.totp_enabled_at !== null,
  created_at: account.created_at.toISOString(),
  signed_in_at: account.signed_in_at?.toISOString() ?? null,
});

const keyRow = (key: StoredKey): KeyRow => ({
  id: String(key.id),
  prefix: key.prefix,
  name: key.name,
  scopes: key.scopes,
  fixmedins_code: key.fixmedins_code,
  state: key.revoked_at !== null ? 'revoked' : key.expires_at.getTime() <= Date.now() ? 'expired' : 'live',
  created_by: key.created_by,
  created_at: key.created_at.toISOString(),
  expires_at: key.expires_at.toISOString(),
  revoked_at: key.revoked_at?.toISOString() ?? null,
  used_at: key.used_at?.toISOString() ?? null,
});

const refusals = {
  login_taken: { zh: '登录名已被使用', en: 'The login name is taken' },
  last_administrator: { zh: '至少要保留一名系统管理员', en: 'One administrator has to stay' },
  other_city: { zh: '区划不属于本市', en: 'The area does not belong to this city' },
  administrator_of_city: {
    zh: '系统管理须为市级账户（区划以 00 结尾）',
    en: 'An administrator belongs to the city (an area that ends in 00)',
  },
  institution_code: {
    zh: '医药机构账户须填写机构编号，其他账户不填',
    en: 'An account of an institution names it; no other account does',
  },
  demo: { zh: '演示账户不能更改', en: 'Accounts of the demo cannot be changed' },
} as const satisfies Record<Exclude<AccountRefusal, 'not_found'>, Message>;

function refusalError(refusal: AccountRefusal): AppError {
  if (refusal === 'not_found')
    return notFound('account_not_found', '没有这个账户', 'There is no such account');
  return new AppError({ status: 409, code: refusal, message: refusals[refusal] });
}
