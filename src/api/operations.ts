/** Every operation of the HTTP interface: what OpenAPI is generated from. A test holds this list against the routes that are mounted. */
import { z } from 'zod';
import {
  claimAnswerSchema,
  claimDetailSchema,
  claimSchema,
  claimsPageSchema,
  claimsQuerySchema,
  dismissSchema,
  type Message,
  intakeReplySchema,
  intakeSummarySchema,
  quarantineEntrySchema,
  quarantinePageSchema,
  quarantineQuerySchema,
} from '../claims/contract.ts';
import { ErrorAnswer } from '../platform/http.ts';
import { factsListSchema, rulesListSchema } from '../rules/contract.ts';
import { peopleOperations } from './people-operations.ts';
import {
  findingDetailSchema,
  findingsPageSchema,
  findingsQuerySchema,
  overviewSchema,
  precheckSchema,
} from '../screening/contract.ts';
import {
  auditAnswerSchema,
  auditRequestSchema,
  feedbackAnswerSchema,
  feedbackQuerySchema,
  feedbackRequestSchema,
  feedbackSummarySchema,
  nationalAnswerSchema,
  nationalRequestSchema,
} from '../screening/national/contract.ts';

export interface Operation {
  readonly id: string;
  readonly tag: string;
  readonly method: 'get' | 'post';
  /** As Express writes it, from the root. */
  readonly path: string;
  readonly summary: Message;
  readonly query?: z.ZodObject;
  /** By media type. */
  readonly body?: Readonly<Record<string, z.ZodType>>;
  readonly response: Readonly<Record<string, z.ZodType>>;
  readonly errors: readonly { readonly status: number; readonly when: Message }[];
}

export const errorContent = { 'application/json': ErrorAnswer } as const;

const json = (schema: z.ZodType): Readonly<Record<string, z.ZodType>> => ({ 'application/json': schema });
const jsonSchemaDocument = { 'application/schema+json': z.record(z.string(), z.unknown()) } as const;

const badRequest = { status: 400, when: { zh: '请求参数不符', en: 'the request does not fit' } };
const notFound = { status: 404, when: { zh: '不存在', en: 'there is no such thing' } };

export const operations: readonly Operation[] = [
  {
    id: 'sendClaims',
    tag: 'claims',
    method: 'post',
    path: '/api/v1/claims',
    summary: {
      zh: '上传结算数据',
      en: 'Send claims: an NDJSON stream, a JSON array or one document; gzip accepted',
    },
    body: {
      'application/x-ndjson': z.string().describe('one claim document per line'),
      'application/json': z.union([claimSchema, z.array(claimSchema)]),
    },
    response: json(intakeReplySchema),
    errors: [
      badRequest,
      { status: 413, when: { zh: '超过大小限制', en: 'larger than the limits allow' } },
      { status: 415, when: { zh: '不支持的类型', en: 'unsupported type or encoding' } },
      {
        status: 429,
        when: {
          zh: '待筛查过多，请按 Retry-After 重试',
          en: 'too much is waiting; try again after Retry-After',
        },
      },
    ],
  },
  {
    id: 'listClaims',
    tag: 'claims',
    method: 'get',
    path: '/api/v1/claims',
    summary: { zh: '结算单列表', en: 'List settlements' },
    query: claimsQuerySchema,
    response: json(claimsPageSchema),
    errors: [badRequest],
  },
  {
    id: 'getClaim',
    tag: 'claims',
    method: 'get',
    path: '/api/v1/claims/:fixmedins_code/:setl_id',
    summary: { zh: '一张结算单及其版本', en: 'One settlement with its revisions; personal data masked' },
    response: json(claimDetailSchema),
    errors: [notFound],
  },
  {
    id: 'intakeSummary',
    tag: 'claims',
    method: 'get',
    path: '/api/v1/intake/summary',
    summary: { zh: '接收情况', en: 'What came in, by day and source' },
    response: json(intakeSummarySchema),
    errors: [],
  },
  {
    id: 'listQuarantine',
    tag: 'quarantine',
    method: 'get',
    path: '/api/v1/quarantine',
    summary: { zh: '隔离区列表', en: 'Rejected inputs' },
    query: quarantineQuerySchema,
    response: json(quarantinePageSchema),
    errors: [badRequest],
  },
  {
    id: 'getQuarantined',
    tag: 'quarantine',
    method: 'get',
    path: '/api/v1/quarantine/:id',
    summary: { zh: '一条被拒数据', en: 'One rejected input with its reasons' },
    response: json(quarantineEntrySchema),
    errors: [notFound],
  },
  {
    id: 'resubmit',
    tag: 'quarantine',
    method: 'post',
    path: '/api/v1/quarantine/:id/resubmit',
    summary: { zh: '改正后重新提交', en: 'Send a corrected document' },
    body: json(claimSchema),
    response: json(claimAnswerSchema),
    errors: [badRequest, notFound, { status: 409, when: { zh: '已处理', en: 'already settled' } }],
  },
  {
    id: 'dismiss',
    tag: 'quarantine',
    method: 'post',
    path: '/api/v1/quarantine/:id/dismiss',
    summary: { zh: '不再处理', en: 'Dismiss with a reason' },
    body: json(dismissSchema),
    response: json(quarantineEntrySchema),
    errors: [badRequest, notFound, { status: 409, when: { zh: '已处理', en: 'already settled' } }],
  },
  {
    id: 'claimJsonSchema',
    tag: 'schemas',
    method: 'get',
    path: '/api/v1/schemas/claim',
    summary: { zh: '结算单的 JSON Schema', en: 'JSON Schema of the claim document' },
    response: jsonSchemaDocument,
    errors: [],
  },
  {
    id: 'ruleJsonSchema',
    tag: 'schemas',
    method: 'get',
    path: '/api/v1/schemas/rule',
    summary: { zh: '规则文档的 JSON Schema', en: 'JSON Schema of the rule document' },
    response: jsonSchemaDocument,
    errors: [],
  },
  {
    id: 'listRules',
    tag: 'rules',
    method: 'get',
    path: '/api/v1/rules',
    summary: { zh: '在用规则', en: 'Active rules with versions and tables' },
    response: json(rulesListSchema),
    errors: [],
  },
  {
    id: 'listFacts',
    tag: 'rules',
    method: 'get',
    path: '/api/v1/facts',
    summary: { zh: '规则可用的事实', en: 'What rules may speak of' },
    response: json(factsListSchema),
    errors: [],
  },
  {
    id: 'precheck',
    tag: 'precheck',
    method: 'post',
    path: '/api/v1/precheck',
    summary: { zh: '事前提醒：结算前检查', en: 'Judge a visit before it is settled; nothing is stored' },
    body: json(claimSchema),
    response: json(precheckSchema),
    errors: [
      { status: 422, when: { zh: '数据不符合结算单格式', en: 'the document is not a claim' } },
      {
        status: 503,
        when: { zh: '系统繁忙，请按 Retry-After 重试', en: 'too busy; try again after Retry-After' },
      },
    ],
  },
  {
    id: 'nationalAuditBefore',
    tag: 'national',
    method: 'post',
    path: '/api/v1/national/3101',
    summary: {
      zh: '国家接口 3101 明细审核事前分析；错误也以 200 返回，看 infcode',
      en: 'National interface 3101, audit before; errors are answered with 200 and infcode -1',
    },
    body: json(auditRequestSchema),
    response: json(auditAnswerSchema),
    errors: [],
  },
  {
    id: 'nationalAuditDuring',
    tag: 'national',
    method: 'post',
    path: '/api/v1/national/3102',
    summary: { zh: '国家接口 3102 明细审核事中分析', en: 'National interface 3102, audit during' },
    body: json(auditRequestSchema),
    response: json(auditAnswerSchema),
    errors: [],
  },
  {
    id: 'nationalFeedback',
    tag: 'national',
    method: 'post',
    path: '/api/v1/national/3103',
    summary: {
      zh: '国家接口 3103 事前事中反馈',
      en: 'National interface 3103, what was done about warnings',
    },
    body: json(feedbackRequestSchema),
    response: json(feedbackAnswerSchema),
    errors: [],
  },
  {
    id: 'national',
    tag: 'national',
    method: 'post',
    path: '/api/v1/national',
    summary: {
      zh: '国家接口 3101、3102、3103，按 infno 区分',
      en: 'National interfaces 3101, 3102 and 3103, told apart by infno',
    },
    body: json(nationalRequestSchema),
    response: json(nationalAnswerSchema),
    errors: [],
  },
  {
    id: 'nationalFeedbackSummary',
    tag: 'national',
    method: 'get',
    path: '/api/v1/national/feedback',
    summary: {
      zh: '提醒与反馈统计',
      en: 'Warnings given out and what was done about them, by rule, doctor and department',
    },
    query: feedbackQuerySchema,
    response: json(feedbackSummarySchema),
    errors: [badRequest],
  },
  {
    id: 'overview',
    tag: 'findings',
    method: 'get',
    path: '/api/v1/overview',
    summary: { zh: '总览', en: 'What came in and what was found' },
    response: json(overviewSchema),
    errors: [],
  },
  {
    id: 'listFindings',
    tag: 'findings',
    method: 'get',
    path: '/api/v1/findings',
    summary: { zh: '疑点列表', en: 'Findings: filter, page, sort' },
    query: findingsQuerySchema,
    response: json(findingsPageSchema),
    errors: [badRequest],
  },
  {
    id: 'getFinding',
    tag: 'findings',
    method: 'get',
    path: '/api/v1/findings/:finding_id',
    summary: { zh: '一个疑点', en: 'One finding with its claims, rule and history' },
    response: json(findingDetailSchema),
    errors: [notFound],
  },
  ...peopleOperations,
];
