/** The operations of answers of institutions to findings: part of `operations.ts`. */
import { z } from 'zod';
import {
  acceptedManySchema,
  acceptManySchema,
  answerDetailSchema,
  answersQuerySchema,
  answersSchema,
  giveAnswerSchema,
  sendSchema,
  sentSchema,
} from '../cases/answer-contract.ts';
import { nothingSchema } from '../cases/review-contract.ts';
import { badRequest, errorWhen, missing, notAllowed, type Operation, operationsOf } from './operation.ts';

const api = '/api/v1';
const { get, post } = operationsOf('answers', api);

/** An act on the answer to one finding. */
const act = (id: string, path: string, zh: string, en: string, body: z.ZodType): Operation =>
  post({
    id,
    path,
    zh,
    en,
    body,
    response: answerDetailSchema,
    errors: [badRequest, missing, notAllowed],
  });

const own = '/answers/:finding_id';
const reviewed = '/findings/:finding_id/answer';
const damaged = errorWhen(500, '文件内容与登记的哈希不符', 'the file is not what its hash says');
const badFile = errorWhen(
  422,
  '文件不符合要求，原因见 message',
  'the file cannot be taken; message says why',
);
const files = {
  'image/jpeg': z.string(),
  'image/png': z.string(),
  'application/pdf': z.string(),
};

/** The file itself, whose media type is that of its content. */
const file = (id: string, path: string, zh: string, en: string): Operation => ({
  id,
  tag: 'answers',
  method: 'get',
  path: `${api}${path}`,
  summary: { zh, en },
  response: files,
  errors: [missing, damaged],
});

export const answerOperations: readonly Operation[] = [
  get({
    id: 'listAnswers',
    path: '/answers',
    zh: '本机构收到的疑点通知：待答复、逾期、已答复、已办结',
    en: 'What the institution was notified of, by tab',
    query: answersQuerySchema,
    response: answersSchema,
    errors: [badRequest],
  }),
  post({
    id: 'acceptFindings',
    path: '/answers/accept',
    zh: '机构一次认可多个疑点的全部金额；逐条答复',
    en: 'An institution accepts a selection as a whole; each is answered',
    body: acceptManySchema,
    response: acceptedManySchema,
    errors: [badRequest],
  }),
  get({
    id: 'ownAnswer',
    path: own,
    zh: '本机构对一个疑点的答复：期限、文件、可做的操作、经过',
    en: 'The answer of the institution to one finding',
    response: answerDetailSchema,
    errors: [missing],
  }),
  act(
    'giveAnswer',
    `${own}/give`,
    '答复：认可、部分认可或提出异议，可填报退款',
    'Answer: accept, in part, or object; with a refund',
    giveAnswerSchema,
  ),
  act(
    'comeForward',
    `${own}/come-forward`,
    '未经通知主动自纠并填报退款',
    'Come forward without a notice, with a refund',
    giveAnswerSchema,
  ),
  act('takeAnswerBack', `${own}/take-back`, '期限内撤回答复', 'Take the answer back in time', nothingSchema),
  {
    id: 'addAnswerFile',
    tag: 'answers',
    method: 'post',
    path: `${api}${own}/files`,
    summary: {
      zh: '上传答复的文件（JPG、PNG、PDF）；名称放在 x-file-name，百分号编码',
      en: 'Add a file (JPG, PNG, PDF) to the answer; its name stands in x-file-name, percent-encoded',
    },
    body: { 'application/octet-stream': z.string() },
    response: { 'application/json': answerDetailSchema },
    errors: [badRequest, missing, notAllowed, badFile],
  },
  file('ownAnswerFile', `${own}/files/:sha256`, '本机构答复的文件', 'A file of the own answer'),
  act(
    'removeAnswerFile',
    `${own}/files/:sha256/remove`,
    '移除尚未随答复提交的文件',
    'Remove a file that no answer names',
    nothingSchema,
  ),
  post({
    id: 'sendFindings',
    path: '/reviews/notices',
    zh: '通知机构答复疑点：每个机构一份通知',
    en: 'Notify institutions of findings: one notice for each',
    body: sendSchema,
    response: sentSchema,
    errors: [badRequest],
  }),
  get({
    id: 'findingAnswer',
    path: reviewed,
    zh: '机构对一个疑点的答复',
    en: 'The answer of the institution to a finding',
    response: answerDetailSchema,
    errors: [missing],
  }),
  act('recallNotice', `${reviewed}/recall`, '撤回通知', 'Recall the notice', nothingSchema),
  act(
    'confirmRefund',
    `${reviewed}/confirm-refund`,
    '核实机构的退款',
    'Confirm the refund of the institution',
    nothingSchema,
  ),
  file('findingAnswerFile', `${reviewed}/files/:sha256`, '答复的文件', 'A file of the answer'),
];
