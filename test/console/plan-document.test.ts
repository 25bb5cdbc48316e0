import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { exampleNumbers, examplePlan, exampleSeed } from '../../src/console/inspections/example-plan.ts';
import { planDocumentOf, readPlan } from '../../src/console/inspections/plan-document.ts';
import { withEdit } from '../../src/console/json-document.ts';
import { textIn } from '../../src/console/language.tsx';
import { seedSourceSchema } from '../../src/inspection/contract.ts';
import { planOf } from '../inspection/draws.ts';

const chinese = textIn('zh');
const least = 64;
const faultsOf = (plan: unknown) => readPlan(JSON.stringify(plan), least, chinese).faults;

describe('the plan behind its form', () => {
  it('is shown for every kind of plan', () => {
    const box = readFileSync('rules/inspection/plan.example.json', 'utf8');
    expect(planDocumentOf(box)).toEqual(JSON.parse(box));
    for (const kind of ['dice', 'drand', 'published'] as const)
      expect(
        planDocumentOf(JSON.stringify({ ...examplePlan(), seed_source: exampleSeed(kind) })),
      ).not.toBeNull();
    expect(seedSourceSchema.safeParse(exampleSeed('drand')).success).toBe(true);
    expect(planDocumentOf(JSON.stringify(planOf({ teams: null })))).not.toBeNull();
  });

  it('is not shown where the form would change something else than what counts', () => {
    expect(planDocumentOf('{')).toBeNull();
    const text = JSON.stringify(planOf());
    expect(planDocumentOf(text.replace('{', '{"title":"甲",'))).toBeNull();
  });

  it('keeps what the form does not know', () => {
    const text = JSON.stringify({ ...planOf(), more: { of: ['it'] } }, null, 2);
    const changed = withEdit(text, { path: ['strata', 0, 'where', 'kinds'], value: ['医院'] });
    const plan = planOf();
    const [first, ...rest] = plan.strata;
    expect(JSON.parse(changed)).toEqual({
      ...plan,
      more: { of: ['it'] },
      strata: [{ ...first, where: { ...first?.where, kinds: ['医院'] } }, ...rest],
    });
    expect(
      JSON.parse(withEdit(changed, { path: ['strata', 0, 'where', 'kinds'], value: undefined })),
    ).toEqual(JSON.parse(text));
  });

  it('says each fault at its place: of the schema, of the plan as a whole, and of too little chance', () => {
    expect(faultsOf({ ...planOf(), title: '', items: [], rest_days: -1 })).toEqual([
      { place: '/title', words: '请填写' },
      { place: '/items', words: '请填写' },
      { place: '/rest_days', words: '应不小于 0' },
    ]);
    const [stratum] = planOf().strata;
    expect(faultsOf(planOf({ strata: stratum === undefined ? [] : [stratum, stratum] }))).toEqual([
      { place: '/strata/1/code', words: '分层编码 clues 重复' },
    ]);
    const sources = [{ ...exampleNumbers(), name: '彩票', numbers: 2 }];
    const faults = faultsOf(planOf({ seed_source: { kind: 'published', sources, readers: ['甲', '乙'] } }));
    expect(faults.map(({ place }) => place)).toEqual(['/seed_source/sources']);
  });
});
