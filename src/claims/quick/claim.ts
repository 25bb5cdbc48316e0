/** The quick way of a claim from the bytes that came in to the rows that are stored. */
import type { StorableClaim } from '../storable.ts';
import { readClaim } from './read.ts';
import { rowsOfClaim } from './rows.ts';
import { fitsTogether } from './together.ts';

/**
 * @param latest the last day a claim may speak of, as a day number
 * @returns `null` for every claim that is wrong, and for some that are written in an unusual way
 */
export const takeClaim = (bytes: Uint8Array, latest: number): StorableClaim | null =>
  readClaim(bytes, latest) && fitsTogether() ? rowsOfClaim() : null;
