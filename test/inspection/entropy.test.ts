import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bundleText, openedBundle } from '../../src/inspection/bundle.ts';
import type { DrawPlan, Evidence } from '../../src/inspection/contract.ts';
import {
  entropyFault,
  entropyOf,
  entropyWords,
  type PublishedSource,
} from '../../src/inspection/entropy-contract.ts';
import { planFaults } from '../../src/inspection/plan-faults-contract.ts';
import { publishedBitsMin, seedParametersSchema } from '../../src/inspection/seed-parameters.ts';
import { verifyBundle } from '../../src/inspection/verify.ts';
import { committed, directories, planOf } from './draws.ts';

type Source = PublishedSource['sources'][number];
const of = (name: string, numbers: number, range?: Source['range']): Source => ({
  name,
  available_at: '2023-08-24T00:00:00.000Z',
  numbers,
  ...(range === undefined ? {} : { range }),
});
const from = (...sources: Source[]): PublishedSource => ({
  kind: 'published',
  sources,
  readers: ['张三', '李四'],
});
const bits = (...sources: Source[]): number => entropyOf(from(...sources)).bits;
const span = (size: number, repeats: boolean, first = 0) => ({ from: first, to: first + size - 1, repeats });
const lottery = of('双色球', 6, span(33, false, 1));
const planWith = (source: PublishedSource): DrawPlan => planOf({ seed_source: source });

describe('the entropy of published numbers', () => {
  test('is that of the sets that can be published', () => {
    // C(33, 6) is 1,107,568: 20.07 bits; sixteen blue balls are 4 more.
    expect(bits(lottery)).toBe(20);
    expect(bits(lottery, of('蓝球', 1, span(16, false, 1)))).toBe(24);
    expect(bits(of('末四位', 1, span(10_000, true)))).toBe(13.2);
    // Six dice come in any order: what is likeliest, one of each face, has 6!/6^6.
    expect(bits(of('骰', 6, span(6, true)))).toBe(6);
    expect(bits(of('全取', 33, span(33, false)))).toBe(0);
    expect(bits(of('只有一种', 100, span(1, true)))).toBe(0);
  });

  test('agrees with all that can happen, counted out', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }), (size, numbers) => {
        const ways = new Map<string, number>();
        for (let code = 0; code < size ** numbers; code += 1) {
          const drawn = Array.from(
            { length: numbers },
            (_, place) => Math.floor(code / size ** place) % size,
          );
          const key = drawn.toSorted((a, b) => a - b).join();
          ways.set(key, (ways.get(key) ?? 0) + 1);
        }
        const likeliest = Math.max(...ways.values()) / size ** numbers;
        expect(bits(of('x', numbers, span(size, true)))).toBe(
          Math.floor(-Math.log2(likeliest) * 10 + 1e-9) / 10,
        );
      }),
    );
  });

  const size = fc.integer({ min: 1, max: 5_000 });
  const numbers = fc.integer({ min: 1, max: 99 });
  const source = fc
    .record({ size, numbers, repeats: fc.boolean() })
    .filter((one) => one.repeats || one.numbers <= one.size)
    .map((one) => of('x', one.numbers, span(one.size, one.repeats)));

  test('is never lower with more numbers, more values or more sources', () => {
    fc.assert(
      fc.property(size, numbers, fc.boolean(), (values, count, repeats) => {
        // Who takes more than half of all without repetition leaves out fewer and fewer: those sets are fewer.
        fc.pre(repeats || count + 1 <= values / 2);
        const held = bits(of('x', count, span(values, repeats)));
        expect(bits(of('x', count + 1, span(values, repeats)))).toBeGreaterThanOrEqual(held);
        expect(bits(of('x', count, span(values + 1, repeats)))).toBeGreaterThanOrEqual(held);
      }),
    );
    fc.assert(
      fc.property(fc.array(source, { minLength: 1, maxLength: 5 }), source, (held, more) => {
        expect(bits(...held, more)).toBeGreaterThanOrEqual(bits(...held));
        expect(bits(more, ...held)).toBe(bits(...held, more));
        expect(bits(...held, of('未声明', 100))).toBe(bits(...held));
      }),
    );
  });

  test('has an exact threshold', () => {
    const coins = (count: number) => from(...Array.from({ length: count }, () => of('币', 1, span(2, true))));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), (count) => {
        expect(entropyOf(coins(count)).bits).toBe(count);
        expect(entropyFault(coins(count), count)).toBeNull();
        expect(entropyFault(coins(count), count + 1)?.zh).toContain('还差 1.0 比特');
      }),
    );
    // One value fewer than 2^32 twice: just below 64 bits.
    const two = (values: number) =>
      from(of('甲', 1, span(values, true)), of('乙', 1, span(4_294_967_296, true)));
    expect(entropyFault(two(4_294_967_296), 64)).toBeNull();
    expect(entropyFault(two(4_294_967_295), 64)).toEqual({
      zh: '公布的数字只有 63.9 比特的熵，要求至少 64 比特，还差 0.1 比特',
      en: 'the published numbers hold 63.9 bits of entropy, at least 64 are asked for, 0.1 are missing',
    });
  });

  test('counts nothing for what is not declared, and names it', () => {
    const source_ = from(lottery, of('上证综指', 1));
    expect(entropyOf(source_)).toEqual({ bits: 20, undeclared: ['上证综指'] });
    expect(entropyFault(source_, 64)?.zh).toContain('还差 44.0 比特；“上证综指”未声明取值范围');
    expect(entropyWords(source_).zh).toBe('至少 20.0 比特（“上证综指”未声明取值范围）');
    expect(entropyWords(from(of('上证综指', 1))).zh).toBe('未声明取值范围，熵未知');
    expect(entropyFault(planOf().seed_source, 64)).toBeNull();
  });

  test('asks of a plan that its ranges can be drawn from', () => {
    const faultsOf = (one: Source) => planFaults(planWith(from(one))).map(({ message }) => message.zh);
    expect(faultsOf(of('双色球', 34, span(33, false)))).toEqual([
      '“双色球”的取值范围 0 至 32 取不出 34 个数字',
    ]);
    expect(faultsOf(of('双色球', 1, { from: 2, to: 1, repeats: true })).length).toBe(1);
    expect(faultsOf(of('双色球', 33, span(33, false)))).toEqual([]);
    expect(faultsOf(of('双色球', 34, span(33, true)))).toEqual([]);
  });
});

describe('numbers of a declared range', () => {
  const small = directories(20, 6);
  const verdictOf = (source: PublishedSource, readings: number[][]) => {
    const evidence: Evidence = { kind: 'published', readings: [readings, readings] };
    return verifyBundle(bundleText(openedBundle({ ...committed(planWith(source), small), evidence })));
  };
  const why = (readings: number[]) => verdictOf(from(lottery), [readings]).faults[0]?.message.zh;

  test('are the evidence, and no others', () => {
    const six = [1, 5, 9, 20, 32, 33];
    expect(verdictOf(from(lottery), [six]).verdict).toBe('reproduced');
    expect(why([0, ...six.slice(1)])).toBe('“双色球”的数字应在 1 至 33 之间');
    expect(why([...six.slice(1), 34])).toBe('“双色球”的数字应在 1 至 33 之间');
    expect(why([33, ...six.slice(1)])).toBe('“双色球”的数字不应重复');
    expect(verdictOf(from(of('双色球', 2)), [[99, 99]]).verdict).toBe('reproduced');
    expect(verdictOf(from(of('骰', 2, span(6, true, 1))), [[3, 3]]).verdict).toBe('reproduced');
  });
});

test('what seeds need goes by date', () => {
  const shipped = seedParametersSchema.parse(JSON.parse(readFileSync('rules/inspection/seed.json', 'utf8')));
  expect(publishedBitsMin(shipped, '2026-01-01')).toBe(64);
  const later = [
    ...shipped,
    ...shipped.map((one) => ({ ...one, effective_from: '2026-02-01', published_bits_min: 80 })),
  ];
  expect([publishedBitsMin(later, '2026-01-31'), publishedBitsMin(later, '2026-02-01')]).toEqual([64, 80]);
  expect(publishedBitsMin(later, '2000-01-01')).toBe(0);
});
