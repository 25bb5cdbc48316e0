/** A case is what its events say: a pure fold over them, in order. Nothing else is known of it. */
import type {
  CaseEvent,
  CaseState,
  Command,
  EvidenceRef,
  Penalty,
  ReferralState,
  Subject,
} from './contract.ts';
import type { Act } from '../people/segregation.ts';
import { stateAfter } from './transition.ts';

type DetailOf<Action extends Command['action']> = Extract<Command, { action: Action }>['detail'];
export type Officer = DetailOf<'file'>['officers'][number];

/** Who held a piece of evidence since when. */
export interface Custody {
  readonly account: string;
  readonly at: string;
  readonly seq: number;
}

export interface HeldEvidence extends EvidenceRef {
  /** `null`: nobody has established the amount yet. */
  readonly confirmed_fen: number | null;
  readonly custody: readonly Custody[];
}

/** How a referral to the police stands: within the agency, with the police, or back from them. */
export type PoliceReferral = 'proposed' | 'approved' | 'refused' | ReferralState;

export interface CaseFile {
  /** How many events there are; the next one has this number plus one. */
  readonly revision: number;
  readonly state: CaseState;
  readonly subject: Subject;
  /** As it was stated when the case was filed, decided on the spot, or referred before; `null`: only the code is known. */
  readonly party_name: string | null;
  readonly area: string;
  readonly source: DetailOf<'open'>['source'];
  readonly discovered: string;
  readonly opened_at: string;
  readonly filing: DetailOf<'file'> | null;
  readonly officers: readonly Officer[];
  readonly recused: readonly string[];
  /** Everybody's duties in the case, for the segregation of duties; nobody ceases to have handled it. */
  readonly duties: readonly Act[];
  readonly evidence: readonly HeldEvidence[];
  readonly report: DetailOf<'report'> | null;
  /** A reviewer agreed with the report as it is. */
  readonly isReviewed: boolean;
  readonly notified: { readonly penalty: Penalty; readonly at: string } | null;
  /** The party spoke in its defence, in writing or at a hearing. */
  readonly isDefended: boolean;
  /** The least that a notice held out when the party defended itself: the bound of what may be imposed. */
  readonly bound: Penalty | null;
  readonly isHearingWaived: boolean;
  readonly isHeard: boolean;
  readonly isDiscussed: boolean;
  readonly decision: (DetailOf<'decide'> & { readonly at: string }) | null;
  readonly recovered_fen: number;
  readonly fine_paid_fen: number;
  readonly police: PoliceReferral | null;
  /** The proposal that the referral rests on. */
  readonly proposal: DetailOf<'propose_police'> | null;
  /** Referrals to discipline bodies whose receipt is not there yet. */
  readonly disciplineAwaited: number;
  /** Acts that may be done once, or are under way. */
  readonly done: ReadonlySet<Command['action']>;
  readonly isStopped: boolean;
  readonly isPreserved: boolean;
  readonly isSealed: boolean;
  readonly isAssistanceAsked: boolean;
  readonly isPublished: boolean;
  /** The case ended without a decision, by termination. */
  readonly isTerminated: boolean;
}

/** @throws RangeError where the events are no case: numbers with gaps, a first event that opens nothing, an act outside the table */
export function caseOf(events: readonly CaseEvent[]): CaseFile {
  const [first, ...rest] = events;
  if (first === undefined || first.action !== 'open' || first.seq !== 1)
    throw new RangeError('a case begins with being opened');
  return rest.reduce(applied, opened(first));
}

function opened({ detail, at, account, seq }: CaseEvent & { action: 'open' }): CaseFile {
  return {
    revision: 1,
    state: 'clue',
    subject: detail.subject,
    party_name: null,
    area: detail.area,
    source: detail.source,
    discovered: detail.discovered,
    opened_at: at,
    filing: null,
    officers: [],
    recused: [],
    duties: [{ action: 'case.handle', account }],
    evidence: detail.evidence.map((piece) => held(piece, account, at, seq)),
    report: null,
    isReviewed: false,
    notified: null,
    isDefended: false,
    bound: null,
    isHearingWaived: false,
    isHeard: false,
    isDiscussed: false,
    decision: null,
    recovered_fen: 0,
    fine_paid_fen: 0,
    police: null,
    proposal: null,
    disciplineAwaited: 0,
    done: new Set(['open']),
    isStopped: false,
    isPreserved: false,
    isSealed: false,
    isAssistanceAsked: false,
    isPublished: false,
    isTerminated: false,
  };
}

const held = (piece: EvidenceRef, account: string, at: string, seq: number): HeldEvidence => ({
  ...piece,
  confirmed_fen: null,
  custody: [{ account, at, seq }],
});

/** The case after one more event. @throws RangeError on a gap or an act that the table does not know in this state */
export function applied(file: CaseFile, event: CaseEvent): CaseFile {
  if (event.seq !== file.revision + 1) throw new RangeError(`event ${event.seq} follows on ${file.revision}`);
  const state = stateAfter(file.state, event.action);
  if (state === null) throw new RangeError(`${event.action} has no place in state ${file.state}`);
  const next = { ...file, revision: event.seq, state, done: new Set(file.done).add(event.action) };
  return { ...next, ...changes(file, event) };
}

function changes(file: CaseFile, event: CaseEvent): Partial<CaseFile> {
  const { account, at, seq } = event;
  const handledBy = (officers: readonly Officer[]): CaseFile['duties'] => [
    ...file.duties,
    ...officers.map((officer) => ({ action: 'case.handle', account: officer.account })),
  ];
  switch (event.action) {
    case 'file':
      return {
        filing: event.detail,
        party_name: partyNameAfter(file, event.detail),
        officers: event.detail.officers,
        duties: handledBy(event.detail.officers),
      };
    case 'assign':
      return { officers: event.detail.officers, duties: handledBy(event.detail.officers) };
    case 'recuse':
      return {
        recused: [...file.recused, event.detail.account],
        officers: file.officers.filter((officer) => officer.account !== event.detail.account),
      };
    case 'add_evidence':
      return { evidence: [...file.evidence, held(event.detail.evidence, account, at, seq)] };
    case 'hand_over':
      return {
        evidence: file.evidence.map((piece) =>
          piece.no === event.detail.no
            ? { ...piece, custody: [...piece.custody, { account: event.detail.to, at, seq }] }
            : piece,
        ),
      };
    case 'confirm_amount':
      return {
        evidence: file.evidence.map((piece) =>
          piece.no === event.detail.no ? { ...piece, confirmed_fen: event.detail.confirmed_fen } : piece,
        ),
      };
    case 'preserve':
      return { isPreserved: true };
    case 'release_preserved':
      return { isPreserved: false };
    case 'seal':
      return { isSealed: true, done: without(file.done, 'seal', 'extend_seal') };
    case 'release_sealed':
      return { isSealed: false };
    case 'ask_assistance':
      return { isAssistanceAsked: true };
    case 'take_assistance':
      return { isAssistanceAsked: false };
    case 'begin_stop':
      return { isStopped: true };
    case 'end_stop':
      return { isStopped: false };
    case 'report':
      return { report: event.detail, isReviewed: false, isDiscussed: false };
    case 'submit_review':
      return { done: without(file.done, 'submit_review', 'extend_review') };
    case 'review_agree':
      return {
        isReviewed: true,
        duties: [...file.duties, { action: 'case.legal_review', account }],
      };
    case 'review_continue':
    case 'review_return':
      return {
        isReviewed: false,
        duties: [...file.duties, { action: 'case.legal_review', account }],
      };
    case 'notify':
      return {
        notified: { penalty: event.detail.penalty, at },
        isHearingWaived: false,
        isHeard: false,
        isDiscussed: false,
      };
    case 'defend':
      return { isDefended: true, bound: file.bound ?? file.notified?.penalty ?? null };
    case 'waive_hearing':
      return { isHearingWaived: true };
    case 'hold_hearing':
      return {
        isHeard: true,
        isDefended: true,
        bound: file.bound ?? file.notified?.penalty ?? null,
      };
    case 'discuss':
      return { isDiscussed: true };
    case 'decide':
      return { decision: { ...event.detail, at } };
    case 'decide_summary':
      return {
        decision: { kind: 'penalty', penalty: event.detail.penalty, reason: event.detail.reason, at },
        party_name: partyNameAfter(file, event.detail),
        officers: event.detail.officers,
        duties: handledBy(event.detail.officers),
      };
    case 'pay':
      return event.detail.what === 'refund'
        ? { recovered_fen: file.recovered_fen + event.detail.fen }
        : { fine_paid_fen: file.fine_paid_fen + event.detail.fen };
    case 'propose_police':
      return {
        police: 'proposed',
        party_name: partyNameAfter(file, event.detail),
        proposal: event.detail,
        duties: handledBy(event.detail.group),
      };
    case 'approve_police':
      return { police: 'approved' };
    case 'refuse_police':
      return { police: 'refused' };
    case 'transfer_police':
      return {
        police: 'transferred',
        done: without(
          file.done,
          'transfer_police',
          'ask_police_again',
          'ask_supervision',
          'hand_over_police',
        ),
      };
    case 'take_police_receipt':
      return { police: 'received' };
    case 'police_files':
      return { police: 'filed' };
    case 'police_declines':
      return { police: 'declined' };
    case 'ask_police_again':
      return { police: 'asked_again' };
    case 'ask_supervision':
      return { police: 'asked_supervision' };
    case 'police_returns':
      return { police: 'returned' };
    case 'reopen':
      return {
        report: null,
        isReviewed: false,
        notified: null,
        isDefended: false,
        isHearingWaived: false,
        isHeard: false,
        isDiscussed: false,
        decision: null,
      };
    case 'refer_discipline':
      return {
        party_name: partyNameAfter(file, event.detail),
        disciplineAwaited: file.disciplineAwaited + 1,
      };
    case 'transfer':
      return { party_name: partyNameAfter(file, event.detail) };
    case 'take_discipline_receipt':
      return { disciplineAwaited: file.disciplineAwaited - 1 };
    case 'publish':
      return { isPublished: true };
    case 'withdraw_publication':
      return { isPublished: false };
    case 'terminate':
      return { isTerminated: true };
    case 'open':
    case 'extend_verification':
    case 'reject_clue':
    case 'extend_seal':
    case 'suspend':
    case 'resume':
    case 'extend_decision':
    case 'extend_decision_by_group':
    case 'extend_review':
    case 'ask_hearing':
    case 'serve':
    case 'order_correction':
    case 'defer_payment':
    case 'demand':
    case 'apply_enforcement':
    case 'hand_over_police':
    case 'close':
      return {};
  }
}

/** Who states none leaves the name that was stated before. */
const partyNameAfter = (
  file: CaseFile,
  { party_name }: { readonly party_name?: string | undefined },
): CaseFile['party_name'] => party_name ?? file.party_name;

/** What may be done once belongs to what it follows on: begun anew, it may be done anew. */
function without(
  done: CaseFile['done'],
  begun: Command['action'],
  ...onceEach: readonly Command['action'][]
): CaseFile['done'] {
  const left = new Set(done).add(begun);
  for (const action of onceEach) left.delete(action);
  return left;
}
