/** The cookie that carries a session, and what a browser has to show besides before it may change anything. */
import type { Request, Response } from 'express';
import { AppError } from '../platform/http.ts';

/** Behind TLS the name itself keeps other hosts of the domain and plain connections from planting one (RFC 6265bis, 4.1.3.2). */
const nameFor = (request: Request): string =>
  request.secure ? '__Host-fundwatch_session' : 'fundwatch_session';

export const readSessionCookie = (request: Request): string | null => readCookie(request, nameFor(request));

export function readCookie(request: Request, name: string): string | null {
  for (const pair of (request.get('cookie') ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return null;
}

/** Ends with the browser at the latest; how long a session lasts is decided by the server alone. */
export function setSessionCookie(request: Request, response: Response, token: string): void {
  response.cookie(nameFor(request), token, attributesFor(request));
}

export function clearSessionCookie(request: Request, response: Response): void {
  response.clearCookie(nameFor(request), attributesFor(request));
}

const attributesFor = (request: Request) =>
  ({ httpOnly: true, sameSite: 'strict', secure: request.secure, path: '/' }) as const;

/** A page of another site cannot send this header without asking us first (CORS), and we never say yes. */
export const consoleHeader = 'x-fundwatch-console';

/**
 * SameSite=Strict keeps the cookie from requests of other sites; two more fences stand behind it for browsers that do not know it and
 * for neighbours under the same domain, who count as the same site.
 */
export function refuseForeign(request: Request): void {
  if (['GET', 'HEAD', 'OPTIONS'].includes(request.method)) return;
  if (request.get(consoleHeader) !== undefined && isOwnOrigin(request)) return;
  throw new AppError({
    status: 403,
    code: 'foreign_request',
    message: {
      zh: '请求不是由本系统的页面发出的',
      en: 'The request does not come from a page of this system',
    },
  });
}

function isOwnOrigin(request: Request): boolean {
  const origin = request.get('origin');
  if (origin === undefined) return true;
  return URL.canParse(origin) && new URL(origin).host === request.host;
}
