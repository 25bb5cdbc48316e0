/**
 * Exact decimals. On the wire a quantity is a JSON number or a decimal string; inside it is an integer of its smallest unit:
 * money in fen (scale 2), counts in 1/10 000 (scale 4), unit prices in micro-yuan (scale 6). No binary fraction is ever added.
 */

/** Decimal places of each kind of quantity on the national platform: N16,2 · N16,4 · N16,6 · N5,4 for ratios. */
export const scales = { money: 2, count: 4, price: 6 } as const;

/** Largest absolute value taken, in units of the last place: what a double still holds exactly. */
const UNITS_MAX = Number.MAX_SAFE_INTEGER;

const decimalText = /^-?\d{1,16}(?:\.\d{1,10})?$/;

/**
 * The integer number of smallest units in a decimal, or `null` when the text is no decimal, has more than `scale` significant
 * decimal places, or does not fit. `unitsOf('12.50', 2) === 1250`.
 */
export function unitsOf(value: string | number, scale: number): number | null {
  const text = typeof value === 'number' ? plain(value) : value;
  if (text === null) return null;
  return shortUnits(text, scale) ?? longUnits(text, scale);
}

/** Digits that a double holds exactly in any order of multiplying by ten. */
const exactDigits = 15;

/** Nearly all decimals are short and need no text to be made; `null` for any that `longUnits` has to look at. */
function shortUnits(text: string, scale: number): number | null {
  const { length } = text;
  let units = 0;
  let fraction = -1;
  if (length === 0 || length + scale > exactDigits) return null;
  for (let at = 0; at < length; at += 1) {
    const digit = text.charCodeAt(at) - 48;
    if (digit >= 0 && digit <= 9) {
      units = units * 10 + digit;
      if (fraction >= 0) fraction += 1;
    } else if (digit === -2 && fraction < 0 && at > 0) fraction = 0;
    else return null;
  }
  if (fraction === 0 || fraction > scale) return null;
  for (let places = Math.max(0, fraction); places < scale; places += 1) units *= 10;
  return units;
}

function longUnits(text: string, scale: number): number | null {
  if (!decimalText.test(text)) return null;
  const point = text.indexOf('.');
  const whole = point < 0 ? text : text.slice(0, point);
  const fraction = point < 0 ? '' : text.slice(point + 1).replace(/0+$/, '');
  if (fraction.length > scale) return null;
  const units = Number(whole + fraction.padEnd(scale, '0'));
  // `-0.00` is zero: a negative zero would print and hash differently.
  return Math.abs(units) <= UNITS_MAX ? units + 0 : null;
}

/** The shortest decimal string of an integer number of smallest units: `decimalOf(1250, 2) === '12.5'`. */
export function decimalOf(units: number, scale: number): string {
  const sign = units < 0 ? '-' : '';
  const digits = String(Math.abs(units)).padStart(scale + 1, '0');
  const fraction = digits.slice(digits.length - scale).replace(/0+$/, '');
  return sign + digits.slice(0, digits.length - scale) + (fraction === '' ? '' : `.${fraction}`);
}

/** Two decimals and no grouping, as amounts are printed: `yuan(1250) === '12.50'`. */
export function yuan(fen: number): string {
  const digits = String(Math.abs(fen)).padStart(3, '0');
  return `${fen < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/**
 * The double closest to `units / 10^scale`. Two decimals with the same scale compare as their units do, so rules may compare these
 * numbers with literals; they must never be added.
 */
export const numberOf = (units: number, scale: number): number => units / 10 ** scale;

/** `part / whole` of an amount in its smallest unit, rounded half up, exact at any size; 0 of nothing. */
export const portion = (units: number, part: number, whole: number): number =>
  whole === 0 ? 0 : Number((2n * BigInt(units) * BigInt(part) + BigInt(whole)) / (2n * BigInt(whole)));

function plain(value: number): string | null {
  if (!Number.isFinite(value)) return null;
  const text = String(value);
  return text.includes('e') ? null : text;
}
