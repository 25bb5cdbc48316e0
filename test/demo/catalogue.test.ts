import { expect, it } from 'vitest';
import { type Item, items, priceOn, productNumbers } from '../../src/demo/catalogue.ts';
import { acutes, admissions, chemotherapy, chronics, dialysisAdmission } from '../../src/demo/conditions.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import {
  cellOf,
  type Knowledge,
  lookup,
  numberOf,
  rowsFor,
  type Table,
  unitsOfCell,
} from '../../src/knowledge/table.ts';
import { dayOf } from '../../src/platform/civil.ts';

const knowledge = await loadKnowledge(new URL('../../rules/knowledge', import.meta.url).pathname);
const table = (name: string, from: Knowledge = knowledge): Table => {
  const found = from.tables.get(name);
  if (found === undefined) throw new Error(name);
  return found;
};
const days = ['2025-07-01', '2025-08-31', '2025-09-01', '2025-09-30', '2025-10-01', '2026-06-01'].map(
  (text) => dayOf(text) ?? 0,
);
const catalogue = Object.values(items);

it('gives every item a code of its own', () => {
  expect(new Set(catalogue.map((item) => item.code)).size).toBe(catalogue.length);
  expect(productNumbers.size).toBe(catalogue.length);
});

it('calls items as the knowledge tables call them', () => {
  const names = new Map(catalogue.map((item) => [item.code, item.name]));
  for (const name of ['item-sex', 'item-age', 'item-exclusion', 'item-daily-limit', 'item-price-ceiling'])
    for (const row of table(name).rows)
      expect(names.get(cellOf(row, 'med_list_codg') ?? '')).toBe(cellOf(row, 'item_name'));
  for (const row of table('item-exclusion').rows)
    expect(names.get(cellOf(row, 'other_codg') ?? '')).toBe(cellOf(row, 'other_name'));
});

it('knows the daily limits', () => {
  for (const item of catalogue) {
    const row = lookup(table('item-daily-limit'), [item.code], days[0] ?? 0);
    expect([item.name, item.dailyMax]).toEqual([item.name, row === null ? null : numberOf(row, 'cnt_max')]);
  }
});

it('asks no more than the ceiling at any level on any day, and just the ceiling somewhere', () => {
  const levels = {
    '02': 'tertiary',
    '03': 'tertiary',
    '05': 'secondary',
    '06': 'secondary',
    '08': 'primary',
    '09': 'primary',
    '11': 'primary',
  } as const;
  let atCeiling = 0;
  for (const item of catalogue)
    for (const [level, tier] of Object.entries(levels))
      for (const day of days) {
        const row = lookup(table('item-price-ceiling'), [item.code, level], day);
        if (row === null) continue;
        const ceiling = unitsOfCell(row, 'pric_max', 6) ?? 0;
        expect([item.name, level, priceOn(item, tier, day) <= ceiling]).toEqual([item.name, level, true]);
        if (priceOn(item, tier, day) === ceiling) atCeiling++;
      }
  expect(atCeiling).toBeGreaterThan(50);
});

const everyDisease = [...acutes, ...chronics, ...admissions, chemotherapy, dialysisAdmission];
const usedFor = (disease: (typeof everyDisease)[number]): Item[] => {
  if ('treatments' in disease) return [...disease.drugs, ...disease.tests, ...disease.treatments];
  if ('prevalence' in disease) return [...disease.drugs, ...disease.tests];
  const surgery = disease.surgery === null ? [] : [disease.surgery.item, ...disease.surgery.consumables];
  return [...disease.dailyDrugs, ...disease.firstTests, ...disease.imaging, ...disease.takeHome, ...surgery];
};

/** What a row of a table allows, or `null` without a row. */
const allowed = (name: string, code: string, column: string): string | null => {
  const row = lookup(table(name), [code], days[0] ?? 0);
  return row === null ? null : cellOf(row, column);
};

it.each(everyDisease)('treats nobody against sex or age: $name', (disease) => {
  const used = usedFor(disease);
  const sexes = [
    allowed('diagnosis-sex', disease.code, 'gend'),
    ...used.map((item) => allowed('item-sex', item.code, 'gend')),
  ];
  expect(sexes.filter((gend) => gend !== null && gend !== disease.gend)).toEqual([]);
  expect(disease.age[0]).toBeGreaterThanOrEqual(
    Number(allowed('diagnosis-age', disease.code, 'age_min') ?? 0),
  );
  for (const item of used)
    expect(disease.age[1]).toBeLessThanOrEqual(Number(allowed('item-age', item.code, 'age_max') ?? 200));
});

it.each(everyDisease)('uses no item that takes in another: $name', (disease) => {
  const used = usedFor(disease);
  const taken = used.flatMap((item) =>
    rowsFor(table('item-exclusion'), [item.code], days[0] ?? 0).map((row) => cellOf(row, 'other_codg')),
  );
  expect(used.filter((item) => taken.includes(item.code))).toEqual([]);
});
