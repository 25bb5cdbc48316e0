import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  filterNameMax,
  type QueueFilter,
  queueFilterSchema,
  savedFiltersMax,
  saveFilterSchema,
} from '../../src/cases/review-contract.ts';
import { removeFilter, savedFilters, saveFilter } from '../../src/cases/review-filter-service.ts';
import { insertFilter, lockFilters } from '../../src/cases/review-filter-store.ts';
import { everything, type Sight, sightOf } from '../../src/people/sight.ts';
import { transaction } from '../../src/platform/database.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { makeAccount } from '../support/people.ts';
import { findingOf, north, south, writeThem } from './findings.ts';

const heldUpMs = 500;
let held: TestDatabase;
beforeAll(async () => {
  held = await createTestDatabase();
  for (const login of ['li', 'wang']) await makeAccount(held.database, { login, role: 'inspector' });
  await writeThem(held, [findingOf(1), findingOf(2, { fixmedins_code: south })]);
});
afterAll(() => held.drop());
beforeEach(() => held.database.pool.query('TRUNCATE review_filter'));

const filterOf = (filter: Partial<QueueFilter> = {}): QueueFilter => queueFilterSchema.parse(filter);
/** `saved`, or why not. */
const save = async (
  login: string,
  name: string,
  filter: Partial<QueueFilter> = {},
  sight: Sight = everything,
): Promise<string> =>
  (await saveFilter(held, login, sight, { name, filter: filterOf(filter) }))?.en ?? 'saved';
const namesOf = async (login: string): Promise<string[]> =>
  (await savedFilters(held, login)).filters.map(({ name }) => name);

test('filters come back as they were saved and in that order, to who saved them', async () => {
  const large = {
    tab: 'unassigned',
    rule_code: 'FW-TEST',
    fixmedins_code: north,
    amount_min: 1000.5,
  } as const;
  expect(await save('li', '甲', large)).toBe('saved');
  expect(await save('li', 'A', { tab: 'done', outcome: 'confirmed' })).toBe('saved');
  expect(await save('wang', '甲', { verdict: '可疑' })).toBe('saved');
  expect(await savedFilters(held, 'li')).toEqual({
    filters: [
      { name: '甲', filter: large },
      { name: 'A', filter: { tab: 'done', outcome: 'confirmed' } },
    ],
  });
  await removeFilter(held, 'li', '甲');
  await removeFilter(held, 'li', '乙');
  expect([await namesOf('li'), await namesOf('wang')]).toEqual([['A'], ['甲']]);
});

test('a name is there once, and an account has so many, however many are saved at once', async () => {
  const names = Array.from({ length: savedFiltersMax - 1 }, (_, n) => `筛选 ${n}`);
  for (const name of names) expect(await save('li', name)).toBe('saved');
  expect(await save('li', '筛选 0')).toMatch(/of this name/);
  let second = Promise.resolve('');
  await transaction(held.database, async (client) => {
    await lockFilters(client, 'li');
    await insertFilter(client, 'li', { name: '甲', filter: filterOf() });
    second = save('li', '乙');
    // Longer than it takes where nothing holds it up.
    await sleep(heldUpMs);
  });
  expect(await second).toMatch(/at most/);
  expect(await namesOf('li')).toHaveLength(savedFiltersMax);
  expect(await save('wang', '甲')).toBe('saved');
});

test('no number of a person gets in by a name or in the place of a code', async () => {
  const number = '330702198001011234';
  const district = sightOf('330702', null);
  expect(await save('li', `张三 ${number}`)).toMatch(/numbers of persons/);
  expect(await save('li', '甲', { rule_code: number })).toMatch(/numbers of persons/);
  expect(await save('li', '甲', { fixmedins_code: number })).toMatch(/no finding/);
  // What lies outside of one's sight is not told from what is not there.
  expect(await save('li', '甲', { fixmedins_code: south }, district)).toMatch(/no finding/);
  expect(await save('li', '甲', { fixmedins_code: north }, district)).toBe('saved');
  const given = (name: string, filter: object = {}) => saveFilterSchema.safeParse({ name, filter }).success;
  expect(given('名'.repeat(filterNameMax))).toBe(true);
  for (const name of ['', '  ', 'a\u0000', '名'.repeat(filterNameMax + 1)]) expect(given(name)).toBe(false);
  // Where somebody stood in the list names a finding.
  expect(given('甲', { after: `100_${'0'.repeat(32)}` })).toBe(false);
});

test('what this release does not know is outdated, and can be removed', async () => {
  await save('li', '旧', { verdict: '违规' });
  await save('li', '新');
  await held.database.pool.query(`UPDATE review_filter SET filter = '{"urgency":"high"}' WHERE name = '旧'`);
  expect(await savedFilters(held, 'li')).toEqual({
    filters: [
      { name: '旧', filter: null },
      { name: '新', filter: { tab: 'mine' } },
    ],
  });
  await removeFilter(held, 'li', '旧');
  expect(await namesOf('li')).toEqual(['新']);
});
