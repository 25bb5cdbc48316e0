import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import express, { type Express } from 'express';
import packageJson from '../../package.json' with { type: 'json' };
import { auditRoutes } from '../audit/routes.ts';
import { claimRoutes } from '../claims/routes.ts';
import { today } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import { requireAdmin } from '../platform/admin.ts';
import { createHttpApp, mountProbes, presentErrors } from '../platform/http.ts';
import type { Log } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { JobQueue } from '../platform/queue.ts';
import { queueBoard } from '../platform/queue-board.ts';
import { ruleRoutes } from '../rules/routes.ts';
import type { RuleSet } from '../rules/library.ts';
import { nationalRoutes } from '../screening/national/routes.ts';
import { backlogMetrics } from '../screening/metrics.ts';
import type { History } from '../screening/precheck.ts';
import { screenJob } from '../screening/queue.ts';
import { findingRoutes } from '../screening/routes.ts';
import { waitingState } from '../screening/store.ts';
import { openApiDocument } from './openapi.ts';

export type ApiContext = {
  readonly database: Database;
  readonly history: History;
  readonly screenQueue: JobQueue;
  readonly ruleSet: RuleSet;
  readonly log: Log;
  readonly metrics: Metrics;
  /** undefined: the administrators' pages do not exist. */
  readonly adminToken?: string | undefined;
  /** Folder with the built console; the default is where `npm start` builds it. */
  readonly consoleDir?: string;
};

const defaultConsoleDir = fileURLToPath(new URL('../../dist/console', import.meta.url));
const assetMaxAge = '365d';
const queueBoardPath = '/admin/queues';

/** Puts the routes of all folders, the probes and the console together. `drain` makes /readyz say no while the process ends. */
export function createApi(context: ApiContext): { app: Express; drain: () => void } {
  const { database, history, screenQueue, ruleSet, log, metrics } = context;
  const app = createHttpApp({ log, metrics });
  const { drain } = mountProbes(app, {
    metrics,
    checks: { database: () => database.pool.query('SELECT 1'), queue: () => screenQueue.counts() },
    measure: backlogMetrics(metrics, () => waitingState(database), screenQueue),
  });
  const claims = claimRoutes({
    database,
    announce: (batchIds) => screenQueue.addMany(batchIds.map(screenJob)),
    asOf: today,
    log,
    metrics,
  });
  app.use(
    '/api/v1',
    auditRoutes(database),
    claims,
    ruleRoutes(ruleSet),
    findingRoutes(database, history, ruleSet),
    nationalRoutes(database, history, ruleSet, metrics),
  );
  const openApi = openApiDocument(packageJson.version);
  app.get('/api/openapi.json', (_request, response) => {
    response.json(openApi);
  });
  if (context.adminToken !== undefined)
    app.use(queueBoardPath, requireAdmin(context.adminToken), queueBoard(queueBoardPath, [screenQueue]));
  mountConsole(app, context.consoleDir ?? defaultConsoleDir);
  presentErrors(app, { metrics });
  return { app, drain };
}

/** The console is a single page: every address that is not a file and not an API gets its index.html. */
function mountConsole(app: Express, consoleDir: string): void {
  const page = path.join(consoleDir, 'index.html');
  if (!existsSync(page)) return;
  // Vite puts a hash into the names under assets/, so they never change.
  app.use(
    '/assets',
    express.static(path.join(consoleDir, 'assets'), {
      immutable: true,
      maxAge: assetMaxAge,
      fallthrough: false,
    }),
  );
  app.use(express.static(consoleDir, { index: false, cacheControl: false }));
  app.get(/^\/(?!api\/|admin\/|livez|readyz|metrics|assets\/)/, (request, response, next) => {
    if (request.accepts(['html', 'json']) !== 'html') {
      next();
      return;
    }
    response.set('cache-control', 'no-cache').sendFile(page);
  });
}
