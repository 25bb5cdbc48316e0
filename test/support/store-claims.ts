import type { CanonicalClaim } from '../../src/claims/canonical.ts';
import { type StoredClaims, storeClaims } from '../../src/claims/store.ts';
import { transaction } from '../../src/platform/database.ts';
import type { TestDatabase } from './database.ts';

/** As intake stores them, in a transaction of their own. */
export async function storeCanonical(
  { database, vault }: Pick<TestDatabase, 'database' | 'vault'>,
  claims: readonly Pick<CanonicalClaim, 'storable'>[],
): Promise<StoredClaims> {
  const keys = await vault.keys();
  return transaction(database, (client) =>
    storeClaims(
      client,
      keys,
      'test',
      claims.map(({ storable }) => storable),
    ),
  );
}
