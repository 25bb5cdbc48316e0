/**
 * What a draw is made of, as it is published: plan, frozen directories, commitment, evidence of the seed, result. Every text of it is
 * canonical JSON (RFC 8785), so that a changed byte is a changed hash. Days are `yyyy-MM-dd` in Asia/Shanghai, instants are ISO 8601 in UTC,
 * hashes are SHA-256 in lower-case hex.
 */
import { z } from 'zod';

export const drawFormat = 'fundwatch-draw/1';

export const objectsMax = 200_000;
export const inspectorsMax = 10_000;
export const strataMax = 100;
/** Members of a team; the national rule asks for two. */
export const teamMax = 6;
/** A die has six faces: fifty rolls of it are 129 bits. */
export const diceRollsMin = 50;
const diceRollsMax = 500;
const sourcesMax = 20;
const numbersMax = 100;
const namesMax = 200;
const idMax = 64;
const reasonMax = 500;

const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'yyyy-MM-dd');
const instant = z.iso.datetime({ precision: 3 });
const hash = z.string().regex(/^[0-9a-f]{64}$/, 'SHA-256 in hex');
const id = z.string().min(1).max(idMax);
const name = z.string().min(1).max(namesMax);
const permille = z.int().min(0).max(1_000).describe('parts of a thousand');

/** 检查对象名录库: one line of the directory of objects. */
export const objectSchema = z.strictObject({
  object_id: id.describe('code of the institution, or whatever else tells objects apart'),
  name,
  kind: name.describe('医院、诊所、药店、参保单位 …'),
  admdvs: id.describe('administrative division'),
  credit_grade: z.string().max(idMax).nullable().describe('null: not graded'),
  risk: permille.nullable().describe('risk index; null: none'),
  clues: z.int().min(0).describe('clues that were upheld since the last check'),
  last_checked: day.nullable(),
  exempt: z.string().max(reasonMax).nullable().describe('why it is not to be drawn'),
});
export type DrawObject = z.infer<typeof objectSchema>;

/** 检查人员名录库: one line of the directory of inspectors. */
export const inspectorSchema = z.strictObject({
  inspector_id: id,
  name,
  unit: name,
  certificate: id.describe('执法证号'),
  certificate_valid_to: day.describe('last day on which it is valid'),
  specialties: z.array(z.string().max(idMax)).max(20),
  recused_from: z.array(id).max(1_000).describe('objects with which there are relations that forbid a check'),
  away: z
    .array(z.strictObject({ from: day, to: day.describe('the day after the last') }))
    .max(50)
    .describe('leave and other duties'),
});
export type Inspector = z.infer<typeof inspectorSchema>;

/** 专家和第三方机构人员名录: who goes along for what they know, draws no conclusions and signs no record. */
export const expertSchema = z.strictObject({
  expert_id: id,
  name,
  unit: name,
  role: z.enum(['expert', 'third_party']).describe('专家; 第三方机构, such as accountants'),
  specialties: z.array(z.string().max(idMax)).max(20).describe('临床、编码、财务、信息 …'),
  recused_from: z.array(id).max(1_000),
  away: z.array(z.strictObject({ from: day, to: day })).max(50),
});
export type Expert = z.infer<typeof expertSchema>;

/** Which objects belong to a stratum. What is not stated does not matter; an object belongs to the first stratum that takes it. */
export const filterSchema = z.strictObject({
  kinds: z.array(z.string().max(namesMax)).max(50).optional(),
  admdvs: z
    .array(z.string().max(idMax))
    .max(200)
    .optional()
    .describe('divisions, by the beginnings of codes'),
  grades: z.array(z.string().max(idMax)).max(20).optional(),
  ungraded: z.boolean().optional().describe('takes objects without a grade as well, beside `grades`'),
  risk_min: permille.optional(),
  clues_min: z.int().min(1).optional(),
});

export const stratumSchema = z.strictObject({
  code: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]*$/)
    .max(idMax),
  title: name,
  where: filterSchema,
  ratio: permille.describe('of the objects of the stratum, rounded up'),
  at_least: z.int().min(0).max(objectsMax),
  at_most: z.int().min(0).max(objectsMax).nullable().describe('null: no cap'),
});
export type Stratum = z.infer<typeof stratumSchema>;

/** Who else must be in a team that checks an object of these kinds. */
export const requirementSchema = z.strictObject({
  kinds: z.array(z.string().max(namesMax)).min(1).max(50),
  specialty: z.string().min(1).max(idMax),
  at_least: z.int().min(1).max(teamMax),
});

export const teamRulesSchema = z.strictObject({
  size: z.int().min(2).max(teamMax),
  load_max: z.int().min(1).max(1_000).describe('objects of one inspector in this draw'),
  units_differ: z.boolean().describe('no two of a team are of one unit'),
  pairs_differ: z.boolean().describe('no two inspectors go together twice'),
  former_pairs: z
    .array(z.tuple([id, id]))
    .max(50_000)
    .describe('who went together lately'),
  requirements: z.array(requirementSchema).max(20),
});
export type TeamRules = z.infer<typeof teamRulesSchema>;

const drandSource = z.strictObject({
  kind: z.literal('drand'),
  chain: z.literal('quicknet'),
  round: z.int().min(1),
});
const publishedNumber = z.int().min(0).max(4_294_967_295);
const publishedSource = z.strictObject({
  kind: z.literal('published'),
  sources: z
    .array(
      z.strictObject({
        name,
        available_at: instant,
        numbers: z.int().min(1).max(numbersMax),
        range: z
          .strictObject({
            from: publishedNumber,
            to: publishedNumber.describe('the last one'),
            repeats: z.boolean().describe('the same number may come twice, as in draws with replacement'),
          })
          .optional()
          .describe('what each number may be; older plans declare none, and their entropy is not known'),
      }),
    )
    .min(1)
    .max(sourcesMax)
    .describe('in the order in which they enter the key of RFC 3797'),
  readers: z.tuple([name, name]).describe('who enter the numbers, each for themselves'),
});
const diceSource = z.strictObject({
  kind: z.literal('dice'),
  parties: z.tuple([name, name]).describe('who roll, neither of whom can decide the draw alone'),
  rolls: z.int().min(diceRollsMin).max(diceRollsMax).describe('of each party'),
  held_at: instant,
});
export const seedSourceSchema = z.discriminatedUnion('kind', [drandSource, publishedSource, diceSource]);
export type SeedSource = z.infer<typeof seedSourceSchema>;

const planShape = {
  plan_id: id,
  title: name,
  agency: name,
  items: z
    .array(z.strictObject({ code: id, name, basis: name }))
    .min(1)
    .max(100)
    .describe('随机抽查事项'),
  mode: z
    .enum(['tickets', 'rfc3797'])
    .describe('rfc3797: as the RFC says, one stratum, published numbers, no salt'),
  unannounced: z.boolean().describe('who was drawn is not published before the check is done'),
  checks: z.strictObject({ from: day, to: day.describe('the day after the last') }),
  rest_days: z.int().min(0).max(3_650).describe('objects checked within so many days are left out; 0: none'),
  strata: z.array(stratumSchema).min(1).max(strataMax),
  teams: teamRulesSchema.nullable().describe('null: inspectors are not drawn'),
  seed_source: seedSourceSchema,
};
export const planSchema = z.strictObject(planShape);
export type DrawPlan = z.infer<typeof planSchema>;

/** Published before the seed can be known. */
export const commitmentSchema = z.strictObject({
  format: z.literal(drawFormat),
  committed_at: instant,
  plan: planSchema,
  salt_sha256: hash.describe('of the salt, which is opened after the draw'),
  objects: z.int().min(1).max(objectsMax),
  objects_root: hash.describe('over the salted leaves of the frozen directory of objects'),
  inspectors: z.int().min(0).max(inspectorsMax),
  inspectors_root: hash,
  redraw_of: z
    .strictObject({
      commitment_sha256: hash,
      reason: z.string().min(1).max(reasonMax),
      approvers: z.tuple([name, name]),
    })
    .nullable()
    .describe('of a draw that takes the place of another one, which stays published'),
});
export type Commitment = z.infer<typeof commitmentSchema>;

/** The numbers that one of two read, by source. */
export const readingSchema = z.array(z.array(publishedNumber).min(1).max(numbersMax)).min(1).max(sourcesMax);
/** What one party rolled. */
export const rollsSchema = z.array(z.int().min(1).max(6)).max(diceRollsMax);
/** Whether these are the rolls of one party that a plan wants. */
export const areRolls = (rolls: readonly number[], wanted: number): boolean =>
  rollsSchema.length(wanted).safeParse(rolls).success;

export const evidenceSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('drand'),
    round: z.int().min(1),
    signature: z.string().regex(/^[0-9a-f]{96}$/),
  }),
  z.strictObject({
    kind: z.literal('published'),
    readings: z.tuple([readingSchema, readingSchema]).describe('by reader, then by source'),
  }),
  z.strictObject({
    kind: z.literal('dice'),
    rolls: z.tuple([rollsSchema, rollsSchema]),
  }),
]);
export type Evidence = z.infer<typeof evidenceSchema>;

const replacementShape = {
  out: id,
  in: id,
  reason: z.string().min(1).max(reasonMax),
  signed_by: name,
  at: instant,
  chain_sha256: hash.describe('over this entry and the one before, so that none can be changed alone'),
};
/** Somebody drawn who does not go: the next ticket does. */
export const replacementSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('object'),
    stratum: z.string(),
    team: z
      .array(id)
      .max(teamMax)
      .nullable()
      .describe('who checks the object that comes in; null: inspectors are not drawn'),
    ...replacementShape,
  }),
  z.strictObject({ kind: z.literal('inspector'), object_id: id, ...replacementShape }),
]);
export type Replacement = z.infer<typeof replacementSchema>;

const drawnSchema = z.strictObject({
  code: z.string(),
  size: z.int().min(0).describe('objects of the stratum'),
  drawn: z
    .array(
      z.strictObject({
        object_id: id,
        ticket: z.string().describe('SHA-256 in hex; of RFC 3797 the digest of MD5'),
      }),
    )
    .describe('in the order of the draw'),
});
export const resultSchema = z.strictObject({
  seed: hash.nullable().describe('null: RFC 3797 works with its key'),
  left_out: z.strictObject({
    exempt: z.int().min(0),
    rested: z.int().min(0),
    outside: z.int().min(0).describe('in no stratum'),
  }),
  strata: z.array(drawnSchema),
  teams: z
    .array(z.strictObject({ object_id: id, inspectors: z.array(id) }))
    .nullable()
    .describe('in the order in which the objects were drawn'),
});
export type DrawResult = z.infer<typeof resultSchema>;

/** What lets everybody repeat the draw. Of unannounced checks it comes when they are done. */
export const openingSchema = z.strictObject({
  salt: hash,
  objects: z.array(objectSchema).max(objectsMax),
  inspectors: z.array(inspectorSchema).max(inspectorsMax),
  result: resultSchema,
  replacements: z.array(replacementSchema).max(objectsMax),
});
export type Opening = z.infer<typeof openingSchema>;

export const bundleSchema = z.strictObject({
  commitment: commitmentSchema,
  commitment_sha256: hash,
  object_leaves: z.array(hash).max(objectsMax).describe('in the order of the directory, by object_id'),
  inspector_leaves: z.array(hash).max(inspectorsMax),
  evidence: evidenceSchema.nullable(),
  evidence_sha256: hash.nullable().describe('published with the evidence; null: nothing was drawn yet'),
  opening: openingSchema.nullable(),
});
export type Bundle = z.infer<typeof bundleSchema>;
