import type { ClaimItem } from '../item.ts';

/** What a file offers as a claim: a line, an element, or as JSON the claim that was made of rows, or the cells of which none could be made. */
export type InputClaim = Required<ClaimItem>;
