import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { canonicalClaim } from '../../src/claims/canonical.ts';
import { dayOf } from '../../src/platform/civil.ts';
import { bundledProgram } from '../../src/platform/project.ts';
import { openActiveRules } from '../../src/rulebook/active-service.ts';
import { registerLibrary } from '../../src/rulebook/library-service.ts';
import { asRecorded } from '../../src/rulebook/recorded-service.ts';
import { ruleSetOf } from '../../src/rules/library.ts';
import { replay } from '../../src/screening/replay-service.ts';
import { screenBatch } from '../../src/screening/service.ts';
import { screenAllMarked } from '../../src/screening/window-service.ts';
import { randomClaims } from '../support/random-claims.ts';
import { withSmallWindows } from '../support/small-windows.ts';
import { storeCanonical } from '../support/store-claims.ts';
import { openWorld, splitCode, splitRule, stay, stream, type World } from './world.ts';

const run = promisify(execFile);

let world: World;
beforeAll(async () => {
  world = await openWorld(withSmallWindows);
  const asOf = dayOf('2027-01-01') ?? 0;
  for (let seed = 0; seed < 4; seed += 1) {
    const claims = randomClaims(seed, 40).map((input) => {
      const result = canonicalClaim({ ...input, setl_id: `${seed}-${input.setl_id}` }, asOf);
      if (!result.ok) throw new Error(JSON.stringify(result.issues));
      return result;
    });
    for (const batch of (await storeCanonical(world, claims)).batchIds)
      await screenBatch(world.database, world.vault, world.rules, batch);
  }
  await screenAllMarked(world.database, world.rules);
});
afterAll(() => world.drop());

interface Row {
  readonly finding_id: string;
  readonly revision: number | null;
}

async function expectAllTheSame(rows: readonly Row[]): Promise<void> {
  for (const { finding_id, revision } of rows) {
    const result = await asRecorded(world.database, finding_id, revision);
    expect(result, JSON.stringify(result)).toMatchObject({ ok: true, same: true });
  }
}

test('every finding comes out again with the same bytes', async () => {
  const { rows } = await world.database.pool.query<Row>(
    `SELECT finding_id, NULL AS revision FROM finding WHERE state = 'active' AND window_day IS NULL`,
  );
  expect(rows.length).toBeGreaterThan(20);
  await expectAllTheSame(rows);
  const { rows: ofWindows } = await world.database.pool.query<Row>(
    `SELECT finding_id, NULL AS revision FROM finding WHERE state = 'active' AND window_day IS NOT NULL ORDER BY finding_id LIMIT 12`,
  );
  expect(ofWindows.length).toBe(12);
  await expectAllTheSame(ofWindows);
});

test('and so does what was found by a version that is not in force any more, of claims that say something else now', async () => {
  await stream(world, [stay('R1', 1, 3, 'PR'), stay('R2', 15, 17, 'PR')]);
  const { document } = await splitRule(10);
  const others = world.library.rules.map((rule) => rule.document).filter(({ code }) => code !== splitCode);
  await registerLibrary(world.database, 'rules', ruleSetOf([...others, document], world.library.knowledge));
  await stream(world, [{ ...stay('R2', 15, 18, 'PR'), updt_time: '2026-03-01 00:00:00' }]);
  for await (const _progress of replay(world.database, world.rules, { concurrency: 1 }));
  const { rows } = await world.database.pool.query<Row>(
    `SELECT finding_id, revision FROM finding_revision WHERE state = 'active'`,
  );
  expect(rows.length).toBeGreaterThan(0);
  await expectAllTheSame(rows);
});

test('the command says so, and says what is missing', async () => {
  const { rows } = await world.database.pool.query<Row>(
    `SELECT finding_id, NULL AS revision FROM finding WHERE state = 'active' LIMIT 1`,
  );
  const explain = (id: string) =>
    run(process.execPath, [bundledProgram('main'), 'explain', id, '--as-recorded'], {
      env: { ...process.env, DATABASE_URL: world.url },
    });
  const { stdout, stderr } = await explain(rows[0]?.finding_id ?? '');
  expect(JSON.parse(stdout)).toMatchObject({ finding_id: rows[0]?.finding_id });
  expect(stderr).toContain('逐字节相同');
  await expect(explain('0'.repeat(32))).rejects.toMatchObject({ code: 1 });
});

test('a finding whose rule was never registered is not made up', async () => {
  const before = await openActiveRules(world.database, world.library.knowledge);
  expect(before.generation()).toBeGreaterThan(0);
  expect(await asRecorded(world.database, 'f'.repeat(32), null)).toMatchObject({
    ok: false,
    missing: 'finding',
  });
});
