/** Credit in the console: the built console in a real browser, on the real server. */
import type { Page } from 'playwright-core';
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
const longMs = 90_000;

describe.skipIf(isLeftOut('chromium'))('credit in a browser', () => {
  let shown: RealConsole;
  beforeAll(async () => {
    const schemes = await loadSchemes('rules');
    shown = await openRealConsole(
      [
        ['li.si', 'credit_officer'],
        ['wang.wu', 'leader'],
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

  const choose = async (page: Page, label: string, option: string): Promise<void> => {
    await page.getByRole('dialog').getByLabel(label, { exact: true }).click();
    await page.locator('.ant-select-item-option', { hasText: option }).first().click();
  };

  it(
    'a fact is recorded, the subject told; it objects, somebody else decides, and the points are back',
    async () => {
      const { open, picture, problems } = shown;
      const officer = await open('li.si', '/credit');
      await officer.getByText('E 级（严重失信）').waitFor();
      await picture(officer, 'credit');
      await officer.locator('.ant-segmented-item', { hasText: '医师' }).click();
      await officer.getByText('账本中还没有这类主体').waitFor();
      await officer.getByRole('button', { name: '记录事实' }).click();
      const dialog = officer.getByRole('dialog');
      await dialog.getByLabel('编号', { exact: true }).fill('D330700000001');
      await choose(officer, '事实', '欺诈骗保');
      await dialog.getByLabel('文书所载分值').fill('9');
      await dialog.getByLabel('文书', { exact: true }).fill('医保罚〔2026〕12号');
      await dialog.getByRole('button', { name: '确定' }).click();
      await dialog.getByText('该档为 10–12 分').waitFor();
      await dialog.getByLabel('文书所载分值').fill('12');
      await picture(officer, 'credit-record');
      await dialog.getByRole('button', { name: '确定' }).click();
      await officer.getByText('终止医保支付资格 · 12 分').waitFor();
      await officer.getByText(/一次性记 12 分，终止医保支付资格 36 个月/).waitFor();
      const address = new URL(officer.url()).pathname;
      expect(address).toMatch(/^\/credit\/\d+$/);

      await officer.getByRole('button', { name: '告知主体' }).click();
      await officer.getByRole('button', { name: '确定' }).click();
      await officer.getByText('已告知', { exact: true }).waitFor();
      expect(await officer.getByRole('button', { name: '公布', exact: true }).isDisabled()).toBe(true);
      await officer.getByRole('button', { name: '登记异议' }).click();
      await dialog.getByLabel('文书编号').fill('申诉 1 号');
      await dialog.getByLabel('理由').fill('该处方不是本人开具');
      await dialog.getByRole('button', { name: '确定' }).click();
      await officer.locator('.credit-objection').getByText('该处方不是本人开具').waitFor();
      const own = officer.getByRole('button', { name: '处理异议' });
      expect(await own.isDisabled()).toBe(true);
      expect(await own.getAttribute('title')).toBe('不得处理对本人评分的异议');
      await picture(officer, 'credit-objected');

      const leader = await open('wang.wu', address);
      await leader.getByRole('button', { name: '处理异议' }).click();
      await leader.getByRole('dialog').getByLabel('文书编号').fill('复核 1 号');
      await leader.getByRole('dialog').getByLabel('理由').fill('经核实不是本人开具');
      await choose(leader, '撤销的账目', '欺诈骗保');
      await leader.keyboard.press('Escape');
      await leader.getByRole('dialog').getByRole('button', { name: '确定' }).click();
      await leader.getByText('未记分 · 0 分').waitFor();
      await leader.getByText('已于').waitFor();
      await leader.getByText('已撤回', { exact: true }).waitFor();
      expect(await leader.getByRole('button', { name: '记录事实' }).isDisabled()).toBe(true);
      await picture(leader, 'credit-decided');
      expect(problems).toEqual([]);
    },
    longMs,
  );

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
