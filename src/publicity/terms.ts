/** What is decided locally about publications and tips (rules/publicity/terms.json): periods, numbers and rewards, dated. */
import { z } from 'zod';
import { inForce, parameterSchema, type Procedure, stating } from '../cases/procedure.ts';
import { addNaturalDays, addWorkdays } from '../platform/calendar.ts';
import { moneyFenMax } from '../platform/money-contract.ts';

const termSchema = parameterSchema.extend({
  unit: z.enum(['PERSON', 'WORKDAY', 'NATURAL', 'MONTH', 'FEN', 'PERMILLE', 'MEBIBYTE']),
  value: z.int().min(1).max(moneyFenMax),
});
/** What the program asks for. A local file that was written before one of these was added says nothing about it. */
const termCodes = [
  'k_anonymity',
  'withdrawal',
  'grade',
  'statistics',
  'tip_acceptance',
  'tip_handling',
  'tip_files_day',
  'reward_min',
  'reward_max',
  'reward_claim',
  'reward_rate_a',
  'reward_rate_b',
  'reward_rate_c',
  'reward_insider',
] as const;
export type TermCode = (typeof termCodes)[number];

export const termsSchema = z.array(termSchema).max(1_000).superRefine(stating(termCodes));
export type Term = z.infer<typeof termSchema>;
export type Terms = readonly Term[];

/** @throws RangeError when no such term is in force: nothing is published without its number */
export function termOn(terms: Terms, code: TermCode, area: string, day: string): Term {
  const [term] = inForce(
    terms.filter((one) => one.code === code),
    area,
    day,
  );
  if (term === undefined) throw new RangeError(`no term ${code} is in force in ${area} on ${day}`);
  return term;
}

/** The last day of a period. @param from day number on which it began */
export function lastDayOf(
  { unit, value, code }: Term,
  from: number,
  { calendar }: Pick<Procedure, 'calendar'>,
): number {
  switch (unit) {
    case 'WORKDAY':
      return addWorkdays(calendar, from, value).day;
    case 'NATURAL':
      return addNaturalDays(calendar, from, value).day;
    case 'PERSON':
    case 'MONTH':
    case 'FEN':
    case 'PERMILLE':
    case 'MEBIBYTE':
      throw new RangeError(`${code} is no period of days`);
  }
}
