import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { createLog } from '../../src/platform/log.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import {
  type JobQueue,
  openQueue,
  openWorker,
  type QueueConfig,
  type QueueJob,
  type QueueWorker,
} from '../../src/platform/queue.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { isLeftOut } from '../support/optional-parts.ts';
import { startTestRedis, type TestRedis } from '../support/redis.ts';

const log = createLog({ process: 'test', level: 'silent' });
const metrics = createMetrics('test');
const recoveryMsMax = 15_000;

describe.each([{ backend: 'PostgreSQL' }, { backend: 'Redis' }])('the queue on $backend', ({ backend }) => {
  describe.skipIf(backend === 'Redis' && isLeftOut('redis'))('with a server', () => {
    let testDatabase: TestDatabase;
    let redis: TestRedis | undefined;
    let config: QueueConfig;
    let queueNumber = 0;
    const open: { close(): Promise<void> }[] = [];

    beforeAll(async () => {
      testDatabase = await createTestDatabase();
      redis = backend === 'Redis' ? await startTestRedis() : undefined;
      config = { databaseUrl: testDatabase.url, redisUrl: redis?.url };
    });
    afterEach(async () => {
      // Workers were opened after their queue and are closed before it.
      for (const closable of open.splice(0).reverse()) await closable.close();
    });
    afterAll(async () => {
      await redis?.stop();
      await testDatabase.drop();
    });

    async function newQueue(): Promise<JobQueue> {
      queueNumber += 1;
      const queue = await openQueue(config, `test-${queueNumber}`, log);
      open.push(queue);
      return queue;
    }

    async function newWorker(
      queue: JobQueue,
      handler: (job: QueueJob) => Promise<void>,
      more: { onGivenUp?: (job: QueueJob, error: Error) => Promise<void>; concurrency?: number } = {},
    ): Promise<QueueWorker> {
      const worker = await openWorker(config, queue.name, handler, { log, metrics, concurrency: 2, ...more });
      open.push(worker);
      return worker;
    }

    test('delivers each job once, with its ids', async () => {
      const queue = await newQueue();
      const seen: QueueJob[] = [];
      await newWorker(queue, async (job) => {
        seen.push(job);
      });
      await queue.add({ jobId: 'batch-1', ids: { batch_id: '1' } });
      await queue.addMany(
        Array.from({ length: 50 }, (_, n) => ({ jobId: `batch-${n + 2}`, ids: { batch_id: String(n + 2) } })),
      );
      await vi.waitFor(() => expect(seen).toHaveLength(51), { timeout: 10_000 });
      await sleep(300);
      expect(new Set(seen.map((job) => job.ids['batch_id'])).size).toBe(51);
      expect(seen).toHaveLength(51);
      expect(seen[0]).toMatchObject({ attempt: 1 });
      expect(await queue.counts()).toEqual({ waiting: 0, active: 0, delayed: 0 });
    });

    test('a job that already waits is not added again, and may be added again when it is done', async () => {
      const queue = await newQueue();
      for (let n = 0; n < 3; n += 1) await queue.add({ jobId: 'batch-1', ids: { batch_id: '1' } });
      expect(await queue.counts()).toMatchObject({ waiting: 1 });
      const seen: string[] = [];
      await newWorker(queue, async (job) => {
        seen.push(job.jobId);
      });
      await vi.waitFor(() => expect(seen).toEqual(['batch-1']), { timeout: 10_000 });
      await vi.waitFor(async () =>
        expect(await queue.counts()).toEqual({ waiting: 0, active: 0, delayed: 0 }),
      );
      await queue.add({ jobId: 'batch-1', ids: { batch_id: '1' } });
      await vi.waitFor(() => expect(seen).toEqual(['batch-1', 'batch-1']), { timeout: 10_000 });
    });

    test('a handler that throws is tried again until it succeeds', async () => {
      const queue = await newQueue();
      const attempts: number[] = [];
      await newWorker(queue, async (job) => {
        attempts.push(job.attempt);
        if (attempts.length < 3) throw new Error('not yet');
      });
      await queue.add({ jobId: 'batch-1', ids: { batch_id: '1' } });
      await vi.waitFor(() => expect(attempts).toEqual([1, 2, 3]), { timeout: 15_000 });
    });

    test('a job that fails every attempt is given up once and can be added again', async () => {
      const queue = await newQueue();
      const givenUp: QueueJob[] = [];
      let attempts = 0;
      await newWorker(
        queue,
        async () => {
          attempts += 1;
          throw new Error('never');
        },
        {
          onGivenUp: async (job) => {
            givenUp.push(job);
          },
        },
      );
      await queue.add({ jobId: 'batch-1', ids: { batch_id: '1' } });
      await vi.waitFor(() => expect(givenUp).toHaveLength(1), { timeout: 20_000 });
      expect(givenUp[0]).toMatchObject({ ids: { batch_id: '1' }, attempt: 5, attemptsMax: 5 });
      expect(attempts).toBe(5);
      await queue.add({ jobId: 'batch-1', ids: { batch_id: '1' } });
      await vi.waitFor(() => expect(attempts).toBeGreaterThan(5), { timeout: 10_000 });
    });

    test('refuses job ids that the queue would confuse and data that is not an id', async () => {
      const queue = await newQueue();
      await expect(queue.add({ jobId: '17', ids: {} })).rejects.toThrow('job id');
      await expect(queue.add({ jobId: 'batch:17', ids: {} })).rejects.toThrow('job id');
      await expect(queue.add({ jobId: 'batch-17', ids: { name: '张三 丰' } })).rejects.toThrow('Invalid');
      expect(await queue.counts()).toMatchObject({ waiting: 0 });
    });

    test('closing a worker waits for the job it is running', async () => {
      const queue = await newQueue();
      let started = false;
      let finished = false;
      const worker = await openWorker(
        config,
        queue.name,
        async () => {
          started = true;
          await sleep(800);
          finished = true;
        },
        { log, metrics, concurrency: 1 },
      );
      await queue.add({ jobId: 'batch-1', ids: { batch_id: '1' } });
      await vi.waitFor(() => expect(started).toBe(true), { timeout: 10_000 });
      await worker.close();
      expect(finished).toBe(true);
      expect(await queue.counts()).toEqual({ waiting: 0, active: 0, delayed: 0 });
    });

    test('the job of a worker that was killed goes to another worker within 15 s', async () => {
      const queue = await newQueue();
      const folder = mkdtempSync(path.join(os.tmpdir(), 'fundwatch-queue-'));
      const notes = path.join(folder, 'notes');
      const doomed = await startWorkerProcess(config, queue.name, notes);
      await queue.add({ jobId: 'batch-1', ids: { batch_id: '1' } });
      await vi.waitFor(() => expect(readFileSync(notes, 'utf8')).toBe('start batch-1\n'), {
        timeout: 10_000,
      });
      const seen: string[] = [];
      await newWorker(queue, async (job) => {
        seen.push(job.jobId);
      });
      doomed.kill('SIGKILL');
      const killedAt = performance.now();
      await vi.waitFor(() => expect(seen).toEqual(['batch-1']), { timeout: 20_000, interval: 100 });
      expect(performance.now() - killedAt).toBeLessThan(recoveryMsMax);
      expect(readFileSync(notes, 'utf8')).toBe('start batch-1\n');
      rmSync(folder, { recursive: true });
    });
  });
});

async function startWorkerProcess(
  config: QueueConfig,
  queueName: string,
  notes: string,
): Promise<ChildProcess> {
  const program = fileURLToPath(new URL('programs/queue-worker.ts', import.meta.url));
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', program, config.databaseUrl, config.redisUrl ?? '', queueName, notes, '60000'],
    { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
  );
  await new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve());
    child.once('exit', (code) => reject(new Error(`the worker process ended with ${code}`)));
  });
  return child;
}
