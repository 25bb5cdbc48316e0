import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type CanonicalClaim,
  carefulClaim,
  quickClaim,
  type RejectedClaim,
} from '../../src/claims/canonical.ts';
import type { ClaimInput } from '../../src/claims/contract.ts';
import { splitPersonal } from '../../src/claims/personal.ts';
import { documentOf } from '../../src/claims/stored.ts';
import { cityDefaults, claimsOf, generateCity } from '../../src/demo/city.ts';
import { dayOf } from '../../src/platform/civil.ts';
import { asOf, claimOf, fullDocument, lineOf } from '../support/claims.ts';
import { randomClaims } from '../support/random-claims.ts';

/** All of a result as one text, so that the order of keys counts. */
const told = (result: CanonicalClaim | RejectedClaim | null): string =>
  result?.ok === true
    ? JSON.stringify([
        result.claim,
        result.hash.toString('hex'),
        result.doc.toString(),
        result.personal?.toString(),
      ])
    : JSON.stringify(result);
const quickly = (input: unknown, day = asOf): string => told(quickClaim(input, day));
const carefully = (input: unknown, day = asOf): string => told(carefulClaim(input, day));

describe('the quick pass takes ordinary claims as the careful one does, byte for byte', () => {
  test('the demo city', () => {
    const day = dayOf('2026-12-31') ?? 0;
    for (const claim of claimsOf(generateCity({ ...cityDefaults, persons: 200 })))
      expect(quickly(claim, day)).toBe(carefully(claim, day));
  });

  test('random claims that meet each other in every way', () => {
    for (let seed = 0; seed < 30; seed += 1)
      for (const claim of randomClaims(seed, 100)) expect(quickly(claim)).toBe(carefully(claim));
  });

  test('every field of the schema', () => {
    expect(quickly(fullDocument())).toBe(carefully(fullDocument()));
  });

  test('a claim of more text than is kept ready, and a small one after it', () => {
    const lines = Array.from({ length: 3000 }, (_, at) => ({
      ...lineOf(String(at)),
      medins_list_name: '药'.repeat(200),
    }));
    for (const claim of [claimOf({ lines }), claimOf()]) expect(quickly(claim)).toBe(carefully(claim));
  });

  test.each([
    [
      'all personal data',
      { psn_no: 'P1', certno: '1', psn_name: '张三', naty: '01', tel: '2', addr: '街"1"' },
    ],
    ['none', { psn_no: 'P1', gend: '2' }],
    ['the last member of the person', { psn_no: 'P1', gend: '2', addr: '3' }],
  ])('the document without personal data, and these alone: %s', (_name, person) => {
    const quick = quickClaim(claimOf({ person }), asOf);
    if (quick === null) throw new Error('not taken');
    const { doc, personal } = splitPersonal(quick.claim);
    expect(documentOf(quick.doc.toString())).toEqual(doc);
    expect(quick.personal?.toString() ?? 'null').toBe(JSON.stringify(personal));
  });
});

describe('whatever stands in a field, the quick pass takes it as the careful one does, or not at all', () => {
  const agree = (input: unknown): boolean => {
    const quick = quickly(input);
    return quick === 'null' || quick === carefully(input);
  };
  /** How many were taken: a law about nothing shows nothing. */
  const check = (
    values: fc.Arbitrary<unknown>,
    place: (value: unknown) => unknown,
    takenMin: number,
  ): void => {
    let taken = 0;
    fc.assert(
      fc.property(values, (value) => {
        const input = place(value);
        if (quickly(input) !== 'null') taken += 1;
        return agree(input);
      }),
      { numRuns: 3000 },
    );
    expect(taken).toBeGreaterThan(takenMin);
  };
  const inLine = (field: keyof ClaimInput['lines'][number]) => (value: unknown) => ({
    ...claimOf(),
    lines: [{ ...lineOf('1'), [field]: value }],
  });

  test('texts of any characters', () => {
    const any = fc.string({ unit: 'binary', maxLength: 12 });
    const usual = fc.string({
      unit: fc.constantFrom(...'aZ09 中医　\u00a0\u0085\u009f"\\\t\n\u007f\u2028é😀'),
      maxLength: 8,
    });
    const halves = fc
      .array(fc.integer({ min: 0xd7fe, max: 0xe001 }), { maxLength: 4 })
      .map((codes) => String.fromCharCode(...codes));
    check(fc.oneof(any, usual, halves), inLine('medins_list_name'), 500);
  });

  test('decimals', () => {
    const text = fc.stringMatching(/^-?[0-9]{0,3}[0-9]{0,13}\.?[0-9]{0,2}0{0,3}$/);
    const wild = fc.string({ unit: fc.constantFrom(...'0019.-+e '), maxLength: 7 });
    const number = fc.oneof(
      fc.double(),
      fc.integer(),
      fc.integer({ max: 99_999 }).map((fen) => fen / 100),
    );
    check(fc.oneof(text, wild, number), inLine('det_item_fee_sumamt'), 500);
    check(fc.oneof(text, wild, number), inLine('prd_days'), 100);
  });

  test('times and days', () => {
    const two = fc.oneof(
      fc.constantFrom('00', '01', '02', '12', '23', '28', '29', '30', '31', '59'),
      fc.stringMatching(/^[0-9:]{2}$/),
    );
    const year = fc.constantFrom('1899', '1900', '2000', '2024', '2026', '20:6');
    const day = fc.tuple(year, two, two).map((parts) => parts.join('-'));
    const time = fc
      .tuple(day, fc.constantFrom(' ', 'T', 'Z'), two, two, two)
      .map(([of, separator, ...parts]) => `${of}${separator}${parts.join(':')}`);
    check(fc.oneof(day, time), inLine('fee_ocur_time'), 20);
    check(fc.oneof(day, time), (value) => ({ ...claimOf(), person: { psn_no: 'P', brdy: value } }), 20);
  });

  test('numbers, truth values and hashes', () => {
    const any = fc.oneof(
      fc.constantFrom(0, -0, 1, 0.5, 999, 1000, true, false, 'ab'.repeat(32), 'AB'.repeat(32)),
      fc.jsonValue(),
    );
    const check1 = { check_time: '2026-01-01', method: 'face', result: 'pass' };
    for (const field of ['score', 'liveness', 'evidence_hash'])
      check(any, (value) => ({ ...claimOf(), identity_checks: [{ ...check1, [field]: value }] }), 50);
    check(any, (value) => ({ ...claimOf(), diagnoses: [{ diag_code: 'I10', diag_srt_no: value }] }), 50);
  });

  test('objects with fields that are not ours, or not their own', () => {
    const odd = [
      { ...claimOf(), foo: 1 },
      { ...claimOf(), foo: undefined },
      { ...claimOf(), clr_type: undefined },
      Object.create(claimOf()),
      Object.assign([], claimOf()),
      { ...claimOf(), person: Object.assign(Object.create({ gend: '1' }), { psn_no: 'P1' }) },
      { ...claimOf(), lines: { length: 0 } },
      { ...claimOf(), lines: [lineOf('1'), null] },
      { ...claimOf(), lines: Array(1) },
    ];
    for (const input of odd) expect(agree(input)).toBe(true);
  });
});
