/**
 * Sets of visits at one institution, or by one practitioner, that are judged together: those of a day with those of the days before it that a rule looks back over.
 * Days are those on which visits began. A window of `days` days ends with the day that is judged, that day included; it is half-open at its
 * far end, so that of 7 days the same weekday a week before does not count. Pure: visits in any order, sets in canonical order out.
 *
 * A practitioner with a national code is one person wherever the visits were; of any other code, one of its institution. Visits that name nobody
 * may be anybody's who is named at the same institution in the window.
 *
 * What cannot be told for certain – whether a visit is of the kind, at which minute it began, whose it is – may be so: sets are made once of
 * what is certain, and once of everything that may be so. The latter are never a hit; where they say more than no, the rule cannot judge.
 */
import { createHash } from 'node:crypto';
import { secondOfDay } from '../platform/civil.ts';
import { isNationalCode } from '../claims/practitioners.ts';
import { compareClaims, compareLines, type NetClaim, type NetLine } from '../claims/timeline.ts';
import type { Knowledge } from '../knowledge/table.ts';
import { groupedBy, inForce, tableOf } from './around.ts';
import { type Candidate, daysInForce, type PersonContext, type WindowSet } from './candidate.ts';
import type { Each, ParamRef, RuleDocument } from './contract.ts';

export type WindowUnit = Each & { readonly unit: 'window' };

/** What a rule looks at, with its parameters put in. */
export interface WindowLook {
  readonly over: WindowUnit['over'];
  readonly sets: WindowUnit['sets'];
  readonly days: number;
  /** Of `together`: less than so many seconds apart, on so many days. */
  readonly seconds: number;
  readonly times: number;
  readonly isOfKind: (kind: NetClaim['kind']) => boolean;
  /** Whether a day lies in the days in which the rule holds. */
  readonly isInForce: (day: number) => boolean;
  /** Whether a visit counts at all. */
  readonly counts: (claim: NetClaim) => boolean;
}

/** `null`: the rule is of another unit. Throws when a parameter or a table does not exist; `lint` says so with a position. */
export function windowLookOf(document: RuleDocument, knowledge: Knowledge): WindowLook | null {
  const { each, scope } = document;
  if (each.unit !== 'window') return null;
  const { from, to } = daysInForce(document);
  return {
    over: each.over,
    sets: each.sets,
    days: numberOf(document, each.days),
    seconds: 60 * numberOf(document, each.minutes),
    times: numberOf(document, each.times),
    isOfKind: (kind) => scope.kinds.includes(kind),
    isInForce: (day) => day >= from && day < to,
    counts: each.except === undefined ? () => true : unlisted(knowledge, each.except),
  };
}

function numberOf(document: RuleDocument, given: number | ParamRef | undefined): number {
  if (typeof given !== 'object') return given ?? 0;
  const value = document.params[given.param]?.value;
  if (typeof value !== 'number') throw new Error(`the parameter ${given.param} is no number`);
  return value;
}

/** Visits with none of the items of a table, as of the day of each line. */
function unlisted(knowledge: Knowledge, name: string): (claim: NetClaim) => boolean {
  const source = tableOf(knowledge, name);
  const rowsOfItem = groupedBy(source.rows, ({ cells }) => cells[source.spec.key[0] ?? ''] ?? '');
  return ({ lines }) =>
    !lines.some(
      ({ line, feeDay }) => rowsOfItem.get(line.med_list_codg)?.some((row) => inForce(row, feeDay)) === true,
    );
}

/** Claims by the day on which their visits began, each day in canonical order: of one institution, or all that may be one practitioner's. */
export type House = ReadonlyMap<number, readonly NetClaim[]>;

export function houseOf(claims: Iterable<NetClaim>): House {
  const days = new Map<number, NetClaim[]>();
  for (const claim of claims) {
    const list = days.get(claim.beginDay);
    if (list === undefined) days.set(claim.beginDay, [claim]);
    else list.push(claim);
  }
  for (const list of days.values()) list.sort(compareClaims);
  return days;
}

export interface WindowCandidates {
  readonly certain: readonly Candidate[];
  /** With each: the certain ones that lie in it. */
  readonly possible: readonly { readonly candidate: Candidate; readonly holds: readonly Candidate[] }[];
}

/** Whose sets are judged: of a practitioner, or with `null` those of an institution or of nobody. */
export type AskedOf = (practitioner: string | null) => boolean;
const everybody: AskedOf = () => true;

/** Everything that a rule judges of one day, in canonical order. */
export function windowCandidatesOf(
  look: WindowLook,
  house: House,
  day: number,
  isAskedOf: AskedOf = everybody,
): WindowCandidates {
  if (!look.isInForce(day)) return nothing;
  const visits = visitsOf(look, house, day);
  const certain = setsOf(
    look,
    visits.filter(({ doubts }) => doubts.length === 0),
    day,
    false,
    isAskedOf,
  );
  const isAnyDoubtful = visits.some((visit) => isWanting(look, visit));
  const sure = certain.map((set) => ({ set, candidate: candidateOf(look, set, day, []) }));
  if (!isAnyDoubtful) return { certain: sure.map(({ candidate }) => candidate), possible: [] };
  const possible = setsOf(look, visits, day, true, isAskedOf).flatMap((set) => {
    const members = new Set(set.visits.map(({ claim }) => claim));
    const within = sure.filter(
      (one) =>
        one.set.practitioner === set.practitioner && one.set.visits.every(({ claim }) => members.has(claim)),
    );
    const isCertain = within.some((one) => one.set.visits.length === set.visits.length);
    const missing = isCertain ? [] : missingOf(look, set);
    return missing.length === 0
      ? []
      : [
          {
            candidate: candidateOf(look, set, day, missing),
            holds: within.map(({ candidate }) => candidate),
          },
        ];
  });
  return { certain: sure.map(({ candidate }) => candidate), possible };
}

const nothing: WindowCandidates = { certain: [], possible: [] };

interface Visit extends Meeting {
  readonly claim: NetClaim;
  /** `null`: of the institution. */
  readonly practitioner: string | null;
  readonly lines: readonly NetLine[];
  /** Facts for want of which it cannot be told whether it counts. */
  readonly doubts: readonly string[];
}

interface Draft {
  readonly name: string;
  readonly practitioner: string | null;
  /** In canonical order; the last one began on the day that is judged. */
  readonly visits: readonly Visit[];
}

function visitsOf(look: WindowLook, house: House, day: number): Visit[] {
  const visits: Visit[] = [];
  for (let at = day - look.days + 1; at <= day; at += 1) {
    const claims = house.get(at);
    if (claims !== undefined && look.isInForce(at)) visits.push(...visitsOfDay(look, claims));
  }
  return visits;
}

/** Windows overlap: each day is looked at once for all of them. */
const remembered = new WeakMap<readonly NetClaim[], WeakMap<WindowLook, readonly Visit[]>>();

function visitsOfDay(look: WindowLook, claims: readonly NetClaim[]): readonly Visit[] {
  const ofLooks = remembered.get(claims) ?? new WeakMap<WindowLook, readonly Visit[]>();
  remembered.set(claims, ofLooks);
  const known = ofLooks.get(look);
  if (known !== undefined) return known;
  const visits = claims.flatMap((claim): Visit[] => {
    const isUnknown = claim.kind === 'unknown' && !look.isOfKind('unknown');
    if ((!isUnknown && !look.isOfKind(claim.kind)) || !look.counts(claim)) return [];
    const doubts = [
      ...(isUnknown ? ['claim.kind'] : []),
      ...(look.sets === 'same_bill' && claim.lines.length === 0 ? ['line.med_list_codg'] : []),
    ];
    return look.over === 'institution' ? [ofHouse(claim, doubts)] : ofPractitioners(claim, doubts);
  });
  ofLooks.set(look, visits);
  return visits;
}

const linesOfDay = ({ lines, beginDay }: NetClaim): NetLine[] =>
  lines.filter(({ feeDay }) => feeDay === beginDay);

const meetingOf = ({ claim, beginDay, beginSecond }: NetClaim): Meeting => ({
  psnNo: claim.person.psn_no,
  day: beginDay,
  second: beginSecond,
});

const ofHouse = (claim: NetClaim, doubts: readonly string[]): Visit => ({
  ...meetingOf(claim),
  claim,
  practitioner: null,
  lines: linesOfDay(claim),
  doubts,
});

/**
 * Once for each practitioner whose work it is: who ordered a line, or the attending doctor where the line does not say; where nobody is named,
 * it is nobody's, and is never a part of anybody's day for certain.
 */
function ofPractitioners(claim: NetClaim, doubts: readonly string[]): Visit[] {
  return [...linesByPractitioner(claim)].map(([practitioner, own]) => ({
    ...meetingOf(claim),
    claim,
    practitioner: practitioner === nobody ? null : practitioner,
    lines: own,
    doubts: practitioner === nobody ? [...doubts, 'line.bilg_dr_codg'] : doubts,
  }));
}

function linesByPractitioner(claim: NetClaim): Map<string, NetLine[]> {
  const attending = claim.claim.visit.atddr_no;
  const lines = linesOfDay(claim);
  const byPractitioner = groupedBy(lines, ({ line }) => line.bilg_dr_codg ?? attending ?? nobody);
  if (lines.length === 0) byPractitioner.set(attending ?? nobody, []);
  return byPractitioner;
}

/** Codes; `''` where nobody is named. */
export const practitionersOf = (claim: NetClaim): string[] => [...linesByPractitioner(claim).keys()];

/** No code is empty. */
const nobody = '';

const institutionOf = ({ claim }: Visit): string => claim.claim.institution.fixmedins_code;

/** Whose set a visit may stand in. */
const subjectOf = (visit: Visit): string =>
  visit.practitioner !== null && isNationalCode(visit.practitioner)
    ? visit.practitioner
    : `${institutionOf(visit)}\u001f${visit.practitioner ?? nobody}`;

/** @param perhaps whether what may be so is taken for so */
function setsOf(
  look: WindowLook,
  visits: readonly Visit[],
  day: number,
  perhaps: boolean,
  isAskedOf: AskedOf,
): Draft[] {
  const isOf = look.over === 'practitioner';
  const unnamed = groupedBy(
    visits.filter(({ practitioner }) => isOf && practitioner === null),
    institutionOf,
  );
  const drafts = [...groupedBy(visits, subjectOf).values()].flatMap((named) => {
    const practitioner = named[0]?.practitioner ?? null;
    if (!isAskedOf(practitioner)) return [];
    const institutions = practitioner === null ? [] : [...new Set(named.map(institutionOf))];
    const own = [...named, ...institutions.flatMap((institution) => unnamed.get(institution) ?? [])];
    return setsAmong(look, own, day, perhaps).map(
      (visitsOfSet): Draft => ({
        name: nameOf(look, visitsOfSet, day),
        practitioner,
        visits: visitsOfSet.sort((a, b) => compareClaims(a.claim, b.claim)),
      }),
    );
  });
  return drafts
    .filter((draft) => draft.visits.some((visit) => visit.day === day))
    .sort((a, b) => compareText(a.practitioner ?? '', b.practitioner ?? '') || compareText(a.name, b.name));
}

function setsAmong(look: WindowLook, visits: readonly Visit[], day: number, perhaps: boolean): Visit[][] {
  switch (look.sets) {
    case 'all':
      return [[...visits]];
    case 'same_bill': {
      const unlisted = groupedBy(
        visits.filter(({ claim }) => claim.lines.length === 0),
        ({ claim }) => billOf(claim),
      );
      // What was billed at the same total may be the same.
      return [...groupedBy(visits, ({ claim }) => billOf(claim)).values()].map((alike) => {
        const [first] = alike;
        const others = first === undefined ? [] : (unlisted.get(String(first.claim.medfee)) ?? []);
        return [...new Set([...alike, ...others])];
      });
    }
    case 'together':
      return companions(look, visits, day, perhaps);
  }
}

/** By what the sets of one day are told apart: what was billed, or who came first. */
function nameOf({ sets }: WindowLook, visits: readonly Visit[], day: number): string {
  const claims = visits.map(({ claim }) => claim).sort(compareClaims);
  const [first] = claims;
  switch (sets) {
    case 'all':
      return '';
    case 'same_bill':
      return first === undefined ? '' : createHash('sha256').update(billOf(first)).digest('hex');
    case 'together':
      return claims.find(({ beginDay }) => beginDay === day)?.key ?? '';
  }
}

/** The items of a visit and what it cost, refunds taken off. */
const billOf = ({ lines, medfee }: NetClaim): string =>
  [medfee, ...new Set(lines.map(({ line }) => line.med_list_codg).sort())].join('\u001f');

/** What has to be known of a visit to tell whom a person met. */
export interface Meeting {
  readonly psnNo: string;
  readonly day: number;
  readonly second: number;
}

/**
 * Persons whom meetings tie together on the day. Two meet when they begin visits fewer than so many seconds apart; they are companions on a
 * day on which they meet when they met on so many days of the window, that day included. Who is tied to a companion belongs to the same set.
 * @param perhaps whether visits of which only the day is known are taken for meetings with all others of the day, or with none
 * @returns of each set the visits at which companions met
 */
export function companions<Visit extends Meeting>(
  { seconds, times }: Pick<WindowLook, 'seconds' | 'times'>,
  visits: readonly Visit[],
  day: number,
  perhaps: boolean,
): Visit[][] {
  const persons = new Map<string, Visit[]>();
  for (const visit of visits) if (visit.day === day) persons.set(visit.psnNo, []);
  for (const visit of visits) persons.get(visit.psnNo)?.push(visit);
  // Who was not there so often has met nobody so often: nearly everybody.
  const regulars = new Map<string, Map<number, Visit[]>>();
  for (const [psnNo, own] of persons) {
    if (own.length < times) continue;
    const days = groupedBy(own, (visit) => visit.day);
    if (days.size >= times) regulars.set(psnNo, days);
  }
  const parents = new Map([...regulars.keys()].map((psnNo) => [psnNo, psnNo]));
  const met = new Map<string, Set<Visit>>();
  for (const [one, other] of metOn(day, regulars, seconds, perhaps)) {
    const theirs = regulars.get(other) ?? noDays;
    const meetings: (readonly [Visit, Visit])[] = [];
    let daysMet = 0;
    for (const [on, mine] of regulars.get(one) ?? noDays) {
      const before = meetings.length;
      for (const a of mine)
        for (const b of theirs.get(on) ?? []) if (isNear(a, b, seconds, perhaps)) meetings.push([a, b]);
      if (meetings.length > before) daysMet += 1;
    }
    if (daysMet < times) continue;
    for (const [a, b] of meetings) {
      addTo(met, one, a);
      addTo(met, other, b);
    }
    parents.set(rootOf(parents, one), rootOf(parents, other));
  }
  return [...groupedBy([...met], ([psnNo]) => rootOf(parents, psnNo)).values()].map((members) =>
    members.flatMap(([, own]) => [...own]),
  );
}

const noDays: ReadonlyMap<number, never[]> = new Map();

const isNear = (a: Meeting, b: Meeting, seconds: number, perhaps: boolean): boolean =>
  isTimed(a) && isTimed(b) ? Math.abs(a.second - b.second) < seconds : perhaps;

/**
 * Persons who met on the day; a pair may come more than once. A hospital has thousands of visits a day: those that state a time are compared
 * only where they begin near each other.
 */
function* metOn<Visit extends Meeting>(
  day: number,
  persons: ReadonlyMap<string, ReadonlyMap<number, readonly Visit[]>>,
  seconds: number,
  perhaps: boolean,
): Generator<readonly [string, string]> {
  const timed: Visit[] = [];
  const untimed: Visit[] = [];
  for (const days of persons.values())
    for (const visit of days.get(day) ?? []) (isTimed(visit) ? timed : untimed).push(visit);
  timed.sort((a, b) => a.second - b.second);
  for (const [at, { psnNo, second }] of timed.entries())
    for (let next = at + 1; next < timed.length; next += 1) {
      const other = timed[next];
      if (other === undefined || other.second - second >= seconds) break;
      if (other.psnNo !== psnNo) yield [psnNo, other.psnNo];
    }
  if (!perhaps) return;
  for (const [at, { psnNo }] of untimed.entries()) {
    for (const other of timed) if (other.psnNo !== psnNo) yield [psnNo, other.psnNo];
    for (let next = at + 1; next < untimed.length; next += 1) {
      const other = untimed[next];
      if (other !== undefined && other.psnNo !== psnNo) yield [psnNo, other.psnNo];
    }
  }
}

function addTo<Value>(sets: Map<string, Set<Value>>, key: string, value: Value): void {
  const known = sets.get(key);
  if (known === undefined) sets.set(key, new Set([value]));
  else known.add(value);
}

function rootOf(parents: ReadonlyMap<string, string>, psnNo: string): string {
  let root = psnNo;
  for (let next = parents.get(root); next !== undefined && next !== root; next = parents.get(root))
    root = next;
  return root;
}

/** Midnight sharp is how systems that keep days alone write a day. */
const isTimed = ({ second, day }: Meeting): boolean => second !== secondOfDay(day);

function missingOf(look: WindowLook, { visits }: Draft): string[] {
  const missing = new Set(visits.flatMap(({ doubts }) => doubts));
  if (look.sets === 'together' && visits.some((visit) => !isTimed(visit))) missing.add('claim.begin_time');
  return [...missing].sort();
}

function candidateOf(look: WindowLook, draft: Draft, day: number, missing: readonly string[]): Candidate {
  const own = draft.visits.filter((visit) => visit.day === day);
  const claims = claimsOf(own);
  const [first, ...rest] = claims;
  if (first === undefined) throw new Error('a set without a visit on its day');
  const window: WindowSet = {
    over: look.over,
    practitioner: draft.practitioner,
    fromDay: day - look.days + 1,
    day,
    name: draft.name,
    claims: [first, ...rest],
    lines: [...new Set(own.flatMap(({ lines }) => lines))].sort(compareLines),
    earlier: claimsOf(draft.visits.filter((visit) => visit.day !== day)),
  };
  // What cannot be judged is said of a visit that does not state what is needed.
  const wanting = claimsOf(own.filter((visit) => isWanting(look, visit)));
  const claim = (missing.length === 0 ? undefined : wanting.at(-1)) ?? rest.at(-1) ?? first;
  return {
    context: contextOfNobody(claim),
    claim,
    line: null,
    group: null,
    diagnosis: null,
    window,
    missing,
  };
}

/** A visit may stand in a set twice: as a practitioner's, and as nobody's. */
const claimsOf = (visits: readonly Visit[]): NetClaim[] => [...new Set(visits.map(({ claim }) => claim))];

const isWanting = ({ sets }: WindowLook, visit: Visit): boolean =>
  visit.doubts.length > 0 || (sets === 'together' && !isTimed(visit));

/** Rules over windows ask nothing of a person: lint insists on it. */
const contextOfNobody = ({ claim }: NetClaim): PersonContext => ({
  timeline: { psn_no: claim.person.psn_no, claims: [], orphans: [], person: { dieDay: null, dead: false } },
  salesOf: () => [],
});

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
