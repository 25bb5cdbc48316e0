/**
 * The credit ledger: what is known of a subject, by which document, and what was taken back. There is no entry for a suspicion: the
 * list of bases is closed, and each of them is something that was decided, accepted, found on the spot or put right (《医疗保障基金使用监督
 * 管理条例》第三十三条 asks for credit by what was established, not by what a rule suspects).
 */
import { z } from 'zod';
import { dayOf } from '../platform/civil.ts';

export const subjectKinds = [
  'institution',
  'doctor',
  'pharmacist_nurse',
  'insured_person',
  'company',
] as const;
export const subjectKindSchema = z.enum(subjectKinds);
export type SubjectKind = z.infer<typeof subjectKindSchema>;

/** How a fact was confirmed. */
export const factBases = [
  'case_decision',
  'court_judgment',
  'agreement_handling',
  'accepted_finding',
  'inspection_result',
  'upload_record',
  'self_correction',
  'procurement_record',
] as const;

/** Why an entry no longer holds. */
export const revocationBases = [
  'reconsideration',
  'court_judgment',
  'objection_upheld',
  'correction',
] as const;

/** What was done to make good. */
export const repairBases = ['training', 'correction', 'restitution', 'pledge'] as const;

export const severities = ['minor', 'ordinary', 'serious', 'grave'] as const;
/** 一般、重要、主要责任 (医保发〔2024〕23号). */
export const responsibilities = ['general', 'important', 'main'] as const;

/** Keys are `fixmedins_code`, `dr_codg`, `psn_no` or the 统一社会信用代码 of a company; never a name or an identity number. */
export const subjectSchema = z.strictObject({
  kind: subjectKindSchema,
  key: z.string().min(1).max(64),
});
export type CreditSubject = z.infer<typeof subjectSchema>;

export const hashPattern = /^[0-9a-f]{64}$/;
export const entriesMax = 1_000_000;
export const entryPointsMax = 100;

const daySchema = z
  .string()
  .refine((text) => text.length === 10 && dayOf(text) !== null, 'yyyy-MM-dd')
  .describe('日期 yyyy-MM-dd');
const seqSchema = z.int().min(1).max(Number.MAX_SAFE_INTEGER);
export const factCodeSchema = z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, 'such as fund_fraud');
const groupingSchema = z.string().min(1).max(64).nullable();

const documentSchema = z.strictObject({
  reference: z.string().min(1).max(200),
  /** SHA-256 of the document as it was; `null`: kept elsewhere under its number. */
  sha256: z.string().regex(hashPattern).nullable(),
});

const common = {
  subject: subjectSchema,
  /** Day on which it took effect: of the decision, not of the conduct. */
  day: daySchema,
  /** The document that says so. */
  source: documentSchema,
};

const factShape = {
  entry: z.literal('fact'),
  ...common,
  fact: factCodeSchema,
  basis: z.enum(factBases),
  /** Points that the document itself states, in whole points; `null`: the scheme says how many. */
  points: z.int().min(1).max(entryPointsMax).nullable(),
  severity: z.enum(severities).nullable(),
  responsibility: z.enum(responsibilities).nullable(),
  /** A measure in the unit of the fact: fen of money, per mille of a rate, or days. */
  value: z.int().min(0).max(Number.MAX_SAFE_INTEGER).nullable(),
  /** One inspection or case. */
  event: groupingSchema,
  /** One conduct within the event: several facts of it count once, by the heaviest. */
  act: groupingSchema,
};
const repairShape = {
  entry: z.literal('repair'),
  ...common,
  basis: z.enum(repairBases),
  /** `seq` of the fact that is made good. */
  repairs: seqSchema,
  /** Points remitted; `null`: none stated. */
  points: z.int().min(1).max(entryPointsMax).nullable(),
  /** Days by which a suspension is shortened; `null`: none. */
  days: z.int().min(1).max(1_096).nullable(),
};
const revocationShape = {
  entry: z.literal('revocation'),
  ...common,
  basis: z.enum(revocationBases),
  /** `seq` of the fact or repair that no longer holds. */
  revokes: seqSchema,
};

/** An entry before it has a place in the ledger. */
export const newEntrySchema = z.discriminatedUnion('entry', [
  z.strictObject(factShape),
  z.strictObject(repairShape),
  z.strictObject(revocationShape),
]);
export type NewEntry = z.infer<typeof newEntrySchema>;

const placed = { seq: seqSchema };
const factSchema = z.strictObject({ ...factShape, ...placed });
const repairSchema = z.strictObject({ ...repairShape, ...placed });
const revocationSchema = z.strictObject({ ...revocationShape, ...placed });
export const entrySchema = z.discriminatedUnion('entry', [factSchema, repairSchema, revocationSchema]);
export type CreditEntry = z.infer<typeof entrySchema>;
export type Fact = z.infer<typeof factSchema>;
export type Repair = z.infer<typeof repairSchema>;
export type Revocation = z.infer<typeof revocationSchema>;

const linked = {
  ...placed,
  v: z.literal(1),
  prev_hash: z.string().regex(hashPattern),
  /** UTC with milliseconds. */
  recorded_at: z.iso.datetime(),
};
/** An entry with its link to the one before: the text that is hashed. */
export const linkedEntrySchema = z.discriminatedUnion('entry', [
  z.strictObject({ ...factShape, ...linked }),
  z.strictObject({ ...repairShape, ...linked }),
  z.strictObject({ ...revocationShape, ...linked }),
]);
export type LinkedEntry = z.infer<typeof linkedEntrySchema>;

const bilingual = z.strictObject({ zh: z.string().min(1).max(500), en: z.string().min(1).max(500) });
export type Message = z.infer<typeof bilingual>;
