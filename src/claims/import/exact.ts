/** Exact decimal arithmetic on text of any length, for sums over columns. Values are bigints in units of 10^-`places`. */

const places = 12;
const one = 10n ** BigInt(places);
const decimal = /^([+-]?)(\d{0,20})(?:\.(\d{0,12}))?$/;

/** `null` when the text is no plain decimal number. */
export function parseExact(text: string): bigint | null {
  const match = decimal.exec(text);
  const [, sign = '', whole = '', fraction = ''] = match ?? [];
  if (match === null || whole + fraction === '') return null;
  const units = BigInt(whole + fraction.padEnd(places, '0'));
  return sign === '-' ? -units : units;
}

export function formatExact(value: bigint): string {
  const digits = String(value < 0n ? -value : value).padStart(places + 1, '0');
  const fraction = digits.slice(-places).replace(/0+$/, '');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -places)}${fraction === '' ? '' : `.${fraction}`}`;
}

/** `dividend / divisor` rounded half away from zero to `toPlaces`; the divisor must not be 0. */
export function divideExact(dividend: bigint, divisor: bigint, toPlaces: number): bigint {
  const step = one / 10n ** BigInt(toPlaces);
  const negative = dividend < 0n !== divisor < 0n;
  const n = (dividend < 0n ? -dividend : dividend) * one;
  const d = (divisor < 0n ? -divisor : divisor) * step;
  const rounded = ((n + d / 2n) / d) * step;
  return negative ? -rounded : rounded;
}
