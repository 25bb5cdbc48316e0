/** Who gets which finding: whoever has least to do, never somebody who stands too near, and the same answer whoever asks. */

export interface Unassigned {
  readonly finding_id: string;
  /** Who may not have it: recused, or out of sight of its institution. */
  readonly barred: ReadonlySet<string>;
}

export interface Load {
  readonly account: string;
  /** Findings that wait for them already. */
  readonly waiting: number;
}

/**
 * Findings go out in the order of their ids, each to the one with the least load, of several to the first by name: a draw that depended on
 * who asks or on the order of a list could be arranged. @returns account of each finding; `null`: nobody is left for it
 */
export function distribute(
  findings: readonly Unassigned[],
  reviewers: readonly Load[],
): ReadonlyMap<string, string | null> {
  const loads = new Map(reviewers.map(({ account, waiting }) => [account, waiting]));
  const given = new Map<string, string | null>();
  for (const { finding_id, barred } of findings.toSorted(byId)) {
    const [least] = [...loads]
      .filter(([account]) => !barred.has(account))
      .sort(([a, loadA], [b, loadB]) => loadA - loadB || (a < b ? -1 : 1));
    given.set(finding_id, least?.[0] ?? null);
    if (least !== undefined) loads.set(least[0], least[1] + 1);
  }
  return given;
}

const byId = (a: Unassigned, b: Unassigned): number => (a.finding_id < b.finding_id ? -1 : 1);
