/** `fundwatch rules`: the library as it stands – what is wrong with it, and what of the national library it covers. */
import type { Command } from 'commander';
import { KnowledgeError } from '../knowledge/load.ts';
import type { CoverageRow } from '../rules/contract.ts';
import { today } from '../platform/clock.ts';
import { coverageOf, examplesOf } from '../rules/coverage.ts';
import { checkExamples, type ScreenClaims } from '../rules/examples.ts';
import { loadRuleSet, type Rule, RuleError, type RuleIssue } from '../rules/library.ts';
import { missingKinds } from '../rules/read-examples.ts';
import { ruleJsonSchema } from '../rules/schema.ts';
import { shadowing } from '../rules/shadowed.ts';
import { unusedNotes } from '../rules/unused.ts';
import { screenAll } from '../screening/screen-all.ts';

interface Options {
  readonly rules: string;
  readonly json?: boolean;
}

export function register(program: Command): void {
  const rules = program.command('rules').description('规则库 / the rule library');
  rules
    .command('lint')
    .description('检查规则和知识表，列出问题的位置和改法 / check rules and tables')
    .option('--rules <dir>', '规则目录 / rules directory', 'rules')
    .action(async (options: Options) => {
      process.exitCode = await lint(options.rules);
    });
  rules
    .command('examples')
    .description('运行规则的示例，列出不符之处 / run the examples of rules')
    .argument('[code...]', '规则编码，默认全部 / codes; all by default')
    .option('--rules <dir>', '规则目录 / rules directory', 'rules')
    .action(async (codes: string[], options: Options) => {
      process.exitCode = await runExamples(options.rules, codes);
    });
  rules
    .command('schema')
    .description('规则文件的 JSON Schema，供编辑器提示和检查 / the JSON Schema of rules, for editors')
    .action(() => print(JSON.stringify(ruleJsonSchema(), null, 2)));
  rules
    .command('coverage')
    .description('国家规则库 88 条的覆盖情况 / which national rules are covered')
    .option('--rules <dir>', '规则目录 / rules directory', 'rules')
    .option('--json', 'JSON')
    .action(async (options: Options) => {
      const rows = await coverageOf(options.rules, await loadRuleSet(options.rules));
      print(options.json === true ? JSON.stringify(rows, null, 2) : tableOf(rows));
    });
}

/** @returns 0 clean, 1 with faults */
async function lint(directory: string): Promise<number> {
  try {
    const { rules, knowledge, version } = await loadRuleSet(directory);
    const without = await withoutExamples(directory, rules);
    print(
      `${rules.length} 条规则、${knowledge.tables.size} 张知识表没有问题（规则集 ${version}） / no faults`,
    );
    for (const code of without)
      print(`提示：${code} 没有示例文件 ${code.toLowerCase()}.examples.json / note: ${code} has no examples`);
    const documents = rules.map(({ document }) => document);
    for (const document of documents) {
      for (const code of shadowing(document, documents))
        print(
          `提示：凡命中 ${document.code} 的，${code} 也会命中 / note: whatever ${document.code} hits, ${code} hits as well`,
        );
      for (const { zh, en } of unusedNotes(document))
        print(`提示：${document.code} ${zh} / note: ${document.code}: ${en}`);
    }
    return 0;
  } catch (error) {
    if (!(error instanceof RuleError || error instanceof KnowledgeError)) throw error;
    print(error.message);
    return 1;
  }
}

/** @returns codes of rules that have no examples. @throws RuleError with all that is wrong with those of the others */
async function withoutExamples(directory: string, rules: readonly Rule[]): Promise<string[]> {
  const issues: RuleIssue[] = [];
  const without: string[] = [];
  for (const { document } of rules)
    try {
      if ((await examplesOf(directory, document.code)) === null) without.push(document.code);
    } catch (error) {
      if (!(error instanceof RuleError)) throw error;
      issues.push(...error.issues);
    }
  if (issues.length > 0) throw new RuleError(issues);
  return without;
}

/** @returns 0 when every rule does what its examples say, 1 when one does not */
async function runExamples(directory: string, codes: readonly string[]): Promise<number> {
  const { rules, knowledge } = await loadRuleSet(directory);
  const unknown = codes.filter((code) => rules.every(({ document }) => document.code !== code));
  if (unknown.length > 0) throw new Error(`没有规则 ${unknown.join('、')} / there is no rule of this code`);
  let cases = 0;
  let faults = 0;
  for (const { document } of rules) {
    if (codes.length > 0 && !codes.includes(document.code)) continue;
    const examples = await examplesOf(directory, document.code);
    if (examples === null) {
      faults += 1;
      print(`${document.code} 没有示例文件 / has no examples`);
      continue;
    }
    cases += examples.examples.length;
    const screen: ScreenClaims = (claims, ruleSet) => screenAll(claims, [], ruleSet);
    const found = await checkExamples(document, examples, knowledge, screen, today());
    for (const { example, message } of [...missingKinds(examples), ...found]) {
      faults += 1;
      print(`${document.code} ${example.zh}：${message.zh} / ${example.en}: ${message.en}`);
    }
  }
  print(`${cases} 个示例，${faults} 处不符 / ${cases} examples, ${faults} faults`);
  return faults === 0 ? 0 : 1;
}

const states: Readonly<Record<CoverageRow['state'], string>> = {
  executable: '可执行',
  indicator: '统计指标',
  not_decidable: '结算数据不能判定',
  missing: '缺',
};

function tableOf(rows: readonly CoverageRow[]): string {
  const lines = rows.flatMap(({ national, state, rules }) => {
    const head = `${String(national.no).padStart(2)}  ${national.code.padEnd(16)}  ${national.name}  ${states[state]}`;
    const details = [
      ...rules.map(({ code, version, examples, tables }) => {
        const sizes = Object.entries(tables).map(([table, count]) => `${table} ${count} 行`);
        return `${code} ${version}  ${[`示例 ${examples}`, ...sizes].join('，')}`;
      }),
      ...(state === 'indicator' ? [national.indicator?.definition ?? ''] : []),
      ...(rules.length === 0
        ? (national.needs ?? []).map(({ data, format }) => `需要：${data}（${format}）`)
        : []),
    ];
    return [head, ...details.map((detail) => `      ${detail}`)];
  });
  const counts = Object.entries(states).map(
    ([state, name]) => `${name} ${rows.filter((row) => row.state === state).length}`,
  );
  return [...lines, '', counts.join('，')].join('\n');
}

const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};
