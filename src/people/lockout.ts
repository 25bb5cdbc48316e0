/** How long somebody who failed to sign in has to wait: nothing for a few mistakes, then twice as long each time. */

export interface LockoutLimits {
  /** Failures that cost nothing. */
  readonly freeFailures: number;
  readonly firstLockMs: number;
  readonly lockMsMax: number;
  /** After so long without a failure, counting begins anew. */
  readonly forgottenAfterMs: number;
}

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** A quarter of an hour at most: who knows a login name could otherwise keep its owner out for good. */
export const accountLockout: LockoutLimits = {
  freeFailures: 5,
  firstLockMs: 30_000,
  lockMsMax: 15 * minuteMs,
  forgottenAfterMs: dayMs,
};

/** A whole office may stand behind one address. */
export const addressLockout: LockoutLimits = {
  freeFailures: 30,
  firstLockMs: 30_000,
  lockMsMax: 15 * minuteMs,
  forgottenAfterMs: dayMs,
};

export interface Failures {
  readonly failures: number;
  /** Milliseconds since 1970, as everything here. */
  readonly failedAt: number;
  readonly lockedUntil: number | null;
}

/** Milliseconds that are left of a lock; 0: an attempt may be made. */
export const lockedMs = (state: Failures | null, now: number): number =>
  Math.max(0, (state?.lockedUntil ?? 0) - now);

/** What is known after one more failure. */
export function afterFailure(state: Failures | null, now: number, limits: LockoutLimits): Failures {
  const isForgotten = state === null || now - state.failedAt > limits.forgottenAfterMs;
  const failures = isForgotten ? 1 : state.failures + 1;
  const beyond = failures - limits.freeFailures;
  const lockMs = beyond < 0 ? null : Math.min(limits.lockMsMax, limits.firstLockMs * 2 ** beyond);
  return { failures, failedAt: now, lockedUntil: lockMs === null ? null : now + lockMs };
}
