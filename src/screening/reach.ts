/**
 * How far apart two claims of a person can lie and still matter to each other: the longest look-back of any rule. Everything else that
 * rules relate – overlapping stays, lines of one day – lies within days that both claims speak of.
 */
import { factReferences, resolved } from '../rules/compile.ts';
import { letEntryOf } from '../rules/contract.ts';
import type { Rule, RuleSet } from '../rules/library.ts';

/** In days. */
export function reachOf({ rules }: RuleSet): number {
  let reach = 0;
  for (const { document } of rules)
    for (const reference of factReferences(document)) {
      const target = letEntryOf(reference, document.let) ?? reference;
      if (target.fact !== 'claims') continue;
      const { relation, days } = resolved(document, target);
      if (relation === 'ended_before' && typeof days === 'number') reach = Math.max(reach, days);
    }
  return reach;
}

/** Facts that look beyond the claim itself. */
const farFacts: ReadonlySet<string> = new Set(['claims', 'sales', 'person.die_date']);

/** Whether a rule looks at anything but the claim itself; the others can be judged without the database. */
export function needsHistory({ document }: Rule): boolean {
  if (document.each.unit === 'group' && document.each.over === 'person') return true;
  return factReferences(document).some((reference) => {
    const target = letEntryOf(reference, document.let) ?? reference;
    return farFacts.has(target.fact) || resolved(document, target)['over'] === 'person';
  });
}
