import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, renameSync, statSync, writeSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { bundledProgram } from '../platform/project.ts';
import { readyMessage } from './process.ts';

/** A part of the product (`api`, `work`) that runs as a child process of `npm start` and is started again when it dies. */
export type Child = {
  readonly name: string;
  /** Asks it to end in good order and waits; after `stopMs` it is killed. */
  stop(): Promise<void>;
  killNow(): void;
};

export type ChildOptions = {
  /** The command of `fundwatch` to run. */
  name: 'api' | 'work';
  env: Readonly<Record<string, string | undefined>>;
  logDir: string;
  print: (line: string) => void;
  /** Called when it died `restartsMax` times within `restartWindowMs`. */
  onGivenUp: (error: Error) => void;
  /** One that takes longer to start hangs, and is killed. */
  readyMs?: number;
};

const readyMsDefault = 120_000;
const stopMs = 30_000;
const restartsMax = 6;
const restartWindowMs = 120_000;
const restartPauseMs = 300;
const restartPauseMsMax = 10_000;
const logBytesMax = 20 * 1024 * 1024;
const lastLinesMax = 15;

const LogLine = z.object({
  level: z.string(),
  msg: z.string().optional(),
  err: z.object({ message: z.string() }).optional(),
});

type Run = { process: ChildProcess; ready: Promise<void>; exited: Promise<void>; lastLines: string[] };

/** Resolves when the child reports that it is ready; throws with its last words when it dies before. */
export async function startChild(options: ChildOptions): Promise<Child> {
  const log = openLog(path.join(options.logDir, `${options.name}.log`));
  let stopping = false;
  let run = spawnChild(options, log);
  try {
    await run.ready;
  } catch (error) {
    run.process.kill('SIGKILL');
    throw error;
  }

  const restarts: number[] = [];
  const watch = (watched: Run): void => {
    void watched.exited.then(async () => {
      if (stopping) return;
      const now = performance.now();
      restarts.push(now);
      const recent = restarts.filter((at) => now - at < restartWindowMs).length;
      if (recent > restartsMax) {
        options.onGivenUp(diedError(options.name, watched, log.file));
        return;
      }
      options.print(`${options.name} 意外退出，正在重新启动。${options.name} died; starting it again.`);
      await sleep(Math.min(restartPauseMs * 2 ** (recent - 1), restartPauseMsMax));
      if (stopping) return;
      run = spawnChild(options, log);
      const { process: again, ready } = run;
      // One that hangs while it starts is ended, and its end is watched below.
      ready.catch(() => again.kill('SIGKILL'));
      watch(run);
    });
  };
  watch(run);

  return {
    name: options.name,
    stop: async () => {
      stopping = true;
      run.process.kill('SIGTERM');
      const ended = await Promise.race([run.exited.then(() => true), sleep(stopMs, false, { ref: false })]);
      if (!ended) run.process.kill('SIGKILL');
      await run.exited;
      log.close();
    },
    killNow: () => {
      stopping = true;
      run.process.kill('SIGKILL');
    },
  };
}

function spawnChild(options: ChildOptions, log: ChildLog): Run {
  const readyMs = options.readyMs ?? readyMsDefault;
  const child = spawn(process.execPath, [...process.execArgv, bundledProgram('main'), options.name], {
    env: { ...options.env },
    // Its own process group: Ctrl-C must reach the supervisor only, which stops the parts in order.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const lastLines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on('line', (line) => {
      log.write(line);
      lastLines.push(line);
      if (lastLines.length > lastLinesMax) lastLines.shift();
      const alarm = alarmOf(line);
      if (alarm !== undefined) options.print(`[${options.name}] ${alarm}`);
    });
  }
  const exited = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
    child.once('error', () => resolve());
  });
  const run: Run = { process: child, exited, lastLines, ready: Promise.resolve() };
  run.ready = new Promise<void>((resolve, reject) => {
    const late = setTimeout(() => {
      reject(
        new Error(
          `${options.name} 在 ${readyMs / 1000} 秒内没有就绪。${options.name} was not ready within ${readyMs / 1000} s.`,
        ),
      );
    }, readyMs);
    child.on('message', (message) => {
      if (message === readyMessage) resolve();
    });
    void exited.then(() => reject(diedError(options.name, run, log.file)));
    const clear = (): void => clearTimeout(late);
    child.on('message', clear);
    void exited.then(clear);
  });
  return run;
}

function diedError(name: string, run: Run, logFile: string): Error {
  return new Error(
    `${name} 无法运行，日志见 ${logFile}\n${name} does not run; its log is ${logFile}\n${run.lastLines.map((line) => alarmOf(line) ?? line).join('\n')}`,
  );
}

/** What the operator must see at once: errors. Everything else is in the log file. */
function alarmOf(line: string): string | undefined {
  try {
    const { level, msg, err } = LogLine.parse(JSON.parse(line));
    if (level !== 'error' && level !== 'fatal') return undefined;
    return [msg, err?.message].filter((part) => part !== undefined).join(': ');
  } catch {
    return undefined;
  }
}

type ChildLog = { readonly file: string; write(line: string): void; close(): void };

/** Appends lines to a file, which is put aside once (`.old`) when it has grown too large. */
function openLog(file: string): ChildLog {
  mkdirSync(path.dirname(file), { recursive: true });
  let descriptor = openSync(file, 'a', 0o600);
  let bytes = statSync(file).size;
  return {
    file,
    write: (line) => {
      if (bytes > logBytesMax) {
        closeSync(descriptor);
        renameSync(file, `${file}.old`);
        descriptor = openSync(file, 'a', 0o600);
        bytes = 0;
      }
      bytes += writeSync(descriptor, `${line}\n`);
    },
    close: () => closeSync(descriptor),
  };
}
