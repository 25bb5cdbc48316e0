/** Plans and directories for tests of the draw. */
import type {
  DrawObject,
  DrawPlan,
  Evidence,
  Expert,
  Inspector,
  Stratum,
} from '../../src/inspection/contract.ts';
import { committedBundle, openedBundle } from '../../src/inspection/bundle.ts';
import { commitmentOf, frozen } from '../../src/inspection/commitment.ts';

/** Round 1000 of drand's quicknet, as it was published on 2023-08-23 at 15:59:24 UTC. */
export const round1000 = {
  round: 1_000,
  signature:
    'b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39',
  randomness: 'fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd',
  at: '2023-08-23T15:59:24.000Z',
} as const;
export const evidence: Evidence = { kind: 'drand', round: 1_000, signature: round1000.signature };
export const committedAt = '2023-08-23T08:00:00.000Z';
export const salt = 'a3'.repeat(32);

const two = (value: number): string => String(value).padStart(2, '0');

export const objectOf = (index: number, changed: Partial<DrawObject> = {}): DrawObject => ({
  object_id: `H3307${String(index).padStart(6, '0')}`,
  name: `示例医院${index}`,
  kind: index % 3 === 0 ? '药店' : '医院',
  admdvs: `3307${two(index % 9)}`,
  credit_grade: index % 11 === 0 ? null : (['A', 'B', 'C', 'D'][index % 4] ?? null),
  risk: (index * 37) % 1_000,
  clues: index % 17 === 0 ? 1 : 0,
  last_checked: index % 5 === 0 ? '2023-08-10' : null,
  exempt: index % 41 === 0 ? '已停业' : null,
  ...changed,
});

export const inspectorOf = (index: number, changed: Partial<Inspector> = {}): Inspector => ({
  inspector_id: `J${String(index).padStart(5, '0')}`,
  name: `检查员${index}`,
  unit: `单位${index % 4}`,
  certificate: `ZF${index}`,
  certificate_valid_to: '2025-12-31',
  specialties: index % 2 === 0 ? ['临床'] : ['财务'],
  recused_from: [],
  away: [],
  ...changed,
});

export const expertOf = (index: number, changed: Partial<Expert> = {}): Expert => ({
  expert_id: `E${index}`,
  name: `专家${index}`,
  unit: '医科大学',
  role: index % 2 === 0 ? 'expert' : 'third_party',
  specialties: ['临床'],
  recused_from: [],
  away: [],
  ...changed,
});

export const listOf = <Item>(count: number, make: (index: number) => Item): Item[] =>
  Array.from({ length: count }, (_, index) => make(index));

export const strata: Stratum[] = [
  { code: 'clues', title: '有查实线索', where: { clues_min: 1 }, ratio: 1_000, at_least: 0, at_most: null },
  {
    code: 'low-grade',
    title: '信用C、D级',
    where: { grades: ['C', 'D'] },
    ratio: 300,
    at_least: 1,
    at_most: null,
  },
  { code: 'others', title: '其他', where: {}, ratio: 50, at_least: 1, at_most: 20 },
];

export const planOf = (changed: Partial<DrawPlan> = {}): DrawPlan => ({
  plan_id: '2023-Q3',
  title: '2023年第三季度双随机检查',
  agency: '示例市医疗保障局',
  items: [
    {
      code: 'YB-01',
      name: '定点医疗机构使用医保基金情况',
      basis: '《医疗保障基金使用监督管理条例》第二十五条',
    },
  ],
  mode: 'tickets',
  unannounced: true,
  checks: { from: '2023-09-01', to: '2023-10-01' },
  rest_days: 30,
  strata,
  teams: {
    size: 2,
    load_max: 60,
    units_differ: true,
    pairs_differ: false,
    former_pairs: [],
    requirements: [{ kinds: ['医院'], specialty: '临床', at_least: 1 }],
  },
  seed_source: { kind: 'drand', chain: 'quicknet', round: 1_000 },
  ...changed,
});

export interface Directories {
  readonly objects: readonly DrawObject[];
  readonly inspectors: readonly Inspector[];
}
export const directories = (objects = 120, inspectors = 12): Directories => ({
  objects: listOf(objects, objectOf),
  inspectors: listOf(inspectors, inspectorOf),
});

export const committed = (plan: DrawPlan, { objects, inspectors }: Directories) => {
  const held = frozen(salt, objects, inspectors);
  const commitment = commitmentOf({ plan, salt, frozen: held, committedAt, redrawOf: null });
  return { commitment, frozen: held, salt, bundle: committedBundle(commitment, held) };
};

export const drawnBundle = (plan = planOf(), held = directories(), by = evidence) =>
  openedBundle({ ...committed(plan, held), evidence: by });

/** A directory as a CSV, the way `fundwatch draw` reads it. */
export function csvOf(entries: readonly (DrawObject | Inspector | Expert)[]): string {
  const [first] = entries;
  const columns = Object.keys(first ?? {});
  const cell = (value: unknown): string =>
    Array.isArray(value)
      ? value
          .map((item: unknown) =>
            typeof item === 'object' && item !== null ? Object.values(item).join('/') : String(item),
          )
          .join(';')
      : value === null || value === undefined
        ? ''
        : JSON.stringify(value).replace(/^"|"$/g, '');
  const rows = entries.map((entry) => {
    const cells = new Map<string, unknown>(Object.entries(entry));
    return columns.map((column) => cell(cells.get(column))).join(',');
  });
  return `${[columns.join(','), ...rows].join('\n')}\n`;
}
