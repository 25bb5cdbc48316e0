/** The operations of tips: part of `operations.ts`. */
import { z } from 'zod';
import { doneSchema } from '../publicity/contract.ts';
import {
  askAnswersSchema,
  caseOpenedSchema,
  newTipSchema,
  referralsSchema,
  sealedFileSchema,
  setKeySchema,
  tipAnswersSchema,
  tipDetailSchema,
  tipFileTakenSchema,
  tipFormSchema,
  tipsPageSchema,
  tipsQuerySchema,
  tipStepSchema,
  tipTakenSchema,
} from '../publicity/tips-contract.ts';
import { badRequest, errorWhen, missing, notAllowed, type Operation, operationsOf } from './operation.ts';

const { get, post } = operationsOf('tips', '/api/v1/tips');
const open = operationsOf('public', '/api/v1/public/tips');
const badText = errorWhen(422, '内容不成立，原因见 message', 'the text does not fit; message says why');
const tooMany = errorWhen(429, '提交过于频繁', 'too many at once');

export const tipOperations: readonly Operation[] = [
  open.get({
    id: 'getTipForm',
    path: '/form',
    zh: '举报受理机构的公钥、受理期限和奖励范围',
    en: 'The key of the tip office, its period, and the range of rewards',
    response: tipFormSchema,
  }),
  open.post({
    id: 'tell',
    path: '',
    zh: '提交在浏览器中加密的举报；不记录来源地址',
    en: 'Send a tip that was sealed in the browser; where it comes from is not kept',
    body: newTipSchema,
    response: tipTakenSchema,
    errors: [badRequest, notAllowed, badText, tooMany],
  }),
  {
    id: 'sendTipFile',
    tag: 'public',
    method: 'post',
    path: '/api/v1/public/tips/files',
    summary: {
      zh: '为刚提交的举报附上在浏览器中加密的文件：请求体为回执令牌的 32 字节，接着是密文',
      en: 'A file of a tip that was just sent, sealed in the browser: 32 bytes of the token of the receipt, then what is sealed',
    },
    body: { 'application/octet-stream': z.string().describe('the bytes') },
    response: { 'application/json': tipFileTakenSchema },
    errors: [
      badRequest,
      missing,
      notAllowed,
      badText,
      errorWhen(
        429,
        '提交过于频繁；或 tip_files_full：全部举报的附件已达当天上限',
        'too many at once; or tip_files_full: the files of all tips have reached the limit of the day',
      ),
    ],
  },
  open.post({
    id: 'askAnswers',
    path: '/answers',
    zh: '凭回执查询办理情况和加密的答复',
    en: 'State and sealed answers of a tip, by its receipt',
    body: askAnswersSchema,
    response: tipAnswersSchema,
    errors: [badRequest, missing, tooMany],
  }),
  get({
    id: 'listTips',
    path: '/list',
    zh: '全部举报，不含内容',
    en: 'All tips, without what they say',
    query: tipsQuerySchema,
    response: tipsPageSchema,
    errors: [badRequest],
  }),
  post({
    id: 'setTipKey',
    path: '/keys',
    zh: '登记受理机构的新公钥；私钥不离开受理机构',
    en: 'Set a new public key of the office; the private one stays there',
    body: setKeySchema,
    response: doneSchema,
    errors: [badRequest, notAllowed],
  }),
  get({
    id: 'getTip',
    path: '/:id',
    zh: '一件举报的密文和办理经过；查看会留痕',
    en: 'A tip, sealed, with its steps; that it was looked at is on record',
    response: tipDetailSchema,
    errors: [missing],
  }),
  get({
    id: 'getTipFile',
    path: '/:id/files/:no',
    zh: '举报的一个附件的密文；取出会留痕',
    en: 'A sealed file of a tip; that it was taken out is on record',
    response: sealedFileSchema,
    errors: [missing],
  }),
  post({
    id: 'actOnTip',
    path: '/:id/steps',
    zh: '受理、不予受理、答复、提高抽取、转办、办结；拟定、退回、审批、发放奖励或记为逾期未领',
    en: 'Accept, decline, answer, raise, refer or close; propose, send back, approve or pay a reward, or count it as forgone',
    body: tipStepSchema,
    response: doneSchema,
    errors: [badRequest, missing, notAllowed, badText],
  }),
  get({
    id: 'listReferrals',
    path: '/referrals',
    zh: '举报转办的线索：只有编号和受理机构写的摘要',
    en: 'Clues out of tips: their number and what the office wrote',
    response: referralsSchema,
  }),
  post({
    id: 'openReferral',
    path: '/referrals/:tip_id/:seq/open',
    zh: '由转办线索登记案件线索',
    en: 'Open a case of a referral',
    response: caseOpenedSchema,
    errors: [missing, notAllowed],
  }),
];
