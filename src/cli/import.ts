/** `fundwatch import`: files straight into the database, announced to the workers batch by batch. */
import { SingleBar } from 'cli-progress';
import type { Command } from 'commander';
import { systemActor } from '../audit/actor.ts';
import type { ClaimAnswer, IntakeCounts } from '../claims/contract.ts';
import { type ImportProgress, type ImportRequest, runImport } from '../claims/import/run.ts';
import type { IntakeDeps } from '../claims/intake.ts';
import { today } from '../platform/clock.ts';
import { loadConfig } from '../platform/config.ts';
import { openDatabase } from '../platform/database.ts';
import { createLog } from '../platform/log.ts';
import { migrate } from '../platform/migrate.ts';
import { openQueue } from '../platform/queue.ts';
import { screenJob, screenQueue } from '../screening/queue.ts';
import { openVault } from '../vault/vault-service.ts';
import { withDatabaseUrl } from './database-url.ts';
import { vaultSettings } from './vault-settings.ts';

/** One for the chunk that is stored, one that holds the run, and some to spare. */
const poolMax = 4;
/** Rejected rows that are printed one by one; all of them are in the quarantine. */
const rejectedShownMax = 20;

interface Options {
  readonly mapping?: string;
  readonly encoding?: string;
  readonly source?: string;
  readonly progress: boolean;
}

export function register(program: Command): void {
  program
    .command('import')
    .description('导入结算数据文件（可中断续传、可重复运行） / import claim files; resumable and re-runnable')
    .argument('<path...>', 'NDJSON、CSV 文件或目录，可为 .gz / files or folders')
    .option('--mapping <name>', 'CSV 映射：rules/mappings 中的名称，或映射文件 / a mapping by name or file')
    .option('--encoding <name>', '文件编码，默认自动识别 / utf-8, gb18030 or utf-16le; detected by default')
    .option('--source <name>', '来源名称，默认 import:<批次> / how the source is called')
    .option('--no-progress', '不显示进度条 / no progress bar')
    .action(async (paths: string[], options: Options) => {
      process.exitCode = await importFiles(paths, options);
    });
}

/** @returns 0 when everything was taken, 1 when something was rejected; errors are thrown and end in 2. */
async function importFiles(paths: readonly string[], options: Options): Promise<number> {
  const config = loadConfig();
  const log = createLog({ process: 'import', level: 'warn', destination: process.stderr });
  return withDatabaseUrl(config, print, async (url) => {
    await migrate(url);
    const database = openDatabase(url, { applicationName: 'fundwatch import', poolMax });
    const queue = await openQueue({ databaseUrl: url, redisUrl: config.redisUrl }, screenQueue, log);
    try {
      const deps: IntakeDeps = {
        database,
        vault: openVault(vaultSettings(config, database)),
        actor: systemActor('cli-import'),
        announce: (batchIds) => queue.addMany(batchIds.map(screenJob)),
        asOf: today,
        log,
      };
      return await showImport(deps, {
        paths,
        mappingsDir: `${config.rulesDir}/mappings`,
        ...(options.mapping === undefined ? {} : { mapping: options.mapping }),
        ...(options.encoding === undefined ? {} : { encoding: options.encoding }),
        ...(options.source === undefined ? {} : { source: options.source }),
        ...(options.progress ? {} : { onProgress: (): void => undefined }),
      });
    } finally {
      await queue.close();
      await database.close();
    }
  });
}

async function showImport(deps: IntakeDeps, request: ImportRequest): Promise<number> {
  const startedAt = performance.now();
  const bar = request.onProgress === undefined ? progressBar() : null;
  const reasons = new Map<string, number>();
  let shown = 0;
  let last: ImportProgress | null = null;
  const notices: string[] = [];
  try {
    const run = runImport(deps, {
      ...request,
      onProgress: ({ bytesRead, bytesTotal }) => bar?.moved(bytesRead, bytesTotal),
      onNotice: (zh, en) => notices.push(`${zh} / ${en}`),
    });
    for await (const progress of run) {
      if (last === null && progress.resumedAt > 0) {
        notices.push(`从第 ${progress.resumedAt} 条继续 / goes on after ${progress.resumedAt} claims`);
      }
      last = progress;
      bar?.counted(progress.counts);
      for (const answer of progress.answers) {
        if (answer.status !== 'rejected') continue;
        countReasons(reasons, answer);
        if (shown < rejectedShownMax) notices.push(...rejectedLines(answer));
        shown += 1;
      }
    }
  } finally {
    bar?.stop();
    for (const notice of notices) print(notice);
  }
  if (last === null) throw new Error('an import ended without a result');
  printSummary(last, reasons, (performance.now() - startedAt) / 1000);
  return last.counts.rejected > 0 ? 1 : 0;
}

function progressBar(): {
  moved: (bytesRead: number, bytesTotal: number) => void;
  counted: (counts: IntakeCounts) => void;
  stop: () => void;
} {
  const bar = new SingleBar({
    stream: process.stderr,
    format: '导入 [{bar}] {percentage}% | 接收 {received} 拒收 {rejected} | {duration_formatted}',
    barCompleteChar: '#',
    barIncompleteChar: '.',
    hideCursor: true,
    // Into a file or a pipe nothing is drawn; the summary says it all.
    noTTYOutput: false,
  });
  let started = false;
  return {
    moved: (bytesRead, bytesTotal) => {
      if (!started) bar.start(bytesTotal, 0, { received: 0, rejected: 0 });
      started = true;
      bar.update(bytesRead);
    },
    counted: ({ received, rejected }) => bar.update({ received, rejected }),
    stop: () => bar.stop(),
  };
}

function rejectedLines(answer: ClaimAnswer): string[] {
  return (answer.issues ?? []).map(
    ({ path, message }) => `拒收 / rejected #${answer.index} ${path} ${message.zh} / ${message.en}`,
  );
}

function countReasons(reasons: Map<string, number>, answer: ClaimAnswer): void {
  const listed = (answer.issues ?? []).filter(({ more }) => more === undefined);
  for (const code of new Set(listed.map((issue) => issue.code))) {
    reasons.set(code, (reasons.get(code) ?? 0) + 1);
  }
}

function printSummary(progress: ImportProgress, reasons: ReadonlyMap<string, number>, seconds: number): void {
  const { received, accepted, duplicate, revised, rejected } = progress.counts;
  const row = (zh: string, en: string, count: number): string =>
    `  ${zh}  ${en.padEnd(10)} ${String(count).padStart(10)}`;
  const lines = [
    `导入批次 ${progress.runId}，用时 ${seconds.toFixed(1)} 秒 / import run ${progress.runId}, ${seconds.toFixed(1)} s`,
    row('读入', 'received', received),
    row('新增', 'accepted', accepted),
    row('重复', 'duplicate', duplicate),
    row('更新', 'revised', revised),
    row('拒收', 'rejected', rejected),
    ...[...reasons].toSorted(([, a], [, b]) => b - a).map(([code, count]) => `    ${code}: ${count}`),
    ...(rejected > 0
      ? ['拒收的数据在隔离区中，改正后可重新提交 / rejected input is kept in the quarantine']
      : []),
  ];
  for (const line of lines) print(line);
}

function print(line: string): void {
  process.stderr.write(`${line}\n`);
}
