/** A batch of a knowledge table from the upload to the rollback, over HTTP: two servers and the workers of the product, none of them restarted. */
import { createHash } from 'node:crypto';
import type { Server } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { z } from 'zod';
import { createApi } from '../../src/api/server.ts';
import { loadProcedure } from '../../src/cases/load-procedure.ts';
import { loadResultTerms } from '../../src/inspection/service.ts';
import {
  knowledgeListSchema,
  previewSchema,
  tableChangedSchema,
  tableDetailSchema,
  uploadAnswerSchema,
} from '../../src/knowledge/contract.ts';
import { closeServer, listen } from '../../src/platform/http.ts';
import { createLog } from '../../src/platform/log.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import { type JobQueue, openQueue, type QueueWorker } from '../../src/platform/queue.ts';
import { follow, openActiveRules } from '../../src/rulebook/active-service.ts';
import { precheckSchema } from '../../src/screening/contract.ts';
import { screenQueue } from '../../src/screening/queue.ts';
import { startRulebookWorker } from '../../workers/rulebook.ts';
import { runCommand } from '../support/command.ts';
import { signedIn, testPeople } from '../support/people.ts';
import { xlsxOf } from '../support/xlsx.ts';
import { findingsOf, openWorld, stay, stream, type World } from './world.ts';

const table = 'item-sex';
const item = '001201000030000';

let world: World;
let queue: JobQueue;
let worker: QueueWorker;
const servers: Server[] = [];
const stopping: (() => Promise<void>)[] = [];
let here = '';
let elsewhere = '';
let author: Record<string, string> = {};
let approver: Record<string, string> = {};
let inspector: Record<string, string> = {};
const log = createLog({ process: 'test', level: 'silent' });

beforeAll(async () => {
  world = await openWorld();
  const { database, vault, rules, library } = world;
  const queueConfig = { databaseUrl: world.url, redisUrl: undefined };
  queue = await openQueue(queueConfig, screenQueue, log);
  const open = async (): Promise<string> => {
    const activeRules = await openActiveRules(database, library.knowledge);
    stopping.push(follow(activeRules, () => undefined));
    const { app } = createApi({
      database,
      vault,
      history: database,
      screenQueue: queue,
      ruleSet: library,
      coverage: [],
      procedure: await loadProcedure('rules/procedure'),
      resultTerms: await loadResultTerms('rules'),
      activeRules,
      log,
      metrics: createMetrics('test'),
      people: testPeople,
    });
    const server = await listen(app, { host: '127.0.0.1', port: 0 });
    servers.push(server);
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return `http://127.0.0.1:${address.port}/api/v1`;
  };
  here = await open();
  elsewhere = await open();
  worker = await startRulebookWorker({
    queueConfig,
    database,
    rules,
    log,
    metrics: createMetrics('worker'),
  });
  author = await signedIn(database, { login: 'author-li', role: 'rule_author' });
  approver = await signedIn(database, { login: 'approver-wang', role: 'rule_approver' });
  inspector = await signedIn(database, { login: 'inspector-zhao', role: 'inspector' });
  await stream(world, [stay('S1', 20, 22, 'P1'), stay('S2', 2, 4, 'P2')]);
});
afterAll(async () => {
  for (const stop of stopping) await stop();
  await worker.close();
  for (const server of servers) await closeServer(server, { graceMs: 0 });
  await queue.close();
  await world.drop();
});

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

async function call(
  headers: Record<string, string>,
  url: string,
  body?: unknown,
  type = 'application/json',
): Promise<Answer> {
  const response = await fetch(url, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { ...headers, 'content-type': type },
    ...(body === undefined
      ? {}
      : { body: Buffer.isBuffer(body) ? new Uint8Array(body) : JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
}

async function ask<T>(schema: z.ZodType<T>, ...asking: Parameters<typeof call>): Promise<T> {
  const answer = await call(...asking);
  if (answer.status !== 200) throw new Error(`${asking[1]}: ${JSON.stringify(answer.body)}`);
  return schema.parse(answer.body);
}

const upload = (file: Buffer, over: Record<string, string> = {}): Parameters<typeof call> => {
  const terms = new URLSearchParams({
    extent: 'supplement',
    source: '某省医保局公告',
    batch: '2026 年第 1 批',
    published_at: '2026-01-31',
    effective_from: '2026-01-10',
    file_name: '限性别.xlsx',
    sha256: createHash('sha256').update(file).digest('hex'),
    ...over,
  });
  return [
    author,
    `${here}/knowledge/tables/${table}/batches?${terms}`,
    file,
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  ];
};

/** What a pre-check of the other server says of a man who gets the item. */
const foundElsewhere = async (): Promise<string[]> =>
  (await ask(precheckSchema, approver, `${elsewhere}/precheck`, stay('PRE', 15, 17, 'P9'))).findings
    .map(({ rule_code }) => rule_code)
    .filter((code) => code === 'FW-ITEM-SEX');
const found = async (): Promise<string[]> =>
  (await findingsOf(world, 'FW-ITEM-SEX')).map((name) => name.split(' ')[0] ?? '');

test('from the upload to the rollback', { timeout: 60_000 }, async () => {
  const sheet = (gend: unknown) =>
    xlsxOf([
      ['med_list_codg', 'item_name', 'gend'],
      [item, '护理', gend === '2' ? '2' : 9],
    ]);
  expect(await foundElsewhere()).toEqual([]);

  // Terms and file are looked at before anything is kept.
  expect((await call(inspector, `${here}/knowledge/tables`)).status).toBe(403);
  expect((await call(...upload(sheet('2'), { effective_from: '2026-02-30' }))).status).toBe(400);
  expect(await call(...upload(sheet('2'), { sha256: '0'.repeat(64) }))).toMatchObject({
    status: 400,
    body: { error: { code: 'knowledge_bad_file' } },
  });
  expect((await call(...upload(Buffer.alloc(33 * 1024 * 1024, 0x61)))).status).toBe(413);

  const faulty = await ask(uploadAnswerSchema, ...upload(sheet('9')));
  expect(faulty).toMatchObject({ run: null, batch: { state: 'faulty', bad_rows: 1 } });
  expect(faulty.batch.issues).toMatchObject([{ row: 2, column: 'gend' }]);
  await ask(tableChangedSchema, author, `${here}/knowledge/batches/${faulty.batch.id}/withdraw`, {});

  const file = sheet('2');
  const { batch, run } = await ask(uploadAnswerSchema, ...upload(file));
  expect(batch).toMatchObject({ state: 'waiting', format: 'xlsx', rows: 1, account: 'author-li' });
  const path = `${here}/knowledge/batches/${batch.id}`;
  const kept = await fetch(`${path}/file`, { headers: author });
  expect(Buffer.from(await kept.arrayBuffer()).equals(file)).toBe(true);
  await expect
    .poll(async () => (await ask(previewSchema, approver, `${path}/preview`)).findings, { timeout: 20_000 })
    .toMatchObject({ run, is_done: true, new: 1, lost: 0 });
  const looked = await ask(previewSchema, approver, `${path}/preview`);

  // The command says the same.
  const environment = { DATABASE_URL: world.url };
  const told = await runCommand(['knowledge', 'preview', batch.id], environment);
  expect(told).toMatchObject({ code: 0 });
  expect(told.out).toContain('新增 1，变更 0，撤下 0，冲突 0');
  expect(told.out).toContain(looked.table_sha256);

  // Four eyes, on exactly this table.
  const approval = { table_sha256: looked.table_sha256 };
  expect((await call(author, `${path}/approve`, approval)).status).toBe(403);
  expect((await call(approver, `${path}/approve`, {})).status).toBe(400);
  expect((await call(approver, `${path}/approve`, { table_sha256: '0'.repeat(64) })).status).toBe(409);
  expect((await call(approver, `${path}/reject`, {})).status).toBe(400);
  const changed = await ask(tableChangedSchema, approver, `${path}/approve`, approval);
  expect(changed).toMatchObject({ batch: { state: 'approved', in_force: true } });
  expect(changed.replay).not.toBeNull();
  expect((await call(approver, `${path}/approve`, approval)).status).toBe(409);

  await expect.poll(foundElsewhere, { timeout: 10_000 }).toEqual(['FW-ITEM-SEX']);
  await expect.poll(found, { timeout: 20_000 }).toEqual(['S1']);
  const listed = await runCommand(['knowledge', 'list'], environment);
  expect(listed.out).toContain(`批次 2026 年第 1 批，${looked.table_sha256.slice(0, 12)}`);
  const { generation } = await ask(knowledgeListSchema, approver, `${elsewhere}/knowledge/tables`);

  const back = `${here}/knowledge/tables/${table}/roll-back`;
  expect((await call(approver, back, {})).status).toBe(400);
  await ask(tableChangedSchema, approver, back, { reason: '来源有误' });
  await expect.poll(foundElsewhere, { timeout: 10_000 }).toEqual([]);
  await expect.poll(found, { timeout: 20_000 }).toEqual([]);
  const detail = await ask(tableDetailSchema, approver, `${elsewhere}/knowledge/tables/${table}`);
  expect(detail).toMatchObject({
    in_force: { batch: { origin: 'shipped' } },
    history: [{}, { batch: { id: batch.id, state: 'rolled_back' } }, {}],
    may_roll_back: { allowed: false },
  });
  const later = await ask(knowledgeListSchema, approver, `${elsewhere}/knowledge/tables`);
  expect(later.generation).toBeGreaterThan(generation);
  expect((await call(approver, `${here}/knowledge/tables/no-such-table`)).status).toBe(404);
  expect((await call(approver, `${here}/knowledge/batches/999999`)).status).toBe(404);
});
