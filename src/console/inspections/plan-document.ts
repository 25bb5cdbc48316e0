/** The text of a plan as its form sees it, and everything that is wrong with it, each at its place. */
import { z } from 'zod';
import { type DrawPlan, planSchema } from '../../inspection/contract.ts';
import { entropyFault } from '../../inspection/entropy-contract.ts';
import { planFaults } from '../../inspection/plan-faults-contract.ts';
import { faultInChinese } from '../../platform/fault-contract.ts';
import { jsonFault, repeatedMembers } from '../../platform/json-text-contract.ts';
import { documentIn } from '../json-document.ts';
import type { Text } from '../language.tsx';

/** Fields may be empty or out of range while somebody fills them in; members that the form does not know stay. */
const text = z.string();
const number = z.number().nullable();
const words = z.array(text);
const two = z.tuple([text, text]);
const parts = z.looseObject;
const planDocumentSchema = parts({
  plan_id: text,
  title: text,
  agency: text,
  items: z.array(parts({ code: text, name: text, basis: text })),
  mode: planSchema.shape.mode,
  unannounced: z.boolean(),
  checks: parts({ from: text, to: text }),
  rest_days: number,
  strata: z.array(
    parts({
      code: text,
      title: text,
      where: parts({
        kinds: words.optional(),
        admdvs: words.optional(),
        grades: words.optional(),
        ungraded: z.boolean().optional(),
        risk_min: number.optional(),
        clues_min: number.optional(),
      }),
      ratio: number,
      at_least: number,
      at_most: number,
    }),
  ),
  teams: parts({
    size: number,
    load_max: number,
    units_differ: z.boolean(),
    pairs_differ: z.boolean(),
    former_pairs: z.array(z.unknown()),
    requirements: z.array(parts({ kinds: words, specialty: text, at_least: number })),
  }).nullable(),
  seed_source: z.discriminatedUnion('kind', [
    parts({ kind: z.literal('drand'), round: number }),
    parts({
      kind: z.literal('published'),
      sources: z.array(
        parts({
          name: text,
          available_at: text,
          numbers: number,
          range: parts({ from: number, to: number, repeats: z.boolean() }).optional(),
        }),
      ),
      readers: two,
    }),
    parts({ kind: z.literal('dice'), parties: two, rolls: number, held_at: text }),
  ]),
});
export type PlanDocument = z.infer<typeof planDocumentSchema>;

/** `null`: the text is not JSON, says something twice, or is not near enough to a plan. */
export function planDocumentOf(plan: string): PlanDocument | null {
  const document = documentIn(planDocumentSchema, plan);
  return document === null || repeatedMembers(plan).length > 0 ? null : document;
}

export interface PlacedFault {
  /** `/strata/0/ratio`; the plan itself is the empty text. */
  readonly place: string;
  readonly words: string;
}

export const placeOf = (path: readonly PropertyKey[]): string =>
  path.map((step) => `/${String(step)}`).join('');

/** @param least bits of entropy that published numbers need */
export function readPlan(
  typed: string,
  least: number,
  { t, pick }: Text,
): { readonly plan: DrawPlan | null; readonly faults: readonly PlacedFault[] } {
  const fault = jsonFault(typed);
  if (fault !== null)
    return {
      plan: null,
      faults: [{ place: '', words: t('quarantine.not_json', { line: fault.line, column: fault.column }) }],
    };
  const given: unknown = JSON.parse(typed);
  const parsed = planSchema.safeParse(given);
  if (!parsed.success)
    return {
      plan: null,
      faults: parsed.error.issues.map((issue) => ({
        place: placeOf(issue.path),
        words: isEmpty(given, issue.path)
          ? t('draw.needed')
          : pick({ zh: faultInChinese(issue), en: issue.message }),
      })),
    };
  const plan = parsed.data;
  const guessable = entropyFault(plan.seed_source, least);
  const faults = [
    ...planFaults(plan),
    ...(guessable === null ? [] : [{ path: ['seed_source', 'sources'], message: guessable }]),
  ];
  return {
    plan,
    faults: faults.map(({ path, message }) => ({ place: placeOf(path), words: pick(message) })),
  };
}

function isEmpty(given: unknown, path: readonly PropertyKey[]): boolean {
  const value = path.reduce<unknown>((inside, step) => Object(inside)[step], given);
  return (
    value === '' || value === null || value === undefined || (Array.isArray(value) && value.length === 0)
  );
}
