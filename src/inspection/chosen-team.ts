/** Whether people whom an organiser names can go together: the constraints of the law, which no plan can loosen. Pure. */
import type { Message } from '../claims/contract.ts';
import type { Inspector } from './contract.ts';
import { signersMin } from './on-site-contract.ts';

/** `null`: they can. @param days first and last day of the check */
export function teamFault(
  team: readonly Inspector[],
  objectId: string,
  { from, to }: { readonly from: string; readonly to: string },
): Message | null {
  if (new Set(team.map(({ inspector_id }) => inspector_id)).size < signersMin)
    return { zh: `检查人员不少于 ${signersMin} 人`, en: `A team has at least ${signersMin}` };
  for (const { name, certificate_valid_to, recused_from, away } of team) {
    if (certificate_valid_to < to)
      return {
        zh: `${name} 的执法证 ${certificate_valid_to} 到期`,
        en: `The certificate of ${name} ends on ${certificate_valid_to}`,
      };
    if (recused_from.includes(objectId))
      return { zh: `${name} 对该对象应当回避`, en: `${name} is recused from this object` };
    if (away.some((span) => span.from <= to && span.to > from))
      return { zh: `${name} 在检查期间不在岗`, en: `${name} is away during the check` };
  }
  return null;
}
