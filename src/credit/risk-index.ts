/**
 * Each input is turned into the share of institutions that have less of it (half of those that have as much), so that days, yuan and
 * counts can be added without any of them drowning the others; the index is the weighted mean, 0 to 100. Depends on the population, and
 * on nothing else: no claim id, no label, no order.
 */
import type { RiskDocument, RiskInput, RiskMeasures } from './risk-contract.ts';

export interface RiskPart {
  readonly input: RiskInput;
  readonly value: number;
  /** Institutions below it, in hundredths of a percent. */
  readonly rank_hundredths: number;
  readonly weight: number;
}

export interface Risk {
  readonly institution: string;
  /** 0 to 10,000: hundredths. */
  readonly index_hundredths: number;
  readonly parts: readonly RiskPart[];
}

/** Highest first; equal ones by their code. */
export function riskIndex(
  measures: ReadonlyMap<string, RiskMeasures>,
  { inputs }: Pick<RiskDocument, 'inputs'>,
): Risk[] {
  const ranks = inputs.map(({ input }) => ranksOf([...measures].map(([of, each]) => [of, each[input]])));
  const weights = inputs.reduce((sum, { weight }) => sum + weight, 0);
  return [...measures]
    .map(([institution, each]) => {
      const parts = inputs.map(({ input, weight }, at) => ({
        input,
        value: each[input],
        rank_hundredths: ranks[at]?.get(institution) ?? 0,
        weight,
      }));
      const weighted = parts.reduce((sum, { rank_hundredths, weight }) => sum + rank_hundredths * weight, 0);
      return { institution, index_hundredths: Math.round(weighted / weights), parts };
    })
    .sort((a, b) => b.index_hundredths - a.index_hundredths || (a.institution < b.institution ? -1 : 1));
}

function ranksOf(values: readonly (readonly [string, number])[]): ReadonlyMap<string, number> {
  const sorted = values.map(([, value]) => value).sort((a, b) => a - b);
  const placeOf = new Map<number, number>();
  let at = 0;
  while (at < sorted.length) {
    const value = sorted[at] ?? 0;
    let end = at;
    while (end < sorted.length && sorted[end] === value) end += 1;
    placeOf.set(value, Math.round(((at + (end - at - 1) / 2) * 10_000) / Math.max(1, sorted.length - 1)));
    at = end;
  }
  return new Map(values.map(([of, value]) => [of, placeOf.get(value) ?? 0]));
}
