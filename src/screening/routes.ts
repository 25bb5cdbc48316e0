/** HTTP of findings. */
import express, { type RequestHandler, type Router } from 'express';
import { z } from 'zod';
import { recordEvents } from '../audit/store.ts';
import { allow } from '../people/allow.ts';
import { requestActor, seenBy } from '../people/identify.ts';
import type { Sight } from '../people/sight.ts';
import { type Database, transaction } from '../platform/database.ts';
import { claimBytesMax } from '../claims/json-text.ts';
import { today } from '../platform/clock.ts';
import { AppError, parseRequest, readJson, readJsonBytes } from '../platform/http.ts';
import { lateMs } from '../platform/pulse.ts';
import type { RuleSet } from '../rules/library.ts';
import {
  type FindingDetail,
  type FindingsExported,
  findingsExportedSchema,
  findingsQuerySchema,
  type FindingsPage,
  type Overview,
  type Precheck,
} from './contract.ts';
import { inForce, type Rules } from './in-force.ts';
import { type History, prechecker } from './precheck.ts';
import { nettingCode } from './screen.ts';
import { documentsOf, findFinding, listFindings, overviewCounts } from './store.ts';

const findingId = z.string().regex(/^[0-9a-f]{32}$/);
/** The overview is looked at by many and counts everything: one count serves all of an area who ask within this time. */
const overviewCacheMs = 2_000;

/** A process that is later than this would answer when nobody waits any more: it says no before it reads. */
const refusedLateMs = 200;
const refusedRetryS = 1;

const refuseWhenLate: RequestHandler = (_request, _response, next) => {
  if (lateMs() <= refusedLateMs) next();
  else
    throw new AppError({
      status: 503,
      code: 'overloaded',
      message: { zh: '系统繁忙，请稍后再试', en: 'The system is busy; ask again later' },
      retryAfterS: refusedRetryS,
    });
};

export function findingRoutes(database: Database, history: History, rules: Rules): Router {
  const router = express.Router();
  const { current } = inForce(rules);

  const precheck = prechecker(history, rules, today);
  router.post(
    '/precheck',
    allow('precheck'),
    refuseWhenLate,
    readJsonBytes(claimBytesMax),
    async (request, response) => {
      const sent: unknown = request.body;
      const result = await precheck(Buffer.isBuffer(sent) ? sent : Buffer.alloc(0), seenBy(response));
      if (!result.ok)
        throw new AppError({
          status: 422,
          code: 'claim_rejected',
          message: { zh: '数据不符合结算单格式', en: 'The document is not a claim.' },
          issues: result.issues,
        });
      const answer: Precheck = result.precheck;
      response.json(answer);
    },
  );

  router.get('/findings', allow('findings.read'), async (request, response) => {
    const query = parseRequest(findingsQuerySchema, request.query);
    const page: FindingsPage = await listFindings(database, query, seenBy(response));
    response.json(page);
  });

  // Files are made in the browser of what it has been shown; that they are is on record before they are saved.
  router.post('/findings/exported', allow('findings.read'), readJson(), async (request, response) => {
    const { form, findings } = parseRequest(findingsExportedSchema, request.body);
    await transaction(database, (client) =>
      recordEvents(client, requestActor(request, response), [
        { kind: 'findings.exported', key: form, detail: { findings } },
      ]),
    );
    response.json({ recorded: findings.length } satisfies FindingsExported);
  });

  router.get('/findings/:finding_id', allow('findings.read'), async (request, response) => {
    const sight = seenBy(response);
    const id = findingId.safeParse(request.params['finding_id']);
    const found = id.success ? await findFinding(database, id.data, sight) : null;
    if (found === null)
      throw new AppError({
        status: 404,
        code: 'finding_not_found',
        message: { zh: '没有这个疑点', en: 'There is no such finding.' },
      });
    const documents = await documentsOf(
      database,
      found.finding.claims.map(({ content_hash }) => content_hash),
      sight,
    );
    const rule = current().rules.find(({ document }) => document.code === found.finding.rule_code);
    const detail: FindingDetail = {
      ...found,
      created_at: found.created_at.toISOString(),
      updated_at: found.updated_at.toISOString(),
      rule: rule?.document ?? null,
      documents,
    };
    response.json(detail);
  });

  const counted = new Map<string, { at: number; overview: Promise<Overview> }>();
  router.get('/overview', allow('overview.read'), async (_request, response) => {
    const sight = seenBy(response);
    const name = JSON.stringify(sight);
    for (const [old, { at }] of counted) if (performance.now() - at > overviewCacheMs) counted.delete(old);
    const known = counted.get(name) ?? {
      at: performance.now(),
      overview: overviewOf(database, current(), sight),
    };
    counted.set(name, known);
    try {
      response.json(await known.overview);
    } catch (error) {
      counted.delete(name);
      throw error;
    }
  });

  return router;
}

async function overviewOf(database: Database, ruleSet: RuleSet, sight: Sight): Promise<Overview> {
  const names = new Map(ruleSet.rules.map(({ document }) => [document.code, document.name]));
  names.set(nettingCode, { zh: '退费冲销', en: 'Netting of refunds' });
  const named = (code: string) => names.get(code) ?? { zh: code, en: code };
  const counts = await overviewCounts(database, sight);
  return {
    ...counts,
    by_rule: counts.by_rule.map((row) => ({ ...row, name: named(row.rule_code) })),
    undecided_by_rule: counts.undecided_by_rule.map((row) => ({ ...row, name: named(row.rule_code) })),
  };
}
