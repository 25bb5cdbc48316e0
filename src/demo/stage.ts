/** What a scene is made of: a person, perhaps a partner, institutions and time, and the drafts that come of it. */
import { ageYears, dayOfSecond, secondOfDay } from '../platform/civil.ts';
import { type Item, items } from './catalogue.ts';
import {
  type Acute,
  acutes,
  type Admission,
  admissions,
  type Disease,
  overTheCounter,
  overTheCounterForChildren,
} from './conditions.ts';
import type { Draft, DraftLine } from './draft.ts';
import { acuteVisit, type Bought, HOUR, MINUTE, purchase, stay } from './encounters.ts';
import type { Cast, Institution, Person } from './people.ts';
import type { Random } from './random.ts';
import type { FraudKind, LookAlikeKind } from './truth.ts';

/** Settlement numbers set aside for one scene. */
export const serialsPerScene = 16;

/** The city's days, half-open. */
export interface Days {
  readonly first: number;
  readonly last: number;
}

export interface Stage {
  readonly person: Person;
  /** Somebody else, for scenes that ask for one; the person again otherwise. */
  readonly partner: Person;
  /** As many others as the scene asks for. */
  readonly company: readonly Person[];
  readonly institutions: readonly Institution[];
  readonly days: Days;
  /** 0-based among the scenes of its kind, so that variants take turns. */
  readonly variant: number;
  readonly random: Random;
  /** First of the scene's own serials. */
  readonly serial: number;
}

/** A planted case before it has identifiers. */
export interface Plant {
  readonly draft: Draft;
  readonly lines?: readonly DraftLine[];
  readonly involved?: readonly { readonly draft: Draft; readonly lines?: readonly DraftLine[] }[];
  readonly note: string;
}

export interface Sent {
  readonly draft: Draft;
  /** Seconds between the settlement (or its update) and its arrival; an ordinary delay when not given. */
  readonly delay?: number;
}

export interface Scene {
  readonly sent: readonly Sent[];
  readonly plants: readonly Plant[];
  /** No honest visit of the person from this day on. */
  readonly diesOn?: number;
}

interface PlayBase {
  /** At 2 000 persons; scaled with the number of persons, never below one. */
  readonly count: number;
  readonly cast: (variant: number, random: Random, days: Days) => Cast;
  readonly partner?: true;
  /** Others beside the person, all cast like the person. */
  readonly company?: number;
  readonly play: (stage: Stage) => Scene;
}
export interface FraudPlay extends PlayBase {
  readonly fraud: FraudKind;
  readonly collateral: readonly FraudKind[];
}
export interface LookAlikePlay extends PlayBase {
  readonly lookAlike: LookAlikeKind;
  readonly resembles: readonly FraudKind[];
}

export const grownUp = (): Cast => ({ age: [46, 84] });
export const anyAdult = (): Cast => ({ age: [22, 80] });

export const suits = (disease: Disease, person: Person, day: number): boolean => {
  const age = ageYears(person.birthDay, day);
  return (
    (disease.gend === null || disease.gend === person.gend) && age >= disease.age[0] && age < disease.age[1]
  );
};

/** A day with room before and after it. */
export const someDay = ({ days, random }: Stage, before: number, after: number): number =>
  random.between(days.first + before, days.last - 1 - after);

export const officeHour = (day: number, random: Random): number =>
  secondOfDay(day) + 8 * HOUR + random.below(8 * HOUR);
export const shopHour = (day: number, random: Random): number =>
  secondOfDay(day) + 8 * HOUR + random.below(12 * HOUR);

const reporting = (stage: Stage): Institution[] =>
  stage.institutions.filter((institution) => institution.reports);
export const pharmaciesOf = (stage: Stage): Institution[] =>
  stage.institutions.filter((each) => each.kind === 'pharmacy');
export const hospitalsOf = (stage: Stage): Institution[] =>
  reporting(stage).filter(
    (each) => each.kind === 'hospital' && each.tier !== 'primary' && each.departments.length > 5,
  );

/** Where an admission is possible. */
export const takes = (institution: Institution, admission: Admission): boolean =>
  institution.beds &&
  (institution.departments.some((department) => department.key === admission.department) ||
    (institution.tier === 'primary' && admission.simple));

/** An ordinary outpatient visit with at least one service that has no daily limit. */
export function outpatient(stage: Stage, serial: number, day: number, person = stage.person): Draft {
  const { random } = stage;
  const disease = random.pick(acutes.filter((acute) => suits(acute, person, day) && acute.tests.length > 0));
  return outpatientFor(stage, serial, day, disease, person);
}

export function outpatientFor(
  stage: Stage,
  serial: number,
  day: number,
  disease: Acute,
  person = stage.person,
): Draft {
  const { random } = stage;
  const begin = officeHour(day, random);
  return acuteVisit(
    { serial: stage.serial + serial, person, institution: random.pick(hospitalsOf(stage)), begin },
    disease,
    random,
  );
}

/** An ordinary purchase; of `bought` when given. */
export function shop(
  stage: Stage,
  serial: number,
  day: number,
  parts: {
    readonly bought?: readonly Bought[];
    readonly institution?: Institution;
    readonly person?: Person;
    /** Civil second; an hour at which shops are open when not given. */
    readonly begin?: number;
  } = {},
): Draft {
  const { random } = stage;
  const person = parts.person ?? stage.person;
  const institution = parts.institution ?? random.pick(pharmaciesOf(stage));
  const shelf = ageYears(person.birthDay, day) < 13 ? overTheCounterForChildren : overTheCounter;
  const bought = parts.bought ?? random.some(shelf, random.between(1, 2)).map((item) => ({ item, packs: 1 }));
  return purchase(
    { serial: stage.serial + serial, person, institution, begin: parts.begin ?? shopHour(day, random) },
    bought,
    random,
  );
}

export interface StayParts {
  readonly admission?: Admission;
  readonly institution?: Institution;
  readonly nights?: number;
  /** Civil second of admission; a morning or early afternoon of the day when not given. */
  readonly begin?: number;
}

/** An ordinary stay that begins on `day`. */
export function hospitalise(stage: Stage, serial: number, day: number, parts: StayParts = {}): Draft {
  const { random, person } = stage;
  const admission = parts.admission ?? suitableAdmission(stage, day);
  const institution =
    parts.institution ?? random.pick(hospitalsOf(stage).filter((each) => takes(each, admission)));
  const nights = parts.nights ?? random.between(admission.days[0], admission.days[1]);
  const begin = parts.begin ?? secondOfDay(day) + 8 * HOUR + random.below(7 * HOUR);
  return stay({ serial: stage.serial + serial, person, institution, begin }, admission, nights, random);
}

/** Ordinary admissions last at least five nights, so scenes have days in the middle to work on. */
export function suitableAdmission(
  stage: Stage,
  day: number,
  accept: (admission: Admission) => boolean = () => true,
): Admission {
  return stage.random.pick(
    admissions.filter(
      (admission) =>
        suits(admission, stage.person, day) &&
        accept(admission) &&
        hospitalsOf(stage).some((each) => takes(each, admission)),
    ),
  );
}

/** The morning of the n-th day of a stay; day 0 is the day of admission. */
export const afternoonOf = (draft: Draft, night: number): number =>
  secondOfDay(dayOfSecond(draft.begin) + night) + 16 * HOUR;

/** Takes the charges for some items off a day. */
export function clearDay(draft: Draft, second: number, gone: readonly Item[]): void {
  const day = dayOfSecond(second);
  draft.lines = draft.lines.filter((line) => !(gone.includes(line.item) && dayOfSecond(line.second) === day));
}

/** A line that nothing limits per day and nothing traces: repeating it breaks one rule only. */
export function plainService(draft: Draft): DraftLine | undefined {
  const plain = draft.lines.filter(
    (line) => line.item.listType === '201' && line.item.dailyMax === null && line.item !== items.clinicVisit,
  );
  return plain[Math.floor(plain.length / 2)];
}

/** The same charge again within the same minute, as the later of the two. */
export function repeat(draft: Draft, line: DraftLine, sn: string, random: Random): DraftLine {
  const intoMinute = line.second % MINUTE;
  const again: DraftLine = {
    ...line,
    sn,
    second: line.second - intoMinute + random.between(intoMinute, MINUTE - 1),
  };
  draft.lines.push(again);
  return again;
}
