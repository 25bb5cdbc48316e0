import { createHash } from 'node:crypto';
import { type CurrentClaim, currentClaims } from '../../src/claims/timeline.ts';
import type { Database } from '../../src/platform/database.ts';
import type { RuleSet } from '../../src/rules/library.ts';
import type { Undecided } from '../../src/screening/contract.ts';
import { screenAll } from '../../src/screening/screen-all.ts';

/** What is found and what cannot be judged, in an order that depends on nothing else. */
export interface EndState {
  readonly findings: readonly string[];
  readonly undecided: readonly string[];
}

/** What one undisturbed pass over all revisions says. */
export async function onePass(revisions: readonly CurrentClaim[], ruleSet: RuleSet): Promise<EndState> {
  const verdicts = await screenAll(currentClaims(revisions), [], ruleSet);
  return {
    findings: verdicts
      .flatMap(({ findings }) => findings)
      .map((finding) => findingLine(finding.rule_code, finding.setl_id, JSON.stringify(finding)))
      .sort(),
    undecided: verdicts
      .flatMap(({ undecided }) => undecided)
      .flatMap(({ fixmedins_code, setl_id, items }) => undecidedLines(fixmedins_code, setl_id, items))
      .sort(),
  };
}

/** What stands in the database. */
export async function endStateOf(database: Database): Promise<EndState> {
  const { rows: findings } = await database.pool.query<{ rule_code: string; setl_id: string; body: string }>(
    `SELECT rule_code, setl_id, body::text AS body FROM finding WHERE state = 'active'`,
  );
  const { rows: undecided } = await database.pool.query<{
    fixmedins_code: string;
    setl_id: string;
    items: Undecided[];
  }>('SELECT fixmedins_code, setl_id, items FROM undecided');
  const { rows: ofWindows } = await database.pool.query<{
    fixmedins_code: string;
    setl_id: string;
    rule_code: string;
    missing: string[];
  }>('SELECT fixmedins_code, setl_id, rule_code, missing FROM window_undecided');
  return {
    findings: findings.map(({ rule_code, setl_id, body }) => findingLine(rule_code, setl_id, body)).sort(),
    undecided: [
      ...undecided,
      ...ofWindows.map(({ rule_code, missing, ...one }) => ({ ...one, items: [{ rule_code, missing }] })),
    ]
      .flatMap(({ fixmedins_code, setl_id, items }) => undecidedLines(fixmedins_code, setl_id, items))
      .sort(),
  };
}

const findingLine = (rule: string, setlId: string, body: string): string =>
  `${rule} ${setlId} ${createHash('sha256').update(body).digest('hex')}`;

/** One line for each rule: rules over windows and rules over persons may say so of one settlement. */
const undecidedLines = (institution: string, setlId: string, items: readonly Undecided[]): string[] =>
  items.map(({ rule_code, missing }) => JSON.stringify([institution, setlId, rule_code, missing]));
