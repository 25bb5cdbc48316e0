/**
 * Judges marked days by the rules over windows. A batch only marks the days that it changed, in its own transaction; here somebody takes the
 * marks of some institutions, reads what is known around them once, and writes the differences.
 *
 * Why findings are a function of the known claims: a mark is committed with what it speaks of, and deleted by the transaction that has read
 * everything after it took the mark and the lock of the institution. Whoever is last at a day has seen everything, as with persons.
 */
import type { PoolClient } from 'pg';
import { claimKey } from '../claims/timeline.ts';
import { type Database, transaction } from '../platform/database.ts';
import type { Rule, RuleSet } from '../rules/library.ts';
import { groupedBy } from '../rules/around.ts';
import { type House, houseOf } from '../rules/window.ts';
import { inForce, type Rules } from './in-force.ts';
import { partnersOf, revisionsOfIds } from './neighbours.ts';
import { setPlansForFewRows } from './plans.ts';
import type { Alarm, PersonVerdict } from './screen.ts';
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
  type Stretch,
  type TakenMarks,
  takeMarks,
  type UndecidedWindow,
  visitsWithin,
} from './window-store.ts';

/** Days of one institution that are judged at once, with those around them: a large hospital has thousands of visits a day. */
const daysAtOnceMax = 10;

export interface WindowReport extends FindingChanges {
  readonly institutions: number;
  /** Days of institutions that were judged again, and documents read to do so. */
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
  if (windowRulesOf(ruleSet).length > 0)
    await markWindows(
      client,
      changes.map(({ id }) => id),
    );
}

/**
 * Judges marked days of some institutions.
 * @returns `null`: nothing waits, or others are at all of it
 */
export async function screenMarked(database: Database, rules: Rules): Promise<WindowReport | null> {
  const taken: TakenMarks[] = [];
  try {
    return await transaction(database, async (client) => {
      await client.query(setPlansForFewRows);
      const ruleSet = await inForce(rules).hold(client);
      taken.push(...(await takeMarks(client, daysAtOnceMax)));
      if (taken.length === 0) return null;
      const report = await judgeDays(client, ruleSet, taken);
      await dropMarks(client, taken);
      return report;
    });
  } catch (error) {
    const institutions = taken.map(({ institution }) => institution);
    if (institutions.length > 0) await putOff(database, institutions).catch(() => undefined);
    throw error;
  }
}

/** Judges all that is marked. */
export async function screenAllMarked(database: Database, rules: Rules): Promise<WindowReport[]> {
  const reports: WindowReport[] = [];
  for (;;) {
    const report = await screenMarked(database, rules);
    if (report === null) return reports;
    reports.push(report);
  }
}

async function judgeDays(
  client: PoolClient,
  ruleSet: RuleSet,
  taken: readonly TakenMarks[],
): Promise<WindowReport> {
  const rules = windowRulesOf(ruleSet);
  const asked = new Map(
    taken.map(({ institution, marks }) => [
      institution,
      askedOf(rules, new Set(marks.map(({ day }) => day))),
    ]),
  );
  const isJudged = (institution: string, ruleCode: string, day: number): boolean =>
    asked.get(institution)?.isJudged(ruleCode, day) === true;
  const { houses, read } = await readHouses(
    client,
    rules,
    new Map([...asked].map(([institution, { days }]) => [institution, days])),
    (institution, { document }, day) => isJudged(institution, document.code, day),
  );
  const verdicts: PersonVerdict[] = [];
  const undecided: UndecidedWindow[] = [];
  for (const [institution, house] of houses) {
    const verdict = await screenHouse(house, institution, ruleSet, ({ document }, day) =>
      isJudged(institution, document.code, day),
    );
    verdicts.push(verdict);
    const dayOf = new Map(
      [...house].flatMap(([day, claims]) => claims.map(({ key }) => [key, day] as const)),
    );
    for (const { fixmedins_code, setl_id, psn_no, items } of verdict.undecided)
      for (const item of items)
        undecided.push({
          ...item,
          fixmedins_code,
          setl_id,
          psn_no,
          day: dayOf.get(claimKey(fixmedins_code, setl_id)) ?? 0,
        });
  }
  const stretches = [...asked].flatMap(([institution, { days }]) => stretchesOf(institution, days, 0));
  const known = (await knownOfWindows(client, stretches)).filter((one) =>
    isJudged(one.fixmedins_code, one.rule_code, one.window_day),
  );
  const changes = await applyFindings(
    client,
    new Map(known.map((one) => [one.finding_id, one])),
    verdicts.flatMap(({ findings }) => findings),
  );
  await replaceUndecided(client, stretches, isJudged, undecided);
  return {
    institutions: taken.length,
    days: [...asked.values()].reduce((sum, { days }) => sum + days.length, 0),
    read,
    alarms: verdicts.flatMap(({ alarms }) => alarms),
    ...changes,
  };
}

/** Days that have to be judged again when something changed on these; a day matters to all days whose windows reach back to it. */
function askedOf(rules: readonly Rule[], changed: ReadonlySet<number>) {
  const daysOf = new Map(
    rules.map((rule) => [rule.document.code, daysAfter(changed, rule.window?.days ?? 0)] as const),
  );
  return {
    days: [...new Set([...changed, ...[...daysOf.values()].flatMap((own) => [...own])])].sort(
      (a, b) => a - b,
    ),
    /** Of a rule that is in force no more, the days that changed. */
    isJudged: (ruleCode: string, day: number): boolean => (daysOf.get(ruleCode) ?? changed).has(day),
  };
}

/** These days and as many after each as a window reaches back: of a window of one day the day itself. */
function daysAfter(days: ReadonlySet<number>, windowDays: number): Set<number> {
  const all = new Set<number>();
  for (const day of days) for (let after = 0; after < windowDays; after += 1) all.add(day + after);
  return all;
}

interface Houses {
  readonly houses: ReadonlyMap<string, House>;
  /** Documents. */
  readonly read: number;
}

/**
 * What has to be known of institutions to judge these days.
 * @param days sorted, by institution
 */
export async function readHouses(
  client: PoolClient,
  rules: readonly Rule[],
  days: ReadonlyMap<string, readonly number[]>,
  isAsked: (institution: string, rule: Rule, day: number) => boolean,
  least?: (rule: Rule) => Least,
): Promise<Houses> {
  const longest = windowDaysOf(rules);
  if (longest === 0) return { houses: new Map(), read: 0 };
  const stretches = [...days].flatMap(([institution, own]) => stretchesOf(institution, own, longest - 1));
  const ids = new Set<number>();
  for (const [institution, visits] of await visitsWithin(client, stretches)) {
    const own = new Set(days.get(institution));
    const isOwn: AskedDay = (rule, day) => own.has(day) && isAsked(institution, rule, day);
    for (const id of worthReading(rules, visits, isOwn, least)) ids.add(id);
  }
  if (ids.size === 0) return { houses: new Map(), read: 0 };
  const own = await revisionsOfIds(client, [...ids]);
  const partners = await partnersOf(client, own);
  const persons = byPerson([...own, ...partners], ({ psn_no }) => psn_no);
  const houses = groupedBy(netClaimsOf(persons), institutionOf);
  return {
    houses: new Map([...houses].map(([institution, claims]) => [institution, houseOf(claims)])),
    read: own.length + partners.length,
  };
}

/** Sorted days in stretches without long gaps, each with so many days before: what is read twice would be judged twice. */
function stretchesOf(institution: string, days: readonly number[], before: number): Stretch[] {
  const stretches: { institution: string; fromDay: number; toDay: number }[] = [];
  for (const day of days) {
    const last = stretches.at(-1);
    if (last === undefined || day - before > last.toDay + 1)
      stretches.push({ institution, fromDay: day - before, toDay: day });
    else last.toDay = day;
  }
  return stretches;
}
