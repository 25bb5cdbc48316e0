/** HTTP of claims: taking them in, showing them, and what to do with rejected input. */
import express, { type Request, type Response, type Router } from 'express';
import { z } from 'zod';
import { allow } from '../people/allow.ts';
import { requestActor, seenBy } from '../people/identify.ts';
import { sees } from '../people/sight.ts';
import { AppError, parseRequest, readJson, whenGone } from '../platform/http.ts';
import type { Metrics } from '../platform/metrics.ts';
import { waitingLine } from '../platform/waiting-line.ts';
import {
  type ClaimAnswer,
  type ClaimDetail,
  type ClaimsPage,
  claimsQuerySchema,
  type DismissedMany,
  dismissManySchema,
  dismissSchema,
  type IntakeReply,
  type IntakeSummary,
  type QuarantineEntry,
  type QuarantinePage,
  quarantineQuerySchema,
} from './contract.ts';
import { addCounts, type IntakeDeps, noCounts, takeClaims } from './intake.ts';
import { claimJsonSchema } from './json-schema.ts';
import { claimBytesMax } from './json-text.ts';
import { maskedInput } from './masked-json.ts';
import { intakeMetrics } from './metrics.ts';
import { type RevealedInput, revealSchema } from './persons-contract.ts';
import { findQuarantined, listQuarantine } from './quarantine-store.ts';
import { type BodyLimits, bodyLimits, claimsOfRequest } from './request-body.ts';
import { dismiss, dismissMany, type Refusal, resubmit } from './quarantine-service.ts';
import { revealInput } from './reveal-service.ts';
import { findClaim, listClaims, screeningPressure } from './store.ts';
import { intakeSummary } from './summary-store.ts';

export type ClaimRoutesDeps = Omit<IntakeDeps, 'actor'> & {
  metrics: Pick<Metrics, 'registry'>;
  limits?: Partial<IntakeLimits>;
};

export type IntakeLimits = BodyLimits & {
  /** Claims stored and not yet screened; beyond this intake asks senders to come back later. */
  waitingClaimsMax: number;
  /** Uploads at the same time in one process: each holds up to three chunks and one connection. */
  uploadsMax: number;
  /** Uploads that wait for a place among these: each holds a socket whose body nobody reads yet. */
  uploadsWaitingMax: number;
  uploadWaitMs: number;
};

const intakeLimits: IntakeLimits = {
  ...bodyLimits,
  waitingClaimsMax: 200_000,
  uploadsMax: 6,
  uploadsWaitingMax: 128,
  uploadWaitMs: 5_000,
};

/** One look at the waiting claims serves all uploads within this time. */
const pressureCacheMs = 1_000;
const retryAfterMinS = 1;
const refusedSpreadS = 5;
const retryAfterMaxS = 300;
/** When nothing was screened lately the speed cannot be told: the worker may just be starting. */
const retryAfterUnknownS = 30;
/** Reasons spelled out in one reply; the others are found in the quarantine under the id of the answer. */
const replyIssuesMax = 10_000;
/** The same document is asked for by machines again and again. */
const schemaCacheS = 300;

export function claimRoutes(deps: ClaimRoutesDeps): Router {
  const limits = { ...intakeLimits, ...deps.limits };
  const { database } = deps;
  const metrics = intakeMetrics(deps.metrics);
  const checkPressure = pressureCheck(deps, limits);
  const actingFor = (request: Request, response: Response): IntakeDeps => ({
    ...deps,
    actor: requestActor(request, response),
  });
  const router = express.Router();
  const line = waitingLine(limits.uploadsMax, limits.uploadsWaitingMax, limits.uploadWaitMs);

  router.post('/claims', allow('claims.write'), async (request, response) => {
    const leave = await line.enter(whenGone(response));
    try {
      if (leave === null) throw tooManyUploads(limits);
      await checkPressure();
      const { institution } = seenBy(response);
      const reply = await takeRequest(actingFor(request, response), request, limits, institution);
      metrics.count(reply.counts);
      response.json(reply);
    } catch (error) {
      // The rest of the body was not read, so this connection is of no further use.
      response.set('connection', 'close');
      throw error;
    } finally {
      leave?.();
    }
  });

  router.get('/claims', allow('claims.read'), async (request, response) => {
    const query = parseRequest(claimsQuerySchema, request.query);
    const page: ClaimsPage = await listClaims(database, query, seenBy(response));
    response.json(page);
  });

  router.get('/claims/:fixmedins_code/:setl_id', allow('claims.read'), async (request, response) => {
    const { fixmedins_code, setl_id } = claimName.parse(request.params);
    const detail: ClaimDetail | null = sees(seenBy(response), fixmedins_code)
      ? await findClaim(database, await deps.vault.keys(), fixmedins_code, setl_id)
      : null;
    if (detail === null) throw notFound('claim_not_found', '没有这张结算单', 'There is no such settlement');
    response.json(detail);
  });

  router.get('/quarantine', allow('quarantine.read'), async (request, response) => {
    const page: QuarantinePage = await listQuarantine(
      database,
      parseRequest(quarantineQuerySchema, request.query),
      seenBy(response),
    );
    response.json(page);
  });

  router.get('/quarantine/:id', allow('quarantine.read'), async (request, response) => {
    await sendEntry(deps, idOf(request), response);
  });

  router.post(
    '/quarantine/:id/resubmit',
    allow('quarantine.settle'),
    readJson(claimBytesMax),
    async (request, response) => {
      const document: unknown = request.body;
      const answer = await resubmit(actingFor(request, response), idOf(request), document, seenBy(response));
      if (typeof answer === 'string') throw refusalError(answer);
      const sent: ClaimAnswer = answer;
      response.json(sent);
    },
  );

  router.post(
    '/quarantine/:id/dismiss',
    allow('quarantine.settle'),
    readJson(),
    async (request, response) => {
      const id = idOf(request);
      const { reason } = parseRequest(dismissSchema, request.body);
      const refusal = await dismiss(actingFor(request, response), id, reason, seenBy(response));
      if (refusal !== null) throw refusalError(refusal);
      await sendEntry(deps, id, response);
    },
  );

  router.post('/quarantine/dismiss', allow('quarantine.settle'), readJson(), async (request, response) => {
    const { ids, reason } = parseRequest(dismissManySchema, request.body);
    const refusals = await dismissMany(
      actingFor(request, response),
      ids.map(BigInt),
      reason,
      seenBy(response),
    );
    const dismissed: DismissedMany = {
      done: refusals.filter((refusal) => refusal === null).length,
      answers: ids.map((id, index) => {
        const refusal = refusals[index] ?? null;
        return { id, reason: refusal === null ? null : refusalError(refusal).text };
      }),
    };
    response.json(dismissed);
  });

  router.post('/quarantine/:id/reveal', allow('persons.reveal'), readJson(), async (request, response) => {
    const { purpose } = parseRequest(revealSchema, request.body);
    const raw = await revealInput(actingFor(request, response), idOf(request), purpose, seenBy(response));
    if (raw === null) throw refusalError('not_found');
    const revealed: RevealedInput = { raw };
    response.json(revealed);
  });

  router.get('/schemas/claim', allow('public'), (_request, response) => {
    response
      .type('application/schema+json')
      .set('cache-control', `public, max-age=${schemaCacheS}`)
      .send(JSON.stringify(claimJsonSchema));
  });

  router.get('/intake/summary', allow('intake.read'), async (_request, response) => {
    const summary: IntakeSummary = await intakeSummary(database);
    response.json(summary);
  });

  return router;
}

async function takeRequest(
  deps: IntakeDeps,
  request: Request,
  limits: BodyLimits,
  onlyInstitution: string | undefined,
): Promise<IntakeReply> {
  const reply: IntakeReply = { counts: noCounts, batches: [], answers: [] };
  let issuesLeft = replyIssuesMax;
  for await (const chunk of takeClaims(deps, 'api', claimsOfRequest(request, limits), {
    onlyInstitution,
  })) {
    reply.counts = addCounts(reply.counts, chunk.counts);
    reply.batches.push(...chunk.batchIds);
    for (const answer of chunk.answers) {
      issuesLeft -= answer.issues?.length ?? 0;
      reply.answers.push(issuesLeft >= 0 ? answer : withoutIssues(answer));
    }
  }
  return reply;
}

function withoutIssues(answer: ClaimAnswer): ClaimAnswer {
  const { issues: _issues, ...rest } = answer;
  return rest;
}

/** Throws 429 while too much waits, with the seconds in which it will have been screened at the speed of the last minute. */
function pressureCheck(deps: Pick<IntakeDeps, 'database'>, limits: IntakeLimits): () => Promise<void> {
  let looked: { at: number; pressure: ReturnType<typeof screeningPressure> } | null = null;
  return async () => {
    if (looked === null || performance.now() - looked.at > pressureCacheMs) {
      looked = { at: performance.now(), pressure: screeningPressure(deps.database) };
      looked.pressure.catch(() => {
        looked = null;
      });
    }
    const { waitingClaims, screenedLastMinute } = await looked.pressure;
    if (waitingClaims <= limits.waitingClaimsMax) return;
    const perSecond = screenedLastMinute / 60;
    const seconds =
      perSecond === 0 ? retryAfterUnknownS : Math.ceil((waitingClaims - limits.waitingClaimsMax) / perSecond);
    throw new AppError({
      status: 429,
      code: 'intake_full',
      message: {
        zh: '待筛查的结算单过多，请按 Retry-After 稍后重新上传',
        en: 'Too many claims wait to be screened; send again after Retry-After',
      },
      retryAfterS: Math.min(retryAfterMaxS, Math.max(retryAfterMinS, seconds)),
    });
  };
}

const tooManyUploads = ({ uploadsMax, uploadsWaitingMax }: IntakeLimits): AppError =>
  new AppError({
    status: 429,
    code: 'too_many_uploads',
    message: {
      zh: `同时上传的请求超过 ${uploadsMax} 个，排队的超过 ${uploadsWaitingMax} 个或等待过久，请稍后重试`,
      en: `More than ${uploadsMax} uploads at the same time, and more than ${uploadsWaitingMax} waiting or one for too long; try again shortly`,
    },
    // Who is refused together must not come back together.
    retryAfterS: retryAfterMinS + Math.floor(Math.random() * refusedSpreadS),
  });

async function sendEntry(
  deps: Pick<IntakeDeps, 'database' | 'vault'>,
  id: bigint,
  response: Response,
): Promise<void> {
  const keys = await deps.vault.keys();
  const entry = await findQuarantined(deps.database, keys, id, seenBy(response));
  if (entry === null) throw refusalError('not_found');
  const wrong = entry.issues.map(({ path }) => path);
  response.json({ ...entry, raw: maskedInput(entry.raw, wrong) } satisfies QuarantineEntry);
}

const claimName = z.object({ fixmedins_code: z.string(), setl_id: z.string() });

/** PostgreSQL's bigint; anything else names no entry. */
const entryId = z
  .string()
  .regex(/^[1-9]\d{0,17}$/)
  .transform(BigInt);

function idOf(request: Request): bigint {
  const parsed = entryId.safeParse(request.params['id']);
  if (!parsed.success) throw refusalError('not_found');
  return parsed.data;
}

function refusalError(refusal: Refusal): AppError {
  switch (refusal) {
    case 'not_found':
      return notFound(
        'quarantine_entry_not_found',
        '隔离区中没有这条数据',
        'There is no such entry in the quarantine',
      );
    case 'already_settled':
      return new AppError({
        status: 409,
        code: 'already_settled',
        message: { zh: '这条数据已改正或已不再处理', en: 'This entry was already corrected or dismissed' },
      });
  }
}

const notFound = (code: string, zh: string, en: string): AppError =>
  new AppError({ status: 404, code, message: { zh, en } });
