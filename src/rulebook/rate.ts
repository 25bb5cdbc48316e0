/** How often a rule hits, per thousand claims: what its backtest saw, and whether the stream still shows the same. Pure. */

/** Hits per thousand claims. */
export interface Band {
  readonly low: number;
  readonly high: number;
}

/** Months with fewer claims say nothing about a rate, unless there are no others. */
const bandClaimsMin = 1_000;
/** Claims of the stream after which a rate is compared; then counting begins anew. */
export const windowClaims = 5_000;
/** A rate may leave what the backtest saw by so much: months differ, and a window is shorter than a month. */
export const bandFactor = 3;
/** So few hits, or so few expected, are chance. */
const hitsMin = 10;

export const rateOf = (hits: number, claims: number): number | null =>
  claims === 0 ? null : (hits * 1000) / claims;

export interface MonthCounts {
  readonly month: string;
  readonly claims: number;
  readonly hits: number;
}

/** The lowest and highest monthly rate; where no month has enough claims, the rate of all of them. `null`: no claims at all. */
export function bandOf(months: readonly MonthCounts[]): Band | null {
  const full = months.filter(({ claims }) => claims >= bandClaimsMin);
  const counted = full.length > 0 ? full : [sumOf(months)];
  const rates = counted.flatMap(({ hits, claims }) => rateOf(hits, claims) ?? []);
  return rates.length === 0 ? null : { low: Math.min(...rates), high: Math.max(...rates) };
}

const sumOf = (months: readonly MonthCounts[]): MonthCounts => ({
  month: '',
  claims: months.reduce((sum, { claims }) => sum + claims, 0),
  hits: months.reduce((sum, { hits }) => sum + hits, 0),
});

/** Whether so many hits on so many claims are more or fewer than the band and chance explain. */
export function leftBand(band: Band, hits: number, claims: number): boolean {
  const rate = rateOf(hits, claims);
  if (rate === null) return false;
  if (rate > band.high * bandFactor) return hits >= hitsMin;
  const least = band.low / bandFactor;
  return rate < least && (least * claims) / 1000 >= hitsMin;
}
