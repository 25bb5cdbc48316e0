/** What stands between the network and the routes: origins, headers, limits, proxies. */
import { once } from 'node:events';
import { request as httpRequest, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { Express } from 'express';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allow } from '../../src/people/allow.ts';
import { consoleHeader } from '../../src/people/cookie.ts';
import { identify, type RequestBuckets } from '../../src/people/identify.ts';
import { peopleRoutes } from '../../src/people/routes.ts';
import { buckets } from '../../src/platform/buckets.ts';
import { closeServer, createHttpApp, ErrorAnswer, listen, presentErrors } from '../../src/platform/http.ts';
import { createLog } from '../../src/platform/log.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import { hashPassword } from '../../src/people/passwords.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { machine, makeAccount, someone, testPeople } from '../support/people.ts';

let held: TestDatabase;
const servers: Server[] = [];
const refused: string[] = [];

beforeAll(async () => {
  held = await createTestDatabase();
  await makeAccount(held.database, {
    login: 'li',
    role: 'leader',
    passwordHash: await hashPassword('correct horse battery'),
  });
});
afterAll(async () => {
  for (const server of servers) await closeServer(server, { graceMs: 0 });
  await held.drop();
});

const wide = (): RequestBuckets => {
  const plenty = () => buckets({ perS: 1_000, burst: 1_000, subjectsMax: 100 });
  return { address: plenty(), account: plenty(), key: plenty() };
};

/** Cookies `good` and keys `fw_good` are somebody's; everything else is nobody's. */
async function serve(
  limits: RequestBuckets = wide(),
  trustProxy?: string,
  headersMs?: number,
): Promise<string> {
  const metrics = createMetrics('test');
  const app: Express = createHttpApp({
    log: createLog({ process: 'test', level: 'silent' }),
    metrics,
    trustProxy,
  });
  app.use(
    identify({
      sessionOf: async (token) => (token === 'good' ? someone('leader') : null),
      keys: {
        remembered: () => undefined,
        find: async (token) => (token === 'fw_good' ? machine(['findings:read']) : null),
      },
      recordRefusal: async ({ account }, _route, access) => {
        refused.push(`${account} ${access}`);
      },
      limits,
    }),
  );
  app.use(
    '/api',
    peopleRoutes({ ...testPeople, database: held.database, vault: held.vault }, { hasProvider: false }),
  );
  app.get('/open', allow('public'), (request, response) => {
    response.json({ ip: request.ip });
  });
  app.get('/findings', allow('findings.read'), (_request, response) => {
    response.json({ found: true });
  });
  app.get('/people', allow('people.read'), (_request, response) => {
    response.json({});
  });
  app.post('/change', allow('findings.read'), (_request, response) => {
    response.json({ changed: true });
  });
  presentErrors(app, { metrics });
  const server = await listen(app, {
    host: '127.0.0.1',
    port: 0,
    ...(headersMs === undefined ? {} : { headersMs }),
  });
  servers.push(server);
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http://127.0.0.1:${address.port}`;
}

const cookie = { cookie: 'other=1; fundwatch_session=good' };
const codeOf = async (response: Response): Promise<string> =>
  ErrorAnswer.parse(await response.json()).error.code;

describe('requests that change something', () => {
  test.each([
    ['without our header', {}, 403],
    ['with it', { [consoleHeader]: '1' }, 200],
    ['with it, from another site', { [consoleHeader]: '1', origin: 'https://evil.example' }, 403],
    ['with it, from nowhere', { [consoleHeader]: '1', origin: 'null' }, 403],
  ])('%s', async (_what, headers, status) => {
    const url = await serve();
    const response = await fetch(`${url}/change`, { method: 'POST', headers: { ...cookie, ...headers } });
    expect(response.status).toBe(status);
    if (status === 403) expect(await codeOf(response)).toBe('foreign_request');
  });

  test('from our own origin pass, and so do machines, whose key no browser sends by itself', async () => {
    const url = await serve();
    const own = { ...cookie, [consoleHeader]: '1', origin: url };
    expect((await fetch(`${url}/change`, { method: 'POST', headers: own })).status).toBe(200);
    const key = { authorization: 'Bearer fw_good' };
    expect((await fetch(`${url}/change`, { method: 'POST', headers: key })).status).toBe(200);
  });

  test('nobody is signed in by another site as somebody else', async () => {
    const url = await serve();
    const send = (headers: Record<string, string>) =>
      fetch(`${url}/api/sign-in`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ login: 'li', password: 'correct horse battery' }),
      });
    expect(await codeOf(await send({}))).toBe('foreign_request');
    const response = await send({ [consoleHeader]: '1' });
    expect(response.status).toBe(200);
    expect(response.headers.get('set-cookie')).toMatch(
      /^fundwatch_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/,
    );
  });
});

describe('behind a proxy', () => {
  const forwarded = { 'x-forwarded-for': '203.0.113.9', 'x-forwarded-proto': 'https' };
  const signIn = (url: string) =>
    fetch(`${url}/api/sign-in`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', [consoleHeader]: '1', ...forwarded },
      body: JSON.stringify({ login: 'li', password: 'correct horse battery' }),
    });

  test('that is trusted, addresses are those of callers, and cookies are for TLS alone', async () => {
    const url = await serve(wide(), '127.0.0.1');
    expect(await (await fetch(`${url}/open`, { headers: forwarded })).json()).toEqual({ ip: '203.0.113.9' });
    expect((await signIn(url)).headers.get('set-cookie')).toMatch(/^__Host-fundwatch_session=.*; Secure/);
  });

  test('that nobody trusts, what it says about addresses is not believed', async () => {
    const url = await serve();
    expect(await (await fetch(`${url}/open`, { headers: forwarded })).json()).toEqual({ ip: '127.0.0.1' });
    expect((await signIn(url)).headers.get('set-cookie')).not.toContain('Secure');
  });
});

describe('limits', () => {
  const few = (burst: number) => buckets({ perS: 0.001, burst, subjectsMax: 100 });

  test.each([
    ['nobody', {}, '/open', (limits: RequestBuckets) => ({ ...limits, address: few(3) })],
    ['a person', cookie, '/findings', (limits: RequestBuckets) => ({ ...limits, account: few(3) })],
    [
      'a machine',
      { authorization: 'Bearer fw_good' },
      '/findings',
      (limits: RequestBuckets) => ({ ...limits, key: few(3) }),
    ],
  ])('%s is slowed down after so many', async (_who, headers, path, narrow) => {
    const url = await serve(narrow(wide()));
    const statuses: number[] = [];
    for (let turn = 0; turn < 4; turn += 1) statuses.push((await fetch(url + path, { headers })).status);
    expect(statuses).toEqual([200, 200, 200, 429]);
  });

  test('a key that is none uses up twenty requests a time', async () => {
    const url = await serve({ ...wide(), address: few(30) });
    const guess = (headers: Record<string, string>) => fetch(`${url}/findings`, { headers });
    expect(await codeOf(await guess({ authorization: 'Bearer fw_bad' }))).toBe('unknown_key');
    expect(await codeOf(await guess({ authorization: 'Bearer fw_bad' }))).toBe('unknown_key');
    const late = await guess({ authorization: 'Bearer fw_bad' });
    expect(late.status).toBe(429);
    expect(Number(late.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  test('a session that is over is told, and its cookie taken back', async () => {
    const url = await serve();
    const response = await fetch(`${url}/findings`, { headers: { cookie: 'fundwatch_session=over' } });
    expect(response.headers.get('set-cookie')).toMatch(
      /^fundwatch_session=; Path=\/; Expires=Thu, 01 Jan 1970/,
    );
    expect(await codeOf(response)).toBe('not_signed_in');
  });

  test('what is shown to somebody is kept by nobody', async () => {
    const url = await serve();
    const response = await fetch(`${url}/findings`, { headers: cookie });
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  test('a refusal is written down with who it was and what they wanted', async () => {
    const url = await serve();
    refused.length = 0;
    expect((await fetch(`${url}/people`, { headers: cookie })).status).toBe(403);
    expect((await fetch(`${url}/people`)).status).toBe(401);
    expect(refused).toEqual(['someone people.read']);
  });
});

describe('the server', () => {
  test('sends headers that keep browsers to our own files', async () => {
    const url = await serve();
    const { headers } = await fetch(`${url}/open`);
    const policy = new Map(
      (headers.get('content-security-policy') ?? '').split(';').map((one) => {
        const [name = '', ...values] = one.trim().split(' ');
        return [name, values.join(' ')];
      }),
    );
    expect(policy.get('script-src')).toBe("'self'");
    expect(policy.get('default-src')).toBe("'self'");
    expect(policy.get('connect-src')).toBe("'self'");
    expect(policy.get('frame-ancestors')).toBe("'none'");
    expect([...policy].filter(([, value]) => value.includes('unsafe'))).toEqual([
      ['style-src', "'self' 'unsafe-inline'"],
    ]);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('strict-transport-security')).toMatch(/^max-age=15552000$/);
    expect(headers.get('x-powered-by')).toBeNull();
  });

  test('refuses headers beyond 16 KiB', async () => {
    const url = new URL(await serve());
    const sent = httpRequest({
      host: url.hostname,
      port: url.port,
      headers: { 'x-long': 'x'.repeat(17_000) },
    });
    sent.end();
    const [response] = await once(sent, 'response');
    expect(response.statusCode).toBe(431);
    response.resume();
  });

  test('cuts off who does not finish their headers in time', async () => {
    const url = new URL(await serve(wide(), undefined, 1_000));
    const socket = connect(Number(url.port), url.hostname);
    socket.write('GET /open HTTP/1.1\r\nhost: x\r\n');
    const [data] = await once(socket, 'data');
    expect(String(data)).toContain('408');
    socket.destroy();
  });
});
