import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { planSchema } from '../../src/inspection/contract.ts';
import { directoryFaults } from '../../src/inspection/faults.ts';
import { planFaults } from '../../src/inspection/plan-faults-contract.ts';
import { forecast } from '../../src/inspection/forecast.ts';
import { drawAll } from '../../src/inspection/draw.ts';
import { directories, evidence, inspectorOf, listOf, objectOf, planOf, strata } from './draws.ts';

const everywhere = (ratio: number) =>
  planOf({
    rest_days: 0,
    strata: [{ code: 'all', title: '全部', where: {}, ratio, at_least: 0, at_most: null }],
  });

describe('a forecast', () => {
  const objects = listOf(100, (index) =>
    objectOf(index, { exempt: null, last_checked: index < 60 ? '2023-03-01' : null }),
  );

  const year = { from: '2023-01-01', draws: 1, target: 800 };
  const fresh = (count: number) =>
    listOf(count, (index) => objectOf(index, { exempt: null, last_checked: null }));

  test('counts what was checked and what will be, without counting it twice', () => {
    const said = forecast(everywhere(500), objects, [], year);
    expect(said.drawn).toBe(50);
    // Of fifty drawn thirty were checked before, by their share.
    expect([said.coverage, said.target_after]).toEqual([800, 1]);
    expect(forecast(everywhere(500), objects, [], { ...year, from: '2023-04-01' }).coverage).toBe(500);
  });

  test('does not take half twice for all, unless who was drawn rests', () => {
    const twice = { ...year, draws: 2 };
    const freely = forecast(everywhere(500), fresh(100), [], twice);
    expect([freely.coverage_by_draw, freely.target_after, freely.all_after]).toEqual([
      [500, 750],
      null,
      null,
    ]);
    // Half of a hundred, then half of the fifty that do not rest.
    const resting = { ...everywhere(500), rest_days: 365 };
    expect(forecast(resting, fresh(100), [], twice).coverage_by_draw).toEqual([500, 750]);
    // However often: some object may always be among those that were not drawn.
    expect(forecast(everywhere(999), fresh(2_000), [], { ...year, draws: 366 }).all_after).toBeNull();
    const [stratum] = resting.strata;
    const fifty = {
      ...resting,
      strata: stratum === undefined ? [] : [{ ...stratum, ratio: 0, at_least: 50 }],
    };
    const all = forecast(fifty, fresh(100), [], twice);
    expect([all.coverage_by_draw, all.target_after, all.all_after]).toEqual([[500, 1_000], 2, 2]);
  });

  test('lets who rests at the first draw come in at a later one', () => {
    const rested = listOf(10, (index) => objectOf(index, { exempt: null, last_checked: '2022-12-31' }));
    // Checks from 1 September: 300 days after the last day of 2022 is 27 October, in time for the second of four draws.
    const said = forecast({ ...everywhere(1_000), rest_days: 300 }, rested, [], { ...year, draws: 4 });
    expect([said.drawn, said.coverage_by_draw]).toEqual([0, [0, 1_000, 1_000, 1_000]]);
    expect(said.all_after).toBe(2);
  });

  test('is the mean of what draws do', () => {
    const plan = { ...everywhere(200), teams: null };
    const held = fresh(40);
    const seeds = 300;
    const draws = 5;
    let found = 0;
    for (let turn = 0; turn < seeds; turn += 1) {
      const seen = new Set<string>();
      for (let draw = 0; draw < draws; draw += 1) {
        const { result } = drawAll({
          plan,
          objects: held,
          inspectors: [],
          seed: `${turn} ${draw}`,
          evidence,
        });
        for (const { object_id } of result.strata[0]?.drawn ?? []) seen.add(object_id);
      }
      found += seen.size;
    }
    const said = forecast(plan, held, [], { ...year, draws }).coverage_by_draw.at(-1) ?? 0;
    expect(Math.abs((found / seeds / held.length) * 1_000 - said)).toBeLessThan(15);
  });

  test('says when some are never drawn, and what it takes', () => {
    const never = forecast(everywhere(0), objects, [inspectorOf(1)], { ...year, draws: 366 });
    expect([never.target_after, never.all_after]).toEqual([null, null]);
    const outside = planOf({
      rest_days: 0,
      strata: strata.slice(0, 1).map((one) => ({ ...one, where: { kinds: ['医院'] } })),
    });
    expect(forecast(outside, fresh(9), [], year).all_after).toBeNull();
    const said = forecast(
      everywhere(100),
      objects,
      listOf(3, (index) => inspectorOf(index)),
      year,
    );
    expect([said.tasks, said.capacity]).toEqual([20, 180]);
  });
});

describe('a plan', () => {
  test('of the box is one without faults', () => {
    const plan = planSchema.parse(JSON.parse(readFileSync('rules/inspection/plan.example.json', 'utf8')));
    expect(planFaults(plan)).toEqual([]);
  });

  test('that cannot be drawn is told', () => {
    const faultsOf = (changed: Parameters<typeof planOf>[0]): string =>
      planFaults(planOf(changed))
        .map(({ message }) => message.zh)
        .join();
    const [stratum] = planOf().strata;
    if (stratum === undefined) throw new Error('no stratum');
    expect(faultsOf({ strata: [stratum, stratum] })).toContain('重复');
    expect(faultsOf({ strata: [{ ...stratum, at_least: 3, at_most: 2 }] })).toContain('上限小于下限');
    expect(faultsOf({ checks: { from: '2023-09-02', to: '2023-09-02' } })).toContain('起止日期不成立');
    expect(faultsOf({ mode: 'rfc3797' })).toContain('只用公布的数字');
  });

  test('takes no directory with two of a name, or a day that is none', () => {
    const { objects, inspectors } = directories(3, 3);
    const twice = directoryFaults(planOf(), [...objects, ...objects.slice(0, 1)], inspectors);
    expect(twice.map(({ zh }) => zh)).toEqual([`检查对象 ${objects[0]?.object_id ?? ''} 重复`]);
    const days = directoryFaults(
      planOf(),
      [objectOf(1, { last_checked: '2023-02-30' })],
      [inspectorOf(1, { certificate_valid_to: '2023-13-01' })],
    );
    expect(days.length).toBe(2);
  });
});
