import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalClaim } from '../../src/claims/canonical.ts';
import type { ClaimInput } from '../../src/claims/contract.ts';
import {
  claimKey,
  type CurrentClaim,
  currentClaims,
  type NetLine,
  salesOf,
  supersedes,
  type Timeline,
  timelineOf,
} from '../../src/claims/timeline.ts';
import { dayOf } from '../../src/platform/civil.ts';
import { decimalOf, scales, yuan } from '../../src/platform/decimal.ts';
import { randomClaims } from '../support/random-claims.ts';

const asOf = dayOf('2030-01-01') ?? 0;
const read = (input: unknown): CurrentClaim => {
  const canonical = canonicalClaim(input, asOf);
  if (!canonical.ok) throw new Error(JSON.stringify(canonical.issues));
  return { claim: canonical.claim, contentHash: canonical.hash.toString('hex') };
};

type Line = ClaimInput['lines'][number];
/** 10 yuan apiece. */
const line = (feedetl_sn: string, cnt: number, more: Partial<Line> = {}): Line => ({
  feedetl_sn,
  med_list_codg: 'ITEM',
  fee_ocur_time: '2025-03-01 09:00:00',
  cnt,
  pric: 10,
  det_item_fee_sumamt: cnt * 10,
  ...more,
});
const claim = (setl_id: string, more: Partial<ClaimInput> = {}): ClaimInput => ({
  setl_id,
  setl_time: '2025-03-05 10:00:00',
  person: { psn_no: 'P1' },
  institution: { fixmedins_code: 'H1' },
  visit: { mdtrt_id: `M${setl_id}`, med_type: '11', begntime: '2025-03-01 08:00:00' },
  lines: [],
  settlement: { medfee_sumamt: 100 },
  ...more,
});
const refund = (
  setl_id: string,
  refd_setl_id: string,
  lines: Line[],
  more: Partial<ClaimInput> = {},
): ClaimInput =>
  claim(setl_id, {
    refd_setl_id,
    lines,
    settlement: { medfee_sumamt: lines.reduce((sum, each) => sum + Number(each.det_item_fee_sumamt), 0) },
    ...more,
  });

const timeline = (...inputs: ClaimInput[]): Timeline => timelineOf('P1', currentClaims(inputs.map(read)));
const show = ({ line: { feedetl_sn }, cnt, amount }: NetLine): string =>
  `${feedetl_sn}: ${decimalOf(cnt, scales.count)} for ${yuan(amount)}`;
const linesOf = ({ claims }: Timeline): string[] =>
  claims.flatMap((each) => each.lines.map((one) => `${each.claim.setl_id}/${show(one)}`));
const idsOf = ({ claims }: Timeline): string[] => claims.map((each) => each.claim.setl_id);
const orphansOf = ({ orphans }: Timeline): string[] =>
  orphans.map((orphan) => `${orphan.claim.setl_id}/${orphan.feedetl_sn ?? '*'}`);

describe('a refund settlement', () => {
  it('in full removes the settlement it names, and itself', () => {
    const net = timeline(
      claim('S1', { lines: [line('1', 2), line('2', 3)] }),
      refund('R1', 'S1', [line('1', -2), line('2', -3)]),
    );
    expect(idsOf(net)).toEqual([]);
    expect(net.orphans).toEqual([]);
  });

  it('may send quantities and amounts without a sign', () => {
    const net = timeline(
      claim('S1', { lines: [line('1', 2), line('2', 3)] }),
      refund('R1', 'S1', [line('1', 2), line('2', 1)]),
    );
    expect(linesOf(net)).toEqual(['S1/2: 2 for 20.00']);
    expect(net.claims[0]?.medfee).toBe(10_000 - 3_000);
  });

  it('in part leaves the rest, of lines and of money', () => {
    const net = timeline(
      claim('S1', {
        lines: [line('1', 5), line('2', 1)],
        settlement: { medfee_sumamt: '60', fund_pay_sumamt: '40' },
      }),
      refund('R1', 'S1', [line('9', -2, { init_feedetl_sn: '1' })], {
        settlement: { medfee_sumamt: '-20', fund_pay_sumamt: '-15' },
      }),
    );
    expect(linesOf(net)).toEqual(['S1/1: 3 for 30.00', 'S1/2: 1 for 10.00']);
    expect(net.claims[0]).toMatchObject({ medfee: 4_000, fund: 2_500, refundedBy: ['R1'] });
  });

  it('of an unknown settlement is kept visible and never counted', () => {
    const net = timeline(refund('R1', 'S9', [line('1', -2)]));
    expect(idsOf(net)).toEqual([]);
    expect(orphansOf(net)).toEqual(['R1/*']);
  });

  it('at another institution does not reach the settlement of the same number', () => {
    const net = timeline(
      claim('S1', { lines: [line('1', 1)] }),
      refund('R1', 'S1', [line('1', -1)], { institution: { fixmedins_code: 'H2' } }),
    );
    expect(linesOf(net)).toEqual(['S1/1: 1 for 10.00']);
    expect(orphansOf(net)).toEqual(['R1/*']);
  });

  it('of a refund finds nothing to take back', () => {
    const net = timeline(
      claim('S1', { lines: [line('1', 1)] }),
      refund('R1', 'S1', [line('1', -1)]),
      refund('R2', 'R1', [line('1', 1)]),
    );
    expect(idsOf(net)).toEqual([]);
    expect(orphansOf(net)).toEqual(['R2/*']);
  });

  it('without lines cancels the settlement, but not when it gives back only a part', () => {
    const settled = claim('S1', { lines: [line('1', 10)] });
    expect(idsOf(timeline(settled, refund('R1', 'S1', [], { settlement: { medfee_sumamt: -100 } })))).toEqual(
      [],
    );
    expect(idsOf(timeline(settled, refund('R1', 'S1', [], { settlement: { medfee_sumamt: 0 } })))).toEqual(
      [],
    );
    const part = timeline(settled, refund('R1', 'S1', [], { settlement: { medfee_sumamt: -40 } }));
    expect(linesOf(part)).toEqual(['S1/1: 10 for 100.00']);
    expect(part.claims[0]?.medfee).toBe(6_000);
    const parts = timeline(
      settled,
      refund('R1', 'S1', [], { settlement: { medfee_sumamt: -40 } }),
      refund('R2', 'S1', [], { settlement: { medfee_sumamt: -60 } }),
    );
    expect(idsOf(parts)).toEqual([]);
  });

  it('of more than there was says what is left over', () => {
    const net = timeline(
      claim('S1', { lines: [line('1', 1), line('2', 1)] }),
      refund('R1', 'S1', [line('1', -3)]),
    );
    // The second line is not touched: the refund names the first.
    expect(linesOf(net)).toEqual(['S1/2: 1 for 10.00']);
    expect(orphansOf(net)).toEqual(['R1/1']);
  });

  it('that numbers its lines anew takes back items, not numbers', () => {
    const net = timeline(
      claim('S1', { lines: [line('1', 1), line('2', 4, { med_list_codg: 'OTHER' })] }),
      refund('R1', 'S1', [line('1', -4, { med_list_codg: 'OTHER' })]),
    );
    expect(linesOf(net)).toEqual(['S1/1: 1 for 10.00']);
    expect(net.orphans).toEqual([]);
  });

  it('given back twice in halves is gone, whatever the order of the documents', () => {
    const documents = [
      claim('S1', { lines: [line('1', 4)] }),
      refund('R1', 'S1', [line('1', -3)]),
      refund('R2', 'S1', [line('1', -1)]),
    ];
    for (const order of [documents, documents.toReversed()]) expect(idsOf(timeline(...order))).toEqual([]);
  });
});

describe('a reversing line inside a settlement (红冲)', () => {
  it('is taken off the line it names', () => {
    const net = timeline(
      claim('S1', { lines: [line('1', 2), line('2', 2), line('3', -1, { init_feedetl_sn: '1' })] }),
    );
    expect(linesOf(net)).toEqual(['S1/1: 1 for 10.00', 'S1/2: 2 for 20.00']);
  });

  it('without a name is taken off the same item and price at the same time, then off the latest', () => {
    const early = { fee_ocur_time: '2025-03-01 08:00:00' };
    const late = { fee_ocur_time: '2025-03-01 20:00:00' };
    const same = timeline(
      claim('S1', { lines: [line('1', 1, early), line('2', 1), line('3', 1, late), line('4', -1, early)] }),
    );
    expect(linesOf(same)).toEqual(['S1/2: 1 for 10.00', 'S1/3: 1 for 10.00']);
    const latest = timeline(
      claim('S1', {
        lines: [
          line('1', 1, early),
          line('2', 1),
          line('3', 1, late),
          line('4', -1, { fee_ocur_time: '2025-03-02' }),
        ],
      }),
    );
    expect(linesOf(latest)).toEqual(['S1/1: 1 for 10.00', 'S1/2: 1 for 10.00']);
  });

  it('is taken off several lines when one is not enough', () => {
    const net = timeline(claim('S1', { lines: [line('1', 2), line('2', 2), line('3', -3)] }));
    expect(linesOf(net)).toEqual(['S1/1: 1 for 10.00']);
  });

  it('of the same item at another price reverses nothing', () => {
    const net = timeline(
      claim('S1', { lines: [line('1', 1), line('2', -1, { pric: 12, det_item_fee_sumamt: -12 })] }),
    );
    expect(linesOf(net)).toEqual(['S1/1: 1 for 10.00']);
    expect(orphansOf(net)).toEqual(['S1/2']);
  });

  it('alone in a settlement is no visit', () => {
    const net = timeline(claim('S1', { lines: [line('1', -1)], settlement: { medfee_sumamt: -10 } }));
    expect(idsOf(net)).toEqual([]);
    expect(orphansOf(net)).toEqual(['S1/1']);
  });

  it('of no quantity corrects the money alone', () => {
    const net = timeline(
      claim('S1', {
        lines: [
          line('1', 2, { inscp_scp_amt: 16 }),
          line('2', 0, { init_feedetl_sn: '1', det_item_fee_sumamt: '-5.00' }),
        ],
      }),
    );
    expect(linesOf(net)).toEqual(['S1/1: 2 for 15.00']);
    expect(net.claims[0]?.lines[0]?.inScope).toBe(1_200);
    expect(net.orphans).toEqual([]);
  });
});

describe('netting', () => {
  it('gives back the in-scope money that is stated, and otherwise its share, rounded to a fen', () => {
    const bought = line('1', 3, { inscp_scp_amt: '10.00' });
    const stated = timeline(
      claim('S1', { lines: [bought] }),
      refund('R1', 'S1', [line('1', -1, { inscp_scp_amt: '-4.00' })]),
    );
    expect(stated.claims[0]?.lines[0]?.inScope).toBe(600);
    const shared = timeline(claim('S1', { lines: [bought] }), refund('R1', 'S1', [line('1', -1)]));
    expect(shared.claims[0]?.lines[0]?.inScope).toBe(667);
    const unstated = timeline(
      claim('S1', { lines: [line('1', 3)] }),
      refund('R1', 'S1', [line('1', -1, { inscp_scp_amt: '-4' })]),
    );
    expect(unstated.claims[0]?.lines[0]?.inScope).toBeNull();
  });

  it('keeps a line of no quantity that costs money, and drops one that costs nothing', () => {
    const net = timeline(
      claim('S1', { lines: [line('1', 0, { det_item_fee_sumamt: 5 }), line('2', 0), line('3', 1)] }),
    );
    expect(linesOf(net)).toEqual(['S1/1: 0 for 5.00', 'S1/3: 1 for 10.00']);
  });

  it('does not take a negative zero for a reversal', () => {
    const net = timeline(
      claim('S1', { lines: [line('1', 1), line('2', -0, { det_item_fee_sumamt: '-0.00' })] }),
    );
    expect(linesOf(net)).toEqual(['S1/1: 1 for 10.00']);
    expect(net.orphans).toEqual([]);
  });

  it('keeps a settlement without lines, unless it is negative', () => {
    expect(idsOf(timeline(claim('S1')))).toEqual(['S1']);
    const negative = timeline(claim('S1', { settlement: { medfee_sumamt: '-100' } }));
    expect(idsOf(negative)).toEqual([]);
    expect(orphansOf(negative)).toEqual(['S1/*']);
  });

  it('takes thousands of reversals off thousands of lines in a moment', () => {
    const many = 4_000;
    const lines = Array.from({ length: many }, (_, index) => [
      line(`a${index}`, 1),
      line(`b${index}`, -1),
    ]).flat();
    const current = read(claim('S1', { lines }));
    const before = performance.now();
    expect(idsOf(timelineOf('P1', [current]))).toEqual([]);
    expect(performance.now() - before).toBeLessThan(5_000);
  });
});

describe('trace codes', () => {
  const sold = [
    { feedetl_sn: '1', drug_trac_codg: 'C1', trdn_flag: '0' },
    { feedetl_sn: '1', drug_trac_codg: 'C2' },
  ];
  const codes = (net: Timeline): string[] => salesOf(net).map(({ code, whole }) => `${code} ${whole}`);

  it('say whether the pack was whole, or that nobody knows', () => {
    const opened = { feedetl_sn: '1', drug_trac_codg: 'C3', trdn_flag: '1' };
    expect(codes(timeline(claim('S1', { lines: [line('1', 3)], traces: [...sold, opened] })))).toEqual([
      'C1 true',
      'C2 null',
      'C3 false',
    ]);
  });

  it('come back with a refund that returns them', () => {
    const net = timeline(
      claim('S1', { lines: [line('1', 2)], traces: sold }),
      refund('R1', 'S1', [line('1', -1)], {
        traces: [{ feedetl_sn: '1', drug_trac_codg: 'C1', sel_retn_flag: '1' }],
      }),
    );
    expect(codes(net)).toEqual(['C2 null']);
  });

  it('come back with a reversing line, whatever its flag says', () => {
    const net = timeline(
      claim('S1', {
        lines: [line('1', 2), line('2', -1, { init_feedetl_sn: '1' })],
        traces: [...sold, { feedetl_sn: '2', drug_trac_codg: 'C2', sel_retn_flag: '0' }],
      }),
    );
    expect(codes(net)).toEqual(['C1 true']);
  });

  it('marked as returned on their own line were not sold', () => {
    const net = timeline(
      claim('S1', {
        lines: [line('1', 2)],
        traces: [...sold, { feedetl_sn: '1', drug_trac_codg: 'C1', sel_retn_flag: '1' }],
      }),
    );
    expect(codes(net)).toEqual(['C2 null']);
  });

  it('of a cancelled settlement were never sold', () => {
    const net = timeline(
      claim('S1', { lines: [line('1', 2)], traces: sold }),
      refund('R1', 'S1', [], { settlement: { medfee_sumamt: '-100' } }),
    );
    expect(codes(net)).toEqual([]);
  });
});

describe('revisions of a settlement', () => {
  const first = claim('S1', { lines: [line('1', 1)] });
  const second = claim('S1', { lines: [line('1', 2)], updt_time: '2025-03-06 10:00:00' });
  const third = claim('S1', { lines: [line('1', 3)], updt_time: '2025-03-07 10:00:00' });

  it('count by the latest update time, in any order of arrival', () => {
    for (const order of [
      [first, second, third],
      [third, first, second],
      [second, third, first],
    ])
      expect(linesOf(timeline(...order))).toEqual(['S1/1: 3 for 30.00']);
  });

  it('without an update time count by the settlement time', () => {
    expect(linesOf(timeline(second, first))).toEqual(['S1/1: 2 for 20.00']);
    const late = claim('S1', { setl_time: '2025-03-08', lines: [line('1', 4)] });
    expect(linesOf(timeline(late, third))).toEqual(['S1/1: 4 for 40.00']);
  });

  it('of the same time count by their content, so that one of them always does', () => {
    const [a, b] = [read(second), read({ ...second, lines: [line('1', 9)] })];
    expect(supersedes(a, b)).toBe(!supersedes(b, a));
    expect(currentClaims([a, b])).toEqual(currentClaims([b, a]));
    expect(supersedes(a, a)).toBe(false);
  });

  it('of settlements with the same number at two institutions are two settlements', () => {
    expect(claimKey('H1', 'S1')).not.toBe(claimKey('H', '1S1'));
    expect(idsOf(timeline(first, { ...first, institution: { fixmedins_code: 'H2' } }))).toEqual(['S1', 'S1']);
  });
});

describe('what is known of a person', () => {
  const told = (setl_id: string, setl_time: string, person: Partial<ClaimInput['person']>): ClaimInput =>
    claim(setl_id, { setl_time, person: { psn_no: 'P1', ...person } });

  it('is the day of death that the latest settlement states', () => {
    const net = timeline(
      told('S2', '2025-03-09 10:00:00', { die_date: '2025-03-02' }),
      told('S1', '2025-03-07 10:00:00', { die_date: '2025-03-01' }),
      claim('S3', { setl_time: '2025-03-10 10:00:00' }),
    );
    expect(net.person).toEqual({ dieDay: dayOf('2025-03-02'), dead: false });
  });

  it('is a death that any settlement, even a refund, speaks of', () => {
    expect(timeline(claim('S1')).person).toEqual({ dieDay: null, dead: false });
    const said = told('S2', '2025-03-07 10:00:00', { surv_stas: '2' });
    expect(timeline(claim('S1'), said).person).toEqual({ dieDay: null, dead: true });
    expect(timeline(claim('S1'), { ...said, refd_setl_id: 'S1' }).person.dead).toBe(true);
  });
});

describe('canonical order', () => {
  it('of claims: begin of service, settlement time, key; of lines: time, then number', () => {
    const net = timeline(
      claim('S3', { visit: { mdtrt_id: 'M', med_type: '11', begntime: '2025-03-02' } }),
      claim('S2', {
        lines: [line('2', 1), line('10', 1), line('1', 1, { fee_ocur_time: '2025-03-01 23:00:00' })],
      }),
      claim('S1', { setl_time: '2025-03-06' }),
      claim('S0', { setl_time: '2025-03-06' }),
    );
    expect(idsOf(net)).toEqual(['S2', 'S0', 'S1', 'S3']);
    expect(linesOf(net)).toEqual(['S2/10: 1 for 10.00', 'S2/2: 1 for 10.00', 'S2/1: 1 for 10.00']);
  });

  it('and everything else does not depend on the order in which documents came, nor on how often', () => {
    const world = currentClaims(randomClaims(7, 60).map(read)).filter(
      ({ claim: { person } }) => person.psn_no === 'P1',
    );
    const expected = timelineOf('P1', world);
    fc.assert(
      fc.property(fc.shuffledSubarray(world, { minLength: world.length }), (shuffled) => {
        expect(timelineOf('P1', currentClaims([...shuffled, ...shuffled.slice(0, 5)]))).toEqual(expected);
      }),
      { numRuns: 50 },
    );
  });

  it('never counts more than was billed, nor less than nothing', () => {
    let counted = 0;
    for (let seed = 0; seed < 30; seed += 1) {
      const world = currentClaims(randomClaims(seed, 40).map(read));
      for (const psn_no of new Set(world.map(({ claim: { person } }) => person.psn_no))) {
        const net = timelineOf(
          psn_no,
          world.filter(({ claim: { person } }) => person.psn_no === psn_no),
        );
        for (const { lines } of net.claims)
          for (const one of lines) {
            expect(one.cnt).toBeGreaterThanOrEqual(0);
            expect(one.amount).toBeGreaterThanOrEqual(0);
            expect(one.cnt).toBeLessThanOrEqual(Number(one.line.cnt) * 10_000);
            expect(one.cnt + one.amount).toBeGreaterThan(0);
            counted += 1;
          }
      }
    }
    expect(counted).toBeGreaterThan(1_000);
  });
});
