/** A check on the spot in the console: planned at a desk, carried out on a phone whose connection drops, signed by three, and a clue in the end. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uploadDirectory } from '../../src/inspection/service.ts';
import { permissionsOf } from '../../src/people/permissions.ts';
import { transaction } from '../../src/platform/database.ts';
import { writeFindings } from '../../src/screening/store.ts';
import { csvOf, inspectorOf, listOf, objectOf } from '../inspection/draws.ts';
import { findingOf } from '../inspection/findings.ts';
import { isLeftOut } from '../support/optional-parts.ts';
import { cityArea } from '../support/people.ts';
import { exifOf, jpegOf, pngOf } from '../support/pictures.ts';
import { surplusWidth } from './open-console.ts';
import { openRealConsole, type RealConsole } from './real-console.ts';

const buildMs = 180_000;
const longMs = 120_000;
const hospital = objectOf(1, { object_id: 'H33070200001', name: '甲医院', last_checked: null, exempt: null });

describe.skipIf(isLeftOut('chromium'))('a check on the spot in a browser', () => {
  let shown: RealConsole;
  beforeAll(async () => {
    shown = await openRealConsole([
      ['zhao.yi', 'draw_organiser'],
      ['sun.san', 'inspector'],
      ['li.si', 'inspector'],
      ['zhou.wu', 'case_officer'],
    ]);
    const { database } = shown.held;
    const organiser = {
      actor: { account: 'zhao.yi', role: 'draw_organiser', area: cityArea },
      permissions: permissionsOf('draw_organiser', cityArea),
    };
    const deps = { database };
    const files = {
      objects: csvOf([hospital]),
      inspectors: csvOf(listOf(3, (index) => inspectorOf(index, { certificate_valid_to: '2099-12-31' }))),
    };
    for (const kind of ['objects', 'inspectors'] as const) {
      const file = Buffer.from(files[kind]);
      await uploadDirectory(deps, organiser, { kind, file, fileName: `${kind}.csv`, save: true });
    }
    const findings = listOf(3, findingOf);
    const settlements = findings.map(({ fixmedins_code, setl_id }) => ({ fixmedins_code, setl_id }));
    await transaction(database, (client) => writeFindings(client, settlements, findings));
  }, buildMs);
  afterAll(() => shown?.close());

  const item = (page: Page, code: string) => page.locator(`[data-item="${code}"]`);
  const saved = (page: Page) => page.getByRole('status').getByText('已保存').waitFor();
  const confirm = (page: Page) => page.locator('.ant-popconfirm:visible .ant-btn-primary').click();
  const choose = async (page: Page, label: string, option: string): Promise<void> => {
    await page.getByLabel(label, { exact: true }).click();
    await page.locator('.ant-select-item-option:visible', { hasText: option }).first().click();
  };

  it(
    'is planned, done without a connection for a while, signed, and becomes a clue',
    async () => {
      const { open, picture, problems } = shown;
      const organiser = await open('zhao.yi', '/inspections');
      await organiser.getByRole('button', { name: '检查人员账号' }).click();
      const accounts = organiser.getByRole('dialog', { name: '检查人员账号' });
      for (const [index, login] of ['sun.san', 'li.si'].entries()) {
        await accounts.getByLabel(`检查员${index} 的登录名`).fill(login);
        await accounts.getByRole('button', { name: '保存' }).nth(index).click();
        await accounts.locator(`li:has-text("检查员${index}") button:disabled`).waitFor();
      }
      await picture(organiser, 'check-accounts');
      await organiser.goto(`${shown.base}/inspections/tasks`);
      await organiser.getByText('没有符合条件的检查').waitFor();
      await organiser.getByRole('button', { name: '安排检查' }).click();
      const dialog = organiser.getByRole('dialog', { name: '安排检查' });
      await choose(organiser, '检查种类', '飞行检查');
      await choose(organiser, '检查对象', '甲医院');
      await dialog.getByLabel('检查人员（不少于 2 人）').click();
      for (const name of ['检查员0', '检查员1'])
        await organiser.locator('.ant-select-item-option:visible', { hasText: name }).click();
      await dialog.getByLabel('事由').fill('智能监管发现疑点较多');
      await picture(organiser, 'check-plan');
      await dialog.getByRole('button', { name: '确定' }).click();
      await organiser.waitForURL(/\/inspections\/tasks\/\d+$/);
      await organiser.getByRole('heading', { name: '甲医院' }).waitFor();
      const address = new URL(organiser.url()).pathname;
      await picture(organiser, 'check-planned');

      const phone = await open('sun.san', '/inspections/tasks', 'phone');
      await phone.getByRole('link', { name: /甲医院/ }).click();
      await phone.getByRole('button', { name: '开始检查' }).click();
      await confirm(phone);
      await phone.getByText('系统疑点 2 条，涉及 61.00 元').waitFor();
      const all = await phone.locator('[data-item]').count();
      await picture(phone, 'check-phone-open');

      // The connection drops: what is written stays on this device, over a page that is opened again.
      await phone.context().setOffline(true);
      await item(phone, 'screening:FW-STAY-SPLIT').getByText('有问题').click();
      await item(phone, 'screening:FW-STAY-SPLIT').getByLabel('涉及金额').fill('99999999999999');
      await phone.getByText('金额不能超过 10,000,000,000.00 元').waitFor();
      await item(phone, 'screening:FW-STAY-SPLIT').getByLabel('涉及金额').fill('1000');
      await phone.getByText('金额不能超过').waitFor({ state: 'detached' });
      await item(phone, 'screening:FW-STAY-SPLIT')
        .getByLabel('情况说明')
        .fill('两次入院间隔不足一天，病程连续');
      await item(phone, 'in-bed')
        .locator('input[type=file]')
        .setInputFiles({
          name: 'bed.jpg',
          mimeType: 'image/jpeg',
          buffer: jpegOf([exifOf(6, 'II', 'N30 E120')]),
        });
      await phone.getByText('2 处已存在本机').waitFor();
      await picture(phone, 'check-phone-offline');
      await phone.context().setOffline(false);
      await saved(phone);
      await item(phone, 'in-bed').getByRole('button', { name: '删去' }).click();
      await confirm(phone);
      await item(phone, 'in-bed').locator('img').waitFor({ state: 'detached' });
      await item(phone, 'stock')
        .locator('input[type=file]')
        .setInputFiles({ name: 'stock.png', mimeType: 'image/png', buffer: pngOf([], [40, 120, 90], 120) });
      await item(phone, 'stock').locator('img').waitFor();
      await item(phone, 'stock').getByText('不适用').click();
      await phone.reload();
      await item(phone, 'screening:FW-STAY-SPLIT').getByText('两次入院间隔不足一天').waitFor();
      for (const code of await phone
        .locator('[data-item]')
        .evaluateAll((items) =>
          items.map((one) => (one instanceof HTMLElement ? (one.dataset['item'] ?? '') : '')),
        ))
        if (code !== 'screening:FW-STAY-SPLIT' && code !== 'stock')
          await item(phone, code).getByText('符合', { exact: true }).click();
      await phone.getByText(`已填 ${all} / ${all}`).waitFor();
      await saved(phone);
      expect(await surplusWidth(phone)).toBe(0);

      await choose(phone, '检查结果', '已责令改正');
      await phone.getByLabel('检查情况').fill('现场核对病历与结算，发现一处分解住院。');
      await phone.getByLabel('改正内容').fill('退回违规费用，完善出入院管理');
      await phone.getByLabel(/已出示执法证件/).check();
      await picture(phone, 'check-phone-conclude');
      await phone.getByRole('button', { name: '形成记录' }).click();
      await phone.getByRole('button', { name: '本人签字' }).click();
      await confirm(phone);
      await phone.getByText('检查人员 检查员0').waitFor();

      await phone.getByLabel('签字人').fill('王某');
      await phone.getByLabel('职务').fill('医保办主任');
      await phone.getByRole('button', { name: '提交机构签字' }).click();
      await phone.getByText('请在框内手写签名').waitFor();
      const pad = phone.locator('.signature-pad canvas');
      await pad.scrollIntoViewIfNeeded();
      const box = await pad.boundingBox();
      if (box === null) throw new Error('no pad');
      await phone.mouse.move(box.x + 40, box.y + 30);
      await phone.mouse.down();
      for (const [x, y] of [
        [90, 90],
        [140, 40],
        [200, 95],
        [260, 50],
      ] as const)
        await phone.mouse.move(box.x + x, box.y + y, { steps: 4 });
      await phone.mouse.up();
      await picture(phone, 'check-phone-sign');
      await phone.getByRole('button', { name: '提交机构签字' }).click();
      await phone.getByText('被检查机构 王某，医保办主任').waitFor();

      const other = await open('li.si', address);
      await other.getByRole('button', { name: '本人签字' }).click();
      await confirm(other);
      await other.getByText('已签字', { exact: true }).waitFor();
      await other.getByRole('link', { name: /回头看/ }).waitFor();
      await other.locator('.check-signature').waitFor();
      await picture(other, 'check-signed');
      await phone.reload();
      await phone.getByText('已签字', { exact: true }).waitFor();
      expect(await surplusWidth(phone)).toBe(0);
      await picture(phone, 'check-phone-signed');

      const officer = await open('zhou.wu', address);
      await officer.getByRole('button', { name: '登记案件线索' }).click();
      await confirm(officer);
      await officer.getByRole('link', { name: '已登记案件线索，查看案件' }).click();
      await officer.getByText('线索核查', { exact: true }).waitFor();
      await officer.getByText('1,000.00 元').first().waitFor();
      await picture(officer, 'check-clue');

      await organiser.goto(`${shown.base}/inspections/tasks?state=every`);
      await organiser.getByText('回头看').waitFor();
      await picture(organiser, 'checks');
      await organiser.getByText('English', { exact: true }).click();
      await organiser.getByText('Re-check').first().waitFor();
      await picture(organiser, 'checks-en');
      expect(problems).toEqual([]);
    },
    longMs,
  );
});
