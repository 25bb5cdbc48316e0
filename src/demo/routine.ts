/**
 * The honest months of a person: stays, monthly visits, purchases and colds, one thing a day and nothing around a stay. Only where and
 * when are decided here; a visit becomes a document when it is needed (`renderVisit`).
 */
import { ageYears, dayOfSecond, secondOfDay, secondsPerDay } from '../platform/civil.ts';
import {
  type Acute,
  acutes,
  type Admission,
  admissions,
  chemotherapy,
  overTheCounter,
  overTheCounterForChildren,
} from './conditions.ts';
import { type Draft, refundOf, reverseLine, UNIT } from './draft.ts';
import {
  acuteVisit,
  type At,
  chronicVisit,
  dialysisSession,
  HOUR,
  MINUTE,
  purchase,
  stay,
} from './encounters.ts';
import type { Institution, Person } from './people.ts';
import { type Random, randomOf } from './random.ts';
import { type Days, officeHour, shopHour, suits, takes } from './stage.ts';

/** What happens, as little as is needed to write it down later. */
type Happening =
  | { readonly kind: 'acute'; readonly disease: Acute }
  | { readonly kind: 'chronic' }
  | { readonly kind: 'dialysis' }
  | { readonly kind: 'refill' }
  | { readonly kind: 'counter' }
  | { readonly kind: 'stay'; readonly admission: Admission; readonly nights: number };

/** What went through the office afterwards. */
export type Paper = 'plain' | 'refunded' | 'partly-refunded' | 'reversed-line' | 'revised';

export interface Visit {
  readonly serial: number;
  readonly person: Person;
  readonly institution: Institution;
  readonly begin: number;
  readonly happening: Happening;
  readonly paper: Paper;
  /** Seconds from settlement to arrival. */
  readonly delay: number;
}

/** Dialysis and chemotherapy patients are cast by the city; everybody else is ordinary. */
export type Course = 'ordinary' | 'dialysis' | 'chemotherapy';

export interface Life {
  readonly person: Person;
  readonly course: Course;
  /** Days taken by scenes, with a margin around their stays. */
  readonly taken: ReadonlySet<number>;
  /** True when a scene has stays of its own: then there are no others. */
  readonly staged: boolean;
  readonly days: Days;
}

/** Settlement numbers set aside for one honest visit: itself and a refund. */
export const serialsPerVisit = 2;

const DAYS_PER_MONTH = 30.4;
const STAY_MARGIN_DAYS = 1;
const OLD = 60;

/** All honest visits of a person in the order of time within each kind. `serials` gives out numbers. */
export function routineOf(
  life: Life,
  institutions: readonly Institution[],
  serials: () => number,
  random: Random,
): Visit[] {
  const { person, days } = life;
  const first = Math.max(days.first, person.birthDay + 40);
  if (first >= days.last) return [];
  const busy = new Set(life.taken);
  const visits: Visit[] = [];
  const months = (days.last - first) / DAYS_PER_MONTH;
  const places = placesOf(institutions, random);
  const age = ageYears(person.birthDay, days.first);

  const go = (institution: Institution, begin: number, happening: Happening): void => {
    visits.push({
      serial: serials(),
      person,
      institution,
      begin,
      happening,
      paper: paperFor(random, happening),
      delay: delayFor(random),
    });
  };
  const free = (from: number, to: number): boolean => {
    for (let day = from; day <= to; day++) if (busy.has(day)) return false;
    return true;
  };

  if (life.course === 'chemotherapy') {
    const hospital = random.pick(institutions.filter((each) => takes(each, chemotherapy)));
    const cycle = random.pick([14, 14, 21]);
    for (let day = first + random.below(cycle); day + 6 < days.last; day += cycle) {
      const nights = random.between(...chemotherapy.days);
      if (!free(day - 1, day + nights + 1)) continue;
      go(hospital, officeHour(day, random), { kind: 'stay', admission: chemotherapy, nights });
      for (let each = day - STAY_MARGIN_DAYS; each <= day + nights + STAY_MARGIN_DAYS; each++) busy.add(each);
    }
  } else if (life.course === 'dialysis') {
    const hospital = random.pick(
      institutions.filter((each) => each.beds && each.departments.some(({ key }) => key === 'nephrology')),
    );
    const shift = random.below(2);
    for (let day = first; day < days.last; day++)
      if ([1, 3, 5].includes((day + shift) % 7) && !busy.has(day)) {
        go(hospital, secondOfDay(day) + (7 + shift * 5) * HOUR + random.below(30) * MINUTE, {
          kind: 'dialysis',
        });
        busy.add(day);
      }
  } else if (!life.staged && first + 18 < days.last && random.chance(stayChance(age, months))) {
    const day = random.between(first + 2, days.last - 16);
    const possible = admissions.filter((each) => suits(each, person, day));
    const admission = possible.length === 0 ? null : weighted(possible, random);
    const hospitals = admission === null ? [] : institutions.filter((each) => takes(each, admission));
    const nights = admission === null ? 0 : random.between(...admission.days);
    if (
      admission !== null &&
      hospitals.length > 0 &&
      free(day - STAY_MARGIN_DAYS, day + nights + STAY_MARGIN_DAYS)
    ) {
      go(random.pick(hospitals), secondOfDay(day) + 8 * HOUR + random.below(7 * HOUR), {
        kind: 'stay',
        admission,
        nights,
      });
      for (let each = day - STAY_MARGIN_DAYS; each <= day + nights + STAY_MARGIN_DAYS; each++) busy.add(each);
    }
  }

  if (person.chronics.length > 0 && life.course !== 'dialysis') {
    every(random, first, days.last, [20, 31], busy, (day) =>
      go(places.chronic, officeHour(day, random), { kind: 'chronic' }),
    );
    every(random, first, days.last, [13, 24], busy, (day) =>
      go(random.pick(places.pharmacies), shopHour(day, random), { kind: 'refill' }),
    );
  }

  const colds = Math.round(months * (age < 15 || age >= OLD ? 0.75 : 0.55) * (0.4 + 1.2 * random.next()));
  for (let cold = 0; cold < colds; cold++) {
    const day = random.between(first, days.last - 1);
    if (busy.has(day)) continue;
    busy.add(day);
    if (random.chance(0.62)) {
      const possible = acutes.filter((disease) => suits(disease, person, day));
      const begin = officeHour(day, random);
      go(random.chance(0.5) ? places.near : random.pick(places.hospitals), begin, {
        kind: 'acute',
        disease: random.pick(possible),
      });
      if (random.chance(0.2))
        go(random.pick(places.pharmacies), begin + 2 * HOUR + random.below(2 * HOUR), { kind: 'counter' });
    } else go(random.pick(places.pharmacies), shopHour(day, random), { kind: 'counter' });
  }
  return visits;
}

/** The documents of a visit in the order in which they were made: itself, and what followed. */
export function renderVisit(seed: number, visit: Visit): Draft[] {
  const random = randomOf(seed, 'visit', visit.serial);
  const draft = draftOf(visit, random);
  switch (visit.paper) {
    case 'plain':
      return [draft];
    case 'refunded':
      return [
        draft,
        refundOf(draft, visit.serial + 1, draft.settled + random.between(1, 60) * HOUR, draft.lines),
      ];
    case 'partly-refunded':
      return [
        draft,
        refundOf(
          draft,
          visit.serial + 1,
          draft.settled + random.between(1, 60) * HOUR,
          draft.lines.slice(-1),
        ),
      ];
    case 'reversed-line': {
      const several = draft.lines.find((line) => line.cnt > UNIT && line.item.traced);
      if (several !== undefined) reverseLine(draft, several, UNIT, draft.end - MINUTE);
      return [draft];
    }
    case 'revised':
      return [
        { ...draft, diagnoses: draft.diagnoses.slice(0, 1) },
        { ...draft, updated: draft.settled + random.between(2, 50) * HOUR },
      ];
    default:
      return visit.paper satisfies never;
  }
}

/** The longest that an encounter without a stay can take until it is settled. */
const longestSeconds = {
  acute: 2 * HOUR,
  chronic: 2 * HOUR,
  dialysis: 5 * HOUR,
  refill: 8 * MINUTE,
  counter: 8 * MINUTE,
} as const;

/**
 * When a document of a visit arrives. Short single documents are not written for it: they arrive some time after the longest that they
 * could have taken.
 */
export function arrivalOf(seed: number, visit: Visit, document: number): number {
  const { kind } = visit.happening;
  if (kind !== 'stay' && documentsOf(visit.paper) === 1)
    return visit.begin + longestSeconds[kind] + visit.delay;
  const draft = renderVisit(seed, visit)[document];
  if (draft === undefined) throw new Error('a planned document was not written');
  return (draft.updated ?? draft.settled) + visit.delay;
}

/** How many documents a visit makes, without making them. */
export const documentsOf = (paper: Paper): number => (paper === 'plain' || paper === 'reversed-line' ? 1 : 2);

function draftOf(visit: Visit, random: Random): Draft {
  const { serial, person, institution, begin, happening } = visit;
  const at: At = { serial, person, institution, begin };
  switch (happening.kind) {
    case 'acute':
      return acuteVisit(at, happening.disease, random);
    case 'chronic':
      return chronicVisit(at, person.chronics.slice(0, 3), random);
    case 'dialysis':
      return dialysisSession(at, random);
    case 'stay': {
      const draft = stay(at, happening.admission, happening.nights, random);
      if (happening.admission === chemotherapy)
        draft.diagnoses.push({ code: 'C18.900', name: '结肠恶性肿瘤' });
      return draft;
    }
    case 'refill': {
      const drugs = new Set(person.chronics.flatMap((chronic) => chronic.drugs));
      return purchase(
        at,
        random.some([...drugs], random.between(2, 4)).map((item) => ({ item, packs: random.between(1, 2) })),
        random,
      );
    }
    case 'counter': {
      const shelf =
        ageYears(person.birthDay, dayOfSecond(begin)) < 13 ? overTheCounterForChildren : overTheCounter;
      return purchase(
        at,
        random.some(shelf, random.between(1, 3)).map((item) => ({ item, packs: 1 })),
        random,
      );
    }
    default:
      return happening satisfies never;
  }
}

function placesOf(institutions: readonly Institution[], random: Random) {
  const near = random.pick(
    institutions.filter((each) => each.kind !== 'pharmacy' && each.tier === 'primary'),
  );
  const hospitals = institutions.filter((each) => each.kind === 'hospital' && each.departments.length > 5);
  const pharmacies = random.some(
    institutions.filter((each) => each.kind === 'pharmacy'),
    3,
  );
  return { near, hospitals, pharmacies, chronic: random.chance(0.55) ? near : random.pick(hospitals) };
}

/** Calls `act` every so many days, on the next free day, which is taken then. */
function every(
  random: Random,
  first: number,
  last: number,
  gap: readonly [number, number],
  busy: Set<number>,
  act: (day: number) => void,
): void {
  for (let due = first + random.below(gap[1]); due < last; due += random.between(...gap)) {
    let day = due;
    while (busy.has(day)) day++;
    if (day >= last) return;
    busy.add(day);
    act(day);
  }
}

/** About a tenth of all people in half a year, a quarter of the old. */
const stayChance = (age: number, months: number): number =>
  (age < 15 ? 0.04 : age < OLD ? 0.07 : 0.26) * (months / 6);

function weighted(list: readonly Admission[], random: Random): Admission {
  let left = random.next() * list.reduce((sum, each) => sum + each.weight, 0);
  for (const each of list) {
    left -= each.weight;
    if (left < 0) return each;
  }
  return random.pick(list);
}

function paperFor(random: Random, happening: Happening): Paper {
  const luck = random.next();
  if (luck < 0.005) return happening.kind === 'stay' ? 'plain' : 'refunded';
  if (luck < 0.008) return happening.kind === 'stay' ? 'plain' : 'partly-refunded';
  if (luck < 0.013) return 'reversed-line';
  if (luck < 0.018) return 'revised';
  return 'plain';
}

/** Mostly within half an hour; one in seventy comes days late, out of the order of time. */
export const delayFor = (random: Random): number =>
  random.chance(0.015) ? random.between(2, 25) * secondsPerDay : random.between(30, 1800);
