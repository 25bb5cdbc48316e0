import type { ClaimIssue } from '../contract.ts';

/** What a file offers as a claim. */
export type InputClaim = {
  /** position in the whole input, from 0 */
  index: number;
  /** what is to become a claim; `undefined` when `problems` has entries */
  value: unknown;
  /** the input as it came: a line, an element, or as JSON the cells that were to make the claim */
  raw: string;
  origin: { file: string; row: number };
  /** why the input could not even be read or mapped */
  problems: readonly ClaimIssue[];
};
