/** What a schema cannot say of a plan, each fault with its place: the console says at the field what the server would refuse. Pure. */
import type { Message } from '../claims/contract.ts';
import { dayOf } from '../platform/civil.ts';
import { countText } from '../platform/fill-contract.ts';
import type { DrawPlan } from './contract.ts';
import { type PublishedSource, sizeOf } from './entropy-contract.ts';

export interface PlanFault {
  /** Members and places in lists, from the plan downwards. */
  readonly path: readonly (string | number)[];
  readonly message: Message;
}

const say = (path: PlanFault['path'], zh: string, en: string): PlanFault => ({ path, message: { zh, en } });

export function planFaults(plan: DrawPlan): PlanFault[] {
  const { strata, teams, mode, seed_source, checks } = plan;
  const faults: PlanFault[] = [];
  const codes = strata.map(({ code }) => code);
  const twice = codes.findIndex((code, index) => codes.indexOf(code) !== index);
  if (twice >= 0)
    faults.push(
      say(
        ['strata', twice, 'code'],
        `分层编码 ${codes[twice] ?? ''} 重复`,
        `stratum ${codes[twice] ?? ''} stands twice`,
      ),
    );
  for (const [place, { code, at_least, at_most }] of strata.entries())
    if (at_most !== null && at_most < at_least)
      faults.push(
        say(
          ['strata', place, 'at_most'],
          `分层 ${code} 的上限小于下限`,
          `stratum ${code} has a cap below its minimum`,
        ),
      );
  const [from, to] = [dayOf(checks.from), dayOf(checks.to)];
  if (from === null || to === null || from >= to)
    faults.push(say(['checks', 'to'], '检查期间的起止日期不成立', 'the days of the checks are no period'));
  for (const [place, { specialty, at_least }] of (teams?.requirements ?? []).entries())
    if (at_least > (teams?.size ?? 0))
      faults.push(
        say(
          ['teams', 'requirements', place, 'at_least'],
          `每组人数少于所需的“${specialty}”人数`,
          `a team is smaller than what is asked of ${specialty}`,
        ),
      );
  if (seed_source.kind === 'published') faults.push(...rangeFaults(seed_source));
  if (seed_source.kind === 'published' && isOnePerson(seed_source.readers))
    faults.push(
      say(['seed_source', 'readers', 1], '数字须由两名不同的人录入', 'two different people read the numbers'),
    );
  if (seed_source.kind === 'dice' && isOnePerson(seed_source.parties))
    faults.push(
      say(['seed_source', 'parties', 1], '骰子须由两方分别掷', 'two different parties roll the dice'),
    );
  if (mode === 'rfc3797') {
    if (seed_source.kind !== 'published')
      faults.push(say(['mode'], 'RFC 3797 只用公布的数字', 'RFC 3797 works with published numbers only'));
    if (strata.length !== 1 || teams !== null)
      faults.push(
        say(
          ['mode'],
          'RFC 3797 只对一个名单抽取，不配检查人员',
          'RFC 3797 draws from one pool, without teams',
        ),
      );
  }
  return faults;
}

const rangeFaults = ({ sources }: PublishedSource): PlanFault[] =>
  sources.flatMap(({ name, numbers, range }, place) =>
    range === undefined || sizeOf(range) >= (range.repeats ? 1 : numbers)
      ? []
      : [
          say(
            ['seed_source', 'sources', place, 'range', 'to'],
            `“${name}”的取值范围 ${range.from} 至 ${range.to} 取不出 ${numbers} 个数字`,
            `the range ${range.from} to ${range.to} of “${name}” has no ${countText(numbers, 'number')}`,
          ),
        ],
  );

export const isOnePerson = ([one, other]: readonly [string, string]): boolean =>
  one.normalize('NFKC').trim() === other.normalize('NFKC').trim();
