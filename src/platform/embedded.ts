import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { chmod, mkdir, readFile, rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { z } from 'zod';
import { withConnection } from './database.ts';
import { lockDataDir, processExists } from './data-dir-lock.ts';
import { type EmbeddedBinaries, locateEmbeddedBinaries } from './embedded-binaries.ts';
import {
  asServer,
  createCluster,
  type ServerIdentity,
  serverIdentity,
  systemPath,
} from './embedded-cluster.ts';

/**
 * The PostgreSQL that `npm start` and the tests bring along. Lives in `<dataDir>/postgres`, listens on the loopback address only, and
 * keeps its password and its port in `<dataDir>/postgres.json` (mode 0600).
 *
 * What is survived: the server killed at any moment (it is started again on the same port and recovers from its log), this process
 * killed (a watchdog then stops the server in good order), the machine losing power (synchronous_commit is on).
 */
export type EmbeddedPostgres = {
  readonly url: string;
  readonly port: number;
  /** Process id of the running server; it changes when the server had to be started again. */
  readonly pid: () => number;
  /** Ends all sessions, writes a checkpoint and waits until the server is gone. Safe to call twice. */
  readonly stop: () => Promise<void>;
};

export type EmbeddedPostgresOptions = {
  dataDir: string;
  /** Server settings that go before the built-in ones, e.g. `{ fsync: 'off' }` in tests. */
  settings?: Readonly<Record<string, string>>;
  /** Refuse to start with less room on the disk than this. */
  freeDiskBytesMin?: number;
  /** A server that neither answers nor recovers for so long is stopped. */
  startMs?: number;
  /** One line in Chinese and English for the operator. */
  report: (message: string) => void;
  /** Called when the server died `restartsMax` times within `restartWindowMs` and will not be started again. */
  onGivenUp?: (error: Error) => void;
};

const databaseName = 'fundwatch';
const userName = 'fundwatch';
const freeDiskBytesMinDefault = 300 * 1024 * 1024;
const startMsDefault = 60_000;
/** Replaying the log after a crash may take minutes; the server answers «starting up» for so long. */
const recoveryMs = 15 * 60_000;
const readyPollMs = 40;
/** How long the sessions of a server that was killed may take to notice: one that waits for a slow disk notices nothing meanwhile. */
const leftoverMs = 3 * 60_000;
const launchRetryPauseMs = 500;
const fastStopMs = 30_000;
const immediateStopMs = 10_000;
const restartsMax = 5;
const restartWindowMs = 60_000;
const logBytesMax = 10 * 1024 * 1024;
const logTailBytes = 8_000;

const ServerState = z.strictObject({
  port: z.number().int().min(1).max(65_535),
  password: z.string().min(16),
});
type ServerState = z.infer<typeof ServerState>;

type Server = { child: ChildProcess; watchdog: ChildProcess | undefined; pid: number; exited: Promise<void> };

export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const dataDir = path.resolve(options.dataDir);
  await mkdir(dataDir, { recursive: true, mode: 0o711 });
  await letPassThrough(dataDir);
  const lock = lockDataDir(dataDir);
  try {
    await refuseFullDisk(dataDir, options.freeDiskBytesMin ?? freeDiskBytesMinDefault);
    const binaries = await locateEmbeddedBinaries();
    const identity = await serverIdentity([dataDir, binaries.postgres]);
    const state = await prepareCluster(dataDir, binaries, identity, options);
    await stopOrphan(path.join(dataDir, 'postgres'), options.report);
    const launch = (mayMovePort: boolean): Promise<Server> =>
      launchServer({ dataDir, binaries, identity, state, options, mayMovePort });
    const kept = keepRunning(await launch(true), () => launch(false), options, dataDir);
    try {
      await ensureDatabase(state);
    } catch (error) {
      await kept.stop();
      throw error;
    }
    let stopping: Promise<void> | undefined;
    const stop = async (): Promise<void> => {
      await kept.stop();
      lock.release();
    };
    return {
      url: connectionUrl(state, databaseName),
      port: state.port,
      pid: kept.pid,
      stop: () => (stopping ??= stop()),
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Starts the server again whenever it dies, until stopped or until it dies too often. */
function keepRunning(
  first: Server,
  relaunch: () => Promise<Server>,
  options: EmbeddedPostgresOptions,
  dataDir: string,
): { pid: () => number; stop: () => Promise<void> } {
  let server = first;
  let stopping = false;
  const diedAt: number[] = [];

  const watch = async (): Promise<void> => {
    for (;;) {
      await server.exited;
      if (stopping) return;
      const now = performance.now();
      diedAt.push(now);
      if (diedAt.filter((at) => now - at < restartWindowMs).length > restartsMax) {
        throw new Error(
          `内置数据库反复退出，已停止重启，请查看 ${dataDir}/postgres.log。\n` +
            `The embedded database keeps dying and is not started again; see ${dataDir}/postgres.log.`,
        );
      }
      options.report('内置数据库意外退出，正在重新启动。The embedded database died; starting it again.');
      server = await relaunch();
      if (stopping) await stopServer(server);
    }
  };
  const watching = watch().catch((error: unknown) => {
    const givenUp = error instanceof Error ? error : new Error(String(error));
    if (options.onGivenUp === undefined) throw givenUp;
    options.onGivenUp(givenUp);
  });
  return {
    pid: () => server.pid,
    stop: async () => {
      stopping = true;
      await stopServer(server);
      // A server that is just being started again is stopped there, as soon as it can be.
      await watching.catch(() => undefined);
    },
  };
}

/** For root the server runs as another user, who must be able to pass through our folder (not to look into it). */
async function letPassThrough(dataDir: string): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const { mode } = await stat(dataDir);
  if ((mode & 0o011) !== 0o011) await chmod(dataDir, mode | 0o011);
}

function connectionUrl(state: ServerState, database: string): string {
  return `postgresql://${userName}:${encodeURIComponent(state.password)}@127.0.0.1:${state.port}/${database}`;
}

async function refuseFullDisk(dataDir: string, freeBytesMin: number): Promise<void> {
  const disk = await statfs(dataDir);
  const freeBytes = disk.bavail * disk.bsize;
  if (freeBytes < freeBytesMin) throw diskFullError(dataDir);
}

function diskFullError(dataDir: string): Error {
  return new Error(
    `磁盘空间不足：${dataDir} 所在磁盘已满或即将用完。请清理磁盘，或用 FUNDWATCH_DATA_DIR 指定其他磁盘上的目录。\n` +
      `Disk full, or nearly so, where ${dataDir} lives. ` +
      'Free some space, or choose a folder on another disk with FUNDWATCH_DATA_DIR.',
  );
}

/** Creates the cluster on the first start and returns how to reach it. */
async function prepareCluster(
  dataDir: string,
  binaries: EmbeddedBinaries,
  identity: ServerIdentity,
  options: EmbeddedPostgresOptions,
): Promise<ServerState> {
  const clusterDir = path.join(dataDir, 'postgres');
  const stateFile = path.join(dataDir, 'postgres.json');
  if (await exists(path.join(clusterDir, 'PG_VERSION'))) {
    const stateText = await readFile(stateFile, 'utf8').catch(() => undefined);
    if (stateText === undefined) {
      throw new Error(
        `缺少 ${stateFile}（内置数据库的密码）。请从备份恢复该文件；若数据可丢弃，删除 ${dataDir} 后重新启动。\n` +
          `${stateFile} (the embedded database's password) is missing. Restore it from a backup, ` +
          `or delete ${dataDir} if its data can be lost, and start again.`,
      );
    }
    return ServerState.parse(JSON.parse(stateText));
  }
  options.report('首次启动：正在创建内置数据库。First start: creating the embedded database.');
  const state: ServerState = { port: await freePort(), password: randomBytes(24).toString('base64url') };
  // The cluster is made beside its place and moved there when complete, so that a kill in between leaves nothing half-made.
  const draftDir = path.join(dataDir, 'postgres.new');
  await rm(draftDir, { recursive: true, force: true });
  const durable = options.settings?.['fsync'] !== 'off';
  await createCluster({
    binaries,
    identity,
    clusterDir: draftDir,
    userName,
    password: state.password,
    durable,
  });
  await writeState(stateFile, state);
  await rename(draftDir, clusterDir);
  return state;
}

async function writeState(stateFile: string, state: ServerState): Promise<void> {
  await writeFile(`${stateFile}.new`, JSON.stringify(state), { mode: 0o600 });
  await rename(`${stateFile}.new`, stateFile);
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

/**
 * A server may still run although no fundwatch does (we hold the lock): its fundwatch was killed and the watchdog is just stopping it.
 * It is stopped rather than adopted, because its settings may be those of an older release.
 */
async function stopOrphan(clusterDir: string, report: (message: string) => void): Promise<void> {
  const pidFile = path.join(clusterDir, 'postmaster.pid');
  const pid = Number.parseInt((await readFile(pidFile, 'utf8').catch(() => '')).split('\n')[0] ?? '', 10);
  if (!Number.isInteger(pid) || pid <= 0) return;
  if (await isServerOf(clusterDir, pid)) {
    report(`正在停止遗留的数据库进程 ${pid}。Stopping the left-over database process ${pid}.`);
    await endProcess(pid);
  }
  // PostgreSQL refuses to start while any process has the number in this file, be it a shell that got the number later.
  await rm(pidFile, { force: true });
}

async function isServerOf(clusterDir: string, pid: number): Promise<boolean> {
  if (!processExists(pid)) return false;
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined);
  // Where the system does not tell (not Linux), believe the pid file: a wrong «yes» is an error message, a wrong «no» is two servers.
  return commandLine === undefined
    ? process.platform !== 'linux'
    : commandLine.split('\0').includes(clusterDir);
}

async function endProcess(pid: number): Promise<void> {
  const steps = [
    { signal: 'SIGINT', waitMs: fastStopMs },
    { signal: 'SIGQUIT', waitMs: immediateStopMs },
  ] as const;
  for (const { signal, waitMs } of steps) {
    process.kill(pid, signal);
    const giveUpAt = performance.now() + waitMs;
    while (performance.now() < giveUpAt) {
      if (!processExists(pid)) return;
      await sleep(readyPollMs);
    }
  }
  throw new Error(
    `无法停止遗留的数据库进程 ${pid}，请手动结束它。Cannot stop the database process ${pid}; end it by hand.`,
  );
}

type Launch = {
  dataDir: string;
  binaries: EmbeddedBinaries;
  identity: ServerIdentity;
  state: ServerState;
  options: EmbeddedPostgresOptions;
  /** Only as long as nobody has been told the port. */
  mayMovePort: boolean;
};

async function launchServer(launch: Launch): Promise<Server> {
  const settings = { ...(await builtInSettings()), ...launch.options.settings };
  const logFile = path.join(launch.dataDir, 'postgres.log');
  const giveUpAt = performance.now() + leftoverMs;
  for (;;) {
    await keepLogShort(logFile);
    const logStartBytes = await fileBytes(logFile);
    const server = spawnServer(launch, settings, logFile);
    if (await becomesReady(server, launch)) return server;
    const log = (await readFile(logFile)).subarray(logStartBytes).subarray(-logTailBytes).toString('utf8');
    await followUpFailedLaunch(launch, log, giveUpAt);
  }
}

/** Decides after a failed launch whether another attempt makes sense; throws with advice for the operator when not. */
async function followUpFailedLaunch(
  { dataDir, state, mayMovePort }: Launch,
  log: string,
  giveUpAt: number,
): Promise<void> {
  if (performance.now() >= giveUpAt) throw launchError(dataDir, log);
  if (/No space left on device/i.test(log)) throw diskFullError(dataDir);
  const portIsTaken = /Address already in use|could not create any TCP\/IP sockets/i.test(log);
  if (portIsTaken && mayMovePort) {
    state.port = await freePort();
    await writeState(path.join(dataDir, 'postgres.json'), state);
    return;
  }
  // Sessions of a server that was killed need a moment to notice; so does its shared memory.
  if (
    portIsTaken ||
    /pre-existing shared memory block|lock file "postmaster.pid" already exists/i.test(log)
  ) {
    await sleep(launchRetryPauseMs);
    return;
  }
  throw launchError(dataDir, log);
}

function launchError(dataDir: string, log: string): Error {
  return new Error(
    `内置数据库无法启动，完整日志见 ${dataDir}/postgres.log：\n` +
      `The embedded database does not start; its whole log is ${dataDir}/postgres.log:\n${log.trim()}`,
  );
}

function spawnServer(
  { dataDir, binaries, identity, state }: Launch,
  settings: Readonly<Record<string, string>>,
  logFile: string,
): Server {
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const log = openSync(logFile, 'a', 0o600);
  const serverArgs = ['-D', path.join(dataDir, 'postgres'), '-p', String(state.port), ...flags];
  const { program, args, user } = asServer(identity, binaries.postgres, serverArgs);
  const child = spawn(program, args, {
    ...user,
    // Its own process group: Ctrl-C in the terminal must reach fundwatch only, which stops the database last.
    detached: true,
    stdio: ['ignore', log, log],
    cwd: path.parse(dataDir).root,
    env: { LC_ALL: 'C', PGTZ: 'UTC', PATH: systemPath },
  });
  closeSync(log);
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const pid = child.pid ?? 0;
  const watchdog = pid === 0 ? undefined : spawnWatchdog(pid);
  void exited.then(() => watchdog?.kill('SIGKILL'));
  return { child, watchdog, pid, exited };
}

/**
 * A shell that waits for its standard input to end, which happens when this process is gone, however it went, and then asks the server
 * to stop. Without it, kill -9 of fundwatch would leave the database running.
 */
function spawnWatchdog(serverPid: number): ChildProcess | undefined {
  if (process.platform === 'win32') return undefined;
  const watchdog = spawn('/bin/sh', ['-c', `read -r _; kill -INT ${serverPid} 2>/dev/null`], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watchdog.unref();
  watchdog.stdin?.on('error', () => undefined);
  return watchdog;
}

/** Waits until the server takes queries. False when it ended instead. */
async function becomesReady(server: Server, { state, options }: Launch): Promise<boolean> {
  const startMs = options.startMs ?? startMsDefault;
  const startedAt = performance.now();
  let isRecovering = false;
  let recoveryReported = false;
  while (!hasEnded(server)) {
    const answer = await askServer(state);
    if (answer === 'ready') return !hasEnded(server);
    // A server that is busy recovering does not answer every time.
    isRecovering ||= answer === 'recovering';
    const waitedMs = performance.now() - startedAt;
    if (waitedMs > (isRecovering ? recoveryMs : startMs)) {
      await stopServer(server);
      return false;
    }
    if (isRecovering && waitedMs > 3_000 && !recoveryReported) {
      recoveryReported = true;
      options.report('数据库正在从上次异常中恢复。The database is recovering from the last crash.');
    }
    await sleep(readyPollMs);
  }
  return false;
}

async function askServer(state: ServerState): Promise<'ready' | 'recovering' | 'silent'> {
  const client = new pg.Client({
    connectionString: connectionUrl(state, 'postgres'),
    connectionTimeoutMillis: 2_000,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
    return 'ready';
  } catch (error) {
    return error instanceof pg.DatabaseError && error.code === '57P03' ? 'recovering' : 'silent';
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function ensureDatabase(state: ServerState): Promise<void> {
  const options = { applicationName: 'fundwatch embedded' };
  await withConnection(connectionUrl(state, 'postgres'), options, async (client) => {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [databaseName]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${databaseName}`);
  });
}

function hasEnded({ child, pid }: Server): boolean {
  return pid === 0 || child.exitCode !== null || child.signalCode !== null;
}

async function stopServer(server: Server): Promise<void> {
  if (hasEnded(server)) return;
  server.child.kill('SIGINT');
  const graceful = await Promise.race([
    server.exited.then(() => true),
    sleep(fastStopMs, false, { ref: false }),
  ]);
  if (graceful) return;
  // SIGQUIT ends it at once; the next start replays the log.
  server.child.kill('SIGQUIT');
  const quit = await Promise.race([
    server.exited.then(() => true),
    sleep(immediateStopMs, false, { ref: false }),
  ]);
  if (!quit) server.child.kill('SIGKILL');
  await server.exited;
}

/** Tuned for one host that also runs the API and the workers: bulk loading first, many small sessions second. */
async function builtInSettings(): Promise<Record<string, string>> {
  const gib = 1024 ** 3;
  const roomy = os.totalmem() >= 4 * gib;
  const large = os.totalmem() >= 16 * gib;
  return {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '60',
    shared_buffers: large ? '2GB' : roomy ? '512MB' : '128MB',
    effective_cache_size: large ? '8GB' : roomy ? '2GB' : '512MB',
    work_mem: roomy ? '32MB' : '8MB',
    maintenance_work_mem: roomy ? '256MB' : '64MB',
    min_wal_size: '256MB',
    max_wal_size: '4GB',
    checkpoint_timeout: '15min',
    // Claims come at random places of their indexes: compressing each page once a checkpoint would cost more than writing it.
    wal_compression: 'off',
    random_page_cost: '1.1',
    synchronous_commit: 'on',
    // Containers often give only 64 MB of /dev/shm, which parallel queries would fill.
    dynamic_shared_memory_type:
      process.platform === 'win32' ? 'windows' : (await sharedMemoryIsSmall()) ? 'mmap' : 'posix',
    // The log must not hold personal data: neither statements nor their parameters nor the key values of a violated constraint.
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_timezone: 'UTC',
    timezone: 'UTC',
  };
}

async function sharedMemoryIsSmall(): Promise<boolean> {
  const roomyBytesMin = 512 * 1024 * 1024;
  const memory = await statfs('/dev/shm').catch(() => undefined);
  return memory !== undefined && memory.blocks * memory.bsize < roomyBytesMin;
}

async function keepLogShort(logFile: string): Promise<void> {
  if ((await fileBytes(logFile)) > logBytesMax) await rename(logFile, `${logFile}.old`);
}

async function fileBytes(file: string): Promise<number> {
  return stat(file).then(
    (found) => found.size,
    () => 0,
  );
}

/** A loopback port that nobody listens on at this moment. */
async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => {
        if (address === null || typeof address === 'string')
          reject(new Error('the probe socket has no port'));
        else resolve(address.port);
      });
    });
  });
}
