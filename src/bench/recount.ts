/** Counts again, from what stands in the database and from the generator alone, what a run says it has done. */
import { canonicalClaim } from '../claims/canonical.ts';
import { splitPersonal } from '../claims/personal.ts';
import { type CurrentClaim, currentClaims } from '../claims/timeline.ts';
import { today } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import type { RuleSet } from '../rules/library.ts';
import { screenAll } from '../screening/screen-all.ts';
import { benchClaim, type ClaimRange, personOf, psnNoOf, setlIdOf, type World } from './claims.ts';

export interface Recount {
  readonly revisions: number;
  readonly settlements: number;
  readonly screened: number;
  /** Active findings on the settlements. */
  readonly findings: number;
  /** Settlements that were generated and screened again here, in one pass without a database. */
  readonly sample_claims: number;
  /** Their findings, which are the stored ones to the byte. */
  readonly sample_findings: number;
}

const sampleClaims = 4_000;

/** The newest batch now; what is sent after it lies in later ones. */
export async function newestBatch(database: Database): Promise<number> {
  const { rows } = await database.pool.query<{ id: number }>(
    'SELECT coalesce(max(id), 0)::int8 AS id FROM intake_batch',
  );
  return rows[0]?.id ?? 0;
}

/** @throws when a settlement is missing, not screened, or – in a sample of persons – judged otherwise than in one pass over their claims. */
export async function recount(
  database: Database,
  world: World,
  range: ClaimRange,
  ruleSet: RuleSet,
  batchBefore: number,
): Promise<Recount> {
  const claims = range.to - range.from;
  const { rows } = await database.pool.query<
    Pick<Recount, 'revisions' | 'settlements' | 'screened' | 'findings'>
  >(
    `WITH stored AS MATERIALIZED (
            SELECT r.fixmedins_code, r.setl_id, b.state FROM claim_revision r JOIN intake_batch b ON b.id = r.batch_id
             WHERE r.batch_id > $3 AND substr(r.setl_id, 2)::int8 >= $1 AND substr(r.setl_id, 2)::int8 < $2)
     SELECT (SELECT count(*) FROM stored) AS revisions,
            (SELECT count(DISTINCT setl_id) FROM stored) AS settlements,
            (SELECT count(*) FROM stored WHERE state = 'screened') AS screened,
            (SELECT count(*) FROM finding f JOIN stored USING (fixmedins_code, setl_id) WHERE f.state = 'active') AS findings`,
    [range.from, range.to, batchBefore],
  );
  const [counted] = rows;
  if (counted === undefined) throw new Error('an aggregate returned no row');
  for (const name of ['revisions', 'settlements', 'screened'] as const)
    if (counted[name] !== claims)
      throw new Error(
        `${claims} claims were sent; ${name}: ${counted[name]}. The logs of the workers say more.`,
      );
  return { ...counted, ...(await compareSample(database, world, range, ruleSet)) };
}

async function compareSample(
  database: Database,
  world: World,
  range: ClaimRange,
  ruleSet: RuleSet,
): Promise<Pick<Recount, 'sample_claims' | 'sample_findings'>> {
  const step = Math.ceil((range.to - range.from) / sampleClaims);
  const sample: number[] = [];
  for (let index = range.from; index < range.to; index += step) sample.push(index);
  const psnNos = [...new Set(sample.map((index) => personOf(index, world)))].map(psnNoOf);
  // Which claims are known of them is read from the database – a run may have been stopped in the middle –, what is in them is not.
  const { rows: known } = await database.pool.query<{ setl_id: string }>(
    'SELECT setl_id FROM claim_revision WHERE psn_no = ANY($1)',
    [psnNos],
  );
  const asOf = today();
  const claims = known.map(({ setl_id }): CurrentClaim => {
    const result = canonicalClaim(JSON.parse(benchClaim(Number(setl_id.slice(1)), world)), asOf);
    if (!result.ok) throw new Error(JSON.stringify(result.issues));
    return { claim: splitPersonal(result.claim).doc, contentHash: result.hash.toString('hex') };
  });
  const sent = new Set(sample.map(setlIdOf));
  const verdicts = await screenAll(currentClaims(claims), [], ruleSet);
  const expected = verdicts
    .flatMap(({ findings }) => findings)
    .filter(({ setl_id }) => sent.has(setl_id))
    .map((finding) => JSON.stringify(finding))
    .sort();
  const { rows: stored } = await database.pool.query<{ body: string }>(
    `SELECT body::text AS body FROM finding WHERE setl_id = ANY($1) AND psn_no = ANY($2) AND state = 'active' AND window_day IS NULL`,
    [[...sent], psnNos],
  );
  const found = stored.map(({ body }) => body).sort();
  if (found.join('\n') !== expected.join('\n'))
    throw new Error(
      `one pass over ${sent.size} claims finds ${expected.length}, the database holds ${found.length} or others`,
    );
  return { sample_claims: sent.size, sample_findings: expected.length };
}
