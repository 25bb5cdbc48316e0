/** The operations of the life of knowledge tables: part of `operations.ts`. */
import { z } from 'zod';
import {
  approvalSchema,
  batchDetailSchema,
  batchReasonSchema,
  batchRunSchema,
  batchTermsSchema,
  knowledgeListSchema,
  noTermsSchema,
  previewSchema,
  tableChangedSchema,
  tableDetailSchema,
  uploadAnswerSchema,
} from '../knowledge/contract.ts';
import { badRequest, errorWhen, missing, notAllowed, operationsOf, type Operation } from './operation.ts';

const { get, post } = operationsOf('knowledge', '/api/v1/knowledge');

const file = z.string().describe('the bytes of the file');

export const knowledgeOperations: readonly Operation[] = [
  get({
    id: 'listKnowledge',
    path: '/tables',
    zh: '全部知识表及其现行批次',
    en: 'Every knowledge table with the batch in force',
    response: knowledgeListSchema,
  }),
  get({
    id: 'knowledgeTable',
    path: '/tables/:table',
    zh: '一张知识表：规格、历次生效的版本、批次',
    en: 'A table with its columns, what was in force, and its batches',
    response: tableDetailSchema,
    errors: [missing],
  }),
  {
    ...post({
      id: 'uploadKnowledge',
      path: '/tables/:table/batches',
      zh: '上传一个批次（CSV：UTF-8 或 GB18030；或 XLSX），逐行检查并开始回测',
      en: 'Upload a batch as CSV or XLSX: every bad row is named, and a backtest begins',
      response: uploadAnswerSchema,
      errors: [
        errorWhen(400, '参数不符、sha256 不符或文件无法读取', 'terms, sha256 or file do not fit'),
        missing,
        errorWhen(409, '同一文件已在等待审批', 'the same file waits already'),
        errorWhen(413, '文件过大', 'the file is too large'),
      ],
    }),
    query: batchTermsSchema,
    body: {
      'text/csv': file,
      'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': file,
    },
  },
  post({
    id: 'rollBackKnowledge',
    path: '/tables/:table/roll-back',
    zh: '一步恢复前一版本的知识表',
    en: 'Put the version of the table before into force again',
    body: batchReasonSchema,
    response: tableChangedSchema,
    errors: [badRequest, missing, notAllowed],
  }),
  get({
    id: 'knowledgeBatch',
    path: '/batches/:id',
    zh: '一个批次：错误行及原因、步骤、可做的操作',
    en: 'A batch with its bad rows, its steps and what may be done',
    response: batchDetailSchema,
    errors: [missing],
  }),
  {
    ...get({
      id: 'knowledgeBatchFile',
      path: '/batches/:id/file',
      zh: '上传的原文件',
      en: 'The file as it was sent',
      response: file,
      errors: [missing],
    }),
    response: { 'application/octet-stream': file },
  },
  get({
    id: 'previewKnowledge',
    path: '/batches/:id/preview',
    zh: '与现行表的差异，以及将会变化的疑点',
    en: 'What would change against the table in force, and which findings',
    response: previewSchema,
    errors: [missing, notAllowed],
  }),
  post({
    id: 'backtestKnowledge',
    path: '/batches/:id/backtest',
    zh: '对现行表重新回测',
    en: 'Begin a backtest against the table in force now',
    response: batchRunSchema,
    errors: [missing, notAllowed],
  }),
  post({
    id: 'approveKnowledge',
    path: '/batches/:id/approve',
    zh: '批准并立即生效（上传人以外）',
    en: 'Approve and put into force; not by its uploader',
    body: approvalSchema,
    response: tableChangedSchema,
    errors: [badRequest, missing, notAllowed],
  }),
  post({
    id: 'rejectKnowledge',
    path: '/batches/:id/reject',
    zh: '退回',
    en: 'Reject',
    body: batchReasonSchema,
    response: tableChangedSchema,
    errors: [badRequest, missing, notAllowed],
  }),
  post({
    id: 'withdrawKnowledge',
    path: '/batches/:id/withdraw',
    zh: '撤回（仅上传人）',
    en: 'Withdraw; its uploader only',
    body: noTermsSchema,
    response: tableChangedSchema,
    errors: [badRequest, missing, notAllowed],
  }),
];
