/**
 * The careful way to the canonical form of a claim, which knows every reason why a document is none.
 *
 * Structure is judged by ajv, compiled once from the JSON Schema of the zod schema; only when ajv refuses is zod asked, which knows
 * every reason. A test proves that the two agree. Everything a schema cannot say – decimal places, real calendar days, line numbers
 * that occur twice – is judged by one walk along the schema, which also makes the canonical form.
 *
 * Not judged here, because a rule may judge it later with its legal basis: whether cnt × pric gives the sum, whether a code is known.
 */
import { Ajv2020 } from 'ajv/dist/2020.js';
import { z } from 'zod';
import { dayOf, formatDay, secondOf } from '../platform/civil.ts';
import { decimalOf, unitsOf } from '../platform/decimal.ts';
import { type Claim, type ClaimIssue, claimSchema } from './contract.ts';
import { type IssueCode, type IssueDetails, issue } from './issues.ts';
import { claimShape, type Shape } from './shape.ts';
import { checkTogether } from './together.ts';

/** Reasons listed for one claim; of what is wrong beyond them the last one says how much it is. */
export const issuesMax = 50;
/** A clock that runs ahead at a hospital must not cost it its claims; a date typed wrong must not stand for years. */
export const futureDaysMax = 1;
export const yearMin = 1900;
/** Up to this many digits in all are exact in a double, whatever the scale. */
export const exactDigits = 15;
/**
 * Control characters other than tab and line breaks, halves of surrogate pairs, and U+FFFD, which stands where text was damaged on its
 * way: PostgreSQL would refuse them, or a code would silently match nothing.
 */
export const badCharacter = /[^\P{Cc}\t\n\r]|\p{Cs}|\ufffd/u;

export type ExplainedClaim =
  | { ok: true; claim: Claim }
  | {
      ok: false;
      issues: ClaimIssue[];
      /** The keys of the settlement where they can be read at all, so that a hospital finds its claim in the quarantine. */
      setl_id: string | null;
      fixmedins_code: string | null;
    };

let compiled: ((input: unknown) => boolean) | undefined;
/** Compiled when it is first asked: it takes a third of a second, and of the processes that load this file most never ask. */
function fits(input: unknown): boolean {
  compiled ??= new Ajv2020({ allErrors: false, strict: true, strictTypes: false }).compile(
    z.toJSONSchema(claimSchema, { io: 'input' }),
  );
  return compiled(input);
}

/**
 * @param input any JSON value; never throws
 * @param lastDay the last day a claim may speak of, as a day number (`platform/civil.ts`)
 */
export function explainClaim(input: unknown, lastDay: number): ExplainedClaim {
  if (!fits(input)) return { ok: false, issues: structureIssues(input), ...keysOf(input) };
  const walk: Walk = { path: [], issues: [], unlisted: { n: 0 }, lastDay: formatDay(lastDay) };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the walk follows the schema from which `Claim` is inferred, and `input` fits it
  const claim = canonicalObject(claimShape, input, walk) as Claim;
  if (walk.issues.length === 0) checkTogether(claim, (code, ...path) => report({ ...walk, path }, code));
  return walk.issues.length === 0
    ? { ok: true, claim }
    : { ok: false, issues: issuesOf(walk), ...keysOf(input) };
}

/** The same judgement of the structure by zod alone: what ajv must agree with. */
export const fitsByZod = (input: unknown): boolean => claimSchema.safeParse(input).success;
export const fitsByAjv = (input: unknown): boolean => fits(input);

type JsonObject = { readonly [name: string]: unknown };
type Walk = {
  /** names and positions from the document's root to the value at hand */
  readonly path: (string | number)[];
  readonly issues: ClaimIssue[];
  /** what is beyond `issuesMax`, in an object that the walks of one document share */
  readonly unlisted: { n: number };
  readonly lastDay: string;
};

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function report<Code extends IssueCode>(walk: Walk, code: Code, ...details: IssueDetails<Code>): void {
  if (walk.issues.length < issuesMax) walk.issues.push(issue(jsonPath(walk.path), code, ...details));
  else walk.unlisted.n += 1;
}

function issuesOf({ issues, unlisted: { n: more } }: Walk): ClaimIssue[] {
  return more === 0 ? issues : [...issues, { ...issue('$', 'more_reasons', { more }), more }];
}

function canonicalObject(shape: Shape & { kind: 'object' }, input: unknown, walk: Walk): JsonObject {
  const out: { [name: string]: unknown } = {};
  if (!isObject(input)) return out;
  for (const field of shape.fields) {
    const value = input[field.name];
    if (value === null || value === undefined) continue;
    walk.path.push(field.name);
    out[field.name] = canonicalValue(field.shape, value, walk);
    walk.path.pop();
  }
  return out;
}

function canonicalList(shape: Shape & { kind: 'list' }, input: unknown, walk: Walk): unknown[] {
  if (!Array.isArray(input)) return [];
  return input.map((item: unknown, position) => {
    walk.path.push(position);
    const out = canonicalValue(shape.item, item, walk);
    walk.path.pop();
    return out;
  });
}

function canonicalValue(shape: Shape, value: unknown, walk: Walk): unknown {
  switch (shape.kind) {
    case 'object':
      return canonicalObject(shape, value, walk);
    case 'list':
      return canonicalList(shape, value, walk);
    case 'text':
      return canonicalText(value, walk);
    case 'decimal':
      return canonicalDecimal(shape, value, walk);
    case 'date':
      return canonicalDate(value, walk);
    case 'time':
      return canonicalTime(value, walk);
    case 'integer':
    case 'number':
      // -0 and 0 are the same number and must be the same bytes (JSON.stringify sees to that) and the same value.
      return typeof value === 'number' ? value + 0 : value;
    case 'hash':
    case 'boolean':
      return value;
    default:
      return unreachable(shape);
  }
}

/** Codes often come padded from CHAR(n) columns; padding is no part of a code. */
function canonicalText(value: unknown, walk: Walk): unknown {
  if (typeof value !== 'string') return value;
  if (badCharacter.test(value)) report(walk, 'bad_character');
  const text = value.trim();
  if (text === '') report(walk, 'empty');
  return text;
}

function canonicalDecimal(shape: Shape & { kind: 'decimal' }, value: unknown, walk: Walk): unknown {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text === 'string' && isCanonicalDecimal(text, shape)) return text;
  const units = decimalUnits(shape, value);
  if (units !== null) return decimalOf(units, shape.scale);
  reportDecimal(shape, value, walk);
  return value;
}

const plainDecimals = new Map<number, RegExp>();

/** Whether a text is the canonical form already, as nearly all are: no exponent, no trailing zero, no leading one, no negative zero. */
function isCanonicalDecimal(text: string, { digits, scale }: Shape & { kind: 'decimal' }): boolean {
  const whole = Math.min(digits, exactDigits) - scale;
  let pattern = plainDecimals.get(whole * 100 + scale);
  if (pattern === undefined) {
    pattern = new RegExp(
      `^(?:0|-?(?:[1-9]\\d{0,${whole - 1}}|(?:0|[1-9]\\d{0,${whole - 1}})\\.\\d{0,${scale - 1}}[1-9]))$`,
    );
    plainDecimals.set(whole * 100 + scale, pattern);
  }
  return pattern.test(text);
}

function decimalUnits(shape: Shape & { kind: 'decimal' }, value: unknown): number | null {
  if (typeof value !== 'string' && typeof value !== 'number') return null;
  const units = unitsOf(typeof value === 'string' ? withoutTrailingZeros(value) : value, shape.scale);
  return units !== null && Math.abs(units) < 10 ** shape.digits ? units : null;
}

const withoutTrailingZeros = (text: string): string =>
  text.endsWith('0') ? text.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '') : text;

function reportDecimal(shape: Shape & { kind: 'decimal' }, value: unknown, walk: Walk): void {
  const text = String(value);
  if (!/^-?\d+(\.\d+)?$/.test(text)) report(walk, 'not_a_decimal');
  else if ((withoutTrailingZeros(text).split('.')[1] ?? '').length > shape.scale)
    report(walk, 'decimal_places', { scale: shape.scale });
  else report(walk, 'decimal_range', { digits: shape.digits, scale: shape.scale });
}

function canonicalDate(value: unknown, walk: Walk): unknown {
  if (typeof value !== 'string') return value;
  if (dayOf(value) === null) report(walk, 'no_such_date');
  else checkRange(value, walk);
  return value;
}

function canonicalTime(value: unknown, walk: Walk): unknown {
  if (typeof value !== 'string') return value;
  const second = secondOf(value);
  if (second !== null) checkRange(value, walk);
  else report(walk, dayOf(value) === null ? 'no_such_date' : 'no_such_time');
  // A bare day stays a bare day: at which minute something happened is then unknown, and rules that need it say so.
  return value.length === 10 ? value : `${value.slice(0, 10)} ${value.slice(11)}`;
}

/** Times of this fixed width order as their texts do. */
function checkRange(text: string, walk: Walk): void {
  if (Number(text.slice(0, 4)) < yearMin) report(walk, 'too_early', { year: yearMin });
  else if (text.slice(0, 10) > walk.lastDay) report(walk, 'in_the_future', { days: futureDaysMax });
}

/** Why a document does not fit the schema: zod says where, the shape and the value there say why. */
function structureIssues(input: unknown): ClaimIssue[] {
  const walk: Walk = { path: [], issues: [], unlisted: { n: 0 }, lastDay: '' };
  const { error } = claimSchema.safeParse(input);
  for (const problem of error?.issues ?? []) {
    const path = problem.path.filter((step) => typeof step !== 'symbol');
    const at: Walk = { ...walk, path };
    if (problem.code === 'unrecognized_keys') {
      for (const key of problem.keys) report({ ...walk, path: [...path, key] }, 'unknown_field');
    } else {
      const { shape, value } = locate(input, path);
      reportStructure(shape, value, at);
    }
  }
  // A test holds that ajv and zod agree. Should they ever not, the claim is still rejected with a reason.
  if (walk.issues.length === 0) report(walk, 'structure');
  return issuesOf(walk);
}

function locate(
  input: unknown,
  path: readonly (string | number)[],
): { shape: Shape | undefined; value: unknown } {
  let shape: Shape | undefined = claimShape;
  let value = input;
  for (const step of path) {
    if (typeof step === 'number') {
      shape = shape?.kind === 'list' ? shape.item : undefined;
      value = Array.isArray(value) ? value[step] : undefined;
    } else {
      shape = shape?.kind === 'object' ? shape.byName.get(step)?.shape : undefined;
      value = isObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
    }
  }
  return { shape, value };
}

function reportStructure(shape: Shape | undefined, value: unknown, walk: Walk): void {
  if (shape === undefined) return report(walk, 'structure');
  if (walk.path.length > 0 && (value === undefined || value === null)) return report(walk, 'missing');
  switch (shape.kind) {
    case 'object':
      return report(walk, 'wrong_type', { expected: 'object' });
    case 'list':
      if (!Array.isArray(value)) return report(walk, 'wrong_type', { expected: 'list' });
      return report(walk, 'too_many', { max: shape.max });
    case 'text':
      if (typeof value !== 'string') return report(walk, 'wrong_type', { expected: 'text' });
      return value === '' ? report(walk, 'empty') : report(walk, 'too_long', { max: shape.max });
    case 'hash':
      return typeof value === 'string'
        ? report(walk, 'not_a_hash')
        : report(walk, 'wrong_type', { expected: 'text' });
    case 'decimal':
      if (typeof value === 'string' || typeof value === 'number') return reportDecimal(shape, value, walk);
      return report(walk, 'wrong_type', { expected: 'text or number' });
    case 'date':
      return typeof value === 'string'
        ? report(walk, 'not_a_date')
        : report(walk, 'wrong_type', { expected: 'text' });
    case 'time':
      return typeof value === 'string'
        ? report(walk, 'not_a_time')
        : report(walk, 'wrong_type', { expected: 'text' });
    case 'integer':
    case 'number': {
      const rightType = typeof value === 'number' && (shape.kind === 'number' || Number.isInteger(value));
      if (rightType) return report(walk, 'out_of_range', { min: shape.min, max: shape.max });
      return report(walk, 'wrong_type', { expected: shape.kind });
    }
    case 'boolean':
      return report(walk, 'wrong_type', { expected: 'boolean' });
    default:
      return unreachable(shape);
  }
}

function keysOf(input: unknown): { setl_id: string | null; fixmedins_code: string | null } {
  if (!isObject(input)) return { setl_id: null, fixmedins_code: null };
  const { setl_id, institution } = input;
  return {
    setl_id: keyOf(setl_id),
    fixmedins_code: isObject(institution) ? keyOf(institution['fixmedins_code']) : null,
  };
}

const keyMax = 30;
const keyOf = (value: unknown): string | null => {
  if (typeof value !== 'string' || badCharacter.test(value)) return null;
  const key = value.trim();
  return key === '' || Array.from(key).length > keyMax ? null : key;
};

/** Names that are not ours are shown only when they look like names: a misplaced key can hold personal data. */
export const plainName = /^[A-Za-z_][A-Za-z0-9_]{0,39}$/;

const jsonPath = (path: readonly (string | number)[]): string =>
  path.reduce<string>(
    (text, step) =>
      text + (typeof step === 'number' ? `[${step}]` : plainName.test(step) ? `.${step}` : "['…']"),
    '$',
  );

function unreachable(shape: never): never {
  throw new Error(`unknown shape ${JSON.stringify(shape)}`);
}
