import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemActor } from '../../src/audit/actor.ts';
import { hashAt, recordEvents } from '../../src/audit/store.ts';
import { verifyDatabase } from '../../src/audit/verify-service.ts';
import {
  type Database,
  openDatabase,
  transaction,
  withReadOnlyConnection,
} from '../../src/platform/database.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { broken, rowsOf, storedEvent } from './chains.ts';

const writers = 8;
const transactionsOfWriter = 200;

let held: TestDatabase;
let database: Database;
const actor = systemActor('test');
beforeAll(async () => {
  held = await createTestDatabase();
  database = openDatabase(held.url, { applicationName: 'fundwatch test', poolMax: writers });
});
afterAll(async () => {
  await database.close();
  await held.drop();
});

const verify = () =>
  withReadOnlyConnection(held.url, 'fundwatch test reader', (client) =>
    verifyDatabase(client, { from: 1, to: null, anchors: [], trusted: null, authorities: null }),
  );

test('a chain begins with an event that makes it another one than all others', async () => {
  const [first] = await rowsOf(held.url);
  expect(first).toMatchObject({ seq: 1, kind: 'audit.chain_started', prev_hash: '0'.repeat(64) });
  expect(await verify()).toMatchObject({ count: 1, fault: null });
});

test('events of one call stand together, with who, what and why', async () => {
  await transaction(database, (client) =>
    recordEvents(
      client,
      {
        account: 'li',
        role: 'inspector',
        area: '330702',
        address: '10.0.0.9',
        requestId: 'r-1',
        purpose: '案件1号',
      },
      [
        storedEvent(7),
        {
          kind: 'quarantine.dismissed',
          key: '12',
          before: { state: 'open' },
          after: { state: 'dismissed' },
          detail: {},
        },
      ],
    ),
  );
  const [stored, dismissed] = (await rowsOf(held.url)).slice(-2);
  expect(stored).toMatchObject({ account: 'li', subject: 'intake_batch/7', kind: 'claims.batch_stored' });
  expect(dismissed?.prev_hash).toBe(stored?.hash);
  expect(JSON.parse(dismissed?.text ?? '')).toMatchObject({
    actor: { account: 'li', role: 'inspector', area: '330702', address: '10.0.0.9' },
    purpose: '案件1号',
    request_id: 'r-1',
    before: { state: 'open' },
    after: { state: 'dismissed' },
    subject: { type: 'quarantine', key: '12' },
    recorded_at: dismissed?.recorded_at,
  });
});

test('writers at the same time keep one chain without gaps, and what is rolled back leaves none', async () => {
  await database.pool.query('CREATE TABLE work (writer int, turn int)');
  const before = (await rowsOf(held.url)).length;
  const change = async (writer: number, turn: number): Promise<void> => {
    await transaction(database, async (client) => {
      await client.query('INSERT INTO work VALUES ($1, $2)', [writer, turn]);
      await recordEvents(
        client,
        actor,
        turn % 3 === 0 ? [storedEvent(turn), storedEvent(turn)] : [storedEvent(turn)],
      );
      if (turn % 5 === 0) throw new Error('changed my mind');
    });
  };
  await Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      for (let turn = 1; turn <= transactionsOfWriter; turn += 1)
        await change(writer, turn).catch((error: unknown) =>
          expect(String(error)).toContain('changed my mind'),
        );
    }),
  );
  const kept = Array.from({ length: transactionsOfWriter }, (_, at) => at + 1).filter(
    (turn) => turn % 5 !== 0,
  );
  const events = kept.reduce((sum, turn) => sum + (turn % 3 === 0 ? 2 : 1), 0) * writers;
  expect(await verify()).toMatchObject({ count: before + events, last: before + events, fault: null });
  const { rows } = await database.pool.query('SELECT count(*)::int AS turns FROM work');
  expect(rows).toEqual([{ turns: kept.length * writers }]);
});

test.each([
  `UPDATE audit_event SET kind = 'x' WHERE seq = 1`,
  'DELETE FROM audit_event WHERE seq = 1',
  'TRUNCATE audit_event',
  `SET LOCAL fundwatch.retention = 'on'; DELETE FROM audit_event WHERE seq = 1`,
  'TRUNCATE audit_anchor',
  'DELETE FROM audit_anchor',
  'UPDATE audit_anchor SET seq = 1',
  'TRUNCATE audit_anchor_timestamp',
  'DELETE FROM audit_anchor_timestamp',
  'UPDATE audit_anchor_timestamp SET anchor_id = 1',
])('nothing recorded is changed or removed: %s', async (statement) => {
  await expect(database.pool.query(`BEGIN; ${statement}; COMMIT`)).rejects.toThrow('append-only');
  await database.pool.query('ROLLBACK');
});

test('the database refuses a text that does not match its hash', async () => {
  await expect(
    database.pool.query(
      `INSERT INTO audit_event SELECT seq + 1, hash, prev_hash, kind, account, subject, now(), text
         FROM audit_event ORDER BY seq DESC LIMIT 1`,
    ),
  ).rejects.toThrow('audit_event_hash');
});

test('under an isolation that sees an old head, recording fails and forks nothing', async () => {
  const forking = transaction(database, async (client) => {
    await client.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
    await client.query('SELECT 1 FROM audit_event LIMIT 1');
    await transaction(database, (other) => recordEvents(other, actor, [storedEvent(1)]));
    await recordEvents(client, actor, [storedEvent(2)]);
  });
  await expect(forking).rejects.toThrow('duplicate key');
  expect(broken(await verify())).toBe('holds');
});

test('verification of a part begins with the hash before it', async () => {
  const report = await withReadOnlyConnection(held.url, 'fundwatch test reader', async (client) => {
    expect(await hashAt(client, 9)).toMatch(/^[0-9a-f]{64}$/);
    return verifyDatabase(client, { from: 10, to: 20, anchors: [], trusted: null, authorities: null });
  });
  expect(report).toMatchObject({ count: 11, first: 10, last: 20, fault: null });
});

test('the reading connection cannot write', async () => {
  await expect(
    withReadOnlyConnection(held.url, 'fundwatch test reader', (client) =>
      client.query('CREATE TABLE stray ()'),
    ),
  ).rejects.toThrow('read-only');
});
