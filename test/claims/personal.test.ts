import { expect, test } from 'vitest';
import { canonicalClaim } from '../../src/claims/canonical.ts';
import {
  joinPersonal,
  maskName,
  maskNumber,
  maskPersonal,
  splitPersonal,
} from '../../src/claims/personal.ts';
import { asOf, claimOf, fullDocument } from '../support/claims.ts';

test.each([
  ['with every field', fullDocument()],
  ['with some personal data', claimOf()],
  ['without personal data', claimOf({ person: { psn_no: 'P1', gend: '2' } })],
  [
    'with a person that is personal data only',
    claimOf({ person: { psn_no: 'P1', tel: '1', addr: '2', certno: '3', psn_name: '4' } }),
  ],
])('a claim %s comes together again byte for byte, also after JSON', (_name, input) => {
  const result = canonicalClaim(input, asOf);
  if (!result.ok) throw new Error('not canonical');
  const { doc, personal } = splitPersonal(result.claim);
  const whole = JSON.stringify(result.claim);
  expect(JSON.stringify(joinPersonal(doc, personal))).toBe(whole);
  const stored: typeof doc = JSON.parse(JSON.stringify(doc));
  expect(JSON.stringify(joinPersonal(stored, JSON.parse(JSON.stringify(personal))))).toBe(whole);
});

test('the document keeps no personal data, and staff names stay', () => {
  const result = canonicalClaim(fullDocument(), asOf);
  if (!result.ok) throw new Error('not canonical');
  const { doc, personal } = splitPersonal(result.claim);
  expect(Object.keys(personal ?? {}).toSorted()).toEqual(['addr', 'certno', 'psn_name', 'tel']);
  for (const field of ['addr', 'certno', 'psn_name', 'tel']) expect(doc.person).not.toHaveProperty(field);
  expect(doc.visit.chfpdr_name).toBe('A');
  expect(doc.lines[0]?.bilg_dr_name).toBe('A');
});

test('masks show no more than a family name and the ends of a long number', () => {
  expect(maskName('张三')).toBe('张*');
  expect(maskName('欧阳娜娜')).toBe('欧***');
  expect(maskName('𠮷田')).toBe('𠮷*');
  expect(maskName('王')).toBe('王*');
  expect(maskNumber('330702198001011234')).toBe('3307**********1234');
  expect(maskNumber('1234567')).toBe('*******');
  expect(maskPersonal({ addr: '金华市', tel: '13800000000' })).toEqual({ addr: '***', tel: '***********' });
});
