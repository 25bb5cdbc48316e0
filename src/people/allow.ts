/** How a route says what it takes to call it. A route that says nothing is closed: `denyUndeclared`. */
import type { Express, IRoute, RequestHandler } from 'express';
import { z } from 'zod';
import { bringsToken } from '../platform/admin.ts';
import { type Caller, mayDo, refusalOf } from './caller.ts';
import type { Access } from './permissions.ts';

declare global {
  namespace Express {
    interface Locals {
      /** `null`: nobody who is known. Set by `identify`. */
      caller?: Caller | null;
      /** Writes down that this was refused; set by `identify`. */
      recordRefusal?: (access: Access) => Promise<void>;
    }
  }
}

const declared = new WeakMap<object, Access>();

/** Stands first at every route: `router.get('/findings', allow('findings.read'), …)`. */
export function allow(access: Access): RequestHandler {
  const handler: RequestHandler = async (_request, response, next) => {
    const verdict = mayDo(response.locals.caller ?? null, access);
    if (verdict === 'allowed') {
      next();
      return;
    }
    if (verdict === 'forbidden') await response.locals.recordRefusal?.(access);
    throw refusalOf(verdict);
  };
  declared.set(handler, access);
  return handler;
}

/**
 * For what programs look at without an account of their own (Prometheus) or before anybody can sign in: administrators and auditors, or
 * whoever brings the token of the settings. `undefined`: there is no token.
 */
export function allowOperations(token: string | undefined): RequestHandler {
  const bringsIt = token === undefined ? () => false : bringsToken(token);
  const bySession = allow('operations.read');
  const handler: RequestHandler = (request, response, next) => {
    if (bringsIt(request)) return next();
    if (token !== undefined && response.locals.caller == null)
      response.set('www-authenticate', 'Basic realm="fundwatch administrators", charset="UTF-8"');
    return bySession(request, response, next);
  };
  declared.set(handler, 'operations.read');
  return handler;
}

export interface DeclaredRoute {
  readonly method: string;
  /** From the root, as Express writes it; a regular expression as its source. */
  readonly path: string;
  /** `null`: nobody may. */
  readonly access: Access | null;
}

const anyFunction = z.custom<RequestHandler>((value) => typeof value === 'function');
const pathPart = z.union([z.string(), z.instanceof(RegExp).transform(String)]);
const layerSchema = z.object({
  rawPath: z.union([pathPart, z.array(pathPart)]).default('/'),
  handle: anyFunction,
  route: z.custom<IRoute>((value) => typeof value === 'object' && value !== null).optional(),
});

/** What is mounted in a router, which is a function with a list, or in an application, which has a router; `null`: neither. */
function stackOf(value: unknown): readonly unknown[] | null {
  if (typeof value !== 'function') return null;
  if ('stack' in value && Array.isArray(value.stack)) return value.stack;
  return 'router' in value ? stackOf(value.router) : null;
}

interface Found {
  readonly path: string;
  readonly route: IRoute;
  readonly access: Access | null;
}

/** Everything that is routed, and the names of what answers without being a route. */
export function routesOf(app: Express): { routes: DeclaredRoute[]; others: string[] } {
  const { found, others } = walk(app.router, '', null);
  return {
    routes: found.flatMap(({ path, route, access }) =>
      methodsOf(route).map((method) => ({ method, path, access })),
    ),
    others,
  };
}

/** Closes every route that does not say who may call it. Called when all are mounted. */
export function denyUndeclared(app: Express): void {
  for (const { route, access } of walk(app.router, '', null).found) {
    if (access !== null) continue;
    route.all((_request, response) => {
      throw refusalOf(response.locals.caller == null ? 'not_signed_in' : 'forbidden');
    });
    // Handlers run in the order of the stack: the refusal has to stand before what it refuses.
    const last = route.stack.pop();
    if (last !== undefined) route.stack.unshift(last);
  }
}

/** @param inherited what a handler before, mounted at the same place, has declared for all that follows there */
function walk(router: unknown, base: string, inherited: Access | null): { found: Found[]; others: string[] } {
  const found: Found[] = [];
  const others: string[] = [];
  const declaredAt = new Map<string, Access>();
  for (const each of stackOf(router) ?? []) {
    const { rawPath, handle, route } = layerSchema.parse(each);
    const text = typeof rawPath === 'string' ? rawPath : rawPath.join(' or ');
    const path = text === '/' && route === undefined ? base : `${base}${text}`;
    const outer = declaredAt.get(path) ?? inherited;
    if (route !== undefined) {
      found.push({ path, route, access: accessOf(route) ?? outer });
      continue;
    }
    const own = declared.get(handle);
    if (own !== undefined) declaredAt.set(path, own);
    else if (stackOf(handle) !== null) {
      const inner = walk(handle, path, outer);
      found.push(...inner.found);
      others.push(...inner.others);
    } else others.push(`${path} ${handle.name}`.trim());
  }
  return { found, others };
}

function accessOf(route: IRoute): Access | null {
  // Only the first one counts: what stands before it would have run already.
  const [first] = route.stack;
  return (first === undefined ? undefined : declared.get(first.handle)) ?? null;
}

const methodsOf = (route: IRoute): string[] => [...new Set(route.stack.map(({ method }) => method || 'all'))];
