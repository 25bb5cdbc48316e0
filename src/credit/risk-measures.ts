/** What the risk index measures of each institution, out of its settlements and what screening suspects of them. */
import type { RiskMeasures } from './risk-contract.ts';

export interface MeasuredStay {
  readonly institution: string;
  /** Payment group; `null`: none stated, then compared with all stays. */
  readonly group: string | null;
  /** Nights; `null`: no stay. */
  readonly days: number | null;
  readonly fundPaidFen: number;
}

export interface SuspectedAmount {
  readonly institution: string;
  readonly amountFen: number;
}

/** Days by which each stay is longer than the median of its peers; in the order of `stays`, 0 where there is no stay. */
export function excessDays(stays: readonly MeasuredStay[], peersMin: number): number[] {
  const lengths = new Map<string, number[]>();
  const all: number[] = [];
  for (const { group, days } of stays) {
    if (days === null) continue;
    all.push(days);
    if (group === null) continue;
    const list = lengths.get(group);
    if (list === undefined) lengths.set(group, [days]);
    else list.push(days);
  }
  const overall = median(all);
  const medians = new Map(
    [...lengths].map(([group, list]) => [group, list.length >= peersMin ? median(list) : overall]),
  );
  return stays.map(({ group, days }) =>
    days === null ? 0 : Math.max(0, days - (group === null ? overall : (medians.get(group) ?? overall))),
  );
}

export function measure(
  stays: readonly MeasuredStay[],
  findings: readonly SuspectedAmount[],
  peersMin: number,
): Map<string, RiskMeasures> {
  const measured = new Map<string, { -readonly [Input in keyof RiskMeasures]: number }>();
  const of = (institution: string) => {
    const known = measured.get(institution);
    if (known !== undefined) return known;
    const fresh = {
      stay_excess_days: 0,
      stay_longest_days: 0,
      fund_paid_fen: 0,
      findings: 0,
      finding_amount_fen: 0,
      settlements: 0,
    };
    measured.set(institution, fresh);
    return fresh;
  };
  const excess = excessDays(stays, peersMin);
  for (const [at, { institution, days, fundPaidFen }] of stays.entries()) {
    const own = of(institution);
    own.settlements += 1;
    own.fund_paid_fen += fundPaidFen;
    own.stay_longest_days = Math.max(own.stay_longest_days, days ?? 0);
    own.stay_excess_days += excess[at] ?? 0;
  }
  for (const { institution, amountFen } of findings) {
    const own = of(institution);
    own.findings += 1;
    own.finding_amount_fen += amountFen;
  }
  return measured;
}

/** The lower one of the two in the middle, so that it is always a whole number of days. */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}
