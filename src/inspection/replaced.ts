/** Who goes after replacements: for each that cannot, the next ticket; nobody chooses. Pure. */
import type { Message } from '../claims/contract.ts';
import { canonicalJson } from '../audit/canonical-json.ts';
import { drawFormat, type DrawResult, type Replacement } from './contract.ts';
import type { Drawn, Given } from './draw.ts';
import { hashOf } from './hash.ts';
import { substituteFor, type Team, teamAfter, type TeamsGiven, UnfilledTeam } from './teams.ts';

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

/** Who comes in; `team`: who checks an object that does. */
interface Next {
  readonly in: string;
  readonly team: readonly string[] | null;
}

export type Signed = Pick<Replacement, 'reason' | 'signed_by' | 'at'>;

/**
 * The entry that lets the next one come in for somebody who cannot go; `null`: nobody is left, or nobody of the name was drawn.
 * @throws UnfilledTeam
 */
export function replacementFor(
  given: Given,
  drawn: Drawn,
  before: readonly Replacement[],
  leaving: Leaving,
  { reason, signed_by, at }: Signed,
): Replacement | null {
  const replayed = afterReplacements(given, drawn, before);
  const next = replayed.ok ? nextOf(given, drawn.orders, replayed.standing, before, leaving) : null;
  if (next === null) return null;
  const signed = { in: next.in, reason, signed_by, at };
  const entry =
    leaving.kind === 'object'
      ? { ...leaving, ...signed, team: next.team === null ? null : [...next.team] }
      : { ...leaving, ...signed };
  return { ...entry, chain_sha256: chainHash(previousHash(given, before), entry) };
}

type Unchained = Replacement extends infer One
  ? One extends Replacement
    ? Omit<One, 'chain_sha256'>
    : never
  : never;

const chainHash = (previous: string, entry: Unchained): string =>
  hashOf(`${drawFormat} replacement`, previous, canonicalJson(entry));

/** The chain begins with the seed, so that it belongs to one draw only. */
const previousHash = ({ seed }: Given, before: readonly Replacement[]): string =>
  before.at(-1)?.chain_sha256 ?? seed;

function nextOf(
  { plan, objects: all, inspectors, seed }: Given,
  orders: Drawn['orders'],
  { objects, teams }: Standing,
  before: readonly Replacement[],
  leaving: Leaving,
): Next | null {
  const byCode = new Map(all.map((object) => [object.object_id, object]));
  const checked = teams.flatMap(({ object_id }) => byCode.get(object_id) ?? []);
  const teamsGiven: TeamsGiven | null =
    plan.teams === null ? null : { plan, rules: plan.teams, inspectors, seed, objects: checked };
  const gone = before.flatMap((one) => (one.kind === 'inspector' ? one.out : []));
  if (leaving.kind === 'object') {
    const standing = objects.get(leaving.stratum) ?? [];
    if (!standing.includes(leaving.out)) return null;
    const left = before.filter((one) => one.kind === 'object' && one.stratum === leaving.stratum).length;
    const next = orders.get(leaving.stratum)?.[standing.length + left]?.object_id;
    const object = next === undefined ? undefined : byCode.get(next);
    if (object === undefined) return null;
    const team =
      teamsGiven === null ? null : teamAfter(teamsGiven, teams, { out: leaving.out, object }, gone);
    return { in: object.object_id, team };
  }
  if (teamsGiven === null) return null;
  const substitute = substituteFor(teamsGiven, teams, leaving, gone);
  return substitute === null ? null : { in: substitute, team: null };
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
    let next: Next | null;
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
    const fault = entryFault(given, made, one, next);
    if (fault !== null) return { ok: false, place, message: fault };
    standing = after(standing, one);
  }
  return { ok: true, standing };
}

/** What stands otherwise in an entry than it must. */
function entryFault(
  given: Given,
  before: readonly Replacement[],
  { chain_sha256, ...entry }: Replacement,
  next: Next,
): Message | null {
  if (next.in !== entry.in)
    return say(
      `替补应为 ${next.in}，记录的是 ${entry.in}`,
      `the next one is ${next.in}, ${entry.in} was put down`,
    );
  if (entry.kind === 'object' && canonicalJson(entry.team) !== canonicalJson(next.team && [...next.team])) {
    const team = next.team ?? [];
    return say(`${entry.in} 应由 ${team.join('、')} 检查`, `${entry.in} is checked by ${team.join(', ')}`);
  }
  return chainHash(previousHash(given, before), entry) === chain_sha256
    ? null
    : say('内容被改动：与链哈希不符', 'it was changed: it does not hash to what stands there');
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
      teams: teams.map((team) =>
        team.object_id === one.out ? { object_id: one.in, inspectors: one.team ?? [] } : team,
      ),
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
