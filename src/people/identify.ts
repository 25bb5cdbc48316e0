/** Finds out who makes a request, and slows down who makes too many. Stands before every route. */
import type { Request, RequestHandler, Response } from 'express';
import type { Actor } from '../audit/actor.ts';
import { AppError } from '../platform/http.ts';
import type { Buckets } from '../platform/buckets.ts';
import { type Caller, actorOf, sightOfCaller } from './caller.ts';
import { clearSessionCookie, readSessionCookie, refuseForeign } from './cookie.ts';
import { type Permission, permissionsOf } from './permissions.ts';
import type { Sight } from './sight.ts';

export interface IdentifyDeps {
  readonly sessionOf: (token: string, isIdle: boolean) => Promise<Caller | null>;
  readonly keys: {
    readonly remembered: (token: string) => Caller | undefined;
    readonly find: (token: string) => Promise<Caller | null>;
  };
  readonly recordRefusal: (actor: Actor, route: string, access: string) => Promise<void>;
  readonly limits: RequestBuckets;
}

export interface RequestBuckets {
  readonly address: Buckets;
  readonly account: Buckets;
  readonly key: Buckets;
}

/** What a key that is none costs of the requests of its address: a machine that was set up wrongly asks again and again. */
const badKeyCost = 20;

/** Sent by the console while nobody touches it. */
const idleHeader = 'x-fundwatch-idle';

export function identify(deps: IdentifyDeps): RequestHandler {
  return async (request, response, next) => {
    const caller = await callerOf(deps, request, response);
    response.locals.caller = caller;
    if (caller?.kind === 'account') {
      refuseForeign(request);
      // What is shown to one is kept by no proxy and no history for the next one at the same machine.
      response.set('cache-control', 'no-store');
    }
    if (caller !== null) {
      response.locals.recordRefusal = (access) =>
        deps.recordRefusal(requestActor(request, response), `${request.method} ${routeOf(request)}`, access);
    }
    next();
  };
}

async function callerOf(deps: IdentifyDeps, request: Request, response: Response): Promise<Caller | null> {
  const { limits } = deps;
  const bearer = /^Bearer +(fw_\S+)$/i.exec(request.get('authorization') ?? '')?.[1];
  if (bearer !== undefined) {
    const known = deps.keys.remembered(bearer);
    if (known !== undefined) {
      slow(limits.key, nameOf(known), 1);
      return known;
    }
  }
  const address = addressOf(request);
  const cookie = readSessionCookie(request);
  if (bearer === undefined && cookie === null) {
    slow(limits.address, address, 1);
    return null;
  }
  // Asked before the database is: an address that guesses must not keep it busy.
  slow(limits.address, address, 0);
  const caller =
    bearer !== undefined
      ? await deps.keys.find(bearer)
      : await deps.sessionOf(cookie ?? '', request.get(idleHeader) !== undefined);
  if (caller === null && bearer !== undefined) {
    slow(limits.address, address, badKeyCost);
    throw unknownKey();
  }
  if (caller === null) {
    // A session that is over is nothing to guess at; without its cookie the next request needs no look into the database.
    slow(limits.address, address, 1);
    clearSessionCookie(request, response);
    return null;
  }
  slow(caller.kind === 'key' ? limits.key : limits.account, nameOf(caller), 1);
  return caller;
}

const nameOf = (caller: Caller): string =>
  caller.kind === 'key' ? `key ${caller.keyId}` : `account ${caller.accountId}`;

/** A key that is wrong is told at once: a machine that is answered like nobody at all would be looked into for hours. */
const unknownKey = (): AppError =>
  new AppError({
    status: 401,
    code: 'unknown_key',
    message: { zh: '接口密钥无效、已过期或已吊销', en: 'The API key is wrong, expired or revoked' },
  });

function slow(buckets: Buckets, subject: string, cost: number): void {
  const retryAfterS = buckets.take(subject, cost);
  if (retryAfterS === 0) return;
  throw new AppError({
    status: 429,
    code: 'too_many_requests',
    message: { zh: '请求过于频繁，请稍后再试', en: 'Too many requests; slow down' },
    retryAfterS,
  });
}

const unknownAddress = '-';
export const addressOf = (request: Request): string => request.ip ?? unknownAddress;

/** Of the pattern, or at least the part before ids: never the address as it was asked for. */
const routeOf = (request: Request): string => {
  const route: unknown = request.route;
  return typeof route === 'object' && route !== null && 'path' in route
    ? `${request.baseUrl}${String(route.path)}`
    : request.baseUrl;
};

/** @throws where nobody is known: such a route changes nothing */
export function requestActor(request: Request, response: Response): Actor {
  const caller = response.locals.caller ?? null;
  if (caller === null) throw new Error('a route that is recorded was reached without a caller');
  return actorOf(caller, { address: addressOf(request), requestId: response.locals.requestId });
}

/** Somebody who acts, with what they may. */
export interface Who {
  readonly actor: Actor;
  readonly permissions: readonly Permission[];
}

/** Keys of machines hold none of the permissions that are asked for by this. */
export function whoAsks(request: Request, response: Response): Who {
  const caller = response.locals.caller ?? null;
  return {
    actor: requestActor(request, response),
    permissions: caller?.kind === 'account' ? permissionsOf(caller.role, caller.area) : [],
  };
}

/** What of the claims the caller sees. @throws where nobody is known */
export const seenBy = (response: Response): Sight => sightOfCaller(response.locals.caller ?? null);
