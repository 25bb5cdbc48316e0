/**
 * Judges marked days by the rules over windows. A batch only notes what it changed, in its own transaction; here somebody marks the days of many
 * batches at once, takes the marks of some institutions, reads what is known around them once, and writes the differences.
 *
 * Why findings are a function of the known claims: a note is committed with what it speaks of and becomes a mark in one transaction, and a mark is
 * deleted by the transaction that has read everything after it took the mark and the lock of the institution. Whoever is last at a day has seen
 * everything, as with persons.
 *
 * Who worked at several institutions is judged with each of them on whose days their work changed, over all of them, under a lock of their own
 * that is held before anything elsewhere is read. That somebody worked at an institution is written down with the mark. So whoever takes somebody
 * for one of a single institution, and finds or withdraws something of them, has to hold the same lock and look again where they have worked: had
 * the second institution been there before, it would show. Nobody waits for such a lock; what cannot be had is left for later.
 */
import type { Pool, PoolClient } from 'pg';
import { isNationalCode, nationalCodesOf } from '../claims/practitioners.ts';
import { claimKey } from '../claims/timeline.ts';
import { type Database, transaction } from '../platform/database.ts';
import type { Rule, RuleSet } from '../rules/library.ts';
import { type House, houseOf } from '../rules/window.ts';
import { inForce, type Rules } from './in-force.ts';
import { partnersOf, type Revision, revisionsOfIds } from './neighbours.ts';
import { planForFewRows } from './plans.ts';
import type { Alarm, PersonVerdict } from './screen.ts';
import { byPerson } from './screen-all.ts';
import { applyFindings, type FindingChanges } from './store.ts';
import {
  type AskedDay,
  institutionOf,
  type Least,
  type LightVisit,
  netClaimsOf,
  type Places,
  practitionerRulesOf,
  screenHouse,
  screenPractitioner,
  visitsOfWhom,
  windowDaysOf,
  windowRulesOf,
  worthReading,
} from './window.ts';
import {
  dropMarks,
  holdPractitioners,
  knownOfWindows,
  type KnownOfWindow,
  markDays,
  markNoted,
  namedByKey,
  noteChanged,
  placesOf,
  putOff,
  replaceUndecided,
  type StandingUndecided,
  type Stretch,
  type TakenMarks,
  takeMarks,
  undecidedOfWindows,
  type UndecidedWindow,
  visitsNaming,
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

/** Notes what these revisions may change for rules over windows; where there are none, nothing at all is done. */
export async function noteForWindows(
  client: PoolClient,
  ruleSet: RuleSet,
  changes: readonly Revision[],
): Promise<void> {
  if (windowRulesOf(ruleSet).length === 0) return;
  const isTold = (change: Revision): boolean => !change.isPartnered && change.practitioners !== null;
  await noteChanged(
    client,
    changes.filter(isTold).map(({ id }) => id),
  );
  // Refunds may leave nothing but the attending doctor, whom the key need not name.
  await markDays(
    client,
    changes
      .filter((change) => !isTold(change))
      .map((change) => ({
        institution: change.fixmedins_code,
        day: change.beginDay,
        practitioners: [...namedByKey(change.practitioners), ...nationalCodesOf(change.claim)],
      })),
  );
}

/**
 * Judges marked days of some institutions.
 * @returns `null`: nothing waits, or others are at all of it
 */
export async function screenMarked(database: Database, rules: Rules): Promise<WindowReport | null> {
  for (let more = true; more; ) more = await transaction(database, markNoted);
  const taken: TakenMarks[] = [];
  try {
    return await transaction(database, async (client) => {
      await planForFewRows(client);
      const ruleSet = await inForce(rules).hold(client);
      taken.push(...(await takeMarks(client, daysAtOnceMax)));
      if (taken.length === 0) return null;
      const judged: Held[] = [];
      const done: TakenMarks[] = [];
      const until = performance.now() + takingMs;
      for (const one of taken) {
        if (judged.length > 0 && performance.now() >= until) break;
        const held = await judgeHeld(client, ruleSet, one.institution, changedBy(one));
        if (held === null) continue;
        judged.push(held);
        done.push(one);
      }
      if (judged.length === 0) return null;
      const report = await writeJudged(client, judged);
      await dropMarks(client, done);
      return report;
    });
  } catch (error) {
    const institutions = taken.map(({ institution }) => institution);
    if (institutions.length > 0) await putOff(database, institutions).catch(() => undefined);
    throw error;
  }
}

/** Whose work changed on which days. */
type Changed = ReadonlyMap<number, ReadonlySet<string>>;

function changedBy({ marks }: TakenMarks): Changed {
  const changed = new Map<number, Set<string>>();
  for (const { day, practitioners } of marks) {
    const known = changed.get(day) ?? new Set<string>();
    for (const code of practitioners) known.add(code);
    changed.set(day, known);
  }
  return changed;
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

/**
 * Reads and judges, holding and writing nothing: the institution, and all who worked elsewhere too and were there on one of these days.
 */
export async function judgeDays(
  client: PoolClient,
  ruleSet: RuleSet,
  institution: string,
  changed: ReadonlySet<number>,
): Promise<JudgedDays> {
  const asked = await askedAround(client, ruleSet, institution, changed);
  const places = await placesOf(client, await namedIn(client, asked.rules, asked.visits));
  return judgedDays(asked, [
    await judgeInstitution(client, asked, places),
    await judgePractitioners(client, asked, places),
  ]);
}

/** What is asked of an institution, and its visits. */
interface AskedAround {
  readonly ruleSet: RuleSet;
  readonly rules: readonly Rule[];
  readonly institution: string;
  readonly changed: ReadonlySet<number>;
  readonly days: readonly number[];
  readonly isJudged: JudgedDays['isJudged'];
  readonly visits: readonly LightVisit[];
}

async function askedAround(
  client: PoolClient,
  ruleSet: RuleSet,
  institution: string,
  changed: ReadonlySet<number>,
): Promise<AskedAround> {
  const rules = windowRulesOf(ruleSet);
  const { days, isJudged } = askedOf(rules, changed);
  const visits = await visitsAround(client, rules, institution, days);
  return { ruleSet, rules, institution, changed, days, isJudged, visits };
}

/** Whom these visits name by a national code. Where no rule asks whose work a visit is, nobody. */
export async function namedIn(
  client: PoolClient,
  rules: readonly Rule[],
  visits: readonly LightVisit[],
): Promise<string[]> {
  if (practitionerRulesOf(rules).length === 0) return [];
  const named = new Set(visits.flatMap((visit) => visit.named ?? []).filter(isNationalCode));
  const unkeyed = visits.flatMap(({ id, named: ofKey }) => (ofKey === null ? [id] : []));
  if (unkeyed.length > 0)
    for (const { claim } of await revisionsOfIds(client, unkeyed))
      for (const code of nationalCodesOf(claim)) named.add(code);
  return [...named];
}

/** What one reading of documents said. */
interface Said {
  readonly verdicts: readonly PersonVerdict[];
  readonly undecided: readonly UndecidedWindow[];
  readonly read: number;
}

function judgedDays(asked: AskedAround, said: readonly Said[]): JudgedDays {
  const { institution, changed, days, visits, isJudged } = asked;
  return {
    institution,
    changed,
    days,
    isJudged,
    visits: countsOf(visits),
    verdicts: said.flatMap(({ verdicts }) => verdicts),
    undecided: said.flatMap(({ undecided }) => undecided),
    read: said.reduce((sum, { read }) => sum + read, 0),
  };
}

async function saidOf(
  parts: AsyncIterable<HousePart>,
  screen: (part: HousePart) => Promise<PersonVerdict>,
): Promise<Said> {
  const verdicts: PersonVerdict[] = [];
  const undecided: UndecidedWindow[] = [];
  let read = 0;
  for await (const part of parts) {
    const verdict = await screen(part);
    verdicts.push(verdict);
    undecided.push(...undecidedWindows(verdict, part.house));
    read += part.read;
  }
  return { verdicts, undecided, read };
}

const isAskedIn =
  ({ isJudged }: AskedAround): AskedDay =>
  ({ document }, day) =>
    isJudged(document.code, day);

/** @param elsewhere who is judged over several institutions */
const judgeInstitution = async (client: PoolClient, asked: AskedAround, elsewhere: Places): Promise<Said> =>
  saidOf(
    housesOf(client, asked.rules, [asked.institution], asked.visits, isAskedIn(asked)),
    ({ house, isAsked }) => screenHouse(house, asked.institution, asked.ruleSet, isAsked, elsewhere),
  );

/** The same days of these practitioners, wherever they have worked. */
async function judgePractitioners(client: PoolClient, asked: AskedAround, places: Places): Promise<Said> {
  const { ruleSet, institution, days, visits } = asked;
  const rules = practitionerRulesOf(asked.rules);
  const elsewhere = await visitsElsewhere(client, rules, { institution, days, places });
  const known = [...visits, ...elsewhere];
  const said: Said[] = [];
  for (const [practitioner, institutions] of places) {
    const own = visitsOfWhom(known, practitioner, institutions);
    said.push(
      await saidOf(housesOf(client, rules, institutions, own, isAskedIn(asked)), async ({ house, isAsked }) =>
        screenPractitioner(house, practitioner, ruleSet, isAsked),
      ),
    );
  }
  return {
    verdicts: said.flatMap(({ verdicts }) => verdicts),
    undecided: said.flatMap(({ undecided }) => undecided),
    read: said.reduce((sum, { read }) => sum + read, 0),
  };
}

/** Visits at other institutions that may be the work of these practitioners, in windows that end on these days. */
export async function visitsElsewhere(
  client: Pool | PoolClient,
  rules: readonly Rule[],
  asked: { readonly institution: string; readonly days: readonly number[]; readonly places: Places },
): Promise<readonly LightVisit[]> {
  const longest = windowDaysOf(rules);
  const others = new Set([...asked.places.values()].flat());
  others.delete(asked.institution);
  if (longest === 0 || others.size === 0) return [];
  return visitsNaming(
    client,
    [...others].flatMap((other) => stretchesOf(other, asked.days, longest - 1)),
    [...asked.places.keys()],
  );
}

/** What was judged by somebody who holds all that it says something of. */
interface Held {
  readonly judged: JudgedDays;
  readonly findings: readonly KnownOfWindow[];
  readonly undecided: readonly StandingUndecided[];
}

/** @returns `null`: somebody else is at one of the practitioners */
async function judgeHeld(
  client: PoolClient,
  ruleSet: RuleSet,
  institution: string,
  changed: Changed,
): Promise<Held | null> {
  const asked = await askedAround(client, ruleSet, institution, new Set(changed.keys()));
  const { rules, visits } = asked;
  const before = await standingOf(client, asked, [institution]);
  const named = await namedIn(client, rules, visits);
  const codes = new Set([...changed.values()].flatMap((ofDay) => [...ofDay]));
  const standing = practitionersOfStanding(before);
  const places = await placesOf(client, [...new Set([...named, ...standing, ...codes])]);
  // What nobody is named for may be anybody's who was there.
  const touched = codes.has('') ? new Set([...codes, ...named, ...standing]) : codes;
  const concerned: Places = new Map([...places].filter(([code]) => touched.has(code)));
  if (!(await holdPractitioners(client, [...concerned.keys()]))) return null;
  const said = await judgeInstitution(client, asked, places);
  const ofOne = [...new Set([...practitionersSaid(said), ...standing])].filter((code) => !places.has(code));
  if (ofOne.length > 0) {
    if (!(await holdPractitioners(client, ofOne))) return null;
    if ((await placesOf(client, ofOne)).size > 0) return null;
  }
  const held = new Set([...concerned.keys(), ...ofOne]);
  const isOwn = (practitioner: string | null): boolean =>
    practitioner === null || !isNationalCode(practitioner) || held.has(practitioner);
  const around = [...new Set([institution, ...[...concerned.values()].flat()])];
  // What is about nobody who is one person everywhere changes under the lock of the institution alone: it still stands as it did before.
  const stands = held.size === 0 ? before : await standingOf(client, asked, around);
  const isOf = (row: { readonly fixmedins_code: string; readonly practitioner: string | null }): boolean =>
    row.fixmedins_code === institution
      ? isOwn(row.practitioner)
      : row.practitioner !== null && concerned.has(row.practitioner);
  return {
    judged: judgedDays(asked, [said, await judgePractitioners(client, asked, concerned)]),
    findings: stands.findings.filter(isOf),
    undecided: stands.undecided.filter(isOf),
  };
}

interface Standing {
  readonly findings: readonly KnownOfWindow[];
  readonly undecided: readonly StandingUndecided[];
}

/** What stands at these institutions about what is asked. */
async function standingOf(
  client: PoolClient,
  { days, isJudged }: AskedAround,
  institutions: readonly string[],
): Promise<Standing> {
  const stretches = institutions.flatMap((institution) => stretchesOf(institution, days, 0));
  const findings = await knownOfWindows(client, stretches);
  const undecided = await undecidedOfWindows(client, stretches);
  return {
    findings: findings.filter((one) => isJudged(one.rule_code, one.window_day)),
    undecided: undecided.filter((one) => isJudged(one.rule_code, one.day)),
  };
}

const practitionersOfStanding = ({ findings, undecided }: Standing): string[] =>
  [...findings, ...undecided].flatMap(({ practitioner }) =>
    practitioner !== null && isNationalCode(practitioner) ? [practitioner] : [],
  );

function practitionersSaid({ verdicts, undecided }: Said): string[] {
  const found = verdicts.flatMap(({ findings }) => findings.map(({ window }) => window?.practitioner ?? ''));
  return [...found, ...undecided.map(({ practitioner = '' }) => practitioner)].filter(isNationalCode);
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
async function writeJudged(client: PoolClient, held: readonly Held[]): Promise<WindowReport> {
  const judged = held.map((one) => one.judged);
  const verdicts = judged.flatMap((one) => one.verdicts);
  // Two institutions say the same of whoever worked at both.
  const findings = new Map(
    verdicts.flatMap((one) => one.findings.map((finding) => [finding.finding_id, finding])),
  );
  const known = held.flatMap((one) => one.findings).map((one) => [one.finding_id, one] as const);
  const changes = await applyFindings(client, new Map(known), [...findings.values()]);
  const undecided = new Map(
    judged.flatMap((one) => one.undecided.map((item) => [keyOfUndecided(item), item] as const)),
  );
  await replaceUndecided(
    client,
    held.flatMap((one) => one.undecided),
    [...undecided.values()],
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

const keyOfUndecided = ({ fixmedins_code, setl_id, rule_code, practitioner = '' }: UndecidedWindow): string =>
  [claimKey(fixmedins_code, setl_id), rule_code, practitioner].join('\u001f');

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

/** What has to be known of some institutions to judge some days of them. */
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
 * What has to be known of some institutions to judge some days, in parts that hold no more documents than one day needs, or `documentsAtOnceMax`.
 * @param visits all of these days and of those that windows reach back to
 */
export async function* housesOf(
  client: PoolClient,
  rules: readonly Rule[],
  institutions: readonly string[],
  visits: readonly LightVisit[],
  isAsked: AskedDay,
  least?: (rule: Rule) => Least,
): AsyncGenerator<HousePart> {
  const worth = [...worthReading(rules, visits, isAsked, least)].sort(([a], [b]) => a - b);
  for (const part of partsOf(worth)) {
    const revisions = await revisionsOfIds(client, [...part.ids]);
    const partners = await partnersOf(client, revisions);
    const persons = byPerson([...revisions, ...partners], ({ psn_no }) => psn_no);
    const claims = netClaimsOf(persons).filter((claim) => institutions.includes(institutionOf(claim)));
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
