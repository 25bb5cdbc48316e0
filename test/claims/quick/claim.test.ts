import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { benchClaim } from '../../../src/bench/claims.ts';
import { canonicalClaim, quickClaim } from '../../../src/claims/canonical.ts';
import type { ClaimInput } from '../../../src/claims/contract.ts';
import { cityDefaults, claimsOf, generateCity } from '../../../src/demo/city.ts';
import { dayOf } from '../../../src/platform/civil.ts';
import { asOf, claimOf, fullDocument, lineOf } from '../../support/claims.ts';
import { randomClaims } from '../../support/random-claims.ts';
import { referenceOf, told } from '../../support/reference.ts';

const quickly = (text: string, day = asOf): string => told(quickClaim(Buffer.from(text), day));
const carefully = (text: string, day = asOf): string => told(referenceOf(Buffer.from(text), day));
/** What is taken, and in the same way. */
function expectTaken(text: string, day = asOf): void {
  const quick = quickly(text, day);
  expect(quick).not.toBe('null');
  expect(quick).toBe(carefully(text, day));
}

describe('the quick pass takes ordinary claims as the careful one does, byte for byte', () => {
  test('the demo city', () => {
    const day = dayOf('2026-12-31') ?? 0;
    for (const claim of claimsOf(generateCity({ ...cityDefaults, persons: 200 })))
      expectTaken(JSON.stringify(claim), day);
  });

  test('the benchmark', () => {
    for (let index = 0; index < 2000; index += 1)
      expectTaken(benchClaim(index, { persons: 500, history: 1000 }));
  });

  test('random claims that meet each other in every way', () => {
    for (let seed = 0; seed < 30; seed += 1)
      for (const claim of randomClaims(seed, 100)) expectTaken(JSON.stringify(claim));
  });

  test('every field of the schema', () => {
    expectTaken(JSON.stringify(fullDocument()));
  });

  test('a claim of more text than most, and a small one after it', () => {
    const lines = Array.from({ length: 3000 }, (_, at) => ({
      ...lineOf(String(at)),
      medins_list_name: '药'.repeat(200),
    }));
    for (const claim of [claimOf({ lines }), claimOf()]) expectTaken(JSON.stringify(claim));
  });

  test('what the careful pass made canonical, however unusual it was', () => {
    const odd = claimOf({
      setl_id: ' ¥S\u00a0"1"\\',
      lines: [{ ...lineOf('é'), cnt: 1e-4, pric: '0012.500', det_item_fee_sumamt: '90071992547409.91' }],
      identity_checks: [{ check_time: '2026-01-01T08:00:00', method: 'face', result: 'x', score: 1e-7 }],
      settlement: { medfee_sumamt: -0 },
    });
    expect(quickly(JSON.stringify(odd))).toBe('null');
    const result = canonicalClaim(odd, asOf);
    expect(result.ok && told(result.storable)).toBe(carefully(JSON.stringify(odd)));
  });

  test.each([
    [
      'all personal data',
      { psn_no: 'P1', certno: '1', psn_name: '张三', naty: '01', tel: '2', addr: '街"1"' },
    ],
    ['none', { psn_no: 'P1', gend: '2' }],
    ['the last member of the person', { psn_no: 'P1', gend: '2', addr: '3' }],
  ])('the document without personal data, and these alone: %s', (_name, person) => {
    expectTaken(JSON.stringify(claimOf({ person })));
  });

  test.each([
    [
      'who ordered the lines, each once',
      [{ bilg_dr_codg: 'D2' }, { bilg_dr_codg: 'D1' }, { bilg_dr_codg: 'D2' }],
      'D2\u001fD1',
    ],
    ['the attending doctor where a line does not say', [{ bilg_dr_codg: 'D2' }, {}], 'D2\u001fD9'],
    [
      'nobody else for a line of another day',
      [{ bilg_dr_codg: 'D2' }, { bilg_dr_codg: 'D3', fee_ocur_time: '2025-01-11' }],
      'D2',
    ],
    [
      'the attending doctor where the day has no line',
      [{ bilg_dr_codg: 'D3', fee_ocur_time: '2025-01-11' }],
      'D9',
    ],
    [
      'not where a line takes another back',
      [{ bilg_dr_codg: 'D2' }, { bilg_dr_codg: 'D2', cnt: '-1' }],
      '\\N',
    ],
    ['not what is written with escapes', [{ bilg_dr_codg: 'D"2' }], '\\N'],
    ['not so many', Array.from({ length: 21 }, (_, at) => ({ bilg_dr_codg: `D${at}` })), '\\N'],
  ])('the key of a visit says whose work it is: %s', (_name, given, expected) => {
    const visit = {
      ...claimOf().visit,
      begntime: '2025-01-10 09:00:00',
      endtime: '2025-01-12',
      atddr_no: 'D9',
    };
    const lines = given.map((line, at) => {
      const { bilg_dr_codg: _other, ...rest } = lineOf(String(at));
      return { ...rest, fee_ocur_time: '2025-01-10 10:00:00', ...line };
    });
    const text = JSON.stringify(claimOf({ visit, lines }));
    expectTaken(text);
    const taken = quickClaim(Buffer.from(text), asOf);
    expect(taken?.rows.toString('utf8', 0, taken.keysBytes).trimEnd().split('\t').at(-1)).toBe(expected);
  });

  test.each([
    ['an end before the beginning', { visit: { ...claimOf().visit, endtime: '2025-12-31' } }],
    ['a refund of itself', { refd_setl_id: 'S1' }],
    ['a line twice', { lines: [lineOf('1'), lineOf('2'), lineOf('1')] }],
    ['a trace of no line', { traces: [{ feedetl_sn: '3', drug_trac_codg: '8' }] }],
  ])('fields that do not agree are handed back: %s', (_name, over) => {
    expect(quickly(JSON.stringify(claimOf(over)))).toBe('null');
  });

  test.each([
    ['lines in no order', { lines: [lineOf('10'), lineOf('9'), lineOf('b'), lineOf('a')] }],
    ['a stay without an end', { visit: { mdtrt_id: 'M1', med_type: '21', begntime: '2026-01-01' } }],
    ['a visit without an end', { visit: { mdtrt_id: 'M1', med_type: '11', begntime: '2026-01-01' } }],
    ['the dead', { person: { psn_no: 'P', surv_stas: '2' } }],
    ['texts that COPY must escape', { setl_id: 'a\tb\\c"', medins_setl_id: '\\', clr_type: 'é"中' }],
    ['no lines', { lines: [] }],
  ])('what agrees is taken: %s', (_name, over) => {
    expectTaken(JSON.stringify(claimOf(over)));
  });
});

describe('a claim is the same however its JSON is written', () => {
  const same = (text: string, claim: unknown): void => {
    expect(quickly(text)).toBe(carefully(JSON.stringify(claim)));
  };

  test('members in any order, and null for what is absent', () => {
    const traces = ['2', '1'].map((feedetl_sn) => ({ feedetl_sn, drug_trac_codg: '8', trdn_flag: null }));
    const claims = [claimOf({ traces }), ...randomClaims(7, 20), fullDocument()];
    fc.assert(
      fc.property(fc.constantFrom(...claims), fc.infiniteStream(fc.double()), (claim, keys) => {
        same(JSON.stringify(shuffled(claim, keys)), claim);
      }),
      { numRuns: 500 },
    );
  });

  test('with white space', () => {
    for (const space of ['\t', '  ', '\n\r'])
      same(` ${JSON.stringify(fullDocument(), null, space)}\r\n`, fullDocument());
  });

  test('with characters as escapes', () => {
    const claim = claimOf({ person: { psn_no: 'P/1', psn_name: '张三 😀 "é"', addr: 'a\tb\\' } });
    const text = JSON.stringify(claim);
    same(text.replaceAll(/[\u0080-\uffff]/g, escapeOf).replaceAll('/', '\\/'), claim);
    same(text.replace('P/1', escapeOf('P') + escapeOf('/') + escapeOf('1')), claim);
  });

  test.each([
    ['a byte order mark', (text: string) => `\ufeff${text}`],
    ['something behind it', (text: string) => `${text}{}`],
    ['a member twice', (text: string) => text.replace('{', '{"setl_id":"S0",')],
    [
      'an object twice',
      (text: string) => text.replace('"visit"', '"drg":{"drg_code":"A"},"drg":null,"visit"'),
    ],
    ['a name with escapes', (text: string) => text.replace('setl_id', escapeOf('s') + 'etl_id')],
    ['half a pair', (text: string) => text.replace('张', escapeOf('\ud83d'))],
    ['a comma too many', (text: string) => text.replace('}', ',}')],
    ['no comma', (text: string) => text.replace('},', '}')],
    ['another object behind an object', (text: string) => text.replace('},', '}}')],
    ['an end in the middle', (text: string) => text.slice(0, 100)],
    ['a zero byte', (text: string) => text.replace('张', '\0')],
    ['nothing', () => ''],
  ])('%s is handed back', (_name, changed) => {
    expect(quickly(changed(JSON.stringify(claimOf())))).toBe('null');
  });

  test('bytes that are no UTF-8 are handed back', () => {
    const bytes = Buffer.from(JSON.stringify(claimOf()));
    bytes[bytes.indexOf('张') + 1] = 0x20;
    expect(quickClaim(bytes, asOf)).toBeNull();
  });
});

const escapeOf = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** The same value with the members of every object in another order. */
function shuffled(value: unknown, keys: Iterator<number>): unknown {
  if (Array.isArray(value)) return value.map((item) => shuffled(item, keys));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, inner]): [number, string, unknown] => [
        keys.next().value ?? 0,
        name,
        shuffled(inner, keys),
      ])
      .sort(([a], [b]) => a - b)
      .map(([, name, inner]) => [name, inner]),
  );
}

describe('whatever stands in a field, the quick pass takes it as the careful one does, or not at all', () => {
  const agree = (text: string): boolean => {
    const quick = quickly(text);
    return quick === 'null' || quick === carefully(text);
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
        const text = JSON.stringify(place(value));
        if (quickly(text) !== 'null') taken += 1;
        return agree(text);
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

  test('objects with fields that are not ours, and lists that are none', () => {
    const odd = [
      { ...claimOf(), foo: 1 },
      { ...claimOf(), foo: null },
      { ...claimOf(), lines: { length: 0 } },
      { ...claimOf(), lines: [lineOf('1'), null] },
      { ...claimOf(), person: [] },
      { ...claimOf(), diagnoses: Array.from({ length: 201 }, () => ({ diag_code: 'I10' })) },
      [claimOf()],
      null,
    ];
    for (const input of odd) expect(quickly(JSON.stringify(input))).toBe('null');
  });

  test('the longest lists that the schema allows', () => {
    expectTaken(
      JSON.stringify(claimOf({ diagnoses: Array.from({ length: 200 }, () => ({ diag_code: 'I10' })) })),
    );
  });
});
