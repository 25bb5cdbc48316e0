/**
 * The one evaluation of rules over windows: what is known of an institution or a practitioner on some days, and a rule set in; findings out. The pass over marked
 * days, backtest, examples and `fundwatch screen` all call it. Refunds are taken off per person before, as everywhere.
 */
import { kindOf } from '../claims/kind.ts';
import { isNationalCode } from '../claims/practitioners.ts';
import { claimKey, type CurrentClaim, type NetClaim, timelineOf } from '../claims/timeline.ts';
import type { Candidate } from '../rules/candidate.ts';
import type { Rule, RuleSet } from '../rules/library.ts';
import { groupedBy } from '../rules/around.ts';
import {
  type AskedOf,
  companions,
  type House,
  houseOf,
  type Meeting,
  practitionersOf,
  windowCandidatesOf,
  type WindowLook,
} from '../rules/window.ts';
import { confirmHits, decideCandidates, emptyVerdict, type Hit, type PersonVerdict } from './screen.ts';

/** Which days of which rule are asked about. */
export type AskedDay = (rule: Rule, day: number) => boolean;

export const windowRulesOf = ({ rules }: Pick<RuleSet, 'rules'>): Rule[] =>
  rules.filter(({ window }) => window !== null);

/** The longest window of any rule; 0: there is none. */
export const windowDaysOf = (rules: readonly Rule[]): number =>
  rules.reduce((longest, { window }) => Math.max(longest, window?.days ?? 0), 0);

export const practitionerRulesOf = (rules: readonly Rule[]): Rule[] =>
  rules.filter(({ window }) => window?.over === 'practitioner');

/** What the rules over windows say of one institution: by rule, then by day. @param elsewhere who is judged over several institutions */
export async function screenHouse(
  house: House,
  institution: string,
  ruleSet: Pick<RuleSet, 'rules'>,
  isAsked: AskedDay = () => true,
  elsewhere: { readonly has: (practitioner: string) => boolean } = nobodyElsewhere,
): Promise<PersonVerdict> {
  const rules = windowRulesOf(ruleSet).filter(({ within }) => within?.(institution) !== false);
  return screenDays(
    rules,
    () => house,
    isAsked,
    (practitioner) => practitioner === null || !elsewhere.has(practitioner),
  );
}

const nobodyElsewhere = new Set<string>();

/** The same of one practitioner over institutions. @param house of all of them; visits at those where a rule does not hold do not count for it */
export async function screenPractitioner(
  house: House,
  practitioner: string,
  ruleSet: Pick<RuleSet, 'rules'>,
  isAsked: AskedDay = () => true,
): Promise<PersonVerdict> {
  return screenDays(
    practitionerRulesOf(windowRulesOf(ruleSet)),
    (rule) => houseWithin(rule, house),
    isAsked,
    (one) => one === practitioner,
  );
}

/** What counts where a rule holds at some institutions only. */
export const houseWithin = ({ within }: Rule, house: House): House =>
  within === undefined
    ? house
    : houseOf([...house.values()].flat().filter((claim) => within(institutionOf(claim))));

async function screenDays(
  rules: readonly Rule[],
  houseFor: (rule: Rule) => House,
  isAsked: AskedDay,
  isAskedOf: AskedOf,
): Promise<PersonVerdict> {
  const verdict = emptyVerdict();
  const hits: Hit[] = [];
  for (const rule of rules) {
    const { window } = rule;
    if (window === null) continue;
    const house = houseFor(rule);
    for (const day of [...house.keys()].sort((a, b) => a - b)) {
      const candidates = isAsked(rule, day) ? judgedOf(rule, window, house, day, isAskedOf) : [];
      if (candidates.length > 0) decideCandidates(rule, candidates, verdict, hits);
    }
  }
  return confirmHits({ verdict, hits });
}

/** What is certain counts: where it hits, nobody asks what else may be so. */
export function judgedOf(
  rule: Rule,
  look: WindowLook,
  house: House,
  day: number,
  isAskedOf?: AskedOf,
): Candidate[] {
  const { certain, possible } = windowCandidatesOf(look, house, day, isAskedOf);
  const isHit = (candidate: Candidate): boolean => {
    try {
      return rule.decide(candidate) === 'hit';
    } catch {
      // Found again, and reported, where the candidate is judged.
      return false;
    }
  };
  return [
    ...certain,
    ...possible.filter(({ holds }) => !holds.some(isHit)).map(({ candidate }) => candidate),
  ];
}

/** The same of all institutions that these persons have been to, and of all who work at several of them, each in the order of their codes. */
export async function screenHouses(
  persons: ReadonlyMap<string, readonly CurrentClaim[]>,
  ruleSet: Pick<RuleSet, 'rules'>,
): Promise<PersonVerdict[]> {
  if (windowRulesOf(ruleSet).length === 0) return [];
  const verdicts: PersonVerdict[] = [];
  const claims = netClaimsOf(persons);
  const houses = groupedBy(claims, institutionOf);
  const places = practitionerRulesOf(windowRulesOf(ruleSet)).length === 0 ? noPlaces : placesIn(claims);
  for (const [institution, own] of sortedByKey(houses))
    verdicts.push(await screenHouse(houseOf(own), institution, ruleSet, undefined, places));
  for (const [practitioner, institutions] of sortedByKey(places)) {
    const own = institutions.flatMap((institution) => houses.get(institution) ?? []);
    const house = houseOf(own.filter((claim) => mayBeOf(practitionersOf(claim), practitioner)));
    verdicts.push(await screenPractitioner(house, practitioner, ruleSet));
  }
  return verdicts;
}

const sortedByKey = <Value>(map: ReadonlyMap<string, Value>): (readonly [string, Value])[] =>
  [...map].sort(([a], [b]) => (a < b ? -1 : 1));

/** Institutions of each who worked at several. */
export type Places = ReadonlyMap<string, readonly string[]>;
export const noPlaces: Places = new Map();

function placesIn(claims: readonly NetClaim[]): Places {
  const places = new Map<string, Set<string>>();
  for (const claim of claims)
    for (const code of practitionersOf(claim)) {
      if (!isNationalCode(code)) continue;
      const known = places.get(code);
      if (known === undefined) places.set(code, new Set([institutionOf(claim)]));
      else known.add(institutionOf(claim));
    }
  return new Map(
    [...places].flatMap(([code, known]) => (known.size > 1 ? [[code, [...known].sort()] as const] : [])),
  );
}

/** @param practitioners whose work a visit is, `''` for nobody's; `null`: it may be anybody's */
const mayBeOf = (practitioners: readonly string[] | null, practitioner: string): boolean =>
  practitioners === null || practitioners.includes('') || practitioners.includes(practitioner);

/** Of these visits, those that may be the work of somebody who worked at these institutions. */
export const visitsOfWhom = (
  visits: readonly LightVisit[],
  practitioner: string,
  institutions: readonly string[],
): LightVisit[] =>
  visits.filter(
    (visit) => institutions.includes(visit.institution) && mayBeOf(visit.practitioners, practitioner),
  );

export const netClaimsOf = (persons: ReadonlyMap<string, readonly CurrentClaim[]>): NetClaim[] =>
  [...persons].flatMap(([psnNo, claims]) => timelineOf(psnNo, claims).claims);

export const institutionOf = ({ claim }: NetClaim): string => claim.institution.fixmedins_code;

/** A visit as its keys tell: nothing of its lines, and before refunds. */
export interface LightVisit extends Meeting {
  readonly id: number;
  readonly institution: string;
  readonly mdtrtId: string;
  readonly medType: string;
  /** `null`: refunds change it. */
  readonly medfee: string | null;
  /** Whose work it is, `''` for nobody's; `null`: it may be anybody's. */
  readonly practitioners: readonly string[] | null;
  /** What its key says of that: before refunds. */
  readonly named: readonly string[] | null;
}

/**
 * Visits whose documents have to be read to judge the days, by day: all others belong to no set that could be large enough. Told by keys
 * alone, so that a hospital with thousands of visits a day need not be read for rules that speak of three persons.
 * @param least how many a set must have to be worth a look; absent: as many as the conditions of the rule say
 * @param isOfInterest which of the sets that are large enough are asked about
 */
export function worthReading(
  rules: readonly Rule[],
  visits: readonly LightVisit[],
  isAsked: AskedDay,
  least: (rule: Rule) => Least = ({ windowLeast }) => windowLeast,
  isOfInterest: (set: readonly LightVisit[]) => boolean = () => true,
): Map<number, Set<number>> {
  const worth = new Map<number, Set<number>>();
  for (const rule of rules) {
    const look = rule.window;
    if (look === null) continue;
    const known = lightHouseOf(look, visits);
    for (const [day, ofDay] of known.days) {
      if (!isAsked(rule, day)) continue;
      const ids = worth.get(day) ?? new Set<number>();
      for (const set of lightSetsOf(look, known, day, ofDay, least(rule)))
        if (isOfInterest(set)) for (const { id } of set) ids.add(id);
      if (ids.size > 0) worth.set(day, ids);
    }
  }
  return worth;
}

export interface Least {
  readonly persons: number;
  readonly visits: number;
  readonly dayPersons: number;
  readonly dayVisits: number;
}

/** The visits that a rule may count. */
interface LightHouse {
  readonly days: ReadonlyMap<number, readonly LightVisit[]>;
  readonly ofPerson: (psnNo: string) => readonly LightVisit[];
}

function lightHouseOf(look: WindowLook, visits: readonly LightVisit[]): LightHouse {
  const days = new Map<number, LightVisit[]>();
  for (const visit of visits) {
    const kind = kindOf(visit.medType);
    if ((kind !== 'unknown' && !look.isOfKind(kind)) || !look.isInForce(visit.day)) continue;
    const list = days.get(visit.day);
    if (list === undefined) days.set(visit.day, [visit]);
    else list.push(visit);
  }
  let persons: Map<string, LightVisit[]> | null = null;
  return {
    days,
    ofPerson: (psnNo) => {
      persons ??= groupedBy([...days.values()].flat(), (visit) => visit.psnNo);
      return persons.get(psnNo) ?? [];
    },
  };
}

/** Every set of the rule that could be large enough lies within one of these. */
function lightSetsOf(
  look: WindowLook,
  house: LightHouse,
  day: number,
  ofDay: readonly LightVisit[],
  least: Least,
): (readonly LightVisit[])[] {
  const isEnough = (set: readonly LightVisit[]): boolean => {
    if (set.length < Math.max(least.persons, least.visits)) return false;
    const own = set.filter((visit) => visit.day === day);
    return (
      own.length >= Math.max(1, least.dayPersons, least.dayVisits) &&
      personsIn(own) >= least.dayPersons &&
      visitsIn(own) >= least.dayVisits &&
      personsIn(set) >= least.persons &&
      visitsIn(set) >= least.visits
    );
  };
  const setsIn = (visits: readonly LightVisit[]): readonly (readonly LightVisit[])[] => {
    if (look.over === 'institution') return setsAmong(look, visits, day);
    return byPractitioner(visits)
      .filter(isEnough)
      .flatMap((own) => setsAmong(look, own, day));
  };
  const visits =
    look.sets === 'together' ? ofRegulars(look, house, day, ofDay, least) : withinWindow(look, house, day);
  return setsIn(visits).filter(isEnough);
}

const personsIn = (visits: readonly LightVisit[]): number => new Set(visits.map(({ psnNo }) => psnNo)).size;
const visitsIn = (visits: readonly LightVisit[]): number =>
  new Set(visits.map(({ institution, mdtrtId }) => claimKey(institution, mdtrtId))).size;

function withinWindow(look: WindowLook, { days }: LightHouse, day: number): LightVisit[] {
  const visits: LightVisit[] = [];
  for (let at = day - look.days + 1; at <= day; at += 1) visits.push(...(days.get(at) ?? []));
  return visits;
}

/** Companions meet on the day itself: of those whom no set of the day ties to enough others nothing before is looked at. */
function ofRegulars(
  look: WindowLook,
  house: LightHouse,
  day: number,
  ofDay: readonly LightVisit[],
  { persons, dayPersons }: Least,
): LightVisit[] {
  const tied = companions({ ...look, times: 1 }, ofDay, day, true)
    .map((set) => new Set(set.map(({ psnNo }) => psnNo)))
    .filter(({ size }) => size >= Math.max(persons, dayPersons));
  return [...new Set(tied.flatMap((set) => [...set]))].flatMap((psnNo) =>
    house.ofPerson(psnNo).filter((visit) => visit.day <= day && visit.day > day - look.days),
  );
}

/** What may be one practitioner's: visits of which nobody is known may be anybody's, and are nobody's where there is no one else. */
function byPractitioner(visits: readonly LightVisit[]): (readonly LightVisit[])[] {
  const anybodys: LightVisit[] = [];
  const named = new Map<string, LightVisit[]>();
  for (const visit of visits) {
    if (visit.practitioners === null || visit.practitioners.includes('')) anybodys.push(visit);
    else
      for (const code of visit.practitioners) {
        const own = named.get(code);
        if (own === undefined) named.set(code, [visit]);
        else own.push(visit);
      }
  }
  const sets = [...named.values()];
  return anybodys.length === 0 ? sets : [...sets.map((own) => [...own, ...anybodys]), anybodys];
}

function setsAmong(
  look: WindowLook,
  visits: readonly LightVisit[],
  day: number,
): readonly (readonly LightVisit[])[] {
  switch (look.sets) {
    case 'all':
      return [visits];
    case 'same_bill': {
      const refunded = visits.filter(({ medfee }) => medfee === null);
      const bills = [...groupedBy(visits, ({ medfee }) => medfee ?? '')].filter(([bill]) => bill !== '');
      return [...bills.map(([, alike]) => [...alike, ...refunded]), refunded];
    }
    case 'together':
      return companions(look, visits, day, true);
  }
}
