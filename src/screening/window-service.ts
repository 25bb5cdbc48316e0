/**
 * Judges marked days by the rules over windows. A batch only marks the days that it changed, in its own transaction; here somebody takes the
 * marks of one institution, reads what is known around them once, and writes the differences.
 *
 * Why findings are a function of the known claims: a mark is committed with what it speaks of, and deleted by the transaction that has read
 * everything after it took the mark and the lock of the institution. Whoever is last at a day has seen everything, as with persons.
 */
import type { PoolClient } from 'pg';
import type { NetClaim } from '../claims/timeline.ts';
import { type Database, transaction } from '../platform/database.ts';
import type { Rule, RuleSet } from '../rules/library.ts';
import { type House, houseOf } from '../rules/window.ts';
import { inForce, type Rules } from './in-force.ts';
import { partnersOf, revisionsOfIds } from './neighbours.ts';
import { setPlansForFewRows } from './plans.ts';
import type { Alarm } from './screen.ts';
import { byPerson } from './screen-all.ts';
import { applyFindings, type FindingChanges } from './store.ts';
import {
  type AskedDay,
  institutionOf,
  type Least,
  netClaimsOf,
  screenHouse,
  windowDaysOf,
  windowRulesOf,
  worthReading,
} from './window.ts';
import {
  dropMarks,
  knownOfWindows,
  markWindows,
  putOff,
  replaceUndecided,
  takeMarks,
  visitsBetween,
} from './window-store.ts';

/** Days that are read at once beside the windows that reach back from them. */
export const daysAtOnceMax = 31;

export interface WindowReport extends FindingChanges {
  readonly institution: string;
  /** Days that were judged again, and documents read to do so. */
  readonly days: number;
  readonly read: number;
  readonly alarms: readonly Alarm[];
}

/** Marks what these revisions may change for rules over windows; where there are none, nothing at all is done. */
export async function markForWindows(
  client: PoolClient,
  ruleSet: RuleSet,
  changes: readonly { readonly id: number }[],
): Promise<void> {
  if (ruleSet.rules.some(({ window }) => window !== null))
    await markWindows(
      client,
      changes.map(({ id }) => id),
    );
}

/**
 * Judges the marked days of one institution.
 * @returns `null`: nothing waits, or others are at all of it
 */
export async function screenMarked(database: Database, rules: Rules): Promise<WindowReport | null> {
  let taken: string | null = null;
  try {
    return await transaction(database, async (client) => {
      await client.query(setPlansForFewRows);
      const ruleSet = await inForce(rules).hold(client);
      const found = await takeMarks(client, daysAtOnceMax);
      if (found === null) return null;
      taken = found.institution;
      const report = await judgeDays(
        client,
        ruleSet,
        found.institution,
        new Set(found.marks.map(({ day }) => day)),
      );
      await dropMarks(client, found.marks);
      return report;
    });
  } catch (error) {
    if (taken !== null) await putOff(database, taken).catch(() => undefined);
    throw error;
  }
}

/** Judges all that is marked. @returns the sums */
export async function screenAllMarked(database: Database, rules: Rules): Promise<WindowReport[]> {
  const reports: WindowReport[] = [];
  for (
    let report = await screenMarked(database, rules);
    report !== null;
    report = await screenMarked(database, rules)
  )
    reports.push(report);
  return reports;
}

async function judgeDays(
  client: PoolClient,
  ruleSet: RuleSet,
  institution: string,
  changed: ReadonlySet<number>,
): Promise<WindowReport> {
  const rules = windowRulesOf(ruleSet);
  // A day matters to all days whose windows reach back to it.
  const daysOf = new Map(
    rules.map((rule) => [rule.document.code, daysAfter(changed, rule.window?.days ?? 0)]),
  );
  const isJudged = (ruleCode: string, day: number): boolean => daysOf.get(ruleCode)?.has(day) ?? true;
  const days = [...new Set([...changed, ...[...daysOf.values()].flatMap((own) => [...own])])].sort(
    (a, b) => a - b,
  );
  const isAsked: AskedDay = ({ document }, day) => isJudged(document.code, day);
  const { house, read } = await readHouse(client, institution, rules, days, isAsked);
  const { findings, undecided, alarms } = await screenHouse(house, institution, ruleSet, isAsked);
  const known = await knownOfWindows(client, institution, days);
  for (const [id, { rule_code, window_day }] of known) if (!isJudged(rule_code, window_day)) known.delete(id);
  const changes = await applyFindings(client, known, findings);
  const dayOfClaim = new Map(
    [...house].flatMap(([day, claims]) => claims.map((claim) => [claim.claim.setl_id, day])),
  );
  await replaceUndecided(
    client,
    institution,
    days,
    isJudged,
    undecided.flatMap(({ setl_id, psn_no, items }) =>
      items.map((item) => ({ ...item, setl_id, psn_no, day: dayOfClaim.get(setl_id) ?? 0 })),
    ),
  );
  return { institution, days: days.length, read, alarms, ...changes };
}

/** These days and so many after each, less one: of a window of one day the day itself. */
function daysAfter(days: ReadonlySet<number>, windowDays: number): Set<number> {
  const all = new Set<number>();
  for (const day of days) for (let after = 0; after < windowDays; after += 1) all.add(day + after);
  return all;
}

export interface ReadHouse {
  readonly house: House;
  /** Documents. */
  readonly read: number;
}

/** What has to be known of an institution to judge these days, read in stretches that lie beside each other. */
export async function readHouse(
  client: PoolClient,
  institution: string,
  rules: readonly Rule[],
  days: readonly number[],
  isAsked: AskedDay,
  least?: (rule: Rule) => Least,
): Promise<ReadHouse> {
  const longest = windowDaysOf(rules);
  const ids = new Set<number>();
  if (longest > 0)
    for (const stretch of stretchesOf(days)) {
      const [first = 0] = stretch;
      const visits = await visitsBetween(client, institution, first - longest + 1, stretch.at(-1) ?? first);
      const own = new Set(stretch);
      for (const id of worthReading(rules, visits, (rule, day) => own.has(day) && isAsked(rule, day), least))
        ids.add(id);
    }
  if (ids.size === 0) return { house: new Map(), read: 0 };
  const own = await revisionsOfIds(client, [...ids]);
  const partners = await partnersOf(client, own);
  const persons = byPerson([...own, ...partners], ({ psn_no }) => psn_no);
  const isHere = (claim: NetClaim): boolean => institutionOf(claim) === institution;
  return { house: houseOf(netClaimsOf(persons).filter(isHere)), read: own.length + partners.length };
}

/** Sorted days in stretches of at most `daysAtOnceMax` days. */
function stretchesOf(days: readonly number[]): number[][] {
  const stretches: number[][] = [];
  for (const day of days) {
    const last = stretches.at(-1);
    if (last === undefined || day >= (last[0] ?? day) + daysAtOnceMax) stretches.push([day]);
    else last.push(day);
  }
  return stretches;
}
