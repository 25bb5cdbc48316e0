/** What people and programs change today, and the events it leaves. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AuditEventRow } from '../../src/audit/contract.ts';
import { searchEvents } from '../../src/audit/search-store.ts';
import { verifyDatabase } from '../../src/audit/verify-service.ts';
import { everything } from '../../src/people/sight.ts';
import { type IntakeDeps, takeClaims } from '../../src/claims/intake.ts';
import type { ClaimItem } from '../../src/claims/item.ts';
import { runImport } from '../../src/claims/import/run.ts';
import { dismiss, resubmit } from '../../src/claims/quarantine-service.ts';
import { withReadOnlyConnection } from '../../src/platform/database.ts';
import { loadRuleSet } from '../../src/rules/library.ts';
import { reachOf } from '../../src/screening/reach.ts';
import { replay } from '../../src/screening/replay-service.ts';
import {
  recordRetention,
  retireClaims,
  retireDated,
  tidyMonths,
} from '../../src/screening/retention-service.ts';
import { beginWork, screenBatch } from '../../src/screening/service.ts';
import { markFailed } from '../../src/screening/store.ts';
import { asOf, claimOf, day } from '../support/claims.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { folderOf } from '../support/folder.ts';

let held: TestDatabase;
let deps: IntakeDeps;
beforeAll(async () => {
  held = await createTestDatabase();
  // Their making is on record too, and would stand among what is asked here.
  await held.vault.keys();
  deps = {
    database: held.database,
    vault: held.vault,
    actor: { account: 'li', role: 'inspector', area: '330702', requestId: 'request-1' },
    announce: async () => undefined,
    asOf: () => asOf,
    log: { warn: () => undefined },
  };
});
afterAll(() => held.drop());

async function send(...values: unknown[]): Promise<number | null> {
  async function* items(): AsyncGenerator<ClaimItem[]> {
    yield values.map((value, index) => ({
      index,
      value,
      raw: Buffer.from(JSON.stringify(value)),
      problems: [],
    }));
  }
  let batch: number | null = null;
  for await (const { batchIds } of takeClaims(deps, 'api', items())) batch = batchIds[0] ?? null;
  return batch;
}

let seen = 0;
/** Events since this was last asked, oldest first. */
async function recorded(): Promise<
  Pick<AuditEventRow, 'kind' | 'subject' | 'detail' | 'actor' | 'before' | 'after'>[]
> {
  const { items } = await searchEvents(held.database, { page_size: 200 });
  const fresh = items.filter(({ seq }) => seq > seen).toReversed();
  seen = items[0]?.seq ?? 0;
  return fresh;
}

const counts = { received: 0, accepted: 0, duplicate: 0, revised: 0, rejected: 0 };
const broken = { ...claimOf({ setl_id: 'B1' }), lines: 'none' };

test('a batch is one event with counts, whatever its size; duplicates are none', async () => {
  await recorded();
  const claims = Array.from({ length: 300 }, (_, at) => claimOf({ setl_id: `A${at}` }));
  const batch = await send(...claims, broken);
  expect(await recorded()).toMatchObject([
    {
      kind: 'claims.batch_stored',
      actor: { account: 'li', role: 'inspector', area: '330702' },
      subject: { type: 'intake_batch', key: String(batch) },
      detail: { ...counts, source: 'api', received: 301, accepted: 300, rejected: 1 },
    },
  ]);
  expect(await send(...claims)).toBeNull();
  expect(await recorded()).toEqual([]);
  expect(await send({ ...broken, setl_id: 'B2' })).toBeNull();
  expect(await recorded()).toMatchObject([{ kind: 'claims.input_rejected', detail: { rejected: 1 } }]);
});

test('what is done with rejected input is on record, without the words of the reason', async () => {
  const { rows } = await held.database.pool.query<{ id: number }>('SELECT id FROM quarantine ORDER BY id');
  const [first, second] = rows;
  await resubmit(deps, BigInt(first?.id ?? 0), claimOf({ setl_id: 'B1' }), everything);
  await dismiss(deps, BigInt(second?.id ?? 0), '张三丰本人要求撤回', everything);
  const events = await recorded();
  expect(events).toMatchObject([
    { kind: 'claims.batch_stored', detail: { source: `quarantine:${first?.id}`, received: 1, accepted: 1 } },
    { kind: 'quarantine.corrected', before: { state: 'open' }, after: { state: 'corrected' } },
    { kind: 'quarantine.dismissed', subject: { key: String(second?.id) }, after: { state: 'dismissed' } },
  ]);
  expect(await dismiss(deps, BigInt(second?.id ?? 0), '再次', everything)).toBe('already_settled');
  expect(await recorded()).toEqual([]);
});

test('an import that ends or fails is on record with its counts', async () => {
  const folder = await folderOf({ 'claims.ndjson': `${JSON.stringify(claimOf({ setl_id: 'I1' }))}\n` });
  for await (const _ of runImport(deps, { paths: [folder] })) continue;
  const events = await recorded();
  expect(events.map(({ kind }) => kind)).toEqual(['claims.batch_stored', 'import.finished']);
  expect(events[1]?.detail).toMatchObject({ files: 1, received: 1, accepted: 1 });
  const half = await folderOf({ 'claims.ndjson.gz': `${JSON.stringify(claimOf({ setl_id: 'I2' }))}\n` });
  writeFileSync(path.join(half, 'claims.ndjson.gz'), Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1]));
  await expect(async () => {
    for await (const _ of runImport(deps, { paths: [half] })) continue;
  }).rejects.toThrow('gzip');
  expect((await recorded()).map(({ kind }) => kind)).toEqual(['import.failed']);
});

test('under which rules a worker screens is on record, and what it gives up', async () => {
  const ruleSet = await loadRuleSet('rules');
  expect(await beginWork(held.database, ruleSet, 2)).toBe(0);
  expect(await recorded()).toMatchObject([
    {
      kind: 'screening.worker_started',
      actor: { account: 'system:screening' },
      subject: { key: ruleSet.version },
    },
  ]);
  const batch = (await send(claimOf({ setl_id: 'W1' }))) ?? 0;
  await recorded();
  await markFailed(held.database, batch, 'Error XX000');
  await markFailed(held.database, batch, 'Error XX000');
  expect(await recorded()).toMatchObject([
    { kind: 'screening.batch_given_up', subject: { key: String(batch) }, detail: { error: 'Error XX000' } },
  ]);
  await beginWork(held.database, ruleSet, 2);
  expect(await recorded()).toMatchObject([
    { kind: 'screening.worker_started' },
    { kind: 'screening.retried', detail: { batches: 1, claims: 0 } },
  ]);
});

test('replay and retention are on record, with what they did', async () => {
  const ruleSet = await loadRuleSet('rules');
  const { rows } = await held.database.pool.query<{ id: number }>(`SELECT id FROM intake_batch ORDER BY id`);
  for (const { id } of rows) await screenBatch(held.database, held.vault, ruleSet, id);
  for await (const _ of replay(held.database, ruleSet, { concurrency: 1 })) continue;
  const replayed = await recorded();
  expect(replayed.map(({ kind }) => kind)).toEqual(['replay.started', 'replay.finished']);
  expect(replayed[1]?.detail).toMatchObject({ persons: 1, stopped: false });

  const old = claimOf({
    setl_id: 'OLD',
    setl_time: '2020-01-05 10:00:00',
    person: { psn_no: 'P9' },
    visit: {
      mdtrt_id: 'M9',
      med_type: '11',
      begntime: '2020-01-05 08:00:00',
      endtime: '2020-01-05 09:00:00',
    },
    lines: [],
  });
  const batch = await send(old);
  if (batch === null) throw new Error('the old claim is wrong');
  await screenBatch(held.database, held.vault, ruleSet, batch);
  await recorded();
  const request = { beforeDay: day('2021-01-01'), reach: reachOf(ruleSet), asOf, act: true };
  await recordRetention(held.database, 'remove', request.beforeDay);
  for await (const _ of retireClaims(held.database, request)) continue;
  for await (const _ of retireDated(held.database, request)) continue;
  for await (const _ of tidyMonths(held.database, { ...request, compact: false })) continue;
  expect(await recorded()).toMatchObject([
    { kind: 'retention.started', detail: { action: 'remove', before: '2021-01-01' } },
    { kind: 'retention.claims_removed', detail: { months: { '2020-01': 1 } } },
    {
      kind: 'retention.documents_rewritten',
      subject: { key: 'claim_document_2020_01' },
      detail: { outcome: 'dropped' },
    },
  ]);
});

test('no event names a person, and the chain holds', async () => {
  const { rows } = await held.database.pool.query<{ text: string }>('SELECT text FROM audit_event');
  const all = rows.map(({ text }) => text).join('\n');
  for (const personal of ['张三', '330702198001011234', '1980-01-01']) expect(all).not.toContain(personal);
  const report = await withReadOnlyConnection(held.url, 'fundwatch test reader', (client) =>
    verifyDatabase(client, { from: 1, to: null, anchors: [], trusted: null, authorities: null }),
  );
  expect(report.fault).toBeNull();
});
