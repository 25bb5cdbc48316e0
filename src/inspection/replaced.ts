/** Who goes after replacements: for each that cannot, the next ticket; nobody chooses. Pure. */
import type { Message } from '../claims/contract.ts';
import type { DrawResult, Replacement } from './contract.ts';
import type { Drawn, Given } from './draw.ts';
import { substituteFor, type Team, UnfilledTeam } from './teams.ts';

export interface Standing {
  /** By the code of the stratum, in the order of the draw. */
  readonly objects: ReadonlyMap<string, readonly string[]>;
  readonly teams: readonly Team[];
}

export type Replaced =
  | { readonly ok: true; readonly standing: Standing }
  | { readonly ok: false; readonly place: number; readonly message: Message };

const say = (zh: string, en: string): Message => ({ zh, en });

export type Leaving =
  | { readonly kind: 'object'; readonly stratum: string; readonly out: string }
  | { readonly kind: 'inspector'; readonly object_id: string; readonly out: string };

/**
 * Who comes in for somebody who cannot go; `null`: nobody is left, or nobody of the name was drawn.
 * @throws UnfilledTeam
 */
export function nextFor(
  given: Given,
  drawn: Drawn,
  before: readonly Replacement[],
  leaving: Leaving,
): string | null {
  const replayed = afterReplacements(given, drawn, before);
  return replayed.ok ? nextOf(given, drawn.orders, replayed.standing, before, leaving) : null;
}

function nextOf(
  { plan, objects: all, inspectors, seed }: Given,
  orders: Drawn['orders'],
  { objects, teams }: Standing,
  before: readonly Replacement[],
  leaving: Leaving,
): string | null {
  if (leaving.kind === 'object') {
    const standing = objects.get(leaving.stratum) ?? [];
    if (!standing.includes(leaving.out)) return null;
    const gone = before.filter((one) => one.kind === 'object' && one.stratum === leaving.stratum).length;
    return orders.get(leaving.stratum)?.[standing.length + gone]?.object_id ?? null;
  }
  if (plan.teams === null) return null;
  const byCode = new Map(all.map((object) => [object.object_id, object]));
  const checked = teams.flatMap(({ object_id }) => byCode.get(object_id) ?? []);
  return substituteFor({ plan, rules: plan.teams, inspectors, seed, objects: checked }, teams, leaving);
}

/** Each replacement must have been the next one when it was made. */
export function afterReplacements(
  given: Given,
  drawn: Drawn,
  replacements: readonly Replacement[],
): Replaced {
  let standing = standingOf(drawn.result, []);
  for (const [place, one] of replacements.entries()) {
    const made = replacements.slice(0, place);
    let next: string | null;
    try {
      next = nextOf(given, drawn.orders, standing, made, one);
    } catch (error) {
      if (!(error instanceof UnfilledTeam)) throw error;
      return { ok: false, place, message: error.text };
    }
    if (next === null)
      return {
        ok: false,
        place,
        message: say(`${one.out} 未被抽中，或无人可替`, `${one.out} was not drawn, or nobody is left`),
      };
    if (next !== one.in)
      return {
        ok: false,
        place,
        message: say(
          `替补应为 ${next}，记录的是 ${one.in}`,
          `the next one is ${next}, ${one.in} was put down`,
        ),
      };
    standing = after(standing, one);
  }
  return { ok: true, standing };
}

/** Who goes, taking for granted that the replacements were the next ones. */
export const standingOf = ({ strata, teams }: DrawResult, replacements: readonly Replacement[]): Standing =>
  replacements.reduce(after, {
    objects: new Map(strata.map(({ code, drawn }) => [code, drawn.map(({ object_id }) => object_id)])),
    teams: teams ?? [],
  });

function after({ objects, teams }: Standing, one: Replacement): Standing {
  if (one.kind === 'object')
    return {
      objects: new Map(
        [...objects].map(([code, ids]) => [
          code,
          code === one.stratum ? ids.map((id) => (id === one.out ? one.in : id)) : ids,
        ]),
      ),
      teams: teams.map((team) => (team.object_id === one.out ? { ...team, object_id: one.in } : team)),
    };
  return {
    objects,
    teams: teams.map((team) =>
      team.object_id === one.object_id
        ? { ...team, inspectors: team.inspectors.map((id) => (id === one.out ? one.in : id)) }
        : team,
    ),
  };
}
