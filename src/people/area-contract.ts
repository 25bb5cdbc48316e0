/** Names of 行政区划 as they go over HTTP, and how a code is said. Names are Chinese in every language. Pure. */
import { z } from 'zod';
import { areaPattern } from './permissions.ts';

const nameCharsMax = 60;
/** All there are: about 3,900. */
const areasMax = 20_000;
const codeDigits = 6;

const code = z.string().regex(areaPattern);

/** `GET /api/v1/public/areas`: the own name of each code, without that of what it lies in. */
export const areaNamesSchema = z.object({
  names: z
    .record(code, z.string().min(1).max(nameCharsMax))
    .refine((names) => Object.keys(names).length <= areasMax, 'too many areas'),
});
export type AreaNames = Readonly<Record<string, string>>;

/**
 * What people read for a code: `杭州市西湖区`, `杭州市`, `浙江省`. What lies in something that has a name but has none itself is said by
 * both: `杭州市 330199`; a code that nothing is known of is the code.
 *
 * @param of six digits, or the first two or four of them
 */
export function areaName(names: AreaNames, of: string): string {
  if (!/^\d{2}(?:\d{2}){0,2}$/.test(of)) return of;
  const whole = of.padEnd(codeDigits, '0');
  const own = names[whole];
  const within = [`${whole.slice(0, 4)}00`, `${whole.slice(0, 2)}0000`].find(
    (wider) => wider !== whole && names[wider] !== undefined,
  );
  const withinName = within === undefined ? undefined : names[within];
  if (own === undefined) return withinName === undefined ? of : `${withinName} ${of}`;
  return whole.endsWith('00') || withinName === undefined ? own : `${withinName}${own}`;
}

/** A name with its code beside it; what has no name of its own says its code already. */
export const areaLabel = (name: string, code: string): string =>
  name.endsWith(code) ? name : `${name} ${code}`;
