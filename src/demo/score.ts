/** How well findings meet what was planted: precision and recall per kind of fraud, by claim and, where lines are named, by line. */
import type { z } from 'zod';
import { claimKey } from '../claims/timeline.ts';
import { findingSchema } from '../screening/contract.ts';
import {
  type FraudKind,
  fraudKinds,
  type LookAlike,
  type LookAlikeKind,
  type Reference,
  type Truth,
} from './truth.ts';

/** Which kinds a rule finds. The only place that knows both. A claim that is none of them counts against the first. */
export const kindsOfRule: Readonly<Record<string, readonly [FraudKind, ...FraudKind[]]>> = {
  'FW-STAY-DUPLICATE': ['duplicate-stay'],
  'FW-LINE-REPEATED': ['repeated-line'],
  'FW-ITEM-EXCLUSIVE': ['exclusive-items'],
  'FW-ITEM-DAILY-LIMIT': ['over-daily-limit'],
  'FW-STAY-OVERLAP': ['overlapping-stays'],
  'FW-SETTLED-DURING-STAY': ['settlement-during-stay'],
  'FW-STAY-SPLIT': ['split-stay'],
  'FW-ITEM-SEX': ['item-sex'],
  'FW-ITEM-AGE': ['item-age'],
  'FW-DIAG-SEX': ['diagnosis-sex'],
  'FW-DIAG-AGE': ['diagnosis-age'],
  'FW-AFTER-DEATH': ['after-death'],
  'FW-IDENTITY-FAILED': ['identity-failed'],
  'FW-IDENTITY-MISSING': ['identity-missing'],
  'FW-TRACE-RESOLD': ['trace-resold'],
  'FW-FEE-OUTSIDE-STAY': ['fee-outside-stay'],
  'FW-PRICE-CEILING': ['price-over-ceiling'],
  'FW-VISIT-GATHERING': ['gathering'],
  'FW-VISIT-ALIKE': ['alike-visits'],
};

/** What the score reads of a finding. */
export const scoredFindingSchema = findingSchema.pick({
  rule_code: true,
  fixmedins_code: true,
  setl_id: true,
  lines: true,
});
export type ScoredFinding = z.infer<typeof scoredFindingSchema>;

export interface Tally {
  readonly planted: number;
  readonly found: number;
  readonly missed: number;
  readonly wrong: number;
  /** Found, but part of a case of another kind: neither right nor wrong. */
  readonly collateral: number;
  /** `null` when nothing was found, so there is nothing to be precise about. */
  readonly precision: number | null;
  readonly recall: number | null;
}

export interface KindScore {
  readonly kind: FraudKind;
  readonly claims: Tally;
  /** `null` for kinds that name no lines. */
  readonly lines: Tally | null;
}

/** One claim that was missed or wrongly found. */
export interface Miss {
  readonly kind: FraudKind;
  readonly fixmedins_code: string;
  readonly setl_id: string;
  readonly note: string;
  readonly looksLike: LookAlikeKind | null;
}

export interface Score {
  readonly kinds: readonly KindScore[];
  readonly missed: readonly Miss[];
  readonly wrong: readonly Miss[];
  /** Rules that no kind of fraud belongs to, with their findings. */
  readonly otherRules: Readonly<Record<string, number>>;
}

export function scoreOf(
  truth: readonly Truth[],
  findings: Iterable<ScoredFinding>,
  lookAlikes: readonly LookAlike[] = [],
): Score {
  const found = new Map<FraudKind, Found>(
    fraudKinds.map((kind) => [kind, { claims: new Map(), lines: new Set() }]),
  );
  const planted = plantedByKind(truth);
  const otherRules: Record<string, number> = {};
  for (const finding of findings) {
    const kinds = kindsOfRule[finding.rule_code];
    if (kinds === undefined) {
      otherRules[finding.rule_code] = (otherRules[finding.rule_code] ?? 0) + 1;
      continue;
    }
    const key = claimKey(finding.fixmedins_code, finding.setl_id);
    const kind = kinds.find((each) => planted.get(each)?.has(key)) ?? kinds[0];
    const mine = found.get(kind);
    mine?.claims.set(key, finding);
    for (const line of finding.lines)
      if (line.role === '违规项')
        mine?.lines.add(lineKey(claimKey(line.fixmedins_code, line.setl_id), line.feedetl_sn));
  }

  const alikeOf = new Map<string, LookAlikeKind>();
  for (const { kind, claims } of lookAlikes) for (const claim of claims) alikeOf.set(keyOf(claim), kind);
  const kinds: KindScore[] = [];
  const missed: Miss[] = [];
  const wrong: Miss[] = [];
  for (const [kind, { claims, lines }] of found) {
    const cases = truth.filter((each) => each.kind === kind);
    const excused = new Set(
      truth
        .filter((each) => each.collateral.includes(kind))
        .flatMap((each) => [each, ...each.involved])
        .map(keyOf),
    );
    const wanted = new Set(cases.map(keyOf));
    const wantedLines = new Set(
      cases.flatMap((each) => (each.feedetl_sn ?? []).map((sn) => lineKey(keyOf(each), sn))),
    );
    kinds.push({
      kind,
      claims: tally(wanted, new Set(claims.keys()), (key) => excused.has(key)),
      lines:
        wantedLines.size === 0 ? null : tally(wantedLines, lines, (key) => excused.has(claimOfLine(key))),
    });
    for (const each of cases)
      if (!claims.has(keyOf(each)))
        missed.push({
          kind,
          fixmedins_code: each.fixmedins_code,
          setl_id: each.setl_id,
          note: each.note,
          looksLike: null,
        });
    for (const [key, { fixmedins_code, setl_id, rule_code }] of claims)
      if (!wanted.has(key) && !excused.has(key))
        wrong.push({ kind, fixmedins_code, setl_id, note: rule_code, looksLike: alikeOf.get(key) ?? null });
  }
  return { kinds, missed, wrong, otherRules };
}

interface Found {
  readonly claims: Map<string, ScoredFinding>;
  readonly lines: Set<string>;
}

const keyOf = (claim: Reference): string => claimKey(claim.fixmedins_code, claim.setl_id);
const lineSeparator = '\u001e';
const lineKey = (claim: string, feedetlSn: string): string => `${claim}${lineSeparator}${feedetlSn}`;
const claimOfLine = (key: string): string => key.slice(0, key.indexOf(lineSeparator));

function plantedByKind(truth: readonly Truth[]): Map<FraudKind, Set<string>> {
  const planted = new Map<FraudKind, Set<string>>(fraudKinds.map((kind) => [kind, new Set()]));
  for (const each of truth) planted.get(each.kind)?.add(keyOf(each));
  return planted;
}

function tally(
  wanted: ReadonlySet<string>,
  got: ReadonlySet<string>,
  isExcused: (key: string) => boolean,
): Tally {
  let found = 0;
  let wrong = 0;
  let collateral = 0;
  for (const key of got) {
    if (wanted.has(key)) found++;
    else if (isExcused(key)) collateral++;
    else wrong++;
  }
  return {
    planted: wanted.size,
    found,
    missed: wanted.size - found,
    wrong,
    collateral,
    precision: found + wrong === 0 ? null : found / (found + wrong),
    recall: wanted.size === 0 ? null : found / wanted.size,
  };
}

const header = ['kind', 'planted', 'TP', 'FP', 'FN', 'collateral', 'precision', 'recall', 'line P', 'line R'];
const missesShownMax = 20;

/** The score as a table for people; counts are claims, `line P` and `line R` the same by fee line. */
export function scoreTable(score: Score): string {
  const rows = score.kinds.map(({ kind, claims, lines }) => [
    kind,
    String(claims.planted),
    String(claims.found),
    String(claims.wrong),
    String(claims.missed),
    String(claims.collateral),
    ratio(claims.precision),
    ratio(claims.recall),
    lines === null ? '' : ratio(lines.precision),
    lines === null ? '' : ratio(lines.recall),
  ]);
  const widths = header.map((name, column) =>
    Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const align = (row: readonly string[]): string =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return [
    align(header),
    ...rows.map(align),
    ...missLines('漏报 / missed', score.missed),
    ...missLines('误报 / wrong', score.wrong),
    ...Object.entries(score.otherRules).map(([rule, count]) => `未计分的规则 / not scored: ${rule} ${count}`),
  ].join('\n');
}

function missLines(title: string, misses: readonly Miss[]): string[] {
  if (misses.length === 0) return [];
  const shown = misses
    .slice(0, missesShownMax)
    .map(
      ({ kind, fixmedins_code, setl_id, note, looksLike }) =>
        `  ${kind} ${fixmedins_code} ${setl_id} ${note}${looksLike === null ? '' : ` (${looksLike})`}`,
    );
  const rest = misses.length - shown.length;
  return [`${title}: ${misses.length}`, ...shown, ...(rest > 0 ? [`  … +${rest}`] : [])];
}

const ratio = (value: number | null): string => (value === null ? '–' : value.toFixed(3));
