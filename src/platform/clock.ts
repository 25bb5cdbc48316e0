/** The only clock of domain callers: what day it is in Shanghai, as a day number. Pure code takes the day as an argument. */

import { msPerDay, msPerSecond } from './civil.ts';

/** China has kept one time, eight hours ahead of UTC and without summer time, since September 1991. */
const aheadMs = 8 * 3_600_000;

/** An instant in milliseconds since 1970, as a civil second, and back. */
export const secondAt = (ms: number): number => Math.floor((ms + aheadMs) / msPerSecond);
export const instantAt = (second: number): number => second * msPerSecond - aheadMs;

/** The instant of a civil second, ISO 8601 in UTC. */
export const instantText = (second: number): string => new Date(instantAt(second)).toISOString();

export const today = (): number => Math.floor((Date.now() + aheadMs) / msPerDay);

/** What the clock on the wall says there, as a civil second. */
export const thisSecond = (): number => secondAt(Date.now());

/** A clock that is handed on: the one on the wall, or one that a test sets. */
export interface Clock {
  readonly today: () => number;
  readonly thisSecond: () => number;
}
export const wallClock: Clock = { today, thisSecond };
