/**
 * How much chance published numbers hold, by what the plan declares of each source; the console says as one types what the server answers.
 * RFC 3797 wants it announced with the sources. Pure, and exact: no floating point stands between a plan and its threshold.
 */
import type { Message } from '../claims/contract.ts';
import type { SeedSource } from './contract.ts';

export type PublishedSource = Extract<SeedSource, { kind: 'published' }>;
type NumbersSource = PublishedSource['sources'][number];
type NumberRange = NonNullable<NumbersSource['range']>;

export interface Entropy {
  /** Rounded down to a tenth. Sources that declare no range add nothing. */
  readonly bits: number;
  /** Names of the sources that declare no range. */
  readonly undeclared: readonly string[];
}

const say = (zh: string, en: string): Message => ({ zh, en });
const tenthsPerBit = 10;
/** Hexadecimal is the quickest way to the length of a large number. */
const hex = 16;
const bitsPerDigit = 4;

/** How many values one number of a range can have. */
export const sizeOf = ({ from, to }: NumberRange): number => to - from + 1;

export function entropyOf({ sources }: PublishedSource): Entropy {
  let [over, under] = [1n, 1n];
  const undeclared: string[] = [];
  for (const { name, numbers, range } of sources)
    if (range === undefined) undeclared.push(name);
    else {
      over *= chances(numbers, range);
      under *= factorial(numbers);
    }
  const tenths = log2(over ** BigInt(tenthsPerBit) / under ** BigInt(tenthsPerBit));
  return { bits: tenths / tenthsPerBit, undeclared };
}

/**
 * One over the probability of what is likeliest to be published, times `numbers!`: RFC 3797 sorts the numbers of a source, so that their order
 * adds nothing. Without repetition all sets are alike; with it the likeliest one holds every value as often as any other, give or take one.
 */
function chances(numbers: number, range: NumberRange): bigint {
  const size = sizeOf(range);
  if (!range.repeats)
    return Array.from({ length: numbers }, (_, place) => BigInt(size - place)).reduce((a, b) => a * b, 1n);
  const [each, more] = [Math.floor(numbers / size), numbers % size];
  return BigInt(size) ** BigInt(numbers) * factorial(each) ** BigInt(size) * BigInt(each + 1) ** BigInt(more);
}

function factorial(count: number): bigint {
  let product = 1n;
  for (let factor = 2n; factor <= BigInt(count); factor += 1n) product *= factor;
  return product;
}

/** Of a whole number, rounded down. */
function log2(value: bigint): number {
  const digits = value.toString(hex);
  return (digits.length - 1) * bitsPerDigit + Math.floor(Math.log2(Number.parseInt(digits.charAt(0), hex)));
}

/** @param least bits that new plans need */
export function entropyFault(source: SeedSource, least: number): Message | null {
  if (source.kind !== 'published') return null;
  const { bits, undeclared } = entropyOf(source);
  if (bits >= least) return null;
  const missing = (Math.round((least - bits) * tenthsPerBit) / tenthsPerBit).toFixed(1);
  const names = undeclared.map((name) => `“${name}”`);
  return say(
    `公布的数字只有 ${bits.toFixed(1)} 比特的熵，要求至少 ${least} 比特，还差 ${missing} 比特${undeclared.length === 0 ? '' : `；${names.join('、')}未声明取值范围（range），不计`}`,
    `the published numbers hold ${bits.toFixed(1)} bits of entropy, at least ${least} are asked for, ${missing} are missing${undeclared.length === 0 ? '' : `; ${names.join(', ')} declare no range and do not count`}`,
  );
}

/** What a plan says of its entropy, for whoever repeats the draw. */
export function entropyWords(source: PublishedSource): Message {
  const { bits, undeclared } = entropyOf(source);
  const names = undeclared.map((name) => `“${name}”`);
  if (undeclared.length === source.sources.length)
    return say('未声明取值范围，熵未知', 'no range was declared: the entropy is not known');
  return undeclared.length === 0
    ? say(`${bits.toFixed(1)} 比特`, `${bits.toFixed(1)} bits`)
    : say(
        `至少 ${bits.toFixed(1)} 比特（${names.join('、')}未声明取值范围）`,
        `at least ${bits.toFixed(1)} bits (${names.join(', ')} declared no range)`,
      );
}
