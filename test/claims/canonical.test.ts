import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalClaim } from '../../src/claims/canonical.ts';
import type { ClaimInput } from '../../src/claims/contract.ts';
import { fitsByAjv, fitsByZod, issuesMax } from '../../src/claims/explain.ts';
import { claimShape, type Shape } from '../../src/claims/shape.ts';
import { asOf, claimOf, fullDocument, lineOf } from '../support/claims.ts';

const accepted = (input: unknown) => {
  const result = canonicalClaim(input, asOf);
  if (!result.ok) throw new Error(JSON.stringify(result.issues));
  return { ...result, bytes: JSON.stringify(result.claim) };
};
const codes = (input: unknown): string[] => {
  const result = canonicalClaim(input, asOf);
  return result.ok ? [] : result.issues.map((issue) => `${issue.path} ${issue.code}`);
};

describe('the canonical form', () => {
  test('keeps the order of the schema, drops null, and writes decimals and times in one way', () => {
    const { bytes } = accepted({
      settlement: { fund_pay_sumamt: '0040.500', medfee_sumamt: -0 },
      lines: [],
      visit: { endtime: null, begntime: '2026-01-01T08:00:00', med_type: ' 21 ', mdtrt_id: 'M1' },
      institution: { fixmedins_code: 'H1' },
      person: { brdy: '1980-02-29', psn_no: 'P1' },
      setl_time: '2026-01-05',
      setl_id: 'S1',
    });
    expect(bytes).toBe(
      '{"setl_id":"S1","setl_time":"2026-01-05","person":{"psn_no":"P1","brdy":"1980-02-29"},' +
        '"institution":{"fixmedins_code":"H1"},"visit":{"mdtrt_id":"M1","med_type":"21","begntime":"2026-01-01 08:00:00"},' +
        '"lines":[],"settlement":{"medfee_sumamt":"0","fund_pay_sumamt":"40.5"}}',
    );
  });

  test('tells a list that was not reported from one that is empty', () => {
    expect(accepted(claimOf({ diagnoses: [] })).bytes).not.toBe(accepted(claimOf()).bytes);
    expect(accepted(claimOf({ diagnoses: null })).bytes).toBe(accepted(claimOf()).bytes);
  });

  test('holds every field of the schema', () => {
    const { claim } = accepted(fullDocument());
    expect(Object.keys(claim)).toEqual(claimShape.fields.map((field) => field.name));
    expect(Object.keys(claim.lines[0] ?? {})).toHaveLength(Object.keys(lineFields()).length);
  });

  test('does not judge what a rule may judge: sums, unknown codes, negative lines, foreign diagnosis codes', () => {
    const odd = { ...lineOf('9'), cnt: -3, pric: '7', det_item_fee_sumamt: '1000000', med_list_codg: '???' };
    expect(codes(claimOf({ lines: [odd], diagnoses: [{ diag_code: '4019' }] }))).toEqual([]);
  });
});

describe('every rejection has a path, a code and no value', () => {
  const line = (over: object): unknown => claimOf({ lines: [{ ...lineOf('1'), ...over }] });
  test.each<[string, unknown, string]>([
    ['no object', 17, '$ wrong_type'],
    ['a missing field', { ...claimOf(), setl_id: undefined }, '$.setl_id missing'],
    ['a required field that is null', { ...claimOf(), visit: null }, '$.visit missing'],
    ['an unknown field', line({ quantity: 1 }), '$.lines[0].quantity unknown_field'],
    ['an unknown field that may be a name', { ...claimOf(), 张三: 1 }, "$['…'] unknown_field"],
    ['an empty text', line({ rxno: '' }), '$.lines[0].rxno empty'],
    ['a text of blanks', line({ rxno: '  ' }), '$.lines[0].rxno empty'],
    ['a long text', line({ rxno: 'x'.repeat(41) }), '$.lines[0].rxno too_long'],
    ['a number for a text', line({ rxno: 5 }), '$.lines[0].rxno wrong_type'],
    ['a control character', line({ rxno: 'a\u0000b' }), '$.lines[0].rxno bad_character'],
    ['half a character', line({ rxno: 'a\ud800' }), '$.lines[0].rxno bad_character'],
    ['damaged text', line({ rxno: 'a\ufffd' }), '$.lines[0].rxno bad_character'],
    [
      'too many decimal places',
      line({ det_item_fee_sumamt: 1.005 }),
      '$.lines[0].det_item_fee_sumamt decimal_places',
    ],
    [
      'a binary fraction',
      line({ det_item_fee_sumamt: 0.1 + 0.2 }),
      '$.lines[0].det_item_fee_sumamt decimal_places',
    ],
    ['an exponent', line({ pric: '1e3' }), '$.lines[0].pric not_a_decimal'],
    ['grouping', line({ pric: '1,000' }), '$.lines[0].pric not_a_decimal'],
    ['a tiny number', line({ pric: 1e-9 }), '$.lines[0].pric not_a_decimal'],
    [
      'a number above what is exact',
      line({ det_item_fee_sumamt: 1e15 }),
      '$.lines[0].det_item_fee_sumamt decimal_range',
    ],
    ['a string above its digits', line({ prd_days: '100' }), '$.lines[0].prd_days decimal_range'],
    ['a number above its digits', line({ prd_days: 100 }), '$.lines[0].prd_days decimal_range'],
    ['infinity', line({ cnt: Number.POSITIVE_INFINITY }), '$.lines[0].cnt not_a_decimal'],
    ['a date in another form', line({ fee_ocur_time: '2026/01/02' }), '$.lines[0].fee_ocur_time not_a_time'],
    [
      'a day that does not exist',
      line({ fee_ocur_time: '2026-02-30' }),
      '$.lines[0].fee_ocur_time no_such_date',
    ],
    [
      'a time that does not exist',
      line({ fee_ocur_time: '2026-02-28 24:00:00' }),
      '$.lines[0].fee_ocur_time no_such_time',
    ],
    ['a year before 1900', line({ fee_ocur_time: '1899-12-31' }), '$.lines[0].fee_ocur_time too_early'],
    [
      'two days after receipt',
      line({ fee_ocur_time: '2026-06-03' }),
      '$.lines[0].fee_ocur_time in_the_future',
    ],
    [
      'two lines with one number',
      claimOf({ lines: [lineOf('1'), lineOf('1')] }),
      '$.lines[1].feedetl_sn duplicate_line',
    ],
    ['a refund of itself', claimOf({ refd_setl_id: 'S1' }), '$.refd_setl_id refund_of_itself'],
    [
      'a stay that ends before it begins',
      claimOf({ visit: { mdtrt_id: 'M', med_type: '21', begntime: '2026-01-02', endtime: '2026-01-01' } }),
      '$.visit.endtime ends_before_begins',
    ],
    [
      'a trace code of no line',
      claimOf({ traces: [{ feedetl_sn: '7', drug_trac_codg: '8' }] }),
      '$.traces[0].feedetl_sn unknown_line',
    ],
    [
      'a picture where a hash is wanted',
      claimOf({
        identity_checks: [
          { check_time: '2026-01-01', method: 'face', result: 'pass', evidence_hash: 'iVBORw0KGgo=' },
        ],
      }),
      '$.identity_checks[0].evidence_hash not_a_hash',
    ],
    [
      'a score above one',
      claimOf({ identity_checks: [{ check_time: '2026-01-01', method: 'face', result: 'pass', score: 97 }] }),
      '$.identity_checks[0].score out_of_range',
    ],
    ['a name that is no field of any object', JSON.parse('{"__proto__":1}'), '$.__proto__ unknown_field'],
  ])('%s', (_name, input, expected) => {
    expect(codes(input)).toContain(expected);
  });

  test('a day later than receipt is taken: clocks differ', () => {
    expect(codes(line({ fee_ocur_time: '2026-06-02 23:59:59' }))).toEqual([]);
  });

  test('the keys of the settlement are told where they can be read', () => {
    const result = canonicalClaim({ ...claimOf(), lines: 'none' }, asOf);
    expect(result).toMatchObject({ ok: false, setl_id: 'S1', fixmedins_code: 'H33070000001' });
  });

  test('reasons that a schema gives are limited likewise, unknown fields one by one', () => {
    const unknown = Object.fromEntries(Array.from({ length: 70 }, (_, index) => [`x${index}`, 1]));
    const result = canonicalClaim({ ...claimOf(), ...unknown }, asOf);
    expect(result.ok ? null : result.issues.at(-1)).toMatchObject({ more: 70 - issuesMax });
  });

  test('the reasons of one claim are limited, and how many more there are is said', () => {
    const bad = { ...lineOf('1'), cnt: 'x' };
    const result = canonicalClaim(claimOf({ lines: Array.from({ length: 2000 }, () => bad) }), asOf);
    const issues = result.ok ? [] : result.issues;
    expect(issues.length).toBe(issuesMax + 1);
    expect(issues.filter(({ more }) => more !== undefined)).toEqual([issues.at(-1)]);
    expect(issues.at(-1)).toMatchObject({ path: '$', code: 'more_reasons', more: 2000 - issuesMax });
  });

  test('no message and no path repeats a value of the document', () => {
    const secret = '张三丰330702198001011234';
    const result = canonicalClaim(
      {
        ...claimOf(),
        person: { psn_no: secret.repeat(3), gend: secret, brdy: secret, [secret]: secret },
        lines: secret,
      },
      asOf,
    );
    expect(JSON.stringify(result)).not.toContain('张三丰');
  });
});

describe('laws', () => {
  const decimal = (digits: number, scale: number): fc.Arbitrary<string> =>
    fc
      .tuple(fc.integer({ min: -99_999, max: 99_999 }), fc.integer({ min: 0, max: 10 ** scale - 1 }))
      .map(([whole, fraction]) => {
        const kept = whole % 10 ** Math.min(5, digits - scale);
        return `${kept}${fraction === 0 ? '' : `.${String(fraction).padStart(scale, '0')}`}`;
      });

  /** Documents that fit the schema, with every optional field there or not. */
  function documents(shape: Shape): fc.Arbitrary<unknown> {
    switch (shape.kind) {
      case 'object': {
        const model: Record<string, fc.Arbitrary<unknown>> = {};
        for (const field of shape.fields) {
          const value = field.name === 'refd_setl_id' ? fc.constant('refunded') : documents(field.shape);
          model[field.name] = field.required ? value : fc.option(value, { freq: 2, nil: undefined });
        }
        return fc.record(model);
      }
      case 'list':
        return fc.array(documents(shape.item), { maxLength: 3 });
      case 'text':
        return fc
          .string({ minLength: 1, maxLength: shape.max })
          .map((text) => (/^[\x21-\x7e ]*\S[\x21-\x7e ]*$/.test(text) ? text : 'x'));
      case 'hash':
        return fc.constant('ab'.repeat(32));
      case 'decimal':
        return decimal(shape.digits, shape.scale);
      case 'date':
        return fc.constantFrom('1980-02-29', '2026-01-31', '1900-01-01');
      case 'time':
        return fc.constantFrom('2026-01-02 03:04:05', '2026-01-02', '2026-01-02 00:00:00');
      case 'integer':
        return fc.integer({ min: shape.min, max: shape.max });
      case 'number':
        return fc.constantFrom(0, 0.5, 1);
      case 'boolean':
        return fc.boolean();
    }
  }

  const claims = documents(claimShape)
    .filter((document) => canonicalClaim(document, asOf).ok)
    .map(accepted);

  test('the canonical form of a canonical form is itself', () => {
    fc.assert(
      fc.property(claims, (result) => {
        expect(accepted(JSON.parse(result.bytes)).bytes).toBe(result.bytes);
      }),
      { numRuns: 200 },
    );
  });

  test('key order, null, notation of decimals, T in times and padding do not change the hash', () => {
    fc.assert(
      fc.property(claims, fc.infiniteStream(fc.nat()), (result, choices) => {
        const choose = (n: number): number => (choices.next().value ?? 0) % n;
        const other = otherwise(claimShape, JSON.parse(result.bytes), choose);
        expect(accepted(other).hash.equals(result.hash)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  test('the hash is the SHA-256 of the canonical JSON', () => {
    fc.assert(
      fc.property(claims, ({ hash, bytes }) => {
        expect(hash.toString('hex')).toBe(createHash('sha256').update(bytes).digest('hex'));
      }),
    );
  });

  test('another value changes the hash', () => {
    const hashes = [
      claimOf(),
      claimOf({ setl_id: 'S2' }),
      claimOf({ setl_time: '2026-01-05' }),
      claimOf({ settlement: { medfee_sumamt: '50.01', fund_pay_sumamt: 40 } }),
    ].map((claim) => accepted(claim).hash.toString('hex'));
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  test('ajv and zod agree on any JSON', () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.record({ ...loose(claimOf()) })), (value) => {
        expect(fitsByAjv(value)).toBe(fitsByZod(value));
      }),
      { numRuns: 500 },
    );
  });
});

const lineFields = (): object => {
  const lines = claimShape.byName.get('lines')?.shape;
  return lines?.kind === 'list' && lines.item.kind === 'object' ? Object.fromEntries(lines.item.byName) : {};
};

/** Each part of a valid claim, or any JSON in its place. */
const loose = (claim: ClaimInput): Record<string, fc.Arbitrary<unknown>> =>
  Object.fromEntries(
    Object.entries(claim).map(([name, value]) => [name, fc.oneof(fc.constant(value), fc.jsonValue())]),
  );

/** The same claim written differently. */
function otherwise(shape: Shape, value: unknown, choose: (n: number) => number): unknown {
  if (shape.kind === 'object' && typeof value === 'object' && value !== null) {
    const given = new Map<string, unknown>(Object.entries(value));
    const entries = shape.fields.flatMap((field): [string, unknown][] => {
      if (given.has(field.name)) return [[field.name, otherwise(field.shape, given.get(field.name), choose)]];
      return choose(2) === 0 ? [] : [[field.name, null]];
    });
    return Object.fromEntries(entries.toSorted(() => choose(3) - 1));
  }
  if (shape.kind === 'list' && Array.isArray(value))
    return value.map((item) => otherwise(shape.item, item, choose));
  if (typeof value !== 'string') return value;
  if (shape.kind === 'decimal') {
    const forms = [value, Number(value), value.includes('.') ? `${value}00` : `${value}.00`];
    return forms[choose(forms.length)];
  }
  if (shape.kind === 'time') return choose(2) === 0 ? value : value.replace(' ', 'T');
  if (shape.kind === 'text') return value.length < shape.max && choose(2) === 0 ? `${value} ` : value;
  return value;
}
