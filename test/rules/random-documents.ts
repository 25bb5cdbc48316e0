/**
 * Random rule documents for the comparison of the two evaluators: every unit, fact, operator and nesting, values of right and wrong types,
 * parameters, names of `let`. They need not be sound; they only name what exists, so that they compile.
 */
import fc from 'fast-check';
import {
  calculations,
  type Condition,
  type Each,
  type FactRef,
  type Leaf,
  lineKeys,
  operators,
  type RuleDocument,
} from '../../src/rules/contract.ts';
import { isTooDeep } from '../../src/rules/calc.ts';
import { plainFacts } from '../../src/rules/facts.ts';
import { relatedColumns } from '../../src/rules/related.ts';

const words = { zh: '试', en: 'trial' };
const kinds = ['inpatient', 'outpatient', 'pharmacy', 'other', 'unknown'] as const;

const scalar = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(0, 1, 2, 3, 10, 14, 20, 24, 65, 90, 0.5, 1000) },
  {
    weight: 2,
    arbitrary: fc.constantFrom('1', '2', 'year', 'day', 'inpatient', 'outpatient', 'D1', 'H33070000001'),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '2026-01-05',
      '2026-01-20',
      '2026-02-01',
      '2026-01-12 08:00:00',
      '2026-01-15 08:00',
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom('J18', 'J18.900', 'C5', 'Z51', '001109000010000', '003301000150000', 'X'),
  },
  { weight: 1, arbitrary: fc.constantFrom(true, false, '') },
);
const literal = fc.oneof(
  { weight: 3, arbitrary: scalar },
  { weight: 1, arbitrary: fc.array(scalar, { maxLength: 4 }) },
);
const paramNames = ['first', 'second', 'days'] as const;
const days = fc.constantFrom(0, 1, 2, 5, 15);

const plainName = fc.constantFrom(...Object.keys(plainFacts));
const plainRef: fc.Arbitrary<FactRef> = plainName.map((fact) => ({ fact }));

const lookups = [
  { table: 'item-sex', key: 'line.med_list_codg', columns: ['gend', 'item_name', 'effective_to'] },
  { table: 'item-age', key: 'line.med_list_codg', columns: ['age_min', 'age_max', 'age_unit'] },
  { table: 'diagnosis-sex', key: 'diagnosis.diag_code', columns: ['gend', 'diag_name'] },
  { table: 'diagnosis-age', key: 'claim.main_diag', columns: ['age_min', 'age_max', 'age_unit'] },
  { table: 'item-daily-limit', key: 'line.med_list_codg', columns: ['cnt_max', 'unit_name'] },
  {
    table: 'item-price-ceiling',
    key: ['line.med_list_codg', 'claim.hosp_lv'],
    columns: ['pric_max', 'hosp_lv', 'note'],
  },
] as const;
const tableRef: fc.Arbitrary<FactRef> = fc.oneof(
  ...lookups.map(({ table, key, columns }) =>
    fc.constantFrom(...columns).map(
      (column): FactRef => ({
        fact: 'table',
        params: { table, key: typeof key === 'string' ? key : [...key] },
        path: `$.${column}`,
      }),
    ),
  ),
);

const columnsOf = (fact: keyof typeof relatedColumns): fc.Arbitrary<string> =>
  fc.constantFrom('count', ...Object.keys(relatedColumns[fact])).map((column) => `$.${column}`);

const linesRef: fc.Arbitrary<FactRef> = fc
  .tuple(
    fc.constantFrom('claim', 'person'),
    fc.oneof(
      fc.constantFrom('minute', 'day', 'prescription', 'claim').map((within) => ({ within })),
      fc.constantFrom(0, 1, 7, 40).map((days) => ({ within: 'visit', days })),
    ),
    fc.boolean(),
    columnsOf('lines'),
  )
  .map(([over, near, mirrored, path]) => ({
    fact: 'lines',
    params: {
      over: near.within === 'visit' ? 'person' : over,
      ...near,
      table: 'item-exclusion',
      mine: mirrored ? 'other_codg' : 'med_list_codg',
      theirs: mirrored ? 'med_list_codg' : 'other_codg',
    },
    path,
  }));

const claimsRef: fc.Arbitrary<FactRef> = fc
  .tuple(
    fc.oneof(fc.constantFrom(...kinds), fc.subarray([...kinds], { minLength: 1 })),
    fc.constantFrom('same', 'other', 'any'),
    fc.constantFrom('same_period', 'overlapping', 'surrounding', 'ended_before', 'began_within'),
    fc.oneof(days, fc.constant({ param: 'days' })),
    fc.constantFrom('before', 'any'),
    fc.constantFrom('nothing', 'main_diag_category'),
    fc.record(
      {
        differs: fc.constantFrom('insutype', 'insuplc_admdvs', 'mdtrtarea_admvs', 'mdtrtarea_city'),
        minutes: fc.constantFrom(1, 20, 30, 1440),
      },
      { requiredKeys: [] },
    ),
    columnsOf('claims'),
  )
  .map(([kind, institution, relation, within, order, same, narrower, path]) => ({
    fact: 'claims',
    params: { kinds: kind, institution, relation, days: within, order, same, ...narrower },
    path,
  }));

const otherRef: fc.Arbitrary<FactRef> = fc.oneof(
  columnsOf('sales').map((path) => ({ fact: 'sales', params: {}, path })),
  fc
    .tuple(fc.constantFrom(0, 0.5, 0.95), columnsOf('identity'))
    .map(([score_min, path]) => ({ fact: 'identity', params: { score_min }, path })),
);

const codedRef: fc.Arbitrary<FactRef> = fc
  .tuple(
    fc.constantFrom('diagnoses', 'main_diagnosis', 'operations', 'main_operation'),
    fc.constantFrom('line.med_list_codg', 'claim.main_oprn', 'claim.main_diag', 'person.gend'),
    columnsOf('coded'),
  )
  .map(([of, key, path]) => ({
    fact: 'coded',
    params: {
      of,
      table: 'item-indication',
      key,
      mine: key === 'line.med_list_codg' ? 'med_list_codg' : key === 'person.gend' ? 'gend' : 'code',
      theirs: 'code',
    },
    path,
  }));

type Params = NonNullable<FactRef['params']>;

const amongRef: fc.Arbitrary<FactRef> = fc
  .tuple(
    fc.constantFrom('minute', 'day', 'prescription', 'claim'),
    fc.constantFrom<Params>(
      {},
      { list_types: '2' },
      { list_types: ['1', '20'] },
      { charge_types: ['07', '05'] },
    ),
    fc.constantFrom<Params>(
      {},
      { table: 'item-exclusion' },
      { table: 'item-exclusion', listed: false },
      { table: 'item-age', listed: true },
      { table: 'item-indication', key: 'claim.main_diag', mine: 'code' },
      { table: 'item-indication', key: 'diagnosis.diag_code', mine: 'code', listed: false },
    ),
    columnsOf('among'),
  )
  .map(([within, types, listed, path]) => ({ fact: 'among', params: { within, ...types, ...listed }, path }));

const usageRef: fc.Arbitrary<FactRef> = fc
  .tuple(
    fc.constantFrom(1, 2, 5, 15, 60),
    fc.constantFrom('same', 'any'),
    fc.constantFrom<Params>(
      {},
      { table: 'item-exclusion', theirs: 'other_codg' },
      { table: 'item-sex', mine: 'gend', theirs: 'med_list_codg' },
    ),
    columnsOf('usage'),
  )
  .map(([within, institution, items, path]) => ({
    fact: 'usage',
    params: { days: within, institution, ...items },
    path,
  }));

const statedRef: fc.Arbitrary<FactRef> = plainName.map((fact) => ({
  fact: 'stated',
  params: { fact },
  path: '$.yes',
}));

type Operand = string | number | { param: string };

/** Calculations of plain facts, numbers, parameters, and – by name – of the entries of `let`, which may be calculations themselves. */
const calcRef: fc.Arbitrary<FactRef> = fc
  .tuple(
    fc.constantFrom(...calculations),
    fc.oneof(plainName, fc.constantFrom('stay', 'limit', 'own', 'limit.count', 'stay.cnt', 'sum')),
    fc.oneof(
      plainName,
      fc.constantFrom<Operand>(0, 0.1, 3, 'group.cnt', 'line.cnt', 'stay.count', 'limit.count', {
        param: 'days',
      }),
    ),
  )
  .map(([calculation, left, right]) => ({
    fact: 'calc',
    params: { do: calculation, left, right },
    path: '$.value',
  }));

const relatedRef = fc.oneof(
  { weight: 1, arbitrary: calcRef },
  { weight: 1, arbitrary: codedRef },
  { weight: 1, arbitrary: amongRef },
  { weight: 1, arbitrary: usageRef },
  { weight: 1, arbitrary: statedRef },
  { weight: 2, arbitrary: tableRef },
  { weight: 1, arbitrary: linesRef },
  { weight: 2, arbitrary: claimsRef },
  { weight: 1, arbitrary: otherRef },
);

/** A name of `let`, as it stands, with a column of its own, or with a path beside it. */
const entryRef = (entry: string, given: FactRef): fc.Arbitrary<FactRef> => {
  const column = given.path?.slice(2);
  if (column === undefined) return fc.constant({ fact: entry });
  return fc.constantFrom<FactRef>(
    { fact: entry },
    { fact: `${entry}.${column}` },
    { fact: entry, path: `$.${column}` },
    { fact: entry, path: '$.count' },
    { fact: `${entry}.count` },
  );
};

const reference = (entries: Readonly<Record<string, FactRef>>): fc.Arbitrary<FactRef> =>
  fc.oneof(
    { weight: 3, arbitrary: plainRef },
    { weight: 3, arbitrary: relatedRef },
    ...Object.entries(entries).map(([entry, given]) => ({ weight: 1, arbitrary: entryRef(entry, given) })),
  );

/** What authors write most: how many of something there are. A uniform mixture would hardly ever ask it. */
const countLeaf: fc.Arbitrary<Leaf> = fc
  .tuple(
    fc.oneof(linesRef, claimsRef, claimsRef, otherRef, codedRef, amongRef, usageRef),
    fc.constantFrom('equal', 'greaterThan', 'lessThanInclusive'),
    fc.constantFrom(0, 1, 2),
  )
  .map(([given, operator, value]) => ({
    ...given,
    path: given.fact === 'identity' ? '$.passed' : '$.count',
    operator,
    value,
  }));

const anyLeaf = (entries: Readonly<Record<string, FactRef>>): fc.Arbitrary<Leaf> =>
  fc
    .tuple(
      reference(entries),
      fc.constantFrom(...operators),
      fc.oneof(
        { weight: 4, arbitrary: literal },
        { weight: 1, arbitrary: fc.constantFrom(...paramNames).map((param) => ({ param })) },
        { weight: 2, arbitrary: reference(entries) },
      ),
    )
    .map(([left, operator, value]) => ({ ...left, operator, value }));

const leaf = (entries: Readonly<Record<string, FactRef>>): fc.Arbitrary<Leaf> =>
  fc.oneof({ weight: 2, arbitrary: anyLeaf(entries) }, { weight: 1, arbitrary: countLeaf });

const condition = (entries: Readonly<Record<string, FactRef>>): fc.Arbitrary<Condition> =>
  fc.letrec<{ condition: Condition }>((tie) => ({
    condition: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      { weight: 3, arbitrary: leaf(entries) },
      { weight: 2, arbitrary: tie('condition').map((not) => ({ not })) },
      {
        weight: 2,
        arbitrary: fc.array(tie('condition'), { minLength: 1, maxLength: 3 }).map((all) => ({ all })),
      },
      {
        weight: 2,
        arbitrary: fc.array(tie('condition'), { minLength: 1, maxLength: 3 }).map((any) => ({ any })),
      },
    ),
  })).condition;

const each: fc.Arbitrary<Each> = fc.oneof(
  fc.constant<Each>({ unit: 'claim' }),
  fc.constant<Each>({ unit: 'diagnosis' }),
  fc.subarray([...lineKeys], { maxLength: 2 }).map((merge_by): Each => ({ unit: 'line', merge_by })),
  fc
    .tuple(fc.constantFrom('claim', 'person'), fc.subarray([...lineKeys], { minLength: 1, maxLength: 3 }))
    .map(([over, group_by]): Each => ({ unit: 'group', over, group_by })),
);

export const randomDocument: fc.Arbitrary<RuleDocument> = fc
  .record({ stay: relatedRef, limit: relatedRef, own: plainRef, sum: calcRef })
  // Those that stand on themselves are no rules: lint refuses them.
  .filter((entries) => !Object.keys(entries).some((fact) => isTooDeep({ let: entries }, { fact }, 1)))
  .chain((entries) =>
    fc
      .record({
        each,
        conditions: condition(entries),
        kinds: fc.subarray([...kinds], { minLength: 1 }),
        params: fc.record({ first: literal, second: literal, days }),
        from: fc.constantFrom('2000-01-01', '2000-01-01', '2026-01-15'),
      })
      .map(
        (made): RuleDocument => ({
          code: 'FW-RANDOM',
          national: [],
          name: words,
          category: '管理类',
          verdict: '可疑',
          stage: ['事后'],
          purpose: words,
          basis: [{ law: '—', article: '—' }],
          scope: { kinds: made.kinds },
          effective: { from: made.from, to: null },
          each: made.each,
          params: Object.fromEntries(
            Object.entries(made.params).map(([param, value]) => [
              param,
              { title: words, value, unit: '—', standing: '示例' as const },
            ]),
          ),
          let: entries,
          conditions: made.conditions,
          stake: { of: 'none' },
          message: words,
          exclusions: [],
        }),
      ),
  );
