import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { ErrorRequestHandler, Express, NextFunction, Request, RequestHandler, Response } from 'express';
import express from 'express';
import { z } from 'zod';
import { faultInChinese } from './fault-contract.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import { webHeaders } from './web-headers.ts';

export type Message = { zh: string; en: string };

/** What is wrong with one field of a request: where, which rule it breaks, and what to do about it. */
export type Issue = { path: string; code: string; message: Message };

/** Thrown by routes and services for everything a caller can cause; `presentErrors` is the only place that turns it into an answer. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly status: number;
  /** Stable and lower case with underscores: programs decide by it, not by the message. */
  readonly code: string;
  readonly text: Message;
  readonly issues: readonly Issue[];
  /** Seconds; sets Retry-After. */
  readonly retryAfterS: number | undefined;

  constructor(options: {
    status: number;
    code: string;
    message: Message;
    issues?: readonly Issue[];
    retryAfterS?: number;
    cause?: unknown;
  }) {
    super(`${options.code}: ${options.message.en}`, { cause: options.cause });
    this.status = options.status;
    this.code = options.code;
    this.text = options.message;
    this.issues = options.issues ?? [];
    this.retryAfterS = options.retryAfterS;
  }
}

/** What every error answer looks like, for OpenAPI and for clients. */
export const ErrorAnswer = z.strictObject({
  error: z.strictObject({
    code: z.string(),
    message: z.strictObject({ zh: z.string(), en: z.string() }),
    issues: z
      .array(
        z.strictObject({
          path: z.string(),
          code: z.string(),
          message: z.strictObject({ zh: z.string(), en: z.string() }),
        }),
      )
      .optional(),
    support_id: z.string(),
  }),
});
export type ErrorAnswer = z.infer<typeof ErrorAnswer>;

declare global {
  namespace Express {
    interface Locals {
      /** Also in the answer's x-request-id and, on errors, its support_id. */
      requestId: string;
      log: Log;
    }
  }
}

/** For requests whose route does not read the body as a stream. */
export const jsonBodyBytesMax = 1024 * 1024;
/** Such a body is sent at once; who lets it drip holds a connection and nothing else. */
const jsonBodyMs = 30_000;
/** A file over a slow line. */
const fileBodyMs = 300_000;
/** What a connection may cost before anything of it is understood. */
const serverLimits = {
  requestHeadersMs: 15_000,
  headerBytesMax: 16_384,
  headersMax: 100,
  connectionsMax: 4_096,
  keepAliveMs: 65_000,
  /** How often connections are looked through for those that are over their time. */
  checkEveryMs: 5_000,
} as const;
const readinessCheckMs = 2_000;

/** Takes over the caller's request id when it is harmless, or makes one. */
function identifyRequest(log: Log): RequestHandler {
  const harmless = /^[\w.-]{8,64}$/;
  return (request, response, next) => {
    const given = request.get('x-request-id');
    const requestId = given !== undefined && harmless.test(given) ? given : randomUUID();
    response.locals.requestId = requestId;
    response.locals.log = log.child({ request_id: requestId });
    response.set('x-request-id', requestId);
    next();
  };
}

/** One log line and one measurement for each answer, with the route's pattern: paths and queries may name persons. */
function recordAnswers(metrics: Metrics): RequestHandler {
  return (request, response, next) => {
    const startedAt = performance.now();
    response.once('close', () => {
      const seconds = (performance.now() - startedAt) / 1000;
      const route = routePattern(request);
      const status = response.writableFinished ? response.statusCode : 499;
      metrics.httpSeconds.observe({ method: request.method, route, status: String(status) }, seconds);
      const isProbe = route === '/livez' || route === '/readyz' || route === '/metrics';
      response.locals.log[isProbe ? 'debug' : 'info'](
        { method: request.method, route, status, ms: Math.round(seconds * 1000) },
        'answered',
      );
    });
    next();
  };
}

/** Aborted when an answer has been sent, or when nobody is left to take it. */
export function whenGone(response: Response): AbortSignal {
  const gone = new AbortController();
  // With a reason of its own: the default one is an exception with a stack.
  response.once('close', () => gone.abort('gone'));
  return gone.signal;
}

const routeSchema = z.object({ path: z.string() });

function routePattern(request: Request): string {
  const parsed = routeSchema.safeParse(request.route);
  return parsed.success ? `${request.baseUrl}${parsed.data.path}` : 'unmatched';
}

/**
 * An Express application with what every one of ours starts with. Add routes, then call `presentErrors(app, …)` last.
 * Bodies are parsed where they are used: `readJson` for small ones; intake reads the stream itself.
 */
export function createHttpApp(options: {
  log: Log;
  metrics: Metrics;
  /** Proxies whose `X-Forwarded-…` is believed; `undefined`: nobody's. */
  trustProxy?: string | undefined;
}): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  // Answers change with what is stored and are asked for by programs: hashing each to save sending it costs more than it saves.
  app.set('etag', false);
  app.set('trust proxy', options.trustProxy ?? false);
  app.use(identifyRequest(options.log), recordAnswers(options.metrics), webHeaders);
  return app;
}

/** @param isJson whether the media type that is stated is taken for JSON; the default is what says that it is */
export const readJson = (
  bytesMax: number = jsonBodyBytesMax,
  isJson?: (request: IncomingMessage) => boolean,
): RequestHandler =>
  inTime(
    express.json({ limit: bytesMax, strict: false, ...(isJson === undefined ? {} : { type: isJson }) }),
    jsonBodyMs,
  );

/** A body that is a file, whatever its media type says, as a Buffer. */
export const readBytes = (bytesMax: number): RequestHandler => inTime(rawBody(bytesMax), fileBodyMs);

/** A body that is JSON and read by the route itself, as a Buffer. */
export const readJsonBytes = (bytesMax: number): RequestHandler => inTime(rawBody(bytesMax), jsonBodyMs);

const rawBody = (bytesMax: number): RequestHandler => express.raw({ limit: bytesMax, type: () => true });

function inTime(read: RequestHandler, bodyMs: number): RequestHandler {
  return (request, response, next) => {
    let isOver = false;
    const end: NextFunction = (error?: unknown) => {
      if (isOver) return;
      isOver = true;
      clearTimeout(late);
      next(error);
    };
    const late = setTimeout(() => {
      response.set('connection', 'close');
      end(
        new AppError({
          status: 408,
          code: 'body_too_slow',
          message: { zh: '请求内容传输过慢', en: 'The body took too long' },
        }),
      );
    }, bodyMs);
    void read(request, response, end);
  };
}

/** Parses a body, query or parameter object, or throws the 400 that lists what is wrong. */
export function parseRequest<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new AppError({
    status: 400,
    code: 'invalid_request',
    message: { zh: '请求内容不符合要求', en: 'The request does not have the expected form' },
    issues: parsed.error.issues.map((issue) => ({
      path: `/${issue.path.map(String).join('/')}`,
      code: issue.code,
      message: { zh: faultInChinese(issue), en: issue.message },
    })),
  });
}

/** The last handlers of an application: nothing matched, and something was thrown. No stack, no database text, no input leaves here. */
export function presentErrors(app: Express, options: { metrics: Metrics }): void {
  app.use((_request, _response) => {
    throw new AppError({
      status: 404,
      code: 'not_found',
      message: { zh: '没有这个地址或记录', en: 'There is nothing at this address' },
    });
  });
  const present: ErrorRequestHandler = (error: unknown, request, response, _next) => {
    const known = toAppError(error);
    const { log } = response.locals;
    options.metrics.errors.inc({ code: known.code });
    const entry = { code: known.code, status: known.status, route: routePattern(request) };
    if (known.status >= 500) log.error({ ...entry, err: error }, 'request failed');
    else log.info(entry, 'request refused');
    if (response.headersSent) {
      // The answer is already under way; cutting it off is the only way left to say that it is not complete.
      response.destroy();
      return;
    }
    sendError(response, known);
  };
  app.use(present);
}

function sendError(response: Response, error: AppError): void {
  if (error.retryAfterS !== undefined) response.set('retry-after', String(error.retryAfterS));
  const answer: ErrorAnswer = {
    error: {
      code: error.code,
      message: error.text,
      ...(error.issues.length > 0 ? { issues: error.issues.map((issue) => ({ ...issue })) } : {}),
      support_id: response.locals.requestId,
    },
  };
  response.status(error.status).set('cache-control', 'no-store').json(answer);
}

/** Errors of Express and of its body parser carry a status and a type; everything else unknown is ours and is a 500. */
const HttpishError = z.object({ status: z.number().int().min(400).max(499), type: z.string().optional() });

const messagesOfRefusals: Readonly<Record<number, { code: string; message: Message }>> = {
  400: { code: 'malformed_request', message: { zh: '请求无法解析', en: 'The request cannot be read' } },
  413: { code: 'body_too_large', message: { zh: '请求内容过大', en: 'The body is larger than allowed' } },
  408: { code: 'request_too_slow', message: { zh: '请求传输过慢', en: 'The request took too long' } },
  415: {
    code: 'unsupported_media_type',
    message: { zh: '不支持的内容类型或编码', en: 'This content type or encoding is not supported' },
  },
};

function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const httpish = HttpishError.safeParse(error);
  if (httpish.success) {
    const { status } = httpish.data;
    const refusal = messagesOfRefusals[status] ?? {
      code: 'request_refused',
      message: { zh: '请求被拒绝', en: 'The request was refused' },
    };
    return new AppError({ status, ...refusal, cause: error });
  }
  return new AppError({
    status: 500,
    code: 'internal',
    message: {
      zh: '系统内部错误，请把 support_id 告诉管理员',
      en: 'Something broke on our side; tell the administrator the support_id',
    },
    cause: error,
  });
}

export type ReadinessChecks = Readonly<Record<string, () => Promise<unknown>>>;

/**
 * `/livez`: the process answers. `/readyz`: it can also do its work (each check within `readinessCheckMs`).
 * Returns a switch that makes /readyz say no from now on, for the seconds in which the process shuts down.
 *
 * @param options.guards stand before both
 */
export function mountProbes(
  app: Express,
  options: { checks: ReadinessChecks; guards?: readonly RequestHandler[] },
): { drain: () => void } {
  const guards = options.guards ?? [];
  let draining = false;
  app.get('/livez', ...guards, (_request, response) => {
    response.json({ status: 'ok' });
  });
  app.get('/readyz', ...guards, async (_request, response) => {
    const results = await Promise.all(
      Object.entries(options.checks).map(async ([name, check]) => [name, await passes(check)] as const),
    );
    const ready = !draining && results.every(([, passed]) => passed);
    const checks = Object.fromEntries(results.map(([name, passed]) => [name, passed ? 'ok' : 'failed']));
    response
      .status(ready ? 200 : 503)
      .json({ status: ready ? 'ok' : draining ? 'draining' : 'unavailable', checks });
  });
  return {
    drain: () => {
      draining = true;
    },
  };
}

/** `/metrics`: Prometheus text, after `measure` had `readinessCheckMs` to bring its gauges up to date. */
export function mountMetrics(
  app: Express,
  options: { metrics: Metrics; measure?: () => Promise<void>; guards?: readonly RequestHandler[] },
): void {
  app.get('/metrics', ...(options.guards ?? []), async (_request, response) => {
    await passes(options.measure ?? (async () => undefined));
    const text = await options.metrics.registry.metrics();
    response.type(options.metrics.registry.contentType).send(text);
  });
}

async function passes(check: () => Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), readinessCheckMs);
  });
  const passed = check().then(
    () => true,
    () => false,
  );
  return Promise.race([passed, tooLate]).finally(() => clearTimeout(timer));
}

/**
 * Starts listening; rejects with the system's error (EADDRINUSE …) when it cannot.
 * @param options.headersMs in which the headers of a request have to come
 */
export function listen(
  app: Express,
  options: { host: string; port: number; headersMs?: number },
): Promise<Server> {
  const headersTimeout = options.headersMs ?? serverLimits.requestHeadersMs;
  return new Promise((resolve, reject) => {
    const server = createServer(
      {
        headersTimeout,
        maxHeaderSize: serverLimits.headerBytesMax,
        keepAliveTimeout: serverLimits.keepAliveMs,
        connectionsCheckingInterval: Math.min(headersTimeout, serverLimits.checkEveryMs),
        // Uploads of claims may take long; the intake route limits them by bytes and by silence instead, `readJson` by time.
        requestTimeout: 0,
      },
      app,
    );
    server.maxHeadersCount = serverLimits.headersMax;
    server.maxConnections = serverLimits.connectionsMax;
    server.once('error', reject);
    server.listen(options.port, options.host, () => {
      server.off('error', reject);
      resolve(server);
    });
  });
}

/** Stops taking connections, lets running requests finish for `graceMs`, then cuts off the rest. */
export async function closeServer(server: Server, options: { graceMs: number }): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  server.closeIdleConnections();
  const cutOff = setTimeout(() => server.closeAllConnections(), options.graceMs);
  await closed;
  clearTimeout(cutOff);
}
