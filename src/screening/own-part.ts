/**
 * What is shown of a finding to those who do not see all of its claims. To an institution: of visits elsewhere nothing, because they are not its
 * own. To a district: of a practitioner who worked elsewhere too, no persons of other districts. Pure.
 */
import { isNationalCode } from '../claims/practitioners.ts';
import { sees, type Sight } from '../people/sight.ts';
import type { Finding } from './contract.ts';

interface AtInstitution {
  readonly fixmedins_code: string;
}

/** Whether it rests on visits of others as well: then words, values and the evaluation speak of them. */
const speaksOfOthers = (finding: Finding, isOwn: (one: AtInstitution) => boolean): boolean =>
  !finding.claims.every(isOwn) || !isOwn(finding) || isCut(finding);

/** Of a practitioner who is one person everywhere not all claims are named: those that are not may be anywhere. */
const isCut = ({ window, claims }: Finding): boolean =>
  window?.practitioner != null &&
  isNationalCode(window.practitioner) &&
  claims.length < window.claims + window.earlier;

/** The name of the rule stands for the sentence, and lines and amounts of its own stay. */
export function ownPart(finding: Finding, institution: string): Finding {
  const isOwn = ({ fixmedins_code }: AtInstitution): boolean => fixmedins_code === institution;
  if (!speaksOfOthers(finding, isOwn)) return finding;
  const part = withoutWords(withoutUnseen(finding, isOwn));
  return {
    ...part,
    ...(part.window === undefined ? {} : { window: ownWindow(part.window, part.claims) }),
    tree: { op: 'all', result: true, of: [] },
  };
}

function ownWindow(
  window: NonNullable<Finding['window']>,
  claims: Finding['claims'],
): NonNullable<Finding['window']> {
  const ofDay = claims.filter(({ role }) => role === '违规项').length;
  return {
    ...window,
    claims: ofDay,
    earlier: claims.length - ofDay,
    persons: new Set(claims.map(({ psn_no }) => psn_no)).size,
  };
}

const withoutWords = (finding: Finding): Finding => ({ ...finding, message: finding.rule_name, values: {} });

/** What lies at an institution that is not seen is named by the last visit of its day that is. */
function withoutUnseen(finding: Finding, isSeen: (one: AtInstitution) => boolean): Finding {
  const claims = finding.claims.filter(isSeen);
  const part = { ...finding, claims, lines: finding.lines.filter(isSeen) };
  const last = claims.findLast(({ role }) => role === '违规项');
  if (isSeen(finding) || finding.window === undefined || last === undefined) return part;
  const { psn_no, fixmedins_code, setl_id, mdtrt_id } = last;
  const occurred_at = `${finding.window.day} 00:00:00`;
  // The sentence names the institution at which it lies.
  return withoutWords({ ...part, psn_no, fixmedins_code, setl_id, mdtrt_id, occurred_at });
}

/** Claims of other areas are left out of what is about many persons; sums and counts are of all, or nobody could tell why it was found. */
export function seenPart(finding: Finding, sight: Sight): Finding {
  if (sight.institution !== undefined) return ownPart(finding, sight.institution);
  if (finding.window === undefined) return finding;
  const isSeen = ({ fixmedins_code }: AtInstitution): boolean => sees(sight, fixmedins_code);
  if (isSeen(finding) && finding.claims.every(isSeen)) return finding;
  return withoutUnseen(finding, isSeen);
}

/** The same of what is said of a visit in the making. What is about one person is said in full: nobody asks but for a visit of theirs. */
export const askedPart = (finding: Finding, sight: Sight): Finding =>
  finding.window === undefined ? finding : seenPart(finding, sight);
