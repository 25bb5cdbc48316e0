import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { queueQuerySchema, type QueueQuery } from '../../src/cases/review-contract.ts';
import { loadReviewRules, type ReviewRules } from '../../src/cases/review-rules.ts';
import {
  type Asked,
  assign,
  decideMany,
  dueDaysOf,
  precisionOfVersions,
  review,
  type ReviewDeps,
  reviewDetail,
  reviewers,
} from '../../src/cases/review-service.ts';
import { reviewQueue } from '../../src/cases/review-store.ts';
import { reviewActions, reviewStates, reviewTable } from '../../src/cases/review-states-contract.ts';
import type { Who } from '../../src/people/identify.ts';
import { permissionsOf, type Role } from '../../src/people/permissions.ts';
import { everything, type Sight, sightOf } from '../../src/people/sight.ts';
import type { Finding } from '../../src/screening/contract.ts';
import { asOf } from '../support/claims.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { cityArea, makeAccount } from '../support/people.ts';
import { findingOf, idOf, north, south, writeThem } from './findings.ts';

let held: TestDatabase;
let rules: ReviewRules;
let deps: ReviewDeps;

const person = (login: string, role: Role, area = cityArea): Who => ({
  actor: { account: login, role, area },
  permissions: permissionsOf(role, area),
});
const li = person('li', 'inspector');
const wang = person('wang', 'inspector');
const chief = person('chief', 'leader');
beforeAll(async () => {
  rules = await loadReviewRules('rules');
});

const write = (findings: readonly Finding[], judged = findings) => writeThem(held, findings, judged);
const confirmed = (n: number, fen: number, revision = 1): Asked => ({
  action: 'decide',
  revision,
  decision: {
    outcome: 'confirmed',
    fen,
    lines: [{ fixmedins_code: north, setl_id: `S${n}`, feedetl_sn: '1', fen }],
    note: '',
  },
});
const act = async (who: Who, n: number, asked: Asked, sight = everything) => {
  const done = await review(deps, who, sight, idOf(n), asked);
  return done.ok ? done.state : done.reason.en;
};
const queue = (who: Who, query: Partial<QueueQuery> = {}, sight = everything) =>
  reviewQueue(held.database.pool, {
    query: { ...queueQuerySchema.parse({}), ...query },
    sight,
    account: who.actor.account,
    due: dueDaysOf(deps),
  });
const detail = async (who: Who, n: number) => {
  const found = await reviewDetail(deps, who, everything, idOf(n));
  if (found === null) throw new Error('no review');
  return found;
};

describe('reviews', () => {
  beforeAll(async () => {
    held = await createTestDatabase();
    deps = { database: held.database, rules, asOf: () => asOf };
    for (const [login, role, area] of [
      ['li', 'inspector', cityArea],
      ['wang', 'inspector', cityArea],
      ['south', 'inspector', '330703'],
      ['chief', 'leader', cityArea],
    ] as const)
      await makeAccount(held.database, { login, role, area });
    await write([
      findingOf(1),
      findingOf(2, { amount: '6000.00' }),
      findingOf(3),
      findingOf(4, { mdtrt_id: 'M1', setl_id: 'S1', rule_code: 'FW-OTHER' }),
      findingOf(5, { fixmedins_code: south }),
      findingOf(6),
      findingOf(7),
    ]);
  });
  afterAll(() => held.drop());

  test('the database knows the same table', async () => {
    const { rows } = await held.database.pool.query<{ text: string }>(
      `SELECT pg_get_constraintdef(oid) AS text FROM pg_constraint WHERE conname = 'finding_review_event_step'`,
    );
    const known = [...(rows[0]?.text ?? '').matchAll(/'([a-z_]+ [a-z]+ [a-z_]+)'/g)].map(
      ([, triple]) => triple,
    );
    const table = reviewStates.flatMap((state) =>
      reviewActions.flatMap((action) =>
        (reviewTable[state][action] ?? []).map((to) => `${state} ${action} ${to}`),
      ),
    );
    expect(new Set(known)).toEqual(new Set(table));
  });

  test('a small amount is decided by one person, and every step is on record', async () => {
    expect(await act(li, 1, { action: 'take' })).toBe('assigned');
    expect(await act(wang, 1, confirmed(1, 100))).toMatch(/somebody else/);
    expect(await act(li, 1, confirmed(1, 10_001))).toMatch(/above the flagged/);
    expect(await act(li, 1, confirmed(1, 10_000, 2))).toMatch(/revision 1 by now/);
    expect(await act(li, 1, confirmed(1, 9_000))).toBe('decided');
    expect(await act(wang, 1, { action: 'reopen', reason: 'no' })).toMatch(/Only who decided/);
    expect(await act(li, 1, { action: 'reopen', reason: '金额有误' })).toBe('assigned');
    expect(await act(li, 1, confirmed(1, 8_000))).toBe('decided');
    const { history, decision, earlier, state } = await detail(li, 1);
    expect([state, decision, earlier.items]).toMatchObject(['decided', { fen: 8_000 }, []]);
    expect(history.map(({ action, from, to, reason }) => [action, from, to, reason])).toEqual([
      ['take', 'open', 'assigned', null],
      ['decide', 'assigned', 'decided', null],
      ['reopen', 'decided', 'assigned', '金额有误'],
      ['decide', 'assigned', 'decided', null],
    ]);
    const { rows } = await held.database.pool.query<{ kind: string; text: string }>(
      `SELECT kind, text FROM audit_event WHERE subject = $1 ORDER BY seq`,
      [`finding_review/${idOf(1)}`],
    );
    expect(rows.map(({ kind }) => kind)).toEqual([
      'review.taken',
      'review.decided',
      'review.reopened',
      'review.decided',
    ]);
    // Words of people stay in the review.
    expect(rows.some(({ text }) => text.includes('金额有误'))).toBe(false);
  });

  test('a large amount counts when a second person agrees, who may send it back', async () => {
    expect(await act(li, 2, confirmed(2, 500_000))).toBe('to_confirm');
    expect(await act(li, 2, { action: 'confirm' })).toMatch(/own/);
    const offered = (await detail(li, 2)).actions.find(({ action }) => action === 'confirm');
    expect(offered).toMatchObject({ allowed: false, reason: { zh: '复核不得由初审人员进行' } });
    expect((await queue(wang, { tab: 'to_confirm' })).items.map(({ finding_id }) => finding_id)).toEqual([
      idOf(2),
    ]);
    expect(await act(wang, 2, { action: 'return', reason: '请核对第二条' })).toBe('assigned');
    expect((await precisionOfVersions(deps, everything, 'FW-TEST')).versions).toMatchObject([
      { confirmed: 1 },
    ]);
    expect(await act(li, 2, confirmed(2, 500_000))).toBe('to_confirm');
    expect(await act(chief, 2, { action: 'confirm' })).toBe('decided');
    expect(await detail(li, 2)).toMatchObject({ decided_by: 'li', confirmed_by: 'chief', state: 'decided' });
    await expect(
      held.database.pool.query('UPDATE finding_review SET confirmed_by = decided_by WHERE finding_id = $1', [
        idOf(2),
      ]),
    ).rejects.toThrow(/finding_review_confirmed_by/);
    await expect(
      held.database.pool.query(
        'UPDATE finding_review SET confirmed_fen = flagged_fen + 1 WHERE finding_id = $1',
        [idOf(2)],
      ),
    ).rejects.toThrow(/finding_review_confirmed_fen/);
    await expect(held.database.pool.query('DELETE FROM finding_review_event')).rejects.toThrow(
      /append-only|refuse|may not|cannot/i,
    );
  });

  test('who stands too near gets nothing of that institution any more', async () => {
    expect(await act(wang, 3, { action: 'recuse', reason: '亲属在该院任职', scope: 'institution' })).toBe(
      'open',
    );
    expect(await act(wang, 6, { action: 'take' })).toMatch(/recused/);
    expect(await act(chief, 6, { action: 'assign', to: 'wang' })).toMatch(/recused/);
    expect(await act(chief, 5, { action: 'assign', to: 'wang' })).toBe('assigned');
    expect(await act(wang, 5, { action: 'release' })).toBe('open');
  });

  test('findings go to whoever has least, and is neither recused nor from elsewhere', async () => {
    const given = await assign(deps, chief, everything, [idOf(3), idOf(5), idOf(6)], null);
    const who = Object.fromEntries(given.answers.map(({ finding_id, account }) => [finding_id, account]));
    // wang is recused in the north, south sees the south only.
    expect(who).toEqual({ [idOf(3)]: 'li', [idOf(5)]: 'south', [idOf(6)]: 'li' });
    expect(given.done).toBe(3);
    const refused = await assign(deps, chief, everything, [idOf(7), idOf(99)], 'chief');
    expect(refused.done).toBe(0);
    expect(refused.answers.map(({ reason }) => reason?.en)).toEqual([
      'They do not review findings of this institution',
      'There is no such finding.',
    ]);
    expect((await reviewers(deps, everything)).reviewers).toMatchObject([
      { account: 'li', waiting: 2 },
      { account: 'south', waiting: 1 },
      { account: 'wang', waiting: 0 },
    ]);
  });

  test('the queue counts, pages by cursor, groups, and shows nobody what they do not see', async () => {
    const mine = await queue(li);
    expect(mine.counts).toEqual({ mine: 2, unassigned: 2, overdue: 0, to_confirm: 0, done: 2 });
    expect([mine.fen, mine.groups]).toMatchObject([
      20_000,
      [{ findings: 2, fen: 20_000, fixmedins_code: north }],
    ]);
    const first = await queue(li, { page_size: 1 });
    const second = await queue(li, { page_size: 1, ...(first.next === null ? {} : { after: first.next }) });
    expect([...first.items, ...second.items].map(({ finding_id }) => finding_id)).toEqual([idOf(3), idOf(6)]);
    expect(second.next).toBeNull();
    const inSouth = await queue(person('south', 'inspector', '330703'), {}, sightOf('330703', null));
    expect(inSouth.counts).toEqual({ mine: 1, unassigned: 0, overdue: 0, to_confirm: 0, done: 0 });
    expect(await reviewDetail(deps, li, sightOf('330703', null), idOf(1))).toBeNull();
    expect(await act(li, 7, { action: 'take' }, sightOf('330703', null))).toBe('There is no such finding.');
    expect((await queue(li, { tab: 'done', outcome: 'not_violation' })).counts.done).toBe(0);
    expect((await queue(li, { tab: 'unassigned', rule_code: 'FW-OTHER' })).items).toHaveLength(1);
  });

  test('what waits too long is overdue', async () => {
    await held.database.pool.query(
      `UPDATE finding_review SET due_at = now() - interval '1 hour' WHERE finding_id = $1`,
      [idOf(3)],
    );
    await held.database.pool.query(
      `UPDATE finding SET created_at = now() - interval '16 days' WHERE finding_id = $1`,
      [idOf(7)],
    );
    const overdue = await queue(li, { tab: 'overdue' });
    expect(overdue.items.map(({ finding_id, overdue: is }) => [finding_id, is])).toEqual([
      [idOf(3), true],
      [idOf(7), true],
    ]);
    expect([
      (await detail(li, 3)).overdue,
      (await detail(li, 7)).overdue,
      (await detail(li, 6)).overdue,
    ]).toEqual([true, true, false]);
  });

  test('findings that belong together are offered, with what was decided before', async () => {
    const { same_rule, same_stay, earlier } = await detail(li, 3);
    expect([same_rule.findings, same_rule.fen, same_stay.findings]).toEqual([2, 20_000, 0]);
    expect(earlier).toMatchObject({ confirmed: 2, not_violation: 0, cannot_decide: 0 });
    expect((await detail(li, 1)).same_stay.items.map(({ finding_id }) => finding_id)).toEqual([idOf(4)]);
  });

  test('findings on the other settlements that one speaks of are offered, as far as they may be seen', async () => {
    const claim = (n: number, fixmedins_code = north) =>
      ({
        fixmedins_code,
        setl_id: `S${n}`,
        mdtrt_id: `M${n}`,
        psn_no: `P${n}`,
        role: '涉及项',
        content_hash: '',
      }) as const;
    const ring = findingOf(40, { claims: [claim(40), claim(6), claim(5, south), claim(5), claim(2)] });
    await write([ring, findingOf(41, { setl_id: 'S40', mdtrt_id: 'M40', rule_code: 'FW-OTHER' })]);
    const ringOf = async (sight: Sight) =>
      (await reviewDetail(deps, li, sight, idOf(40)))?.same_ring.items.map(({ finding_id }) => finding_id);
    // Of these the second finding is decided, and nothing is said of a settlement S5 in the north.
    expect(await ringOf(everything)).toEqual([idOf(5), idOf(6)]);
    expect(await ringOf(sightOf('330702', null))).toEqual([idOf(6)]);
    await write([], [ring]);
  });

  test('a selection is decided with one reason, each finding on its own', async () => {
    const findings = [3, 5, 6].map((n) => ({ finding_id: idOf(n), revision: 1 }));
    const answer = await decideMany(deps, li, everything, {
      findings,
      outcome: 'not_violation',
      exclusion: 'refunded',
      reason: '已核对退费单',
    });
    expect(answer.done).toBe(2);
    expect(answer.answers.map(({ state, reason }) => state ?? reason?.en)).toEqual([
      'decided',
      'It is assigned to somebody else',
      'decided',
    ]);
    expect(
      (
        await decideMany(deps, li, everything, {
          findings: [{ finding_id: idOf(7), revision: 1 }],
          outcome: 'confirmed',
          reason: '逐条核对',
        })
      ).done,
    ).toBe(1);
    expect((await detail(li, 7)).decision).toMatchObject({ fen: 10_000, lines: [{ fen: 10_000 }] });
    const { versions } = await precisionOfVersions(deps, everything, 'FW-TEST');
    expect(versions).toEqual([
      {
        rule_code: 'FW-TEST',
        rule_version: 'aaaaaaaaaaaa',
        confirmed: 3,
        not_violation: 2,
        cannot_decide: 0,
        confirmed_fen: 518_000,
        precision: 0.6,
      },
    ]);
  });

  test('a finding that says something else is reviewed again, one that is gone is not, and the label stays', async () => {
    await write([findingOf(7, { amount: '50.00', rule_version: 'bbbbbbbbbbbb' })]);
    expect((await queue(li)).items.map(({ finding_id, state }) => [finding_id, state])).toEqual([
      [idOf(7), 'outdated'],
    ]);
    expect(await detail(li, 7)).toMatchObject({ state: 'outdated', decided_revision: 1, revision: 2 });
    expect(await act(li, 7, confirmed(7, 10_000, 2))).toMatch(/above the flagged/);
    const versions = async () =>
      (await precisionOfVersions(deps, everything, 'FW-TEST')).versions.map(
        ({ rule_version, confirmed: n }) => [rule_version, n],
      );
    expect(await versions()).toEqual([['aaaaaaaaaaaa', 3]]);
    expect(await act(li, 7, confirmed(7, 5_000, 2))).toBe('decided');
    expect(await versions()).toEqual([
      ['aaaaaaaaaaaa', 2],
      ['bbbbbbbbbbbb', 1],
    ]);
    await write([], [findingOf(7)]);
    expect(await act(li, 7, { action: 'reopen', reason: 'gone' })).toMatch(/withdrawn/);
    expect((await detail(li, 7)).state).toBe('withdrawn');
  });
});
