import { setTimeout as sleep } from 'node:timers/promises';
import { createPostgresBackend, createRedisBackend, type Job, withBackend } from 'bullmq';
import { z } from 'zod';
import type { Config } from './config.ts';
import { liveliness, waitUntilReachable } from './database.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';

/**
 * BullMQ, on PostgreSQL (schema `bullmq` of the same database) or, when REDIS_URL is set, on Redis. The same code and the same
 * guarantees for both: a job is delivered at least once, so a handler must be harmless to repeat.
 *
 * A job carries ids only. What it is about stays in the database, so the queue holds no personal data and may be lost: whoever
 * enqueues can find the waiting work again and enqueue it once more under the same job id.
 *
 * A worker file looks like this:
 *
 *     const JobIds = z.strictObject({ batch_id: z.string() });
 *     export function startScreenWorker(context: WorkerContext): Promise<QueueWorker> {
 *       return openWorker(context.queueConfig, 'screen', (job) => screenBatch(context, JobIds.parse(job.ids)), { … });
 *     }
 */
export type QueueConfig = Pick<Config, 'redisUrl'> & { readonly databaseUrl: string };

export type QueueName = string;

const JobId = z
  .string()
  .regex(/^(?!\d+$)[\w-]{1,80}$/, 'a job id has letters, digits, - and _, and is not a number');
const Ids = z.record(z.string().regex(/^[a-z_]{1,40}$/), z.string().regex(/^[\w.-]{1,100}$/));

/** What a job is about, as ids: `{ batch_id: '17' }`. */
export type JobIds = Readonly<Record<string, string>>;

export type JobToAdd = { jobId: string; ids: JobIds };

export type QueueJob = {
  readonly jobId: string;
  readonly ids: JobIds;
  /** 1 for the first delivery. */
  readonly attempt: number;
  readonly attemptsMax: number;
};

export type JobCounts = { waiting: number; active: number; delayed: number };

export type JobQueue = {
  readonly name: QueueName;
  /** A job whose id is already waiting or running is not added again. Rejects after `addMs` when the queue cannot be reached. */
  add(job: JobToAdd): Promise<void>;
  /** At most `addJobsMax` at once. */
  addMany(jobs: readonly JobToAdd[]): Promise<void>;
  counts(): Promise<JobCounts>;
  /** For the administrators' view of the queue, and nothing else. */
  readonly bull: object;
  readonly close: () => Promise<void>;
};

export type WorkerOptions = {
  log: Log;
  metrics: Metrics;
  concurrency: number;
  /**
   * A worker that has not renewed its hold on a job for so long is taken for dead, and the job goes to another. A handler that keeps
   * the event loop busy for longer loses its hold as well, and the job runs twice.
   */
  lockMs?: number;
  /** Called once when the last attempt failed, after everything of that attempt was rolled back: the place to write «failed». */
  onGivenUp?: (job: QueueJob, error: Error) => Promise<void>;
};

export type QueueWorker = {
  readonly name: QueueName;
  /** Takes no new job, waits up to `workerCloseMs` for the running ones, then leaves them to another worker. */
  readonly close: () => Promise<void>;
};

const openMs = 20_000;
const addMs = 8_000;
const addJobsMax = 1_000;
const attemptsMax = 5;
const retryPauseMs = 500;
const lockMsDefault = 8_000;
/** With the lock this bounds how long the job of a killed worker waits: lockMs + stalledCheckMs, 12 s with the defaults. */
const stalledCheckMs = 4_000;
/** A job may lose its worker so often before it is given up: a batch that kills every worker must not go round for ever. */
const stalledMax = 5;
const idlePollS = 2;
const afterErrorPauseMs = 1_000;
/** Longer than any command waits for its answer: a worker that is told to wait for a job waits 10 s at most. */
const redisSilenceMsMax = 25_000;
const workerCloseMs = 15_000;
const poolMax = 3;
const redisKeyPrefix = 'fundwatch';

const onPostgres = withBackend(createPostgresBackend);
const onRedis = withBackend(createRedisBackend);

const jobDefaults = {
  attempts: attemptsMax,
  backoff: { type: 'exponential', delay: retryPauseMs },
  // The database says what is done and what failed. Kept jobs would only keep their ids from being enqueued again.
  removeOnComplete: true,
  removeOnFail: true,
} as const;

export async function openQueue(config: QueueConfig, name: QueueName, log: Log): Promise<JobQueue> {
  const options = { defaultJobOptions: jobDefaults };
  const queue =
    config.redisUrl === undefined
      ? new onPostgres.Queue(name, {
          ...options,
          connection: await postgresConnection(config, `queue ${name}`),
        })
      : new onRedis.Queue(name, {
          ...options,
          prefix: redisKeyPrefix,
          connection: redisConnection(config.redisUrl),
        });
  queue.on('error', (error) => log.warn({ err: error, queue: name }, 'queue connection'));
  await withinOpenMs(queue.waitUntilReady(), config, () => queue.close());
  const add: JobQueue['add'] = async ({ jobId, ids }) => {
    await within(
      addMs,
      queue.add(name, Ids.parse(ids), { jobId: JobId.parse(jobId) }),
      `adding a job to ${name}`,
    );
  };
  return {
    name,
    add,
    addMany: async (jobs) => {
      const [only] = jobs;
      // Many at once cost PostgreSQL two temporary tables, ten times as much as one.
      if (only !== undefined && jobs.length === 1) return add(only);
      if (jobs.length > addJobsMax)
        throw new RangeError(`${jobs.length} jobs at once; at most ${addJobsMax}`);
      const bulk = jobs.map(({ jobId, ids }) => ({
        name,
        data: Ids.parse(ids),
        opts: { jobId: JobId.parse(jobId) },
      }));
      await within(addMs, queue.addBulk(bulk), `adding jobs to ${name}`);
    },
    counts: async () => {
      const counts = await within(
        addMs,
        queue.getJobCounts('waiting', 'active', 'delayed'),
        `counting jobs of ${name}`,
      );
      return {
        waiting: counts['waiting'] ?? 0,
        active: counts['active'] ?? 0,
        delayed: counts['delayed'] ?? 0,
      };
    },
    bull: queue,
    close: () => queue.close(),
  };
}

/** Runs `handler` for every job until closed. A handler that throws is tried again, `attemptsMax` times in all, with growing pauses. */
export async function openWorker(
  config: QueueConfig,
  name: QueueName,
  handler: (job: QueueJob) => Promise<void>,
  options: WorkerOptions,
): Promise<QueueWorker> {
  const { log, metrics } = options;
  const process = async (job: Job): Promise<void> => {
    const end = metrics.jobSeconds.startTimer({ queue: name });
    try {
      // attemptsMade counts the finished ones.
      await handler(toQueueJob(job, job.attemptsMade + 1));
      end({ outcome: 'done' });
    } catch (error) {
      end({ outcome: 'failed' });
      throw error;
    }
  };
  const settings = {
    autorun: false,
    concurrency: options.concurrency,
    lockDuration: options.lockMs ?? lockMsDefault,
    stalledInterval: stalledCheckMs,
    maxStalledCount: stalledMax,
    drainDelay: idlePollS,
    runRetryDelay: afterErrorPauseMs,
  };
  const worker =
    config.redisUrl === undefined
      ? new onPostgres.Worker(name, process, {
          ...settings,
          connection: await postgresConnection(config, `worker ${name}`),
        })
      : new onRedis.Worker(name, process, {
          ...settings,
          prefix: redisKeyPrefix,
          connection: { ...redisConnection(config.redisUrl), maxRetriesPerRequest: null },
        });
  worker.on('error', (error) => log.warn({ err: error, queue: name }, 'worker connection'));
  worker.on('stalled', (jobId) =>
    log.warn({ queue: name, job_id: jobId }, 'job lost its worker and waits again'),
  );
  worker.on('failed', (job, error) => {
    if (job === undefined) return;
    const failed = toQueueJob(job, job.attemptsMade);
    const isLast = failed.attempt >= failed.attemptsMax || /stalled/.test(error.message);
    log[isLast ? 'error' : 'warn'](
      { err: error, queue: name, job_id: job.id, attempt: failed.attempt },
      'job failed',
    );
    if (!isLast || options.onGivenUp === undefined) return;
    options.onGivenUp(failed, error).catch((givenUpError: unknown) => {
      log.error({ err: givenUpError, queue: name, job_id: job.id }, 'recording a failed job failed');
    });
  });
  await withinOpenMs(worker.waitUntilReady(), config, () => worker.close(true));
  const running = worker.run();
  return {
    name,
    close: async () => {
      const closed = worker.close().then(() => true);
      const graceful = await Promise.race([closed, sleep(workerCloseMs, false, { ref: false })]);
      if (!graceful) await worker.close(true);
      await running;
    },
  };
}

function toQueueJob(job: Job, attempt: number): QueueJob {
  return { jobId: job.id ?? '', ids: Ids.parse(job.data), attempt, attemptsMax: job.opts.attempts ?? 1 };
}

async function postgresConnection(config: QueueConfig, applicationName: string) {
  // BullMQ remembers a first connection that failed for ever, so it must not see PostgreSQL while that is still starting.
  await waitUntilReachable(config.databaseUrl);
  return {
    connectionString: config.databaseUrl,
    application_name: `fundwatch ${applicationName}`,
    max: poolMax,
    connectionTimeoutMillis: addMs,
    ...liveliness,
    schema: 'bullmq',
    migrate: true,
  };
}

function redisConnection(url: string) {
  return { url, connectTimeout: addMs, socketTimeout: redisSilenceMsMax };
}

async function withinOpenMs(
  ready: Promise<unknown>,
  config: QueueConfig,
  abandon: () => Promise<void>,
): Promise<void> {
  const where = config.redisUrl === undefined ? 'PostgreSQL (DATABASE_URL)' : 'Redis (REDIS_URL)';
  try {
    await within(openMs, ready, `队列无法连接 ${where} / connecting the queue to ${where}`);
  } catch (error) {
    void abandon().catch(() => undefined);
    throw error;
  }
}

async function within<T>(limitMs: number, work: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: no answer within ${limitMs} ms`)), limitMs);
  });
  return Promise.race([work, tooLate]).finally(() => clearTimeout(timer));
}
