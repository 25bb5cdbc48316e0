/**
 * Which claims a batch can matter to, and what has to be read to judge them. Set-based SQL on one connection, after the persons
 * were locked: what is read here is everything that was ever committed about them.
 */
import type { Pool, PoolClient } from 'pg';
import type { Claim } from '../claims/contract.ts';
import { isCurrent } from '../claims/current.ts';
import { claimKey, type CurrentClaim } from '../claims/timeline.ts';

/** A current revision as it was read, with its id. */
export interface ReadClaim extends CurrentClaim {
  readonly revisionId: number;
}

/** A stretch of days on which something about a person changed. */
export interface Change {
  readonly psn_no: string;
  readonly fixmedins_code: string;
  readonly setl_id: string;
  readonly first_day: number;
  readonly last_day: number;
}

/** Days from which on, and until which, everything about a person is concerned. */
const always = { first_day: -2_000_000, last_day: 4_000_000 } as const;

/**
 * What the batch changes: all revisions of its settlements, of the settlements they refund or once refunded, and of everything else that
 * refunds any of these. What says something about a death changes everything about its person.
 */
export async function changesOf(client: PoolClient, batchId: number): Promise<Change[]> {
  const { rows } = await client.query<Change & { states_death: boolean }>(
    `WITH own AS (SELECT DISTINCT fixmedins_code, setl_id FROM claim_revision WHERE batch_id = $1),
          revisions AS (SELECT r.* FROM own JOIN claim_revision r USING (fixmedins_code, setl_id)),
          settled AS (SELECT fixmedins_code, setl_id FROM own
                      UNION SELECT fixmedins_code, refd_setl_id FROM revisions WHERE refd_setl_id IS NOT NULL),
          touched AS (SELECT fixmedins_code, setl_id FROM settled
                      UNION SELECT f.fixmedins_code, f.setl_id FROM settled s JOIN claim_revision f
                         ON f.fixmedins_code = s.fixmedins_code AND f.refd_setl_id = s.setl_id)
     SELECT DISTINCT r.psn_no, r.fixmedins_code, r.setl_id, r.first_day, r.last_day, r.states_death
       FROM touched JOIN claim_revision r USING (fixmedins_code, setl_id)`,
    [batchId],
  );
  return rows.map(({ states_death, ...change }) => (states_death ? { ...change, ...always } : change));
}

/** Claims of anybody that carry a trace code of one of these settlements: their verdicts on resale may change. */
export async function sharingCodes(client: PoolClient, changes: readonly Change[]): Promise<Change[]> {
  const { rows } = await client.query<Change>(
    `WITH touched AS (SELECT DISTINCT * FROM unnest($1::text[], $2::text[]) AS t(fixmedins_code, setl_id)),
          codes AS (SELECT DISTINCT s.drug_trac_codg FROM touched JOIN claim_revision r USING (fixmedins_code, setl_id)
                      JOIN trace_sale s ON s.revision_id = r.id)
     SELECT DISTINCT r.psn_no, r.fixmedins_code, r.setl_id, r.first_day, r.last_day
       FROM codes JOIN trace_sale s USING (drug_trac_codg) JOIN claim_revision r ON r.id = s.revision_id
      WHERE ${isCurrent}`,
    [changes.map(({ fixmedins_code }) => fixmedins_code), changes.map(({ setl_id }) => setl_id)],
  );
  const touched = new Set(changes.map(keyOfChange));
  return rows.filter((row) => !touched.has(keyOfChange(row)));
}

/** Keeps everybody else from screening these persons until the transaction ends. Always in the same order, so that nobody waits in a ring. */
export async function lockPersons(client: PoolClient, persons: readonly string[]): Promise<void> {
  await client.query('SELECT 1 FROM person WHERE psn_no = ANY($1) ORDER BY psn_no FOR UPDATE', [persons]);
}

/** Every current claim of the changed persons that lies within `reach` days of a change. */
export async function claimsNear(
  client: PoolClient,
  changes: readonly Change[],
  reach: number,
): Promise<Change[]> {
  const { rows } = await client.query<Change>(
    `SELECT DISTINCT r.psn_no, r.fixmedins_code, r.setl_id, r.first_day, r.last_day
       FROM unnest($1::text[], $2::int[], $3::int[]) AS c(psn_no, first_day, last_day)
       JOIN claim_revision r ON r.psn_no = c.psn_no AND r.last_day >= c.first_day - $4 AND r.first_day <= c.last_day + $4
      WHERE ${isCurrent}`,
    [...stretchesOf(changes), reach],
  );
  return rows;
}

/**
 * The documents needed to judge these claims: current revisions within `reach` days of them, what says something about the death of their
 * persons, and what refunds or is refunded by any of it. Without personal data.
 */
export async function documentsAround(
  client: PoolClient | Pool,
  claims: readonly Change[],
  reach: number,
): Promise<ReadClaim[]> {
  const { rows } = await client.query<{ id: number; doc: Claim; hash: string }>(
    `WITH near AS (
            SELECT r.id, r.fixmedins_code, r.setl_id, r.refd_setl_id
              FROM (SELECT DISTINCT * FROM unnest($1::text[], $2::int[], $3::int[])) AS c(psn_no, first_day, last_day)
              JOIN claim_revision r ON r.psn_no = c.psn_no AND r.last_day >= c.first_day - $4 AND r.first_day <= c.last_day + $4
            UNION
            SELECT r.id, r.fixmedins_code, r.setl_id, r.refd_setl_id
              FROM claim_revision r WHERE r.states_death AND r.psn_no = ANY($1)),
          refunded AS (
            SELECT id, fixmedins_code, setl_id FROM near
            UNION
            SELECT t.id, t.fixmedins_code, t.setl_id
              FROM near n JOIN claim_revision t ON t.fixmedins_code = n.fixmedins_code AND t.setl_id = n.refd_setl_id),
          wanted AS (
            SELECT id FROM refunded
            UNION
            SELECT f.id FROM refunded n JOIN claim_revision f ON f.fixmedins_code = n.fixmedins_code AND f.refd_setl_id = n.setl_id)
     SELECT r.id, r.doc, encode(r.content_hash, 'hex') AS hash
       FROM wanted JOIN claim_revision r USING (id) WHERE ${isCurrent}`,
    [...stretchesOf(claims), reach],
  );
  return rows.map(({ id, doc, hash }) => ({ revisionId: id, claim: doc, contentHash: hash }));
}

/** The settlements not among `read` that carry one of these trace codes, with what refunds them: read, not judged. */
export async function salesElsewhere(
  client: PoolClient | Pool,
  codes: readonly string[],
  read: readonly ReadClaim[],
): Promise<ReadClaim[]> {
  if (codes.length === 0) return [];
  const { rows } = await client.query<{ id: number; doc: Claim; hash: string }>(
    `WITH sold AS (SELECT DISTINCT r.id, r.fixmedins_code, r.setl_id
                     FROM trace_sale s JOIN claim_revision r ON r.id = s.revision_id
                    WHERE s.drug_trac_codg = ANY($1)
                      AND r.id <> ALL ($2::bigint[])),
          wanted AS (SELECT id FROM sold
                     UNION SELECT f.id FROM sold JOIN claim_revision f
                        ON f.fixmedins_code = sold.fixmedins_code AND f.refd_setl_id = sold.setl_id)
     SELECT r.id, r.doc, encode(r.content_hash, 'hex') AS hash
       FROM wanted JOIN claim_revision r USING (id) WHERE ${isCurrent}`,
    [codes, read.map(({ revisionId }) => revisionId)],
  );
  return rows.map(({ id, doc, hash }) => ({ revisionId: id, claim: doc, contentHash: hash }));
}

export const keyOfChange = ({ fixmedins_code, setl_id }: Change): string => claimKey(fixmedins_code, setl_id);

const stretchesOf = (changes: readonly Change[]): [string[], number[], number[]] => [
  changes.map(({ psn_no }) => psn_no),
  changes.map(({ first_day }) => first_day),
  changes.map(({ last_day }) => last_day),
];
