/** What of the claims somebody sees: carried from the request to the store, and turned into SQL here alone. */
import { isCity } from './permissions.ts';

export interface Sight {
  readonly areas: 'all' | readonly string[];
  /** Nothing but this institution's own. */
  readonly institution?: string;
}

export const everything: Sight = { areas: 'all' };

/** A district sees the district, the city sees all, an institution sees itself wherever it lies. */
export function sightOf(area: string, fixmedinsCode: string | null): Sight {
  if (fixmedinsCode !== null) return { areas: 'all', institution: fixmedinsCode };
  return isCity(area) ? everything : { areas: [area] };
}

/** National coding of institutions: one letter, six digits of 行政区划, five of serial number. */
const coded = /^[A-Za-z](\d{6})\d{5}$/;

/** `null`: a code of another kind belongs to no district, and only the city sees it. */
export const areaOf = (fixmedinsCode: string): string | null => coded.exec(fixmedinsCode)?.[1] ?? null;

/** @param fixmedinsCode `null`: of input that does not even say whose it is */
export function sees(sight: Sight, fixmedinsCode: string | null): boolean {
  if (sight.institution !== undefined && fixmedinsCode !== sight.institution) return false;
  if (sight.areas === 'all') return true;
  const area = fixmedinsCode === null ? null : areaOf(fixmedinsCode);
  return area !== null && sight.areas.includes(area);
}

/**
 * SQL that is true for the rows of `column` that are seen: the same as `sees`.
 *
 * @param column written by us, never by a caller
 * @param bind adds a value to the parameters of the query and says how it is referred to: `$3`
 */
export function seenSql(sight: Sight, column: string, bind: (value: unknown) => string): string {
  const conditions: string[] = [];
  if (sight.institution !== undefined) conditions.push(`${column} = ${bind(sight.institution)}`);
  if (sight.areas !== 'all')
    conditions.push(
      `${column} ~ '^[A-Za-z][0-9]{11}$' AND substr(${column}, 2, 6) = ANY(${bind(sight.areas)}::text[])`,
    );
  return conditions.length === 0 ? 'true' : `(${conditions.join(' AND ')})`;
}

/** Parameters of one query, numbered as they are added. */
export function parameters(...given: readonly unknown[]): {
  readonly values: unknown[];
  readonly bind: (value: unknown) => string;
} {
  const values = [...given];
  return { values, bind: (value) => `$${values.push(value)}` };
}
