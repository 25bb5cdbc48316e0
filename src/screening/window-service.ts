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
  type LightVisit,
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

/** Days of one institution that are judged at once: those around them are read with them, so that many cost little more than one. */
const daysAtOnceMax = 31;
/** Documents that are held at once, where one day does not need more: a large hospital has thousands of visits a day. */
const documentsAtOnceMax = 20_000;
/** Institutions are taken up until a transaction has gone on for so long: whoever changes the rules waits for it. */
const takingMs = 2_000;

export interface WindowReport extends FindingChanges {
  readonly institutions: number;
  /** Days of institutions that were judged again, and documents read to do so. */
  readonly days: number;
  readonly read: number;
  readonly alarms: readonly Alarm[];
  /** For whoever looks at the same days by other rules afterwards. */
  readonly seen: readonly JudgedDays[];
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
      const judged: JudgedDays[] = [];
      const until = performance.now() + takingMs;
      for (const { institution, marks } of taken)
        if (judged.length === 0 || performance.now() < until)
          judged.push(await judgeDays(client, ruleSet, institution, new Set(marks.map(({ day }) => day))));
      const report = await writeJudged(client, judged);
      await dropMarks(client, taken.slice(0, judged.length));
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

/** What some rules say of the days of an institution after something changed on a few of them. */
export interface JudgedDays {
  readonly institution: string;
  /** Days on which something changed. */
  readonly changed: ReadonlySet<number>;
  /** Days that were judged, sorted, and how many visits began on each that has any. */
  readonly days: readonly number[];
  readonly visits: ReadonlyMap<number, number>;
  readonly isJudged: (ruleCode: string, day: number) => boolean;
  readonly verdicts: readonly PersonVerdict[];
  readonly undecided: readonly UndecidedWindow[];
  /** Documents. */
  readonly read: number;
}

/** Reads and judges; nothing is written. */
export async function judgeDays(
  client: PoolClient,
  ruleSet: RuleSet,
  institution: string,
  changed: ReadonlySet<number>,
): Promise<JudgedDays> {
  const rules = windowRulesOf(ruleSet);
  const { days, isJudged } = askedOf(rules, changed);
  const visits = await visitsAround(client, rules, institution, days);
  const verdicts: PersonVerdict[] = [];
  const undecided: UndecidedWindow[] = [];
  let read = 0;
  const isAsked: AskedDay = ({ document }, day) => isJudged(document.code, day);
  for await (const part of housesOf(client, rules, institution, visits, isAsked)) {
    const verdict = await screenHouse(part.house, institution, ruleSet, part.isAsked);
    verdicts.push(verdict);
    undecided.push(...undecidedWindows(verdict, part.house));
    read += part.read;
  }
  return { institution, changed, days, visits: countsOf(visits), isJudged, verdicts, undecided, read };
}

function countsOf(visits: readonly LightVisit[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { day } of visits) counts.set(day, (counts.get(day) ?? 0) + 1);
  return counts;
}

function undecidedWindows({ undecided }: PersonVerdict, house: House): UndecidedWindow[] {
  const dayOf = new Map([...house].flatMap(([day, claims]) => claims.map(({ key }) => [key, day] as const)));
  return undecided.flatMap(({ fixmedins_code, setl_id, psn_no, items }) =>
    items.map((item) => ({
      ...item,
      fixmedins_code,
      setl_id,
      psn_no,
      day: dayOf.get(claimKey(fixmedins_code, setl_id)) ?? 0,
    })),
  );
}

/** Writes what is otherwise than it stood. */
async function writeJudged(client: PoolClient, judged: readonly JudgedDays[]): Promise<WindowReport> {
  const stretches = judged.flatMap(({ institution, days }) => stretchesOf(institution, days, 0));
  const asked = new Map(judged.map(({ institution, isJudged }) => [institution, isJudged]));
  const isJudged = (institution: string, ruleCode: string, day: number): boolean =>
    asked.get(institution)?.(ruleCode, day) === true;
  const known = (await knownOfWindows(client, stretches)).filter((one) =>
    isJudged(one.fixmedins_code, one.rule_code, one.window_day),
  );
  const verdicts = judged.flatMap((one) => one.verdicts);
  const changes = await applyFindings(
    client,
    new Map(known.map((one) => [one.finding_id, one])),
    verdicts.flatMap(({ findings }) => findings),
  );
  await replaceUndecided(
    client,
    stretches,
    isJudged,
    judged.flatMap(({ undecided }) => undecided),
  );
  return {
    institutions: judged.length,
    days: judged.reduce((sum, { days }) => sum + days.length, 0),
    read: judged.reduce((sum, { read }) => sum + read, 0),
    alarms: verdicts.flatMap(({ alarms }) => alarms),
    seen: judged,
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

/** What has to be known of an institution to judge some days of it. */
interface HousePart {
  readonly house: House;
  readonly isAsked: AskedDay;
  /** Documents. */
  readonly read: number;
}

/** The visits of an institution that belong to windows which end on these days. @param days sorted */
export async function visitsAround(
  client: PoolClient,
  rules: readonly Rule[],
  institution: string,
  days: readonly number[],
): Promise<readonly LightVisit[]> {
  const longest = windowDaysOf(rules);
  if (longest === 0) return [];
  return (await visitsWithin(client, stretchesOf(institution, days, longest - 1))).get(institution) ?? [];
}

/**
 * What has to be known of an institution to judge some days, in parts that hold no more documents than one day needs, or `documentsAtOnceMax`.
 * @param visits all of these days and of those that windows reach back to
 */
export async function* housesOf(
  client: PoolClient,
  rules: readonly Rule[],
  institution: string,
  visits: readonly LightVisit[],
  isAsked: AskedDay,
  least?: (rule: Rule) => Least,
): AsyncGenerator<HousePart> {
  const worth = [...worthReading(rules, visits, isAsked, least)].sort(([a], [b]) => a - b);
  for (const part of partsOf(worth)) {
    const revisions = await revisionsOfIds(client, [...part.ids]);
    const partners = await partnersOf(client, revisions);
    const persons = byPerson([...revisions, ...partners], ({ psn_no }) => psn_no);
    const claims = netClaimsOf(persons).filter((claim) => institutionOf(claim) === institution);
    yield {
      house: houseOf(claims),
      isAsked: (rule, day) => part.days.has(day) && isAsked(rule, day),
      read: revisions.length + partners.length,
    };
  }
}

interface Part {
  readonly days: Set<number>;
  readonly ids: Set<number>;
}

function partsOf(worth: readonly (readonly [number, ReadonlySet<number>])[]): Part[] {
  const parts: Part[] = [];
  for (const [day, ids] of worth) {
    let part = parts.at(-1);
    if (part === undefined || part.ids.size + ids.size > documentsAtOnceMax) {
      part = { days: new Set(), ids: new Set() };
      parts.push(part);
    }
    part.days.add(day);
    for (const id of ids) part.ids.add(id);
  }
  return parts;
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
