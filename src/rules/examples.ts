/**
 * Runs the examples that stand beside a rule: claims, and what the rule must say of them. The screening itself is handed in, because
 * rules know nothing of what uses them.
 */
import { canonicalClaim } from '../claims/canonical.ts';
import type { Message } from '../claims/contract.ts';
import { type CurrentClaim, currentClaims } from '../claims/timeline.ts';
import type { Knowledge } from '../knowledge/table.ts';
import type { Examples, RuleDocument } from './contract.ts';
import { type RuleSet, ruleSetOf } from './library.ts';

type Example = Examples['examples'][number];
type ExpectedFinding = Example['findings'][number];

/** The part of a person's verdict that examples speak of. */
export interface ExampleVerdict {
  readonly findings: readonly {
    readonly setl_id: string;
    readonly amount: string;
    readonly lines: readonly { readonly feedetl_sn: string; readonly role: string }[];
  }[];
  readonly undecided: readonly {
    readonly setl_id: string;
    readonly items: readonly { readonly rule_code: string }[];
  }[];
  readonly alarms: readonly unknown[];
}
export type ScreenClaims = (
  claims: readonly CurrentClaim[],
  ruleSet: RuleSet,
) => Promise<readonly ExampleVerdict[]>;

/** One way in which a rule does not do what an example says. */
export interface ExampleFault {
  readonly example: Message;
  readonly message: Message;
}

/**
 * All differences between the examples and what the rule does; empty when there are none.
 * @param asOf the day on which the claims are taken to arrive, as a day number
 */
export async function checkExamples(
  document: RuleDocument,
  examples: Examples,
  knowledge: Knowledge,
  screen: ScreenClaims,
  asOf: number,
): Promise<ExampleFault[]> {
  const ruleSet = ruleSetOf([document], knowledge);
  const faults: ExampleFault[] = [];
  if (examples.rule !== document.code)
    faults.push({
      example: { zh: '（整个文件）', en: '(the whole file)' },
      message: say(`示例属于规则 ${examples.rule}`, `the examples belong to rule ${examples.rule}`),
    });
  for (const example of examples.examples) {
    const messages = await faultsOf(
      document,
      example,
      examples.base,
      (claims) => screen(claims, ruleSet),
      asOf,
    );
    faults.push(...messages.map((message) => ({ example: example.name, message })));
  }
  return faults;
}

async function faultsOf(
  document: RuleDocument,
  example: Example,
  base: Examples['base'],
  screen: (claims: readonly CurrentClaim[]) => Promise<readonly ExampleVerdict[]>,
  asOf: number,
): Promise<Message[]> {
  const faults = kindFaults(example);
  const claims: CurrentClaim[] = [];
  for (const [index, claim] of example.claims.entries()) {
    const read = canonicalClaim(claimOf(base, claim), asOf);
    if (read.ok) claims.push({ claim: read.claim, contentHash: read.hash.toString('hex') });
    else
      for (const { path, message } of read.issues)
        faults.push(
          say(
            `第 ${index + 1} 张结算单 ${path}：${message.zh}`,
            `claim ${index + 1} at ${path}: ${message.en}`,
          ),
        );
  }
  if (claims.length < example.claims.length) return faults;

  const verdicts = await screen(currentClaims(claims));
  if (verdicts.some(({ alarms }) => alarms.length > 0))
    faults.push(say('两个求值器结论不一致', 'the two evaluators disagree'));
  faults.push(
    ...findingFaults(
      example.findings,
      verdicts.flatMap(({ findings }) => findings),
    ),
  );
  const undecided = verdicts
    .flatMap((verdict) => verdict.undecided)
    .filter(({ items }) => items.some(({ rule_code }) => rule_code === document.code))
    .map(({ setl_id }) => setl_id);
  const [missing, surplus] = differences(example.undecided ?? [], undecided);
  for (const setl_id of missing)
    faults.push(say(`${setl_id} 应为无法判定`, `${setl_id} should be undecided`));
  for (const setl_id of surplus)
    faults.push(say(`${setl_id} 不应无法判定`, `${setl_id} should not be undecided`));
  return faults;
}

/** An example must be of the kind it says: a hit that expects nothing would test nothing. */
function kindFaults({ kind, findings, undecided = [] }: Example): Message[] {
  if (kind === 'hit' && findings.length === 0)
    return [say('hit 示例须列出疑点', 'an example of a hit must expect a finding')];
  if (kind === 'near_miss' && findings.length > 0)
    return [say('near_miss 示例不应有疑点', 'a near miss expects no finding')];
  if (kind === 'cannot_judge' && undecided.length === 0)
    return [
      say('cannot_judge 示例须列出 undecided', 'an example of cannot_judge must name what is undecided'),
    ];
  return [];
}

function findingFaults(
  expected: readonly ExpectedFinding[],
  findings: ExampleVerdict['findings'],
): Message[] {
  const faults: Message[] = [];
  const left = findings.map(({ setl_id, amount, lines }) => ({
    setl_id,
    amount,
    lines: lines.filter(({ role }) => role === '违规项').map(({ feedetl_sn }) => feedetl_sn),
  }));
  for (const wanted of expected) {
    const at = left.findIndex(({ setl_id }) => setl_id === wanted.setl_id);
    const [finding] = at < 0 ? [] : left.splice(at, 1);
    if (finding === undefined) {
      faults.push(say(`${wanted.setl_id} 应有疑点`, `${wanted.setl_id} should have a finding`));
      continue;
    }
    if (wanted.amount !== undefined && wanted.amount !== finding.amount)
      faults.push(
        say(
          `${wanted.setl_id} 涉及金额应为 ${wanted.amount}，实为 ${finding.amount}`,
          `${wanted.setl_id} should be about ${wanted.amount} yuan, not ${finding.amount}`,
        ),
      );
    if (wanted.lines === undefined) continue;
    const [missing, surplus] = differences(wanted.lines, finding.lines);
    if (missing.length + surplus.length > 0)
      faults.push(
        say(
          `${wanted.setl_id} 违规项应为 [${wanted.lines.join('、')}]，实为 [${finding.lines.join('、')}]`,
          `${wanted.setl_id} should flag lines [${wanted.lines.join(', ')}], not [${finding.lines.join(', ')}]`,
        ),
      );
  }
  for (const { setl_id, amount } of left)
    faults.push(
      say(`${setl_id} 不应有疑点（${amount} 元）`, `${setl_id} should have no finding (${amount} yuan)`),
    );
  return faults;
}

/** What is in the first list only, and in the second only; repeated entries count as often as they occur. */
function differences(wanted: readonly string[], found: readonly string[]): [string[], string[]] {
  const missing = [...wanted];
  const surplus = found.filter((item) => {
    const at = missing.indexOf(item);
    if (at >= 0) missing.splice(at, 1);
    return at < 0;
  });
  return [missing, surplus];
}

/** The claim of an example over the base, and each of its lines over the base line. */
function claimOf(base: Examples['base'], claim: Readonly<Record<string, unknown>>): unknown {
  const merged = merge(base.claim, claim);
  const { lines } = merged;
  return { ...merged, lines: Array.isArray(lines) ? lines.map((line) => merge(base.line, line)) : lines };
}

/** Objects are merged field by field, everything else replaces what the base says; `null` means: not stated. */
function merge(base: unknown, over: unknown): Record<string, unknown> {
  const merged: Record<string, unknown> = isRecord(base) ? { ...base } : {};
  if (!isRecord(over)) return merged;
  for (const [name, value] of Object.entries(over))
    merged[name] = isRecord(value) && isRecord(merged[name]) ? merge(merged[name], value) : value;
  return merged;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const say = (zh: string, en: string): Message => ({ zh, en });
