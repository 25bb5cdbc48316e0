/** What the demo has published: two grades by the steps that any grade takes, and the statistics of the month before. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemActor } from '../../src/audit/actor.ts';
import { publishDemo } from '../../src/cli/demo-publications.ts';
import { loadSchemes } from '../../src/credit/scheme-files.ts';
import { recordEntry } from '../../src/credit/service.ts';
import { cityDefaults, generateCity } from '../../src/demo/city.ts';
import { demoCredit, demoGraded } from '../../src/demo/credit.ts';
import { AREA } from '../../src/demo/people.ts';
import { createDemoAccounts } from '../../src/people/account-service.ts';
import { dayOf } from '../../src/platform/civil.ts';
import { publicPage, publicityDesk } from '../../src/publicity/service.ts';
import { findingOf, writeThem } from '../cases/findings.ts';
import { classOf, publicityDeps, who } from '../publicity/world.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let held: TestDatabase;
beforeAll(async () => {
  held = await createTestDatabase();
});
afterAll(() => held.drop());

const city = generateCity({ ...cityDefaults, persons: 200 });
const asOf = (): number => dayOf('2026-11-30') ?? 0;

async function published(kind: 'grade' | 'statistics') {
  const { items } = await publicPage(held, { kind, area: undefined, page: 1 });
  return items.flatMap(({ document }) => document ?? []);
}

test('shows grades and statistics to everybody, and leaves nothing undone', async () => {
  await createDemoAccounts(held, { area: `${AREA.slice(0, 4)}00`, fixmedinsCode: `H${AREA}00001` });
  const credit = {
    database: held.database,
    schemes: await loadSchemes('rules'),
    asOf,
    calendar: (await publicityDeps(held)).procedure.calendar,
  };
  for (const entry of demoCredit(city, asOf()))
    expect(await recordEntry(credit, systemActor('demo'), entry)).toMatchObject({ ok: true });
  const [rule = ''] = classOf.keys();
  await writeThem(
    held,
    Array.from({ length: 30 }, (_, n) =>
      findingOf(n + 1, { rule_code: rule, fixmedins_code: `H${AREA}0000${(n % 4) + 1}` }),
    ),
  );
  const deps = await publicityDeps(held, () => '2026-11-30 17:00:00');
  await publishDemo(credit, deps, demoGraded(city));

  const grades = await published('grade');
  expect(grades.map((one) => (one.kind === 'grade' ? one.grade.code : ''))).toEqual(
    expect.arrayContaining(['A', 'E']),
  );
  expect(await published('statistics')).toEqual([
    expect.objectContaining({
      month: '2026-10',
      areas: [AREA],
      classes: ['政策类'],
      cells: [
        [
          { findings: 10, amount_fen: 100_000 },
          { findings: 10, amount_fen: 100_000 },
        ],
        [
          { findings: 10, amount_fen: 100_000 },
          { findings: 10, amount_fen: 100_000 },
        ],
      ],
    }),
  ]);
  expect(await publicityDesk(deps, who('demo-leader', 'leader'))).toMatchObject({ due: [], waiting: [] });
});

test('publishes in nobody’s name where the accounts of the demo are not there', async () => {
  const other = await createTestDatabase();
  try {
    const deps = await publicityDeps(other);
    await publishDemo(
      { database: other.database, schemes: [], asOf, calendar: deps.procedure.calendar },
      deps,
      demoGraded(city),
    );
    const { rows } = await other.database.pool.query('SELECT FROM publication');
    expect(rows).toEqual([]);
  } finally {
    await other.drop();
  }
});
