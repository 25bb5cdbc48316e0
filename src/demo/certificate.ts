/**
 * Resident certificate numbers (GB 11643-1999) of people who do not exist: the check digit is right, the area 9901xx is assigned to
 * no place.
 */
import { formatDay } from '../platform/civil.ts';

const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const checkDigits = '10X98765432';
const AREA_FIRST = 990101;
const AREAS = 99;
/** Sequence numbers per area and birthday: odd for men, even for women. */
const SEQUENCES = 499;

export function certificateNumber(personIndex: number, birthDay: number, gend: '1' | '2'): string {
  const area = AREA_FIRST + (Math.floor(personIndex / SEQUENCES) % AREAS);
  const sequence = (personIndex % SEQUENCES) * 2 + (gend === '1' ? 1 : 2);
  const body = `${area}${formatDay(birthDay).replaceAll('-', '')}${String(sequence).padStart(3, '0')}`;
  return body + checkDigit(body);
}

/** The 18th character of the first 17 digits. */
export function checkDigit(body: string): string {
  const sum = weights.reduce((total, weight, at) => total + weight * (body.charCodeAt(at) - 48), 0);
  return checkDigits.charAt(sum % 11);
}
