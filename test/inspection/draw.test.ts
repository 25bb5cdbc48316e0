import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Stratum } from '../../src/inspection/contract.ts';
import { drawAll, drawnOf, orderOf, sorted, ticketOf } from '../../src/inspection/draw.ts';
import { rfcKey, rfcPicks } from '../../src/inspection/rfc3797.ts';
import { givenOf } from '../../src/inspection/bundle.ts';
import { committed, directories, evidence, listOf, objectOf, planOf, salt } from './draws.ts';

const all: Stratum = { code: 'all', title: '全部', where: {}, ratio: 0, at_least: 0, at_most: null };
const seed = 'c0'.repeat(32);
const ids = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 20 }), { minLength: 1, maxLength: 60 });

describe('the order of the tickets is the draw', () => {
  test('to draw ten and ten more is to draw twenty', () => {
    const plan = planOf({ teams: null, rest_days: 0 });
    const { objects, inspectors } = directories(100);
    const drawn = (at_least: number) =>
      drawAll({ plan: { ...plan, strata: [{ ...all, at_least }] }, objects, inspectors, seed, evidence })
        .result.strata[0]?.drawn;
    fc.assert(
      fc.property(fc.nat(40), fc.nat(40), (first, more) => {
        expect(drawn(first + more)?.slice(0, first)).toEqual(drawn(first));
        expect(drawn(first + more)?.length).toBe(first + more);
      }),
    );
  });

  test('an object more or less changes nobody else’s ticket, and the order of a list nothing', () => {
    fc.assert(
      fc.property(ids, fc.string({ minLength: 21, maxLength: 22 }), fc.nat(), (objects, more, turn) => {
        const order = orderOf('p', 's', seed, objects);
        const with1 = orderOf('p', 's', seed, [...objects, more]);
        expect(with1.filter(({ object_id }) => object_id !== more)).toEqual(order);
        const place = turn % objects.length;
        const turned = [...objects.slice(place), ...objects.slice(0, place)];
        expect(orderOf('p', 's', seed, turned)).toEqual(order);
      }),
    );
  });

  test('no two things that enter a ticket can be taken for each other', () => {
    expect(ticketOf('ab', 'c', seed, 'd')).not.toBe(ticketOf('a', 'bc', seed, 'd'));
    expect(ticketOf('a', 'b', seed, 'cd')).not.toBe(ticketOf('a', 'bc', seed, 'd'));
  });

  test('every object has the same chance', () => {
    const objects = listOf(20, (index) => `H${index}`);
    const drawn = new Map<string, number>();
    const draws = 2_000;
    for (let turn = 0; turn < draws; turn += 1)
      for (const { object_id } of orderOf('p', 's', String(turn), objects).slice(0, 5))
        drawn.set(object_id, (drawn.get(object_id) ?? 0) + 1);
    // Five standard deviations of a binomial of 2,000 turns and a quarter.
    for (const object of objects) expect(Math.abs((drawn.get(object) ?? 0) - draws / 4)).toBeLessThan(97);
  });
});

describe('strata', () => {
  test('take each object once, in their order, and say who is left out', () => {
    const { objects } = directories(500);
    const { pools, left_out } = sorted(planOf(), objects);
    const pooled = pools.flatMap((pool) => pool.objects);
    expect(new Set(pooled).size).toBe(pooled.length);
    expect(pooled.length + left_out.exempt + left_out.rested + left_out.outside).toBe(500);
    expect(pools[0]?.objects.every(({ clues }) => clues > 0)).toBe(true);
    expect(pools[1]?.objects.every(({ credit_grade }) => ['C', 'D'].includes(credit_grade ?? ''))).toBe(true);
    expect(left_out.exempt).toBe(objects.filter(({ exempt }) => exempt !== null).length);
    expect(left_out.rested).toBeGreaterThan(0);
  });

  test('rest ends on the day', () => {
    const checkedOn = (last_checked: string): number =>
      sorted(planOf({ rest_days: 30 }), [objectOf(1, { last_checked })]).left_out.rested;
    // The checks begin on 1 September: thirty days before is 2 August.
    expect(checkedOn('2023-08-02')).toBe(0);
    expect(checkedOn('2023-08-03')).toBe(1);
  });

  test('filter by everything that stands in the directory', () => {
    const one = objectOf(1, { kind: '医院', admdvs: '330702', credit_grade: null, risk: 500, clues: 2 });
    const outside = (where: object): number =>
      sorted(planOf({ strata: [{ ...all, where }] }), [one]).left_out.outside;
    for (const where of [
      {},
      { kinds: ['医院'] },
      { admdvs: ['3307'] },
      { ungraded: true },
      { grades: ['A'], ungraded: true },
      { risk_min: 500 },
      { clues_min: 2 },
    ])
      expect([where, outside(where)]).toEqual([where, 0]);
    for (const where of [
      { kinds: ['药店'] },
      { admdvs: ['3308'] },
      { grades: ['A'] },
      { risk_min: 501 },
      { clues_min: 3 },
    ])
      expect([where, outside(where)]).toEqual([where, 1]);
  });

  test('ratio is rounded up, between minimum and cap, and never more than there are', () => {
    const of = (ratio: number, at_least: number, at_most: number | null, size: number): number =>
      drawnOf({ ...all, ratio, at_least, at_most }, size);
    expect(of(100, 0, null, 101)).toBe(11);
    expect(of(100, 20, null, 101)).toBe(20);
    expect(of(1_000, 0, 7, 101)).toBe(7);
    expect(of(100, 20, null, 3)).toBe(3);
    expect(of(100, 0, null, 0)).toBe(0);
  });
});

describe('RFC 3797', () => {
  const file = new URL('../../../shared/data/rfc3797-vectors.json', import.meta.url);

  test('picks as its section 6 does', () => {
    const key = rfcKey([[9319], [2, 5, 12, 8, 10], [9, 18, 26, 34, 41, 45]]);
    expect(key).toBe('9319./2.5.8.10.12./9.18.26.34.41.45./');
    expect(rfcPicks(key, 25, 10).map(({ index }) => index + 1)).toEqual([
      17, 7, 2, 16, 25, 23, 8, 24, 19, 13,
    ]);
  });

  test.skipIf(!existsSync(file))('picks and digests as the vectors say', () => {
    const vectors: { key: string; pool: number; selected: number[]; md5: string[] } = JSON.parse(
      readFileSync(file, 'utf8'),
    );
    const picks = rfcPicks(vectors.key, vectors.pool, vectors.md5.length);
    expect(picks.map(({ digest }) => digest.toUpperCase())).toEqual(vectors.md5);
    expect(picks.slice(0, vectors.selected.length).map(({ index }) => index + 1)).toEqual(vectors.selected);
  });

  test('refuses what it cannot take', () => {
    expect(() => rfcPicks('1./', 65_536, 1)).toThrow(RangeError);
    expect(() => rfcPicks('1./', 3, 4)).toThrow(RangeError);
  });

  test('is a mode of the draw', () => {
    const plan = planOf({
      mode: 'rfc3797',
      rest_days: 0,
      teams: null,
      strata: [{ code: 'all', title: '全部', where: {}, ratio: 0, at_least: 10, at_most: null }],
      seed_source: {
        kind: 'published',
        sources: [
          { name: '彩票', available_at: '2023-08-24T00:00:00.000Z', numbers: 1 },
          { name: '指数', available_at: '2023-08-24T00:00:00.000Z', numbers: 5 },
          { name: '开奖', available_at: '2023-08-24T00:00:00.000Z', numbers: 6 },
        ],
        readers: ['张三', '李四'],
      },
    });
    const objects = listOf(25, (index) => objectOf(index + 1, { exempt: null }));
    const numbers = [[9319], [2, 5, 12, 8, 10], [9, 18, 26, 34, 41, 45]];
    const held = committed(plan, { objects, inspectors: [] });
    const { result } = drawAll(
      givenOf({ ...held, salt, evidence: { kind: 'published', readings: [numbers, numbers] } }),
    );
    expect(result.seed).toBeNull();
    expect(result.strata[0]?.drawn.map(({ object_id }) => Number(object_id.slice(5)))).toEqual([
      17, 7, 2, 16, 25, 23, 8, 24, 19, 13,
    ]);
  });
});
