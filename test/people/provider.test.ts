/** Signing in at a provider that runs here: away, there, and back. */
import { createServer, type Server } from 'node:http';
import * as oidcProvider from 'oidc-provider';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { identify } from '../../src/people/identify.ts';
import { openProvider } from '../../src/people/provider.ts';
import { providerRoutes } from '../../src/people/provider-routes.ts';
import { callerOfToken } from '../../src/people/sign-in-service.ts';
import { buckets } from '../../src/platform/buckets.ts';
import { closeServer, createHttpApp, listen, presentErrors } from '../../src/platform/http.ts';
import { createLog } from '../../src/platform/log.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { freePort } from '../support/free-port.ts';
import { makeAccount, testPeople } from '../support/people.ts';

let held: TestDatabase;
let issuer: Server;
let product: Server;
let base = '';
let username = '';

beforeAll(async () => {
  held = await createTestDatabase();
  const [issuerPort, port] = [await freePort(), await freePort()];
  base = `http://127.0.0.1:${port}`;
  const issuerUrl = `http://127.0.0.1:${issuerPort}`;
  const provider = new oidcProvider.Provider(issuerUrl, {
    clients: [
      {
        client_id: 'fundwatch',
        client_secret: 'a-secret-of-this-test',
        redirect_uris: [`${base}/api/v1/sign-in/provider/callback`],
      },
    ],
    pkce: { required: () => true },
    conformIdTokenClaims: false,
    claims: { openid: ['sub'], profile: ['preferred_username'] },
    findAccount: (_context, sub) => ({
      accountId: sub,
      claims: () => ({ sub, preferred_username: username }),
    }),
    features: { devInteractions: { enabled: true } },
    cookies: { keys: ['one'] },
  });
  const answer = provider.callback();
  issuer = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => issuer.listen(issuerPort, '127.0.0.1', resolve));

  const metrics = createMetrics('test');
  const log = createLog({ process: 'test', level: 'silent' });
  const app = createHttpApp({ log, metrics });
  const people = { ...testPeople, database: held.database, vault: held.vault };
  const plenty = () => buckets({ perS: 1_000, burst: 1_000, subjectsMax: 10 });
  app.use(
    identify({
      sessionOf: (token, isIdle) => callerOfToken(people, token, isIdle),
      keys: { remembered: () => undefined, find: async () => null },
      recordRefusal: async () => undefined,
      limits: { address: plenty(), account: plenty(), key: plenty() },
    }),
  );
  const settings = {
    issuer: issuerUrl,
    clientId: 'fundwatch',
    clientSecret: 'a-secret-of-this-test',
    publicUrl: base,
  };
  app.use('/api/v1', providerRoutes(people, openProvider(settings), log));
  presentErrors(app, { metrics });
  product = await listen(app, { host: '127.0.0.1', port });
});
afterAll(async () => {
  await closeServer(product, { graceMs: 0 });
  await closeServer(issuer, { graceMs: 0 });
  await held.drop();
});
beforeEach(async () => {
  username = 'li';
  await held.database.pool.query('TRUNCATE account, session, recovery_code');
});

/** A browser without a window: follows redirects, keeps cookies, fills in the two forms of the provider. */
function browser() {
  const jar = new Map<string, string>();
  const go = async (url: string, body?: string): Promise<Response> => {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: {
        cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; '),
        ...(body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
      },
      ...(body === undefined ? {} : { method: 'POST', body }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '') jar.delete(name);
      else jar.set(name, value);
    }
    return response;
  };
  return { jar, go };
}

const locationOf = (response: Response, from: string): string =>
  new URL(response.headers.get('location') ?? '', from).href;

/** Until the provider sends the browser back. @returns where to */
async function throughProvider(client: ReturnType<typeof browser>, to = '/findings'): Promise<string> {
  let at = `${base}/api/v1/sign-in/provider?to=${encodeURIComponent(to)}`;
  for (let hop = 0; hop < 20; hop += 1) {
    if (at.includes('/provider/callback')) return at;
    const response = await client.go(at);
    if (response.status >= 300 && response.status < 400) {
      at = locationOf(response, at);
      continue;
    }
    const page = await response.text();
    const action = /<form[^>]* action="([^"]+)"/.exec(page)?.[1] ?? '';
    const isLogin = page.includes('name="login"');
    const form = isLogin ? 'prompt=login&login=subject-1&password=x' : 'prompt=consent';
    at = locationOf(await client.go(new URL(action, at).href, form), at);
  }
  throw new Error(`never came back, last at ${at}`);
}

const accountOf = async (client: ReturnType<typeof browser>): Promise<string | undefined> =>
  (
    await callerOfToken(
      { ...testPeople, database: held.database, vault: held.vault },
      client.jar.get('fundwatch_session') ?? '',
      false,
    )
  )?.login;

test('somebody who has an account of that name comes back signed in, to where they wanted to be', async () => {
  await makeAccount(held.database, { login: 'li', role: 'leader' });
  const client = browser();
  const back = await client.go(await throughProvider(client));
  expect([back.status, back.headers.get('location')]).toEqual([302, '/findings']);
  expect(await accountOf(client)).toBe('li');
  expect(client.jar.has('fundwatch_provider')).toBe(false);
  // The name may change afterwards: the subject is the same person.
  username = 'renamed';
  const again = browser();
  await again.go(await throughProvider(again));
  expect(await accountOf(again)).toBe('li');
});

test.each([
  ['has no account here', async () => undefined],
  [
    'has an account that was disabled',
    async () => {
      await makeAccount(held.database, { login: 'li', role: 'leader' });
      await held.database.pool.query(`UPDATE account SET state = 'disabled'`);
    },
  ],
])('somebody who %s is sent to the sign-in page', async (_who, prepare) => {
  await prepare();
  const client = browser();
  const back = await client.go(await throughProvider(client));
  expect(back.headers.get('location')).toBe('/sign-in?refused=1');
  expect(await accountOf(client)).toBeUndefined();
});

test.each([
  ['another state', (url: URL) => url.searchParams.set('state', 'forged')],
  ['another code', (url: URL) => url.searchParams.set('code', 'forged')],
  ['another issuer', (url: URL) => url.searchParams.set('iss', 'https://evil.example')],
])('an answer with %s is refused', async (_what, forge) => {
  await makeAccount(held.database, { login: 'li', role: 'leader' });
  const client = browser();
  const url = new URL(await throughProvider(client));
  forge(url);
  const back = await client.go(url.href);
  expect(back.headers.get('location')).toBe('/sign-in?refused=1');
  expect(await accountOf(client)).toBeUndefined();
});

test('an answer is good in the browser that asked, and once', async () => {
  await makeAccount(held.database, { login: 'li', role: 'leader' });
  const client = browser();
  const url = await throughProvider(client);
  const stranger = browser();
  expect((await stranger.go(url)).headers.get('location')).toBe('/sign-in?refused=1');
  await client.go(url);
  client.jar.delete('fundwatch_session');
  expect((await client.go(url)).headers.get('location')).toBe('/sign-in?refused=1');
  expect(await accountOf(client)).toBeUndefined();
});

test('the way back never leads to another site', async () => {
  await makeAccount(held.database, { login: 'li', role: 'leader' });
  for (const to of ['https://evil.example/', '//evil.example', '/\\evil.example', '']) {
    const client = browser();
    const back = await client.go(await throughProvider(client, to));
    expect(back.headers.get('location'), to).toBe('/');
  }
});
