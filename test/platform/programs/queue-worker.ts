import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLog } from '../../../src/platform/log.ts';
import { createMetrics } from '../../../src/platform/metrics.ts';
import { openWorker } from '../../../src/platform/queue.ts';

/** A worker in a process of its own, so that a test can kill it: notes each delivery in a file and then takes its time. */
const [databaseUrl, redisUrl, queueName, notesFile, jobMs] = process.argv.slice(2);
if (databaseUrl === undefined || queueName === undefined || notesFile === undefined)
  throw new Error('missing arguments');

await openWorker(
  { databaseUrl, redisUrl: redisUrl === '' ? undefined : redisUrl },
  queueName,
  async (job) => {
    appendFileSync(notesFile, `start ${job.jobId}\n`);
    await sleep(Number(jobMs));
    appendFileSync(notesFile, `end ${job.jobId}\n`);
  },
  {
    log: createLog({ process: 'worker', level: 'silent' }),
    metrics: createMetrics('worker'),
    concurrency: 1,
  },
);
process.on('disconnect', () => process.exit(0));
process.send?.('ready');
