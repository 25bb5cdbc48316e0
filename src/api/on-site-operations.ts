/** The operations of checks on the spot: part of `operations.ts`. */
import { z } from 'zod';
import {
  answersGivenSchema,
  answersSavedSchema,
  conclusionSchema,
  entriesFoundSchema,
  entriesQuerySchema,
  linkInspectorSchema,
  partyGivenSchema,
  photoQuerySchema,
  planTaskSchema,
  recordFileSchema,
  setTeamSchema,
  signGivenSchema,
  taskDetailSchema,
  taskReasonSchema,
  tasksPageSchema,
  tasksQuerySchema,
} from '../inspection/on-site-contract.ts';
import { badRequest, errorWhen, missing, notAllowed, type Operation, operationsOf } from './operation.ts';

const { get, post } = operationsOf('inspections', '/api/v1/inspections');
const notComplete = errorWhen(
  422,
  '内容不完整或不成立，原因见 message',
  'it is not complete or does not fit; message says why',
);
const errors = [badRequest, missing, notAllowed, notComplete];
const picture = { 'image/jpeg': z.string(), 'image/png': z.string() } as const;

const act = (id: string, path: string, zh: string, en: string, body?: z.ZodType): Operation =>
  post({
    id,
    path: `/tasks${path}`,
    zh,
    en,
    ...(body === undefined ? {} : { body }),
    response: taskDetailSchema,
    errors,
  });

export const onSiteOperations: readonly Operation[] = [
  get({
    id: 'listChecks',
    path: '/tasks',
    zh: '现场检查任务：我的或全部，最先到期的在前',
    en: 'Checks on the spot, mine or all, the one that is due first before',
    query: tasksQuerySchema,
    response: tasksPageSchema,
    errors: [badRequest],
  }),
  act('planCheck', '', '安排抽取以外的检查', 'Plan a check beside the draw', planTaskSchema),
  get({
    id: 'getCheck',
    path: '/tasks/:id',
    zh: '一项检查：检查表、记录、签字，以及现在可以做什么',
    en: 'A check: checklist, record, signatures, and what may be done now',
    response: taskDetailSchema,
    errors: [missing],
  }),
  act('setTeam', '/:id/team', '指定检查人员', 'Name the team', setTeamSchema),
  act('cancelCheck', '/:id/cancel', '取消安排的检查', 'Cancel a planned check', taskReasonSchema),
  act('startCheck', '/:id/start', '开始检查，冻结检查表', 'Begin: the checklist is frozen'),
  post({
    id: 'saveAnswers',
    path: '/tasks/:id/answers',
    zh: '保存检查项的记录；他人已先填写的不覆盖，作为冲突返回',
    en: 'Keep answers; what somebody else answered meanwhile is not written over',
    body: answersGivenSchema,
    response: answersSavedSchema,
    errors,
  }),
  {
    ...act('addPhoto', '/:id/photos', '上传现场照片（JPEG 或 PNG）', 'Add a photo'),
    query: photoQuerySchema,
    body: { 'application/octet-stream': z.string().describe('the bytes of the file') },
  },
  {
    ...get({
      id: 'getPhoto',
      path: '/tasks/:id/photos/:no',
      zh: '现场照片',
      en: 'A photo of a check',
      response: z.string(),
      errors: [missing],
    }),
    response: picture,
  },
  act('removePhoto', '/:id/photos/:no/remove', '从记录中撤下照片', 'Take a photo off the record'),
  act(
    'concludeCheck',
    '/:id/conclude',
    '形成记录，待签字',
    'Make the record, to be signed',
    conclusionSchema,
  ),
  act('reopenRecord', '/:id/reopen', '退回修改，已有签字作废', 'Open the record again', taskReasonSchema),
  act('signRecord', '/:id/sign', '检查人员签字', 'An inspector signs', signGivenSchema),
  act(
    'signParty',
    '/:id/party',
    '被检查机构签字，或拒签并由见证人签字',
    'The institution signs, or refuses to before a witness',
    partyGivenSchema,
  ),
  {
    ...get({
      id: 'getSignature',
      path: '/tasks/:id/signature',
      zh: '被检查机构或见证人的手写签名',
      en: 'The drawn signature of the institution or the witness',
      response: z.string(),
      errors: [missing],
    }),
    response: picture,
  },
  get({
    id: 'getRecord',
    path: '/tasks/:id/record',
    zh: '现场检查记录原文、签字和哈希',
    en: 'The record as the text that was hashed, with signatures and hashes',
    response: recordFileSchema,
    errors: [missing],
  }),
  {
    ...get({
      id: 'getCheckDocument',
      path: '/tasks/:id/documents/:code',
      zh: '现场检查记录（record）或责令改正通知书（order），PDF',
      en: 'The record of a check (record) or the order to correct (order), as PDF',
      response: z.string(),
      errors: [missing],
    }),
    response: { 'application/pdf': z.string() },
  },
  act('openClue', '/:id/clue', '由检查发现的问题登记案件线索', 'Open a clue out of the problems of a check'),
  get({
    id: 'findEntries',
    path: '/directories/:kind/entries',
    zh: '在名录库中查找对象或人员',
    en: 'Find objects or inspectors in a directory',
    query: entriesQuerySchema,
    response: entriesFoundSchema,
    errors: [badRequest, missing],
  }),
  post({
    id: 'linkInspector',
    path: '/inspectors/account',
    zh: '检查人员与登录账号对应',
    en: 'Say by which account an inspector signs in',
    body: linkInspectorSchema,
    response: entriesFoundSchema,
    errors: [badRequest, notComplete],
  }),
];
