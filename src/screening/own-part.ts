/**
 * What is shown of a finding to those who do not see all of its claims. To an institution: of visits elsewhere nothing, because they are not its
 * own. To a district: of a practitioner who worked elsewhere too, no persons of other districts. Pure.
 */
import { sees, type Sight } from '../people/sight.ts';
import type { Finding } from './contract.ts';

/** Whether it rests on visits of others as well: then words, values and the evaluation speak of them. */
const speaksOfOthers = (finding: Pick<Finding, 'claims'>, institution: string): boolean =>
  finding.claims.some(({ fixmedins_code }) => fixmedins_code !== institution);

/** The name of the rule stands for the sentence, and lines and amounts of its own stay. */
function ownPart(finding: Finding, institution: string): Finding {
  if (!speaksOfOthers(finding, institution)) return finding;
  const isOwn = ({ fixmedins_code }: { readonly fixmedins_code: string }): boolean =>
    fixmedins_code === institution;
  return {
    ...finding,
    message: finding.rule_name,
    claims: finding.claims.filter(isOwn),
    lines: finding.lines.filter(isOwn),
    values: {},
    tree: { op: 'all', result: true, of: [] },
  };
}

/** Claims of other areas are left out of what is about many persons; sums and counts are of all, or nobody could tell why it was found. */
export function seenPart(finding: Finding, sight: Sight): Finding {
  if (sight.institution !== undefined) return ownPart(finding, sight.institution);
  if (finding.window === undefined) return finding;
  const isSeen = ({ fixmedins_code }: { readonly fixmedins_code: string }): boolean =>
    sees(sight, fixmedins_code);
  if (finding.claims.every(isSeen)) return finding;
  return { ...finding, claims: finding.claims.filter(isSeen), lines: finding.lines.filter(isSeen) };
}
