/** Credit in the console: the built console in a real browser, on the real server. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NewEntry } from '../../src/credit/contract.ts';
import { loadRiskDocument } from '../../src/credit/risk-file.ts';
import { loadSchemes } from '../../src/credit/scheme-files.ts';
import { recordEntry } from '../../src/credit/service.ts';
import { today } from '../../src/platform/clock.ts';
import { isLeftOut } from '../support/optional-parts.ts';
import { cityArea } from '../support/people.ts';
import { surplusWidth } from './open-console.ts';
import { openRealConsole, type RealConsole } from './real-console.ts';

const buildMs = 180_000;
const longMs = 120_000;

describe.skipIf(isLeftOut('chromium'))('credit in a browser', () => {
  let shown: RealConsole;
  beforeAll(async () => {
    const schemes = await loadSchemes('rules');
    shown = await openRealConsole(
      [
        ['li.si', 'credit_officer'],
        ['qian.qi', 'auditor'],
      ],
      { credit: { schemes, risk: await loadRiskDocument('rules') } },
    );
    const { database } = shown.held;
    const actor = { account: 'li.si', role: 'credit_officer', area: cityArea };
    for (const entry of entries) {
      const done = await recordEntry({ database, schemes, asOf: today }, actor, entry);
      if (!done.ok) throw new Error(done.reason.en);
    }
  }, buildMs);
  afterAll(() => shown?.close());

  it(
    'an institution shows how its grade adds up; an auditor sees it and changes nothing',
    async () => {
      const { open, picture, problems } = shown;
      const page = await open('qian.qi', '/credit');
      await page.getByRole('link', { name: 'H33070200001' }).click();
      await page.getByText('信用评价').first().waitFor();
      await page.getByText(/等级不高于 E 级/).waitFor();
      expect(await page.getByRole('button', { name: '撤销' }).count()).toBe(0);
      expect(await page.getByRole('button', { name: '告知主体' }).isDisabled()).toBe(true);
      await picture(page, 'credit-institution');
      expect(problems).toEqual([]);
    },
    longMs,
  );

  it(
    'is no wider than a phone',
    async () => {
      const { base, open, picture } = shown;
      const page = await open('li.si', '/credit', 'phone');
      await page.getByText('H33070200001').waitFor();
      expect(await surplusWidth(page)).toBe(0);
      await picture(page, 'credit-phone');
      await page.goto(`${base}/credit-risk`);
      await page.getByText('不得作为处理依据').waitFor();
      expect(await surplusWidth(page)).toBe(0);
      expect(await page.locator('.ant-table').count()).toBe(0);
      await page.goto(`${base}/credit`);
      await page.getByText('H33070200001').click();
      await page.getByText(/等级不高于 E 级/).waitFor();
      expect(await surplusWidth(page)).toBe(0);
      await picture(page, 'credit-institution-phone');
    },
    longMs,
  );
});

const institution = (key: string, fact: string, day: string, over: object = {}): NewEntry => ({
  entry: 'fact',
  subject: { kind: 'institution', key },
  day,
  fact,
  basis: 'case_decision',
  points: null,
  severity: null,
  responsibility: null,
  value: null,
  event: null,
  act: null,
  source: { reference: `医保罚〔2026〕${fact} 号`, sha256: null },
  ...over,
});
const entries: readonly NewEntry[] = [
  institution('H33070200001', 'fund_misuse_accepted', '2026-02-01', {
    basis: 'accepted_finding',
    value: 8_000_000,
  }),
  institution('H33070200001', 'fund_fraud', '2026-03-01'),
  institution('H33070200001', 'uploads_timely', '2026-04-01', { basis: 'upload_record' }),
  institution('H33070300002', 'uploads_late', '2026-04-01', { severity: 'minor', basis: 'upload_record' }),
];
