/** The database of claims: the bulk path in, and what is read of settlements. */
import type { PoolClient } from 'pg';
import { type BinaryValue, copyBinary, copyLines, copyRows } from '../platform/copy.ts';
import { prepared } from '../platform/prepared.ts';
import { parameters, seenSql, type Sight } from '../people/sight.ts';
import type { Database } from '../platform/database.ts';
import { holdSealKey } from '../vault/key-store.ts';
import type { Keyring } from '../vault/keyring.ts';
import {
  type ClaimDetail,
  type ClaimRow,
  type ClaimsPage,
  type ClaimsQuery,
  claimsTotalMax,
  revisionsShownMax,
} from './contract.ts';
import { isCurrent, isKnown } from './current.ts';
import { documentOfRevision } from './document-store.ts';
import { rememberPersons } from './identity-store.ts';
import { joinPersonal, maskPersonal, personalOf, personalPlace } from './personal.ts';
import { keyColumns, type StorableClaim } from './storable.ts';
import { hashOf, holdSettlements } from './settlement-locks.ts';
import { documentOf } from './stored.ts';
import { claimKey } from './timeline.ts';

/** Claims of one transaction, and so of one batch at most. */
export const batchClaimsMax = 4_000;

export type StoredVerdict =
  | { status: 'accepted' }
  | { status: 'duplicate' }
  /** `current`: whether it is the one that counts now, at its place in the order of `claims`. */
  | { status: 'revised'; current: boolean };

export type StoredClaims = {
  /** Empty: nothing was new, and nothing was written. */
  batchIds: number[];
  /** in the order of the claims */
  verdicts: StoredVerdict[];
};

/**
 * Stores what is new among the claims, inside the caller's transaction: as one batch, or, when they are many, as one for each share of the
 * persons, so that those who screen them need not wait for each other. The same content twice, in one call or in two
 * at the same time, ends in one revision; the answers are those of claims that came one by one.
 *
 * Two intakes that hold the same settlement wait for each other: it must not be called *accepted* twice. Locks are taken, and persons,
 * identities and trace codes inserted, in order, so nobody waits in a ring.
 */
export async function storeClaims(
  client: PoolClient,
  keys: Keyring,
  source: string,
  claims: readonly StorableClaim[],
): Promise<StoredClaims> {
  if (claims.length > batchClaimsMax)
    throw new RangeError(`${claims.length} claims; at most ${batchClaimsMax} a batch`);
  if (claims.length === 0) return { batchIds: [], verdicts: [] };
  await holdSettlements(client, claims.map(keyOf));
  const { verdicts, fresh } = classify(claims, await knownRevisions(client, claims));
  if (fresh.length === 0) return { batchIds: [], verdicts };
  await holdSealKey(client, keys);
  const { batchIds, batchOf } = await insertBatches(client, source, fresh);
  const revisionIds = await insertRevisions(client, keys, batchOf, fresh);
  await rememberPersons(client, keys, fresh);
  await insertTraceSales(client, fresh, revisionIds);
  return { batchIds, verdicts };
}

/** Two batches of thousands of claims nearly always have a person in common; those of different shares never have. */
const sharesMax = 8;
/** Fewer claims than these stay together: each batch has its price. */
const dividedClaimsMin = 1_000;

const shareOf = ({ psn_no }: StorableClaim): number => hashOf(psn_no) % sharesMax;

async function insertBatches(
  client: PoolClient,
  source: string,
  fresh: readonly StorableClaim[],
): Promise<{ batchIds: number[]; batchOf: (claim: StorableClaim) => number }> {
  const isDivided = fresh.length >= dividedClaimsMin;
  const claims = new Map<number | null, number>();
  for (const claim of fresh) {
    const share = isDivided ? shareOf(claim) : null;
    claims.set(share, (claims.get(share) ?? 0) + 1);
  }
  const { rows } = await client.query<{ id: number; share: number | null }>(
    prepared(
      `INSERT INTO intake_batch (source, claims, share)
     SELECT $1, k.claims, k.share FROM unnest($2::int[], $3::int2[]) AS k(claims, share) ORDER BY k.share RETURNING id, share`,
      [source, [...claims.values()], [...claims.keys()]],
    ),
  );
  const ids = new Map(rows.map(({ id, share }) => [share, id]));
  return {
    batchIds: rows.map(({ id }) => id),
    batchOf: (claim) => {
      const id = ids.get(isDivided ? shareOf(claim) : null);
      if (id === undefined) throw new Error('the database returned no batch id');
      return id;
    },
  };
}

/** What is known of a settlement: all its contents, and the order of the one that counts. */
type Known = { hashes: Set<string>; best: string };

const keyOf = ({ fixmedins_code, setl_id }: StorableClaim): string => claimKey(fixmedins_code, setl_id);

/** Which of two contents counts is the greater of this: the time, then the hash. */
const rankOf = (updtTime: string, hash: string): string => `${updtTime.padEnd(19, ' 00:00:00')} ${hash}`;

async function knownRevisions(
  client: PoolClient,
  claims: readonly StorableClaim[],
): Promise<Map<string, Known>> {
  const { rows } = await client.query<{
    fixmedins_code: string;
    setl_id: string;
    hash: string;
    updt_time: string;
  }>(
    prepared(
      // OFFSET 0: by index, settlement by settlement, whatever the planner thinks of a list it has not seen.
      `SELECT r.fixmedins_code, r.setl_id, encode(r.content_hash, 'hex') AS hash, r.updt_time
         FROM unnest($1::text[], $2::text[]) AS k(fixmedins_code, setl_id)
        CROSS JOIN LATERAL (SELECT * FROM claim_revision
                             WHERE fixmedins_code = k.fixmedins_code AND setl_id = k.setl_id OFFSET 0) AS r`,
      [claims.map(({ fixmedins_code }) => fixmedins_code), claims.map(({ setl_id }) => setl_id)],
    ),
  );
  const known = new Map<string, Known>();
  for (const row of rows)
    remember(known, claimKey(row.fixmedins_code, row.setl_id), row.hash, rankOf(row.updt_time, row.hash));
  return known;
}

function remember(known: Map<string, Known>, key: string, hash: string, rank: string): void {
  const before = known.get(key);
  if (before === undefined) known.set(key, { hashes: new Set([hash]), best: rank });
  else {
    before.hashes.add(hash);
    if (rank > before.best) before.best = rank;
  }
}

function classify(
  claims: readonly StorableClaim[],
  known: Map<string, Known>,
): { verdicts: StoredVerdict[]; fresh: StorableClaim[] } {
  const fresh: StorableClaim[] = [];
  const verdicts = claims.map((each): StoredVerdict => {
    const key = keyOf(each);
    const { hash } = each;
    const rank = rankOf(each.updt_time, hash);
    const before = known.get(key);
    if (before?.hashes.has(hash) === true) return { status: 'duplicate' };
    const verdict: StoredVerdict =
      before === undefined ? { status: 'accepted' } : { status: 'revised', current: rank > before.best };
    remember(known, key, hash, rank);
    fresh.push(each);
    return verdict;
  });
  return { verdicts, fresh };
}

/** @returns the ids, in the order of the claims */
async function insertRevisions(
  client: PoolClient,
  keys: Keyring,
  batchOf: (claim: StorableClaim) => number,
  fresh: readonly StorableClaim[],
): Promise<number[]> {
  const { rows } = await client.query<{ id: number }>(
    prepared(`SELECT nextval('claim_revision_id_seq') AS id FROM generate_series(1, $1)`, [fresh.length]),
  );
  const ids = rows.map(({ id }) => id);
  await copyLines(
    client,
    'claim_revision',
    ['id', 'batch_id', ...keyColumns],
    fresh.map((claim, at) => ({
      prefix: `${ids[at]}\t${batchOf(claim)}\t`,
      bytes: claim.rows,
      from: 0,
      to: claim.keysBytes,
    })),
  );
  await client.query(
    prepared('SELECT hold_document_months($1)', [[...new Set(fresh.map(({ last_day }) => last_day))]]),
  );
  await copyBinary(client, 'claim_document', documentColumns, documentRows(keys, ids, fresh));
  return ids;
}

const documentColumns = ['revision_id', 'last_day', 'personal', 'doc'];

/** Sealed one by one as they are sent: all at once nothing else would be answered meanwhile. */
function* documentRows(
  keys: Keyring,
  ids: readonly number[],
  fresh: readonly StorableClaim[],
): Generator<readonly BinaryValue[]> {
  for (const [at, { rows, keysBytes, hash, last_day, personal }] of fresh.entries())
    yield [
      BigInt(ids[at] ?? 0),
      last_day,
      personal === null ? null : keys.seal(personalPlace(hash), personal),
      rows.subarray(keysBytes),
    ];
}

async function insertTraceSales(
  client: PoolClient,
  fresh: readonly StorableClaim[],
  revisionIds: readonly number[],
): Promise<void> {
  const codes: string[] = [];
  const ids: number[] = [];
  for (const [at, claim] of fresh.entries()) {
    for (const code of claim.codes) {
      codes.push(code);
      ids.push(revisionIds[at] ?? 0);
    }
  }
  if (codes.length === 0) return;
  await copyRows(
    client,
    'trace_sale',
    ['drug_trac_codg', 'revision_id'],
    codes.map((code, at) => [code, ids[at] ?? 0]),
  );
}

/** How much waits to be screened, and how much was screened in the last minute: what back-pressure is decided on. */
export async function screeningPressure(
  database: Database,
): Promise<{ waitingClaims: number; screenedLastMinute: number }> {
  const { rows } = await database.pool.query<{ waiting: number; screened: number }>(
    `SELECT (SELECT coalesce(sum(claims), 0)::bigint FROM intake_batch WHERE state = 'waiting') AS waiting,
            (SELECT coalesce(sum(claims), 0)::bigint FROM intake_batch
              WHERE state = 'screened' AND screened_at > now() - interval '1 minute'
                AND id > (SELECT coalesce(max(id), 0) - $1 FROM intake_batch)) AS screened`,
    [recentBatchesMax],
  );
  return { waitingClaims: rows[0]?.waiting ?? 0, screenedLastMinute: rows[0]?.screened ?? 0 };
}

/** No more batches than this are looked at for the speed of screening, so that the question stays cheap after years. */
const recentBatchesMax = 10_000;

/** SQL: a row of a list of claims. */
export const claimColumns = `r.fixmedins_code, r.setl_id, r.psn_no, r.mdtrt_id, r.med_type, r.setl_time, r.begntime, r.endtime, r.refd_setl_id,
  r.medfee_sumamt, r.fund_pay_sumamt, r.lines`;

export async function listClaims(database: Database, query: ClaimsQuery, sight: Sight): Promise<ClaimsPage> {
  const { values: filter, bind } = parameters(
    ...[query.fixmedins_code, query.setl_id, query.med_type, query.from, query.to].map(
      (value) => value ?? null,
    ),
  );
  const where = `($1::text IS NULL OR r.fixmedins_code = $1) AND ($2::text IS NULL OR r.setl_id = $2)
    AND ($3::text IS NULL OR r.med_type = $3) AND ($4::date IS NULL OR r.setl_time >= $4::date)
    AND ($5::date IS NULL OR r.setl_time < $5::date) AND ${seenSql(sight, 'r.fixmedins_code', bind)} AND ${isCurrent}`;
  const [first, second] = [filter.length + 1, filter.length + 2];
  const counted = await database.pool.query<{ total: number }>(
    `SELECT count(*) AS total FROM (SELECT 1 FROM claim_revision r WHERE ${where} LIMIT $${first}) counted`,
    [...filter, claimsTotalMax],
  );
  const { rows } = await database.pool.query<ClaimRow>(
    `SELECT ${claimColumns} FROM claim_revision r WHERE ${where} ORDER BY r.setl_time DESC, r.id DESC LIMIT $${first} OFFSET $${second}`,
    [...filter, query.page_size, (query.page - 1) * query.page_size],
  );
  return { total: counted.rows[0]?.total ?? 0, page: query.page, page_size: query.page_size, items: rows };
}

type RevisionRow = {
  hash: string;
  updt_time: string;
  batch_id: number;
  source: string;
  received_at: Date;
  state: ClaimDetail['revisions'][number]['state'];
  known: boolean;
};

/** The settlement with personal data masked, or `null` when it is not known. @throws VaultError */
export async function findClaim(
  database: Database,
  keys: Keyring,
  fixmedinsCode: string,
  setlId: string,
): Promise<ClaimDetail | null> {
  const { rows: revisions } = await database.pool.query<RevisionRow>(
    `SELECT encode(r.content_hash, 'hex') AS hash, r.updt_time, r.batch_id, b.source, b.received_at, b.state,
            ${isKnown('r')} AS known
       FROM claim_revision r JOIN intake_batch b ON b.id = r.batch_id
      WHERE r.fixmedins_code = $1 AND r.setl_id = $2
      ORDER BY known DESC, r.updt_time DESC, r.content_hash DESC LIMIT $3`,
    [fixmedinsCode, setlId, revisionsShownMax],
  );
  const [current] = revisions;
  if (current === undefined) return null;
  const { rows } = await database.pool.query<{ doc: string; personal: Buffer | null }>(
    `SELECT d.doc, d.personal FROM claim_revision r JOIN ${documentOfRevision}
      WHERE r.fixmedins_code = $1 AND r.setl_id = $2 AND r.content_hash = decode($3, 'hex')`,
    [fixmedinsCode, setlId, current.hash],
  );
  const [stored] = rows;
  if (stored === undefined) return null;
  return {
    claim: joinPersonal(
      documentOf(stored.doc),
      stored.personal === null ? null : maskPersonal(personalOf(keys, current.hash, stored.personal)),
    ),
    content_hash: current.hash,
    revisions: revisions.map((revision) => ({
      content_hash: revision.hash,
      current: revision === current && revision.known,
      updt_time: revision.updt_time,
      batch_id: revision.batch_id,
      source: revision.source,
      received_at: revision.received_at.toISOString(),
      state: revision.state,
    })),
  };
}
