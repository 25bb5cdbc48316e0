/**
 * 事前: a visit in the making is judged before it is settled. The same function as the stream's, over the same documents; nothing is written.
 */
import type { ClaimIssue } from '../claims/contract.ts';
import { foreignInstitution } from '../claims/foreign.ts';
import { askedClaim } from '../claims/item.ts';
import { claimKey, type CurrentClaim, spanOf, statesDeath } from '../claims/timeline.ts';
import { sees, type Sight } from '../people/sight.ts';
import type { Database } from '../platform/database.ts';
import { lateMs } from '../platform/pulse.ts';
import { type RuleSet, selectRules } from '../rules/library.ts';
import type { Precheck } from './contract.ts';
import { inForce, type Rules } from './in-force.ts';
import { askedPart } from './own-part.ts';
import { type Change, codesOf, neighbourhoodOf, type Revision, salesElsewhere } from './neighbours.ts';
import { needsHistory, type Reach, reachOf } from './reach.ts';
import type { PersonVerdict } from './screen.ts';
import { screenAll } from './screen-all.ts';
import { windowRulesOf } from './window.ts';
import { windowsBeside } from './window-precheck.ts';

/** The database as pre-checks read it: with connections of their own, set for `plansForFewRows`, so that they wait for nobody else. */
export type History = Pick<Database, 'pool'>;

export interface PrecheckLimits {
  /** Pre-checks of one process that may look at the history at the same time; beyond, only the claim itself is judged. */
  readonly historyReadsMax: number;
  /** A history that takes longer than this is given up: a hospital waits 0.8 s at most, and has a network of its own. */
  readonly historyMs: number;
  /** When the process is later than this, only the claim itself is judged. */
  readonly historyLateMs: number;
}

const precheckLimits: PrecheckLimits = { historyReadsMax: 32, historyMs: 400, historyLateMs: 60 };

interface PrecheckRules {
  readonly all: RuleSet;
  readonly withoutHistory: RuleSet;
  readonly reach: Reach;
  /** Codes of the rules that are left out where history is. Told once: whoever gives history up is short of time. */
  readonly needingHistory: readonly string[];
  /** Codes of the rules over windows in force that are of another stage: they judge the day afterwards. */
  readonly wholeDays: readonly string[];
}

type Stage = '事前' | '事中';

/** The rules of a stage, prepared once. */
function precheckRulesOf(ruleSet: RuleSet, stage: Stage): PrecheckRules {
  const all = selectRules(ruleSet, ({ document }) => document.stage.includes(stage));
  return {
    all,
    withoutHistory: selectRules(all, (rule) => !needsHistory(rule)),
    reach: reachOf(all),
    needingHistory: all.rules.filter(needsHistory).map(({ document }) => document.code),
    wholeDays: codesOfWindows(selectRules(ruleSet, ({ document }) => !document.stage.includes(stage))),
  };
}

const codesOfWindows = (ruleSet: RuleSet): string[] =>
  windowRulesOf(ruleSet).map(({ document }) => document.code);

export type PrecheckResult = { ok: true; precheck: Precheck } | { ok: false; issues: readonly ClaimIssue[] };

/** Answers with what the rules say of the claim now, as if it were settled as it stands; `raw` is its JSON. */
export function prechecker(
  history: History,
  rules: Rules,
  asOf: () => number,
  limits: PrecheckLimits = precheckLimits,
): (raw: Uint8Array, sight: Sight) => Promise<PrecheckResult> {
  const judge = visitJudge(history, rules, limits);
  return async (raw, sight) => {
    const read = askedClaim(raw, asOf());
    // The answer leans on the person's history everywhere, so nobody may ask it for a visit that is not theirs to see.
    const asked = read.ok && !sees(sight, read.fixmedins_code) ? foreignInstitution(read) : read;
    if (!asked.ok) return { ok: false, issues: asked.issues };
    const current = { claim: asked.doc, contentHash: asked.hash };
    const precheck = await judge([current], { stage: '事前' });
    return {
      ok: true,
      precheck: { ...precheck, findings: precheck.findings.map((finding) => askedPart(finding, sight)) },
    };
  };
}

export interface JudgeOptions {
  readonly stage: Stage;
  /** Codes of the rules to judge by; absent: all of the stage. */
  readonly only?: ReadonlySet<string>;
  /** What is asked describes the whole visit, so known settlements of the same visit are about the same services. */
  readonly wholeVisit?: boolean;
}

/** Judges claims of one person in the making, each beside the others and the person's history. */
export function visitJudge(
  history: History,
  rules: Rules,
  { historyReadsMax, historyMs, historyLateMs }: PrecheckLimits = precheckLimits,
): (asked: readonly CurrentClaim[], options: JudgeOptions) => Promise<Precheck> {
  const preparedOf = rememberLast((ruleSet: RuleSet) => ({
    事前: precheckRulesOf(ruleSet, '事前'),
    事中: precheckRulesOf(ruleSet, '事中'),
  }));
  const { current } = inForce(rules);
  let reading = 0;
  return async (asked, { stage, only, wholeVisit = false }) => {
    const ofStage = preparedOf(current())[stage];
    const judging = only === undefined ? ofStage : restricted(ofStage, only);
    if (reading >= historyReadsMax || lateMs() > historyLateMs) return alone(asked, judging);
    reading += 1;
    const known = knownOf(history, asked, judging.reach, wholeVisit);
    const windows = known.then(({ documents }) =>
      windowsBeside(history.pool, judging.all, { claims: asked, documents, wholeVisit }),
    );
    // What is read goes on when it is given up, so it counts until it ends: a slow database must not be asked ever more.
    const isRead = (): void => {
      reading -= 1;
    };
    windows.then(isRead, isRead);
    const givenUp = after(historyMs);
    const documents = await Promise.race([known, givenUp]);
    if (documents === null) return alone(asked, judging);
    return beside(asked, documents, judging, await Promise.race([windows, givenUp]));
  };
}

/** The rules in force change rarely, and are prepared when they do. */
function rememberLast<Given extends object, Made>(make: (given: Given) => Made): (given: Given) => Made {
  let last: { readonly given: Given; readonly made: Made } | null = null;
  return (given) => {
    if (last?.given !== given) last = { given, made: make(given) };
    return last.made;
  };
}

function restricted(
  { all, withoutHistory, reach, needingHistory, wholeDays }: PrecheckRules,
  only: ReadonlySet<string>,
): PrecheckRules {
  const kept = (set: RuleSet): RuleSet => selectRules(set, ({ document }) => only.has(document.code));
  return {
    all: kept(all),
    withoutHistory: kept(withoutHistory),
    reach,
    needingHistory: needingHistory.filter((code) => only.has(code)),
    wholeDays: wholeDays.filter((code) => only.has(code)),
  };
}

interface Known {
  readonly documents: readonly Revision[];
  readonly elsewhere: readonly Revision[];
}

async function knownOf(
  { pool }: History,
  asked: readonly CurrentClaim[],
  reach: Reach,
  wholeVisit: boolean,
): Promise<Known> {
  const changes = asked.map(({ claim }): Change => {
    const { firstDay, lastDay } = spanOf(claim);
    return {
      psn_no: claim.person.psn_no,
      fixmedins_code: claim.institution.fixmedins_code,
      setl_id: claim.setl_id,
      med_type: claim.visit.med_type,
      first_day: firstDay,
      last_day: lastDay,
      states_death: statesDeath(claim),
      items: claim.lines.map(({ med_list_codg }) => med_list_codg),
    };
  });
  const { documents: known } = await neighbourhoodOf(pool, [], changes, reach);
  // Asked about a settlement that is known already, the answer is about what is asked, not about what is known.
  const keys = new Set(asked.map(keyOf));
  const visits = new Set(wholeVisit ? asked.map(visitOf) : []);
  const isOther = (other: CurrentClaim): boolean => !keys.has(keyOf(other)) && !visits.has(visitOf(other));
  const elsewhere = await salesElsewhere(pool, codesOf(asked), known);
  return { documents: known.filter(isOther), elsewhere: elsewhere.filter(isOther) };
}

async function beside(
  asked: readonly CurrentClaim[],
  history: Known,
  rules: PrecheckRules,
  windows: readonly PersonVerdict[] | null,
): Promise<Precheck> {
  const keys = new Set(asked.map(keyOf));
  const verdicts = [
    ...(await screenAll([...asked, ...history.documents], history.elsewhere, rules.all, (key) =>
      keys.has(key),
    )),
    ...(windows ?? []),
  ];
  return {
    history: windows === null ? 'left_out' : 'used',
    rule_set: rules.all.version,
    findings: verdicts.flatMap(({ findings }) => findings),
    undecided: verdicts.flatMap(({ undecided }) => undecided).flatMap(({ items }) => items),
    left_out: windows === null ? codesOfWindows(rules.all) : [],
    whole_days: [...rules.wholeDays],
  };
}

async function alone(asked: readonly CurrentClaim[], rules: PrecheckRules): Promise<Precheck> {
  const verdicts = await screenAll(asked, [], rules.withoutHistory, () => true);
  return {
    history: 'left_out',
    rule_set: rules.all.version,
    findings: verdicts.flatMap(({ findings }) => findings),
    undecided: verdicts.flatMap(({ undecided }) => undecided).flatMap(({ items }) => items),
    left_out: [...rules.needingHistory],
    whole_days: [...rules.wholeDays],
  };
}

const visitOf = ({ claim }: Pick<CurrentClaim, 'claim'>): string =>
  claimKey(claim.institution.fixmedins_code, claim.visit.mdtrt_id);
const keyOf = ({ claim }: Pick<CurrentClaim, 'claim'>): string =>
  claimKey(claim.institution.fixmedins_code, claim.setl_id);

async function after(limitMs: number): Promise<null> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(null), limitMs).unref();
  });
}
