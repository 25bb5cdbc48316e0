/**
 * Work that the benchmark does in a process of its own – sending, loading, the baselines – so that it neither disturbs nor hides in
 * what is measured. A task makes itself ready first and works when it is told to.
 */
import { fork } from 'node:child_process';
import { z } from 'zod';
import { bundledProgram } from '../platform/project.ts';

export interface Task<Order, Result> {
  /** As task-process.ts knows it. */
  readonly name: string;
  readonly order: z.ZodType<Order>;
  readonly result: z.ZodType<Result>;
  /** Everything that is not to be measured; what it returns is. */
  prepare(order: Order, progress: (done: number) => void): Promise<() => Promise<Result>>;
}

export interface Done<Result> {
  readonly result: Result;
  readonly cpuUs: number;
  readonly peakBytes: number;
}

export interface RunningTask<Result> {
  readonly pid: number;
  /** Lets the task begin. */
  go(): Promise<Done<Result>>;
  /** Ends the process, done or not. */
  end(): void;
}

export const startSchema = z.object({ task: z.string(), order: z.unknown() });
export const goMessage = 'go';
export const messageSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready') }),
  z.object({ kind: z.literal('progress'), done: z.number() }),
  z.object({ kind: z.literal('done'), result: z.unknown(), cpuUs: z.number(), peakBytes: z.number() }),
]);
export type TaskMessage = z.infer<typeof messageSchema>;

/** Resolves when the task is ready to begin. */
export async function startTask<Order, Result>(
  task: Task<Order, Result>,
  order: Order,
  onProgress: (done: number) => void = () => undefined,
): Promise<RunningTask<Result>> {
  const child = fork(bundledProgram('task-process'), [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const ended = new Promise<never>((_resolve, reject) => {
    child.once('exit', (code, signal) => {
      reject(new Error(`${task.name} 意外结束 / ${task.name} ended too early (${signal ?? code})`));
    });
  });
  const isReady = new Promise<void>((resolve) => {
    child.on('message', (message) => {
      if (messageSchema.parse(message).kind === 'ready') resolve();
    });
  });
  const done = new Promise<Done<Result>>((resolve) => {
    child.on('message', (message) => {
      const parsed = messageSchema.parse(message);
      if (parsed.kind === 'progress') onProgress(parsed.done);
      if (parsed.kind === 'done') resolve({ ...parsed, result: task.result.parse(parsed.result) });
    });
  });
  const outcome = Promise.race([done, ended]);
  // Awaited by whoever calls `go`; a task that dies before must not look unhandled.
  outcome.catch(() => undefined);
  child.send({ task: task.name, order });
  await Promise.race([isReady, ended]);
  return {
    pid: child.pid ?? 0,
    go: async () => {
      child.send(goMessage);
      try {
        return await outcome;
      } finally {
        // The process ends with its channel.
        if (child.connected) child.disconnect();
      }
    },
    end: () => {
      child.kill('SIGKILL');
    },
  };
}

export const worldSchema = z.object({
  persons: z.int().min(1),
  history: z.int().min(0),
  yearly: z.int().min(1).optional(),
});
export const rangeSchema = z.object({ from: z.int().min(0), to: z.int().min(0) });
