/**
 * Checks on the spot as they go over HTTP: `/api/v1/inspections/tasks…`. A task is one check of one object by one team, drawn or beside the
 * draw. Money in fen; days `yyyy-MM-dd` in Asia/Shanghai.
 */
import { z } from 'zod';
import { givenFenSchema } from '../platform/money-contract.ts';
import { messageSchema } from '../claims/contract.ts';
import { expertSchema, inspectorSchema, objectSchema } from './contract.ts';

export const taskKinds = ['drawn', 'daily', 'special', 'flight', 'key', 'expert', 'recheck'] as const;
export type TaskKind = (typeof taskKinds)[number];
/** What an organiser plans; the others follow from a draw or from an order to correct. */
export const plannedKinds = ['daily', 'special', 'flight', 'key', 'expert'] as const;

export const taskStates = ['planned', 'open', 'concluded', 'signed', 'recorded', 'cancelled'] as const;
export type TaskState = (typeof taskStates)[number];

export const verdicts = ['conform', 'problem', 'not_applicable'] as const;
export type Verdict = (typeof verdicts)[number];

export const itemsMax = 300;
export const photosMax = 60;
export const photoBytesMax = 15 * 1024 * 1024;
export const findingsOfItemMax = 100;
export const noteMax = 2_000;
export const tasksPageMax = 100;
export const teamOnSiteMax = 10;
/** 《行政处罚法》第四十二条: law is enforced by no fewer than two. */
export const signersMin = 2;
/** A signature as a finger draws it; base64 of a PNG. */
const drawingCharsMax = 400_000;

const day = z.iso.date();
const instant = z.iso.datetime();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.int().min(0);
const fen = givenFenSchema;
const text = (max: number) => z.string().trim().min(1).max(max);
const reason = text(500);
const itemCode = z.string().min(1).max(120);
const severity = z.enum(['minor', 'ordinary', 'serious', 'grave']);
export type Severity = z.infer<typeof severity>;

/** Of whom the law knows what they did (src/cases/contract.ts). */
export const taskSubjectKinds = ['institution', 'other'] as const;

export const checkItemSchema = z.strictObject({
  code: itemCode,
  source: z.enum(['screening', 'checklist', 'recheck']),
  text: messageSchema,
  basis: z.string().max(500),
  severity,
  needs_photo: z.boolean().describe('a problem is shown by a photo'),
  findings: z
    .strictObject({
      count,
      fen,
      ids: z.array(z.string()).max(findingsOfItemMax).describe('the latest'),
    })
    .nullable()
    .describe('what screening found there by this rule; null: no item of screening'),
});
export type CheckItem = z.infer<typeof checkItemSchema>;

/** Frozen when the check begins. */
export const taskChecklistSchema = z.strictObject({
  code: z.string(),
  name: messageSchema,
  standing: z.enum(['正式', '示例']),
  subject: z.enum(taskSubjectKinds),
  items: z.array(checkItemSchema).min(1).max(itemsMax),
});
export type TaskChecklist = z.infer<typeof taskChecklistSchema>;

const answerShape = {
  item: itemCode,
  verdict: z.enum(verdicts),
  fen: fen.nullable().describe('of a problem, where it is known'),
  note: z.string().trim().max(noteMax),
};
export const answerSchema = z.strictObject(answerShape);
export type Answer = z.infer<typeof answerSchema>;
const heldAnswerSchema = z.strictObject({
  ...answerShape,
  seq: count.describe('of what is stored for this item last'),
  account: z.string(),
  at: instant,
});
export type HeldAnswer = z.infer<typeof heldAnswerSchema>;

/** `POST …/answers`: `seen` is the `seq` that was answered over; somebody else's newer answer is not written over unseen. */
export const answersGivenSchema = z.strictObject({
  answers: z
    .array(z.strictObject({ ...answerShape, seen: count.nullable() }))
    .min(1)
    .max(itemsMax),
});
export type AnswersGiven = z.infer<typeof answersGivenSchema>;

/** `POST …/photos?item=…`, the bytes of a JPEG or PNG as the body. */
export const photoQuerySchema = z.strictObject({ item: itemCode });
const photoSchema = z.strictObject({
  no: count,
  item: itemCode,
  sha256: sha256.describe('of what is kept: without position and device'),
  sent_sha256: sha256.describe('of the file as it left the phone'),
  account: z.string(),
  at: instant,
});
export type Photo = z.infer<typeof photoSchema>;

export const correctionSchema = z.strictObject({
  until: day.describe('last day'),
  what: text(noteMax),
});

/** `POST …/conclude`: what the record says besides its items. */
export const conclusionSchema = z.strictObject({
  checked_on: day,
  result_code: z.string().min(1).max(40),
  summary: text(noteMax),
  correction: correctionSchema.nullable(),
  shown_certificates: z.literal(true).describe('certificates shown, rights told (《行政处罚法》第五十五条)'),
});
export type Conclusion = z.infer<typeof conclusionSchema>;

const drawing = z
  .string()
  .regex(/^[A-Za-z0-9+/]+={0,2}$/)
  .max(drawingCharsMax)
  .describe('a PNG of the signature, in base64');
const name = text(100);
/** `POST …/party`: the institution signs, or will not, before a witness (《医疗保障行政处罚程序暂行规定》第二十四条). */
export const partyGivenSchema = z.discriminatedUnion('way', [
  z.strictObject({
    way: z.literal('representative'),
    sha256: sha256.describe('of the record that was shown'),
    name,
    position: name,
    statement: z.string().trim().max(noteMax).describe('what the institution says to it; empty: agrees'),
    drawing,
  }),
  z.strictObject({
    way: z.literal('refusal'),
    sha256,
    reason,
    witness: name,
    witness_unit: name,
    drawing,
  }),
]);
export type PartyGiven = z.infer<typeof partyGivenSchema>;
/** `POST …/sign` */
export const signGivenSchema = z.strictObject({ sha256 });

const signatureSchema = z.discriminatedUnion('signer', [
  z.strictObject({
    signer: z.literal('inspector'),
    inspector_id: z.string(),
    name: z.string(),
    certificate: z.string(),
    account: z.string(),
    at: instant,
  }),
  z.strictObject({
    signer: z.literal('representative'),
    name: z.string(),
    position: z.string(),
    statement: z.string(),
    drawing_sha256: sha256,
    account: z.string().describe('before whom'),
    at: instant,
  }),
  z.strictObject({
    signer: z.literal('refusal'),
    reason: z.string(),
    witness: z.string(),
    witness_unit: z.string(),
    drawing_sha256: sha256,
    account: z.string(),
    at: instant,
  }),
]);
export type Signature = z.infer<typeof signatureSchema>;

const memberSchema = inspectorSchema.pick({
  inspector_id: true,
  name: true,
  unit: true,
  certificate: true,
  certificate_valid_to: true,
});
export type Member = z.infer<typeof memberSchema>;
export const adviserSchema = expertSchema.pick({ expert_id: true, name: true, unit: true, role: true });
export type Adviser = z.infer<typeof adviserSchema>;
export const taskObjectSchema = objectSchema.pick({ object_id: true, name: true, kind: true, admdvs: true });
export type TaskObject = z.infer<typeof taskObjectSchema>;

const rowShape = {
  id: count,
  kind: z.enum(taskKinds),
  state: z.enum(taskStates),
  object: taskObjectSchema,
  team: z.array(memberSchema),
  advisers: z.array(adviserSchema).describe('experts and third parties who go along and sign nothing'),
  from_day: day,
  due_day: day.describe('last day'),
  reason: z.string(),
  draw_id: count.nullable(),
  recheck_of: count.nullable(),
  is_mine: z.boolean(),
  is_overdue: z.boolean(),
  result_code: z.string().nullable(),
};
export const taskRowSchema = z.object(rowShape);
export type TaskRow = z.infer<typeof taskRowSchema>;

/** `GET /inspections/tasks` */
export const tasksQuerySchema = z.strictObject({
  whose: z.enum(['mine', 'all']).default('mine'),
  state: z
    .enum([...taskStates, 'due', 'every'])
    .default('due')
    .describe('due: not done yet'),
  page: z.coerce.number().int().min(1).max(100_000).default(1),
  page_size: z.coerce.number().int().min(1).max(tasksPageMax).default(20),
});
export type TasksQuery = z.infer<typeof tasksQuerySchema>;
export const tasksPageSchema = z.object({
  total: count,
  items: z.array(taskRowSchema),
  is_linked: z.boolean().describe('the account stands for an inspector of the directory'),
});
export type TasksPage = z.infer<typeof tasksPageSchema>;

export const taskActions = [
  'set_team',
  'cancel',
  'start',
  'answer',
  'conclude',
  'reopen',
  'sign',
  'party',
  'record',
  'open_clue',
] as const;
export type TaskAction = (typeof taskActions)[number];

/** `GET /inspections/tasks/:id`, and the answer to whatever changes a task. */
export const taskDetailSchema = z.object({
  ...rowShape,
  account: z.string().describe('who made it'),
  checklist: taskChecklistSchema.nullable().describe('null: not begun'),
  hidden_items: count.describe('items of screening, which the caller may not see'),
  answers: z.array(heldAnswerSchema),
  photos: z.array(photoSchema),
  conclusion: conclusionSchema.nullable(),
  record_sha256: sha256.nullable().describe('of the record that stands to be signed, or is'),
  signatures: z.array(signatureSchema),
  signed_sha256: sha256.nullable().describe('over record and signatures'),
  recheck: z
    .object({ id: count, state: z.enum(taskStates), due_day: day, corrected: z.boolean().nullable() })
    .nullable()
    .describe('of an order to correct'),
  case_id: count.nullable().describe('the clue that was opened'),
  results: z.array(z.object({ code: z.string(), title: messageSchema, orders_correction: z.boolean() })),
  offers: z.array(
    z.object({
      action: z.enum(taskActions),
      refused: messageSchema.nullable().describe('null: it may be done'),
    }),
  ),
});
export type TaskDetail = z.infer<typeof taskDetailSchema>;
/** `GET …/record`: `record` is the text that was hashed; a program that hashes it again knows whether it is the one that was signed. */
export const recordFileSchema = z.object({
  record: z.string(),
  record_sha256: sha256,
  signatures: z.array(signatureSchema),
  signed_sha256: sha256.nullable(),
});
export type RecordFile = z.infer<typeof recordFileSchema>;
/** The answer to `…/answers`. */
export const answersSavedSchema = z.object({
  answers: z.array(heldAnswerSchema),
  conflicts: z.array(itemCode).describe('answered by somebody else meanwhile, and not stored'),
});
export type AnswersSaved = z.infer<typeof answersSavedSchema>;

const numbers = z.array(z.string().min(1).max(64)).max(teamOnSiteMax);
const teamShape = { inspectors: numbers.min(signersMin), experts: numbers.default([]) };
/** `POST /inspections/tasks` */
export const planTaskSchema = z.strictObject({
  kind: z.enum(plannedKinds),
  object_id: z.string().min(1).max(64),
  ...teamShape,
  from_day: day,
  due_day: day,
  reason,
});
export type PlanTask = z.infer<typeof planTaskSchema>;
export const setTeamSchema = z.strictObject(teamShape);
export type TeamGiven = z.infer<typeof setTeamSchema>;
export const taskReasonSchema = z.strictObject({ reason });

/** `GET /inspections/directories/:kind/entries`: who can be chosen. */
export const entriesFoundMax = 50;
export const entriesQuerySchema = z.strictObject({ text: z.string().trim().max(100).default('') });
export const entriesFoundSchema = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      about: z.string().describe('kind of the object, unit of the person'),
      account: z.string().nullable().describe('of an inspector: by which they sign in'),
    }),
  ),
});
export type EntriesFound = z.infer<typeof entriesFoundSchema>;
/** `POST /inspections/inspectors/account`; null: takes the link away. */
export const linkInspectorSchema = z.strictObject({
  inspector_id: z.string().min(1).max(64),
  account: z.string().trim().min(1).max(120).nullable(),
});
