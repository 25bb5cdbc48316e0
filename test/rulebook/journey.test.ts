/** A rule from its first draft to the day it is taken back, over HTTP, with the workers of the product. */
import type { Server } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { createApi } from '../../src/api/server.ts';
import { loadProcedure } from '../../src/cases/load-procedure.ts';
import { loadResultTerms } from '../../src/inspection/service.ts';
import { closeServer, listen } from '../../src/platform/http.ts';
import { createLog } from '../../src/platform/log.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import { type JobQueue, openQueue, type QueueWorker } from '../../src/platform/queue.ts';
import {
  checkSchema,
  diffSchema,
  draftSchema,
  noticesSchema,
  ruleHistorySchema,
  rulebookListSchema,
  runDetailSchema,
  runSchema,
  stepAnswerSchema,
  versionDetailSchema,
} from '../../src/rulebook/contract.ts';
import { openActiveRules } from '../../src/rulebook/active-service.ts';
import { screenJob, screenQueue } from '../../src/screening/queue.ts';
import { afterWork } from '../../workers/after-batch.ts';
import { startRulebookWorker } from '../../workers/rulebook.ts';
import { startScreenWorker } from '../../workers/screen.ts';
import { signedIn, testPeople } from '../support/people.ts';
import { findingsOf, openWorld, splitCode, splitRule, stay, store, type World } from './world.ts';
import type { ClaimInput } from '../../src/claims/contract.ts';

let world: World;
let queue: JobQueue;
let server: Server;
let base = '';
const workers: QueueWorker[] = [];
let author: Record<string, string> = {};
let approver: Record<string, string> = {};
const log = createLog({ process: 'test', level: 'silent' });

beforeAll(async () => {
  world = await openWorld();
  const queueConfig = { databaseUrl: world.url, redisUrl: undefined };
  queue = await openQueue(queueConfig, screenQueue, log);
  const { app } = createApi({
    database: world.database,
    vault: world.vault,
    history: world.database,
    screenQueue: queue,
    ruleSet: world.library,
    coverage: [],
    procedure: await loadProcedure('rules/procedure'),
    resultTerms: await loadResultTerms('rules'),
    activeRules: await openActiveRules(world.database, world.library.knowledge),
    log,
    metrics: createMetrics('test'),
    people: testPeople,
  });
  server = await listen(app, { host: '127.0.0.1', port: 0 });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  base = `http://127.0.0.1:${address.port}/api/v1`;
  const { database, vault, rules } = world;
  const metrics = createMetrics('worker');
  const context = { queueConfig, database, rules, log, metrics };
  workers.push(
    await startScreenWorker({
      ...context,
      vault,
      queue,
      concurrency: 2,
      ...afterWork(context),
    }),
    await startRulebookWorker(context),
  );
  author = await signedIn(database, { login: 'author-li', role: 'rule_author' });
  approver = await signedIn(database, { login: 'approver-wang', role: 'rule_approver' });
});
afterAll(async () => {
  for (const worker of workers) await worker.close();
  await closeServer(server, { graceMs: 0 });
  await queue.close();
  await world.drop();
});

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

async function call(headers: Record<string, string>, path: string, body?: unknown): Promise<Answer> {
  const response = await fetch(`${base}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer: unknown = await response.json();
  return { status: response.status, body: answer };
}

async function ask<T>(
  schema: z.ZodType<T>,
  headers: Record<string, string>,
  path: string,
  body?: unknown,
): Promise<T> {
  const answer = await call(headers, path, body);
  if (answer.status !== 200) throw new Error(`${path}: ${JSON.stringify(answer.body)}`);
  return schema.parse(answer.body);
}

const refusalSchema = z.object({ error: z.object({ message: z.object({ zh: z.string() }) }) });
async function refusal(headers: Record<string, string>, path: string, body: unknown): Promise<string> {
  const { status, body: answer } = await call(headers, path, body);
  const { message } = refusalSchema.parse(answer).error;
  return `${status} ${message.zh}`;
}

async function send(claims: readonly ClaimInput[]): Promise<void> {
  await queue.addMany((await store(world, claims)).map(screenJob));
  await expect
    .poll(
      async () =>
        (await world.database.pool.query(`SELECT FROM intake_batch WHERE state <> 'screened'`)).rowCount,
    )
    .toBe(0);
}

const found = async (): Promise<string[]> =>
  (await findingsOf(world, splitCode)).map((name) => name.split(' ')[0] ?? '');

async function ended(run: string): Promise<z.infer<typeof runDetailSchema>> {
  await expect
    .poll(async () => (await ask(runDetailSchema, author, `/rulebook/runs/${run}`)).run.state)
    .toBe('done');
  return ask(runDetailSchema, author, `/rulebook/runs/${run}`);
}

const textsOf = async (days: number, border = days) => {
  const { document, examples } = await splitRule(days, border);
  return { document: JSON.stringify(document), examples: JSON.stringify(examples), based_on: null };
};

test('from the first draft to the day it is taken back', async () => {
  await send([stay('A1', 1, 3), stay('A2', 15, 17), stay('B1', 1, 3, 'P2'), stay('B2', 8, 10, 'P2')]);
  expect(await found()).toEqual(['A2', 'B2']);
  const draft = `/rulebook/drafts/${splitCode}`;

  // A draft may be anything.
  const odd = await ask(draftSchema, author, draft, { document: '{"code":', examples: '', based_on: null });
  expect(odd.check).toMatchObject({ lint_clean: false, examples_pass: false });
  expect(await refusal(author, `${draft}/submit`, {})).toContain('草稿还不是可用的规则');

  // An example that the rule does not do blocks it, and the author sees which.
  const failing = await ask(draftSchema, author, draft, await textsOf(10, 11));
  expect(failing.check.faults.map(({ example }) => example.zh)).toEqual(['间隔 11 天']);
  expect(await refusal(author, `${draft}/submit`, {})).toBe('409 示例未全部通过');
  const { issues } = await ask(checkSchema, author, '/rulebook/check', {
    code: splitCode,
    document: JSON.stringify({ ...(await splitRule(10)).document, stake: { of: 'everything' } }),
    examples: '{}',
  });
  expect(issues.length).toBeGreaterThan(0);

  // Repaired, tried over all history, and submitted.
  await ask(draftSchema, author, draft, await textsOf(10));
  expect((await call(approver, `${draft}/backtest`, {})).status).toBe(403);
  const run = await ask(runSchema, author, `${draft}/backtest`, {});
  const { results } = await ended(run.id);
  expect(results).toMatchObject({
    total: { claims: 4, new: { findings: 0 }, lost: { findings: 1 }, same: { findings: 1 }, rate: 250 },
    precision: { labelled: 0, precision: null },
  });
  expect(results?.samples.lost.map(({ setl_id }) => setl_id)).toEqual(['A2']);
  expect(results?.by_institution.map(({ lost }) => lost.findings)).toEqual([1]);
  const submitted = await ask(stepAnswerSchema, author, `${draft}/submit`, {});
  const ten = submitted.version.content_hash;
  expect(submitted.version.state).toBe('review');
  expect((await call(author, draft)).status).toBe(404);

  // Four eyes, on exactly this content.
  const version = `/rulebook/versions/${ten}`;
  expect((await call(author, `${version}/approve`, {})).status).toBe(403);
  expect(await refusal(approver, `${version}/activate`, { ramp: null })).toBe(
    '409 该版本待审，不能进行此操作',
  );
  await ask(stepAnswerSchema, approver, `${version}/approve`, {});
  await ask(draftSchema, author, draft, { ...(await textsOf(11)), based_on: ten });
  const edited = (await ask(stepAnswerSchema, author, `${draft}/submit`, {})).version;
  expect(edited).toMatchObject({ state: 'review', based_on: ten });
  expect(
    await refusal(approver, `/rulebook/versions/${edited.content_hash}/activate`, { ramp: null }),
  ).toContain('待审');
  const diff = await ask(diffSchema, author, `/rulebook/diff?from=${ten}&to=${edited.content_hash}`);
  expect(diff.changes.map(({ text }) => text.zh)).toEqual(['参数“两次住院最大间隔”（gap_days_max）10 → 11']);
  const rejected = `/rulebook/versions/${edited.content_hash}/reject`;
  expect((await call(approver, rejected, {})).status).toBe(400);
  await ask(stepAnswerSchema, approver, rejected, { reason: '不需要' });

  // In shadow it writes nothing that anybody acts on.
  await ask(stepAnswerSchema, approver, `${version}/shadow`, {});
  await send([
    stay('C1', 1, 3, 'P3'),
    stay('C2', 8, 10, 'P3'),
    stay('D1', 1, 3, 'P4'),
    stay('D2', 15, 17, 'P4'),
  ]);
  expect(await found()).toEqual(['A2', 'B2', 'C2', 'D2']);
  const detail = await ask(versionDetailSchema, approver, version);
  expect(detail.state).toBe('shadow');
  await expect
    .poll(async () => {
      const { rate } = await ask(versionDetailSchema, approver, version);
      return (rate?.claims ?? 0) + (rate?.skipped_claims ?? 0);
    })
    .toBe(4);
  expect(detail.actions.filter(({ allowed }) => allowed).map(({ action }) => action)).toEqual([
    'activate',
    'pause',
    'retire',
  ]);

  // In force: the stream follows at once, and what was found before is judged again.
  const activated = await ask(stepAnswerSchema, approver, `${version}/activate`, { ramp: null });
  await ended(activated.replay?.id ?? '');
  expect(await found()).toEqual(['B2', 'C2']);
  await send([stay('E1', 1, 3, 'P5'), stay('E2', 15, 17, 'P5')]);
  expect(await found()).toEqual(['B2', 'C2']);
  const list = await ask(rulebookListSchema, author, '/rulebook/rules');
  expect(list.rules.find(({ code }) => code === splitCode)?.active?.content_hash).toBe(ten);

  // And taken back in one step.
  const history = await ask(ruleHistorySchema, approver, `/rulebook/rules/${splitCode}`);
  expect(history.may_roll_back.allowed).toBe(true);
  const back = await ask(stepAnswerSchema, approver, `/rulebook/rules/${splitCode}/rollback`, {
    reason: '漏报',
  });
  const replayed = await ended(back.replay?.id ?? '');
  expect(replayed).toMatchObject({ run: { kind: 'replay', created: 1 }, results: null });
  expect(await found()).toEqual(['A2', 'B2', 'C2', 'D2', 'E2']);
  expect((await ask(noticesSchema, author, '/rulebook/notices')).notices).toEqual([]);
});
