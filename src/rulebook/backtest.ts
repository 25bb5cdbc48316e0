/** What a version finds beside the active one, as sums by institution and month and as samples. Pure. */
import { claimKey } from '../claims/timeline.ts';
import { dayOf, formatDay } from '../platform/civil.ts';
import { scales, unitsOf } from '../platform/decimal.ts';
import type { Finding } from '../screening/contract.ts';
import { type SampleKind, sampleKinds } from './contract.ts';
import { findingsById, type Preview } from '../screening/preview.ts';

/** Samples of each kind that a backtest keeps. */
export const samplesMax = 50;

/** Sums over the claims of an institution that began in a month; money in fen. */
export interface Cell {
  readonly fixmedins_code: string;
  /** yyyy-MM */
  readonly month: string;
  claims: number;
  new_findings: number;
  new_fen: number;
  lost_findings: number;
  lost_fen: number;
  same_findings: number;
  same_fen: number;
  /** What the active version says is at stake in them. */
  same_fen_before: number;
  /** Found by both, with another amount. */
  changed_findings: number;
}

export interface Sample {
  readonly kind: SampleKind;
  readonly finding: Finding;
}

export interface Compared {
  readonly cells: readonly Cell[];
  /** Of each kind at most `samplesMax`, those with the least ids. */
  readonly samples: readonly Sample[];
  readonly claims: number;
  /** Claims that the version could not judge. */
  readonly undecided: number;
  readonly alarms: number;
}

/**
 * @param preview verdicts of the version, and of the active one where there is one
 * @param codes rules whose claims that could not be judged are counted
 */
export function compared({ claims, verdicts }: Preview, codes: ReadonlySet<string>): Compared {
  const [ours = [], before = []] = verdicts;
  const cells = new Map<string, Cell>();
  const cellAt = (fixmedins_code: string, day: number): Cell => {
    const month = formatDay(day).slice(0, 7);
    const name = `${fixmedins_code} ${month}`;
    const known = cells.get(name);
    if (known !== undefined) return known;
    const fresh = emptyCell(fixmedins_code, month);
    cells.set(name, fresh);
    return fresh;
  };
  for (const { fixmedins_code, first_day } of claims.values()) cellAt(fixmedins_code, first_day).claims += 1;

  const found = findingsById(ours);
  const foundBefore = findingsById(before);
  const samples: Sample[] = [];
  const cellOf = (finding: Finding): Cell => {
    const { window } = finding;
    if (window !== undefined) return cellAt(finding.fixmedins_code, dayOf(window.day) ?? 0);
    const claim = claims.get(claimKey(finding.fixmedins_code, finding.setl_id));
    if (claim === undefined) throw new Error('a finding about a claim that was not asked about');
    return cellAt(claim.fixmedins_code, claim.first_day);
  };
  for (const [id, finding] of found) {
    const cell = cellOf(finding);
    const other = foundBefore.get(id);
    samples.push({ kind: other === undefined ? 'new' : 'same', finding });
    if (other === undefined) {
      cell.new_findings += 1;
      cell.new_fen += fenOf(finding);
    } else {
      cell.same_findings += 1;
      cell.same_fen += fenOf(finding);
      cell.same_fen_before += fenOf(other);
      if (fenOf(finding) !== fenOf(other)) cell.changed_findings += 1;
    }
  }
  for (const [id, finding] of foundBefore) {
    if (found.has(id)) continue;
    const cell = cellOf(finding);
    samples.push({ kind: 'lost', finding });
    cell.lost_findings += 1;
    cell.lost_fen += fenOf(finding);
  }
  const undecided = ours
    .flatMap((verdict) => verdict.undecided)
    .filter(({ items }) => items.some(({ rule_code }) => codes.has(rule_code)));
  return {
    cells: [...cells.values()],
    samples: sampleKinds.flatMap((kind) => leastOf(samples, kind)),
    claims: claims.size,
    undecided: undecided.length,
    alarms: ours.reduce((sum, { alarms }) => sum + alarms.length, 0),
  };
}

/** Ids are hashes: the least ones are as good as drawn by lot, and the same however the walk was cut into parts. */
const leastOf = (samples: readonly Sample[], wanted: SampleKind): Sample[] =>
  samples
    .filter(({ kind }) => kind === wanted)
    .sort((a, b) => (a.finding.finding_id < b.finding.finding_id ? -1 : 1))
    .slice(0, samplesMax);

const emptyCell = (fixmedins_code: string, month: string): Cell => ({
  fixmedins_code,
  month,
  claims: 0,
  new_findings: 0,
  new_fen: 0,
  lost_findings: 0,
  lost_fen: 0,
  same_findings: 0,
  same_fen: 0,
  same_fen_before: 0,
  changed_findings: 0,
});

const fenOf = ({ amount }: Finding): number => unitsOf(amount, scales.money) ?? 0;
