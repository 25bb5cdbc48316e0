import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { canonicalClaim, quickClaim } from '../../src/claims/canonical.ts';
import type { ClaimInput } from '../../src/claims/contract.ts';
import { fitsByZod } from '../../src/claims/explain.ts';
import { claimKey } from '../../src/claims/timeline.ts';
import { checkDigit } from '../../src/demo/certificate.ts';
import {
  type City,
  cityDefaults,
  claimsOf,
  demoClaims,
  generateCity,
  personsMin,
} from '../../src/demo/city.ts';
import { fraudKinds, lookAlikeKinds, type Reference } from '../../src/demo/truth.ts';
import { dayOf } from '../../src/platform/civil.ts';
import { unitsOf } from '../../src/platform/decimal.ts';

const slowMs = 120_000;
const asOf = dayOf('2026-12-31') ?? 0;
const city = generateCity(cityDefaults);
const claims = [...claimsOf(city)];
const keyOf = (claim: ClaimInput): string => claimKey(claim.institution.fixmedins_code, claim.setl_id);
const refer = (reference: Reference): string => claimKey(reference.fixmedins_code, reference.setl_id);

/** As intake does: the careful way, which takes twice the time, only for what the quick one does not take. */
function accept(claim: ClaimInput, day: number): void {
  if (quickClaim(Buffer.from(JSON.stringify(claim)), day) !== null) return;
  const result = canonicalClaim(claim, day);
  if (!result.ok) throw new Error(`${claim.setl_id}: ${JSON.stringify(result.issues)}`);
}

const digest = (of: City): string => {
  const hash = createHash('sha256');
  for (const claim of claimsOf(of)) hash.update(JSON.stringify(claim));
  return hash.update(JSON.stringify([of.truth, of.lookAlikes])).digest('hex');
};

describe('the default city', () => {
  it('has the size that was asked for', () => {
    expect(city.persons).toHaveLength(2000);
    expect(claims.length).toBe(city.arrivals.length);
    expect(claims.length).toBeGreaterThan(20_000);
    expect(claims.length).toBeLessThan(32_000);
    const lines = claims.reduce((sum, claim) => sum + claim.lines.length, 0);
    expect(lines / claims.length).toBeGreaterThan(5);
    expect(lines / claims.length).toBeLessThan(10);
  });

  it(
    'consists of documents that intake accepts',
    () => {
      for (const claim of claims) accept(claim, asOf);
      // Slower, and proven elsewhere to agree: one in fifty.
      for (const claim of claims.filter((_, index) => index % 50 === 0)) expect(fitsByZod(claim)).toBe(true);
    },
    slowMs,
  );

  it('adds up to the fen', () => {
    const fen = (value: string | number | null | undefined): number => unitsOf(value ?? '', 2) ?? Number.NaN;
    for (const { lines, settlement } of claims) {
      const sum = (read: (line: ClaimInput['lines'][number]) => number): number =>
        lines.reduce((total, line) => total + read(line), 0);
      expect(sum((line) => fen(line.det_item_fee_sumamt))).toBe(fen(settlement.medfee_sumamt));
      expect(sum((line) => fen(line.inscp_scp_amt))).toBe(fen(settlement.inscp_scp_amt));
      expect(fen(settlement.fund_pay_sumamt) + fen(settlement.psn_part_amt)).toBe(
        fen(settlement.medfee_sumamt),
      );
      expect(fen(settlement.acct_pay) + fen(settlement.psn_cash_pay)).toBe(fen(settlement.psn_part_amt));
    }
  });

  it('has people with valid certificate numbers of their own', () => {
    const numbers = city.persons.map((person) => person.document.certno ?? '');
    expect(new Set(numbers).size).toBe(numbers.length);
    for (const number of numbers) expect(checkDigit(number.slice(0, 17))).toBe(number[17]);
  });

  it('has institutions of all levels and kinds', () => {
    const levels = new Set(city.institutions.map((each) => each.document.hosp_lv));
    for (const level of ['02', '03', '05', '06', '08', '09', '11']) expect(levels).toContain(level);
    for (const kind of ['hospital', 'clinic', 'pharmacy'])
      expect(city.institutions.some((each) => each.kind === kind)).toBe(true);
  });

  it('plants 10 to 40 cases of every kind', () => {
    const counts = fraudKinds.map((kind) => city.truth.filter((each) => each.kind === kind).length);
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(10);
    expect(Math.max(...counts)).toBeLessThanOrEqual(40);
  });

  it('shows every look-alike', () => {
    const shown = new Set(city.lookAlikes.filter((each) => each.claims.length > 0).map((each) => each.kind));
    expect(shown).toEqual(new Set(lookAlikeKinds));
  });

  it('names only claims and lines that exist', () => {
    const lines = new Map<string, Set<string>>();
    for (const claim of claims)
      lines.set(
        keyOf(claim),
        new Set([...(lines.get(keyOf(claim)) ?? []), ...claim.lines.map((line) => line.feedetl_sn)]),
      );
    const references = [
      ...city.truth.flatMap((each) => [each, ...each.involved]),
      ...city.lookAlikes.flatMap((each) => each.claims),
    ];
    for (const reference of references) {
      expect([reference.setl_id, lines.has(refer(reference))]).toEqual([reference.setl_id, true]);
      for (const sn of reference.feedetl_sn ?? []) expect(lines.get(refer(reference))?.has(sn)).toBe(true);
    }
  });

  it('gives every planted case claims of its own', () => {
    const flagged = city.truth.map(refer);
    expect(new Set(flagged).size).toBe(flagged.length);
  });

  it('has refunds, negative lines, revisions, repeats and late arrivals', () => {
    expect(claims.filter((claim) => claim.refd_setl_id != null).length).toBeGreaterThan(50);
    expect(
      claims.filter(
        (claim) => claim.refd_setl_id == null && claim.lines.some((line) => String(line.cnt).startsWith('-')),
      ).length,
    ).toBeGreaterThan(20);
    const versions = new Map<string, Set<string>>();
    let sentAgain = 0;
    for (const claim of claims) {
      const known = versions.get(keyOf(claim)) ?? new Set();
      if (known.has(JSON.stringify(claim))) sentAgain++;
      versions.set(keyOf(claim), known.add(JSON.stringify(claim)));
    }
    expect([...versions.values()].filter((known) => known.size > 1).length).toBeGreaterThan(50);
    expect(sentAgain).toBeGreaterThanOrEqual(10);
    let latest = '';
    let late = 0;
    for (const claim of claims) {
      if (claim.setl_time < latest.slice(0, 10)) late++;
      if (claim.setl_time > latest) latest = claim.setl_time;
    }
    expect(late).toBeGreaterThan(200);
  });

  it('arrives no earlier than it was settled', () => {
    city.arrivals.forEach(({ second }, index) => {
      const claim = claims[index];
      const settled = new Date(`${claim?.setl_time.replace(' ', 'T')}Z`).getTime() / 1000;
      expect(second).toBeGreaterThanOrEqual(settled);
    });
  });
});

describe('generateCity', () => {
  const small = { seed: 7, persons: 240, months: 3 };

  it('is the same for the same seed and another for another', () => {
    const first = digest(generateCity(small));
    expect(digest(generateCity(small))).toBe(first);
    expect(digest(generateCity({ ...small, seed: 8 }))).not.toBe(first);
  });

  it('writes the same documents whether asked at once or one by one', () => {
    const whole = [...demoClaims(small)].map((claim) => JSON.stringify(claim));
    let index = 0;
    for (const claim of demoClaims(small)) expect(JSON.stringify(claim)).toBe(whole[index++]);
  });

  it.each([
    { seed: 0, persons: personsMin, months: 2 },
    { seed: 1, persons: personsMin, months: 12 },
    { seed: 2, persons: 500, months: 2, start: '2026-01-01' },
    { seed: 3, persons: 300, months: 6, start: '2024-02-29' },
  ])('plants every kind in the smallest and oddest of cities: %o', (options) => {
    const odd = generateCity(options);
    expect(new Set(odd.truth.map((each) => each.kind)).size).toBe(fraudKinds.length);
    expect(new Set(odd.lookAlikes.map((each) => each.kind)).size).toBe(lookAlikeKinds.length);
    for (const claim of claimsOf(odd)) accept(claim, dayOf('2027-12-31') ?? 0);
  });

  it.each([
    { seed: 1, persons: personsMin - 1, months: 6 },
    { seed: 1, persons: 2000, months: 1 },
    { seed: 1, persons: 2000.5, months: 6 },
    { seed: 1, persons: 2000, months: 6, start: '2025-02-30' },
  ])('refuses %o', (options) => {
    expect(() => generateCity(options)).toThrow(RangeError);
  });
});
