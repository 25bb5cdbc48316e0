/** The floor: what the least costs that could be called taking claims in – parse each text and COPY it into one table with a key. */
import { z } from 'zod';
import { copyRows } from '../platform/copy.ts';
import { openDatabase, transaction } from '../platform/database.ts';
import { benchClaim, piecesOf } from './claims.ts';
import { rangeSchema, type Task, worldSchema } from './task.ts';

const orderSchema = z.object({ databaseUrl: z.string(), world: worldSchema, range: rangeSchema });
const resultSchema = z.object({ seconds: z.number(), stored: z.int() });
const claimSchema = z.object({ setl_id: z.string() });
const transactionClaims = 1_000;

export const flooring: Task<z.infer<typeof orderSchema>, z.infer<typeof resultSchema>> = {
  name: 'floor',
  order: orderSchema,
  result: resultSchema,
  prepare: async ({ databaseUrl, world, range }) => {
    const pieces = piecesOf(range, transactionClaims).map(({ from, to }) =>
      Array.from({ length: to - from }, (_, at) => benchClaim(from + at, world)),
    );
    const database = openDatabase(databaseUrl, { applicationName: 'fundwatch bench floor', poolMax: 1 });
    await database.pool.query(
      'CREATE SCHEMA IF NOT EXISTS bench; DROP TABLE IF EXISTS bench.floor; CREATE TABLE bench.floor (setl_id text PRIMARY KEY, doc text NOT NULL)',
    );
    return async () => {
      const startedAt = performance.now();
      let stored = 0;
      for (const texts of pieces) {
        const rows = texts.map((text) => {
          // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the floor parses and looks at nothing
          const { setl_id } = JSON.parse(text) as z.infer<typeof claimSchema>;
          return [setl_id, text];
        });
        await transaction(database, (client) => copyRows(client, 'bench.floor', ['setl_id', 'doc'], rows));
        stored += rows.length;
      }
      const seconds = (performance.now() - startedAt) / 1_000;
      await database.pool.query('DROP TABLE bench.floor');
      await database.close();
      return { seconds, stored };
    };
  },
};
