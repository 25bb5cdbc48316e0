/** Token buckets: so many at once, then so many a second, for each subject. In the memory of one process. */
import { msPerSecond } from './civil.ts';

export interface BucketLimits {
  readonly perS: number;
  readonly burst: number;
  /** Subjects that are remembered; beyond, those that were not heard of for longest are forgotten, which forgives them. */
  readonly subjectsMax: number;
}

export interface Buckets {
  /** @returns 0: taken; else nothing was taken, and so many seconds are to be waited. A cost of 0 only asks whether anything is left */
  readonly take: (subject: string, cost: number) => number;
}

interface Bucket {
  left: number;
  at: number;
}

export function buckets(limits: BucketLimits, now: () => number = () => performance.now()): Buckets {
  const known = new Map<string, Bucket>();
  return {
    take: (subject, cost) => {
      const at = now();
      const before = known.get(subject);
      const left = Math.min(
        limits.burst,
        (before?.left ?? limits.burst) + ((at - (before?.at ?? at)) * limits.perS) / msPerSecond,
      );
      const isLeft = left >= 1;
      // A cost beyond what is left is taken all the same: it delays whoever it falls upon.
      const after = isLeft ? left - cost : left;
      // Again at the end: a map is in the order of insertion, and the first is whoever was not heard of for longest.
      known.delete(subject);
      known.set(subject, { left: after, at });
      if (known.size > limits.subjectsMax)
        for (const oldest of known.keys()) {
          known.delete(oldest);
          break;
        }
      return isLeft ? 0 : Math.max(1, Math.ceil((1 - left) / limits.perS));
    },
  };
}
