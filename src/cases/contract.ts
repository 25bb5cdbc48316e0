/**
 * A case by 《医疗保障行政处罚程序暂行规定》 (Order No. 4 of the NHSA): what is done in it, as commands and as the events that are kept.
 * Money in fen. Days are `yyyy-MM-dd`, moments `yyyy-MM-dd HH:mm:ss`, both in Asia/Shanghai.
 */
import { z } from 'zod';
import { givenFenSchema } from '../platform/money-contract.ts';
import { areaPattern } from '../people/permissions.ts';
import { dayOf, secondOf } from '../platform/civil.ts';

export const caseStates = [
  'clue',
  'not_filed',
  'investigating',
  'suspended',
  'reported',
  'in_review',
  'reviewed',
  'notified',
  'hearing',
  'decided',
  'served',
  'closed',
  'terminated',
  'transferred',
] as const;
export type CaseState = (typeof caseStates)[number];
/** While facts are still being found. */
export const takesEvidence = ['clue', 'investigating'] as const satisfies readonly CaseState[];

export const caseRoles = ['case_officer', 'legal_reviewer', 'leader'] as const;
export type CaseRole = (typeof caseRoles)[number];

export const textCharsMax = 4_000;
/** As long as what is published has room for. */
export const partyNameCharsMax = 200;
export const evidenceMax = 2_000;
export const officersMax = 20;
export const caseEventsMax = 10_000;
/** Of one piece as frozen, in UTF-16 units. */
export const contentCharsMax = 2_000_000;

const text = z.string().trim().min(1).max(textCharsMax);
const name = z.string().trim().min(1).max(200);
const fen = givenFenSchema;
const account = z.string().min(1).max(120);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const day = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/)
  .refine((value) => dayOf(value) !== null, 'a day, yyyy-MM-dd');
const moment = z
  .string()
  .length(19)
  .refine((value) => secondOf(value) !== null, 'a moment, yyyy-MM-dd HH:mm:ss');

/** Appendix of the cause dictionary speaks of four kinds of subjects. */
export const subjectKinds = ['agency', 'institution', 'person', 'other'] as const;
export const subjectSchema = z.strictObject({
  kind: z.enum(subjectKinds),
  key: z
    .string()
    .trim()
    .min(1)
    .max(30)
    .describe('fixmedins_code, psn_no or the code of another subject; never a name'),
});
export type Subject = z.infer<typeof subjectSchema>;

/** Whom the documents of a case may name beside the code. Persons, and whoever may be one, never are. */
export const namedSubjectKinds: readonly Subject['kind'][] = ['institution', 'agency'];
const party_name = z
  .string()
  .trim()
  .min(1)
  .max(partyNameCharsMax)
  .regex(/^\P{Cc}*$/u, 'one line')
  .optional()
  .describe(
    'what the party is called, as the documents of the case name it beside its code from then on; of institutions and agencies only, never of a person',
  );

const officerSchema = z.strictObject({
  account,
  certificate: z.string().trim().min(1).max(60).describe('行政执法证号'),
  valid_to: day.describe('the last day on which the certificate holds'),
});
const officers = z.array(officerSchema).min(1).max(officersMax);

/** Article 19: eight kinds of evidence. */
export const evidenceKinds = [
  'documentary',
  'physical',
  'audiovisual',
  'electronic',
  'testimony',
  'statement',
  'appraisal',
  'inspection_record',
] as const;

/** What was judged, as it was: the same claim, rule and knowledge give the same answer years later. */
const frozenFindingSchema = z.strictObject({
  finding_id: z.string().min(1).max(64),
  fixmedins_code: z.string().min(1).max(30),
  setl_id: z.string().min(1).max(30),
  claim_sha256: sha256.describe('content hash of the revision of the claim'),
  rule_code: z.string().min(1).max(60),
  rule_version: z.string().min(1).max(120),
  knowledge_version: z.string().min(1).max(120),
  engine_version: z.string().min(1).max(120),
});

/** Files that belong to one piece: sixty photos of a check and a signature, or what an institution sent with its answer. */
export const evidenceFilesMax = 100;
const evidenceFileSchema = z.strictObject({
  title: name.describe('what it is; never what whoever sent it called it'),
  kind: z.enum(['jpeg', 'png', 'pdf']),
  bytes: z.int().min(1),
  sha256,
});
export type EvidenceFile = z.infer<typeof evidenceFileSchema>;

/** A piece of evidence as events name it; its content lies beside them under its number. */
export const evidenceRefSchema = z.strictObject({
  no: z.int().min(1).max(evidenceMax),
  kind: z.enum(evidenceKinds),
  title: name,
  source: name.describe('where it came from, and who copied it'),
  flagged_fen: fen,
  finding: frozenFindingSchema.nullable(),
  sha256,
  files: z
    .array(evidenceFileSchema)
    .min(1)
    .max(evidenceFilesMax)
    .optional()
    .describe('photos and documents; absent: there are none'),
});
export type EvidenceRef = z.infer<typeof evidenceRefSchema>;

/** Articles of the regulation that punish institutions and persons. */
export const penaltyArticles = ['38', '39', '40', '41'] as const;

export const penaltySchema = z.strictObject({
  article: z.enum(penaltyArticles),
  refund_fen: fen.describe('to be returned to the fund'),
  fine_fen: fen.describe('to the treasury'),
  suspension_months: z
    .int()
    .min(0)
    .max(12)
    .describe('of the department (38, 40) or of direct settlement (41); 0: none'),
  ends_agreement: z.boolean(),
  refused_or_serious: z.boolean().describe('refused to correct, or serious consequences'),
  intent: z.boolean().describe('以骗取医疗保障基金为目的'),
});
export type Penalty = z.infer<typeof penaltySchema>;

/** Article 43. */
export const decisionKinds = [
  'penalty',
  'no_penalty',
  'not_established',
  'to_other_agency',
  'to_judiciary',
] as const;
export const suspensionGrounds = [
  'awaits_other_decision',
  'awaits_interpretation',
  'force_majeure',
  'whereabouts_unknown',
  'other',
] as const;
export const terminationGrounds = ['subject_gone', 'cannot_continue', 'other'] as const;
/** Article 56: four cases. */
export const closingGrounds = ['performed', 'enforcement_ended', 'without_performance', 'other'] as const;
/** Offences that 法发〔2024〕6号 speaks of: articles 266, 312 and 382 of the criminal law. */
export const crimes = ['fraud', 'handling_proceeds', 'embezzlement', 'other'] as const;

export const referralKinds = ['police', 'discipline'] as const;
export type ReferralKind = (typeof referralKinds)[number];
/** Of what has left the agency. */
export const referralStates = [
  'transferred',
  'received',
  'filed',
  'declined',
  'asked_again',
  'asked_supervision',
  'returned',
] as const;
export type ReferralState = (typeof referralStates)[number];

export const stopKinds = ['testing', 'appraisal', 'expert_review', 'public_notice'] as const;

const nothing = z.strictObject({});
const reasoned = z.strictObject({ reason: text });
const command = <Action extends string, Detail extends z.ZodObject>(action: Action, detail: Detail) =>
  z.strictObject({ action: z.literal(action), detail });

export const commandSchema = z.discriminatedUnion('action', [
  command(
    'open',
    z.strictObject({
      subject: subjectSchema,
      area: z.string().regex(areaPattern),
      source: z.enum(['finding', 'tip', 'inspection', 'referred', 'other']),
      discovered: day,
      evidence: z.array(evidenceRefSchema).min(1).max(evidenceMax),
    }),
  ),
  command('extend_verification', reasoned),
  command('reject_clue', reasoned),
  command(
    'file',
    z.strictObject({
      party_name,
      cause: z.int().min(1).max(35).describe('item of the dictionary of causes'),
      conduct_ended: day,
      harms_health: z.boolean(),
      suspect_identified: z.boolean(),
      punishable: z.boolean(),
      own_jurisdiction: z.boolean(),
      officers,
    }),
  ),
  command('assign', z.strictObject({ officers })),
  command('recuse', z.strictObject({ account, reason: text })),
  command('add_evidence', z.strictObject({ evidence: evidenceRefSchema })),
  command('hand_over', z.strictObject({ no: z.int().min(1).max(evidenceMax), to: account, reason: text })),
  command(
    'confirm_amount',
    z.strictObject({ no: z.int().min(1).max(evidenceMax), confirmed_fen: fen, reason: text }),
  ),
  command('preserve', z.strictObject({ items: text, emergency: z.boolean() })),
  command('release_preserved', reasoned),
  command('seal', z.strictObject({ items: text })),
  command('extend_seal', reasoned),
  command('release_sealed', reasoned),
  command('ask_assistance', z.strictObject({ of: name, reason: text })),
  command('take_assistance', z.strictObject({ answer: text })),
  command('begin_stop', z.strictObject({ kind: z.enum(stopKinds), reason: text })),
  command('end_stop', reasoned),
  command('suspend', z.strictObject({ ground: z.enum(suspensionGrounds), reason: text })),
  command('resume', reasoned),
  command('terminate', z.strictObject({ ground: z.enum(terminationGrounds), reason: text })),
  command('transfer', z.strictObject({ party_name, to: name, reason: text })),
  command('extend_decision', reasoned),
  command('extend_decision_by_group', reasoned),
  command(
    'report',
    z.strictObject({
      /** Article 36: six contents. */
      basics: text,
      course: text,
      facts_and_evidence: text,
      nature_and_basis: text,
      discretion: text,
      proposal: text,
      penalty: penaltySchema.nullable(),
      complex: z.boolean(),
      public_interest: z.boolean(),
    }),
  ),
  command('submit_review', nothing),
  command('extend_review', reasoned),
  /** Article 39: five kinds of opinion; the three that do not agree and do not ask to go on send the report back. */
  command('review_agree', z.strictObject({ opinion: text })),
  command('review_continue', z.strictObject({ opinion: text })),
  command('review_return', z.strictObject({ kind: z.enum(['change', 'correct', 'other']), opinion: text })),
  command('notify', z.strictObject({ penalty: penaltySchema })),
  command('defend', z.strictObject({ statement: text })),
  command('waive_hearing', reasoned),
  command('ask_hearing', reasoned),
  command('hold_hearing', z.strictObject({ report: text })),
  command('discuss', z.strictObject({ participants: z.array(account).min(2).max(50), minutes: text })),
  command(
    'decide',
    z.strictObject({ kind: z.enum(decisionKinds), penalty: penaltySchema.nullable(), reason: text }),
  ),
  command('decide_summary', z.strictObject({ party_name, penalty: penaltySchema, officers, reason: text })),
  command(
    'serve',
    z.strictObject({ way: z.enum(['direct', 'left', 'mail', 'electronic', 'public_notice']) }),
  ),
  command('order_correction', z.strictObject({ until: day, what: text })),
  command('pay', z.strictObject({ what: z.enum(['refund', 'fine']), fen: fen.min(1), reference: name })),
  command('defer_payment', z.strictObject({ until: day, reason: text })),
  command('demand', reasoned),
  command('apply_enforcement', reasoned),
  command(
    'propose_police',
    z.strictObject({
      party_name,
      crime: z.enum(crimes),
      group: officers.describe('专案组: who looks after the referral'),
      reason: text,
    }),
  ),
  command('approve_police', reasoned),
  command('refuse_police', reasoned),
  command('transfer_police', z.strictObject({ to: name })),
  command('take_police_receipt', z.strictObject({ receipt: name })),
  command('police_files', z.strictObject({ notice: name })),
  command('hand_over_police', z.strictObject({ items: text })),
  command('police_declines', z.strictObject({ notice: name, reason: text })),
  command('ask_police_again', reasoned),
  command('ask_supervision', z.strictObject({ to: name, reason: text })),
  command('police_returns', z.strictObject({ notice: name, reason: text })),
  command('reopen', reasoned),
  command('refer_discipline', z.strictObject({ party_name, to: name, reason: text })),
  command('take_discipline_receipt', z.strictObject({ receipt: name })),
  command('publish', nothing),
  command('withdraw_publication', reasoned),
  command('close', z.strictObject({ ground: z.enum(closingGrounds), reason: text })),
]);
export type Command = z.infer<typeof commandSchema>;
export type Action = Command['action'];

export const caseEventSchema = commandSchema.and(
  z.object({
    seq: z.int().min(1).max(caseEventsMax),
    account,
    role: z.enum(caseRoles),
    at: moment,
  }),
);
export type CaseEvent = z.infer<typeof caseEventSchema>;
