import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Decision } from '../../src/cases/review-contract.ts';
import { distribute } from '../../src/cases/review-assign.ts';
import { loadReviewRules, parametersOn, type ReviewRules } from '../../src/cases/review-rules.ts';
import {
  confirmedWhole,
  type Deed,
  factsFor,
  faultOf,
  type Flagged,
  flaggedBy,
  type HeldReview,
  needsSecondPerson,
  reviewed,
  reviewState,
  unheld,
} from '../../src/cases/review.ts';
import {
  mayReview,
  reviewActions,
  type ReviewFacts,
  reviewStates,
  reviewTable,
} from '../../src/cases/review-states-contract.ts';
import type { Permission } from '../../src/people/permissions.ts';

let rules: ReviewRules;
beforeAll(async () => {
  rules = await loadReviewRules('rules');
});

const line = (feedetl_sn: string, fen: number) => ({
  fixmedins_code: 'H33070200001',
  setl_id: 'S1',
  feedetl_sn,
  fen,
});
const flagged: Flagged = {
  fen: 600_000,
  verdict: '违规',
  lines: [line('1', 400_000), line('2', 300_000)],
  byLine: true,
};
const confirmed = (fen: number, lines: Flagged['lines'], note = ''): Decision => ({
  outcome: 'confirmed',
  fen,
  lines: [...lines],
  note,
});
const dismissed: Decision = { outcome: 'not_violation', exclusion: 'refunded', note: '' };
const open: Decision = { outcome: 'cannot_decide', missing: ['orders'], note: '' };

const people: Readonly<Record<string, readonly Permission[]>> = {
  li: ['findings.review', 'findings.confirm_review'],
  wang: ['findings.review', 'findings.confirm_review'],
  chief: ['findings.assign', 'findings.confirm_review'],
  clerk: ['findings.read'],
};
const names = Object.keys(people);

describe('the table of reviews', () => {
  type Turn =
    | { readonly kind: 'finding'; readonly to: 'changed' | 'withdrawn' | 'back' }
    | {
        readonly kind: 'deed';
        readonly who: string;
        readonly deed: Deed;
        readonly isStale: boolean;
        readonly isAwaited: boolean;
      };
  const decisions = fc.constantFrom(
    confirmed(100_000, [line('1', 100_000)]),
    confirmed(600_000, [line('1', 400_000), line('2', 200_000)]),
    confirmed(700_000, [line('1', 400_000), line('2', 300_000)]),
    dismissed,
    open,
  );
  const deeds: fc.Arbitrary<Deed> = fc.oneof(
    fc.record({
      action: fc.constantFrom('take', 'release', 'recuse', 'confirm', 'return', 'reopen' as const),
    }),
    fc.record({
      action: fc.constant('assign' as const),
      to: fc.constantFrom(...names),
      isRecused: fc.boolean(),
    }),
    fc.record({ action: fc.constant('decide' as const), decision: decisions, revision: fc.constant(0) }),
  );
  const turns: fc.Arbitrary<Turn> = fc.oneof(
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('finding' as const),
        to: fc.constantFrom('changed', 'withdrawn', 'back' as const),
      }),
    },
    {
      weight: 8,
      arbitrary: fc.record({
        kind: fc.constant('deed' as const),
        who: fc.constantFrom(...names),
        deed: deeds,
        isStale: fc.boolean(),
        isAwaited: fc.integer({ max: 4, min: 0 }).map((n) => n === 0),
      }),
    },
  );

  test('is left by none of 10,000 random sequences, and nobody confirms a review of their own', () => {
    const reached = new Set<string>();
    fc.assert(
      fc.property(fc.array(turns, { maxLength: 24 }), (sequence) => {
        let held: HeldReview = unheld;
        let finding: { state: 'active' | 'withdrawn'; revision: number } = { state: 'active', revision: 1 };
        const history: { action: Deed['action']; account: string }[] = [];
        const recused = new Set<string>();
        for (const turn of sequence) {
          if (turn.kind === 'finding') {
            if (turn.to === 'withdrawn' || turn.to === 'back' || finding.state === 'active')
              finding = {
                state: turn.to === 'withdrawn' ? 'withdrawn' : 'active',
                revision: finding.revision + 1,
              };
            continue;
          }
          const { who } = turn;
          const revision = finding.revision - (turn.isStale ? 1 : 0);
          const deed: Deed =
            turn.deed.action === 'decide'
              ? { ...turn.deed, revision }
              : turn.deed.action === 'assign'
                ? { ...turn.deed, isRecused: recused.has(turn.deed.to) }
                : turn.deed;
          const party = {
            account: who,
            permissions: people[who] ?? [],
            isRecused: recused.has(who),
            isAwaited: turn.isAwaited,
          };
          const setting = { finding, flagged, rules, parameters: parametersOn(rules, null, '2026-01-01') };
          const before = reviewState(held, finding);
          const answer = reviewed(held, deed, who, factsFor(held, history, party), setting);
          if (!answer.ok) {
            expect(answer.reason.zh).toMatch(/[\u4e00-\u9fff]/);
            expect(answer.reason.en).toMatch(/[a-z]/);
            continue;
          }
          // Nothing is decided before the institution was heard.
          expect(deed.action === 'decide' && turn.isAwaited).toBe(false);
          expect(answer.from).toBe(before);
          expect(reviewTable[before][deed.action]).toContain(answer.to.state);
          reached.add(`${before} ${deed.action} ${answer.to.state}`);
          held = answer.to;
          history.push({ action: deed.action, account: who });
          if (deed.action === 'recuse') recused.add(who);
          // What the database holds as well.
          expect(held.state === 'open').toBe(held.assignee === null);
          const hasDecision = held.state === 'to_confirm' || held.state === 'decided';
          expect([held.decision, held.decided_by, held.decided_revision].map((one) => one !== null)).toEqual([
            hasDecision,
            hasDecision,
            hasDecision,
          ]);
          if (held.confirmed_by !== null) expect(held.confirmed_by).not.toBe(held.decided_by);
          if (held.decision?.outcome === 'confirmed') {
            expect(held.decision.fen).toBeLessThanOrEqual(flagged.fen);
            if (held.state === 'decided' && held.decision.fen >= 500_000)
              expect(held.confirmed_by).not.toBeNull();
          }
        }
      }),
      { numRuns: 10_000, seed: 1 },
    );
    // The sequences went everywhere.
    const table = reviewStates.flatMap((state) =>
      reviewActions.flatMap((action) =>
        (reviewTable[state][action] ?? []).map((to) => `${state} ${action} ${to}`),
      ),
    );
    expect(reached).toEqual(new Set(table));
  });

  test('leads where it says, and a refusal has a reason in both languages', () => {
    const facts: fc.Arbitrary<ReviewFacts> = fc.record({
      permissions: fc.subarray(['findings.review', 'findings.assign', 'findings.confirm_review'] as const),
      hasAssignee: fc.boolean(),
      isAssignee: fc.boolean(),
      isRecused: fc.boolean(),
      isAwaited: fc.boolean(),
      ownReview: fc.constantFrom(null, { zh: '本人', en: 'own' }),
      isDecider: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...reviewStates),
        fc.constantFrom(...reviewActions),
        facts,
        (state, action, given) => {
          const verdict = mayReview(state, action, given);
          if (verdict.allowed) {
            expect(reviewTable[state][action]).toEqual(verdict.to);
            expect(given.permissions.length).toBeGreaterThan(0);
          } else expect([verdict.reason.zh, verdict.reason.en].every((text) => text.length > 1)).toBe(true);
        },
      ),
    );
  });
});

describe('a decision', () => {
  test.each<[string, Decision, RegExp]>([
    ['more than flagged', confirmed(600_001, [line('1', 400_000), line('2', 200_001)]), /above the flagged/],
    ['more than a line', confirmed(500_000, [line('1', 400_001), line('2', 99_999)]), /above the 4000\.00/],
    ['a line twice', confirmed(200_000, [line('1', 100_000), line('1', 100_000)]), /stands twice/],
    ['a line that violates nothing', confirmed(100, [line('9', 100)]), /no violating line/],
    ['another sum', confirmed(300, [line('1', 200)]), /not the sum/],
    ['nothing', confirmed(0, []), /no violation instead/],
    ['an exclusion that is none', { ...dismissed, exclusion: 'because' }, /no because/],
    ['other without a note', { ...dismissed, exclusion: 'other' }, /needs a note/],
    ['something missing that is none', { ...open, missing: ['orders', 'luck'] }, /no luck/],
  ])('with %s is refused', (_, decision, why) => {
    expect(faultOf(decision, flagged, rules)?.en).toMatch(why);
  });

  test('confirmed as a whole stands, whatever the lines are', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1_000_000), { maxLength: 8 }), fc.nat(3_000_000), (amounts, fen) => {
        const lines = amounts.map((amount, index) => line(String(index), amount));
        const sum = amounts.reduce((a, b) => a + b, 0);
        const any: Flagged = { fen, verdict: '可疑', lines, byLine: fen > 0 && sum >= fen };
        expect(faultOf(confirmedWhole(any, ''), any, rules)).toBeNull();
      }),
    );
  });

  test('needs a second person from the threshold on', () => {
    const parameters = parametersOn(rules, '330702', '2026-01-01');
    const needs = (decision: Decision, fen = flagged.fen) =>
      needsSecondPerson(decision, { ...flagged, fen }, parameters);
    expect([499_999, 500_000].map((fen) => needs(confirmed(fen, [])))).toEqual([false, true]);
    expect([999_999, 1_000_000].map((fen) => needs(dismissed, fen))).toEqual([false, true]);
    expect(needs(open, 9_999_999)).toBe(false);
  });

  test('reads what a finding holds against somebody', () => {
    const role = '违规项' as const;
    const place = { fixmedins_code: 'H1', setl_id: 'S1' };
    const of = (amount: string, amounts: readonly string[]) =>
      flaggedBy({
        amount,
        verdict: '违规',
        lines: [
          ...amounts.map((one, index) => ({ ...place, feedetl_sn: String(index), role, amount: one })),
          { ...place, feedetl_sn: 'other', role: '涉及项', amount: '99.00' },
        ],
      });
    expect(of('12.50', ['12.50'])).toMatchObject({ fen: 1_250, byLine: true, lines: [{ fen: 1_250 }] });
    expect(of('12.50', [])).toMatchObject({ byLine: false, lines: [] });
    expect(of('0.00', ['0.00'])).toMatchObject({ fen: 0, byLine: false });
  });
});

test('parameters of a county go before those of the province, and later ones before earlier ones', () => {
  const [first] = rules.parameters;
  if (first === undefined) throw new Error('no parameters');
  const at = (area: string, effective_from: string, due_natural_days: number) => ({
    ...first,
    area,
    effective_from,
    due_natural_days,
  });
  const dated: ReviewRules = {
    ...rules,
    parameters: [
      at('*', '2020-01-01', 1),
      at('33', '2020-01-01', 2),
      at('330702', '2026-01-01', 3),
      at('330702', '2026-06-01', 4),
    ],
  };
  const due = (area: string | null, day: string) => parametersOn(dated, area, day).due_natural_days;
  expect([due(null, '2026-07-01'), due('110101', '2026-07-01'), due('330703', '2026-07-01')]).toEqual([
    1, 1, 2,
  ]);
  expect([due('330702', '2025-12-31'), due('330702', '2026-01-01'), due('330702', '2026-07-01')]).toEqual([
    2, 3, 4,
  ]);
  expect(() => due(null, '2019-01-01')).toThrow(/2019-01-01/);
});

describe('the assignment', () => {
  const findings = fc.uniqueArray(fc.stringMatching(/^[0-9a-f]{4}$/), { maxLength: 30 });

  test('depends on no order, keeps recusals, and is as even as they let it be', () => {
    fc.assert(
      fc.property(
        fc.infiniteStream(fc.nat(2)),
        findings,
        fc.array(fc.nat(5), { minLength: 1, maxLength: 4 }),
        (dice, ids, loads) => {
          const reviewers = loads.map((waiting, index) => ({ account: `r${index}`, waiting }));
          const items = ids.map((finding_id) => ({
            finding_id,
            barred: new Set(reviewers.filter(() => dice.next().value === 0).map(({ account }) => account)),
          }));
          const given = distribute(items, reviewers);
          expect(distribute(items.toReversed(), reviewers.toReversed())).toEqual(given);
          for (const { finding_id, barred } of items) {
            const account = given.get(finding_id) ?? null;
            if (account === null) expect(barred.size).toBe(reviewers.length);
            else expect(barred.has(account)).toBe(false);
          }
          const free = distribute(
            ids.map((finding_id) => ({ finding_id, barred: new Set<string>() })),
            reviewers,
          );
          const after = reviewers.map(
            ({ account, waiting }) => waiting + [...free.values()].filter((one) => one === account).length,
          );
          const grown = after.filter((load, index) => load > (loads[index] ?? 0));
          if (grown.length > 0) expect(Math.max(...grown) - Math.min(...after)).toBeLessThanOrEqual(1);
        },
      ),
    );
  });
});
