/** What a supervisor sets for reviews (rules/procedure/review.json): when a second person is needed, when a review is due, and the dictionaries. */
import { z } from 'zod';
import { readLocalFile } from '../platform/local-file.ts';
import { type Term, termSchema } from './review-contract.ts';

const fen = z.int().min(0);

export const reviewParametersSchema = z.strictObject({
  area: z
    .string()
    .regex(/^(\*|\d{2}|\d{4}|\d{6})$/)
    .describe('行政区划 code or its beginning; * everywhere. The longest that fits counts'),
  effective_from: z.iso.date(),
  sample: z.boolean().describe('示例: no official number is public'),
  source: z.string().min(1),
  confirmed_second_person_from_fen: fen.describe('a confirmed amount of this and more needs a second person'),
  dismissed_second_person_from_fen: fen.describe('so does calling so much flagged money no violation'),
  due_natural_days: z.int().min(1).max(365),
});
export type ReviewParameters = z.infer<typeof reviewParametersSchema>;

const distinct = (terms: readonly Term[]): boolean =>
  new Set(terms.map(({ code }) => code)).size === terms.length;
const terms = z.array(termSchema).min(1).refine(distinct, 'a code stands twice');

export const reviewRulesSchema = z
  .strictObject({
    parameters: z.array(reviewParametersSchema).min(1),
    exclusions: terms,
    missing: terms,
  })
  .refine(({ parameters }) => parameters.some(({ area }) => area === '*'), 'no parameters for everywhere');
export type ReviewRules = z.infer<typeof reviewRulesSchema>;

/** @param rulesDir folder with what supervisors own */
export const loadReviewRules = (rulesDir: string): Promise<ReviewRules> =>
  readLocalFile(rulesDir, 'procedure/review.json', reviewRulesSchema);

/**
 * What counts in an area on a day: the longest area that fits, and of it the last that has come into force.
 *
 * @param area of the institution; `null`: its code belongs to no district
 * @param day yyyy-MM-dd
 */
export function parametersOn(rules: ReviewRules, area: string | null, day: string): ReviewParameters {
  const fitting = rules.parameters.filter(
    (one) => one.effective_from <= day && (one.area === '*' || (area ?? '').startsWith(one.area)),
  );
  const [best] = fitting.toSorted(
    (a, b) => width(b) - width(a) || (a.effective_from < b.effective_from ? 1 : -1),
  );
  if (best === undefined) throw new Error(`no parameters of reviews are in force on ${day}`);
  return best;
}

const width = ({ area }: ReviewParameters): number => (area === '*' ? 0 : area.length);
