/** Chains for tests: events made in bulk through the product's own recording. */
import { systemActor } from '../../src/audit/actor.ts';
import type { AuditEvent } from '../../src/audit/catalogue.ts';
import type { ChainRow } from '../../src/audit/chain-row.ts';
import { readChain, recordEvents } from '../../src/audit/store.ts';
import { type Database, transaction, withReadOnlyConnection } from '../../src/platform/database.ts';
import type { VerifyReport } from '../../src/audit/verify.ts';

export const storedEvent = (batch: number): AuditEvent => ({
  kind: 'claims.batch_stored',
  key: String(batch),
  detail: { source: 'api', received: batch, accepted: batch, duplicate: 0, revised: 0, rejected: 0 },
});

const eventsOfCall = 5_000;

/** Lets the chain grow until it has so many events. */
export async function growChain(database: Database, events: number): Promise<void> {
  const { rows } = await database.pool.query<{ seq: number }>('SELECT max(seq) AS seq FROM audit_event');
  let last = rows[0]?.seq ?? 0;
  const actor = {
    ...systemActor('test'),
    address: '10.1.2.3',
    requestId: 'req-00000001',
    purpose: '例行检查',
  };
  while (last < events) {
    const more = Math.min(eventsOfCall, events - last);
    const first = last;
    await transaction(database, (client) =>
      recordEvents(
        client,
        actor,
        Array.from({ length: more }, (_, at) => storedEvent(first + at + 1)),
      ),
    );
    last += more;
  }
}

export const rowsOf = (url: string): Promise<ChainRow[]> =>
  withReadOnlyConnection(url, 'fundwatch test reader', async (client) => {
    const rows: ChainRow[] = [];
    for await (const page of readChain(client, { from: 1, to: null })) rows.push(...page);
    return rows;
  });

export const broken = (report: VerifyReport): string =>
  report.fault === null ? 'holds' : `${report.fault.fault} ${report.fault.seq}`;
