/** Who stands behind a request. There are no accounts yet: everybody who reaches the interface is the same one, told apart by address. */
import type { Request, Response } from 'express';
import type { Actor } from './actor.ts';

export function requestActor(request: Request, response: Response): Actor {
  return {
    account: 'api',
    role: 'anonymous',
    area: '*',
    ...(request.ip === undefined ? {} : { address: request.ip }),
    requestId: response.locals.requestId,
  };
}
