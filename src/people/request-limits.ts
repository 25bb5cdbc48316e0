/** How many requests are taken. One process counts for itself: behind two, each caller has twice as much. */
import type { BucketLimits } from '../platform/buckets.ts';

export const requestLimits = {
  /** Of whoever is not signed in; an office behind one address opens the console in the morning. */
  address: { perS: 50, burst: 1_000, subjectsMax: 20_000 },
  /** A person with several windows. */
  account: { perS: 20, burst: 400, subjectsMax: 20_000 },
  /** The platform of a city: five times what was ever measured (docs/performance.md). */
  key: { perS: 10_000, burst: 20_000, subjectsMax: 5_000 },
} as const satisfies Record<string, BucketLimits>;
