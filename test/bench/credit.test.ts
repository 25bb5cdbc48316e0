/** How scores are judged, and what they reach on real labels where those are there. */
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { auc, aucWithin } from '../../src/bench/auc.ts';
import { runCreditBench } from '../../src/bench/credit.ts';
import { today } from '../../src/platform/clock.ts';
import { sharedData } from '../support/shared-data.ts';

const of = (score: number, isPositive: boolean, size = 1) => ({ score, isPositive, size });

it('the AUC is the share of pairs in the right order, equal scores counting half', () => {
  expect(auc([of(3, true), of(1, false), of(2, false)])).toBe(1);
  expect(auc([of(0, true), of(1, false)])).toBe(0);
  expect(auc([of(1, true), of(1, false)])).toBe(0.5);
  // Positives 2 and 4 against 1, 3 and 4: of six pairs 1 + 2 are right, one is equal.
  expect(auc([of(2, true), of(4, true), of(1, false), of(3, false), of(4, false)])).toBeCloseTo(3.5 / 6, 12);
  expect(auc([of(1, true)])).toBeNull();
});

it('within groups only institutions of like size are compared', () => {
  const all = [of(1, false, 1), of(2, true, 1), of(3, true, 9), of(4, false, 9)];
  const { groups, pairs, mean } = aucWithin(all, 2);
  expect(groups.map((group) => group.auc)).toEqual([1, 0]);
  expect([pairs, mean]).toEqual([0.5, 0.5]);
});

describe.skipIf(sharedData === null)('on 40 474 real claims', () => {
  it('risk index and credit tell more than size does, over all and within groups of like size', async () => {
    const figures = await runCreditBench({
      data: path.join(sharedData ?? '', 'cms-provider-fraud'),
      mapping: 'cms-provider-fraud',
      rulesDir: 'rules',
      asOf: today(),
      print: () => undefined,
    });
    expect(figures).toMatchObject({ claims: 40_474, labelled: 1_037, positives: 215 });
    const reached = (name: string): [number, number, number] => {
      const found = figures.scores.find((each) => each.name === name);
      return [found?.auc ?? 0, found?.within.pairs ?? 0, found?.within.mean ?? 0];
    };
    const [all, pairs, mean] = reached('size: settlements');
    expect(all).toBeCloseTo(0.86, 2);
    for (const name of ['risk index', 'credit: and stays beyond their peers']) {
      const [ownAll, ownPairs, ownMean] = reached(name);
      expect(ownAll).toBeGreaterThan(all + 0.02);
      expect(ownPairs).toBeGreaterThan(Math.max(pairs, 0.74));
      expect(ownMean).toBeGreaterThan(Math.max(mean, 0.74));
    }
  });
});
