import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DrawObject, Inspector, TeamRules } from '../../src/inspection/contract.ts';
import { substituteFor, type Team, teamsOf, UnfilledTeam } from '../../src/inspection/teams.ts';
import { inspectorOf, listOf, objectOf, planOf } from './draws.ts';

const seed = '5e'.repeat(32);
const plan = planOf();
const loose: TeamRules = {
  size: 2,
  load_max: 100,
  units_differ: false,
  pairs_differ: false,
  former_pairs: [],
  requirements: [],
};
const objects = listOf(40, (index) => objectOf(index));

const make = (rules: TeamRules, inspectors: readonly Inspector[], checked: readonly DrawObject[] = objects) =>
  teamsOf({ plan, rules, inspectors, seed, objects: checked });
const failure = (rules: TeamRules, inspectors: readonly Inspector[]): string => {
  try {
    make(rules, inspectors);
  } catch (error) {
    if (error instanceof UnfilledTeam) return error.text.zh;
    throw error;
  }
  return '';
};

describe('teams', () => {
  test('keep every constraint, and carry about the same', () => {
    fc.assert(
      fc.property(
        fc.record({
          size: fc.integer({ min: 2, max: 4 }),
          units_differ: fc.boolean(),
          pairs_differ: fc.boolean(),
          inspectors: fc.integer({ min: 30, max: 60 }),
          recused: fc.nat(5),
          away: fc.nat(5),
          expired: fc.nat(5),
          specialty: fc.boolean(),
        }),
        (given) => {
          const inspectors = listOf(given.inspectors, (index) =>
            inspectorOf(index, {
              unit: `单位${index % 7}`,
              recused_from: index < given.recused ? [objectOf(index).object_id] : [],
              away:
                index >= 10 && index < 10 + given.away
                  ? [{ from: '2023-09-10', to: '2023-09-12' }]
                  : [{ from: '2023-10-01', to: '2023-10-08' }],
              certificate_valid_to: index >= 20 && index < 20 + given.expired ? '2023-09-29' : '2023-09-30',
            }),
          );
          const rules: TeamRules = {
            ...loose,
            size: given.size,
            load_max: 20,
            units_differ: given.units_differ,
            pairs_differ: given.pairs_differ,
            requirements: given.specialty ? [{ kinds: ['医院'], specialty: '临床', at_least: 1 }] : [],
          };
          const teams = make(rules, inspectors, objects.slice(0, 20));
          const byId = new Map(inspectors.map((one) => [one.inspector_id, one]));
          const pairs = new Set<string>();
          const loads = new Map<string, number>();
          for (const { object_id, inspectors: ids } of teams) {
            const team = ids.flatMap((id) => byId.get(id) ?? []);
            expect(team.length).toBe(ids.length);
            expect(new Set(ids).size).toBe(given.size);
            for (const one of team) {
              expect(one.recused_from).not.toContain(object_id);
              expect(one.away[0]?.from).not.toBe('2023-09-10');
              expect(one.certificate_valid_to).toBe('2023-09-30');
              loads.set(one.inspector_id, (loads.get(one.inspector_id) ?? 0) + 1);
            }
            if (given.units_differ) expect(new Set(team.map(({ unit }) => unit)).size).toBe(given.size);
            const kind = objects.find((object) => object.object_id === object_id)?.kind;
            if (given.specialty && kind === '医院')
              expect(team.some(({ specialties }) => specialties.includes('临床'))).toBe(true);
            for (const one of ids)
              for (const other of ids)
                if (one < other) {
                  if (given.pairs_differ) expect(pairs.has(`${one} ${other}`)).toBe(false);
                  pairs.add(`${one} ${other}`);
                }
          }
          expect(make(rules, inspectors.toReversed(), objects.slice(0, 20))).toEqual(teams);
          const carried = [...loads.values()];
          expect(Math.max(...carried)).toBeLessThanOrEqual(20);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('loads differ by one where nothing else is asked', () => {
    const loads = new Map<string, number>();
    for (const { inspectors } of make(
      loose,
      listOf(7, (index) => inspectorOf(index)),
    ))
      for (const id of inspectors) loads.set(id, (loads.get(id) ?? 0) + 1);
    expect(Math.max(...loads.values()) - Math.min(...loads.values())).toBeLessThanOrEqual(1);
    expect([...loads.values()].reduce((sum, load) => sum + load, 0)).toBe(80);
  });

  test('fail loudly with what is in the way', () => {
    const three = listOf(3, (index) => inspectorOf(index, { unit: '同一单位' }));
    expect(failure({ ...loose, units_differ: true }, three)).toContain('与组内人员同单位');
    expect(failure({ ...loose, load_max: 2 }, three)).toContain('已达任务上限');
    expect(failure({ ...loose, pairs_differ: true }, three)).toContain('与组内人员已同组过');
    expect(
      failure(
        loose,
        three.map((one) => ({ ...one, certificate_valid_to: '2023-09-29' })),
      ),
    ).toContain('执法证失效 3');
    expect(
      failure(
        loose,
        three.map((one) => ({ ...one, away: [{ from: '2023-09-30', to: '2023-10-02' }] })),
      ),
    ).toContain('不在岗 3');
    expect(
      failure(
        loose,
        three.map((one) => ({ ...one, recused_from: objects.map(({ object_id }) => object_id) })),
      ),
    ).toContain('应当回避 3');
    expect(
      failure({ ...loose, requirements: [{ kinds: ['医院'], specialty: '药学', at_least: 1 }] }, three),
    ).toContain('专业不符');
  });

  test('who went together lately does not go again', () => {
    const four = listOf(4, (index) => inspectorOf(index));
    const first = make({ ...loose, pairs_differ: true }, four, objects.slice(0, 1));
    const [one = '', other = ''] = first[0]?.inspectors ?? [];
    const again = make(
      { ...loose, pairs_differ: true, former_pairs: [[other, one]] },
      four,
      objects.slice(0, 1),
    );
    expect(new Set(again[0]?.inspectors)).not.toEqual(new Set([one, other]));
  });

  test('a substitute keeps the constraints, is the same every time, and is nobody of the team', () => {
    const inspectors = listOf(9, (index) => inspectorOf(index));
    const rules = { ...loose, units_differ: true };
    const given = { plan, rules, inspectors, seed, objects };
    const teams: Team[] = teamsOf(given);
    const [team] = teams;
    const [out = '', stays = ''] = team?.inspectors ?? [];
    const substitute = substituteFor(given, teams, { object_id: team?.object_id ?? '', out }, []);
    expect(substitute).not.toBeNull();
    expect([out, stays]).not.toContain(substitute);
    const unitOf = (id: string | null) => inspectors.find(({ inspector_id }) => inspector_id === id)?.unit;
    expect(unitOf(substitute)).not.toBe(unitOf(stays));
    expect(substituteFor(given, teams, { object_id: team?.object_id ?? '', out }, [])).toBe(substitute);
    expect(substituteFor(given, teams, { object_id: team?.object_id ?? '', out: 'J99999' }, [])).toBeNull();
    const other = substituteFor(given, teams, { object_id: team?.object_id ?? '', out }, [substitute ?? '']);
    expect([substitute, out, stays]).not.toContain(other);
  });
});
