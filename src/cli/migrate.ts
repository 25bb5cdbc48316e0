import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Command } from 'commander';
import { loadConfig } from '../platform/config.ts';
import { startEmbeddedPostgres } from '../platform/embedded.ts';
import { createMigration, migrate, pendingMigrations } from '../platform/migrate.ts';

export function register(program: Command): void {
  const command = program.command('migrate').description('更新数据库结构 / bring the database up to date');
  command.action(async () => {
    await withDatabaseUrl(async (url) => {
      const applied = await migrate(url);
      print(
        applied.length === 0
          ? '数据库已是最新。The database is up to date.'
          : `已应用 applied:\n  ${applied.join('\n  ')}`,
      );
    });
  });
  command
    .command('status')
    .description('列出尚未应用的更新 / list what the database still lacks')
    .action(async () => {
      await withDatabaseUrl(async (url) => {
        const pending = await pendingMigrations(url);
        print(
          pending.length === 0
            ? '数据库已是最新。The database is up to date.'
            : `待应用 pending:\n  ${pending.join('\n  ')}`,
        );
      });
    });
  command
    .command('new <name>')
    .description(
      '根据 schema.prisma 的改动写出新的更新 / write the next migration from what changed in schema.prisma',
    )
    .action(async (name: string) => {
      await withScratchServer(async (url) => {
        const file = await createMigration(url, name, new Date());
        print(
          file === undefined
            ? 'schema.prisma 没有改动。Nothing changed in schema.prisma.'
            : `已写出 written: ${file}`,
        );
      });
    });
}

/** The database of DATABASE_URL, or the embedded one, started for as long as the command takes. */
async function withDatabaseUrl(work: (url: string) => Promise<void>): Promise<void> {
  const config = loadConfig();
  if (config.databaseUrl !== undefined) return work(config.databaseUrl);
  const embedded = await startEmbeddedPostgres({ dataDir: config.dataDir, report: print });
  try {
    await work(embedded.url);
  } finally {
    await embedded.stop();
  }
}

/** Writing a migration needs an empty server, not our data: a throw-away one, so that it works while `npm start` runs. */
async function withScratchServer(work: (url: string) => Promise<void>): Promise<void> {
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'fundwatch-migrate-'));
  const embedded = await startEmbeddedPostgres({
    dataDir,
    report: () => undefined,
    settings: { fsync: 'off' },
  });
  try {
    await work(embedded.url);
  } finally {
    await embedded.stop();
    await rm(dataDir, { recursive: true });
  }
}

function print(line: string): void {
  process.stderr.write(`${line}\n`);
}
