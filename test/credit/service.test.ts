/** Credit over a real database: what is recorded, who may act when, and what the database itself refuses. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { searchEvents } from '../../src/audit/search-store.ts';
import { loadProcedure } from '../../src/cases/load-procedure.ts';
import type { NewEntry } from '../../src/credit/contract.ts';
import { verifyLedger } from '../../src/credit/ledger.ts';
import type { Publication, SubjectDetail } from '../../src/credit/publication-contract.ts';
import { loadSchemes } from '../../src/credit/scheme-files.ts';
import {
  decide,
  giveNotice,
  type NoticeDeps,
  objectTo,
  publishGrade,
  recordEntry,
  withdrawGrade,
} from '../../src/credit/service.ts';
import { exportLedger, subjectDetail, subjectsPage, suspensionList } from '../../src/credit/view-service.ts';
import type { Who } from '../../src/people/identify.ts';
import { permissionsOf, type Role } from '../../src/people/permissions.ts';
import { dayOf } from '../../src/platform/civil.ts';
import { canonicalClaim } from '../../src/claims/canonical.ts';
import { claimOf } from '../support/claims.ts';
import { storeCanonical } from '../support/store-claims.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { cityArea } from '../support/people.ts';

let held: TestDatabase;
let today = '2026-06-01';
let deps: NoticeDeps;
beforeAll(async () => {
  held = await createTestDatabase();
  deps = {
    database: held.database,
    schemes: await loadSchemes('rules'),
    calendar: (await loadProcedure('rules/procedure')).calendar,
    asOf: () => dayOf(today) ?? 0,
  };
});
afterAll(() => held.drop());

const who = (account: string, role: Role): Who => ({
  actor: { account, role, area: cityArea },
  permissions: permissionsOf(role, cityArea),
});
const scorer = who('credit-li', 'credit_officer');
const other = who('credit-wang', 'credit_officer');
const leader = who('leader-zhao', 'leader');
const auditor = who('auditor-qian', 'auditor');

type FactEntry = Extract<NewEntry, { entry: 'fact' }>;
const fact = (key: string, over: Partial<FactEntry> = {}): FactEntry => ({
  entry: 'fact',
  subject: { kind: 'doctor', key },
  day: '2026-05-01',
  fact: 'administrative_penalty',
  basis: 'case_decision',
  points: 6,
  severity: null,
  responsibility: null,
  value: null,
  event: null,
  act: null,
  source: { reference: `医保罚〔2026〕${key}`, sha256: null },
  ...over,
});
async function recorded(entry: NewEntry): Promise<{ seq: number; first_seq: number }> {
  const done = await recordEntry(deps, scorer.actor, entry);
  if (!done.ok) throw new Error(done.reason.en);
  return done.recorded;
}
async function detail(firstSeq: number, asker: Who = scorer): Promise<SubjectDetail> {
  const found = await subjectDetail(deps, asker, firstSeq);
  if (found === null) throw new Error('no such subject');
  return found;
}
const newest = (of: SubjectDetail): Publication => {
  const [publication] = of.publications;
  if (publication === undefined) throw new Error('no publication');
  return publication;
};
const lines = async (): Promise<string[]> => {
  const all: string[] = [];
  for await (const line of exportLedger(deps, auditor.actor)) all.push(line.slice(0, -1));
  return all;
};

test('what cannot be scored is refused with its reason, and leaves nothing', async () => {
  const refused = async (entry: NewEntry): Promise<string> => {
    const done = await recordEntry(deps, scorer.actor, entry);
    return done.ok ? 'recorded' : done.reason.zh;
  };
  expect(await refused(fact('X', { day: '2026-06-02' }))).toBe('生效日在今天之后');
  expect(await refused(fact('X', { fact: 'suspicion' }))).toContain('没有方案计');
  expect(await refused(fact('X', { points: 9 }))).toBe('该档为 4–6 分');
  expect(await refused(fact('X', { points: null }))).toBe('须写明分值或责任程度');
  const institution = { kind: 'institution', key: 'H33070200001' } as const;
  expect(await refused(fact('X', { subject: institution, points: null }))).toContain('缺少定分所需');
  const common = {
    subject: { kind: 'doctor', key: 'X' },
    day: '2026-05-02',
    source: { reference: 'R', sha256: null },
  } as const;
  const revocation = { entry: 'revocation', basis: 'reconsideration', revokes: 1, ...common } as const;
  expect(await refused(revocation)).toContain('不存在');
  expect(await refused({ ...revocation, basis: 'objection_upheld' })).toContain('由异议处理记录');
  expect(await lines()).toHaveLength(1);
});

test('a notice, an objection that is upheld by somebody else, points returned, a new notice, publication', async () => {
  today = '2026-06-01';
  const { first_seq, seq } = await recorded(fact('D1'));
  await recorded(fact('D1', { points: 3, fact: 'agreement_breach', day: '2026-05-20' }));
  expect((await detail(first_seq)).scores).toMatchObject([
    { points_hundredths: 900, grade: { code: 'suspended' } },
  ]);
  expect(await suspensionList(deps, leader.actor)).toMatchObject({
    items: [{ subject: { key: 'D1' }, kind: 'suspended', from: '2026-05-20', to: '2026-06-20' }],
  });

  expect((await giveNotice(deps, leader, first_seq, 'PERSONNEL-12')).ok).toBe(false);
  const given = await giveNotice(deps, scorer, first_seq, 'PERSONNEL-12');
  if (!given.ok) throw new Error(given.reason.en);
  expect(await giveNotice(deps, other, first_seq, 'PERSONNEL-12')).toMatchObject({ ok: false });
  expect(newest(await detail(first_seq))).toMatchObject({
    state: 'noticed',
    grade: 'suspended',
    grade_name: { zh: '暂停医保支付资格' },
    objection_until: '2026-06-16',
    refusals: { object: null, publish: { zh: '异议期未满，2026-06-16 起可以公布' } },
  });

  const { id } = given;
  const words = { reference: '申诉 1 号', reason: '该处方不是本人开具' };
  expect((await objectTo(deps, scorer, id, words)).ok).toBe(true);
  expect(await objectTo(deps, scorer, id, words)).toMatchObject({ ok: false });
  expect(await publishGrade(deps, scorer, id)).toMatchObject({ reason: { zh: '异议尚未处理' } });

  const decision = { outcome: 'upheld', reference: '复核 1 号', reason: '属实', revokes: [seq] } as const;
  expect(await decide(deps, scorer, id, decision)).toMatchObject({
    ok: false,
    reason: { zh: '不得处理对本人评分的异议' },
  });
  expect((await decide(deps, auditor, id, decision)).ok).toBe(false);
  // One of the two is not there: neither is revoked.
  expect((await decide(deps, other, id, { ...decision, revokes: [seq, 999] })).ok).toBe(false);
  expect(newest(await detail(first_seq)).state).toBe('objected');
  expect((await decide(deps, other, id, decision)).ok).toBe(true);
  const after = await detail(first_seq);
  expect(after.scores).toMatchObject([{ points_hundredths: 300, grade: { code: 'recorded' } }]);
  expect(after.scores[0]?.lines.map(({ state }) => state)).toEqual(['revoked', 'counted', 'note']);
  expect(newest(after)).toMatchObject({
    state: 'withdrawn',
    objections: [{ outcome: 'upheld', decided_by: 'credit-wang' }],
  });
  expect((await suspensionList(deps, leader.actor))?.items).toEqual([]);

  const again = await giveNotice(deps, scorer, first_seq, 'PERSONNEL-12');
  if (!again.ok) throw new Error(again.reason.en);
  expect((await publishGrade(deps, scorer, again.id)).ok).toBe(false);
  today = '2026-06-16';
  expect(await objectTo(deps, scorer, again.id, words)).toMatchObject({
    reason: { zh: '异议期已于 2026-06-16 届满' },
  });
  expect((await publishGrade(deps, scorer, again.id)).ok).toBe(true);
  expect(newest(await detail(first_seq))).toMatchObject({ state: 'published', published_by: 'credit-li' });
});

test('an objection that is rejected lets the notice go on; a score that changed since is not published', async () => {
  today = '2026-06-01';
  const { first_seq } = await recorded(fact('D2'));
  const given = await giveNotice(deps, scorer, first_seq, 'PERSONNEL-12');
  if (!given.ok) throw new Error(given.reason.en);
  await objectTo(deps, scorer, given.id, { reference: '申诉 2 号', reason: '分值过重' });
  const rejected = { outcome: 'rejected', reference: '复核 2 号', reason: '分值适当', revokes: [] } as const;
  expect((await decide(deps, leader, given.id, rejected)).ok).toBe(true);
  expect(newest(await detail(first_seq)).state).toBe('noticed');
  today = '2026-07-01';
  await recorded(fact('D2', { day: '2026-06-20', points: 1, fact: 'agreement_breach' }));
  expect(await publishGrade(deps, scorer, given.id)).toMatchObject({
    reason: { zh: '得分自告知后已变化，须重新告知' },
  });
  expect(newest(await detail(first_seq)).is_still_so).toBe(false);
  expect((await withdrawGrade(deps, leader, given.id, '得分已变化')).ok).toBe(false);
  expect((await withdrawGrade(deps, scorer, given.id, '得分已变化')).ok).toBe(true);
  expect(newest(await detail(first_seq))).toMatchObject({
    state: 'withdrawn',
    withdrawn_by: 'credit-li',
    withdrawn_reason: '得分已变化',
    refusals: { withdraw: { zh: '已撤回' } },
  });
  expect((await giveNotice(deps, scorer, first_seq, 'PERSONNEL-12')).ok).toBe(true);
});

test('a fact that is revoked after its grade was published leaves a mark, and the grade can be taken back', async () => {
  today = '2026-07-01';
  const { first_seq, seq } = await recorded(fact('D3', { day: '2026-06-30' }));
  const given = await giveNotice(deps, scorer, first_seq, 'PERSONNEL-12');
  if (!given.ok) throw new Error(given.reason.en);
  today = '2026-07-20';
  expect((await publishGrade(deps, scorer, given.id)).ok).toBe(true);
  await recorded({
    entry: 'revocation',
    subject: { kind: 'doctor', key: 'D3' },
    day: '2026-07-20',
    source: { reference: '复议决定', sha256: null },
    basis: 'reconsideration',
    revokes: seq,
  });
  expect(newest(await detail(first_seq))).toMatchObject({ state: 'published', is_still_so: false });
  expect((await withdrawGrade(deps, scorer, given.id, '复议撤销')).ok).toBe(true);
  expect(newest(await detail(first_seq))).toMatchObject({ state: 'withdrawn', published_by: 'credit-li' });
});

test('the list pages by first entries, of one kind, and names institutions', async () => {
  const institution = { kind: 'institution', key: 'H33070200001' } as const;
  const { first_seq } = await recorded(fact('-', { subject: institution, fact: 'fund_fraud', points: null }));
  const read = canonicalClaim(
    claimOf({ institution: { fixmedins_code: institution.key, fixmedins_name: '金华市某医院' } }),
    dayOf('2026-06-01') ?? 0,
  );
  if (!read.ok) throw new Error(JSON.stringify(read.issues));
  await storeCanonical(held, [read]);
  expect(await subjectsPage(deps, auditor.actor, 'institution', 0)).toMatchObject({
    items: [
      {
        first_seq,
        subject: institution,
        subject_name: '金华市某医院',
        entries: 1,
        grades: [{ code: 'E', is_example: true }],
      },
    ],
    next: null,
  });
  expect(await subjectDetail(deps, auditor, first_seq)).toMatchObject({ subject_name: '金华市某医院' });
  const doctors = await subjectsPage(deps, auditor.actor, 'doctor', 0);
  expect(doctors.items.map(({ subject }) => subject.key)).toEqual(['D1', 'D2', 'D3']);
  expect(doctors.items.every(({ subject_name }) => subject_name === null)).toBe(true);
  const [first] = doctors.items;
  const rest = await subjectsPage(deps, auditor.actor, 'doctor', first?.first_seq ?? 0);
  expect(rest.items.map(({ subject }) => subject.key)).toEqual(['D2', 'D3']);
  // Not the first entry of anybody.
  expect(await subjectDetail(deps, auditor, (first?.first_seq ?? 0) + 1)).toBeNull();
});

test('entries recorded at the same time make one chain, and the export of it verifies', async () => {
  await Promise.all(Array.from({ length: 12 }, (_, at) => recorded(fact(`P${at}`))));
  const exported = await lines();
  const report = await verifyLedger(exported);
  expect(report.fault).toBeNull();
  expect(report.entries).toHaveLength(exported.length - 1);
  expect(report.entries.length).toBeGreaterThan(15);
});

test('everything is on record, and no event names a person', async () => {
  const { items } = await searchEvents(held.database, { page_size: 200 });
  const kinds = items.map(({ kind }) => kind).filter((kind) => kind.startsWith('credit.'));
  expect(new Set(kinds)).toEqual(
    new Set([
      'credit.entry_recorded',
      'credit.noticed',
      'credit.objected',
      'credit.objection_decided',
      'credit.published',
      'credit.withdrawn',
      'credit.exported',
    ]),
  );
  expect(JSON.stringify(items)).not.toContain('该处方不是本人开具');
});

test('the database refuses what the code never does', async () => {
  const { pool } = held.database;
  const refused = async (sql: string): Promise<string> => {
    try {
      await pool.query(sql);
      return 'done';
    } catch (error) {
      return String(error);
    }
  };
  expect(await refused(`UPDATE credit_entry SET day = '2026-01-01'`)).toContain('append-only');
  expect(await refused('DELETE FROM credit_entry')).toContain('append-only');
  expect(await refused('TRUNCATE credit_entry CASCADE')).toContain('append-only');
  const copy = (change: string): string =>
    `INSERT INTO credit_entry SELECT ${change} FROM credit_entry WHERE seq = 2`;
  expect(
    await refused(
      copy(`seq, repeat('a', 64), prev_hash, entry, subject_kind, subject_key, day, target, text, account`),
    ),
  ).toContain('credit_entry_hash');
  expect(
    await refused(copy(`seq, hash, prev_hash, entry, subject_kind, 'D9', day, target, text, account`)),
  ).toContain('credit_entry_columns');
  expect(await refused('UPDATE credit_objection SET decided_by = scored_by WHERE id = 2')).toContain(
    'decided once',
  );
  const { rows } = await pool.query<{ id: number }>(
    `INSERT INTO credit_objection (publication_id, scored_by, reference, reason, account)
     SELECT id, account, 'R', 'reason', account FROM credit_publication ORDER BY id DESC LIMIT 1 RETURNING id`,
  );
  expect(
    await refused(
      `UPDATE credit_objection SET outcome = 'rejected', decided_by = scored_by, decided_at = now(),
        decision_reference = 'R', decision_reason = 'R' WHERE id = ${rows[0]?.id ?? 0}`,
    ),
  ).toContain('by_somebody_else');
  expect(
    await refused(`UPDATE credit_publication SET state = 'published' WHERE state = 'noticed'`),
  ).toContain('credit_publication_published');
});
