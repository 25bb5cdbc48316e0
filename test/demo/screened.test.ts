/** The shipped rules on the demo city: what the README may say about precision and recall. */
import { expect, it } from 'vitest';
import { canonicalClaim } from '../../src/claims/canonical.ts';
import { currentClaims } from '../../src/claims/timeline.ts';
import { claimsOf, generateCity } from '../../src/demo/city.ts';
import { kindsOfRule, scoreOf } from '../../src/demo/score.ts';
import { fraudKinds } from '../../src/demo/truth.ts';
import { dayOf } from '../../src/platform/civil.ts';
import { loadRuleSet } from '../../src/rules/library.ts';
import { screenAll } from '../../src/screening/screen-all.ts';

const asOf = dayOf('2026-12-31') ?? 0;
const ruleSet = await loadRuleSet(new URL('../../rules', import.meta.url).pathname);

it('scores rules of the library alone; of the others nothing is planted', () => {
  const codes = ruleSet.rules.map((rule) => rule.document.code);
  for (const code of Object.keys(kindsOfRule)) expect(codes).toContain(code);
});

it.each([
  { seed: 11, persons: 700, months: 6 },
  { seed: 12, persons: 300, months: 4, start: '2025-08-15' },
])(
  'finds all that was planted and nothing else: %o',
  async (options) => {
    const city = generateCity(options);
    const claims = [];
    for (const input of claimsOf(city)) {
      const result = canonicalClaim(input, asOf);
      if (!result.ok) throw new Error(JSON.stringify(result.issues));
      claims.push({ claim: result.claim, contentHash: result.hash.toString('hex') });
    }
    const verdicts = await screenAll(currentClaims(claims), [], ruleSet);
    const score = scoreOf(
      city.truth,
      verdicts.flatMap((verdict) => verdict.findings),
      city.lookAlikes,
    );
    expect(score.missed).toEqual([]);
    expect(score.wrong).toEqual([]);
    expect(score.otherRules).toEqual({});
    expect(score.kinds.map(({ kind, claims }) => [kind, claims.precision, claims.recall])).toEqual(
      fraudKinds.map((kind) => [kind, 1, 1]),
    );
    const byLine = score.kinds.flatMap(({ lines }) =>
      lines === null ? [] : [[lines.precision, lines.recall]],
    );
    expect(new Set(byLine.flat())).toEqual(new Set([1]));
  },
  120_000,
);
