/** The database of saved filters of the review queue: an account's own, by name. */
import type { Pool, PoolClient } from 'pg';
import type { QueueFilter } from './review-contract.ts';

type Client = Pool | PoolClient;

export interface StoredFilter {
  readonly name: string;
  /** As it was saved: releases since may not know it. */
  readonly filter: unknown;
}

/** In the order in which they were saved. */
export async function listFilters(client: Client, account: string): Promise<StoredFilter[]> {
  const { rows } = await client.query<StoredFilter>(
    'SELECT name, filter FROM review_filter WHERE account = $1 ORDER BY saved_at, name',
    [account],
  );
  return rows;
}

/** Two that are saved at once by one account come one after the other. */
export async function lockFilters(client: PoolClient, account: string): Promise<void> {
  await client.query('SELECT FROM account WHERE login = $1 FOR NO KEY UPDATE', [account]);
}

export async function insertFilter(
  client: PoolClient,
  account: string,
  { name, filter }: { readonly name: string; readonly filter: QueueFilter },
): Promise<void> {
  await client.query(
    'INSERT INTO review_filter (account, name, filter, saved_at) VALUES ($1, $2, $3, clock_timestamp())',
    [account, name, JSON.stringify(filter)],
  );
}

export async function deleteFilter(client: Client, account: string, name: string): Promise<void> {
  await client.query('DELETE FROM review_filter WHERE account = $1 AND name = $2', [account, name]);
}

export async function hasFindings(client: Client, fixmedinsCode: string): Promise<boolean> {
  const { rows } = await client.query<{ found: boolean }>(
    'SELECT EXISTS (SELECT FROM finding WHERE fixmedins_code = $1) AS found',
    [fixmedinsCode],
  );
  return rows[0]?.found === true;
}
