/** The screening queue: a job says which batch waits; screening it twice changes nothing. */
import { z } from 'zod';
import { type Database, isUnavailable } from '../src/platform/database.ts';
import type { Log } from '../src/platform/log.ts';
import type { Metrics } from '../src/platform/metrics.ts';
import { type JobQueue, openWorker, type QueueConfig, type QueueWorker } from '../src/platform/queue.ts';
import type { Vault } from '../src/vault/vault.ts';
import { type ScreeningMetrics, screeningMetrics } from '../src/screening/metrics.ts';
import { inForce, type Rules } from '../src/screening/in-force.ts';
import { screenJob, screenQueue } from '../src/screening/queue.ts';
import { labelOf, setAsideMax, takeApart } from '../src/screening/parts-service.ts';
import { beginWork, type Seen, screenBatch } from '../src/screening/service.ts';
import { startWindowWorker, type WindowWorkerContext } from './windows.ts';
import { markFailed, secondsSinceReceipt, waitingBatches } from '../src/screening/store.ts';

const jobIds = z.strictObject({ batch: z.string().regex(/^\d+$/) });

/** How often the database is asked for batches that wait although nobody announced them, or whose announcement was lost. */
const reannounceMs = 2_000;
/** A batch younger than this is about to be announced by whoever stored it. */
const announcedWithinMs = 3_000;
const reannouncedBatchesMax = 1_000;

export interface ScreenWorkerContext {
  readonly queueConfig: QueueConfig;
  readonly database: Database;
  /** For claims that cannot be screened, which are shown in quarantine as they came. */
  readonly vault: Vault;
  readonly queue: JobQueue;
  readonly rules: Rules;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly concurrency: number;
  /** What is done with a batch that was screened, given the time that took; it must not throw. */
  readonly afterBatch?: (seen: Seen, batchMs: number) => Promise<void>;
  readonly afterWindows?: NonNullable<WindowWorkerContext['afterWindows']>;
}

export async function startScreenWorker(context: ScreenWorkerContext): Promise<QueueWorker> {
  const { database, log, metrics, concurrency } = context;
  const counters = screeningMetrics(metrics);
  // What failed under an earlier version may well succeed under this one.
  const again = await beginWork(database, inForce(context.rules).current(), concurrency);
  if (again > 0)
    log.info({ claims: again }, 'claims that were set aside under another version are tried again');
  const worker = await openWorker(
    context.queueConfig,
    screenQueue,
    (job) => screen(context, counters, Number(jobIds.parse(job.ids).batch)),
    {
      log,
      metrics,
      concurrency,
      onGivenUp: (job, error) => giveUp(context, Number(jobIds.parse(job.ids).batch), error),
    },
  );
  const stopReannouncing = reannounce(context);
  const windows = startWindowWorker({ ...context, counters });
  return {
    name: worker.name,
    close: async () => {
      await windows.close();
      await stopReannouncing();
      await worker.close();
    },
  };
}

/** The queue has tried often enough: what failed as a whole is tried in parts, and what fails in parts as well waits for another version. */
async function giveUp({ database, log }: ScreenWorkerContext, batchId: number, error: Error): Promise<void> {
  // A database that is away is no fault of the batch, and deaths are counted there: it keeps waiting and is announced again.
  if (isUnavailable(error) || isStalled(error)) return;
  if (await takeApart(database, batchId, 'halves'))
    log.warn(
      { batch_id: batchId, error: labelOf(error) },
      'a batch failed as a whole and is screened in parts',
    );
  else await markFailed(database, batchId, labelOf(error));
}

/** The queue's word for a job whose workers died. */
const isStalled = ({ message }: Error): boolean => /stalled/.test(message);

async function screen(
  { database, vault, rules, log, afterBatch }: ScreenWorkerContext,
  counters: ScreeningMetrics,
  batchId: number,
): Promise<void> {
  const beganAt = performance.now();
  const {
    alarms,
    setAside,
    hits = {},
    screened,
    seen,
    ...report
  } = await screenBatch(database, vault, rules, batchId);
  const batchMs = performance.now() - beganAt;
  log.info({ batch_id: batchId, batches: screened.length, ...report }, 'batch screened');
  for (const aside of setAside)
    log.error(
      { batch_id: batchId, ...aside },
      'a claim could not be screened: it was set aside and stands in quarantine',
    );
  if (report.outcome === 'failed')
    log.error(
      { batch_id: batchId },
      `more than ${setAsideMax} claims of a batch could not be screened, so it is hardly the claims: look for a fault of the program, the rules or the database; the rest is tried again when a worker starts`,
    );
  for (const { rule_code, kind } of alarms) {
    counters.alarms.inc({ rule_code, kind });
    log.error(
      { batch_id: batchId, rule_code, kind },
      'a rule could not be trusted on a claim: nothing was written',
    );
  }
  for (const change of ['created', 'changed', 'withdrawn'] as const)
    counters.findings.inc({ change }, report[change]);
  for (const [rule_code, findings] of Object.entries(hits)) counters.hits.inc({ rule_code }, findings);
  counters.screenedClaims.inc(report.judged);
  if (screened.length > 0)
    for (const seconds of await secondsSinceReceipt(database, screened)) counters.lagSeconds.observe(seconds);
  if (seen !== undefined) await afterBatch?.(seen, batchMs);
}

/** Finds waiting batches in the database and queues them again: losing the whole queue loses nothing. Returns what stops it. */
function reannounce({ database, queue, log }: ScreenWorkerContext): () => Promise<void> {
  let running: Promise<void> = Promise.resolve();
  let busy = false;
  const look = async (): Promise<void> => {
    const batches = await waitingBatches(database, announcedWithinMs, reannouncedBatchesMax);
    if (batches.length > 0) await queue.addMany(batches.map(screenJob));
  };
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    running = look()
      .catch((error: unknown) => log.warn({ err: error }, 'looking for waiting batches failed'))
      .finally(() => {
        busy = false;
      });
  }, reannounceMs);
  return async () => {
    clearInterval(timer);
    await running;
  };
}
