/** HTTP of draws and checks. What is public is asked for without signing in, and holds nothing that is secret yet. */
import express, { type Request, type Router } from 'express';
import { z } from 'zod';
import type { RiskDocument } from '../credit/risk-contract.ts';
import { allow } from '../people/allow.ts';
import { whoAsks } from '../people/identify.ts';
import { formatDay } from '../platform/civil.ts';
import { AppError, parseRequest, readBytes, readJson } from '../platform/http.ts';
import { bundleText } from './bundle.ts';
import { csvOfObjects } from './proposal.ts';
import { drawFormat } from './contract.ts';
import {
  approvalOfRedrawSchema,
  commitSchema,
  directoryKindSchema,
  evidenceGivenSchema,
  leavingSchema,
  type PublicDraws,
  publicDrawsQuerySchema,
  recordGivenSchema,
  uploadQuerySchema,
} from './draws-contract.ts';
import {
  approveRedraw,
  commitDraw,
  type DrawAnswer,
  type DrawDeps,
  drawDetail,
  type DrawRefusal,
  giveEvidence,
  openDraw,
  proposeObjects,
  publicBundle,
  publicDraws,
  recordCheck,
  replaceDrawn,
  uploadDirectory,
} from './service.ts';
import { publishedBitsMin } from './seed-parameters.ts';
import { latestDirectories, listDraws } from './store.ts';

const idSchema = z.string().regex(/^[1-9]\d{0,15}$/);
const hashSchema = z.string().regex(/^[0-9a-f]{64}$/);
const bodyBytesMax = 1024 * 1024;
/** A directory of as many lines as a draw takes. */
const fileBytesMax = 64 * 1024 * 1024;

export interface DrawRoutesDeps extends DrawDeps {
  /** Today, as a day number. */
  readonly asOf: () => number;
  /** The document of the risk index; null: nothing is ranked. */
  readonly risk: RiskDocument | null;
  /** The page that repeats draws, as one HTML text. */
  readonly verifierPage: () => Promise<string>;
}

export function drawRoutes(deps: DrawRoutesDeps): Router {
  const { database, terms } = deps;
  const router = express.Router();
  const body = readJson(bodyBytesMax);
  const read = allow('inspections.read');
  const draw = allow('inspections.draw');

  router.get('/directories', read, async (_request, response) => {
    response.json({ items: await latestDirectories(database.pool) });
  });

  router.get('/directories/objects/proposal', draw, async (_request, response) => {
    const objects = await proposeObjects(deps, deps.risk, deps.asOf);
    response
      .type('text/csv; charset=utf-8')
      .set('content-disposition', 'attachment; filename="objects.csv"')
      .send(csvOfObjects(objects));
  });

  router.post('/directories/:kind', draw, readBytes(fileBytesMax), async (request, response) => {
    const kind = directoryKindSchema.safeParse(request.params['kind']);
    if (!kind.success) throw missing();
    const { file_name, save } = parseRequest(uploadQuerySchema, request.query);
    const file: unknown = request.body;
    response.json(
      await uploadDirectory(deps, whoAsks(request, response), {
        kind: kind.data,
        file: Buffer.isBuffer(file) ? file : Buffer.alloc(0),
        fileName: file_name,
        save: save === 'true',
      }),
    );
  });

  router.get('/draws', read, async (_request, response) => {
    const published_bits_min = publishedBitsMin(terms.seed, formatDay(deps.asOf()));
    response.json({ items: await listDraws(database.pool), published_bits_min });
  });

  router.post('/draws', draw, body, async (request, response) => {
    const given = parseRequest(commitSchema, request.body);
    response.json(await detailOf(succeeded(await commitDraw(deps, whoAsks(request, response), given))));
  });

  router.get('/draws/:id', read, async (request, response) => {
    response.json(await detailOf(idOf(request)));
  });

  router.post('/draws/:id/evidence', draw, body, async (request, response) => {
    const given = parseRequest(evidenceGivenSchema, request.body);
    const answer = await giveEvidence(deps, whoAsks(request, response), idOf(request), given);
    response.json(await detailOf(succeeded(answer)));
  });

  router.post('/draws/:id/replace', draw, body, async (request, response) => {
    const given = parseRequest(leavingSchema, request.body);
    const answer = await replaceDrawn(deps, whoAsks(request, response), idOf(request), given);
    response.json(await detailOf(succeeded(answer)));
  });

  router.post(
    '/draws/:id/approve-redraw',
    allow('inspections.approve_redraw'),
    body,
    async (request, response) => {
      const { reason } = parseRequest(approvalOfRedrawSchema, request.body);
      const answer = await approveRedraw(deps, whoAsks(request, response), idOf(request), reason);
      response.json(await detailOf(succeeded(answer)));
    },
  );

  router.post('/draws/:id/checks', allow('inspections.carry_out'), body, async (request, response) => {
    const given = parseRequest(recordGivenSchema, request.body);
    const answer = await recordCheck(deps, whoAsks(request, response), idOf(request), given);
    response.json(await detailOf(succeeded(answer)));
  });

  router.post('/draws/:id/open', draw, body, async (request, response) => {
    const answer = await openDraw(deps, whoAsks(request, response), idOf(request));
    response.json(await detailOf(succeeded(answer)));
  });

  async function detailOf(id: number) {
    const detail = await drawDetail(deps, id);
    if (detail === null) throw missing();
    return detail;
  }

  return router;
}

/** What everybody may see. */
export function publicDrawRoutes(deps: DrawRoutesDeps): Router {
  const router = express.Router();
  const open = allow('public');

  router.get('/draws', open, async (request, response) => {
    const { area } = parseRequest(publicDrawsQuerySchema, request.query);
    response.json({
      format: drawFormat,
      ...(await publicDraws(deps, formatDay(deps.asOf()), area)),
    } satisfies PublicDraws);
  });

  router.get('/draws/:commitment_sha256/bundle', open, async (request, response) => {
    const hash = hashSchema.safeParse(request.params['commitment_sha256']);
    const bundle = hash.success ? await publicBundle(deps, hash.data) : null;
    if (bundle === null) throw missing();
    response
      .type('application/json')
      .set('content-disposition', `attachment; filename="draw-${bundle.commitment_sha256.slice(0, 12)}.json"`)
      .send(bundleText(bundle));
  });

  router.get('/verifier', open, async (_request, response) => {
    response
      .type('text/html')
      .set('content-disposition', 'attachment; filename="fundwatch-verify.html"')
      .send(await deps.verifierPage());
  });

  return router;
}

function idOf(request: Request): number {
  const id = idSchema.safeParse(request.params['id']);
  if (!id.success) throw missing();
  return Number(id.data);
}

const missing = (): AppError =>
  new AppError({
    status: 404,
    code: 'draw_not_found',
    message: { zh: '不存在', en: 'There is no such thing' },
  });

const statuses: Readonly<Record<DrawRefusal['code'], number>> = {
  not_found: 404,
  not_allowed: 409,
  bad_request: 422,
};

function succeeded(answer: DrawAnswer): number {
  if (answer.ok) return answer.id;
  throw new AppError({
    status: statuses[answer.code],
    code: answer.code === 'bad_request' ? 'not_drawable' : answer.code,
    message: answer.reason,
    issues: (answer.faults ?? []).map(({ path, message }) => ({
      path: `/${['plan', ...path].join('/')}`,
      code: 'not_drawable',
      message,
    })),
  });
}
