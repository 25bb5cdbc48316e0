import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { planSchema } from '../../src/inspection/contract.ts';
import { directoryFaults, planFaults } from '../../src/inspection/faults.ts';
import { forecast } from '../../src/inspection/forecast.ts';
import { directories, inspectorOf, listOf, objectOf, planOf } from './draws.ts';

const everywhere = (ratio: number) =>
  planOf({
    rest_days: 0,
    strata: [{ code: 'all', title: '全部', where: {}, ratio, at_least: 0, at_most: null }],
  });

describe('a forecast', () => {
  const objects = listOf(100, (index) =>
    objectOf(index, { exempt: null, last_checked: index < 60 ? '2023-03-01' : null }),
  );

  test('counts what was checked and what will be, without counting it twice', () => {
    const said = forecast(everywhere(500), objects, [], '2023-01-01');
    expect(said.drawn).toBe(50);
    // Of fifty drawn thirty were checked before, by their share.
    expect(said.coverage).toBe(800);
    expect(said.draws_to_all).toBe(2);
    expect(forecast(everywhere(500), objects, [], '2023-04-01').coverage).toBe(500);
  });

  test('says when some are never drawn, and what it takes', () => {
    const never = forecast(everywhere(0), objects, [inspectorOf(1)], '2023-01-01');
    expect(never.draws_to_all).toBeNull();
    const said = forecast(
      everywhere(100),
      objects,
      listOf(3, (index) => inspectorOf(index)),
      '2023-01-01',
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
        .map(({ zh }) => zh)
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
