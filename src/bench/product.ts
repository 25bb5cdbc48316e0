/** The product's own processes, started as `npm start` starts them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemActor } from '../audit/actor.ts';
import { createKey } from '../people/key-service.ts';
import type { Database } from '../platform/database.ts';
import { bundledProgram } from '../platform/project.ts';
import { waitingWindows } from '../screening/store.ts';
import { freePort } from './free-port.ts';
import type { Parts } from './meter.ts';
import type { OwnRedis } from './redis.ts';
import { masterKeyFileOf, type Site } from './site.ts';

export type QueueKind = 'postgres' | 'redis';

export interface Product {
  readonly port: number;
  /** Of an API key for sending and pre-checks. */
  readonly token: string;
  readonly parts: Parts;
  /** What comes first: the work, or the unexpected end of a process. */
  whileAlive<T>(work: Promise<T>): Promise<T>;
  stop(): Promise<void>;
}

export interface ProductOptions {
  readonly site: Site;
  /** `null`: the queue is in PostgreSQL. */
  readonly redis: OwnRedis | null;
  readonly workers: number;
  /** 0: a free one. */
  readonly port: number;
}

const readyMs = 60_000;
/** Longer than any run. */
const keyDays = 31;
const stopMs = 30_000;

export async function startProduct({ site, redis, workers, port: asked }: ProductOptions): Promise<Product> {
  const port = asked === 0 ? await freePort() : asked;
  const logDir = path.join(site.dataDir, 'logs');
  mkdirSync(logDir, { recursive: true });
  const environment = {
    ...process.env,
    DATABASE_URL: site.database.url,
    REDIS_URL: redis?.url ?? '',
    FUNDWATCH_MASTER_KEY_FILE: masterKeyFileOf(site.dataDir),
    FUNDWATCH_PORT: String(port),
    FUNDWATCH_LOG_LEVEL: 'warn',
  };
  const children: ChildProcess[] = [];
  let stopping = false;
  let reportDeath: (error: Error) => void = () => undefined;
  const death = new Promise<never>((_resolve, reject) => {
    reportDeath = reject;
  });
  // Heard by `whileAlive`; between two pieces of work nobody listens.
  death.catch(() => undefined);

  const start = async (command: 'api' | 'work'): Promise<number> => {
    const logFile = path.join(logDir, `${command}.log`);
    const log = openSync(logFile, 'a', 0o600);
    const child = spawn(process.execPath, [...process.execArgv, bundledProgram('main'), command], {
      env: environment,
      stdio: ['ignore', log, log, 'ipc'],
    });
    closeSync(log);
    children.push(child);
    child.once('exit', (code, signal) => {
      if (!stopping)
        reportDeath(
          new Error(`${command} 意外结束，日志 / ${command} ended (${signal ?? code}): ${logFile}`),
        );
    });
    // The first message says that it is ready.
    const ready = await Promise.race([
      once(child, 'message'),
      death,
      sleep(readyMs, undefined, { ref: false }),
    ]);
    if (ready === undefined)
      throw new Error(`${command} 未就绪，日志 / ${command} was not ready: ${logFile}`);
    return child.pid ?? 0;
  };
  const stop = async (): Promise<void> => {
    stopping = true;
    await Promise.all(children.map(stopChild));
  };

  try {
    const api = await start('api');
    const work = await Promise.all(Array.from({ length: workers }, () => start('work')));
    const { token } = await createKey(
      { database: site.database },
      { name: 'bench', scopes: ['claims:write', 'precheck'], fixmedinsCode: null, days: keyDays },
      systemActor('bench'),
    );
    return {
      port,
      token,
      parts: new Map([
        ['api', [api]],
        ['worker', work],
        ['postgresql', [site.postgresPid()]],
        ...redisPart(redis),
      ]),
      whileAlive: (work) => Promise.race([work, death]),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** For the parts of a run, where there is one. */
export const redisPart = (redis: OwnRedis | null): [string, number[]][] =>
  redis === null ? [] : [['redis', [redis.pid]]];

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), stopMs);
  await exited;
  clearTimeout(late);
}

const pollMs = 50;
const stalledMs = 180_000;

/** Until no claim waits to be screened; an error when nothing moves any more. Days of windows are judged after them: `untilSettled`. */
export const untilScreened = ({ pool }: Database): Promise<void> =>
  untilNone(
    pool,
    `SELECT coalesce(sum(claims), 0)::int8 AS waiting FROM intake_batch WHERE state = 'waiting'`,
  );

/** Persons whom replays have before them: rules that changed since the database was made have everybody judged again. */
const waitingPersons = `(SELECT coalesce(sum(greatest(1, r.persons_total - s.persons)), 0)::int8 FROM rule_run r
   CROSS JOIN LATERAL (SELECT coalesce(sum(persons), 0) AS persons FROM rule_run_slice WHERE run_id = r.id) AS s
  WHERE r.kind = 'replay' AND r.state = 'waiting')`;

/** Until nothing waits to be judged, of persons or of windows, for the first time or again. */
export async function untilSettled(database: Database): Promise<void> {
  await untilScreened(database);
  await untilNone(database.pool, `SELECT ${waitingPersons} AS waiting`);
  await untilNone(database.pool, `SELECT ${waitingWindows} AS waiting`);
}

async function untilNone(pool: Database['pool'], waitingSql: string): Promise<void> {
  let last = Number.POSITIVE_INFINITY;
  let movedAt = performance.now();
  for (;;) {
    const { rows } = await pool.query<{ waiting: number }>(waitingSql);
    const waiting = rows[0]?.waiting ?? 0;
    if (waiting === 0) return;
    // Marks of days become more before they become fewer.
    if (waiting !== last) {
      last = waiting;
      movedAt = performance.now();
    }
    if (performance.now() - movedAt > stalledMs)
      throw new Error(`筛查停滞 / screening stands still: ${waiting} wait`);
    await sleep(pollMs);
  }
}
