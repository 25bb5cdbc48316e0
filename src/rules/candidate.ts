/**
 * What one evaluation of a rule looks at: a claim, one of its lines or diagnoses, or a group of lines. The units and their borders are
 * the same for both evaluators; everything said about a candidate is computed twice.
 */
import { dayOf, secondOfDay } from '../platform/civil.ts';
import { decimalOf, scales } from '../platform/decimal.ts';
import type { Claim } from '../claims/contract.ts';
import { isNationalCode } from '../claims/practitioners.ts';
import {
  compareLines,
  type NetClaim,
  type NetLine,
  type Timeline,
  type TraceSale,
} from '../claims/timeline.ts';
import type { Each, LineKey, RuleDocument } from './contract.ts';

export interface PersonContext {
  readonly timeline: Timeline;
  /** All valid sales of a trace code by anybody, in canonical order. */
  readonly salesOf: (code: string) => readonly TraceSale[];
}

export type Diagnosis = NonNullable<Claim['diagnoses']>[number];

export interface Candidate {
  readonly context: PersonContext;
  readonly claim: NetClaim;
  /** The line itself, or the last line of the group. */
  readonly line: NetLine | null;
  readonly group: readonly NetLine[] | null;
  readonly diagnosis: Diagnosis | null;
  /** Visits of many persons: then nothing is known of a person, and the claim is the last of the day. */
  readonly window?: WindowSet;
  /** Facts without which it cannot even be told what is to be judged; a candidate that misses any is never judged. */
  readonly missing: readonly string[];
}

/** One set of visits at an institution: those of a day, and those of the days before that are looked at with them. */
export interface WindowSet {
  readonly over: 'institution' | 'practitioner';
  /** `null`: of the institution as a whole, or of nobody who is known. */
  readonly practitioner: string | null;
  /** The days that are looked at, both inclusive; the last is the one that is judged. */
  readonly fromDay: number;
  readonly day: number;
  /** Tells the sets of one day apart. */
  readonly name: string;
  /** Visits that began on the day, in canonical order, and their lines of this day: those of the practitioner, where it is about one. */
  readonly claims: readonly [NetClaim, ...NetClaim[]];
  readonly lines: readonly NetLine[];
  /** Visits of the set that began on the days before, in canonical order. */
  readonly earlier: readonly NetClaim[];
}

/** One line, for rules that judge each by itself. */
export interface LineCandidate extends Candidate {
  readonly line: NetLine;
}

/** A claim that is worth a look, with the lines that are. Candidates for both are the same for every rule, so they are made once. */
export interface Look {
  readonly whole: Candidate;
  readonly lines: readonly LineCandidate[];
}

/** Which candidates are asked for. A rule says nothing about other items, and nobody asks about other claims. */
export interface Wanted {
  readonly claim: (claim: NetClaim) => boolean;
  /** In the order of the timeline. */
  readonly looks: readonly Look[];
  /** Given a candidate for the claim as a whole: whether its lines or diagnoses are worth a look; `null`: they always are. */
  readonly mayConcern: ((claim: Candidate) => boolean) | null;
  readonly groupSizeMin: number;
}

/** All there is to look at. */
export const looksOf = (context: PersonContext): Look[] =>
  context.timeline.claims.map((claim) => ({
    whole: ofClaim(context, claim),
    lines: claim.lines.map((line) => ofLine(context, line)),
  }));

const everything = (context: PersonContext): Wanted => ({
  claim: () => true,
  looks: looksOf(context),
  mayConcern: null,
  groupSizeMin: 1,
});

/** The candidates of a rule on one person's timeline, in canonical order. */
export function candidatesOf(
  rule: RuleDocument,
  context: PersonContext,
  wanted: Wanted = everything(context),
): Candidate[] {
  // Nothing that one person did is a window: `window.ts`.
  if (rule.each.unit === 'window') return [];
  const { from, to } = daysInForce(rule);
  const candidates: Candidate[] = [];
  // Lines of one person form groups across claims, also across those that nobody asks about.
  const wholePerson = rule.each.unit === 'group' && rule.each.over === 'person';
  const groups: NetLine[] = [];
  for (const { whole, lines } of wanted.looks) {
    const { claim } = whole;
    const asked = wanted.claim(claim);
    if (!asked && !wholePerson) continue;
    if (!rule.scope.kinds.includes(claim.kind)) {
      // A visit of unknown kind may be one that the rule is about.
      if (asked && claim.kind === 'unknown' && claim.beginDay >= from && claim.beginDay < to)
        candidates.push({ ...whole, missing: kindMissing });
      continue;
    }
    if (rule.each.unit === 'claim') {
      if (claim.beginDay >= from && claim.beginDay < to) candidates.push(whole);
      continue;
    }
    if (rule.each.unit === 'diagnosis') {
      if (claim.beginDay >= from && claim.beginDay < to) addDiagnoses(whole, wanted, candidates);
      continue;
    }
    if (lines.length === 0) continue;
    if (rule.each.unit === 'line' && wanted.mayConcern?.(whole) === false) continue;
    const isAlone = rule.each.unit === 'line';
    for (const candidate of lines) {
      const { line } = candidate;
      if (line.feeDay < from || line.feeDay >= to) continue;
      if (isAlone) candidates.push(candidate);
      else groups.push(line);
    }
  }
  if (groups.length > 0) addGroups(rule, context, groups, wanted, candidates);
  return candidates;
}

const nothingMissing: readonly string[] = [];
const kindMissing: readonly string[] = ['claim.kind'];
const diagnosesMissing: readonly string[] = ['claim.diag_codes'];

const ofClaim = (context: PersonContext, claim: NetClaim): Candidate => ({
  context,
  claim,
  line: null,
  group: null,
  diagnosis: null,
  missing: nothingMissing,
});

const ofLine = (context: PersonContext, line: NetLine): LineCandidate => ({
  context,
  claim: line.claim,
  line,
  group: null,
  diagnosis: null,
  missing: nothingMissing,
});

function addDiagnoses(whole: Candidate, wanted: Wanted, candidates: Candidate[]): void {
  const { diagnoses } = whole.claim.claim;
  if (diagnoses === undefined) candidates.push({ ...whole, missing: diagnosesMissing });
  else if (wanted.mayConcern?.(whole) !== false)
    for (const diagnosis of diagnoses) candidates.push({ ...whole, diagnosis });
}

function addGroups(
  rule: RuleDocument,
  context: PersonContext,
  lines: readonly NetLine[],
  wanted: Wanted,
  candidates: Candidate[],
): void {
  const { each } = rule;
  if (each.unit !== 'group') return;
  const byItem = each.group_by.includes('med_list_codg');
  for (const group of groupsOf(lines, byItem, wanted.groupSizeMin, (line) => groupKey(each, context, line))) {
    if (group.length < wanted.groupSizeMin) continue;
    if (each.over === 'person') group.sort(compareLines);
    const line = group.at(-1);
    if (line === undefined || !wanted.claim(line.claim)) continue;
    // Lines that do not state a field stand in one group without being known to belong together.
    const unstated =
      group.length > 1 ? each.group_by.filter((field) => keyValue(line, field) === undefined) : [];
    candidates.push({
      context,
      claim: line.claim,
      line,
      group,
      diagnosis: null,
      missing: unstated.length === 0 ? nothingMissing : unstated.map((field) => `line.${field}`),
    });
  }
}

/**
 * Groups in the order of their first lines. Where the item is part of the key, an item that occurs once is a group of its own whatever
 * the rest of its key is – nearly all lines are spared building one, or even are left out as too small a group.
 */
function groupsOf(
  lines: readonly NetLine[],
  byItem: boolean,
  sizeMin: number,
  keyOfLine: (line: NetLine) => string,
): Iterable<NetLine[]> {
  const occurrences = new Map<string, number>();
  if (byItem)
    for (const { line } of lines)
      occurrences.set(line.med_list_codg, (occurrences.get(line.med_list_codg) ?? 0) + 1);
  const groups = new Map<string, NetLine[]>();
  for (const line of lines) {
    const item = line.line.med_list_codg;
    const isAlone = occurrences.get(item) === 1;
    if (isAlone && sizeMin > 1) continue;
    // Keys hold separators, item codes do not: the two never meet.
    const key = isAlone ? item : keyOfLine(line);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [line]);
    else group.push(line);
  }
  return groups.values();
}

/** Merge or group key: candidates of one rule with the same key become one finding. */
export function candidateKey(rule: RuleDocument, { context, claim, line, window }: Candidate): string {
  const { each } = rule;
  if (window !== undefined) {
    const { practitioner, day, name } = window;
    // Who works at several institutions has one day.
    const isOfAll = practitioner !== null && isNationalCode(practitioner);
    const institution = isOfAll ? '' : claim.claim.institution.fixmedins_code;
    return [institution, day, practitioner ?? '', name].join('\u001f');
  }
  if (line === null) return claim.key;
  if (each.unit === 'group') return groupKey(each, context, line);
  return each.unit === 'line' ? keyOf(claim.key, line, each.merge_by) : claim.key;
}

const groupKey = (each: Each & { unit: 'group' }, context: PersonContext, line: NetLine): string =>
  keyOf(each.over === 'claim' ? line.claim.key : context.timeline.psn_no, line, each.group_by);

/** The value of a grouping field; `undefined` when the source does not state it. */
export function keyValue(line: NetLine, field: LineKey): string | undefined {
  switch (field) {
    case 'fixmedins_code':
      return line.claim.claim.institution.fixmedins_code;
    case 'setl_id':
      return line.claim.claim.setl_id;
    case 'fee_day':
      return line.line.fee_ocur_time.slice(0, 10);
    case 'fee_minute':
      return minuteOf(line);
    case 'cnt':
      // What refunds have left of it, not what was first billed.
      return decimalOf(line.cnt, scales.count);
    case 'med_list_codg':
    case 'pric':
    case 'bilg_dr_codg':
    case 'rxno':
      return line.line[field];
  }
}

/**
 * `yyyy-MM-dd HH:mm`, or `undefined` when only the day is stated. Systems that keep days alone send midnight sharp, and the canonical
 * claim writes it too: taking it for a time would make every line of a day simultaneous.
 */
export const minuteOf = (line: NetLine): string | undefined =>
  line.feeSecond === secondOfDay(line.feeDay) ? undefined : line.line.fee_ocur_time.slice(0, 16);

const keyOf = (prefix: string, line: NetLine, fields: readonly LineKey[]): string =>
  fields.reduce((key, field) => `${key}\u001f${keyValue(line, field) ?? ''}`, prefix);

const forces = new WeakMap<RuleDocument, { from: number; to: number }>();

/** The half-open days in which a rule holds. */
export function daysInForce(rule: RuleDocument): { from: number; to: number } {
  const known = forces.get(rule);
  if (known !== undefined) return known;
  const { from, to } = rule.effective;
  const days = { from: effectiveDay(from), to: to === null ? Number.POSITIVE_INFINITY : effectiveDay(to) };
  forces.set(rule, days);
  return days;
}

function effectiveDay(text: string): number {
  const day = dayOf(text);
  if (day === null) throw new Error(`no such day: ${text}`);
  return day;
}

/** The day as of which tables are consulted: the fee date of the line, else the begin of the visit (时点法). */
export const asOfDay = (candidate: Candidate): number =>
  candidate.line === null ? candidate.claim.beginDay : candidate.line.feeDay;
