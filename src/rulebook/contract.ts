/** What goes over HTTP about the life of rules: `/api/v1/rulebook/…`. Times are ISO 8601, money is yuan with two decimals, rates are hits per thousand claims. */
import { z } from 'zod';
import { messageSchema } from '../claims/contract.ts';
import { examplesSchema, ruleSchema } from '../rules/contract.ts';
import { findingSchema } from '../screening/contract.ts';
import { actions, consequences, versionStates } from './states-contract.ts';

export const contentHashSchema = z.string().regex(/^[0-9a-f]{64}$/);
export const ruleCodeSchema = ruleSchema.shape.code;
const account = z.string();
const time = z.iso.datetime();
const count = z.int().min(0);
const yuan = z.string().regex(/^-?\d+\.\d{2}$/);

export const rampAreasMax = 50;
export const rampInstitutionsMax = 500;
/** Where a rule holds while it is tried: institutions in areas whose codes begin so, and institutions by name. */
export const rampSchema = z
  .strictObject({
    areas: z
      .array(z.string().regex(/^\d{2,6}$/))
      .max(rampAreasMax)
      .describe('行政区划代码或其前几位'),
    institutions: z.array(z.string().min(1).max(30)).max(rampInstitutionsMax).describe('定点医药机构编号'),
  })
  .refine(({ areas, institutions }) => areas.length + institutions.length > 0, 'names at least one place');
export type Ramp = z.infer<typeof rampSchema>;

const checkIssueSchema = z.object({
  path: z.string().describe('JSON path such as $.conditions.all[1].fact'),
  message: messageSchema,
});
export type CheckIssue = z.infer<typeof checkIssueSchema>;

/** What can be said of a rule's texts as they stand. */
export const checkSchema = z.object({
  issues: z.array(checkIssueSchema).describe('of the document: schema and lint'),
  example_issues: z.array(checkIssueSchema).describe('of the examples: schema'),
  faults: z
    .array(z.object({ example: messageSchema, message: messageSchema }))
    .describe('examples that the rule does not do'),
  notes: z.array(messageSchema).describe('what is no fault and still worth knowing'),
  lint_clean: z.boolean(),
  examples_pass: z.boolean(),
});
export type Check = z.infer<typeof checkSchema>;

const stepSchema = z.object({
  action: z.enum([...actions, ...consequences]),
  account,
  reason: z.string().nullable(),
  at: time,
});

const actionVerdictSchema = z.object({
  action: z.enum(actions),
  allowed: z.boolean(),
  reason: messageSchema.nullable().describe('why not'),
});

export const versionRowSchema = z.object({
  content_hash: contentHashSchema,
  code: z.string(),
  version: z.string().describe('12 hex digits, as findings name it'),
  name: messageSchema,
  state: z.enum(versionStates),
  origin: z.enum(['shipped', 'written']),
  author: account,
  based_on: contentHashSchema.nullable(),
  created_at: time,
});
export type VersionRow = z.infer<typeof versionRowSchema>;

const inForceSchema = z.object({
  content_hash: contentHashSchema,
  version: z.string(),
  ramp: rampSchema.nullable().describe('null: everywhere'),
  account,
  at: time,
});

export const draftRowSchema = z.object({
  code: z.string(),
  author: account,
  based_on: contentHashSchema.nullable(),
  updated_at: time,
});

/** `GET /rulebook/rules`: every rule that ever was, by code. */
export const rulebookListSchema = z.object({
  generation: z.int().describe('number of the rule set in force'),
  rule_set: z.string().describe('version of the rule set, as audit events name it'),
  rules: z.array(
    z.object({
      code: z.string(),
      name: messageSchema,
      active: inForceSchema.nullable(),
      shadow: inForceSchema.nullable(),
      latest: versionRowSchema,
      versions: count,
    }),
  ),
  drafts: z.array(draftRowSchema).describe('of everybody'),
});
export type RulebookList = z.infer<typeof rulebookListSchema>;

export const runKinds = ['backtest', 'replay'] as const;
export const runSubjects = ['rule', 'table'] as const;
/** What a replay judges again: claims of persons, days of institutions and practitioners (rules over windows), or both. */
export const replayScopes = ['persons', 'windows', 'all'] as const;
export type ReplayScope = (typeof replayScopes)[number];
export const runStates = ['waiting', 'done', 'cancelled', 'failed'] as const;
export const runSchema = z.object({
  id: z.string(),
  kind: z.enum(runKinds),
  subject: z.enum(runSubjects),
  code: z.string().describe('of the rule, or the name of the knowledge table'),
  content_hash: contentHashSchema.nullable(),
  base_hash: contentHashSchema
    .nullable()
    .describe('the active version it is compared with; null: there was none'),
  scope: z
    .enum(replayScopes)
    .describe('replay: what is judged again; windows: days of institutions and doctors, after their persons'),
  state: z.enum(runStates).describe('waiting: waits or runs'),
  account,
  created_at: time,
  finished_at: time.nullable(),
  error: z.string().nullable(),
  persons_total: count.describe('known when it began; more may have come since'),
  persons: count,
  claims: count.describe('settlements judged'),
  undecided: count.describe('of them, how many the version could not judge'),
  alarms: count,
  created: count.describe('replay: findings that came'),
  changed: count,
  withdrawn: count,
});
export type Run = z.infer<typeof runSchema>;

/** `GET /rulebook/rules/:code` */
export const ruleHistorySchema = z.object({
  code: z.string(),
  versions: z.array(versionRowSchema).describe('newest first'),
  activations: z.array(
    z.object({
      id: z.int(),
      mode: z.enum(['active', 'shadow']),
      content_hash: contentHashSchema.nullable().describe('null: taken out'),
      ramp: rampSchema.nullable(),
      account,
      at: time,
    }),
  ),
  drafts: z.array(draftRowSchema),
  runs: z.array(runSchema).describe('newest first'),
  may_roll_back: actionVerdictSchema,
});
export type RuleHistory = z.infer<typeof ruleHistorySchema>;

const rateSchema = z.object({
  low: z
    .number()
    .nullable()
    .describe('lowest and highest monthly rate of the backtest; null: it promised none'),
  high: z.number().nullable(),
  factor: z.number().describe('left when below low ÷ factor or above high × factor'),
  window_claims_max: z.int(),
  claims: count.describe('judged on the stream'),
  hits: count,
  window_claims: count,
  window_hits: count,
  last_rate: z.number().nullable().describe('of the last full window'),
  skipped_batches: count.describe('in shadow, for want of time'),
  skipped_claims: count,
});

/** `GET /rulebook/versions/:content_hash` */
export const versionDetailSchema = versionRowSchema.extend({
  document: ruleSchema,
  examples: examplesSchema.nullable(),
  check: checkSchema.describe('by the knowledge tables of today'),
  steps: z.array(stepSchema),
  actions: z.array(actionVerdictSchema).describe('for who asks'),
  ramp: rampSchema.nullable(),
  backtest: runSchema.nullable().describe('the last one that is done'),
  rate: rateSchema.nullable(),
  shadow: z
    .object({ findings: count, amount: yuan, samples: z.array(findingSchema) })
    .nullable()
    .describe('what it said in the shadow of the stream'),
});
export type VersionDetail = z.infer<typeof versionDetailSchema>;

/** `GET /rulebook/diff?from=…&to=…` */
export const diffQuerySchema = z.strictObject({ from: contentHashSchema, to: contentHashSchema });
export const changeSchema = z.object({
  path: z.string().describe('where in the document'),
  kind: z.enum(['added', 'removed', 'changed']),
  text: messageSchema,
});
export type Change = z.infer<typeof changeSchema>;
export const diffSchema = z.object({
  from: versionRowSchema,
  to: versionRowSchema,
  changes: z.array(changeSchema),
  examples_changed: z.boolean(),
});
export type Diff = z.infer<typeof diffSchema>;

const texts = {
  document: z
    .string()
    .max(256 * 1024)
    .describe('JSON of the rule, as typed'),
  examples: z
    .string()
    .max(512 * 1024)
    .describe('JSON of the examples, as typed'),
};
/** `POST /rulebook/check`: nothing is stored. */
export const checkRequestSchema = z.strictObject({ code: ruleCodeSchema, ...texts });
/** `POST /rulebook/drafts/:code` */
export const draftSaveSchema = z.strictObject({ ...texts, based_on: contentHashSchema.nullable() });
/** `GET /rulebook/drafts/:code`: one's own. */
export const draftSchema = draftRowSchema.extend({
  document: z.string(),
  examples: z.string(),
  check: checkSchema,
});
export type Draft = z.infer<typeof draftSchema>;
export const draftDiscardedSchema = z.object({ discarded: z.literal(true) });

const reason = z.string().trim().min(1).max(500);
export const noReasonSchema = z.strictObject({});
export const reasonSchema = z.strictObject({ reason });
export const activateSchema = z.strictObject({ ramp: rampSchema.nullable() });

/** What every step answers with. */
export const stepAnswerSchema = z.object({
  version: versionRowSchema,
  replay: runSchema
    .nullable()
    .describe('stored claims are judged again; null: what is in force did not change'),
  unreached: z
    .array(z.string())
    .describe(
      'of an activation: areas and institutions named in the ramp where the backtest saw no institution',
    ),
});
export type StepAnswer = z.infer<typeof stepAnswerSchema>;

const sumSchema = z.object({ findings: count, amount: yuan });
const sumsSchema = z.object({
  claims: count,
  new: sumSchema.describe('found by this version only'),
  lost: sumSchema.describe('found by the active version only'),
  same: sumSchema
    .extend({ amount_before: yuan, changed: count.describe('of them, with another amount') })
    .describe('found by both'),
  rate: z.number().nullable().describe('hits of this version per thousand claims; null: no claims'),
  rate_before: z.number().nullable(),
});
export type Sums = z.infer<typeof sumsSchema>;

/** Found by the version only, by the active one only, by both. */
export const sampleKinds = ['new', 'lost', 'same'] as const;
export type SampleKind = (typeof sampleKinds)[number];
export const backtestCellsMax = 1_000;
/** `GET /rulebook/runs/:id`; results are those so far. */
export const runDetailSchema = z.object({
  run: runSchema,
  results: z
    .object({
      total: sumsSchema,
      by_institution: z.array(sumsSchema.extend({ fixmedins_code: z.string() })),
      by_month: z.array(sumsSchema.extend({ month: z.string() })),
      band: z
        .object({ low: z.number(), high: z.number() })
        .nullable()
        .describe('monthly rates seen; null: no claims'),
      precision: z
        .object({
          labelled: count,
          precision: z.number().nullable(),
          note: messageSchema.nullable(),
        })
        .describe('of findings whose cases are closed'),
      samples: z.object({
        new: z.array(findingSchema),
        lost: z.array(findingSchema),
        same: z.array(findingSchema),
      }),
    })
    .nullable()
    .describe('null: a replay'),
});
export type RunDetail = z.infer<typeof runDetailSchema>;

/** `GET /rulebook/runs`: the last ones. */
export const runsSchema = z.object({ runs: z.array(runSchema) });

export const noticesShownMax = 100;
export const noticeSchema = z.object({
  id: z.string(),
  code: z.string(),
  content_hash: contentHashSchema,
  kind: z.enum(['rate_left_band']),
  detail: z.object({
    rate: z.number(),
    low: z.number(),
    high: z.number(),
    claims: count,
    hits: count,
    state: z.enum(versionStates),
  }),
  created_at: time,
  seen_by: account.nullable(),
  seen_at: time.nullable(),
});
export type Notice = z.infer<typeof noticeSchema>;
export const noticesSchema = z.object({ notices: z.array(noticeSchema) });
