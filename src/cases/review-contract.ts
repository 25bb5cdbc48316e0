/** What goes over HTTP about reviews of findings. Money is integer fen. */
import { z } from 'zod';
import { messageSchema } from '../claims/contract.ts';
import { amountMinSchema } from '../platform/money-contract.ts';
import { verdicts } from '../rules/contract.ts';
import { answerStates, stances } from './answer-states-contract.ts';
import { reviewActions, reviewStates } from './review-states-contract.ts';

export const noteCharactersMax = 500;
export const bulkFindingsMax = 50;
export const queuePageMax = 100;
export const decidedLinesMax = 2_000;
export const relatedShownMax = 20;
export const earlierShownMax = 10;
/** Of an account. */
export const savedFiltersMax = 20;
export const filterNameMax = 40;

const fen = z.int().min(0);
const code = z.string().regex(/^[a-z][a-z_]{0,39}$/);
export const findingId = z.string().regex(/^[0-9a-f]{32}$/);
const note = z.string().trim().max(noteCharactersMax).default('');
const reason = z.string().trim().min(1).max(noteCharactersMax);
const revision = z.int().min(1).describe('revision of the finding that was looked at');
const account = z.string().min(1).max(120);

export const decidedLineSchema = z.strictObject({
  fixmedins_code: z.string().max(30),
  setl_id: z.string().max(30),
  feedetl_sn: z.string().max(60),
  fen,
});

export const reviewOutcomes = ['confirmed', 'not_violation', 'cannot_decide'] as const;
export type ReviewOutcome = (typeof reviewOutcomes)[number];

export const decisionSchema = z.discriminatedUnion('outcome', [
  z.strictObject({
    outcome: z.literal('confirmed'),
    fen: fen.describe('confirmed amount; where the finding names lines with amounts, their sum'),
    lines: z.array(decidedLineSchema).max(decidedLinesMax),
    note,
  }),
  z.strictObject({
    outcome: z.literal('not_violation'),
    exclusion: code.describe('why it is none: rules/procedure/review.json'),
    note,
  }),
  z.strictObject({
    outcome: z.literal('cannot_decide'),
    missing: z.array(code).min(1).max(20).describe('what is missing: rules/procedure/review.json'),
    note,
  }),
]);
export type Decision = z.infer<typeof decisionSchema>;

export const decideSchema = z.strictObject({ revision, decision: decisionSchema });
export const reviewReasonSchema = z.strictObject({ reason });
export const recuseSchema = z.strictObject({
  reason,
  scope: z
    .enum(['finding', 'institution'])
    .describe('institution: from every finding of this institution, from now on'),
});
export const nothingSchema = z.strictObject({});
export const assignSchema = z.strictObject({
  findings: z.array(findingId).min(1).max(bulkFindingsMax),
  to: account.nullable().describe('login; null: to those with the least load, recusals kept'),
});
/** A whole selection decided in one way. Confirmed means the whole flagged amount of each. */
export const bulkSchema = z.strictObject({
  findings: z
    .array(z.strictObject({ finding_id: findingId, revision }))
    .min(1)
    .max(bulkFindingsMax),
  outcome: z.enum(reviewOutcomes),
  exclusion: code.optional(),
  missing: z.array(code).min(1).max(20).optional(),
  reason,
});
export type Bulk = z.infer<typeof bulkSchema>;

export const itemAnswersSchema = z.object({
  done: z.int(),
  answers: z.array(
    z.object({
      finding_id: findingId,
      state: z.enum(reviewStates).nullable().describe('null: nothing was done'),
      account: account.nullable().describe('who has it now'),
      reason: messageSchema.nullable(),
    }),
  ),
});
export type ItemAnswers = z.infer<typeof itemAnswersSchema>;

export const reviewTabs = ['mine', 'unassigned', 'overdue', 'to_confirm', 'done'] as const;
export type ReviewTab = (typeof reviewTabs)[number];

/** What an institution says, or does not say, of a finding that it was notified of. `silent`: its period is over. */
export const answerFilters = ['waiting', 'silent', 'answered'] as const;
export type AnswerFilter = (typeof answerFilters)[number];

/** The case that a finding is evidence in. */
const caseOfFinding = z
  .object({ id: z.string(), case_no: z.string() })
  .nullable()
  .describe('in which it is evidence; null: in none');

/** `GET /api/v1/reviews`: filters are combined with *and*; the largest amount first. */
export const queueQuerySchema = z.strictObject({
  tab: z.enum(reviewTabs).default('mine'),
  rule_code: z.string().max(60).optional(),
  fixmedins_code: z.string().max(30).optional(),
  verdict: z.enum(verdicts).optional(),
  outcome: z.enum(reviewOutcomes).optional(),
  answer: z.enum(answerFilters).optional(),
  amount_min: amountMinSchema,
  after: z
    .string()
    .regex(/^\d{1,16}_[0-9a-f]{32}$/)
    .optional()
    .describe('`next` of the page before'),
  page_size: z.coerce.number().int().min(1).max(queuePageMax).default(50),
});
export type QueueQuery = z.infer<typeof queueQuerySchema>;

/** What of a query is worth keeping: the place in the list is not. */
export const queueFilterSchema = queueQuerySchema.omit({ after: true, page_size: true });
export type QueueFilter = z.infer<typeof queueFilterSchema>;

const filterName = z
  .string()
  .trim()
  .regex(/^\P{Cc}+$/u)
  .max(filterNameMax);
export const saveFilterSchema = z.strictObject({ name: filterName, filter: queueFilterSchema });
export type SaveFilter = z.infer<typeof saveFilterSchema>;
export const removeFilterSchema = z.strictObject({ name: filterName });

/** `GET /api/v1/reviews/filters`: what this account saved, in the order in which it did. */
export const savedFiltersSchema = z.object({
  filters: z.array(
    z.object({
      name: z.string(),
      filter: queueFilterSchema
        .nullable()
        .describe('null: outdated, it says what filters of this release do not know'),
    }),
  ),
});
export type SavedFilters = z.infer<typeof savedFiltersSchema>;

export const queueItemSchema = z.object({
  finding_id: findingId,
  revision,
  rule_code: z.string(),
  rule_name: messageSchema,
  verdict: z.enum(verdicts),
  fixmedins_code: z.string(),
  fixmedins_name: z.string().nullable(),
  setl_id: z.string(),
  occurred_at: z.string(),
  flagged_fen: fen,
  message: messageSchema,
  state: z.enum(reviewStates),
  assignee: account.nullable(),
  outcome: z.enum(reviewOutcomes).nullable(),
  confirmed_fen: fen.nullable(),
  due_at: z.iso.datetime(),
  overdue: z.boolean(),
  answer: z
    .object({
      state: z.enum(answerStates),
      stance: z.enum(stances).nullable(),
      last_day: z.iso.date().nullable(),
    })
    .nullable()
    .describe('of its institution; null: it was not notified'),
  case: caseOfFinding,
});
export type QueueItem = z.infer<typeof queueItemSchema>;

export const queueGroupSchema = z.object({
  rule_code: z.string(),
  rule_name: messageSchema,
  fixmedins_code: z.string(),
  fixmedins_name: z.string().nullable(),
  findings: z.int(),
  fen,
});
export const groupsShownMax = 20;

export const queueSchema = z.object({
  counts: z.record(z.enum(reviewTabs), z.int()).describe('of every tab, under the filters'),
  fen: fen.describe('flagged in all findings of this tab and filter'),
  items: z.array(queueItemSchema),
  next: z.string().nullable(),
  groups: z
    .array(queueGroupSchema)
    .describe('same institution and rule, more than one finding: the heaviest ones of this tab and filter'),
});
export type Queue = z.infer<typeof queueSchema>;

export const termSchema = z.strictObject({
  code,
  zh: z.string().min(1),
  en: z.string().min(1),
  needs_note: z.boolean().default(false),
});
export type Term = z.infer<typeof termSchema>;

export const reviewEventSchema = z.object({
  seq: z.int().min(1),
  action: z.enum(reviewActions),
  from: z.enum(reviewStates),
  to: z.enum(reviewStates),
  account,
  revision,
  reason: z.string().nullable(),
  assignee: account.nullable(),
  decision: decisionSchema.nullable(),
  at: z.iso.datetime(),
});
export type ReviewEvent = z.infer<typeof reviewEventSchema>;

const flaggedLineSchema = decidedLineSchema.extend({ fen: fen.describe('flagged') });

const relatedSchema = z.object({
  findings: z.int().describe('that still wait, this one left out'),
  fen,
  items: z.array(
    z.object({
      finding_id: findingId,
      revision,
      rule_name: messageSchema,
      setl_id: z.string(),
      occurred_at: z.string(),
      flagged_fen: fen,
      state: z.enum(reviewStates),
    }),
  ),
});
export type Related = z.infer<typeof relatedSchema>;

/** `GET /api/v1/findings/:finding_id/review` */
export const reviewDetailSchema = z.object({
  finding_id: findingId,
  revision,
  state: z.enum(reviewStates),
  assignee: account.nullable(),
  decision: decisionSchema.nullable().describe('the one that stands, or that is outdated'),
  decided_revision: z.int().nullable(),
  decided_by: account.nullable(),
  confirmed_by: account.nullable(),
  due_at: z.iso.datetime(),
  overdue: z.boolean(),
  case: caseOfFinding,
  flagged: z.object({
    fen,
    by_line: z.boolean().describe('amounts are decided line by line'),
    lines: z.array(flaggedLineSchema),
  }),
  second_person: z.object({
    confirmed_from_fen: fen,
    dismissed_from_fen: fen,
    sample: z.boolean().describe('示例: the number is no official one'),
  }),
  exclusions: z.array(termSchema),
  missing: z.array(termSchema),
  actions: z.array(
    z.object({
      action: z.enum(reviewActions),
      allowed: z.boolean(),
      reason: messageSchema.nullable().describe('why not'),
    }),
  ),
  history: z.array(reviewEventSchema),
  same_rule: relatedSchema.describe('same institution and rule'),
  same_stay: relatedSchema.describe('same visit'),
  same_ring: relatedSchema.describe('of other settlements that this finding speaks of'),
  earlier: z.object({
    confirmed: z.int(),
    not_violation: z.int(),
    cannot_decide: z.int(),
    items: z.array(
      z.object({
        finding_id: findingId,
        outcome: z.enum(reviewOutcomes),
        exclusion: z.string().nullable(),
        confirmed_fen: fen.nullable(),
        decided_by: account,
        decided_at: z.iso.datetime(),
      }),
    ),
  }),
});
export type ReviewDetail = z.infer<typeof reviewDetailSchema>;

/** `GET /api/v1/reviews/reviewers`: whom a finding can be assigned to, with what they have. */
export const reviewersSchema = z.object({
  reviewers: z.array(z.object({ account, display_name: z.string(), area: z.string(), waiting: z.int() })),
});
export type Reviewers = z.infer<typeof reviewersSchema>;

/** `GET /api/v1/reviews/precision`: what people said of what each version of a rule found. */
export const precisionQuerySchema = z.strictObject({ rule_code: z.string().max(60).optional() });
export const precisionSchema = z.object({
  versions: z.array(
    z.object({
      rule_code: z.string(),
      rule_version: z.string(),
      confirmed: z.int(),
      not_violation: z.int(),
      cannot_decide: z.int(),
      confirmed_fen: fen,
      precision: z
        .number()
        .nullable()
        .describe('confirmed ÷ (confirmed + not a violation); null: nothing decided'),
    }),
  ),
});
export type Precision = z.infer<typeof precisionSchema>;
