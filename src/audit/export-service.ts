/** Taking the log out of the system is itself on record. */
import { type Database, transaction } from '../platform/database.ts';
import type { Actor } from './actor.ts';
import { chainHead, recordEvents, type SeqRange } from './store.ts';

/** @returns up to where the export goes: what is recorded from now on, this event too, is not part of it */
export async function recordExport(
  database: Database,
  actor: Actor,
  { from, to }: SeqRange,
): Promise<number> {
  return transaction(database, async (client) => {
    const head = (await chainHead(client))?.seq ?? 0;
    const upTo = Math.min(to ?? head, head);
    await recordEvents(client, actor, [
      { kind: 'audit.exported', key: String(from), detail: { from_seq: from, to_seq: upTo } },
    ]);
    return upTo;
  });
}
