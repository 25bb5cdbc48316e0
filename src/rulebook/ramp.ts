/** Where a rule holds: everywhere, or in some areas and institutions while it is tried. */
import { createHash } from 'node:crypto';
import { areaOf } from '../people/sight.ts';
import type { RuleSet } from '../rules/library.ts';
import type { Ramp } from './contract.ts';

/** @returns whether findings may be written about claims of this institution */
export function within({ areas, institutions }: Ramp): (fixmedinsCode: string) => boolean {
  const named = new Set(institutions);
  return (fixmedinsCode) => {
    if (named.has(fixmedinsCode)) return true;
    const area = areaOf(fixmedinsCode);
    return area !== null && areas.some((prefix) => area.startsWith(prefix));
  };
}

/** Areas and institutions that a ramp names and in which none of these institutions lies: mistyped, or not sending claims yet. */
export const unreachedOf = ({ areas, institutions }: Ramp, known: readonly string[]): string[] => [
  ...areas.filter((area) => !known.some(within({ areas: [area], institutions: [] }))),
  ...institutions.filter((institution) => !known.includes(institution)),
];

/** The rules of a set, some of them limited to where their ramp says; by code. */
export function withRamps(ruleSet: RuleSet, ramps: ReadonlyMap<string, Ramp>): RuleSet {
  if (ramps.size === 0) return ruleSet;
  const hash = createHash('sha256').update(ruleSet.version);
  for (const [code, ramp] of [...ramps].sort(([a], [b]) => (a < b ? -1 : 1)))
    hash.update(`\n${code} ${JSON.stringify(ramp)}`);
  return {
    ...ruleSet,
    rules: ruleSet.rules.map((rule) => {
      const ramp = ramps.get(rule.document.code);
      return ramp === undefined ? rule : { ...rule, within: within(ramp) };
    }),
    version: hash.digest('hex').slice(0, 12),
  };
}
