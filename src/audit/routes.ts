/** HTTP of the audit chain: search, its head, and the export that anybody can verify without us. */
import { once } from 'node:events';
import express, { type Request, type Response, type Router } from 'express';
import { type Database, withReadOnlyConnection } from '../platform/database.ts';
import { AppError, parseRequest, whenGone } from '../platform/http.ts';
import { type Anchor, anchoredSchema } from './anchor.ts';
import { lastAnchor } from './anchor-store.ts';
import { definitions } from './catalogue.ts';
import { lineOfRow } from './chain-row.ts';
import {
  type AuditHead,
  type AuditKinds,
  type AuditPage,
  auditEventsQuerySchema,
  auditExportQuerySchema,
} from './contract.ts';
import type { Actor } from './actor.ts';
import { recordExport } from './export-service.ts';
import { searchEvents } from './search-store.ts';
import { chainHead, readChain } from './store.ts';
import { timeOf } from './timestamp.ts';

/** At the same time in one process: each holds a connection for as long as its reader takes. */
const exportsMax = 2;
const retryAfterS = 10;

/** Whom a request comes from: known above us. */
export type ActorOf = (request: Request, response: Response) => Actor;

/** Mounted at `/api/v1/audit`, behind what asks for the permission to read it. */
export function auditRoutes(database: Database, actorOf: ActorOf): Router {
  const router = express.Router();
  let exports = 0;

  router.get('/events', async (request, response) => {
    const page: AuditPage = await searchEvents(database, parseRequest(auditEventsQuerySchema, request.query));
    response.json(page);
  });

  router.get('/kinds', (_request, response) => {
    const kinds: AuditKinds = { items: [...definitions].map(([kind, { meaning }]) => ({ kind, meaning })) };
    response.json(kinds);
  });

  router.get('/head', async (_request, response) => {
    const head = await chainHead(database.pool);
    if (head === null)
      throw new AppError({
        status: 404,
        code: 'chain_without_beginning',
        message: {
          zh: '审计链没有首条事件，请立即核验',
          en: 'The audit chain has no first event: verify it at once',
        },
      });
    const anchor = await lastAnchor(database);
    const answer: AuditHead = { ...head, anchor: anchor === null ? null : shown(anchor) };
    response.json(answer);
  });

  router.get('/export', async (request, response) => {
    if (exports >= exportsMax)
      throw new AppError({
        status: 429,
        code: 'too_many_exports',
        message: {
          zh: `同时导出的请求超过 ${exportsMax} 个，请稍后重试`,
          en: `More than ${exportsMax} exports at the same time; try again shortly`,
        },
        retryAfterS,
      });
    exports += 1;
    try {
      await sendExport(database, actorOf(request, response), request, response);
    } finally {
      exports -= 1;
    }
  });

  return router;
}

function shown({ text, timestamp }: Anchor): NonNullable<AuditHead['anchor']> {
  const { day, seq, key } = anchoredSchema.parse(JSON.parse(text));
  const time = timestamp === undefined ? null : timeOf(Buffer.from(timestamp, 'base64'));
  return { day, seq, key, stamped_at: time?.toISOString() ?? null };
}

async function sendExport(
  database: Database,
  actor: Actor,
  request: Request,
  response: Response,
): Promise<void> {
  const { from, to } = parseRequest(auditExportQuerySchema, request.query);
  const upTo = await recordExport(database, actor, { from, to: to ?? null });
  response
    .type('application/x-ndjson')
    .set('cache-control', 'no-store')
    .attachment(`audit-${from}-${upTo}.jsonl`);
  const gone = whenGone(response);
  await withReadOnlyConnection(database.url, 'fundwatch audit export', async (client) => {
    for await (const rows of readChain(client, { from, to: upTo })) {
      if (gone.aborted) return;
      if (!response.write(rows.map(lineOfRow).join('')))
        // A reader who is gone never drains.
        await once(response, 'drain', { signal: gone }).catch(() => undefined);
    }
    response.end();
  });
}
