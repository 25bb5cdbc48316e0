/** The operations of credit: part of `operations.ts`. */
import { z } from 'zod';
import { newEntrySchema } from '../credit/contract.ts';
import {
  decideSchema,
  gatheredSchema,
  gatherSchema,
  noticeSchema,
  objectSchema,
  publishSchema,
  recordedSchema,
  schemesSchema,
  subjectDetailSchema,
  subjectsPageSchema,
  subjectsQuerySchema,
  suspensionsSchema,
  withdrawSchema,
} from '../credit/publication-contract.ts';
import { riskQuerySchema, risksSchema } from '../credit/risk-contract.ts';
import type { Message } from '../platform/http.ts';
import type { Operation } from './operation.ts';

const api = '/api/v1/credit';

interface Brief {
  readonly id: string;
  readonly path: string;
  readonly zh: string;
  readonly en: string;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly response: z.ZodType;
  readonly errors?: Operation['errors'];
}

const operation =
  (method: Operation['method']) =>
  ({ id, path, zh, en, query, body, response, errors = [] }: Brief): Operation => ({
    id,
    tag: 'credit',
    method,
    path: `${api}${path}`,
    summary: { zh, en },
    ...(query === undefined ? {} : { query }),
    ...(body === undefined ? {} : { body: { 'application/json': body } }),
    response: { 'application/json': response },
    errors,
  });
const get = operation('get');
const post = operation('post');

const error = (status: number, zh: string, en: string): { status: number; when: Message } => ({
  status,
  when: { zh, en },
});
const badRequest = error(400, '请求参数不符', 'the request does not fit');
const missing = error(404, '不存在', 'there is no such thing');
const notAllowed = error(409, '现在不能这样做，原因见 message', 'not now; message says why');

export const creditOperations: readonly Operation[] = [
  get({
    id: 'listCreditSchemes',
    path: '/schemes',
    zh: '信用方案',
    en: 'The schemes of credit',
    response: schemesSchema,
  }),
  get({
    id: 'listCreditSubjects',
    path: '/subjects',
    zh: '一类信用主体及其等级，分页',
    en: 'Subjects of a kind with their grades, by pages',
    query: subjectsQuerySchema,
    response: subjectsPageSchema,
    errors: [badRequest],
  }),
  get({
    id: 'creditSubject',
    path: '/subjects/:first_seq',
    zh: '一个信用主体：得分由来、账本条目、告知与异议。以其首条账目的序号为地址',
    en: 'A subject with its scores, entries, notices and objections; addressed by the number of its first entry',
    response: subjectDetailSchema,
    errors: [missing],
  }),
  get({
    id: 'listCreditSuspensions',
    path: '/suspensions',
    zh: '暂停与终止医保支付资格的期限',
    en: 'Periods in which a payment qualification is suspended or terminated',
    response: suspensionsSchema,
    errors: [missing],
  }),
  get({
    id: 'listRisks',
    path: '/risk',
    zh: '风险指数：由未确认线索得出，仅供选案，不公开，不是信用',
    en: 'The risk index out of unconfirmed signals: where to look first. Never published, and no credit',
    query: riskQuerySchema,
    response: risksSchema,
    errors: [badRequest, missing],
  }),
  {
    ...get({
      id: 'exportCreditLedger',
      path: '/ledger',
      zh: '导出信用账本（JSONL，可用 fundwatch credit verify 核验）',
      en: 'Export the ledger as JSONL, for fundwatch credit verify',
      response: z.unknown(),
    }),
    response: { 'application/x-ndjson': z.string().describe('a header line, then one entry a line') },
  },
  post({
    id: 'gatherCreditFacts',
    path: '/gather',
    zh: '把已决案件中尚未入账的事实记入账本',
    en: 'Enter what decided cases say and the ledger does not have yet',
    body: gatherSchema,
    response: gatheredSchema,
    errors: [badRequest],
  }),
  post({
    id: 'recordCreditEntry',
    path: '/entries',
    zh: '记录一条已确认的事实、修复或撤销',
    en: 'Record a confirmed fact, a repair or a revocation',
    body: newEntrySchema,
    response: recordedSchema,
    errors: [badRequest, notAllowed],
  }),
  post({
    id: 'noticeCreditGrade',
    path: '/subjects/:first_seq/notice',
    zh: '将等级告知主体，异议期开始',
    en: 'Tell a subject of its grade; it can object from now on',
    body: noticeSchema,
    response: subjectDetailSchema,
    errors: [badRequest, missing, notAllowed],
  }),
  post({
    id: 'objectToCreditGrade',
    path: '/publications/:id/object',
    zh: '登记主体的异议',
    en: 'Record an objection of the subject',
    body: objectSchema,
    response: subjectDetailSchema,
    errors: [badRequest, missing, notAllowed],
  }),
  post({
    id: 'decideCreditObjection',
    path: '/publications/:id/decide',
    zh: '处理异议（评分人以外）；成立则撤销条目、退回分值',
    en: 'Decide an objection; not by the scorer. One that is upheld revokes entries',
    body: decideSchema,
    response: subjectDetailSchema,
    errors: [badRequest, missing, notAllowed],
  }),
  post({
    id: 'withdrawCreditGrade',
    path: '/publications/:id/withdraw',
    zh: '撤回告知或已公布的等级',
    en: 'Take back a notice or a published grade',
    body: withdrawSchema,
    response: subjectDetailSchema,
    errors: [badRequest, missing, notAllowed],
  }),
  post({
    id: 'publishCreditGrade',
    path: '/publications/:id/publish',
    zh: '异议期满后公布等级',
    en: 'Publish a grade when the time for objections is over',
    body: publishSchema,
    response: subjectDetailSchema,
    errors: [missing, notAllowed],
  }),
];
