/** The queue of walks over all history – backtests and replays: a job is one range of a run; walking it twice changes nothing. */
import { z } from 'zod';
import { type Database, isUnavailable } from '../src/platform/database.ts';
import type { Log } from '../src/platform/log.ts';
import type { Metrics } from '../src/platform/metrics.ts';
import { openQueue, openWorker, type QueueConfig, type QueueWorker } from '../src/platform/queue.ts';
import type { ActiveRules } from '../src/rulebook/active-service.ts';
import { rulebookQueue, sliceJob } from '../src/rulebook/queue.ts';
import { failRun, planRun, walkSlice } from '../src/rulebook/run-service.ts';
import { unplannedRuns, waitingSlices } from '../src/rulebook/run-store.ts';

const jobIds = z.strictObject({ run: z.string().regex(/^\d+$/), slice: z.string().regex(/^\d+$/) });

/** How often the database is asked for runs that wait: whoever begins one only writes it down. */
const lookMs = 2_000;
const runsPlannedMax = 10;
const slicesAnnouncedMax = 100;
/** Ranges that one process walks beside the stream, which must not wait for them. */
const concurrency = 1;

export interface RulebookWorkerContext {
  readonly queueConfig: QueueConfig;
  readonly database: Database;
  readonly rules: ActiveRules;
  readonly log: Log;
  readonly metrics: Metrics;
}

export async function startRulebookWorker(context: RulebookWorkerContext): Promise<QueueWorker> {
  const { database, rules, log, metrics } = context;
  let isStopping = false;
  const queue = await openQueue(context.queueConfig, rulebookQueue, log);
  const worker = await openWorker(
    context.queueConfig,
    rulebookQueue,
    (job) => {
      const { run, slice } = jobIds.parse(job.ids);
      return walkSlice({ database, rules }, Number(run), Number(slice), () => isStopping);
    },
    {
      log,
      metrics,
      concurrency,
      // A database that is away is no fault of the run: it waits and is announced again.
      onGivenUp: async (job, error) => {
        if (!isUnavailable(error)) await failRun(database, Number(jobIds.parse(job.ids).run), error);
      },
    },
  );
  const look = async (): Promise<void> => {
    for (const run of await unplannedRuns(database.pool, runsPlannedMax))
      await planRun({ database, rules }, run);
    const slices = await waitingSlices(database.pool, slicesAnnouncedMax);
    if (slices.length > 0) await queue.addMany(slices.map(sliceJob));
  };
  let looking: Promise<void> | null = null;
  const timer = setInterval(() => {
    looking ??= look()
      .catch((error: unknown) => log.warn({ err: error }, 'looking for runs that wait failed'))
      .finally(() => {
        looking = null;
      });
  }, lookMs);
  return {
    name: worker.name,
    close: async () => {
      isStopping = true;
      clearInterval(timer);
      await looking;
      await worker.close();
      await queue.close();
    },
  };
}
