import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { type Config, loadConfig } from '../platform/config.ts';
import { isUnavailable } from '../platform/database.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../platform/embedded.ts';
import { createLog } from '../platform/log.ts';
import { firstAdministratorLogin } from '../people/account-service.ts';
import { migrate } from '../platform/migrate.ts';
import { portProblem } from '../platform/port-holder.ts';
import { onShutdown } from '../platform/shutdown.ts';
import { type Child, startChild } from './children.ts';
import { firstPeople, firstStart } from './first-start.ts';

const shutdownDeadlineMs = 90_000;

export function register(program: Command): void {
  program
    .command('start')
    .description(
      '启动全部：数据库、接口、后台任务与控制台 / run everything: database, API, workers and console',
    )
    .action(runStart);
}

/**
 * Supervises what `npm start` brings up: the embedded database (unless DATABASE_URL), the API and the worker as child processes.
 * Everything that was started ends with this process, however it ends: on a signal in order; when it is killed, the children notice
 * that their channel to it is gone and the database's watchdog stops the database.
 */
async function runStart(): Promise<void> {
  const startedAt = performance.now();
  const config = loadConfig();
  await refuseTakenPort(config);
  await mkdir(config.dataDir, { recursive: true, mode: 0o711 });

  const running: { api?: Child; work?: Child; embedded?: EmbeddedPostgres } = {};
  const shutdown = onShutdown({
    log: createLog({ process: 'start', level: 'silent' }),
    deadlineMs: shutdownDeadlineMs,
    // `src/cli/launch.mjs` stands above this process.
    withParent: true,
    closers: [
      { name: 'farewell', close: async () => print('\n正在停止…… Stopping…') },
      // The API first: nothing new comes in while the worker finishes. The database last.
      { name: 'api', close: async () => running.api?.stop() },
      { name: 'worker', close: async () => running.work?.stop() },
      { name: 'embedded database', close: async () => running.embedded?.stop() },
    ],
    onForced: () => {
      running.api?.killNow();
      running.work?.killNow();
      if (running.embedded !== undefined) process.kill(running.embedded.pid(), 'SIGQUIT');
      print('已强制停止。Stopped by force.');
    },
  });
  const onGivenUp = (error: Error): void => {
    print(error.message);
    void shutdown('given up', 1);
  };

  try {
    if (config.databaseUrl === undefined) {
      running.embedded = await startEmbeddedPostgres({ dataDir: config.dataDir, report: print, onGivenUp });
    }
    const databaseUrl = config.databaseUrl ?? running.embedded?.url ?? '';
    await bringUpToDate(databaseUrl);
    const password = await firstPeople(config, databaseUrl);
    if (password !== null) printFirstPassword(password);

    // With DATABASE_URL the children would take the demo for off.
    const env = {
      ...process.env,
      DATABASE_URL: databaseUrl,
      FUNDWATCH_DEMO: config.demo ? 'on' : 'off',
    };
    const logDir = path.join(config.dataDir, 'logs');
    const startOne = async (name: 'api' | 'work'): Promise<void> => {
      running[name] = await startChild({ name, env, logDir, print, onGivenUp });
    };
    // Both at once: each takes a second or two to load. Both are waited for, so that a failure leaves none half-started.
    const started = await Promise.allSettled([startOne('api'), startOne('work')]);
    for (const result of started) if (result.status === 'rejected') throw result.reason;

    const apiUrl = addressOf(config);
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    print(`基金守望已启动（${seconds} 秒）。fundwatch runs.`);
    if (config.demo) await firstStart({ config, databaseUrl, apiUrl, print });
    print(`打开 ${apiUrl}，按 Ctrl-C 停止。Open ${apiUrl}; Ctrl-C stops everything.`);
  } catch (error) {
    print(error instanceof Error ? explain(error) : String(error));
    await shutdown('start failed', 1);
  }
}

/** Once, and nowhere else: nothing keeps it but its hash. */
function printFirstPassword(password: string): void {
  print(
    `首个管理员 / the first administrator: ${firstAdministratorLogin}\n` +
      `初始密码（只显示这一次，首次登录须修改）/ password (shown this once, to be changed at the first sign-in): ${password}`,
  );
}

function addressOf(config: Config): string {
  const isThisHost = ['0.0.0.0', '127.0.0.1', '::', '::1'].includes(config.host);
  return `http://${isThisHost ? 'localhost' : config.host}:${config.port}`;
}

async function refuseTakenPort(config: Config): Promise<void> {
  const problem = await portProblem(config.host, config.port);
  if (problem === undefined) return;
  const other = config.port === 65_535 ? 8081 : config.port + 1;
  if (problem.code === 'EADDRINUSE') {
    const holder =
      problem.holder === undefined
        ? { zh: '', en: '' }
        : { zh: `，占用者：${problem.holder}`, en: ` by ${problem.holder}` };
    throw new Error(
      `端口 ${config.port} 已被占用${holder.zh}。请停止它，或换一个端口：FUNDWATCH_PORT=${other} npm start\n` +
        `Port ${config.port} is taken${holder.en}. Stop that, or take another port: FUNDWATCH_PORT=${other} npm start`,
    );
  }
  throw new Error(
    `无法监听 ${config.host}:${config.port}（${problem.code}）。请检查 FUNDWATCH_HOST 与 FUNDWATCH_PORT。\n` +
      `Cannot listen on ${config.host}:${config.port} (${problem.code}). Check FUNDWATCH_HOST and FUNDWATCH_PORT.`,
  );
}

async function bringUpToDate(databaseUrl: string): Promise<void> {
  try {
    const applied = await migrate(databaseUrl);
    if (applied.length > 0)
      print(
        `已更新数据库结构：${applied.length} 项。Database brought up to date: ${applied.length} migrations.`,
      );
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    throw new Error(
      '无法连接 DATABASE_URL 指定的数据库。Cannot reach the database that DATABASE_URL names.',
      { cause: error },
    );
  }
}

/** Messages written for the operator carry Chinese; anything else is a fault of ours and comes with its stack. */
function explain(error: Error): string {
  return /[\u4e00-\u9fff]/.test(error.message) ? error.message : (error.stack ?? error.message);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
