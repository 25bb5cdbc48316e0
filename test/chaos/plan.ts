import { randomOf } from '../../src/demo/random.ts';

export const queues = ['postgresql', 'redis'] as const;
export type Queue = (typeof queues)[number];

export const workers = ['worker 1', 'worker 2'] as const;
export type Target = 'api' | (typeof workers)[number] | Queue;

/** What happens to the product, and when: after so many requests were answered, and a little later. */
export type Disturbance = { readonly afterRequest: number; readonly delayMs: number } & (
  | { readonly kind: 'kill'; readonly target: Target }
  | { readonly kind: 'freeze'; readonly target: Target; readonly ms: number }
  /** The queue loses everything it holds. */
  | { readonly kind: 'forget'; readonly target: Queue }
  | { readonly kind: 'clock'; readonly target: (typeof workers)[number]; readonly shiftMs: number }
);

/** Longer than a job's lock: whoever was frozen may find its job taken by another. */
const freezeMsMax = 14_000;
const delayMsMax = 400;
const hourMs = 3_600_000;
/** The embedded server is not started again when it dies more often than that within a minute. */
const databaseKillsMax = 3;

/** The same seed gives the same plan; when exactly it strikes depends on the machine. */
export function planOf(seed: number, requests: number, disturbances: number, queue: Queue): Disturbance[] {
  const random = randomOf('chaos plan', seed);
  const targets: Target[] = ['api', ...workers, 'postgresql', ...(queue === 'redis' ? [queue] : [])];
  let databaseKills = 0;
  return Array.from({ length: disturbances }, (): Disturbance => {
    const when = { afterRequest: random.below(requests), delayMs: random.below(delayMsMax) };
    const dice = random.next();
    if (dice < 0.15) return { ...when, kind: 'forget', target: queue };
    if (dice < 0.3)
      return {
        ...when,
        kind: 'clock',
        target: random.pick(workers),
        shiftMs: random.pick([-hourMs, 0, hourMs]),
      };
    const target = random.pick(targets);
    if (dice < 0.45) return { ...when, kind: 'freeze', target, ms: random.between(500, freezeMsMax) };
    if (target === 'postgresql') databaseKills += 1;
    return {
      ...when,
      kind: 'kill',
      target: target === 'postgresql' && databaseKills > databaseKillsMax ? 'api' : target,
    };
  }).sort((a, b) => a.afterRequest - b.afterRequest || a.delayMs - b.delayMs);
}
