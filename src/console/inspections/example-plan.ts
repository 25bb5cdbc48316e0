import type { DrawPlan, SeedSource, Stratum, TeamRules } from '../../inspection/contract.ts';
import { roundAt } from '../../inspection/drand-contract.ts';
import { addDays, today } from '../format.ts';

/** Days until the seed is made: long enough to publish the commitment before. */
const seedDays = 7;

/** What somebody begins with: strata by grade, dice of two parties in a week. */
export function examplePlan(): DrawPlan {
  const day = today();
  return {
    plan_id: `${day.slice(0, 4)}-1`,
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
    checks: { from: addDays(day, 10), to: addDays(day, 40) },
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
    teams: exampleTeams,
    seed_source: exampleSeed('dice'),
  };
}

export const exampleTeams: TeamRules = {
  size: 2,
  load_max: 20,
  units_differ: false,
  pairs_differ: true,
  former_pairs: [],
  requirements: [],
};

/** @param codes of the strata there are */
export function exampleStratum(codes: readonly string[]): Stratum {
  let place = codes.length + 1;
  while (codes.includes(`layer-${place}`)) place += 1;
  return { code: `layer-${place}`, title: '', where: {}, ratio: 100, at_least: 1, at_most: null };
}

export const exampleItem = { code: '', name: '', basis: '' };
export const exampleRequirement = { kinds: [], specialty: '', at_least: 1 };

/** In a week, at ten in the morning of Beijing. */
const seedAt = (): Date => new Date(`${addDays(today(), seedDays)}T10:00:00+08:00`);

/** Ten of them hold enough chance for a plan. */
export const exampleNumbers = () => ({
  name: '',
  available_at: seedAt().toISOString(),
  numbers: 10,
  range: { from: 0, to: 999, repeats: true },
});

export function exampleSeed(kind: SeedSource['kind']): SeedSource {
  switch (kind) {
    case 'drand':
      return { kind, chain: 'quicknet', round: roundAt(seedAt().getTime()) };
    case 'published':
      return { kind, sources: [exampleNumbers()], readers: ['', ''] };
    case 'dice':
      return { kind, parties: ['医保局', '派驻纪检组'], rolls: 50, held_at: seedAt().toISOString() };
  }
}
