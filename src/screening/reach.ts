/**
 * How far apart two claims of a person can lie and still matter to each other, read off the rules: a look-back reaches as many days as the
 * rule says; everything else that rules relate – overlapping stays, lines of one day – lies within days that both claims speak of. Most
 * kinds of visits matter to each other only so, which is why hardly any neighbour of an ordinary visit has to be read.
 */
import { type ClaimKind, claimKinds } from '../claims/kind.ts';
import { factReferences, resolved } from '../rules/compile.ts';
import { letEntryOf } from '../rules/contract.ts';
import type { Rule, RuleSet } from '../rules/library.ts';

export interface Reach {
  /** Days beyond which no claim matters to another, whatever their kinds. */
  readonly longest: number;
  /**
   * Days that may lie between a claim of kind `judged` and one of kind `other` that matters to its verdict; 0: both must speak of a common
   * day; `null`: it never matters.
   */
  readonly between: (judged: ClaimKind, other: ClaimKind) => number | null;
  /** The most days that may lie between a claim of this kind and one that matters to it. */
  readonly seen: (judged: ClaimKind) => number;
  /** The most days that may lie between a claim of this kind and one to which it matters. */
  readonly seeing: (other: ClaimKind) => number;
}

export function reachOf({ rules }: RuleSet): Reach {
  const days = table((): number | null => null);
  for (const rule of rules)
    for (const look of looksOf(rule))
      for (const judged of rule.document.scope.kinds)
        for (const other of look.others) days[judged][other] = Math.max(days[judged][other] ?? 0, look.days);
  const seen = byKind((judged) => most(claimKinds.map((other) => days[judged][other])));
  const seeing = byKind((other) => most(claimKinds.map((judged) => days[judged][other])));
  return {
    longest: most(Object.values(seen)),
    between: (judged, other) => days[judged][other],
    seen: (judged) => seen[judged],
    seeing: (other) => seeing[other],
  };
}

/** Whether what was read for the one reach is enough for the other. */
export const covers = (wide: Reach, narrow: Reach): boolean =>
  claimKinds.every((judged) =>
    claimKinds.every((other) => (wide.between(judged, other) ?? -1) >= (narrow.between(judged, other) ?? -1)),
  );

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
  looksOf(rule).length > 0 ||
  factReferences(rule.document).some((reference) =>
    factsOfAnybody.has((letEntryOf(reference, rule.document.let) ?? reference).fact),
  );

/** Facts that come from claims wherever they lie in time: what carries the same trace code, and what states a death. */
const factsOfAnybody: ReadonlySet<string> = new Set(['sales', 'person.die_date']);

/** A look of a rule at other claims of the person. */
interface Look {
  readonly others: readonly ClaimKind[];
  readonly days: number;
}

function looksOf({ document }: Rule): Look[] {
  const looks: Look[] = [];
  const { each, scope } = document;
  // Lines of a group over a person have their day in common: lint insists on it.
  if (each.unit === 'group' && each.over === 'person') looks.push({ others: scope.kinds, days: 0 });
  for (const reference of factReferences(document)) {
    const target = letEntryOf(reference, document.let) ?? reference;
    const { kinds, relation, days, over } = resolved(document, target);
    if (target.fact === 'claims')
      looks.push({
        // A visit of unknown kind may be of the kind that is looked for.
        others: claimKinds.filter((kind) => kind === 'unknown' || [kinds].flat().includes(kind)),
        days: relation === 'ended_before' && typeof days === 'number' ? days : 0,
      });
    else if (over === 'person') looks.push({ others: claimKinds, days: 0 });
  }
  return looks;
}
