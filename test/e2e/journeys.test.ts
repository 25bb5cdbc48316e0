/**
 * Three journeys through the built console in a real browser, on the demo city, each step by whoever it belongs to: from a finding to the draw
 * that anybody repeats; an objection that is upheld; a case that goes to the police. Time passes by a clock that the test sets.
 */
import { createReadStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { verifyPackage } from '../../src/cases/package.ts';
import { loadReviewRules } from '../../src/cases/review-rules.ts';
import { ledgerLines } from '../../src/credit/ledger-lines.ts';
import { verifyLedger } from '../../src/credit/ledger.ts';
import { loadRiskDocument } from '../../src/credit/risk-file.ts';
import { loadSchemes } from '../../src/credit/scheme-files.ts';
import { claimsOf, generateCity } from '../../src/demo/city.ts';
import { readObjects } from '../../src/inspection/directory.ts';
import { dayOfSecond, formatDay, formatSecond, secondOf } from '../../src/platform/civil.ts';
import { secondAt, today } from '../../src/platform/clock.ts';
import { surplusWidth } from '../console/open-console.ts';
import { openRealConsole, type RealConsole } from '../console/real-console.ts';
import { csvOf, inspectorOf, listOf, planOf } from '../inspection/draws.ts';
import { openWorld, stream, type World } from '../rulebook/world.ts';
import { folderOf } from '../support/folder.ts';
import { pngOf } from '../support/pictures.ts';
import { isLeftOut } from '../support/optional-parts.ts';

const buildMs = 180_000;
const journeyMs = 300_000;
const dayMs = 86_400_000;
const msPerSecond = 1_000;
/** From which amount two people review: local data, here less than what the small city has. */
const secondPersonFromFen = 100_000;
const beijing = (ms: number): string => formatSecond(secondAt(ms));
const city = { seed: 7, persons: 120, months: 2 };

describe.skipIf(isLeftOut('chromium'))('a journey', () => {
  let world: World;
  let shown: RealConsole;
  let clock = '2026-03-02 09:00:00';
  const second = (): number => secondOf(clock) ?? 0;

  beforeAll(async () => {
    world = await openWorld();
    await stream(world, [...claimsOf(generateCity(city))]);
    const reviewRules = await loadReviewRules('rules');
    shown = await openRealConsole(
      [
        ['ke.yi', 'inspector'],
        ['xu.shi', 'inspector'],
        ['wang.er', 'case_officer'],
        ['zhou.san', 'case_officer'],
        ['fa.wu', 'legal_reviewer'],
        ['ju.si', 'leader'],
        ['xin.liu', 'credit_officer'],
        ['zhao.qi', 'draw_organiser'],
        ['qian.ba', 'draw_organiser'],
      ],
      {
        activeRules: world.rules,
        credit: { schemes: await loadSchemes('rules'), risk: await loadRiskDocument('rules') },
        reviewRules: {
          ...reviewRules,
          parameters: reviewRules.parameters.map((one) => ({
            ...one,
            confirmed_second_person_from_fen: secondPersonFromFen,
          })),
        },
        clock: { today: () => dayOfSecond(second()), thisSecond: second },
      },
      world,
    );
  }, buildMs);
  afterAll(() => shown?.close());
  afterEach(() => expect(shown.problems).toEqual([]));

  const button = (within: Page | Locator, name: string) => within.getByRole('button', { name, exact: true });
  const dialogOf = (page: Page) => page.getByRole('dialog');
  async function choose(page: Page, label: string, option: string): Promise<void> {
    await dialogOf(page).getByLabel(label, { exact: true }).click();
    await page
      .locator('.ant-select-dropdown:visible .ant-select-item-option', { hasText: option })
      .first()
      .click();
  }
  const fill = async (page: Page, typed: Readonly<Record<string, string>>): Promise<void> => {
    for (const [label, text] of Object.entries(typed))
      await dialogOf(page).getByLabel(label, { exact: true }).fill(text);
  };
  const sure = (page: Page) => page.locator('.ant-popconfirm:visible .ant-btn-primary').click();
  async function send(page: Page): Promise<void> {
    await button(dialogOf(page), '确定').click();
    await dialogOf(page).waitFor({ state: 'detached' });
  }
  /** The file that a link or a button gives. */
  async function saved(page: Page, at: Locator, folder: string, name: string): Promise<string> {
    const [download] = await Promise.all([page.waitForEvent('download'), at.click()]);
    const file = path.join(folder, name);
    await download.saveAs(file);
    return file;
  }
  /** What a directory of objects says of one of them. */
  async function rowOf(file: string, id: string) {
    const read = await readObjects(await readFile(file));
    return read.ok ? read.entries.find(({ object_id }) => object_id === id) : undefined;
  }
  /** Somebody else sits down at the same desk, and goes on where the other one was. */
  async function hand(page: Page, login: string): Promise<void> {
    await button(page, '账户').click();
    await page.getByRole('menuitem', { name: '退出', exact: true }).click();
    await page.getByLabel('登录名').fill(login);
    await page.getByLabel('密码', { exact: true }).fill(shown.password);
    await page.locator('.sign-in-card button[type="submit"]').click();
    await page.locator('.sign-in-card').waitFor({ state: 'detached' });
    await page.locator('main h1').first().waitFor();
  }

  /** The largest finding of a rule is taken up by a reviewer, confirmed by a second person, and made a case by an officer, whose page is left. */
  async function caseOf(
    code: string,
  ): Promise<{ officer: Page; address: string; yuan: string; institution: string }> {
    const { rows } = await world.database.pool.query<{
      finding_id: string;
      amount: string;
      fixmedins_code: string;
    }>(
      `SELECT finding_id, amount::text AS amount, fixmedins_code FROM finding
        WHERE rule_code = $1 AND state = 'active' ORDER BY finding.amount DESC LIMIT 1`,
      [code],
    );
    const [finding] = rows;
    if (finding === undefined) throw new Error(`the city has no ${code}`);
    const page = await shown.open('ke.yi', `/reviews?tab=unassigned&rule_code=${code}`);
    await page.locator(`[data-finding="${finding.finding_id}"]`).first().waitFor();
    await page.goto(`${shown.base}/findings/${finding.finding_id}`);
    await button(page, '提交结论').click();
    await button(dialogOf(page), '提交结论').click();
    await page.locator('.review-panel').getByText('待二次确认').first().waitFor();
    await hand(page, 'ju.si');
    await button(page, '确认结论').click();
    await page.locator('.review-panel').getByText('已复核').first().waitFor();
    await hand(page, 'wang.er');
    await button(page, '转为案件线索').click();
    await page.waitForURL(/\/cases\/\d+$/);
    await page.getByText('线索核查', { exact: true }).first().waitFor();
    return {
      officer: page,
      address: new URL(page.url()).pathname,
      yuan: finding.amount,
      institution: finding.fixmedins_code,
    };
  }

  /** People with a page each, on one case; the officer who opened it has one. */
  function desks(address: string, officer: Page) {
    const pages = new Map<string, Page>([['wang.er', officer]]);
    let last = 'wang.er';
    return async (
      login: string,
      act: string,
      typed: (page: Page) => Promise<void> = async () => undefined,
    ) => {
      const known = pages.get(login);
      const page = known ?? (await shown.open(login, address));
      pages.set(login, page);
      // What others did meanwhile is not on the page yet.
      if (known !== undefined && login !== last) await page.reload();
      last = login;
      await button(page, act).click();
      await dialogOf(page).waitFor();
      await typed(page);
      await send(page);
      return page;
    };
  }
  const reason = (text: string) => (page: Page) => fill(page, { 理由: text });
  const officers = async (page: Page): Promise<void> => {
    for (const [place, login] of ['wang.er', 'zhou.san'].entries()) {
      const dialog = dialogOf(page);
      await dialog.getByLabel('登录名').nth(place).fill(login);
      await dialog
        .getByLabel('执法证号')
        .nth(place)
        .fill(`ZF-${place + 1}`);
      await dialog.getByLabel('证件有效期至').nth(place).fill('2099-12-31');
    }
  };
  const filing = async (page: Page): Promise<void> => {
    // As claims state it.
    expect(await dialogOf(page).getByLabel('当事人名称（可不填）').inputValue()).not.toBe('');
    await dialogOf(page).getByLabel('案由', { exact: true }).fill('重复收费');
    await page.getByTitle('13. 重复收费、超标准收费、分解项目收费').click();
    await fill(page, { 违法行为终了日: '2025-08-31' });
    for (const label of ['有明确的违法嫌疑人', '依法应当给予行政处罚', '属于本部门管辖'])
      await dialogOf(page).getByLabel(label).check();
    await officers(page);
  };
  const finalReport = Object.fromEntries(
    ['当事人基本情况', '调查经过', '事实和证据', '性质和处理依据', '自由裁量', '处理意见'].map((label) => [
      label,
      `${label}：见案卷`,
    ]),
  );
  const amounts = (yuan: string) => (page: Page) => fill(page, { 认定金额: yuan, 理由: '与机构核对一致' });

  it(
    'leads from a finding over case, money and grade to a draw that anybody repeats',
    async () => {
      const folder = await folderOf({});
      clock = '2026-03-02 09:00:00';
      const { officer: opener, address, yuan, institution } = await caseOf('FW-STAY-SPLIT');
      const step = desks(address, opener);
      await step('ju.si', '立案', filing);
      const photo = pngOf();
      const scan = path.join(folder, '处方.png');
      await writeFile(scan, 'no picture');
      const proved = await step('wang.er', '上传文件证据', async (page) => {
        await dialogOf(page).locator('input[type=file]').setInputFiles(scan);
        await fill(page, { 名称: '处方底册', 来源和提取人: '现场拍摄' });
        await button(dialogOf(page), '确定').click();
        await dialogOf(page).getByText('只接受 JPG、PNG、PDF 文件').waitFor();
        await shown.picture(page, 'journey-evidence-refused');
        await writeFile(scan, photo);
        await dialogOf(page).locator('input[type=file]').setInputFiles(scan);
      });
      await proved.getByText('照片和文件（1）').click();
      await shown.picture(proved, 'journey-evidence');
      const stored = await proved.getByRole('link', { name: '处方底册', exact: true }).getAttribute('href');
      expect(await (await proved.request.get(shown.base + (stored ?? ''))).body()).toEqual(photo);
      await step('wang.er', '认定金额', amounts(yuan));
      await step('wang.er', '调查终结', async (page) => {
        await fill(page, finalReport);
        await dialogOf(page).getByLabel('行政处罚', { exact: true }).check();
        await choose(page, '《条例》条款', '38');
        await fill(page, { 责令退回: yuan, 罚款: yuan, '暂停月数（0 为不暂停）': '0' });
        await dialogOf(page).getByLabel('情节复杂或重大违法').check();
      });
      await step('wang.er', '提交法制审核');
      await step('fa.wu', '审核同意', (page) => fill(page, { 审核意见: '事实清楚，适用法律正确' }));
      // What was reported stands in the notice.
      await step('wang.er', '事先告知', async (page) => {
        expect(await dialogOf(page).getByLabel('罚款', { exact: true }).inputValue()).toBe(yuan);
      });
      await step('wang.er', '陈述申辩', (page) => fill(page, { '陈述、申辩': '对事实无异议' }));
      await step('ju.si', '集体讨论', async (page) => {
        await dialogOf(page).getByLabel('参加人（登录名）').fill('ju.si');
        await page.keyboard.press('Enter');
        await dialogOf(page).getByLabel('参加人（登录名）').fill('fu.jiu');
        await page.keyboard.press('Enter');
        await fill(page, { 讨论记录: '一致同意' });
      });
      await step('ju.si', '作出决定', async (page) => {
        await choose(page, '种类', '行政处罚');
        await reason('事实清楚，证据确凿')(page);
      });
      await step('wang.er', '送达', (page) => choose(page, '送达方式', '直接送达'));
      clock = '2026-03-09 09:00:00';
      for (const [what, reference] of [
        ['退回基金', '收据 1'],
        ['罚款', '缴款书 1'],
      ] as const)
        await step('wang.er', '登记缴款', async (page) => {
          await choose(page, '内容', what);
          await fill(page, { 金额: yuan, 凭证: reference });
        });
      const closed = await step('ju.si', '结案', async (page) => {
        await choose(page, '情形', '已履行');
        await reason('履行完毕')(page);
      });
      await closed.getByText('已结案', { exact: true }).first().waitFor();
      await shown.picture(closed, 'journey-closed');
      const archive = await saved(closed, closed.getByRole('link', { name: '导出案卷' }), folder, 'case.zip');
      expect(verifyPackage(await readFile(archive))).toMatchObject({
        faults: [],
        summary: { state: 'closed' },
      });

      // Points: the case is gathered, the institution told, and the grade published when nobody objected in time.
      const credit = await shown.open('xin.liu', '/credit');
      await button(credit, '归集已确认事实').click();
      await credit.getByRole('link', { name: institution }).click();
      await credit.getByText('信用评价').first().waitFor();
      await button(credit, '告知主体').first().click();
      await button(credit, '确定').click();
      await credit.getByText('已告知', { exact: true }).waitFor();
      expect(await button(credit, '公布').isDisabled()).toBe(true);
      // 14 days to object.
      clock = '2026-03-24 09:00:00';
      await credit.reload();
      await button(credit, '公布').click();
      await button(credit, '确定').click();
      await credit.getByText('已公布', { exact: true }).waitFor();
      await shown.picture(credit, 'journey-grade');

      // The directory that is drawn from is made out of what is known: the grade and the confirmed clue stand in it.
      const organiser = await shown.open('zhao.qi', '/inspections');
      const objects = await saved(
        organiser,
        organiser.getByRole('link', { name: '由系统数据生成对象名录' }),
        folder,
        'objects.csv',
      );
      const before = await rowOf(objects, institution);
      expect(before).toMatchObject({ credit_grade: 'A', clues: 1, last_checked: null });
      // Two, so that both go whatever is drawn.
      const inspectors = csvOf(
        listOf(2, (index) => inspectorOf(index, { certificate_valid_to: '2099-12-31' })),
      );
      const made = await folderOf({ 'inspectors.csv': inspectors });
      for (const [place, file] of [objects, path.join(made, 'inspectors.csv')].entries()) {
        await button(organiser, '上传').nth(place).click();
        await dialogOf(organiser).locator('input[type=file]').setInputFiles(file);
        await button(dialogOf(organiser), '保存为新版本').click();
        await dialogOf(organiser).waitFor({ state: 'detached' });
      }
      await button(organiser, '检查人员账号').click();
      for (const [index, login] of ['ke.yi', 'xu.shi'].entries()) {
        await dialogOf(organiser).getByLabel(`检查员${index} 的登录名`).fill(login);
        await button(dialogOf(organiser), '保存').nth(index).click();
        await dialogOf(organiser).locator(`li:has-text("检查员${index}") button:disabled`).waitFor();
      }
      await organiser.keyboard.press('Escape');
      await dialogOf(organiser).waitFor({ state: 'detached' });
      const dayFrom = (days: number): string => formatDay(today() + days);
      const heldAt = Date.now() + dayMs;
      const plan = planOf({
        title: '有查实线索机构的双随机检查',
        checks: { from: dayFrom(-1), to: dayFrom(30) },
        rest_days: 0,
        strata: [
          {
            code: 'graded',
            title: '有查实线索',
            where: { grades: ['A'], clues_min: 1 },
            ratio: 1_000,
            at_least: 0,
            at_most: null,
          },
        ],
        seed_source: {
          kind: 'dice',
          parties: ['医保局', '派驻纪检监察组'],
          rolls: 50,
          held_at: new Date(heldAt).toISOString(),
        },
      });
      await button(organiser, '新建抽取').click();
      await dialogOf(organiser).getByText('JSON', { exact: true }).click();
      await dialogOf(organiser)
        .getByLabel('方案（JSON）')
        .fill(JSON.stringify(plan, null, 2));
      await button(dialogOf(organiser), '冻结并形成承诺').click();
      await organiser.waitForURL(/\/inspections\/draws\/\d+$/);
      const draw = new URL(organiser.url()).pathname;
      const rolls = (party: number): string =>
        listOf(50, (index) => String(1 + ((index * 7 * party + party) % 6))).join('');
      clock = beijing(heldAt + msPerSecond);
      await organiser.reload();
      await organiser.getByLabel('点数（50 个 1–6）').fill(rolls(1));
      await button(organiser, '录入').click();
      await organiser.getByText('第 1 份已由 zhao.qi 录入').waitFor();
      await hand(organiser, 'qian.ba');
      await organiser.getByLabel('点数（50 个 1–6）').fill(rolls(2));
      await button(organiser, '录入并抽取').click();
      await organiser.getByText('检查任务（已查 0 / 1）').waitFor();
      await organiser.locator('.ant-table-row').getByText(institution).first().waitFor();

      // The check on the spot: list, record, and the signatures of both inspectors and of the institution.
      clock = beijing(Date.now());
      const phone = await shown.open('ke.yi', draw, 'phone');
      await phone.getByRole('link', { name: '现场检查', exact: true }).click();
      await button(phone, '开始检查').click();
      await sure(phone);
      const items = phone.locator('[data-item]');
      await items.first().waitFor();
      const all = await items.count();
      for (let place = 0; place < all; place += 1)
        await items.nth(place).getByText('符合', { exact: true }).click();
      await phone.getByText(`已填 ${all} / ${all}`).waitFor();
      await phone.getByRole('status').getByText('已保存').waitFor();
      await phone.getByLabel('检查结果', { exact: true }).click();
      await phone.locator('.ant-select-item-option:visible', { hasText: '未发现问题' }).click();
      await phone.getByLabel('检查情况').fill('现场核对病历与结算，未发现新的问题。');
      await phone.getByLabel(/已出示执法证件/).check();
      await button(phone, '形成记录').click();
      await button(phone, '本人签字').click();
      await sure(phone);
      await phone.getByText('检查人员 检查员0').waitFor();
      await phone.getByLabel('签字人').fill('王某');
      await phone.getByLabel('职务').fill('医保办主任');
      await phone.locator('.signature-pad canvas').scrollIntoViewIfNeeded();
      const pad = await phone.locator('.signature-pad canvas').boundingBox();
      if (pad === null) throw new Error('no pad');
      await phone.mouse.move(pad.x + 40, pad.y + 30);
      await phone.mouse.down();
      await phone.mouse.move(pad.x + 200, pad.y + 90, { steps: 4 });
      await phone.mouse.up();
      await button(phone, '提交机构签字').click();
      await phone.getByText('被检查机构 王某，医保办主任').waitFor();
      await hand(phone, 'xu.shi');
      await button(phone, '本人签字').click();
      await sure(phone);
      await phone.getByText('已签字', { exact: true }).waitFor();
      expect(await surplusWidth(phone)).toBe(0);
      await shown.picture(phone, 'journey-checked-phone');

      await organiser.reload();
      await button(organiser, '公开名单').click();
      await button(organiser, '确定').click();
      await organiser.getByText('已公开', { exact: true }).waitFor();
      await organiser.getByText('检查任务（已查 1 / 1）').waitFor();

      // Decision and grade are prepared by the officer, and approved by the leader on what they see.
      await opener.goto(`${shown.base}/publicity`);
      await opener.getByText('应公开（2）').waitFor();
      for (const waiting of [1, 2]) {
        await button(opener, '预览并拟稿公开').first().click();
        await dialogOf(opener).getByText('公众将看到').waitFor();
        await send(opener);
        await opener.getByText(`待批准（${waiting}）`).waitFor();
        await opener.getByText(`应公开（${2 - waiting}）`).waitFor();
      }
      expect(await button(opener, '批准').first().isDisabled()).toBe(true);
      await closed.goto(`${shown.base}/publicity`);
      for (const left of [1, 0]) {
        await button(closed, '批准').first().click();
        await sure(closed);
        await closed.getByText(`待批准（${left}）`).waitFor();
      }

      // A stranger: the public page, its verifier and the bundle, and then no network at all.
      const stranger = await shown.look('/published');
      await stranger.getByText('检查结果（1）').waitFor();
      await stranger.locator('.ant-table-row').getByText(institution).waitFor();
      await stranger.getByText('未发现问题').first().waitFor();
      await shown.picture(stranger, 'journey-published');
      for (const part of ['行政处罚', '信用等级']) {
        await stranger.getByRole('link', { name: part, exact: true }).click();
        await stranger.locator('main').getByText(institution).first().waitFor();
      }
      await stranger.getByRole('link', { name: '双随机检查', exact: true }).click();
      const page = await saved(
        stranger,
        stranger.getByRole('link', { name: '核验网页' }),
        folder,
        'verify.html',
      );
      const bundle = await saved(
        stranger,
        stranger.getByRole('link', { name: '下载核验文件' }),
        folder,
        'bundle.json',
      );
      await stranger.context().setOffline(true);
      await stranger.goto(pathToFileURL(page).href);
      await stranger.locator('input[type=file]').setInputFiles(bundle);
      await stranger.locator('[data-verdict=reproduced]').waitFor();
      await stranger.locator('td', { hasText: institution }).first().waitFor();
      await shown.picture(stranger, 'journey-reproduced');
      await stranger.context().setOffline(false);

      // Checked now: what was confirmed before does not count again, and the claims of then say nothing of the risk of today.
      await organiser.goto(`${shown.base}/inspections`);
      const again = await saved(
        organiser,
        organiser.getByRole('link', { name: '由系统数据生成对象名录' }),
        folder,
        'again.csv',
      );
      expect(await rowOf(again, institution)).toEqual({
        ...before,
        clues: 0,
        last_checked: dayFrom(0),
        risk: null,
      });
    },
    journeyMs,
  );

  it(
    'of an objection ends with the points given back, in the ledger for everybody to see',
    async () => {
      const folder = await folderOf({});
      clock = '2026-04-01 09:00:00';
      const doctor = 'D990101000001';
      const officer = await shown.open('xin.liu', '/credit?kind=doctor');
      await officer.getByText('账本中还没有这类主体').waitFor();
      await button(officer, '记录事实').click();
      await fill(officer, { 编号: doctor, 文书: '医保罚〔2026〕12号' });
      await choose(officer, '事实', '欺诈骗保');
      await fill(officer, { 文书所载分值: '9' });
      await button(dialogOf(officer), '确定').click();
      await dialogOf(officer).getByText('该档为 10–12 分').waitFor();
      await fill(officer, { 文书所载分值: '12' });
      await send(officer);
      await officer.getByText('终止医保支付资格 · 12 分').waitFor();
      await officer.getByText(/一次性记 12 分，终止医保支付资格 36 个月/).waitFor();
      const address = new URL(officer.url()).pathname;
      expect(address).toMatch(/^\/credit\/\d+$/);

      await button(officer, '告知主体').click();
      await button(officer, '确定').click();
      await officer.getByText('已告知', { exact: true }).waitFor();
      expect(await button(officer, '公布').isDisabled()).toBe(true);
      await button(officer, '登记异议').click();
      await fill(officer, { 文书编号: '申诉 1 号', 理由: '该处方不是本人开具' });
      await send(officer);
      await officer.locator('.credit-objection').getByText('该处方不是本人开具').waitFor();
      // Nobody decides about their own score.
      const own = button(officer, '处理异议');
      expect(await own.isDisabled()).toBe(true);
      expect(await own.getAttribute('title')).toBe('不得处理对本人评分的异议');
      await shown.picture(officer, 'credit-objected');

      await hand(officer, 'ju.si');
      await button(officer, '处理异议').click();
      await fill(officer, { 文书编号: '复核 1 号', 理由: '经核实不是本人开具' });
      await choose(officer, '撤销的账目', '欺诈骗保');
      await officer.keyboard.press('Escape');
      await send(officer);
      await officer.getByText('未记分 · 0 分').waitFor();
      await officer.getByText('已撤回', { exact: true }).waitFor();
      expect(await button(officer, '记录事实').isDisabled()).toBe(true);
      await shown.picture(officer, 'credit-decided');

      await officer.goto(`${shown.base}/credit`);
      const ledger = await saved(
        officer,
        officer.getByRole('link', { name: '导出账本' }),
        folder,
        'ledger.jsonl',
      );
      const text = await readFile(ledger, 'utf8');
      expect(text).toContain('"basis":"objection_upheld"');
      expect(await verifyLedger(ledgerLines(createReadStream(ledger)))).toMatchObject({ fault: null });
    },
    journeyMs,
  );

  it(
    'of a case leads to the police within its periods, with a package that is verified outside',
    async () => {
      const folder = await folderOf({});
      clock = '2026-05-11 09:00:00';
      const { officer: opener, address, yuan } = await caseOf('FW-STAY-OVERLAP');
      // What an officer may not do stands there with its reason.
      expect(await button(opener, '立案').count()).toBe(0);
      await opener.getByText(/^现在不能进行的操作及原因/).click();
      await opener.getByText('“立案”由负责人进行').waitFor();
      const step = desks(address, opener);
      await step('ju.si', '立案', filing);
      await step('wang.er', '认定金额', amounts(yuan));
      await step('wang.er', '建议移送公安机关', async (page) => {
        await choose(page, '涉嫌罪名', '诈骗罪');
        // Who looks after the case stands there already.
        expect(await dialogOf(page).getByLabel('登录名').first().inputValue()).toBe('wang.er');
        await reason('虚构住院，骗取医疗保障基金')(page);
      });
      // Proposed on Monday 11 May: three days to decide, then 24 hours to transfer.
      clock = '2026-05-13 16:00:00';
      const leader = await step('ju.si', '批准移送公安机关', reason('同意移送'));
      await leader.locator('li', { hasText: '移送公安的决定' }).getByText('按期').waitFor();
      await leader.locator('li', { hasText: '向公安机关移送' }).getByText('计时中').waitFor();
      await step('ju.si', '移送纪检监察机关', (page) =>
        fill(page, { 交给: '示例市纪委监委', 理由: '医院负责人系公职人员' }),
      );
      await leader.getByText('示例市纪委监委').first().waitFor();
      clock = '2026-05-14 15:00:00';
      const officer = await step('wang.er', '移送公安机关', (page) => fill(page, { 交给: '示例市公安局' }));
      await officer.locator('li', { hasText: '向公安机关移送' }).getByText('按期').waitFor();
      const referral = (to: string) => officer.locator('.case-referrals li', { hasText: to });
      await referral('示例市公安局').getByText('已移送，待回执').waitFor();
      const file = await saved(
        officer,
        referral('示例市公安局').getByRole('link', { name: '导出移送案卷包' }),
        folder,
        'referral.zip',
      );
      expect(verifyPackage(await readFile(file))).toMatchObject({
        faults: [],
        package: { kind: 'police', to: '示例市公安局', at: '2026-05-14 15:00:00' },
      });

      const toDiscipline = await saved(
        officer,
        referral('示例市纪委监委').getByRole('link', { name: '导出移送案卷包' }),
        folder,
        'discipline.zip',
      );
      expect(verifyPackage(await readFile(toDiscipline))).toMatchObject({
        faults: [],
        package: { kind: 'discipline', to: '示例市纪委监委', at: '2026-05-13 16:00:00' },
      });
      await step('wang.er', '登记纪检监察机关回执', (page) => fill(page, { 回执: '纪收〔2026〕3号' }));
      await referral('示例市纪委监委')
        .getByText(/回执 纪收〔2026〕3号/)
        .waitFor();
      await step('wang.er', '登记移送回执', (page) => fill(page, { 回执: '公（经）收〔2026〕7号' }));
      clock = '2026-05-15 10:00:00';
      await step('wang.er', '登记公安立案', (page) =>
        fill(page, { 通知书文号: '示公（经）立字〔2026〕9号' }),
      );
      const done = await step('wang.er', '移交涉案物品和材料', (page) =>
        fill(page, { 物品清单: '住院病历二十册' }),
      );
      await done.getByText('公安已立案').waitFor();
      await done.locator('li', { hasText: '公安机关审查' }).getByText('按期').waitFor();
      await shown.picture(done, 'journey-police');
      await step('wang.er', '调查终结', (page) => fill(page, finalReport));
      const decided = await step('ju.si', '作出决定', async (page) => {
        await choose(page, '种类', '移送司法机关');
        await reason('公安机关已经立案')(page);
      });
      await decided.getByText('已决定', { exact: true }).first().waitFor();

      const letter = await decided
        .getByRole('link', { name: '涉嫌犯罪案件移送书', exact: true })
        .getAttribute('href');
      const pdf = await decided.request.get(shown.base + (letter ?? ''));
      expect((await pdf.body()).subarray(0, 5).toString()).toBe('%PDF-');

      const phone = await shown.open('zhou.san', '/cases', 'phone');
      await phone.getByText('已决定', { exact: true }).first().waitFor();
      expect(await surplusWidth(phone)).toBe(0);
      await phone.locator(`.finding-cards a[href="${address}"]`).click();
      await phone.getByText('公安已立案').waitFor();
      expect(await surplusWidth(phone)).toBe(0);
      await shown.picture(phone, 'journey-police-phone');
    },
    journeyMs,
  );
});
