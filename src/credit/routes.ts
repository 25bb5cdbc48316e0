/** HTTP of credit. Subjects are addressed by the number of their first entry: a key of a person has no place in an address. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import express, { type Request, type Response, type Router } from 'express';
import { z } from 'zod';
import { allow } from '../people/allow.ts';
import { requestActor, whoAsks } from '../people/identify.ts';
import { AppError, parseRequest, readJson } from '../platform/http.ts';
import { newEntrySchema } from './contract.ts';
import {
  decideSchema,
  type Gathered,
  gatherSchema,
  noticeSchema,
  objectSchema,
  publishSchema,
  type SubjectDetail,
  subjectsQuerySchema,
  withdrawSchema,
} from './publication-contract.ts';
import { riskQuerySchema } from './risk-contract.ts';
import {
  decide,
  gatherFacts,
  giveNotice,
  type NoticeDeps,
  objectTo,
  publishGrade,
  recordEntry,
  type Refused,
  withdrawGrade,
} from './service.ts';
import { firstSeqOf } from './store.ts';
import {
  exportLedger,
  riskList,
  schemeList,
  subjectDetail,
  subjectsPage,
  suspensionList,
} from './view-service.ts';

const bodyBytesMax = 64 * 1024;
const numberSchema = z
  .string()
  .regex(/^[1-9]\d{0,14}$/)
  .transform(Number);

/** Mounted at `/api/v1/credit`. */
export function creditRoutes(deps: NoticeDeps): Router {
  const router = express.Router();
  const read = allow('credit.read');
  const rate = allow('credit.score');
  const body = readJson(bodyBytesMax);

  router.get('/schemes', read, (_request, response) => {
    response.json(schemeList(deps));
  });
  router.get('/subjects', read, async (request, response) => {
    const { kind, after = 0 } = parseRequest(subjectsQuerySchema, request.query);
    response.json(await subjectsPage(deps, requestActor(request, response), kind, after));
  });
  router.get('/subjects/:first_seq', read, async (request, response) => {
    response.json(await detailOf(request, response, numberOf(request, 'first_seq')));
  });
  router.get('/suspensions', read, async (request, response) => {
    response.json(found(await suspensionList(deps, requestActor(request, response))));
  });
  router.get('/risk', read, async (request, response) => {
    response.json(found(await riskList(deps, parseRequest(riskQuerySchema, request.query))));
  });
  router.get('/ledger', read, async (request, response) => {
    response.type('application/x-ndjson').set('content-disposition', 'attachment; filename="ledger.jsonl"');
    await pipeline(Readable.from(exportLedger(deps, requestActor(request, response))), response);
  });

  router.post('/entries', rate, body, async (request, response) => {
    const entry = parseRequest(newEntrySchema, request.body);
    const recorded = await recordEntry(deps, requestActor(request, response), entry);
    if (!recorded.ok) throw refusal(recorded);
    response.json(recorded.recorded);
  });
  router.post('/gather', rate, body, async (request, response) => {
    parseRequest(gatherSchema, request.body ?? {});
    response.json((await gatherFacts(deps, requestActor(request, response))) satisfies Gathered);
  });
  router.post('/subjects/:first_seq/notice', rate, body, async (request, response) => {
    const { scheme } = parseRequest(noticeSchema, request.body);
    const firstSeq = numberOf(request, 'first_seq');
    const given = await giveNotice(deps, whoAsks(request, response), firstSeq, scheme);
    if (!given.ok) throw refusal(given);
    response.json(await detailOf(request, response, firstSeq));
  });
  router.post('/publications/:id/object', rate, body, async (request, response) => {
    const objection = parseRequest(objectSchema, request.body);
    await answer(
      request,
      response,
      await objectTo(deps, whoAsks(request, response), numberOf(request, 'id'), objection),
    );
  });
  router.post(
    '/publications/:id/decide',
    allow('credit.decide_objection'),
    body,
    async (request, response) => {
      const decision = parseRequest(decideSchema, request.body);
      await answer(
        request,
        response,
        await decide(deps, whoAsks(request, response), numberOf(request, 'id'), decision),
      );
    },
  );
  router.post('/publications/:id/withdraw', rate, body, async (request, response) => {
    const { reason } = parseRequest(withdrawSchema, request.body);
    await answer(
      request,
      response,
      await withdrawGrade(deps, whoAsks(request, response), numberOf(request, 'id'), reason),
    );
  });
  router.post('/publications/:id/publish', rate, body, async (request, response) => {
    parseRequest(publishSchema, request.body ?? {});
    await answer(
      request,
      response,
      await publishGrade(deps, whoAsks(request, response), numberOf(request, 'id')),
    );
  });

  const detailOf = async (request: Request, response: Response, firstSeq: number): Promise<SubjectDetail> =>
    found(await subjectDetail(deps, whoAsks(request, response), firstSeq));

  async function answer(
    request: Request,
    response: Response,
    done: Awaited<ReturnType<typeof publishGrade>>,
  ): Promise<void> {
    if (!done.ok) throw refusal(done);
    const firstSeq = found(await firstSeqOf(deps.database.pool, done.subject));
    response.json(await detailOf(request, response, firstSeq));
  }

  return router;
}

/** What stands in the address and names nothing is not there. */
function numberOf(request: Request, name: string): number {
  const parsed = numberSchema.safeParse(request.params[name]);
  return found(parsed.success ? parsed.data : null);
}

function found<Value>(value: Value | null): Value {
  if (value !== null) return value;
  throw new AppError({
    status: 404,
    code: 'credit_not_found',
    message: { zh: '没有这条记录', en: 'There is no such thing' },
  });
}

const statuses = { not_found: 404, not_allowed: 409, bad_entry: 400 } as const;

const refusal = ({ code, reason }: Refused): AppError =>
  new AppError({ status: statuses[code], code: `credit_${code}`, message: reason });
