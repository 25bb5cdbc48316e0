import { setTimeout as sleep } from 'node:timers/promises';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { PrismaClient } from '../../prisma/client/client.ts';

/**
 * One PostgreSQL pool, seen twice: as Prisma for ordinary reads and writes, and as plain `pg` for COPY and set-based SQL.
 *
 * Policy on lost connections:
 * - *Getting* a connection is retried for `connectRetryMs`, because PostgreSQL restarts (crash recovery, fail-over) are ordinary
 *   and nothing has happened yet that could happen twice.
 * - A transaction that PostgreSQL certainly rolled back (serialization failure, deadlock) is run again, `transactionAttemptsMax`
 *   times in all; its function must therefore have no effects outside the database.
 * - A connection lost *inside* a transaction is never retried here: whether COMMIT arrived is unknown, and only the caller knows
 *   whether doing it again is harmless. The queue delivers the job again, and jobs are written so that this changes nothing.
 *
 * How values arrive through `pool` (Prisma has its own mapping: BigInt columns as bigint, Decimal as Decimal):
 * - `int8` as number, and an error when it is beyond 2^53-1: sums of fen stay exact (90 million million yuan fit) and survive JSON.
 * - `numeric` as string, so that no unit price ever passes through a binary float.
 * - `date` and `timestamp` as the string PostgreSQL prints: a day or a local time is not an instant.
 * - `timestamptz` as Date.
 */
export type Database = {
  readonly url: string;
  readonly pool: pg.Pool;
  readonly prisma: PrismaClient;
  readonly close: () => Promise<void>;
};

export type DatabaseOptions = {
  /** Shown in pg_stat_activity, so that an operator sees which process holds a lock. */
  applicationName: string;
  poolMax: number;
  /** Settings of every session. */
  settings?: Readonly<Record<string, string>>;
  /** Called when an idle connection breaks. The pool has already replaced it; this is for the log only. */
  onIdleError?: (error: Error) => void;
};

/**
 * A host whose cable is pulled says nothing, and left alone PostgreSQL would believe in its sessions – and keep their locks – for two
 * hours. So both ends probe a silent connection: after `probeAfterS`, every `probeEveryS`, until `probesMax` went unanswered. What was
 * sent and is not acknowledged is waited for as long. A session that lives but thinks inside a transaction (its process is stopped, or its
 * machine suspended) loses its locks after `thinkingMsMax`; a batch is judged in a fraction of that.
 */
const probeAfterS = 10;
const probeEveryS = 5;
const probesMax = 3;
const silenceMsMax = (probeAfterS + probeEveryS * probesMax) * 1000;
const thinkingMsMax = 60_000;

/** For every connection of ours, the queue's too. */
export const liveliness = {
  keepAlive: true,
  keepAliveInitialDelayMillis: probeAfterS * 1000,
  options: settingsText({
    tcp_keepalives_idle: probeAfterS,
    tcp_keepalives_interval: probeEveryS,
    tcp_keepalives_count: probesMax,
    tcp_user_timeout: silenceMsMax,
    idle_in_transaction_session_timeout: thinkingMsMax,
  }),
};

/** As PostgreSQL takes settings when a session begins. */
function settingsText(settings: Readonly<Record<string, string | number>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ');
}

const connectTimeoutMs = 10_000;
const idleTimeoutMs = 30_000;
const connectRetryMs = 20_000;
const connectRetryPauseMs = 250;
const transactionAttemptsMax = 3;
const transactionRetryPauseMs = 50;

export function openDatabase(url: string, options: DatabaseOptions): Database {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: options.applicationName,
    max: options.poolMax,
    connectionTimeoutMillis: connectTimeoutMs,
    idleTimeoutMillis: idleTimeoutMs,
    ...liveliness,
    // Prisma's adapter drops the offset that PostgreSQL prints, so a session in any other zone would shift every instant.
    options: `${liveliness.options} ${settingsText({ TimeZone: 'UTC', ...options.settings })}`,
    types: { getTypeParser },
  });
  // Without a listener a broken idle connection would end the whole process.
  pool.on('error', (error) => options.onIdleError?.(error));
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool) });
  return {
    url,
    pool,
    prisma,
    close: async () => {
      await prisma.$disconnect();
      await pool.end();
    },
  };
}

/** One connection outside of any pool, for as long as `work` takes. */
export async function withConnection<T>(
  url: string,
  options: Pick<DatabaseOptions, 'applicationName' | 'settings'>,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({
    connectionString: url,
    application_name: options.applicationName,
    connectionTimeoutMillis: connectTimeoutMs,
    ...liveliness,
    options: `${liveliness.options} ${settingsText({ TimeZone: 'UTC', ...options.settings })}`,
    types: { getTypeParser },
  });
  const { lost } = hearLoss(client);
  await client.connect();
  try {
    return await work(client);
  } catch (error) {
    throw lost() ?? error;
  } finally {
    await client.end();
  }
}

/** What became of a connection that somebody holds. */
export interface Hearing {
  /** What it was lost by; `undefined`: nothing is known against it. */
  readonly lost: () => Error | undefined;
  /** Something else that leaves it in an unknown state. */
  readonly note: (error: unknown) => void;
  readonly stop: () => void;
}

/** A connection that is lost says so by an event, besides failing the query that is under way; unheard, it would end the process. */
export function hearLoss(client: pg.ClientBase): Hearing {
  let lost: Error | undefined;
  const note = (error: unknown): void => {
    lost ??= error instanceof Error ? error : new Error(String(error));
  };
  client.on('error', note);
  return { lost: () => lost, note, stop: () => void client.off('error', note) };
}

/** As `withConnection`, where nothing can be written. */
export const withReadOnlyConnection = <T>(
  url: string,
  applicationName: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> =>
  withConnection(url, { applicationName, settings: { default_transaction_read_only: 'on' } }, work);

/**
 * Runs `work` between BEGIN and COMMIT on one connection and returns what it returned. When it throws, everything is rolled back
 * and the error is thrown on. See the policy on lost connections above.
 */
export async function transaction<T>(
  database: Pick<Database, 'pool'>,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await transactionOnce(database.pool, work);
    } catch (error) {
      if (attempt >= transactionAttemptsMax || !isRolledBackForSure(error)) throw error;
      await sleep(transactionRetryPauseMs * attempt);
    }
  }
}

async function transactionOnce<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await connectPatiently(pool);
  const { lost, note, stop } = hearLoss(client);
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    // What broke the connection says more than «not queryable», which is what the query after it says.
    const broken = lost();
    if (broken !== undefined) throw broken;
    await client.query('ROLLBACK').catch(note);
    throw error;
  } finally {
    stop();
    // A connection in an unknown state is thrown away instead of being handed to the next caller.
    client.release(lost());
  }
}

/** Takes a connection from the pool, waiting out a restart of PostgreSQL for at most `connectRetryMs`. */
async function connectPatiently(pool: pg.Pool): Promise<pg.PoolClient> {
  const giveUpAt = performance.now() + connectRetryMs;
  for (;;) {
    try {
      return await pool.connect();
    } catch (error) {
      if (!isUnavailable(error) || performance.now() >= giveUpAt) throw error;
      await sleep(connectRetryPauseMs);
    }
  }
}

/** Resolves when PostgreSQL takes connections; throws the last refusal when it does not within `connectRetryMs`. */
export async function waitUntilReachable(url: string): Promise<void> {
  const pool = new pg.Pool({ connectionString: url, max: 1, connectionTimeoutMillis: connectTimeoutMs });
  try {
    (await connectPatiently(pool)).release();
  } finally {
    await pool.end();
  }
}

/** True when the error says that PostgreSQL cannot be reached at the moment, as opposed to a refusal that will not change. */
export function isUnavailable(error: unknown): boolean {
  const code = errorCode(error);
  if (code !== undefined) {
    // 57P01 admin_shutdown, 57P02 crash_shutdown, 57P03 cannot_connect_now (starting up or in recovery); 25P03: this process stood still
    // inside a transaction; class 08: connection exceptions.
    return code.startsWith('08') || unavailableCodes.includes(code);
  }
  return (
    error instanceof Error &&
    /Connection terminated|connection timeout|Connection ended|not queryable/i.test(error.message)
  );
}

const unavailableCodes =
  '57P01 57P02 57P03 25P03 ECONNREFUSED ECONNRESET EPIPE ETIMEDOUT ENOENT EHOSTUNREACH ENETUNREACH'.split(
    ' ',
  );

function isRolledBackForSure(error: unknown): boolean {
  // 40001 serialization_failure, 40P01 deadlock_detected.
  return ['40001', '40P01'].includes(errorCode(error) ?? '');
}

function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

const asPrinted = (text: string): string => text;

const parsersOfOurs: ReadonlyMap<number, (text: string) => unknown> = new Map<
  number,
  (text: string) => unknown
>([
  [pg.types.builtins.INT8, parseInt8],
  [pg.types.builtins.DATE, asPrinted],
  [pg.types.builtins.TIMESTAMP, asPrinted],
]);

const getTypeParser: pg.CustomTypesConfig['getTypeParser'] = (oid, format) =>
  (format === 'binary' ? undefined : parsersOfOurs.get(oid)) ?? pg.types.getTypeParser(oid, format);

function parseInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value))
    throw new RangeError(`int8 value ${text} is beyond 2^53-1 and would lose digits`);
  return value;
}
