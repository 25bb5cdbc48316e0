/** What a schema cannot say of a plan and of directories. Pure. */
import type { Message } from '../claims/contract.ts';
import { dayOf as parsedDay } from '../platform/civil.ts';
import { countText } from '../platform/fill-contract.ts';
import type { Commitment, DrawObject, DrawPlan, Expert, Inspector } from './contract.ts';
import { type PublishedSource, sizeOf } from './entropy-contract.ts';
import { rfcPoolMax } from './rfc3797.ts';

const say = (zh: string, en: string): Message => ({ zh, en });

export function planFaults(plan: DrawPlan): Message[] {
  const { strata, teams, mode, seed_source, checks } = plan;
  const faults: Message[] = [];
  const codes = strata.map(({ code }) => code);
  const twice = codes.find((code, index) => codes.indexOf(code) !== index);
  if (twice !== undefined) faults.push(say(`分层编码 ${twice} 重复`, `stratum ${twice} stands twice`));
  for (const { code, at_least, at_most } of strata)
    if (at_most !== null && at_most < at_least)
      faults.push(say(`分层 ${code} 的上限小于下限`, `stratum ${code} has a cap below its minimum`));
  const [from, to] = [parsedDay(checks.from), parsedDay(checks.to)];
  if (from === null || to === null || from >= to)
    faults.push(say('检查期间的起止日期不成立', 'the days of the checks are no period'));
  for (const { specialty, at_least } of teams?.requirements ?? [])
    if (at_least > (teams?.size ?? 0))
      faults.push(
        say(`每组人数少于所需的“${specialty}”人数`, `a team is smaller than what is asked of ${specialty}`),
      );
  if (seed_source.kind === 'published') faults.push(...rangeFaults(seed_source));
  if (seed_source.kind === 'published' && isOnePerson(seed_source.readers))
    faults.push(say('数字须由两名不同的人录入', 'two different people read the numbers'));
  if (seed_source.kind === 'dice' && isOnePerson(seed_source.parties))
    faults.push(say('骰子须由两方分别掷', 'two different parties roll the dice'));
  if (mode === 'rfc3797') {
    if (seed_source.kind !== 'published')
      faults.push(say('RFC 3797 只用公布的数字', 'RFC 3797 works with published numbers only'));
    if (strata.length !== 1 || teams !== null)
      faults.push(
        say('RFC 3797 只对一个名单抽取，不配检查人员', 'RFC 3797 draws from one pool, without teams'),
      );
  }
  return faults;
}

const rangeFaults = ({ sources }: PublishedSource): Message[] =>
  sources.flatMap(({ name, numbers, range }) =>
    range === undefined || sizeOf(range) >= (range.repeats ? 1 : numbers)
      ? []
      : [
          say(
            `“${name}”的取值范围 ${range.from} 至 ${range.to} 取不出 ${numbers} 个数字`,
            `the range ${range.from} to ${range.to} of “${name}” has no ${countText(numbers, 'number')}`,
          ),
        ],
  );

/** What a schema cannot say of a redraw. */
export const redrawFaults = (redraw: Commitment['redraw_of']): Message[] =>
  redraw !== null && isOnePerson(redraw.approvers)
    ? [say('重抽须由两名不同的人批准', 'two different people approve a redraw')]
    : [];

const isOnePerson = ([one, other]: readonly [string, string]): boolean =>
  one.normalize('NFKC').trim() === other.normalize('NFKC').trim();

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
