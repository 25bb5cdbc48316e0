/** Referrals of a case to the police and to discipline bodies, as its events tell of them: what went where, its receipt, and what came back. Pure. */
import type { CaseEvent, ReferralKind, ReferralState } from './contract.ts';

export interface Referral {
  /** The event by which it went out. */
  readonly seq: number;
  readonly kind: ReferralKind;
  readonly to: string;
  /** `yyyy-MM-dd HH:mm:ss` */
  readonly at: string;
  readonly state: ReferralState;
  /** `null`: it is not there yet. */
  readonly receipt: { readonly text: string; readonly at: string } | null;
  /** The notice in which the police said last what they do. */
  readonly notice: string | null;
}

/** In the order in which they went out. */
export function referralsOf(events: readonly CaseEvent[]): Referral[] {
  const referrals: Referral[] = [];
  for (const event of events) {
    const sent = sentBy(event);
    if (sent !== null) {
      referrals.push(sent);
      continue;
    }
    const kind: ReferralKind = event.action === 'take_discipline_receipt' ? 'discipline' : 'police';
    // Receipts of discipline bodies come one by one; what the police say is about what went to them last.
    const place =
      kind === 'police'
        ? referrals.findLastIndex((one) => one.kind === kind)
        : referrals.findIndex((one) => one.kind === kind && one.receipt === null);
    const referral = referrals[place];
    const change = changeBy(event);
    if (referral !== undefined && change !== null) referrals[place] = { ...referral, ...change };
  }
  return referrals;
}

function sentBy({ action, detail, seq, at }: CaseEvent): Referral | null {
  if (action !== 'transfer_police' && action !== 'refer_discipline') return null;
  const kind = action === 'transfer_police' ? 'police' : 'discipline';
  return { seq, kind, to: detail.to, at, state: 'transferred', receipt: null, notice: null };
}

function changeBy(event: CaseEvent): Partial<Referral> | null {
  switch (event.action) {
    case 'take_police_receipt':
    case 'take_discipline_receipt':
      return { state: 'received', receipt: { text: event.detail.receipt, at: event.at } };
    case 'police_files':
      return { state: 'filed', notice: event.detail.notice };
    case 'police_declines':
      return { state: 'declined', notice: event.detail.notice };
    case 'police_returns':
      return { state: 'returned', notice: event.detail.notice };
    case 'ask_police_again':
      return { state: 'asked_again' };
    case 'ask_supervision':
      return { state: 'asked_supervision' };
    default:
      return null;
  }
}
