/** `fundwatch credit` as a supervisor and a stranger run it. */
import { cp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { NewEntry } from '../../src/credit/contract.ts';
import { append, exported, type Row } from '../../src/credit/ledger.ts';
import { loadSchemes } from '../../src/credit/scheme-files.ts';
import { recordEntry } from '../../src/credit/service.ts';
import { dayOf } from '../../src/platform/civil.ts';
import { runCommand } from '../support/command.ts';
import { createTestDatabase } from '../support/database.ts';
import { folderOf } from '../support/folder.ts';

const runMs = 120_000;

const entry = (key: string, day: string, points: number, fact: string): NewEntry => ({
  entry: 'fact',
  subject: { kind: 'doctor', key },
  day,
  fact,
  basis: 'case_decision',
  points,
  severity: null,
  responsibility: null,
  value: null,
  event: null,
  act: null,
  source: { reference: `医保罚 ${key} ${day}`, sha256: null },
});
const ledger = (): string => {
  const rows: Row[] = [];
  const add = (each: NewEntry): void => {
    const last = rows.at(-1);
    rows.push(
      append(
        last === undefined ? null : { seq: last.entry.seq, hash: last.hash },
        each,
        '2026-07-01T00:00:00.000Z',
      ),
    );
  };
  add(entry('D1', '2026-03-01', 6, 'administrative_penalty'));
  add(entry('D1', '2026-06-01', 4, 'administrative_penalty'));
  add(entry('D2', '2026-06-01', 2, 'agreement_breach'));
  add({
    entry: 'revocation',
    subject: { kind: 'doctor', key: 'D2' },
    day: '2026-06-20',
    basis: 'objection_upheld',
    revokes: 3,
    source: { reference: '异议处理 7 号', sha256: null },
  });
  return exported(rows);
};

test('verify says that a ledger holds, and names what was changed', { timeout: runMs }, async () => {
  const whole = ledger();
  const folder = await folderOf({
    'whole.jsonl': whole,
    'changed.jsonl': whole.replace('"points":4', '"points":5'),
  });
  const verify = (file: string, ...more: string[]) =>
    runCommand(['credit', 'verify', path.join(folder, file), ...more]);
  expect(await verify('whole.jsonl')).toMatchObject({ code: 0, out: expect.stringContaining('账本完好') });
  expect(await verify('changed.jsonl')).toMatchObject({
    code: 1,
    out: expect.stringContaining('第 3 行（第 2 条）：内容与哈希不符'),
  });
  expect(await verify('whole.jsonl', '--head', 'a'.repeat(64))).toMatchObject({ code: 1 });
  const scored = await runCommand([
    'credit',
    'score',
    path.join(folder, 'changed.jsonl'),
    '--scheme',
    'PERSONNEL-12',
  ]);
  expect(scored).toMatchObject({ code: 2, told: expect.stringContaining('内容与哈希不符') });
});

test('score and suspensions explain themselves in both languages', { timeout: runMs }, async () => {
  const folder = await folderOf({ 'ledger.jsonl': ledger() });
  const file = path.join(folder, 'ledger.jsonl');
  const asked = ['--scheme', 'PERSONNEL-12', '--as-of', '2026-08-01'];
  const { code, out } = await runCommand(['credit', 'score', file, ...asked]);
  expect(code).toBe(0);
  expect(out).toContain('本年度累计记 10 分，暂停医保支付资格 / 10 points this year');
  expect(out).toContain('已于 2026-06-20 由《异议处理 7 号》撤销，计 0 分');
  expect(out).toContain('暂停医保支付资格 3 个月：2026-06-01 起至 2026-09-01（不含）');
  const one = await runCommand(['credit', 'score', file, ...asked, '--subject', 'doctor:D2', '--json']);
  expect(JSON.parse(one.out)).toMatchObject([{ score: { points_hundredths: 0, grade: { code: 'clear' } } }]);
  const periods = await runCommand(['credit', 'suspensions', file, '--as-of', '2026-08-01', '--json']);
  expect(JSON.parse(periods.out)).toMatchObject([
    { subject: { key: 'D1' }, kind: 'suspended', from: '2026-06-01', to: '2026-09-01' },
  ]);
  const csv = await runCommand(['credit', 'suspensions', file, '--as-of', '2026-08-01', '--csv']);
  const table = await folderOf({ 'batch.csv': csv.out });
  const check = await runCommand(['knowledge', 'check', 'doctor-suspended', path.join(table, 'batch.csv')]);
  expect(check).toMatchObject({ code: 0, out: expect.stringContaining('1 行，其中错误 0 行') });
  expect(await runCommand(['credit', 'score', file, ...asked, '--subject', 'doctor:D9'])).toMatchObject({
    code: 2,
  });
});

test('simulate says who moves between two schemes, and why', { timeout: runMs }, async () => {
  const stricter = (await readFile('rules/credit/personnel-points.json', 'utf8')).replace(
    '"from_points": 9,\n      "months": 1',
    '"from_points": 1,\n      "months": 6',
  );
  const folder = await folderOf({ 'ledger.jsonl': ledger(), 'stricter.json': stricter });
  const { code, out } = await runCommand([
    'credit',
    'simulate',
    path.join(folder, 'ledger.jsonl'),
    '--from',
    'PERSONNEL-12',
    '--to',
    path.join(folder, 'stricter.json'),
    '--as-of',
    '2026-06-10',
  ]);
  // The months would fall from six to three at ten points: a slip that is named, not simulated.
  expect({ code, out }).toMatchObject({ code: 2 });
  await writeFile(
    path.join(folder, 'stricter.json'),
    stricter.replaceAll(/"months": [13](?=\n)/g, '"months": 6'),
  );
  const moved = await runCommand([
    'credit',
    'simulate',
    path.join(folder, 'ledger.jsonl'),
    '--from',
    'PERSONNEL-12',
    '--to',
    path.join(folder, 'stricter.json'),
    '--as-of',
    '2026-06-10',
  ]);
  expect(moved.code).toBe(0);
  expect(moved.out).toContain('2 个主体，等级变动 1 个');
  expect(moved.out).toContain('doctor:D2  recorded 2 → suspended 2');
  expect(moved.out).toContain('当年累计 2 分，暂停医保支付资格 6 个月');
});

test('schemes lists what is sound and names what is not', { timeout: runMs }, async () => {
  const listed = await runCommand(['credit', 'schemes']);
  expect(listed).toMatchObject({ code: 0, out: expect.stringContaining('PERSONNEL-12') });
  expect(listed.out.match(/示例 \/ example/g)).toHaveLength(2);
  const folder = await folderOf({});
  await cp('rules/credit', path.join(folder, 'credit'), { recursive: true });
  await writeFile(path.join(folder, 'credit', 'broken.json'), '{}');
  expect(await runCommand(['credit', 'schemes', '--rules', folder])).toMatchObject({
    code: 1,
    out: expect.stringContaining('broken.json'),
  });
});

test('export writes the ledger of the database, which verify takes', { timeout: runMs }, async () => {
  const held = await createTestDatabase();
  try {
    const deps = {
      database: held.database,
      schemes: await loadSchemes('rules'),
      asOf: () => dayOf('2026-07-01') ?? 0,
    };
    const actor = { account: 'credit-li', role: 'credit_officer', area: '330700' };
    for (const key of ['D1', 'D2'])
      expect((await recordEntry(deps, actor, entry(key, '2026-06-01', 6, 'administrative_penalty'))).ok).toBe(
        true,
      );
    const { code, out } = await runCommand(['credit', 'export'], { DATABASE_URL: held.url });
    expect(code).toBe(0);
    const folder = await folderOf({ 'ledger.jsonl': out });
    expect(await runCommand(['credit', 'verify', path.join(folder, 'ledger.jsonl')])).toMatchObject({
      code: 0,
      out: expect.stringContaining('已核验 2 条'),
    });
  } finally {
    await held.drop();
  }
});
