/**
 * The numbers of the procedure as dated data (rules/procedure/*.json): periods, amounts, penalty ranges and causes. Provinces deviate, so a
 * row for an area goes before the national one. Pure.
 */
import { z } from 'zod';
import { messageSchema } from '../claims/contract.ts';
import { dayOf } from '../platform/civil.ts';
import type { WorkCalendar } from '../platform/calendar.ts';
import { type Action, commandSchema, penaltyArticles, subjectKinds } from './contract.ts';

const dayText = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/)
  .refine((text) => dayOf(text) !== null, 'a day, yyyy-MM-dd');

/** 正式: as the law cited says. 示例: no national value is public; to be replaced by the local one. */
const dated = {
  code: z.string().regex(/^[a-z][a-z_]*$/),
  name: messageSchema,
  area: z
    .string()
    .regex(/^\d{2,6}$/)
    .nullable()
    .describe('行政区划: the codes that begin so; null: everywhere'),
  from: dayText,
  to: dayText.nullable().describe('the first day on which it no longer holds'),
  basis: z.string().min(1),
  standing: z.enum(['正式', '示例']),
};

const action = z.string().transform((value, context): Action => {
  const found = commandSchema.options.find((option) => option.shape.action.value === value);
  if (found !== undefined) return found.shape.action.value;
  context.addIssue({ code: 'custom', message: `no action is called ${value}` });
  return z.NEVER;
});

export const periodMax = 1_000;
const period = z.int().min(1).max(periodMax);

export const clockRuleSchema = z.strictObject({
  ...dated,
  period,
  unit: z.enum(['WORKDAY', 'NATURAL', 'HOUR']),
  starts: z.array(action).min(1),
  ends: z.array(action).min(1),
  extensions: z.array(z.strictObject({ by: action, period })),
  stops: z
    .array(z.strictObject({ from: action, to: action }))
    .describe('days between these acts do not count'),
});
export type ClockRule = z.infer<typeof clockRuleSchema>;

export const parameterSchema = z.strictObject({
  ...dated,
  value: z.int().min(0),
  unit: z.enum(['YEAR', 'FEN', 'PERSON', 'PERMILLE', 'WORKDAY']),
});
export type Parameter = z.infer<typeof parameterSchema>;

/** What the program asks for. A local file that was written before one of these was added says nothing about it. */
const parameterCodes = [
  'limitation_years',
  'limitation_years_health',
  'officers_min',
  'summary_fine_person',
  'summary_fine_organisation',
  'large_fine_person',
  'large_fine_organisation',
  'group_fine_person',
  'group_fine_organisation',
  'late_fee_permille_a_day',
  'answer_period',
] as const;
export type ParameterCode = (typeof parameterCodes)[number];

/** Lets a file pass only with a row of each code that holds everywhere and without an end. */
export const stating =
  (codes: readonly string[]) =>
  (rows: readonly Dated[], context: { addIssue: (issue: { code: 'custom'; message: string }) => void }) => {
    for (const code of codes)
      if (!rows.some((row) => row.code === code && row.area === null && row.to === null))
        context.addIssue({
          code: 'custom',
          message: `缺少参数 ${code}（须有一行全国适用、未终止：area、to 为 null） / no row of ${code} holds everywhere and without an end (area and to are null)`,
        });
  };
export const parametersSchema = z.array(parameterSchema).max(2_000).superRefine(stating(parameterCodes));

const range = z.tuple([z.int().min(0), z.int().min(0)]);
export const penaltyRangeSchema = z.strictObject({
  ...dated,
  article: z.enum(penaltyArticles),
  subjects: z.array(z.enum(subjectKinds)).min(1),
  multiple_permille: range.nullable().describe('of the amount to be returned; null: no multiple'),
  fixed_fen: range.nullable().describe('a fine that does not hang on an amount'),
  suspension_months: range.nullable(),
  may_end_agreement: z.boolean(),
  needs_intent_for_fine: z.boolean(),
  needs_refusal_for_fine: z.boolean(),
  needs_refusal_for_suspension: z.boolean(),
});
export type PenaltyRange = z.infer<typeof penaltyRangeSchema>;

export const causeSchema = z.strictObject({
  item: z.int().min(1).max(35),
  subject: z.enum(subjectKinds),
  cause: z.string().min(1),
  conduct: z.string().min(1),
});
export type Cause = z.infer<typeof causeSchema>;

export interface Procedure {
  readonly calendar: WorkCalendar;
  readonly clocks: readonly ClockRule[];
  readonly parameters: readonly Parameter[];
  readonly penalties: readonly PenaltyRange[];
  readonly causes: readonly Cause[];
}

interface Dated {
  readonly code: string;
  readonly area: string | null;
  readonly from: string;
  readonly to: string | null;
}

/** Of the rows of each code, the one that holds on a day in an area: the narrowest area, and of these the latest. */
export function inForce<Row extends Dated>(rows: readonly Row[], area: string, day: string): Row[] {
  const best = new Map<string, Row>();
  for (const row of rows) {
    if (row.from > day || (row.to !== null && row.to <= day)) continue;
    if (row.area !== null && !area.startsWith(row.area)) continue;
    const other = best.get(row.code);
    if (other === undefined || rank(row) > rank(other)) best.set(row.code, row);
  }
  return [...best.values()];
}

const rank = ({ area, from }: Dated): string => `${area?.length ?? 0} ${from}`;

/** @throws RangeError when the data hold no such parameter: a guard without its number must not pass in silence */
export function parameterOf(
  procedure: Pick<Procedure, 'parameters'>,
  code: ParameterCode,
  area: string,
  day: string,
): number {
  return parameterRow(procedure, code, area, day).value;
}

/** The whole row, for whoever also says whether its number is an official one. @throws RangeError as `parameterOf` */
export function parameterRow(
  { parameters }: Pick<Procedure, 'parameters'>,
  code: ParameterCode,
  area: string,
  day: string,
): Parameter {
  const row = inForce(
    parameters.filter((one) => one.code === code),
    area,
    day,
  )[0];
  if (row === undefined) throw new RangeError(`no parameter ${code} holds in ${area} on ${day}`);
  return row;
}

/** How a party stands in documents: its name with its code, or the code alone. */
export const partyText = (code: string, name: string | null): string =>
  name === null ? code : `${name}（${code}）`;

/** 主体 + 涉嫌 + 案由 + 案; decided, it is no longer a suspicion (苏医保督〔2024〕1号). */
export const caseName = (subject: string, { conduct }: Cause, isDecided: boolean): string =>
  `${subject}${isDecided ? '' : '涉嫌'}${conduct}案`;
