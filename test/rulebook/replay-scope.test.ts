/** A replay looks at what the change can say something else of, and at nothing more. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canonicalClaim, type CanonicalClaim } from '../../src/claims/canonical.ts';
import { splitPersonal } from '../../src/claims/personal.ts';
import { registerLibrary } from '../../src/rulebook/library-service.ts';
import { planRun, walkSlice } from '../../src/rulebook/run-service.ts';
import { findRun, unplannedRuns, waitingSlices } from '../../src/rulebook/run-store.ts';
import { type RuleSet, ruleSetOf } from '../../src/rules/library.ts';
import { screenBatch } from '../../src/screening/service.ts';
import { waitingState } from '../../src/screening/store.ts';
import { screenAllMarked } from '../../src/screening/window-service.ts';
import { asOf } from '../support/claims.ts';
import { endStateOf, onePass } from '../support/end-state.ts';
import { randomClaims } from '../support/random-claims.ts';
import { withSmallWindows } from '../support/small-windows.ts';
import { storeCanonical } from '../support/store-claims.ts';
import { openWorld, type World } from './world.ts';

const ofPersons = 'FW-STAY-OVERLAP';
const ofWindows = 'FW-VISIT-ALIKE';

let world: World;
let claims: readonly CanonicalClaim[];
beforeAll(async () => {
  world = await openWorld(withSmallWindows);
  claims = randomClaims(5, 60).map((input) => {
    const result = canonicalClaim(input, asOf);
    if (!result.ok) throw new Error(JSON.stringify(result.issues));
    return result;
  });
  const { batchIds } = await storeCanonical(world, claims);
  for (const batch of batchIds) await screenBatch(world.database, world.vault, world.rules, batch);
  await screenAllMarked(world.database, world.rules);
});
afterAll(() => world.drop());

/** The library in which these rules say the same in other words, which is another version of each. */
const reworded = (library: RuleSet, codes: readonly string[]): RuleSet =>
  ruleSetOf(
    library.rules.map(({ document }) =>
      codes.includes(document.code)
        ? { ...document, message: { ...document.message, zh: `${document.message.zh}（改）` } }
        : document,
    ),
    library.knowledge,
  );

let library: RuleSet;
async function change(...codes: string[]): Promise<void> {
  library = reworded(library, codes);
  await registerLibrary(world.database, 'rules', library);
  await world.rules.refresh();
}

/** @returns the replay that began last */
async function lastReplay(): Promise<NonNullable<Awaited<ReturnType<typeof findRun>>>> {
  const { rows } = await world.database.pool.query<{ id: number }>('SELECT max(id) AS id FROM rule_run');
  const run = await findRun(world.database.pool, rows[0]?.id ?? 0);
  if (run === null) throw new Error('no replay has begun');
  return run;
}

async function walkAll(): Promise<void> {
  const { database, rules } = world;
  for (const run of await unplannedRuns(database.pool, 10)) await planRun({ database, rules }, run);
  for (const { run_id, slice } of await waitingSlices(database.pool, 100))
    await walkSlice({ database, rules }, run_id, slice);
}

const windowDays = async (): Promise<number> => (await waitingState(world.database)).window_days;

const expected = () =>
  onePass(
    claims.map(({ claim, hash }) => ({ claim: splitPersonal(claim).doc, contentHash: hash.toString('hex') })),
    library,
  );

describe('after a change', () => {
  beforeAll(() => {
    library = world.library;
  });

  test('of a rule over persons no day of an institution is judged again', async () => {
    await change(ofPersons);
    expect((await lastReplay()).scope).toBe('persons');
    await walkAll();
    expect(await windowDays()).toBe(0);
    expect((await lastReplay()).changed).toBeGreaterThan(0);
    expect(await endStateOf(world.database)).toEqual(await expected());
  });

  test('of a rule over windows no person is judged again', async () => {
    await change(ofWindows);
    expect((await lastReplay()).scope).toBe('windows');
    const { rows: before } = await world.database.pool.query('SELECT * FROM undecided ORDER BY 1, 2');
    await world.database.pool.query('DELETE FROM undecided');
    await walkAll();
    // Had they been judged again, it would have been said again of whom nothing can be said.
    expect((await world.database.pool.query('SELECT FROM undecided')).rows).toEqual([]);
    for (const { fixmedins_code, setl_id, psn_no, items } of before)
      await world.database.pool.query(
        'INSERT INTO undecided (fixmedins_code, setl_id, psn_no, items) VALUES ($1, $2, $3, $4)',
        [fixmedins_code, setl_id, psn_no, JSON.stringify(items)],
      );
    expect(await windowDays()).toBeGreaterThan(0);
    await screenAllMarked(world.database, world.rules);
    expect(await endStateOf(world.database)).toEqual(await expected());
  });

  test.each([
    ['both at once', [[ofPersons, ofWindows]]],
    ['one before the other was walked', [[ofPersons], [ofWindows]]],
    ['and the other way round', [[ofWindows], [ofPersons]]],
  ])('of both kinds of rules everything is: %s', async (_, changes) => {
    for (const codes of changes) await change(...codes);
    expect((await lastReplay()).scope).toBe('all');
    await walkAll();
    await screenAllMarked(world.database, world.rules);
    expect(await endStateOf(world.database)).toEqual(await expected());
  });

  test('of a rule over windows that is taken out nothing stands of it', async () => {
    library = ruleSetOf(
      library.rules.map(({ document }) => document).filter(({ code }) => code !== ofWindows),
      library.knowledge,
    );
    await change();
    expect((await lastReplay()).scope).toBe('windows');
    await walkAll();
    await screenAllMarked(world.database, world.rules);
    expect(await endStateOf(world.database)).toEqual(await expected());
  });
});
