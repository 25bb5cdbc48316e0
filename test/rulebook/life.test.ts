import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { transaction } from '../../src/platform/database.ts';
import { act, type Acted, type ActOptions } from '../../src/rulebook/life-service.ts';
import type { Who } from '../../src/people/identify.ts';
import { openActiveRules } from '../../src/rulebook/active-service.ts';
import { registerLibrary } from '../../src/rulebook/library-service.ts';
import { insertRun, setRunState } from '../../src/rulebook/run-store.ts';
import type { Action } from '../../src/rulebook/states-contract.ts';
import { lockRules } from '../../src/rulebook/store.ts';
import { ruleSetOf } from '../../src/rules/library.ts';
import { replay } from '../../src/screening/replay-service.ts';
import { screenBatch } from '../../src/screening/service.ts';
import {
  approver,
  author,
  both,
  findingsOf,
  openWorld,
  splitCode,
  splitRule,
  stay,
  store,
  storeVersion,
  stream,
  type World,
} from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.drop());

const doStep = (by: Who, hash: string, action: Action, options: ActOptions = {}): Promise<Acted> =>
  act(world.deps, by, hash, action, options);

async function done(
  by: Who,
  hash: string,
  action: Action,
  options: ActOptions = {},
): Promise<Acted & { ok: true }> {
  const acted = await doStep(by, hash, action, options);
  if (!acted.ok) throw new Error(`${action}: ${acted.reason.en}`);
  return acted;
}

async function refused(by: Who, hash: string, action: Action): Promise<string> {
  const acted = await doStep(by, hash, action);
  if (acted.ok) throw new Error(`${action} was allowed`);
  return acted.reason.en;
}

/** A backtest that went over everything, without walking. */
const backtested = (hash: string): Promise<void> =>
  transaction(world.database, async (client) => {
    const id = await insertRun(client, {
      kind: 'backtest',
      subject: 'rule',
      code: splitCode,
      content_hash: hash,
      base_hash: null,
      from_day: null,
      account: 'test',
    });
    await client.query(
      `INSERT INTO rule_run_slice (run_id, slice, done_up_to, done, claims) VALUES ($1, 1, '', true, 1)`,
      [id],
    );
    await setRunState(client, id, 'done');
  });

async function replayAll(): Promise<void> {
  for await (const _progress of replay(world.database, world.rules, { concurrency: 1 }));
}

describe('the shipped library', () => {
  test('is in force after the first start, as the files say', async () => {
    expect(world.rules.current().version).toBe(world.library.version);
    const { rows } = await world.database.pool.query('SELECT FROM rule_run');
    expect(rows).toHaveLength(0);
  });

  test('is registered once, however many processes start', async () => {
    const before = world.rules.generation();
    await Promise.all([1, 2, 3].map(() => registerLibrary(world.database, 'rules', world.library)));
    await world.rules.refresh();
    expect(world.rules.generation()).toBe(before);
  });
});

describe('a version that people write', () => {
  let ten = '';
  test('is approved by somebody else, and only after that put into force', async () => {
    ten = await storeVersion(world, await splitRule(10));
    expect(await refused(approver, ten, 'approve')).toContain('a draft');
    await done(author, ten, 'submit');
    expect(await refused(author, ten, 'approve')).toContain('Your role');
    expect(await refused(both, ten, 'approve')).toContain('of their own');
    expect(await refused(approver, ten, 'activate')).toContain('in review');
    await done(approver, ten, 'approve');
    expect(await refused(approver, ten, 'activate')).toContain('No backtest');
    await backtested(ten);
    expect(await refused(author, ten, 'activate')).toContain('Your role');
  });

  test('when edited is another version, which nobody has approved', async () => {
    const twelve = await storeVersion(world, await splitRule(12));
    expect(twelve).not.toBe(ten);
    await backtested(twelve);
    await done(author, twelve, 'submit');
    expect(await refused(approver, twelve, 'activate')).toContain('in review');
    await done(approver, twelve, 'reject', { reason: '示例不足' });
    expect(await refused(approver, twelve, 'approve')).toContain('rejected');
  });

  test('that fails an example cannot be submitted', async () => {
    const wrong = await storeVersion(world, await splitRule(10, 11));
    expect(await refused(author, wrong, 'submit')).toContain('Not all examples');
  });

  test('judges the stream from its activation on, and a replay withdraws what it does not find', async () => {
    const shippedVersion = world.rules
      .current()
      .rules.find(({ document }) => document.code === splitCode)?.version;
    await stream(world, [stay('A1', 1, 3), stay('A2', 15, 17)]);
    expect(await findingsOf(world, splitCode)).toEqual([`A2 ${shippedVersion}`]);
    const { replay: run, version } = await done(approver, ten, 'activate', { ramp: null });
    expect(run).not.toBeNull();
    // A worker that knew the former rules sees the change where its next transaction begins.
    await stream(world, [stay('B1', 1, 3, 'P2'), stay('B2', 15, 17, 'P2'), stay('B3', 20, 21, 'P2')]);
    expect(await findingsOf(world, splitCode)).toEqual([`A2 ${shippedVersion}`, `B3 ${version.version}`]);
    await replayAll();
    expect(await findingsOf(world, splitCode)).toEqual([`B3 ${version.version}`]);
  });

  test('is taken back in one step: the one before it is in force again', async () => {
    const acted = await done(approver, ten, 'rollback', { reason: '漏报' });
    expect(acted.state).toBe('retired');
    await replayAll();
    expect(world.rules.current().version).toBe(world.library.version);
    const found = await findingsOf(world, splitCode);
    expect(found.map((name) => name.slice(0, 2))).toEqual(['A2', 'B2', 'B3']);
    expect(await refused(approver, ten, 'rollback')).toContain('retired');
    // Another start does not put it back, and neither does the library replace what people chose.
    await registerLibrary(world.database, 'rules', world.library);
    expect((await openActiveRules(world.database, world.library.knowledge)).current().version).toBe(
      world.library.version,
    );
  });

  test('holds only where its ramp says', async () => {
    const placed = await done(approver, ten, 'activate', { ramp: { areas: ['330799'], institutions: [] } });
    await stream(world, [stay('C1', 1, 3, 'P3'), stay('C2', 5, 7, 'P3')]);
    expect((await findingsOf(world, splitCode)).filter((name) => name.startsWith('C'))).toEqual([]);
    await done(approver, ten, 'activate', { ramp: { areas: ['3307'], institutions: [] } });
    await replayAll();
    expect((await findingsOf(world, splitCode)).filter((name) => name.startsWith('C'))).toEqual([
      `C2 ${placed.version.version}`,
    ]);
  });

  test('that is paused finds nothing any more, and nobody rolls back to it', async () => {
    await done(approver, ten, 'pause', { reason: '核实中' });
    await replayAll();
    expect(await findingsOf(world, splitCode)).toEqual([]);
    await done(approver, ten, 'activate', { ramp: null });
    await done(approver, ten, 'retire', { reason: '停用' });
    // The file of the rule is still there.
    await registerLibrary(world.database, 'rules', world.library);
    await world.rules.refresh();
    expect(world.rules.current().rules.some(({ document }) => document.code === splitCode)).toBe(false);
  });
});

describe('a library that changes between two starts', () => {
  test('puts new versions into force, takes removed rules out, and judges what is stored again', async () => {
    const other = await openWorld();
    try {
      const { document } = await splitRule(20);
      const kept = other.library.rules
        .map((rule) => rule.document)
        .filter(({ code }) => code !== splitCode && code !== 'FW-AFTER-DEATH');
      const changed = ruleSetOf([...kept, document], other.library.knowledge);
      await registerLibrary(other.database, 'rules', changed);
      await other.rules.refresh();
      expect(other.rules.current().version).toBe(changed.version);
      const { rows } = await other.database.pool.query<{ state: string }>('SELECT state FROM rule_run');
      expect(rows).toEqual([{ state: 'waiting' }]);

      const { document: lost } =
        other.library.rules.find(({ document: { code } }) => code === 'FW-AFTER-DEATH') ?? {};
      if (lost === undefined) throw new Error('not in the library');
      const back = ruleSetOf([...kept, document, lost], other.library.knowledge);
      await registerLibrary(other.database, 'rules', back);
      await other.rules.refresh();
      expect(other.rules.current().version).toBe(back.version);
    } finally {
      await other.drop();
    }
  });
});

test('a change waits for those who judge, and they for it', async () => {
  const order: string[] = [];
  const [batch = 0] = await store(world, [stay('D1', 1, 2, 'P9')]);
  let judging: Promise<void> = Promise.resolve();
  await transaction(world.database, async (client) => {
    await lockRules(client);
    judging = screenBatch(world.database, world.vault, world.rules, batch).then(() => {
      order.push('judged');
    });
    await new Promise((resolve) => {
      setTimeout(resolve, 200);
    });
    order.push('changed');
  });
  await judging;
  expect(order).toEqual(['changed', 'judged']);
});

test('what is done with versions is on record, with who and what', async () => {
  const { rows } = await world.database.pool.query<{ kind: string; account: string }>(
    `SELECT DISTINCT kind, account FROM audit_event WHERE kind LIKE 'rulebook.%' ORDER BY 1, 2`,
  );
  expect(rows.map(({ kind, account }) => `${kind} ${account}`)).toEqual([
    'rulebook.activated approver-wang',
    'rulebook.approved approver-wang',
    'rulebook.library_registered system:library',
    'rulebook.paused approver-wang',
    'rulebook.rejected approver-wang',
    'rulebook.retired approver-wang',
    'rulebook.rolled_back approver-wang',
    'rulebook.submitted author-li',
  ]);
});
