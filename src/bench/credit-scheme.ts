/** The test scheme of `bench credit`: every finding counts as confirmed. For measurement only; no real scheme may do so. */
import type { BasePointsScheme, Consequences } from '../credit/scheme-contract.ts';

const none: Consequences = { draw_ratio_percent: 0, review_priority: 1, new_lines: 'as_usual', other: null };
const lifetimeMonths = 1_200;

export const testScheme: BasePointsScheme = {
  code: 'TEST-CONFIRMED',
  name: { zh: '测试方案：疑点全部视为已确认', en: 'Test scheme: every finding taken as confirmed' },
  is_example: true,
  area: '000000',
  effective: { from: '2000-01-01', to: null },
  subjects: ['institution'],
  objection_period: { days: 1, unit: 'NATURAL' },
  basis: [{ document: 'test', says: { zh: '仅用于测量', en: 'for measurement only' } }],
  method: 'base_points',
  base: 1_000,
  highest: 1_000,
  groups: [{ code: 'findings', name: { zh: '疑点', en: 'Findings' }, deduct_max: 1_000, add_max: 0 }],
  facts: [
    {
      fact: 'rule_finding',
      name: { zh: '规则疑点', en: 'Finding of a rule' },
      group: 'findings',
      kind: 'violation',
      points: 2,
      effect_months: lifetimeMonths,
      decay: [],
      ceiling: null,
    },
    {
      fact: 'stay_beyond_peers',
      name: { zh: '住院天数超出同病组中位数', en: 'A stay beyond the median of its peers' },
      group: 'findings',
      kind: 'violation',
      points: {
        by: 'value',
        unit: 'days',
        steps: [
          { from: 3, points: 1 },
          { from: 7, points: 2 },
          { from: 14, points: 5 },
          { from: 21, points: 10 },
        ],
      },
      effect_months: lifetimeMonths,
      decay: [],
      ceiling: null,
    },
  ],
  repair: { after_months: 0, percent: 50, lifts_ceiling: false },
  grades: [
    { code: 'A', name: { zh: 'A', en: 'A' }, from_points: 900, consequences: none },
    { code: 'D', name: { zh: 'D', en: 'D' }, from_points: 0, consequences: none },
  ],
};

/** From which excess on a stay is taken as a finding: the lowest step above. */
export const excessDaysMin = 3;
