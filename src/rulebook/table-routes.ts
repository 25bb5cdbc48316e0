/** HTTP of the life of knowledge tables. What may be done is decided by `knowledge/states-contract.ts`; a refusal says why in both languages. */
import express, { type Request, type Response, type Router } from 'express';
import { z } from 'zod';
import {
  approvalSchema,
  batchBytesMax,
  batchReasonSchema,
  type BatchDetail,
  type BatchRun,
  batchTermsSchema,
  noTermsSchema,
  tableNameSchema,
  type TableChanged,
  type UploadAnswer,
} from '../knowledge/contract.ts';
import { allow } from '../people/allow.ts';
import { requestActor, whoAsks } from '../people/identify.ts';
import { AppError, parseRequest, readBytes, readJson } from '../platform/http.ts';
import {
  type Acted,
  approveBatch,
  backtestBatch,
  type Refused,
  rejectBatch,
  rollBackTable,
  type TableDeps,
  uploadBatch,
  withdrawBatch,
} from './table-life-service.ts';
import { fileOf } from './table-store.ts';
import { batchDetail, batchPreview, tableDetail, tableList } from './table-view-service.ts';

const bodyBytesMax = 64 * 1024;
const idSchema = z
  .string()
  .regex(/^[1-9]\d{0,15}$/)
  .transform(Number);

export function tableRoutes(deps: TableDeps): Router {
  const router = express.Router();
  const read = allow('knowledge.read');
  const write = allow('knowledge.write');
  const approve = allow('knowledge.approve');
  const body = readJson(bodyBytesMax);

  router.get('/tables', read, async (_request, response) => {
    await deps.rules.refresh();
    response.json(await tableList(deps));
  });
  router.get('/tables/:table', read, async (request, response) => {
    await deps.rules.refresh();
    response.json(found(await tableDetail(deps, whoAsks(request, response), tableOf(request))));
  });
  router.post('/tables/:table/batches', write, readBytes(batchBytesMax), async (request, response) => {
    const name = tableOf(request);
    const terms = parseRequest(batchTermsSchema, request.query);
    const file: unknown = request.body;
    const actor = requestActor(request, response);
    const taken = await uploadBatch(deps, actor, name, terms, Buffer.isBuffer(file) ? file : Buffer.alloc(0));
    if (!taken.ok) throw refusal(taken);
    const answer: UploadAnswer = {
      batch: await detailOf(request, response, taken.id),
      run: taken.run === null ? null : String(taken.run),
    };
    response.json(answer);
  });
  router.post('/tables/:table/roll-back', approve, body, async (request, response) => {
    const { reason } = parseRequest(batchReasonSchema, request.body);
    const who = whoAsks(request, response);
    await answerChange(request, response, await rollBackTable(deps, who, tableOf(request), reason));
  });

  router.get('/batches/:id', read, async (request, response) => {
    response.json(await detailOf(request, response, idOf(request)));
  });
  router.get('/batches/:id/file', read, async (request, response) => {
    const file = found(await fileOf(deps.database.pool, idOf(request)));
    response.type('application/octet-stream').set('content-disposition', 'attachment').send(file);
  });
  router.get('/batches/:id/preview', read, async (request, response) => {
    const looked = await batchPreview(deps, idOf(request));
    if (!looked.ok) throw refusal(looked);
    response.json(looked.preview);
  });
  router.post('/batches/:id/backtest', write, async (request, response) => {
    const begun = await backtestBatch(deps, requestActor(request, response), idOf(request));
    if (!begun.ok) throw refusal(begun);
    const answer: BatchRun = { run: String(begun.run) };
    response.json(answer);
  });
  router.post('/batches/:id/approve', approve, body, async (request, response) => {
    const { table_sha256 } = parseRequest(approvalSchema, request.body);
    const who = whoAsks(request, response);
    await answerChange(request, response, await approveBatch(deps, who, idOf(request), table_sha256));
  });
  router.post('/batches/:id/reject', approve, body, async (request, response) => {
    const { reason } = parseRequest(batchReasonSchema, request.body);
    const who = whoAsks(request, response);
    await answerChange(request, response, await rejectBatch(deps, who, idOf(request), reason));
  });
  router.post('/batches/:id/withdraw', write, body, async (request, response) => {
    parseRequest(noTermsSchema, request.body ?? {});
    const who = whoAsks(request, response);
    await answerChange(request, response, await withdrawBatch(deps, who, idOf(request)));
  });

  const detailOf = async (request: Request, response: Response, id: number): Promise<BatchDetail> =>
    found(await batchDetail(deps, whoAsks(request, response), id));

  async function answerChange(request: Request, response: Response, acted: Acted | Refused): Promise<void> {
    if (!acted.ok) throw refusal(acted);
    // Whoever acted sees the change at once in this process; others follow.
    await deps.rules.refresh();
    const answer: TableChanged = {
      batch: await detailOf(request, response, acted.id),
      replay: acted.replay === null ? null : String(acted.replay),
    };
    response.json(answer);
  }

  return router;
}

const tableOf = (request: Request): string => fromAddress(tableNameSchema, request.params['table']);
const idOf = (request: Request): number => fromAddress(idSchema, request.params['id']);

/** What stands in the address and names nothing is not there. */
function fromAddress<Value>(schema: z.ZodType<Value>, text: unknown): Value {
  const parsed = schema.safeParse(text);
  return found(parsed.success ? parsed.data : null);
}

function found<Value>(value: Value | null): Value {
  if (value !== null) return value;
  throw new AppError({
    status: 404,
    code: 'knowledge_not_found',
    message: { zh: '没有这条记录', en: 'There is no such thing' },
  });
}

const statuses = { not_found: 404, not_allowed: 409, bad_file: 400 } as const;

const refusal = ({ code, reason }: Refused): AppError =>
  new AppError({ status: statuses[code], code: `knowledge_${code}`, message: reason });
