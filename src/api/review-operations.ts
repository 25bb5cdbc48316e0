/** The operations of the review of findings: part of `operations.ts`. */
import type { z } from 'zod';
import {
  actSchema,
  assignSchema,
  decideManySchema,
  decideSchema,
  groupsQuerySchema,
  precisionSchema,
  recuseSchema,
  reviewDetailSchema,
  reviewDoneSchema,
  reviewersSchema,
  reviewGroupsSchema,
  reviewsPageSchema,
  reviewsQuerySchema,
  takeSchema,
} from '../cases/review-contract.ts';
import type { Message } from '../platform/http.ts';
import type { Operation } from './operation.ts';

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
    tag: 'reviews',
    method,
    path: `/api/v1${path}`,
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
const missing = error(404, '不存在', 'there is no such finding');
const notAllowed = error(409, '现在不能这样做，原因见 message', 'not now; message says why');
const badDecision = error(422, '结论不成立，原因见 message', 'the decision does not fit; message says why');

export const reviewOperations: readonly Operation[] = [
  get({
    id: 'listReviews',
    path: '/reviews',
    zh: '核查队列：我的、未分派、待复核、超期、全部未结、已办结',
    en: 'The queue of findings to be reviewed',
    query: reviewsQuerySchema,
    response: reviewsPageSchema,
    errors: [badRequest],
  }),
  get({
    id: 'listReviewGroups',
    path: '/reviews/groups',
    zh: '同一机构同一规则、同一结算的疑点合并列出',
    en: 'Findings that belong together, as one item',
    query: groupsQuerySchema,
    response: reviewGroupsSchema,
    errors: [badRequest],
  }),
  get({
    id: 'listReviewers',
    path: '/reviews/reviewers',
    zh: '可承办的人员及在办数',
    en: 'Who may review, with what they carry',
    response: reviewersSchema,
  }),
  get({
    id: 'precisionOfRules',
    path: '/reviews/precision',
    zh: '各规则版本的核查结论数',
    en: 'What became of the findings of each version of a rule',
    response: precisionSchema,
  }),
  post({
    id: 'assignReviews',
    path: '/reviews/assign',
    zh: '分派疑点，或按在办数均衡分派',
    en: 'Give findings to somebody, or share them out',
    body: assignSchema,
    response: reviewDoneSchema,
    errors: [badRequest],
  }),
  post({
    id: 'takeReviews',
    path: '/reviews/take',
    zh: '领取或退还疑点',
    en: 'Take findings, or give them back',
    body: takeSchema,
    response: reviewDoneSchema,
    errors: [badRequest],
  }),
  post({
    id: 'decideReviews',
    path: '/reviews/decide',
    zh: '批量作出结论',
    en: 'Decide many findings alike',
    body: decideManySchema,
    response: reviewDoneSchema,
    errors: [badRequest],
  }),
  post({
    id: 'recuseFromInstitution',
    path: '/reviews/recusals',
    zh: '声明回避一家机构，并退还在办疑点',
    en: 'Keep out of what concerns an institution',
    body: recuseSchema,
    response: reviewDoneSchema,
    errors: [badRequest],
  }),
  get({
    id: 'reviewOfFinding',
    path: '/findings/:finding_id/review',
    zh: '一个疑点的核查情况、步骤和同类结论',
    en: 'The review of a finding, its steps, and decisions on others like it',
    response: reviewDetailSchema,
    errors: [missing],
  }),
  post({
    id: 'decideFinding',
    path: '/findings/:finding_id/review/decide',
    zh: '对疑点作出结论',
    en: 'Decide a finding',
    body: decideSchema,
    response: reviewDetailSchema,
    errors: [badRequest, missing, notAllowed, badDecision],
  }),
  post({
    id: 'actOnReview',
    path: '/findings/:finding_id/review/act',
    zh: '复核、退回、重开',
    en: 'Confirm, return or reopen a review',
    body: actSchema,
    response: reviewDetailSchema,
    errors: [badRequest, missing, notAllowed],
  }),
];
