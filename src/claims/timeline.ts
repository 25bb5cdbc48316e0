/**
 * A person's timeline: what remains of all settlements of one person once reversals are taken off. Everything that is screened is
 * screened on it, so refunds can never be counted as services, and nothing depends on the order in which documents arrived.
 */
import { dayOf, dayOfSecond, secondOf } from '../platform/civil.ts';
import { portion, scales, unitsOf } from '../platform/decimal.ts';
import type { Claim, FeeLine } from './contract.ts';
import { type ClaimKind, kindOf } from './kind.ts';

/** The revision of a settlement that counts, with the SHA-256 (hex) of its canonical bytes. */
export interface CurrentClaim {
  readonly claim: Claim;
  readonly contentHash: string;
  /** Whether the claim carries trace codes, where that is known without reading it. */
  readonly traced?: boolean;
}

/** A fee line after netting. Quantities are integers of their smallest unit. */
export interface NetLine {
  readonly claim: NetClaim;
  readonly line: FeeLine;
  /** Civil second of `fee_ocur_time`; midnight when only the day is stated (then `line.fee_ocur_time` has ten characters). */
  readonly feeSecond: number;
  readonly feeDay: number;
  /** In 1/10 000. */
  readonly cnt: number;
  /** In micro-yuan. */
  readonly pric: number;
  /** In fen, after refunds. */
  readonly amount: number;
  /** In-scope money (`inscp_scp_amt`) in fen after refunds; `null` when not stated. */
  readonly inScope: number | null;
  readonly traces: readonly { readonly code: string; readonly whole: boolean | null }[];
}

export interface NetClaim {
  /** `fixmedins_code` and `setl_id`, joined by a separator that neither can contain. */
  readonly key: string;
  readonly claim: Claim;
  readonly contentHash: string;
  readonly kind: ClaimKind;
  readonly beginSecond: number;
  readonly beginDay: number;
  /** `null` when the visit has no stated end. */
  readonly endDay: number | null;
  readonly setlSecond: number;
  readonly lines: readonly NetLine[];
  /** In fen, after refunds. */
  readonly medfee: number;
  /** Fund money in fen after refunds; `null` when no fund payment is stated. */
  readonly fund: number | null;
  /** Settlements whose refunds were taken off this one. */
  readonly refundedBy: readonly string[];
}

/** A reversal without the thing it reverses: kept visible, never counted. */
export interface OrphanRefund {
  readonly claim: Claim;
  readonly contentHash: string;
  readonly feedetl_sn: string | null;
}

/** One sale of one trace code that was not returned. */
export interface TraceSale {
  readonly code: string;
  readonly line: NetLine;
  /** `null`: the source did not say whether the pack was opened (拆零). */
  readonly whole: boolean | null;
}

export interface Timeline {
  readonly psn_no: string;
  /** In canonical order: begin of service, settlement time, key. Settlements refunded in full are gone. */
  readonly claims: readonly NetClaim[];
  readonly orphans: readonly OrphanRefund[];
  readonly person: PersonFacts;
}

/** What any of the person's documents says about the person's death. */
export interface PersonFacts {
  readonly dieDay: number | null;
  /** Said to be dead (`surv_stas` 2), with or without a date. */
  readonly dead: boolean;
}

export const claimKey = (fixmedins_code: string, setl_id: string): string =>
  `${fixmedins_code}\u001f${setl_id}`;
const keyOf = (claim: Claim): string => claimKey(claim.institution.fixmedins_code, claim.setl_id);

/** Which of two contents of one settlement counts: the greater (`updt_time` or `setl_time`, content hash). */
export function supersedes(a: CurrentClaim, b: CurrentClaim): boolean {
  const timeA = exactSecond(a.claim.updt_time ?? a.claim.setl_time);
  const timeB = exactSecond(b.claim.updt_time ?? b.claim.setl_time);
  return timeA === timeB ? a.contentHash > b.contentHash : timeA > timeB;
}

/** The revisions that count among any set of revisions. */
export function currentClaims(revisions: Iterable<CurrentClaim>): CurrentClaim[] {
  const current = new Map<string, CurrentClaim>();
  for (const revision of revisions) {
    const key = keyOf(revision.claim);
    const known = current.get(key);
    if (known === undefined || supersedes(revision, known)) current.set(key, revision);
  }
  return [...current.values()];
}

/** Canonical order of lines across a person's claims: of two equal lines the later one is the excess one. */
export function compareLines(a: NetLine, b: NetLine): number {
  return (
    a.feeSecond - b.feeSecond ||
    a.claim.setlSecond - b.claim.setlSecond ||
    compareText(a.claim.key, b.claim.key) ||
    compareText(a.line.feedetl_sn, b.line.feedetl_sn)
  );
}

export function compareClaims(a: NetClaim, b: NetClaim): number {
  return a.beginSecond - b.beginSecond || a.setlSecond - b.setlSecond || compareText(a.key, b.key);
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The timeline of one person. `claims` are that person's current claims in any order. */
export function timelineOf(psn_no: string, claims: readonly CurrentClaim[]): Timeline {
  const drafts = new Map<string, Draft>();
  const refunds: Draft[] = [];
  const orphans: OrphanRefund[] = [];
  // Reading a claim may cost something: once each.
  const read = claims.map(({ claim, contentHash }): CurrentClaim => ({ claim, contentHash }));
  for (const current of read) {
    const draft = draftOf(current);
    if (draft.claim.refd_setl_id !== undefined) refunds.push(draft);
    // Money given back without saying for what.
    else if (draft.lines.length === 0 && draft.medfee < 0) orphans.push({ ...current, feedetl_sn: null });
    else drafts.set(draft.key, draft);
  }
  for (const draft of drafts.values()) netInside(draft, orphans);
  refunds.sort((a, b) => a.setlSecond - b.setlSecond || compareText(a.key, b.key));
  for (const refund of refunds) netRefund(refund, drafts, orphans);

  const net: NetClaim[] = [];
  for (const draft of drafts.values()) {
    // A line of no quantity that still costs money stays visible.
    const remaining = draft.lines.filter((line) => line.cnt > 0 || line.amount > 0);
    const voided = draft.cancelled || (draft.claim.lines.length > 0 && remaining.length === 0);
    if (!voided) net.push(finish(draft, remaining));
  }
  net.sort(compareClaims);
  orphans.sort(
    (a, b) =>
      compareText(keyOf(a.claim), keyOf(b.claim)) || compareText(a.feedetl_sn ?? '', b.feedetl_sn ?? ''),
  );
  return { psn_no, claims: net, orphans, person: personFacts(read) };
}

/** All sales of a timeline that were not returned, in canonical order of their lines. */
export function salesOf(timeline: Timeline): TraceSale[] {
  const sales: TraceSale[] = [];
  for (const claim of timeline.claims)
    for (const line of claim.lines)
      for (const trace of line.traces) sales.push({ code: trace.code, line, whole: trace.whole });
  return sales;
}

/** Days on which a claim says anything, both inclusive. A stay whose end is not stated may reach to any later day. */
export interface Span {
  readonly firstDay: number;
  readonly lastDay: number;
}

/** Stands for a last day that nobody has stated; fits a 32-bit integer column. */
export const openDay = 2_000_000;

/** From the first to the last day of the visit and of its fee lines. Two claims can touch each other only if their spans do. */
export function spanOf(claim: Claim): Span {
  const { begntime, endtime, med_type } = claim.visit;
  const days = [
    begntime,
    ...(endtime === undefined ? [] : [endtime]),
    ...claim.lines.map((line) => line.fee_ocur_time),
  ].map((time) => dayOfSecond(exactSecond(time)));
  const open = endtime === undefined && mayGoOn(med_type);
  return { firstDay: minOf(days), lastDay: open ? openDay : maxOf(days) };
}

/** Whether a visit whose end is not stated may have gone on for days. */
export function mayGoOn(med_type: string): boolean {
  const kind = kindOf(med_type);
  return kind !== 'outpatient' && kind !== 'pharmacy';
}

/** Such claims matter to all claims of the person, however far away. */
export const statesDeath = ({ person }: Claim): boolean =>
  person.die_date !== undefined || person.surv_stas === '2';

const minOf = (values: readonly number[]): number =>
  values.reduce((least, value) => (value < least ? value : least));
const maxOf = (values: readonly number[]): number =>
  values.reduce((most, value) => (value > most ? value : most));

interface DraftLine {
  readonly line: FeeLine;
  readonly feeSecond: number;
  readonly pric: number;
  cnt: number;
  amount: number;
  inScope: number | null;
  traces: readonly { readonly code: string; readonly whole: boolean | null }[];
  readonly returned: readonly string[];
}

/** Of nearly all lines. */
const noTraces: DraftLine['traces'] = [];
const noCodes: DraftLine['returned'] = [];

interface Draft {
  readonly key: string;
  readonly claim: Claim;
  readonly contentHash: string;
  readonly setlSecond: number;
  lines: DraftLine[];
  medfee: number;
  fund: number | null;
  cancelled: boolean;
  readonly refundedBy: string[];
}

function draftOf({ claim, contentHash }: CurrentClaim): Draft {
  const sold = new Map<string, { code: string; whole: boolean | null }[]>();
  const returned = new Map<string, string[]>();
  for (const trace of claim.traces ?? []) {
    if (trace.sel_retn_flag === '1') push(returned, trace.feedetl_sn, trace.drug_trac_codg);
    else push(sold, trace.feedetl_sn, { code: trace.drug_trac_codg, whole: wholePack(trace.trdn_flag) });
  }
  const lines = claim.lines.map((line): DraftLine => {
    const traces = sold.get(line.feedetl_sn) ?? noTraces;
    const back = returned.get(line.feedetl_sn) ?? noCodes;
    const cnt = exact(line.cnt, scales.count);
    return {
      line,
      feeSecond: exactSecond(line.fee_ocur_time),
      pric: exact(line.pric, scales.price),
      cnt,
      amount: exact(line.det_item_fee_sumamt, scales.money),
      inScope: optionalMoney(line.inscp_scp_amt),
      traces: cnt > 0 ? traces : noTraces,
      // Every code on a reversing line comes back, whatever its flag says.
      returned: cnt > 0 ? back : [...back, ...traces.map((trace) => trace.code)],
    };
  });
  const { settlement } = claim;
  return {
    key: keyOf(claim),
    claim,
    contentHash,
    setlSecond: exactSecond(claim.setl_time),
    lines,
    medfee: exact(settlement.medfee_sumamt, scales.money),
    fund: optionalMoney(settlement.fund_pay_sumamt ?? settlement.hifp_pay),
    cancelled: false,
    refundedBy: [],
  };
}

/** Takes the reversing lines of a claim off its own lines (红冲 within one settlement). */
function netInside(draft: Draft, orphans: OrphanRefund[]): void {
  if (!draft.lines.some((line) => isReversal(line) || line.returned.length > 0)) return;
  const reversals = draft.lines.filter(isReversal).sort(compareDrafts);
  const services = draft.lines.filter((line) => !isReversal(line));
  for (const line of services) if (line.returned.length > 0) takeBackCodes([line], line.returned);
  draft.lines = services;
  if (reversals.length === 0) return;
  const index = indexOf(services);
  for (const reversal of reversals)
    if (!reverse(index, reversal))
      orphans.push({
        claim: draft.claim,
        contentHash: draft.contentHash,
        feedetl_sn: reversal.line.feedetl_sn,
      });
}

/** Takes a refund settlement off the settlement it names. Without lines it cancels the whole settlement, unless it gives back only a part. */
function netRefund(refund: Draft, drafts: ReadonlyMap<string, Draft>, orphans: OrphanRefund[]): void {
  const { claim } = refund;
  const target = drafts.get(claimKey(claim.institution.fixmedins_code, claim.refd_setl_id ?? ''));
  if (target === undefined) {
    orphans.push({ claim, contentHash: refund.contentHash, feedetl_sn: null });
    return;
  }
  target.refundedBy.push(claim.setl_id);
  // Amounts of a refund settlement may be sent with or without a sign; they are always taken off.
  target.medfee -= Math.abs(refund.medfee);
  if (target.fund !== null) target.fund -= Math.abs(refund.fund ?? 0);
  if (refund.lines.length === 0) {
    if (refund.medfee === 0 || target.medfee <= 0) target.cancelled = true;
    return;
  }
  const index = indexOf(target.lines);
  for (const reversal of [...refund.lines].sort(compareDrafts))
    if (!reverse(index, reversal))
      orphans.push({ claim, contentHash: refund.contentHash, feedetl_sn: reversal.line.feedetl_sn });
}

/** The lines that may be reversed, by number and by item and price (the latest first): claims can have thousands of both. */
interface ServiceIndex {
  readonly byNumber: ReadonlyMap<string, readonly DraftLine[]>;
  readonly byItem: ReadonlyMap<string, readonly DraftLine[]>;
}

function indexOf(services: readonly DraftLine[]): ServiceIndex {
  const byNumber = new Map<string, DraftLine[]>();
  const byItem = new Map<string, DraftLine[]>();
  for (const line of services) {
    push(byNumber, line.line.feedetl_sn, line);
    push(byItem, itemKey(line), line);
  }
  for (const lines of byItem.values()) lines.sort((a, b) => -compareDrafts(a, b));
  return { byNumber, byItem };
}

const itemKey = (line: DraftLine): string => `${line.pric}\u001f${line.line.med_list_codg}`;

/**
 * Takes one reversing line off the services it belongs to: the line it names; else the line of the same item with its own number; else
 * lines of the same item and price, same time first, then the latest. A reversal of no quantity corrects the money alone.
 * Returns false when something is left over.
 */
function reverse(services: ServiceIndex, reversal: DraftLine): boolean {
  let cnt = Math.abs(reversal.cnt);
  let amount = Math.abs(reversal.amount);
  let inScope = reversal.inScope === null ? null : Math.abs(reversal.inScope);
  const codes = [...reversal.returned, ...reversal.traces.map((trace) => trace.code)];
  const targets = targetsOf(services, reversal);
  takeBackCodes(targets, codes);
  const moneyOnly = cnt === 0;
  for (const target of targets) {
    if (cnt === 0 && (amount === 0 || !moneyOnly)) break;
    const taken = Math.min(cnt, target.cnt);
    if (taken === 0 && !moneyOnly) continue;
    const takenAmount = Math.min(amount, target.amount);
    if (target.inScope !== null) {
      const [part, whole] = moneyOnly ? [takenAmount, target.amount] : [taken, target.cnt];
      const takenScope =
        inScope === null ? portion(target.inScope, part, whole) : Math.min(inScope, target.inScope);
      target.inScope -= takenScope;
      if (inScope !== null) inScope -= takenScope;
    }
    target.cnt -= taken;
    target.amount -= takenAmount;
    cnt -= taken;
    amount -= takenAmount;
  }
  return cnt === 0 && amount === 0;
}

function targetsOf({ byNumber, byItem }: ServiceIndex, reversal: DraftLine): readonly DraftLine[] {
  const { init_feedetl_sn, feedetl_sn, med_list_codg } = reversal.line;
  const named = init_feedetl_sn === undefined ? undefined : byNumber.get(init_feedetl_sn);
  if (named !== undefined) return named;
  // A refund may number its lines anew: the same number alone does not make it the same line.
  const numbered = (byNumber.get(feedetl_sn) ?? []).filter(
    ({ line }) => line.med_list_codg === med_list_codg,
  );
  if (numbered.length > 0) return numbered;
  const alike = byItem.get(itemKey(reversal)) ?? [];
  const atSameTime = (line: DraftLine): boolean => line.feeSecond === reversal.feeSecond;
  return [...alike.filter(atSameTime), ...alike.filter((line) => !atSameTime(line))];
}

function takeBackCodes(targets: readonly DraftLine[], codes: readonly string[]): void {
  for (const code of codes)
    for (const target of targets) {
      const at = target.traces.findIndex((trace) => trace.code === code);
      if (at >= 0) {
        target.traces = target.traces.filter((_, index) => index !== at);
        break;
      }
    }
}

function finish(draft: Draft, remaining: readonly DraftLine[]): NetClaim {
  const { visit } = draft.claim;
  const beginSecond = exactSecond(visit.begntime);
  const lines: NetLine[] = [];
  const net: NetClaim = {
    key: draft.key,
    claim: draft.claim,
    contentHash: draft.contentHash,
    kind: kindOf(visit.med_type),
    beginSecond,
    beginDay: dayOfSecond(beginSecond),
    endDay: visit.endtime === undefined ? null : dayOfSecond(exactSecond(visit.endtime)),
    setlSecond: draft.setlSecond,
    lines,
    medfee: draft.medfee,
    fund: draft.fund,
    refundedBy: draft.refundedBy,
  };
  for (const line of remaining)
    lines.push({
      claim: net,
      line: line.line,
      feeSecond: line.feeSecond,
      feeDay: dayOfSecond(line.feeSecond),
      cnt: line.cnt,
      pric: line.pric,
      amount: line.amount,
      inScope: line.inScope,
      traces: line.traces,
    });
  lines.sort(compareLines);
  return net;
}

/** Of several dates of death the one stated last counts: in the latest settlement, then by key. */
function personFacts(claims: readonly CurrentClaim[]): PersonFacts {
  let latest: { at: string; dieDate: string } | null = null;
  let dead = false;
  for (const { claim } of claims) {
    const { die_date, surv_stas } = claim.person;
    dead ||= surv_stas === '2';
    if (die_date === undefined) continue;
    const at = `${claim.setl_time}\u001f${keyOf(claim)}`;
    if (latest === null || at > latest.at) latest = { at, dieDate: die_date };
  }
  return { dieDay: latest === null ? null : dayOf(latest.dieDate), dead };
}

const compareDrafts = (a: DraftLine, b: DraftLine): number =>
  a.feeSecond - b.feeSecond || compareText(a.line.feedetl_sn, b.line.feedetl_sn);

const isReversal = (line: DraftLine): boolean => line.cnt < 0 || line.amount < 0;

const wholePack = (flag: string | undefined): boolean | null => (flag === undefined ? null : flag !== '1');

function optionalMoney(text: string | undefined): number | null {
  return text === undefined ? null : exact(text, scales.money);
}

/** A canonical claim holds only readable decimals; anything else is a bug of the canonicaliser. */
function exact(text: string, scale: number): number {
  const units = unitsOf(text, scale);
  if (units === null) throw new Error('a canonical claim holds an unreadable decimal');
  return units;
}

function exactSecond(text: string): number {
  const second = secondOf(text);
  if (second === null) throw new Error('a canonical claim holds an unreadable time');
  return second;
}

function push<Value>(map: Map<string, Value[]>, key: string, value: Value): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
