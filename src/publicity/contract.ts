/**
 * What is published, and what goes over HTTP about it. A document is made of the fields that stand here and of no others: what is not
 * listed cannot be published. Money in fen; days `yyyy-MM-dd`, months `yyyy-MM`, in Asia/Shanghai.
 */
import { z } from 'zod';
import { messageSchema } from '../claims/contract.ts';

export const publicationKinds = ['penalty', 'grade', 'typical_case', 'statistics'] as const;
/** Kinds of checks beside the draws, as they are published. */
export const plannedChecks = ['daily', 'special', 'flight', 'key', 'expert', 'recheck'] as const;
export const publicationKindSchema = z.enum(publicationKinds);
export type PublicationKind = z.infer<typeof publicationKindSchema>;

export const titleCharsMax = 60;
export const storyCharsMax = 2_000;
export const reasonCharsMax = 500;
export const publicPageSize = 20;
export const exportRowsMax = 10_000;
/** Of cases, grades and months that wait to be published. */
export const dueMax = 200;
export const waitingMax = 200;
export const areasMax = 200;
export const classesMax = 20;

const day = z.iso.date();
const count = z.int().min(0);
const fen = z.int().min(0);
const short = z.string().max(200);
export const area = z.string().regex(/^\d{6}$/);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** Institutions, agencies and companies by code and name; of persons only that it is one. */
const partySchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.enum(['institution', 'agency', 'company']),
    code: z.string().max(64),
    name: short.nullable(),
  }),
  z.strictObject({ kind: z.enum(['person', 'other']) }),
]);
export type Party = z.infer<typeof partySchema>;

export const penaltyDocumentSchema = z.strictObject({
  kind: z.literal('penalty'),
  decision_no: short.nullable().describe('number of the decision; null: of a summary procedure without one'),
  party: partySchema,
  cause: short,
  conduct: short,
  basis: short,
  decided_on: day,
  area,
  refund_fen: fen,
  fine_fen: fen,
  suspension_months: z.int().min(0).max(12),
  ends_agreement: z.boolean(),
});

export const gradeDocumentSchema = z.strictObject({
  kind: z.literal('grade'),
  party: partySchema,
  scheme: z.strictObject({ code: short, name: messageSchema, is_example: z.boolean() }),
  as_of: day,
  grade: z.strictObject({ code: short, name: messageSchema }),
  points_hundredths: z.int().nullable(),
});

const story = z.string().trim().min(10).max(storyCharsMax);
export const storySchema = z.strictObject({
  title: z.string().trim().min(4).max(titleCharsMax),
  facts: story,
  handling: story,
  lesson: story,
});
export type Story = z.infer<typeof storySchema>;

export const typicalCaseDocumentSchema = z.strictObject({
  kind: z.literal('typical_case'),
  ...storySchema.shape,
  cause: short,
  basis: short,
  area,
  refund_fen: fen,
  fine_fen: fen,
});

/** `null`: too few persons to be told, or withheld so that those cannot be calculated. */
const cellSchema = z.strictObject({ findings: count.nullable(), amount_fen: fen.nullable() });
export type PublishedCell = z.infer<typeof cellSchema>;

export const statisticsDocumentSchema = z.strictObject({
  kind: z.literal('statistics'),
  month: z.string().regex(/^\d{4}-\d{2}$/),
  persons_min: z.int().min(2).describe('cells of fewer persons are withheld'),
  areas: z
    .array(z.string().regex(/^(\d{6}|other)$/))
    .max(areasMax)
    .describe('行政区划; other: institutions outside the national coding'),
  pools: z
    .array(z.string().regex(/^\d{4}00$/))
    .max(areasMax)
    .optional()
    .describe('统筹区 of several areas, where there is more than one 统筹区'),
  classes: z.array(short).max(classesMax).describe('类别 of the rules'),
  cells: z
    .array(z.array(cellSchema).max(classesMax + 1))
    .max(2 * areasMax + 1)
    .describe(
      'by area, then 统筹区, then the total, and by class; the last column is the total. Without a total: rows of the area asked for',
    ),
});
export type StatisticsDocument = z.infer<typeof statisticsDocumentSchema>;

export interface StatisticsRow {
  readonly level: 'area' | 'pool' | 'total';
  /** `null`: of the total. */
  readonly area: string | null;
  readonly cells: readonly PublishedCell[];
}

/** The rows with what each is of. */
export const statisticsRows = ({ areas, pools = [], cells }: StatisticsDocument): StatisticsRow[] =>
  cells.map((row, place) => {
    const pool = pools[place - areas.length];
    if (place < areas.length) return { level: 'area', area: areas[place] ?? null, cells: row };
    return pool === undefined
      ? { level: 'total', area: null, cells: row }
      : { level: 'pool', area: pool, cells: row };
  });

export const publicDocumentSchema = z.discriminatedUnion('kind', [
  penaltyDocumentSchema,
  gradeDocumentSchema,
  typicalCaseDocumentSchema,
  statisticsDocumentSchema,
]);
export type PublicDocument = z.infer<typeof publicDocumentSchema>;

export const versionActions = ['publish', 'correct', 'withdraw'] as const;
export type VersionAction = (typeof versionActions)[number];

/** A version that was published, as everybody sees it; what was replaced or withdrawn is named and not shown. */
const publicVersionSchema = z.object({
  version: z.int().min(1),
  action: z.enum(versionActions),
  published_on: day,
  reason: z.string().nullable().describe('of a correction or withdrawal'),
  sha256: sha256.nullable().describe('of the document; null: of a withdrawal'),
  state: z.enum(['current', 'corrected', 'withdrawn']),
});
export type PublicVersion = z.infer<typeof publicVersionSchema>;

export const publicItemSchema = z.object({
  id: z.int().min(1),
  document: publicDocumentSchema.nullable().describe('null: withdrawn'),
  versions: z.array(publicVersionSchema).min(1).describe('the newest first'),
});
export type PublicItem = z.infer<typeof publicItemSchema>;

/** Of lists for everybody: a district, or a 统筹区 (`330700`) or province (`330000`) with everything in it; without it all. */
const asked = area.optional().describe('行政区划代码');

/** `GET /public/publications` */
export const publicQuerySchema = z.strictObject({
  kind: publicationKindSchema,
  area: asked,
  page: z.coerce.number().int().min(1).max(100_000).default(1),
});
export type PublicQuery = z.infer<typeof publicQuerySchema>;
/** Areas that occur in the list as a whole, whatever was asked for. */
const areas = z.array(area).max(areasMax);
export const publicPageSchema = z.object({ total: count, items: z.array(publicItemSchema), areas });
export type PublicPage = z.infer<typeof publicPageSchema>;

/** A check beside the draws; what is not told of it yet is null. */
export const publicCheckSchema = z.object({
  id: z.int().min(1),
  kind: z.enum(plannedChecks),
  party: partySchema
    .nullable()
    .describe('null: the time is over and it is not done, but nobody was to know of it'),
  area: z.string().nullable().describe('行政区划'),
  from_day: day,
  due_day: day.describe('last day'),
  recheck_of: z.int().nullable().describe('the check that ordered to correct'),
  checked_on: day.nullable(),
  result: messageSchema.nullable(),
  overdue: z.boolean().describe('checked, and not published in time; or due and not checked'),
});
export type PublicCheck = z.infer<typeof publicCheckSchema>;

/** `GET /public/checks` */
export const checksQuerySchema = z.strictObject({
  area: asked,
  page: z.coerce.number().int().min(1).max(100_000).default(1),
});
export type ChecksQuery = z.infer<typeof checksQuerySchema>;
export const publicChecksSchema = z.object({ total: count, items: z.array(publicCheckSchema), areas });
export type PublicChecks = z.infer<typeof publicChecksSchema>;

export const exportQuerySchema = z.strictObject({ area: asked });
export const exportKinds = ['draws', 'results', 'checks', ...publicationKinds] as const;
export type ExportKind = (typeof exportKinds)[number];
export const exportForms = ['csv', 'json'] as const;
export type ExportForm = (typeof exportForms)[number];

/** What a publication is made of: number of the case, subject and scheme of the grade, or month. */
const sourceSchema = z.string().min(1).max(140);

export const dueSchema = z.object({
  kind: publicationKindSchema,
  source: sourceSchema,
  title: z.string(),
  action: z.enum(versionActions),
  last_day: day.describe('the last day on which it is in time'),
  is_late: z.boolean(),
  standing: z.enum(['正式', '示例']).describe('of the period'),
});
export type Due = z.infer<typeof dueSchema>;

export const waitingActs = ['approve', 'reject', 'take_back'] as const;
export type WaitingAct = (typeof waitingActs)[number];

export const waitingSchema = z.object({
  id: z.int().min(1),
  kind: publicationKindSchema,
  title: z.string(),
  action: z.enum(versionActions),
  reason: z.string().nullable(),
  document: publicDocumentSchema.nullable(),
  sha256: sha256.nullable(),
  account: z.string(),
  at: z.iso.datetime(),
  refusals: z
    .record(z.enum(waitingActs), messageSchema.nullable())
    .describe('why whoever asks may not; null: they may'),
});
export type Waiting = z.infer<typeof waitingSchema>;

/** `GET /publicity` */
export const publicityDeskSchema = z.object({
  due: z.array(dueSchema),
  waiting: z.array(waitingSchema),
  closed_cases: z
    .array(z.object({ source: sourceSchema, title: z.string() }))
    .describe('of which a typical case can be written'),
});
export type PublicityDesk = z.infer<typeof publicityDeskSchema>;

/** `GET /publicity/publications` */
export const publishedItemSchema = publicItemSchema.extend({
  source: sourceSchema,
  title: z.string(),
  is_waiting: z.boolean().describe('a later version waits for its approval'),
});
export type PublishedItem = z.infer<typeof publishedItemSchema>;
export const publishedPageSchema = z.object({ total: count, items: z.array(publishedItemSchema) });
export type PublishedPage = z.infer<typeof publishedPageSchema>;

/** `POST /publicity/preview` and, with what was seen, `POST /publicity/versions`. */
export const draftSchema = z.strictObject({
  kind: publicationKindSchema,
  source: sourceSchema,
  story: storySchema.nullable().default(null).describe('of a typical case'),
});
export type Draft = z.infer<typeof draftSchema>;
export const previewSchema = z.object({ document: publicDocumentSchema, sha256, title: z.string() });
export type Preview = z.infer<typeof previewSchema>;

const reason = z.string().trim().min(2).max(reasonCharsMax);
export const prepareSchema = z.discriminatedUnion('action', [
  draftSchema.extend({ action: z.literal('publish'), sha256: sha256.describe('of what was previewed') }),
  draftSchema.extend({ action: z.literal('correct'), sha256, reason }),
  z.strictObject({
    action: z.literal('withdraw'),
    kind: publicationKindSchema,
    source: sourceSchema,
    reason,
  }),
]);
export type Prepare = z.infer<typeof prepareSchema>;

/** `POST /publicity/versions/:id/:act` */
export const decideVersionSchema = z.strictObject({
  sha256: sha256.nullable().describe('of the document that was looked at'),
  reason: z.string().trim().max(reasonCharsMax).default(''),
});
export type DecideVersion = z.infer<typeof decideVersionSchema>;
export const doneSchema = z.object({ id: z.int().min(1) });
