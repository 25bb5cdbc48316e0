/** `fundwatch replay`: judges what is known again, by the rules as they are now – after rules or tables have changed. */
import { SingleBar } from 'cli-progress';
import type { Command } from 'commander';
import { dayOf } from '../platform/civil.ts';
import { loadConfig } from '../platform/config.ts';
import { openDatabase } from '../platform/database.ts';
import { migrate } from '../platform/migrate.ts';
import { openActiveRules } from '../rulebook/active-service.ts';
import { registerLibrary } from '../rulebook/library-service.ts';
import { loadRuleSet } from '../rules/library.ts';
import { replay, type ReplayProgress } from '../screening/replay-service.ts';
import { withDatabaseUrl } from './database-url.ts';

const concurrencyDefault = 2;
const concurrencyMax = 16;

interface Options {
  readonly from?: string;
  readonly to?: string;
  readonly after?: string;
  readonly concurrency: string;
}

export function register(program: Command): void {
  program
    .command('replay')
    .description(
      '按现行规则重新筛查已入库的结算（可随时中断） / screen known claims again by the present rules',
    )
    .option(
      '--from <day>',
      '只重筛此日及以后有结算的参保人，yyyy-MM-dd / persons with claims from this day on',
    )
    .option('--to <day>', '……至此日（含） / and up to this day')
    .option('--after <psn_no>', '从该人员编号之后继续 / go on after this person')
    .option('--concurrency <n>', `同时处理的事务数，1–${concurrencyMax}`, String(concurrencyDefault))
    .action(async (options: Options) => {
      process.exitCode = await replayAll(options);
    });
}

/** @returns 0 when everything was judged, 1 when a rule could not be trusted somewhere or it was stopped; errors end in 2. */
async function replayAll(options: Options): Promise<number> {
  const fromDay = dayFrom(options.from, '--from');
  const toDay = dayFrom(options.to, '--to');
  const concurrency = Number(options.concurrency);
  if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > concurrencyMax)
    throw new Error(
      `--concurrency 应为 1 至 ${concurrencyMax} 的整数 / must be an integer from 1 to ${concurrencyMax}`,
    );
  const config = loadConfig();
  const ruleSet = await loadRuleSet(config.rulesDir);
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  return withDatabaseUrl(config, print, async (url) => {
    await migrate(url);
    const database = openDatabase(url, { applicationName: 'fundwatch replay', poolMax: concurrency + 1 });
    await registerLibrary(database, config.rulesDir, ruleSet);
    const rules = await openActiveRules(database, ruleSet.knowledge);
    const bar = progressBar();
    try {
      let last: ReplayProgress | null = null;
      for await (const progress of replay(database, rules, {
        concurrency,
        signal: stop.signal,
        ...(fromDay === undefined ? {} : { fromDay }),
        ...(toDay === undefined ? {} : { toDay }),
        ...(options.after === undefined ? {} : { after: options.after }),
      })) {
        if (last === null) bar.start(progress.personsTotal, 0);
        bar.update(progress.persons);
        last = progress;
      }
      bar.stop();
      if (last === null) return 1;
      printSummary(last, rules.current().version, stop.signal.aborted);
      return last.alarms.length > 0 || stop.signal.aborted ? 1 : 0;
    } finally {
      bar.stop();
      await database.close();
    }
  });
}

const progressBar = (): SingleBar =>
  new SingleBar({
    stream: process.stderr,
    format: '重筛 [{bar}] {percentage}% | {value}/{total} 人 | {duration_formatted}',
    barCompleteChar: '#',
    barIncompleteChar: '.',
    hideCursor: true,
    // Into a file or a pipe nothing is drawn; the summary says it all.
    noTTYOutput: false,
  });

function dayFrom(text: string | undefined, option: string): number | undefined {
  if (text === undefined) return undefined;
  const day = text.length === 10 ? dayOf(text) : null;
  if (day === null) throw new Error(`${option} 应为日期 yyyy-MM-dd / must be a day, yyyy-MM-dd`);
  return day;
}

function printSummary(progress: ReplayProgress, version: string, stopped: boolean): void {
  const { persons, judged, created, changed, withdrawn, alarms, doneUpTo } = progress;
  print(
    `参保人 ${persons}，结算 ${judged}；新增疑点 ${created}，变更 ${changed}，撤回 ${withdrawn}；规则集 ${version}\n` +
      `persons ${persons}, settlements ${judged}; findings created ${created}, changed ${changed}, withdrawn ${withdrawn}; rule set ${version}`,
  );
  if (alarms.length > 0)
    print(
      `规则异常 ${alarms.length} 次，相应结算记为无法判定 / rules failed ${alarms.length} times, noted as undecided`,
    );
  if (stopped) print(`已中断，可用 --after ${doneUpTo} 继续 / stopped; go on with --after ${doneUpTo}`);
}

function print(line: string): void {
  process.stderr.write(`${line}\n`);
}
