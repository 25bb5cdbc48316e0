/**
 * What one evaluation of a rule looks at: a claim, one of its lines or diagnoses, or a group of lines. The units and their borders are
 * the same for both evaluators; everything said about a candidate is computed twice.
 */
import { dayOf, secondOfDay } from '../platform/civil.ts';
import { decimalOf, scales } from '../platform/decimal.ts';
import type { Claim } from '../claims/contract.ts';
import {
  compareLines,
  type NetClaim,
  type NetLine,
  type Timeline,
  type TraceSale,
} from '../claims/timeline.ts';
import type { LineKey, RuleDocument } from './contract.ts';

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
  /** Merge or group key: candidates of one rule with the same key become one finding. */
  readonly key: string;
  /** Facts without which it cannot even be told what is to be judged; a candidate that misses any is never judged. */
  readonly missing: readonly string[];
}

/** All candidates of a rule on one person's timeline, in canonical order. */
export function candidatesOf(rule: RuleDocument, context: PersonContext): Candidate[] {
  const { each } = rule;
  const from = effectiveDay(rule.effective.from);
  const to = rule.effective.to === null ? Number.POSITIVE_INFINITY : effectiveDay(rule.effective.to);
  const inForce = (day: number): boolean => day >= from && day < to;
  const candidates: Candidate[] = [];
  const claims: NetClaim[] = [];
  for (const claim of context.timeline.claims) {
    if (rule.scope.kinds.includes(claim.kind)) claims.push(claim);
    // A visit of unknown kind may be one that the rule is about.
    else if (claim.kind === 'unknown' && inForce(claim.beginDay))
      candidates.push({ ...blank, context, claim, key: claim.key, missing: ['claim.kind'] });
  }
  switch (each.unit) {
    case 'claim':
      for (const claim of claims)
        if (inForce(claim.beginDay)) candidates.push({ ...blank, context, claim, key: claim.key });
      return candidates;
    case 'diagnosis':
      for (const claim of claims) {
        if (!inForce(claim.beginDay)) continue;
        const { diagnoses } = claim.claim;
        if (diagnoses === undefined)
          candidates.push({ ...blank, context, claim, key: claim.key, missing: ['claim.diag_codes'] });
        else
          for (const diagnosis of diagnoses)
            candidates.push({ ...blank, context, claim, diagnosis, key: claim.key });
      }
      return candidates;
    case 'line':
      for (const claim of claims)
        for (const line of claim.lines)
          if (inForce(line.feeDay))
            candidates.push({ ...blank, context, claim, line, key: keyOf(claim.key, line, each.merge_by) });
      return candidates;
    case 'group': {
      const groups = new Map<string, NetLine[]>();
      for (const claim of claims)
        for (const line of claim.lines) {
          if (!inForce(line.feeDay)) continue;
          const key = keyOf(each.over === 'claim' ? claim.key : context.timeline.psn_no, line, each.group_by);
          const group = groups.get(key);
          if (group === undefined) groups.set(key, [line]);
          else group.push(line);
        }
      for (const [key, group] of groups) {
        if (each.over === 'person') group.sort(compareLines);
        const line = group.at(-1);
        if (line === undefined) continue;
        // Lines that do not state a field stand in one group without being known to belong together.
        const unstated =
          group.length > 1 ? each.group_by.filter((field) => keyValue(line, field) === undefined) : [];
        const missing = unstated.map((field) => `line.${field}`);
        candidates.push({ ...blank, context, claim: line.claim, line, group, key, missing });
      }
      return candidates;
    }
  }
}

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

const blank = { line: null, group: null, diagnosis: null, missing: [] } as const;

const keyOf = (prefix: string, line: NetLine, fields: readonly LineKey[]): string =>
  fields.reduce((key, field) => `${key}\u001f${keyValue(line, field) ?? ''}`, prefix);

function effectiveDay(text: string): number {
  const day = dayOf(text);
  if (day === null) throw new Error(`no such day: ${text}`);
  return day;
}

/** The day as of which tables are consulted: the fee date of the line, else the begin of the visit (时点法). */
export const asOfDay = (candidate: Candidate): number =>
  candidate.line === null ? candidate.claim.beginDay : candidate.line.feeDay;
