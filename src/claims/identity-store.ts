/** By which certificate numbers and telephones persons are found, without either of them lying in the database. */
import { setImmediate as othersFirst } from 'node:timers/promises';
import type { PoolClient } from 'pg';
import type { Database } from '../platform/database.ts';
import { prepared } from '../platform/prepared.ts';
import type { Keyring } from '../vault/keyring.ts';
import { type Personal, readPersonal } from './personal.ts';

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

/** Of persons of whom no claim is known any more. @returns how many went */
export async function removeIdentitiesWithoutClaims(client: PoolClient): Promise<number> {
  const { rowCount } = await client.query(
    'DELETE FROM identity_index i WHERE NOT EXISTS (SELECT 1 FROM claim_revision r WHERE r.psn_no = i.psn_no)',
  );
  return rowCount ?? 0;
}
