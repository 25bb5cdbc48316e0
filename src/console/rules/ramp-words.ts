import type { Ramp } from '../../rulebook/contract.ts';

/** The places of a ramp in one line. */
export const rampWords = ({ areas, institutions }: Ramp, separator: string): string =>
  [...areas, ...institutions].join(separator);

/** What people put between places that they type or paste. */
export const separators = [',', '，', '、', ' '] as const;
