/** What an institution is shown of a finding against it: of visits elsewhere nothing, because they are not its own. Pure. */
import type { Finding } from './contract.ts';

/** Whether it rests on visits of others as well: then words, values and the evaluation speak of them. */
export const speaksOfOthers = (finding: Pick<Finding, 'claims'>, institution: string): boolean =>
  finding.claims.some(({ fixmedins_code }) => fixmedins_code !== institution);

/** The name of the rule stands for the sentence, and lines and amounts of its own stay. */
export function ownPart(finding: Finding, institution: string): Finding {
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
