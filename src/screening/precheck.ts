/**
 * 事前: a visit in the making is judged before it is settled. The same function as the stream's, over the same documents; nothing is written.
 */
import { canonicalClaim } from '../claims/canonical.ts';
import type { ClaimIssue } from '../claims/contract.ts';
import { splitPersonal } from '../claims/personal.ts';
import { claimKey, type CurrentClaim, spanOf } from '../claims/timeline.ts';
import type { Database } from '../platform/database.ts';
import type { RuleSet } from '../rules/library.ts';
import type { Precheck } from './contract.ts';
import { type Change, documentsAround, salesElsewhere } from './neighbours.ts';
import { needsHistory, reachOf } from './reach.ts';
import { screenAll } from './screen-all.ts';

/** Pre-checks of one process that may look at the history at the same time; beyond, only the claim itself is judged. */
export const historyReadsMax = 32;
/** A history that takes longer than this is given up: a hospital waits 0.8 s at most, and has a network of its own. */
export const historyMs = 400;

export interface PrecheckRules {
  readonly all: RuleSet;
  readonly withoutHistory: RuleSet;
  readonly reach: number;
}

/** The rules whose stage names 事前, prepared once. */
export function precheckRulesOf(ruleSet: RuleSet): PrecheckRules {
  const all = { ...ruleSet, rules: ruleSet.rules.filter(({ document }) => document.stage.includes('事前')) };
  return {
    all,
    withoutHistory: { ...all, rules: all.rules.filter((rule) => !needsHistory(rule)) },
    reach: reachOf(all),
  };
}

export type PrecheckResult = { ok: true; precheck: Precheck } | { ok: false; issues: readonly ClaimIssue[] };

/** Answers with what the rules say of the claim now, as if it were settled as it stands. */
export function prechecker(
  database: Database,
  ruleSet: RuleSet,
  asOf: () => number,
): (input: unknown) => Promise<PrecheckResult> {
  const rules = precheckRulesOf(ruleSet);
  let reading = 0;
  return async (input) => {
    const result = canonicalClaim(input, asOf());
    if (!result.ok) return { ok: false, issues: result.issues };
    const current = { claim: splitPersonal(result.claim).doc, contentHash: result.hash.toString('hex') };
    if (reading >= historyReadsMax) return { ok: true, precheck: await alone(current, rules) };
    reading += 1;
    // The query goes on when it is given up, so it counts until it ends: a slow database must not be asked ever more.
    const history = historyOf(database, current, rules.reach).finally(() => {
      reading -= 1;
    });
    const documents = await Promise.race([history, after(historyMs)]);
    return {
      ok: true,
      precheck: await (documents === null ? alone(current, rules) : beside(current, documents, rules)),
    };
  };
}

interface History {
  readonly documents: readonly CurrentClaim[];
  readonly elsewhere: readonly CurrentClaim[];
}

async function historyOf(database: Database, current: CurrentClaim, reach: number): Promise<History> {
  const { claim } = current;
  const { firstDay, lastDay } = spanOf(claim);
  const change: Change = {
    psn_no: claim.person.psn_no,
    fixmedins_code: claim.institution.fixmedins_code,
    setl_id: claim.setl_id,
    first_day: firstDay,
    last_day: lastDay,
  };
  const known = await documentsAround(database.pool, [change], reach);
  // Asked about a settlement that is known already, the answer is about what is asked, not about what is known.
  const documents = known.filter(({ claim: other }) => keyOf({ claim: other }) !== keyOf(current));
  const codes = new Set((claim.traces ?? []).map(({ drug_trac_codg }) => drug_trac_codg));
  const elsewhere = await salesElsewhere(database.pool, [...codes], [current, ...documents]);
  return { documents, elsewhere };
}

async function beside(current: CurrentClaim, history: History, rules: PrecheckRules): Promise<Precheck> {
  const verdicts = await screenAll(
    [current, ...history.documents],
    history.elsewhere,
    rules.all,
    (key) => key === keyOf(current),
  );
  return {
    history: 'used',
    rule_set: rules.all.version,
    findings: verdicts.flatMap(({ findings }) => findings),
    undecided: verdicts.flatMap(({ undecided }) => undecided).flatMap(({ items }) => items),
    left_out: [],
  };
}

async function alone(current: CurrentClaim, rules: PrecheckRules): Promise<Precheck> {
  const [verdict] = await screenAll([current], [], rules.withoutHistory, () => true);
  return {
    history: 'left_out',
    rule_set: rules.all.version,
    findings: [...(verdict?.findings ?? [])],
    undecided: (verdict?.undecided ?? []).flatMap(({ items }) => items),
    left_out: rules.all.rules.filter(needsHistory).map(({ document }) => document.code),
  };
}

const keyOf = ({ claim }: Pick<CurrentClaim, 'claim'>): string =>
  claimKey(claim.institution.fixmedins_code, claim.setl_id);

async function after(limitMs: number): Promise<null> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(null), limitMs).unref();
  });
}
