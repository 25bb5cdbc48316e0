/**
 * Who checks what was drawn. Inspectors have tickets of their own; for each object, in the order of the draw, the team is the first one
 * that all constraints allow, by load and then by ticket. The same again from the same seed, or a failure that names what is in the way.
 */
import type { Message } from '../claims/contract.ts';
import { type DrawObject, type DrawPlan, drawFormat, type Inspector, type TeamRules } from './contract.ts';
import { dayOf } from './day.ts';
import { hashOf } from './hash.ts';

export interface TeamsGiven {
  readonly plan: Pick<DrawPlan, 'plan_id' | 'checks'>;
  readonly rules: TeamRules;
  readonly inspectors: readonly Inspector[];
  readonly seed: string;
  /** In the order of the draw. */
  readonly objects: readonly DrawObject[];
}

export interface Team {
  readonly object_id: string;
  readonly inspectors: readonly string[];
}

/** What can keep an inspector out of a team. */
export const constraints = ['certificate', 'away', 'recused', 'load', 'unit', 'pair', 'specialty'] as const;
export type Constraint = (typeof constraints)[number];

const constraintNames: Readonly<Record<Constraint, Message>> = {
  certificate: { zh: '执法证失效', en: 'certificate not valid' },
  away: { zh: '检查期间不在岗', en: 'away during the checks' },
  recused: { zh: '应当回避', en: 'recused' },
  load: { zh: '已达任务上限', en: 'as many objects as allowed' },
  unit: { zh: '与组内人员同单位', en: 'of the unit of another member' },
  pair: { zh: '与组内人员已同组过', en: 'went with another member before' },
  specialty: { zh: '专业不符', en: 'not of the specialty that is wanted' },
};

/** No team can be made. */
export class UnfilledTeam extends Error {
  override readonly name = 'UnfilledTeam';
  readonly objectId: string;
  readonly text: Message;

  constructor(
    objectId: string,
    wanted: number,
    isTooLong: boolean,
    excluded: Readonly<Partial<Record<Constraint, number>>>,
  ) {
    const named = constraints.flatMap((constraint) => {
      const count = excluded[constraint] ?? 0;
      return count === 0 ? [] : [{ count, of: constraintNames[constraint] }];
    });
    const list = (language: keyof Message): string =>
      named.map(({ count, of }) => `${of[language]} ${count}`).join(language === 'zh' ? '，' : ', ');
    const text = {
      zh: `对象 ${objectId} 配不齐 ${wanted} 名检查人员：${list('zh')}${isTooLong ? `；尝试已达 ${triesMax} 次` : ''}`,
      en: `no team of ${wanted} for ${objectId}: ${list('en')}${isTooLong ? `; gave up after ${triesMax} tries` : ''}`,
    };
    super(`${text.zh} / ${text.en}`);
    this.objectId = objectId;
    this.text = text;
  }
}

/** Members tried for one team before it counts as impossible. */
const triesMax = 200_000;

export const inspectorTicket = (planId: string, seed: string, inspectorId: string): string =>
  hashOf(`${drawFormat} inspector`, planId, seed, inspectorId);

interface Member {
  readonly inspector: Inspector;
  readonly place: number;
  readonly recused: ReadonlySet<string>;
}

/** @throws UnfilledTeam */
export function teamsOf(given: TeamsGiven): Team[] {
  const roster = openRoster(given);
  return given.objects.map((object) => ({
    object_id: object.object_id,
    inspectors: roster.teamFor(object),
  }));
}

/**
 * Another member for a team, by the same order, after all teams were made.
 * @param gone who went out before: they come in for nobody
 * @throws UnfilledTeam
 */
export function substituteFor(
  given: TeamsGiven,
  teams: readonly Team[],
  { object_id, out }: { readonly object_id: string; readonly out: string },
  gone: readonly string[],
): string | null {
  const object = given.objects.find((one) => one.object_id === object_id);
  const team = teams.find((one) => one.object_id === object_id);
  if (object === undefined || team === undefined || !team.inspectors.includes(out)) return null;
  const roster = openRoster(given);
  for (const { inspectors } of teams) roster.take(inspectors);
  const [substitute] = roster.complete(
    object,
    team.inspectors.filter((member) => member !== out),
    new Set([...gone, out]),
  );
  return substitute ?? null;
}

/**
 * Who checks an object that came in for another: the team of the other one where every constraint allows it, else a new team by the same
 * order, as if the old one had not been made.
 * @param gone who went out before: they come in for nobody
 * @throws UnfilledTeam
 */
export function teamAfter(
  given: TeamsGiven,
  teams: readonly Team[],
  { out, object }: { readonly out: string; readonly object: DrawObject },
  gone: readonly string[],
): readonly string[] {
  const team = teams.find(({ object_id }) => object_id === out)?.inspectors ?? [];
  const members = given.inspectors.filter(({ inspector_id }) => team.includes(inspector_id));
  const isRecused = members.some(({ recused_from }) => recused_from.includes(object.object_id));
  const lacks = given.rules.requirements.some(
    ({ kinds, specialty, at_least }) =>
      kinds.includes(object.kind) &&
      members.filter(({ specialties }) => specialties.includes(specialty)).length < at_least,
  );
  if (!isRecused && !lacks) return team;
  const roster = openRoster(given);
  for (const { object_id, inspectors } of teams) if (object_id !== out) roster.take(inspectors);
  return roster.complete(object, [], new Set(gone));
}

function openRoster({ plan, rules, inspectors, seed }: TeamsGiven) {
  const from = dayOf(plan.checks.from);
  const to = dayOf(plan.checks.to);
  const certified = inspectors.filter((one) => dayOf(one.certificate_valid_to) >= to - 1);
  const present = certified.filter((one) => !isAway(one, from, to));
  const members: Member[] = present
    .map((inspector) => ({
      inspector,
      ticket: inspectorTicket(plan.plan_id, seed, inspector.inspector_id),
    }))
    .toSorted(
      (a, b) => compare(a.ticket, b.ticket) || compare(a.inspector.inspector_id, b.inspector.inspector_id),
    )
    .map(({ inspector }, place) => ({ inspector, place, recused: new Set(inspector.recused_from) }));
  const byInspector = new Map(members.map((member) => [member.inspector.inspector_id, member]));
  const loads = new Map<string, number>();
  /** By load: the places of those who carry so much, ascending. */
  const byLoad: number[][] = [members.map(({ place }) => place)];
  const pairs = new Set(rules.former_pairs.map(([one, other]) => pairKey(one, other)));
  const loadOf = (id: string): number => loads.get(id) ?? 0;

  function* candidates(): Generator<Member> {
    for (let load = 0; load < rules.load_max; load += 1)
      for (const place of byLoad[load] ?? []) {
        const member = members[place];
        if (member !== undefined) yield member;
      }
  }

  /** The first members that complete a team. */
  function complete(object: DrawObject, base: readonly string[], without: ReadonlySet<string>): string[] {
    const excluded = new Map<Constraint, Set<string>>();
    const exclude = ({ inspector }: Member, constraint: Constraint): false => {
      excluded.set(constraint, (excluded.get(constraint) ?? new Set()).add(inspector.inspector_id));
      return false;
    };
    const needed = rules.requirements.filter(({ kinds }) => kinds.includes(object.kind));
    const allowed = [...candidates()].filter((member) => {
      const { inspector_id } = member.inspector;
      if (without.has(inspector_id) || base.includes(inspector_id)) return false;
      return !member.recused.has(object.object_id) || exclude(member, 'recused');
    });
    let tries = 0;
    const search = (team: readonly Member[], next: number): readonly Member[] | null => {
      if (team.length === rules.size) return team;
      for (let at = next; at < allowed.length && tries < triesMax; at += 1) {
        const member = allowed[at];
        if (member === undefined) break;
        tries += 1;
        const why = misfit(rules, pairs, needed, team, member);
        if (why !== null) exclude(member, why);
        const found = why === null ? search([...team, member], at + 1) : null;
        if (found !== null) return found;
      }
      return null;
    };
    const members = base.flatMap((id) => byInspector.get(id) ?? []);
    const found = search(members, 0);
    if (found === null)
      throw new UnfilledTeam(object.object_id, rules.size, tries >= triesMax, {
        ...Object.fromEntries([...excluded].map(([constraint, ids]) => [constraint, ids.size])),
        certificate: inspectors.length - certified.length,
        away: certified.length - present.length,
        load: present.filter(({ inspector_id }) => loadOf(inspector_id) >= rules.load_max).length,
      });
    return found.slice(members.length).map(({ inspector }) => inspector.inspector_id);
  }

  function take(team: readonly string[]): void {
    for (const id of team) {
      const member = byInspector.get(id);
      if (member === undefined) continue;
      const load = loadOf(id);
      loads.set(id, load + 1);
      remove(byLoad[load] ?? [], member.place);
      insert((byLoad[load + 1] ??= []), member.place);
    }
    team.forEach((one, index) => {
      for (const other of team.slice(index + 1)) pairs.add(pairKey(one, other));
    });
  }

  return {
    complete,
    take,
    teamFor(object: DrawObject): string[] {
      const team = complete(object, [], new Set());
      take(team);
      return team;
    },
  };
}

/** Why somebody cannot join those who are chosen already. */
function misfit(
  { units_differ, pairs_differ, size }: TeamRules,
  pairs: ReadonlySet<string>,
  needed: TeamRules['requirements'],
  team: readonly Member[],
  { inspector }: Member,
): Constraint | null {
  if (units_differ && team.some((one) => one.inspector.unit === inspector.unit)) return 'unit';
  const isPaired = (one: Member): boolean =>
    pairs.has(pairKey(one.inspector.inspector_id, inspector.inspector_id));
  if (pairs_differ && team.some(isPaired)) return 'pair';
  const together = [...team.map((one) => one.inspector), inspector];
  // Each specialty must still find places for those that lack.
  const isShort = needed.some(({ specialty, at_least }) => {
    const has = together.filter(({ specialties }) => specialties.includes(specialty)).length;
    return at_least - has > size - together.length;
  });
  return isShort ? 'specialty' : null;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const isAway = ({ away }: Inspector, from: number, to: number): boolean =>
  away.some((span) => dayOf(span.from) < to && dayOf(span.to) > from);

/** Whoever of two comes first. */
const pairKey = (one: string, other: string): string =>
  one < other ? `${one.length} ${one} ${other}` : `${other.length} ${other} ${one}`;

function placeIn(list: readonly number[], value: number): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((list[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
const insert = (list: number[], value: number): void => void list.splice(placeIn(list, value), 0, value);
function remove(list: number[], value: number): void {
  const at = placeIn(list, value);
  if (list[at] === value) list.splice(at, 1);
}
