import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Action,
  actions,
  consequences,
  type Facts,
  mayAct,
  stateAfter,
  type StepAction,
  transitions,
  versionStates,
} from '../../src/rulebook/states-contract.ts';

const everythingDone: Facts = {
  permissions: ['rules.write', 'rules.approve'],
  isOwn: false,
  isShipped: false,
  lintClean: true,
  examplesPass: true,
  approvedByOther: true,
  backtested: true,
  hasPrevious: true,
};

const factsArbitrary: fc.Arbitrary<Facts> = fc.record({
  permissions: fc.subarray(['rules.write', 'rules.approve', 'rules.read'] as const),
  isOwn: fc.boolean(),
  isShipped: fc.boolean(),
  lintClean: fc.boolean(),
  examplesPass: fc.boolean(),
  approvedByOther: fc.boolean(),
  backtested: fc.boolean(),
  hasPrevious: fc.boolean(),
});

const path = (steps: readonly StepAction[]): string => {
  try {
    return stateAfter(steps);
  } catch {
    return 'impossible';
  }
};

describe('the table of states', () => {
  test('is never left, whatever is done in whatever order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom<StepAction>(...actions, ...consequences), { maxLength: 12 }),
        (steps) => {
          const state = path(steps);
          expect([...versionStates, 'impossible']).toContain(state);
        },
      ),
    );
  });

  test('what may be done leads where the table says, and what may not has a reason in both languages', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...versionStates),
        fc.constantFrom<Action>(...actions),
        factsArbitrary,
        (state, action, facts) => {
          const verdict = mayAct(state, action, facts);
          if (verdict.allowed) expect(transitions[state][action]).toBe(verdict.to);
          else {
            expect(verdict.reason.zh).toMatch(/[\u4e00-\u9fff]/);
            expect(verdict.reason.en).toMatch(/[a-z]/);
          }
        },
      ),
    );
  });

  test('nothing becomes active that people wrote and nobody else approved, or that fails a check, or was never tried', () => {
    fc.assert(
      fc.property(fc.constantFrom(...versionStates), factsArbitrary, (state, facts) => {
        const { isShipped, approvedByOther, lintClean, examplesPass, backtested, permissions } = facts;
        const { allowed } = mayAct(state, 'activate', facts);
        const ready = lintClean && examplesPass && (isShipped || (approvedByOther && backtested));
        if (!ready || !permissions.includes('rules.approve')) expect(allowed).toBe(false);
      }),
    );
  });

  test('nobody approves what is their own, and an author approves nothing', () => {
    expect(mayAct('review', 'approve', { ...everythingDone, isOwn: true })).toMatchObject({
      allowed: false,
      reason: { zh: '不得审批本人编写的规则' },
    });
    expect(mayAct('review', 'approve', { ...everythingDone, permissions: ['rules.write'] }).allowed).toBe(
      false,
    );
    expect(mayAct('review', 'approve', everythingDone)).toEqual({ allowed: true, to: 'approved' });
  });

  test('only a review is approved, and only what is approved goes further', () => {
    const mayApprove = versionStates.filter((state) => mayAct(state, 'approve', everythingDone).allowed);
    expect(mayApprove).toEqual(['review']);
    expect(mayAct('draft', 'activate', everythingDone).allowed).toBe(false);
    expect(mayAct('review', 'activate', everythingDone).allowed).toBe(false);
    expect(mayAct('rejected', 'activate', everythingDone).allowed).toBe(false);
  });
});
