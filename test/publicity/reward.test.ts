/** Rewards of tips, and the table of what may be done with them: laws on random amounts and sequences. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadPublicityTerms } from '../../src/publicity/load-terms.ts';
import { claimUntil, rewardOf } from '../../src/publicity/reward.ts';
import {
  tipActions,
  type TipFacts,
  tipRefusal,
  type TipState,
  tipTable,
} from '../../src/publicity/tip-states-contract.ts';
import { rewardLevels } from '../../src/publicity/tips-contract.ts';

const terms = await loadPublicityTerms('rules');
const day = '2026-03-02';
const reward = (decidedFen: number, level: (typeof rewardLevels)[number] = 'a', isInsider = false): number =>
  rewardOf(terms, day, { decidedFen, level, isInsider });
const amounts = fc.integer({ min: 1, max: 1_000_000_000_000 });

describe('a reward', () => {
  test('is from 200 to 200,000 yuan, never falls with the amount, the level or what insiders risk', () => {
    fc.assert(
      fc.property(amounts, amounts, fc.boolean(), (one, other, isInsider) => {
        const [less, more] = [Math.min(one, other), Math.max(one, other)];
        const [a, b, c] = rewardLevels.map((level) => reward(less, level, isInsider));
        expect([a, b, c].every((fen) => fen !== undefined && fen >= 20_000 && fen <= 20_000_000)).toBe(true);
        expect(a).toBeGreaterThanOrEqual(b ?? 0);
        expect(b).toBeGreaterThanOrEqual(c ?? 0);
        expect(reward(more, 'b', isInsider)).toBeGreaterThanOrEqual(b ?? 0);
        expect(reward(less, 'a', true)).toBeGreaterThanOrEqual(reward(less, 'a', false));
      }),
    );
  });

  test('is what a hand calculates', () => {
    // 3 % of 100,000 yuan; a fifth more for insiders; 2 % and 1 %.
    expect(reward(10_000_000)).toBe(300_000);
    expect(reward(10_000_000, 'a', true)).toBe(360_000);
    expect(reward(10_000_000, 'b')).toBe(200_000);
    expect(reward(10_000_000, 'c')).toBe(100_000);
    // 30 yuan would be below the least; 30 million yuan would bring more than the greatest.
    expect(reward(100_000)).toBe(20_000);
    expect(reward(3_000_000_000)).toBe(20_000_000);
    // Parts of a fen are not paid.
    expect(reward(10_000_033, 'c')).toBe(100_000);
    expect(() => reward(0)).toThrow(RangeError);
  });

  test('can be claimed for two months', () => {
    expect(claimUntil(terms, '2026-03-02')).toBe('2026-05-02');
    expect(claimUntil(terms, '2026-12-31')).toBe('2027-02-28');
  });
});

describe('the table of tips', () => {
  const facts = (given: Partial<TipFacts>): TipFacts => ({
    state: 'received',
    permissions: ['tips.handle'],
    isVerified: null,
    decided_fen: null,
    reward: null,
    openReferrals: 0,
    ...given,
  });

  test('is left by no sequence of acts; what is declined, paid or forgone stays so', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...tipActions), { maxLength: 30 }), (acts) => {
        let state: TipState = 'received';
        for (const action of acts) {
          const isClaimOver = action === 'forgo_reward';
          const reward = { decided_fen: 1, own: null, isClaimOver };
          const refused = tipRefusal(action, facts({ state, isVerified: true, decided_fen: 1, reward }));
          const to: TipState | undefined = tipTable[state][action];
          expect(refused === null).toBe(to !== undefined);
          if (refused !== null) continue;
          if (state === 'declined' || state === 'paid' || state === 'forgone') expect(to).toBe(state);
          // Nothing is paid that nobody approved, and nothing opens again.
          if (to === 'paid' || to === 'forgone') expect([to, 'approved']).toContain(state);
          if (to === 'approved') expect(['proposed', 'approved']).toContain(state);
          if (state !== 'received' && state !== 'accepted')
            expect(['received', 'accepted']).not.toContain(to);
          state = to ?? state;
        }
      }),
    );
  });

  test('rewards once, what was verified, and a decision that orders something to be returned', () => {
    const why = (given: Partial<TipFacts>) =>
      tipRefusal('reward', facts({ state: 'closed', isVerified: true, decided_fen: 100, ...given }))?.zh ??
      '';
    expect(why({})).toBe('');
    for (const state of ['proposed', 'approved', 'paid', 'forgone'] as const)
      expect(why({ state })).toContain('一事一奖');
    expect(why({ isVerified: false })).toContain('查证属实');
    expect(why({ decided_fen: null })).toContain('处罚决定');
    expect(why({ decided_fen: 0 })).toContain('处罚决定');
    expect(why({ permissions: [] })).toContain('权限');
    expect(tipRefusal('close', facts({ state: 'accepted', openReferrals: 1 }))?.zh).toContain('转办');
  });

  test('lets another person approve what was proposed, as long as decisions say the same, and pays in time', () => {
    const reward = { decided_fen: 100, own: null, isClaimOver: false };
    const why = (action: 'approve_reward' | 'pay_reward' | 'forgo_reward', given: Partial<TipFacts>) =>
      tipRefusal(
        action,
        facts({
          state: action === 'approve_reward' ? 'proposed' : 'approved',
          isVerified: true,
          decided_fen: 100,
          reward,
          ...given,
        }),
      )?.zh ?? '';
    expect(why('approve_reward', {})).toBe('');
    const own = { zh: '不得审批本人', en: 'own' };
    expect(why('approve_reward', { reward: { ...reward, own } })).toContain('不得审批本人');
    expect(why('approve_reward', { decided_fen: 99 })).toContain('已有变化');
    expect(why('approve_reward', { reward: null })).toContain('没有待审批');
    expect(why('pay_reward', {})).toBe('');
    expect(why('pay_reward', { state: 'proposed' })).toContain('奖励待审批');
    expect(why('forgo_reward', {})).toContain('领取期限未到');
    const late = { reward: { ...reward, isClaimOver: true } };
    expect(why('pay_reward', late)).toContain('视为放弃');
    expect(why('forgo_reward', late)).toBe('');
  });
});
