/**
 * What the risk index measures, out of the database. Peers of a stay are the stays of the same kind of visit (`med_type`): the payment
 * group stands in no column, and reading every document for it would cost more than it tells.
 */
import type { Pool } from 'pg';
import { isCurrent } from '../claims/current.ts';
import { prefixesOf } from '../claims/kind.ts';
import type { RiskMeasures } from './risk-contract.ts';

type Measured = RiskMeasures & { readonly institution: string };

/**
 * Of settlements that count, and of findings, by the day of the visit's begin or of the finding.
 * @param from first day, `yyyy-MM-dd`
 * @param to first day that is not meant
 */
export async function storedMeasures(
  pool: Pool,
  { from, to, peersMin }: { readonly from: string; readonly to: string; readonly peersMin: number },
): Promise<Map<string, RiskMeasures>> {
  const { rows } = await pool.query<Measured>(
    `WITH stay AS MATERIALIZED (
       SELECT r.fixmedins_code, coalesce(r.fund_pay_sumamt, 0) AS fund, substr(r.med_type, 1, 2) AS peers,
              CASE WHEN substr(r.med_type, 1, 2) = ANY($4) AND r.refd_setl_id IS NULL THEN r.endtime::date - r.begntime::date END AS days
         FROM claim_revision r WHERE r.begntime >= $1::date AND r.begntime < $2::date AND ${isCurrent}),
     overall AS (SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY days) AS days FROM stay),
     peer AS (
       SELECT peers, percentile_disc(0.5) WITHIN GROUP (ORDER BY days) AS days
         FROM stay WHERE days IS NOT NULL GROUP BY peers HAVING count(*) >= $3),
     measured AS (
       SELECT s.fixmedins_code, count(*) AS settlements, (sum(s.fund) * 100)::int8 AS fund_paid_fen,
              coalesce(max(s.days), 0) AS stay_longest_days,
              coalesce(sum(greatest(0, s.days - coalesce(p.days, o.days))) FILTER (WHERE s.days IS NOT NULL), 0)::int8
                AS stay_excess_days
         FROM stay s CROSS JOIN overall o LEFT JOIN peer p USING (peers) GROUP BY s.fixmedins_code),
     suspected AS (
       SELECT fixmedins_code, count(*) AS findings, (sum(amount) * 100)::int8 AS finding_amount_fen
         FROM finding WHERE state = 'active' AND occurred_at >= $1::date AND occurred_at < $2::date GROUP BY fixmedins_code)
     SELECT fixmedins_code AS institution, coalesce(settlements, 0) AS settlements,
            coalesce(fund_paid_fen, 0) AS fund_paid_fen, coalesce(stay_longest_days, 0) AS stay_longest_days,
            coalesce(stay_excess_days, 0) AS stay_excess_days, coalesce(findings, 0) AS findings,
            coalesce(finding_amount_fen, 0) AS finding_amount_fen
       FROM measured FULL JOIN suspected USING (fixmedins_code)`,
    [from, to, peersMin, prefixesOf('inpatient')],
  );
  return new Map(rows.map(({ institution, ...measures }) => [institution, measures]));
}
