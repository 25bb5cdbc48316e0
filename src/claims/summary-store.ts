/** What came in: counts by day and source, for the console. */
import type { Database } from '../platform/database.ts';
import { type IntakeSummary, summaryDaysMax, summarySourcesMax } from './contract.ts';

export async function intakeSummary(database: Database): Promise<IntakeSummary> {
  const [batches, quarantine, days] = await Promise.all([
    database.pool.query<{ waiting: number; claims: number; oldest: Date | null; failed: number }>(
      `SELECT count(*) FILTER (WHERE state = 'waiting') AS waiting,
              coalesce(sum(claims) FILTER (WHERE state = 'waiting'), 0)::bigint AS claims,
              min(received_at) FILTER (WHERE state = 'waiting') AS oldest,
              count(*) FILTER (WHERE state = 'failed') AS failed
         FROM intake_batch WHERE state <> 'screened'`,
    ),
    database.prisma.quarantine.groupBy({ by: ['state'], _count: { _all: true } }),
    database.pool.query<{ day: string; source: string; stored: number; rejected: number }>(
      `WITH entries AS (
         SELECT received_at, source, claims AS stored, 0 AS rejected FROM intake_batch WHERE received_at > now() - make_interval(days => $1)
         UNION ALL
         SELECT received_at, source, 0, 1 FROM quarantine WHERE received_at > now() - make_interval(days => $1)),
       by_day AS (
         SELECT (received_at AT TIME ZONE 'Asia/Shanghai')::date AS day, source, sum(stored)::bigint AS stored,
                sum(rejected)::bigint AS rejected, max(received_at) AS latest
           FROM entries GROUP BY 1, 2),
       ranked AS (SELECT *, row_number() OVER (PARTITION BY day ORDER BY latest DESC, source) AS place FROM by_day)
       SELECT day, source, stored, rejected FROM ranked WHERE place <= $2 ORDER BY day DESC, place`,
      [summaryDaysMax, summarySourcesMax],
    ),
  ]);
  const [state] = batches.rows;
  const inState = (name: 'open' | 'corrected' | 'dismissed'): number =>
    quarantine.find((group) => group.state === name)?._count._all ?? 0;
  return {
    waiting: {
      batches: state?.waiting ?? 0,
      claims: state?.claims ?? 0,
      oldest_received_at: state?.oldest?.toISOString() ?? null,
    },
    failed_batches: state?.failed ?? 0,
    quarantine: { open: inState('open'), corrected: inState('corrected'), dismissed: inState('dismissed') },
    days: days.rows,
  };
}
