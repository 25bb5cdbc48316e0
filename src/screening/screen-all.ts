/** Screens any number of persons at once: what the worker does with a batch and `fundwatch screen` with a file. */
import {
  compareLines,
  type CurrentClaim,
  salesOf,
  type Timeline,
  timelineOf,
  type TraceSale,
} from '../claims/timeline.ts';
import type { RuleSet } from '../rules/library.ts';
import { type PersonVerdict, screenPerson } from './screen.ts';

/**
 * Judges the persons of `claims`, or only those of their claims that `concerns` picks by key; `others` only lend their sales of trace codes.
 */
export async function screenAll(
  claims: readonly CurrentClaim[],
  others: readonly CurrentClaim[],
  ruleSet: RuleSet,
  concerns: (key: string) => boolean = () => true,
): Promise<PersonVerdict[]> {
  const timelines = timelinesOf(claims);
  const sales = salesByCode([...timelines, ...timelinesOf(others)]);
  const verdicts: PersonVerdict[] = [];
  for (const timeline of timelines)
    verdicts.push(
      await screenPerson({ timeline, salesOf: (code) => sales.get(code) ?? [] }, ruleSet, concerns),
    );
  return verdicts;
}

function timelinesOf(claims: readonly CurrentClaim[]): Timeline[] {
  const byPerson = new Map<string, CurrentClaim[]>();
  for (const claim of claims) {
    const list = byPerson.get(claim.claim.person.psn_no);
    if (list === undefined) byPerson.set(claim.claim.person.psn_no, [claim]);
    else list.push(claim);
  }
  return [...byPerson].sort(([a], [b]) => (a < b ? -1 : 1)).map(([psn_no, list]) => timelineOf(psn_no, list));
}

function salesByCode(timelines: readonly Timeline[]): Map<string, TraceSale[]> {
  const sales = new Map<string, TraceSale[]>();
  for (const timeline of timelines)
    for (const sale of salesOf(timeline)) {
      const list = sales.get(sale.code);
      if (list === undefined) sales.set(sale.code, [sale]);
      else list.push(sale);
    }
  for (const list of sales.values()) if (list.length > 1) list.sort((a, b) => compareLines(a.line, b.line));
  return sales;
}
