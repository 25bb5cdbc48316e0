/** Findings made for tests of what people do with them, written as screening writes them. */
import { transaction } from '../../src/platform/database.ts';
import type { Finding } from '../../src/screening/contract.ts';
import { writeFindings } from '../../src/screening/store.ts';
import type { TestDatabase } from '../support/database.ts';

/** Of one district, and of another. */
export const north = 'H33070200001';
export const south = 'H33070300001';

export const idOf = (n: number): string => n.toString(16).padStart(32, '0');

/** One line of 100 yuan at the institution in the north. */
export const findingOf = (n: number, parts: Partial<Finding> = {}): Finding => ({
  finding_id: idOf(n),
  rule_code: 'FW-TEST',
  rule_version: 'aaaaaaaaaaaa',
  rule_name: { zh: '重复收费', en: 'Double charge' },
  verdict: '违规',
  psn_no: `P${n}`,
  fixmedins_code: north,
  setl_id: `S${n}`,
  mdtrt_id: `M${n}`,
  occurred_at: '2026-01-05 09:00:00',
  amount: '100.00',
  message: { zh: '项目重复', en: 'charged twice' },
  claims: [],
  lines: [
    {
      fixmedins_code: parts.fixmedins_code ?? north,
      setl_id: parts.setl_id ?? `S${n}`,
      feedetl_sn: '1',
      role: '违规项',
      amount: parts.amount ?? '100.00',
    },
  ],
  values: {},
  tree: { op: 'all', result: true, of: [] },
  engine_version: '1',
  tables: {},
  ...parts,
});

/** @param judged of whose settlements these are all the findings there are */
export async function writeThem(
  { database }: Pick<TestDatabase, 'database'>,
  findings: readonly Finding[],
  judged = findings,
): Promise<void> {
  await transaction(database, (client) =>
    writeFindings(
      client,
      judged.map(({ fixmedins_code, setl_id }) => ({ fixmedins_code, setl_id })),
      findings,
    ),
  );
}
