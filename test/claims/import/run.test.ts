import path from 'node:path';
import { systemActor } from '../../../src/audit/actor.ts';
import { batchClaimsMax } from '../../../src/claims/store.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { IntakeCounts } from '../../../src/claims/contract.ts';
import { type ImportRequest, runImport } from '../../../src/claims/import/run.ts';
import { type IntakeDeps, noCounts } from '../../../src/claims/intake.ts';
import { createLog } from '../../../src/platform/log.ts';
import { asOf, claimOf } from '../../support/claims.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { folderOf } from '../../support/folder.ts';

let held: TestDatabase;
let deps: IntakeDeps;
const announced: number[] = [];
beforeAll(async () => {
  held = await createTestDatabase();
  deps = {
    database: held.database,
    vault: held.vault,
    actor: systemActor('test'),
    announce: async (batchIds) => {
      announced.push(...batchIds);
    },
    asOf: () => asOf,
    log: createLog({ process: 'test', level: 'silent' }),
  };
});
afterAll(() => held.drop());

const linesOf = (prefix: string, count: number): string =>
  Array.from({ length: count }, (_, at) => JSON.stringify(claimOf({ setl_id: `${prefix}${at}` }))).join('\n');

async function finish(
  request: ImportRequest,
): Promise<{ counts: IntakeCounts; resumedAt: number; runId: number }> {
  let last = { counts: noCounts, resumedAt: 0, runId: 0 };
  for await (const { counts, resumedAt, runId } of runImport(deps, request))
    last = { counts, resumedAt, runId };
  return last;
}
const storedLike = async (prefix: string): Promise<number> => {
  const { rows } = await held.database.pool.query<{ count: number }>(
    'SELECT count(*) FROM claim_revision WHERE setl_id LIKE $1',
    [`${prefix}%`],
  );
  return rows[0]?.count ?? -1;
};

test('an import that breaks off in the middle goes on where its last chunk ended', async () => {
  const [before, after] = [2.5 * batchClaimsMax, 0.7 * batchClaimsMax];
  const folder = await folderOf({ 'a.ndjson': `${linesOf('A', before)}\nbroken\n${linesOf('AA', after)}` });
  const seen: number[] = [];
  for await (const { counts } of runImport(deps, { paths: [folder] })) {
    seen.push(counts.received);
    if (seen.length === 2) break;
  }
  expect(seen).toEqual([batchClaimsMax, 2 * batchClaimsMax]);
  // What was under way when the reader stopped is finished, and its position with it.
  const durable = await storedLike('A');
  const rest = await finish({ paths: [folder] });
  expect(rest.resumedAt).toBe(durable);
  const accepted = before + after;
  expect(rest.counts).toEqual({ received: accepted + 1, accepted, duplicate: 0, revised: 0, rejected: 1 });
  expect(await storedLike('A')).toBe(accepted);
});

test('a finished import can be run again, and everything is a duplicate', async () => {
  const folder = await folderOf({ 'b.ndjson': `${linesOf('B', 30)}\nbroken` });
  const first = await finish({ paths: [folder] });
  expect(first.counts).toEqual({ received: 31, accepted: 30, duplicate: 0, revised: 0, rejected: 1 });
  const announcedBefore = announced.length;
  const second = await finish({ paths: [folder] });
  expect(second).toEqual({
    runId: first.runId,
    resumedAt: 0,
    counts: { received: 31, accepted: 0, duplicate: 30, revised: 0, rejected: 1 },
  });
  expect(announced).toHaveLength(announcedBefore);
  const { rows } = await held.database.pool.query(
    'SELECT source, position FROM quarantine WHERE source = $1',
    [`import:${first.runId}`],
  );
  expect(rows).toEqual([{ source: `import:${first.runId}`, position: 30 }]);
});

test('other bytes, another mapping or another source are another import', async () => {
  const one = await folderOf({ 'c.ndjson': linesOf('C', 2) });
  const two = await folderOf({ 'c.ndjson': linesOf('C', 3) });
  const same = await folderOf({ 'c.ndjson': linesOf('C', 2) });
  const runs = [
    await finish({ paths: [one] }),
    await finish({ paths: [two] }),
    await finish({ paths: [one], source: 'x' }),
    await finish({ paths: [same] }),
  ];
  expect(new Set(runs.map(({ runId }) => runId)).size).toBe(3);
  expect(runs[3]?.runId).toBe(runs[0]?.runId);
  expect(runs.map(({ counts }) => counts.accepted)).toEqual([2, 1, 0, 0]);
});

test('the same import cannot run twice at once', async () => {
  const folder = await folderOf({ 'd.ndjson': linesOf('D', 1.5 * batchClaimsMax) });
  const first = runImport(deps, { paths: [folder] });
  await first.next();
  await expect(finish({ paths: [folder] })).rejects.toThrow(/正在由另一个进程导入/);
  await first.return(undefined);
  expect((await finish({ paths: [folder] })).counts.received).toBe(1.5 * batchClaimsMax);
});

test('input that breaks in the middle leaves a failed run that goes on once it is mended', async () => {
  const good = linesOf('E', batchClaimsMax + 200);
  const folder = await folderOf({ 'e1.ndjson': good, 'e2.json': '[1,' });
  await expect(finish({ paths: [folder] })).rejects.toThrow(/e2\.json/);
  const { rows } = await held.database.pool.query<{ state: string; position: number }>(
    'SELECT state, position FROM import_run ORDER BY id DESC LIMIT 1',
  );
  expect(rows[0]).toEqual({ state: 'failed', position: batchClaimsMax });
  await expect(finish({ paths: [folder] })).rejects.toThrow(/e2\.json/);
  expect((await finish({ paths: [path.join(folder, 'e1.ndjson')] })).counts).toMatchObject({
    accepted: 200,
    duplicate: batchClaimsMax,
  });
});

test('rejected rows of CSV files are named by file, row and field', async () => {
  const folder = await folderOf({
    'settlements.csv':
      'setl_id,setl_time,psn_no,fixmedins_code,mdtrt_id,med_type,begntime,medfee_sumamt\nF1,2026-02-30,P1,H1,M1,11,2026-01-01,5\n',
    'lines.csv':
      'fixmedins_code,setl_id,feedetl_sn,med_list_codg,fee_ocur_time,cnt,pric,det_item_fee_sumamt\nH1,F1,1,X,2026-01-01,1,5,5\n',
  });
  const answers = [];
  for await (const progress of runImport(deps, { paths: [folder] })) answers.push(...progress.answers);
  expect(answers).toMatchObject([
    {
      status: 'rejected',
      setl_id: 'F1',
      issues: [{ path: 'settlements.csv:2 $.setl_time', code: 'no_such_date' }],
    },
  ]);
});
