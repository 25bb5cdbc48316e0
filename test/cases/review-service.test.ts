/** The review of findings on a real database: steps, second persons, what changes meanwhile, recusal, queues, labels. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  type DecideMany,
  type Decision,
  reviewDetailSchema,
  reviewsPageSchema,
  reviewsQuerySchema,
  type ReviewTab,
} from '../../src/cases/review-contract.ts';
import {
  act,
  assign,
  decide,
  decideMany,
  loadReviewTerms,
  recuse,
  reviewDetail,
  type ReviewDeps,
  type Reviewer,
} from '../../src/cases/review-service.ts';
import {
  labelsOf,
  listGroups,
  listReviewers,
  listReviews,
  precisionOf,
} from '../../src/cases/review-store.ts';
import { permissionsOf, type Role } from '../../src/people/permissions.ts';
import { sightOf } from '../../src/people/sight.ts';
import { transaction } from '../../src/platform/database.ts';
import type { Finding } from '../../src/screening/contract.ts';
import { writeFindings } from '../../src/screening/store.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { cityArea, makeAccount } from '../support/people.ts';

const here = 'H33070200001';
const elsewhere = 'H33070300001';
let held: TestDatabase;
let deps: ReviewDeps;

const reviewer = (login: string, role: Role = 'inspector', area = cityArea): Reviewer => ({
  actor: { account: login, role, area },
  permissions: permissionsOf(role, area),
  sight: sightOf(area, null),
});
const li = reviewer('li');
const wang = reviewer('wang');
const leader = reviewer('zhao', 'leader');

const idOf = (index: number): string => String(index).padStart(32, '0');
const findingOf = (index: number, changed: Partial<Finding> = {}): Finding => ({
  finding_id: idOf(index),
  rule_code: 'FW-ITEM-DAILY-LIMIT',
  rule_version: 'aaaaaaaaaaaa',
  rule_name: { zh: '超每日限定频次', en: 'Over its daily limit' },
  verdict: '违规',
  psn_no: `P${index}`,
  fixmedins_code: here,
  setl_id: `S${index}`,
  mdtrt_id: `M${index}`,
  occurred_at: '2026-01-01 09:00:00',
  amount: '30.00',
  message: { zh: '一句话', en: 'a sentence' },
  claims: [],
  lines: [{ fixmedins_code: here, setl_id: `S${index}`, feedetl_sn: '1', role: '违规项', amount: '30.00' }],
  values: {},
  tree: { op: 'all', result: true, of: [] },
  engine_version: '1',
  tables: {},
  ...changed,
});
const store = (...findings: Finding[]): Promise<unknown> =>
  transaction(held.database, (client) =>
    writeFindings(
      client,
      findings.map(({ fixmedins_code, setl_id }) => ({ fixmedins_code, setl_id })),
      findings,
    ),
  );

beforeAll(async () => {
  held = await createTestDatabase();
  deps = { database: held.database, terms: await loadReviewTerms('rules') };
  for (const login of ['li', 'wang']) await makeAccount(held.database, { login, role: 'inspector' });
  await makeAccount(held.database, { login: 'sun', role: 'inspector', area: '330703' });
  await makeAccount(held.database, { login: 'zhao', role: 'leader' });
}, 60_000);
afterAll(() => held.drop());

let next = 1;
/** A finding of its own for each test. */
let finding: Finding;
beforeEach(async () => {
  finding = findingOf(next++);
  await store(finding);
});

const whole = (amount = '30.00'): Decision => ({
  outcome: 'confirmed',
  lines: [{ fixmedins_code: here, setl_id: finding.setl_id, feedetl_sn: '1', amount }],
  amount,
  note: '',
});
const cycle: Decision = { outcome: 'not_a_violation', exclusion: 'cycle', note: '化疗周期' };
const detail = async (as = li, id = finding.finding_id) => {
  const found = await reviewDetail(deps, id, as);
  return found === null ? null : reviewDetailSchema.parse(found);
};
const page = async (tab: ReviewTab, as = li, more = {}) =>
  reviewsPageSchema.parse(
    await listReviews(held.database.pool, reviewsQuerySchema.parse({ tab, ...more }), {
      account: as.actor.account,
      sight: as.sight,
      dueDays: deps.terms.due_days,
    }),
  );
const idsOf = async (tab: ReviewTab, as = li) =>
  (await page(tab, as, { page_size: 200 })).items.map(({ finding_id }) => finding_id);
const events = async () =>
  (
    await held.database.pool.query<{ kind: string }>(
      `SELECT kind FROM audit_event WHERE kind LIKE 'findings.%' ORDER BY seq`,
    )
  ).rows.map(({ kind }) => kind);

describe('one finding', () => {
  test('is decided by one where little is at stake', async () => {
    expect((await detail())?.review).toMatchObject({ state: 'open', seq: 0, assignee: null });
    expect(await decide(deps, li, finding.finding_id, { seq: 0, decision: whole('12.00') })).toEqual({
      ok: true,
    });
    const after = await detail();
    expect(after?.review).toMatchObject({
      state: 'settled',
      seq: 1,
      assignee: 'li',
      outcome: 'confirmed',
      amount: '12.00',
    });
    expect(after?.decision).toEqual(whole('12.00'));
    expect(after?.steps.map(({ action, account }) => [action, account])).toEqual([['settle', 'li']]);
    expect((await events()).at(-1)).toBe('findings.reviewed');
  });

  test('takes a second person where much is at stake, who may return it', async () => {
    const big = { ...finding, amount: '20000.00', lines: [] };
    await store(big);
    const all: Decision = { outcome: 'confirmed', lines: [], amount: '20000.00', note: '' };
    const { seq = 0 } = (await detail())?.review ?? {};
    await decide(deps, li, finding.finding_id, { seq, decision: all });
    const proposed = await detail(wang);
    expect(proposed?.review.state).toBe('proposed');
    expect(proposed?.facts.isOwn).toBe(false);
    const own = await act(deps, li, finding.finding_id, { action: 'confirm', seq: seq + 1 });
    expect(own).toMatchObject({ ok: false, reason: { zh: '复核不得由初审人员进行' } });
    await act(deps, wang, finding.finding_id, { action: 'return', seq: seq + 1, reason: '缺病历' });
    expect((await detail())?.review).toMatchObject({ state: 'open', outcome: null, assignee: 'li' });
    await decide(deps, li, finding.finding_id, { seq: seq + 2, decision: all });
    expect(await idsOf('to_confirm', wang)).toContain(finding.finding_id);
    expect(await idsOf('to_confirm', li)).not.toContain(finding.finding_id);
    expect(await act(deps, wang, finding.finding_id, { action: 'confirm', seq: seq + 3 })).toEqual({
      ok: true,
    });
    expect((await detail())?.review).toMatchObject({ state: 'settled', amount: '20000.00' });
    expect((await detail())?.decided_by).toBe('li');
  });

  test('is not decided twice by two who looked at the same moment', async () => {
    const both = await Promise.all(
      [li, wang].map((who) => decide(deps, who, finding.finding_id, { seq: 0, decision: cycle })),
    );
    expect(both.filter(({ ok }) => ok).length).toBe(1);
    expect(both.find(({ ok }) => !ok)).toMatchObject({ code: 'changed_meanwhile' });
  });

  test('is open again when it changed after it was decided, and what was decided stays on record', async () => {
    await decide(deps, li, finding.finding_id, { seq: 0, decision: whole() });
    await store({ ...finding, amount: '20.00', rule_version: 'bbbbbbbbbbbb' });
    const outdated = await detail();
    expect(outdated?.review).toMatchObject({ state: 'open', outdated: true, outcome: null });
    expect(outdated?.decision).toBeNull();
    expect(await idsOf('mine')).toContain(finding.finding_id);
    const fault = await decide(deps, li, finding.finding_id, { seq: 1, decision: whole() });
    expect(fault).toMatchObject({ ok: false, code: 'bad_decision' });
    await decide(deps, li, finding.finding_id, { seq: 1, decision: { ...cycle, exclusion: 'refunded' } });
    const after = await detail();
    expect(after?.steps.map(({ action }) => action)).toEqual(['settle', 'outdate', 'settle']);
    expect(after?.review).toMatchObject({ state: 'settled', outdated: false, outcome: 'not_a_violation' });
  });

  test('asks for nothing when it is withdrawn', async () => {
    await transaction(held.database, (client) =>
      writeFindings(client, [{ fixmedins_code: here, setl_id: finding.setl_id }], []),
    );
    const refused = await decide(deps, li, finding.finding_id, { seq: 0, decision: cycle });
    expect(refused).toMatchObject({ ok: false, reason: { zh: '疑点已撤回' } });
    expect(await idsOf('unassigned')).not.toContain(finding.finding_id);
  });

  test('is not there for those who do not see it', async () => {
    const district = reviewer('sun', 'inspector', '330703');
    expect(await detail(district)).toBeNull();
    expect(await decide(deps, district, finding.finding_id, { seq: 0, decision: cycle })).toMatchObject({
      code: 'not_found',
    });
    expect(await detail(li, 'f'.repeat(32))).toBeNull();
  });

  test('is reopened with a reason, and shows what was decided of others like it', async () => {
    await decide(deps, li, finding.finding_id, { seq: 0, decision: cycle });
    await act(deps, wang, finding.finding_id, { action: 'reopen', seq: 1, reason: '申诉成立' });
    expect((await detail())?.review.state).toBe('open');
    expect((await detail())?.steps.at(-1)).toMatchObject({ action: 'reopen', reason: '申诉成立' });
    await decide(deps, li, finding.finding_id, { seq: 2, decision: cycle });
    const other = findingOf(next++);
    await store(other);
    const earlier = (await detail(li, other.finding_id))?.earlier;
    expect(earlier?.items[0]).toMatchObject({ finding_id: finding.finding_id, exclusion: 'cycle' });
    expect(earlier?.counts.not_a_violation).toBeGreaterThan(0);
  });

  test('keeps its steps against the database itself', async () => {
    await decide(deps, li, finding.finding_id, { seq: 0, decision: cycle });
    const change = (sql: string) => held.database.pool.query(sql, [finding.finding_id]);
    await expect(
      change(`UPDATE finding_review_step SET account = 'x' WHERE finding_id = $1`),
    ).rejects.toThrow('append-only');
    await expect(change(`DELETE FROM finding_review_step WHERE finding_id = $1`)).rejects.toThrow(
      'append-only',
    );
    await expect(change(`UPDATE finding_review SET state = 'open' WHERE finding_id = $1`)).rejects.toThrow(
      /finding_review_/,
    );
  });
});

describe('assignment', () => {
  test('takes, gives back, gives to others and shares out', async () => {
    const id = finding.finding_id;
    expect(await assign(deps, li, [id], { to: 'li' })).toEqual({ done: 1, refused: [] });
    expect(await idsOf('mine')).toContain(id);
    expect(await idsOf('unassigned')).not.toContain(id);
    const others = await decide(deps, wang, id, { seq: 1, decision: cycle });
    expect(others).toMatchObject({ ok: false, reason: { zh: '由他人承办，请先改派' } });
    const taken = await assign(deps, wang, [id], { to: 'wang' });
    expect(taken.refused[0]?.reason.zh).toContain('只能领取和退还');
    expect((await assign(deps, leader, [id], { to: 'wang' })).done).toBe(1);
    expect((await assign(deps, leader, [id], { to: 'sun' })).refused[0]?.reason.zh).toContain('不管辖');
    expect((await assign(deps, leader, [id], { to: 'nobody-there' })).refused[0]?.reason.zh).toContain(
      '没有可承办的人员',
    );
    expect((await assign(deps, wang, [id], 'nobody')).done).toBe(1);
    const loads = async () =>
      Object.fromEntries((await listReviewers(held.database.pool)).map(({ login, open }) => [login, open]));
    const before = await loads();
    const many = [findingOf(next++), findingOf(next++), findingOf(next++, { fixmedins_code: elsewhere })];
    await store(...many);
    const ids = many.map(({ finding_id }) => finding_id);
    expect((await assign(deps, leader, ids, 'shared')).done).toBe(3);
    const after = await loads();
    const sum = (of: Record<string, number>) => Object.values(of).reduce((all, one) => all + one, 0);
    expect(sum(after) - sum(before)).toBe(3);
    expect((await events()).at(-1)).toBe('findings.assigned');
  });

  test('keeps out whoever is recused, and gives back what they have', async () => {
    const other = findingOf(next++, { fixmedins_code: elsewhere, lines: [] });
    await store(other);
    await assign(deps, wang, [other.finding_id], { to: 'wang' });
    const given = { fixmedins_code: elsewhere, reason: '配偶在该院工作' };
    expect((await recuse(deps, wang, given)).done).toBe(1);
    expect((await recuse(deps, wang, given)).done).toBe(0);
    expect((await detail(wang, other.finding_id))?.review.assignee).toBeNull();
    expect((await detail(wang, other.finding_id))?.facts.isRecused).toBe(true);
    const decided = await decide(deps, wang, other.finding_id, { seq: 2, decision: cycle });
    expect(decided).toMatchObject({ ok: false, reason: { zh: '您已声明回避该机构' } });
    expect((await assign(deps, leader, [other.finding_id], { to: 'wang' })).refused[0]?.reason.zh).toContain(
      '回避',
    );
  });
});

describe('many at once', () => {
  test('are decided each by itself; those that cannot be say why', async () => {
    const others = [findingOf(next++), findingOf(next++)];
    await store(...others);
    await decide(deps, li, others[0]?.finding_id ?? '', { seq: 0, decision: cycle });
    const ids = [finding, ...others].map(({ finding_id }) => finding_id);
    const decision: DecideMany['decision'] = { outcome: 'confirmed', note: '机构已承认' };
    const said = await decideMany(deps, li, {
      findings: [...ids, ids[0] ?? ''].map((finding_id) => ({ finding_id, seq: 0 })),
      decision,
    });
    expect(said.done).toBe(2);
    expect(said.refused.map(({ reason }) => reason.zh)).toEqual(['他人已处理，请刷新后再试', '没有这个疑点']);
    expect((await detail())?.decision).toMatchObject({ amount: '30.00', note: '机构已承认' });
  });
});

describe('the queue', () => {
  test('counts its tabs, filters, and knows what is overdue', async () => {
    const mine = findingOf(next++, { amount: '777.00' });
    await store(mine);
    await held.database.pool.query(
      `UPDATE finding SET created_at = created_at - make_interval(days => $2) WHERE finding_id = $1`,
      [mine.finding_id, deps.terms.due_days + 2],
    );
    expect(await idsOf('overdue')).toEqual([mine.finding_id]);
    const found = await page('open', li, { amount_min: 700, sort: 'amount' });
    expect(found.items.map(({ finding_id }) => finding_id)).toContain(mine.finding_id);
    expect(found.counts.overdue).toBe(1);
    expect(found.counts.open).toBe((await page('open')).total);
    expect((await page('open', li, { rule_code: 'FW-OTHER' })).total).toBe(0);
    const district = reviewer('sun', 'inspector', '330703');
    expect((await page('open', district)).items.every((one) => one.fixmedins_code === elsewhere)).toBe(true);
    await decide(deps, li, mine.finding_id, { seq: 0, decision: cycle });
    expect(await idsOf('overdue')).toEqual([]);
    expect(await idsOf('settled')).toContain(mine.finding_id);
  });

  test('offers what belongs together as one item with its sum', async () => {
    const together = [1, 2, 3].map(() => findingOf(next++, { setl_id: 'S-GROUP', amount: '10.00' }));
    await store(...together);
    const asking = { account: 'li', sight: li.sight, dueDays: deps.terms.due_days };
    const { items } = await listGroups(held.database.pool, { tab: 'unassigned', by: 'stay' }, asking);
    expect(items).toContainEqual({
      fixmedins_code: here,
      fixmedins_name: null,
      rule_code: null,
      rule_name: null,
      setl_id: 'S-GROUP',
      findings: 3,
      amount: '30.00',
    });
    const byRule = await listGroups(held.database.pool, { tab: 'unassigned', by: 'rule' }, asking);
    expect(byRule.items[0]).toMatchObject({ rule_code: 'FW-ITEM-DAILY-LIMIT', fixmedins_code: here });
  });

  test('labels the versions of rules', async () => {
    const one = findingOf(next++, { rule_code: 'FW-STAY-SPLIT', rule_version: 'cccccccccccc' });
    const two = findingOf(next++, { rule_code: 'FW-STAY-SPLIT', rule_version: 'cccccccccccc' });
    await store(one, two);
    await decideMany(deps, li, {
      findings: [{ finding_id: one.finding_id, seq: 0 }],
      decision: { outcome: 'confirmed', note: '属实' },
    });
    await decide(deps, li, two.finding_id, { seq: 0, decision: cycle });
    expect(await labelsOf(held.database.pool, 'FW-STAY-SPLIT')).toEqual({ confirmed: 1, not_a_violation: 1 });
    const { items } = await precisionOf(held.database.pool);
    expect(items).toContainEqual({
      rule_code: 'FW-STAY-SPLIT',
      rule_version: 'cccccccccccc',
      confirmed: 1,
      not_a_violation: 1,
      cannot_decide: 0,
    });
  });
});
