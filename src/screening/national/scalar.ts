/** Reads single values of the national contract, each with the habits of many systems. Pure. */
import { createHash } from 'node:crypto';
import { secondOf } from '../../platform/civil.ts';
import { unitsOf } from '../../platform/decimal.ts';

export type Scalar = string | number | boolean | null | undefined;

/** Ids of the contract are C50, ours C30; an id that is longer is represented by its hash. */
export const idCharsMax = 30;

/** One object where the contract has a list is a list of one; `''` is no list. */
export function itemsOf<Item>(list: Item[] | Item | '' | null | undefined): Item[] | undefined {
  if (list === null || list === undefined || list === '') return undefined;
  return Array.isArray(list) ? list : [list];
}

/** `''` and `-` are how systems say that something is not stated. */
export function textOf(value: Scalar): string | undefined {
  if (value === null || value === undefined) return undefined;
  const text = String(value).trim();
  return text === '' || text === '-' || text === 'null' ? undefined : text;
}

/** A code that is too long is no code of the list: not stated. */
export function codeOf(value: Scalar, charsMax: number): string | undefined {
  const text = textOf(value);
  return text === undefined || text.length > charsMax ? undefined : text;
}

export const nameOf = (value: Scalar, charsMax: number): string | undefined =>
  clipped(textOf(value), charsMax);

/** Cut at a whole character. */
function clipped(text: string | undefined, charsMax: number): string | undefined {
  return text === undefined || text.length <= charsMax
    ? text
    : text.slice(0, charsMax).replace(/[\ud800-\udbff]$/, '');
}

export const idOf = (text: string): string =>
  text.length <= idCharsMax
    ? text
    : `~${createHash('sha256')
        .update(text)
        .digest('hex')
        .slice(0, idCharsMax - 1)}`;

const timeForm = /^(\d{4})[-/](\d{2})[-/](\d{2})(?:[ T](\d{2}:\d{2})(:\d{2})?(?:\.\d{1,9})?)?$/;

/** `yyyy-MM-dd HH:mm:ss` or `yyyy-MM-dd`; a time with a zone or as a number is not read, because it could be off by hours. */
export function timeOf(value: Scalar): string | undefined {
  const match = timeForm.exec(textOf(value) ?? '');
  if (match === null) return undefined;
  const [, year, month, day, minute, second = ':00'] = match;
  const text = `${year}-${month}-${day}${minute === undefined ? '' : ` ${minute}${second}`}`;
  return secondOf(text) === null ? undefined : text;
}

export function unitsOfScalar(value: Scalar, scale: number): number | undefined {
  return typeof value === 'boolean' ? undefined : (unitsOf(textOf(value) ?? '', scale) ?? undefined);
}
