/** The database of what versions in shadow say. Nothing here is a finding. */
import type { Pool, PoolClient } from 'pg';
import { dayOf } from '../platform/civil.ts';
import { type Finding, findingSchema } from '../screening/contract.ts';

type Client = Pool | PoolClient;

export interface ShadowJudged {
  readonly fixmedins_code: string;
  readonly setl_id: string;
}

/** Makes what this version says of these settlements what `findings` says. */
export async function writeShadowFindings(
  client: PoolClient,
  contentHash: string,
  judged: readonly ShadowJudged[],
  findings: readonly Finding[],
): Promise<void> {
  await client.query(
    `DELETE FROM shadow_finding s USING unnest($2::text[], $3::text[]) AS j(fixmedins_code, setl_id)
      WHERE s.content_hash = $1 AND s.fixmedins_code = j.fixmedins_code AND s.setl_id = j.setl_id AND s.finding_id <> ALL($4::text[])`,
    [
      contentHash,
      judged.map(({ fixmedins_code }) => fixmedins_code),
      judged.map(({ setl_id }) => setl_id),
      findings.map(({ finding_id }) => finding_id),
    ],
  );
  await insertShadowFindings(client, contentHash, findings);
}

/** The same of days of an institution, by a version over windows. @param days as day numbers */
export async function writeShadowWindows(
  client: PoolClient,
  contentHash: string,
  institution: string,
  days: readonly number[],
  findings: readonly Finding[],
): Promise<void> {
  await client.query(
    `DELETE FROM shadow_finding WHERE content_hash = $1 AND fixmedins_code = $2 AND window_day = ANY($3::int[]) AND finding_id <> ALL($4::text[])`,
    [contentHash, institution, days, findings.map(({ finding_id }) => finding_id)],
  );
  await insertShadowFindings(client, contentHash, findings);
}

async function insertShadowFindings(
  client: PoolClient,
  contentHash: string,
  findings: readonly Finding[],
): Promise<void> {
  if (findings.length === 0) return;
  await client.query(
    `INSERT INTO shadow_finding (content_hash, finding_id, fixmedins_code, setl_id, window_day, amount, body)
     SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::int[], $6::numeric[], $7::json[])
     ON CONFLICT (content_hash, finding_id) DO UPDATE SET fixmedins_code = excluded.fixmedins_code, setl_id = excluded.setl_id,
       window_day = excluded.window_day, amount = excluded.amount, body = excluded.body`,
    [
      contentHash,
      findings.map(({ finding_id }) => finding_id),
      findings.map(({ fixmedins_code }) => fixmedins_code),
      findings.map(({ setl_id }) => setl_id),
      findings.map(({ window }) => (window === undefined ? null : dayOf(window.day))),
      findings.map(({ amount }) => amount),
      findings.map((finding) => JSON.stringify(finding)),
    ],
  );
}

export interface ShadowSums {
  readonly findings: number;
  readonly amount: string;
  readonly samples: readonly Finding[];
}

export async function shadowSums(
  client: Client,
  contentHash: string,
  samplesMax: number,
): Promise<ShadowSums> {
  const { rows } = await client.query<{ findings: number; amount: string }>(
    `SELECT count(*) AS findings, coalesce(sum(amount), 0)::numeric(18,2)::text AS amount FROM shadow_finding WHERE content_hash = $1`,
    [contentHash],
  );
  const { rows: bodies } = await client.query<{ body: unknown }>(
    'SELECT body FROM shadow_finding WHERE content_hash = $1 ORDER BY finding_id LIMIT $2',
    [contentHash, samplesMax],
  );
  return {
    findings: rows[0]?.findings ?? 0,
    amount: rows[0]?.amount ?? '0.00',
    samples: bodies.map(({ body }) => findingSchema.parse(body)),
  };
}
