/** The process that `startTask` starts. */
import { once } from 'node:events';
import { z } from 'zod';
import { asking } from './ask.ts';
import { flooring } from './floor.ts';
import { loading } from './load.ts';
import { naive } from './naive.ts';
import { sending } from './send.ts';
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

const tasks: ReadonlyMap<string, (order: unknown) => Promise<void>> = new Map([
  [sending.name, (order: unknown) => run(sending, order)],
  [loading.name, (order: unknown) => run(loading, order)],
  [asking.name, (order: unknown) => run(asking, order)],
  [naive.name, (order: unknown) => run(naive, order)],
  [flooring.name, (order: unknown) => run(flooring, order)],
]);

// It was told that the work is done, or it is gone: nobody is left to work for.
process.once('disconnect', () => process.exit(0));
const [start]: unknown[] = await once(process, 'message');
const { task, order } = startSchema.parse(start);
await tasks.get(task)?.(order);
