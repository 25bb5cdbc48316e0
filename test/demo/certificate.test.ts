import { expect, it } from 'vitest';
import { dayOf } from '../../src/platform/civil.ts';
import { birthdayOf, bornYearsBefore } from '../../src/demo/birthday.ts';
import { certificateNumber, checkDigit } from '../../src/demo/certificate.ts';

const day = (text: string): number => dayOf(text) ?? Number.NaN;

it('computes the check digit of the standard', () => {
  // The examples of GB 11643-1999, appendix A.
  expect(checkDigit('11010519491231002')).toBe('X');
  expect(checkDigit('44052418800101001')).toBe('4');
});

it('writes birthday and sex into the number, in an area that is assigned to no place', () => {
  const number = certificateNumber(7, day('1962-12-11'), '1');
  expect(number).toMatch(/^9901\d{2}19621211\d{3}[0-9X]$/);
  expect(Number(number.slice(14, 17)) % 2).toBe(1);
  expect(Number(certificateNumber(7, day('1962-12-11'), '2').slice(14, 17)) % 2).toBe(0);
});

it('counts birthdays as ages are counted', () => {
  expect(birthdayOf(day('2011-08-03'), 14)).toBe(day('2025-08-03'));
  expect(birthdayOf(day('2012-02-29'), 14)).toBe(day('2026-03-01'));
  expect(bornYearsBefore(day('2025-08-03'), 14)).toBe(day('2011-08-03'));
});
