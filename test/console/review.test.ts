/** A finding from the queue to the label of its rule: two people in a real browser, on the real server. */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Role } from '../../src/people/permissions.ts';
import { openWorld, stream, type World } from '../rulebook/world.ts';
import { claimOf, lineOf } from '../support/claims.ts';
import { isLeftOut } from '../support/optional-parts.ts';
import { openRealConsole, type RealConsole } from './real-console.ts';

const buildMs = 180_000;
const journeyMs = 120_000;
const code = 'FW-LINE-REPEATED';
/** Two of three lines are too many: 6 000 yuan, which takes two people. */
const linePrice = 3_000;

describe.skipIf(isLeftOut('chromium'))('the review of a finding in a browser', () => {
  let world: World;
  let shown: RealConsole;
  let base = '';

  beforeAll(async () => {
    world = await openWorld();
    shown = await openRealConsole([], { activeRules: world.rules }, world);
    base = shown.base;
  }, buildMs);
  afterAll(() => shown.close());
  afterEach(() => expect(shown.problems).toEqual([]));

  /** Comes with an account that was not there before: whom findings are shared among depends on it. */
  async function signIn(login: string, role: Role, path: string): Promise<Page> {
    await shown.join(login, role);
    return shown.open(login, path);
  }

  const repeated = (setl_id: string, psn_no: string, pric = linePrice) =>
    claimOf({
      setl_id,
      person: { psn_no, gend: '1', brdy: '1980-01-01' },
      visit: {
        mdtrt_id: `M-${setl_id}`,
        med_type: '21',
        begntime: '2026-01-01 08:00:00',
        endtime: '2026-01-05 09:00:00',
      },
      lines: ['1', '2', '3'].map((sn) => ({
        ...lineOf(sn),
        pric,
        det_item_fee_sumamt: pric,
        inscp_scp_amt: pric,
        bilg_dr_codg: 'DR1',
      })),
    });

  const queuePath = (tab: string): string => `/reviews?tab=${tab}&rule_code=${code}`;
  /** Opens the first finding of the list by the keyboard. */
  async function openFirst(page: Page): Promise<void> {
    await page.locator('[data-finding]').first().waitFor();
    await page.keyboard.press('j');
    await page.locator('.row-chosen').waitFor();
    await page.keyboard.press('Enter');
    await page.locator('.review-panel').waitFor();
  }
  async function decide(page: Page): Promise<void> {
    await page.getByRole('button', { name: '提交结论' }).click();
    await page.getByRole('dialog').getByRole('button', { name: '提交结论' }).click();
  }
  const panel = (page: Page, text: string | RegExp) => page.locator('.review-panel').getByText(text).first();

  it(
    'is decided by one, confirmed by another, and becomes a label of the rule; another one is undone',
    async () => {
      await stream(world, [repeated('T1', 'P1'), repeated('T2', 'P2')]);

      const li = await signIn('li', 'inspector', queuePath('unassigned'));
      await openFirst(li);
      // Less than the whole: one line in part.
      await li
        .getByLabel('明细 2 的认定金额（元）')
        .or(li.getByLabel('明细 3 的认定金额（元）'))
        .first()
        .fill('2500.5');
      await li
        .getByLabel('明细 2 的认定金额（元）')
        .or(li.getByLabel('明细 3 的认定金额（元）'))
        .first()
        .blur();
      await expect.poll(() => li.getByTestId('confirmed-sum').innerText()).toContain('5,500.50');
      await decide(li);
      await panel(li, '待二次确认').waitFor();
      // The queue that was left leads on to the next one.
      const first = li.url();
      await li.keyboard.press('n');
      await expect.poll(() => li.url()).not.toBe(first);
      await li.goBack();
      await panel(li, '待二次确认').waitFor();
      // Nobody confirms a review of their own, and is told so.
      await li.getByText('现在不能进行的操作及原因').click();
      await panel(li, '复核不得由初审人员进行').waitFor();
      expect(await li.getByRole('button', { name: '确认结论' }).count()).toBe(0);

      const chief = await signIn('chief', 'leader', queuePath('to_confirm'));
      await openFirst(chief);
      await panel(chief, /5,500\.50/).waitFor();
      await chief.getByRole('button', { name: '确认结论' }).click();
      await panel(chief, '已复核').waitFor();

      // The other one is no violation; undone with a reason, and decided again.
      await li.goto(base + queuePath('unassigned'));
      await openFirst(li);
      await panel(li, /认定 1，不属于违规 0/).waitFor();
      await li.keyboard.press('2');
      await li.getByLabel('排除情形').click();
      await li.getByTitle('费用已退费或冲红').click();
      await decide(li);
      await panel(li, '已复核').waitFor();
      await li.getByRole('button', { name: '重新打开' }).click();
      await li.getByRole('dialog').getByLabel('理由').fill('退费单不是这一笔');
      await li.getByRole('dialog').getByRole('button', { name: '重新打开' }).click();
      await panel(li, '退费单不是这一笔').waitFor();
      await li.keyboard.press('2');
      await li.getByLabel('排除情形').click();
      await li.getByTitle('不同部位或双侧分别进行').click();
      await decide(li);
      await panel(li, '不同部位或双侧分别进行').waitFor();

      await chief.goto(`${base}/rules/${code}/versions`);
      await chief.getByText('复核结论与准确率').waitFor();
      await chief.getByText('50.0%', { exact: true }).waitFor();
      await chief.getByText('5,500.50', { exact: true }).waitFor();
    },
    journeyMs,
  );

  it(
    'is assigned fairly by a leader, and a selection is decided with one reason',
    async () => {
      await stream(world, [repeated('T3', 'P3'), repeated('T4', 'P4')]);
      const leader = await signIn('leader', 'leader', queuePath('unassigned'));
      await leader.locator('[data-finding]').first().waitFor();
      await leader.getByRole('button', { name: '选择本页' }).click();
      await leader.getByRole('button', { name: '分派', exact: true }).click();
      await leader.getByRole('dialog').getByRole('button', { name: '分派', exact: true }).click();
      await leader.getByText('已处理 2 条，共 2 条').waitFor();

      const wang = await signIn('wang', 'inspector', `/reviews?tab=overdue`);
      await wang.getByText('没有超期的疑点').waitFor();
      // Wang came later: li was alone.
      const { rows } = await world.database.pool.query<{ assignee: string }>(
        `SELECT assignee FROM finding_review WHERE state = 'assigned' ORDER BY 1`,
      );
      expect(rows.map(({ assignee }) => assignee)).toEqual(['li', 'li']);

      await world.database.pool.query(`UPDATE finding_review SET assignee = 'wang' WHERE state = 'assigned'`);
      await wang.goto(`${base}/reviews`);
      await wang.locator('[data-finding]').first().waitFor();
      await wang.keyboard.press('j');
      await wang.keyboard.press('x');
      await wang.keyboard.press('j');
      await wang.keyboard.press('x');
      await expect.poll(() => wang.getByTestId('selected').innerText()).toContain('已选 2 条');
      await wang.getByRole('button', { name: '批量复核' }).click();
      const dialog = wang.getByRole('dialog');
      await dialog.getByText('无法认定', { exact: true }).click();
      await dialog.getByLabel('缺少的材料').click();
      await wang.getByTitle('病历、病程记录').click();
      await wang.keyboard.press('Escape');
      await dialog.getByLabel('理由').fill('已函请医院补充病历');
      await dialog.getByRole('button', { name: '提交结论' }).click();
      await wang.getByText('已处理 2 条，共 2 条').waitFor();
    },
    journeyMs,
  );

  it(
    'becomes evidence of one case together with others, and says in which',
    async () => {
      await stream(
        world,
        ['T5', 'T6', 'T7'].map((id) => repeated(id, `P-${id}`, 40)),
      );
      const zhao = await signIn('zhao', 'inspector', queuePath('unassigned'));
      await zhao.locator('[data-finding]').nth(2).waitFor();
      await zhao.getByRole('button', { name: '选择本页' }).click();
      await zhao.getByRole('button', { name: '批量复核' }).click();
      await zhao.getByRole('dialog').getByText('认定违规', { exact: true }).click();
      await zhao.getByRole('dialog').getByLabel('理由').fill('逐单核对');
      await zhao.getByRole('dialog').getByRole('button', { name: '提交结论' }).click();
      // A filter that fits nothing is not an empty queue.
      await zhao.getByText('没有符合筛选条件的疑点').waitFor();
      await zhao.getByRole('button', { name: '清除筛选' }).last().click();
      await expect.poll(() => zhao.url()).not.toContain('rule_code');

      const sun = await signIn('sun', 'case_officer', queuePath('done'));
      await sun.locator('[data-finding]').nth(2).waitFor();
      await sun.getByRole('button', { name: '选择本页' }).click();
      // What is no violation stays out.
      const dismissed = sun.locator('[data-row-key], [data-finding]').filter({ hasText: '不属于违规' });
      expect(await dismissed.first().locator('input[type=checkbox]').isDisabled()).toBe(true);
      await sun.getByRole('button', { name: '转为案件线索' }).click();
      await sun.waitForURL(/\/cases\/\d+$/);
      await sun.getByText('证据（4）').waitFor();
      const [caseNo = ''] = (await sun.locator('h1').innerText()).match(/\d{6}-\d{4}-\d{6}/) ?? [];
      expect(caseNo).not.toBe('');

      await sun.goBack();
      await sun.getByRole('link', { name: caseNo }).nth(3).waitFor();
      await sun.getByRole('button', { name: '选择本页' }).click();
      expect(await sun.getByTestId('selected').innerText()).toContain('已选 0 条');
      await sun.locator('[data-finding]', { hasText: caseNo }).first().getByRole('link').first().click();
      await sun.getByText('已是案件证据').waitFor();
      expect(await sun.getByRole('button', { name: '转为案件线索' }).count()).toBe(0);

      // One that is confirmed later joins it.
      await stream(world, [repeated('T10', 'P-T10', 40)]);
      await zhao.goto(base + queuePath('unassigned'));
      await zhao.locator('[data-finding]').first().waitFor();
      await zhao.getByRole('button', { name: '选择本页' }).click();
      await zhao.getByRole('button', { name: '批量复核' }).click();
      await zhao.getByRole('dialog').getByText('认定违规', { exact: true }).click();
      await zhao.getByRole('dialog').getByLabel('理由').fill('后来核对');
      await zhao.getByRole('dialog').getByRole('button', { name: '提交结论' }).click();
      await zhao.getByText('没有符合筛选条件的疑点').waitFor();
      await sun.goto(base + queuePath('done'));
      await sun.locator('[data-finding]').nth(3).waitFor();
      await sun.getByRole('button', { name: '选择本页' }).click();
      await sun.getByRole('button', { name: '并入在办案件' }).click();
      await sun.getByRole('dialog').getByRole('combobox').click();
      await sun.getByTitle(new RegExp(caseNo)).click();
      await shown.picture(sun, 'review-add-to-case');
      await sun.getByRole('dialog').getByRole('button', { name: '确定' }).click();
      await sun.waitForURL(/\/cases\/\d+$/);
      await sun.getByText('证据（5）').waitFor();
    },
    journeyMs,
  );

  it(
    'is found again by a filter that somebody named, at another machine too, until they remove it',
    async () => {
      await stream(world, [repeated('T8', 'P-T8')]);
      const zhou = await signIn('zhou', 'inspector', queuePath('unassigned'));
      await zhou.locator('[data-finding]').first().waitFor();
      await zhou.getByRole('button', { name: '保存当前筛选' }).click();
      const dialog = zhou.getByRole('dialog');
      // Numbers of persons are sent back, and what was typed stays.
      await dialog.getByLabel('名称').fill('重复收费 330702198001011234');
      await dialog.getByRole('button', { name: '确定' }).click();
      await dialog.getByText(/含有超过 7 位的连续数字/).waitFor();
      await dialog.getByLabel('名称').fill('重复收费');
      await dialog.getByRole('button', { name: '确定' }).click();
      const chips = (page: Page) => page.getByRole('list', { name: '已保存的筛选' });
      await chips(zhou).locator('[aria-current=true]', { hasText: '重复收费' }).waitFor();
      expect(await zhou.getByRole('button', { name: '保存当前筛选' }).count()).toBe(0);

      const elsewhere = await shown.open('zhou', '/reviews');
      await chips(elsewhere).getByRole('link', { name: '重复收费' }).click();
      await expect.poll(() => elsewhere.url()).toBe(base + queuePath('unassigned'));
      await shown.picture(elsewhere, 'review-saved-filters');
      await world.database.pool.query(
        `INSERT INTO review_filter (account, name, filter) VALUES ('zhou', '旧版', '{"urgency":"high"}')`,
      );
      await elsewhere.reload();
      await chips(elsewhere).getByText('已失效').waitFor();
      for (const name of ['旧版', '重复收费']) {
        await elsewhere.getByRole('button', { name: `移除筛选：${name}` }).click();
        await elsewhere.getByText(`移除已保存的筛选“${name}”？`).waitFor();
        await elsewhere.getByRole('button', { name: '移除筛选', exact: true }).click();
        await expect.poll(() => elsewhere.getByRole('button', { name: `移除筛选：${name}` }).count()).toBe(0);
      }
      await zhou.reload();
      await zhou.getByRole('button', { name: '保存当前筛选' }).waitFor();
      expect(await chips(zhou).count()).toBe(0);
    },
    journeyMs,
  );

  it(
    'is found by a reviewer with nothing of their own, who is led to what nobody has',
    async () => {
      await stream(world, [repeated('T9', 'P-T9')]);
      const wu = await signIn('wu', 'inspector', '/reviews?rule_code=FW-NONE');
      // A filter is what is in the way, before anything else.
      await wu.getByText('没有符合筛选条件的疑点').waitFor();
      expect(await wu.getByRole('button', { name: '查看待分派的疑点' }).count()).toBe(0);
      await wu.getByRole('button', { name: '清除筛选' }).last().click();
      await wu.getByText('没有分派给您的疑点').waitFor();
      const { rows } = await world.database.pool.query<{ n: number }>(
        `SELECT count(*) AS n FROM finding f LEFT JOIN finding_review r USING (finding_id)
          WHERE f.state = 'active' AND coalesce(r.state, 'open') = 'open'`,
      );
      expect(rows[0]?.n).toBeGreaterThan(0);
      await wu.getByText(`有 ${rows[0]?.n} 条疑点待分派，可以领取`).waitFor();
      await shown.picture(wu, 'review-nothing-mine');
      await wu.getByRole('button', { name: '查看待分派的疑点' }).click();
      await wu.locator('[data-finding]').first().waitFor();
      expect(wu.url()).toBe(`${base}/reviews?tab=unassigned`);

      // Who takes nothing is not sent there.
      const chief = await signIn('boss', 'leader', '/reviews');
      await chief.getByText('没有分派给您的疑点').waitFor();
      expect(await chief.getByRole('button', { name: '查看待分派的疑点' }).count()).toBe(0);
    },
    journeyMs,
  );
});
