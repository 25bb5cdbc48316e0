import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A program that is started again whenever it dies, as systemd would. */
export interface Program {
  readonly name: string;
  readonly pid: () => number;
  /** In good order, and for good. */
  readonly stop: () => Promise<void>;
}

export interface ProgramOptions {
  readonly name: string;
  readonly command: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly logFile: string;
}

const restartPauseMs = 300;
const stopMs = 30_000;

export function keepRunning({ name, command, env, logFile }: ProgramOptions): Program {
  const [program = '', ...args] = command;
  let child: ChildProcess;
  let stopping = false;
  const start = (): void => {
    const log = openSync(logFile, 'a');
    // By the channel the product's processes notice that this one is gone, and end as well.
    child = spawn(program, args, { env, stdio: ['ignore', log, log, 'ipc'] });
    closeSync(log);
    child.once('exit', () => {
      process.off('exit', killWithUs);
      if (!stopping) setTimeout(startAgain, restartPauseMs);
    });
    process.once('exit', killWithUs);
  };
  const startAgain = (): void => {
    if (!stopping) start();
  };
  const killWithUs = (): void => {
    child.kill('SIGKILL');
  };
  start();
  return {
    name,
    pid: () => child.pid ?? 0,
    stop: async () => {
      stopping = true;
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), stopMs);
      await exited;
      clearTimeout(late);
    },
  };
}

/** False when it is just being started again. */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return pid > 0 && process.kill(pid, name);
  } catch {
    return false;
  }
}

/** Stops a process and its children – the sessions of PostgreSQL are such – for some time, as a suspended machine does. */
export async function freeze(pid: number, ms: number): Promise<void> {
  const pids = [pid, ...childrenOf(pid)].filter((one) => signal(one, 'SIGSTOP'));
  const thaw = (): void => {
    for (const one of pids) signal(one, 'SIGCONT');
  };
  // Who is frozen for ever cannot even be told to stop.
  process.once('exit', thaw);
  await sleep(ms);
  process.off('exit', thaw);
  thaw();
}

function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => parentOf(name) === pid)
    .map(Number);
}

function parentOf(name: string): number {
  try {
    const status = readFileSync(`/proc/${name}/stat`, 'utf8');
    return Number(status.slice(status.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return 0;
  }
}
