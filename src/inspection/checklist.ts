/**
 * What is looked at on the spot: first what screening found there, then the items of a checklist (rules/inspection/checklists.json, dated,
 * by kind of object and area); of a re-check the problems that were to be put right. Pure.
 */
import { z } from 'zod';
import type { Message } from '../claims/contract.ts';
import { dayOf } from '../platform/civil.ts';
import {
  type CheckItem,
  checkItemSchema,
  findingsOfItemMax,
  itemsMax,
  type TaskChecklist,
  taskChecklistSchema,
} from './on-site-contract.ts';

const dayText = z.string().refine((text) => dayOf(text) !== null, 'a day, yyyy-MM-dd');

/** Like the data of the procedure: the row for the narrowest area, and of these the latest, holds. */
export const checklistSchema = z.strictObject({
  ...taskChecklistSchema.omit({ items: true }).shape,
  kinds: z.array(z.string().min(1)).describe('of objects; empty: of every kind that no other row names'),
  area: z
    .string()
    .regex(/^\d{2,6}$/)
    .nullable(),
  from: dayText,
  to: dayText.nullable().describe('the first day on which it no longer holds'),
  basis: z.string().min(1),
  screening_severity: checkItemSchema.shape.severity.describe(
    'of what screening found, once it is a problem',
  ),
  items: z
    .array(checkItemSchema.omit({ source: true, findings: true }))
    .min(1)
    .max(itemsMax),
});
export type Checklist = z.infer<typeof checklistSchema>;

/** Open findings of an institution by one rule. */
export interface FoundByRule {
  readonly rule_code: string;
  readonly rule_name: Message;
  readonly findings: number;
  readonly fen: number;
  /** The latest, at most `findingsOfItemMax`. */
  readonly ids: readonly string[];
}

/** Rules that are listed one by one; what is behind them has the least money. */
export const rulesShownMax = 100;

/** Of the rows that hold for this object there on that day, the nearest; `null`: there is none. */
export function checklistFor(
  rows: readonly Checklist[],
  object: { readonly kind: string; readonly admdvs: string },
  day: string,
): Checklist | null {
  const holding = rows.filter(
    ({ from, to, area }) =>
      from <= day && (to === null || day < to) && (area === null || object.admdvs.startsWith(area)),
  );
  const named = holding.filter(({ kinds }) => kinds.includes(object.kind));
  const fitting = named.length > 0 ? named : holding.filter(({ kinds }) => kinds.length === 0);
  return fitting.reduce<Checklist | null>(
    (best, row) => (best === null || rankOf(row) > rankOf(best) ? row : best),
    null,
  );
}

const rankOf = ({ area, from }: Checklist): string => `${area?.length ?? 0} ${from}`;

/** What screening found comes first, the most money before. */
export function taskChecklist(row: Checklist, found: readonly FoundByRule[]): TaskChecklist {
  const screening = found
    .toSorted((a, b) => b.fen - a.fen || (a.rule_code < b.rule_code ? -1 : 1))
    .slice(0, rulesShownMax)
    .map(
      ({ rule_code, rule_name, findings, fen, ids }): CheckItem => ({
        code: `screening:${rule_code}`,
        source: 'screening',
        text: rule_name,
        basis: rule_code,
        severity: row.screening_severity,
        needs_photo: false,
        findings: { count: findings, fen, ids: ids.slice(0, findingsOfItemMax) },
      }),
    );
  return {
    ...headOf(row),
    items: [
      ...screening,
      ...row.items.map((item): CheckItem => ({ ...item, source: 'checklist', findings: null })),
    ].slice(0, itemsMax),
  };
}

/** Of what was to be put right: the items that were problems, and nothing else. */
export const recheckChecklist = (
  former: TaskChecklist,
  isProblem: (code: string) => boolean,
): TaskChecklist => ({
  ...former,
  items: former.items
    .filter(({ code }) => isProblem(code))
    .map((item): CheckItem => ({ ...item, source: 'recheck', needs_photo: false })),
});

const headOf = ({ code, name, standing, subject }: Checklist): Omit<TaskChecklist, 'items'> => ({
  code,
  name,
  standing,
  subject,
});
