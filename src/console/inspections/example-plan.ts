import type { DrawPlan } from '../../inspection/contract.ts';
import { addDays, dayMs, dayText } from '../format.ts';

/** What somebody begins with: strata by grade, dice of two parties in a week. */
export function examplePlan(): DrawPlan {
  const today = dayText(Math.floor(Date.now() / dayMs));
  return {
    plan_id: `${today.slice(0, 4)}-1`,
    title: '',
    agency: '',
    items: [
      {
        code: 'YB-01',
        name: '定点医药机构使用医疗保障基金情况',
        basis: '《医疗保障基金使用监督管理条例》第二十五条',
      },
    ],
    mode: 'tickets',
    unannounced: true,
    checks: { from: addDays(today, 10), to: addDays(today, 40) },
    rest_days: 180,
    strata: [
      {
        code: 'clues',
        title: '有查实线索',
        where: { clues_min: 1 },
        ratio: 1000,
        at_least: 0,
        at_most: null,
      },
      {
        code: 'low-grade',
        title: '信用D、E级',
        where: { grades: ['D', 'E'] },
        ratio: 1000,
        at_least: 0,
        at_most: null,
      },
      { code: 'others', title: '其他', where: {}, ratio: 100, at_least: 1, at_most: null },
    ],
    teams: {
      size: 2,
      load_max: 20,
      units_differ: false,
      pairs_differ: true,
      former_pairs: [],
      requirements: [],
    },
    seed_source: {
      kind: 'dice',
      parties: ['医保局', '派驻纪检组'],
      rolls: 50,
      held_at: new Date(Date.now() + 7 * dayMs).toISOString(),
    },
  };
}
