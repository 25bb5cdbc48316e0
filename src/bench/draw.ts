/**
 * `npm run bench draw`: a draw from a city's directories, from freezing to verification, beside a shuffle that nobody can check. The
 * objects and inspectors are made by arithmetic; a round of drand that was published is the seed.
 */
import { randomInt } from 'node:crypto';
import { bundleText, givenOf, openedBundle } from '../inspection/bundle.ts';
import { commitmentOf, frozen } from '../inspection/commitment.ts';
import type { DrawObject, DrawPlan, Evidence, Inspector } from '../inspection/contract.ts';
import { drawAll } from '../inspection/draw.ts';
import { verifyBundle } from '../inspection/verify.ts';
import { type Machine, machine } from './machine.ts';

export interface DrawOptions {
  readonly objects: number;
  readonly inspectors: number;
  readonly print: (line: string) => void;
}

export interface DrawFigures {
  readonly measured_at: string;
  readonly machine: Machine;
  readonly objects: number;
  readonly inspectors: number;
  readonly drawn: number;
  readonly bundle_mb: number;
  readonly steps: readonly { readonly step: string; readonly ms: number }[];
  readonly verdict: string;
}

const salt = '5a'.repeat(32);
/** Round 1000 of drand's quicknet, 2023-08-23T15:59:24Z. */
const evidence: Evidence = {
  kind: 'drand',
  round: 1_000,
  signature:
    'b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39',
};
const committedAt = '2023-08-23T08:00:00.000Z';
const bytesPerMb = 1e6;
const grades = ['A', 'B', 'C', 'D', 'E'];

const plan = (objects: number, inspectors: number): DrawPlan => ({
  plan_id: 'bench',
  title: '基准测试',
  agency: '基准测试',
  items: [{ code: 'B1', name: '基准测试', basis: '基准测试' }],
  mode: 'tickets',
  unannounced: true,
  checks: { from: '2023-09-01', to: '2023-12-01' },
  rest_days: 30,
  strata: [
    { code: 'low', title: 'D、E', where: { grades: ['D', 'E'] }, ratio: 200, at_least: 1, at_most: null },
    { code: 'others', title: '其他', where: {}, ratio: 33, at_least: 1, at_most: null },
  ],
  teams: {
    size: 2,
    load_max: Math.max(2, Math.ceil((objects / Math.max(1, inspectors)) * 0.4)),
    units_differ: true,
    pairs_differ: true,
    former_pairs: [],
    requirements: [{ kinds: ['医院'], specialty: '临床', at_least: 1 }],
  },
  seed_source: { kind: 'drand', chain: 'quicknet', round: 1_000 },
});

const objectOf = (index: number): DrawObject => ({
  object_id: `H${String(index).padStart(8, '0')}`,
  name: `基准测试${index}`,
  kind: index % 3 === 0 ? '医院' : '药店',
  admdvs: `33${String(index % 90).padStart(4, '0')}`,
  credit_grade: grades[(index * 7) % grades.length] ?? null,
  risk: (index * 37) % 1_000,
  clues: 0,
  last_checked: index % 10 === 0 ? '2023-08-20' : null,
  exempt: null,
});

const inspectorOf = (index: number): Inspector => ({
  inspector_id: `J${String(index).padStart(6, '0')}`,
  name: `检查员${index}`,
  unit: `单位${index % 50}`,
  certificate: `ZF${index}`,
  certificate_valid_to: index % 40 === 0 ? '2023-09-01' : '2026-12-31',
  specialties: index % 2 === 0 ? ['临床'] : ['财务'],
  recused_from: [`H${String(index).padStart(8, '0')}`],
  away: index % 25 === 0 ? [{ from: '2023-09-10', to: '2023-09-20' }] : [],
});

export function runDrawBench({ objects, inspectors, print }: DrawOptions): DrawFigures {
  const directory = Array.from({ length: objects }, (_, index) => objectOf(index));
  const people = Array.from({ length: inspectors }, (_, index) => inspectorOf(index));
  const steps: { step: string; ms: number }[] = [];
  const timed = <Result>(step: string, work: () => Result): Result => {
    const begin = performance.now();
    const result = work();
    const ms = Math.round((performance.now() - begin) * 10) / 10;
    steps.push({ step, ms });
    print(`  ${step}: ${ms} ms`);
    return result;
  };
  const wanted = plan(objects, inspectors);
  const held = timed('freeze: a salted leaf for each line', () => frozen(salt, directory, people));
  const commitment = timed('commit', () =>
    commitmentOf({ plan: wanted, salt, frozen: held, committedAt, redrawOf: null }),
  );
  const given = { commitment, frozen: held, salt, evidence };
  timed('draw objects', () => drawAll(givenOf({ ...given, commitment: withoutTeams(commitment) })));
  const drawn = timed('draw objects and teams', () => drawAll(givenOf(given)));
  const text = timed('write the bundle', () => bundleText(openedBundle(given, drawn)));
  const { verdict } = timed('verify the bundle', () => verifyBundle(text));
  timed('baseline: a shuffle that nobody can check', () => shuffled(directory));
  return {
    measured_at: new Date().toISOString(),
    machine: machine(),
    objects,
    inspectors,
    drawn: drawn.result.strata.reduce((sum, stratum) => sum + stratum.drawn.length, 0),
    bundle_mb: Math.round((Buffer.byteLength(text) / bytesPerMb) * 10) / 10,
    steps,
    verdict,
  };
}

const withoutTeams = <Given extends { readonly plan: DrawPlan }>(commitment: Given): Given => ({
  ...commitment,
  plan: { ...commitment.plan, teams: null },
});

/** Fisher and Yates with the system's random numbers. */
function shuffled<Item>(items: readonly Item[]): Item[] {
  const left = [...items];
  for (let last = left.length - 1; last > 0; last -= 1) {
    const at = randomInt(last + 1);
    const [one, other] = [left[last], left[at]];
    if (one !== undefined && other !== undefined) [left[last], left[at]] = [other, one];
  }
  return left;
}
