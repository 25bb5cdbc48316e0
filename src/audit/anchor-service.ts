/** Signs heads of the chain: of a day that is over, once; or of this moment, when somebody asks for it. */
import type { KeyObject } from 'node:crypto';
import { dayOf, formatDay } from '../platform/civil.ts';
import { type Database, transaction } from '../platform/database.ts';
import type { Log } from '../platform/log.ts';
import type { Actor } from './actor.ts';
import { type Anchor, anchoredSchema, makeAnchor } from './anchor.ts';
import { insertAnchor, isDayAnchored, lockAnchors } from './anchor-store.ts';
import { repeat } from './repeat.ts';
import { headBefore, recordEvents } from './store.ts';

export type AnchorOutcome =
  | { readonly made: Anchor }
  /** `before_chain`: nothing had been recorded yet. */
  | { readonly made: null; readonly reason: 'already' | 'before_chain' };

export interface AnchorRequest {
  /** Day number in Shanghai; what was recorded up to its end, or up to now, is signed. */
  readonly day: number;
  readonly key: KeyObject;
  readonly actor: Actor;
  readonly now: Date;
  /** Only if the day has no anchor yet. */
  readonly once: boolean;
}

export async function anchorDay(database: Database, request: AnchorRequest): Promise<AnchorOutcome> {
  const day = formatDay(request.day);
  // Days are counted in Shanghai.
  const end = new Date(`${formatDay(request.day + 1)}T00:00:00+08:00`);
  return transaction(database, async (client): Promise<AnchorOutcome> => {
    await lockAnchors(client);
    if (request.once && (await isDayAnchored(client, day))) return { made: null, reason: 'already' };
    const head = await headBefore(client, end);
    if (head === null) return { made: null, reason: 'before_chain' };
    const { chain, hash, seq } = head;
    const made = makeAnchor({ chain, day, hash, seq, signed_at: request.now.toISOString() }, request.key);
    const id = await insertAnchor(client, made, { day, seq });
    const { key } = anchoredSchema.parse(JSON.parse(made.text));
    await recordEvents(client, request.actor, [
      { kind: 'audit.anchored', key: String(id), detail: { day, seq, hash, key } },
    ]);
    return { made };
  });
}

/** How often it is looked whether a day is over. */
const lookEveryMs = 60_000;

/**
 * Signs every day when it is over, beginning with yesterday. Any number of workers may do so at once.
 * @returns what stops it
 */
export function anchorDaily(
  database: Database,
  options: { key: KeyObject; actor: Actor; today: () => number; log: Pick<Log, 'info' | 'warn'> },
): () => Promise<void> {
  const { key, actor, today, log } = options;
  let doneUpTo = Number.NEGATIVE_INFINITY;
  const look = async (): Promise<void> => {
    const day = today() - 1;
    if (day <= doneUpTo) return;
    const { made } = await anchorDay(database, { day, key, actor, now: new Date(), once: true });
    doneUpTo = day;
    // The line can be published as it stands in the log: it holds nothing but hashes.
    if (made !== null) log.info({ day: formatDay(day), anchor: made }, 'the audit chain of a day was signed');
  };
  return repeat(lookEveryMs, look, (error) =>
    log.warn({ err: error }, 'the audit chain could not be signed; it is tried again'),
  );
}

/** `null`: no such day. */
export const dayFromText = (text: string): number | null => (text.length === 10 ? dayOf(text) : null);
