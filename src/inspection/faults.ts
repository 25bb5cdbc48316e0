/** What a schema cannot say of a redraw and of directories. Pure. */
import type { Message } from '../claims/contract.ts';
import { dayOf as parsedDay } from '../platform/civil.ts';
import type { Commitment, DrawObject, DrawPlan, Expert, Inspector } from './contract.ts';
import { isOnePerson } from './plan-faults-contract.ts';
import { rfcPoolMax } from './rfc3797.ts';

const say = (zh: string, en: string): Message => ({ zh, en });

/** What a schema cannot say of a redraw. */
export const redrawFaults = (redraw: Commitment['redraw_of']): Message[] =>
  redraw !== null && isOnePerson(redraw.approvers)
    ? [say('重抽须由两名不同的人批准', 'two different people approve a redraw')]
    : [];

/** @param plan `null`: of the directories alone */
export function directoryFaults(
  plan: DrawPlan | null,
  objects: readonly DrawObject[],
  inspectors: readonly Inspector[],
  experts: readonly Expert[] = [],
): Message[] {
  const isDay = (text: string | null): boolean => text === null || parsedDay(text) !== null;
  const faults: Message[] = [];
  for (const id of twice(objects.map(({ object_id }) => object_id)))
    faults.push(say(`检查对象 ${id} 重复`, `object ${id} stands twice`));
  for (const id of twice(inspectors.map(({ inspector_id }) => inspector_id)))
    faults.push(say(`检查人员 ${id} 重复`, `inspector ${id} stands twice`));
  for (const id of twice(experts.map(({ expert_id }) => expert_id)))
    faults.push(say(`专家 ${id} 重复`, `expert ${id} stands twice`));
  for (const { expert_id, away } of experts)
    if (away.some((span) => !isDay(span.from) || !isDay(span.to)))
      faults.push(say(`专家 ${expert_id} 的日期不存在`, `expert ${expert_id} has a day that is none`));
  for (const { object_id, last_checked } of objects)
    if (!isDay(last_checked))
      faults.push(say(`检查对象 ${object_id} 的日期不存在`, `object ${object_id} has a day that is none`));
  for (const { inspector_id, certificate_valid_to, away } of inspectors)
    if (!isDay(certificate_valid_to) || away.some((span) => !isDay(span.from) || !isDay(span.to)))
      faults.push(
        say(`检查人员 ${inspector_id} 的日期不存在`, `inspector ${inspector_id} has a day that is none`),
      );
  if (plan?.mode === 'rfc3797' && objects.length > rfcPoolMax)
    faults.push(say(`RFC 3797 至多 ${rfcPoolMax} 个对象`, `RFC 3797 takes ${rfcPoolMax} objects at most`));
  return faults;
}

function twice(ids: readonly string[]): string[] {
  const seen = new Set<string>();
  return ids.filter((id) => seen.size === seen.add(id).size);
}
