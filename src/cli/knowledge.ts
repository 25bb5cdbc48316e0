/** `fundwatch knowledge`: which tables are in force, whether a file would be taken, and what a batch would change. Nothing is written. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { readBatch } from '../knowledge/batch.ts';
import type { BatchIssue, KnowledgeList, TablePreview } from '../knowledge/contract.ts';
import { loadKnowledge } from '../knowledge/load.ts';
import { readSheet } from '../knowledge/sheet.ts';
import { dayOf, formatDay } from '../platform/civil.ts';
import { today } from '../platform/clock.ts';
import { loadConfig } from '../platform/config.ts';
import { openDatabase } from '../platform/database.ts';
import { migrate } from '../platform/migrate.ts';
import { openActiveRules } from '../rulebook/active-service.ts';
import type { TableDeps } from '../rulebook/table-life-service.ts';
import { batchPreview, tableList } from '../rulebook/table-view-service.ts';
import { withDatabaseUrl } from './database-url.ts';

interface CheckOptions {
  readonly rules: string;
  readonly effectiveFrom?: string;
}

export function register(program: Command): void {
  const knowledge = program.command('knowledge').description('知识表 / knowledge tables');
  knowledge
    .command('list')
    .description('现行的知识表及其批次 / the tables in force with their batches')
    .option('--json', '以 JSON 输出 / as JSON')
    .action(async ({ json }: { json?: true }) => {
      process.exitCode = await withTables(async (deps) => {
        const list = await tableList(deps);
        print(json === true ? JSON.stringify(list) : list.tables.map(lineOf).join('\n'));
        return 0;
      });
    });
  knowledge
    .command('check <table> <file>')
    .description('逐行检查一个批次文件（CSV 或 XLSX），不需要数据库 / every bad row of a file; no database')
    .option('--rules <dir>', '规则目录 / rules directory', 'rules')
    .option(
      '--effective-from <day>',
      '没有写生效日期的行从此日生效，默认今天 / first day of rows that state none',
    )
    .action(async (table: string, file: string, options: CheckOptions) => {
      process.exitCode = await check(table, file, options);
    });
  knowledge
    .command('preview <batch>')
    .description('一个待审批批次与现行表的差异 / what a batch that waits would change')
    .option('--json', '以 JSON 输出 / as JSON')
    .action(async (batch: string, { json }: { json?: true }) => {
      if (!/^[1-9]\d{0,15}$/.test(batch)) throw new Error('批次编号应为正整数 / a batch has a number');
      process.exitCode = await withTables(async (deps) => {
        const looked = await batchPreview(deps, Number(batch));
        if (!looked.ok) {
          print(`${looked.reason.zh} / ${looked.reason.en}`);
          return 1;
        }
        print(json === true ? JSON.stringify(looked.preview) : textOf(looked.preview));
        return 0;
      });
    });
}

async function withTables(work: (deps: TableDeps) => Promise<number>): Promise<number> {
  const config = loadConfig();
  return withDatabaseUrl(config, report, async (url) => {
    await migrate(url);
    const database = openDatabase(url, { applicationName: 'fundwatch knowledge', poolMax: 2 });
    try {
      const base = await loadKnowledge(join(config.rulesDir, 'knowledge'));
      return await work({ database, rules: await openActiveRules(database, base), asOf: today });
    } finally {
      await database.close();
    }
  });
}

/** @returns 0 when every row is sound, 1 when one is not or the file cannot be read */
async function check(name: string, file: string, options: CheckOptions): Promise<number> {
  const { tables } = await loadKnowledge(join(options.rules, 'knowledge'));
  const table = tables.get(name);
  if (table === undefined) throw new Error(`没有知识表 ${name} / there is no such table`);
  const effective_from = options.effectiveFrom ?? formatDay(today());
  if (effective_from.length !== 10 || dayOf(effective_from) === null)
    throw new Error('--effective-from 应为日期 yyyy-MM-dd / must be a day, yyyy-MM-dd');
  const sheet = await readSheet(await readFile(file));
  if (!sheet.ok) {
    print(issueText({ row: sheet.row, column: null, message: sheet.message }));
    return 1;
  }
  const { issues, allRows, badRows } = readBatch(
    table.spec,
    sheet.rows,
    { effective_from, effective_to: null },
    sheet.encoding,
  );
  for (const issue of issues) print(issueText(issue));
  print(`${allRows} 行，其中错误 ${badRows} 行 / ${allRows} rows, ${badRows} of them bad`);
  return badRows > 0 ? 1 : 0;
}

const issueText = ({ row, column, message }: BatchIssue): string => {
  const place = [row === null ? null : `第 ${row} 行`, column].filter((part) => part !== null).join(' ');
  return `${place === '' ? '' : `${place}：`}${message.zh} / ${message.en}`;
};

const lineOf = ({ table, title, rows, in_force, waiting }: KnowledgeList['tables'][number]): string =>
  [
    table,
    title.zh,
    `${rows} 行`,
    in_force === null
      ? '尚未登记'
      : `批次 ${in_force.batch.batch}，${in_force.sha256.slice(0, 12)}，${in_force.at.slice(0, 10)} 起`,
    ...(waiting > 0 ? [`待审批 ${waiting}`] : []),
  ].join('  ');

function textOf(preview: TablePreview): string {
  const { added, changed, withdrawn, conflicts, findings, first_changed_day, replay_follows } = preview;
  const cells = (of: Readonly<Record<string, string>>): string => Object.values(of).join(',');
  return [
    `${preview.table}：${preview.rows_before} 行 → ${preview.rows_after} 行；新增 ${added.count}，变更 ${changed.count}，撤下 ${withdrawn.count}，冲突 ${conflicts.count}`,
    ...added.first.map((row) => `+ ${cells(row.cells)}`),
    ...changed.first.map(({ before, after }) => `~ ${cells(before)} → ${cells(after)}`),
    ...withdrawn.first.map((row) => `- ${cells(row.cells)}`),
    ...conflicts.first.map(({ in_force, incoming }) => `! ${cells(in_force)} × ${cells(incoming)}`),
    `变化所及最早日期 ${first_changed_day ?? '无'}；批准后${replay_follows ? '重新筛查所及结算' : '不需要重新筛查'}；涉及规则 ${preview.rules.join('、') || '无'}`,
    findings === null
      ? '尚未对现行表回测'
      : `回测${findings.is_done ? '' : '（进行中）'}：参保人 ${findings.persons}/${findings.persons_total}，结算 ${findings.claims}；新增疑点 ${findings.new}，消失 ${findings.lost}，金额变更 ${findings.changed}`,
    `批准时填写 table_sha256 ${preview.table_sha256}`,
  ].join('\n');
}

const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

const report = (line: string): void => {
  process.stderr.write(`${line}\n`);
};
