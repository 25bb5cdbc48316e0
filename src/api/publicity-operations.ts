/** The operations of publications: part of `operations.ts`. */
import { z } from 'zod';
import {
  checksQuerySchema,
  decideVersionSchema,
  doneSchema,
  draftSchema,
  exportQuerySchema,
  prepareSchema,
  previewSchema,
  publicChecksSchema,
  publicityDeskSchema,
  publicPageSchema,
  publicQuerySchema,
  publishedPageSchema,
} from '../publicity/contract.ts';
import { badRequest, errorWhen, missing, notAllowed, type Operation, operationsOf } from './operation.ts';

const { get, post } = operationsOf('publicity', '/api/v1/publicity');
const open = operationsOf('public', '/api/v1/public');
const badText = errorWhen(422, '文字须修改，原因见 message', 'the text must be changed; message says why');

const decided = (id: string, act: string, zh: string, en: string): Operation =>
  post({
    id,
    path: `/versions/:id/${act}`,
    zh,
    en,
    body: decideVersionSchema,
    response: doneSchema,
    errors: [badRequest, missing, notAllowed, badText],
  });

export const publicityOperations: readonly Operation[] = [
  get({
    id: 'getPublicityDesk',
    path: '/desk',
    zh: '应公开、待批准的内容，和可以写成典型案例的案件',
    en: 'What is due, what waits for its approval, and cases of which one can write',
    response: publicityDeskSchema,
  }),
  get({
    id: 'listPublications',
    path: '/publications',
    zh: '已公开的内容，供更正和撤回',
    en: 'What was published, to be corrected or withdrawn',
    query: publicQuerySchema,
    response: publishedPageSchema,
    errors: [badRequest],
  }),
  post({
    id: 'previewPublication',
    path: '/preview',
    zh: '预览公众将看到的内容；不保存',
    en: 'What everybody would see; nothing is kept',
    body: draftSchema,
    response: previewSchema,
    errors: [badRequest, missing, notAllowed, badText],
  }),
  post({
    id: 'preparePublication',
    path: '/versions',
    zh: '拟稿公开、更正或撤回，由他人批准',
    en: 'Prepare a publication, correction or withdrawal for the approval by somebody else',
    body: prepareSchema,
    response: doneSchema,
    errors: [badRequest, missing, notAllowed, badText],
  }),
  decided('approvePublication', 'approve', '批准所看的这一版', 'Approve the version that was looked at'),
  decided('rejectPublication', 'reject', '退回并说明理由', 'Send it back and say why'),
  decided('takeBackPublication', 'take_back', '拟稿人收回', 'Whoever prepared it takes it back'),
  open.get({
    id: 'listPublicPublications',
    path: '/publications',
    zh: '公开的处罚、信用等级、典型案例或统计，连同更正和撤回记录',
    en: 'Published penalties, grades, typical cases or statistics, with what was corrected and withdrawn',
    query: publicQuerySchema,
    response: publicPageSchema,
    errors: [badRequest],
  }),
  open.get({
    id: 'listPublicChecks',
    path: '/checks',
    zh: '双随机以外的检查及其结果；事先不告知的，查完才公开，逾期的只说有这一项',
    en: 'Checks beside the draws and their results; what was not announced is told when it is done, and overdue without its object',
    query: checksQuerySchema,
    response: publicChecksSchema,
    errors: [badRequest],
  }),
  {
    id: 'exportPublic',
    tag: 'public',
    method: 'get',
    path: '/api/v1/public/export/:file',
    summary: {
      zh: '全部公开数据（可按行政区划）：draws、results、checks、penalty、grade、typical_case、statistics，加 .csv 或 .json',
      en: 'All public data, or of an area: draws, results, checks, penalty, grade, typical_case or statistics, with .csv or .json',
    },
    query: exportQuerySchema,
    response: { 'text/csv': z.string(), 'application/json': z.unknown() },
    errors: [badRequest, missing],
  },
];
