import { expect, test } from 'vitest';
import { ruleSchema } from '../../src/rules/contract.ts';
import { loadRuleSet, ruleSetOf, selectRules } from '../../src/rules/library.ts';
import { needsHistory, reachOf } from '../../src/screening/reach.ts';

const library = await loadRuleSet('rules');
const only = (...codes: string[]) => selectRules(library, ({ document }) => codes.includes(document.code));

test('a look-back reaches as far as its rule says, and only between the kinds it is about', () => {
  const { longest, between, seen, seeing } = reachOf(only('FW-STAY-SPLIT'));
  expect(longest).toBe(15);
  expect(between('inpatient', 'inpatient')).toBe(15);
  // A visit of unknown kind may be the stay that is looked for.
  expect(between('inpatient', 'unknown')).toBe(15);
  expect(between('inpatient', 'outpatient')).toBeNull();
  expect(between('outpatient', 'inpatient')).toBeNull();
  expect([seen('inpatient'), seen('outpatient')]).toEqual([15, 0]);
  expect([seeing('inpatient'), seeing('unknown'), seeing('outpatient')]).toEqual([15, 15, 0]);
});

test('a look in one direction is none in the other', () => {
  const { between } = reachOf(only('FW-SETTLED-DURING-STAY'));
  expect(between('outpatient', 'inpatient')).toBe(0);
  expect(between('inpatient', 'outpatient')).toBeNull();
});

test('lines of one day matter to each other whatever the kinds of their visits', () => {
  const { longest, between } = reachOf(only('FW-ITEM-DAILY-LIMIT'));
  expect(longest).toBe(0);
  expect(between('outpatient', 'pharmacy')).toBe(0);
});

test('the longest look of any rule counts', () => {
  const reach = reachOf(library);
  expect(reach.longest).toBe(365);
  // Fewer than 90 days before.
  expect(reach.between('inpatient', 'inpatient')).toBe(89);
  // Visits of one day.
  expect(reach.between('outpatient', 'outpatient')).toBe(0);
  expect(reach.between('outpatient', 'inpatient')).toBe(0);
  expect(reachOf(only()).longest).toBe(0);
  expect(reachOf(only()).between('inpatient', 'inpatient')).toBeNull();
});

test('a claim looks back for what was used only when it holds an item that a rule follows', () => {
  const reach = reachOf(only('FW-ITEM-CAP'));
  expect(reach.longest).toBe(365);
  expect(reach.using(['SL-ITEM-2801'])).toBe(365);
  expect(reach.using(['001203000010000'])).toBe(0);
  expect(reach.using(['001203000010000', 'SL-ITEM-2801'])).toBe(365);
  expect(reach.using([])).toBe(0);
  // The first-line drug that arrives late re-opens the verdict on the second-line drug.
  const second = reachOf(only('FW-DRUG-SECOND-LINE'));
  expect(second.using(['SL-DRUG-0501'])).toBe(90);
  expect(second.using(['SL-DRUG-0502'])).toBe(90);
});

test('rules that look at nothing but the claim need no history', () => {
  const needing = library.rules.filter(needsHistory).map(({ document }) => document.code);
  expect(needing).toContain('FW-STAY-SPLIT');
  expect(needing).toContain('FW-ITEM-DAILY-LIMIT');
  expect(needing).toContain('FW-TRACE-RESOLD');
  expect(needing).toContain('FW-AFTER-DEATH');
  expect(needing).not.toContain('FW-ITEM-SEX');
  expect(needing).not.toContain('FW-LINE-REPEATED');
});

test('the days may be a number of the rule itself', () => {
  const [split] = only('FW-STAY-SPLIT').rules;
  const text = JSON.stringify(split?.document).replace('{"param":"gap_days_max"}', '40');
  const document = ruleSchema.parse(JSON.parse(text));
  expect(reachOf(ruleSetOf([document], library.knowledge)).longest).toBe(40);
});
