/**
 * What is done after a batch was committed: versions in shadow look at the claims it judged, and written rules are held against what their
 * backtests saw. The live findings stand by then, nothing here is in their transaction, and whatever fails here fails alone.
 *
 * Shadow rules take `shadowShareMax` of the time of batches and no more: looked at between two persons, and what a person took too long is
 * taken off the next batches. Claims that are left out are counted. Of two batches of one person at the same time the one that comes here
 * last is kept, and an older claim is looked at again only as far as the active rules reach: what shadows say is a statistic, backtests are exact.
 */
import { systemActor } from '../audit/actor.ts';
import { type Database, transaction } from '../platform/database.ts';
import type { RuleSet } from '../rules/library.ts';
import type { Finding } from '../screening/contract.ts';
import { keyOfChange, neighbourhoodOf, type Revision } from '../screening/neighbours.ts';
import { covers, reachOf } from '../screening/reach.ts';
import { byPerson, screenPersons } from '../screening/screen-all.ts';
import type { Seen } from '../screening/service.ts';
import type { ActiveRules, Placement, Shadow } from './active-service.ts';
import { pauseAutomatically } from './life-service.ts';
import { within } from './ramp.ts';
import { leftBand, rateOf, windowClaims } from './rate.ts';
import { addToRates, closeWindow, insertNotice, type RateCounts, type StoredRate } from './rate-store.ts';
import { writeShadowFindings } from './shadow-store.ts';

/** Of the time of batches that rules in shadow may take beside it. */
export const shadowShareMax = 0.1;

/** Time of one process: what shadows took beyond their share has to be earned first. */
export interface ShadowBudget {
  /** A batch took so long. @returns how long shadows may look at it, in ms */
  readonly earn: (batchMs: number) => number;
  readonly spend: (ms: number) => void;
}

export function shadowBudget(): ShadowBudget {
  let left = 0;
  return {
    earn: (batchMs) => {
      // Nothing is saved up for later: no batch is ever followed by more than its own share.
      left = Math.min(left, 0) + batchMs * shadowShareMax;
      return Math.max(0, left);
    },
    spend: (ms) => {
      left -= ms;
    },
  };
}

export interface AfterBatch {
  /** Claims that no shadow rule looked at, for want of time. */
  readonly skippedClaims: number;
  /** Codes of rules that were paused. */
  readonly paused: readonly string[];
}

/** @param now ms of a clock that only goes forward */
export async function afterBatch(
  { database, rules }: { readonly database: Pick<Database, 'pool'>; readonly rules: ActiveRules },
  seen: Seen,
  batchMs: number,
  budget: ShadowBudget,
  now: () => number = () => performance.now(),
): Promise<AfterBatch> {
  const counts = rules
    .placements()
    .filter(({ isWritten, code }) => isWritten && !isOverWindows(rules.current(), code))
    .map((one) => countOf(one, seen));
  const { placements } = ofPersons(rules.shadow());
  const budgetMs = budget.earn(batchMs);
  const beganAt = now();
  const shadow =
    placements.length === 0 || seen.judged.length === 0
      ? null
      : await lookInShadow(database, rules, seen, () => now() - beganAt < budgetMs);
  if (counts.length === 0 && shadow === null) return { skippedClaims: 0, paused: [] };
  const rates = await transaction(database, async (client) => {
    for (const { placement, judged, findings } of shadow?.ofRules ?? [])
      if (judged.length > 0) await writeShadowFindings(client, placement.contentHash, judged, findings);
    return addToRates(client, [...counts, ...(shadow?.ofRules ?? []).map(({ counts: each }) => each)]);
  });
  budget.spend(now() - beganAt);
  return { skippedClaims: shadow?.skippedClaims ?? 0, paused: await pauseThoseThatLeft(database, rates) };
}

/** What such a rule finds is not about the claims of a batch: `after-windows-service.ts`. */
export const isOverWindows = (ruleSet: RuleSet, code: string): boolean =>
  ruleSet.rules.some(({ document, window }) => document.code === code && window !== null);

const ofPersons = ({ ruleSet, placements }: Shadow): Shadow => ({
  ruleSet,
  placements: placements.filter(({ code }) => !isOverWindows(ruleSet, code)),
});

function countOf({ contentHash, code, ramp }: Placement, { judged, findings }: Seen): RateCounts {
  const isWithin = ramp === null ? () => true : within(ramp);
  return {
    content_hash: contentHash,
    claims: judged.filter(({ fixmedins_code }) => isWithin(fixmedins_code)).length,
    hits: findings.filter(({ rule_code }) => rule_code === code).length,
    skipped_batches: 0,
    skipped_claims: 0,
  };
}

interface LookedAt {
  readonly ofRules: readonly {
    readonly placement: Placement;
    readonly judged: Seen['judged'];
    readonly findings: readonly Finding[];
    readonly counts: RateCounts;
  }[];
  readonly skippedClaims: number;
}

async function lookInShadow(
  { pool }: Pick<Database, 'pool'>,
  rules: ActiveRules,
  seen: Seen,
  hasTime: () => boolean,
): Promise<LookedAt> {
  const { ruleSet, placements } = ofPersons(rules.shadow());
  const asked = new Map(seen.judged.map((change) => [keyOfChange(change), change]));
  const done = new Set<string>();
  const findings: Finding[] = [];
  if (hasTime()) {
    const reach = reachOf(ruleSet);
    const documents: readonly Revision[] = covers(reachOf(rules.current()), reach, seen.documents)
      ? seen.documents
      : (await neighbourhoodOf(pool, [], seen.judged, reach, seen.documents)).documents;
    const psnNoOf = ({ psn_no }: Revision): string => psn_no;
    const verdicts = await screenPersons(
      byPerson(documents, psnNoOf),
      byPerson(seen.elsewhere, psnNoOf),
      ruleSet,
      (key) => asked.has(key),
      (psnNo) => {
        if (!hasTime()) return false;
        done.add(psnNo);
        return true;
      },
    );
    findings.push(...verdicts.flatMap((verdict) => verdict.findings));
  }
  const judged = seen.judged.filter(({ psn_no }) => done.has(psn_no));
  const skippedClaims = seen.judged.length - judged.length;
  return {
    skippedClaims,
    ofRules: placements.map((placement) => {
      const own = findings.filter(({ rule_code }) => rule_code === placement.code);
      return {
        placement,
        judged,
        findings: own,
        counts: {
          content_hash: placement.contentHash,
          claims: judged.length,
          hits: own.length,
          skipped_batches: skippedClaims > 0 ? 1 : 0,
          skipped_claims: skippedClaims,
        },
      };
    }),
  };
}

const actor = systemActor('rulebook');

export async function pauseThoseThatLeft(
  database: Pick<Database, 'pool'>,
  rates: readonly StoredRate[],
): Promise<string[]> {
  const paused: string[] = [];
  for (const rate of rates) {
    if (rate.window_claims < windowClaims) continue;
    const { content_hash, low, high, window_hits: hits, window_claims: claims } = rate;
    if (low !== null && high !== null && leftBand({ low, high }, hits, claims))
      await pauseAutomatically(database, actor, content_hash, async (client, { code }, state) => {
        await insertNotice(client, {
          code,
          content_hash,
          kind: 'rate_left_band',
          detail: { rate: rateOf(hits, claims) ?? 0, low, high, claims, hits, state },
        });
        paused.push(code);
      });
    await transaction(database, (client) => closeWindow(client, content_hash));
  }
  return paused;
}
