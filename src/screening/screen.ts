/**
 * The one evaluation: a person's timeline and a rule set in, findings out. Pre-check, stream, replay and `fundwatch screen` all call it, and
 * it knows nothing of arrival, batches or databases.
 */
import { createHash } from 'node:crypto';
import { formatDay, formatSecond } from '../platform/civil.ts';
import { portion, scales, unitsOf, yuan } from '../platform/decimal.ts';
import type { Claim } from '../claims/contract.ts';
import { isNationalCode } from '../claims/practitioners.ts';
import { claimKey, type NetClaim, type NetLine } from '../claims/timeline.ts';
import {
  type Candidate,
  candidateKey,
  candidatesOf,
  type PersonContext,
  looksOf,
  type WindowSet,
} from '../rules/candidate.ts';
import { concernsOf } from '../rules/concerned.ts';
import type { FactRef, Json, TreeNode } from '../rules/contract.ts';
import { fundMoneyOf, fundMoneyOfClaim, plainFact } from '../rules/facts.ts';
import type { Rule, RuleSet } from '../rules/library.ts';
import { never, type Value } from '../rules/value.ts';
import type { Finding, Undecided } from './contract.ts';

/** Changes when the meaning of evaluation changes. */
export const engineVersion = '2';

/**
 * The engine since which such a finding means what it means, which it states: had all to be written again when the meaning of some changes,
 * whatever people decided about the others would be outdated for nothing. 2: days of practitioners with national codes span institutions.
 */
export const engineVersionOf = (practitioner: string | null | undefined): string =>
  practitioner != null && isNationalCode(practitioner) ? '2' : '1';

export interface PersonVerdict {
  readonly findings: readonly Finding[];
  readonly undecided: readonly UndecidedClaim[];
  readonly alarms: readonly Alarm[];
}

/**
 * Something that must never happen, and that must not stop the other claims when it does: json-rules-engine does not confirm a hit, or
 * a rule fails on a claim. No finding is written; the claim counts as one that the rule could not judge.
 */
export interface Alarm {
  readonly rule_code: string;
  readonly kind: 'evaluators_disagree' | 'evaluation_failed';
}

/** A claim that some rules could not judge. */
export interface UndecidedClaim {
  readonly fixmedins_code: string;
  readonly setl_id: string;
  readonly psn_no: string;
  readonly items: readonly Undecided[];
}

/** Stands for a rule where netting itself could not judge: a refund whose settlement or line is not known (yet). */
export const nettingCode = 'NETTING';

/**
 * What compiled code says of a person, before json-rules-engine has confirmed the hits. Nothing is waited for: of nearly all persons there
 * is nothing to confirm.
 */
export interface Decided {
  readonly verdict: Draft;
  /** By rule code, then in the order of the candidates. */
  readonly hits: readonly Hit[];
}

export interface Hit {
  readonly rule: Rule;
  /** Hits that become one finding, its owner first. */
  readonly together: readonly [Candidate, ...Candidate[]];
}

/** Decides what the active rules say of the claims of one person that `isAsked` picks by key. */
export function decidePerson(
  context: PersonContext,
  ruleSet: RuleSet,
  isAsked: (key: string) => boolean,
): Decided {
  const verdict = emptyVerdict();
  for (const { claim } of context.timeline.orphans)
    if (isAsked(claimKey(claim.institution.fixmedins_code, claim.setl_id)))
      note(verdict.undecided, claim, { rule_code: nettingCode, missing: ['refunded_settlement'] });
  const { rules, rulesOfItem } = ruleSet;
  const asked = new Set(context.timeline.claims.filter(({ key }) => isAsked(key)));
  const isOfAsked = (claim: NetClaim): boolean => asked.has(claim);
  const hits: Hit[] = [];
  if (asked.size === 0) return { verdict, hits };
  const all = looksOf(context);
  const concerns = concernsOf(rules, rulesOfItem, all);
  for (let position = 0; position < rules.length; position += 1) {
    const rule = rules[position];
    const looks = concerns[position];
    if (rule === undefined || looks === undefined || looks === null) continue;
    const { mayConcern, groupSizeMin, within } = rule;
    const isWanted =
      within === undefined
        ? isOfAsked
        : (claim: NetClaim): boolean => isOfAsked(claim) && within(claim.claim.institution.fixmedins_code);
    const wanted = { claim: isWanted, looks, mayConcern, groupSizeMin };
    const candidates = candidatesOf(rule.document, context, wanted);
    if (candidates.length > 0) decideCandidates(rule, candidates, verdict, hits);
  }
  return { verdict, hits };
}

/** Findings come in the order of the hits. */
export async function confirmHits({ verdict, hits }: Decided): Promise<PersonVerdict> {
  for (const { rule, together } of hits) {
    const { code } = rule.document;
    const [first] = together;
    try {
      const finding = await confirmed(rule, together);
      if (finding === null) raise(verdict, code, first, 'evaluators_disagree');
      else verdict.findings.push(finding);
    } catch {
      raise(verdict, code, first, 'evaluation_failed');
    }
  }
  return { ...verdict, undecided: [...verdict.undecided.values()] };
}

export interface Draft {
  readonly findings: Finding[];
  readonly undecided: Map<string, UndecidedClaim & { items: Undecided[] }>;
  readonly alarms: Alarm[];
}

export const emptyVerdict = (): Draft => ({ findings: [], undecided: new Map(), alarms: [] });

/** What one rule says of candidates of one person or one institution, added to the verdict and the hits. */
export function decideCandidates(
  rule: Rule,
  candidates: readonly Candidate[],
  verdict: Draft,
  hits: Hit[],
): void {
  const { code } = rule.document;
  let findings: Map<string, [Candidate, ...Candidate[]]> | null = null;
  let missing: Map<string, { readonly candidate: Candidate; readonly names: Set<string> }> | null = null;
  for (const candidate of candidates) {
    try {
      const outcome = rule.decide(candidate);
      if (outcome === 'no') continue;
      if (outcome === 'hit') {
        findings ??= new Map();
        const key = candidateKey(rule.document, candidate);
        const together = findings.get(key);
        if (together === undefined) findings.set(key, [candidate]);
        else together.push(candidate);
      } else {
        missing ??= new Map();
        const key = [candidate.claim.key, practitionerOf(candidate) ?? ''].join('\u001f');
        const { names } = missing.get(key) ?? { names: new Set<string>() };
        for (const name of rule.missing(candidate)) names.add(name);
        missing.set(key, { candidate, names });
      }
    } catch {
      raise(verdict, code, candidate, 'evaluation_failed');
    }
  }
  if (missing !== null)
    for (const { candidate, names } of missing.values())
      note(verdict.undecided, candidate.claim.claim, {
        rule_code: code,
        missing: [...names].sort(),
        ...ofWhom(candidate),
      });
  if (findings !== null) for (const together of findings.values()) hits.push({ rule, together });
}

function raise(
  { alarms, undecided }: Draft,
  rule_code: string,
  candidate: Candidate,
  kind: Alarm['kind'],
): void {
  alarms.push({ rule_code, kind });
  note(undecided, candidate.claim.claim, { rule_code, missing: [kind], ...ofWhom(candidate) });
}

/** Who is the same person at every institution: what is said of their day is told apart by them. */
function practitionerOf({ window }: Candidate): string | null {
  const practitioner = window?.practitioner ?? null;
  return practitioner !== null && isNationalCode(practitioner) ? practitioner : null;
}

function ofWhom(candidate: Candidate): Pick<Undecided, 'practitioner'> {
  const practitioner = practitionerOf(candidate);
  return practitioner === null ? {} : { practitioner };
}

/** A finding exists only when json-rules-engine confirms every hit of it; its tree of the first hit is the explanation. */
async function confirmed(rule: Rule, candidates: readonly Candidate[]): Promise<Finding | null> {
  let tree: TreeNode | null = null;
  for (const candidate of candidates) {
    const explained = await rule.explain(candidate);
    if (!explained.hit) return null;
    tree ??= explained.tree;
  }
  return tree === null ? null : findingOf(rule, candidates, tree);
}

function findingOf(rule: Rule, candidates: readonly Candidate[], tree: TreeNode): Finding | null {
  const { document } = rule;
  const owner = candidates[0];
  if (owner === undefined) return null;
  const stake = stakeOf(rule, candidates);
  const violating = new Set(stake.lines.map(({ line }) => line));
  const around = candidates.flatMap((candidate) => rule.evidence(candidate));
  const groupRest = candidates.flatMap((candidate) => candidate.group ?? []);
  const involvedLines = unique([...groupRest, ...around.flatMap(({ lines }) => lines ?? [])]).filter(
    (line) => !violating.has(line),
  );
  const claims = new Map<NetClaim, Finding['claims'][number]>();
  const involve = (claim: NetClaim, role: '违规项' | '涉及项'): void => {
    if (!claims.has(claim))
      claims.set(claim, {
        ...idOf(claim),
        psn_no: claim.claim.person.psn_no,
        role,
        content_hash: claim.contentHash,
      });
  };
  involve(owner.claim, '违规项');
  for (const line of violating) involve(line.claim, '违规项');
  const { window } = owner;
  // The visits of the day first, then those nearest to it.
  const listed = window === undefined ? [] : [...window.claims, ...window.earlier.toReversed()];
  for (const claim of listed.slice(0, windowClaimsMax))
    involve(claim, claim.beginDay === window?.day ? '违规项' : '涉及项');
  for (const { claims: others } of around) for (const other of others ?? []) involve(other, '涉及项');
  for (const line of involvedLines) involve(line.claim, '涉及项');

  const values = valuesOf(rule, owner);
  const first = stake.lines[0]?.line ?? owner.line;
  return {
    finding_id: createHash('sha256')
      .update(`${document.code}\u001f${candidateKey(document, owner)}`)
      .digest('hex')
      .slice(0, 32),
    rule_code: document.code,
    rule_version: rule.version,
    rule_name: document.name,
    verdict: document.verdict,
    psn_no: owner.claim.claim.person.psn_no,
    ...idOf(owner.claim),
    occurred_at: formatSecond(first === null ? owner.claim.beginSecond : first.feeSecond),
    amount: yuan(stake.amount),
    message: rule.message.fill(values),
    ...(window === undefined ? {} : { window: windowOf(window) }),
    claims: [...claims.values()],
    lines: [
      ...stake.lines.map(({ line, amount }) => lineEntry(line, '违规项', amount)),
      ...involvedLines.map((line) => lineEntry(line, '涉及项', fundMoneyOf(line))),
    ],
    values: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, plain(value)])),
    tree,
    engine_version: engineVersionOf(window?.practitioner),
    tables: rule.tables,
  };
}

/** Of a window as many claims are named by a finding; how many there are, it says as well. */
export const windowClaimsMax = 200;

const windowOf = (window: WindowSet): NonNullable<Finding['window']> => ({
  over: window.over,
  practitioner: window.practitioner,
  from_day: formatDay(window.fromDay),
  day: formatDay(window.day),
  claims: window.claims.length,
  earlier: window.earlier.length,
  persons: new Set([...window.claims, ...window.earlier].map(({ claim }) => claim.person.psn_no)).size,
});

interface StakeOf {
  readonly amount: number;
  readonly lines: readonly { readonly line: NetLine; readonly amount: number }[];
}

/** Violating lines with their money in fen. Only in-scope money counts where the source states it: nothing else is lost by the fund. */
function stakeOf(rule: Rule, candidates: readonly Candidate[]): StakeOf {
  const { stake } = rule.document;
  const own = candidates.flatMap(
    (candidate) => candidate.group ?? (candidate.line === null ? [] : [candidate.line]),
  );
  switch (stake.of) {
    case 'none':
      return { amount: 0, lines: own.map((line) => ({ line, amount: 0 })) };
    case 'claim': {
      const [first] = candidates;
      const claims = first === undefined ? [] : (first.window?.claims ?? [first.claim]);
      return {
        amount: claims.reduce((sum, claim) => sum + fundMoneyOfClaim(claim), 0),
        lines: own.map((line) => ({ line, amount: fundMoneyOf(line) })),
      };
    }
    case 'lines':
      return total(own.map((line) => ({ line, amount: fundMoneyOf(line) })));
    case 'lines_but_first':
      return total(own.slice(1).map((line) => ({ line, amount: fundMoneyOf(line) })));
    case 'excess_cnt':
      return total(
        beyond(own, ({ cnt }) => cnt, limitOf(rule, stake.limit, candidates[0], scales.count)).map(
          ({ line, excess }) => ({ line, amount: portion(fundMoneyOf(line), excess, line.cnt) }),
        ),
      );
    case 'excess_amount':
      return total(
        beyond(own, fundMoneyOf, limitOf(rule, stake.limit, candidates[0], scales.money)).map(
          ({ line, excess }) => ({ line, amount: excess }),
        ),
      );
    case 'excess_price':
      return total(
        candidates.flatMap((candidate) => {
          const { line } = candidate;
          if (line === null) return [];
          const over = line.pric - limitOf(rule, stake.limit, candidate, scales.price);
          // micro-yuan × 1/10 000 → fen: divide by 10^(6 + 4 − 2).
          const excess = Number((BigInt(over) * BigInt(line.cnt) + 50_000_000n) / 100_000_000n);
          return [{ line, amount: Math.max(0, Math.min(excess, fundMoneyOf(line))) }];
        }),
      );
    default:
      return never(stake);
  }
}

/** What lies beyond the limit when the lines are counted one after the other; a limit below zero was used up before. */
function beyond(
  lines: readonly NetLine[],
  sizeOf: (line: NetLine) => number,
  limit: number,
): { readonly line: NetLine; readonly excess: number }[] {
  let seen = 0;
  return lines.flatMap((line) => {
    const size = sizeOf(line);
    const excess = Math.min(size, seen + size - limit);
    seen += size;
    return excess > 0 ? [{ line, excess }] : [];
  });
}

/** The limit in units of `scale` decimals. Where a rule hits without a limit being stated, nothing was allowed. */
function limitOf(rule: Rule, reference: FactRef, candidate: Candidate | undefined, scale: number): number {
  const value = candidate === undefined ? undefined : rule.read(reference)(candidate);
  if (typeof value !== 'number') return 0;
  // A table may state a limit more finely than quantities are counted.
  return unitsOf(value, scale) ?? Math.round(value * 10 ** scale);
}

const total = (lines: readonly { line: NetLine; amount: number }[]): StakeOf => ({
  amount: lines.reduce((sum, { amount }) => sum + amount, 0),
  lines,
});

/** The named facts of the rule and every fact its message mentions. */
function valuesOf(rule: Rule, candidate: Candidate): Record<string, Value> {
  const { document } = rule;
  const named = Object.keys(document.let).filter(
    (name) =>
      document.let[name]?.path !== undefined || plainFact(document.let[name]?.fact ?? '') !== undefined,
  );
  return Object.fromEntries(
    unique([...named, ...rule.message.facts]).map((name) => [name, rule.read({ fact: name })(candidate)]),
  );
}

const idOf = ({ claim }: NetClaim) => ({
  fixmedins_code: claim.institution.fixmedins_code,
  setl_id: claim.setl_id,
  mdtrt_id: claim.visit.mdtrt_id,
});

const lineEntry = (line: NetLine, role: '违规项' | '涉及项', amount: number): Finding['lines'][number] => ({
  fixmedins_code: line.claim.claim.institution.fixmedins_code,
  setl_id: line.claim.claim.setl_id,
  feedetl_sn: line.line.feedetl_sn,
  role,
  amount: yuan(amount),
});

const plain = (value: Value): Json =>
  value === undefined || value === null
    ? null
    : typeof value === 'object'
      ? value.map((item) => item)
      : value;

const unique = <Item>(items: readonly Item[]): Item[] => [...new Set(items)];

function note(
  map: Map<string, UndecidedClaim & { items: Undecided[] }>,
  claim: Claim,
  item: Undecided,
): void {
  const { fixmedins_code } = claim.institution;
  const key = claimKey(fixmedins_code, claim.setl_id);
  const known = map.get(key);
  if (known === undefined)
    map.set(key, { fixmedins_code, setl_id: claim.setl_id, psn_no: claim.person.psn_no, items: [item] });
  else if (known.items.every(({ rule_code }) => rule_code !== item.rule_code || rule_code !== nettingCode))
    known.items.push(item);
}
