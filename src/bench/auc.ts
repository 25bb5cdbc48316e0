/** How well a score tells labelled institutions apart. */

export interface Labelled {
  readonly size: number;
  readonly score: number;
  readonly isPositive: boolean;
}

/**
 * The share of pairs of one positive and one negative in which the positive has the higher score; equal scores count half.
 * @returns `null` when there is no pair
 */
export function auc(all: readonly Labelled[]): number | null {
  const sorted = [...all].sort((a, b) => a.score - b.score);
  const positives = sorted.filter(({ isPositive }) => isPositive).length;
  const negatives = sorted.length - positives;
  if (positives === 0 || negatives === 0) return null;
  let below = 0;
  let won = 0;
  for (let at = 0; at < sorted.length; ) {
    let end = at;
    let here = 0;
    while (end < sorted.length && sorted[end]?.score === sorted[at]?.score) {
      if (sorted[end]?.isPositive === true) here += 1;
      end += 1;
    }
    const others = end - at - here;
    won += here * (below + others / 2);
    below += others;
    at = end;
  }
  return won / (positives * negatives);
}

export interface WithinGroups {
  /** Of each size group, from small to large. */
  readonly groups: readonly {
    readonly from: number;
    readonly count: number;
    readonly positives: number;
    readonly auc: number | null;
  }[];
  /** Over all pairs of one group: the chance to be right about two institutions of like size. */
  readonly pairs: number | null;
  /** Plain mean of the groups that have both. */
  readonly mean: number | null;
}

/** Groups of equal numbers of institutions; those of one size are never parted. */
export function aucWithin(all: readonly Labelled[], groupCount: number): WithinGroups {
  const sizes = all.map(({ size }) => size).sort((a, b) => a - b);
  const cuts = Array.from(
    { length: groupCount },
    (_, at) => sizes[Math.floor((at * sizes.length) / groupCount)] ?? 0,
  );
  const groups = cuts.map((from, at) => {
    const to = cuts[at + 1] ?? Number.POSITIVE_INFINITY;
    const members = all.filter(({ size }) => size >= from && size < to);
    const positives = members.filter(({ isPositive }) => isPositive).length;
    return { from, count: members.length, positives, auc: auc(members) };
  });
  const judged = groups.flatMap((group) =>
    group.auc === null ? [] : [{ auc: group.auc, pairs: group.positives * (group.count - group.positives) }],
  );
  const pairs = judged.reduce((sum, each) => sum + each.pairs, 0);
  return {
    groups,
    pairs: pairs === 0 ? null : judged.reduce((sum, each) => sum + each.auc * each.pairs, 0) / pairs,
    mean: judged.length === 0 ? null : judged.reduce((sum, each) => sum + each.auc, 0) / judged.length,
  };
}
