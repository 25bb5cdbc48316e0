/** Cases made for tests: who takes part, what they say, and a desk that acts like the service, without a database. */
import { fileURLToPath } from 'node:url';
import { secondOf } from '../../src/platform/civil.ts';
import { applied, type CaseFile, caseOf } from '../../src/cases/case-of.ts';
import {
  type CaseEvent,
  caseEventSchema,
  type CaseRole,
  type Command,
  type EvidenceRef,
  type Penalty,
} from '../../src/cases/contract.ts';
import { loadProcedure } from '../../src/cases/load-procedure.ts';
import { refusalOf } from '../../src/cases/refusal.ts';

export const procedure = await loadProcedure(
  fileURLToPath(new URL('../../rules/procedure/', import.meta.url)),
);

export const people = {
  officer: { account: 'wang', role: 'case_officer' },
  second: { account: 'li', role: 'case_officer' },
  reviewer: { account: 'fa', role: 'legal_reviewer' },
  leader: { account: 'ju', role: 'leader' },
} as const satisfies Record<string, { account: string; role: CaseRole }>;
export type Who = (typeof people)[keyof typeof people];

export const officers = [
  { account: 'wang', certificate: 'ZJ-001', valid_to: '2030-12-31' },
  { account: 'li', certificate: 'ZJ-002', valid_to: '2030-12-31' },
];

export const hashOfNothing = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
export const evidenceOf = (no: number, flagged_fen: number): EvidenceRef => ({
  no,
  kind: 'electronic',
  title: `结算单 ${no}`,
  source: '智能监管系统导出',
  flagged_fen,
  finding: null,
  sha256: hashOfNothing,
});

export const penaltyOf = (given: Partial<Penalty> = {}): Penalty => ({
  article: '38',
  refund_fen: 100_000,
  fine_fen: 150_000,
  suspension_months: 0,
  ends_agreement: false,
  refused_or_serious: false,
  intent: false,
  ...given,
});

export const reportOf = (penalty: Penalty | null, complex = false): Command => ({
  action: 'report',
  detail: {
    basics: '当事人基本情况',
    course: '调查经过',
    facts_and_evidence: '事实与证据',
    nature_and_basis: '性质与依据',
    discretion: '裁量情节',
    proposal: '处理建议',
    penalty,
    complex,
    public_interest: false,
  },
});

export const filingOf = (given: Partial<Extract<Command, { action: 'file' }>['detail']> = {}): Command => ({
  action: 'file',
  detail: {
    cause: 13,
    conduct_ended: '2025-12-31',
    harms_health: false,
    suspect_identified: true,
    punishable: true,
    own_jurisdiction: true,
    officers,
    ...given,
  },
});

export const opening = (at: string, flagged = [100_000]): CaseEvent => ({
  action: 'open',
  seq: 1,
  ...people.officer,
  at,
  detail: {
    subject: { kind: 'institution', key: 'H33070200001' },
    area: '330702',
    source: 'finding',
    discovered: at.slice(0, 10),
    evidence: flagged.map((fen, place) => evidenceOf(place + 1, fen)),
  },
});

/** A case on a desk: `act` returns the reason of a refusal, or `null` and the case has moved on. */
export function desk(first: CaseEvent) {
  const events: CaseEvent[] = [first];
  let file: CaseFile = caseOf(events);
  return {
    events,
    file: () => file,
    act(who: { account: string; role: CaseRole }, at: string, command: Command): string | null {
      if (command.action === 'open') throw new Error('a case is opened once');
      const second = secondOf(at);
      if (second === null) throw new Error(`no such moment: ${at}`);
      const refused = refusalOf({
        file,
        events,
        procedure,
        ...who,
        at: second,
        action: command.action,
        command,
      });
      if (refused !== null) return refused.zh;
      const event = caseEventSchema.parse({ ...command, seq: file.revision + 1, ...who, at });
      events.push(event);
      file = applied(file, event);
      return null;
    },
  };
}
export type Desk = ReturnType<typeof desk>;

const reason = { reason: '理由' };
const reviewed: readonly [Who, Command][] = [
  [people.officer, { action: 'submit_review', detail: {} }],
  [people.reviewer, { action: 'review_agree', detail: { opinion: '同意' } }],
];

/** From clue to a notified penalty, with a legal review where it suspends somebody, all on one day; or only the first steps of that way. */
export function notifiedCase(at: string, penalty = penaltyOf(), stepsMax = 6): Desk {
  const made = desk(opening(at));
  const steps: [Who, Command][] = [
    [people.leader, filingOf()],
    [people.officer, { action: 'confirm_amount', detail: { no: 1, confirmed_fen: 100_000, ...reason } }],
    [people.officer, reportOf(penalty)],
    ...(penalty.suspension_months > 0 ? reviewed : []),
    [people.officer, { action: 'notify', detail: { penalty } }],
  ];
  for (const [who, command] of steps.slice(0, stepsMax)) {
    const refused = made.act(who, at, command);
    if (refused !== null) throw new Error(`${command.action}: ${refused}`);
  }
  return made;
}
