import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { ExpressAdapter } from '@bull-board/express';
import { Queue } from 'bullmq';
import { type RequestHandler, Router } from 'express';
import { AppError } from './http.ts';
import type { JobQueue } from './queue.ts';

/**
 * Bull Board over the queues, to look at only: jobs come back by themselves from what waits in the database, so there is nothing to mend
 * here. Its page asks for a font from outside; the content security policy, the same as everywhere, keeps the browser from fetching it.
 */
export function queueBoard(basePath: string, queues: readonly JobQueue[]): RequestHandler {
  const serverAdapter = new ExpressAdapter();
  serverAdapter.setBasePath(basePath);
  createBullBoard({
    queues: queues.map(({ bull }) => new BullMQAdapter(asQueue(bull), { readOnlyMode: true })),
    serverAdapter,
    options: { uiConfig: { boardTitle: 'fundwatch 队列 Queues' } },
  });
  return Router().use(refuseChanges, serverAdapter.getRouter());
}

/** Bull Board is typed for Redis alone, though it knows the PostgreSQL backend as well. */
function asQueue(bull: object): Queue {
  if (!(bull instanceof Queue)) throw new TypeError('not a queue of BullMQ');
  return bull;
}

const refuseChanges: RequestHandler = (request, _response, next) => {
  if (request.method === 'GET' || request.method === 'HEAD') {
    next();
    return;
  }
  throw new AppError({
    status: 405,
    code: 'read_only',
    message: { zh: '此处只能查看', en: 'This is to look at only' },
  });
};
