/** The process that `startTask` starts. */
import { once } from 'node:events';
import { z } from 'zod';
import { goMessage, startSchema, type Task, type TaskMessage } from './task.ts';

const bytesPerKb = 1_024;

const tell = (message: TaskMessage): void => {
  process.send?.(message);
};

async function run<Order, Result>(task: Task<Order, Result>, order: unknown): Promise<void> {
  const work = await task.prepare(task.order.parse(order), (done) => tell({ kind: 'progress', done }));
  tell({ kind: 'ready' });
  z.tuple([z.literal(goMessage)]).parse((await once(process, 'message')).slice(0, 1));
  const before = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  const peakBytes = process.resourceUsage().maxRSS * bytesPerKb;
  tell({ kind: 'done', result, cpuUs: user + system, peakBytes });
}

/** Loaded only when it is asked for: the sender needs no database. */
const tasks: ReadonlyMap<string, (order: unknown) => Promise<void>> = new Map([
  ['send', async (order: unknown) => run((await import('./send.ts')).sending, order)],
  ['ask', async (order: unknown) => run((await import('./ask.ts')).asking, order)],
  ['load', async (order: unknown) => run((await import('./load.ts')).loading, order)],
  ['naive', async (order: unknown) => run((await import('./naive.ts')).naive, order)],
  ['floor', async (order: unknown) => run((await import('./floor.ts')).flooring, order)],
]);

// It was told that the work is done, or it is gone: nobody is left to work for.
process.once('disconnect', () => process.exit(0));
const [start]: unknown[] = await once(process, 'message');
const { task, order } = startSchema.parse(start);
const begin = tasks.get(task);
if (begin === undefined) throw new Error(`there is no task ${task}`);
await begin(order);
