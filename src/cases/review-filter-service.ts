/** Filters of the review queue that an account keeps. They are conveniences of one person: nothing follows from them, so none is audited. */
import type { Pool, PoolClient } from 'pg';
import { sees, type Sight } from '../people/sight.ts';
import { type Database, transaction } from '../platform/database.ts';
import { personalFaults } from './personal-text.ts';
import { queueFilterSchema, type SavedFilters, type SaveFilter, savedFiltersMax } from './review-contract.ts';
import { deleteFilter, hasFindings, insertFilter, listFilters, lockFilters } from './review-filter-store.ts';
import type { Reason } from './review-states-contract.ts';

interface Deps {
  readonly database: Pick<Database, 'pool'>;
}

export async function savedFilters({ database }: Deps, account: string): Promise<SavedFilters> {
  const stored = await listFilters(database.pool, account);
  return {
    filters: stored.map(({ name, filter }) => ({
      name,
      filter: queueFilterSchema.safeParse(filter).data ?? null,
    })),
  };
}

/** @returns why it was not saved; `null`: it was */
export async function saveFilter(
  { database }: Deps,
  account: string,
  sight: Sight,
  given: SaveFilter,
): Promise<Reason | null> {
  return transaction(database, async (client) => {
    await lockFilters(client, account);
    const obstacle =
      (await personalObstacle(client, sight, given)) ??
      obstacleAmong(
        (await listFilters(client, account)).map(({ name }) => name),
        given.name,
      );
    if (obstacle === null) await insertFilter(client, account, given);
    return obstacle;
  });
}

export async function removeFilter({ database }: Deps, account: string, name: string): Promise<void> {
  await deleteFilter(database.pool, account, name);
}

/** A number of a person may be typed where a code belongs: only an institution of which findings are seen is kept. */
async function personalObstacle(
  client: Pool | PoolClient,
  sight: Sight,
  { name, filter: { rule_code, fixmedins_code } }: SaveFilter,
): Promise<Reason | null> {
  const [fault] = [name, rule_code ?? ''].flatMap(personalFaults);
  if (fault !== undefined) return fault;
  const isKnown =
    fixmedins_code === undefined ||
    (sees(sight, fixmedins_code) && (await hasFindings(client, fixmedins_code)));
  return isKnown
    ? null
    : {
        zh: '没有该机构编号的疑点，不能保存',
        en: 'There is no finding of an institution with this code: it is not saved',
      };
}

function obstacleAmong(names: readonly string[], name: string): Reason | null {
  if (names.includes(name))
    return { zh: '已有同名的筛选', en: 'There is a saved filter of this name already' };
  return names.length < savedFiltersMax
    ? null
    : {
        zh: `最多保存 ${savedFiltersMax} 个筛选，请先移除一个`,
        en: `${savedFiltersMax} filters are saved at most: remove one first`,
      };
}
