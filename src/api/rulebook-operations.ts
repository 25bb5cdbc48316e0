/** The operations of the life of rules: part of `operations.ts`. */
import type { z } from 'zod';
import type { Message } from '../platform/http.ts';
import {
  activateSchema,
  checkRequestSchema,
  checkSchema,
  diffQuerySchema,
  diffSchema,
  draftDiscardedSchema,
  draftSaveSchema,
  draftSchema,
  noReasonSchema,
  noticeSchema,
  noticesSchema,
  reasonSchema,
  ruleHistorySchema,
  rulebookListSchema,
  runDetailSchema,
  runSchema,
  runsSchema,
  stepAnswerSchema,
  versionDetailSchema,
} from '../rulebook/contract.ts';
import type { Operation } from './operation.ts';

const api = '/api/v1/rulebook';

interface Brief {
  readonly id: string;
  readonly path: string;
  readonly zh: string;
  readonly en: string;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly response: z.ZodType;
  readonly errors?: readonly (readonly [status: number, when: Message])[];
}

const operation =
  (method: Operation['method']) =>
  ({ id, path, zh, en, query, body, response, errors = [] }: Brief): Operation => ({
    id,
    tag: 'rulebook',
    method,
    path: `${api}${path}`,
    summary: { zh, en },
    ...(query === undefined ? {} : { query }),
    ...(body === undefined ? {} : { body: { 'application/json': body } }),
    response: { 'application/json': response },
    errors: errors.map(([status, when]) => ({ status, when })),
  });
const get = operation('get');
const post = operation('post');

const badRequest = [400, { zh: '请求参数不符', en: 'the request does not fit' }] as const;
const missing = [404, { zh: '不存在', en: 'there is no such thing' }] as const;
const notAllowed = [409, { zh: '现在不能这样做，原因见 message', en: 'not now; message says why' }] as const;

const step = (action: string, zh: string, en: string, body: z.ZodType): Operation =>
  post({
    id: `${action}RuleVersion`,
    path: `/versions/:content_hash/${action}`,
    zh,
    en,
    body,
    response: stepAnswerSchema,
    errors: [badRequest, missing, notAllowed],
  });

export const rulebookOperations: readonly Operation[] = [
  get({
    id: 'listRulebook',
    path: '/rules',
    zh: '全部规则及其状态',
    en: 'Every rule with what is in force',
    response: rulebookListSchema,
  }),
  get({
    id: 'ruleHistory',
    path: '/rules/:code',
    zh: '一条规则的版本、启用记录与运行',
    en: 'Versions, activations and runs of a rule',
    response: ruleHistorySchema,
    errors: [missing],
  }),
  post({
    id: 'rollBackRule',
    path: '/rules/:code/rollback',
    zh: '一步恢复前一版本',
    en: 'Put the version before into force again',
    body: reasonSchema,
    response: stepAnswerSchema,
    errors: [badRequest, missing, notAllowed],
  }),
  get({
    id: 'ruleVersion',
    path: '/versions/:content_hash',
    zh: '一个规则版本：检查、步骤、可做的操作',
    en: 'A version with checks, steps and what may be done',
    response: versionDetailSchema,
    errors: [missing],
  }),
  step('submit', '提交审批', 'Submit for approval', noReasonSchema),
  step('approve', '批准（编写人以外）', 'Approve; not by its author', noReasonSchema),
  step('reject', '退回', 'Reject', reasonSchema),
  step('shadow', '影子运行', 'Run in shadow', noReasonSchema),
  step('activate', '启用，可限定范围', 'Put into force, everywhere or in some places', activateSchema),
  step('pause', '暂停', 'Pause', reasonSchema),
  step('retire', '停用', 'Retire', reasonSchema),
  post({
    id: 'backtestRuleVersion',
    path: '/versions/:content_hash/backtest',
    zh: '回测一个版本',
    en: 'Begin a backtest',
    response: runSchema,
    errors: [missing],
  }),
  get({
    id: 'diffRuleVersions',
    path: '/diff',
    zh: '两个版本的差异',
    en: 'How two versions differ',
    query: diffQuerySchema,
    response: diffSchema,
    errors: [badRequest, missing],
  }),
  post({
    id: 'checkRule',
    path: '/check',
    zh: '检查规则写法与示例，不保存',
    en: 'Check a rule and its examples; nothing is stored',
    body: checkRequestSchema,
    response: checkSchema,
    errors: [badRequest],
  }),
  get({
    id: 'getRuleDraft',
    path: '/drafts/:code',
    zh: '本人的草稿',
    en: 'One’s own draft',
    response: draftSchema,
    errors: [missing],
  }),
  post({
    id: 'saveRuleDraft',
    path: '/drafts/:code',
    zh: '保存草稿（可以尚不合格）',
    en: 'Save a draft, which may be no rule yet',
    body: draftSaveSchema,
    response: draftSchema,
    errors: [badRequest, missing],
  }),
  post({
    id: 'discardRuleDraft',
    path: '/drafts/:code/discard',
    zh: '丢弃草稿',
    en: 'Throw a draft away',
    response: draftDiscardedSchema,
    errors: [missing],
  }),
  post({
    id: 'submitRuleDraft',
    path: '/drafts/:code/submit',
    zh: '由草稿生成版本并提交审批',
    en: 'Make a version of the draft and submit it',
    response: stepAnswerSchema,
    errors: [missing, notAllowed],
  }),
  post({
    id: 'backtestRuleDraft',
    path: '/drafts/:code/backtest',
    zh: '回测草稿',
    en: 'Begin a backtest of the draft',
    response: runSchema,
    errors: [missing, notAllowed],
  }),
  get({
    id: 'listRuns',
    path: '/runs',
    zh: '回测与重新筛查',
    en: 'Backtests and replays',
    response: runsSchema,
  }),
  get({
    id: 'getRun',
    path: '/runs/:id',
    zh: '进度与结果',
    en: 'Progress and results',
    response: runDetailSchema,
    errors: [missing],
  }),
  post({
    id: 'cancelRun',
    path: '/runs/:id/cancel',
    zh: '取消回测',
    en: 'Cancel a backtest',
    response: runSchema,
    errors: [missing, notAllowed],
  }),
  post({
    id: 'resumeRun',
    path: '/runs/:id/resume',
    zh: '继续',
    en: 'Resume',
    response: runSchema,
    errors: [missing, notAllowed],
  }),
  get({
    id: 'listRuleNotices',
    path: '/notices',
    zh: '规则通知',
    en: 'Notices about rules',
    response: noticesSchema,
  }),
  post({
    id: 'seeRuleNotice',
    path: '/notices/:id/seen',
    zh: '通知已阅',
    en: 'A notice was seen',
    response: noticeSchema,
    errors: [missing],
  }),
];
