/**
 * What is done after days of institutions were judged by the rules over windows: those in shadow look at the same days, and written ones are held
 * against what their backtests saw. As after a batch, what is live stands by then, and the budget is of the time that judging took.
 *
 * A day is judged again with each batch that brings something of it, and reaches the limits of a rule late, so counting it each time would make
 * every rate too low. What a version showed of a day is kept, and the rate grows by the difference: over all days it is findings by visits, as
 * in a backtest. A day that is looked at for the first time counts whole, also after a change of rules.
 */
import { type Database, transaction } from '../platform/database.ts';
import type { Finding } from '../screening/contract.ts';
import { planForFewRows } from '../screening/plans.ts';
import { judgeDays, type JudgedDays } from '../screening/window-service.ts';
import { dayOf } from '../platform/civil.ts';
import type { ActiveRules, Placement, Shadow } from './active-service.ts';
import {
  type AfterBatch,
  isOverWindows,
  pauseThoseThatLeft,
  type ShadowBudget,
} from './after-batch-service.ts';
import { within } from './ramp.ts';
import { addToRates, growthOfDays, type RateCounts, type ShownDay } from './rate-store.ts';
import { writeShadowWindows } from './shadow-store.ts';

/**
 * @param judgingMs how long judging took
 * @param now ms of a clock that only goes forward
 */
export async function afterWindows(
  { database, rules }: { readonly database: Pick<Database, 'pool'>; readonly rules: ActiveRules },
  seen: readonly JudgedDays[],
  judgingMs: number,
  budget: ShadowBudget,
  now: () => number = () => performance.now(),
): Promise<AfterBatch> {
  const watched = rules
    .placements()
    .filter(({ isWritten, code }) => isWritten && isOverWindows(rules.current(), code));
  const shadow = rules.shadow();
  const shadows = shadow.placements.filter(({ code }) => isOverWindows(shadow.ruleSet, code));
  const budgetMs = budget.earn(judgingMs);
  if (watched.length + shadows.length === 0 || seen.length === 0) return { skippedClaims: 0, paused: [] };
  const beganAt = now();
  const looked =
    shadows.length === 0 ? [] : await lookInShadow(database, shadow, seen, () => now() - beganAt < budgetMs);
  const skippedClaims = shadows.length === 0 ? 0 : visitsOf(seen.slice(looked.length));
  const rates = await transaction(database, async (client) => {
    for (const days of looked)
      for (const { contentHash, code } of shadows)
        await writeShadowWindows(
          client,
          contentHash,
          days.institution,
          daysOf(days, code),
          findingsOf(days, code),
        );
    const shown = [
      ...watched.flatMap((placement) => seen.flatMap((days) => shownOf(placement, days))),
      ...shadows.flatMap((placement) => looked.flatMap((days) => shownOf(placement, days))),
    ];
    const counts: RateCounts[] = (await growthOfDays(client, shown)).map((grown) => ({
      ...grown,
      skipped_batches: 0,
      skipped_claims: 0,
    }));
    const skipped = skippedClaims === 0 ? [] : shadows;
    counts.push(
      ...skipped.map(({ contentHash }) => ({
        content_hash: contentHash,
        claims: 0,
        hits: 0,
        skipped_batches: 1,
        skipped_claims: skippedClaims,
      })),
    );
    return addToRates(client, counts);
  });
  budget.spend(now() - beganAt);
  return { skippedClaims, paused: await pauseThoseThatLeft(database, rates) };
}

/** One institution after the other, each read anew: rules in shadow may look back further, and need other documents. */
async function lookInShadow(
  database: Pick<Database, 'pool'>,
  { ruleSet }: Shadow,
  seen: readonly JudgedDays[],
  hasTime: () => boolean,
): Promise<JudgedDays[]> {
  const looked: JudgedDays[] = [];
  for (const { institution, changed } of seen) {
    if (!hasTime()) break;
    looked.push(
      await transaction(database, async (client) => {
        await planForFewRows(client);
        return judgeDays(client, ruleSet, institution, changed);
      }),
    );
  }
  return looked;
}

const daysOf = ({ days, isJudged }: JudgedDays, code: string): number[] =>
  days.filter((day) => isJudged(code, day));

/** What is about somebody who works at several institutions counts where the finding stands. */
const findingsOf = ({ institution, verdicts }: JudgedDays, code: string): Finding[] =>
  verdicts.flatMap(({ findings }) =>
    findings.filter(({ rule_code, fixmedins_code }) => rule_code === code && fixmedins_code === institution),
  );

/** Visits of the days on which something changed. */
const visitsOf = (seen: readonly JudgedDays[]): number =>
  seen.reduce(
    (sum, { changed, visits }) => [...changed].reduce((all, day) => all + (visits.get(day) ?? 0), sum),
    0,
  );

function shownOf({ contentHash, code, ramp }: Placement, judged: JudgedDays): ShownDay[] {
  const { institution, visits } = judged;
  if (ramp !== null && !within(ramp)(institution)) return [];

  const hits = new Map<number, number>();
  for (const { window } of findingsOf(judged, code)) {
    const day = dayOf(window?.day ?? '') ?? 0;
    hits.set(day, (hits.get(day) ?? 0) + 1);
  }
  return daysOf(judged, code).map((day) => ({
    content_hash: contentHash,
    fixmedins_code: institution,
    day,
    claims: visits.get(day) ?? 0,
    hits: hits.get(day) ?? 0,
  }));
}
