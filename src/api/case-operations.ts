/** The operations of cases: part of `operations.ts`. */
import { z } from 'zod';
import {
  actOnCaseSchema,
  addEvidenceSchema,
  addFindingSchema,
  caseDetailSchema,
  caseDocumentsSchema,
  casesPageSchema,
  casesQuerySchema,
  openCaseSchema,
} from '../cases/view-contract.ts';
import { badRequest, errorWhen, missing, type Operation } from './operation.ts';

const movedOn = errorWhen(
  409,
  '现在不能这样做，或案件已有新的进展，原因见 message',
  'not now, or the case has moved on; message says why',
);
const change = { tag: 'cases', method: 'post', errors: [badRequest, missing, movedOn] } as const;
const badFile = errorWhen(
  422,
  '文件不符合要求，原因见 message',
  'the file cannot be taken; message says why',
);
const look = { tag: 'cases', method: 'get' } as const;
const packed = { 'application/zip': z.string().describe('documents as PDF, case.json and manifest.json') };
const detail = { 'application/json': caseDetailSchema };

const act = (id: string, path: string, zh: string, en: string): Operation => ({
  ...change,
  id,
  path: `/api/v1/cases/:id/${path}`,
  summary: { zh, en },
  body: { 'application/json': actOnCaseSchema },
  response: detail,
});

export const caseOperations: readonly Operation[] = [
  {
    ...look,
    id: 'listCases',
    path: '/api/v1/cases',
    summary: { zh: '案件及其最近的期限', en: 'Cases, each with the period that ends first' },
    query: casesQuerySchema,
    response: { 'application/json': casesPageSchema },
    errors: [badRequest],
  },
  {
    ...change,
    id: 'openCase',
    path: '/api/v1/cases',
    summary: { zh: '由经复核确认的疑点登记线索', en: 'Open a clue out of confirmed findings' },
    body: { 'application/json': openCaseSchema },
    response: detail,
  },
  {
    ...look,
    id: 'getCase',
    path: '/api/v1/cases/:id',
    summary: {
      zh: '案件：事件、证据、金额、期限，以及现在可以做什么',
      en: 'A case: events, evidence, amounts, periods, and what may be done now',
    },
    response: detail,
    errors: [missing],
  },
  {
    ...look,
    id: 'listCaseDocuments',
    path: '/api/v1/cases/:id/documents',
    summary: { zh: '案件文书（按模板填写）', en: 'The documents of a case, filled from templates' },
    response: { 'application/json': caseDocumentsSchema },
    errors: [missing],
  },
  {
    ...look,
    id: 'getCaseDocument',
    path: '/api/v1/cases/:id/documents/:seq/:code',
    summary: { zh: '一份文书（PDF）', en: 'One document as PDF' },
    response: { 'application/pdf': z.string().describe('the bytes of the file') },
    errors: [missing],
  },
  {
    ...look,
    id: 'getCaseFile',
    path: '/api/v1/cases/:id/files/:sha256',
    summary: {
      zh: '证据中的照片或者文件；查看留痕',
      en: 'A photo or document of the evidence; that it was opened is on record',
    },
    response: {
      'image/jpeg': z.string().describe('the bytes of the file'),
      'image/png': z.string().describe('the bytes of the file'),
      'application/pdf': z.string().describe('the bytes of the file'),
    },
    errors: [missing],
  },
  {
    ...look,
    id: 'exportCase',
    path: '/api/v1/cases/:id/archive',
    summary: {
      zh: '导出案件档案，可用 fundwatch case verify 核验',
      en: 'The archive of a case, for fundwatch case verify',
    },
    response: { 'application/json': z.string().describe('canonical JSON') },
    errors: [missing],
  },
  {
    ...look,
    id: 'exportCasePackage',
    path: '/api/v1/cases/:id/package',
    summary: {
      zh: '导出案卷包（ZIP）：全部文书、案件档案与清单，可用 fundwatch case verify 核验',
      en: 'A case with all of its documents (ZIP), for fundwatch case verify',
    },
    response: packed,
    errors: [missing],
  },
  {
    ...look,
    id: 'exportReferral',
    path: '/api/v1/cases/:id/referrals/:seq/package',
    summary: {
      zh: '导出移送公安或纪检监察机关的案卷包（ZIP），可用 fundwatch case verify 核验',
      en: 'The package of a referral to the police or a discipline body (ZIP), for fundwatch case verify',
    },
    response: packed,
    errors: [missing],
  },
  {
    ...change,
    id: 'addEvidence',
    path: '/api/v1/cases/:id/evidence',
    summary: { zh: '补充证据', en: 'Add evidence' },
    body: { 'application/json': addEvidenceSchema },
    response: detail,
  },
  {
    ...change,
    id: 'addFinding',
    path: '/api/v1/cases/:id/evidence/findings',
    summary: {
      zh: '将其后经复核确认的疑点并入案件',
      en: 'Add a finding that was confirmed later as evidence',
    },
    body: { 'application/json': addFindingSchema },
    response: detail,
  },
  {
    ...change,
    id: 'addEvidenceFile',
    path: '/api/v1/cases/:id/evidence/files',
    summary: {
      zh: '上传照片、扫描件或 PDF 作为证据（JPG、PNG、PDF，每个不超过 20 MB）；说明放在 x-evidence，为百分号编码的 JSON：revision、kind、title、source、flagged_fen',
      en: 'Add a photo, scan or PDF as evidence (JPG, PNG, PDF; 20 MB at most); x-evidence says what it is, as percent-encoded JSON: revision, kind, title, source, flagged_fen',
    },
    body: { 'application/octet-stream': z.string() },
    response: detail,
    errors: [badRequest, missing, movedOn, badFile],
  },
  act('handleCase', 'handle', '办案人员办理', 'What case officers do'),
  act('reviewCase', 'review', '法制审核与听证', 'Legal review and hearing'),
  act('decideCase', 'decide', '负责人批准与决定', 'What leaders approve and decide'),
];
