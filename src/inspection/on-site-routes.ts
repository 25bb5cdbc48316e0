/** HTTP of checks on the spot. A refusal says why in both languages; photos and signatures are reached through their task alone. */
import express, { type Request, type Response, type Router } from 'express';
import { z } from 'zod';
import { allow } from '../people/allow.ts';
import { whoAsks } from '../people/identify.ts';
import { sendStoredFile } from '../platform/content/send-file.ts';
import { AppError, parseRequest, readBytes, readJson } from '../platform/http.ts';
import { directoryKindSchema } from './draws-contract.ts';
import {
  answersGivenSchema,
  conclusionSchema,
  entriesQuerySchema,
  linkInspectorSchema,
  partyGivenSchema,
  photoBytesMax,
  photoQuerySchema,
  planTaskSchema,
  setTeamSchema,
  signGivenSchema,
  taskReasonSchema,
  tasksQuerySchema,
} from './on-site-contract.ts';
import { onSiteDocuments } from './on-site-document.ts';
import {
  addPhoto,
  concludeTask,
  openClueOfTask,
  reopenRecord,
  saveAnswers,
  signParty,
  signRecord,
  startTask,
  takePhotoOff,
} from './on-site-service.ts';
import { findEntries } from './on-site-store.ts';
import type { DrawAnswer, DrawRefusal } from './service.ts';
import { cancelPlannedTask, linkAccount, planTask, setTaskTeam } from './task-plan-service.ts';
import {
  documentFile,
  drawingFile,
  type OnSiteDeps,
  photoFile,
  recordFile,
  taskDetail,
  tasksPage,
} from './task-view-service.ts';

const numberSchema = z.string().regex(/^[1-9]\d{0,15}$/);
/** Three hundred items with their notes, or a signature. */
const bodyBytesMax = 2 * 1024 * 1024;

export function onSiteRoutes(deps: OnSiteDeps): Router {
  const router = express.Router();
  const body = readJson(bodyBytesMax);
  const read = allow('inspections.read');
  const draw = allow('inspections.draw');
  const carryOut = allow('inspections.carry_out');

  router.get('/tasks', read, async (request, response) => {
    const query = parseRequest(tasksQuerySchema, request.query);
    response.json(await tasksPage(deps, whoAsks(request, response), query));
  });
  router.post('/tasks', draw, body, async (request, response) => {
    const given = parseRequest(planTaskSchema, request.body);
    await answer(request, response, await planTask(deps, whoAsks(request, response), given));
  });
  router.get('/tasks/:id', read, async (request, response) => {
    response.json(found(await taskDetail(deps, whoAsks(request, response), numberOf(request, 'id'))));
  });
  router.post('/tasks/:id/team', draw, body, async (request, response) => {
    const { inspectors } = parseRequest(setTeamSchema, request.body);
    const id = numberOf(request, 'id');
    await answer(request, response, await setTaskTeam(deps, whoAsks(request, response), id, inspectors));
  });
  router.post('/tasks/:id/cancel', draw, body, async (request, response) => {
    const { reason } = parseRequest(taskReasonSchema, request.body);
    const id = numberOf(request, 'id');
    await answer(request, response, await cancelPlannedTask(deps, whoAsks(request, response), id, reason));
  });
  router.post('/tasks/:id/start', carryOut, async (request, response) => {
    const id = numberOf(request, 'id');
    await answer(request, response, await startTask(deps, whoAsks(request, response), id));
  });
  router.post('/tasks/:id/answers', carryOut, body, async (request, response) => {
    const given = parseRequest(answersGivenSchema, request.body);
    const done = await saveAnswers(deps, whoAsks(request, response), numberOf(request, 'id'), given);
    if (!done.ok) throw refusal(done);
    response.json(done.saved);
  });
  router.post('/tasks/:id/photos', carryOut, readBytes(photoBytesMax), async (request, response) => {
    const { item } = parseRequest(photoQuerySchema, request.query);
    const sent: unknown = request.body;
    const id = numberOf(request, 'id');
    const given = { item, sent: Buffer.isBuffer(sent) ? sent : Buffer.alloc(0) };
    await answer(request, response, await addPhoto(deps, whoAsks(request, response), id, given));
  });
  router.get('/tasks/:id/photos/:no', read, async (request, response) => {
    const [id, no] = [numberOf(request, 'id'), numberOf(request, 'no')];
    const file = found(await photoFile(deps, whoAsks(request, response), id, no));
    sendStoredFile(response, file, `check-${id}-photo-${no}`);
  });
  router.post('/tasks/:id/photos/:no/remove', carryOut, async (request, response) => {
    const [id, no] = [numberOf(request, 'id'), numberOf(request, 'no')];
    await answer(request, response, await takePhotoOff(deps, whoAsks(request, response), id, no));
  });
  router.post('/tasks/:id/conclude', carryOut, body, async (request, response) => {
    const given = parseRequest(conclusionSchema, request.body);
    const id = numberOf(request, 'id');
    await answer(request, response, await concludeTask(deps, whoAsks(request, response), id, given));
  });
  router.post('/tasks/:id/reopen', carryOut, body, async (request, response) => {
    const { reason } = parseRequest(taskReasonSchema, request.body);
    const id = numberOf(request, 'id');
    await answer(request, response, await reopenRecord(deps, whoAsks(request, response), id, reason));
  });
  router.post('/tasks/:id/sign', carryOut, body, async (request, response) => {
    const { sha256 } = parseRequest(signGivenSchema, request.body);
    const id = numberOf(request, 'id');
    await answer(request, response, await signRecord(deps, whoAsks(request, response), id, sha256));
  });
  router.post('/tasks/:id/party', carryOut, body, async (request, response) => {
    const given = parseRequest(partyGivenSchema, request.body);
    const id = numberOf(request, 'id');
    await answer(request, response, await signParty(deps, whoAsks(request, response), id, given));
  });
  router.get('/tasks/:id/signature', read, async (request, response) => {
    const id = numberOf(request, 'id');
    sendStoredFile(response, found(await drawingFile(deps, id)), `check-${id}-signature`);
  });
  router.get('/tasks/:id/record', read, async (request, response) => {
    const id = numberOf(request, 'id');
    response
      .type('application/json')
      .set('content-disposition', `attachment; filename="check-${id}.json"`)
      .json(found(await recordFile(deps, whoAsks(request, response), id)));
  });
  router.get('/tasks/:id/documents/:code', read, async (request, response) => {
    const code = found(onSiteDocuments.find((one) => one === request.params['code']) ?? null);
    const id = numberOf(request, 'id');
    response
      .type('application/pdf')
      .set('content-disposition', `inline; filename="check-${id}-${code}.pdf"`)
      .send(found(await documentFile(deps, whoAsks(request, response), id, code)));
  });
  router.post('/tasks/:id/clue', allow('cases.handle'), async (request, response) => {
    const id = numberOf(request, 'id');
    await answer(request, response, await openClueOfTask(deps, whoAsks(request, response), id));
  });

  router.get('/directories/:kind/entries', draw, async (request, response) => {
    const kind = found(directoryKindSchema.safeParse(request.params['kind']).data ?? null);
    const { text } = parseRequest(entriesQuerySchema, request.query);
    response.json({ items: await findEntries(deps.database.pool, kind, text) });
  });
  router.post('/inspectors/account', draw, body, async (request, response) => {
    const { inspector_id, account } = parseRequest(linkInspectorSchema, request.body);
    const done = await linkAccount(deps, whoAsks(request, response), inspector_id, account);
    if (!done.ok) throw refusal(done);
    response.json({ items: await findEntries(deps.database.pool, 'inspectors', inspector_id) });
  });

  async function answer(request: Request, response: Response, done: DrawAnswer): Promise<void> {
    if (!done.ok) throw refusal(done);
    response.json(found(await taskDetail(deps, whoAsks(request, response), done.id)));
  }

  return router;
}

const statuses: Readonly<Record<DrawRefusal['code'], number>> = {
  not_found: 404,
  not_allowed: 409,
  bad_request: 422,
};
const refusal = ({ code, reason }: DrawRefusal): AppError =>
  new AppError({ status: statuses[code], code: `check_${code}`, message: reason });

function numberOf(request: Request, name: string): number {
  const parsed = numberSchema.safeParse(request.params[name]);
  return Number(found(parsed.success ? parsed.data : null));
}

function found<Value>(value: Value | null): Value {
  if (value !== null) return value;
  throw new AppError({
    status: 404,
    code: 'check_not_found',
    message: { zh: '没有这项检查或文件', en: 'There is no such check or file' },
  });
}
