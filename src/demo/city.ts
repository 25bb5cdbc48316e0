/**
 * The demo city: institutions, people and half a year of claims made up from a seed, with frauds planted in them. The plan of who does
 * what is made at once; documents are written one by one as they are asked for, in the order in which they would arrive.
 */
import type { ClaimInput } from '../claims/contract.ts';
import { dayOf, dayOfSecond } from '../platform/civil.ts';
import { type Draft, finish, isInpatient, settlementId } from './draft.ts';
import { frauds } from './frauds.ts';
import { lookAlikes } from './look-alikes.ts';
import {
  buildInstitutions,
  buildPerson,
  type Cast,
  type Doctor,
  type Institution,
  type Person,
} from './people.ts';
import { permutation, randomOf } from './random.ts';
import {
  arrivalOf,
  type Course,
  delayFor,
  documentsOf,
  renderVisit,
  routineOf,
  serialsPerVisit,
  type Visit,
} from './routine.ts';
import { type Days, type FraudPlay, type LookAlikePlay, type Scene, serialsPerScene } from './stage.ts';
import type { LookAlike, Reference, Truth } from './truth.ts';

export interface CityOptions {
  readonly seed: number;
  readonly persons: number;
  readonly months: number;
  /** First day, `yyyy-MM-dd`. */
  readonly start?: string;
}

export const cityDefaults = { seed: 20_250_701, persons: 2000, months: 6, start: '2025-07-01' } as const;
/** Every kind of scene needs people of its own, and room for two stays with weeks between them. */
export const personsMin = 120;
export const personsMax = 500_000;
export const monthsMin = 2;
export const monthsMax = 36;
/** The size for which scene counts are stated. */
const PERSONS_OF_COUNTS = 2000;

export interface City {
  readonly options: Required<CityOptions>;
  readonly days: Days;
  readonly institutions: readonly Institution[];
  readonly doctors: readonly Doctor[];
  readonly persons: readonly Person[];
  /** Documents in the order of arrival, not yet written. */
  readonly arrivals: readonly Arrival[];
  readonly truth: readonly Truth[];
  readonly lookAlikes: readonly LookAlike[];
}

/** One document to come: the n-th of a visit or of a scene. */
interface Arrival {
  readonly second: number;
  readonly order: number;
  readonly document: number;
  readonly source: Visit | Role;
}

interface Role {
  readonly play: FraudPlay | LookAlikePlay;
  readonly variant: number;
  readonly index: number;
  /** Index of the person in the city. */
  readonly person: number;
  readonly partner: number | null;
  readonly company: readonly number[];
}

/** Shares of people on a course of treatment; their many visits look like something and are not. */
const COURSES: readonly {
  readonly course: Exclude<Course, 'ordinary'>;
  readonly count: number;
  readonly cast: Cast;
}[] = [
  { course: 'dialysis', count: 7, cast: { age: [35, 80] } },
  { course: 'chemotherapy', count: 12, cast: { age: [42, 76] } },
];

export function generateCity(options: CityOptions): City {
  const { seed, persons: count, months } = options;
  const start = options.start ?? cityDefaults.start;
  const days = daysOf(start, months);
  if (days === null) throw new RangeError(`start is no day: ${start}`);
  if (!(Number.isSafeInteger(count) && count >= personsMin && count <= personsMax))
    throw new RangeError(`persons must be ${personsMin} to ${personsMax}`);
  if (!(Number.isSafeInteger(months) && months >= monthsMin && months <= monthsMax))
    throw new RangeError(`months must be ${monthsMin} to ${monthsMax}`);

  const institutions = buildInstitutions(randomOf(seed, 'institutions'), count);
  const { roles, courses, casts } = castRoles(seed, count, days);
  const persons = Array.from({ length: count }, (_, index) =>
    buildPerson(randomOf(seed, 'person', index), index, days.first, casts.get(index) ?? {}),
  );

  const arrivals: Arrival[] = [];
  const arrive = (second: number, document: number, source: Visit | Role): void => {
    arrivals.push({ second, order: arrivals.length, document, source });
  };
  const taken = new Map<number, Set<number>>();
  const staged = new Set<number>();
  const deaths = new Map<number, number>();
  const truth: Truth[] = [];
  const alike: LookAlike[] = [];
  for (const role of roles) {
    const scene = playRole(seed, role, persons, institutions, days);
    const delays = randomOf(seed, 'delay', role.index);
    scene.sent.forEach(({ draft, delay }, document) => {
      arrive((draft.updated ?? draft.settled) + (delay ?? delayFor(delays)), document, role);
      if (isInpatient(draft)) staged.add(draft.person.index);
      takeDays(taken, draft);
    });
    // Whoever has a role has no other stays: nothing honest may come to look like part of the scene.
    for (const person of [role.person, ...role.company]) staged.add(person);
    if (scene.diesOn !== undefined) deaths.set(role.person, scene.diesOn);
    recordScene(role, scene, truth, alike);
  }

  let serial = roles.length * serialsPerScene;
  for (const person of persons) {
    const course = courses.get(person.index) ?? 'ordinary';
    const visits = routineOf(
      {
        person,
        course,
        taken: taken.get(person.index) ?? new Set(),
        staged: staged.has(person.index),
        days: { first: days.first, last: Math.min(days.last, deaths.get(person.index) ?? days.last) },
      },
      institutions,
      () => (serial += serialsPerVisit),
      randomOf(seed, 'life', person.index),
    );
    for (const visit of visits)
      for (let document = 0; document < documentsOf(visit.paper); document++)
        arrive(arrivalOf(seed, visit, document), document, visit);
    if (course !== 'ordinary') alike.push(courseLookAlike(course, visits));
  }
  arrivals.sort((a, b) => a.second - b.second || a.order - b.order);
  return {
    options: { seed, persons: count, months, start },
    days,
    institutions,
    doctors: institutions.flatMap((each) => [
      ...each.departments.flatMap((department) => department.doctors),
      ...each.pharmacists,
    ]),
    persons,
    arrivals,
    truth,
    lookAlikes: alike,
  };
}

/** The city's claim documents in the order of arrival, each written when it is asked for. */
export function* claimsOf(city: City): Generator<ClaimInput, void, undefined> {
  const { days, persons, institutions } = city;
  const { seed } = city.options;
  for (const { source, document } of city.arrivals) {
    const drafts =
      'play' in source
        ? playRole(seed, source, persons, institutions, days).sent.map((sent) => sent.draft)
        : renderVisit(seed, source);
    const draft = drafts[document];
    if (draft === undefined) throw new Error('a planned document was not written');
    yield finish(draft);
  }
}

/** Days of whole months from a first day on. */
function daysOf(start: string, months: number): Days | null {
  const first = dayOf(start);
  if (first === null) return null;
  const [year, month, date] = start.split('-').map(Number);
  if (year === undefined || month === undefined || date === undefined) return null;
  const ends = year * 12 + (month - 1) + months;
  const text = `${Math.floor(ends / 12)}-${String((ends % 12) + 1).padStart(2, '0')}-01`;
  const firstOfMonth = dayOf(text);
  return firstOfMonth === null ? null : { first, last: firstOfMonth + date - 1 };
}

function castRoles(seed: number, persons: number, days: Days) {
  const order = permutation(randomOf(seed, 'roles'), persons);
  let next = 0;
  const take = (): number => {
    const index = order[next++];
    if (index === undefined) throw new RangeError('too few persons for the scenes');
    return index;
  };
  const scaled = (count: number): number => Math.max(1, Math.round((count * persons) / PERSONS_OF_COUNTS));
  const roles: Role[] = [];
  const casts = new Map<number, Cast>();
  const courses = new Map<number, Course>();
  for (const play of [...frauds, ...lookAlikes])
    for (let variant = 0; variant < scaled(play.count); variant++) {
      const person = take();
      casts.set(person, play.cast(variant, randomOf(seed, 'cast', roles.length), days));
      const partner = play.partner === true ? take() : null;
      if (partner !== null) casts.set(partner, { age: [22, 80] });
      const company = Array.from({ length: play.company ?? 0 }, take);
      for (const one of company)
        casts.set(one, play.cast(variant, randomOf(seed, 'cast', roles.length, one), days));
      roles.push({ play, variant, index: roles.length, person, partner, company });
    }
  for (const { course, count, cast } of COURSES)
    for (let each = 0; each < scaled(count); each++) {
      const person = take();
      casts.set(person, cast);
      courses.set(person, course);
    }
  return { roles, casts, courses };
}

function playRole(
  seed: number,
  role: Role,
  persons: readonly Person[],
  institutions: readonly Institution[],
  days: Days,
): Scene {
  const person = persons[role.person];
  const partner = role.partner === null ? person : persons[role.partner];
  const company = role.company.flatMap((index) => persons.slice(index, index + 1));
  if (person === undefined || partner === undefined || company.length < role.company.length)
    throw new Error('a role without its person');
  return role.play.play({
    person,
    partner,
    company,
    institutions,
    days,
    variant: role.variant,
    random: randomOf(seed, 'scene', role.index),
    serial: role.index * serialsPerScene,
  });
}

/** Days on which the person may do nothing else: those of the draft, with a day around a stay. */
function takeDays(taken: Map<number, Set<number>>, draft: Draft): void {
  const days = taken.get(draft.person.index) ?? new Set<number>();
  taken.set(draft.person.index, days);
  const margin = isInpatient(draft) ? 1 : 0;
  const seconds = [draft.begin, draft.end, ...draft.lines.map((line) => line.second)];
  const from = dayOfSecond(Math.min(...seconds)) - margin;
  const to = dayOfSecond(Math.max(...seconds)) + margin;
  for (let day = from; day <= to; day++) days.add(day);
}

const referenceOf = (draft: Draft, lines?: readonly { readonly sn: string }[]): Reference => ({
  fixmedins_code: draft.institution.document.fixmedins_code,
  setl_id: settlementId(draft.serial),
  ...(lines === undefined ? {} : { feedetl_sn: lines.map((line) => line.sn) }),
});

function recordScene(role: Role, scene: Scene, truth: Truth[], alike: LookAlike[]): void {
  const { play } = role;
  if ('lookAlike' in play) {
    alike.push({
      kind: play.lookAlike,
      resembles: [...play.resembles],
      claims: scene.sent.map(({ draft }) => referenceOf(draft)),
    });
    return;
  }
  for (const plant of scene.plants)
    truth.push({
      kind: play.fraud,
      ...referenceOf(plant.draft, plant.lines),
      involved: (plant.involved ?? []).map(({ draft, lines }) => referenceOf(draft, lines)),
      collateral: [...play.collateral],
      note: plant.note,
    });
}

const courseLookAlike = (course: Exclude<Course, 'ordinary'>, visits: readonly Visit[]): LookAlike => ({
  kind: course === 'dialysis' ? 'dialysis-sessions' : 'planned-chemotherapy',
  resembles: course === 'dialysis' ? ['over-daily-limit', 'repeated-line'] : ['split-stay'],
  claims: visits
    .filter((visit) => visit.happening.kind === (course === 'dialysis' ? 'dialysis' : 'stay'))
    .map((visit) => ({
      fixmedins_code: visit.institution.document.fixmedins_code,
      setl_id: settlementId(visit.serial),
    })),
});

/** All claim documents of a city in the order of arrival. */
export const demoClaims = (options: CityOptions): Generator<ClaimInput, void, undefined> =>
  claimsOf(generateCity(options));
