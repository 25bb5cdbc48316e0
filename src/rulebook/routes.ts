/** HTTP of the life of rules. What may be done is decided by `states-contract.ts`; a refusal says why in both languages. */
import express, { type Request, type RequestHandler, type Response, type Router } from 'express';
import { z } from 'zod';
import { allow } from '../people/allow.ts';
import { requestActor, whoAsks } from '../people/identify.ts';
import { AppError, parseRequest, readJson } from '../platform/http.ts';
import type { ActiveRules } from './active-service.ts';
import { examplesBytesMax } from '../rules/read-examples.ts';
import { documentTextMax } from './check.ts';
import {
  activateSchema,
  checkRequestSchema,
  contentHashSchema,
  diffQuerySchema,
  draftSaveSchema,
  noReasonSchema,
  noticesShownMax,
  reasonSchema,
  ruleCodeSchema,
  type StepAnswer,
} from './contract.ts';
import { backtestDraft, checkDraft, submitDraft } from './draft-service.ts';
import { discardDraft, findDraft, saveDraft } from './draft-store.ts';
import { act, type Acted, type ActOptions, type LifeDeps } from './life-service.ts';
import { listNotices, markNoticeSeen } from './rate-store.ts';
import { cancelRun, resumeRun, type RunAnswer, startBacktest } from './run-service.ts';
import { findRun, listRuns } from './run-store.ts';
import { type Action, needsReason } from './states-contract.ts';
import { activationsOf } from './store.ts';
import {
  diffOf,
  draftDetail,
  rowOf,
  ruleHistory,
  rulebookList,
  runDetail,
  versionDetail,
} from './view-service.ts';

export interface RulebookRoutesDeps extends LifeDeps {
  readonly rules: ActiveRules;
}

/** Two texts in JSON, where every character may need two more. */
const draftBytesMax = 2 * (documentTextMax + examplesBytesMax);
const bodyBytesMax = 64 * 1024;
const runsShownMax = 50;
const idSchema = z.string().regex(/^[1-9]\d{0,15}$/);

export function rulebookRoutes(deps: RulebookRoutesDeps): Router {
  const { database, rules } = deps;
  const router = express.Router();
  const read = allow('rulebook.read');
  const write = allow('rules.write');
  const approve = allow('rules.approve');
  const body = readJson(bodyBytesMax);
  const draftBody = readJson(draftBytesMax);

  router.get('/rules', read, async (_request, response) => {
    await rules.refresh();
    response.json(await rulebookList(deps, rules));
  });
  router.get('/rules/:code', read, async (request, response) => {
    const code = param(ruleCodeSchema, request, 'code');
    response.json(found(code === null ? null : await ruleHistory(deps, whoAsks(request, response), code)));
  });
  router.get('/versions/:content_hash', read, async (request, response) => {
    const hash = param(contentHashSchema, request, 'content_hash');
    response.json(found(hash === null ? null : await versionDetail(deps, whoAsks(request, response), hash)));
  });
  router.get('/diff', read, async (request, response) => {
    const { from, to } = parseRequest(diffQuerySchema, request.query);
    response.json(found(await diffOf(deps, from, to)));
  });

  router.post('/check', write, draftBody, async (request, response) => {
    response.json(await checkDraft(deps, parseRequest(checkRequestSchema, request.body)));
  });
  router.get('/drafts/:code', write, async (request, response) => {
    const code = param(ruleCodeSchema, request, 'code');
    const { account } = requestActor(request, response);
    const draft = found(code === null ? null : await findDraft(database.pool, code, account));
    response.json(await draftDetail(deps, draft));
  });
  router.post('/drafts/:code', write, draftBody, async (request, response) => {
    const code = found(param(ruleCodeSchema, request, 'code'));
    const texts = parseRequest(draftSaveSchema, request.body);
    const author = requestActor(request, response).account;
    const draft = await saveDraft(database.pool, { code, author, ...texts });
    response.json(await draftDetail(deps, draft));
  });
  router.post('/drafts/:code/discard', write, async (request, response) => {
    const code = found(param(ruleCodeSchema, request, 'code'));
    found((await discardDraft(database.pool, code, requestActor(request, response).account)) || null);
    response.json({ discarded: true });
  });
  router.post('/drafts/:code/submit', write, async (request, response) => {
    const code = found(param(ruleCodeSchema, request, 'code'));
    await answerStep(response, await submitDraft(deps, whoAsks(request, response), code));
  });
  router.post('/drafts/:code/backtest', write, async (request, response) => {
    const code = found(param(ruleCodeSchema, request, 'code'));
    answerRun(response, await backtestDraft(deps, whoAsks(request, response), code));
  });

  /** What comes with an act: a reason where the table wants one, places of an activation. */
  const optionsOf = (action: Action, given: unknown): ActOptions => {
    if (action === 'activate') return parseRequest(activateSchema, given);
    return needsReason.has(action)
      ? parseRequest(reasonSchema, given)
      : parseRequest(noReasonSchema, given ?? {});
  };
  const step =
    (action: Action): RequestHandler =>
    async (request, response) => {
      const hash = found(param(contentHashSchema, request, 'content_hash'));
      const options = optionsOf(action, request.body);
      await answerStep(response, await act(deps, whoAsks(request, response), hash, action, options));
    };
  router.post('/versions/:content_hash/submit', write, body, step('submit'));
  for (const action of ['approve', 'reject', 'shadow', 'activate', 'pause', 'retire'] as const)
    router.post(`/versions/:content_hash/${action}`, approve, body, step(action));
  router.post('/rules/:code/rollback', approve, body, async (request, response) => {
    const code = found(param(ruleCodeSchema, request, 'code'));
    const options = optionsOf('rollback', request.body);
    const active = (await activationsOf(database.pool, code)).find(({ mode }) => mode === 'active');
    const hash = found(active?.content_hash ?? null);
    await answerStep(response, await act(deps, whoAsks(request, response), hash, 'rollback', options));
  });

  router.post('/versions/:content_hash/backtest', write, async (request, response) => {
    const hash = found(param(contentHashSchema, request, 'content_hash'));
    answerRun(response, await startBacktest(database, requestActor(request, response), hash));
  });
  router.get('/runs', read, async (_request, response) => {
    response.json({ runs: await listRuns(database.pool, null, runsShownMax) });
  });
  router.get('/runs/:id', read, async (request, response) => {
    const id = param(idSchema, request, 'id');
    response.json(found(id === null ? null : await runDetail(deps, Number(id))));
  });
  router.post('/runs/:id/cancel', write, async (request, response) => {
    const id = found(param(idSchema, request, 'id'));
    answerRun(response, await cancelRun(database, requestActor(request, response), Number(id)));
  });
  router.post('/runs/:id/resume', write, async (request, response) => {
    const id = found(param(idSchema, request, 'id'));
    answerRun(response, await resumeRun(database, requestActor(request, response), Number(id)));
  });

  router.get('/notices', read, async (_request, response) => {
    response.json({ notices: await listNotices(database.pool, noticesShownMax) });
  });
  router.post('/notices/:id/seen', approve, async (request, response) => {
    const id = found(param(idSchema, request, 'id'));
    const { account } = requestActor(request, response);
    response.json(found(await markNoticeSeen(database.pool, Number(id), account)));
  });

  async function answerStep(response: Response, acted: Acted): Promise<void> {
    if (!acted.ok) throw refusal(acted);
    // Whoever acted sees the change at once in this process; others follow.
    await rules.refresh();
    const answer: StepAnswer = {
      version: rowOf(acted.version, acted.state),
      replay: acted.replay === null ? null : await findRun(database.pool, acted.replay),
      unreached: [...acted.unreached],
    };
    response.json(answer);
  }

  return router;
}

function answerRun(response: Response, answer: RunAnswer): void {
  if (!answer.ok) throw refusal(answer);
  response.json(answer.run);
}

/** `null`: what stands in the address names nothing. */
function param(schema: z.ZodType<string>, request: Request, name: string): string | null {
  const parsed = schema.safeParse(request.params[name]);
  return parsed.success ? parsed.data : null;
}

function found<Value>(value: Value | null): Value {
  if (value !== null) return value;
  throw new AppError({
    status: 404,
    code: 'rulebook_not_found',
    message: { zh: '没有这条记录', en: 'There is no such thing' },
  });
}

const refusal = ({ code, reason }: (Acted | RunAnswer) & { ok: false }): AppError =>
  new AppError({
    status: code === 'not_found' ? 404 : 409,
    code: code === 'not_found' ? 'rulebook_not_found' : 'rulebook_not_allowed',
    message: reason,
  });
