/** A case in the console: out of a confirmed finding, filed by a leader, with its documents and its archive. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyArchive } from '../../src/cases/archive.ts';
import { loadReviewRules } from '../../src/cases/review-rules.ts';
import { review } from '../../src/cases/review-service.ts';
import { permissionsOf } from '../../src/people/permissions.ts';
import { everything } from '../../src/people/sight.ts';
import { today } from '../../src/platform/clock.ts';
import { transaction } from '../../src/platform/database.ts';
import type { Finding } from '../../src/screening/contract.ts';
import { writeFindings } from '../../src/screening/store.ts';
import { isLeftOut } from '../support/optional-parts.ts';
import { cityArea } from '../support/people.ts';
import { surplusWidth } from './open-console.ts';
import { openRealConsole, type RealConsole } from './real-console.ts';

const buildMs = 180_000;
const longMs = 120_000;

const line = { fixmedins_code: 'H33070200001', setl_id: 'S1', feedetl_sn: '1' };
const finding: Finding = {
  finding_id: '1'.padStart(32, '0'),
  rule_code: 'FW-ITEM-DAILY-LIMIT',
  rule_version: 'aaaaaaaaaaaa',
  rule_name: { zh: '超每日限定频次', en: 'Over its daily limit' },
  verdict: '违规',
  psn_no: 'P1',
  fixmedins_code: line.fixmedins_code,
  setl_id: line.setl_id,
  mdtrt_id: 'M1',
  occurred_at: '2026-01-01 09:00:00',
  amount: '30.50',
  message: { zh: '合计收费30小时，超过每日上限24小时', en: 'over the daily limit' },
  claims: [],
  lines: [{ ...line, role: '违规项', amount: '30.50' }],
  values: {},
  tree: { op: 'all', result: true, of: [] },
  engine_version: '1',
  tables: {},
};

describe.skipIf(isLeftOut('chromium'))('a case in a browser', () => {
  let shown: RealConsole;

  beforeAll(async () => {
    shown = await openRealConsole([
      ['li.yi', 'inspector'],
      ['wang.er', 'case_officer'],
      ['zhou.san', 'case_officer'],
      ['zhao.si', 'leader'],
    ]);
    const { database } = shown.held;
    await transaction(database, (client) =>
      writeFindings(client, [{ fixmedins_code: line.fixmedins_code, setl_id: line.setl_id }], [finding]),
    );
    const li = {
      actor: { account: 'li.yi', role: 'inspector', area: cityArea },
      permissions: permissionsOf('inspector', cityArea),
    };
    const reviews = { database, rules: await loadReviewRules('rules'), asOf: today };
    const done = await review(reviews, li, everything, finding.finding_id, {
      action: 'decide',
      revision: 1,
      decision: { outcome: 'confirmed', fen: 3050, lines: [{ ...line, fen: 3050 }], note: '' },
    });
    if (!done.ok) throw new Error(done.reason.zh);
  }, buildMs);
  afterAll(() => shown?.close());

  it(
    'comes out of a confirmed finding, is filed by a leader, and goes out as documents and archive',
    async () => {
      const { base, open, picture, problems } = shown;
      const officer = await open('wang.er', `/findings/${finding.finding_id}`);
      await officer.getByRole('button', { name: '转为案件线索' }).click();
      await officer.getByText('线索核查', { exact: true }).first().waitFor();
      const address = new URL(officer.url()).pathname;
      expect(address).toMatch(/^\/cases\/\d+$/);
      // What an officer may not do stands there, and says why.
      expect(await officer.getByRole('button', { name: '立案', exact: true }).count()).toBe(0);
      await officer.getByText(/^现在不能进行的操作及原因/).click();
      await officer.getByText('“立案”由负责人进行').waitFor();
      await picture(officer, 'case-clue');

      const leader = await open('zhao.si', address);
      await leader.getByRole('button', { name: '立案', exact: true }).click();
      const dialog = leader.getByRole('dialog');
      await dialog.getByLabel('案由序号（案由表 1–35）').fill('13');
      await dialog.getByLabel('违法行为终了日').fill('2026-01-01');
      for (const label of ['有明确的违法嫌疑人', '依法应当给予行政处罚', '属于本部门管辖'])
        await dialog.getByLabel(label).check();
      for (const [place, login] of ['wang.er', 'zhou.san'].entries()) {
        await dialog.getByLabel('登录名').nth(place).fill(login);
        await dialog
          .getByLabel('执法证号')
          .nth(place)
          .fill(`ZF-${place + 1}`);
        await dialog.getByLabel('证件有效期至').nth(place).fill('2099-12-31');
      }
      await picture(leader, 'case-file');
      await dialog.getByRole('button', { name: '确定' }).click();
      await leader.getByText('调查取证', { exact: true }).first().waitFor();
      await picture(leader, 'case-filed');

      await officer.reload();
      await officer.getByRole('button', { name: '认定金额' }).click();
      const amounts = officer.getByRole('dialog');
      await amounts.getByLabel('证据编号').fill('1');
      await amounts.getByLabel('认定金额').fill('30.50');
      await amounts.getByLabel('理由').fill('双方签字确认');
      await amounts.getByRole('button', { name: '确定' }).click();
      await amounts.waitFor({ state: 'detached' });
      await officer.getByText('30.50', { exact: false }).first().waitFor();

      const cookies = await officer.context().cookies();
      const headers = { cookie: cookies.map(({ name, value }) => `${name}=${value}`).join('; ') };
      const href = (await officer.locator('.case-clocks a').first().getAttribute('href')) ?? '';
      const pdf = await fetch(base + href, { headers });
      expect(pdf.headers.get('content-type')).toContain('application/pdf');
      expect(
        Buffer.from(await pdf.arrayBuffer())
          .subarray(0, 5)
          .toString(),
      ).toBe('%PDF-');
      const archive = await fetch(`${base}/api/v1${address}/archive`, { headers });
      expect(verifyArchive(await archive.text()).faults).toEqual([]);

      const phone = await open('zhou.san', '/cases', 'phone');
      await phone.getByText('调查取证', { exact: true }).first().waitFor();
      expect(await surplusWidth(phone)).toBe(0);
      await phone.locator('.finding-cards a').first().click();
      await phone.getByText('法定期限').waitFor();
      expect(await surplusWidth(phone)).toBe(0);
      await picture(phone, 'case-phone');
      expect(problems).toEqual([]);
    },
    longMs,
  );
});
