/** What a plan will reach before it is drawn: how many objects, how much of all, how many inspectors it takes. Pure. */
import type { DrawObject, DrawPlan, Inspector } from './contract.ts';
import { drawnOf, sorted } from './draw.ts';
import { dayOf } from './day.ts';

export interface Forecast {
  readonly objects: number;
  readonly drawn: number;
  readonly left_out: { readonly exempt: number; readonly rested: number; readonly outside: number };
  readonly strata: readonly { readonly code: string; readonly size: number; readonly drawn: number }[];
  /** Objects that were checked since the first day of the year, or will be by this draw, in parts of a thousand of all that may be drawn. */
  readonly coverage: number;
  /** The same after each draw of the year, on average: the first is this one, the others are like it. */
  readonly coverage_by_draw: readonly number[];
  /** After how many draws the coverage that is wanted is reached; `null`: not by the draws of the year. */
  readonly target_after: number | null;
  /** After how many draws every object was checked, whatever the seeds are; `null`: not by the draws of the year. */
  readonly all_after: number | null;
  readonly tasks: number;
  /** Tasks that the inspectors can carry by the limit of the plan. */
  readonly capacity: number | null;
}

/** A draw a day, and one more. */
export const drawsMax = 366;
const daysOfYear = 365;
const thousand = 1_000;
/** Keeps a whole number whole that floating point made a little less. */
const nothing = 1e-6;

export interface Year {
  /** The first day that coverage is counted from, `yyyy-MM-dd`. */
  readonly from: string;
  /** Draws like this one, evenly over a year, from 1 to `drawsMax`. */
  readonly draws: number;
  /** The coverage that is wanted, in parts of a thousand. */
  readonly target: number;
}

/** @param year what is asked of a whole year of draws like this one */
export function forecast(
  plan: DrawPlan,
  objects: readonly DrawObject[],
  inspectors: readonly Inspector[],
  { from, draws, target }: Year,
): Forecast {
  const { pools, left_out } = sorted(plan, objects);
  const strata = pools.map(({ stratum, objects: own }) => ({
    code: stratum.code,
    size: own.length,
    drawn: drawnOf(stratum, own.length),
  }));
  const drawn = strata.reduce((sum, one) => sum + one.drawn, 0);
  const eligible = objects.length - left_out.exempt;
  const unchecked = uncheckedAfter(plan, objects, dayOf(from), draws);
  const covered = unchecked.map((left) =>
    eligible === 0 ? 0 : Math.floor(((eligible - left) / eligible) * thousand + nothing),
  );
  return {
    objects: objects.length,
    drawn,
    left_out,
    strata,
    coverage: covered[0] ?? 0,
    coverage_by_draw: covered,
    target_after: drawOf(covered, (one) => one >= target),
    all_after: eligible === 0 ? null : drawOf(unchecked, (left) => left === 0),
    tasks: drawn * (plan.teams?.size ?? 0),
    capacity: plan.teams === null ? null : inspectors.length * plan.teams.load_max,
  };
}

function drawOf(values: readonly number[], isReached: (value: number) => boolean): number | null {
  const at = values.findIndex(isReached);
  return at < 0 ? null : at + 1;
}

/** Objects of a stratum that are alike for the forecast: in the mean of all seeds there may be parts of one. */
interface Cohort {
  readonly count: number;
  readonly isChecked: boolean;
  /** The draw, from 0, from which on it may be drawn. */
  readonly from: number;
}

/** The mean number of objects not checked in the year yet, after each draw. Whoever was drawn rests as the plan says. */
function uncheckedAfter(
  plan: DrawPlan,
  objects: readonly DrawObject[],
  since: number,
  draws: number,
): number[] {
  const apart = daysOfYear / draws;
  const first = dayOf(plan.checks.from);
  const wasChecked = ({ last_checked }: DrawObject): boolean =>
    last_checked !== null && dayOf(last_checked) >= since;
  const availableFrom = ({ last_checked }: DrawObject): number =>
    last_checked === null || plan.rest_days === 0
      ? 0
      : Math.max(0, Math.ceil((dayOf(last_checked) + plan.rest_days - first) / apart));
  const drawable = objects.filter(({ exempt }) => exempt === null);
  const { pools } = sorted({ ...plan, rest_days: 0 }, drawable);
  const pooled = new Set(pools.flatMap(({ objects: own }) => own));
  const outside = drawable.filter((object) => !pooled.has(object) && !wasChecked(object)).length;
  const rest = Math.max(1, Math.ceil(plan.rest_days / apart));
  const left = Array.from({ length: draws }, () => outside);
  for (const { stratum, objects: own } of pools) {
    let cohorts = merged(
      own.map((object) => ({ count: 1, isChecked: wasChecked(object), from: availableFrom(object) })),
    );
    for (let draw = 0; draw < draws; draw += 1) {
      const isIn = ({ from }: Cohort): boolean => from <= draw;
      const size = Math.round(cohorts.filter(isIn).reduce((sum, { count }) => sum + count, 0));
      const share = size === 0 ? 0 : drawnOf(stratum, size) / size;
      cohorts = merged([
        ...cohorts.map((one) => (isIn(one) ? { ...one, count: leftOf(one.count, share), from: 0 } : one)),
        ...cohorts
          .filter(isIn)
          .map(({ count }) => ({ count: count * share, isChecked: true, from: draw + rest })),
      ]);
      left[draw] = cohorts.reduce(
        (sum, { count, isChecked }) => sum + (isChecked ? 0 : count),
        left[draw] ?? 0,
      );
    }
  }
  return left;
}

/** Nobody is left only where all were drawn; however often some are left out, it might be the same ones. */
const leftOf = (count: number, share: number): number =>
  share === 1 ? 0 : Math.max(count * (1 - share), Number.MIN_VALUE);

function merged(cohorts: readonly Cohort[]): Cohort[] {
  const byKind = new Map<string, Cohort>();
  for (const { count, isChecked, from } of cohorts) {
    const key = `${isChecked} ${from}`;
    byKind.set(key, { count: (byKind.get(key)?.count ?? 0) + count, isChecked, from });
  }
  return [...byKind.values()].filter(({ count }) => count > 0);
}
