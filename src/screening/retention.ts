/**
 * What may go before a month. Claims that can touch each other – by their days, by refunds, by being contents of one settlement, by trace
 * codes – are a group, and a group goes or stays as a whole: so nothing that stays is ever judged otherwise for want of what went.
 */
import { kindOf } from '../claims/kind.ts';
import { claimKey } from '../claims/timeline.ts';
import { formatDay } from '../platform/civil.ts';
import type { Reach } from './reach.ts';

/** Beyond the longest look-back of any rule, what is removed must be older than this: claims come late, and are refunded late. */
export const retentionMarginDays = 366;
/** What is compacted is hardly read any more; if it is, nothing is lost but time. */
export const compactionMarginDays = 31;

/** @param marginDays `retentionMarginDays` or `compactionMarginDays` */
export function refuseTooYoung(beforeDay: number, asOf: number, reach: number, marginDays: number): void {
  const latest = asOf - reach - marginDays;
  if (beforeDay <= latest) return;
  throw new RangeError(
    `${formatDay(beforeDay)} 之前的数据仍可能被用到：规则最长回看 ${reach} 天，另加 ${marginDays} 天，最晚可至 ${formatDay(latest)}\n` +
      `what lies before ${formatDay(beforeDay)} may still be needed: rules look back ${reach} days, and ${marginDays} more; ` +
      `at the latest ${formatDay(latest)}`,
  );
}

/** What must be known of a revision to let it go. */
export interface RetainedRevision {
  readonly id: number;
  readonly psn_no: string;
  readonly fixmedins_code: string;
  readonly setl_id: string;
  readonly refd_setl_id: string | null;
  readonly first_day: number;
  readonly last_day: number;
  /** Stays whatever its day: it states a death, has an active finding, waits to be screened, or is tied to another person. */
  readonly pinned: boolean;
  readonly codes: readonly string[];
  readonly med_type: string;
  /** Days it looks by the items it holds that rules follow through time: `Reach.using`. */
  readonly using: number;
}

/**
 * @param revisions everything that is known of some persons
 * @param beforeDay groups that lie wholly before this day go
 */
export function removable<Row extends RetainedRevision>(
  revisions: readonly Row[],
  beforeDay: number,
  reach: Reach,
): Row[] {
  const groups = groupsOf(revisions, reach);
  const staying = new Set(
    revisions.flatMap((one, at) => (one.pinned || one.last_day >= beforeDay ? [groups(at)] : [])),
  );
  return revisions.filter((_, at) => !staying.has(groups(at)));
}

/** @returns the group of the revision at a position, named by one of its members */
function groupsOf(revisions: readonly RetainedRevision[], reach: Reach): (at: number) => number {
  const parents = revisions.map((_, at) => at);
  const rootOf = (at: number): number => {
    let root = at;
    for (let parent = parents[root]; parent !== undefined && parent !== root; parent = parents[root])
      root = parent;
    for (let next = at; next !== root; ) {
      const parent = parents[next] ?? root;
      parents[next] = root;
      next = parent;
    }
    return root;
  };
  const join = (a: number, b: number): void => {
    parents[rootOf(a)] = rootOf(b);
  };

  const firstWith = new Map<string, number>();
  const joinBy = (tie: string, at: number): void => {
    const other = firstWith.get(tie);
    if (other === undefined) firstWith.set(tie, at);
    else join(other, at);
  };
  for (const [at, { fixmedins_code, setl_id, refd_setl_id, codes }] of revisions.entries()) {
    joinBy(`settlement ${claimKey(fixmedins_code, setl_id)}`, at);
    if (refd_setl_id !== null) joinBy(`settlement ${claimKey(fixmedins_code, refd_setl_id)}`, at);
    for (const code of codes) joinBy(`code ${code}`, at);
  }

  const inOrder = revisions.map((one, at) => ({ one, at }));
  inOrder.sort((a, b) =>
    a.one.psn_no === b.one.psn_no ? a.one.first_day - b.one.first_day : a.one.psn_no < b.one.psn_no ? -1 : 1,
  );
  for (const [position, { one: later, at }] of inOrder.entries())
    for (let before = position - 1; before >= 0; before -= 1) {
      const entry = inOrder[before];
      if (entry === undefined || entry.one.psn_no !== later.psn_no) break;
      if (later.first_day - entry.one.last_day <= daysBetween(entry.one, later, reach)) join(entry.at, at);
    }
  return rootOf;
}

/** The most days that may lie between two claims of a person, one of which matters to the other. */
function daysBetween(a: RetainedRevision, b: RetainedRevision, reach: Reach): number {
  const [kindA, kindB] = [kindOf(a.med_type), kindOf(b.med_type)];
  const used = a.using > 0 && b.using > 0 ? Math.max(a.using, b.using) : 0;
  return Math.max(reach.between(kindA, kindB) ?? 0, reach.between(kindB, kindA) ?? 0, used);
}
