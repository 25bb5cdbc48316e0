/** What a score says: the grade, and every entry with what it counted for and why. */
import { z } from 'zod';
import { consequencesSchema } from './scheme-contract.ts';

const messageSchema = z.strictObject({ zh: z.string(), en: z.string() });

export const lineStates = [
  'counted',
  /** The same conduct counts already by a heavier fact. */
  'absorbed',
  'revoked',
  'expired',
  /** Takes effect after the day of the score. */
  'not_yet',
  'not_in_scheme',
  /** The scheme needs a severity or a measure that the entry does not state. */
  'incomplete',
  /** A repair that comes too early, or of a fact that does not count. */
  'without_effect',
  /** A revocation; what it took back stands at the entry it names. */
  'note',
] as const;

export const scoreLineSchema = z.strictObject({
  seq: z.int().min(1),
  day: z.string(),
  state: z.enum(lineStates),
  /** Change of the score by this entry alone, in hundredths of a point, before caps; levels have none. */
  points_hundredths: z.int(),
  source: z.string(),
  text: messageSchema,
});
export type ScoreLine = z.infer<typeof scoreLineSchema>;

export const suspensionSchema = z.strictObject({
  kind: z.enum(['suspended', 'terminated']),
  /** First day. */
  from: z.string(),
  /** First day on which it is over. */
  to: z.string(),
  text: messageSchema,
});
export type Suspension = z.infer<typeof suspensionSchema>;

export const scoreSchema = z.strictObject({
  scheme: z.strictObject({
    code: z.string(),
    area: z.string(),
    name: messageSchema,
    is_example: z.boolean(),
    method: z.enum(['natural_year', 'base_points', 'levels']),
  }),
  as_of: z.string(),
  /** Hundredths of a point: accumulated ones of the year, or what is left of the base; `null` where only levels exist. */
  points_hundredths: z.int().nullable(),
  /** `rank` 0 is the best of the scheme. */
  grade: z.strictObject({ code: z.string(), name: messageSchema, rank: z.int().min(0) }),
  consequences: consequencesSchema,
  summary: messageSchema,
  /** How groups, caps and ceilings made the score out of the lines. */
  steps: z.array(messageSchema),
  lines: z.array(scoreLineSchema),
  suspensions: z.array(suspensionSchema),
});
export type Score = z.infer<typeof scoreSchema>;
