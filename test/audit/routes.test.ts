import { generateKeyPairSync } from 'node:crypto';
import type { Server } from 'node:http';
import path from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { systemActor } from '../../src/audit/actor.ts';
import { anchorDay } from '../../src/audit/anchor-service.ts';
import { eventKinds } from '../../src/audit/catalogue.ts';
import {
  type AuditEventRow,
  auditHeadSchema,
  auditKindsSchema,
  auditPageSchema,
} from '../../src/audit/contract.ts';
import { auditRoutes } from '../../src/audit/routes.ts';
import { recordEvents } from '../../src/audit/store.ts';
import { stampAnchors } from '../../src/audit/timestamp-service.ts';
import { verifyFile } from '../../src/audit/verify-service.ts';
import { formatDay } from '../../src/platform/civil.ts';
import { today } from '../../src/platform/clock.ts';
import { transaction } from '../../src/platform/database.ts';
import { closeServer, createHttpApp, listen, presentErrors } from '../../src/platform/http.ts';
import { createLog } from '../../src/platform/log.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { folderOf } from '../support/folder.ts';
import { startTsa } from '../support/tsa.ts';
import { growChain, rowsOf } from './chains.ts';

let held: TestDatabase;
let server: Server;
let base: string;
beforeAll(async () => {
  held = await createTestDatabase();
  await growChain(held.database, 5_000);
  await transaction(held.database, (client) =>
    recordEvents(client, { ...systemActor('test'), account: 'wang', address: '10.0.0.7' }, [
      {
        kind: 'quarantine.dismissed',
        key: '12',
        before: { state: 'open' },
        after: { state: 'dismissed' },
        detail: {},
      },
    ]),
  );
  const metrics = createMetrics('test');
  const app = createHttpApp({ log: createLog({ process: 'test', level: 'silent' }), metrics });
  app.use(
    '/api/v1/audit',
    auditRoutes(held.database, (_request, response) => ({
      ...systemActor('test'),
      requestId: response.locals.requestId,
    })),
  );
  presentErrors(app, { metrics });
  server = await listen(app, { host: '127.0.0.1', port: 0 });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  base = `http://127.0.0.1:${address.port}/api/v1/audit`;
});
afterAll(async () => {
  await closeServer(server, { graceMs: 0 });
  await held.drop();
});

const search = async (query: Record<string, string> = {}) =>
  auditPageSchema.parse(
    await (await fetch(`${base}/events?${new URLSearchParams(query).toString()}`)).json(),
  );

test('pages go from the newest event to the first, each event once', async () => {
  const seen: AuditEventRow[] = [];
  let before: number | null = null;
  do {
    const page = await search({ page_size: '200', ...(before === null ? {} : { before: String(before) }) });
    seen.push(...page.items);
    before = page.next_before;
  } while (before !== null);
  expect(seen.map(({ seq }) => seq)).toEqual(Array.from({ length: 5_001 }, (_, at) => 5_001 - at));
});

test('search by kind, account, subject and day', async () => {
  const day = formatDay(today());
  const found = async (query: Record<string, string>): Promise<number[]> =>
    (await search(query)).items.map(({ seq }) => seq);
  expect(await found({ kind: 'quarantine.dismissed' })).toEqual([5_001]);
  expect(await found({ account: 'wang' })).toEqual([5_001]);
  expect(await found({ subject: 'intake_batch/77' })).toEqual([77]);
  expect(await found({ account: 'wang', subject: 'intake_batch/77' })).toEqual([]);
  expect(await found({ subject: 'quarantine/12', from: day, to: day })).toEqual([5_001]);
  expect(await found({ to: formatDay(today() - 2) })).toEqual([]);
});

test('an event is shown with who, what, before and after, and what it was hashed from', async () => {
  const [event] = (await search({ kind: 'quarantine.dismissed' })).items;
  expect(event).toMatchObject({
    meaning: { zh: '隔离数据不再处理（理由见隔离区）' },
    actor: { account: 'wang', address: '10.0.0.7', area: '*' },
    subject: { type: 'quarantine', key: '12' },
    before: { state: 'open' },
    after: { state: 'dismissed' },
  });
  const [row] = (await rowsOf(held.url)).slice(-1);
  expect(event).toMatchObject({ hash: row?.hash, text: row?.text });
});

test.each(['kind=' + 'x'.repeat(61), 'from=yesterday', 'before=0', 'page_size=201', 'before=1.5'])(
  'a query that does not fit is refused: %s',
  async (query) => {
    expect((await fetch(`${base}/events?${query}`)).status).toBe(400);
  },
);

test('kinds are listed with their meaning', async () => {
  const { items } = auditKindsSchema.parse(await (await fetch(`${base}/kinds`)).json());
  expect(items.map(({ kind }) => kind).sort()).toEqual(eventKinds);
});

test('the head is the last event', async () => {
  const head = auditHeadSchema.parse(await (await fetch(`${base}/head`)).json());
  const rows = await rowsOf(held.url);
  expect(head).toMatchObject({
    seq: rows.length,
    hash: rows.at(-1)?.hash,
    chain: rows[0]?.hash,
    anchor: null,
  });
});

test('the head tells the last anchor, and when an authority stamped it', async () => {
  const tsa = await startTsa();
  onTestFinished(() => tsa.close());
  const { privateKey: key } = generateKeyPairSync('ed25519');
  const actor = systemActor('test');
  const day = today();
  await anchorDay(held.database, { day, key, actor, now: new Date(), once: false });
  const anchorOfHead = async () => auditHeadSchema.parse(await (await fetch(`${base}/head`)).json()).anchor;
  expect(await anchorOfHead()).toMatchObject({ day: formatDay(day), stamped_at: null });
  const log = { info: () => undefined, warn: () => undefined };
  await stampAnchors(held.database, { url: tsa.url, actor, today, log }, new AbortController().signal);
  const stampedAt = (await anchorOfHead())?.stamped_at ?? '';
  expect(Math.abs(Date.parse(stampedAt) - Date.now())).toBeLessThan(60_000);
});

test('an export is verified without us, and is itself on record', async () => {
  const head = (await rowsOf(held.url)).length;
  const response = await fetch(`${base}/export`);
  expect(response.headers.get('content-disposition')).toContain(`audit-1-${head}.jsonl`);
  const folder = await folderOf({ 'export.jsonl': await response.text() });
  const report = await verifyFile(path.join(folder, 'export.jsonl'), {
    from: 1,
    to: head,
    anchors: [],
    trusted: null,
    authorities: null,
  });
  expect(report).toMatchObject({ count: head, fault: null });
  const [event] = (await search({ kind: 'audit.exported' })).items;
  expect(event).toMatchObject({
    seq: head + 1,
    actor: { account: 'system:test' },
    request_id: response.headers.get('x-request-id'),
    detail: { from_seq: 1, to_seq: head },
  });
});

test('a reader who goes away in the middle gives the place back', async () => {
  for (let turn = 0; turn < 4; turn += 1) {
    const gone = new AbortController();
    const begin = async (): Promise<number> =>
      (await fetch(`${base}/export`, { signal: gone.signal })).status;
    // A place is free again a moment after its reader has everything.
    await expect.poll(begin).toBe(200);
    gone.abort();
    const readWhole = async (): Promise<number> => {
      const { status, body } = await fetch(`${base}/export?to=1`);
      // What is not read to its end keeps its place.
      await body?.pipeTo(new WritableStream());
      return status;
    };
    await expect.poll(readWhole).toBe(200);
  }
});
