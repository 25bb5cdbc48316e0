import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BinaryValue, copyBinary, copyRows } from '../../src/platform/copy.ts';
import { transaction } from '../../src/platform/database.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let testDatabase: TestDatabase;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  await testDatabase.database.pool.query(
    'CREATE TABLE leaf (tree int, no int, doc text, PRIMARY KEY (tree, no))',
  );
});
afterAll(() => testDatabase.drop());

/** Together several pieces, and now and then one that has no room in a piece. */
const leaves = 400;
const textOf = (tree: number, no: number): string => `${tree}-${no} `.repeat(no % 97 === 0 ? 60_000 : 300);
function* rowsOf(tree: number): Generator<[number, number, string]> {
  for (let no = 0; no < leaves; no += 1) yield [tree, no, textOf(tree, no)];
}
const binaryOf = function* (tree: number): Generator<BinaryValue[]> {
  for (const [, no, text] of rowsOf(tree)) yield [tree, no, Buffer.from(text)];
};
const columns = ['tree', 'no', 'doc'];

async function isWhole(tree: number): Promise<boolean> {
  const { rows } = await testDatabase.database.pool.query<{ no: number; doc: string }>(
    'SELECT no, doc FROM leaf WHERE tree = $1 ORDER BY no',
    [tree],
  );
  return rows.length === leaves && rows.every(({ no, doc }) => doc === textOf(tree, no));
}

test('what is copied at the same time, and after others failed, arrives as it was', async () => {
  const { database } = testDatabase;
  for (let round = 0; round < 3; round += 1) {
    const trees = [0, 1, 2, 3].map((one) => round * 4 + one);
    await Promise.all([
      ...trees.map((tree) =>
        transaction(database, (client) =>
          tree % 2 === 0
            ? copyRows(client, 'leaf', columns, rowsOf(tree))
            : copyBinary(client, 'leaf', columns, binaryOf(tree)),
        ),
      ),
      // The database refuses the second row of each.
      ...[-1, -2].map((tree) =>
        expect(
          transaction(database, (client) =>
            copyRows(client, 'leaf', columns, [[tree, 0, ''], [tree, 0, ''], ...rowsOf(tree)]),
          ),
        ).rejects.toThrow('duplicate key'),
      ),
    ]);
    for (const tree of trees) expect(await isWhole(tree)).toBe(true);
  }
});

test('rows that cannot be made end the copy, and the connection serves the next', async () => {
  const { database } = testDatabase;
  const broken = function* (): Generator<[number, number, string]> {
    yield* rowsOf(100);
    throw new Error('no more leaves');
  };
  await expect(
    transaction(database, (client) => copyRows(client, 'leaf', columns, broken())),
  ).rejects.toThrow('no more leaves');
  await transaction(database, (client) => copyRows(client, 'leaf', columns, rowsOf(100)));
  expect(await isWhole(100)).toBe(true);
});
