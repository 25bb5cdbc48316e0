import { PrismaPg } from '@prisma/adapter-pg';
import {
  bindMigrationAwareSqlAdapterFactory,
  ColumnTypeEnum,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import pg from 'pg';

/** Type numbers of PostgreSQL's catalogue. */
const charOid: number = pg.types.builtins.CHAR;
const textOid: number = pg.types.builtins.TEXT;

/** What the sessions of a migration are called at the server. */
export const migratorName = 'fundwatch migrate';

type Adapter = Awaited<ReturnType<PrismaPg['connect']>>;

/**
 * Prisma's PostgreSQL adapter as the schema engine needs it. Two things that ordinary queries never meet are put right:
 *
 * - The adapter splits a script at every semicolon, also inside function bodies, and runs the pieces one by one. Here the script is sent
 *   whole: PostgreSQL does the parsing and runs it as one transaction.
 * - The adapter does not know the catalogue's one-byte type `"char"`, without which the engine cannot describe an existing database.
 */
export function openMigrationAdapter(url: string): { adapterFactory: object; close: () => Promise<void> } {
  const pool = new pg.Pool({
    connectionString: url,
    max: 2,
    application_name: migratorName,
    options: '-c TimeZone=UTC',
  });
  pool.on('error', () => undefined);

  const charColumnsOf = new WeakMap<object, number[]>();
  const send = pool.query.bind(pool);
  const query = async (config: pg.QueryConfig): Promise<pg.QueryResult> => {
    const result = await send(config);
    const charColumns: number[] = [];
    for (const [index, field] of (result.fields ?? []).entries()) {
      if (field.dataTypeID !== charOid) continue;
      charColumns.push(index);
      field.dataTypeID = textOid;
    }
    // A script of several statements yields an array of results, and nobody reads its rows.
    if (charColumns.length > 0) charColumnsOf.set(result.rows, charColumns);
    return result;
  };
  Object.assign(pool, { query });

  const mend = (adapter: Adapter): Adapter => {
    const queryRaw = adapter.queryRaw.bind(adapter);
    adapter.queryRaw = async (sqlQuery) => {
      const resultSet = await queryRaw(sqlQuery);
      for (const index of charColumnsOf.get(resultSet.rows) ?? []) {
        resultSet.columnTypes[index] = ColumnTypeEnum.Character;
      }
      return resultSet;
    };
    adapter.executeScript = async (script) => {
      await send(script);
    };
    return adapter;
  };
  const factory = new PrismaPg(pool);
  const mended: SqlMigrationAwareDriverAdapterFactory = {
    provider: factory.provider,
    adapterName: factory.adapterName,
    connect: async () => mend(await factory.connect()),
    // The engine asks for a shadow database only in calls that src/platform/migrate.ts does not make.
    connectToShadowDb: () => factory.connectToShadowDb(),
  };
  return { adapterFactory: bindMigrationAwareSqlAdapterFactory(mended), close: () => pool.end() };
}
