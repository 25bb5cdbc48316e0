/**
 * Whose payment qualification is suspended when: what a screening of new lines asks for. The periods come out of the ledger alone, so that
 * a revocation ends them everywhere at once.
 */
import { dayOf } from '../platform/civil.ts';
import { bySubject } from './by-subject.ts';
import type { CreditEntry, CreditSubject } from './contract.ts';
import { naturalYear } from './natural-year.ts';
import type { NaturalYearScheme } from './scheme-contract.ts';
import type { Suspension } from './score-contract.ts';

export interface SubjectSuspension extends Suspension {
  readonly subject: CreditSubject;
}

/** Every period that the ledger leads to as it stands on a day; in order of subject and first day. */
export const suspensionsOf = (
  entries: readonly CreditEntry[],
  scheme: NaturalYearScheme,
  asOf: number,
): SubjectSuspension[] =>
  bySubject(entries, ({ kind }) => scheme.subjects.includes(kind)).flatMap(({ subject, entries: own }) =>
    naturalYear(own, scheme, asOf).suspensions.map(({ kind, from, to, text }) => ({
      subject,
      kind,
      from,
      to,
      text,
    })),
  );

/**
 * The period in which a line of this person lies, or `null`: then it is paid as usual.
 * @param day day number of the service
 * @param isExcepted an emergency or rescue, which is paid all the same
 */
export function suspensionOn(
  suspensions: readonly SubjectSuspension[],
  subject: CreditSubject,
  day: number,
  isExcepted: boolean,
): SubjectSuspension | null {
  if (isExcepted) return null;
  const found = suspensions.filter(
    (each) =>
      each.subject.kind === subject.kind &&
      each.subject.key === subject.key &&
      (dayOf(each.from) ?? Number.POSITIVE_INFINITY) <= day &&
      day < (dayOf(each.to) ?? Number.NEGATIVE_INFINITY),
  );
  return found.find(({ kind }) => kind === 'terminated') ?? found[0] ?? null;
}

export interface SuspendedDays {
  readonly key: string;
  readonly kind: Suspension['kind'];
  readonly from: string;
  readonly to: string;
}

/**
 * The same days without overlaps, as a knowledge table wants them: one state a person and day, and where both hold it is the termination.
 * In order of person and day.
 */
export function withoutOverlaps(suspensions: readonly SubjectSuspension[]): SuspendedDays[] {
  const byKey = new Map<string, SubjectSuspension[]>();
  for (const each of suspensions) {
    const list = byKey.get(each.subject.key);
    if (list === undefined) byKey.set(each.subject.key, [each]);
    else list.push(each);
  }
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([key, list]) => daysOf(key, list));
}

function daysOf(key: string, list: readonly SubjectSuspension[]): SuspendedDays[] {
  const borders = [...new Set(list.flatMap(({ from, to }) => [from, to]))].sort();
  const days: SuspendedDays[] = [];
  for (const [at, from] of borders.entries()) {
    const to = borders[at + 1];
    const held = list.filter((each) => each.from <= from && from < each.to);
    if (to === undefined || held.length === 0) continue;
    const kind = held.some((each) => each.kind === 'terminated') ? 'terminated' : 'suspended';
    const last = days.at(-1);
    if (last?.kind === kind && last.to === from) days[days.length - 1] = { ...last, to };
    else days.push({ key, kind, from, to });
  }
  return days;
}
