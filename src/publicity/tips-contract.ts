/**
 * What goes over HTTP about tips. What was told, who told and what they were answered are sealed (`seal-contract.ts`): they pass here as
 * base64 that nobody between can open. Money in fen, days `yyyy-MM-dd` in Asia/Shanghai.
 */
import { z } from 'zod';
import { messageSchema } from '../claims/contract.ts';
import { sealedBytesMax } from './seal-contract.ts';
import { tipFilesMax } from './tip-file-contract.ts';
import { tipActions, tipStates } from './tip-states-contract.ts';

export const whatCharsMax = 4_000;
export const summaryCharsMax = 1_000;
export const tipsPageSize = 20;
export const tipStepsMax = 200;
export const referralsMax = 200;

const count = z.int().min(0);
const day = z.iso.date();
const hex32 = z.string().regex(/^[0-9a-f]{64}$/);
const sealed = z
  .base64()
  .min(1)
  .max(Math.ceil(sealedBytesMax / 3) * 4);
const idSchema = z.int().min(1);
/** 医药机构编码; never of a person. */
const institutionCode = z.string().regex(/^[A-Za-z]\d{11}$/, '定点医药机构编号：一个字母和 11 位数字');

/** What is sealed for the office. */
export const tipContentSchema = z.strictObject({
  what: z.string().trim().min(10).max(whatCharsMax),
  where: z.string().trim().min(2).max(200),
  when: z.string().trim().max(200),
  /** Empty: whoever tells does not say who they are. */
  name: z.string().trim().max(100),
  contact: z.string().trim().max(200),
  is_insider: z.boolean(),
  /** Of what is sealed of each file, in order: none is exchanged or left out unseen. */
  files: z.array(hex32).max(tipFilesMax).default([]),
});
export type TipContent = z.infer<typeof tipContentSchema>;

const officeKeySchema = z.object({ id: idSchema, public_key: hex32, since: day });
export type OfficeKey = z.infer<typeof officeKeySchema>;
const periodSchema = z.object({
  value: count,
  unit: z.string(),
  standing: z.enum(['正式', '示例']),
});
/** `GET /public/tips/key` */
export const tipFormSchema = z.object({
  key: officeKeySchema.nullable().describe('null: no tips can be taken yet'),
  acceptance: periodSchema,
  reward: z.object({ min_fen: count, max_fen: count }),
});
export type TipForm = z.infer<typeof tipFormSchema>;

/** `POST /public/tips` */
export const newTipSchema = z.strictObject({
  key_id: idSchema,
  sealed,
  receipt_sha256: hex32.describe(
    'of the token that the receipt gives; the receipt itself never leaves the teller',
  ),
  reply_key: hex32.describe('answers are sealed for it'),
});
export type NewTip = z.infer<typeof newTipSchema>;
export const tipTakenSchema = z.object({ tip_no: z.string(), received_on: day });
export type TipTaken = z.infer<typeof tipTakenSchema>;

/** `POST /public/tips/files`: 32 bytes of the token of the receipt, then the sealed file. They stand in no address and in no header. */
export const tokenBytes = 32;
export const tipFileTakenSchema = z.object({ files: count.describe('of this tip, by now') });

const dueSchema = z.object({ last_day: day, is_late: z.boolean() });

/** `POST /public/tips/answers`: the token stands in no address. */
export const askAnswersSchema = z.strictObject({ token: hex32 });
export const tipAnswersSchema = z.object({
  tip_no: z.string(),
  received_on: day,
  state: z.enum(tipStates),
  due: dueSchema.nullable().describe('when the next state is due; null: nothing is'),
  reward: z
    .object({ fen: count, claim_until: day, state: z.enum(['approved', 'paid', 'forgone']) })
    .nullable()
    .describe('once it was approved'),
  answers: z.array(z.object({ on: day, sealed })),
});
export type TipAnswers = z.infer<typeof tipAnswersSchema>;

export const rewardLevels = ['a', 'b', 'c'] as const;
export type RewardLevel = (typeof rewardLevels)[number];

/** Number of the voucher, and nothing that could be a number of a person. */
const voucherSchema = z
  .string()
  .trim()
  .regex(/^[\p{L}\d〔〕()（）/_-]{2,40}$/u, '2 至 40 个字母、数字、汉字或 -/_〔〕')
  .refine((text) => !/(?<!\d)(\d{17}[\dXx]|1[3-9]\d{9})(?!\d)/.test(text), '凭证号不能是证件号或手机号');

const answer = sealed.nullable().describe('an answer to who told, sealed for their reply key');
const step = <Action extends (typeof tipActions)[number], Detail extends z.ZodRawShape>(
  action: Action,
  detail: Detail,
) => z.strictObject({ action: z.literal(action), revision: count, ...detail });

/** `POST /tips/:id/steps`. Nothing of what was told stands here but what the office itself writes. */
export const tipStepSchema = z.discriminatedUnion('action', [
  step('accept', { answer }),
  step('decline', { answer: sealed }),
  step('answer', { answer: sealed }),
  step('raise', { fixmedins_code: institutionCode, answer }),
  step('refer', {
    fixmedins_code: institutionCode,
    summary: z.string().trim().min(10).max(summaryCharsMax),
    answer,
  }),
  step('close', { is_verified: z.boolean(), answer }),
  step('reward', { level: z.enum(rewardLevels), is_insider: z.boolean(), answer }),
  step('return_reward', { reason: z.string().trim().min(2).max(500), answer }),
  step('approve_reward', { answer }),
  step('pay_reward', { voucher: voucherSchema, answer }),
  step('forgo_reward', { answer }),
]);
export type TipStep = z.infer<typeof tipStepSchema>;

export const tipRowSchema = z.object({
  id: idSchema,
  tip_no: z.string(),
  received_on: day,
  state: z.enum(tipStates),
  due: dueSchema.nullable(),
});
export type TipRow = z.infer<typeof tipRowSchema>;

const sumSchema = z.object({ count, fen: count });
const rewardSumsSchema = z.object({
  year: z.string().regex(/^\d{4}$/),
  proposed: sumSchema.describe('and sent back or not'),
  approved: sumSchema,
  paid: sumSchema,
  forgone: sumSchema,
});
export type RewardSums = z.infer<typeof rewardSumsSchema>;

/** `GET /tips` */
export const tipsQuerySchema = z.strictObject({
  state: z.enum(tipStates).optional(),
  page: z.coerce.number().int().min(1).max(100_000).default(1),
});
export type TipsQuery = z.infer<typeof tipsQuerySchema>;
export const tipsPageSchema = z.object({
  key: officeKeySchema.nullable(),
  rewards: z.array(rewardSumsSchema).describe('by year of the step, the newest first'),
  total: count,
  tips: z.array(tipRowSchema),
});
export type TipsPage = z.infer<typeof tipsPageSchema>;

const detailSchema = z.object({
  fixmedins_code: z.string().optional(),
  summary: z.string().optional(),
  is_verified: z.boolean().optional(),
  level: z.enum(rewardLevels).optional(),
  is_insider: z.boolean().optional(),
  decided_fen: count.optional(),
  fen: count.optional(),
  reason: z.string().optional().describe('why a reward was sent back'),
  voucher: z.string().optional().describe('by which it was paid; to whom is recorded nowhere here'),
  claim_until: day.optional(),
});
export type TipStepDetail = z.infer<typeof detailSchema>;

/** `GET /tips/:id`; that it was looked at is on record. */
export const tipDetailSchema = tipRowSchema.extend({
  revision: count,
  key_id: idSchema,
  public_key: hex32.describe('of the office, that it was sealed for'),
  sealed,
  reply_key: hex32,
  files: z.array(z.object({ no: idSchema, bytes: count, sha256: hex32 })).describe('sealed as they are'),
  decided_fen: count.nullable(),
  steps: z.array(
    z.object({
      seq: idSchema,
      action: z.enum(tipActions),
      on: day,
      account: z.string(),
      detail: detailSchema,
      has_answer: z.boolean(),
      case_no: z.string().nullable().describe('opened of a referral'),
    }),
  ),
  refusals: z.record(z.enum(tipActions), messageSchema.nullable()),
  rewards: z
    .array(
      z.object({ level: z.enum(rewardLevels), is_insider: z.boolean(), fen: count, rate_permille: count }),
    )
    .describe('what each level would bring; empty: nothing can be rewarded'),
});
export type TipDetail = z.infer<typeof tipDetailSchema>;

/** `GET /tips/:id/files/:no`; that it was taken out is on record. */
export const sealedFileSchema = z.object({ sealed: z.string().describe('base64') });

/** `POST /tips/keys` */
export const setKeySchema = z.strictObject({ public_key: hex32 });

/** `GET /tips/referrals`: for those who open cases. Number and summary are all that they see of a tip. */
export const referralsSchema = z.object({
  items: z.array(
    z.object({
      tip_id: idSchema,
      seq: idSchema,
      tip_no: z.string(),
      on: day,
      fixmedins_code: z.string(),
      fixmedins_name: z.string().nullable().describe('as one of its claims states it'),
      summary: z.string(),
    }),
  ),
});
export type Referrals = z.infer<typeof referralsSchema>;
export const caseOpenedSchema = z.object({ case_id: z.string() });
