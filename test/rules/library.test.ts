import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { hasCodeNames } from '../../src/claims/codes-contract.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import { dayOf } from '../../src/platform/civil.ts';
import {
  type Examples,
  examplesSchema,
  fieldOf,
  letEntryOf,
  type RuleDocument,
  ruleSchema,
} from '../../src/rules/contract.ts';
import { checkExamples, type ScreenClaims } from '../../src/rules/examples.ts';
import { loadRuleSet } from '../../src/rules/library.ts';
import { lintRule } from '../../src/rules/lint.ts';
import { placeholdersOf } from '../../src/rules/message.ts';
import { screenAll } from '../../src/screening/screen-all.ts';

const rules = fileURLToPath(new URL('../../rules', import.meta.url));
const knowledge = await loadKnowledge(`${rules}/knowledge`);
const asOf = dayOf('2026-01-01') ?? 0;
const screen: ScreenClaims = (claims, ruleSet) => screenAll(claims, [], ruleSet);

const json = (file: string): unknown => JSON.parse(readFileSync(`${rules}/library/${file}`, 'utf8'));
const documentOf = (code: string): RuleDocument => ruleSchema.parse(json(`${code.toLowerCase()}.json`));
const examplesOf = (code: string): Examples =>
  examplesSchema.parse(json(`${code.toLowerCase()}.examples.json`));
/** A file that goes missing leaves a hole in the national map, which `coverage.test.ts` finds. */
const codes = readdirSync(`${rules}/library`)
  .filter((file) => file.endsWith('.json') && !file.endsWith('.examples.json'))
  .map((file) => file.slice(0, -'.json'.length).toUpperCase())
  .sort();

/** They need nothing but items, days, kinds of visits and money, which every claim states. */
const unknownFree = [
  'FW-CONSUMABLE-COUNT',
  'FW-DRUG-DOSE',
  'FW-DRUG-DUPLICATE',
  'FW-DRUG-HOARDED',
  'FW-DRUG-INTERACTION',
  'FW-DRUG-INTERNET',
  'FW-DRUG-SECOND-LINE',
  'FW-HERB-LARGE',
  'FW-HERB-NEVER',
  'FW-ITEM-BUNDLE',
  'FW-ITEM-CAP',
  'FW-ITEM-COMPANION',
  'FW-ITEM-CONSUMABLE',
  'FW-ITEM-COURSE',
  'FW-ITEM-CYCLE',
  'FW-ITEM-EXCLUSIVE',
  'FW-ITEM-MED-TYPE',
  'FW-OUTPATIENT-FREQUENT',
  'FW-PHARMACY-FREQUENT',
  'FW-PRESCRIPTION-DRUGS',
  'FW-SETTLEMENT-LIST',
  'FW-SURGERY-DISCOUNT',
  'FW-THIRD-PARTY',
];

describe('the rule library', () => {
  it.each(codes)('%s never says a code that has a name by its number', (code) => {
    const { message, let: entries } = documentOf(code);
    for (const text of [message.zh, message.en])
      for (const { fact, form } of placeholdersOf(text)) {
        const field = fieldOf(letEntryOf({ fact }, entries) ?? { fact });
        expect([fact, form]).toEqual([fact, hasCodeNames(field) ? 'name' : undefined]);
      }
  });

  it('holds every rule with its examples, and nothing without', () => {
    const files = codes.flatMap((code) => [
      `${code.toLowerCase()}.examples.json`,
      `${code.toLowerCase()}.json`,
    ]);
    expect(readdirSync(`${rules}/library`).sort()).toEqual(files.sort());
  });

  it('loads as a whole', async () => {
    const ruleSet = await loadRuleSet(rules);
    expect(ruleSet.rules.map(({ document }) => document.code)).toEqual(codes);
  });

  it.each(codes)('%s is sound and cites the law', (code) => {
    const document = documentOf(code);
    expect(document.code).toBe(code);
    expect(lintRule(document, knowledge)).toEqual([]);
    expect(document.basis.map(({ law }) => law)).toContain('《医疗保障基金使用监督管理条例》');
    expect(document.exclusions.length).toBeGreaterThan(0);
  });

  it.each(codes)('%s does what its examples say', async (code) => {
    const examples = examplesOf(code);
    expect(await checkExamples(documentOf(code), examples, knowledge, screen, asOf)).toEqual([]);
    const kinds = new Set(examples.examples.map(({ kind }) => kind));
    for (const kind of ['hit', 'near_miss', 'border'] as const) expect(kinds).toContain(kind);
  });

  it('has an example of every outcome for a rule that needs what sources may leave out', () => {
    const without = codes.filter((code) =>
      examplesOf(code).examples.every(({ kind }) => kind !== 'cannot_judge'),
    );
    for (const code of without) expect(unknownFree, code).toContain(code);
    expect(without.length).toBe(unknownFree.length);
  });
});

describe('a rule that does not do what its examples say', () => {
  const document = documentOf('FW-STAY-SPLIT');
  const examples = examplesOf('FW-STAY-SPLIT');
  const faultsOf = async (changed: RuleDocument, given: Examples = examples): Promise<string[]> =>
    (await checkExamples(changed, given, knowledge, screen, asOf)).map(({ message }) => message.en);
  const only = (example: Partial<Examples['examples'][number]>): Examples => ({
    ...examples,
    examples: [{ ...(examples.examples[0] ?? fail()), ...example }],
  });

  it('is found when a parameter is off by one', async () => {
    const gap = document.params['gap_days_max'] ?? fail();
    const shorter = { ...document, params: { ...document.params, gap_days_max: { ...gap, value: 14 } } };
    expect(await faultsOf(shorter)).toEqual(['S2 should have a finding']);
    const longer = { ...document, params: { ...document.params, gap_days_max: { ...gap, value: 16 } } };
    expect(await faultsOf(longer)).toEqual(['S2 should have no finding (6000.00 yuan)']);
  });

  it('is found when an exclusion is left out', async () => {
    const cyclic = document.params['cyclic_diags'] ?? fail();
    const without = {
      ...document,
      params: { ...document.params, cyclic_diags: { ...cyclic, value: ['Z99'] } },
    };
    expect(await faultsOf(without)).toEqual(['S2 should have no finding (6000.00 yuan)']);
  });

  it('is found by amount, lines and what is undecided', async () => {
    expect(
      await faultsOf(document, only({ findings: [{ setl_id: 'S2', amount: '1.00', lines: ['7'] }] })),
    ).toEqual(['S2 should be about 1.00 yuan, not 6000.00', 'S2 should flag lines [7], not []']);
    expect(await faultsOf(document, only({ undecided: ['S2'] }))).toEqual(['S2 should be undecided']);
    const withoutUndecided = examples.examples
      .filter(({ kind }) => kind === 'cannot_judge')
      .map((example) => ({ ...example, kind: 'border' as const, undecided: [] }));
    expect(await faultsOf(document, { ...examples, examples: withoutUndecided })).toEqual([
      'S2 should not be undecided',
    ]);
  });

  it('is found when an example tests nothing or holds a broken claim', async () => {
    expect(await faultsOf(document, only({ findings: [] }))).toContain(
      'an example of a hit must expect a finding',
    );
    expect(await faultsOf(document, only({ kind: 'near_miss' }))).toEqual(['a near miss expects no finding']);
    expect(await faultsOf(document, only({ kind: 'cannot_judge' }))).toEqual([
      'an example of cannot_judge must name what is undecided',
    ]);
    expect(await faultsOf(document, { ...examples, rule: 'FW-OTHER' })).toEqual([
      'the examples belong to rule FW-OTHER',
    ]);
    expect(await faultsOf(document, only({ claims: [{ setl_time: '2025-02-30' }] }))).toEqual([
      'claim 1 at $.setl_time: there is no such day in the calendar',
    ]);
  });
});

function fail(): never {
  throw new Error('the library changed: adapt this test');
}
