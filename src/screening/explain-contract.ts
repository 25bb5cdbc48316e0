/** What goes over HTTP about why a rule hits a claim, and why it does not. */
import { z } from 'zod';
import { messageSchema } from '../claims/contract.ts';
import { type Json, jsonSchema, type Operator, operators, ruleSchema, verdicts } from '../rules/contract.ts';

/** Candidates whose trees are shown, the nearest first. */
export const candidatesShownMax = 20;
/** Candidates of one rule whose nearness is measured; the verdict rests on all of them. */
export const candidatesMeasuredMax = 2_000;
/** The same where all rules are looked at. */
export const nearCandidatesMax = 500;
/** Rules that are listed as near. */
export const nearRulesMax = 20;
/** Rules that are further away are not near: more than one comparison of another kind would have to come out otherwise. */
export const nearDistanceMax = 1;
/** Lines of a group that are named. */
export const groupLinesMax = 20;
/** Items of a list that are shown; the comparison looks at all of them. */
export const listItemsMax = 50;
/** Larger trees are not shown. */
export const treeNodesMax = 1_000;
/** Of windows with more visits only those sets are looked at that could be hits. */
export const windowExplainedMax = 2_000;
/** Days that count as far away: a date that is missed by as many is as wrong as one can be. */
export const farDays = 30;

/** `unknown`: cannot be judged. */
export const explainedOutcomes = ['hit', 'no', 'unknown'] as const;
const outcomeSchema = z.enum(explainedOutcomes);
export type ExplainedOutcome = z.infer<typeof outcomeSchema>;

/**
 * The tree of a finding, with what two outcomes cannot say. `result` is what json-rules-engine reports of a hit; `decides` marks the
 * comparisons that would have to come out otherwise, or to be known, for the candidate to be a hit.
 */
export type ExplainedNode = ExplainedBranch | ExplainedLeaf;
export interface ExplainedBranch {
  op: 'all' | 'any' | 'not';
  result: boolean;
  outcome: ExplainedOutcome;
  of: ExplainedNode[];
}
export interface ExplainedLeaf {
  op: 'leaf';
  result: boolean;
  outcome: ExplainedOutcome;
  fact: string;
  path?: string | undefined;
  operator: Operator;
  actual: Json;
  expected: Json;
  unit?: string | undefined;
  unstated?: ('actual' | 'expected')[] | undefined;
  decides: boolean;
  distance?: number | undefined;
  hidden?: true | undefined;
}

export const explainedLeafSchema = z.object({
  op: z.literal('leaf'),
  result: z.boolean(),
  outcome: outcomeSchema,
  fact: z.string(),
  path: z.string().optional(),
  operator: z.enum(operators),
  actual: jsonSchema,
  expected: jsonSchema,
  unit: z.string().optional().describe('of both values, where there is one'),
  unstated: z
    .array(z.enum(['actual', 'expected']))
    .optional()
    .describe('the source does not say; otherwise null is known to be absent'),
  decides: z.boolean(),
  distance: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe('of a comparison of numbers or dates that decides: how far off it is'),
  hidden: z
    .literal(true)
    .optional()
    .describe('the value rests on claims that are not in sight, and is not shown'),
});
export const explainedNodeSchema: z.ZodType<ExplainedNode> = z.lazy(() =>
  z.union([
    z.object({
      op: z.enum(['all', 'any', 'not']),
      result: z.boolean(),
      outcome: outcomeSchema,
      of: z.array(explainedNodeSchema),
    }),
    explainedLeafSchema,
  ]),
);

export const explainedLineSchema = z.object({
  setl_id: z.string(),
  fixmedins_code: z.string(),
  feedetl_sn: z.string(),
  med_list_codg: z.string(),
  item_name: z.string(),
  fee_ocur_time: z.string(),
});

/**
 * How near a candidate that is no hit came to being one. `failed`: comparisons that would have to come out otherwise, on the way that needs
 * the least. `distance`: the sum of theirs – 0 to 1 each: for numbers the way to the limit relative to the greater of the two, for dates the
 * days in `farDays`, for anything else 1. The smaller, the nearer; 0 is a value exactly at a limit that it would have to cross.
 */
const nearnessShape = {
  failed: z.int().min(0),
  distance: z
    .number()
    .min(0)
    .nullable()
    .describe('null: the rule says nothing of it, or it rests on what is not in sight'),
  absent: z
    .boolean()
    .describe('something that is compared does not exist – no row of the table, no date of death'),
} as const;

export const subjectSchema = z.object({
  unit: z.enum(['claim', 'line', 'diagnosis', 'group', 'window']),
  lines: z.array(explainedLineSchema).describe('the line, or those of the group that are in sight'),
  lines_total: z.int(),
  diagnosis: z.object({ diag_code: z.string(), diag_name: z.string().nullable() }).nullable(),
  window: z
    .object({
      day: z.string(),
      practitioner: z.string().nullable(),
      claims: z.int().describe('settlements of the day'),
      persons: z.int().describe('of the day'),
    })
    .optional(),
});
export type Subject = z.infer<typeof subjectSchema>;

export const explainedCandidateSchema = z.object({
  subject: subjectSchema,
  outcome: outcomeSchema,
  missing: z.array(z.string()).describe('what is not known and could change the outcome'),
  ...nearnessShape,
  tree: explainedNodeSchema.nullable().describe('null: it cannot even be told what is to be judged'),
});
export type ExplainedCandidate = z.infer<typeof explainedCandidateSchema>;

export const reasonCodes = [
  'refund',
  'refunded',
  'kind',
  'dates',
  'ramp',
  'no_lines',
  'no_diagnoses',
  'items',
  'grouped_elsewhere',
  'apart',
  'window_too_large',
  'unmatched_refund',
] as const;
export const reasonSchema = z.object({ code: z.enum(reasonCodes), message: messageSchema });
export type ExplainReason = z.infer<typeof reasonSchema>;

export const explainedClaimSchema = z.object({
  fixmedins_code: z.string(),
  fixmedins_name: z.string().nullable(),
  setl_id: z.string(),
  content_hash: z.string(),
  med_type: z.string(),
  begntime: z.string(),
  endtime: z.string().nullable(),
  lines: z.int(),
});

export const ruleVerdictSchema = z
  .enum([...explainedOutcomes, 'not_applicable'])
  .describe('of the claim as a whole: the verdict of the stream');
export type RuleVerdict = z.infer<typeof ruleVerdictSchema>;

const findingBriefSchema = z.object({ finding_id: z.string(), message: messageSchema, amount: z.string() });

/** A settlement as addresses name it: both parts encoded, so that neither can hold the separator. */
export const claimParam = (fixmedins_code: string, setl_id: string): string =>
  `${encodeURIComponent(fixmedins_code)}/${encodeURIComponent(setl_id)}`;

export interface NamedClaim {
  readonly fixmedins_code: string;
  readonly setl_id: string;
}

/** `null`: the text names none. */
export function namedClaim(text: string): NamedClaim | null {
  const [institution = '', settlement = '', ...rest] = text.split('/');
  try {
    const [fixmedins_code, setl_id] = [decodeURIComponent(institution), decodeURIComponent(settlement)];
    return rest.length > 0 || fixmedins_code === '' || setl_id === '' ? null : { fixmedins_code, setl_id };
  } catch {
    return null;
  }
}

const claimTextMax = 400;
const claimTextSchema = z
  .string()
  .max(claimTextMax)
  .refine((text) => namedClaim(text) !== null, 'fixmedins_code/setl_id, each percent-encoded')
  .describe('fixmedins_code/setl_id, each percent-encoded');

/** `GET /api/v1/explain` */
export const explainQuerySchema = z.strictObject({
  claim: claimTextSchema,
  rule: z
    .string()
    .regex(/^(FW-[A-Z0-9]+(-[A-Z0-9]+)*|[0-9a-f]{64})$/)
    .max(64)
    .describe('the code of a rule, or the content hash of a version'),
  version: z
    .string()
    .regex(/^([0-9a-f]{12}|[0-9a-f]{64})$/)
    .optional()
    .describe('as findings name it, or a content hash; absent: the version in force'),
});
export type ExplainQuery = z.infer<typeof explainQuerySchema>;

export const explanationSchema = z.object({
  claim: explainedClaimSchema,
  rule: z.object({
    code: z.string(),
    version: z.string(),
    content_hash: z.string().nullable(),
    state: z.string().describe('active, shadow, review …'),
    in_force: z.boolean(),
    document: ruleSchema,
    tables: z.record(z.string(), z.string()).describe('consulted as they are now, with their versions'),
  }),
  verdict: ruleVerdictSchema,
  reasons: z.array(reasonSchema).describe('why the rule says nothing of this claim'),
  missing: z.array(z.string()),
  findings: z.array(findingBriefSchema).describe('what it finds on this claim'),
  candidates: z.array(explainedCandidateSchema).describe(`at most ${candidatesShownMax}, the nearest first`),
  candidates_total: z.int(),
});
export type Explanation = z.infer<typeof explanationSchema>;

/** `GET /api/v1/explain/near` */
export const nearQuerySchema = z.strictObject({ claim: claimTextSchema });

const ruleBriefSchema = z.object({
  rule_code: z.string(),
  rule_version: z.string(),
  name: messageSchema,
  verdict: z.enum(verdicts),
});
export const nearRuleSchema = ruleBriefSchema.extend({
  subject: subjectSchema,
  ...nearnessShape,
  deciding: z.array(explainedLeafSchema).describe('the comparisons that kept it from being a hit'),
});
export type NearRule = z.infer<typeof nearRuleSchema>;

export const nearSchema = z.object({
  claim: explainedClaimSchema,
  rule_set: z.string(),
  reasons: z.array(reasonSchema).describe('why no rule says anything of this claim'),
  counts: z.object({ hit: z.int(), unknown: z.int(), no: z.int(), not_applicable: z.int() }),
  hits: z.array(ruleBriefSchema.extend({ findings: z.array(findingBriefSchema) })),
  unknown: z.array(ruleBriefSchema.extend({ missing: z.array(z.string()) })),
  near: z.array(nearRuleSchema).describe(`at most ${nearRulesMax}, the nearest first`),
});
export type Near = z.infer<typeof nearSchema>;
