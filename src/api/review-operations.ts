/** The operations of reviews of findings: part of `operations.ts`. */
import type { z } from 'zod';
import {
  assignSchema,
  bulkSchema,
  decideSchema,
  itemAnswersSchema,
  nothingSchema,
  precisionQuerySchema,
  precisionSchema,
  queueQuerySchema,
  queueSchema,
  recuseSchema,
  removeFilterSchema,
  reviewDetailSchema,
  reviewersSchema,
  reviewReasonSchema,
  savedFiltersSchema,
  saveFilterSchema,
} from '../cases/review-contract.ts';
import { badRequest, missing, notAllowed, type Operation } from './operation.ts';

const api = '/api/v1';

const json = (schema: z.ZodType): Operation['response'] => ({ 'application/json': schema });

/** An act on one review. */
const act = (action: string, zh: string, en: string, body: z.ZodType): Operation => ({
  id: `${action}Review`,
  tag: 'reviews',
  method: 'post',
  path: `${api}/findings/:finding_id/review/${action}`,
  summary: { zh, en },
  body: json(body),
  response: json(reviewDetailSchema),
  errors: [badRequest, missing, notAllowed],
});

export const reviewOperations: readonly Operation[] = [
  {
    id: 'listReviews',
    tag: 'reviews',
    method: 'get',
    path: `${api}/reviews`,
    summary: {
      zh: '复核队列：我的、待分派、超期、待确认、已复核',
      en: 'The queue of reviews by tab, with groups',
    },
    query: queueQuerySchema,
    response: json(queueSchema),
    errors: [badRequest],
  },
  {
    id: 'listReviewFilters',
    tag: 'reviews',
    method: 'get',
    path: `${api}/reviews/filters`,
    summary: { zh: '本账户保存的复核筛选', en: 'The filters of the queue that this account saved' },
    response: json(savedFiltersSchema),
    errors: [],
  },
  {
    id: 'saveReviewFilter',
    tag: 'reviews',
    method: 'post',
    path: `${api}/reviews/filters`,
    summary: { zh: '保存复核筛选', en: 'Save a filter of the queue' },
    body: json(saveFilterSchema),
    response: json(savedFiltersSchema),
    errors: [badRequest, notAllowed],
  },
  {
    id: 'removeReviewFilter',
    tag: 'reviews',
    method: 'post',
    path: `${api}/reviews/filters/remove`,
    summary: { zh: '移除保存的复核筛选', en: 'Remove a saved filter of the queue' },
    body: json(removeFilterSchema),
    response: json(savedFiltersSchema),
    errors: [badRequest],
  },
  {
    id: 'reviewPrecision',
    tag: 'reviews',
    method: 'get',
    path: `${api}/reviews/precision`,
    summary: { zh: '按规则版本统计复核结论与准确率', en: 'Labels and precision of each version of a rule' },
    query: precisionQuerySchema,
    response: json(precisionSchema),
    errors: [badRequest],
  },
  {
    id: 'listReviewers',
    tag: 'reviews',
    method: 'get',
    path: `${api}/reviews/reviewers`,
    summary: { zh: '可分派的复核人员及其在办数', en: 'Who reviews, and how much waits for each' },
    response: json(reviewersSchema),
    errors: [],
  },
  {
    id: 'assignReviews',
    tag: 'reviews',
    method: 'post',
    path: `${api}/reviews/assign`,
    summary: {
      zh: '分派：指定人员，或按在办数最少公平分派（回避人员除外）',
      en: 'Assign to somebody, or to those with the least load, recusals kept',
    },
    body: json(assignSchema),
    response: json(itemAnswersSchema),
    errors: [badRequest],
  },
  {
    id: 'decideReviews',
    tag: 'reviews',
    method: 'post',
    path: `${api}/reviews/bulk`,
    summary: {
      zh: '批量复核，须写明理由；逐条答复',
      en: 'Decide a selection with one reason; each is answered',
    },
    body: json(bulkSchema),
    response: json(itemAnswersSchema),
    errors: [badRequest],
  },
  {
    id: 'findingReview',
    tag: 'reviews',
    method: 'get',
    path: `${api}/findings/:finding_id/review`,
    summary: {
      zh: '一个疑点的复核：状态、可做的操作、经过、相关疑点、以往结论',
      en: 'The review of a finding: state, what may be done, history, related findings, earlier decisions',
    },
    response: json(reviewDetailSchema),
    errors: [missing],
  },
  act('take', '领取', 'Take', nothingSchema),
  act('release', '退还', 'Give back', nothingSchema),
  act('recuse', '回避', 'Recuse oneself', recuseSchema),
  act('decide', '作出结论', 'Decide', decideSchema),
  act('confirm', '第二人确认', 'Confirm as a second person', nothingSchema),
  act('return', '第二人退回', 'Return as a second person', reviewReasonSchema),
  act('reopen', '重新打开', 'Reopen', reviewReasonSchema),
];
