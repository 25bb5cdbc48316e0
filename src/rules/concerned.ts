/**
 * Which rules are worth a look at a timeline. Told by one pass over its lines, however many rules there are: nearly all of them are about
 * other kinds of visits, or about items that do not occur.
 */
import { type ClaimKind, claimKinds } from '../claims/kind.ts';
import type { Timeline } from '../claims/timeline.ts';
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

/** @returns by position: 1 for a rule that is worth a look */
export function concernedRules(
  rules: readonly Passable[],
  ofItem: RulesOfItem,
  { claims }: Timeline,
): Uint8Array {
  const concerned = new Uint8Array(rules.length);
  const items = new Set<string>();
  let kinds = 0;
  let lines = 0;
  for (const claim of claims) {
    kinds |= bitOf(claim.kind);
    lines += claim.lines.length;
    for (const { line } of claim.lines) items.add(line.med_list_codg);
  }
  for (const item of items) for (const position of ofItem.get(item) ?? none) concerned[position] = 1;
  const isAnythingPossible = (kinds & unknownBit) !== 0;
  const hasRepeats = items.size < lines;
  for (let position = 0; position < rules.length; position += 1) {
    const rule = rules[position];
    if (rule === undefined) continue;
    if (isAnythingPossible) concerned[position] = 1;
    else if ((rule.kindBits & kinds) === 0 || (rule.needsRepeats && !hasRepeats)) concerned[position] = 0;
    else if (rule.items === null) concerned[position] = 1;
  }
  return concerned;
}

const none: readonly number[] = [];
