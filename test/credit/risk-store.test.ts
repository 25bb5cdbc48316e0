/** What the database measures for the risk index is what the pure function measures of the same stays. */
import { expect, test } from 'vitest';
import { canonicalClaim } from '../../src/claims/canonical.ts';
import { loadRiskDocument } from '../../src/credit/risk-file.ts';
import { measure, type MeasuredStay } from '../../src/credit/risk-measures.ts';
import { storedMeasures } from '../../src/credit/risk-store.ts';
import { riskList } from '../../src/credit/view-service.ts';
import { formatDay } from '../../src/platform/civil.ts';
import { asOf, claimOf, day } from '../support/claims.ts';
import { createTestDatabase } from '../support/database.ts';
import { storeCanonical } from '../support/store-claims.ts';

const firstDay = day('2026-01-01');
/** Institution, kind of visit, days, yuan. */
const stays: readonly (readonly [string, string, number, number])[] = [
  ['H1', '21', 3, 100],
  ['H1', '21', 40, 900.5],
  ['H1', '11', 0, 20],
  ['H2', '21', 5, 300],
  ['H2', '21', 4, 200],
  ['H2', '52', 9, 250],
  ['H3', '21', 6, 400],
  ['H3', '41', 0, 30],
];

test('measures stays beside their peers, money and settlements of the period, and ranks institutions by them', async () => {
  const held = await createTestDatabase();
  try {
    const claims = stays.map(([institution, med_type, days, yuan], at) =>
      claimOf({
        setl_id: `S${at}`,
        setl_time: `${formatDay(firstDay + 60)} 10:00:00`,
        person: { psn_no: `P${at}`, gend: '1', brdy: '1980-01-01' },
        institution: {
          fixmedins_code: institution,
          ...(institution === 'H2' ? { fixmedins_name: '第二医院' } : {}),
        },
        visit: {
          mdtrt_id: `M${at}`,
          med_type,
          begntime: `${formatDay(firstDay + at)} 08:00:00`,
          endtime: `${formatDay(firstDay + at + days)} 09:00:00`,
        },
        lines: [],
        settlement: { medfee_sumamt: yuan, fund_pay_sumamt: String(yuan) },
      }),
    );
    const before = claimOf({
      setl_id: 'OLD',
      setl_time: '2025-12-31 10:00:00',
      institution: { fixmedins_code: 'H1' },
      visit: {
        mdtrt_id: 'M',
        med_type: '21',
        begntime: '2025-12-31 08:00:00',
        endtime: '2026-02-25 09:00:00',
      },
      lines: [],
    });
    await storeCanonical(
      held,
      [...claims, { ...before, setl_time: '2026-03-01 10:00:00' }].map((claim) => {
        const read = canonicalClaim(claim, asOf);
        if (!read.ok) throw new Error(JSON.stringify(read.issues));
        return read;
      }),
    );
    const plain: MeasuredStay[] = stays.map(([institution, med_type, days, yuan]) => ({
      institution,
      group: med_type,
      days: ['21', '52'].includes(med_type) ? days : null,
      fundPaidFen: yuan * 100,
    }));
    const period = { from: '2026-01-01', to: '2026-02-01' };
    for (const peersMin of [2, 6]) {
      const stored = await storedMeasures(held.database.pool, { ...period, peersMin });
      expect(Object.fromEntries(stored)).toEqual(Object.fromEntries(measure(plain, [], peersMin)));
    }
    const deps = {
      database: held.database,
      schemes: [],
      risk: await loadRiskDocument('rules'),
      asOf: () => asOf,
    };
    const ranked = await riskList(deps, period);
    expect(ranked?.items.map(({ institution }) => institution)).toEqual(['H1', 'H2', 'H3']);
    expect(ranked?.items.map(({ name }) => name)).toEqual([null, '第二医院', null]);
    expect(ranked?.items[0]?.parts[1]).toMatchObject({ input: 'stay_longest_days', value: 40 });
    expect(await riskList({ ...deps, risk: null }, period)).toBeNull();
  } finally {
    await held.drop();
  }
});
