/** By which certificate numbers and telephones persons are found, without either of them lying in the database. */
import { setImmediate as othersFirst } from 'node:timers/promises';
import type { PoolClient } from 'pg';
import type { Database } from '../platform/database.ts';
import { prepared } from '../platform/prepared.ts';
import type { Keyring } from '../vault/keyring.ts';
import { type Personal, readPersonal } from './personal.ts';
import { holdAllSettlements } from './settlement-locks.ts';

/** Personal data that is searched for, each exactly. */
export const identityFields = ['certno', 'tel'] as const;
export type IdentityField = (typeof identityFields)[number];

/** As people and systems write it differently: `x` at the end of a number, spaces and hyphens in a telephone. */
const normal = (value: string): string => value.replaceAll(/[\s-]/g, '').toUpperCase();

interface Owner {
  readonly psn_no: string;
  /** As JSON. */
  readonly personal: Buffer | null;
}

/** Hashes take microseconds; after so many whatever else waits in this process has its turn. */
const ownersAtOnce = 256;

/**
 * Notes persons, and by which numbers they are found, inside the caller's transaction. Most claims state of their person what earlier ones
 * stated: `person.identity` tells, and nothing is written.
 */
export async function rememberPersons(
  client: PoolClient,
  keys: Keyring,
  owners: readonly Owner[],
): Promise<void> {
  const key = keyInHex(keys);
  const stated = new Map<string, Stated>();
  for (const [at, { psn_no, personal }] of owners.entries()) {
    if (at % ownersAtOnce === ownersAtOnce - 1) await othersFirst();
    const identity = personal === null ? null : identityOf(keys, key, readPersonal(personal));
    stated.set(`${psn_no} ${identity}`, { psn_no, personal, identity });
  }
  const all = [...stated.values()];
  const { rows } = await client.query<{ at: number; known: boolean; kept: boolean }>(
    prepared(
      `SELECT u.at::int AS at, p.psn_no IS NOT NULL AS known, coalesce(substring(p.identity FOR 4) = decode($3, 'hex'), false) AS kept
         FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS u(psn_no, identity, at)
         LEFT JOIN LATERAL (SELECT psn_no, identity FROM person WHERE psn_no = u.psn_no OFFSET 0) AS p ON true
        WHERE p.psn_no IS NULL OR u.identity IS NOT NULL AND p.identity IS DISTINCT FROM decode(u.identity, 'hex')`,
      [...columnsOf(all), key],
    ),
  );
  const found = rows.flatMap(({ at, ...row }) => {
    const one = all[at - 1];
    return one === undefined ? [] : [{ ...one, ...row }];
  });
  await insertPersons(client, firstOfEach(found.filter(({ known }) => !known)));
  await insertIdentities(client, keys, found);
  await noteIdentities(client, firstOfEach(found.filter(({ known, kept }) => known && !kept)));
}

interface Stated extends Owner {
  /** `person.identity`, in hex; `null`: nothing by which anybody is searched for is stated. */
  readonly identity: string | null;
}

/** What `person.identity` begins with. */
const keyInHex = (keys: Keyring): string => {
  const id = Buffer.alloc(4);
  id.writeUInt32BE(keys.current.index);
  return id.toString('hex');
};

/** The same for the same numbers, as long as the index key is the same. */
function identityOf(keys: Keyring, key: string, personal: Personal): string | null {
  const values = identityFields.map((field) => normal(personal[field] ?? ''));
  return values.every((value) => value === '')
    ? null
    : key + keys.blind('identity', values.join('\0')).toString('hex');
}

const columnsOf = (stated: readonly Stated[]): [string[], (string | null)[]] => [
  stated.map(({ psn_no }) => psn_no),
  stated.map(({ identity }) => identity),
];

/** One of each person, in order. */
const firstOfEach = (stated: readonly Stated[]): Stated[] =>
  [...new Map(stated.toReversed().map((one) => [one.psn_no, one])).values()].toSorted((a, b) =>
    a.psn_no < b.psn_no ? -1 : 1,
  );

async function insertPersons(client: PoolClient, persons: readonly Stated[]): Promise<void> {
  if (persons.length === 0) return;
  await client.query(
    prepared(
      `INSERT INTO person (psn_no, identity)
       SELECT u.psn_no, decode(u.identity, 'hex') FROM unnest($1::text[], $2::text[]) AS u(psn_no, identity) ON CONFLICT DO NOTHING`,
      columnsOf(persons),
    ),
  );
}

/** Of persons of whom none of this index key is noted. Who is being screened is left for the next claim: intake waits for no screening. */
async function noteIdentities(client: PoolClient, persons: readonly Stated[]): Promise<void> {
  if (persons.length === 0) return;
  await client.query(
    prepared(
      `WITH free AS (SELECT psn_no FROM person WHERE psn_no = ANY($1) ORDER BY psn_no FOR NO KEY UPDATE SKIP LOCKED)
       UPDATE person p SET identity = decode(u.identity, 'hex')
         FROM free JOIN unnest($1::text[], $2::text[]) AS u(psn_no, identity) USING (psn_no) WHERE p.psn_no = free.psn_no`,
      columnsOf(persons),
    ),
  );
}

/** Inside the caller's transaction; rows are inserted in order, so that two who insert the same never wait in a ring. */
export async function insertIdentities(
  client: PoolClient,
  keys: Keyring,
  owners: readonly Owner[],
): Promise<void> {
  const rows = new Map<string, { blind: string; psn_no: string }>();
  for (const [at, { psn_no, personal }] of owners.entries()) {
    if (at % ownersAtOnce === ownersAtOnce - 1) await othersFirst();
    if (personal === null) continue;
    for (const blind of blindsOf(keys, readPersonal(personal)))
      rows.set(`${blind} ${psn_no}`, { blind, psn_no });
  }
  if (rows.size === 0) return;
  const sorted = [...rows].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
  await client.query(
    prepared(
      `INSERT INTO identity_index (blind, psn_no, key_id)
     SELECT decode(u.blind, 'hex'), u.psn_no, $3 FROM unnest($1::text[], $2::text[]) AS u(blind, psn_no) ON CONFLICT DO NOTHING`,
      [sorted.map(({ blind }) => blind), sorted.map(({ psn_no }) => psn_no), keys.current.index],
    ),
  );
}

function blindsOf(keys: Keyring, personal: Personal): string[] {
  return identityFields.flatMap((field) => {
    const value = personal[field];
    return value === undefined ? [] : [keys.blind(field, normal(value)).toString('hex')];
  });
}

/** Of one number. */
export const personsFoundMax = 50;

/** @returns the persons with this number, in order, `personsFoundMax` at most */
export async function personsOf(
  { pool }: Database,
  keys: Keyring,
  field: IdentityField,
  value: string,
): Promise<string[]> {
  const { rows } = await pool.query<{ psn_no: string }>(
    'SELECT DISTINCT psn_no FROM identity_index WHERE blind = ANY($1) ORDER BY psn_no LIMIT $2',
    [keys.blinds(field, normal(value)), personsFoundMax],
  );
  return rows.map(({ psn_no }) => psn_no);
}

export async function removeIdentitiesOfOtherKeys(client: PoolClient, keys: Keyring): Promise<void> {
  await client.query('DELETE FROM identity_index WHERE key_id <> $1', [keys.current.index]);
}

/**
 * Of persons of whom no claim is known any more. Nobody stores claims while they go, or whoever comes back meanwhile would not be found; who
 * they are is found out before.
 * @returns how many went
 */
export async function removeIdentitiesWithoutClaims(client: PoolClient): Promise<number> {
  const { rowCount: leaving } = await client.query(
    `CREATE TEMPORARY TABLE leaving ON COMMIT DROP AS
       SELECT psn_no FROM person p WHERE NOT EXISTS (SELECT FROM claim_revision r WHERE r.psn_no = p.psn_no)`,
  );
  if (leaving === 0) return 0;
  await holdAllSettlements(client);
  await client.query(
    'DELETE FROM leaving l WHERE EXISTS (SELECT FROM claim_revision r WHERE r.psn_no = l.psn_no)',
  );
  await client.query(
    'UPDATE person p SET identity = NULL FROM leaving l WHERE p.psn_no = l.psn_no AND p.identity IS NOT NULL',
  );
  const { rowCount } = await client.query(
    'DELETE FROM identity_index i USING leaving l WHERE i.psn_no = l.psn_no',
  );
  return rowCount ?? 0;
}
