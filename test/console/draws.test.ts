/** Draws in the console: the built console in a real browser, on the real server, and the bundle that everybody repeats. */
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DrawPlan } from '../../src/inspection/contract.ts';
import { roundAt } from '../../src/inspection/drand-contract.ts';
import { verifyBundle } from '../../src/inspection/verify.ts';
import { areaName } from '../../src/people/area-contract.ts';
import { loadAreaNames } from '../../src/people/areas.ts';
import { formatDay } from '../../src/platform/civil.ts';
import { secondAt, today } from '../../src/platform/clock.ts';
import { csvOf, inspectorOf, listOf, objectOf, planOf } from '../inspection/draws.ts';
import { folderOf } from '../support/folder.ts';
import { isLeftOut } from '../support/optional-parts.ts';
import { surplusWidth } from './open-console.ts';
import { openRealConsole, type RealConsole } from './real-console.ts';

const buildMs = 180_000;
const longMs = 120_000;
const dayMs = 86_400_000;
const hourMs = 3_600_000;
const dayFrom = (days: number): string => formatDay(today() + days);
const rolls = (party: number): string =>
  listOf(50, (index) => String(1 + ((index * 7 * party + party) % 6))).join('');

describe.skipIf(isLeftOut('chromium'))('draws in a browser', () => {
  let shown: RealConsole;
  let aheadMs = 0;
  beforeAll(async () => {
    shown = await openRealConsole(
      [
        ['zhao.yi', 'draw_organiser'],
        ['qian.er', 'draw_organiser'],
        ['sun.san', 'inspector'],
      ],
      { clock: { today, thisSecond: () => secondAt(Date.now() + aheadMs) } },
    );
  }, buildMs);
  afterAll(() => shown?.close());

  const bundleAt = async (hash: string): Promise<string> =>
    (await fetch(`${shown.base}/api/v1/public/draws/${hash}/bundle`)).text();

  it(
    'are committed, drawn by two, checked, opened, and repeated by everybody',
    async () => {
      const { base, open, picture, problems } = shown;
      const folder = await folderOf({
        'objects.csv': csvOf(listOf(12, (index) => objectOf(index, { last_checked: null, exempt: null }))),
        'inspectors.csv': csvOf(
          listOf(6, (index) => inspectorOf(index, { certificate_valid_to: '2099-12-31' })),
        ),
      });
      const plan: DrawPlan = planOf({
        title: '第一批双随机检查',
        checks: { from: dayFrom(-1), to: dayFrom(40) },
        strata: [{ code: 'all', title: '全部对象', where: {}, ratio: 0, at_least: 3, at_most: null }],
        seed_source: {
          kind: 'dice',
          parties: ['医保局', '纪检组'],
          rolls: 50,
          held_at: new Date(Date.now() + dayMs).toISOString(),
        },
      });

      const organiser = await open('zhao.yi', '/inspections');
      await organiser.getByText('还没有抽取').waitFor();
      const dialog = organiser.getByRole('dialog');
      for (const [place, file, rows] of [
        [0, 'objects.csv', 12],
        [1, 'inspectors.csv', 6],
      ] as const) {
        await organiser.getByRole('button', { name: '上传', exact: true }).nth(place).click();
        await dialog.locator('input[type=file]').setInputFiles(path.join(folder, file));
        await dialog.getByText(`共 ${rows} 行：新增 ${rows}`).waitFor();
        await dialog.getByRole('button', { name: '保存为新版本' }).click();
        await dialog.waitFor({ state: 'detached' });
        await organiser.getByText(`${rows} 行 · ${file}`).waitFor();
      }
      await organiser.getByRole('button', { name: '新建抽取' }).click();
      await dialog.getByText('JSON', { exact: true }).click();
      await dialog.getByLabel('方案（JSON）').fill('{"plan_id": 1}');
      await dialog.getByText('$.plan_id').waitFor();
      expect(await dialog.getByRole('button', { name: '冻结并形成承诺' }).isDisabled()).toBe(true);
      const published = (numbers: number): string =>
        JSON.stringify({
          ...plan,
          seed_source: {
            kind: 'published',
            sources: [
              {
                name: '三位数字彩票',
                available_at: new Date(Date.now() + dayMs).toISOString(),
                numbers,
                range: { from: 0, to: 999, repeats: true },
              },
            ],
            readers: ['张三', '李四'],
          },
        });
      await dialog.getByLabel('方案（JSON）').fill(published(7));
      await dialog.getByText('只有 57.4 比特的熵，要求至少 64 比特，还差 6.6 比特').waitFor();
      expect(await dialog.getByRole('button', { name: '冻结并形成承诺' }).isDisabled()).toBe(true);
      await picture(organiser, 'draw-entropy');
      await dialog.getByLabel('方案（JSON）').fill(published(8));
      await dialog.getByText('64.4 比特，达到要求的 64 比特').waitFor();
      await dialog.getByLabel('方案（JSON）').fill(JSON.stringify(plan, null, 2));
      await picture(organiser, 'draw-commit');
      await dialog.getByRole('button', { name: '冻结并形成承诺' }).click();
      // The list says so too, shortens the hash, and stands a moment longer than its address.
      await organiser.waitForURL(/\/inspections\/draws\/\d+$/);
      await organiser.getByText('已承诺，待抽取').first().waitFor();
      const commitment = organiser.locator('code').filter({ hasText: /^\s*[0-9a-f]{64}\s*$/ });
      const hash = (await commitment.first().innerText()).trim();
      expect(hash).toMatch(/^[0-9a-f]{64}$/);
      expect(verifyBundle(await bundleAt(hash), hash).verdict).toBe('committed');
      const address = new URL(organiser.url()).pathname;

      // The rolls are announced for tomorrow: nobody draws today.
      const enter = organiser.getByRole('button', { name: '录入', exact: true });
      await organiser.getByText(/北京时间 \d{4}-\d\d-\d\d \d\d:\d\d:\d\d 起可录入/).waitFor();
      expect(await enter.isDisabled()).toBe(true);
      expect(await enter.getAttribute('title')).toContain('起可录入');
      await picture(organiser, 'draw-early');
      aheadMs = dayMs;
      await organiser.reload();
      await organiser.getByLabel('点数（50 个 1–6）').fill(rolls(1));
      await organiser.getByText('已填 50 个').waitFor();
      await enter.click();
      await organiser.getByText('第 1 份已由 zhao.yi 录入').waitFor();
      await picture(organiser, 'draw-evidence');
      const other = await open('qian.er', address);
      await other.getByLabel('点数（50 个 1–6）').fill(rolls(2).slice(1));
      await other.getByRole('button', { name: '录入并抽取' }).click();
      await other.getByText('应掷 50 次').waitFor();
      await other.getByLabel('点数（50 个 1–6）').fill(rolls(2));
      await other.getByRole('button', { name: '录入并抽取' }).click();
      await other.getByText('检查任务（已查 0 / 3）').waitFor();
      expect(verifyBundle(await bundleAt(hash), hash).verdict).toBe('sealed');

      // One is closed for good: the next ticket comes in.
      await other
        .locator('.ant-table-row')
        .first()
        .getByRole('button', { name: '替补', exact: true })
        .last()
        .click();
      await other.getByRole('dialog').getByLabel('理由').fill('已停业');
      await other.getByRole('dialog').getByRole('button', { name: '确定' }).click();
      await other.getByText('替补（1）').waitFor();
      await picture(other, 'draw-tasks');

      const inspector = await open('sun.san', address, 'phone');
      for (let done = 0; done < 3; done += 1) {
        await inspector.getByRole('button', { name: '录入结果' }).first().click();
        const form = inspector.getByRole('dialog');
        await form.getByLabel('检查结果', { exact: true }).click();
        await inspector.locator('.ant-select-item-option', { hasText: '未发现问题' }).first().click();
        await form.getByRole('button', { name: '确定' }).click();
        await inspector.getByText(`检查任务（已查 ${done + 1} / 3）`).waitFor();
        await form.waitFor({ state: 'detached' });
      }
      expect(await surplusWidth(inspector)).toBe(0);
      await picture(inspector, 'draw-phone');

      await organiser.reload();
      await organiser.getByRole('button', { name: '公开名单' }).click();
      await organiser.getByRole('button', { name: '确定' }).click();
      await organiser.getByText('已公开', { exact: true }).waitFor();
      const opened = verifyBundle(await bundleAt(hash), hash);
      expect([opened.verdict, opened.faults]).toEqual(['reproduced', []]);
      expect(opened.bundle?.opening?.replacements.length).toBe(1);
      await organiser.goto(`${base}/inspections`);
      await organiser.getByText('已查 3 / 3').waitFor();
      await picture(organiser, 'draws');
      const stranger = await shown.look('/published', 'phone');
      await stranger.getByText('第一批双随机检查').waitFor();
      await stranger.getByText('检查结果（3）').waitFor();
      expect(await stranger.getByText(hash).count()).toBe(1);
      await stranger.getByRole('combobox', { name: '行政区划' }).click();
      const district = stranger.locator('.ant-select-item-option').nth(1);
      const name = await district.textContent();
      await district.click();
      const file = stranger
        .getByRole('link', { name: '下载 CSV' })
        .first()
        .and(stranger.locator('[href*="area="]'));
      await file.waitFor();
      const area = /area=(\d{6})$/.exec((await file.getAttribute('href')) ?? '')?.[1] ?? '';
      expect(name).toBe(areaName(await loadAreaNames('rules'), area));
      await stranger.getByText(/检查结果（[12]）/).waitFor();
      expect(await surplusWidth(stranger)).toBe(0);
      await picture(stranger, 'public-draws-area-phone');
      await picture(stranger, 'published');
      expect(problems).toEqual([]);
    },
    longMs,
  );

  it('takes a plan that was filled in as a form, and what was written as JSON with it', {
    timeout: longMs,
  }, async () => {
    const { open, picture, problems } = shown;
    const page = await open('zhao.yi', '/inspections');
    await page.getByRole('button', { name: '新建抽取' }).click();
    const dialog = page.getByRole('dialog', { name: '新建抽取' });
    const field = (label: string, group = dialog) => group.getByLabel(label, { exact: true });
    const faultAt = (label: string, group = dialog) =>
      group
        .locator('.ant-form-item', { has: page.getByLabel(label, { exact: true }) })
        .locator('.ant-form-item-explain-error');
    const freeze = dialog.getByRole('button', { name: '冻结并形成承诺' });

    // Nothing is said of fields where nobody was yet; then what is missing is said at each, and the first one waits.
    expect(await dialog.locator('.ant-form-item-has-error').count()).toBe(0);
    await freeze.click();
    await faultAt('方案名称').getByText('请填写').waitFor();
    await faultAt('机关').getByText('请填写').waitFor();
    await dialog.getByText('还有 2 处须改正').waitFor();
    expect(await freeze.isDisabled()).toBe(true);
    expect(await field('方案名称').evaluate((input) => input === document.activeElement)).toBe(true);
    await picture(page, 'plan-form-missing');

    await field('方案名称').fill('第二批双随机检查');
    await field('机关').fill('示例市医疗保障局');
    await field('方案编号').fill('2026-B');
    await field('开始日期').fill('2099-03-01');
    await field('截止日期（不含）').fill('2099-03-01');
    await faultAt('截止日期（不含）').getByText('起止日期不成立').waitFor();
    await field('截止日期（不含）').fill('2099-04-01');
    await field('近期已查不抽').fill('90');
    await dialog.getByRole('button', { name: '删去 分层 3' }).click();
    await dialog.getByRole('button', { name: '删去 分层 2' }).click();
    const first = dialog.getByRole('group', { name: '分层 1' });
    await field('名称', first).fill('医院');
    await field('抽取比例', first).fill('25.5');
    await field('至少', first).fill('3');
    await field('至多', first).fill('2');
    await faultAt('至多', first).getByText('上限小于下限').waitFor();
    await field('至多', first).fill('30');
    await field('查实线索不少于', first).fill('');
    await first.getByText('不定向', { exact: true }).waitFor();
    await field('对象类别', first).fill('医院');
    await field('对象类别', first).press('Enter');
    await first.getByText('定向', { exact: true }).waitFor();
    await field('每组人数').fill('3');
    await dialog.getByLabel('同组人员来自不同单位').check();
    await dialog.getByRole('button', { name: '加专业要求' }).click();
    const requirement = dialog.getByRole('group', { name: '专业要求 1' });
    await field('对象类别', requirement).fill('医院');
    await field('对象类别', requirement).press('Enter');
    await field('专业', requirement).fill('临床');
    await dialog.getByText('公共信标').click();
    await field('产生时间（北京）').fill('2099-02-01T10:00');
    const round = roundAt(Date.parse('2099-02-01T10:00:00+08:00'));
    await dialog.getByText(`drand 第 ${round} 轮`).waitFor();

    // What the form does not show is written beside it, and stays.
    await dialog.getByText('JSON', { exact: true }).click();
    const json = dialog.getByLabel('方案（JSON）');
    await json.fill(
      (await json.inputValue()).replace('"former_pairs": []', '"former_pairs": [["J00000", "J00001"]]'),
    );
    await dialog.getByText('表单', { exact: true }).click();
    await dialog.getByText('近期同组 1 对').waitFor();
    await field('每人至多检查').fill('15');
    await picture(page, 'plan-form');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: '继续填写' }).click();

    const sent = page.waitForRequest(
      (request) => request.method() === 'POST' && request.url().endsWith('/draws'),
    );
    await freeze.click();
    expect((await sent).postDataJSON()).toEqual({
      redraw_of: null,
      plan: {
        plan_id: '2026-B',
        title: '第二批双随机检查',
        agency: '示例市医疗保障局',
        items: [
          {
            code: 'YB-01',
            name: '定点医药机构使用医疗保障基金情况',
            basis: '《医疗保障基金使用监督管理条例》第二十五条',
          },
        ],
        mode: 'tickets',
        unannounced: true,
        checks: { from: '2099-03-01', to: '2099-04-01' },
        rest_days: 90,
        strata: [
          { code: 'clues', title: '医院', where: { kinds: ['医院'] }, ratio: 255, at_least: 3, at_most: 30 },
        ],
        teams: {
          size: 3,
          load_max: 15,
          units_differ: true,
          pairs_differ: true,
          former_pairs: [['J00000', 'J00001']],
          requirements: [{ kinds: ['医院'], specialty: '临床', at_least: 1 }],
        },
        seed_source: {
          kind: 'drand',
          chain: 'quicknet',
          round,
        },
      },
    });
    await page.waitForURL(/\/inspections\/draws\/\d+$/);
    expect(problems).toEqual([]);
  });

  it('says at its field what the server alone knows to be wrong with a plan', {
    timeout: longMs,
  }, async () => {
    const { open, picture, problems } = shown;
    aheadMs = dayMs;
    const page = await open('zhao.yi', '/inspections');
    await page.getByRole('button', { name: '新建抽取' }).waitFor();
    for (const [language, create, name, words] of [
      ['中文', '新建抽取', ['方案名称', '机关', '掷骰时间（北京）'], ['冻结并形成承诺', '早于承诺时间']],
      [
        'English',
        'New draw',
        ['Title', 'Agency', 'Rolled at (Beijing)'],
        ['Freeze and commit', 'before the commitment'],
      ],
    ] as const) {
      await page.setViewportSize({ width: 1440, height: 900 });
      await page.reload();
      await page.getByText(language, { exact: true }).first().click();
      await page.setViewportSize({ width: 390, height: 844 });
      await page.getByRole('button', { name: create }).click();
      const dialog = page.getByRole('dialog', { name: create });
      const field = (label: string) => dialog.getByLabel(label, { exact: true });
      await field(name[0]).fill('甲');
      await field(name[1]).fill('乙');
      const soon = new Date(Date.now() + 9 * hourMs).toISOString().slice(0, 16);
      await field(name[2]).fill(soon);
      await dialog.getByRole('button', { name: words[0] }).click();
      const said = dialog
        .locator('.ant-form-item', { has: page.getByLabel(name[2], { exact: true }) })
        .locator('.ant-form-item-explain-error');
      await said.getByText(words[1]).waitFor();
      expect(await surplusWidth(page)).toBe(0);
      await picture(page, `plan-form-phone-${language === 'English' ? 'en' : 'zh'}`);
      // Once it is changed it is no longer said.
      await field(name[2]).fill('2099-02-01T10:00');
      await said.waitFor({ state: 'detached' });
    }
    expect(problems).toEqual([]);
  });

  it('gives everybody the page that repeats draws', { timeout: longMs }, async () => {
    const answer = await fetch(`${shown.base}/api/v1/public/verifier`);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('双随机抽取核验');
  });
});
