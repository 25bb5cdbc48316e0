import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { bundleServerWhenStale } from '../../src/cli/ready.mjs';
import { lockDataDir } from '../../src/platform/data-dir-lock.ts';
import { startEmbeddedPostgres } from '../../src/platform/embedded.ts';
import { createTemplateDatabase } from './database.ts';
import { leftOutLines } from './optional-parts.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A database on the test server, only for creating and dropping others. */
    adminDatabaseUrl: string;
    templateDatabaseName: string;
  }
}

/**
 * One PostgreSQL for the whole run, in a folder of its own outside the checkout, so that several runs in one checkout do not meet.
 * It is stopped at the end; when the run is killed, the server's watchdog stops it.
 * The product that tests start as a process is bundled before.
 */
export default async function globalSetup(project: TestProject): Promise<() => Promise<void>> {
  const missing = leftOutLines();
  // `npm test` repeats these lines at the very end.
  mkdirSync('.data/test', { recursive: true });
  writeFileSync('.data/test/left-out.json', JSON.stringify(missing));
  if (missing.length > 0 && process.env['FUNDWATCH_REQUIRE_ALL'] === '1') {
    throw new Error(`FUNDWATCH_REQUIRE_ALL=1, and parts are missing:\n${missing.join('\n')}`);
  }
  await bundleServerWhenStale();
  sweepAbandonedFolders();
  const server = await startServer();
  try {
    project.provide('adminDatabaseUrl', server.url);
    const template = await createTemplateDatabase(server.url);
    project.provide('templateDatabaseName', template.name);
    return async () => {
      await template.drop();
      await server.stop();
      for (const line of missing) process.stderr.write(`\n${line}\n`);
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** Runs that were killed could not remove their folder. */
function sweepAbandonedFolders(): void {
  const now = Date.now();
  for (const name of readdirSync(os.tmpdir())) {
    if (!name.startsWith(folderPrefix)) continue;
    const folder = path.join(os.tmpdir(), name);
    try {
      if (now - statSync(folder).mtimeMs < abandonedAfterMs) continue;
      lockDataDir(folder).release();
      rmSync(folder, { recursive: true, force: true });
    } catch {
      // Held by a running test, or not ours to remove.
    }
  }
}

const folderPrefix = 'fundwatch-test-';
const abandonedAfterMs = 3 * 60 * 60 * 1000;

async function startServer(): Promise<{ url: string; stop: () => Promise<void> }> {
  const outside = process.env['FUNDWATCH_TEST_DATABASE_URL'];
  if (outside !== undefined && outside !== '') return { url: outside, stop: async () => undefined };
  const dataDir = mkdtempSync(path.join(os.tmpdir(), folderPrefix));
  const embedded = await startEmbeddedPostgres({
    dataDir,
    report: () => undefined,
    // Nothing here outlives the run, so nothing has to reach the disk. Sessions: vitest's workers times a few pools each.
    settings: {
      fsync: 'off',
      synchronous_commit: 'off',
      full_page_writes: 'off',
      shared_buffers: '256MB',
      max_connections: '200',
      max_wal_size: '8GB',
    },
  });
  return {
    url: embedded.url,
    stop: async () => {
      await embedded.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
