/** What goes over HTTP about findings. */
import { z } from 'zod';
import { messageSchema } from '../claims/contract.ts';
import { amountMinSchema } from '../platform/money-contract.ts';
import { jsonSchema, ruleSchema, treeSchema, verdicts } from '../rules/contract.ts';

/** 违规项: the line or claim that violates. 涉及项: what it violates against. */
export const roles = ['违规项', '涉及项'] as const;

/**
 * A finding as it is stored, sent, and printed by `fundwatch screen`: the same bytes everywhere for the same claims and versions.
 * Superset of the national 3101 output: one record a hit, its items with roles, amount, evidence, severity.
 */
export const findingSchema = z.object({
  finding_id: z.string().describe('32 hex digits; depends on rule and claims only'),
  rule_code: z.string(),
  rule_version: z.string(),
  rule_name: messageSchema,
  verdict: z.enum(verdicts),
  psn_no: z.string(),
  fixmedins_code: z.string(),
  setl_id: z.string(),
  mdtrt_id: z.string(),
  occurred_at: z.string().describe('service time, yyyy-MM-dd HH:mm:ss'),
  amount: z.string().describe('money at stake in yuan, two decimals'),
  message: messageSchema,
  window: z
    .object({
      over: z.enum(['institution', 'practitioner']),
      practitioner: z.string().nullable().describe('null: the institution as a whole'),
      from_day: z.string().describe('first day that was looked at, inclusive'),
      day: z.string().describe('the day that is judged: the last one'),
      claims: z.int().describe('settlements of the day; `claims` names at most 200 of all'),
      earlier: z.int().describe('settlements of the days before'),
      persons: z.int(),
    })
    .optional()
    .describe(
      'of a finding about visits of many persons: psn_no, setl_id and mdtrt_id are those of the last one',
    ),
  claims: z.array(
    z.object({
      fixmedins_code: z.string(),
      setl_id: z.string(),
      mdtrt_id: z.string(),
      psn_no: z.string(),
      role: z.enum(roles),
      content_hash: z.string(),
    }),
  ),
  lines: z.array(
    z.object({
      fixmedins_code: z.string(),
      setl_id: z.string(),
      feedetl_sn: z.string(),
      role: z.enum(roles),
      amount: z.string(),
    }),
  ),
  values: z.record(z.string(), jsonSchema),
  tree: treeSchema,
  engine_version: z.string(),
  tables: z.record(z.string(), z.string()).describe('knowledge tables consulted, with their versions'),
});
export type Finding = z.infer<typeof findingSchema>;

/** Why a rule could not judge a claim. */
export const undecidedSchema = z.object({
  rule_code: z.string(),
  missing: z.array(z.string()),
  practitioner: z.string().optional().describe('national code: whose day cannot be judged'),
});
export type Undecided = z.infer<typeof undecidedSchema>;

export const findingStates = ['active', 'withdrawn'] as const;
export const findingSorts = ['occurred_at', 'amount', 'updated_at'] as const;
export const findingsPageMax = 200;

/** `POST /api/v1/findings/exported`: what somebody is about to save as a file. */
export const findingsExportedSchema = z.strictObject({
  form: z.enum(['csv', 'json']),
  findings: z
    .array(z.string().regex(/^[0-9a-f]{32}$/))
    .min(1)
    .max(findingsPageMax),
});
export const findingsExportedAnswerSchema = z.object({ recorded: z.int() });
export type FindingsExported = z.infer<typeof findingsExportedAnswerSchema>;

/** `GET /api/v1/findings`: filters are combined with *and*. Persons are never a filter in a URL. */
export const findingsQuerySchema = z.strictObject({
  rule_code: z.string().max(60).optional(),
  verdict: z.enum(verdicts).optional(),
  state: z.enum(findingStates).default('active'),
  fixmedins_code: z.string().max(30).optional(),
  setl_id: z.string().max(30).optional(),
  from: z.iso.date().optional().describe('service day, inclusive'),
  to: z.iso.date().optional().describe('service day, exclusive'),
  amount_min: amountMinSchema,
  page: z.coerce.number().int().min(1).max(100_000).default(1),
  page_size: z.coerce.number().int().min(1).max(findingsPageMax).default(50),
  sort: z.enum(findingSorts).default('occurred_at'),
  order: z.enum(['asc', 'desc']).default('desc'),
});
export type FindingsQuery = z.infer<typeof findingsQuerySchema>;

export const findingRowSchema = findingSchema
  .pick({
    finding_id: true,
    rule_code: true,
    rule_version: true,
    verdict: true,
    psn_no: true,
    fixmedins_code: true,
    setl_id: true,
    mdtrt_id: true,
    occurred_at: true,
    amount: true,
    message: true,
  })
  .extend({
    rule_name: messageSchema,
    fixmedins_name: z.string().nullable().describe('as one of its claims states it'),
    state: z.enum(findingStates),
    revision: z.int(),
    updated_at: z.iso.datetime(),
  });
export type FindingRow = z.infer<typeof findingRowSchema>;

export const findingsPageSchema = z.object({
  total: z.int(),
  amount: z.string().describe('money at stake in all findings of the filter, yuan'),
  page: z.int(),
  page_size: z.int(),
  items: z.array(findingRowSchema),
});
export type FindingsPage = z.infer<typeof findingsPageSchema>;

/** `GET /api/v1/findings/:finding_id` */
export const findingDetailSchema = z.object({
  finding: findingSchema,
  state: z.enum(findingStates),
  revision: z.int(),
  reason: z.enum(['claims_changed', 'rule_changed', 'no_longer_holds']).nullable(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
  history: z.array(
    z.object({
      revision: z.int(),
      state: z.enum(findingStates),
      amount: z.string(),
      replaced_at: z.iso.datetime(),
    }),
  ),
  rule: ruleSchema
    .nullable()
    .describe('the rule document as it is now; null when it is no longer in the library'),
  documents: z
    .array(z.object({ content_hash: z.string(), current: z.boolean(), claim: jsonSchema }))
    .describe('the claims named by the finding, personal data masked'),
  withheld: z
    .boolean()
    .describe(
      'visits elsewhere, which the institution or the area that looks is not shown, belong to it as well',
    ),
});
export type FindingDetail = z.infer<typeof findingDetailSchema>;

const count = z.int().min(0);
/** `GET /api/v1/overview`: what came in, what was found. Money in yuan, two decimals. */
export const overviewSchema = z.object({
  claims: count.describe('settlements known, current revisions'),
  persons: count,
  institutions: count,
  medfee_sumamt: z.string(),
  waiting_claims: count.describe('stored and not yet screened'),
  quarantined: count.describe('rejected inputs that are still open'),
  findings: count.describe('active'),
  amount: z.string().describe('at stake in active findings'),
  undecided: count.describe('claim × rule pairs that could not be judged'),
  by_rule: z.array(
    z.object({
      rule_code: z.string(),
      name: messageSchema,
      verdict: z.enum(verdicts),
      findings: count,
      amount: z.string(),
    }),
  ),
  by_institution: z
    .array(
      z.object({
        fixmedins_code: z.string(),
        fixmedins_name: z.string().nullable(),
        findings: count,
        amount: z.string(),
      }),
    )
    .describe('the ten with most money at stake'),
  by_month: z.array(z.object({ month: z.string(), claims: count, findings: count, amount: z.string() })),
  undecided_by_rule: z.array(
    z.object({ rule_code: z.string(), name: messageSchema, missing: z.array(z.string()), claims: count }),
  ),
});
export type Overview = z.infer<typeof overviewSchema>;

/** `POST /api/v1/precheck`: what the rules for 事前 say of a visit in the making. Nothing is stored. */
export const precheckSchema = z.object({
  history: z
    .enum(['used', 'left_out'])
    .describe(
      'left_out: the service was too busy to look at the history; `left_out` names the rules that were not judged',
    ),
  rule_set: z.string(),
  findings: z.array(findingSchema),
  undecided: z.array(undecidedSchema),
  left_out: z.array(z.string()),
  whole_days: z
    .array(z.string())
    .describe(
      'rules over windows in force that are not meant for this stage: they judge days of institutions or practitioners afterwards',
    ),
});
export type Precheck = z.infer<typeof precheckSchema>;
