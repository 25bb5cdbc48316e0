/**
 * A finding as it was recorded, made again: its rule version, its knowledge tables and the contents of its claims are read from where they are
 * kept, and the one evaluation runs over them. The same bytes must come out, years later.
 *
 * Settlements that the finding names count with exactly the contents it names. What else the persons had – refunds above all, and visits that
 * were looked for and not found – counts as it was known when the finding was written: the contents received until then.
 */
import { documentOfRevision } from '../claims/document-store.ts';
import { documentOf as claimOf } from '../claims/stored.ts';
import { claimKey, type CurrentClaim, currentClaims } from '../claims/timeline.ts';
import type { Knowledge, Table } from '../knowledge/table.ts';
import type { Database } from '../platform/database.ts';
import { ruleSetOf } from '../rules/library.ts';
import { type Finding, findingSchema } from '../screening/contract.ts';
import { engineVersionOf } from '../screening/screen.ts';
import { screenAll } from '../screening/screen-all.ts';
import { placesOf } from '../screening/window-store.ts';
import { documentOf, findNamedVersion } from './store.ts';
import { tableOfStored } from './table-in-force-service.ts';
import { findTableVersion } from './table-store.ts';

export type Recorded =
  | {
      readonly ok: true;
      /** The bytes that are stored, and those that came out now; `null`: the rule does not hit any more. */
      readonly recorded: string;
      readonly again: string | null;
      readonly same: boolean;
    }
  | {
      readonly ok: false;
      readonly missing: 'finding' | 'rule_version' | 'knowledge' | 'claims' | 'engine';
      /** What is missing, by key. */
      readonly what: string;
    };

/** @param revision of the finding; `null`: as it stands now */
export async function asRecorded(
  { pool }: Pick<Database, 'pool'>,
  findingId: string,
  revision: number | null,
): Promise<Recorded> {
  const stored = await storedFinding(pool, findingId, revision);
  if (stored === null) return gone('finding', findingId);
  const finding = findingSchema.parse(JSON.parse(stored.body));
  if (finding.engine_version !== engineVersionOf(finding.window?.practitioner))
    return gone('engine', finding.engine_version);
  const version = await findNamedVersion(pool, finding.rule_code, finding.rule_version);
  if (version === null) return gone('rule_version', `${finding.rule_code} ${finding.rule_version}`);
  const tables = new Map<string, Table>();
  for (const [name, sha256] of Object.entries(finding.tables)) {
    const stored = await findTableVersion(pool, name, sha256);
    if (stored === null) return gone('knowledge', `${name} ${sha256}`);
    tables.set(name, tableOfStored(stored));
  }
  const claims =
    finding.window === undefined
      ? await claimsThen(pool, finding, stored.known_until)
      : await windowThen(pool, finding, finding.window, stored.known_until);
  const held = new Set(claims.map(({ contentHash }) => contentHash));
  const lost = finding.claims.find(({ content_hash }) => !held.has(content_hash));
  if (lost !== undefined) return gone('claims', lost.content_hash);
  const knowledge: Knowledge = { tables, version: '' };
  const ruleSet = ruleSetOf([documentOf(version)], knowledge);
  const verdicts = await screenAll(claims, [], ruleSet);
  const found = verdicts
    .flatMap(({ findings }) => findings)
    .find(({ finding_id }) => finding_id === findingId);
  const again = found === undefined ? null : JSON.stringify(found);
  return { ok: true, recorded: stored.body, again, same: again === stored.body };
}

const gone = (missing: (Recorded & { ok: false })['missing'], what: string): Recorded => ({
  ok: false,
  missing,
  what,
});

interface StoredFinding {
  readonly body: string;
  /** When it was written. */
  readonly known_until: Date;
}

async function storedFinding(
  pool: Database['pool'],
  findingId: string,
  revision: number | null,
): Promise<StoredFinding | null> {
  // A revision was written when the one before it was replaced; the first one with the finding.
  const { rows } = await pool.query<StoredFinding>(
    `SELECT f.body::text AS body, f.updated_at AS known_until FROM finding f
      WHERE f.finding_id = $1 AND (f.revision = $2 OR $2::int IS NULL AND f.state = 'active')
     UNION ALL
     SELECT r.body::text, coalesce((SELECT b.replaced_at FROM finding_revision b WHERE b.finding_id = $1 AND b.revision = r.revision - 1), f.created_at)
       FROM finding_revision r JOIN finding f USING (finding_id) WHERE r.finding_id = $1 AND r.revision = $2 LIMIT 1`,
    [findingId, revision],
  );
  return rows[0] ?? null;
}

/**
 * What counted at the institutions of a finding, on the days that it looked at, when it was written; with what refunds any of it. Visits of the
 * set lie where it names any; where it does not name all, they may lie wherever the practitioner worked.
 */
async function windowThen(
  pool: Database['pool'],
  finding: Finding,
  window: NonNullable<Finding['window']>,
  knownUntil: Date,
): Promise<CurrentClaim[]> {
  const { practitioner, claims, earlier } = window;
  const isWhole = practitioner === null || finding.claims.length >= claims + earlier;
  const places = isWhole ? [] : [...(await placesOf(pool, [practitioner])).values()].flat();
  const named = [finding, ...finding.claims].map(({ fixmedins_code }) => fixmedins_code);
  return claimsOf(
    pool,
    finding,
    `WITH own AS (SELECT DISTINCT fixmedins_code, setl_id FROM claim_revision
                   WHERE fixmedins_code = ANY($3) AND begntime >= $4::date AND begntime < $5::date + 1),
          touched AS (SELECT * FROM own
                      UNION SELECT f.fixmedins_code, f.setl_id FROM own o JOIN claim_revision f
                        ON f.fixmedins_code = o.fixmedins_code AND f.refd_setl_id = o.setl_id)`,
    knownUntil,
    [[...new Set([...named, ...places])], window.from_day, window.day],
  );
}

/** What counted of the persons of a finding when it was written. */
async function claimsThen(
  pool: Database['pool'],
  finding: Finding,
  knownUntil: Date,
): Promise<CurrentClaim[]> {
  const persons = [...new Set(finding.claims.map(({ psn_no }) => psn_no))];
  return claimsOf(
    pool,
    finding,
    `WITH own AS (SELECT DISTINCT fixmedins_code, setl_id, refd_setl_id FROM claim_revision WHERE psn_no = ANY($3)),
          -- A settlement may have moved to another person, and refunds may name one of anybody.
          touched AS (SELECT fixmedins_code, setl_id FROM own
                      UNION SELECT fixmedins_code, refd_setl_id FROM own WHERE refd_setl_id IS NOT NULL
                      UNION SELECT f.fixmedins_code, f.setl_id FROM own o JOIN claim_revision f
                        ON f.fixmedins_code = o.fixmedins_code AND f.refd_setl_id IN (o.setl_id, o.refd_setl_id))`,
    knownUntil,
    [persons],
  );
}

/**
 * The contents that counted of the settlements `touched`: those that the finding names, and of all others what had been received.
 * @param touched SQL: WITH … touched (fixmedins_code, setl_id); its own parameters begin with $3
 */
async function claimsOf(
  pool: Database['pool'],
  finding: Finding,
  touched: string,
  knownUntil: Date,
  values: readonly unknown[],
): Promise<CurrentClaim[]> {
  const named = new Map(
    finding.claims.map((one) => [claimKey(one.fixmedins_code, one.setl_id), one.content_hash] as const),
  );
  const { rows } = await pool.query<{ hash: string; doc: string; fixmedins_code: string; setl_id: string }>(
    `${touched}
     SELECT encode(r.content_hash, 'hex') AS hash, d.doc, r.fixmedins_code, r.setl_id
       FROM touched JOIN claim_revision r USING (fixmedins_code, setl_id) JOIN ${documentOfRevision} JOIN intake_batch b ON b.id = r.batch_id
      WHERE b.received_at <= $1 OR encode(r.content_hash, 'hex') = ANY($2)`,
    [knownUntil, [...named.values()], ...values],
  );
  return currentClaims(
    rows
      .filter(({ hash, fixmedins_code, setl_id }) => {
        const wanted = named.get(claimKey(fixmedins_code, setl_id));
        return wanted === undefined || wanted === hash;
      })
      .map(({ hash, doc }) => ({ claim: claimOf(doc), contentHash: hash })),
  );
}
