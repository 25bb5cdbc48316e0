/** HTTP of signing in at the agency's provider: away, and back again. */
import express, { type CookieOptions, type Request, type Response, type Router } from 'express';
import { z } from 'zod';
import type { Log } from '../platform/log.ts';
import { allow } from './allow.ts';
import { readCookie, setSessionCookie } from './cookie.ts';
import { type Journey, journeySchema, type Provider } from './provider.ts';
import { originOf } from './routes.ts';
import { type PeopleDeps, signInBySubject } from './sign-in-service.ts';

const journeyCookie = 'fundwatch_provider';
const journeyMs = 10 * 60_000;
const signInPath = '/sign-in?refused=1';
/** An address of ours, and no other, whatever the link says. */
const ownPath = z
  .string()
  .max(2_000)
  .regex(/^\/(?![/\\])/);

export function providerRoutes(deps: PeopleDeps, provider: Provider, log: Pick<Log, 'warn'>): Router {
  const router = express.Router();

  router.get('/sign-in/provider', allow('public'), async (request, response) => {
    const to = ownPath.safeParse(request.query['to']).data ?? '/';
    try {
      const { url, journey } = await provider.begin(to);
      keepJourney(request, response, journey);
      response.redirect(url);
    } catch (error) {
      log.warn({ err: error }, 'the provider cannot be asked');
      response.redirect(signInPath);
    }
  });

  router.get('/sign-in/provider/callback', allow('public'), async (request, response) => {
    const journey = journeyOf(request);
    // Good once: an answer that is caught and sent again finds nothing to fit to.
    response.clearCookie(journeyCookie, attributesFor(request));
    if (journey === null) {
      response.redirect(signInPath);
      return;
    }
    const token = await finish(deps, provider, log, request, response, journey);
    if (token === null) {
      response.redirect(signInPath);
      return;
    }
    setSessionCookie(request, response, token);
    response.redirect(journey.to);
  });

  return router;
}

async function finish(
  deps: PeopleDeps,
  provider: Provider,
  log: Pick<Log, 'warn'>,
  request: Request,
  response: Response,
  journey: Journey,
): Promise<string | null> {
  try {
    const vouched = await provider.finish(request.originalUrl, journey);
    return await signInBySubject(deps, vouched, originOf(request, response));
  } catch (error) {
    log.warn({ err: error }, 'the answer of the provider was refused');
    return null;
  }
}

/** Lax, unlike the session: the browser comes back from another site, and has to bring it. */
const attributesFor = (request: Request): CookieOptions => ({
  httpOnly: true,
  sameSite: 'lax',
  secure: request.secure,
  path: '/api/v1/sign-in/provider',
});

function keepJourney(request: Request, response: Response, journey: Journey): void {
  const text = Buffer.from(JSON.stringify(journey)).toString('base64url');
  response.cookie(journeyCookie, text, { ...attributesFor(request), maxAge: journeyMs });
}

function journeyOf(request: Request): Journey | null {
  const text = readCookie(request, journeyCookie);
  if (text === null) return null;
  try {
    return journeySchema.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
  } catch {
    return null;
  }
}
