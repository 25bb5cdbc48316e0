/** What goes over HTTP about cases: `/api/v1/cases…`. */
import { z } from 'zod';
import { messageSchema } from '../claims/contract.ts';
import { givenFenSchema } from '../platform/money-contract.ts';
import {
  caseEventSchema,
  caseStates,
  contentCharsMax,
  evidenceKinds,
  evidenceRefSchema,
  referralKinds,
  referralStates,
  subjectSchema,
  textCharsMax,
} from './contract.ts';

export const casesPageMax = 100;
export const findingsOfCaseMax = 500;

const moment = z.string().describe('yyyy-MM-dd HH:mm:ss, Asia/Shanghai');
const fen = z.int().min(0);

/** `GET /api/v1/cases` */
export const casesQuerySchema = z.strictObject({
  state: z.enum(caseStates).optional(),
  fixmedins_code: z.string().max(30).optional().describe('the institution that they are about'),
  page: z.coerce.number().int().min(1).max(100_000).default(1),
  page_size: z.coerce.number().int().min(1).max(casesPageMax).default(50),
});
export type CasesQuery = z.infer<typeof casesQuerySchema>;

const clockSchema = z.object({
  code: z.string(),
  name: messageSchema,
  basis: z.string(),
  standing: z.enum(['正式', '示例']),
  unit: z.enum(['WORKDAY', 'NATURAL', 'HOUR']),
  period: z.int(),
  started_at: moment,
  ended_at: moment.nullable(),
  last_day: z.string(),
  late_from: moment,
  status: z.enum(['running', 'stopped', 'overdue', 'kept', 'missed']),
  provisional: z.boolean().describe('the holidays of a year on the way are not announced yet'),
});

const caseRowSchema = z.object({
  id: z.string(),
  case_no: z.string(),
  subject: subjectSchema,
  subject_name: z
    .string()
    .nullable()
    .describe('of an institution, as it was stated in the case, or as one of its claims states it'),
  area: z.string(),
  state: z.enum(caseStates),
  revision: z.int(),
  opened_at: moment,
  officers: z.array(z.string()),
  next: clockSchema.nullable().describe('the period that ends first of those that run or are over'),
});
export const casesPageSchema = z.object({ total: z.int(), cases: z.array(caseRowSchema) });
export type CasesPage = z.infer<typeof casesPageSchema>;

const amountsSchema = z.object({
  flagged_fen: fen,
  confirmed_fen: fen,
  refund_decided_fen: fen,
  fine_decided_fen: fen,
  recovered_fen: fen,
  fine_paid_fen: fen,
});

/** `GET /api/v1/cases/:id`, and the answer to whatever changes a case. */
export const caseDetailSchema = caseRowSchema.extend({
  name: z.string().nullable().describe('主体 + 案由; null before a cause is stated'),
  amounts: amountsSchema,
  late_fee_fen: fen.describe('surcharge for the fine that is not paid in time, as of now'),
  clocks: z.array(clockSchema),
  events: z.array(caseEventSchema),
  step_names: z.record(z.string(), messageSchema).describe('of the actions of the events'),
  evidence: z.array(
    evidenceRefSchema.extend({
      rule_name: messageSchema.nullable().describe('of the finding, as it stands now'),
      reviewed_fen: fen
        .nullable()
        .describe('what the review of the finding confirmed, as it stands now; null: it is of none'),
      confirmed_fen: fen.nullable(),
      custody: z.array(z.object({ account: z.string(), at: moment, seq: z.int() })),
    }),
  ),
  referrals: z
    .array(
      z.object({
        seq: z.int().describe('the event by which it went out'),
        kind: z.enum(referralKinds),
        to: z.string(),
        at: moment,
        state: z.enum(referralStates),
        receipt: z.object({ text: z.string(), at: moment }).nullable(),
        notice: z.string().nullable().describe('in which the police said last what they do'),
      }),
    )
    .describe('to the police and to discipline bodies'),
  offers: z
    .array(
      z.object({
        action: z.string(),
        name: messageSchema,
        basis: z.string(),
        roles: z.array(z.string()),
        refused: messageSchema.nullable().describe('why it may not be done; null: it may'),
      }),
    )
    .describe('what has a place in this state, for whoever asks'),
  causes: z
    .array(z.object({ item: z.int(), cause: z.string(), conduct: z.string() }))
    .describe('案由: those of the dictionary that a case about such a party can be filed under'),
});
export type CaseDetail = z.infer<typeof caseDetailSchema>;

/** `POST /api/v1/cases`: a clue out of confirmed findings of one institution. */
export const openCaseSchema = z.strictObject({
  findings: z
    .array(z.string().regex(/^[0-9a-f]{32}$/))
    .min(1)
    .max(findingsOfCaseMax),
});

/** `POST /api/v1/cases/:id/evidence/findings`: one that was confirmed later, of the institution that the case is about. */
export const addFindingSchema = z.strictObject({
  revision: z.int().min(1).describe('of the case that was looked at'),
  finding_id: z.string().regex(/^[0-9a-f]{32}$/),
});
export type AddFinding = z.infer<typeof addFindingSchema>;

/** `GET /api/v1/cases/:id/documents` */
export const caseDocumentsSchema = z.object({
  documents: z.array(
    z.object({
      code: z.string(),
      name: messageSchema,
      standing: z.enum(['正式', '示例']),
      version: z.int().describe('how often it was made in this case'),
      seq: z.int().describe('the event that called for it'),
      number: z.string(),
      title: z.string(),
      lines: z.array(z.string()),
    }),
  ),
});
export type CaseDocuments = z.infer<typeof caseDocumentsSchema>;

const revision = z.int().min(1).describe('the revision that was looked at; another one answers 409');

/** `POST /api/v1/cases/:id/handle`, `…/review`, `…/decide`. */
export const actOnCaseSchema = z.strictObject({
  revision,
  action: z.string().min(1).max(40),
  detail: z
    .record(z.string(), z.unknown())
    .describe('of the action, as events state it; refused with its place where it is not'),
});

/** `POST /api/v1/cases/:id/evidence` */
export const addEvidenceSchema = z.strictObject({
  revision,
  kind: z.enum(evidenceKinds),
  title: z.string().trim().min(1).max(200),
  source: z.string().trim().min(1).max(200),
  flagged_fen: givenFenSchema,
  content: z
    .string()
    .min(1)
    .max(Math.min(contentCharsMax, textCharsMax * 100)),
});
export type AddEvidence = z.infer<typeof addEvidenceSchema>;

export const evidenceFileBytesMax = 20 * 1024 * 1024;
/**
 * `POST /api/v1/cases/:id/evidence/files`: a photo, scan or PDF as the body, one piece of evidence. What it is stands in this header, as JSON,
 * percent-encoded: titles may name persons, and addresses are logged by proxies.
 */
export const evidenceHeader = 'x-evidence';
export const addEvidenceFileSchema = addEvidenceSchema.omit({ content: true });
export type AddEvidenceFile = z.infer<typeof addEvidenceFileSchema>;
