/** HTTP of cases. What may be done is decided by the transition table; a refusal says why in both languages. */
import express, { type Request, type Response, type Router } from 'express';
import { z } from 'zod';
import { allow } from '../people/allow.ts';
import { requestActor, seenBy } from '../people/identify.ts';
import { sendStoredFile } from '../platform/content/send-file.ts';
import { AppError, parseRequest, readBytes, readJson } from '../platform/http.ts';
import { type CaseRole, contentCharsMax } from './contract.ts';
import {
  actOnCase,
  addEvidence,
  addEvidenceFile,
  addFinding,
  type CaseAnswer,
  type CaseCaller,
  caseDetail,
  type CaseDeps,
  caseDocumentPdf,
  caseDocuments,
  casesPage,
  exportCase,
  exportPackage,
  openCase,
  openCaseFile,
} from './service.ts';
import {
  actOnCaseSchema,
  addEvidenceFileSchema,
  addEvidenceSchema,
  addFindingSchema,
  casesQuerySchema,
  evidenceFileBytesMax,
  evidenceHeader,
  openCaseSchema,
} from './view-contract.ts';

const bodyBytesMax = 512 * 1024;
const idSchema = z
  .string()
  .regex(/^[1-9]\d{0,15}$/)
  .transform(Number);

const hashSchema = z.string().regex(/^[0-9a-f]{64}$/);
const documentSchema = z.object({
  seq: z
    .string()
    .regex(/^[1-9]\d{0,5}$/)
    .transform(Number),
  code: z.string().regex(/^[a-z_]{1,40}$/),
});

const headerSchema = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(decodeURIComponent(text));
    } catch {
      context.addIssue({ code: 'custom', message: 'no percent-encoded JSON' });
      return z.NEVER;
    }
  })
  .pipe(addEvidenceFileSchema);

/** The role in which somebody acts is that of the permission that the route asks for. */
const acts = [
  ['/cases/:id/handle', 'cases.handle', 'case_officer'],
  ['/cases/:id/review', 'cases.review', 'legal_reviewer'],
  ['/cases/:id/decide', 'cases.decide', 'leader'],
] as const satisfies readonly (readonly [string, string, CaseRole])[];

export function caseRoutes(deps: CaseDeps): Router {
  const router = express.Router();
  const body = readJson(bodyBytesMax);

  router.get('/cases', allow('cases.read'), async (request, response) => {
    response.json(await casesPage(deps, parseRequest(casesQuerySchema, request.query), seenBy(response)));
  });
  router.post('/cases', allow('cases.handle'), body, async (request, response) => {
    const { findings } = parseRequest(openCaseSchema, request.body);
    await answer(request, response, await openCase(deps, callerOf(request, response), findings));
  });
  router.get('/cases/:id', allow('cases.read'), async (request, response) => {
    response.json(found(await caseDetail(deps, callerOf(request, response), idOf(request))));
  });
  router.get('/cases/:id/documents', allow('cases.read'), async (request, response) => {
    response.json(found(await caseDocuments(deps, seenBy(response), idOf(request))));
  });
  router.get('/cases/:id/documents/:seq/:code', allow('cases.read'), async (request, response) => {
    const asked = found(documentSchema.safeParse(request.params).data ?? null);
    const pdf = found(await caseDocumentPdf(deps, seenBy(response), idOf(request), asked));
    response
      .type('application/pdf')
      .set('content-disposition', `inline; filename="${asked.code}-${asked.seq}.pdf"`)
      .send(pdf);
  });
  router.get('/cases/:id/files/:sha256', allow('cases.read'), async (request, response) => {
    const hash = found(hashSchema.safeParse(request.params['sha256']).data ?? null);
    const file = found(await openCaseFile(deps, callerOf(request, response), idOf(request), hash));
    sendStoredFile(response, file, `evidence-${hash.slice(0, 12)}`);
  });
  router.get('/cases/:id/archive', allow('cases.read'), async (request, response) => {
    const text = found(await exportCase(deps, callerOf(request, response), idOf(request)));
    response
      .type('application/json')
      .set('content-disposition', 'attachment; filename="case.json"')
      .send(text);
  });
  router.get('/cases/:id/package', allow('cases.read'), async (request, response) => {
    await sendPackage(request, response, null);
  });
  router.get('/cases/:id/referrals/:seq/package', allow('cases.read'), async (request, response) => {
    await sendPackage(request, response, found(idSchema.safeParse(request.params['seq']).data ?? null));
  });
  router.post(
    '/cases/:id/evidence',
    allow('cases.handle'),
    readJson(contentCharsMax),
    async (request, response) => {
      const given = parseRequest(addEvidenceSchema, request.body);
      const caller = callerOf(request, response);
      await answer(request, response, await addEvidence(deps, caller, idOf(request), given));
    },
  );
  router.post(
    '/cases/:id/evidence/files',
    allow('cases.handle'),
    // One byte more: what is too large is refused with a reason.
    readBytes(evidenceFileBytesMax + 1),
    async (request, response) => {
      const given = parseRequest(headerSchema, request.get(evidenceHeader) ?? '');
      const content: unknown = request.body;
      const sent = Buffer.isBuffer(content) ? content : Buffer.alloc(0);
      const caller = callerOf(request, response);
      await answer(request, response, await addEvidenceFile(deps, caller, idOf(request), given, sent));
    },
  );
  router.post('/cases/:id/evidence/findings', allow('cases.handle'), body, async (request, response) => {
    const given = parseRequest(addFindingSchema, request.body);
    const caller = callerOf(request, response);
    await answer(request, response, await addFinding(deps, caller, idOf(request), given));
  });
  for (const [path, permission, role] of acts)
    router.post(path, allow(permission), body, async (request, response) => {
      const { revision, ...given } = parseRequest(actOnCaseSchema, request.body);
      const caller = callerOf(request, response);
      await answer(request, response, await actOnCase(deps, caller, role, idOf(request), revision, given));
    });

  async function sendPackage(request: Request, response: Response, seq: number | null): Promise<void> {
    const { kind, caseNo, file } = found(
      await exportPackage(deps, callerOf(request, response), idOf(request), seq),
    );
    const name = [kind, caseNo, ...(seq === null ? [] : [seq])].join('-');
    response
      .type('application/zip')
      .set('content-disposition', `attachment; filename="${name}.zip"`)
      .send(file);
  }

  async function answer(request: Request, response: Response, done: CaseAnswer): Promise<void> {
    if (!done.ok)
      throw new AppError({ status: statuses[done.code], code: `case_${done.code}`, message: done.reason });
    response.json(found(await caseDetail(deps, callerOf(request, response), done.id)));
  }

  return router;
}

const statuses = {
  not_found: 404,
  not_allowed: 409,
  changed_meanwhile: 409,
  bad_act: 400,
  bad_file: 422,
} as const;

const callerOf = (request: Request, response: Response): CaseCaller => ({
  actor: requestActor(request, response),
  sight: seenBy(response),
});

function idOf(request: Request): number {
  const parsed = idSchema.safeParse(request.params['id']);
  return found(parsed.success ? parsed.data : null);
}

function found<Value>(value: Value | null): Value {
  if (value !== null) return value;
  throw new AppError({
    status: 404,
    code: 'case_not_found',
    message: { zh: '没有这个案件', en: 'There is no such case' },
  });
}
