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
  /** Draws like this one until every object that may be drawn was checked once; `null`: never, a stratum draws nothing. */
  readonly draws_to_all: number | null;
  readonly tasks: number;
  /** Tasks that the inspectors can carry by the limit of the plan. */
  readonly capacity: number | null;
}

const thousand = 1_000;

/** @param yearFrom the first day of the year that coverage is counted in, `yyyy-MM-dd` */
export function forecast(
  plan: DrawPlan,
  objects: readonly DrawObject[],
  inspectors: readonly Inspector[],
  yearFrom: string,
): Forecast {
  const { pools, left_out } = sorted(plan, objects);
  const strata = pools.map(({ stratum, objects: own }) => ({
    code: stratum.code,
    size: own.length,
    drawn: drawnOf(stratum, own.length),
  }));
  const drawn = strata.reduce((sum, one) => sum + one.drawn, 0);
  const eligible = objects.length - left_out.exempt;
  const since = dayOf(yearFrom);
  const wasChecked = ({ last_checked, exempt }: DrawObject): boolean =>
    exempt === null && last_checked !== null && dayOf(last_checked) >= since;
  const checked = objects.filter(wasChecked).length;
  // Who was checked and is drawn again adds nothing; on average by their share of each stratum.
  const again = pools.reduce((sum, { objects: own }, index) => {
    const share = own.length === 0 ? 0 : own.filter(wasChecked).length / own.length;
    return sum + share * (strata[index]?.drawn ?? 0);
  }, 0);
  const size = plan.teams?.size ?? 0;
  return {
    objects: objects.length,
    drawn,
    left_out,
    strata,
    coverage:
      eligible === 0 ? 0 : Math.round((Math.min(eligible, checked + drawn - again) / eligible) * thousand),
    draws_to_all: strata.some((one) => one.size > 0 && one.drawn === 0)
      ? null
      : Math.max(0, ...strata.map((one) => (one.size === 0 ? 0 : Math.ceil(one.size / one.drawn)))),
    tasks: drawn * size,
    capacity: plan.teams === null ? null : inspectors.length * plan.teams.load_max,
  };
}
