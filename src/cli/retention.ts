/** `fundwatch retention`: removes what is old enough, or writes it smaller. Nothing ever goes by itself. */
import { SingleBar } from 'cli-progress';
import type { Command } from 'commander';
import { dayOf } from '../platform/civil.ts';
import { today } from '../platform/clock.ts';
import { loadConfig } from '../platform/config.ts';
import { type Database, openDatabase } from '../platform/database.ts';
import { migrate } from '../platform/migrate.ts';
import { openActiveRules } from '../rulebook/active-service.ts';
import { loadRuleSet } from '../rules/library.ts';
import { reachOf } from '../screening/reach.ts';
import {
  recordRetention,
  type RetentionProgress,
  type RetentionRequest,
  retireClaims,
  retireDated,
  tidyMonths,
} from '../screening/retention-service.ts';
import { withDatabaseUrl } from './database-url.ts';

interface Options {
  readonly before?: string;
  readonly compactBefore?: string;
  readonly dryRun?: true;
  readonly yes?: true;
}

/** One works, and one asks for the next page. */
const poolMax = 2;
const bytesOfMb = 1_000_000;

export function register(program: Command): void {
  program
    .command('retention')
    .description('按保存期限清理或压缩历史数据（可中断、可重复） / remove or compact what is old enough')
    .option('--before <month>', '清理此月之前的数据，yyyy-MM / remove what lies wholly before this month')
    .option('--compact-before <month>', '压缩此月之前的单据，yyyy-MM / compact documents before this month')
    .option('--dry-run', '只列出将清理的内容 / only say what would go')
    .option('--yes', '确认执行清理 / do it')
    .action(async (options: Options) => {
      process.exitCode = await run(options);
    });
}

/** @returns 0 when everything was done, 1 when it was stopped or `--yes` is missing; errors end in 2. */
async function run(options: Options): Promise<number> {
  const before = monthFrom(options.before, '--before');
  const compactBefore = monthFrom(options.compactBefore, '--compact-before');
  if ((before === undefined) === (compactBefore === undefined))
    throw new Error(
      '请指定 --before 或 --compact-before 之一 / one of --before and --compact-before is needed',
    );
  const config = loadConfig();
  const library = await loadRuleSet(config.rulesDir);
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  return withDatabaseUrl(config, print, async (url) => {
    await migrate(url);
    const database = openDatabase(url, { applicationName: 'fundwatch retention', poolMax });
    try {
      // The rules in force, those in their shadow, and those that a start would put into force.
      const rules = await openActiveRules(database, library.knowledge);
      const sets = [library, rules.current(), rules.shadow().ruleSet];
      const reach = reachOf({ ...library, rules: sets.flatMap((ruleSet) => ruleSet.rules) });
      const request = { reach, asOf: today(), signal: stop.signal };
      if (before !== undefined) return await remove(database, { ...request, beforeDay: before }, options);
      await recordRetention(database, 'compact', compactBefore ?? 0);
      await tidy(database, { ...request, beforeDay: compactBefore ?? 0 }, true);
      return stop.signal.aborted ? stopped() : 0;
    } finally {
      await database.close();
    }
  });
}

type Request = Omit<RetentionRequest, 'act'> & { readonly signal: AbortSignal };

async function remove(database: Database, request: Request, options: Options): Promise<number> {
  const planned = await claims(database, { ...request, act: false }, '统计');
  if (request.signal.aborted) return stopped();
  printMonths(planned);
  for await (const { table, rows } of retireDated(database, { ...request, act: false }))
    print(`${datedNames[table]}：${rows} / ${table}: ${rows}`);
  if (options.dryRun === true) return 0;
  if (options.yes !== true) {
    print('未执行。确认后请加 --yes / nothing was done; add --yes to do it');
    return 1;
  }
  await recordRetention(database, 'remove', request.beforeDay);
  const done = await claims(database, { ...request, act: true }, '清理');
  if (!request.signal.aborted)
    for await (const { table, rows } of retireDated(database, { ...request, act: true }))
      print(`已清理${datedNames[table]} ${rows} / removed ${table} ${rows}`);
  // Where it was stopped, documents whose keys are gone wait for the next time.
  await tidy(database, request, false);
  const sum = [...done.months.values()].reduce((all, { claims: one }) => all + one, 0);
  print(`已清理结算版本 ${sum} / removed revisions ${sum}`);
  return request.signal.aborted ? stopped() : 0;
}

const datedNames = {
  audit_warning: '审核提醒',
  intake_batch: '已筛查批次',
  quarantine: '已处理隔离数据',
} as const;

async function claims(
  database: Database,
  request: RetentionRequest,
  label: string,
): Promise<RetentionProgress> {
  const bar = progressBar(label, '人');
  let last: RetentionProgress = { personsTotal: 0, persons: 0, months: new Map(), kept: 0 };
  try {
    for await (const progress of retireClaims(database, request)) {
      if (last.personsTotal === 0) bar.start(progress.personsTotal, 0);
      bar.update(progress.persons);
      last = progress;
    }
  } finally {
    bar.stop();
  }
  return last;
}

async function tidy(database: Database, request: Request, compact: boolean): Promise<void> {
  const bar = progressBar(compact ? '压缩' : '整理', '月');
  let before = 0;
  let after = 0;
  try {
    for await (const { done, total, bytesBefore, bytesAfter } of tidyMonths(database, {
      ...request,
      compact,
    })) {
      if (done === 1) bar.start(total, 0);
      bar.update(done);
      before += bytesBefore;
      after += bytesAfter;
    }
  } finally {
    bar.stop();
  }
  print(
    `单据占用 ${megabytes(before)} → ${megabytes(after)} / documents took ${megabytes(before)}, take ${megabytes(after)}`,
  );
}

function printMonths({ months, kept }: RetentionProgress): void {
  for (const [month, sum] of [...months].sort(([a], [b]) => (a < b ? -1 : 1)))
    print(`${month}  结算版本 ${sum.claims}，${megabytes(sum.bytes)} / revisions ${sum.claims}`);
  if (months.size === 0) print('没有可清理的结算 / no claims go');
  if (kept > 0) print(`仍被需要而保留 ${kept} / kept because still needed ${kept}`);
}

const megabytes = (bytes: number): string => `${(bytes / bytesOfMb).toFixed(1)} MB`;

const progressBar = (label: string, unit: string): SingleBar =>
  new SingleBar({
    stream: process.stderr,
    format: `${label} [{bar}] {percentage}% | {value}/{total} ${unit} | {duration_formatted}`,
    barCompleteChar: '#',
    barIncompleteChar: '.',
    hideCursor: true,
    // Into a file or a pipe nothing is drawn; the summary says it all.
    noTTYOutput: false,
  });

function stopped(): number {
  print('已中断，重复同一命令即可继续 / stopped; repeat the command to go on');
  return 1;
}

/** The first day of the month. */
function monthFrom(text: string | undefined, option: string): number | undefined {
  if (text === undefined) return undefined;
  const day = text.length === 7 ? dayOf(`${text}-01`) : null;
  if (day === null) throw new Error(`${option} 应为月份 yyyy-MM / must be a month, yyyy-MM`);
  return day;
}

function print(line: string): void {
  process.stderr.write(`${line}\n`);
}
