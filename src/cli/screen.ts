/** `fundwatch screen`: the same screening with no server and no database – claims in, findings out as NDJSON. */
import { once } from 'node:events';
import type { Command } from 'commander';
import type { ClaimIssue } from '../claims/contract.ts';
import { readClaims } from '../claims/import/read.ts';
import { judgeItem } from '../claims/item.ts';
import { splitPersonal } from '../claims/personal.ts';
import { type CurrentClaim, currentClaims } from '../claims/timeline.ts';
import { today } from '../platform/clock.ts';
import { loadRuleSet } from '../rules/library.ts';
import type { PersonVerdict, UndecidedClaim } from '../screening/screen.ts';
import { screenAll } from '../screening/screen-all.ts';

/** All claims are held in memory, about 10 kB each. */
const screenClaimsMax = 2_000_000;
/** Rejected rows that are printed one by one; the rest are counted. */
const rejectedShownMax = 20;

interface Options {
  readonly mapping?: string;
  readonly encoding?: string;
  readonly rules: string;
}

export function register(program: Command): void {
  program
    .command('screen')
    .description('离线筛查：读入结算数据，逐行输出疑点（NDJSON） / screen files without server or database')
    .argument('<path...>', 'NDJSON、CSV 文件或目录，可为 .gz / files or folders')
    .option('--mapping <file>', 'CSV 映射文件 / mapping file')
    .option('--encoding <name>', '文件编码，默认自动识别 / file encoding')
    .option('--rules <dir>', '规则目录 / rules directory', 'rules')
    .action(async (paths: string[], options: Options) => {
      process.exitCode = await screenFiles(paths, options);
    });
}

/** @returns 0 clean, 1 findings; errors are thrown and end in 2. */
async function screenFiles(paths: readonly string[], options: Options): Promise<number> {
  const ruleSet = await loadRuleSet(options.rules);
  const asOf = today();
  const claims: CurrentClaim[] = [];
  let received = 0;
  let rejected = 0;
  for await (const item of readClaims([...paths], {
    ...(options.mapping === undefined ? {} : { mapping: options.mapping }),
    ...(options.encoding === undefined ? {} : { encoding: options.encoding }),
  })) {
    received += 1;
    if (received > screenClaimsMax)
      throw new Error(`more than ${screenClaimsMax} claims: use the server for this many`);
    const result = judgeItem(item, asOf);
    if (result.ok) {
      claims.push({ claim: splitPersonal(result.claim).doc, contentHash: result.hash.toString('hex') });
    } else {
      rejected += 1;
      if (rejected <= rejectedShownMax) printRejected(result.issues);
    }
  }
  const current = currentClaims(claims);
  const verdicts = await screenAll(current, [], ruleSet);
  const findings = verdicts.flatMap((verdict) => verdict.findings);
  for (const finding of findings)
    if (!process.stdout.write(`${JSON.stringify(finding)}\n`)) await once(process.stdout, 'drain');
  const persons = new Set(current.map(({ claim }) => claim.person.psn_no)).size;
  printSummary({ received, rejected, kept: current.length, persons, verdicts, version: ruleSet.version });
  return findings.length > 0 ? 1 : 0;
}

function printRejected(issues: readonly ClaimIssue[]): void {
  for (const { path, message } of issues)
    process.stderr.write(`拒收 / rejected ${path} ${message.zh} / ${message.en}\n`);
}

function printSummary(summary: {
  received: number;
  rejected: number;
  kept: number;
  persons: number;
  verdicts: readonly PersonVerdict[];
  version: string;
}): void {
  const { received, rejected, kept, persons, verdicts, version } = summary;
  const byRule = new Map<string, number>();
  for (const { findings } of verdicts)
    for (const { rule_code } of findings) byRule.set(rule_code, (byRule.get(rule_code) ?? 0) + 1);
  const lines = [
    `读入 ${received}，拒收 ${rejected}，有效结算 ${kept}，参保人 ${persons}；规则集 ${version}`,
    `received ${received}, rejected ${rejected}, settlements ${kept}, persons ${persons}; rule set ${version}`,
    ...[...byRule]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([code, count]) => `  ${code.padEnd(28)} ${count}`),
    ...undecidedLines(verdicts.flatMap(({ undecided }) => undecided)),
  ];
  process.stderr.write(`${lines.join('\n')}\n`);
}

function undecidedLines(undecided: readonly UndecidedClaim[]): string[] {
  const counts = new Map<string, number>();
  for (const { items } of undecided)
    for (const { rule_code, missing } of items) {
      const reason = `${rule_code.padEnd(28)} ${missing.join(', ')}`;
      counts.set(reason, (counts.get(reason) ?? 0) + 1);
    }
  if (counts.size === 0) return [];
  return [
    '无法判定（缺少数据） / cannot judge (missing data):',
    ...[...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([reason, count]) => `  ${reason}: ${count}`),
  ];
}
