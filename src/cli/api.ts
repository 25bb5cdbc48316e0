import path from 'node:path';
import type { Command } from 'commander';
import { createApi } from '../api/server.ts';
import { loadProcedure } from '../cases/load-procedure.ts';
import { loadRiskDocument } from '../credit/risk-file.ts';
import { loadSchemes } from '../credit/scheme-files.ts';
import { loadResultTerms } from '../inspection/service.ts';
import { loadReviewRules } from '../cases/review-rules.ts';
import { loadConfig } from '../platform/config.ts';
import { openDatabase } from '../platform/database.ts';
import { closeServer, listen } from '../platform/http.ts';
import { createLog } from '../platform/log.ts';
import { createMetrics } from '../platform/metrics.ts';
import { migrate } from '../platform/migrate.ts';
import { openQueue } from '../platform/queue.ts';
import { onShutdown } from '../platform/shutdown.ts';
import { follow, openActiveRules } from '../rulebook/active-service.ts';
import { registerLibrary } from '../rulebook/library-service.ts';
import { coverageOf } from '../rules/coverage.ts';
import { loadAreaNames } from '../people/areas.ts';
import { loadPublicityTerms } from '../publicity/load-terms.ts';
import { loadRuleSet } from '../rules/library.ts';
import { plansForFewRows } from '../screening/plans.ts';
import { screenQueue as screenQueueName } from '../screening/queue.ts';
import { openVaultNow } from '../vault/vault-service.ts';
import { peopleSettings } from './people-settings.ts';
import { reportReady, requireDatabaseUrl } from './process.ts';
import { vaultSettings } from './vault-settings.ts';

const poolMax = 12;
/** More than are ever read at once on a small machine, so that no pre-check waits for another one's slow read; 4 left one in twenty without history. */
const historyPoolMax = 12;
const requestGraceMs = 8_000;
const shutdownDeadlineMs = 15_000;

export function register(program: Command): void {
  program.command('api').description('只运行接口与控制台 / run the API and the console only').action(runApi);
}

/** What is decided locally: files of the rules folder that people own. */
const localTerms = async (rulesDir: string) => ({
  procedure: await loadProcedure(path.join(rulesDir, 'procedure')),
  reviewRules: await loadReviewRules(rulesDir),
  resultTerms: await loadResultTerms(rulesDir),
  publicityTerms: await loadPublicityTerms(rulesDir),
  areaNames: await loadAreaNames(rulesDir),
  credit: { schemes: await loadSchemes(rulesDir), risk: await loadRiskDocument(rulesDir) },
});

async function runApi(): Promise<void> {
  const config = loadConfig();
  const databaseUrl = requireDatabaseUrl(config);
  const log = createLog({ process: 'api', level: config.logLevel });
  const metrics = createMetrics('api');
  const ruleSet = await loadRuleSet(config.rulesDir);
  // Before anything is opened: what is wrong with a file is said at once.
  const local = await localTerms(config.rulesDir);
  await migrate(databaseUrl);
  const database = openDatabase(databaseUrl, {
    applicationName: 'fundwatch api',
    poolMax,
    onIdleError: (error) => log.warn({ err: error }, 'idle database connection'),
  });
  const history = openDatabase(databaseUrl, {
    applicationName: 'fundwatch api pre-check',
    poolMax: historyPoolMax,
    settings: plansForFewRows,
    onIdleError: (error) => log.warn({ err: error }, 'idle database connection'),
  });
  await registerLibrary(database, config.rulesDir, ruleSet);
  const activeRules = await openActiveRules(database, ruleSet.knowledge);
  const stopFollowing = follow(activeRules, (error) =>
    log.warn({ err: error }, 'looking for a change of the rules failed'),
  );
  const screenQueue = await openQueue({ databaseUrl, redisUrl: config.redisUrl }, screenQueueName, log);
  const vault = await openVaultNow(vaultSettings(config, database));
  const { app, drain } = createApi({
    database,
    vault,
    history,
    screenQueue,
    ruleSet,
    coverage: await coverageOf(config.rulesDir, ruleSet),
    ...local,
    activeRules,
    log,
    metrics,
    adminToken: config.adminToken,
    trustProxy: config.trustProxy,
    people: peopleSettings(config),
    provider: config.provider,
  });
  const server = await listen(app, config);
  onShutdown({
    log,
    deadlineMs: shutdownDeadlineMs,
    withParent: true,
    closers: [
      { name: 'readiness', close: async () => drain() },
      { name: 'server', close: () => closeServer(server, { graceMs: requestGraceMs }) },
      { name: 'queue', close: () => screenQueue.close() },
      { name: 'rules', close: stopFollowing },
      { name: 'database', close: () => database.close() },
      { name: 'history', close: () => history.close() },
    ],
  });
  log.info(
    { host: config.host, port: config.port, rules: activeRules.current().rules.length },
    'API listens',
  );
  reportReady();
}
