import os from 'node:os';
import type { Command } from 'commander';
import { systemActor } from '../audit/actor.ts';
import { anchorDaily } from '../audit/anchor-service.ts';
import { readKeyFile } from '../audit/key-file.ts';
import { stampContinually } from '../audit/timestamp-service.ts';
import { today } from '../platform/clock.ts';
import { loadConfig } from '../platform/config.ts';
import { openDatabase } from '../platform/database.ts';
import {
  closeServer,
  createHttpApp,
  listen,
  mountMetrics,
  mountProbes,
  presentErrors,
} from '../platform/http.ts';
import { createLog } from '../platform/log.ts';
import { createMetrics } from '../platform/metrics.ts';
import { migrate } from '../platform/migrate.ts';
import { type Closer, onShutdown } from '../platform/shutdown.ts';
import { openQueue } from '../platform/queue.ts';
import { openActiveRules } from '../rulebook/active-service.ts';
import { registerLibrary } from '../rulebook/library-service.ts';
import { loadRuleSet } from '../rules/library.ts';
import { backlogMetrics } from '../screening/metrics.ts';
import { screenQueue as screenQueueName } from '../screening/queue.ts';
import { waitingState } from '../screening/store.ts';
import { openVaultNow } from '../vault/vault-service.ts';
import { afterWork } from '../../workers/after-batch.ts';
import { startRulebookWorker } from '../../workers/rulebook.ts';
import { startScreenWorker } from '../../workers/screen.ts';
import { reportReady, requireDatabaseUrl } from './process.ts';
import { vaultSettings } from './vault-settings.ts';

/** Each running job holds one connection; the rest is for what a job reads beside its transaction. */
const poolExtra = 6;
const probeGraceMs = 1_000;
const shutdownDeadlineMs = 25_000;

export function register(program: Command): void {
  program.command('work').description('只运行后台任务 / run the queue workers only').action(runWork);
}

/** Whoever asks before payment is answered first where both share a machine; a backlog waits, and the API takes no more than can be screened. */
function giveWay(): void {
  try {
    os.setPriority(os.constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // Where the system does not allow it, both have the same share.
  }
}

async function runWork(): Promise<void> {
  giveWay();
  const config = loadConfig();
  const databaseUrl = requireDatabaseUrl(config);
  const log = createLog({ process: 'worker', level: config.logLevel });
  const metrics = createMetrics('worker');
  const ruleSet = await loadRuleSet(config.rulesDir);
  await migrate(databaseUrl);
  const database = openDatabase(databaseUrl, {
    applicationName: 'fundwatch worker',
    poolMax: config.workerConcurrency + poolExtra,
    onIdleError: (error) => log.warn({ err: error }, 'idle database connection'),
  });
  await registerLibrary(database, config.rulesDir, ruleSet);
  const rules = await openActiveRules(database, ruleSet.knowledge);
  const queueConfig = { databaseUrl, redisUrl: config.redisUrl };
  const screenQueue = await openQueue(queueConfig, screenQueueName, log);
  const screenWorker = await startScreenWorker({
    queueConfig,
    database,
    vault: await openVaultNow(vaultSettings(config, database)),
    queue: screenQueue,
    rules,
    log,
    metrics,
    concurrency: config.workerConcurrency,
    ...afterWork({ database, rules, log, metrics }),
  });
  const rulebookWorker = await startRulebookWorker({
    queueConfig,
    database,
    rules,
    log,
    metrics,
  });
  const closers: Closer[] = [
    { name: 'rulebook worker', close: () => rulebookWorker.close() },
    { name: 'screen worker', close: () => screenWorker.close() },
    { name: 'queue', close: () => screenQueue.close() },
    { name: 'database', close: () => database.close() },
  ];
  const auditKey = await readKeyFile(config.auditKeyFile);
  if (auditKey !== null) {
    const stop = anchorDaily(database, { key: auditKey, actor: systemActor('anchor'), today, log });
    closers.unshift({ name: 'audit anchors', close: stop });
  }
  if (config.timestampUrl !== undefined) {
    const stop = stampContinually(database, {
      url: config.timestampUrl,
      actor: systemActor('timestamp'),
      today,
      log,
    });
    closers.unshift({ name: 'time stamps', close: stop });
  }
  if (config.workerPort !== undefined) {
    const app = createHttpApp({ log, metrics });
    const { drain } = mountProbes(app, {
      checks: { database: () => database.pool.query('SELECT 1'), queue: () => screenQueue.counts() },
    });
    mountMetrics(app, {
      metrics,
      measure: backlogMetrics(metrics, () => waitingState(database), screenQueue),
    });
    presentErrors(app, { metrics });
    const server = await listen(app, { host: config.host, port: config.workerPort });
    closers.unshift({ name: 'readiness', close: async () => drain() });
    closers.push({ name: 'probes', close: () => closeServer(server, { graceMs: probeGraceMs }) });
  }
  onShutdown({ log, deadlineMs: shutdownDeadlineMs, withParent: true, closers });
  log.info({ concurrency: config.workerConcurrency, rules: rules.current().rules.length }, 'worker runs');
  reportReady();
}
