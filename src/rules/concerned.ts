/**
 * Which rules are worth a look at a timeline. Told by one pass over its lines, however many rules there are: nearly all of them are about
 * other kinds of visits, or about items that do not occur.
 */
import { type ClaimKind, claimKinds } from '../claims/kind.ts';
import type { Candidate, LineCandidate, Look } from './candidate.ts';
import type { RuleDocument } from './contract.ts';

/** What is known of a rule before anything is looked at. */
export interface Passable {
  /** Item codes beyond which the rule cannot hit; `null`: it may hit any. */
  readonly items: ReadonlySet<string> | null;
  /** Kinds of visits that it says anything about, as bits. */
  readonly kindBits: number;
  /** It only says anything where an item occurs more than once. */
  readonly needsRepeats: boolean;
}

const bitOf = (kind: ClaimKind): number => 1 << claimKinds.indexOf(kind);
const unknownBit = bitOf('unknown');

/** A visit of unknown kind may be one that the rule is about, so that it cannot be judged. */
export const kindBitsOf = ({ scope }: RuleDocument): number =>
  scope.kinds.reduce((bits, kind) => bits | bitOf(kind), unknownBit);

/** For each item that rules list, the positions of these rules. */
export type RulesOfItem = ReadonlyMap<string, readonly number[]>;

export function rulesOfItem(rules: readonly Passable[]): RulesOfItem {
  const positions = new Map<string, number[]>();
  for (const [position, { items }] of rules.entries())
    for (const item of items ?? []) {
      const known = positions.get(item);
      if (known === undefined) positions.set(item, [position]);
      else known.push(position);
    }
  return positions;
}

/** What a rule is to look at; `null`: nothing. */
export type Concern = readonly Look[] | null;

interface ListedLook extends Look {
  readonly lines: LineCandidate[];
}

/**
 * @param looks - all there is to look at on one timeline
 * @returns by position of the rule
 */
export function concernsOf(
  rules: readonly Passable[],
  ofItem: RulesOfItem,
  looks: readonly Look[],
): readonly Concern[] {
  const listed = new Map<number, ListedLook[]>();
  const lookAt = (position: number, whole: Candidate): ListedLook => {
    const known = listed.get(position);
    const last = known?.at(-1);
    if (last?.whole === whole) return last;
    const look = { whole, lines: [] };
    if (known === undefined) listed.set(position, [look]);
    else known.push(look);
    return look;
  };
  let kinds = 0;
  for (const { whole, lines } of looks) {
    const { kind } = whole.claim;
    kinds |= bitOf(kind);
    // Whatever is on it, nobody can tell whether the rule is about it.
    if (kind === 'unknown') for (const position of rules.keys()) lookAt(position, whole);
    for (const line of lines)
      for (const position of ofItem.get(line.line.line.med_list_codg) ?? nowhere)
        lookAt(position, whole).lines.push(line);
  }
  const isAnythingPossible = (kinds & unknownBit) !== 0;
  let repeats: boolean | null = null;
  const hasRepeats = (): boolean => {
    repeats ??= isAnyItemRepeated(looks);
    return repeats;
  };
  return rules.map((rule, position) => {
    if (!isAnythingPossible && (rule.kindBits & kinds) === 0) return null;
    if (!isAnythingPossible && rule.needsRepeats && !hasRepeats()) return null;
    if (rule.items === null) return looks;
    return listed.get(position) ?? null;
  });
}

function isAnyItemRepeated(looks: readonly Look[]): boolean {
  const items = new Set<string>();
  for (const { lines } of looks)
    for (const {
      line: { line },
    } of lines) {
      if (items.has(line.med_list_codg)) return true;
      items.add(line.med_list_codg);
    }
  return false;
}

const nowhere: readonly number[] = [];
