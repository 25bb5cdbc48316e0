/** Where the seed comes from: evidence that a commitment named before it could exist. Pure. */
import type { Message } from '../claims/contract.ts';
import { formatSecond, msPerSecond } from '../platform/civil.ts';
import { secondAt } from '../platform/clock.ts';
import { countText } from '../platform/fill-contract.ts';
import { areRolls, type Commitment, type Evidence, type SeedSource } from './contract.ts';
import { isRound, randomnessOf } from './drand.ts';
import { roundMs } from './drand-contract.ts';
import { hashOf } from './hash.ts';
import type { PlanFault } from './plan-faults-contract.ts';
import { rfcKey } from './rfc3797.ts';

const say = (zh: string, en: string): Message => ({ zh, en });

/** What is wrong with the evidence; `null`: it is what the commitment announced. */
export function evidenceFault({ plan }: Commitment, evidence: Evidence): Message | null {
  const { seed_source: source } = plan;
  if (source.kind !== evidence.kind)
    return say(
      `承诺的种子来源是 ${source.kind}，证据却是 ${evidence.kind}`,
      `the commitment names ${source.kind}, the evidence is of ${evidence.kind}`,
    );
  if (source.kind === 'drand' && evidence.kind === 'drand') return drandFault(source.round, evidence);
  if (source.kind === 'published' && evidence.kind === 'published') return readingsFault(source, evidence);
  return source.kind === 'dice' && evidence.kind === 'dice' ? rollsFault(source, evidence) : null;
}

function drandFault(round: number, evidence: Evidence & { kind: 'drand' }): Message | null {
  if (evidence.round !== round)
    return say(
      `承诺的是第 ${round} 轮，证据是第 ${evidence.round} 轮`,
      `round ${round} was announced, round ${evidence.round} was given`,
    );
  return isRound(round, evidence.signature)
    ? null
    : say(`第 ${round} 轮的签名不是 drand 的签名`, `the signature of round ${round} is not drand's`);
}

function readingsFault(
  source: SeedSource & { kind: 'published' },
  { readings }: Evidence & { kind: 'published' },
): Message | null {
  const [one, other] = readings;
  for (const [place, { name, numbers, range }] of source.sources.entries()) {
    const [first, second] = [one[place], other[place]];
    if (first === undefined || second === undefined)
      return say(`缺少“${name}”的数字`, `the numbers of “${name}” are missing`);
    if (first.length !== numbers || second.length !== numbers)
      return say(`“${name}”应为 ${numbers} 个数字`, `“${name}” has ${countText(numbers, 'number')}`);
    if (rfcKey([first]) !== rfcKey([second]))
      return say(`“${name}”两人录入不一致`, `the two readers entered different numbers for “${name}”`);
    if (range === undefined) continue;
    if (first.some((number) => number < range.from || number > range.to))
      return say(
        `“${name}”的数字应在 ${range.from} 至 ${range.to} 之间`,
        `the numbers of “${name}” are from ${range.from} to ${range.to}`,
      );
    if (!range.repeats && new Set(first).size < first.length)
      return say(`“${name}”的数字不应重复`, `no number of “${name}” comes twice`);
  }
  return one.length === source.sources.length && other.length === source.sources.length
    ? null
    : say('数字多于公布的来源', 'there are more numbers than sources');
}

function rollsFault(
  { rolls: wanted, parties }: SeedSource & { kind: 'dice' },
  { rolls }: Evidence & { kind: 'dice' },
): Message | null {
  const place = rolls.findIndex((one) => !areRolls(one, wanted));
  return place < 0
    ? null
    : say(
        `“${parties[place] ?? ''}”应掷 ${wanted} 次，录入了 ${rolls[place]?.length ?? 0} 次`,
        `“${parties[place] ?? ''}” rolls ${countText(wanted, 'time')}, ${countText(rolls[place]?.length ?? 0, 'roll was', 'rolls were')} entered`,
      );
}

/** What is wrong with announcing this source now; `null`: nothing of it can be known yet. */
export function announcementFault({ committed_at, plan: { seed_source } }: Commitment): PlanFault | null {
  const early = instantsOf(seed_source).find(({ ms }) => ms <= madeBy(committed_at));
  return early === undefined
    ? null
    : {
        path: ['seed_source', ...early.path],
        message: say(
          `种子在 ${new Date(early.ms).toISOString()} 即可知，早于承诺时间 ${committed_at}`,
          `the seed can be known at ${new Date(early.ms).toISOString()}, before the commitment of ${committed_at}`,
        ),
      };
}

/** A time in whole seconds says that it was within that second; those of earlier releases are exact. */
function madeBy(committedAt: string): number {
  const ms = Date.parse(committedAt);
  return ms % msPerSecond === 0 ? ms + msPerSecond - 1 : ms;
}

/** When all of a source is known, in milliseconds since 1970. */
export const knownFrom = ({ plan }: Commitment): number =>
  Math.max(...instantsOf(plan.seed_source).map(({ ms }) => ms));

/** What is wrong with evidence at an instant; `null`: the seed is known by then. Earlier it is a trial, or made up. */
export function earlyFault(commitment: Commitment, nowMs: number): Message | null {
  const from = knownFrom(commitment);
  if (nowMs >= from) return null;
  const time = formatSecond(secondAt(from));
  return say(
    `公告的种子在北京时间 ${time} 才产生，在此之前不得录入`,
    `the seed is announced for ${time} Beijing time; nothing is entered before`,
  );
}

/** When the parts of a source become known, in milliseconds since 1970, and where the source says it. */
function instantsOf(source: SeedSource): { readonly ms: number; readonly path: PlanFault['path'] }[] {
  switch (source.kind) {
    case 'drand':
      return [{ ms: roundMs(source.round), path: ['round'] }];
    case 'published':
      return source.sources.map(({ available_at }, place) => ({
        ms: Date.parse(available_at),
        path: ['sources', place, 'available_at'],
      }));
    case 'dice':
      return [{ ms: Date.parse(source.held_at), path: ['held_at'] }];
  }
}

/** The evidence as a text that enters the seed: the random value of a round, the key of RFC 3797, the rolls. */
export function evidenceText(evidence: Evidence): string {
  switch (evidence.kind) {
    case 'drand':
      return randomnessOf(evidence.signature);
    case 'published':
      return rfcKey(evidence.readings[0]);
    case 'dice':
      return evidence.rolls.map((rolls) => `${rolls.join('.')}/`).join('');
  }
}

/** Neither the agency, which is bound by commitment and salt, nor whoever makes the evidence can choose it. */
export const seedOf = (commitmentHash: string, salt: string, evidence: Evidence): string =>
  hashOf('fundwatch-draw/1 seed', commitmentHash, salt, evidenceText(evidence));
