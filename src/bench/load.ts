/** Puts claims into the database by the product's own COPY path, as screened already: the history that a run starts with. */
import { z } from 'zod';
import { quickClaim } from '../claims/canonical.ts';
import type { StorableClaim } from '../claims/storable.ts';
import { batchClaimsMax, storeClaims } from '../claims/store.ts';
import { today } from '../platform/clock.ts';
import { openDatabase, transaction } from '../platform/database.ts';
import { markScreened } from '../screening/store.ts';
import { openVault } from '../vault/vault-service.ts';
import { benchClaim, piecesOf } from './claims.ts';
import { rangeSchema, type Task, worldSchema } from './task.ts';

const orderSchema = z.object({
  databaseUrl: z.string(),
  masterKeyFile: z.string(),
  world: worldSchema,
  range: rangeSchema,
});
const resultSchema = z.object({ stored: z.int() });

export const loading: Task<z.infer<typeof orderSchema>, z.infer<typeof resultSchema>> = {
  name: 'load',
  order: orderSchema,
  result: resultSchema,
  prepare:
    async ({ databaseUrl, masterKeyFile, world, range }, progress) =>
    async () => {
      const database = openDatabase(databaseUrl, { applicationName: 'fundwatch bench load', poolMax: 1 });
      const asOf = today();
      const keys = await openVault({ database, masterKeyFile, suite: 'aes' }).keys();
      const store = (claims: readonly StorableClaim[]): Promise<void> =>
        transaction(database, async (client) => {
          const { batchIds } = await storeClaims(client, keys, 'bench history', claims);
          await markScreened(client, batchIds);
        });
      let storing = Promise.resolve();
      for (const { from, to } of piecesOf(range, batchClaimsMax)) {
        const claims: StorableClaim[] = [];
        for (let index = from; index < to; index += 1) {
          const claim = quickClaim(Buffer.from(benchClaim(index, world)), asOf);
          if (claim === null)
            throw new Error(`claim ${index} of the benchmark is not taken by the quick pass`);
          claims.push(claim);
        }
        await storing;
        storing = store(claims);
        // Awaited after the next claims were made; until then a failure must not look unhandled.
        storing.catch(() => undefined);
        progress(to - range.from);
      }
      await storing;
      await database.close();
      return { stored: range.to - range.from };
    },
};
