/** When the result of a check comes too late, drawn or beside the draws. Days are `yyyy-MM-dd` in Asia/Shanghai. Pure. */
import { msPerDay } from '../platform/civil.ts';

export interface PublishedResult {
  readonly checked_on: string;
  /** Day of the first entry, from which on everybody could see it: no later correction makes it late, or in time. */
  readonly published_on: string;
}

const daysBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / msPerDay;

/**
 * @param result `null`: nothing was entered
 * @param dueDay the last day for the check
 * @param publishDays natural days from a check to its publication
 */
export const isOverdue = (
  result: PublishedResult | null,
  dueDay: string,
  today: string,
  publishDays: number,
): boolean =>
  result === null
    ? daysBetween(dueDay, today) > publishDays
    : daysBetween(result.checked_on, result.published_on) > publishDays;
