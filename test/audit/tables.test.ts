import { afterAll, beforeAll, expect, test } from 'vitest';
import { definitions } from '../../src/audit/catalogue.ts';
import { queueSchema, tables } from '../../src/audit/tables.ts';
import { createLog } from '../../src/platform/log.ts';
import { openQueue } from '../../src/platform/queue.ts';
import { screenQueue } from '../../src/screening/queue.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let held: TestDatabase;
beforeAll(async () => {
  held = await createTestDatabase();
});
afterAll(() => held.drop());

async function tablesOfDatabase(): Promise<string[]> {
  const { rows } = await held.database.pool.query<{ name: string }>(
    `SELECT CASE n.nspname WHEN 'public' THEN '' ELSE n.nspname || '.' END || c.relname AS name
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p', 'f', 'm') AND NOT c.relispartition
        AND n.nspname NOT IN ('pg_catalog', 'information_schema', $1) AND n.nspname !~ '^pg_(toast|temp)'
      ORDER BY 1`,
    [queueSchema],
  );
  return rows.map(({ name }) => name);
}

test('every table is audited, or exempt with a reason', async () => {
  // The queue makes its tables itself, and documents of a month get a partition.
  const queue = await openQueue(
    { databaseUrl: held.url, redisUrl: undefined },
    screenQueue,
    createLog({ process: 'test', level: 'silent' }),
  );
  await queue.close();
  await held.database.pool.query(`SELECT hold_document_months('{20089}')`);
  expect(await tablesOfDatabase()).toEqual(Object.keys(tables).sort());
});

test('the queue keeps its tables in a schema of its own', async () => {
  const { rows } = await held.database.pool.query<{ tables: number }>(
    'SELECT count(*)::int AS tables FROM pg_tables WHERE schemaname = $1',
    [queueSchema],
  );
  expect(rows[0]?.tables).toBeGreaterThan(0);
});

test('a table that nobody thought of is noticed', async () => {
  await held.database.pool.query('CREATE TABLE stray ()');
  expect(Object.keys(tables)).not.toContain('stray');
  expect(await tablesOfDatabase()).toContain('stray');
});

test('reasons are sentences, and every kind of event records changes of some table or stands for itself', () => {
  for (const [table, { exempt }] of Object.entries(tables))
    if (exempt !== undefined) expect(exempt.length, table).toBeGreaterThan(10);
  const recorded = new Set(
    Object.values(tables)
      .flatMap(({ audited }) => audited ?? [])
      .map(String),
  );
  const standAlone = [...definitions.keys()].filter((kind) => !recorded.has(kind));
  expect(standAlone).toEqual([
    'answer.file_opened',
    'audit.chain_started',
    'audit.exported',
    'cases.exported',
    'cases.file_opened',
    'credit.exported',
    'findings.exported',
    'people.refused',
    'people.sign_in_failed',
    'person.opened',
    'person.revealed',
    'person.searched',
    'quarantine.revealed',
    'replay.finished',
    'replay.started',
    'retention.started',
    'screening.worker_started',
    'tips.file_taken_out',
    'tips.looked_at',
  ]);
});
