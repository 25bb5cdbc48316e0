/** The database of what backtests say. */
import type { Pool, PoolClient } from 'pg';
import { findingSchema, type Finding } from '../screening/contract.ts';
import { type Cell, type Sample, samplesMax } from './backtest.ts';
import { backtestCellsMax, type SampleKind, type Sums } from './contract.ts';
import { rateOf } from './rate.ts';

type Client = Pool | PoolClient;

/** In the order of their keys, so that slices that add to the same cells never wait for each other in a ring. */
export async function addCells(client: PoolClient, run: number, cells: readonly Cell[]): Promise<void> {
  if (cells.length === 0) return;
  const ordered = [...cells].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  const column = <Value>(pick: (cell: Cell) => Value): Value[] => ordered.map(pick);
  await client.query(
    `INSERT INTO backtest_cell AS c (run_id, fixmedins_code, month, claims, new_findings, new_amount, lost_findings, lost_amount, same_findings,
                                     same_amount, same_amount_before, changed_findings)
     SELECT $1, k.fixmedins_code, k.month, k.claims, k.new_findings, k.new_fen / 100.0, k.lost_findings, k.lost_fen / 100.0, k.same_findings,
            k.same_fen / 100.0, k.same_fen_before / 100.0, k.changed_findings
       FROM unnest($2::text[], $3::text[], $4::int[], $5::int[], $6::int8[], $7::int[], $8::int8[], $9::int[], $10::int8[], $11::int8[],
                   $12::int[])
         AS k(fixmedins_code, month, claims, new_findings, new_fen, lost_findings, lost_fen, same_findings, same_fen, same_fen_before, changed_findings)
     ON CONFLICT (run_id, fixmedins_code, month) DO UPDATE SET claims = c.claims + excluded.claims,
       new_findings = c.new_findings + excluded.new_findings, new_amount = c.new_amount + excluded.new_amount,
       lost_findings = c.lost_findings + excluded.lost_findings, lost_amount = c.lost_amount + excluded.lost_amount,
       same_findings = c.same_findings + excluded.same_findings, same_amount = c.same_amount + excluded.same_amount,
       same_amount_before = c.same_amount_before + excluded.same_amount_before, changed_findings = c.changed_findings + excluded.changed_findings`,
    [
      run,
      column(({ fixmedins_code }) => fixmedins_code),
      column(({ month }) => month),
      column(({ claims }) => claims),
      column(({ new_findings }) => new_findings),
      column(({ new_fen }) => new_fen),
      column(({ lost_findings }) => lost_findings),
      column(({ lost_fen }) => lost_fen),
      column(({ same_findings }) => same_findings),
      column(({ same_fen }) => same_fen),
      column(({ same_fen_before }) => same_fen_before),
      column(({ changed_findings }) => changed_findings),
    ],
  );
}

const nameOf = ({ fixmedins_code, month }: Cell): string => `${fixmedins_code} ${month}`;

/** Keeps, of all that ever came, those of each kind with the least ids. */
export async function addSamples(client: PoolClient, run: number, samples: readonly Sample[]): Promise<void> {
  if (samples.length === 0) return;
  await client.query(
    `INSERT INTO backtest_sample (run_id, kind, finding_id, body)
     SELECT $1, * FROM unnest($2::text[], $3::text[], $4::json[]) ON CONFLICT DO NOTHING`,
    [
      run,
      samples.map(({ kind }) => kind),
      samples.map(({ finding }) => finding.finding_id),
      samples.map(({ finding }) => JSON.stringify(finding)),
    ],
  );
  // Slices that see each other's samples only later leave some more: whoever reads takes the least ones.
  await client.query(
    `DELETE FROM backtest_sample s USING (
       SELECT kind, finding_id, row_number() OVER (PARTITION BY kind ORDER BY finding_id) AS place FROM backtest_sample WHERE run_id = $1) AS o
      WHERE s.run_id = $1 AND s.kind = o.kind AND s.finding_id = o.finding_id AND o.place > $2`,
    [run, samplesMax],
  );
}

export async function samplesOf(client: Client, run: number, kind: SampleKind): Promise<Finding[]> {
  const { rows } = await client.query<{ body: unknown }>(
    'SELECT body FROM backtest_sample WHERE run_id = $1 AND kind = $2 ORDER BY finding_id LIMIT $3',
    [run, kind, samplesMax],
  );
  return rows.map(({ body }) => findingSchema.parse(body));
}

interface SumsRecord {
  readonly place: string;
  readonly claims: number;
  readonly new_findings: number;
  readonly new_amount: string;
  readonly lost_findings: number;
  readonly lost_amount: string;
  readonly same_findings: number;
  readonly same_amount: string;
  readonly same_amount_before: string;
  readonly changed_findings: number;
}

/** Sums of a backtest: of all, by institution (most money moved first), or by month. */
export async function sumsOf(
  client: Client,
  run: number,
  by: 'all' | 'fixmedins_code' | 'month',
): Promise<(Sums & { readonly place: string })[]> {
  const place = { all: `''`, fixmedins_code: 'fixmedins_code', month: 'month' }[by];
  const order = { all: '1', fixmedins_code: 'sum(new_amount + lost_amount) DESC, 1', month: '1' }[by];
  const money = (column: string): string => `coalesce(sum(${column}), 0)::numeric(18,2)::text AS ${column}`;
  const many = (column: string): string => `coalesce(sum(${column}), 0)::int8 AS ${column}`;
  const { rows } = await client.query<SumsRecord>(
    `SELECT ${place}::text AS place, ${many('claims')}, ${many('new_findings')}, ${money('new_amount')}, ${many('lost_findings')},
            ${money('lost_amount')}, ${many('same_findings')}, ${money('same_amount')}, ${money('same_amount_before')},
            ${many('changed_findings')}
       FROM backtest_cell WHERE run_id = $1 GROUP BY 1 ORDER BY ${order} LIMIT $2`,
    [run, backtestCellsMax],
  );
  return rows.map((row) => ({
    place: row.place,
    claims: row.claims,
    new: { findings: row.new_findings, amount: row.new_amount },
    lost: { findings: row.lost_findings, amount: row.lost_amount },
    same: {
      findings: row.same_findings,
      amount: row.same_amount,
      amount_before: row.same_amount_before,
      changed: row.changed_findings,
    },
    rate: rateOf(row.new_findings + row.same_findings, row.claims),
    rate_before: rateOf(row.lost_findings + row.same_findings, row.claims),
  }));
}
