/** The operations of draws and checks: part of `operations.ts`. */
import { z } from 'zod';
import { bundleSchema } from '../inspection/contract.ts';
import {
  approvalOfRedrawSchema,
  commitSchema,
  directoriesSchema,
  directoryUploadSchema,
  drawDetailSchema,
  drawsSchema,
  evidenceGivenSchema,
  leavingSchema,
  publicDrawsQuerySchema,
  publicDrawsSchema,
  recordGivenSchema,
  uploadQuerySchema,
} from '../inspection/draws-contract.ts';
import { badRequest, errorWhen, missing, notAllowed, type Operation } from './operation.ts';

const notDrawable = errorWhen(
  422,
  '方案、证据或记录不成立，原因见 message',
  'it does not fit; message says why',
);

const step = (id: string, path: string, zh: string, en: string, body: z.ZodType): Operation => ({
  id,
  tag: 'inspections',
  method: 'post',
  path: `/api/v1/inspections/draws${path}`,
  summary: { zh, en },
  body: { 'application/json': body },
  response: { 'application/json': drawDetailSchema },
  errors: [badRequest, missing, notAllowed, notDrawable],
});
const look = (
  tag: string,
  id: string,
  path: string,
  zh: string,
  en: string,
  response: Operation['response'],
): Operation => ({
  id,
  tag,
  method: 'get',
  path: `/api/v1/${path}`,
  summary: { zh, en },
  response,
  errors: [missing],
});
const json = (schema: z.ZodType): Operation['response'] => ({ 'application/json': schema });

export const drawOperations: readonly Operation[] = [
  look(
    'inspections',
    'listDirectories',
    'inspections/directories',
    '现行的检查对象和检查人员名录库',
    'The directories in force',
    json(directoriesSchema),
  ),
  look(
    'inspections',
    'proposeObjects',
    'inspections/directories/objects/proposal',
    '按已知的机构、信用等级、风险指数、属实疑点和上次检查生成检查对象名录（CSV）',
    'A directory of objects out of what is known, as CSV',
    { 'text/csv': z.string() },
  ),
  {
    id: 'uploadDirectory',
    tag: 'inspections',
    method: 'post',
    path: '/api/v1/inspections/directories/:kind',
    summary: {
      zh: '上传名录库（CSV 或 XLSX）；不加 save 只预览',
      en: 'Upload a directory; without save nothing is kept',
    },
    query: uploadQuerySchema,
    body: { 'application/octet-stream': z.string().describe('the bytes of the file') },
    response: json(directoryUploadSchema),
    errors: [badRequest, missing],
  },
  look('inspections', 'listDraws', 'inspections/draws', '全部抽取', 'All draws', json(drawsSchema)),
  step('commitDraw', '', '冻结方案和名录，形成承诺', 'Freeze plan and directories', commitSchema),
  look(
    'inspections',
    'getDraw',
    'inspections/draws/:id',
    '一次抽取的全部情况',
    'A draw with its tasks',
    json(drawDetailSchema),
  ),
  step(
    'giveEvidence',
    '/:id/evidence',
    '录入种子证据；齐备即抽取',
    'Enter evidence of the seed; the draw is made when it is whole',
    evidenceGivenSchema,
  ),
  step('replaceDrawn', '/:id/replace', '由下一签号替补', 'Let the next ticket come in', leavingSchema),
  step(
    'approveRedraw',
    '/:id/approve-redraw',
    '批准重抽',
    'Approve that it is drawn again',
    approvalOfRedrawSchema,
  ),
  step('recordCheck', '/:id/checks', '录入或更正检查结果', 'Record what a check found', recordGivenSchema),
  step('openDraw', '/:id/open', '公开抽取名单', 'Make public who was drawn', z.strictObject({})),
  {
    ...look(
      'public',
      'publicDraws',
      'public/draws',
      '公开的抽取和检查结果（无需登录），结果可按行政区划',
      'Draws and results, for everybody; results of an area where one is asked for',
      json(publicDrawsSchema),
    ),
    query: publicDrawsQuerySchema,
    errors: [badRequest],
  },
  look(
    'public',
    'publicBundle',
    'public/draws/:commitment_sha256/bundle',
    '供核验的抽取文件（无需登录）',
    'The bundle that repeats a draw, for everybody',
    json(bundleSchema),
  ),
  look(
    'public',
    'verifierPage',
    'public/verifier',
    '离线核验网页（无需登录）',
    'The page that repeats draws without a network',
    { 'text/html': z.string() },
  ),
];
