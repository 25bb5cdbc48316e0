/**
 * What the answer of an institution says of its credit. What it accepted and a review confirmed counts as accepted, by the money that both
 * agree on; what it corrected before anybody asked, and whose refund somebody of the agency confirmed, is a merit. A finding that became a
 * piece of a case counts by its case alone; silence and objections say nothing. Pure.
 */
import type { AnsweredFinding } from '../cases/answer-store.ts';
import type { NewEntry } from './contract.ts';

type NewFact = Extract<NewEntry, { entry: 'fact' }>;

/** Begins the event of a fact; the finding and the step that confirmed it follow, so that a decision made anew is another fact. */
const accepted = 'answer';
const corrected = 'correction';

/** The finding that a fact of an answer is about; `null`: the event is of something else. */
export const findingOfEvent = (event: string): string | null =>
  new RegExp(`^(?:${accepted}|${corrected}):([0-9a-f]{32}):\\d+$`).exec(event)?.[1] ?? null;

/** @returns `null`: it says nothing that counts */
export function factOfAnswer(answer: AnsweredFinding): (NewFact & { readonly event: string }) | null {
  const isDecided = answer.review_state === 'decided';
  if (answer.stance === 'objected') return null;
  if (answer.notice_no === null) {
    const { refund_confirmed_on, refund_fen } = answer;
    if (refund_confirmed_on === null || (isDecided && answer.outcome === 'not_violation')) return null;
    return {
      ...factAbout(answer),
      day: refund_confirmed_on,
      source: { reference: `自查自纠 ${answer.finding_id}`, sha256: null },
      fact: 'self_correction',
      basis: 'self_correction',
      value: refund_fen,
      event: `${corrected}:${answer.finding_id}:${answer.answer_seq}`,
    };
  }
  const { decided_on, confirmed_fen } = answer;
  if (!isDecided || answer.outcome !== 'confirmed' || answer.is_in_case) return null;
  if (decided_on === null || confirmed_fen === null) return null;
  return {
    ...factAbout(answer),
    day: decided_on,
    source: { reference: answer.notice_no, sha256: null },
    fact: 'fund_misuse_accepted',
    basis: 'accepted_finding',
    value: Math.min(answer.accepted_fen, confirmed_fen),
    event: `${accepted}:${answer.finding_id}:${answer.review_seq}`,
  };
}

const factAbout = ({ fixmedins_code }: AnsweredFinding) =>
  ({
    entry: 'fact',
    subject: { kind: 'institution', key: fixmedins_code },
    points: null,
    severity: null,
    responsibility: null,
    act: null,
  }) as const;
