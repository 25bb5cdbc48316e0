import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Express } from 'express';
import { afterEach, expect, test } from 'vitest';
import { z } from 'zod';
import {
  AppError,
  closeServer,
  createHttpApp,
  ErrorAnswer,
  listen,
  mountMetrics,
  mountProbes,
  parseRequest,
  presentErrors,
  readJson,
} from '../../src/platform/http.ts';
import { createLog } from '../../src/platform/log.ts';
import { createMetrics } from '../../src/platform/metrics.ts';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await closeServer(server, { graceMs: 0 });
});

async function serve(
  addRoutes: (app: Express) => void,
): Promise<{ url: string; server: Server; logText: () => string; metricsText: () => Promise<string> }> {
  const chunks: string[] = [];
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk.toString());
      done();
    },
  });
  const metrics = createMetrics('test');
  const app = createHttpApp({ log: createLog({ process: 'test', level: 'debug', destination }), metrics });
  addRoutes(app);
  presentErrors(app, { metrics });
  const server = await listen(app, { host: '127.0.0.1', port: 0 });
  servers.push(server);
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    server,
    logText: () => chunks.join(''),
    metricsText: () => metrics.registry.metrics(),
  };
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}

async function errorOf(response: Response): Promise<ErrorAnswer['error']> {
  return ErrorAnswer.parse(await response.json()).error;
}

test('an error that a caller caused becomes its status, code and message in two languages', async () => {
  const { url } = await serve((app) => {
    app.get('/full', () => {
      throw new AppError({
        status: 429,
        code: 'intake_full',
        message: { zh: '请稍后', en: 'Later' },
        retryAfterS: 7,
      });
    });
  });
  const response = await fetch(`${url}/full`, { headers: { 'x-request-id': 'caller-1234' } });
  expect(response.status).toBe(429);
  expect(response.headers.get('retry-after')).toBe('7');
  expect(await errorOf(response)).toEqual({
    code: 'intake_full',
    message: { zh: '请稍后', en: 'Later' },
    support_id: 'caller-1234',
  });
});

test('an unexpected error is a 500 that tells nothing but the support id, under which the log has the whole of it', async () => {
  const { url, logText, metricsText } = await serve((app) => {
    app.get('/broken/:psn_no', async () => {
      await sleep(1);
      throw new Error('relation "secret_table" does not exist');
    });
  });
  const response = await fetch(`${url}/broken/P001?psn_name=zhang`);
  const body = await response.text();
  expect(response.status).toBe(500);
  expect(body).not.toContain('secret_table');
  expect(body).not.toContain('http.test.ts');
  const { error } = ErrorAnswer.parse(JSON.parse(body));
  expect(error.code).toBe('internal');
  const line = logText()
    .split('\n')
    .find((each) => each.includes('request failed'));
  expect(line).toContain('secret_table');
  expect(line).toContain(error.support_id);
  expect(await metricsText()).toContain('fundwatch_errors_total{code="internal",process="test"} 1');
});

test('the access log has the pattern of the route, never the path or the query', async () => {
  const { url, logText } = await serve((app) => {
    app.get('/persons/:psn_no', (_request, response) => {
      response.json({});
    });
  });
  await fetch(`${url}/persons/P00177?psn_name=zhang`);
  await sleep(20);
  expect(logText()).toContain('"route":"/persons/:psn_no"');
  expect(logText()).not.toContain('P00177');
  expect(logText()).not.toContain('zhang');
});

test.each([
  ['a body that is not JSON', '{"a":', 'application/json', 400, 'malformed_request'],
  ['a body that is too large', `"${'x'.repeat(2000)}"`, 'application/json', 413, 'body_too_large'],
  ['a body in an unknown encoding', '{}', 'application/json; charset=klingon', 415, 'unsupported_media_type'],
])('%s is refused', async (_what, body, contentType, status, code) => {
  const { url } = await serve((app) => {
    app.post('/x', readJson(1000), (_request, response) => {
      response.json({});
    });
  });
  const response = await fetch(`${url}/x`, {
    method: 'POST',
    body,
    headers: { 'content-type': contentType },
  });
  expect(response.status).toBe(status);
  expect((await errorOf(response)).code).toBe(code);
});

test('an address with a broken escape is refused, not a crash', async () => {
  const { url } = await serve((app) => {
    app.get('/x/:id', (_request, response) => {
      response.json({});
    });
  });
  const response = await fetch(`${url}/x/%E0%A4%A`);
  expect(response.status).toBe(400);
  expect((await errorOf(response)).code).toBe('malformed_request');
});

test('a request of the wrong form is told every field that is wrong', async () => {
  const Query = z.strictObject({
    page: z.coerce.number().int().min(1),
    state: z.enum(['active', 'withdrawn']),
  });
  const { url } = await serve((app) => {
    app.get('/x', (request, response) => {
      response.json(parseRequest(Query, request.query));
    });
  });
  const response = await fetch(`${url}/x?page=0&state=gone`);
  expect(response.status).toBe(400);
  const error = await errorOf(response);
  expect(error.code).toBe('invalid_request');
  expect(error.issues).toEqual([
    {
      path: '/page',
      code: 'too_small',
      message: { zh: '应不小于 1', en: 'Too small: expected number to be >=1' },
    },
    {
      path: '/state',
      code: 'invalid_value',
      message: {
        zh: '应为 active、withdrawn 之一',
        en: 'Invalid option: expected one of "active"|"withdrawn"',
      },
    },
  ]);
  expect(await (await fetch(`${url}/x?page=2&state=active`)).json()).toEqual({ page: 2, state: 'active' });
});

test('an unknown address is a 404 in the same form', async () => {
  const { url } = await serve(() => undefined);
  const response = await fetch(`${url}/nothing`);
  expect(response.status).toBe(404);
  expect((await errorOf(response)).code).toBe('not_found');
});

test('a request id is taken over when it is harmless and replaced when it is not', async () => {
  const { url } = await serve(() => undefined);
  const idOf = async (given: string): Promise<string | null> =>
    (await fetch(url, { headers: { 'x-request-id': given } })).headers.get('x-request-id');
  expect(await idOf('trace-2026.11_22')).toBe('trace-2026.11_22');
  expect(await idOf('short')).toMatch(/^[0-9a-f-]{36}$/);
  expect(await idOf('"><script>alert(1)</script>')).toMatch(/^[0-9a-f-]{36}$/);
});

test('an error in the middle of an answer cuts the answer off instead of pretending that it is whole', async () => {
  const { url } = await serve((app) => {
    app.get('/stream', async (_request, response) => {
      response.type('application/x-ndjson').write('{"line":1}\n');
      await sleep(10);
      throw new Error('lost the cursor');
    });
  });
  await expect(fetch(`${url}/stream`).then((response) => response.text())).rejects.toThrow('terminated');
});

test('readiness fails with the check that fails, and once the process drains', async () => {
  let databaseIsUp = true;
  let drain = (): void => undefined;
  const { url } = await serve((app) => {
    const checks = {
      database: async () => {
        if (!databaseIsUp) throw new Error('down');
      },
    };
    ({ drain } = mountProbes(app, { checks }));
    mountMetrics(app, { metrics: createMetrics('probe') });
  });
  const readiness = async (): Promise<unknown> => {
    const response = await fetch(`${url}/readyz`);
    return { status: response.status, body: await response.json() };
  };
  expect(await readiness()).toEqual({ status: 200, body: { status: 'ok', checks: { database: 'ok' } } });
  databaseIsUp = false;
  expect(await readiness()).toEqual({
    status: 503,
    body: { status: 'unavailable', checks: { database: 'failed' } },
  });
  databaseIsUp = true;
  drain();
  expect(await readiness()).toEqual({
    status: 503,
    body: { status: 'draining', checks: { database: 'ok' } },
  });
  expect((await fetch(`${url}/livez`)).status).toBe(200);
  expect(await (await fetch(`${url}/metrics`)).text()).toContain('process_cpu_user_seconds_total');
});

test('a check that never answers makes readiness fail instead of hang', async () => {
  const { url } = await serve((app) => {
    mountProbes(app, {
      checks: { queue: () => new Promise((resolve) => void resolve) },
    });
  });
  const startedAt = performance.now();
  expect((await fetch(`${url}/readyz`)).status).toBe(503);
  expect(performance.now() - startedAt).toBeLessThan(4_000);
});

test('closing lets a running request finish and cuts off one that takes too long', async () => {
  const { url, server } = await serve((app) => {
    app.get('/slow/:ms', async (request, response) => {
      await sleep(Number(request.params.ms));
      response.json({ done: true });
    });
  });
  const finishing = fetch(`${url}/slow/200`).then((response) => response.json());
  const hanging = fetch(`${url}/slow/60000`).then(
    () => 'answered',
    () => 'cut off',
  );
  await sleep(50);
  const startedAt = performance.now();
  await closeServer(server, { graceMs: 600 });
  expect(performance.now() - startedAt).toBeLessThan(2_000);
  expect(await finishing).toEqual({ done: true });
  expect(await hanging).toBe('cut off');
  servers.splice(0);
});
