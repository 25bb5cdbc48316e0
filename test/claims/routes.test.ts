import { batchClaimsMax } from '../../src/claims/store.ts';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  claimAnswerSchema,
  claimDetailSchema,
  type ClaimInput,
  claimsPageSchema,
  dismissedManySchema,
  dismissManyMax,
  intakeReplySchema,
  type IntakeReply,
  intakeSummarySchema,
  quarantineEntrySchema,
  quarantinePageSchema,
} from '../../src/claims/contract.ts';
import { issuesMax } from '../../src/claims/explain.ts';
import { rawPlace } from '../../src/claims/quarantine-store.ts';
import { claimRoutes, type IntakeLimits } from '../../src/claims/routes.ts';
import { closeServer, createHttpApp, ErrorAnswer, listen, presentErrors } from '../../src/platform/http.ts';
import { createLog } from '../../src/platform/log.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import { asOf, claimOf } from '../support/claims.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { actAs, machine, someone } from '../support/people.ts';

let held: TestDatabase;
const servers: Server[] = [];
const announced: number[] = [];
let announceFails = false;
let url = '';

beforeAll(async () => {
  held = await createTestDatabase();
  url = await serve();
});
afterAll(async () => {
  for (const server of servers) await closeServer(server, { graceMs: 0 });
  await held.drop();
});

async function serve(limits: Partial<IntakeLimits> = {}): Promise<string> {
  const metrics = createMetrics('test');
  const log = createLog({ process: 'test', level: 'silent' });
  const app = createHttpApp({ log, metrics });
  // Machines send, people look.
  app.use(
    '/api/v1',
    actAs(({ method, path }) =>
      method === 'POST' && path === '/claims' ? machine(['claims:write']) : someone('inspector'),
    ),
    claimRoutes({
      database: held.database,
      vault: held.vault,
      announce: async (batchIds) => {
        if (announceFails) throw new Error('the queue is away');
        announced.push(...batchIds);
      },
      asOf: () => asOf,
      log,
      metrics,
      limits,
    }),
  );
  presentErrors(app, { metrics });
  const server = await listen(app, { host: '127.0.0.1', port: 0 });
  servers.push(server);
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http://127.0.0.1:${address.port}/api/v1`;
}

let nextId = 0;
const fresh = (over: Partial<ClaimInput> = {}): ClaimInput => {
  nextId += 1;
  return claimOf({ setl_id: `R${nextId}`, ...over });
};

type Sent = { status: number; body: unknown; retryAfter: string | null };
async function send(
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = { 'content-type': 'application/x-ndjson' },
  base = url,
): Promise<Sent> {
  const response = await fetch(`${base}/claims`, { method: 'POST', headers, body });
  return {
    status: response.status,
    body: await response.json(),
    retryAfter: response.headers.get('retry-after'),
  };
}
const reply = (sent: Sent): IntakeReply => intakeReplySchema.parse(sent.body);
const errorCode = (sent: Sent): string => ErrorAnswer.parse(sent.body).error.code;
const statuses = (sent: Sent): string[] => reply(sent).answers.map(({ status }) => status);
const ndjson = (...claims: unknown[]): string => claims.map((claim) => JSON.stringify(claim)).join('\n');
const packed = (text: string | Buffer): Uint8Array<ArrayBuffer> => new Uint8Array(gzipSync(text));
const stored = async (setlId: string): Promise<number> => {
  const { rows } = await held.database.pool.query<{ count: number }>(
    'SELECT count(*) FROM claim_revision WHERE setl_id = $1',
    [setlId],
  );
  return rows[0]?.count ?? -1;
};

describe('sending claims', () => {
  test('NDJSON: every line gets its answer, and a bad line does not stop the others', async () => {
    const [a, b] = [fresh(), fresh()];
    const sent = await send(
      `${ndjson(a)}\n{"setl_id":"oops"\n\n${ndjson({ ...b, lines: 'x' }, b, a, { ...a, updt_time: '2026-03-01' })}\n`,
    );
    expect(sent.status).toBe(200);
    expect(statuses(sent)).toEqual(['accepted', 'rejected', 'rejected', 'accepted', 'duplicate', 'revised']);
    const { answers, counts, batches } = reply(sent);
    expect(counts).toEqual({ received: 6, accepted: 2, duplicate: 1, revised: 1, rejected: 2 });
    expect(answers.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(answers[1]).toMatchObject({ setl_id: null, issues: [{ path: '$', code: 'not_json' }] });
    expect(answers[2]).toMatchObject({
      setl_id: b.setl_id,
      fixmedins_code: 'H33070000001',
      issues: [{ path: '$.lines', code: 'wrong_type' }],
    });
    expect(answers[5]).toMatchObject({ current: true });
    expect(announced.slice(-1)).toEqual(batches);
    expect(await stored(a.setl_id)).toBe(2);
  });

  test('a JSON array and a single object', async () => {
    const [a, b] = [fresh(), fresh()];
    const json = { 'content-type': 'application/json; charset=utf-8' };
    expect(statuses(await send(JSON.stringify([a, 7, b]), json))).toEqual([
      'accepted',
      'rejected',
      'accepted',
    ]);
    expect(statuses(await send(JSON.stringify(a), json))).toEqual(['duplicate']);
    expect(statuses(await send('[]', json))).toEqual([]);
  });

  test('gzip', async () => {
    const sent = await send(packed(ndjson(fresh(), fresh())), {
      'content-type': 'application/x-ndjson',
      'content-encoding': 'gzip',
    });
    expect(statuses(sent)).toEqual(['accepted', 'accepted']);
  });

  test('more claims than one batch holds', async () => {
    const claims = Array.from({ length: 2 * batchClaimsMax + 1 }, () => fresh());
    const sent = await send(ndjson(...claims));
    expect(reply(sent).counts.accepted).toBe(claims.length);
    expect(reply(sent).batches).toHaveLength(3);
  });

  test('a queue that is away does not fail the intake', async () => {
    announceFails = true;
    try {
      expect(statuses(await send(ndjson(fresh())))).toEqual(['accepted']);
    } finally {
      announceFails = false;
    }
  });

  test('bytes that are not UTF-8 are rejected and kept as they came', async () => {
    const raw = Buffer.concat([Buffer.from('{"setl_id":"'), Buffer.from([0xd5, 0xc5]), Buffer.from('"}')]);
    const sent = await send(new Uint8Array(raw));
    const [answer] = reply(sent).answers;
    expect(answer?.issues).toMatchObject([{ code: 'not_utf8' }]);
    const { rows } = await held.database.pool.query<{ raw: Buffer }>(
      'SELECT raw FROM quarantine WHERE id = $1',
      [answer?.quarantine_id],
    );
    const keys = await held.vault.keys();
    expect(keys.open(rawPlace('api', 0), rows[0]?.raw ?? raw).equals(raw)).toBe(true);
  });

  test('the reasons of very many rejected claims are in the quarantine, not all in the answer', async () => {
    const bad = { ...claimOf(), lines: Array.from({ length: 60 }, () => ({})) };
    const sent = reply(
      await send(ndjson(...Array.from({ length: 300 }, (_, at) => ({ ...bad, setl_id: `bad${at}` })))),
    );
    expect(sent.counts.rejected).toBe(300);
    expect(sent.answers[0]?.issues).toHaveLength(issuesMax + 1);
    expect(sent.answers.at(-1)?.issues).toBeUndefined();
    expect(sent.answers.at(-1)?.quarantine_id).toMatch(/^\d+$/);
  });
});

describe('what is refused', () => {
  test('another content type, another encoding', async () => {
    expect(await send('a,b', { 'content-type': 'text/csv' })).toMatchObject({ status: 415 });
    expect(
      await send('x', { 'content-type': 'application/x-ndjson', 'content-encoding': 'br' }),
    ).toMatchObject({ status: 415 });
  });

  test('an array that is not JSON: nothing is taken in', async () => {
    const claim = fresh();
    const sent = await send(`[${JSON.stringify(claim)}, oops]`, { 'content-type': 'application/json' });
    expect([sent.status, errorCode(sent)]).toEqual([400, 'malformed_json']);
    expect(await stored(claim.setl_id)).toBe(0);
  });

  test('damaged and incomplete gzip', async () => {
    const headers = { 'content-type': 'application/x-ndjson', 'content-encoding': 'gzip' };
    const damaged = await send('not gzip', headers);
    expect([damaged.status, errorCode(damaged)]).toEqual([400, 'bad_gzip']);
    const whole = packed(ndjson(...Array.from({ length: 50 }, () => fresh())));
    const cut = await send(whole.slice(0, whole.length - 20), headers);
    expect([cut.status, errorCode(cut)]).toEqual([400, 'bad_gzip']);
  });

  test('a gzip bomb ends at the limit', async () => {
    const bomb = packed(Buffer.alloc(300 * 1_048_576, 0x20));
    expect(bomb.length).toBeLessThan(1_048_576);
    const sent = await send(bomb, { 'content-type': 'application/x-ndjson', 'content-encoding': 'gzip' });
    expect([sent.status, errorCode(sent)]).toEqual([413, 'body_too_large']);
  });

  test('a bomb in one line, and one in a JSON array', async () => {
    const small = await serve({ bodyBytesMax: 4 * 1_048_576, arrayBytesMax: 1_048_576 });
    const bomb = packed(Buffer.alloc(16 * 1_048_576, 0x5b));
    for (const [type, code] of [
      ['application/x-ndjson', 'body_too_large'],
      ['application/json', 'array_too_large'],
    ] as const) {
      const sent = await send(bomb, { 'content-type': type, 'content-encoding': 'gzip' }, small);
      expect([sent.status, errorCode(sent)]).toEqual([413, code]);
    }
  });

  test('one claim above its limit is rejected, not the request', async () => {
    const big = { ...fresh(), medins_setl_id: 'x'.repeat(9 * 1_048_576) };
    const sent = await send(ndjson(big, fresh()));
    expect(statuses(sent)).toEqual(['rejected', 'accepted']);
    expect(reply(sent).answers[0]?.issues).toMatchObject([{ code: 'too_large' }]);
  });

  test('too many claims in one request', async () => {
    const small = await serve({ requestClaimsMax: 3 });
    const sent = await send(ndjson(fresh(), fresh(), fresh(), fresh()), undefined, small);
    expect([sent.status, errorCode(sent)]).toEqual([413, 'too_many_claims']);
  });

  test('a sender that falls silent', async () => {
    const hasty = new URL(`${await serve({ silenceMs: 100 })}/claims`);
    const request = httpRequest(hasty, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
    });
    request.write(`${ndjson(fresh())}\n`);
    const [response] = await once(request, 'response');
    expect(response.statusCode).toBe(408);
    request.destroy();
  });

  test('too much waits: come back later', async () => {
    const full = await serve({ waitingClaimsMax: 10 });
    const sent = await send(ndjson(fresh()), undefined, full);
    expect([sent.status, errorCode(sent)]).toEqual([429, 'intake_full']);
    expect(Number(sent.retryAfter)).toBeGreaterThanOrEqual(1);
    expect(Number(sent.retryAfter)).toBeLessThanOrEqual(300);
  });

  test('too many uploads at once', async () => {
    const narrow = await serve({ uploadsMax: 1, uploadsWaitingMax: 0 });
    const slow = startUpload(narrow);
    await expect.poll(async () => (await send(ndjson(fresh()), undefined, narrow)).status).toBe(429);
    slow.end();
    const [response] = await once(slow, 'response');
    expect(response.statusCode).toBe(200);
    response.resume();
  });

  test('an upload waits a moment for its place', async () => {
    const narrow = await serve({ uploadsMax: 1, uploadsWaitingMax: 1 });
    const slow = startUpload(narrow);
    // One of the two has the only place left in the line.
    const two = Promise.all([0, 1].map(() => send(ndjson(fresh()), undefined, narrow)));
    await expect.poll(async () => (await send(ndjson(fresh()), undefined, narrow)).status).toBe(429);
    slow.end();
    await once(slow, 'response');
    expect((await two).map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 429]);
  });

  test('a sender that goes away in the middle leaves the API well', async () => {
    const gone = httpRequest(new URL(`${url}/claims`), {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
    });
    gone.on('error', () => undefined);
    gone.write(`${ndjson(fresh())}\n`);
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
    gone.destroy();
    expect(statuses(await send(ndjson(fresh())))).toEqual(['accepted']);
  });
});

/** Its body does not end before `end()`. */
function startUpload(to: string): ReturnType<typeof httpRequest> {
  const upload = httpRequest(new URL(`${to}/claims`), {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
  });
  upload.write(`${ndjson(fresh())}\n`);
  return upload;
}

async function get<T>(path: string, schema: z.ZodType<T>, status = 200): Promise<T> {
  const response = await fetch(`${url}${path}`);
  expect(response.status).toBe(status);
  return schema.parse(await response.json());
}
const post = async (path: string, body: unknown): Promise<Sent> => {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: await response.json(), retryAfter: null };
};

describe('what is shown', () => {
  test('settlements, and one of them with personal data masked', async () => {
    const claim = fresh();
    await send(ndjson(claim));
    const page = await get(`/claims?setl_id=${claim.setl_id}`, claimsPageSchema);
    expect(page).toMatchObject({ total: 1, items: [{ setl_id: claim.setl_id, medfee_sumamt: '50.00' }] });
    const detail = await get(`/claims/H33070000001/${claim.setl_id}`, claimDetailSchema);
    expect(detail.claim.person).toMatchObject({ psn_name: '张**', certno: '3307**********1234' });
    expect(JSON.stringify(detail)).not.toContain('三丰');
    await get('/claims/H33070000001/none', ErrorAnswer, 404);
    await get('/claims?psn_no=P1', ErrorAnswer, 400);
  });

  test('the JSON Schema, with Chinese descriptions', async () => {
    const response = await fetch(`${url}/schemas/claim`);
    expect(response.headers.get('content-type')).toContain('application/schema+json');
    const schema = z
      .looseObject({ $schema: z.string(), required: z.array(z.string()) })
      .parse(await response.json());
    expect(schema.$schema).toBe('https://json-schema.org/draft/2020-12/schema');
    expect(schema.required).toContain('setl_id');
    expect(JSON.stringify(schema)).toContain('费用发生时间');
  });

  test('what came in, by day and source', async () => {
    await send(`${ndjson(fresh())}\nbroken ${nextId}`);
    const summary = await get('/intake/summary', intakeSummarySchema);
    expect(summary.waiting.claims).toBeGreaterThan(0);
    expect(summary.quarantine.open).toBeGreaterThan(0);
    expect(summary.days[0]).toMatchObject({ source: 'api' });
    expect(summary.days[0]?.stored).toBe(summary.waiting.claims);
  });
});

describe('the quarantine', () => {
  async function quarantined(claim: ClaimInput): Promise<string> {
    const sent = await send(ndjson({ ...claim, settlement: {} }));
    return reply(sent).answers[0]?.quarantine_id ?? '';
  }

  test('rejected input is listed and shown with personal data masked', async () => {
    const claim = fresh();
    const id = await quarantined(claim);
    const page = await get('/quarantine?page_size=1', quarantinePageSchema);
    expect(page.items).toMatchObject([
      {
        id,
        setl_id: claim.setl_id,
        state: 'open',
        issues: [{ path: '$.settlement.medfee_sumamt', code: 'missing' }],
      },
    ]);
    const entry = await get(`/quarantine/${id}`, quarantineEntrySchema);
    expect(JSON.parse(entry.raw ?? '')).toEqual({
      ...claim,
      person: { ...claim.person, psn_name: '张**', certno: '3307**********1234' },
      settlement: {},
    });
  });

  test('the same bad input at the same place is kept once', async () => {
    const claim = fresh();
    expect(await quarantined(claim)).toBe(await quarantined(claim));
  });

  test('a corrected document is stored and closes the entry; a still wrong one leaves it open', async () => {
    const claim = fresh();
    const id = await quarantined(claim);
    const wrong = await post(`/quarantine/${id}/resubmit`, { ...claim, lines: null });
    expect(claimAnswerSchema.parse(wrong.body)).toMatchObject({
      status: 'rejected',
      quarantine_id: id,
      issues: [{ path: '$.lines', code: 'missing' }],
    });
    expect((await get(`/quarantine/${id}`, quarantineEntrySchema)).state).toBe('open');
    const right = await post(`/quarantine/${id}/resubmit`, claim);
    expect(claimAnswerSchema.parse(right.body)).toEqual({
      index: 0,
      status: 'accepted',
      setl_id: claim.setl_id,
      fixmedins_code: 'H33070000001',
    });
    expect(await get(`/quarantine/${id}`, quarantineEntrySchema)).toMatchObject({
      state: 'corrected',
      resolved_at: expect.any(String),
    });
    expect(await stored(claim.setl_id)).toBe(1);
    const { rows } = await held.database.pool.query<{ batch_id: number }>(
      'SELECT batch_id FROM claim_revision WHERE setl_id = $1',
      [claim.setl_id],
    );
    expect(announced).toContain(rows[0]?.batch_id);
    const again = await post(`/quarantine/${id}/resubmit`, claim);
    expect([again.status, errorCode(again)]).toEqual([409, 'already_settled']);
  });

  test('a selection is dismissed with one reason; what was settled before is left as it is, and said', async () => {
    const [settled, ...open] = [
      await quarantined(fresh()),
      await quarantined(fresh()),
      await quarantined(fresh()),
    ];
    await post(`/quarantine/${settled}/dismiss`, { reason: '先' });
    const unknown = '999999999999';
    const done = await post('/quarantine/dismiss', { ids: [settled, ...open, unknown], reason: '重复报送' });
    expect(done.status).toBe(200);
    const { done: n, answers } = dismissedManySchema.parse(done.body);
    expect([n, answers.map(({ reason }) => reason?.en ?? null)]).toEqual([
      2,
      [
        'This entry was already corrected or dismissed',
        null,
        null,
        'There is no such entry in the quarantine',
      ],
    ]);
    for (const id of open)
      expect(await get(`/quarantine/${id}`, quarantineEntrySchema)).toMatchObject({
        state: 'dismissed',
        note: '重复报送',
      });
    expect((await get(`/quarantine/${settled}`, quarantineEntrySchema)).note).toBe('先');
    const { rows } = await held.database.pool.query<{ subject: string }>(
      `SELECT subject FROM audit_event WHERE kind = 'quarantine.dismissed' ORDER BY seq DESC LIMIT 2`,
    );
    expect(rows.map(({ subject }) => subject).toSorted()).toEqual(
      open.map((id) => `quarantine/${id}`).toSorted(),
    );
    const many = Array.from({ length: dismissManyMax + 1 }, (_, index) => String(index + 1));
    expect((await post('/quarantine/dismiss', { ids: many, reason: 'x' })).status).toBe(400);
    expect((await post('/quarantine/dismiss', { ids: open, reason: ' ' })).status).toBe(400);
  });

  test('a dismissal needs a reason and is final', async () => {
    const id = await quarantined(fresh());
    expect((await post(`/quarantine/${id}/dismiss`, { reason: ' ' })).status).toBe(400);
    const done = await post(`/quarantine/${id}/dismiss`, { reason: '测试数据' });
    expect(quarantineEntrySchema.parse(done.body)).toMatchObject({ state: 'dismissed', note: '测试数据' });
    expect((await post(`/quarantine/${id}/dismiss`, { reason: 'x' })).status).toBe(409);
    expect(
      (await get('/quarantine?state=dismissed', quarantinePageSchema)).items.map((entry) => entry.id),
    ).toContain(id);
  });

  test.each(['0', '999999', 'abc', '-1', '99999999999999999999'])('there is no entry %s', async (id) => {
    await get(`/quarantine/${id}`, ErrorAnswer, 404);
    expect((await post(`/quarantine/${id}/dismiss`, { reason: 'x' })).status).toBe(404);
    expect((await post(`/quarantine/${id}/resubmit`, claimOf())).status).toBe(404);
  });
});
