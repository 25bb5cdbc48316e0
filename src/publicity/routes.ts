/** HTTP of publications: the desk where they are prepared, and what everybody sees. */
import express, { type Request, type Router } from 'express';
import { z } from 'zod';
import { publicDraws, type DrawDeps } from '../inspection/service.ts';
import { allow } from '../people/allow.ts';
import { type AreaNames, areaName } from '../people/area-contract.ts';
import { whoAsks } from '../people/identify.ts';
import { dayOfSecond, formatDay } from '../platform/civil.ts';
import { csvOf } from '../platform/csv-contract.ts';
import { AppError, parseRequest, readJson } from '../platform/http.ts';
import {
  checksQuerySchema,
  decideVersionSchema,
  draftSchema,
  exportForms,
  type ExportKind,
  exportKinds,
  exportQuerySchema,
  exportRowsMax,
  prepareSchema,
  publicQuerySchema,
  waitingActs,
} from './contract.ts';
import { checkRows, drawRows, publicationRows, resultRows } from './export.ts';
import {
  checksPage,
  decide,
  prepare,
  preview,
  publicityDesk,
  type PublicityDeps,
  type PublicityRefused,
  publicPage,
  publishedPage,
} from './service.ts';

const bodyBytesMax = 64 * 1024;
const idSchema = z
  .string()
  .regex(/^[1-9]\d{0,14}$/)
  .transform(Number);

/** Mounted at `/api/v1/publicity`. */
export function publicityRoutes(deps: PublicityDeps): Router {
  const router = express.Router();
  const read = allow('publicity.read');
  const write = allow('publicity.prepare');
  const body = readJson(bodyBytesMax);

  router.get('/desk', read, async (request, response) => {
    response.json(await publicityDesk(deps, whoAsks(request, response)));
  });
  router.get('/publications', read, async (request, response) => {
    response.json(await publishedPage(deps, parseRequest(publicQuerySchema, request.query)));
  });
  router.post('/preview', write, body, async (request, response) => {
    const made = await preview(deps, parseRequest(draftSchema, request.body));
    if (!made.ok) throw refusal(made);
    response.json(made.preview);
  });
  router.post('/versions', write, body, async (request, response) => {
    const given = parseRequest(prepareSchema, request.body);
    response.json(done(await prepare(deps, whoAsks(request, response), given)));
  });
  // Whoever prepared a version may take it back, whoever else may approve it: which, the table of the states says.
  for (const act of waitingActs)
    router.post(
      `/versions/:id/${act}`,
      act === 'take_back' ? write : allow('publicity.approve'),
      body,
      async (request, response) => {
        const given = parseRequest(decideVersionSchema, request.body);
        response.json(done(await decide(deps, whoAsks(request, response), idOf(request), act, given)));
      },
    );
  return router;
}

export interface PublicRoutesDeps extends Pick<PublicityDeps, 'database' | 'now'> {
  readonly draws: Pick<DrawDeps, 'database' | 'terms'>;
  /** Of 行政区划: they stand beside the codes in the tables. */
  readonly areas: AreaNames;
}

const fileSchema = z
  .string()
  .transform((name) => name.split('.'))
  .pipe(z.tuple([z.enum(exportKinds), z.enum(exportForms)]));

/** Mounted at `/api/v1/public`, beside the draws. */
export function publicPublicationRoutes(deps: PublicRoutesDeps): Router {
  const router = express.Router();
  const open = allow('public');

  router.get('/publications', open, async (request, response) => {
    response.json(await publicPage(deps, parseRequest(publicQuerySchema, request.query)));
  });
  router.get('/checks', open, async (request, response) => {
    const query = parseRequest(checksQuerySchema, request.query);
    response.json(await checksPage({ ...deps, results: deps.draws.terms }, query));
  });
  router.get('/export/:file', open, async (request, response) => {
    const file = fileSchema.safeParse(request.params['file']);
    if (!file.success) throw missing();
    const [kind, form] = file.data;
    const { area } = parseRequest(exportQuerySchema, request.query);
    const { items, rows } = await exported(deps, kind, area);
    response
      .type(form === 'csv' ? 'text/csv; charset=utf-8' : 'application/json')
      .set('content-disposition', `attachment; filename="${kind}.${form}"`)
      .send(form === 'csv' ? csvOf(rows) : JSON.stringify({ kind, items }));
  });
  return router;
}

async function exported(
  deps: PublicRoutesDeps,
  kind: ExportKind,
  area: string | undefined,
): Promise<{ readonly items: readonly unknown[]; readonly rows: readonly (readonly string[])[] }> {
  const nameOf = (code: string): string => areaName(deps.areas, code);
  if (kind === 'draws' || kind === 'results') {
    const { items: draws } = await publicDraws(deps.draws, formatDay(dayOfSecond(deps.now())), area);
    return { items: draws, rows: kind === 'draws' ? drawRows(draws) : resultRows(draws, nameOf) };
  }
  if (kind === 'checks') {
    const checks = { ...deps, results: deps.draws.terms };
    const { items } = await checksPage(checks, { area, page: 1 }, exportRowsMax);
    return { items, rows: checkRows(items, nameOf) };
  }
  const { items } = await publicPage(deps, { kind, area, page: 1 }, exportRowsMax);
  return { items, rows: publicationRows(kind, items, nameOf) };
}

function idOf(request: Request): number {
  const id = idSchema.safeParse(request.params['id']);
  if (!id.success) throw missing();
  return id.data;
}

const missing = (): AppError =>
  new AppError({
    status: 404,
    code: 'publication_not_found',
    message: { zh: '没有这一项', en: 'There is no such thing' },
  });

const statuses = { not_found: 404, not_allowed: 409, changed_meanwhile: 409, bad_text: 422 } as const;

const refusal = ({ code, reason }: PublicityRefused): AppError =>
  new AppError({ status: statuses[code], code: `publicity_${code}`, message: reason });

function done(answer: { readonly ok: true; readonly id: number } | PublicityRefused): { id: number } {
  if (!answer.ok) throw refusal(answer);
  return { id: answer.id };
}
