import { existsSync } from 'node:fs';
import path from 'node:path';
import express, { type Express } from 'express';
import packageJson from '../../package.json' with { type: 'json' };
import shippedAreas from '../../rules/areas/local.json' with { type: 'json' };
import shippedReviewRules from '../../rules/procedure/review.json' with { type: 'json' };
import shippedPublicityTerms from '../../rules/publicity/terms.json' with { type: 'json' };
import { auditRoutes } from '../audit/routes.ts';
import { recordEvents } from '../audit/store.ts';
import { answerRoutes } from '../cases/answer-routes.ts';
import type { ProcedureData } from '../cases/load-procedure.ts';
import { caseRoutes } from '../cases/routes.ts';
import { reviewRoutes } from '../cases/review-routes.ts';
import { type ReviewRules, reviewRulesSchema } from '../cases/review-rules.ts';
import { personRoutes } from '../claims/person-routes.ts';
import { claimRoutes } from '../claims/routes.ts';
import { creditRoutes } from '../credit/routes.ts';
import type { CreditDeps } from '../credit/service.ts';
import { onSiteRoutes } from '../inspection/on-site-routes.ts';
import { factsOfChecks } from '../inspection/on-site-service.ts';
import { drawRoutes, publicDrawRoutes } from '../inspection/routes.ts';
import type { InspectionTerms } from '../inspection/service.ts';
import { accountRoutes } from '../people/account-routes.ts';
import { allow, allowOperations, denyUndeclared } from '../people/allow.ts';
import type { AreaNames } from '../people/area-contract.ts';
import { areaRoutes } from '../people/area-routes.ts';
import { areaNames, localAreasSchema } from '../people/areas.ts';
import { identify, requestActor } from '../people/identify.ts';
import { keyRing } from '../people/key-service.ts';
import { requestLimits } from '../people/request-limits.ts';
import { openProvider, type ProviderSettings } from '../people/provider.ts';
import { providerRoutes } from '../people/provider-routes.ts';
import { peopleRoutes } from '../people/routes.ts';
import { callerOfToken, type PeopleDeps } from '../people/sign-in-service.ts';
import { buckets } from '../platform/buckets.ts';
import { type Clock, wallClock } from '../platform/clock.ts';
import { type Database, transaction } from '../platform/database.ts';
import { createHttpApp, mountMetrics, mountProbes, presentErrors } from '../platform/http.ts';
import type { Log } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import { projectRoot } from '../platform/project.ts';
import type { JobQueue } from '../platform/queue.ts';
import { queueBoard } from '../platform/queue-board.ts';
import { publicityRoutes, publicPublicationRoutes } from '../publicity/routes.ts';
import type { PublicityDeps } from '../publicity/service.ts';
import { publicTipRoutes, tipRoutes } from '../publicity/tips-routes.ts';
import { raisedByDay } from '../publicity/tips-store.ts';
import { type Terms, termsSchema } from '../publicity/terms.ts';
import { type ActiveRules, standing } from '../rulebook/active-service.ts';
import { explainRoutes } from '../rulebook/explain-routes.ts';
import { rulebookRoutes } from '../rulebook/routes.ts';
import { tableRoutes } from '../rulebook/table-routes.ts';
import type { CoverageRow } from '../rules/contract.ts';
import { ruleRoutes } from '../rules/routes.ts';
import type { RuleSet } from '../rules/library.ts';
import { nationalRoutes } from '../screening/national/routes.ts';
import { backlogMetrics } from '../screening/metrics.ts';
import type { History } from '../screening/precheck.ts';
import { screenJob } from '../screening/queue.ts';
import { findingRoutes } from '../screening/routes.ts';
import { waitingState } from '../screening/store.ts';
import type { Vault } from '../vault/vault.ts';
import { openApiDocument } from './openapi.ts';

export type ApiContext = {
  readonly database: Database;
  readonly history: History;
  readonly vault: Vault;
  readonly screenQueue: JobQueue;
  /** The library in the files of the installation. */
  readonly ruleSet: RuleSet;
  /** What of the national library these rules execute. */
  readonly coverage: readonly CoverageRow[];
  /** Periods, amounts and the calendar of the penalty procedure. */
  readonly procedure: ProcedureData;
  /** What is decided locally about checks and their publication. */
  readonly resultTerms: InspectionTerms;
  /** Of publications; without them, those that are shipped. */
  readonly publicityTerms?: Terms;
  /** Of 行政区划; without them, those that are shipped. */
  readonly areaNames?: AreaNames;
  /** Credit schemes and the risk index of the installation; without them nothing is scored or ranked. */
  readonly credit?: Pick<CreditDeps, 'schemes' | 'risk'>;
  /** What is in force; without it, the library is. */
  readonly activeRules?: ActiveRules;
  /** What periods are counted by; without it, the clock on the wall. */
  readonly clock?: Clock;
  /** Of reviews of findings; without it, those that are shipped. */
  readonly reviewRules?: ReviewRules;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly people: Omit<PeopleDeps, 'database' | 'vault'>;
  /** Where people of the agency may sign in as well. */
  readonly provider?: ProviderSettings | undefined;
  /** Opens metrics and the queue's page without an account; undefined: only administrators and auditors see them. */
  readonly adminToken?: string | undefined;
  /** Proxies whose word on addresses is believed; undefined: nobody's. */
  readonly trustProxy?: string | undefined;
  /** Folder with the built console; the default is where `npm start` builds it. */
  readonly consoleDir?: string;
};

const defaultConsoleDir = path.join(projectRoot, 'dist/console');
const assetMaxAge = '365d';
const queueBoardPath = '/admin/queues';

/** Puts the routes of all folders, the probes and the console together. `drain` makes /readyz say no while the process ends. */
export function createApi(context: ApiContext): { app: Express; drain: () => void } {
  const { database, history, screenQueue, ruleSet, log, metrics, adminToken } = context;
  const rules = context.activeRules ?? standing(ruleSet);
  const { today, thisSecond } = context.clock ?? wallClock;
  const app = createHttpApp({ log, metrics, trustProxy: context.trustProxy });
  // Before anybody is identified: they must answer while the database does not.
  const { drain } = mountProbes(app, {
    guards: [allow('public')],
    checks: { database: () => database.pool.query('SELECT 1'), queue: () => screenQueue.counts() },
  });
  const consoleDir = context.consoleDir ?? defaultConsoleDir;
  // Files are the same for everybody: nobody has to be looked up for them.
  mountFiles(app, consoleDir);
  const people: PeopleDeps = { ...context.people, database, vault: context.vault };
  app.use(identifyCallers(people, log));
  // First of all, because routes are looked through in their order: what machines ask hundreds of times a second.
  app.use(
    '/api/v1',
    findingRoutes(database, history, rules),
    claimRoutes({
      database,
      vault: context.vault,
      announce: (batchIds) => screenQueue.addMany(batchIds.map(screenJob)),
      asOf: today,
      log,
      metrics,
    }),
    nationalRoutes(database, history, rules, metrics),
  );
  mountMetrics(app, {
    metrics,
    guards: [allowOperations(adminToken)],
    measure: backlogMetrics(metrics, () => waitingState(database), screenQueue),
  });
  if (context.provider !== undefined)
    app.use('/api/v1', providerRoutes(people, openProvider(context.provider), log));
  const reviewRules = context.reviewRules ?? reviewRulesSchema.parse(shippedReviewRules);
  app.use('/api/v1/audit', allow('audit.read'), auditRoutes(database, requestActor));
  app.use(
    '/api/v1',
    peopleRoutes(people, { hasProvider: context.provider !== undefined }),
    accountRoutes(people),
    personRoutes({ database, vault: context.vault }),
    ruleRoutes(rules.current, context.coverage),
    caseRoutes({ database, vault: context.vault, procedure: context.procedure, now: thisSecond }),
    reviewRoutes({ database, rules: reviewRules, asOf: today }),
    answerRoutes({
      database,
      vault: context.vault,
      rules: reviewRules,
      procedure: context.procedure,
      asOf: today,
    }),
    explainRoutes({ database, knowledge: ruleSet.knowledge, rules }),
  );
  const draws = {
    database,
    terms: context.resultTerms,
    asOf: today,
    now: thisSecond,
    risk: context.credit?.risk ?? null,
    verifierPage: onceMade(verifierPage),
    raised: () => raisedByDay(database.pool),
  };
  app.use('/api/v1/inspections', drawRoutes(draws), onSiteRoutes({ ...draws, vault: context.vault }));
  const publicity: PublicityDeps = {
    database,
    vault: context.vault,
    procedure: context.procedure,
    terms: context.publicityTerms ?? termsSchema.parse(shippedPublicityTerms),
    classOf: () => new Map(rules.current().rules.map(({ document }) => [document.code, document.category])),
    now: thisSecond,
  };
  const areas = context.areaNames ?? areaNames(localAreasSchema.parse(shippedAreas));
  app.use('/api/v1/publicity', publicityRoutes(publicity));
  app.use(
    '/api/v1/public',
    areaRoutes(areas),
    publicDrawRoutes(draws),
    publicPublicationRoutes({ database, now: thisSecond, draws, areas }),
    publicTipRoutes(publicity),
  );
  app.use('/api/v1/tips', tipRoutes(publicity));
  const knowledge = () => rules.current().knowledge;
  app.use('/api/v1/rulebook', rulebookRoutes({ database, knowledge, rules, asOf: today }));
  app.use('/api/v1/knowledge', tableRoutes({ database, rules, asOf: today }));
  app.use(
    '/api/v1/credit',
    creditRoutes({
      database,
      ...(context.credit ?? { schemes: [] }),
      sources: [factsOfChecks(draws)],
      asOf: today,
      calendar: context.procedure.calendar,
    }),
  );
  const openApi = openApiDocument(packageJson.version);
  // It says how the product works, which anybody can read in its source, and nothing about this installation.
  app.get('/api/openapi.json', allow('public'), (_request, response) => {
    response.json(openApi);
  });
  app.use(queueBoardPath, allowOperations(adminToken), queueBoard(queueBoardPath, [screenQueue]));
  mountPage(app, consoleDir);
  denyUndeclared(app);
  presentErrors(app, { metrics });
  return { app, drain };
}

/** What builds it is loaded when it is needed: it is larger than all the rest. */
const verifierPage = async (): Promise<string> =>
  (await import('../inspection/verifier/build.ts')).buildVerifier();

/** Made when it is first asked for, and again when that failed. */
function onceMade<Made>(make: () => Promise<Made>): () => Promise<Made> {
  let made: Promise<Made> | null = null;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = null;
      throw error;
    });
    return made;
  };
}

function identifyCallers(people: PeopleDeps, log: Log): ReturnType<typeof identify> {
  return identify({
    sessionOf: (token, isIdle) => callerOfToken(people, token, isIdle),
    keys: keyRing(people.database, (error) => log.warn({ err: error }, 'the use of a key was not noted')),
    recordRefusal: (actor, route, access) =>
      transaction(people.database, (client) =>
        recordEvents(client, actor, [{ kind: 'people.refused', key: route, detail: { access } }]),
      ),
    limits: {
      address: buckets(requestLimits.address),
      account: buckets(requestLimits.account),
      key: buckets(requestLimits.key),
    },
  });
}

function mountFiles(app: Express, consoleDir: string): void {
  if (!existsSync(consoleDir)) return;
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
}

/** The console is a single page: every address that is not a file and not an API gets its index.html. */
function mountPage(app: Express, consoleDir: string): void {
  const page = path.join(consoleDir, 'index.html');
  if (!existsSync(page)) return;
  app.get(
    /^\/(?!api\/|admin\/|livez|readyz|metrics|assets\/)/,
    allow('public'),
    (request, response, next) => {
      if (request.accepts(['html', 'json']) !== 'html') {
        next();
        return;
      }
      response.set('cache-control', 'no-cache').sendFile(page);
    },
  );
}
