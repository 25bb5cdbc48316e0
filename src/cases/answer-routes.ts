/** HTTP of answers: one side for institutions, one for those who review. What may be done is decided by `answer-states-contract.ts`. */
import express, { type Request, type RequestHandler, type Response, type Router } from 'express';
import { z } from 'zod';
import { allow } from '../people/allow.ts';
import { seenBy, whoAsks } from '../people/identify.ts';
import { sendStoredFile } from '../platform/content/send-file.ts';
import { AppError, parseRequest, readBytes, readJson } from '../platform/http.ts';
import {
  acceptManySchema,
  answerFileBytesMax,
  answersQuerySchema,
  fileNameCharactersMax,
  fileNameHeader,
  giveAnswerSchema,
  sendSchema,
} from './answer-contract.ts';
import {
  acceptMany,
  actOnAnswer,
  addFile,
  type AnswerAsked,
  type AnswerDeps,
  answerDetail,
  type AnswerDone,
  answersOf,
  openFile,
  removeFile,
  sendFindings,
} from './answer-service.ts';
import { findingId, nothingSchema } from './review-contract.ts';

/** Answers name thousands of lines at most. */
const bodyBytesMax = 512 * 1024;
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const statuses = { not_found: 404, not_allowed: 409, bad_file: 422 } as const;

export function answerRoutes(deps: AnswerDeps): Router {
  const router = express.Router();
  const own = allow('answers.give');
  const read = allow('reviews.read');
  const reviewing = allow('findings.review');
  const body = readJson(bodyBytesMax);

  const detail = async (request: Request, response: Response): Promise<void> => {
    response.json(
      found(await answerDetail(deps, whoAsks(request, response), seenBy(response), idOf(request))),
    );
  };
  const answer = async (request: Request, response: Response, done: AnswerDone): Promise<void> => {
    if (!done.ok)
      throw new AppError({
        status: statuses[done.code],
        code: `answer_${done.code}`,
        message: done.reason,
      });
    await detail(request, response);
  };
  const act =
    (askedOf: (given: unknown) => AnswerAsked): RequestHandler =>
    async (request, response) => {
      const asked = askedOf(request.body);
      const who = whoAsks(request, response);
      await answer(request, response, await actOnAnswer(deps, who, seenBy(response), idOf(request), asked));
    };
  const plain =
    (action: 'recall' | 'confirm_refund' | 'take_back') =>
    (given: unknown): AnswerAsked => {
      parseRequest(nothingSchema, given ?? {});
      return { action };
    };
  const given =
    (action: 'give' | 'come_forward') =>
    (sent: unknown): AnswerAsked => ({ action, ...parseRequest(giveAnswerSchema, sent) });
  const file: RequestHandler = async (request, response) => {
    const hash = found(sha256.safeParse(request.params['sha256']).data ?? null);
    const who = whoAsks(request, response);
    const opened = await openFile(deps, who, seenBy(response), idOf(request), hash);
    sendStoredFile(response, found(opened), `answer-${hash.slice(0, 12)}`);
  };

  router.get('/answers', own, async (request, response) => {
    const query = parseRequest(answersQuerySchema, request.query);
    response.json(await answersOf(deps, found(seenBy(response).institution ?? null), query));
  });
  router.post('/answers/accept', own, body, async (request, response) => {
    const asked = parseRequest(acceptManySchema, request.body);
    response.json(await acceptMany(deps, whoAsks(request, response), seenBy(response), asked));
  });
  router.get('/answers/:finding_id', own, detail);
  router.post('/answers/:finding_id/give', own, body, act(given('give')));
  router.post('/answers/:finding_id/come-forward', own, body, act(given('come_forward')));
  router.post('/answers/:finding_id/take-back', own, body, act(plain('take_back')));
  router.post(
    '/answers/:finding_id/files',
    own,
    readBytes(answerFileBytesMax + 1),
    async (request, response) => {
      const content: unknown = request.body;
      const sent = {
        content: Buffer.isBuffer(content) ? content : Buffer.alloc(0),
        name: fileNameOf(request),
      };
      const who = whoAsks(request, response);
      await answer(request, response, await addFile(deps, who, seenBy(response), idOf(request), sent));
    },
  );
  router.get('/answers/:finding_id/files/:sha256', own, file);
  router.post('/answers/:finding_id/files/:sha256/remove', own, body, async (request, response) => {
    parseRequest(nothingSchema, request.body ?? {});
    const hash = found(sha256.safeParse(request.params['sha256']).data ?? null);
    const who = whoAsks(request, response);
    await answer(request, response, await removeFile(deps, who, seenBy(response), idOf(request), hash));
  });

  router.post('/reviews/notices', reviewing, body, async (request, response) => {
    const asked = parseRequest(sendSchema, request.body);
    response.json(await sendFindings(deps, whoAsks(request, response), seenBy(response), asked));
  });
  router.get('/findings/:finding_id/answer', read, detail);
  router.post('/findings/:finding_id/answer/recall', reviewing, body, act(plain('recall')));
  router.post('/findings/:finding_id/answer/confirm-refund', reviewing, body, act(plain('confirm_refund')));
  router.get('/findings/:finding_id/answer/files/:sha256', read, file);

  return router;
}

const nameSchema = z
  .string()
  .transform((text, context) => {
    try {
      return decodeURIComponent(text);
    } catch {
      context.addIssue({ code: 'custom', message: 'not percent-encoded' });
      return z.NEVER;
    }
  })
  // Neither what controls a screen nor a folder belongs to a name.
  .transform((text) =>
    text
      .replaceAll(/[\p{C}/\\]/gu, '')
      .trim()
      .slice(0, fileNameCharactersMax),
  )
  .pipe(z.string().min(1));

const fileNameOf = (request: Request): string => parseRequest(nameSchema, request.get(fileNameHeader) ?? '');

const idOf = (request: Request): string =>
  found(findingId.safeParse(request.params['finding_id']).data ?? null);

function found<Value>(value: Value | null): Value {
  if (value !== null) return value;
  throw new AppError({
    status: 404,
    code: 'answer_not_found',
    message: { zh: '没有这个疑点或文件', en: 'There is no such finding or file' },
  });
}
