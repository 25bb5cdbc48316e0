/** What all measurements of a run stand on: an embedded PostgreSQL as `npm start` brings it, with a year of history in it. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { type Database, openDatabase } from '../platform/database.ts';
import { startEmbeddedPostgres } from '../platform/embedded.ts';
import { migrate } from '../platform/migrate.ts';
import { type ClaimRange, piecesOf, type World } from './claims.ts';
import { loading } from './load.ts';
import { startTask } from './task.ts';

export interface Site {
  readonly dataDir: string;
  readonly database: Database;
  readonly world: World;
  readonly postgresPid: () => number;
  /** Claims that no run on this database has sent before. */
  take(claims: number): Promise<ClaimRange>;
  stop(): Promise<void>;
}

export interface SiteOptions {
  readonly world: World;
  /** Kept after the run, and used again by the next one. `undefined`: a temporary folder. */
  readonly dataDir: string | undefined;
  readonly freeDiskBytesMin?: number;
  readonly print: (line: string) => void;
}

const poolMax = 3;
const progressMs = 5_000;
/** The server's last writes may put a file back. */
const removalsMax = 5;
/** Of the history: index pages and rows as they are stored today, with room. */
const bytesPerClaim = 3_000;
const bytesBase = 1_000_000_000;

export async function openSite(options: SiteOptions): Promise<Site> {
  const { world, print } = options;
  const kept = options.dataDir === undefined ? undefined : path.resolve(options.dataDir);
  const dataDir = kept ?? mkdtempSync(path.join(tmpdir(), 'fundwatch-bench-'));
  print(`  database and logs in ${dataDir}`);
  const isNew = !existsSync(path.join(dataDir, 'postgres.json'));
  const postgres = await startEmbeddedPostgres({
    dataDir,
    report: print,
    freeDiskBytesMin:
      options.freeDiskBytesMin ?? (isNew ? bytesBase + world.history * bytesPerClaim : bytesBase),
    // The one setting that `npm start` does not have: PostgreSQL notes when each transaction was committed, which is when a finding is there.
    settings: { track_commit_timestamp: 'on' },
  });
  // Interrupted, nobody waits for the server to end in order: a temporary one is not worth it.
  const discard = (): void => {
    if (kept !== undefined) return;
    process.kill(postgres.pid(), 'SIGKILL');
    rmSync(dataDir, { recursive: true, force: true, maxRetries: removalsMax });
  };
  process.once('exit', discard);
  const stop = async (): Promise<void> => {
    await postgres.stop();
    process.off('exit', discard);
    if (kept === undefined) rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    await migrate(postgres.url);
    const database = openDatabase(postgres.url, { applicationName: 'fundwatch bench', poolMax });
    await prepareHistory(database, masterKeyFileOf(dataDir), world, print);
    return {
      dataDir,
      database,
      world,
      postgresPid: postgres.pid,
      take: (claims) => takeRange(database, claims),
      stop: async () => {
        await database.close();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

export const masterKeyFileOf = (dataDir: string): string => path.join(dataDir, 'master-key');

const worldRow = z.object({ persons: z.int(), history: z.int(), loaded: z.boolean() });

/** A history that was half loaded when the run was stopped is completed: what is there already is a duplicate and changes nothing. */
async function prepareHistory(
  database: Database,
  masterKeyFile: string,
  world: World,
  print: (line: string) => void,
): Promise<void> {
  await database.pool.query(
    `CREATE SCHEMA IF NOT EXISTS bench;
     CREATE TABLE IF NOT EXISTS bench.world (persons int8 NOT NULL, history int8 NOT NULL, loaded bool NOT NULL, next_claim int8 NOT NULL)`,
  );
  await database.pool.query(
    'INSERT INTO bench.world SELECT $1, $2, false, $2 WHERE NOT EXISTS (SELECT 1 FROM bench.world)',
    [world.persons, world.history],
  );
  const { rows } = await database.pool.query('SELECT persons, history, loaded FROM bench.world');
  const found = worldRow.parse(rows[0]);
  if (found.persons !== world.persons || found.history !== world.history)
    throw new Error(
      `数据目录中是另一份历史：${found.persons} 人、${found.history} 单。` +
        `The data folder holds another history: ${found.persons} persons, ${found.history} claims.`,
    );
  if (found.loaded) return;
  await loadHistory(database, masterKeyFile, world, print);
  // What autovacuum would do within minutes, done before the clock starts.
  await database.pool.query('VACUUM (ANALYZE)');
  await database.pool.query('CHECKPOINT');
  await database.pool.query('UPDATE bench.world SET loaded = true');
}

async function loadHistory(
  database: Database,
  masterKeyFile: string,
  world: World,
  print: (line: string) => void,
): Promise<void> {
  if (world.history === 0) return;
  const startedAt = performance.now();
  const parts = piecesOf({ from: 0, to: world.history }, Math.ceil(world.history / availableParallelism()));
  const stored = parts.map(() => 0);
  const total = (): number => stored.reduce((sum, one) => sum + one, 0);
  const timer = setInterval(() => {
    const perS = (total() * 1_000) / (performance.now() - startedAt);
    print(`  history: ${total()} of ${world.history} claims, ${Math.round(perS)}/s`);
  }, progressMs);
  try {
    await Promise.all(
      parts.map(async (range, at) => {
        const order = { databaseUrl: database.url, masterKeyFile, world, range };
        const task = await startTask(loading, order, (done) => {
          stored[at] = done;
        });
        await task.go();
      }),
    );
  } finally {
    clearInterval(timer);
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  print(`  history: ${world.history} claims loaded in ${seconds.toFixed(0)} s`);
}

async function takeRange(database: Database, claims: number): Promise<ClaimRange> {
  const { rows } = await database.pool.query<{ to: number }>(
    'UPDATE bench.world SET next_claim = next_claim + $1 RETURNING next_claim AS to',
    [claims],
  );
  const to = rows[0]?.to ?? 0;
  return { from: to - claims, to };
}
