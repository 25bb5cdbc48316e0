import { readdirSync } from 'node:fs';
import pg from 'pg';
import { afterEach, expect, test } from 'vitest';
import { migrate, pendingMigrations, schemaDrift } from '../../src/platform/migrate.ts';
import { createEmptyDatabase } from '../support/database.ts';

const onDisk = readdirSync('prisma/migrations', { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  .sort();

const drops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const drop of drops.splice(0)) await drop();
});

async function emptyDatabaseUrl(): Promise<string> {
  const { url, drop } = await createEmptyDatabase();
  drops.push(drop);
  return url;
}

test('an empty database receives every migration once, and a second run applies nothing', async () => {
  const url = await emptyDatabaseUrl();
  expect(await pendingMigrations(url)).toEqual(onDisk);
  expect(await migrate(url)).toEqual(onDisk);
  expect(await pendingMigrations(url)).toEqual([]);
  expect(await migrate(url)).toEqual([]);
});

test('several processes that migrate at once apply each migration exactly once', async () => {
  const url = await emptyDatabaseUrl();
  const applied = await Promise.all([migrate(url), migrate(url), migrate(url)]);
  expect(applied.flat().sort()).toEqual(onDisk);
});

test('schema.prisma and the migrations describe the same database', async () => {
  const url = await emptyDatabaseUrl();
  await migrate(url);
  expect(await schemaDrift(url)).toBe('');
});

async function run(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(sql);
  await client.end();
}

test('partitions that come and go are no drift', async () => {
  const url = await emptyDatabaseUrl();
  await migrate(url);
  await run(url, `SELECT hold_document_months('{20089, 20120}'); DROP TABLE claim_document_2025_01`);
  expect(await schemaDrift(url)).toBe('');
});

test.each(['person', 'claim_document'])(
  'a table that differs from schema.prisma is reported as drift: %s',
  async (table) => {
    const url = await emptyDatabaseUrl();
    await migrate(url);
    await run(url, `ALTER TABLE ${table} ADD COLUMN stray text`);
    expect(await schemaDrift(url)).toContain('DROP COLUMN "stray"');
  },
);
