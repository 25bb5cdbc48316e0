import { expect, test } from 'vitest';
import { canonicalClaim } from '../../src/claims/canonical.ts';
import { splitPersonal } from '../../src/claims/personal.ts';
import { type CurrentClaim, currentClaims } from '../../src/claims/timeline.ts';
import { loadRuleSet } from '../../src/rules/library.ts';
import { screenAll } from '../../src/screening/screen-all.ts';
import { asOf } from '../support/claims.ts';
import { randomClaims } from '../support/random-claims.ts';

function worldOf(seed: number): CurrentClaim[] {
  const claims = randomClaims(seed, 60).map((input): CurrentClaim => {
    const result = canonicalClaim(input, asOf);
    if (!result.ok) throw new Error(JSON.stringify(result.issues));
    return { claim: splitPersonal(result.claim).doc, contentHash: result.hash.toString('hex') };
  });
  return currentClaims(claims);
}

/** A worker judges several batches at the same time by one rule set, and json-rules-engine keeps state between runs. */
test('judging several worlds at once says what judging them one by one says', async () => {
  const ruleSet = await loadRuleSet('rules');
  const worlds = Array.from({ length: 12 }, (_, seed) => worldOf(seed));
  const alone: unknown[] = [];
  for (const world of worlds) alone.push(await screenAll(world, [], ruleSet));
  const together = await Promise.all(worlds.map((world) => screenAll(world, [], ruleSet)));
  expect(together).toEqual(alone);
  expect(together.flat().flatMap(({ alarms }) => alarms)).toEqual([]);
});

/** Values of findings are read by references made for each of them: what each of them left behind would fill a worker in days. */
test('what is read of a candidate is compiled once, however many references ask for it', async () => {
  const { rules } = await loadRuleSet('rules');
  for (const { read } of rules) expect(read({ fact: 'claim.setl_id' })).toBe(read({ fact: 'claim.setl_id' }));
  for (const { read, document } of rules)
    for (const name of Object.keys(document.let)) {
      const reference = { fact: name, path: document.let[name]?.path ?? '$.value' };
      expect(read({ ...reference })).toBe(read({ ...reference }));
    }
});
