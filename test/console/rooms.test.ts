/** What a person does in the rooms, in a real browser, on the built console. */
import { readFileSync } from 'node:fs';
import type { Locator, Page, Route } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { commandSchema } from '../../src/cases/contract.ts';
import { actOnCaseSchema, caseDetailSchema } from '../../src/cases/view-contract.ts';
import { amount, count, shortMoneyText } from '../../src/console/format.ts';
import { paths } from '../../src/console/paths.ts';
import { type FindingRow, findingDetailSchema } from '../../src/screening/contract.ts';
import { isLeftOut } from '../support/optional-parts.ts';
import { caseId, casesAnswer } from './case-answers.ts';
import { usualPermissions } from './fixture-server.ts';
import { explainedCode, sumOf } from './fixtures.ts';
import { type OpenConsole, openConsole, surplusWidth } from './open-console.ts';
import { latestClaim, personal, psnNo } from './persons.ts';

const buildMs = 180_000;

describe.skipIf(isLeftOut('chromium'))('the console in a browser', () => {
  let shown: OpenConsole;
  beforeAll(async () => {
    shown = await openConsole();
  }, buildMs);
  afterAll(() => shown?.close());
  afterEach(async () => {
    await shown.closePages();
    shown.server.scenario = 'usual';
    shown.server.permissions = usualPermissions;
    shown.server.asked.length = 0;
    expect(shown.problems()).toEqual([]);
  });

  const active = (): FindingRow[] =>
    shown.fixtures.stored.map(({ row }) => row).filter(({ state }) => state === 'active');
  /** As the list shows them at first: latest first. */
  const listed = (): FindingRow[] => active().toSorted((a, b) => (a.occurred_at < b.occurred_at ? 1 : -1));
  const detailOf = (code: string, fits: (row: FindingRow) => boolean = () => true) => {
    const found = shown.fixtures.stored.find(
      ({ row }) => row.rule_code === code && row.state === 'active' && fits(row),
    );
    if (found === undefined) throw new Error(`no finding of ${code}`);
    return found.detail;
  };
  const searchOf = (page: Page): Record<string, string> =>
    Object.fromEntries(new URL(page.url()).searchParams);
  /** States what is chosen in the open dialog by the key that submits it, and says what was sent. */
  const stated = async (page: Page): Promise<unknown> => {
    const dialog = page.getByRole('dialog', { name: '说明用途' });
    // The key goes to what has the focus, which moves into the dialog once it is open.
    await dialog.locator('input:focus').waitFor();
    const [sent] = await Promise.all([
      page.waitForRequest('**/api/v1/**/reveal'),
      page.keyboard.press('Enter'),
    ]);
    await dialog.waitFor({ state: 'detached' });
    return sent.postDataJSON();
  };
  const rows = (page: Page): Locator => page.locator('[data-finding]');
  const choose = async (page: Page, label: string, option: string): Promise<void> => {
    await page.getByRole('combobox', { name: label }).click();
    await page.locator('.ant-select-item-option', { hasText: option }).first().click();
  };

  describe('overview', () => {
    it('shows what came in and what was found', async () => {
      const page = await shown.visit('/');
      const { overview } = shown.fixtures;
      await expect.poll(() => page.locator('.figures').innerText()).toContain(count(overview.claims));
      const figures = await page.locator('.figures').innerText();
      for (const text of [
        '1.63亿元',
        count(overview.persons),
        count(overview.findings),
        count(overview.undecided),
        '60.81',
      ])
        expect(figures).toContain(text);
      expect(await page.title()).toBe('总览 · 基金守望');
      // Titles of facts come with an answer of their own.
      const undecided = (): Promise<string> => page.locator('.undecided').innerText();
      await expect.poll(undecided).not.toContain('…');
      expect(await undecided()).toContain('拆零标志');
      expect(await undecided()).not.toContain('claim.kind');
    });

    it('shows no names of ours while the titles of facts are asked for', async () => {
      const page = await shown.visit('/no/such/room');
      let held: Route | undefined;
      await page.route('**/api/v1/facts', (route) => {
        held = route;
      });
      await page.goto(`${shown.server.url}/`);
      const undecided = (): Promise<string> => page.locator('.undecided').innerText();
      await expect.poll(undecided).toContain('…');
      expect(await undecided()).not.toMatch(/[a-z]+[._][a-z]+/);
      await held?.continue();
      await expect.poll(undecided).not.toContain('…');
      expect(await undecided()).not.toMatch(/[a-z]+[._][a-z]+/);
    });

    it('leads from a bar, an institution and an undecided rule to what is behind it', async () => {
      const page = await shown.visit('/');
      const bars = page.locator('.chart-pickable path[fill="#b4232a"]');
      await bars.first().click();
      const [most] = shown.fixtures.overview.by_rule.toSorted((a, b) => b.findings - a.findings);
      await expect.poll(() => searchOf(page)).toEqual({ rule_code: most?.rule_code });
      await expect.poll(() => rows(page).count()).toBe(most?.findings);

      await page.goBack();
      const [top] = shown.fixtures.overview.by_institution;
      await page.locator('.top-institutions a').first().click();
      await expect.poll(() => searchOf(page)).toEqual({ fixmedins_code: top?.fixmedins_code });

      await page.goBack();
      await page.locator('.undecided a').first().click();
      await expect.poll(() => new URL(page.url()).pathname).toBe(paths.rule('FW-IDENTITY-MISSING'));
    });

    it('shows progress while claims wait, and looks again by itself', async () => {
      shown.server.scenario = 'busy';
      const page = await shown.visit('/');
      await expect.poll(() => page.locator('.waiting').innerText()).toContain('29,569 / 48,213');
      shown.server.scenario = 'usual';
      await expect.poll(() => page.locator('.waiting').count(), { timeout: 10_000 }).toBe(0);
    });
  });

  describe('findings', () => {
    it('lists a page with its total and its money', async () => {
      const page = await shown.visit('/findings');
      await expect.poll(() => rows(page).count()).toBe(50);
      const all = active();
      expect(await page.getByTestId('total').innerText()).toBe(
        `共 ${all.length} 条疑点，涉及金额 ${shortMoneyText(sumOf(all), 'zh')}`,
      );
      const [first] = listed();
      expect(await rows(page).first().innerText()).toContain(first?.message.zh ?? '?');
    });

    it('filters by rule and verdict, keeps both in the address, and clears them', async () => {
      const page = await shown.visit('/findings');
      await rows(page).first().waitFor();
      await choose(page, '规则', '分解住院');
      await expect.poll(() => searchOf(page)).toEqual({ rule_code: 'FW-STAY-SPLIT' });
      const own = active().filter(({ rule_code }) => rule_code === 'FW-STAY-SPLIT');
      await expect.poll(() => rows(page).count()).toBe(own.length);

      await choose(page, '定性', '违规');
      await expect.poll(() => searchOf(page)).toEqual({ rule_code: 'FW-STAY-SPLIT', verdict: '违规' });
      await page.getByText('没有符合筛选条件的疑点').waitFor();

      await page.getByRole('button', { name: '清除筛选' }).last().click();
      await expect.poll(() => searchOf(page)).toEqual({});
      await expect.poll(() => rows(page).count()).toBe(50);
    });

    it('filters by amount, institution and days, the last day included', async () => {
      const page = await shown.visit('/findings');
      await rows(page).first().waitFor();
      await page.getByRole('spinbutton', { name: '最低金额' }).fill('5000');
      await page.keyboard.press('Enter');
      await expect.poll(() => searchOf(page)).toEqual({ amount_min: '5000' });

      const [sample] = active();
      await page.getByRole('combobox', { name: '定点机构' }).fill(sample?.fixmedins_code ?? '?');
      await page.keyboard.press('Escape');
      await page.keyboard.press('Tab');
      await expect.poll(() => searchOf(page)).toMatchObject({ fixmedins_code: sample?.fixmedins_code });

      for (const [end, day] of [
        ['开始日期', '2025-01-05'],
        ['结束日期', '2025-03-31'],
      ] as const) {
        await page.getByPlaceholder(end).fill(day);
        await page.keyboard.press('Enter');
      }
      await expect
        .poll(() => searchOf(page))
        .toMatchObject({ from: '2025-01-05', to: '2025-04-01', amount_min: '5000' });
    });

    it('takes its filter from the address, and leaves out what it cannot read', async () => {
      const page = await shown.visit(
        `${paths.findings({ verdict: '可疑', sort: 'amount', order: 'asc' })}&page=-1&from=yesterday`,
      );
      const expected = active()
        .filter(({ verdict }) => verdict === '可疑')
        .toSorted((a, b) => Number(a.amount) - Number(b.amount));
      await expect.poll(() => rows(page).first().getAttribute('data-finding')).toBe(expected[0]?.finding_id);
      expect(await page.getByTestId('total').innerText()).toContain(`共 ${expected.length} 条`);
      await page.goto(`${shown.server.url}${paths.findings({ state: 'withdrawn' })}`);
      await expect.poll(() => rows(page).count()).toBe(shown.fixtures.stored.length - active().length);
    });

    it('sorts and turns pages on the server', async () => {
      const page = await shown.visit('/findings');
      await rows(page).first().waitFor();
      await page.getByRole('columnheader', { name: '涉及金额' }).click();
      await expect.poll(() => searchOf(page)).toEqual({ sort: 'amount' });
      const byAmount = active().toSorted((a, b) => Number(b.amount) - Number(a.amount));
      await expect.poll(() => rows(page).first().innerText()).toContain(amount(byAmount[0]?.amount ?? ''));
      await page.locator('.ant-pagination-item-3').click();
      await expect.poll(() => searchOf(page)).toEqual({ sort: 'amount', page: '3' });
      await expect.poll(() => rows(page).count()).toBe(active().length - 100);
      expect(shown.server.asked).toContainEqual(
        expect.stringMatching(/GET \/api\/v1\/findings\?.*page=3&page_size=50&sort=amount&order=desc/),
      );
    });

    it('is moved through by keys, and finds its row again', async () => {
      const page = await shown.visit('/');
      await page.getByRole('link', { name: '疑点', exact: true }).first().click();
      await rows(page).first().waitFor();
      for (const key of ['j', 'ArrowDown', 'j', 'k']) await page.keyboard.press(key);
      const second = listed()[1];
      await expect
        .poll(() => page.locator('[aria-current="true"][data-finding]').getAttribute('data-finding'))
        .toBe(second?.finding_id);
      await page.keyboard.press('Enter');
      await expect.poll(() => new URL(page.url()).pathname).toBe(paths.finding(second?.finding_id ?? '?'));
      await page.locator('.summary').waitFor();
      await page.keyboard.press('Escape');
      await expect
        .poll(() => page.locator('.row-chosen').getAttribute('data-finding'))
        .toBe(second?.finding_id);
      // Typing into a filter is not moving.
      await page.getByRole('combobox', { name: '定点机构' }).fill('jjj');
      expect(await page.locator('.row-chosen').getAttribute('data-finding')).toBe(second?.finding_id);
    });

    it('hands out the page as a table file', async () => {
      const page = await shown.visit('/findings?page_size=20');
      await rows(page).first().waitFor();
      const [file] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: '下载本页' }).click(),
      ]);
      expect(shown.server.asked.at(-1)).toBe('POST /api/v1/findings/exported');
      const text = readFileSync(await file.path(), 'utf8');
      expect(text.startsWith('\uFEFF疑点编号,')).toBe(true);
      expect(text.trimEnd().split('\r\n')).toHaveLength(21);
      expect(text).not.toContain(`,${listed()[0]?.psn_no ?? '?'},`);
    });
  });

  describe('a finding', () => {
    it('says in one look what, why and how much', async () => {
      const detail = detailOf('FW-ITEM-DAILY-LIMIT');
      const { finding, rule } = detail;
      const page = await shown.visit(paths.finding(finding.finding_id));
      await expect.poll(() => page.getByRole('heading', { level: 1 }).innerText()).toBe(finding.message.zh);
      const summary = await page.locator('.summary').innerText();
      for (const text of ['违规', rule?.name.zh ?? '?', `${amount(finding.amount)} 元`, '张*', '三级甲等'])
        expect(summary).toContain(text);

      const rulePanel = await page.locator('.panel-rule').innerText();
      for (const text of [rule?.purpose.zh, rule?.exclusions[0]?.zh, rule?.basis[0]?.article])
        expect(rulePanel).toContain(text);

      // Names of facts come with an answer of their own.
      const reasonPanel = page.locator('.panel-reason');
      await reasonPanel.getByText('组内数量合计').first().waitFor();
      const reason = await reasonPanel.innerText();
      for (const text of ['以下全部成立', '大于', '知识表《项目单日数量上限（示例）》：数量上限'])
        expect(reason).toContain(text);
      expect(reason).not.toMatch(/group\.cnt|limit\.|greaterThan/);

      const record = await page.locator('.panel-record').innerText();
      for (const text of [
        finding.rule_version,
        finding.finding_id.slice(0, 12),
        finding.claims[0]?.content_hash.slice(0, 12),
      ])
        expect(record).toContain(text);
    });

    it('marks the lines and puts them first', async () => {
      const { finding } = detailOf('FW-ITEM-DAILY-LIMIT', ({ finding_id }) =>
        shown.fixtures.stored.some(
          ({ detail: { finding: f } }) =>
            f.finding_id === finding_id && f.claims.length === 1 && f.lines.length > 1,
        ),
      );
      const page = await shown.visit(paths.finding(finding.finding_id));
      const lines = page.locator('.lines tbody tr.ant-table-row');
      await lines.first().waitFor();
      const marked = await lines.evaluateAll((all) =>
        all.map(({ className }) => /line-(violating|involved)/.exec(className)?.[1] ?? ''),
      );
      const violating = finding.lines.filter(({ role }) => role === '违规项').length;
      expect(marked.slice(0, finding.lines.length)).toEqual([
        ...Array.from({ length: violating }, () => 'violating'),
        ...Array.from({ length: finding.lines.length - violating }, () => 'involved'),
      ]);
      expect(marked.slice(finding.lines.length).every((mark) => mark === '')).toBe(true);

      await page.getByText(`仅标记 ${finding.lines.length}`).click();
      await expect.poll(() => lines.count()).toBe(finding.lines.length);
      await lines.first().locator('button').click();
      await page.getByText('明细流水号').first().waitFor();
    });

    it('lays the claims beside each other where there are several', async () => {
      const { finding } = detailOf('FW-STAY-OVERLAP');
      const page = await shown.visit(paths.finding(finding.finding_id));
      await expect.poll(() => page.locator('.compare thead th').count()).toBe(1 + finding.claims.length);
      expect(await page.locator('.period-bar').count()).toBe(finding.claims.length);
      expect(await page.locator('.compare').innerText()).toContain('2025-03-01');
      const tabs = page.getByRole('tab');
      expect(await tabs.count()).toBe(finding.claims.length);
      await tabs.last().click();
      expect(await tabs.last().innerText()).toContain('涉及项');
    });

    it('folds and unfolds the evaluation', async () => {
      const { finding } = detailOf('FW-STAY-SPLIT');
      const page = await shown.visit(paths.finding(finding.finding_id));
      const head = page.locator('.tree-head').first();
      await expect.poll(() => head.getAttribute('aria-expanded')).toBe('true');
      const leaves = await page.locator('.tree-leaf').count();
      expect(leaves).toBeGreaterThan(1);
      await head.click();
      expect(await page.locator('.tree-leaf').count()).toBe(0);
      await head.press('Enter');
      expect(await page.locator('.tree-leaf').count()).toBe(leaves);
    });

    it('leads to the next and the previous one of the filter, over the edge of a page', async () => {
      const order = listed();
      const page = await shown.visit(paths.finding(order[48]?.finding_id ?? '?'));
      await page.getByText(`第 49 条，共 ${order.length} 条`).waitFor();
      await page.getByRole('button', { name: '下一条' }).click();
      await page.getByText(`第 50 条，共 ${order.length} 条`).waitFor();
      await page.getByText('第 50 条').waitFor();
      await expect.poll(() => page.getByRole('button', { name: '下一条' }).isEnabled()).toBe(true);
      await page.keyboard.press('j');
      await expect
        .poll(() => page.url())
        .toBe(`${shown.server.url}${paths.finding(order[50]?.finding_id ?? '?', { page: 2 })}`);
      await page.getByText('第 51 条').waitFor();
      await expect.poll(() => page.getByRole('button', { name: '上一条' }).isEnabled()).toBe(true);
      await page.keyboard.press('k');
      await page.getByText('第 50 条').waitFor();
    });

    it('says why there is no next one', async () => {
      const last = listed().at(-1);
      const page = await shown.visit(paths.finding(last?.finding_id ?? '?', { page: 3 }));
      await page.getByText(`共 ${active().length} 条`).waitFor();
      const next = page.getByRole('button', { name: '下一条' });
      expect(await next.isDisabled()).toBe(true);
      await next.hover({ force: true });
      await page.getByText('这是当前列表的最后一条').waitFor();
    });

    it('hands out everything it knows as JSON', async () => {
      const detail = detailOf('FW-TRACE-RESOLD');
      const page = await shown.visit(paths.finding(detail.finding.finding_id));
      await page.getByRole('heading', { level: 1 }).waitFor();
      const [file] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: '下载 JSON' }).click(),
      ]);
      expect(findingDetailSchema.parse(JSON.parse(readFileSync(await file.path(), 'utf8')))).toEqual(detail);
    });

    it('says that it was withdrawn, and when it is not there at all', async () => {
      const withdrawn = shown.fixtures.stored.find(({ row }) => row.state === 'withdrawn');
      const page = await shown.visit(paths.finding(withdrawn?.row.finding_id ?? '?'));
      await page.getByText('该疑点已于 2026-02-11 14:45:12 撤回').waitFor();
      await page.getByText('条件不再成立').first().waitFor();
      await page.goto(`${shown.server.url}${paths.finding('0'.repeat(32))}`);
      await page.getByText('支持编号').waitFor();
    });
  });

  describe('quarantine', () => {
    it('shows the place of every reason, takes the correction and sends it again', async () => {
      const page = await shown.visit('/quarantine');
      await expect.poll(() => page.getByTestId('total').innerText()).toContain('共 14 条');
      await page.getByRole('link', { name: '2026-01-05 10:20:31' }).first().click();
      const text = page.getByRole('textbox', { name: '结算单 JSON' });
      await text.waitFor();
      expect(await text.inputValue()).toContain('"陈**"');
      expect(await text.isEditable()).toBe(false);
      const send = page.getByRole('button', { name: '重新报送' });
      expect([await send.isDisabled(), await send.getAttribute('title')]).toEqual([true, '请先显示原文']);
      await page.getByRole('button', { name: '显示原文并更正' }).click();
      // The usual reason is chosen already.
      expect(await stated(page)).toEqual({ purpose: { reason: 'correct_data' } });
      await expect.poll(() => text.inputValue()).toContain('"陈建国"');
      await page.getByRole('button', { name: '$.lines[1].cnt' }).click();
      const selected = () =>
        text.evaluate((area) =>
          area instanceof HTMLTextAreaElement ? area.value.slice(area.selectionStart, area.selectionEnd) : '',
        );
      expect(await selected()).toBe('"两次"');
      await page.keyboard.type('"2"');

      await send.click();
      await page.getByText('仍被拒收，原因见下').waitFor();
      await page.getByText('拒收原因（1 项）').waitFor();

      await page.getByRole('button', { name: '$.person.brdy' }).click();
      expect(await selected()).toBe('"1961-02-30"');
      await page.keyboard.type('"1961-02-28"');
      await page.getByRole('button', { name: '重新报送' }).click();
      await page.getByText('已接收，等待筛查').waitFor();
      await expect.poll(() => page.getByTestId('total').innerText()).toContain('共 13 条');
      await page.locator('.ant-segmented-item', { hasText: '已改正' }).click();
      await expect.poll(() => page.getByTestId('total').innerText()).toContain('共 2 条');
    });

    it('does not send what is no JSON, and says where it stops being some', async () => {
      const page = await shown.visit(paths.quarantined('42'));
      await page.getByText('这条数据不是 JSON').waitFor();
      expect(await page.getByRole('textbox', { name: '结算单 JSON' }).count()).toBe(0);
      await page.getByRole('button', { name: '显示原文并更正' }).click();
      await stated(page);
      await page.getByText('第 1 行第 44 列附近不是合法的 JSON').waitFor();
      const send = page.getByRole('button', { name: '重新报送' });
      expect(await send.isDisabled()).toBe(true);
      expect(await send.getAttribute('title')).toBe('请先改正 JSON 格式');
      await page.getByRole('textbox', { name: '结算单 JSON' }).fill('{"setl_id": "S1"}');
      await expect.poll(() => send.isEnabled()).toBe(true);
    });

    it('is not sent again by those who may not see it in full', async () => {
      shown.server.permissions = usualPermissions.filter((each) => each !== 'persons.reveal');
      const page = await shown.visit(paths.quarantined('53'));
      const send = page.getByRole('button', { name: '重新报送' });
      await send.waitFor();
      expect(await send.isDisabled()).toBe(true);
      expect(await send.getAttribute('title')).toBe('您的角色没有此项权限');
      expect(await page.getByRole('button', { name: '显示原文并更正' }).count()).toBe(0);
    });

    it('asks before a correction is thrown away, by whatever way out', async () => {
      const page = await shown.visit('/quarantine');
      const text = page.getByRole('textbox', { name: '结算单 JSON' });
      const correct = async (): Promise<void> => {
        await page.getByRole('row', { name: 'S2026010600003' }).click();
        await page.getByRole('button', { name: '显示原文并更正' }).click();
        await stated(page);
      };
      await correct();
      await text.press('Escape');
      // Nothing was typed: nothing is asked.
      await expect.poll(() => new URL(page.url()).pathname).toBe('/quarantine');
      await text.waitFor({ state: 'detached' });
      await correct();
      await text.fill('{"setl_id": "S1"}');
      const asking = page.getByRole('dialog').filter({ hasText: '放弃尚未提交的内容？' });
      for (const leave of [
        () => text.press('Escape'),
        () => page.mouse.click(20, 400),
        () => page.evaluate(() => history.back()),
      ]) {
        await leave();
        await asking.waitFor();
        await asking.getByRole('button', { name: '继续填写' }).click();
        await asking.waitFor({ state: 'detached' });
        expect(await text.inputValue()).toBe('{"setl_id": "S1"}');
      }
      await text.press('Escape');
      await asking.getByRole('button', { name: '放弃' }).click();
      await expect.poll(() => new URL(page.url()).pathname).toBe('/quarantine');
      await text.waitFor({ state: 'detached' });
    });

    it('dismisses a selection with one reason', async () => {
      const page = await shown.visit('/quarantine');
      await page.getByTestId('selected').waitFor();
      const total = async (): Promise<number> =>
        Number(/\d+/.exec(await page.getByTestId('total').innerText())?.[0]);
      const before = await total();
      const boxes = page.getByRole('checkbox');
      await boxes.nth(1).check();
      await boxes.nth(2).check();
      await page.getByRole('button', { name: '批量作废' }).click();
      const dialog = page.getByRole('dialog', { name: '批量作废' });
      const send = dialog.getByRole('button', { name: '作废' });
      expect(await send.isDisabled()).toBe(true);
      await dialog.getByRole('textbox', { name: '作废原因' }).fill('医院重复报送');
      await dialog.press('Escape');
      await page.getByRole('button', { name: '继续填写' }).click();
      const [sent] = await Promise.all([page.waitForRequest('**/quarantine/dismiss'), send.click()]);
      expect(sent.postDataJSON()).toMatchObject({
        reason: '医院重复报送',
        ids: [{}, {}].map(() => expect.any(String)),
      });
      await dialog.waitFor({ state: 'detached' });
      await expect.poll(total).toBe(before - 2);
    });

    it('says how many reasons were not listed', async () => {
      const page = await shown.visit(paths.quarantined('53'));
      await page.getByText('拒收原因（1,204 项）').waitFor();
      await page.getByText('另有 1,203 项未列出').waitFor();
    });

    it('dismisses with a reason only', async () => {
      const page = await shown.visit(paths.quarantined('52'));
      const dismiss = page.getByRole('button', { name: '作废', exact: true });
      await dismiss.waitFor();
      expect(await dismiss.isDisabled()).toBe(true);
      await page.getByRole('textbox', { name: '作废原因' }).fill('医院重复报送');
      await dismiss.click();
      await expect.poll(() => new URL(page.url()).pathname).toBe('/quarantine');
      await page.goto(`${shown.server.url}${paths.quarantined('52', { state: 'dismissed' })}`);
      await page.getByText('医院重复报送').first().waitFor();
      expect(await page.getByRole('button', { name: '重新报送' }).count()).toBe(0);
    });
  });

  describe('persons', () => {
    const find = async (page: Page, kind: string, value: string): Promise<void> => {
      await choose(page, '查找方式', kind);
      await page.getByRole('textbox', { name: '号码' }).fill(value);
      await page.keyboard.press('Enter');
    };
    const tableOf = (page: Page, title: string): Locator =>
      page.locator('.ant-card', { hasText: title }).locator('tbody tr.ant-table-row');

    it('are found by a whole number, which stands in no address, and opened by a settlement', async () => {
      const page = await shown.visit(paths.persons());
      const button = page.getByRole('button', { name: '查找', exact: true });
      expect([await button.isDisabled(), await button.getAttribute('title')]).toEqual([true, '请先输入号码']);
      await find(page, '联系电话', personal.tel.slice(0, 8));
      await page.getByText('没有找到').waitFor();
      const [sent] = await Promise.all([
        page.waitForRequest('**/api/v1/persons/search'),
        find(page, '证件号码', ` ${personal.certno} `),
      ]);
      expect(sent.postDataJSON()).toEqual({ by: 'certno', value: personal.certno });
      const row = page.locator('[data-person]');
      await row.waitFor();
      for (const text of ['陈**', '3307**********1234', psnNo, '23', '2026-01-05 10:12:00'])
        expect(await row.innerText()).toContain(text);
      expect(new URL(page.url()).pathname).toBe(paths.persons());

      await row.getByRole('link').click();
      await expect.poll(() => new URL(page.url()).pathname).toBe(paths.person(latestClaim));
      await page.getByText('打开本页已记录').waitFor();
      expect(await page.title()).toBe('参保人 · 基金守望');
    });

    it('says when a search fails, and searches again', async () => {
      shown.server.scenario = 'error';
      const page = await shown.visit(paths.persons());
      await find(page, '人员编号', psnNo);
      await page.locator('.failure').waitFor();
      shown.server.scenario = 'usual';
      await page.getByRole('button', { name: '重试' }).click();
      await page.locator('[data-person]').waitFor();
      expect(await page.locator('.failure').count()).toBe(0);
    });

    it.each([true, false])('have room for everybody who is found, phone: %s', async (phone) => {
      shown.server.scenario = 'overflow';
      const page = await shown.visit(paths.persons(), { phone });
      await find(page, '人员编号', psnNo);
      await expect.poll(() => page.locator('[data-person]').count()).toBe(12);
      expect(await surplusWidth(page)).toBe(0);
    });

    it('are shown masked, in full for a purpose, and hidden again', async () => {
      const page = await shown.visit(paths.person(latestClaim));
      const reveal = page.getByRole('button', { name: '查看完整信息' });
      await reveal.waitFor();
      const main = page.locator('main');
      for (const text of ['陈**', '男', '1961-02-28', psnNo, '3307**********1234', '1,204.50', '873.20'])
        expect(await main.innerText()).toContain(text);
      const isInFull = async (): Promise<boolean[]> => {
        const text = await main.innerText();
        return Object.values(personal).map((value) => text.includes(value));
      };
      expect(new Set(await isInFull())).toEqual(new Set([false]));

      await reveal.click();
      const dialog = page.getByRole('dialog');
      await dialog.getByText('记入审计日志').waitFor();
      await dialog.getByRole('button', { name: '查看' }).click();
      await dialog.getByText('请选择用途').waitFor();
      await dialog.getByText('案件编号').click();
      await dialog.getByRole('textbox', { name: '案件编号' }).fill('12');
      await page.keyboard.press('Enter');
      await dialog.getByText('4 至 40 个').waitFor();
      await dialog.getByRole('textbox', { name: '案件编号' }).fill('浙330702〔2026〕12号');
      expect(await stated(page)).toEqual({ purpose: { case_number: '浙330702〔2026〕12号' } });
      await expect.poll(async () => new Set(await isInFull())).toEqual(new Set([true]));

      await page.getByRole('button', { name: '隐藏' }).click();
      expect(new Set(await isInFull())).toEqual(new Set([false]));

      await reveal.click();
      await dialog.getByText('核实身份').click();
      expect(await stated(page)).toEqual({ purpose: { reason: 'verify_identity' } });
      await expect.poll(async () => new Set(await isInFull())).toEqual(new Set([true]));
      await page.getByRole('link', { name: '返回查找' }).click();
      await page.getByRole('textbox', { name: '号码' }).waitFor();
      await page.goBack();
      await reveal.waitFor();
      expect(new Set(await isInFull())).toEqual(new Set([false]));
      // Each opening is an opening of its own on record.
      expect(shown.server.asked.filter((each) => each.endsWith('/person'))).toHaveLength(2);
    });

    it('lists who has looked, and what for, to those who may know', async () => {
      const page = await shown.visit(paths.person(latestClaim));
      const looks = tableOf(page, '谁查看过该参保人');
      await expect.poll(() => looks.count()).toBe(3);
      const texts = await looks.allInnerTexts();
      for (const text of ['2026-01-06 10:20:31', 'demo-case', '案件承办', '查看完整信息', '案件 浙330702'])
        expect(texts[0]).toContain(text);
      expect(texts[1]).toContain('联系参保人核实就诊');
      expect(texts[2]).toContain('打开');

      shown.server.scenario = 'empty';
      await page.reload();
      await page.getByText('还没有人查看过').waitFor();

      shown.server.permissions = ['persons.read'];
      await page.reload();
      await page.getByText('结算单（1 张）').waitFor();
      expect(await page.getByText('谁查看过该参保人').count()).toBe(0);
      expect(await page.getByRole('button', { name: '查看完整信息' }).count()).toBe(0);
    });

    it('are reached from a finding by those who may look at persons', async () => {
      const { finding } = detailOf('FW-ITEM-DAILY-LIMIT');
      const page = await shown.visit(paths.finding(finding.finding_id));
      await page.locator('.summary').getByRole('link', { name: '张*' }).click();
      await expect.poll(() => new URL(page.url()).pathname).toBe(paths.person(finding));

      shown.server.permissions = ['findings.read'];
      await page.goto(`${shown.server.url}${paths.finding(finding.finding_id)}`);
      await page.locator('.summary').getByText('张*').waitFor();
      expect(await page.getByRole('link', { name: '张*' }).count()).toBe(0);
    });
  });

  describe('audit log', () => {
    const events = (page: Page): Locator => page.locator('[data-event]');

    it('lists the newest first, goes on to older ones, and back', async () => {
      const page = await shown.visit('/audit');
      const { audit } = shown.fixtures;
      await expect.poll(() => events(page).count()).toBe(50);
      expect(await events(page).first().getAttribute('data-event')).toBe(String(audit.length));
      await page.getByRole('button', { name: '更早' }).click();
      await expect.poll(() => searchOf(page)).toEqual({ before: String(audit.length - 49) });
      await expect
        .poll(() => events(page).first().getAttribute('data-event'))
        .toBe(String(audit.length - 50));
      await page.getByRole('button', { name: '更早' }).click();
      await expect.poll(() => events(page).count()).toBe(audit.length - 100);
      expect(await page.getByRole('button', { name: '更早' }).isDisabled()).toBe(true);
      await page.goBack();
      await expect.poll(() => searchOf(page)).toEqual({ before: String(audit.length - 49) });
      await page.getByRole('button', { name: '最新' }).click();
      await expect.poll(() => searchOf(page)).toEqual({});
    });

    it('finds events by kind, account and subject', async () => {
      const page = await shown.visit('/audit');
      await events(page).first().waitFor();
      await choose(page, '事件', '隔离数据不再处理');
      await expect.poll(() => searchOf(page)).toEqual({ kind: 'quarantine.dismissed' });
      const own = shown.fixtures.audit.filter(({ kind }) => kind === 'quarantine.dismissed');
      await expect.poll(() => events(page).count()).toBe(own.length);
      await page.getByRole('textbox', { name: '账号' }).fill('li.wei');
      await page.keyboard.press('Enter');
      await expect.poll(() => searchOf(page)).toEqual({ kind: 'quarantine.dismissed', account: 'li.wei' });
      await expect
        .poll(() => events(page).count())
        .toBe(own.filter(({ actor }) => actor.account === 'li.wei').length);
      await page.getByRole('textbox', { name: '对象' }).fill('quarantine/0');
      await page.keyboard.press('Enter');
      await page.getByText('没有符合条件的事件').waitFor();
      await page.getByRole('button', { name: '清除筛选' }).click();
      await expect.poll(() => searchOf(page)).toEqual({});
      await expect.poll(() => page.getByRole('textbox', { name: '账号' }).inputValue()).toBe('');
    });

    it('shows who, before and after, and the hashes of an event', async () => {
      const event = shown.fixtures.audit.find(({ seq }) => seq === 130);
      const page = await shown.visit('/audit');
      await page.locator('[data-event="130"] a').first().click();
      await expect.poll(() => new URL(page.url()).pathname).toBe(paths.auditEvent(130));
      const drawer = page.getByRole('dialog');
      await drawer.getByText('变更前后').waitFor();
      const text = await drawer.innerText();
      for (const words of [
        event?.hash ?? '?',
        event?.prev_hash ?? '?',
        event?.actor.account ?? '?',
        '"state": "open"',
        '"state": "dismissed"',
      ])
        expect(text).toContain(words);
      await page.keyboard.press('Escape');
      await expect.poll(() => new URL(page.url()).pathname).toBe('/audit');
    });

    it('says where the chain ends, how to verify it, and gives it out', async () => {
      const page = await shown.visit('/audit');
      const head = page.locator('.audit-head');
      await expect.poll(() => head.innerText()).toContain(`第 ${shown.fixtures.audit.length} 条`);
      expect(await head.innerText()).toContain('fundwatch audit verify');
      expect(await head.innerText()).toContain('2026-01-08');
      expect(await head.innerText()).toMatch(/时间戳 2026-01-09 00:00/);
      const link = page.getByRole('link', { name: '导出全部' });
      expect(await link.getAttribute('href')).toBe('/api/v1/audit/export');
    });

    it('says that nothing is signed, and that an event does not exist', async () => {
      shown.server.scenario = 'empty';
      const page = await shown.visit(paths.auditEvent(999_999));
      await page.getByText('没有这条事件').first().waitFor();
      await page.getByText('fundwatch audit keygen').waitFor();
    });
  });

  describe('why, and why not', () => {
    it('leads from a finding to the rules that came near, and to any other', async () => {
      const { finding } = detailOf(explainedCode);
      const page = await shown.visit(paths.finding(finding.finding_id));
      await page.getByRole('link', { name: '其他规则与接近命中的规则' }).click();
      // The rule of the finding stands open, with the tree of its hit.
      const answer = page.locator('.why-explanation');
      await answer.getByText('超过每日上限').first().waitFor();
      expect(await answer.locator('.why-verdict').first().innerText()).toBe('命中');
      const { near, of } = shown.fixtures.explanations;
      const [nearest] = near.near;
      if (nearest === undefined) throw new Error('no rule came near');
      const { counts } = near;
      expect(await page.locator('.page-head-note').innerText()).toContain(
        `命中 ${counts.hit} 条，无法判定 ${counts.unknown} 条，不命中 ${counts.no} 条`,
      );
      await page.locator('.why-rules').getByRole('link', { name: nearest.name.zh }).click();
      await expect.poll(() => answer.locator('.why-verdict').first().innerText()).toBe('不命中');
      expect(await answer.getByText('决定结果').count()).toBeGreaterThan(0);
      expect(searchOf(page)).toEqual({ rule: nearest.rule_code });
      // One that does not apply says why not.
      const [code, silent] = [...of].find(([, { verdict }]) => verdict === 'not_applicable') ?? [];
      if (code === undefined || silent === undefined) throw new Error('every rule applies');
      await page.getByRole('combobox', { name: '查看任一规则' }).fill(code);
      await page.keyboard.press('Enter');
      await answer.getByText(silent.reasons[0]?.message.zh ?? '').waitFor();
      expect(searchOf(page)).toEqual({ rule: code });
    });

    it('asks for the version that a trial ran', async () => {
      const version = 'a'.repeat(64);
      const page = await shown.visit(paths.why(latestClaim, { rule: explainedCode, version }));
      await page.locator('.why-explanation .why-verdict').first().waitFor();
      expect(shown.server.asked.some((asked) => asked.includes(`version=${version}`))).toBe(true);
    });
  });

  describe('rules', () => {
    it('are found by name and national code, and told in words', async () => {
      const page = await shown.visit('/rules');
      const table = page.locator('tbody tr.ant-table-row');
      await expect.poll(() => table.count()).toBe(shown.fixtures.rules.rules.length);
      await page
        .getByRole('searchbox')
        .or(page.getByPlaceholder('按名称、编码或国家规则编码查找'))
        .first()
        .fill('GZ10000204001000');
      await expect.poll(() => table.count()).toBe(1);
      await page.getByRole('link', { name: '分解住院' }).click();
      const drawer = page.getByRole('dialog');
      await drawer.getByText('判断条件').waitFor();
      const text = await drawer.innerText();
      for (const words of [
        '同一机构此前 15 天内结束的住院就诊：次数 大于 0 次',
        '复核时先排除',
        '整张结算单的基金支付额',
      ])
        expect(text).toContain(words);
      await drawer.getByText('规则文档 JSON').click();
      await drawer.locator('pre.json').waitFor();
      await page.keyboard.press('Escape');
      await expect.poll(() => new URL(page.url()).pathname).toBe('/rules');
    });
  });

  describe('the shell', () => {
    it('speaks English when asked to, and remembers it', async () => {
      const page = await shown.visit('/findings');
      await page.getByText('English', { exact: true }).click();
      await expect.poll(() => page.title()).toBe('Findings · FundWatch');
      expect(await page.locator('html').getAttribute('lang')).toBe('en');
      await expect
        .poll(() => page.getByTestId('total').innerText())
        .toMatch(/^\d+ findings, ¥[\d.]+K at stake$/);
      expect(await rows(page).first().innerText()).toContain(listed()[0]?.message.en);
      await page.reload();
      await expect.poll(() => page.title()).toBe('Findings · FundWatch');
    });

    it('has its menu in a drawer on a phone', async () => {
      const page = await shown.visit('/', { phone: true });
      await page.getByRole('button', { name: '菜单' }).click();
      await page.getByRole('dialog').getByRole('link', { name: '规则' }).click();
      await expect.poll(() => page.title()).toBe('规则 · 基金守望');
      await expect.poll(() => page.getByRole('dialog').isVisible()).toBe(false);
    });

    it('opens a finding from a card on a phone', async () => {
      const page = await shown.visit('/findings', { phone: true });
      await rows(page).first().click();
      await expect
        .poll(() => page.getByRole('heading', { level: 1 }).innerText())
        .toBe(listed()[0]?.message.zh);
    });

    it('offers the name of the party that claims state when a case is filed, and sends it as it was corrected', async () => {
      shown.server.permissions = ['cases.read', 'cases.decide'];
      const page = await shown.visit(paths.case(caseId));
      const open = () => page.getByRole('button', { name: '操作2', exact: true }).click();
      const dialog = page.getByRole('dialog');
      const name = dialog.getByLabel('当事人名称（可不填）');
      const stated = async (typed: string): Promise<unknown> => {
        await open();
        await expect.poll(() => name.inputValue()).toBe('示例市第一人民医院');
        await name.fill(typed);
        // By what was done, and not by a number of the dictionary.
        await dialog.getByLabel('案由').fill('重复收费');
        await page.getByTitle('13. 重复收费、超标准收费、分解项目收费').click();
        await dialog.getByLabel('违法行为终了日').fill('2025-12-31');
        for (const place of [0, 1]) {
          await dialog.getByLabel('登录名').nth(place).fill(`officer-${place}`);
          await dialog.getByLabel('执法证号').nth(place).fill('ZJ-001');
          await dialog.getByLabel('证件有效期至').nth(place).fill('2030-12-31');
        }
        const [sent] = await Promise.all([
          page.waitForRequest('**/cases/*/decide'),
          dialog
            .getByRole('button', { name: '确 定' })
            .or(dialog.getByRole('button', { name: '确定' }))
            .click(),
        ]);
        await dialog.waitFor({ state: 'detached' });
        const { detail } = actOnCaseSchema.parse(sent.postDataJSON());
        return commandSchema.parse({ action: 'file', detail }).detail;
      };
      await page.route('**/cases/*/decide', (route) =>
        route.fulfill({ json: casesAnswer('usual', [caseId]) }),
      );
      expect(await stated('示例市中心医院')).toMatchObject({ party_name: '示例市中心医院', cause: 13 });
      // Left blank it is left out, so that the event is as it was before there were names.
      expect(await stated(' ')).not.toHaveProperty('party_name');
    });

    it('establishes what is left of the amounts as it was reviewed, piece by piece, and goes on after a refusal', async () => {
      shown.server.permissions = ['cases.read', 'cases.decide'];
      let one = caseDetailSchema.parse(casesAnswer('usual', [caseId]));
      const [piece] = one.evidence;
      if (piece === undefined) throw new Error('a case has evidence');
      const left = [1, 2, 3].map((no) => ({
        ...piece,
        no,
        confirmed_fen: null,
        reviewed_fen: piece.flagged_fen - no,
      }));
      one = { ...one, evidence: left };
      const sent: { no: number; confirmed_fen: number }[] = [];
      const page = await shown.visit(paths.case(caseId));
      await page.route(`**/api/v1/cases/${caseId}`, (route) => route.fulfill({ json: one }));
      await page.reload();
      await page.route('**/cases/*/decide', (route) => {
        const { revision, detail } = actOnCaseSchema.parse(route.request().postDataJSON());
        const done = commandSchema.parse({ action: 'confirm_amount', detail });
        if (done.action !== 'confirm_amount') throw new Error('another act');
        const { no, confirmed_fen } = done.detail;
        // Somebody else acts after the first.
        if (revision !== one.revision || sent.length === 1) {
          one = { ...one, revision: one.revision + 1 };
          sent.push({ no: 0, confirmed_fen: 0 });
          const message = { zh: '案件已有新的进展', en: 'It has moved on' };
          return route.fulfill({
            status: 409,
            json: { error: { code: 'changed_meanwhile', message, issues: [], support_id: '1' } },
          });
        }
        sent.push({ no, confirmed_fen });
        const evidence = one.evidence.map((piece) => (piece.no === no ? { ...piece, confirmed_fen } : piece));
        one = { ...one, revision: one.revision + 1, evidence };
        return route.fulfill({ json: one });
      });
      await page.getByRole('button', { name: `认定其余 ${left.length} 项金额` }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('理由').fill('与复核一致');
      await dialog.locator('.ant-modal-footer .ant-btn-primary').click();
      await dialog.getByText('案件已有新的进展').waitFor();
      await dialog.getByText('认定其余', { exact: false }).first().waitFor();
      await dialog.locator('.ant-modal-footer .ant-btn-primary').click();
      await dialog.waitFor({ state: 'detached' });
      expect(sent.filter(({ no }) => no > 0)).toEqual(
        left.map(({ no, reviewed_fen }) => ({ no, confirmed_fen: reviewed_fen })),
      );
    });

    it('sends what a dialog holds once, however often it is clicked', async () => {
      shown.server.permissions = ['cases.read', 'cases.decide'];
      let sent = 0;
      const page = await shown.visit(paths.case(caseId));
      await page.route('**/cases/*/decide', async (route) => {
        sent += 1;
        await new Promise((resolve) => setTimeout(resolve, 200));
        await route.fulfill({ json: casesAnswer('usual', [caseId]) });
      });
      await page.getByRole('button', { name: '操作2', exact: true }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('案由').fill('重复收费');
      await page.getByTitle('13. 重复收费、超标准收费、分解项目收费').click();
      await dialog.getByLabel('违法行为终了日').fill('2025-12-31');
      for (const place of [0, 1])
        for (const [label, text] of [
          ['登录名', `officer-${place}`],
          ['执法证号', 'ZJ-001'],
          ['证件有效期至', '2030-12-31'],
        ] as const)
          await dialog.getByLabel(label).nth(place).fill(text);
      await dialog.locator('.ant-modal-footer .ant-btn-primary').click({ clickCount: 3 });
      await dialog.waitFor({ state: 'detached' });
      expect(sent).toBe(1);
    });

    it('asks for no name of a person', async () => {
      shown.server.permissions = ['cases.read', 'cases.decide'];
      const page = await shown.visit('/');
      const one = caseDetailSchema.parse(casesAnswer('usual', [caseId]));
      await page.route(`**/api/v1/cases/${caseId}`, (route) =>
        route.fulfill({ json: { ...one, subject: { kind: 'person', key: 'P1' }, subject_name: null } }),
      );
      await page.goto(shown.server.url + paths.case(caseId));
      await page.getByRole('button', { name: '操作2', exact: true }).click();
      await page.getByLabel('违法行为终了日').waitFor();
      expect(await page.getByText('当事人名称').count()).toBe(0);
    });

    it('says that something of this kind is not published, and leads back to what is', async () => {
      const page = await shown.visit('/published/no-such-kind');
      await expect.poll(() => page.getByRole('heading', { level: 1 }).innerText()).toBe('没有这项公开内容');
      await expect.poll(() => page.title()).toContain('没有这项公开内容');
      expect(await page.locator('[aria-current=page]').count()).toBe(0);
      await page.getByRole('link', { name: '查看已公开的内容' }).click();
      await expect.poll(() => page.getByRole('heading', { level: 1 }).innerText()).toBe('双随机检查');
    });

    it('cuts no choice of a decision about several on a phone', async () => {
      const page = await shown.visit(paths.reviews(), { phone: true, language: 'en' });
      const cut = (): Promise<string[]> =>
        page
          .locator('.ant-segmented-item-label')
          .evaluateAll((labels) =>
            labels
              .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
              .map(({ textContent }) => textContent),
          );
      await page.getByRole('button', { name: 'Select this page' }).click();
      await page.getByRole('button', { name: 'Decide the selection' }).click();
      await page.getByRole('dialog').getByText('Cannot decide').waitFor();
      expect(await cut()).toEqual([]);
    });

    it('says when an address leads nowhere', async () => {
      const page = await shown.visit('/no/such/room');
      await page.getByText('没有这个页面').waitFor();
      await page.getByRole('button', { name: '返回总览' }).click();
      await expect.poll(() => new URL(page.url()).pathname).toBe('/');
    });
  });
});
