/** When rounds of drand's chain “quicknet” become known, for whoever announces one. Source: the chain's own /info, as of its key in `drand.ts`. */

const genesisMs = 1_692_803_367_000;
const periodMs = 3_000;

/** When a round becomes known, in milliseconds since 1970. */
export const roundMs = (round: number): number => genesisMs + (round - 1) * periodMs;

/** The first round that becomes known at an instant or after it. */
export const roundAt = (ms: number): number => Math.max(1, Math.ceil((ms - genesisMs) / periodMs) + 1);
