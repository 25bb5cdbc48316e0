/**
 * HTTP of the national audit contract. Hospital systems look at `infcode`, and many give up at any HTTP status but 200: every answer to a
 * POST here is a 200 with the national envelope, errors included – but for those who may not call: nothing is gained when a system that has
 * no key believes that it was heard.
 */
import express, { type ErrorRequestHandler, type RequestHandler, type Response, type Router } from 'express';
import { z } from 'zod';
import { seenBy } from '../../people/identify.ts';
import { allow } from '../../people/allow.ts';
import { today } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { History } from '../precheck.ts';
import { AppError, parseRequest, readJson } from '../../platform/http.ts';
import type { Metrics } from '../../platform/metrics.ts';
import type { Rules } from '../in-force.ts';
import {
  auditRequestSchema,
  envelopeSchema,
  feedbackQuerySchema,
  feedbackRequestSchema,
  type FeedbackSummary,
  nationalBytesMax,
  type NationalAnswer,
} from './contract.ts';
import { nationalService, type NationalService } from './service.ts';
import { feedbackSummary } from './store.ts';
import { textOf } from './scalar.ts';

const interfaces = ['3101', '3102', '3103'] as const;
type Interface = (typeof interfaces)[number];

const messageIdCharsMax = 30;
const errorCharsMax = 500;
const errorIssuesMax = 10;

export function nationalRoutes(
  database: Database,
  history: History,
  rules: Rules,
  metrics: Pick<Metrics, 'errors'>,
): Router {
  const service = nationalService(database, history, rules, today);
  const router = express.Router();
  // Whatever media type a system states, or none: the contract knows JSON only.
  const body = readJson(nationalBytesMax, () => true);
  const present = presentNationalErrors(metrics);
  const arrive: RequestHandler = (_request, response, next) => {
    response.locals['arrivedMs'] = Date.now();
    next();
  };
  const handle =
    (named: Interface | null): RequestHandler =>
    async (request, response) => {
      const document: unknown = request.body;
      const output = await answerTo(service, named, document, response);
      send(response, { infcode: 0, err_msg: '', output });
    };

  const mayAudit = allow('national.audit');
  router.post('/national', mayAudit, arrive, body, handle(null), present);
  for (const infno of interfaces)
    router.post(`/national/${infno}`, mayAudit, arrive, body, handle(infno), present);

  router.get('/national/feedback', allow('feedback.read'), async (request, response) => {
    const query = parseRequest(feedbackQuerySchema, request.query);
    const sight = seenBy(response);
    const summary: FeedbackSummary = await feedbackSummary(database, query, sight);
    response.json(summary);
  });

  return router;
}

async function answerTo(
  service: NationalService,
  named: Interface | null,
  document: unknown,
  response: Response,
): Promise<NationalAnswer['output']> {
  const envelope = read(envelopeSchema, document);
  const stated = textOf(envelope.infno);
  const infno = interfaces.find((each) => each === (stated ?? named));
  if (infno === undefined) throw refusal('infno', '应为 3101、3102 或 3103');
  if (named !== null && infno !== named) throw refusal('infno', `与地址不符，应为 ${named}`);
  const sight = seenBy(response);
  switch (infno) {
    case '3101':
    case '3102': {
      const { fixmedins_code, input } = read(auditRequestSchema, document);
      return service.audit(infno, fixmedins_code, input.data, response.locals.log, sight);
    }
    case '3103':
      return service.feedback(read(feedbackRequestSchema, document).input.data, sight);
  }
}

const refusal = (path: string, zh: string): AppError =>
  new AppError({
    status: 400,
    code: 'national_refused',
    message: { zh: '报文不符合要求', en: 'The message does not have the expected form' },
    issues: [{ path, code: 'refused', message: { zh, en: 'see the Chinese text' } }],
  });

function read<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new AppError({
    status: 400,
    code: 'national_refused',
    message: { zh: '报文不符合要求', en: 'The message does not have the expected form' },
    issues: parsed.error.issues.flatMap(causesOf).map(({ path, code }) => ({
      path,
      code,
      message: { zh: reasons[code] ?? '格式不符', en: code },
    })),
  });
}

const reasons: Readonly<Record<string, string>> = {
  too_big: '超过长度或条数上限',
  invalid_type: '缺失或类型不符',
};

/** Of the forms a field may take, the one that got furthest is the one that was meant. */
function causesOf(issue: z.core.$ZodIssue): { path: string; code: string }[] {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0)
    return [{ path: z.core.toDotPath(issue.path), code: issue.code }];
  const depth = (issues: readonly z.core.$ZodIssue[]): number =>
    Math.max(...issues.map((each) => each.path.length + (each.code === 'too_big' ? 1 : 0)));
  const [meant = []] = [...issue.errors].sort((a, b) => depth(b) - depth(a));
  return meant
    .flatMap((each) => causesOf({ ...each, path: [...issue.path, ...each.path] }))
    .slice(0, errorIssuesMax);
}

const refusedStatuses = [401, 403];

/** The envelope of an error. What broke on our side is logged with the id that the answer carries, and nothing of it is told. */
function presentNationalErrors(metrics: Pick<Metrics, 'errors'>): ErrorRequestHandler {
  return (error: unknown, _request, response, _next) => {
    const { code, err_msg } = explained(error);
    if (error instanceof AppError && refusedStatuses.includes(error.status)) response.status(error.status);
    metrics.errors.inc({ code });
    const { log } = response.locals;
    if (code === 'internal') log.error({ code, err: error }, 'request failed');
    else log.info({ code }, 'request refused');
    const text = code === 'internal' ? `${err_msg}（${response.locals.requestId}）` : err_msg;
    send(response, { infcode: -1, err_msg: text.slice(0, errorCharsMax), output: null });
  };
}

/** Errors of the body parser carry the status they stand for. */
const BodyError = z.object({ status: z.number().int().min(400).max(499) });

function explained(error: unknown): { code: string; err_msg: string } {
  if (error instanceof AppError) {
    const issues = error.issues.slice(0, errorIssuesMax).map(({ path, message }) => `${path} ${message.zh}`);
    return { code: error.code, err_msg: [error.text.zh, ...issues].join('；') };
  }
  const unread = BodyError.safeParse(error);
  if (!unread.success) return { code: 'internal', err_msg: '系统内部错误，请把此编号告诉管理员' };
  return unread.data.status === 413
    ? { code: 'body_too_large', err_msg: `报文超过 ${nationalBytesMax} 字节` }
    : { code: 'malformed_request', err_msg: '报文不是合法的 JSON' };
}

function send(response: Response, answer: Pick<NationalAnswer, 'infcode' | 'err_msg' | 'output'>): void {
  const arrivedMs: unknown = response.locals['arrivedMs'];
  response.set('cache-control', 'no-store').json({
    infcode: answer.infcode,
    inf_refmsgid: response.locals.requestId.replaceAll('-', '').slice(0, messageIdCharsMax),
    refmsg_time: stamp(typeof arrivedMs === 'number' ? arrivedMs : Date.now()),
    respond_time: stamp(Date.now()),
    err_msg: answer.err_msg,
    output: answer.output,
  });
}

const shanghaiAheadMs = 8 * 3_600_000;

/** yyyyMMddHHmmssSSS on the clock of Shanghai, which has known no summer time since 1991. */
const stamp = (ms: number): string =>
  new Date(ms + shanghaiAheadMs).toISOString().replaceAll(/\D/g, '').slice(0, 17);
