/** What goes over HTTP about the review of findings. Money in yuan with two decimals, as text. */
import { z } from 'zod';
import { messageSchema } from '../claims/contract.ts';
import { findingRowSchema } from '../screening/contract.ts';
import { reviewActions, reviewStates } from './review-states-contract.ts';

/** Findings that one call may act on. */
export const reviewBulkMax = 200;
export const reviewNoteMax = 500;
export const reviewLinesMax = 2_000;
export const reviewGroupsMax = 200;
/** More are not counted: the number stands with a plus. */
export const reviewCountMax = 10_000;
/** Decisions of the same rule and institution that are shown beside a finding. */
export const earlierShownMax = 10;
export const reviewPageMax = 200;

const findingId = z.string().regex(/^[0-9a-f]{32}$/);
const money = z.string().regex(/^\d{1,14}\.\d{2}$/, '0.00');
const note = z.string().trim().max(reviewNoteMax);
const reason = z.string().trim().min(1).max(reviewNoteMax);
const seq = z.int().min(0).describe('number of the last step that was seen; 0: none');
const count = z.int().min(0);

const term = z.strictObject({ code: z.string().regex(/^[a-z][a-z-]*$/), title: messageSchema });
/** `rules/procedure/review.json`: what is decided locally. */
export const reviewTermsSchema = z.strictObject({
  note: z.string(),
  effective_from: z.iso.date(),
  due_days: z.int().min(1).max(365).describe('natural days from the day a finding appeared'),
  second_person: z.strictObject({
    amount_min: money.describe('confirmed amounts from this on need a second person'),
    not_a_violation_min: money.describe('findings at stake from this on are not dropped by one person alone'),
  }),
  exclusions: z.array(term).min(1),
  missing: z.array(term).min(1),
});
export type ReviewTerms = z.infer<typeof reviewTermsSchema>;

export const outcomes = ['confirmed', 'not_a_violation', 'cannot_decide'] as const;
export type Outcome = (typeof outcomes)[number];

const confirmedLine = z.strictObject({
  fixmedins_code: z.string().max(30),
  setl_id: z.string().max(30),
  feedetl_sn: z.string().max(30),
  amount: money,
});
export const decisionSchema = z.discriminatedUnion('outcome', [
  z.strictObject({
    outcome: z.literal('confirmed'),
    lines: z
      .array(confirmedLine)
      .max(reviewLinesMax)
      .describe('of the violating lines; none where the whole claim violates'),
    amount: money.describe('the sum of the lines, or of the claim'),
    note,
  }),
  z.strictObject({ outcome: z.literal('not_a_violation'), exclusion: z.string(), note }),
  z.strictObject({
    outcome: z.literal('cannot_decide'),
    missing: z.array(z.string()).min(1).max(20),
    note,
  }),
]);
export type Decision = z.infer<typeof decisionSchema>;

export const reviewTabs = ['mine', 'unassigned', 'to_confirm', 'overdue', 'open', 'settled'] as const;
export type ReviewTab = (typeof reviewTabs)[number];
export const reviewSorts = ['due', 'amount'] as const;

/** `GET /api/v1/reviews` */
export const reviewsQuerySchema = z.strictObject({
  tab: z.enum(reviewTabs).default('mine'),
  rule_code: z.string().max(60).optional(),
  fixmedins_code: z.string().max(30).optional(),
  setl_id: z.string().max(30).optional(),
  amount_min: z.coerce.number().min(0).optional().describe('yuan'),
  sort: z.enum(reviewSorts).default('due'),
  page: z.coerce.number().int().min(1).max(10_000).default(1),
  page_size: z.coerce.number().int().min(1).max(reviewPageMax).default(50),
});
export type ReviewsQuery = z.infer<typeof reviewsQuerySchema>;

const reviewBriefSchema = z.object({
  state: z.enum(reviewStates),
  seq,
  assignee: z.string().nullable(),
  outcome: z.enum(outcomes).nullable(),
  amount: money.nullable().describe('confirmed'),
  outdated: z.boolean().describe('it was decided, and the finding has changed since'),
  due_on: z.iso.date(),
});
export const reviewRowSchema = findingRowSchema.extend({ review: reviewBriefSchema });
export type ReviewRow = z.infer<typeof reviewRowSchema>;
export const reviewsPageSchema = z.object({
  total: count,
  amount: z.string().describe('at stake in all findings of the filter'),
  page: z.int(),
  page_size: z.int(),
  counts: z.record(z.enum(reviewTabs), count).describe(`at most ${reviewCountMax} and one`),
  items: z.array(reviewRowSchema),
});
export type ReviewsPage = z.infer<typeof reviewsPageSchema>;

/** `GET /api/v1/reviews/groups`: findings that belong together, as one item. */
export const groupKinds = ['rule', 'stay'] as const;
export const groupsQuerySchema = z.strictObject({
  tab: z.enum(reviewTabs).default('unassigned'),
  by: z.enum(groupKinds).default('rule').describe('rule: same institution and rule; stay: same settlement'),
});
export const reviewGroupsSchema = z.object({
  items: z.array(
    z.object({
      fixmedins_code: z.string(),
      fixmedins_name: z.string().nullable(),
      rule_code: z.string().nullable(),
      rule_name: messageSchema.nullable(),
      setl_id: z.string().nullable(),
      findings: count,
      amount: z.string(),
    }),
  ),
});
export type ReviewGroups = z.infer<typeof reviewGroupsSchema>;

export const reviewStepSchema = z.object({
  seq: z.int(),
  action: z.enum(reviewActions),
  account: z.string(),
  at: z.iso.datetime(),
  finding_revision: z.int(),
  to: z.string().nullable().describe('of an assignment; null: to nobody'),
  decision: decisionSchema.nullable(),
  reason: z.string().nullable(),
});
export type ReviewStep = z.infer<typeof reviewStepSchema>;

/** `GET /api/v1/findings/:finding_id/review` */
export const reviewDetailSchema = z.object({
  review: reviewBriefSchema,
  decision: decisionSchema.nullable().describe('that counts, or waits for a second person'),
  decided_by: z.string().nullable(),
  steps: z.array(reviewStepSchema),
  facts: z.object({
    isWithdrawn: z.boolean(),
    isRecused: z.boolean(),
    isOthers: z.boolean(),
    isOwn: z.boolean(),
  }),
  terms: reviewTermsSchema,
  earlier: z.object({
    counts: z.record(z.enum(outcomes), count),
    items: z.array(
      z.object({
        finding_id: z.string(),
        outcome: z.enum(outcomes),
        amount: z.string().nullable(),
        exclusion: z.string().nullable(),
        at: z.iso.datetime(),
      }),
    ),
  }),
});
export type ReviewDetail = z.infer<typeof reviewDetailSchema>;

export const decideSchema = z.strictObject({ seq, decision: decisionSchema });
export const actSchema = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('confirm'), seq }),
  z.strictObject({ action: z.enum(['return', 'reopen']), seq, reason }),
]);
export type ReviewAct = z.infer<typeof actSchema>;

const findingIds = z.array(findingId).min(1).max(reviewBulkMax);
/** `POST /api/v1/reviews/assign`. `to`: a login name; null: shared out to those who carry least. */
export const assignSchema = z.strictObject({
  findings: findingIds,
  to: z.string().min(1).max(120).nullable(),
});
/** `POST /api/v1/reviews/take`: for oneself, or given back. */
export const takeSchema = z.strictObject({ findings: findingIds, give_back: z.boolean().default(false) });
/** Many at once: each is decided by itself, and those that cannot be say why. */
export const decideManySchema = z.strictObject({
  findings: z
    .array(z.strictObject({ finding_id: findingId, seq }))
    .min(1)
    .max(reviewBulkMax),
  decision: z.discriminatedUnion('outcome', [
    z.strictObject({ outcome: z.literal('confirmed'), note: reason }),
    z.strictObject({ outcome: z.literal('not_a_violation'), exclusion: z.string(), note: reason }),
    z.strictObject({
      outcome: z.literal('cannot_decide'),
      missing: z.array(z.string()).min(1).max(20),
      note: reason,
    }),
  ]),
});
export type DecideMany = z.infer<typeof decideManySchema>;

export const reviewDoneSchema = z.object({
  done: count,
  refused: z.array(z.object({ finding_id: z.string(), reason: messageSchema })),
});
export type ReviewDone = z.infer<typeof reviewDoneSchema>;

export const recuseSchema = z.strictObject({ fixmedins_code: z.string().min(1).max(30), reason });

export const reviewersSchema = z.object({
  items: z.array(z.object({ login: z.string(), display_name: z.string(), open: count })),
});
export type Reviewers = z.infer<typeof reviewersSchema>;

/** `GET /api/v1/reviews/precision`: what became of the findings of each version of a rule. */
export const precisionSchema = z.object({
  items: z.array(
    z.object({
      rule_code: z.string(),
      rule_version: z.string(),
      confirmed: count,
      not_a_violation: count,
      cannot_decide: count,
    }),
  ),
});
export type Precision = z.infer<typeof precisionSchema>;
