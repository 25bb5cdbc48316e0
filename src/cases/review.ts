/** What a decision on a finding has to be, and whether it takes a second person. Pure. */
import type { Message } from '../claims/contract.ts';
import { scales, unitsOf, yuan } from '../platform/decimal.ts';
import type { Finding } from '../screening/contract.ts';
import type { DecideMany, Decision, ReviewTerms } from './review-contract.ts';

type Judged = Pick<Finding, 'amount' | 'lines'>;

const say = (zh: string, en: string): Message => ({ zh, en });
const fenOf = (amount: string): number => unitsOf(amount, scales.money) ?? 0;
const nameOf = (line: { fixmedins_code: string; setl_id: string; feedetl_sn: string }): string =>
  JSON.stringify([line.fixmedins_code, line.setl_id, line.feedetl_sn]);

export const violatingLines = ({ lines }: Judged): Finding['lines'] =>
  lines.filter(({ role }) => role === '违规项');

/** What is wrong with a decision; `null`: nothing. */
export function decisionFault(finding: Judged, decision: Decision, terms: ReviewTerms): Message | null {
  switch (decision.outcome) {
    case 'confirmed':
      return amountsFault(finding, decision);
    case 'not_a_violation':
      if (!terms.exclusions.some(({ code }) => code === decision.exclusion))
        return say('没有这种排除情形', 'There is no such exclusion');
      return decision.exclusion === 'other' && decision.note === ''
        ? say('请说明是什么情形', 'Say which it is')
        : null;
    case 'cannot_decide':
      if (!decision.missing.every((one) => terms.missing.some(({ code }) => code === one)))
        return say('没有这种缺失材料', 'There is no such thing that can be missing');
      return decision.missing.includes('other') && decision.note === ''
        ? say('请说明缺少什么', 'Say what is missing')
        : null;
  }
}

function amountsFault(finding: Judged, decision: Decision & { outcome: 'confirmed' }): Message | null {
  const violating = new Map(violatingLines(finding).map((line) => [nameOf(line), fenOf(line.amount)]));
  const seen = new Set<string>();
  let sum = 0;
  for (const line of decision.lines) {
    const name = nameOf(line);
    const most = violating.get(name);
    if (most === undefined || seen.has(name))
      return say(
        `明细 ${line.feedetl_sn} 不是违规项，或重复`,
        `line ${line.feedetl_sn} is none of the violating ones, or stands twice`,
      );
    if (fenOf(line.amount) > most)
      return say(
        `明细 ${line.feedetl_sn} 的认定金额超过疑点金额 ${yuan(most)} 元`,
        `line ${line.feedetl_sn} has ${yuan(most)} yuan at stake`,
      );
    seen.add(name);
    sum += fenOf(line.amount);
  }
  const amount = fenOf(decision.amount);
  if (decision.lines.length > 0 && sum !== amount)
    return say(
      `认定金额应为各条明细之和 ${yuan(sum)} 元`,
      `the amount is the sum of the lines, ${yuan(sum)} yuan`,
    );
  if (amount > fenOf(finding.amount))
    return say(
      `认定金额超过疑点金额 ${finding.amount} 元`,
      `the finding has ${finding.amount} yuan at stake`,
    );
  return amount === 0 && fenOf(finding.amount) > 0
    ? say('认定金额为零，请改为“不属违规”', 'nothing is confirmed: it is not a violation')
    : null;
}

/** Everything that is at stake, line by line where lines violate and sum up to it. */
export function wholeDecision(finding: Judged, note: string): Decision {
  const lines = violatingLines(finding).map(({ fixmedins_code, setl_id, feedetl_sn, amount }) => ({
    fixmedins_code,
    setl_id,
    feedetl_sn,
    amount,
  }));
  const sum = lines.reduce((fen, { amount }) => fen + fenOf(amount), 0);
  return {
    outcome: 'confirmed',
    lines: sum === fenOf(finding.amount) ? lines : [],
    amount: finding.amount,
    note,
  };
}

/** The decision of many, for one of them. */
export const decisionFor = (finding: Judged, decision: DecideMany['decision']): Decision =>
  decision.outcome === 'confirmed' ? wholeDecision(finding, decision.note) : decision;

/** Whether somebody else has to confirm a decision before it counts. */
export function needsSecond(finding: Judged, decision: Decision, { second_person }: ReviewTerms): boolean {
  switch (decision.outcome) {
    case 'confirmed':
      return fenOf(decision.amount) >= fenOf(second_person.amount_min);
    case 'not_a_violation':
      return fenOf(finding.amount) >= fenOf(second_person.not_a_violation_min);
    case 'cannot_decide':
      return false;
  }
}

export interface Load {
  readonly login: string;
  readonly open: number;
  /** Findings that this person keeps out of. */
  readonly recused: ReadonlySet<string>;
}

/** Shares findings out: each goes to who carries least, of equals to the first by name. `null`: nobody may. */
export function sharedOut(
  findings: readonly { readonly finding_id: string; readonly fixmedins_code: string }[],
  reviewers: readonly Load[],
): Map<string, string | null> {
  const open = new Map(reviewers.map(({ login, open: carried }) => [login, carried]));
  const shares = new Map<string, string | null>();
  for (const { finding_id, fixmedins_code } of findings) {
    const [first] = reviewers
      .filter(({ recused }) => !recused.has(fixmedins_code))
      .toSorted(
        (a, b) => (open.get(a.login) ?? 0) - (open.get(b.login) ?? 0) || (a.login < b.login ? -1 : 1),
      );
    if (first !== undefined) open.set(first.login, (open.get(first.login) ?? 0) + 1);
    shares.set(finding_id, first?.login ?? null);
  }
  return shares;
}
