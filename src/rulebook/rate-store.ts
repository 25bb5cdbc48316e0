/** The database of hit rates, of what backtests promise of them, and of notices. */
import type { Pool, PoolClient } from 'pg';
import { type Notice, noticeSchema } from './contract.ts';
import { type Band, type MonthCounts, windowClaims } from './rate.ts';

type Client = Pool | PoolClient;

export interface StoredRate {
  readonly content_hash: string;
  readonly low: number | null;
  readonly high: number | null;
  readonly claims: number;
  readonly hits: number;
  readonly window_claims: number;
  readonly window_hits: number;
  readonly last_rate: number | null;
  readonly skipped_batches: number;
  readonly skipped_claims: number;
}

const columns =
  'content_hash, low, high, claims, hits, window_claims, window_hits, last_rate, skipped_batches, skipped_claims';

export async function findRate(client: Client, contentHash: string): Promise<StoredRate | null> {
  const { rows } = await client.query<StoredRate>(
    `SELECT ${columns} FROM rule_rate WHERE content_hash = $1`,
    [contentHash],
  );
  return rows[0] ?? null;
}

/** Counting begins anew beside this band. */
export async function watchRate(client: PoolClient, contentHash: string, band: Band | null): Promise<void> {
  await client.query(
    `INSERT INTO rule_rate (content_hash, low, high) VALUES ($1, $2, $3)
     ON CONFLICT (content_hash) DO UPDATE SET low = excluded.low, high = excluded.high, window_claims = 0, window_hits = 0, updated_at = now()`,
    [contentHash, band?.low ?? null, band?.high ?? null],
  );
}

export interface RateCounts {
  readonly content_hash: string;
  readonly claims: number;
  readonly hits: number;
  readonly skipped_batches: number;
  readonly skipped_claims: number;
}

/** Adds what a batch showed, in the order of hashes so that no two wait for each other. @returns the rates as they stand then */
export async function addToRates(client: PoolClient, counts: readonly RateCounts[]): Promise<StoredRate[]> {
  const rates: StoredRate[] = [];
  for (const one of [...counts].sort((a, b) => (a.content_hash < b.content_hash ? -1 : 1))) {
    const { rows } = await client.query<StoredRate>(
      `INSERT INTO rule_rate AS r (content_hash, claims, hits, window_claims, window_hits, skipped_batches, skipped_claims)
       VALUES ($1, $2, $3, $2, $3, $4, $5)
       ON CONFLICT (content_hash) DO UPDATE SET claims = r.claims + excluded.claims, hits = r.hits + excluded.hits,
         window_claims = r.window_claims + excluded.claims, window_hits = r.window_hits + excluded.hits,
         skipped_batches = r.skipped_batches + excluded.skipped_batches, skipped_claims = r.skipped_claims + excluded.skipped_claims,
         updated_at = now()
       RETURNING ${columns}`,
      [one.content_hash, one.claims, one.hits, one.skipped_batches, one.skipped_claims],
    );
    rates.push(...rows);
  }
  return rates;
}

/** What a version over windows shows of a day of an institution. */
export interface ShownDay {
  readonly content_hash: string;
  readonly fixmedins_code: string;
  readonly day: number;
  readonly claims: number;
  readonly hits: number;
}

/** Keeps what versions show of these days. @returns of each version how much that is more, or less, than they showed before */
export async function growthOfDays(
  client: PoolClient,
  shown: readonly ShownDay[],
): Promise<Pick<RateCounts, 'content_hash' | 'claims' | 'hits'>[]> {
  if (shown.length === 0) return [];
  const { rows } = await client.query<Pick<RateCounts, 'content_hash' | 'claims' | 'hits'>>(
    `WITH shown AS (SELECT * FROM unnest($1::text[], $2::text[], $3::int[], $4::int[], $5::int[]) AS k(content_hash, fixmedins_code, day, claims, hits)),
          before AS (SELECT d.* FROM shown JOIN rule_rate_day d USING (content_hash, fixmedins_code, day)),
          grown AS (SELECT s.*, s.claims - coalesce(b.claims, 0) AS more_claims, s.hits - coalesce(b.hits, 0) AS more_hits
                      FROM shown s LEFT JOIN before b USING (content_hash, fixmedins_code, day)),
          kept AS (INSERT INTO rule_rate_day (content_hash, fixmedins_code, day, claims, hits)
                   SELECT content_hash, fixmedins_code, day, claims, hits FROM grown WHERE more_claims <> 0 OR more_hits <> 0 ORDER BY 1, 2, 3
                   ON CONFLICT (content_hash, fixmedins_code, day) DO UPDATE SET claims = excluded.claims, hits = excluded.hits)
     SELECT content_hash, sum(more_claims) AS claims, sum(more_hits) AS hits FROM grown GROUP BY 1`,
    [
      shown.map(({ content_hash }) => content_hash),
      shown.map(({ fixmedins_code }) => fixmedins_code),
      shown.map(({ day }) => day),
      shown.map(({ claims }) => claims),
      shown.map(({ hits }) => hits),
    ],
  );
  return rows;
}

/** A window is full: its rate is kept, and the next one begins. */
export async function closeWindow(client: PoolClient, contentHash: string): Promise<void> {
  await client.query(
    `UPDATE rule_rate SET last_rate = window_hits * 1000.0 / greatest(window_claims, 1), window_claims = 0, window_hits = 0
      WHERE content_hash = $1 AND window_claims >= $2`,
    [contentHash, windowClaims],
  );
}

/** What the version found by month, in the institutions that `isWithin` picks. */
export async function monthsOfBacktest(
  client: Client,
  run: number,
  isWithin: (fixmedinsCode: string) => boolean,
): Promise<MonthCounts[]> {
  const { rows } = await client.query<MonthCounts & { fixmedins_code: string }>(
    'SELECT fixmedins_code, month, claims, new_findings + same_findings AS hits FROM backtest_cell WHERE run_id = $1',
    [run],
  );
  const months = new Map<string, MonthCounts>();
  for (const { fixmedins_code, month, claims, hits } of rows) {
    if (!isWithin(fixmedins_code)) continue;
    const known = months.get(month);
    months.set(month, { month, claims: claims + (known?.claims ?? 0), hits: hits + (known?.hits ?? 0) });
  }
  return [...months.values()].sort((a, b) => (a.month < b.month ? -1 : 1));
}

/** The institutions whose claims a backtest went over. */
export async function institutionsOfBacktest(client: Client, run: number): Promise<string[]> {
  const { rows } = await client.query<{ fixmedins_code: string }>(
    'SELECT DISTINCT fixmedins_code FROM backtest_cell WHERE run_id = $1',
    [run],
  );
  return rows.map(({ fixmedins_code }) => fixmedins_code);
}

export async function insertNotice(
  client: PoolClient,
  notice: Pick<Notice, 'code' | 'content_hash' | 'kind' | 'detail'>,
): Promise<void> {
  await client.query('INSERT INTO rule_notice (code, content_hash, kind, detail) VALUES ($1, $2, $3, $4)', [
    notice.code,
    notice.content_hash,
    notice.kind,
    JSON.stringify(notice.detail),
  ]);
}

const noticeSelect =
  'SELECT id::text AS id, code, content_hash, kind, detail, created_at, seen_by, seen_at FROM rule_notice';
type NoticeRecord = Omit<Notice, 'created_at' | 'seen_at'> & {
  readonly created_at: Date;
  readonly seen_at: Date | null;
};
const noticeOf = ({ created_at, seen_at, ...row }: NoticeRecord): Notice =>
  noticeSchema.parse({
    ...row,
    created_at: created_at.toISOString(),
    seen_at: seen_at?.toISOString() ?? null,
  });

/** Those nobody has seen first, then the newest. */
export async function listNotices(client: Client, noticesMax: number): Promise<Notice[]> {
  const { rows } = await client.query<NoticeRecord>(
    `${noticeSelect} ORDER BY seen_at IS NULL DESC, rule_notice.id DESC LIMIT $1`,
    [noticesMax],
  );
  return rows.map(noticeOf);
}

/** The first who sees it is kept. @returns `null`: there is none */
export async function markNoticeSeen(client: Client, id: number, account: string): Promise<Notice | null> {
  await client.query(
    'UPDATE rule_notice SET seen_by = $2, seen_at = now() WHERE id = $1 AND seen_at IS NULL',
    [id, account],
  );
  const { rows } = await client.query<NoticeRecord>(`${noticeSelect} WHERE rule_notice.id = $1`, [id]);
  return rows[0] === undefined ? null : noticeOf(rows[0]);
}
