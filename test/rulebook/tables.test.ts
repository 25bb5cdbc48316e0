/** The life of a knowledge table over stored claims: nobody starts anything anew, and what was recorded stays what it was. */
import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BatchTerms, TablePreview } from '../../src/knowledge/contract.ts';
import { knowledgeOf, lookup } from '../../src/knowledge/table.ts';
import type { Who } from '../../src/people/identify.ts';
import { openActiveRules } from '../../src/rulebook/active-service.ts';
import { registerLibrary } from '../../src/rulebook/library-service.ts';
import { asRecorded } from '../../src/rulebook/recorded-service.ts';
import { planRun, walkSlice } from '../../src/rulebook/run-service.ts';
import { findRun, unplannedRuns, waitingSlices } from '../../src/rulebook/run-store.ts';
import {
  approveBatch,
  backtestBatch,
  rejectBatch,
  rollBackTable,
  type TableDeps,
  uploadBatch,
  withdrawBatch,
} from '../../src/rulebook/table-life-service.ts';
import { tablesInForce } from '../../src/rulebook/table-in-force-service.ts';
import { batchDetail, batchPreview, tableDetail, tableList } from '../../src/rulebook/table-view-service.ts';
import { loadRuleSet } from '../../src/rules/library.ts';
import { asOf, day } from '../support/claims.ts';
import { approver, author, findingsOf, openWorld, stay, stream, type World } from './world.ts';

const table = 'item-sex';
const code = 'FW-ITEM-SEX';
/** What every stay of this world has. */
const item = '001201000030000';
const header = 'med_list_codg,item_name,gend,effective_from,effective_to';

let world: World;
let deps: TableDeps;
beforeAll(async () => {
  world = await openWorld();
  deps = { database: world.database, rules: world.rules, asOf: () => asOf };
  // Men, at the beginning and at the end of January.
  await stream(world, [
    stay('EARLY', 2, 5, 'P1'),
    stay('LATE', 20, 22, 'P1'),
    stay('OTHER', 25, 27, 'P2'),
    stay('NEVER', 1, 3, 'P3'),
  ]);
});
afterAll(() => world.drop());

const upload = (
  rows: readonly string[],
  terms: Partial<BatchTerms> = {},
  by: Who = author,
  columns = header,
) => {
  const file = Buffer.from(`${[columns, ...rows].join('\n')}\n`);
  return uploadBatch(
    deps,
    by.actor,
    table,
    {
      extent: 'supplement',
      source: '某省医保局公告',
      batch: '2026-1',
      published_at: '2026-01-31',
      effective_from: '2026-01-10',
      sha256: createHash('sha256').update(file).digest('hex'),
      ...terms,
    },
    file,
  );
};

async function uploaded(...args: Parameters<typeof upload>): Promise<{ id: number; run: number | null }> {
  const taken = await upload(...args);
  if (!taken.ok) throw new Error(taken.reason.en);
  return taken;
}

async function preview(id: number): Promise<TablePreview> {
  const looked = await batchPreview(deps, id);
  if (!looked.ok) throw new Error(looked.reason.en);
  return looked.preview;
}

async function approved(id: number): Promise<number | null> {
  const acted = await approveBatch(deps, approver, id, (await preview(id)).table_sha256);
  if (!acted.ok) throw new Error(acted.reason.en);
  await world.rules.refresh();
  return acted.replay;
}

async function rolledBack(): Promise<number | null> {
  const acted = await rollBackTable(deps, approver, table, '数据有误');
  if (!acted.ok) throw new Error(acted.reason.en);
  await world.rules.refresh();
  return acted.replay;
}

const refusalOf = async (acting: Promise<{ ok: true } | { ok: false; reason: { en: string } }>) => {
  const acted = await acting;
  if (acted.ok) throw new Error('it was allowed');
  return acted.reason.en;
};

/** What workers do. */
async function walkAll(): Promise<void> {
  const { database, rules } = world;
  for (const run of await unplannedRuns(database.pool, 10)) await planRun({ database, rules }, run);
  for (const { run_id, slice } of await waitingSlices(database.pool, 100))
    await walkSlice({ database, rules }, run_id, slice);
}

const found = async (): Promise<string[]> =>
  (await findingsOf(world, code)).map((name) => name.split(' ')[0] ?? '');

const shaInForce = async (): Promise<string | undefined> =>
  (await tableList(deps)).tables.find((one) => one.table === table)?.in_force?.sha256;

const row = `${item},护理,2,,`;

describe('a batch with bad rows', () => {
  test('is kept with its reasons, waits for nobody, and can be withdrawn', async () => {
    const { id, run } = await uploaded([row, `${item}X,护理,3,,`, 'A1,,2,,']);
    expect(run).toBeNull();
    const detail = await batchDetail(deps, author, id);
    expect(detail).toMatchObject({ state: 'faulty', rows: 3, bad_rows: 2, in_force: false });
    expect(detail?.issues.map(({ row: line, column }) => [line, column])).toEqual([
      [3, 'gend'],
      [4, 'item_name'],
    ]);
    expect(await refusalOf(batchPreview(deps, id))).toContain('does not wait');
    expect(await refusalOf(approveBatch(deps, approver, id, '0'.repeat(64)))).toContain('does not wait');
    expect((await withdrawBatch(deps, author, id)).ok).toBe(true);
    expect(await batchDetail(deps, author, id)).toMatchObject({ state: 'withdrawn' });
  });

  test('is not taken in when the file is not the one that was meant, or none', async () => {
    expect(await refusalOf(upload([row], { sha256: '0'.repeat(64) }))).toContain('sha256');
    const nothing = Buffer.alloc(0);
    const terms = { sha256: createHash('sha256').update(nothing).digest('hex') };
    const taken = uploadBatch(
      deps,
      author.actor,
      table,
      {
        extent: 'whole',
        source: 'x',
        batch: 'x',
        published_at: '2026-01-01',
        effective_from: '2026-01-01',
        ...terms,
      },
      nothing,
    );
    expect(await refusalOf(taken)).toBe('is empty');
  });
});

describe('from the upload to the day it is taken back', () => {
  let id = 0;
  let before: string | undefined;

  test('the preview says what would change, in rows and in findings', async () => {
    before = await shaInForce();
    const taken = await uploaded([row]);
    ({ id } = taken);
    expect(await refusalOf(upload([row]))).toContain(`waits as batch ${id}`);
    expect(await preview(id)).toMatchObject({
      base_sha256: before,
      rows_before: 14,
      rows_after: 15,
      added: { count: 1, first: [{ cells: { med_list_codg: item, effective_from: '2026-01-10' } }] },
      changed: { count: 0 },
      withdrawn: { count: 0 },
      conflicts: { count: 0 },
      first_changed_day: '2026-01-10',
      replay_follows: true,
      rules: [code],
      findings: { method: 'backtest', run: String(taken.run), is_done: false },
    });
    await walkAll();
    // Whoever has no claim on one of these days cannot be touched.
    expect((await preview(id)).findings).toMatchObject({
      is_done: true,
      persons: 2,
      persons_total: 2,
      claims: 3,
      new: 2,
      lost: 0,
      changed: 0,
      same: 0,
    });
    expect(await found()).toEqual([]);
  });

  test('nobody approves their own, nor other bytes than were looked at', async () => {
    const { table_sha256 } = await preview(id);
    const own: Who = { ...author, permissions: [...author.permissions, 'knowledge.approve'] };
    expect(await refusalOf(approveBatch(deps, own, id, table_sha256))).toContain('of their own');
    expect(await refusalOf(approveBatch(deps, author, id, table_sha256))).toContain('role');
    expect(await refusalOf(approveBatch(deps, approver, id, before ?? ''))).toContain('not the one of that');
    expect(await refusalOf(withdrawBatch(deps, { ...own, actor: approver.actor }, id))).toContain('uploader');
    expect((await batchDetail(deps, approver, id))?.actions).toMatchObject([
      { action: 'approve', allowed: true },
      { action: 'reject', allowed: true },
      { action: 'withdraw', allowed: false },
      { action: 'roll_back', allowed: false },
    ]);
    expect(await shaInForce()).toBe(before);
  });

  test('approved it is in force in every process, as of the day of the fee, and what is stored is judged again', async () => {
    const elsewhere = await openActiveRules(world.database, world.library.knowledge);
    const generation = elsewhere.generation();
    const replay = await approved(id);
    await elsewhere.refresh();
    expect(elsewhere.generation()).toBeGreaterThan(generation);
    const known = elsewhere.current().knowledge.tables.get(table);
    if (known === undefined) throw new Error('the table is gone');
    expect(lookup(known, [item], day('2026-01-09'))).toBeNull();
    expect(lookup(known, [item], day('2026-01-10'))?.cells['gend']).toBe('2');
    // A new claim is judged by it at once, an old one with the replay.
    await stream(world, [stay('NEW', 12, 14, 'P4'), stay('NEW-EARLY', 3, 4, 'P4')]);
    expect(await found()).toEqual(['NEW']);
    await walkAll();
    expect(await found()).toEqual(['LATE', 'NEW', 'OTHER']);
    expect(await findRun(world.database.pool, replay ?? 0)).toMatchObject({
      kind: 'replay',
      subject: 'table',
      code: table,
      state: 'done',
      created: 2,
    });
    expect(await tableDetail(deps, approver, table)).toMatchObject({
      rows: 15,
      waiting: 0,
      in_force: { batch: { id: String(id), batch: '2026-1', in_force: true, state: 'approved' } },
      history: [{ batch: { id: String(id) } }, { sha256: before, batch: { origin: 'shipped' } }],
      may_roll_back: { allowed: true },
    });
  });

  test('a start of another process with the same files changes nothing', async () => {
    const sha = await shaInForce();
    await registerLibrary(world.database, 'rules', world.library);
    expect(await shaInForce()).toBe(sha);
  });

  test('a late correction takes findings away, and what was recorded comes out again with the same bytes', async () => {
    const { rows } = await world.database.pool.query<{
      finding_id: string;
      setl_id: string;
      revision: number;
    }>(
      `SELECT finding_id, setl_id, revision FROM finding WHERE rule_code = $1 AND state = 'active' ORDER BY setl_id`,
      [code],
    );
    const correction = await uploaded([`${item},护理,2,2026-01-10,2026-01-21`], { batch: '2026-1 更正' });
    expect(await preview(correction.id)).toMatchObject({
      changed: { count: 1, first: [{ columns: ['effective_to'], after: { effective_to: '2026-01-21' } }] },
      first_changed_day: '2026-01-21',
    });
    await walkAll();
    expect((await preview(correction.id)).findings).toMatchObject({ new: 0, lost: 1 });
    await approved(correction.id);
    await walkAll();
    expect(await found()).toEqual(['LATE', 'NEW']);
    expect(rows).toHaveLength(3);
    for (const { finding_id, revision } of rows)
      expect(await asRecorded(world.database, finding_id, revision)).toMatchObject({ ok: true, same: true });
  });

  test('one step brings the former table back, and one more the one before it', async () => {
    expect(await rolledBack()).not.toBeNull();
    await walkAll();
    expect(await found()).toEqual(['LATE', 'NEW', 'OTHER']);
    expect(await tableDetail(deps, approver, table)).toMatchObject({
      in_force: { batch: { id: String(id) } },
    });
    await rolledBack();
    await walkAll();
    expect(await found()).toEqual([]);
    expect(await shaInForce()).toBe(before);
    expect(await refusalOf(rollBackTable(deps, approver, table, '再退'))).toContain('no batch before it');
    const again = await openActiveRules(world.database, world.library.knowledge);
    expect(again.current().version).toBe(world.library.version);
  });

  test('every step is on record', async () => {
    const { rows } = await world.database.pool.query<{ kind: string }>(
      `SELECT kind FROM audit_event WHERE kind LIKE 'knowledge.%' ORDER BY seq`,
    );
    expect(rows.map(({ kind }) => kind.replace('knowledge.', ''))).toEqual([
      'uploaded',
      'withdrawn',
      'uploaded',
      'backtest_started',
      'approved',
      'uploaded',
      'backtest_started',
      'approved',
      'rolled_back',
      'rolled_back',
    ]);
  });
});

describe('batches beside each other', () => {
  test('a preview that was overtaken is no ground for an approval', async () => {
    const one = await uploaded(['B1,甲,1,,'], { batch: 'one' });
    const two = await uploaded(['B2,乙,1,,'], { batch: 'two' });
    const looked = await preview(two.id);
    await approved(one.id);
    expect(await refusalOf(approveBatch(deps, approver, two.id, looked.table_sha256))).toContain(
      'not the one of that preview',
    );
    const now = await preview(two.id);
    expect(now).toMatchObject({ added: { count: 1 }, withdrawn: { count: 0 }, findings: null });
    expect((await backtestBatch(deps, author.actor, two.id)).ok).toBe(true);
    expect((await preview(two.id)).findings).toMatchObject({ is_done: false });
    expect((await rejectBatch(deps, approver, two.id, '已并入另一批次')).ok).toBe(true);
    expect(await batchDetail(deps, approver, two.id)).toMatchObject({
      state: 'rejected',
      steps: [{ action: 'reject', reason: '已并入另一批次' }],
    });
    expect(await refusalOf(approveBatch(deps, approver, two.id, now.table_sha256))).toContain(
      'does not wait',
    );
  });

  test('one that says what it supersedes comes into force instead of that alone', async () => {
    const odd = await uploaded(['B3,丙,1,,'], { batch: 'three', supersedes: 'two' });
    const { table_sha256 } = await preview(odd.id);
    expect(await refusalOf(approveBatch(deps, approver, odd.id, table_sha256))).toContain('supersedes');
    const right = await uploaded(['B4,丁,1,,'], { batch: 'four', supersedes: 'one', extent: 'whole' });
    expect(await preview(right.id)).toMatchObject({
      rows_after: 1,
      added: { count: 1 },
      withdrawn: { count: 15 },
    });
    await approved(right.id);
    expect(await tableDetail(deps, approver, table)).toMatchObject({
      rows: 1,
      standing: '正式',
      title: { zh: '药品与医疗服务项目限性别' },
    });
    await rolledBack();
  });

  test('a replay that takes over another begins where the earlier of both does', async () => {
    const fromDayOf = async (run: number | null): Promise<number | undefined> => {
      const { rows } = await world.database.pool.query<{ from_day: number }>(
        'SELECT from_day FROM rule_run WHERE id = $1',
        [run],
      );
      return rows[0]?.from_day;
    };
    await walkAll();
    const early = await uploaded(['C1,甲,1,2026-01-05,'], { batch: 'early' });
    expect(await fromDayOf(await approved(early.id))).toBe(day('2026-01-05'));
    const late = await uploaded(['C2,乙,1,2026-02-05,'], { batch: 'late' });
    expect(await fromDayOf(await approved(late.id))).toBe(day('2026-01-05'));
    await walkAll();
    expect(await fromDayOf(await rolledBack())).toBe(day('2026-02-05'));
    await walkAll();
    await rolledBack();
  });

  test('of days to come judges nothing again', async () => {
    const { id, run } = await uploaded(['B5,戊,1,2027-01-01,'], { batch: 'later' });
    expect(await preview(id)).toMatchObject({ replay_follows: false, first_changed_day: '2027-01-01' });
    await walkAll();
    expect(await findRun(world.database.pool, run ?? 0)).toMatchObject({ state: 'done', persons: 0 });
    expect(await approved(id)).toBeNull();
    await rolledBack();
  });

  test('one that changes nothing is not approved', async () => {
    const shipped = await readFile('rules/knowledge/item-sex.csv', 'utf8');
    const [head = '', first = ''] = shipped.split('\n');
    const { id, run } = await uploaded([first], {}, author, head);
    expect(run).toBeNull();
    const { table_sha256 } = await preview(id);
    expect(await refusalOf(approveBatch(deps, approver, id, table_sha256))).toContain('change nothing');
    await withdrawBatch(deps, author, id);
  });
});

describe('other files of the installation', () => {
  let directory = '';
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'rules-'));
    await cp('rules', directory, { recursive: true });
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  const startWith = async (change: (text: string) => string): Promise<string> => {
    const path = join(directory, 'knowledge', 'item-sex.csv');
    const manifest = join(directory, 'knowledge', 'manifest.json');
    const former = await readFile(path, 'utf8');
    const text = change(former);
    const sha = (of: string): string => createHash('sha256').update(of).digest('hex');
    await writeFile(path, text);
    await writeFile(manifest, (await readFile(manifest, 'utf8')).replace(sha(former), sha(text)));
    await registerLibrary(world.database, directory, await loadRuleSet(directory));
    return sha(text);
  };

  test('come into force where people have put nothing else there, and judge again what is stored', async () => {
    while ((await rollBackTable(deps, approver, table, '清理')).ok);
    const sha = await startWith((text) => `${text}${item},护理,2,2026-01-01,,示例\n`);
    expect(await shaInForce()).toBe(sha);
    await walkAll();
    expect(await found()).toContain('EARLY');
    // Taken back by people, they stay out.
    await rolledBack();
    await startWith((text) => text);
    expect(await shaInForce()).not.toBe(sha);
  });

  test('leave a table alone that people have put into force', async () => {
    const { id } = await uploaded(['B6,己,1,,'], { batch: 'six' });
    await approved(id);
    const sha = await shaInForce();
    await startWith((text) => `${text}B7,庚,1,2026-01-01,,示例\n`);
    expect(await shaInForce()).toBe(sha);
  });

  test('state least values for what comes, and let stand what was stored before', async () => {
    const { knowledge } = await loadRuleSet('rules');
    const [base] = [...knowledge.tables.values()].filter(({ spec }) => spec.table === table);
    if (base === undefined) throw new Error(table);
    const stating = knowledgeOf([{ ...base, spec: { ...base.spec, sha256: '', least: { gend: 2 } } }]);
    const { tables } = await tablesInForce(world.database.pool, stating, knowledge, null);
    expect(tables.get(table)?.spec).toMatchObject({ batch: 'six', least: { gend: 2 } });
    expect(tables.get(table)?.rows.some(({ cells }) => cells['gend'] === '1')).toBe(true);
  });
});

describe('the preview of a supplement', () => {
  test('shows a row that it cuts off as it would stand in the file, its end before its note', async () => {
    const { id } = await uploaded(['002203010030000,腔内B超检查（经阴道）,2,2026-03-01,'], { batch: '截断' });
    const [changed] = (await preview(id)).changed.first;
    expect(Object.keys(changed?.after ?? {}).join()).toBe(`${header},note`);
    expect((await withdrawBatch(deps, author, id)).ok).toBe(true);
  });
});
