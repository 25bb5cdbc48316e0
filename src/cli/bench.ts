/** `fundwatch bench`: measures this machine; prints tables, and with --json the figures. */
import { writeFile } from 'node:fs/promises';
import { type Command, InvalidArgumentError } from 'commander';
import { runBacktestBench } from '../bench/backtest.ts';
import { backtestReport } from '../bench/backtest-report.ts';
import { runDrawBench } from '../bench/draw.ts';
import { drawReport } from '../bench/draw-report.ts';
import { runCreditBench } from '../bench/credit.ts';
import { creditReport } from '../bench/credit-report.ts';
import { runPrecheckBench } from '../bench/precheck.ts';
import { precheckReport } from '../bench/precheck-report.ts';
import type { QueueKind } from '../bench/product.ts';
import { runRulesBench } from '../bench/rules.ts';
import { rulesReport } from '../bench/rules-report.ts';
import { runSoakBench } from '../bench/soak.ts';
import { soakReport, soakSvg } from '../bench/soak-report.ts';
import { runStreamBench } from '../bench/stream.ts';
import { streamReport } from '../bench/stream-report.ts';
import { today } from '../platform/clock.ts';
import { loadConfig } from '../platform/config.ts';

export function register(program: Command): void {
  const bench = program.command('bench').description('在本机测量 / measure this machine');
  // A signal alone ends the process without the `exit` event by which a Redis of the run's own is ended.
  bench.hook('preAction', () => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
      process.once(signal, () => process.exit(interruptedCode));
  });
  registerStream(bench);
  registerPrecheck(bench);
  registerSoak(bench);
  registerRules(bench);
  registerBacktest(bench);
  registerDraw(bench);
  registerCredit(bench);
}

const interruptedCode = 130;

interface SiteFlags {
  readonly persons: number;
  readonly history: number;
  readonly dataDir?: string;
  readonly port: number;
  readonly json?: string;
}

/** What every measurement has in common. */
function siteCommand(bench: Command, name: string, description: string, history: number): Command {
  return bench
    .command(name)
    .description(description)
    .option('--persons <n>', '参保人数 / persons', count, 1_000_000)
    .option(
      '--history <n>',
      '开始前已有的一年内结算单数 / claims of the year before the clock starts',
      count,
      history,
    )
    .option('--data-dir <dir>', '保留并重复使用历史数据 / keep the history and use it again')
    .option('--port <n>', '接口端口，0 为任一空闲端口 / port of the API, 0: a free one', count, 0)
    .option('--json <file>', '另写 JSON / write the figures too');
}

function registerStream(bench: Command): void {
  siteCommand(
    bench,
    'stream',
    '吞吐量与延迟，并与两条基线比较 / throughput and latency beside two baselines',
    2_000_000,
  )
    .option('--claims <n>', '每种配置的结算单数 / claims a variant', count, 200_000)
    .option('--queues <list>', 'postgres,redis', queueList, ['postgres', 'redis'])
    .option('--workers <list>', '工作进程数 / worker processes', countList, [1, 2])
    .option('--request-claims <n>', '每次上传的结算单数 / claims an upload', count, 4_000)
    .option('--connections <n>', '同时上传数 / uploads at the same time', count, 2)
    .option('--rate <n>', '测延迟时每秒到达的结算单数 / claims arriving a second for latency', count, 2_000)
    .option('--seconds <n>', '测延迟的秒数，0 为不测 / length of the latency part, 0: none', count, 20)
    .option(
      '--naive-claims <n>',
      '基线一的结算单数，0 为不测 / claims of the naive baseline, 0: none',
      count,
      1_000,
    )
    .option('--floor-claims <n>', '基线二的结算单数，0 为不测 / claims of the floor, 0: none', count, 50_000)
    .action(
      async (
        flags: SiteFlags & {
          claims: number;
          queues: QueueKind[];
          workers: number[];
          requestClaims: number;
          connections: number;
          rate: number;
          seconds: number;
          naiveClaims: number;
          floorClaims: number;
        },
      ) => {
        const figures = await runStreamBench({ ...flags, ...siteOptions(flags) });
        await report(flags.json, figures, streamReport(figures));
      },
    );
}

function registerPrecheck(bench: Command): void {
  siteCommand(
    bench,
    'precheck',
    '边上传边做事前审核的延迟 / pre-checks while claims stream in, then overload',
    2_000_000,
  )
    .option('--rate <n>', '每秒审核数 / pre-checks a second', count, 500)
    .option(
      '--overload-rates <list>',
      '过载时每秒审核数，一档一档来 / pre-checks a second in the overload, one after the other',
      countList,
      [1_000, 1_500, 2_500],
    )
    .option('--stream-rate <n>', '同时每秒到达的结算单数 / claims streaming in a second', count, 2_000)
    .option('--seconds <n>', '每一阶段的秒数 / seconds a stage', count, 30)
    .action(
      async (
        flags: SiteFlags & {
          rate: number;
          overloadRates: number[];
          streamRate: number;
          seconds: number;
        },
      ) => {
        const figures = await runPrecheckBench({ ...flags, ...siteOptions(flags) });
        await report(flags.json, figures, precheckReport(figures));
      },
    );
}

function registerSoak(bench: Command): void {
  siteCommand(bench, 'soak', '长时间运行，内存不得增长 / a long run in which no process may grow', 0)
    .option('--claims <n>', '结算单数 / claims', count, 20_000_000)
    .option('--queue <kind>', 'postgres 或 / or redis', queueKind, 'postgres')
    .option('--workers <n>', '工作进程数 / worker processes', count, 1)
    .option('--request-claims <n>', '每次上传的结算单数 / claims an upload', count, 4_000)
    .option('--connections <n>', '同时上传数 / uploads at the same time', count, 2)
    .option(
      '--ceiling-mb <list>',
      '各进程内存上限 / memory ceilings of the processes',
      ceilings,
      ceilings('api=1024,worker=768'),
    )
    .option('--csv <file>', '每 10 秒一行 / a row every 10 s')
    .option('--svg <file>', '内存曲线 / the memory curve')
    .action(
      async (
        flags: SiteFlags & {
          claims: number;
          queue: QueueKind;
          workers: number;
          requestClaims: number;
          connections: number;
          ceilingMb: Record<string, number>;
          csv?: string;
          svg?: string;
        },
      ) => {
        const site = siteOptions(flags);
        const figures = await runSoakBench({
          ...flags,
          ...site,
          world: { ...site.world, yearly: flags.claims },
          ceilingsMb: flags.ceilingMb,
          csv: flags.csv,
        });
        if (flags.svg !== undefined) await writeFile(flags.svg, soakSvg(figures));
        await report(flags.json, figures, soakReport(figures));
      },
    );
}

function registerRules(bench: Command): void {
  bench
    .command('rules')
    .description('同样的规则和结算单，与其他规则引擎比较 / the same rules and claims in other engines')
    .option('--rules <n>', '规则数 / rules', count, 80)
    .option('--claims <n>', '结算单数 / claims', count, 500)
    .option('--seconds <n>', '每个引擎的秒数 / seconds an engine', count, 10)
    .option('--json <file>', '数据文件 / file for the figures')
    .action(async (flags: { rules: number; claims: number; seconds: number; json?: string }) => {
      const figures = await runRulesBench({ ...flags, print });
      await report(flags.json, figures, rulesReport(figures));
    });
}

function registerDraw(bench: Command): void {
  bench
    .command('draw')
    .description('双随机抽取：从冻结名录到核验 / a draw from freezing to verification')
    .option('--objects <n>', '检查对象数 / objects', count, 100_000)
    .option('--inspectors <n>', '检查人员数 / inspectors', count, 2_000)
    .option('--json <file>', '数据文件 / file for the figures')
    .action(async (flags: { objects: number; inspectors: number; json?: string }) => {
      const figures = runDrawBench({ ...flags, print });
      await report(flags.json, figures, drawReport(figures));
    });
}

function registerBacktest(bench: Command): void {
  siteCommand(
    bench,
    'backtest',
    '一个规则草稿在全部历史上回测 / a draft of a rule over all history',
    1_000_000,
  )
    .option('--workers <n>', '工作进程数 / worker processes', count, 2)
    .option('--rule <code>', '由哪条规则改出草稿 / the rule of which a draft is made', 'FW-STAY-SPLIT')
    .action(async (flags: SiteFlags & { workers: number; rule: string }) => {
      const figures = await runBacktestBench({ ...flags, ...siteOptions(flags) });
      await report(flags.json, figures, backtestReport(figures));
    });
}

function registerCredit(bench: Command): void {
  bench
    .command('credit')
    .description(
      '风险指数与信用分对已标注机构的区分度 / how well risk index and credit tell labelled institutions apart',
    )
    .requiredOption('--data <dir>', '结算数据与标签所在目录 / folder of claims and labels')
    .option('--mapping <file>', '映射文件 / mapping file', 'cms-provider-fraud')
    .option('--json <file>', '另写 JSON / write the figures too')
    .action(async (flags: { data: string; mapping: string; json?: string }) => {
      const { rulesDir } = loadConfig();
      const figures = await runCreditBench({ ...flags, rulesDir, asOf: today(), print });
      await report(flags.json, figures, creditReport(figures));
    });
}

const print = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

const siteOptions = ({ persons, history, dataDir, port }: SiteFlags) => ({
  world: { persons, history },
  dataDir,
  port,
  rulesDir: loadConfig().rulesDir,
  print,
});

async function report(file: string | undefined, figures: object, text: string): Promise<void> {
  if (file !== undefined) await writeFile(file, `${JSON.stringify(figures, null, 2)}\n`);
  process.stdout.write(`${text}\n`);
}

function count(text: string): number {
  if (!/^\d{1,10}$/.test(text)) throw new InvalidArgumentError('a whole number is needed');
  return Number(text);
}

const countList = (text: string): number[] => text.split(',').map(count);

const queueList = (text: string): QueueKind[] => text.split(',').map(queueKind);

function queueKind(text: string): QueueKind {
  if (text === 'postgres' || text === 'redis') return text;
  throw new InvalidArgumentError('postgres, redis');
}

function ceilings(text: string): Record<string, number> {
  return Object.fromEntries(
    text.split(',').map((one): [string, number] => {
      const [, part, mb] = /^(api|worker|postgresql|redis|sender)=(\d{1,6})$/.exec(one) ?? [];
      if (part === undefined) throw new InvalidArgumentError('api=1024,worker=768,postgresql=…');
      return [part, Number(mb)];
    }),
  );
}
