/**
 * RFC 3797: publicly verifiable selection from published numbers, to the letter – MD5, 65,535 names at most, one pool. The RFC wants
 * MD5 for agreement between implementations, not against collisions: what is hashed is published before and after.
 */
import { md5 } from '@noble/hashes/legacy.js';
import { concatBytes } from '@noble/hashes/utils.js';
import { hexOf, textBytes } from './hash.ts';

export const rfcPoolMax = 65_535;

/** The key of section 4.1: the numbers of each source ascending, each with a point behind it, each source with a slash. */
export const rfcKey = (sources: readonly (readonly number[])[]): string =>
  sources
    .map(
      (numbers) =>
        `${numbers
          .toSorted((a, b) => a - b)
          .map((number) => `${number}.`)
          .join('')}/`,
    )
    .join('');

export interface Pick {
  /** From 0, in the order of the pool. */
  readonly index: number;
  readonly digest: string;
}

/**
 * Section 4.2: the first `count` picks of a pool.
 * @throws RangeError when the pool is empty, too large, or smaller than `count`
 */
export function rfcPicks(key: string, pool: number, count: number): Pick[] {
  if (pool < 1 || pool > rfcPoolMax) throw new RangeError(`RFC 3797 takes 1 to ${rfcPoolMax} names`);
  if (count > pool) throw new RangeError('more picks than names');
  const remaining = Array.from({ length: pool }, (_, index) => index);
  const keyBytes = textBytes(key);
  return Array.from({ length: count }, (_, turn) => {
    const turnBytes = Uint8Array.of(turn >>> 8, turn & 0xff);
    const digest = hexOf(md5(concatBytes(turnBytes, keyBytes, turnBytes)));
    const place = Number(BigInt(`0x${digest}`) % BigInt(remaining.length));
    const [index = 0] = remaining.splice(place, 1);
    return { index, digest };
  });
}
