/** Where to look first: the laws of the risk index. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { loadRiskDocument } from '../../src/credit/risk-file.ts';
import { riskIndex } from '../../src/credit/risk-index.ts';
import { excessDays, type MeasuredStay, measure } from '../../src/credit/risk-measures.ts';

const document = await loadRiskDocument('rules');
if (document === null) throw new Error('no document');
const stay: fc.Arbitrary<MeasuredStay> = fc.record({
  institution: fc.constantFrom('H1', 'H2', 'H3', 'H4', 'H5'),
  group: fc.option(fc.constantFrom('G1', 'G2')),
  days: fc.option(fc.nat(40)),
  fundPaidFen: fc.nat(10_000_000),
});
const finding = fc.record({
  institution: fc.constantFrom('H1', 'H2', 'H3'),
  amountFen: fc.nat(1_000_000),
});
const indexOf = (
  stays: readonly MeasuredStay[],
  findings: readonly { institution: string; amountFen: number }[],
) => riskIndex(measure(stays, findings, document.peers_min), document);

it('depends on the stays, not on their order', () => {
  fc.assert(
    fc.property(
      fc.array(stay, { minLength: 1, maxLength: 60 }),
      fc.array(finding, { maxLength: 10 }),
      (stays, findings) => {
        const index = indexOf(stays, findings);
        expect(indexOf(stays.toReversed(), findings.toReversed())).toEqual(index);
        for (const { index_hundredths } of index) {
          expect(index_hundredths).toBeGreaterThanOrEqual(0);
          expect(index_hundredths).toBeLessThanOrEqual(10_000);
        }
      },
    ),
  );
});

it('never falls for an institution of which more is suspected', () => {
  fc.assert(
    fc.property(
      fc.array(stay, { minLength: 1, maxLength: 60 }),
      fc.array(finding, { minLength: 1, maxLength: 10 }),
      ([first, ...stays], findings) => {
        const all = first === undefined ? stays : [first, ...stays];
        const institution = findings[0]?.institution ?? '';
        const of = (index: ReturnType<typeof indexOf>) =>
          index.find((each) => each.institution === institution)?.index_hundredths ?? 0;
        const more = [...findings, { institution, amountFen: 1 }];
        expect(of(indexOf(all, more))).toBeGreaterThanOrEqual(of(indexOf(all, findings)));
      },
    ),
  );
});

it('a stay is compared with its payment group, or with all where the group is small', () => {
  const stays = (count: number, group: string, days: number): MeasuredStay[] =>
    Array.from({ length: count }, () => ({ institution: 'H1', group, days, fundPaidFen: 0 }));
  const all = [...stays(3, 'LONG', 20), ...stays(5, 'SHORT', 4), ...stays(1, 'RARE', 10)];
  expect(excessDays(all, 3)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 6]);
  expect(excessDays(all, 4)).toEqual([16, 16, 16, 0, 0, 0, 0, 0, 6]);
  expect(excessDays([{ institution: 'H1', group: null, days: null, fundPaidFen: 0 }], 3)).toEqual([0]);
});

it('says of each input what it counted for, and adds up', () => {
  const index = indexOf(
    [
      { institution: 'H1', group: null, days: 30, fundPaidFen: 100 },
      { institution: 'H2', group: null, days: 2, fundPaidFen: 300 },
      { institution: 'H3', group: null, days: 2, fundPaidFen: 200 },
    ],
    [],
  );
  expect(index.map(({ institution }) => institution)).toEqual(['H1', 'H2', 'H3']);
  expect(index[0]?.parts).toMatchObject([
    { input: 'stay_excess_days', value: 28, rank_hundredths: 10_000, weight: 2 },
    { input: 'stay_longest_days', value: 30, rank_hundredths: 10_000, weight: 2 },
    { input: 'fund_paid_fen', value: 100, rank_hundredths: 0, weight: 2 },
    { input: 'findings', value: 0, rank_hundredths: 5_000, weight: 1 },
  ]);
  // (10,000 × 2 + 10,000 × 2 + 0 × 2 + 5,000 × 1) / 7
  expect(index[0]?.index_hundredths).toBe(6_429);
});
