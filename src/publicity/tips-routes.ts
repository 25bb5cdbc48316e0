/** HTTP of tips. Who tells is not asked for, and nothing of the request is kept: it is counted by its address in memory alone. */
import express, { type Request, type RequestHandler, type Router } from 'express';
import { z } from 'zod';
import { allow } from '../people/allow.ts';
import { addressOf, requestActor, seenBy, whoAsks } from '../people/identify.ts';
import { type BucketLimits, buckets } from '../platform/buckets.ts';
import { AppError, parseRequest, readBytes, readJson } from '../platform/http.ts';
import { base64Of } from './seal-contract.ts';
import { sealedFileBytesMax } from './tip-file-contract.ts';
import {
  askAnswersSchema,
  newTipSchema,
  setKeySchema,
  tipsQuerySchema,
  tipStepSchema,
  tokenBytes,
} from './tips-contract.ts';
import {
  actOnTip,
  answersFor,
  openReferral,
  referrals,
  setKey,
  takeTip,
  takeTipFile,
  tipDetail,
  tipFile,
  tipForm,
  type TipRefused,
  type TipsDeps,
  tipsPage,
} from './tips-service.ts';

const bodyBytesMax = 64 * 1024;
const numberSchema = z
  .string()
  .regex(/^[1-9]\d{0,14}$/)
  .transform(Number);

/** Of one address: a few tips at once, then one in five minutes; their files, and receipts are asked for more often. */
const tipLimits = {
  tell: { perS: 1 / 300, burst: 5, subjectsMax: 10_000 },
  attach: { perS: 1 / 60, burst: 10, subjectsMax: 10_000 },
  ask: { perS: 1 / 5, burst: 30, subjectsMax: 10_000 },
} as const satisfies Record<string, BucketLimits>;

/** Mounted at `/api/v1/public`. */
export function publicTipRoutes(deps: TipsDeps): Router {
  const router = express.Router();
  const open = allow('public');
  const body = readJson(bodyBytesMax);

  router.get('/tips/form', open, async (_request, response) => {
    response.json(await tipForm(deps));
  });
  router.post('/tips', open, slowed(tipLimits.tell), body, async (request, response) => {
    const taken = await takeTip(deps, parseRequest(newTipSchema, request.body));
    if (!taken.ok) throw refusal(taken);
    response.set('cache-control', 'no-store').json(taken.taken);
  });
  router.post(
    '/tips/files',
    open,
    slowed(tipLimits.attach),
    readBytes(tokenBytes + sealedFileBytesMax),
    async (request, response) => {
      const sent: unknown = request.body;
      const taken = await takeTipFile(deps, Buffer.isBuffer(sent) ? sent : Buffer.alloc(0));
      if (!taken.ok) throw refusal(taken);
      response.set('cache-control', 'no-store').json({ files: taken.files });
    },
  );
  router.post('/tips/answers', open, slowed(tipLimits.ask), body, async (request, response) => {
    const answers = await answersFor(deps, parseRequest(askAnswersSchema, request.body).token);
    response.set('cache-control', 'no-store').json(found(answers, '回执不正确', 'The receipt is wrong'));
  });
  return router;
}

function slowed(limits: BucketLimits): RequestHandler {
  const left = buckets(limits);
  return (request, _response, next) => {
    const retryAfterS = left.take(addressOf(request), 1);
    if (retryAfterS > 0)
      throw new AppError({
        status: 429,
        code: 'too_many_requests',
        message: { zh: '提交过于频繁，请稍后再试', en: 'Too many at once; try again later' },
        retryAfterS,
      });
    next();
  };
}

/** Mounted at `/api/v1/tips`. */
export function tipRoutes(deps: TipsDeps): Router {
  const router = express.Router();
  const handle = allow('tips.handle');
  const cases = allow('cases.handle');
  const body = readJson(bodyBytesMax);

  router.get('/list', handle, async (request, response) => {
    response.json(await tipsPage(deps, parseRequest(tipsQuerySchema, request.query)));
  });
  router.post('/keys', handle, body, async (request, response) => {
    const { public_key } = parseRequest(setKeySchema, request.body);
    const set = await setKey(deps, whoAsks(request, response), public_key);
    if (!set.ok) throw refusal(set);
    response.json({ id: set.id });
  });
  router.get('/referrals', cases, async (_request, response) => {
    response.json(await referrals(deps, seenBy(response)));
  });
  router.post('/referrals/:tip_id/:seq/open', cases, async (request, response) => {
    const caller = { actor: requestActor(request, response), sight: seenBy(response) };
    const opened = await openReferral(deps, caller, numberOf(request, 'tip_id'), numberOf(request, 'seq'));
    if (!opened.ok) throw refusal(opened);
    response.json({ case_id: String(opened.id) });
  });
  router.get('/:id', handle, async (request, response) => {
    response.json(found(await tipDetail(deps, whoAsks(request, response), numberOf(request, 'id'))));
  });
  router.get('/:id/files/:no', handle, async (request, response) => {
    const [id, no] = [numberOf(request, 'id'), numberOf(request, 'no')];
    const sealed = found(await tipFile(deps, whoAsks(request, response), id, no));
    response.set('cache-control', 'private, no-store').json({ sealed: base64Of(sealed) });
  });
  router.post('/:id/steps', handle, body, async (request, response) => {
    const who = whoAsks(request, response);
    const id = numberOf(request, 'id');
    const acted = await actOnTip(deps, who, id, parseRequest(tipStepSchema, request.body));
    if (!acted.ok) throw refusal(acted);
    response.json({ id });
  });
  return router;
}

function numberOf(request: Request, name: string): number {
  const parsed = numberSchema.safeParse(request.params[name]);
  return found(parsed.success ? parsed.data : null);
}

function found<Value>(value: Value | null, zh = '没有这件举报', en = 'There is no such tip'): Value {
  if (value !== null) return value;
  throw new AppError({ status: 404, code: 'tip_not_found', message: { zh, en } });
}

const statuses = {
  not_found: 404,
  not_allowed: 409,
  changed_meanwhile: 409,
  bad_text: 422,
  files_full: 429,
} as const;

const refusal = ({ code, reason, retryAfterS }: TipRefused): AppError =>
  new AppError({
    status: statuses[code],
    code: `tip_${code}`,
    message: reason,
    ...(retryAfterS === undefined ? {} : { retryAfterS }),
  });
