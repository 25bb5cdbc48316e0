/**
 * Why a rule hits a claim, and why it does not. The verdict is the one of the stream, by the same function; beside it stands every candidate
 * with its tree, also those that the stream does not look at because they cannot hit.
 */
import { setImmediate } from 'node:timers/promises';
import type { Message } from '../claims/contract.ts';
import { claimKey, type CurrentClaim, type NetClaim, type NetLine } from '../claims/timeline.ts';
import {
  type Candidate,
  candidatesOf,
  type Look,
  looksOf,
  type PersonContext,
  type Wanted,
} from '../rules/candidate.ts';
import { concernsOf, rulesOfItem } from '../rules/concerned.ts';
import type { RuleDocument } from '../rules/contract.ts';
import { sees, type Sight } from '../people/sight.ts';
import { formatDay } from '../platform/civil.ts';
import { itemName } from '../rules/facts.ts';
import type { House } from '../rules/window.ts';
import { type Rule, type RuleSet } from '../rules/library.ts';
import type { Finding } from './contract.ts';
import {
  candidatesMeasuredMax,
  candidatesShownMax,
  type ExplainedCandidate,
  type Explanation,
  type ExplainReason,
  groupLinesMax,
  nearCandidatesMax,
  nearDistanceMax,
  type Near,
  type NearRule,
  nearRulesMax,
  type RuleVerdict,
  type Subject,
  windowExplainedMax,
} from './explain-contract.ts';
import { type Measured, measured } from './explain-tree.ts';
import { seenPart } from './own-part.ts';
import { confirmHits, decideCandidates, decidePerson, type PersonVerdict } from './screen.ts';
import { judgedOf, windowRulesOf } from './window.ts';

export interface Asked {
  readonly context: PersonContext;
  readonly claim: CurrentClaim;
  /** What is known of the institution around the day on which the visit began; without it rules over windows see nothing. */
  readonly around?: Around;
  /** Of whoever asks. */
  readonly sight: Sight;
}

export interface Around {
  readonly house: House;
  /** False: only the sets that could be hits. */
  readonly isWhole: boolean;
}

type RuleSays = Pick<
  Explanation,
  'claim' | 'verdict' | 'reasons' | 'missing' | 'findings' | 'candidates' | 'candidates_total'
>;

/** @param ruleSet holds the one rule that is asked about */
export async function explained(asked: Asked, ruleSet: RuleSet): Promise<RuleSays> {
  const [rule] = ruleSet.rules;
  if (rule === undefined) throw new Error('a rule set without a rule cannot explain anything');
  const { context, claim, sight } = asked;
  const { key, said, net, looks, whole } = await settingOf(asked, ruleSet);
  const all =
    net === undefined
      ? []
      : [
          ...candidatesOf(rule.document, context, unfiltered(key, looks)),
          ...windowCandidates(rule, asked, net),
        ];
  const looked = lookedAt(rule, asked, looks, all);
  const isListed = ({ line }: Candidate): boolean =>
    line === null || rule.items === null || rule.items.has(line.line.med_list_codg);
  // Lines that the tables of the rule speak of first: nothing else can be near.
  const ordered = [...all.filter(isListed), ...all.filter((one) => !isListed(one))];
  const candidates = ordered
    .slice(0, candidatesMeasuredMax)
    .map((candidate) => ({ candidate, of: measured(rule, candidate, sight) }))
    .map(({ candidate, of }) => ({
      candidate,
      of: looked.has(identityOf(candidate)) ? of : { ...of, outcome: 'no' as const, missing: [] },
    }))
    .toSorted((a, b) => byNearness(a.of, b.of))
    .slice(0, candidatesShownMax)
    .map(
      ({ candidate, of: { deciding: _deciding, ...of } }): ExplainedCandidate => ({
        subject: subjectOf(rule.document, candidate, sight),
        ...of,
      }),
    );
  const { code } = rule.document;
  const found = said.findings.get(code) ?? [];
  const missing = said.missing.get(code) ?? null;
  const reasons = reasonsOf(rule, asked, net, whole, all);
  return {
    claim: claimOf(claim),
    verdict: verdictOf(found, missing, reasons),
    reasons,
    missing: [...(missing ?? [])],
    findings: found.map((one) => briefOf(one, sight)),
    candidates,
    candidates_total: all.length,
  };
}

/** Which rules hit, which cannot judge, and which came nearest. */
export async function nearest(asked: Asked, ruleSet: RuleSet): Promise<Near> {
  const { context, claim, sight } = asked;
  const { key, said, net, looks, whole } = await settingOf(asked, ruleSet);
  const counts: Near['counts'] = { hit: 0, unknown: 0, no: 0, not_applicable: 0 };
  const hits: Near['hits'] = [];
  const unknown: Near['unknown'] = [];
  const near: NearRule[] = [];
  for (const rule of ruleSet.rules) {
    // Claims may have thousands of lines, and others wait for this process.
    await setImmediate();
    const { code } = rule.document;
    const wanted = unfiltered(key, listedIn(rule, looks));
    const candidates =
      net === undefined
        ? []
        : [...candidatesOf(rule.document, context, wanted), ...windowCandidates(rule, asked, net)];
    const found = said.findings.get(code) ?? [];
    const missing = said.missing.get(code) ?? null;
    const verdict = verdictOf(found, missing, reasonsOf(rule, asked, net, whole, candidates));
    counts[verdict] += 1;
    if (verdict === 'hit')
      hits.push({ ...ruleBrief(rule), findings: found.map((one) => briefOf(one, sight)) });
    if (verdict === 'unknown') unknown.push({ ...ruleBrief(rule), missing: [...(missing ?? [])] });
    if (verdict !== 'no') continue;
    const best = bestOf(rule, candidates, sight);
    if (best !== null && (best.distance ?? 0) <= nearDistanceMax) near.push(best);
  }
  return {
    claim: claimOf(claim),
    rule_set: ruleSet.version,
    reasons: reasonsOfClaim(asked, net),
    counts,
    hits,
    unknown,
    near: near.toSorted(byDistance).slice(0, nearRulesMax),
  };
}

/** The nearest candidate; those that the rule says nothing of are not near. */
function bestOf(rule: Rule, candidates: readonly Candidate[], sight: Sight): NearRule | null {
  let best: { readonly candidate: Candidate; readonly of: Measured } | null = null;
  for (const candidate of candidates.slice(0, nearCandidatesMax)) {
    const of = measured(rule, candidate, sight);
    if (of.outcome !== 'no' || of.absent || of.tree === null) continue;
    if (best === null || byDistance(of, best.of) < 0) best = { candidate, of };
  }
  if (best === null) return null;
  const { failed, distance, absent, deciding } = best.of;
  return {
    ...ruleBrief(rule),
    subject: subjectOf(rule.document, best.candidate, sight),
    failed,
    distance,
    absent,
    deciding: [...deciding],
  };
}

/** What both questions begin with: the verdict, and the claim among all there is to look at. */
async function settingOf(asked: Asked, ruleSet: RuleSet) {
  const key = keyOf(asked.claim);
  const said = await verdictsOn(asked, ruleSet);
  const net = asked.context.timeline.claims.find((one) => one.key === key);
  const looks = looksOf(asked.context);
  const whole = looks.find((look) => look.whole.claim === net)?.whole;
  return { key, said, net, looks, whole };
}

interface Said {
  /** By rule code. */
  readonly findings: ReadonlyMap<string, readonly Finding[]>;
  readonly missing: ReadonlyMap<string, readonly string[]>;
}

async function verdictsOn(asked: Asked, ruleSet: RuleSet): Promise<Said> {
  const { context, claim } = asked;
  const key = keyOf(claim);
  const net = context.timeline.claims.find((one) => one.key === key);
  const { verdict: draft, hits: ofPerson } = decidePerson(context, ruleSet, (one) => one === key);
  const hits = [...ofPerson];
  if (net !== undefined)
    for (const rule of windowRulesOf(ruleSet)) {
      if (rule.within?.(claim.claim.institution.fixmedins_code) === false) continue;
      const candidates = windowCandidates(rule, asked, net);
      if (candidates.length > 0) decideCandidates(rule, candidates, draft, hits);
    }
  const verdict: PersonVerdict = await confirmHits({ verdict: draft, hits });
  const findings = new Map<string, Finding[]>();
  for (const finding of verdict.findings)
    findings.set(finding.rule_code, [...(findings.get(finding.rule_code) ?? []), finding]);
  const items = verdict.undecided.flatMap((one) => one.items);
  return { findings, missing: new Map(items.map(({ rule_code, missing }) => [rule_code, missing])) };
}

/** The sets of the day on which the visit began to which it belongs. */
function windowCandidates(rule: Rule, { around }: Asked, net: NetClaim): Candidate[] {
  if (rule.window === null || around === undefined) return [];
  return judgedOf(rule, rule.window, around.house, net.beginDay).filter(
    (candidate) => candidate.window?.claims.some(({ key }) => key === net.key) === true,
  );
}

function verdictOf(
  found: readonly Finding[],
  missing: readonly string[] | null,
  reasons: readonly ExplainReason[],
): RuleVerdict {
  if (found.length > 0) return 'hit';
  if (missing !== null) return 'unknown';
  return reasons.length > 0 ? 'not_applicable' : 'no';
}

/** What the stream looks at of a claim, by what tells candidates of one rule apart. */
function lookedAt(
  rule: Rule,
  { context, claim }: Asked,
  all: readonly Look[],
  candidates: readonly Candidate[],
): ReadonlySet<object> {
  const isWithin = rule.within?.(claim.claim.institution.fixmedins_code) ?? true;
  if (rule.window !== null) return new Set(isWithin ? candidates.map(identityOf) : []);
  const [looks = null] = concernsOf([rule], rulesOfItem([rule]), all);
  if (!isWithin || looks === null) return new Set();
  const { mayConcern, groupSizeMin } = rule;
  const wanted = { ...unfiltered(keyOf(claim), looks), mayConcern, groupSizeMin };
  return new Set(candidatesOf(rule.document, context, wanted).map(identityOf));
}

const identityOf = ({ window, line, diagnosis, claim }: Candidate): object =>
  window ?? line ?? diagnosis ?? claim;

const unfiltered = (key: string, looks: readonly Look[]): Wanted => ({
  claim: (claim) => claim.key === key,
  looks,
  mayConcern: null,
  groupSizeMin: 1,
});

/** Without the lines whose items the rule does not list. */
const listedIn = ({ items }: Rule, looks: readonly Look[]): readonly Look[] =>
  items === null
    ? looks
    : looks.map(({ whole, lines }) => ({
        whole,
        lines: lines.filter(({ line: { line } }) => items.has(line.med_list_codg)),
      }));

const rankOf = { hit: 0, unknown: 1, no: 2 } as const;

const byNearness = (a: Measured, b: Measured): number =>
  rankOf[a.outcome] - rankOf[b.outcome] || Number(a.absent) - Number(b.absent) || byDistance(a, b);

type Nearness = Pick<Measured, 'distance' | 'failed'>;
const byDistance = (a: Nearness, b: Nearness): number =>
  distanceForOrder(a) - distanceForOrder(b) || a.failed - b.failed;
/** What is not told comes last. */
const distanceForOrder = ({ distance }: Nearness): number => distance ?? Number.MAX_VALUE;

function reasonsOf(
  rule: Rule,
  asked: Asked,
  net: NetClaim | undefined,
  whole: Candidate | undefined,
  candidates: readonly Candidate[],
): ExplainReason[] {
  if (net === undefined || whole === undefined) return reasonsOfClaim(asked, net);
  const reasons: ExplainReason[] = [];
  const isWithin = rule.within?.(net.claim.institution.fixmedins_code) ?? true;
  if (!isWithin) reasons.push(reason('ramp'));
  if (candidates.length === 0) reasons.push(reason(whyNoCandidates(rule, asked, net, whole)));
  const isAnyListed =
    rule.items === null || net.lines.some(({ line }) => rule.items?.has(line.med_list_codg) === true);
  if (!isAnyListed && net.kind !== 'unknown' && !reasons.some(({ code }) => code === 'kind'))
    return [...reasons.filter(({ code }) => code === 'ramp'), reason('items')];
  return reasons;
}

function whyNoCandidates(
  { document, window }: Rule,
  { around }: Asked,
  net: NetClaim,
  whole: Candidate,
): ExplainReason['code'] {
  const { each } = document;
  if (!document.scope.kinds.includes(net.kind) && net.kind !== 'unknown') return 'kind';
  if (window !== null) {
    if (!window.isInForce(net.beginDay)) return 'dates';
    return around?.isWhole === false ? 'window_too_large' : 'apart';
  }
  if (each.unit === 'diagnosis' && net.claim.diagnoses?.length === 0) return 'no_diagnoses';
  if ((each.unit === 'line' || each.unit === 'group') && net.lines.length === 0) return 'no_lines';
  if (each.unit !== 'group' || each.over !== 'person') return 'dates';
  // Alone, the claim would have groups of its own.
  const alone = { ...whole.context, timeline: { ...whole.context.timeline, claims: [net] } };
  return candidatesOf(document, alone).length > 0 ? 'grouped_elsewhere' : 'dates';
}

function reasonsOfClaim({ claim, context }: Asked, net: NetClaim | undefined): ExplainReason[] {
  if (net !== undefined) return [];
  const isUnmatched = context.timeline.orphans.some(({ contentHash }) => contentHash === claim.contentHash);
  if (isUnmatched) return [reason('unmatched_refund')];
  return [reason(claim.claim.refd_setl_id === undefined ? 'refunded' : 'refund')];
}

const reason = (code: ExplainReason['code']): ExplainReason => ({ code, message: reasonWords[code] });

const reasonWords: Readonly<Record<ExplainReason['code'], Message>> = {
  refund: {
    zh: '这是一张退费结算单，已从原结算中扣除，不单独判断',
    en: 'It is a refund, which was taken off its settlement and is not judged itself',
  },
  refunded: {
    zh: '该结算已全部退费，没有可判断的内容',
    en: 'It was refunded in full: nothing is left to judge',
  },
  unmatched_refund: {
    zh: '退费所对应的结算或明细未知，无法冲销',
    en: 'It refunds a settlement or line that is not known',
  },
  kind: { zh: '就医方式不在规则的适用范围内', en: 'The rule is not about this kind of visit' },
  dates: { zh: '服务日期不在规则的有效期内', en: 'The rule was not in effect on these days' },
  ramp: {
    zh: '规则目前只在部分地区或机构启用，不含本机构',
    en: 'The rule is tried at other places only so far',
  },
  no_lines: { zh: '规则逐条明细判断，该结算没有明细', en: 'The rule is about lines, and there are none' },
  no_diagnoses: {
    zh: '规则逐条诊断判断，该结算没有诊断',
    en: 'The rule is about diagnoses, and there are none',
  },
  items: {
    zh: '该结算没有规则知识表所列的项目',
    en: 'It holds no item that the tables of the rule list',
  },
  grouped_elsewhere: {
    zh: '这些明细与之后的结算归为一组，由那一张结算单判断',
    en: 'Its lines belong to groups that end in a later settlement, and are judged there',
  },
  apart: {
    zh: '本次就诊不属于规则所看的任何一组：没有同行、没有相同的就诊，或含有不计入的项目',
    en: 'The visit belongs to no set that the rule looks at: nobody came along, no visit is the same, or it holds items that do not count',
  },
  window_too_large: {
    zh: `本次就诊不在任何可能命中的一组内；机构在窗口内的就诊超过 ${windowExplainedMax} 次，其余各组不逐项说明`,
    en: `The visit belongs to no set that could be a hit; the window holds more than ${windowExplainedMax} visits, and its other sets are not explained`,
  },
};

function subjectOf(document: RuleDocument, candidate: Candidate, sight: Sight): Subject {
  const { line, group, diagnosis, window } = candidate;
  const lines = group ?? (line === null ? [] : [line]);
  const isSeen = ({ claim }: NetClaim): boolean => sees(sight, claim.institution.fixmedins_code);
  const counted = (window?.claims ?? []).filter(isSeen);
  return {
    unit: document.each.unit,
    lines: lines
      .filter((one) => isSeen(one.claim))
      .slice(-groupLinesMax)
      .map(lineOf),
    lines_total: lines.length,
    diagnosis:
      diagnosis === null ? null : { diag_code: diagnosis.diag_code, diag_name: diagnosis.diag_name ?? null },
    ...(window === undefined
      ? {}
      : {
          window: {
            day: formatDay(window.day),
            practitioner: window.practitioner,
            claims: counted.length,
            persons: new Set(counted.map(({ claim }) => claim.person.psn_no)).size,
          },
        }),
  };
}

const lineOf = (net: NetLine): Subject['lines'][number] => ({
  setl_id: net.claim.claim.setl_id,
  fixmedins_code: net.claim.claim.institution.fixmedins_code,
  feedetl_sn: net.line.feedetl_sn,
  med_list_codg: net.line.med_list_codg,
  item_name: itemName(net),
  fee_ocur_time: net.line.fee_ocur_time,
});

const claimOf = ({ claim, contentHash }: CurrentClaim): Explanation['claim'] => ({
  fixmedins_code: claim.institution.fixmedins_code,
  fixmedins_name: claim.institution.fixmedins_name ?? null,
  setl_id: claim.setl_id,
  content_hash: contentHash,
  med_type: claim.visit.med_type,
  begntime: claim.visit.begntime,
  endtime: claim.visit.endtime ?? null,
  lines: claim.lines.length,
});

const ruleBrief = ({ document, version }: Rule) => ({
  rule_code: document.code,
  rule_version: version,
  name: document.name,
  verdict: document.verdict,
});

function briefOf(finding: Finding, sight: Sight): Explanation['findings'][number] {
  const { finding_id, message, amount } = seenPart(finding, sight);
  return { finding_id, message, amount };
}

const keyOf = ({ claim }: CurrentClaim): string => claimKey(claim.institution.fixmedins_code, claim.setl_id);
