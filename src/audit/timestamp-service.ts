/** Has signed heads of the chain stamped by an authority, after they were made: no anchor waits for it. */
import { hash, randomBytes } from 'node:crypto';
import { formatDay } from '../platform/civil.ts';
import { type Database, transaction } from '../platform/database.ts';
import type { Log } from '../platform/log.ts';
import type { Actor } from './actor.ts';
import { insertTimestamp, listUnstamped, type Unstamped } from './anchor-store.ts';
import { repeat } from './repeat.ts';
import { recordEvents } from './store.ts';
import { type Timestamp, timestampRequest, tokenOfReply } from './timestamp.ts';

/** Older ones are left: the stamp of a later anchor covers the chain before it. */
const daysBackMax = 7;
const anchorsOfLookMax = 10;
const lookEveryMs = 60_000;
/** An authority that failed is left alone for so long. */
const retryAfterMs = 600_000;
const answerMs = 10_000;
/** A token with a chain of certificates has some 5 kB. */
const replyBytesMax = 65_536;
const nonceBytes = 8;

export interface StampOptions {
  readonly url: string;
  readonly actor: Actor;
  readonly today: () => number;
  readonly log: Pick<Log, 'info' | 'warn'>;
}

/**
 * Asks for a stamp of every recent anchor without one. Several workers may ask for the same; the first answer is kept.
 * @throws when the authority cannot be reached, refuses, or answers with what does not hold; what was stamped before that stays
 */
export async function stampAnchors(
  database: Database,
  { url, actor, today, log }: StampOptions,
  signal: AbortSignal,
): Promise<void> {
  const since = formatDay(today() - daysBackMax);
  for (const anchor of await listUnstamped(database, { since, max: anchorsOfLookMax })) {
    const { token, timestamp } = await ask(url, anchor.text, signal);
    if (!(await keep(database, actor, anchor, token, timestamp))) continue;
    const { time, signer } = timestamp;
    log.info({ day: anchor.day, stamped_at: time.toISOString(), signer }, 'a signed head was time-stamped');
  }
}

/** @returns what stops it */
export function stampContinually(database: Database, options: StampOptions): () => Promise<void> {
  let retryAt = 0;
  return repeat(
    lookEveryMs,
    async (signal) => {
      if (performance.now() >= retryAt) await stampAnchors(database, options, signal);
    },
    (error) => {
      retryAt = performance.now() + retryAfterMs;
      options.log.warn({ err: error }, 'a signed head could not be time-stamped; it is tried again');
    },
  );
}

async function keep(
  database: Database,
  actor: Actor,
  { id, day }: Unstamped,
  token: Buffer,
  { time }: Timestamp,
): Promise<boolean> {
  return transaction(database, async (client) => {
    if (!(await insertTimestamp(client, id, token))) return false;
    const detail = { day, time: time.toISOString(), token: hash('sha256', token, 'hex') };
    await recordEvents(client, actor, [{ kind: 'audit.timestamped', key: String(id), detail }]);
    return true;
  });
}

async function ask(
  url: string,
  text: string,
  stopped: AbortSignal,
): Promise<{ token: Buffer; timestamp: Timestamp }> {
  const nonce = randomBytes(nonceBytes);
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/timestamp-query', accept: 'application/timestamp-reply' },
    body: timestampRequest(text, nonce),
    // The address is the operator's, and stays it.
    redirect: 'error',
    signal: AbortSignal.any([stopped, AbortSignal.timeout(answerMs)]),
  });
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(`the time stamping authority answered with status ${response.status}`);
  }
  return tokenOfReply(await bodyOf(response), text, nonce);
}

async function bodyOf(response: Response): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of response.body ?? []) {
    bytes += piece.byteLength;
    if (bytes > replyBytesMax)
      throw new Error(`the time stamping authority answered with more than ${replyBytesMax} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
