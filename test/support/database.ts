import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { inject } from 'vitest';
import { type Database, openDatabase } from '../../src/platform/database.ts';
import { migrate } from '../../src/platform/migrate.ts';
import type { Vault } from '../../src/vault/vault.ts';
import { openVault } from '../../src/vault/vault-service.ts';

export type TestDatabase = {
  readonly url: string;
  readonly database: Database;
  readonly vault: Vault;
  /** For processes of their own. */
  readonly masterKeyFile: string;
  /** Closes `database`, ends whatever sessions are left, and removes the database. */
  readonly drop: () => Promise<void>;
};

const poolMax = 5;

let testKeyFolder: string | undefined;
/** One for all databases of a test process; each has data keys of its own. */
function testMasterKeyFile(): string {
  testKeyFolder ??= mkdtempSync(path.join(tmpdir(), 'fundwatch-key-'));
  return path.join(testKeyFolder, 'master-key');
}

/** A migrated, empty database for one test file (or one test): a copy of the template, about 0.1 s. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const adminUrl = inject('adminDatabaseUrl');
  const name = `fundwatch_test_${randomBytes(6).toString('hex')}`;
  await administer(
    adminUrl,
    `CREATE DATABASE ${name} TEMPLATE ${inject('templateDatabaseName')} STRATEGY FILE_COPY`,
  );
  const url = withDatabaseName(adminUrl, name);
  const database = openDatabase(url, { applicationName: 'fundwatch test', poolMax });
  const masterKeyFile = testMasterKeyFile();
  return {
    url,
    database,
    vault: openVault({ database, masterKeyFile, suite: 'aes' }),
    masterKeyFile,
    drop: async () => {
      await database.close();
      await administer(adminUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    },
  };
}

/** A database without a single table, for tests of the migrations themselves. */
export async function createEmptyDatabase(): Promise<{ url: string; drop: () => Promise<void> }> {
  const adminUrl = inject('adminDatabaseUrl');
  const name = `fundwatch_test_${randomBytes(6).toString('hex')}`;
  await administer(adminUrl, `CREATE DATABASE ${name}`);
  return {
    url: withDatabaseName(adminUrl, name),
    drop: () => administer(adminUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

/** Called once by the global set-up. */
export async function createTemplateDatabase(
  adminUrl: string,
): Promise<{ name: string; drop: () => Promise<void> }> {
  const name = `fundwatch_template_${process.pid}`;
  await administer(adminUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  await administer(adminUrl, `CREATE DATABASE ${name}`);
  await migrate(withDatabaseName(adminUrl, name));
  // A single session on the template would make every copy fail.
  await administer(adminUrl, `ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
  return { name, drop: () => administer(adminUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

async function administer(adminUrl: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

function withDatabaseName(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}
