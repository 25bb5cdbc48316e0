/** The review of one finding, decided without database or clock: which act leads where, and which decisions can stand. */
import type { Act } from '../people/segregation.ts';
import { conflict } from '../people/segregation.ts';
import type { Permission } from '../people/permissions.ts';
import { scales, unitsOf, yuan } from '../platform/decimal.ts';
import type { Finding } from '../screening/contract.ts';
import type { Decision, ReviewEvent, Term } from './review-contract.ts';
import type { ReviewParameters, ReviewRules } from './review-rules.ts';
import {
  type HeldState,
  mayReview,
  type Reason,
  type ReviewAction,
  type ReviewFacts,
  type ReviewState,
} from './review-states-contract.ts';

export interface FlaggedLine {
  readonly fixmedins_code: string;
  readonly setl_id: string;
  readonly feedetl_sn: string;
  readonly fen: number;
}

/** What a finding holds against somebody. */
export interface Flagged {
  readonly fen: number;
  readonly verdict: Finding['verdict'];
  /** The violating ones. */
  readonly lines: readonly FlaggedLine[];
  /** Lines account for the amount: it is decided line by line. Of whole claims (a split stay) they do not. */
  readonly byLine: boolean;
}

export function flaggedBy(finding: Pick<Finding, 'amount' | 'verdict' | 'lines'>): Flagged {
  const fen = fenOf(finding.amount);
  const lines = finding.lines
    .filter(({ role }) => role === '违规项')
    .map(({ fixmedins_code, setl_id, feedetl_sn, amount }) => ({
      fixmedins_code,
      setl_id,
      feedetl_sn,
      fen: fenOf(amount),
    }));
  return { fen, verdict: finding.verdict, lines, byLine: fen > 0 && sumOf(lines) >= fen };
}

function fenOf(amount: string): number {
  const fen = unitsOf(amount, scales.money);
  if (fen === null || fen < 0) throw new RangeError('a finding states an amount that is none');
  return fen;
}

const sumOf = (lines: readonly { readonly fen: number }[]): number =>
  lines.reduce((sum, { fen }) => sum + fen, 0);

/** A finding confirmed as a whole: every line in full, in their order, until the flagged amount is used up. */
export function confirmedWhole(flagged: Flagged, note: string): Decision {
  let left = flagged.fen;
  const lines = !flagged.byLine
    ? []
    : flagged.lines.map((line) => {
        const fen = Math.min(line.fen, left);
        left -= fen;
        return { ...line, fen };
      });
  return { outcome: 'confirmed', fen: flagged.fen, lines, note };
}

/** Why a decision cannot stand, whoever makes it; `null`: it can. */
export function faultOf(decision: Decision, flagged: Flagged, rules: ReviewRules): Reason | null {
  switch (decision.outcome) {
    case 'confirmed':
      return decision.fen === 0 && flagged.fen > 0
        ? say(
            '认定金额为 0：请改为“不属于违规”',
            'The confirmed amount is 0: say that it is no violation instead',
          )
        : amountFault(decision, flagged, confirmedWords);
    case 'not_violation':
      return termFault([decision.exclusion], rules.exclusions, decision.note);
    case 'cannot_decide':
      return termFault(decision.missing, rules.missing, decision.note);
  }
}

/** What the amount is called in what is said against it. */
const confirmedWords: Reason = { zh: '认定金额', en: 'confirmed amount' };

/** Why an amount cannot stand line by line beside what was flagged; `null`: it can. */
export function amountFault(
  { fen, lines }: Pick<Decision & { outcome: 'confirmed' }, 'fen' | 'lines'>,
  flagged: Flagged,
  word: Reason,
): Reason | null {
  if (fen > flagged.fen)
    return say(
      `${word.zh} ${yuan(fen)} 元超过疑点金额 ${yuan(flagged.fen)} 元`,
      `The ${word.en} ${yuan(fen)} is above the flagged amount ${yuan(flagged.fen)}`,
    );
  if (!flagged.byLine)
    return lines.length === 0
      ? null
      : say('该疑点按整单认定，没有明细金额', 'This finding is confirmed as a whole, not by lines');
  const left = new Map(flagged.lines.map((line) => [nameOf(line), line.fen]));
  for (const line of lines) {
    const most = left.get(nameOf(line));
    if (most === undefined)
      return say(
        `明细 ${line.feedetl_sn} 不是违规项，或重复`,
        `Line ${line.feedetl_sn} is no violating line, or stands twice`,
      );
    if (line.fen > most)
      return say(
        `明细 ${line.feedetl_sn} 的${word.zh}超过其疑点金额 ${yuan(most)} 元`,
        `The amount of line ${line.feedetl_sn} is above the ${yuan(most)} flagged there`,
      );
    left.delete(nameOf(line));
  }
  return sumOf(lines) === fen
    ? null
    : say(`${word.zh}与明细合计不符`, `The ${word.en} is not the sum of its lines`);
}

const nameOf = ({ fixmedins_code, setl_id, feedetl_sn }: Omit<FlaggedLine, 'fen'>): string =>
  JSON.stringify([fixmedins_code, setl_id, feedetl_sn]);

/** Why terms cannot be named; `null`: they can. */
export function termFault(codes: readonly string[], terms: readonly Term[], note: string): Reason | null {
  for (const code of codes) {
    const term = terms.find((one) => one.code === code);
    if (term === undefined) return say(`字典中没有 ${code}`, `The dictionary has no ${code}`);
    if (term.needs_note && note === '')
      return say(`选择“${term.zh}”时须填写说明`, `“${term.en}” needs a note`);
  }
  return null;
}

/** Whether somebody else has to agree before the decision counts. */
export function needsSecondPerson(
  decision: Decision,
  flagged: Flagged,
  parameters: ReviewParameters,
): boolean {
  switch (decision.outcome) {
    case 'confirmed':
      return decision.fen >= parameters.confirmed_second_person_from_fen;
    case 'not_violation':
      return flagged.fen >= parameters.dismissed_second_person_from_fen;
    case 'cannot_decide':
      return false;
  }
}

/** A review as it is held. */
export interface HeldReview {
  readonly state: HeldState;
  readonly assignee: string | null;
  /** What stands, or waits for a second person; kept when it is outdated, gone when it is reopened. */
  readonly decision: Decision | null;
  readonly decided_revision: number | null;
  readonly decided_by: string | null;
  readonly confirmed_by: string | null;
}

export const unheld: HeldReview = {
  state: 'open',
  assignee: null,
  decision: null,
  decided_revision: null,
  decided_by: null,
  confirmed_by: null,
};

/** How the finding is now. */
export interface Standing {
  readonly state: 'active' | 'withdrawn';
  readonly revision: number;
}

/** A decision is about one revision of a finding: another one is another matter. */
export function reviewState(held: HeldReview, finding: Standing): ReviewState {
  if (finding.state === 'withdrawn') return 'withdrawn';
  const isOutdated = held.decided_revision !== null && held.decided_revision !== finding.revision;
  return isOutdated ? 'outdated' : held.state;
}

export interface Party {
  readonly account: string;
  readonly permissions: readonly Permission[];
  readonly isRecused: boolean;
  /** Its institution was notified of it and has time to answer. */
  readonly isAwaited: boolean;
}

/** @param history what was done with this finding before */
export function factsFor(
  held: HeldReview,
  history: readonly Pick<ReviewEvent, 'action' | 'account'>[],
  { account, permissions, isRecused, isAwaited }: Party,
): ReviewFacts {
  const acts: Act[] = history
    .filter(({ action }) => action === 'decide')
    .map((event) => ({ action: 'finding.review', account: event.account }));
  return {
    permissions,
    hasAssignee: held.assignee !== null,
    isAssignee: held.assignee === account,
    isRecused,
    isAwaited,
    ownReview: conflict('finding.confirm_review', account, acts)?.reason ?? null,
    isDecider: held.decided_by === account,
  };
}

export type Deed =
  | { readonly action: Exclude<ReviewAction, 'assign' | 'decide'> }
  | { readonly action: 'assign'; readonly to: string; readonly isRecused: boolean }
  | {
      readonly action: 'decide';
      readonly decision: Decision;
      /** The revision that was looked at. */
      readonly revision: number;
    };

export interface Setting {
  readonly finding: Standing;
  readonly flagged: Flagged;
  readonly rules: ReviewRules;
  readonly parameters: ReviewParameters;
}

export type Reviewed =
  | { readonly ok: true; readonly from: ReviewState; readonly to: HeldReview }
  | { readonly ok: false; readonly reason: Reason };

/** What becomes of a review when this person does this, or why they may not. */
export function reviewed(
  held: HeldReview,
  deed: Deed,
  account: string,
  facts: ReviewFacts,
  setting: Setting,
): Reviewed {
  const from = reviewState(held, setting.finding);
  // Of an assignment, the recusal of whom it is given to counts.
  const about = deed.action === 'assign' ? { ...facts, isRecused: deed.isRecused } : facts;
  const verdict = mayReview(from, deed.action, about);
  if (!verdict.allowed) return { ok: false, reason: verdict.reason };
  const fresh = { ...unheld, state: verdict.to[0], assignee: held.assignee };
  switch (deed.action) {
    case 'take':
      return { ok: true, from, to: { ...fresh, assignee: account } };
    case 'assign':
      return { ok: true, from, to: { ...fresh, assignee: deed.to } };
    case 'release':
    case 'recuse':
      return { ok: true, from, to: unheld };
    case 'return':
    case 'reopen':
      return { ok: true, from, to: fresh };
    case 'confirm':
      return { ok: true, from, to: { ...held, state: verdict.to[0], confirmed_by: account } };
    case 'decide':
      return decided(from, deed, account, setting);
  }
}

function decided(
  from: ReviewState,
  { decision, revision }: Deed & { action: 'decide' },
  account: string,
  { finding, flagged, rules, parameters }: Setting,
): Reviewed {
  if (revision !== finding.revision)
    return {
      ok: false,
      reason: say(
        `疑点已更新为第 ${finding.revision} 版，请重新查看`,
        `The finding is at revision ${finding.revision} by now: look at it again`,
      ),
    };
  const fault = faultOf(decision, flagged, rules);
  if (fault !== null) return { ok: false, reason: fault };
  const state = needsSecondPerson(decision, flagged, parameters) ? 'to_confirm' : 'decided';
  return {
    ok: true,
    from,
    to: {
      ...unheld,
      state,
      assignee: account,
      decision,
      decided_revision: revision,
      decided_by: account,
    },
  };
}

const say = (zh: string, en: string): Reason => ({ zh, en });
