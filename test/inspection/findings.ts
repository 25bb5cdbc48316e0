/** What screening found at the hospital of the tests of checks: two by one rule, one by another. */
import type { Finding } from '../../src/screening/contract.ts';

export const here = 'H33070200001';

export const findingOf = (index: number): Finding => ({
  finding_id: String(index + 1).padStart(32, '0'),
  rule_code: index < 2 ? 'FW-ITEM-DAILY-LIMIT' : 'FW-STAY-SPLIT',
  rule_version: 'aaaaaaaaaaaa',
  rule_name:
    index < 2
      ? { zh: '超每日限定频次', en: 'Over its daily limit' }
      : { zh: '分解住院', en: 'A stay that was split' },
  verdict: '违规',
  psn_no: `P${index}`,
  fixmedins_code: here,
  setl_id: `S${index}`,
  mdtrt_id: `M${index}`,
  occurred_at: '2026-01-01 09:00:00',
  amount: index < 2 ? '30.50' : '1000.00',
  message: { zh: '一句话', en: 'a sentence' },
  claims: [],
  lines: [],
  values: {},
  tree: { op: 'all', result: true, of: [] },
  engine_version: '1',
  tables: {},
});
