import { describe, expect, it } from 'vitest';
import { cityDefaults, claimsOf, generateCity } from '../../src/demo/city.ts';
import { scoreOf } from '../../src/demo/score.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import { isFullSize } from '../support/full-size.ts';
import { findPatterns, timelinesOf } from './patterns.ts';

const knowledge = await loadKnowledge(new URL('../../rules/knowledge', import.meta.url).pathname);

/** Kinds whose cases name lines, in the order of `fraudKinds`. */
const lineKinds = [
  'repeated-line',
  'exclusive-items',
  'over-daily-limit',
  'item-sex',
  'item-age',
  'trace-resold',
  'fee-outside-stay',
  'price-over-ceiling',
];

/** Looking through a whole city takes seconds, and several times as long on a busy machine. */
const cityMs = 120_000;

describe('the city holds what was planted and nothing else of the kind', { timeout: cityMs }, () => {
  it.each([
    ...(isFullSize ? [cityDefaults, { seed: 2, persons: 900, months: 3 }] : []),
    { seed: 1, persons: 300, months: 6 },
    { seed: 3, persons: 400, months: 12, start: '2025-01-01' },
    { seed: 4, persons: 150, months: 2, start: '2025-09-01' },
  ])('%o', (options) => {
    const city = generateCity(options);
    const score = scoreOf(city.truth, findPatterns(timelinesOf(claimsOf(city)), knowledge), city.lookAlikes);
    // What differs is shown with its kind, claim and note.
    expect(score.missed).toEqual([]);
    expect(score.wrong).toEqual([]);
    const byLine = score.kinds.flatMap(({ kind, lines }) =>
      lines === null ? [] : [[kind, lines.precision, lines.recall]],
    );
    expect(byLine).toEqual(lineKinds.map((kind) => [kind, 1, 1]));
  });
});
