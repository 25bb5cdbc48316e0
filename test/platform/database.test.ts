import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  isUnavailable,
  openDatabase,
  transaction,
  withReadOnlyConnection,
} from '../../src/platform/database.ts';
import { prepared } from '../../src/platform/prepared.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let testDatabase: TestDatabase;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  await testDatabase.database.pool.query('CREATE TABLE note (id int PRIMARY KEY, text text)');
});
afterAll(() => testDatabase.drop());

async function notes(): Promise<number[]> {
  const { rows } = await testDatabase.database.pool.query<{ id: number }>('SELECT id FROM note ORDER BY id');
  return rows.map(({ id }) => id);
}

test('values arrive without losing anything', async () => {
  const { rows } = await testDatabase.database.pool.query(`
    SELECT 9007199254740991::int8 AS fen, 12.3400::numeric AS price, DATE '2026-02-28' AS day,
      TIMESTAMP '2026-02-28 23:59:59' AS local_time, TIMESTAMPTZ '2026-02-28 23:59:59+08' AS instant,
      '{"a":1}'::jsonb AS doc, count(*) AS n FROM (VALUES (1), (2)) AS v`);
  expect(rows).toEqual([
    {
      fen: 9007199254740991,
      price: '12.3400',
      day: '2026-02-28',
      local_time: '2026-02-28 23:59:59',
      instant: new Date('2026-02-28T15:59:59Z'),
      doc: { a: 1 },
      n: 2,
    },
  ]);
});

test('lists arrive as they are, whatever is in them', async () => {
  const { pool } = testDatabase.database;
  const texts = fc.array(
    fc.oneof(
      fc.string(),
      fc.constantFrom('', 'NULL', 'null', '"', '\\', '{}', ',', 'a b', '\n', '测试', null),
    ),
    { maxLength: 20 },
  );
  await fc.assert(
    fc.asyncProperty(texts, fc.array(fc.maxSafeInteger(), { maxLength: 20 }), async (text, numbers) => {
      // PostgreSQL knows no character 0.
      const stored = text.map((one) => one?.replaceAll('\0', '') ?? null);
      const { rows } = await pool.query(
        prepared('SELECT $1::text[] AS text, $2::int8[]::float8[] AS numbers', [stored, numbers]),
      );
      expect(rows).toEqual([{ text: stored, numbers }]);
    }),
  );
});

test('an int8 that a number cannot hold is an error, not a wrong amount', async () => {
  await expect(testDatabase.database.pool.query('SELECT 9007199254740992::int8')).rejects.toThrow('2^53-1');
});

test('an instant written through Prisma is the same instant when read through both', async () => {
  const { prisma, pool } = testDatabase.database;
  const received_at = new Date('2026-02-28T15:59:59.123Z');
  const { id } = await prisma.intakeBatch.create({ data: { source: 'api', claims: 0, received_at } });
  expect((await prisma.intakeBatch.findUniqueOrThrow({ where: { id } })).received_at).toEqual(received_at);
  const { rows } = await pool.query('SELECT received_at FROM intake_batch WHERE id = $1', [id]);
  expect(rows).toEqual([{ received_at }]);
});

test('a transaction that throws leaves nothing behind and throws on', async () => {
  const failing = transaction(testDatabase.database, async (client) => {
    await client.query('INSERT INTO note VALUES (1)');
    throw new Error('changed my mind');
  });
  await expect(failing).rejects.toThrow('changed my mind');
  expect(await notes()).not.toContain(1);
});

test('a transaction returns what its function returns, and is committed', async () => {
  const inserted = await transaction(testDatabase.database, async (client) => {
    const { rows } = await client.query<{ id: number }>('INSERT INTO note VALUES (2) RETURNING id');
    return rows[0]?.id;
  });
  expect(inserted).toBe(2);
  expect(await notes()).toContain(2);
});

test('a serialization failure is tried again, three times in all', async () => {
  let attempts = 0;
  const fail = `DO $$ BEGIN RAISE EXCEPTION 'conflict' USING ERRCODE = '40001'; END $$`;
  await transaction(testDatabase.database, async (client) => {
    attempts += 1;
    await client.query('INSERT INTO note VALUES (3)');
    if (attempts < 3) await client.query(fail);
  });
  expect(attempts).toBe(3);
  expect((await notes()).filter((id) => id === 3)).toHaveLength(1);

  attempts = 0;
  const hopeless = transaction(testDatabase.database, async (client) => {
    attempts += 1;
    await client.query(fail);
  });
  await expect(hopeless).rejects.toThrow('conflict');
  expect(attempts).toBe(3);
});

test('a connection lost inside a transaction fails it once, and the next transaction gets a fresh connection', async () => {
  let attempts = 0;
  const lost = transaction(testDatabase.database, async (client) => {
    attempts += 1;
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    await testDatabase.database.pool.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid]);
    await client.query('INSERT INTO note VALUES (4)');
  });
  await expect(lost).rejects.toSatisfy(isUnavailable);
  expect(attempts).toBe(1);
  await transaction(testDatabase.database, (client) => client.query('INSERT INTO note VALUES (5)'));
  expect(await notes()).toContain(5);
  expect(await notes()).not.toContain(4);
});

test('a connection lost between two statements is told from a fault of the statement', async () => {
  const lost = transaction(testDatabase.database, async (client) => {
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    await testDatabase.database.pool.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid]);
    // Long enough for the news to arrive while no statement is waiting for it.
    await sleep(200);
    await client.query('INSERT INTO note VALUES (6)');
  });
  await expect(lost).rejects.toSatisfy(isUnavailable);
  expect(await notes()).not.toContain(6);
});

test.each([
  ['in the middle of a query', 'SELECT pg_sleep(30)'],
  ['between two queries', 'SELECT 1'],
])('a reader who loses the only connection %s fails and does not end the process', async (_when, query) => {
  const lost = withReadOnlyConnection(testDatabase.url, 'doomed reader', async (client) => {
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const running = client.query(query);
    // Heard by the await below, which may come late.
    running.catch(() => undefined);
    await sleep(100);
    await testDatabase.database.pool.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid]);
    await sleep(100);
    await running;
    await client.query('SELECT 2');
  });
  await expect(lost).rejects.toSatisfy(isUnavailable);
});

test('a host that falls silent keeps its locks for a minute at most', async () => {
  const { rows } = await testDatabase.database.pool.query<{ name: string; setting: string }>(
    `SELECT name, setting FROM pg_settings WHERE name ~ '^tcp_|^idle_in_transaction' ORDER BY name`,
  );
  expect(Object.fromEntries(rows.map(({ name, setting }) => [name, Number(setting)]))).toEqual({
    idle_in_transaction_session_timeout: 60_000,
    tcp_keepalives_count: 3,
    tcp_keepalives_idle: 10,
    tcp_keepalives_interval: 5,
    tcp_user_timeout: 25_000,
  });
});

test('a process that stood still inside a transaction is told from a fault of the statement', async () => {
  const stoodStill = transaction(testDatabase.database, async (client) => {
    await client.query('SET LOCAL idle_in_transaction_session_timeout = 50');
    await client.query('INSERT INTO note VALUES (7)');
    await sleep(500);
    await client.query('INSERT INTO note VALUES (8)');
  });
  await expect(stoodStill).rejects.toSatisfy(isUnavailable);
  expect(await notes()).not.toContain(7);
});

test('an idle connection that is cut does not end the process and is replaced', async () => {
  const errors: Error[] = [];
  const database = openDatabase(testDatabase.url, {
    applicationName: 'doomed',
    poolMax: 1,
    onIdleError: (error) => errors.push(error),
  });
  await database.pool.query('SELECT 1');
  await testDatabase.database.pool.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'doomed'`,
  );
  await sleep(100);
  expect(errors).toHaveLength(1);
  expect((await database.pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  await database.close();
});
