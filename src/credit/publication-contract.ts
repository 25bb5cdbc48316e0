/** What goes over HTTP: subjects with their scores, entries, and the way of a grade from notice to publication. */
import { z } from 'zod';
import { entrySchema, hashPattern, subjectKindSchema, subjectSchema } from './contract.ts';
import { objectionPeriodSchema } from './scheme-contract.ts';
import { scoreSchema, suspensionSchema } from './score-contract.ts';

export const subjectsPageMax = 50;
export const suspensionsMax = 10_000;
/** Entries of one subject that are read for a score. */
export const subjectEntriesMax = 10_000;

const messageSchema = z.strictObject({ zh: z.string(), en: z.string() });
const seqSchema = z.int().min(1);
const dayTextSchema = z.string();
const schemeCodeSchema = z.string().regex(/^[A-Z][A-Z0-9-]{2,31}$/);

export const schemeRowSchema = z.strictObject({
  code: z.string(),
  area: z.string(),
  name: messageSchema,
  is_example: z.boolean(),
  method: z.enum(['natural_year', 'base_points', 'levels']),
  subjects: z.array(subjectKindSchema),
  effective: z.strictObject({ from: dayTextSchema, to: dayTextSchema.nullable() }),
  objection_period: objectionPeriodSchema,
  basis: z.array(z.strictObject({ document: z.string(), says: messageSchema })),
  facts: z.array(z.strictObject({ fact: z.string(), name: messageSchema })),
  examples: z.int(),
});
export const schemesSchema = z.strictObject({ items: z.array(schemeRowSchema) });
export type CreditSchemes = z.infer<typeof schemesSchema>;

export const subjectsQuerySchema = z.strictObject({
  kind: subjectKindSchema.default('institution'),
  /** `first_seq` of the last subject of the page before. */
  after: z.coerce.number().int().min(1).optional(),
});
export type SubjectsQuery = z.infer<typeof subjectsQuerySchema>;
const gradeSchema = z.strictObject({
  scheme: z.string(),
  is_example: z.boolean(),
  code: z.string(),
  name: messageSchema,
  rank: z.int(),
  points_hundredths: z.int().nullable(),
});
const nameSchema = z.string().nullable().describe('of an institution with claims; persons are never named');
export const subjectRowSchema = z.strictObject({
  /** Number of the subject's first entry: its address, so that no key of a person stands in one. */
  first_seq: seqSchema,
  subject: subjectSchema,
  subject_name: nameSchema,
  entries: z.int(),
  last_day: dayTextSchema,
  grades: z.array(gradeSchema),
  open_objections: z.int(),
});
export type SubjectRow = z.infer<typeof subjectRowSchema>;
export const subjectsPageSchema = z.strictObject({
  as_of: dayTextSchema,
  items: z.array(subjectRowSchema),
  next: seqSchema.nullable(),
});
export type SubjectsPage = z.infer<typeof subjectsPageSchema>;

export const publicationStates = ['noticed', 'objected', 'published', 'withdrawn'] as const;
export type PublicationState = (typeof publicationStates)[number];
export const publicationActions = ['object', 'decide', 'publish', 'withdraw'] as const;
export type PublicationAction = (typeof publicationActions)[number];

export const objectionSchema = z.strictObject({
  id: z.int(),
  reference: z.string(),
  reason: z.string(),
  account: z.string(),
  raised_at: z.string(),
  outcome: z.enum(['upheld', 'rejected']).nullable(),
  decision_reference: z.string().nullable(),
  decision_reason: z.string().nullable(),
  decided_by: z.string().nullable(),
  decided_at: z.string().nullable(),
});
export type Objection = z.infer<typeof objectionSchema>;

export const publicationSchema = z.strictObject({
  id: z.int(),
  scheme_code: z.string(),
  as_of: dayTextSchema,
  grade: z.string(),
  grade_name: messageSchema,
  points_hundredths: z.int().nullable(),
  state: z.enum(publicationStates),
  objection_until: dayTextSchema,
  account: z.string(),
  published_by: z.string().nullable(),
  withdrawn_by: z.string().nullable(),
  withdrawn_reason: z.string().nullable(),
  /** Whether the ledger leads to the same grade and points today. */
  is_still_so: z.boolean(),
  created_at: z.string(),
  objections: z.array(objectionSchema),
  /** Why an action is not possible for whoever asks; `null`: it is. */
  refusals: z.record(z.enum(publicationActions), messageSchema.nullable()),
});
export type Publication = z.infer<typeof publicationSchema>;

export const subjectDetailSchema = z.strictObject({
  first_seq: seqSchema,
  subject: subjectSchema,
  subject_name: nameSchema,
  as_of: dayTextSchema,
  scores: z.array(scoreSchema),
  entries: z.array(z.strictObject({ entry: entrySchema, hash: z.string().regex(hashPattern) })),
  publications: z.array(publicationSchema),
  /** Why no notice can be given by whoever asks, by code of the scheme; `null`: it can. */
  notice_refusals: z.record(z.string(), messageSchema.nullable()),
});
export type SubjectDetail = z.infer<typeof subjectDetailSchema>;

export const recordedSchema = z.strictObject({
  seq: seqSchema,
  hash: z.string().regex(hashPattern),
  /** Address of the subject. */
  first_seq: seqSchema,
});
export type Recorded = z.infer<typeof recordedSchema>;

export const noticeSchema = z.strictObject({ scheme: schemeCodeSchema });
const referenceSchema = z.string().trim().min(1).max(200);
const reasonSchema = z.string().trim().min(2).max(2_000);
export const objectSchema = z.strictObject({ reference: referenceSchema, reason: reasonSchema });
export const decideSchema = z
  .strictObject({
    outcome: z.enum(['upheld', 'rejected']),
    reference: referenceSchema,
    reason: reasonSchema,
    /** Entries that no longer hold because of it. */
    revokes: z.array(seqSchema).max(50),
  })
  .refine(({ outcome, revokes }) => (outcome === 'upheld') === revokes.length > 0, {
    message: '异议成立须指明撤销哪些条目；不成立则不撤销 / an objection that is upheld names what it revokes',
    path: ['revokes'],
  });
export type NewObjection = z.infer<typeof objectSchema>;
export type Decision = z.infer<typeof decideSchema>;
export const publishSchema = z.strictObject({});
export const withdrawSchema = z.strictObject({ reason: reasonSchema });

export const suspensionsSchema = z.strictObject({
  as_of: dayTextSchema,
  scheme: z.string(),
  items: z.array(z.strictObject({ subject: subjectSchema, ...suspensionSchema.shape })),
});
export type Suspensions = z.infer<typeof suspensionsSchema>;

/** `POST /api/v1/credit/gather`: what decided cases and answers of institutions say and the ledger does not have yet. */
export const gatherSchema = z.strictObject({});
export const gatheredSchema = z.object({
  entered: z.int().min(0),
  refused: z.int().min(0).describe('what the schemes would not take: to be entered by people'),
  revoked: z.int().min(0).describe('what was taken back because it no longer holds'),
});
export type Gathered = z.infer<typeof gatheredSchema>;
