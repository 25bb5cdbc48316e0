import { searchEvents } from '../../src/audit/search-store.ts';
import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { startScreenWorker } from '../../workers/screen.ts';
import { createApi } from '../../src/api/server.ts';
import { loadProcedure } from '../../src/cases/load-procedure.ts';
import { loadResultTerms } from '../../src/inspection/service.ts';
import { operations } from '../../src/api/operations.ts';
import { canonicalClaim } from '../../src/claims/canonical.ts';
import { intakeReplySchema } from '../../src/claims/contract.ts';
import { splitPersonal } from '../../src/claims/personal.ts';
import { claimsOf, generateCity } from '../../src/demo/city.ts';
import { today } from '../../src/platform/clock.ts';
import { closeServer, listen } from '../../src/platform/http.ts';
import { createLog } from '../../src/platform/log.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import { type JobQueue, openQueue, type QueueWorker } from '../../src/platform/queue.ts';
import { coverageSchema, factsListSchema, rulesListSchema } from '../../src/rules/contract.ts';
import { coverageOf } from '../../src/rules/coverage.ts';
import { loadRuleSet, type RuleSet } from '../../src/rules/library.ts';
import {
  findingDetailSchema,
  findingsPageSchema,
  findingSchema,
  overviewSchema,
} from '../../src/screening/contract.ts';
import { screenQueue } from '../../src/screening/queue.ts';
import { waitingState } from '../../src/screening/store.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { endStateOf, onePass } from '../support/end-state.ts';
import { freePort } from '../support/free-port.ts';
import { isLeftOut } from '../support/optional-parts.ts';
import { keyHeaders, signedIn, testPeople } from '../support/people.ts';
import { startTestRedis, type TestRedis } from '../support/redis.ts';

const log = createLog({ process: 'test', level: 'silent' });
const adminToken = 'a-token-of-this-test';
const screenedMs = 60_000;
const city = [...claimsOf(generateCity({ seed: 11, persons: 150, months: 2 }))];

describe.each(['postgresql', 'redis'] as const)('claims in, findings out, queued on %s', (backend) => {
  describe.skipIf(backend === 'redis' && isLeftOut('redis'))('over HTTP', () => {
    let database: TestDatabase;
    let redis: TestRedis | undefined;
    let queue: JobQueue;
    let worker: QueueWorker;
    let server: Server;
    let ruleSet: RuleSet;
    let base: string;
    let reader: Record<string, string>;
    let sender: Record<string, string>;
    const workerMetrics = createMetrics('test worker');

    beforeAll(async () => {
      ruleSet = await loadRuleSet('rules');
      database = await createTestDatabase();
      redis = backend === 'redis' ? await startTestRedis() : undefined;
      const queueConfig = { databaseUrl: database.url, redisUrl: redis?.url };
      queue = await openQueue(queueConfig, screenQueue, log);
      const coverage = await coverageOf('rules', ruleSet);
      const context = { database: database.database, vault: database.vault, ruleSet, coverage, log };
      const port = await freePort();
      const { app } = createApi({
        ...context,
        procedure: await loadProcedure('rules/procedure'),
        resultTerms: await loadResultTerms('rules'),
        history: database.database,
        screenQueue: queue,
        metrics: createMetrics('test api'),
        adminToken,
        people: testPeople,
      });
      server = await listen(app, { host: '127.0.0.1', port });
      base = `http://127.0.0.1:${port}`;
      reader = await signedIn(database.database, { login: 'reader', role: 'inspector' });
      sender = await keyHeaders(database.database, ['claims:write']);
      worker = await startScreenWorker({
        ...context,
        rules: context.ruleSet,
        queue,
        queueConfig,
        metrics: workerMetrics,
        concurrency: 2,
      });
    });
    afterAll(async () => {
      await worker.close();
      await closeServer(server, { graceMs: 1_000 });
      await queue.close();
      await redis?.stop();
      await database.drop();
    });

    const get = async <Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.output<Schema>> => {
      const response = await fetch(base + path, { headers: reader });
      expect(response.status, path).toBe(200);
      return schema.parse(await response.json());
    };

    test('a gzipped stream is taken, screened, and found in list, page and overview', async () => {
      const body = gzipSync(city.map((claim) => JSON.stringify(claim)).join('\n'));
      const response = await fetch(`${base}/api/v1/claims`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-ndjson', 'content-encoding': 'gzip', ...sender },
        body,
      });
      const { counts } = intakeReplySchema.parse(await response.json());
      expect(counts).toMatchObject({ received: city.length, rejected: 0 });
      const deadline = performance.now() + screenedMs;
      const isWaiting = async (): Promise<boolean> =>
        (await get('/api/v1/overview', overviewSchema)).waiting_claims > 0 ||
        (await waitingState(database.database)).window_days > 0;
      while (await isWaiting()) {
        if (performance.now() > deadline) throw new Error('not screened in time');
        await sleep(200);
      }
      const revisions = city.flatMap((input) => {
        const result = canonicalClaim(input, today());
        return result.ok
          ? [{ claim: splitPersonal(result.claim).doc, contentHash: result.hash.toString('hex') }]
          : [];
      });
      const expected = await onePass(revisions, ruleSet);
      expect(await endStateOf(database.database)).toEqual(expected);

      const page = await get('/api/v1/findings?page_size=200', findingsPageSchema);
      expect(page.total).toBe(expected.findings.length);
      // One count serves all who ask within two seconds: it may be from before the windows were judged.
      await expect
        .poll(async () => (await get('/api/v1/overview', overviewSchema)).findings, { timeout: 10_000 })
        .toBe(page.total);
      const overview = await get('/api/v1/overview', overviewSchema);
      expect(overview.amount).toBe(page.amount);
      expect(overview.by_rule.reduce((sum, { findings }) => sum + findings, 0)).toBe(page.total);
    });

    test('the worker counts hits by rule, and measures the lag of every batch', async () => {
      const { rows } = await database.database.pool.query<{ batches: number }>(
        `SELECT count(*) AS batches FROM intake_batch WHERE state = 'screened'`,
      );
      // Counted after the commit that the overview shows.
      await expect
        .poll(() => workerMetrics.registry.metrics())
        .toContain(`fundwatch_screening_lag_seconds_count{process="test worker"} ${rows[0]?.batches}`);
      const text = await workerMetrics.registry.metrics();
      const { by_rule } = await get('/api/v1/overview', overviewSchema);
      for (const { rule_code, findings } of by_rule) {
        const line = new RegExp(`^fundwatch_rule_hits_total\\{rule_code="${rule_code}".*\\} (\\d+)$`, 'm');
        // What was found and withdrawn again was a hit as well.
        expect(Number(line.exec(text)?.[1]), rule_code).toBeGreaterThanOrEqual(findings);
      }
    });

    test('metrics say what waits without being asked for readiness first', async () => {
      const text = await (
        await fetch(`${base}/metrics`, { headers: { authorization: `Bearer ${adminToken}` } })
      ).text();
      for (const line of [
        'fundwatch_waiting_claims{process="test api"} 0',
        'fundwatch_oldest_waiting_seconds{process="test api"} 0',
        'fundwatch_failed_batches{process="test api"} 0',
        'fundwatch_queue_jobs{queue="screen",state="waiting",process="test api"} 0',
      ])
        expect(text).toContain(line);
    });

    describe('the view of the queue', () => {
      const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
        fetch(`${base}/admin/queues${path}`, {
          ...init,
          headers: { authorization: `Bearer ${adminToken}`, ...init.headers },
        });

      test('asks for the token, as Basic or as Bearer', async () => {
        const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString('base64')}`;
        for (const authorization of [
          '',
          'Bearer',
          'Bearer x',
          `Bearer ${adminToken}x`,
          basic(`admin:${adminToken}x`),
          basic('admin:'),
        ]) {
          const response = await ask('', { headers: { authorization } });
          expect(response.status, authorization).toBe(401);
          expect(response.headers.get('www-authenticate')).toMatch(/^Basic /);
        }
        for (const authorization of [`Bearer ${adminToken}`, basic(`anyone:${adminToken}`)])
          expect((await ask('', { headers: { authorization } })).status).toBe(200);
      });

      test('brings its own scripts and styles, under the policy of every other page', async () => {
        const response = await ask('/');
        const policy = (await fetch(`${base}/livez`)).headers.get('content-security-policy');
        expect(response.headers.get('content-security-policy')).toBe(policy);
        const page = await response.text();
        const scripts = [...page.matchAll(/<script[^>]* src="([^"]+)"/g)].map(([, src]) => src);
        const styles = [...page.matchAll(/<link href="(static[^"]+)" rel="stylesheet"/g)].map(
          ([, href]) => href,
        );
        expect(scripts.length).toBeGreaterThan(0);
        expect(styles.length).toBeGreaterThan(0);
        for (const file of [...scripts, ...styles]) {
          expect(file).toMatch(/^static\//);
          expect((await ask(`/${file}`)).status, file).toBe(200);
        }
      });

      test('shows the queue on either backend, and changes nothing', async () => {
        const response = await ask('/api/queues?activeQueue=screen&page=1&jobsPerPage=10');
        const { queues } = z
          .object({ queues: z.array(z.object({ name: z.string(), readOnlyMode: z.boolean() })) })
          .parse(await response.json());
        expect(queues).toEqual([{ name: 'screen', readOnlyMode: true }]);
        for (const path of ['/api/queues/screen/pause', '/api/queues/screen/empty', '/api/queues/pause'])
          expect((await ask(path, { method: 'PUT' })).status).toBe(405);
      });

      test('is opened by administrators and auditors without a token, and by nobody else', async () => {
        const { app } = createApi({
          database: database.database,
          history: database.database,
          vault: database.vault,
          screenQueue: queue,
          ruleSet,
          coverage: [],
          procedure: await loadProcedure('rules/procedure'),
          resultTerms: await loadResultTerms('rules'),
          log,
          metrics: createMetrics('test closed'),
          people: testPeople,
        });
        const closedPort = await freePort();
        const closed = await listen(app, { host: '127.0.0.1', port: closedPort });
        const auditor = await signedIn(database.database, { login: 'auditor', role: 'auditor' });
        for (const [headers, status] of [
          [{ authorization: `Bearer ${adminToken}` }, 401],
          [{}, 401],
          [reader, 403],
          [auditor, 200],
        ] as const)
          for (const path of ['/admin/queues', '/metrics']) {
            const response = await fetch(`http://127.0.0.1:${closedPort}${path}`, { headers });
            expect(response.status, path).toBe(status);
          }
        await closeServer(closed, { graceMs: 1_000 });
      });
    });

    test('the list filters, sorts and pages', async () => {
      const rule = 'FW-TRACE-RESOLD';
      const of = await get(`/api/v1/findings?rule_code=${rule}&page_size=200`, findingsPageSchema);
      expect(of.items.length).toBeGreaterThan(0);
      expect(of.items.every(({ rule_code }) => rule_code === rule)).toBe(true);
      const byAmount = await get('/api/v1/findings?sort=amount&order=desc&page_size=200', findingsPageSchema);
      const amounts = byAmount.items.map(({ amount }) => Number(amount));
      expect(amounts).toEqual([...amounts].sort((a, b) => b - a));
      const [first, second] = await Promise.all(
        [1, 2].map((page) => get(`/api/v1/findings?page_size=5&page=${page}`, findingsPageSchema)),
      );
      const ids = [...(first?.items ?? []), ...(second?.items ?? [])].map(({ finding_id }) => finding_id);
      expect(new Set(ids).size).toBe(10);
      const none = await get('/api/v1/findings?from=2031-01-01', findingsPageSchema);
      expect(none).toMatchObject({ total: 0, amount: '0.00', items: [] });
    });

    test('a finding shows its claims without personal data, its rule and its tree', async () => {
      const { items } = await get('/api/v1/findings?page_size=50', findingsPageSchema);
      for (const { finding_id } of items.slice(0, 10)) {
        const detail = await get(`/api/v1/findings/${finding_id}`, findingDetailSchema);
        expect(detail.rule?.code).toBe(detail.finding.rule_code);
        expect(detail.finding.tree.result).toBe(true);
        expect(detail.documents.map(({ content_hash }) => content_hash)).toEqual(
          detail.finding.claims.map(({ content_hash }) => content_hash),
        );
        expect(JSON.stringify(detail)).not.toMatch(/certno|psn_name|"tel"|"addr"/);
      }
    });

    test('that findings are saved as a file is on record', async () => {
      const findings = ['0123456789abcdef0123456789abcdef'];
      const send = (body: unknown): Promise<Response> =>
        fetch(`${base}/api/v1/findings/exported`, {
          method: 'POST',
          headers: { ...reader, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        });
      expect((await send({ form: 'csv', findings })).status).toBe(200);
      expect((await send({ form: 'csv', findings: ['P1'] })).status).toBe(400);
      const { items } = await searchEvents(database.database, { kind: 'findings.exported', page_size: 10 });
      expect(items).toMatchObject([
        { actor: { account: 'reader' }, subject: { type: 'export', key: 'csv' }, detail: { findings } },
      ]);
    });

    test('what does not exist or does not fit says so in both languages', async () => {
      for (const [path, status] of [
        [`/api/v1/findings/${'0'.repeat(32)}`, 404],
        ['/api/v1/findings/x', 404],
        ['/api/v1/findings?verdict=guilty', 400],
        ['/api/v1/findings?psn_no=1', 400],
        ['/api/v1/nothing', 404],
      ] as const) {
        const response = await fetch(base + path, { headers: reader });
        expect(response.status, path).toBe(status);
        const { error } = z
          .object({
            error: z.object({
              message: z.object({ zh: z.string(), en: z.string() }),
              support_id: z.string(),
            }),
          })
          .parse(await response.json());
        expect(error.message.zh).toMatch(/[\u4e00-\u9fff]/);
      }
    });

    test('rules and facts are listed', async () => {
      const { rules, version } = await get('/api/v1/rules', rulesListSchema);
      expect(version).toBe(ruleSet.version);
      expect(rules).toHaveLength(ruleSet.rules.length);
      const { facts } = await get('/api/v1/facts', factsListSchema);
      expect(facts.map(({ name }) => name)).toContain('line.cnt');
      const { rows } = await get('/api/v1/rules/coverage', coverageSchema);
      expect(rows).toHaveLength(88);
    });

    test('the OpenAPI document has every operation, and every operation has a route', async () => {
      const document = await get(
        '/api/openapi.json',
        z.object({
          openapi: z.literal('3.1.0'),
          paths: z.record(z.string(), z.record(z.string(), z.unknown())),
        }),
      );
      const described = Object.entries(document.paths).flatMap(([path, methods]) =>
        Object.keys(methods).map((method) => `${method} ${path}`),
      );
      expect(described.sort()).toEqual(
        operations.map(({ method, path }) => `${method} ${path.replaceAll(/:([a-z_]+)/g, '{$1}')}`).sort(),
      );
      for (const { method, path } of operations) {
        const url = base + path.replaceAll(/:[a-z_]+/g, '999999999');
        // Nobody in particular asks: what is routed says that they have to sign in.
        const response = await fetch(url, { method: method.toUpperCase() });
        const text = await response.text();
        expect(text, `${method} ${path} is not routed`).not.toContain('"code":"not_found"');
      }
    });

    test('a finding on the wire fits its schema exactly', async () => {
      const { items } = await get('/api/v1/findings?page_size=1', findingsPageSchema);
      const response = await fetch(`${base}/api/v1/findings/${items[0]?.finding_id}`, { headers: reader });
      const { finding } = z.object({ finding: z.unknown() }).parse(await response.json());
      expect(findingSchema.parse(finding)).toEqual(finding);
    });
  });
});
