/**
 * The risk index: where to look first, out of signals that nobody has confirmed. It is no credit: it is never published, takes no points
 * and has no consequence for the institution but that somebody looks.
 */
import { z } from 'zod';

export const riskInputs = [
  'stay_excess_days',
  'stay_longest_days',
  'fund_paid_fen',
  'findings',
  'finding_amount_fen',
  'settlements',
] as const;
export type RiskInput = (typeof riskInputs)[number];

const bilingual = z.strictObject({ zh: z.string().min(1).max(300), en: z.string().min(1).max(300) });

export const riskDocumentSchema = z.strictObject({
  code: z.string().regex(/^[A-Z][A-Z0-9-]{2,31}$/),
  name: bilingual,
  is_example: z.boolean(),
  basis: z.string().min(1).max(500),
  /** Stays of a payment group from which on its own median counts; smaller groups are compared with all stays. */
  peers_min: z.int().min(2).max(10_000),
  inputs: z
    .array(
      z.strictObject({
        input: z.enum(riskInputs),
        name: bilingual,
        why: bilingual,
        weight: z.int().min(1).max(100),
      }),
    )
    .min(1)
    .max(riskInputs.length)
    .refine((inputs) => new Set(inputs.map(({ input }) => input)).size === inputs.length, 'an input twice'),
});
export type RiskDocument = z.infer<typeof riskDocumentSchema>;

/** What is measured of one institution; whole numbers in the unit that the name says. */
export type RiskMeasures = Readonly<Record<RiskInput, number>>;

/** Institutions of the page: those to look at first. */
export const risksMax = 200;
export const riskQuerySchema = z.strictObject({
  /** First day of the period; by default a year before `to`. */
  from: z.iso.date().optional(),
  /** First day after it; by default tomorrow. */
  to: z.iso.date().optional(),
});
export const risksSchema = z.strictObject({
  from: z.string(),
  to: z.string(),
  document: riskDocumentSchema,
  institutions: z.int(),
  items: z.array(
    z.strictObject({
      institution: z.string(),
      name: z.string().nullable().describe('as one of its claims states it'),
      index_hundredths: z.int(),
      parts: z.array(
        z.strictObject({
          input: z.enum(riskInputs),
          value: z.int(),
          rank_hundredths: z.int(),
          weight: z.int(),
        }),
      ),
    }),
  ),
});
export type Risks = z.infer<typeof risksSchema>;
