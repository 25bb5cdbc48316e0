/**
 * How far apart two claims of a person can lie and still matter to each other, read off the rules: a look-back reaches as many days as the
 * rule says; everything else that rules relate – overlapping stays, lines of one day – lies within days that both claims speak of. Most
 * kinds of visits matter to each other only so, which is why hardly any neighbour of an ordinary visit has to be read.
 */
import { type ClaimKind, claimKinds } from '../claims/kind.ts';
import { cellOf, type Knowledge } from '../knowledge/table.ts';
import { tableOf } from '../rules/around.ts';
import { allReferences, resolved } from '../rules/compile.ts';
import { letEntryOf } from '../rules/contract.ts';
import type { Rule, RuleSet } from '../rules/library.ts';
import { usageParams } from '../rules/usage.ts';
import type { Value } from '../rules/value.ts';

export interface Reach {
  /** Days beyond which no claim matters to another, whatever their kinds. */
  readonly longest: number;
  /** The same by kinds of visits alone, without what was used. */
  readonly ofKinds: number;
  /**
   * Days that may lie between a claim of kind `judged` and one of kind `other` that matters to its verdict; 0: both must speak of a common
   * day; `null`: it never matters.
   */
  readonly between: (judged: ClaimKind, other: ClaimKind) => number | null;
  /** The most days that may lie between a claim of this kind and one that matters to it. */
  readonly seen: (judged: ClaimKind) => number;
  /** The most days that may lie between a claim of this kind and one to which it matters. */
  readonly seeing: (other: ClaimKind) => number;
  /**
   * The most days that may lie between a claim of these items and one that matters to it, or to which it matters, by what both hold of items
   * that a rule follows through time (`usage`). Such items are few, and most claims have none: those look no further than their kinds do.
   */
  readonly using: (items: Iterable<string>) => number;
  /** Whether there is a rule that follows items. */
  readonly isFollowing: boolean;
}

const reaches = new WeakMap<RuleSet, Reach>();

/** Read off once a rule set. */
export function reachOf(ruleSet: RuleSet): Reach {
  let reach = reaches.get(ruleSet);
  if (reach === undefined) {
    reach = readReach(ruleSet);
    reaches.set(ruleSet, reach);
  }
  return reach;
}

function readReach({ rules, knowledge }: RuleSet): Reach {
  const days = table((): number | null => null);
  for (const rule of rules)
    for (const look of looksOf(rule))
      for (const judged of rule.document.scope.kinds)
        for (const other of look.others) days[judged][other] = Math.max(days[judged][other] ?? 0, look.days);
  const seen = byKind((judged) => most(claimKinds.map((other) => days[judged][other])));
  const seeing = byKind((other) => most(claimKinds.map((judged) => days[judged][other])));
  const ofKinds = most(Object.values(seen));
  const followed = rules.flatMap((rule) => usesOf(rule, knowledge));
  const ofAnyItem = most(followed.map(({ items, days }) => (items === null ? days : 0)));
  const ofItem = new Map<string, number>();
  for (const { items, days } of followed)
    for (const item of items ?? []) ofItem.set(item, Math.max(ofItem.get(item) ?? ofAnyItem, days));
  return {
    longest: most([
      ofKinds,
      ...followed.map((use) => use.days),
      ...rules.map(({ window }) => window?.days ?? 0),
    ]),
    ofKinds,
    between: (judged, other) => days[judged][other],
    seen: (judged) => seen[judged],
    seeing: (other) => seeing[other],
    isFollowing: followed.length > 0,
    using: (items) => {
      let days = ofAnyItem;
      if (ofItem.size > 0) for (const item of items) days = Math.max(days, ofItem.get(item) ?? 0);
      return days;
    },
  };
}

/** Items whose use a rule follows, and how many days back. `null`: any item. */
function usesOf(
  { document, items }: Rule,
  knowledge: Knowledge,
): { readonly items: ReadonlySet<string> | null; readonly days: number }[] {
  return allReferences(document)
    .map((reference) => letEntryOf(reference, document.let) ?? reference)
    .filter(({ fact }) => fact === 'usage')
    .map((target) => {
      const { days, table, theirs } = usageParams.parse(resolved(document, target));
      const source = table === undefined ? null : tableOf(knowledge, table);
      const column = theirs ?? source?.spec.key[0] ?? '';
      const used = source?.rows.map((row) => cellOf(row, column) ?? '') ?? [];
      return { items: items === null ? null : new Set([...items, ...used]), days };
    });
}

/** Whether what was read of these claims for the one reach is enough for the other. */
export const covers = (
  wide: Reach,
  narrow: Reach,
  revisions: readonly { readonly items: readonly string[] }[],
): boolean =>
  claimKinds.every((judged) =>
    claimKinds.every((other) => (wide.between(judged, other) ?? -1) >= (narrow.between(judged, other) ?? -1)),
  ) &&
  (!narrow.isFollowing || revisions.every(({ items }) => wide.using(items) >= narrow.using(items)));

const byKind = <Value>(valueOf: (kind: ClaimKind) => Value): Record<ClaimKind, Value> => ({
  inpatient: valueOf('inpatient'),
  outpatient: valueOf('outpatient'),
  pharmacy: valueOf('pharmacy'),
  other: valueOf('other'),
  unknown: valueOf('unknown'),
});
const table = <Value>(valueOf: () => Value): Record<ClaimKind, Record<ClaimKind, Value>> =>
  byKind(() => byKind(valueOf));
const most = (days: readonly (number | null)[]): number => Math.max(0, ...days.map((one) => one ?? 0));

/** Whether a rule looks at anything but the claim itself; the others can be judged without the database. */
export const needsHistory = (rule: Rule): boolean =>
  rule.window !== null ||
  looksOf(rule).length > 0 ||
  allReferences(rule.document).some((reference) =>
    factsOfAnybody.has((letEntryOf(reference, rule.document.let) ?? reference).fact),
  );

/** Facts that come from other claims, whatever their kinds: what carries the same trace code, what was used, and what states a death. */
const factsOfAnybody: ReadonlySet<string> = new Set(['sales', 'usage', 'person.die_date']);

/** A look of a rule at other claims of the person. */
interface Look {
  readonly others: readonly ClaimKind[];
  readonly days: number;
}

function daysBetween(relation: Value, days: number): number {
  if (relation === 'ended_before') return days;
  // Fewer than `days` days before: of one day, the same day.
  return relation === 'began_within' ? Math.max(0, Math.ceil(days) - 1) : 0;
}

function looksOf({ document }: Rule): Look[] {
  const looks: Look[] = [];
  const { each, scope } = document;
  // Lines of a group over a person have their day in common: lint insists on it.
  if (each.unit === 'group' && each.over === 'person') looks.push({ others: scope.kinds, days: 0 });
  for (const reference of allReferences(document)) {
    const target = letEntryOf(reference, document.let) ?? reference;
    const { kinds, relation, days: given, over, within } = resolved(document, target);
    const days = typeof given === 'number' ? given : 0;
    if (target.fact === 'claims')
      looks.push({
        // A visit of unknown kind may be of the kind that is looked for.
        others: claimKinds.filter((kind) => kind === 'unknown' || [kinds].flat().includes(kind)),
        days: daysBetween(relation, days),
      });
    else if (over === 'person')
      looks.push(
        // Settlements of one visit are of one kind, and may have no day in common.
        within === 'visit' ? { others: scope.kinds, days } : { others: claimKinds, days: 0 },
      );
  }
  return looks;
}
