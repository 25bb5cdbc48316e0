import type { Texts } from '../rulebook-api.ts';

const nowhere = { zh: '', en: '' };

/** What somebody begins with who writes a rule from nothing: every member is there, and the checks say what is to be filled in. */
export const emptyTexts = (code: string): Texts => ({
  document: JSON.stringify(
    {
      code,
      national: [],
      name: nowhere,
      category: '管理类',
      verdict: '提示',
      stage: ['事后'],
      purpose: nowhere,
      basis: [{ law: '', article: '' }],
      scope: { kinds: ['inpatient', 'outpatient'] },
      effective: { from: '2025-01-01', to: null },
      each: { unit: 'claim' },
      params: {},
      let: {},
      conditions: { all: [{ fact: 'claim.medfee_sumamt', operator: 'greaterThan', value: 0 }] },
      stake: { of: 'claim' },
      message: nowhere,
      exclusions: [],
    },
    null,
    2,
  ),
  examples: JSON.stringify({ rule: code, base: { claim: {}, line: {} }, examples: [] }, null, 2),
});
