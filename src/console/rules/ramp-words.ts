import type { Ramp } from '../../rulebook/contract.ts';

/** The places of a ramp in one line. */
export const rampWords = ({ areas, institutions }: Ramp, separator: string): string =>
  [...areas, ...institutions].join(separator);
