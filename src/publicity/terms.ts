/** What is decided locally about publications and tips (rules/publicity/terms.json): periods, numbers and rewards, dated. */
import { z } from 'zod';
import { inForce, parameterSchema, type Procedure } from '../cases/procedure.ts';
import { moneyFenMax } from '../cases/contract.ts';
import { addNaturalDays, addWorkdays } from '../platform/calendar.ts';

const termSchema = parameterSchema.extend({
  unit: z.enum(['PERSON', 'WORKDAY', 'NATURAL', 'MONTH', 'FEN', 'PERMILLE', 'MEBIBYTE']),
  value: z.int().min(1).max(moneyFenMax),
});
export const termsSchema = z.array(termSchema).max(1_000);
export type Term = z.infer<typeof termSchema>;
export type Terms = readonly Term[];

/** @throws RangeError when no such term is in force: nothing is published without its number */
export function termOn(terms: Terms, code: string, area: string, day: string): Term {
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
