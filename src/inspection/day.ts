import { dayOf as parsed } from '../platform/civil.ts';

/** @throws RangeError on a day that is in no calendar */
export function dayOf(text: string): number {
  const day = parsed(text);
  if (day === null) throw new RangeError(`no such day: ${text}`);
  return day;
}
