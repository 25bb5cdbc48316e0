/** Accounts, sessions and keys on a real database. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Actor, systemActor } from '../../src/audit/actor.ts';
import {
  changeAccount,
  createAccount,
  createDemoAccounts,
  createFirstAdministrator,
  resetPassword,
} from '../../src/people/account-service.ts';
import { findAccount } from '../../src/people/account-store.ts';
import { demoPassword } from '../../src/people/demo-accounts.ts';
import { createKey, keyRing, revokeKey } from '../../src/people/key-service.ts';
import { accountLockout } from '../../src/people/lockout.ts';
import { hashPassword } from '../../src/people/passwords.ts';
import { everything, parameters, sees, seenSql, sightOf } from '../../src/people/sight.ts';
import {
  callerOfToken,
  type Origin,
  type PeopleDeps,
  signIn,
  signInBySubject,
  signOutEverywhere,
} from '../../src/people/sign-in-service.ts';
import { readToken, sha256 } from '../../src/people/tokens.ts';
import { transaction } from '../../src/platform/database.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { makeAccount, testPeople } from '../support/people.ts';

let held: TestDatabase;
let deps: PeopleDeps;
/** The last event of the test before. */
let lastSeq = 1;
const password = 'correct horse battery';
let passwordHash = '';

beforeAll(async () => {
  held = await createTestDatabase();
  deps = { ...testPeople, database: held.database, vault: held.vault };
  passwordHash = await hashPassword(password);
});
afterAll(() => held.drop());
afterEach(async () => {
  const { rows } = await held.database.pool.query<{ seq: number }>('SELECT max(seq) AS seq FROM audit_event');
  lastSeq = rows[0]?.seq ?? 0;
  await held.database.pool.query('TRUNCATE account, session, recovery_code, sign_in_throttle, api_key');
});

const origin = (over: Partial<Origin> = {}): Origin => ({
  address: '10.0.0.1',
  agent: 'test',
  requestId: 'request-1',
  formerToken: null,
  ...over,
});
const administrator: Actor = { account: 'chief', role: 'administrator', area: '330700' };
const events = async (): Promise<{ kind: string; text: string }[]> =>
  (
    await held.database.pool.query('SELECT kind, text FROM audit_event WHERE seq > $1 ORDER BY seq', [
      lastSeq,
    ])
  ).rows;
const sql = async (text: string): Promise<unknown[]> => (await held.database.pool.query(text)).rows;

async function tokenOf(login: string, over: Partial<Origin> = {}): Promise<string> {
  const result = await signIn(deps, { login, password }, origin(over));
  if (!result.ok) throw new Error(result.reason);
  return result.token;
}

describe('signing in', () => {
  test('opens a session that says who it is, and keeps of its token only the hash', async () => {
    await makeAccount(held.database, { login: 'li', role: 'leader', passwordHash });
    const token = await tokenOf('li');
    expect(await callerOfToken(deps, token, false)).toMatchObject({
      login: 'li',
      role: 'leader',
      pending: null,
    });
    expect(await callerOfToken(deps, `${token}x`, false)).toBeNull();
    expect(JSON.stringify(await sql('SELECT * FROM session'))).not.toContain(token);
    expect((await events()).map(({ kind }) => kind)).toEqual(['people.signed_in']);
  });

  test('makes a new token every time, and ends the session that the browser had', async () => {
    await makeAccount(held.database, { login: 'li', role: 'leader', passwordHash });
    const first = await tokenOf('li');
    const second = await tokenOf('li', { formerToken: first });
    expect(second).not.toBe(first);
    expect(await callerOfToken(deps, first, false)).toBeNull();
  });

  test('is the same refusal for a wrong password, an unknown name and a disabled account', async () => {
    await makeAccount(held.database, { login: 'li', role: 'leader', passwordHash });
    await makeAccount(held.database, { login: 'gone', role: 'leader', passwordHash });
    await held.database.pool.query(`UPDATE account SET state = 'disabled' WHERE login = 'gone'`);
    for (const given of [
      { login: 'li', password: 'wrong password' },
      { login: 'nobody', password },
      { login: 'gone', password },
    ])
      expect(await signIn(deps, given, origin())).toEqual({ ok: false, reason: 'bad_credentials' });
  });

  test('is locked after a few failures however they come, and neither the name nor the password is kept', async () => {
    await makeAccount(held.database, { login: 'li', role: 'leader', passwordHash });
    // All at once: each is counted before it is looked at.
    const results = await Promise.all(
      Array.from({ length: 12 }, (_, at) =>
        signIn(deps, { login: 'li', password: 'wrong password' }, origin({ address: `10.0.0.${at}` })),
      ),
    );
    const looked = results.filter((result) => !result.ok && result.reason === 'bad_credentials');
    expect(looked).toHaveLength(accountLockout.freeFailures);
    const right = await signIn(deps, { login: 'li', password }, origin({ address: '10.0.0.99' }));
    expect(right).toMatchObject({ ok: false, reason: 'locked' });
    const kept = await sql(
      `SELECT encode(subject, 'hex') AS subject FROM sign_in_throttle WHERE kind = 'account'`,
    );
    expect(kept).toEqual([{ subject: sha256('li').toString('hex') }]);
  });

  test('forgets the failures of an account that was let in, and not those of its address', async () => {
    await makeAccount(held.database, { login: 'li', role: 'leader', passwordHash });
    for (let turn = 0; turn < accountLockout.freeFailures - 1; turn += 1)
      await signIn(deps, { login: 'li', password: 'wrong password' }, origin());
    await tokenOf('li');
    expect(await sql('SELECT kind, failures FROM sign_in_throttle')).toEqual([
      { kind: 'address', failures: accountLockout.freeFailures - 1 },
    ]);
  });

  test('by a provider needs an account of that name, which stays with the first who had it', async () => {
    await makeAccount(held.database, { login: 'li', role: 'leader' });
    const who = { subject: 'sub-1', preferredUsername: 'Li' };
    const token = await signInBySubject(deps, who, origin());
    expect(await callerOfToken(deps, token ?? '', false)).toMatchObject({ login: 'li' });
    expect(await signInBySubject(deps, { subject: 'sub-2', preferredUsername: 'li' }, origin())).toBeNull();
    expect(
      await signInBySubject(deps, { subject: 'sub-1', preferredUsername: null }, origin()),
    ).not.toBeNull();
    expect(await signInBySubject(deps, { subject: 'sub-3', preferredUsername: 'wang' }, origin())).toBeNull();
  });
});

describe('a session', () => {
  test.each([
    ['was silent for too long', `UPDATE session SET seen_at = now() - interval '31 minutes'`],
    [
      'is too old',
      `UPDATE session SET created_at = now() - interval '13 hours', expires_at = now() - interval '1 hour'`,
    ],
    ['belongs to an account that was disabled', `UPDATE account SET state = 'disabled'`],
  ])('that %s is over', async (_what, change) => {
    await makeAccount(held.database, { login: 'li', role: 'leader', passwordHash });
    const token = await tokenOf('li');
    await held.database.pool.query(change);
    expect(await callerOfToken(deps, token, false)).toBeNull();
  });

  test('is kept alive by people and not by what a page asks on its own', async () => {
    await makeAccount(held.database, { login: 'li', role: 'leader', passwordHash });
    const token = await tokenOf('li');
    const age = `UPDATE session SET seen_at = now() - interval '20 minutes'`;
    const isFresh = async () =>
      (await sql(`SELECT FROM session WHERE seen_at > now() - interval '1 minute'`)).length === 1;
    await held.database.pool.query(age);
    await callerOfToken(deps, token, true);
    expect(await isFresh()).toBe(false);
    await callerOfToken(deps, token, false);
    expect(await isFresh()).toBe(true);
  });

  test('ends with all others when its owner says so', async () => {
    await makeAccount(held.database, { login: 'li', role: 'leader', passwordHash });
    const tokens = [await tokenOf('li'), await tokenOf('li')];
    const caller = await callerOfToken(deps, tokens[0] ?? '', false);
    if (caller === null) throw new Error('no session');
    expect(await signOutEverywhere(deps, caller, systemActor('test'))).toBe(2);
    for (const token of tokens) expect(await callerOfToken(deps, token, false)).toBeNull();
  });

  test('of a role that needs a second factor can do nothing else before it is there', async () => {
    await makeAccount(held.database, { login: 'li', role: 'leader', passwordHash });
    const token = await tokenOf('li');
    const strict = { ...deps, secondFactorRoles: ['leader'] as const };
    expect(await callerOfToken(strict, token, false)).toMatchObject({ pending: 'second_factor' });
  });
});

describe('accounts', () => {
  const given = {
    login: 'wang',
    display_name: '王',
    role: 'inspector',
    area: '330702',
    fixmedins_code: null,
  } as const;

  test('are made with a password that has to be changed', async () => {
    const created = await createAccount(deps, given, administrator);
    if (typeof created === 'string') throw new Error(created);
    const result = await signIn(deps, { login: 'wang', password: created.password }, origin());
    expect(result.ok && (await callerOfToken(deps, result.token, false))).toMatchObject({
      pending: 'password',
    });
    expect(JSON.stringify(await events())).not.toContain(created.password);
  });

  test.each([
    ['login_taken', {}],
    ['other_city', { login: 'a2', area: '110101' }],
    ['administrator_of_city', { login: 'a3', role: 'administrator' }],
    ['institution_code', { login: 'a4', role: 'institution' }],
    ['institution_code', { login: 'a5', fixmedins_code: 'H1' }],
  ] as const)('are refused: %s', async (refusal, over) => {
    await createAccount(deps, given, administrator);
    expect(await createAccount(deps, { ...given, ...over }, administrator)).toBe(refusal);
  });

  test('another role ends their sessions, and the last administrator stays', async () => {
    await makeAccount(held.database, { login: 'chief', role: 'administrator', passwordHash });
    await makeAccount(held.database, { login: 'li', role: 'leader', passwordHash });
    const token = await tokenOf('li');
    const change = {
      display_name: 'Li',
      role: 'auditor',
      area: '330700',
      fixmedins_code: null,
      state: 'active',
    } as const;
    expect(await changeAccount(deps, 'li', change, administrator)).toMatchObject({ role: 'auditor' });
    expect(await callerOfToken(deps, token, false)).toBeNull();
    expect(await changeAccount(deps, 'chief', change, administrator)).toBe('last_administrator');
    expect(
      await changeAccount(
        deps,
        'chief',
        { ...change, role: 'administrator', state: 'disabled' },
        administrator,
      ),
    ).toBe('last_administrator');
  });

  test('two administrators who disable each other at once: one stays', async () => {
    for (const login of ['one', 'two']) await makeAccount(held.database, { login, role: 'administrator' });
    const off = {
      display_name: 'x',
      role: 'administrator',
      area: '330700',
      fixmedins_code: null,
      state: 'disabled',
    } as const;
    const results = await Promise.all(
      ['one', 'two'].map((login) => changeAccount(deps, login, off, administrator)),
    );
    expect(results.filter((result) => result === 'last_administrator')).toHaveLength(1);
  });

  test('a reset password lets in once it is known, and the old one no more', async () => {
    await makeAccount(held.database, { login: 'li', role: 'leader', passwordHash });
    const fresh = await resetPassword(deps, 'li', systemActor('test'));
    if (typeof fresh !== 'string') throw new Error(fresh.refusal);
    expect(await signIn(deps, { login: 'li', password }, origin())).toMatchObject({
      reason: 'bad_credentials',
    });
    expect(await signIn(deps, { login: 'li', password: fresh }, origin())).toMatchObject({
      ok: true,
    });
  });

  test('the first administrator is made once, also by two processes at once', async () => {
    const made = await Promise.all([1, 2, 3].map(() => createFirstAdministrator(deps, '330700')));
    expect(made.filter((one) => one !== null)).toHaveLength(1);
  });

  test('those of the demo sign in in demo mode only, and do not keep the first administrator away', async () => {
    await createDemoAccounts(deps, { area: '330700', fixmedinsCode: 'H1' });
    const demo = { login: 'demo-leader', password: demoPassword };
    expect(await signIn({ ...deps, demo: true }, demo, origin())).toMatchObject({ ok: true });
    expect(await signIn(deps, demo, origin())).toEqual({ ok: false, reason: 'bad_credentials' });
    expect(await createFirstAdministrator(deps, '330700')).not.toBeNull();
    expect(await createDemoAccounts(deps, { area: '330700', fixmedinsCode: 'H1' })).toBe(false);
  });

  test.each([
    ['an unknown role', { role: 'god' }],
    ['an institution without a code', { role: 'institution' }],
    ['an administrator of a district', { role: 'administrator', area: '330702' }],
    ['a password that is no argon2id', { password_hash: 'plain' }],
    ['a login name in capitals', { login: 'LI' }],
  ])('the database itself refuses %s', async (_what, over) => {
    const account = {
      login: 'x1',
      display_name: 'x',
      role: 'leader',
      area: '330700',
      fixmedins_code: null,
      demo: false,
      must_change_password: false,
      password_hash: null,
      ...over,
    };
    const insert = transaction(held.database, (client) =>
      client.query(
        `INSERT INTO account (login, display_name, role, area, fixmedins_code, password_hash) VALUES ($1, $2, $3, $4, $5, $6)`,
        [
          account.login,
          account.display_name,
          account.role,
          account.area,
          account.fixmedins_code,
          account.password_hash,
        ],
      ),
    );
    await expect(insert).rejects.toThrow(/violates check constraint/);
  });

  test('nothing of a change stays when it cannot be recorded', async () => {
    const endless: Actor = { ...administrator, purpose: 'x'.repeat(70_000) };
    await expect(createAccount(deps, given, endless)).rejects.toThrow('an event of 70');
    expect(await findAccount(held.database.pool, 'wang')).toBeNull();
  });
});

describe('keys', () => {
  const order = { name: 'HIS', scopes: ['precheck'], fixmedinsCode: 'H1', days: 1 } as const;

  test('are told from what is none, and only their hash is kept', async () => {
    const { token } = await createKey(deps, order, administrator);
    const ring = keyRing(held.database, () => undefined);
    expect(await ring.find(token)).toMatchObject({ kind: 'key', scopes: ['precheck'], fixmedinsCode: 'H1' });
    const last = token.at(-1) === 'A' ? 'B' : 'A';
    expect(await ring.find(`${token.slice(0, -1)}${last}`)).toBeNull();
    expect(await ring.find('fw_nonsense')).toBeNull();
    expect(JSON.stringify(await sql('SELECT * FROM api_key'))).not.toContain(readToken(token)?.secret);
  });

  test('cost one query for a stream of requests, and are written as used once a minute', async () => {
    const { token } = await createKey(deps, order, administrator);
    let queries = 0;
    const counting = {
      pool: new Proxy(held.database.pool, {
        get: (pool, name, receiver) => {
          if (name === 'query') queries += 1;
          const value: unknown = Reflect.get(pool, name, receiver);
          return typeof value === 'function' ? value.bind(pool) : value;
        },
      }),
    };
    let now = 0;
    const ring = keyRing(
      counting,
      () => undefined,
      undefined,
      () => now,
    );
    await Promise.all(Array.from({ length: 500 }, () => ring.find(token)));
    for (let turn = 0; turn < 500; turn += 1) expect(ring.remembered(token)).toBeDefined();
    // One to find it, one to note the use.
    expect(queries).toBe(2);
    now = 6_000;
    expect(ring.remembered(token)).toBeUndefined();
    await ring.find(token);
    expect(queries).toBe(3);
  });

  test('stop working when they are revoked, expire, or are forgotten', async () => {
    const { key, token } = await createKey(deps, order, administrator);
    let now = 0;
    const limits = { rememberedMs: 5_000, rememberedMax: 1, usedEveryMs: 60_000 };
    const ring = keyRing(
      held.database,
      () => undefined,
      limits,
      () => now,
    );
    expect(await ring.find(token)).not.toBeNull();
    await revokeKey(deps, key.id, administrator);
    now = limits.rememberedMs;
    expect(await ring.find(token)).toBeNull();
    expect(await revokeKey(deps, key.id, administrator)).toBeNull();
    const other = await createKey(deps, order, administrator);
    await held.database.pool.query(
      `UPDATE api_key SET created_at = now() - interval '2 days', expires_at = now() - interval '1 day'`,
    );
    expect(await ring.find(other.token)).toBeNull();
  });
});

test('the SQL of a sight chooses what `sees` says', async () => {
  const codes = [
    'H33070200001',
    'P33070200118',
    'H33070300001',
    'h33070200001',
    'H3307020001',
    'SYNTH-7',
    '',
    null,
  ];
  for (const sight of [
    everything,
    sightOf('330702', null),
    sightOf('330799', null),
    sightOf('330702', 'SYNTH-7'),
    { areas: ['330702', '330703'] },
    { areas: [] },
    { areas: [`330702'; DROP TABLE account; --`] },
  ]) {
    const { values, bind } = parameters(codes);
    const { rows } = await held.database.pool.query<{ code: string | null }>(
      `SELECT code FROM unnest($1::text[]) AS code WHERE ${seenSql(sight, 'code', bind)}`,
      values,
    );
    expect(rows.map(({ code }) => code)).toEqual(codes.filter((code) => sees(sight, code)));
  }
});
