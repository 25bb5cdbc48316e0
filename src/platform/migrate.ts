import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type {
  MigrationList,
  SchemaEngine,
  SchemasContainer,
} from '@prisma/schema-engine-wasm/schema_engine_bg';
import { withConnection } from './database.ts';
import { migratorName, openMigrationAdapter } from './migration-adapter.ts';
import { projectRoot } from './project.ts';
import { loadSchemaEngine } from './schema-engine.ts';

/**
 * Applies `prisma/migrations/<stamp>_<name>/migration.sql` in order, with Prisma's own engine compiled to WebAssembly: no engine to
 * download, and the same `_prisma_migrations` ledger, so that `prisma migrate deploy` can take over at any time.
 *
 * Each file is sent as one simple query, which PostgreSQL runs as one transaction: a migration is applied whole or not at all.
 */

const schemaFile = path.join(projectRoot, 'prisma', 'schema.prisma');
const migrationsDir = path.join(projectRoot, 'prisma', 'migrations');

/** Any number that no other advisory lock of ours uses; it spells «fund». */
const migrationLockKey = 0x66_75_6e_64;
const lockWaitMs = 120_000;
const noFilters = { externalTables: [], externalEnums: [] };

/** Brings the database up to date and returns the names of the migrations applied now. Any number of processes may call it at once. */
export async function migrate(url: string): Promise<string[]> {
  return withMigrationLock(url, () =>
    withEngine(url, async (engine) => {
      const { appliedMigrationNames } = await engine.applyMigrations({
        migrationsList: readMigrations(),
        filters: noFilters,
      });
      return appliedMigrationNames;
    }),
  );
}

/** Names of the migrations that the database still lacks; empty when it is up to date. */
export async function pendingMigrations(url: string): Promise<string[]> {
  return withConnection(url, { applicationName: migratorName }, async (client) => {
    const ledger = await client.query<{ found: string | null }>(
      `SELECT to_regclass('_prisma_migrations')::text AS found`,
    );
    const applied = new Set<string>();
    if (ledger.rows[0]?.found != null) {
      const rows = await client.query<{ migration_name: string }>(
        'SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL',
      );
      for (const row of rows.rows) applied.add(row.migration_name);
    }
    return migrationNames().filter((name) => !applied.has(name));
  });
}

/**
 * The SQL that would turn the migrated database into what schema.prisma describes; '' when both agree.
 * What Prisma cannot express (triggers, checks, partial indexes, functions) is not compared.
 */
export async function schemaDrift(url: string): Promise<string> {
  return withEngine(url, async (engine) => {
    const { stdout } = await engine.diff({
      // «The datasource of this schema» means the database behind the adapter that the engine was made with.
      from: { tag: 'schemaDatasource', ...readSchema(), configDir: path.dirname(schemaFile) },
      to: { tag: 'schemaDatamodel', ...readSchema() },
      script: true,
      exitCode: null,
      filters: noFilters,
    });
    const sql = stdout ?? '';
    return /^\s*(--[^\n]*\s*)*$/.test(sql) ? '' : sql;
  });
}

/**
 * Writes the next migration: applies all existing ones to an empty scratch database on the same server, and puts the difference to
 * schema.prisma into a new folder. Returns the new file, or undefined when nothing changed.
 * SQL that Prisma does not know may be appended to the file by hand before it is applied anywhere.
 */
export async function createMigration(
  serverUrl: string,
  name: string,
  now: Date,
): Promise<string | undefined> {
  if (!/^[a-z][a-z0-9_]*$/.test(name))
    throw new Error(`migration name ${JSON.stringify(name)} must be like add_claim_batch`);
  const scratchName = `fundwatch_scratch_${process.pid}`;
  return withConnection(serverUrl, { applicationName: migratorName }, async (server) => {
    try {
      await server.query(`CREATE DATABASE ${scratchName}`);
      const scratchUrl = new URL(serverUrl);
      scratchUrl.pathname = `/${scratchName}`;
      await migrate(scratchUrl.href);
      const sql = await schemaDrift(scratchUrl.href);
      if (sql === '') return undefined;
      const stamp = now
        .toISOString()
        .replaceAll(/[^0-9]/g, '')
        .slice(0, 14);
      const file = path.join(migrationsDir, `${stamp}_${name}`, 'migration.sql');
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, sql);
      return file;
    } finally {
      await server.query(`DROP DATABASE IF EXISTS ${scratchName} WITH (FORCE)`);
    }
  });
}

function migrationNames(): string[] {
  if (!existsSync(migrationsDir)) return [];
  return readdirSync(migrationsDir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

function readMigrations(): MigrationList {
  return {
    baseDir: migrationsDir,
    lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' },
    shadowDbInitScript: '',
    migrationDirectories: migrationNames().map((name) => ({
      path: name,
      migrationFile: {
        path: 'migration.sql',
        content: { tag: 'ok', value: readFileSync(path.join(migrationsDir, name, 'migration.sql'), 'utf8') },
      },
    })),
  };
}

function readSchema(): SchemasContainer {
  return { files: [{ path: schemaFile, content: readFileSync(schemaFile, 'utf8') }] };
}

/** API and worker start together and both migrate; the second waits here and then finds nothing to do. */
async function withMigrationLock<T>(url: string, work: () => Promise<T>): Promise<T> {
  // The end of the session gives the lock back.
  const options = { applicationName: migratorName, settings: { lock_timeout: String(lockWaitMs) } };
  return withConnection(url, options, async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [migrationLockKey]);
    return work();
  });
}

async function withEngine<T>(url: string, work: (engine: SchemaEngine) => Promise<T>): Promise<T> {
  const SchemaEngineClass = await loadSchemaEngine();
  const datamodels: [string, string][] = readSchema().files.map((file) => [file.path, file.content]);
  const { adapterFactory, close } = openMigrationAdapter(url);
  try {
    const engine = await SchemaEngineClass.new({ datamodels }, () => undefined, adapterFactory);
    try {
      return await work(engine);
    } finally {
      engine.free();
    }
  } finally {
    await close();
  }
}
