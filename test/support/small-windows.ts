import type { RuleDocument } from '../../src/rules/contract.ts';
import { type RuleSet, ruleSetOf } from '../../src/rules/library.ts';

/** What the limits of the rules over windows have to be for the few persons of a tiny world. */
const small: Readonly<
  Record<string, { readonly each?: object; readonly params: Readonly<Record<string, number>> }>
> = {
  'FW-VISIT-GATHERING': {
    params: { window_days: 60, minutes_apart: 30, days_min: 1, persons_min: 2 },
  },
  'FW-VISIT-ALIKE': { each: { days: 30 }, params: { persons_min: 1, items_min: 1 } },
  'FW-DOCTOR-VISITS': { each: { days: 10 }, params: { visits_max: 0 } },
  'FW-DOCTOR-HOURS': { params: { visits_min: 1, minutes_max: 0 } },
};

/** The rules of a set with limits that a tiny world reaches; windows of many days are looked back over as well. */
export const withSmallWindows = (ruleSet: RuleSet): RuleSet => shrunk(ruleSet, true);

/** The same with as many days as the rules say. */
export const withSmallLimits = (ruleSet: RuleSet): RuleSet => shrunk(ruleSet, false);

function shrunk(ruleSet: RuleSet, isOverDays: boolean): RuleSet {
  return ruleSetOf(
    ruleSet.rules.map(({ document }) => smaller(document, isOverDays)),
    ruleSet.knowledge,
  );
}

function smaller(document: RuleDocument, isOverDays: boolean): RuleDocument {
  const by = small[document.code];
  const { each } = document;
  if (by === undefined || each.unit !== 'window') return document;
  const params = Object.fromEntries(
    Object.entries(document.params).map(([name, param]) => [
      name,
      { ...param, value: by.params[name] ?? param.value },
    ]),
  );
  return { ...document, each: { ...each, ...(isOverDays ? by.each : {}) }, params };
}
