/** What goes over HTTP about the answers of institutions to findings. Money is integer fen. */
import { z } from 'zod';
import { messageSchema } from '../claims/contract.ts';
import { answerActions, answerStates, stances } from './answer-states-contract.ts';
import {
  bulkFindingsMax,
  decidedLineSchema,
  decidedLinesMax,
  findingId,
  noteCharactersMax,
  reviewOutcomes,
  termSchema,
} from './review-contract.ts';

export const statementCharactersMax = 2_000;
export const answersPageMax = 50;
/** Files that stand with the answer to one finding. */
export const answerFilesMax = 20;
export const answerFileBytesMax = 10 * 1024 * 1024;
export const answerFileKinds = ['jpeg', 'png', 'pdf'] as const;
export const fileNameCharactersMax = 120;
/** Carries the name of an uploaded file, percent-encoded: names may name patients, and addresses are logged by proxies. */
export const fileNameHeader = 'x-file-name';

const fen = z.int().min(0);
const code = z.string().regex(/^[a-z][a-z_]{0,39}$/);
const revision = z.int().min(1).describe('revision of the finding that was looked at');
const statement = z.string().trim().max(statementCharactersMax);
const needed = statement.min(1);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const refundSchema = z.strictObject({
  fen: z.int().min(1).describe('paid back, at most what is accepted'),
  day: z.iso.date(),
  reference: z.string().trim().min(1).max(100).describe('number of the voucher'),
});

const refund = refundSchema.nullable().default(null);

/** `accepted`: the whole flagged amount. `partly`: so much of it, line by line where the finding names lines. */
export const answerSchema = z.discriminatedUnion('stance', [
  z.strictObject({ stance: z.literal('accepted'), statement: statement.default(''), refund }),
  z.strictObject({
    stance: z.literal('partly'),
    fen,
    lines: z.array(decidedLineSchema).max(decidedLinesMax),
    statement: needed,
    refund,
  }),
  z.strictObject({
    stance: z.literal('objected'),
    ground: code.describe('why it is no violation: exclusions of rules/procedure/review.json'),
    statement: needed,
  }),
]);
export type InstitutionAnswer = z.infer<typeof answerSchema>;

export const giveAnswerSchema = z.strictObject({ revision, answer: answerSchema });
/** Many findings accepted as a whole, with one statement. */
export const acceptManySchema = z.strictObject({
  findings: z
    .array(z.strictObject({ finding_id: findingId, revision }))
    .min(1)
    .max(bulkFindingsMax),
  statement: statement.default(''),
});
/** One notice for each institution that the findings belong to. */
export const sendSchema = z.strictObject({
  findings: z.array(findingId).min(1).max(bulkFindingsMax),
  note: z.string().trim().max(noteCharactersMax).default('').describe('shown to the institution'),
});

export const sentSchema = z.object({
  done: z.int(),
  notices: z.array(
    z.object({
      notice_no: z.string(),
      fixmedins_code: z.string(),
      findings: z.int(),
      last_day: z.iso.date(),
    }),
  ),
  answers: z.array(
    z.object({
      finding_id: findingId,
      notice_no: z.string().nullable().describe('null: it was not sent'),
      reason: messageSchema.nullable(),
    }),
  ),
});
export type Sent = z.infer<typeof sentSchema>;

export const acceptedManySchema = z.object({
  done: z.int(),
  answers: z.array(
    z.object({
      finding_id: findingId,
      state: z.enum(answerStates).nullable().describe('null: nothing was done'),
      reason: messageSchema.nullable(),
    }),
  ),
});
export type AcceptedMany = z.infer<typeof acceptedManySchema>;

/** `closed`: the review is decided, the notice recalled, or the finding withdrawn. */
export const answerTabs = ['waiting', 'overdue', 'answered', 'closed'] as const;
export type AnswerTab = (typeof answerTabs)[number];

/** `GET /api/v1/answers`: what this institution was notified of, the nearest last day first. */
export const answersQuerySchema = z.strictObject({
  tab: z.enum(answerTabs).default('waiting'),
  after: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}_[0-9a-f]{32}$/)
    .optional()
    .describe('`next` of the page before'),
});
export type AnswersQuery = z.infer<typeof answersQuerySchema>;

export const answerItemSchema = z.object({
  finding_id: findingId,
  revision,
  rule_name: messageSchema,
  setl_id: z.string(),
  occurred_at: z.string(),
  flagged_fen: fen,
  state: z.enum(answerStates),
  notice_no: z.string().nullable(),
  last_day: z.iso.date().nullable().describe('null: it came forward by itself'),
  workdays_left: z.int().nullable().describe('after today, up to the last day; null: nothing runs'),
  stance: z.enum(stances).nullable(),
  accepted_fen: fen.nullable(),
  outcome: z.enum(reviewOutcomes).nullable(),
  confirmed_fen: fen.nullable(),
});
export type AnswerItem = z.infer<typeof answerItemSchema>;

export const answersSchema = z.object({
  counts: z.record(z.enum(answerTabs), z.int()),
  fen: fen.describe('flagged in all findings of this tab'),
  items: z.array(answerItemSchema),
  next: z.string().nullable(),
});
export type Answers = z.infer<typeof answersSchema>;

const answerFileSchema = z.object({
  sha256,
  name: z.string(),
  kind: z.enum(answerFileKinds),
  bytes: z.int(),
  added_at: z.iso.datetime(),
  removable: z.boolean().describe('no answer that was given names it'),
});

export const answerEventSchema = z.object({
  seq: z.int().min(1),
  action: z.enum(answerActions),
  account: z.string().nullable().describe('null: somebody of the agency, whom the institution does not see'),
  notice_no: z.string().nullable(),
  note: z.string().nullable().describe('what the agency wrote to the institution'),
  answer: answerSchema.nullable(),
  at: z.iso.datetime(),
});

/** How the answer to one finding stands: for its institution, which sees no names of the agency, and for reviewers. */
export const answerDetailSchema = z.object({
  finding_id: findingId,
  revision,
  state: z.enum(answerStates),
  notice: z
    .object({
      notice_no: z.string(),
      note: z.string(),
      sent_at: z.iso.datetime(),
      last_day: z.iso.date(),
      workdays_left: z.int().nullable(),
      period_workdays: z.int(),
      sample: z.boolean().describe('示例: the period is no official one'),
      provisional: z.boolean().describe('the holidays of a year on the way are not announced yet'),
    })
    .nullable(),
  answer: answerSchema.nullable().describe('the one that stands, or that is outdated'),
  accepted_fen: fen.nullable(),
  answered_at: z.iso.datetime().nullable(),
  late: z.boolean().describe('it came after the last day'),
  refund_confirmed_at: z.iso.datetime().nullable(),
  outcome: z.enum(reviewOutcomes).nullable().describe('of the review'),
  confirmed_fen: fen.nullable(),
  flagged: z.object({
    fen,
    by_line: z.boolean(),
    lines: z.array(decidedLineSchema.extend({ fen: fen.describe('flagged') })),
  }),
  grounds: z.array(termSchema),
  files: z.array(answerFileSchema),
  actions: z.array(
    z.object({
      action: z.enum(answerActions),
      allowed: z.boolean(),
      reason: messageSchema.nullable().describe('why not'),
    }),
  ),
  history: z.array(answerEventSchema),
});
export type AnswerDetail = z.infer<typeof answerDetailSchema>;
