/**
 * The draw. Every object has a ticket – the hash of scheme, plan, stratum, seed and its id –, and the order of the tickets is the draw: to
 * draw more is to go on in that order, and an object more or less changes nobody else's ticket. Pure.
 */
import type { DrawObject, DrawPlan, DrawResult, Evidence, Inspector, Stratum } from './contract.ts';
import { drawFormat } from './contract.ts';
import { dayOf } from './day.ts';
import { hashOf } from './hash.ts';
import { rfcKey, rfcPicks } from './rfc3797.ts';
import { teamsOf } from './teams.ts';

export interface Pool {
  readonly stratum: Stratum;
  readonly objects: readonly DrawObject[];
}

export interface Sorted {
  readonly pools: readonly Pool[];
  readonly left_out: DrawResult['left_out'];
}

/** By id, as codes compare: the order in which directories are frozen. */
export const byId =
  <Key extends string>(key: Key) =>
  (a: Record<Key, string>, b: Record<Key, string>): number =>
    a[key] < b[key] ? -1 : a[key] > b[key] ? 1 : 0;

/** Puts each object into the first stratum that takes it, in the order of their ids; who is exempt or rests is in none. */
export function sorted({ strata, rest_days, checks }: DrawPlan, objects: readonly DrawObject[]): Sorted {
  const pools = strata.map((stratum): { stratum: Stratum; objects: DrawObject[] } => ({
    stratum,
    objects: [],
  }));
  const left_out = { exempt: 0, rested: 0, outside: 0 };
  const restsUntil = dayOf(checks.from) - rest_days;
  for (const object of objects.toSorted(byId('object_id'))) {
    if (object.exempt !== null) left_out.exempt += 1;
    else if (object.last_checked !== null && rest_days > 0 && dayOf(object.last_checked) > restsUntil)
      left_out.rested += 1;
    else {
      const pool = pools.find(({ stratum }) => takes(stratum, object));
      if (pool === undefined) left_out.outside += 1;
      else pool.objects.push(object);
    }
  }
  return { pools, left_out };
}

function takes({ where }: Stratum, object: DrawObject): boolean {
  const { kinds, admdvs, grades, ungraded, risk_min, clues_min } = where;
  if (kinds !== undefined && !kinds.includes(object.kind)) return false;
  if (admdvs !== undefined && !admdvs.some((code) => object.admdvs.startsWith(code))) return false;
  if (grades !== undefined || ungraded !== undefined) {
    const isGraded = object.credit_grade !== null && grades?.includes(object.credit_grade) === true;
    if (!isGraded && !(ungraded === true && object.credit_grade === null)) return false;
  }
  if (risk_min !== undefined && (object.risk ?? -1) < risk_min) return false;
  return clues_min === undefined || object.clues >= clues_min;
}

const thousand = 1_000;

/** How many are drawn of a stratum of so many. */
export function drawnOf({ ratio, at_least, at_most }: Stratum, size: number): number {
  const wanted = Math.max(Math.ceil((size * ratio) / thousand), at_least);
  return Math.min(wanted, at_most ?? wanted, size);
}

export interface Ticketed {
  readonly object_id: string;
  readonly ticket: string;
}

export const ticketOf = (planId: string, stratum: string, seed: string, objectId: string): string =>
  hashOf(`${drawFormat} object`, planId, stratum, seed, objectId);

/** All objects of a stratum in the order of their tickets; whoever is drawn is a beginning of it. */
export const orderOf = (
  planId: string,
  stratum: string,
  seed: string,
  objectIds: readonly string[],
): Ticketed[] =>
  objectIds
    .map((object_id) => ({ object_id, ticket: ticketOf(planId, stratum, seed, object_id) }))
    .toSorted(byTicket);

const byTicket = (a: Ticketed, b: Ticketed): number => byId('ticket')(a, b) || byId('object_id')(a, b);

export interface Given {
  readonly plan: DrawPlan;
  readonly objects: readonly DrawObject[];
  readonly inspectors: readonly Inspector[];
  /** Of draws by tickets. */
  readonly seed: string;
  readonly evidence: Evidence;
}

export interface Drawn {
  readonly result: DrawResult;
  /** By the code of the stratum: everybody in the order of the draw, so that it can go on. */
  readonly orders: ReadonlyMap<string, readonly Ticketed[]>;
}

/**
 * @throws RangeError when RFC 3797 cannot take the pool
 * @throws UnfilledTeam when inspectors are lacking
 */
export function drawAll(given: Given): Drawn {
  const { plan, objects, inspectors, seed } = given;
  const { pools, left_out } = sorted(plan, objects);
  const orders = new Map(
    pools.map(({ stratum, objects: own }) => [stratum.code, ordered(given, stratum, own)]),
  );
  const strata = pools.map(({ stratum, objects: own }) => ({
    code: stratum.code,
    size: own.length,
    drawn: (orders.get(stratum.code) ?? []).slice(0, drawnOf(stratum, own.length)),
  }));
  const byCode = new Map(objects.map((object) => [object.object_id, object]));
  const drawn = strata.flatMap(({ drawn: own }) =>
    own.flatMap(({ object_id }) => byCode.get(object_id) ?? []),
  );
  return {
    orders,
    result: {
      seed: plan.mode === 'rfc3797' ? null : seed,
      left_out,
      strata,
      teams:
        plan.teams === null
          ? null
          : teamsOf({ plan, rules: plan.teams, inspectors, seed, objects: drawn }).map(
              ({ object_id, inspectors: team }) => ({ object_id, inspectors: [...team] }),
            ),
    },
  };
}

function ordered({ plan, seed, evidence }: Given, { code }: Stratum, own: readonly DrawObject[]): Ticketed[] {
  const ids = own.map(({ object_id }) => object_id);
  if (plan.mode === 'tickets') return orderOf(plan.plan_id, code, seed, ids);
  if (ids.length === 0) return [];
  const key = evidence.kind === 'published' ? rfcKey(evidence.readings[0]) : '';
  return rfcPicks(key, ids.length, ids.length).map(({ index, digest }) => ({
    object_id: ids[index] ?? '',
    ticket: digest,
  }));
}
