/** A finding that its institution is asked about: both sides in a real browser, on the real server, with files. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openWorld, stream, type World } from '../rulebook/world.ts';
import { claimOf, lineOf } from '../support/claims.ts';
import { isLeftOut } from '../support/optional-parts.ts';
import { pdfOf, pngOf } from '../support/pictures.ts';
import { surplusWidth } from './open-console.ts';
import { openRealConsole, type RealConsole } from './real-console.ts';

const buildMs = 180_000;
const journeyMs = 120_000;
const hospital = 'H33070200001';

describe.skipIf(isLeftOut('chromium'))('the answer of an institution in a browser', () => {
  let world: World;
  let shown: RealConsole;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'answers-'));
    world = await openWorld();
    shown = await openRealConsole([['li', 'inspector']], { activeRules: world.rules }, world);
    await shown.join('hospital', 'institution', hospital);
  }, buildMs);
  afterAll(async () => {
    await shown?.close();
    await rm(folder, { recursive: true, force: true });
  });
  afterEach(() => expect(shown.problems).toEqual([]));

  /** One of three lines is too much by two: 2 × 30 yuan. */
  const repeated = (setl_id: string, psn_no: string) =>
    claimOf({
      setl_id,
      institution: { fixmedins_code: hospital },
      person: { psn_no, gend: '1', brdy: '1980-01-01' },
      visit: { mdtrt_id: `M-${setl_id}`, med_type: '11', begntime: '2026-01-05 08:00:00' },
      lines: ['1', '2', '3'].map((sn) => ({
        ...lineOf(sn),
        pric: 30,
        det_item_fee_sumamt: 30,
        inscp_scp_amt: 30,
        bilg_dr_codg: 'DR1',
      })),
    });
  const panel = (page: Page, text: string | RegExp) => page.locator('.answer-panel').getByText(text).first();
  async function upload(page: Page, name: string, content: Buffer): Promise<void> {
    const file = path.join(folder, name);
    await writeFile(file, content);
    await page.locator('input[type=file]').setInputFiles(file);
  }
  const inEnglish = async (page: Page, name: string): Promise<void> => {
    await page.getByText('English', { exact: true }).first().click();
    await shown.picture(page, name);
    await page.getByText('中文', { exact: true }).first().click();
  };

  /** By the menu of the account, up to the question whether what was typed may go. */
  async function ending(page: Page, way: '退出' | '在所有设备上退出'): Promise<void> {
    await page.getByRole('button', { name: '账户', exact: true }).click();
    await page.getByRole('menuitem', { name: way, exact: true }).click();
    await page.getByRole('dialog').filter({ hasText: '放弃尚未提交的内容？' }).waitFor();
  }

  it(
    'is asked for, given with documents and a refund, and decided by what was said',
    async () => {
      await stream(world, [repeated('T1', 'P1'), repeated('T2', 'P2'), repeated('T3', 'P3')]);

      const li = await shown.open('li', '/reviews?tab=unassigned&rule_code=FW-LINE-REPEATED');
      await li.locator('[data-finding]').first().waitFor();
      await li.getByRole('button', { name: '选择本页' }).click();
      await li.getByRole('button', { name: '通知机构答复' }).click();
      await li.getByRole('dialog').getByLabel('给机构的说明').fill('请说明重复收费的原因');
      await shown.picture(li, 'answer-send');
      await li.getByRole('dialog').getByRole('button', { name: '发出通知' }).click();
      await li.getByText('已通知 3 条，共 1 份通知').waitFor();
      await li.locator('[data-finding]').first().getByText('待机构答复').waitFor();
      // They stay in the queue, and nothing else is to be done with them together.
      await expect.poll(() => li.getByTestId('selected').innerText()).toContain('已选 0 条');
      await shown.picture(li, 'answer-queue');

      // What an institution sees first is what waits for it.
      const desk = await shown.open('hospital', '/');
      await desk.getByRole('tab', { name: '待答复 3' }).waitFor();
      await desk.getByText('还剩 10 个工作日').first().waitFor();
      await shown.picture(desk, 'answer-list');
      await desk.locator('tbody a').first().click();
      await panel(desk, '请说明重复收费的原因').waitFor();
      await shown.picture(desk, 'answer-form');

      await upload(desk, '病历.pdf', Buffer.from('<html>not a paper</html>'));
      await panel(desk, /只接受 JPG、PNG、PDF 文件/).waitFor();
      await upload(desk, '病历摘要.pdf', pdfOf('record'));
      await panel(desk, '病历摘要.pdf').waitFor();
      await upload(desk, '收费清单.png', pngOf());
      await expect
        .poll(() =>
          desk
            .getByAltText('收费清单.png 的预览')
            .evaluate((image) => image instanceof HTMLImageElement && image.naturalWidth),
        )
        .toBe(8);

      await desk.locator('.answer-panel').getByText('提出异议', { exact: true }).click();
      await panel(desk, '请先选择异议理由').waitFor();
      await desk.locator('.answer-panel').getByText('部分认可', { exact: true }).click();
      await panel(desk, '部分认可的金额应大于零，且小于疑点金额').waitFor();
      const second = desk
        .getByLabel('明细 3 的认可金额（元）')
        .or(desk.getByLabel('明细 2 的认可金额（元）'))
        .first();
      await second.fill('10.05');
      await second.blur();
      await expect.poll(() => desk.getByTestId('accepted-sum').innerText()).toContain('40.05');
      await panel(desk, '请先填写情况说明').waitFor();
      await desk.getByLabel('情况说明').fill('第三条为不同部位，有医嘱');
      await desk.getByText('已退回基金，填报退款').click();
      await panel(desk, '请填全退款金额、日期和凭证号').waitFor();
      await desk.getByLabel('退款日期').fill('2026-01-30');
      await desk.getByLabel('凭证号').fill('TK-0001');
      await shown.picture(desk, 'answer-partly');
      await inEnglish(desk, 'answer-partly-en');
      await desk.getByRole('button', { name: '提交答复' }).click();
      await desk.getByRole('dialog').getByRole('button', { name: '提交答复' }).click();
      await panel(desk, '机构已答复').waitFor();
      await panel(desk, /TK-0001/).waitFor();
      // On to the next one that waits.
      const answered = new URL(desk.url()).pathname;
      await panel(desk, '下一条').click();
      await expect.poll(() => new URL(desk.url()).pathname).not.toBe(answered);
      await panel(desk, '待机构答复').waitFor();

      // The others are accepted at once, on a phone.
      const phone = await shown.open('hospital', '/answers', 'phone');
      await phone.getByRole('tab', { name: '待答复 2' }).waitFor();
      await phone.getByRole('button', { name: '选择本页' }).click();
      await shown.picture(phone, 'answer-list-phone');
      expect(await surplusWidth(phone)).toBe(0);
      await phone.getByRole('button', { name: '批量认可' }).click();
      await phone.getByRole('dialog').getByRole('button', { name: '全部认可' }).click();
      await phone.getByText('没有等待答复的疑点').waitFor();

      await li.goto(`${shown.base}/reviews?tab=unassigned&answer=answered&amount_min=1`);
      await expect.poll(() => li.locator('[data-finding]').count()).toBe(3);
      await li.locator('[data-finding]', { hasText: '部分认可' }).locator('a').first().click();
      await panel(li, '第三条为不同部位，有医嘱').waitFor();
      await panel(li, '40.05 元').waitFor();
      const address = await panel(li, '病历摘要.pdf').getAttribute('href');
      const opened = await li.request.get(shown.base + (address ?? ''));
      expect([opened.status(), (await opened.body()).equals(pdfOf('record'))]).toEqual([200, true]);
      await shown.picture(li, 'answer-reviewer');
      await li.getByRole('button', { name: '按机构认可的金额 40.05 元' }).click();
      await expect.poll(() => li.getByTestId('confirmed-sum').innerText()).toContain('40.05');
      await li.getByRole('button', { name: '核实退款' }).click();
      await panel(li, '已核实').waitFor();
      await li.getByRole('button', { name: '提交结论' }).click();
      await li.getByRole('dialog').getByRole('button', { name: '提交结论' }).click();
      await li.locator('.review-panel').getByText('40.05 元').first().waitFor();

      await phone.goto(`${shown.base}/answers?tab=closed`);
      await phone.getByText('认定违规').first().waitFor();
      await shown.picture(phone, 'answer-closed-phone');
      await phone.locator('.finding-cards a').first().click();
      await panel(phone, '认定违规').waitFor();
      await shown.picture(phone, 'answer-finding-phone');
      expect(await surplusWidth(phone)).toBe(0);
      // What nobody has asked about can be put right before anybody does.
      const { rows } = await world.database.pool.query<{ finding_id: string }>(
        `SELECT finding_id FROM finding WHERE state = 'active' AND finding_id NOT IN (SELECT finding_id FROM finding_answer) LIMIT 1`,
      );
      const free = `/findings/${rows[0]?.finding_id ?? ''}`;
      const gone = await shown.open('hospital', free);
      await gone.getByRole('button', { name: '主动自纠' }).click();
      await gone.getByLabel('退款日期').fill('2026-01-30');
      await ending(gone, '退出');
      await gone.getByRole('button', { name: '放弃' }).click();
      await expect.poll(() => new URL(gone.url()).pathname).toBe('/sign-in');
      const forward = await shown.open('hospital', free, 'phone');
      await forward.getByRole('button', { name: '主动自纠' }).click();
      await forward.getByLabel('退款日期').fill('2026-01-30');
      // What was typed is not thrown away unasked.
      await forward.getByRole('button', { name: '暂不自纠' }).click();
      await forward.getByRole('button', { name: '继续填写' }).click();
      await ending(forward, '在所有设备上退出');
      await forward.getByRole('button', { name: '继续填写' }).click();
      expect(await forward.getByLabel('退款日期').inputValue()).toBe('2026-01-30');
      await forward.getByLabel('凭证号').fill('TK-0002');
      await shown.picture(forward, 'answer-forward-phone');
      expect(await surplusWidth(forward)).toBe(0);
      await forward.locator('.review-form').getByRole('button', { name: '主动自纠' }).click();
      await forward.getByRole('dialog').getByRole('button', { name: '主动自纠' }).click();
      await panel(forward, '待核实').waitFor();
      await panel(forward, '主动自纠').waitFor();
      // Neither who decided nor what they noted.
      expect(await phone.locator('main').innerText()).not.toMatch(/\bli\b/);
    },
    journeyMs,
  );
});
