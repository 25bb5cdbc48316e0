import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { Config } from '../platform/config.ts';
import { isUnavailable, withConnection } from '../platform/database.ts';
import { startEmbeddedPostgres } from '../platform/embedded.ts';

/** As `platform/embedded.ts` writes it. */
const embeddedState = z.object({ port: z.int().min(1).max(65_535), password: z.string() });

/**
 * Runs a command on the database of DATABASE_URL; else on the embedded one that `npm start` runs at the moment; else on the embedded one,
 * started for as long as the command takes.
 */
export async function withDatabaseUrl<T>(
  config: Config,
  report: (line: string) => void,
  work: (url: string) => Promise<T>,
): Promise<T> {
  if (config.databaseUrl !== undefined) return work(config.databaseUrl);
  const running = await runningEmbedded(config.dataDir);
  if (running !== undefined) return work(running);
  const embedded = await startEmbeddedPostgres({ dataDir: config.dataDir, report });
  try {
    return await work(embedded.url);
  } finally {
    await embedded.stop();
  }
}

async function runningEmbedded(dataDir: string): Promise<string | undefined> {
  const text = await readFile(path.join(dataDir, 'postgres.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const { port, password } = embeddedState.parse(JSON.parse(text));
  const url = `postgresql://fundwatch:${encodeURIComponent(password)}@127.0.0.1:${port}/fundwatch`;
  try {
    return await withConnection(url, { applicationName: 'fundwatch' }, async () => url);
  } catch (error) {
    if (isUnavailable(error)) return undefined;
    throw error;
  }
}
