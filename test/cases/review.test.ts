/** Decisions on findings, and the table of their review. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decisionFault, decisionFor, needsSecond, sharedOut, wholeDecision } from '../../src/cases/review.ts';
import type { Decision } from '../../src/cases/review-contract.ts';
import { loadReviewTerms } from '../../src/cases/review-service.ts';
import {
  mayReview,
  nextReviewState,
  type PersonAction,
  reviewActions,
  type ReviewFacts,
  reviewNeedsReason,
  reviewStateAfter,
  reviewStates,
} from '../../src/cases/review-states-contract.ts';
import { permissions } from '../../src/people/permissions.ts';
import type { Finding } from '../../src/screening/contract.ts';

const terms = await loadReviewTerms('rules');

const line = (feedetl_sn: string, amount: string, role: '违规项' | '涉及项' = '违规项') => ({
  fixmedins_code: 'H1',
  setl_id: 'S1',
  feedetl_sn,
  role,
  amount,
});
const finding: Pick<Finding, 'amount' | 'lines'> = {
  amount: '30.00',
  lines: [line('1', '20.00'), line('2', '10.00'), line('3', '0.00', '涉及项')],
};
const named = ({ role: _role, ...rest }: ReturnType<typeof line>) => rest;
const confirmed = (lines: ReturnType<typeof named>[], amount: string): Decision => ({
  outcome: 'confirmed',
  lines,
  amount,
  note: '',
});
const faultOf = (decision: Decision, of = finding): string => decisionFault(of, decision, terms)?.zh ?? '';

describe('a decision', () => {
  test('confirms amounts line by line, and never more than is at stake', () => {
    expect(faultOf(confirmed([named(line('1', '20.00'))], '20.00'))).toBe('');
    expect(faultOf(confirmed([named(line('1', '12.50')), named(line('2', '0.00'))], '12.50'))).toBe('');
    expect(faultOf(confirmed([named(line('1', '20.01'))], '20.01'))).toContain('超过疑点金额 20.00');
    expect(faultOf(confirmed([named(line('1', '20.00'))], '19.99'))).toContain('各条明细之和 20.00');
    expect(faultOf(confirmed([named(line('3', '0.00'))], '0.00'))).toContain('不是违规项');
    expect(faultOf(confirmed([named(line('1', '1.00')), named(line('1', '1.00'))], '2.00'))).toContain(
      '重复',
    );
    expect(faultOf(confirmed([], '30.00'))).toBe('');
    expect(faultOf(confirmed([], '30.01'))).toContain('超过疑点金额 30.00');
    expect(faultOf(confirmed([], '0.00'))).toContain('不属违规');
    expect(faultOf(confirmed([], '0.00'), { amount: '0.00', lines: [] })).toBe('');
  });

  test('takes its reasons from the dictionary', () => {
    expect(faultOf({ outcome: 'not_a_violation', exclusion: 'cycle', note: '' })).toBe('');
    expect(faultOf({ outcome: 'not_a_violation', exclusion: 'luck', note: '' })).toContain(
      '没有这种排除情形',
    );
    expect(faultOf({ outcome: 'not_a_violation', exclusion: 'other', note: '' })).toContain('请说明');
    expect(faultOf({ outcome: 'cannot_decide', missing: ['orders'], note: '' })).toBe('');
    expect(faultOf({ outcome: 'cannot_decide', missing: ['luck'], note: '' })).toContain('没有这种缺失材料');
    expect(faultOf({ outcome: 'cannot_decide', missing: ['other'], note: '' })).toContain('请说明');
  });

  test('of many confirms what is at stake in each', () => {
    expect(wholeDecision(finding, '属实')).toEqual({
      outcome: 'confirmed',
      lines: [named(line('1', '20.00')), named(line('2', '10.00'))],
      amount: '30.00',
      note: '属实',
    });
    // Lines that do not sum up say nothing of the whole.
    const odd = { ...finding, amount: '25.00' };
    expect(wholeDecision(odd, '')).toMatchObject({ lines: [], amount: '25.00' });
    fc.assert(
      fc.property(fc.array(fc.nat(1_000_000), { maxLength: 20 }), fc.nat(20_000_000), (fen, stake) => {
        const yuan = (value: number): string => (value / 100).toFixed(2);
        const any = {
          amount: yuan(stake),
          lines: fen.map((value, index) => line(String(index), yuan(value))),
        };
        const decision = decisionFor(any, { outcome: 'confirmed', note: 'x' });
        expect(decisionFault(any, decision, terms)).toBeNull();
      }),
    );
  });

  test('takes a second person from the amounts of the terms on', () => {
    const at = (amount: string) => ({ amount, lines: [] });
    expect(needsSecond(at('9999.99'), confirmed([], '9999.99'), terms)).toBe(false);
    expect(needsSecond(at('10000.00'), confirmed([], '10000.00'), terms)).toBe(true);
    expect(needsSecond(at('20000.00'), confirmed([], '500.00'), terms)).toBe(false);
    const dropped: Decision = { outcome: 'not_a_violation', exclusion: 'cycle', note: '' };
    expect(needsSecond(at('999.99'), dropped, terms)).toBe(false);
    expect(needsSecond(at('1000.00'), dropped, terms)).toBe(true);
    expect(
      needsSecond(at('99999.00'), { outcome: 'cannot_decide', missing: ['orders'], note: '' }, terms),
    ).toBe(false);
  });
});

const facts: ReviewFacts = {
  permissions,
  isWithdrawn: false,
  isRecused: false,
  isOthers: false,
  isOwn: false,
};

describe('the table of reviews', () => {
  test('is never left, whatever is tried in whatever order', () => {
    let refused = 0;
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            action: fc.constantFrom<PersonAction>(
              'assign',
              'propose',
              'settle',
              'confirm',
              'return',
              'reopen',
            ),
            isWithdrawn: fc.boolean(),
            isRecused: fc.boolean(),
            isOthers: fc.boolean(),
            isOwn: fc.boolean(),
            may: fc.boolean(),
          }),
          { minLength: 1, maxLength: 12 },
        ),
        (tried) => {
          const made: PersonAction[] = [];
          for (const { action, may, ...given } of tried) {
            const state = reviewStateAfter(made);
            expect(reviewStates).toContain(state);
            const verdict = mayReview(state, action, { ...given, permissions: may ? permissions : [] });
            if (verdict.allowed) {
              expect(nextReviewState(state, action)).toBe(verdict.to);
              expect(given.isWithdrawn || given.isRecused || !may).toBe(false);
              if (action === 'confirm') expect(given.isOwn).toBe(false);
              made.push(action);
            } else {
              expect(verdict.reason.zh).not.toBe('');
              expect(verdict.reason.en).not.toBe('');
              refused += 1;
            }
          }
        },
      ),
      { numRuns: 10_000 },
    );
    expect(refused).toBeGreaterThan(10_000);
  });

  test('says of a history that cannot be that it cannot', () => {
    expect(() => reviewStateAfter(['confirm'])).toThrow('cannot confirm');
    expect(reviewStateAfter(['assign', 'propose', 'return', 'settle', 'reopen'])).toBe('open');
    for (const action of reviewActions)
      expect(nextReviewState('open', action) === 'open').toBe(action === 'assign');
    expect(reviewNeedsReason.has('return')).toBe(true);
  });

  test('says why', () => {
    const why = (
      state: (typeof reviewStates)[number],
      action: PersonAction,
      changed: Partial<ReviewFacts>,
    ) => {
      const verdict = mayReview(state, action, { ...facts, ...changed });
      return verdict.allowed ? '' : verdict.reason.zh;
    };
    expect(why('open', 'settle', {})).toBe('');
    expect(why('settled', 'settle', {})).toContain('已办结');
    expect(why('open', 'settle', { isWithdrawn: true })).toBe('疑点已撤回');
    expect(why('open', 'settle', { isRecused: true })).toContain('回避');
    expect(why('open', 'settle', { isOthers: true })).toContain('他人承办');
    expect(why('open', 'settle', { permissions: ['reviews.read'] })).toContain('没有此项权限');
    expect(why('proposed', 'confirm', { isOwn: true })).toContain('复核不得由初审人员进行');
    expect(why('proposed', 'return', { isOwn: true })).toBe('');
  });
});

describe('sharing out', () => {
  const findings = Array.from({ length: 10 }, (_, index) => ({
    finding_id: String(index),
    fixmedins_code: index % 2 === 0 ? 'H1' : 'H2',
  }));

  test('evens out what everybody carries, and keeps the recused out', () => {
    const shares = sharedOut(findings, [
      { login: 'b', open: 0, recused: new Set() },
      { login: 'a', open: 4, recused: new Set() },
      { login: 'c', open: 0, recused: new Set(['H1']) },
    ]);
    const of = (login: string) => [...shares].filter(([, to]) => to === login).length;
    expect([of('a'), of('b'), of('c')]).toEqual([1, 5, 4]);
    for (const { finding_id, fixmedins_code } of findings)
      if (fixmedins_code === 'H1') expect(shares.get(finding_id)).not.toBe('c');
  });

  test('gives nothing to nobody', () => {
    expect([...sharedOut(findings, []).values()].every((to) => to === null)).toBe(true);
  });
});
