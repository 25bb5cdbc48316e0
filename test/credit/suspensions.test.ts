/** Which lines of a person are in a period of suspension, and which are paid all the same. */
import { expect, it } from 'vitest';
import type { CreditEntry } from '../../src/credit/contract.ts';
import { loadSchemes } from '../../src/credit/scheme-files.ts';
import { suspensionOn, suspensionsOf, withoutOverlaps } from '../../src/credit/suspensions.ts';
import { dayOf } from '../../src/platform/civil.ts';

const scheme = (await loadSchemes('rules')).find((each) => each.scheme.code === 'PERSONNEL-12')?.scheme;
if (scheme?.method !== 'natural_year') throw new Error('no scheme');
const day = (text: string): number => dayOf(text) ?? 0;
const doctor = { kind: 'doctor', key: 'D1' } as const;
const fact: CreditEntry = {
  entry: 'fact',
  seq: 1,
  subject: doctor,
  day: '2026-12-15',
  fact: 'settled_for_suspended',
  basis: 'case_decision',
  points: 9,
  severity: null,
  responsibility: null,
  value: null,
  event: null,
  act: null,
  source: { reference: 'T', sha256: null },
};

it('names the period over New Year, half-open, but for emergencies and other persons', () => {
  const periods = suspensionsOf([fact], scheme, day('2027-02-01'));
  const on = (
    text: string,
    isExcepted = false,
    subject: typeof doctor | { kind: 'doctor'; key: string } = doctor,
  ) => suspensionOn(periods, subject, day(text), isExcepted)?.kind ?? null;
  expect(on('2026-12-14')).toBeNull();
  expect(on('2026-12-15')).toBe('suspended');
  expect(on('2027-01-14')).toBe('suspended');
  expect(on('2027-01-15')).toBeNull();
  expect(on('2027-01-10', true)).toBeNull();
  expect(on('2027-01-10', false, { kind: 'doctor', key: 'D2' })).toBeNull();
});

it('is gone with the fact, also for lines before the revocation', () => {
  const revocation: CreditEntry = {
    entry: 'revocation',
    seq: 2,
    subject: doctor,
    day: '2026-12-30',
    basis: 'reconsideration',
    revokes: 1,
    source: { reference: 'R', sha256: null },
  };
  expect(suspensionsOf([fact, revocation], scheme, day('2026-12-29'))).toHaveLength(1);
  expect(suspensionsOf([fact, revocation], scheme, day('2026-12-30'))).toHaveLength(0);
});

it('one state a person and day: terminations prevail, and days that meet are one period', () => {
  const period = (key: string, kind: 'suspended' | 'terminated', from: string, to: string) => ({
    subject: { kind: 'doctor' as const, key },
    kind,
    from,
    to,
    text: { zh: '', en: '' },
  });
  expect(
    withoutOverlaps([
      period('D2', 'suspended', '2026-01-01', '2026-02-01'),
      period('D1', 'suspended', '2026-01-01', '2026-02-01'),
      period('D1', 'suspended', '2026-01-20', '2026-04-20'),
      period('D1', 'terminated', '2026-03-01', '2027-03-01'),
      period('D2', 'suspended', '2026-05-01', '2026-06-01'),
    ]),
  ).toEqual([
    { key: 'D1', kind: 'suspended', from: '2026-01-01', to: '2026-03-01' },
    { key: 'D1', kind: 'terminated', from: '2026-03-01', to: '2027-03-01' },
    { key: 'D2', kind: 'suspended', from: '2026-01-01', to: '2026-02-01' },
    { key: 'D2', kind: 'suspended', from: '2026-05-01', to: '2026-06-01' },
  ]);
});
