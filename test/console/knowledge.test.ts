/** A batch of a knowledge table in the console: the built console in a real browser, on the real server. */
import type { Server } from 'node:http';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApi } from '../../src/api/server.ts';
import { loadProcedure } from '../../src/cases/load-procedure.ts';
import { loadResultTerms } from '../../src/inspection/service.ts';
import { hashPassword } from '../../src/people/passwords.ts';
import { closeServer, listen } from '../../src/platform/http.ts';
import { createLog } from '../../src/platform/log.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import { type JobQueue, openQueue } from '../../src/platform/queue.ts';
import { planRun, walkSlice } from '../../src/rulebook/run-service.ts';
import { unplannedRuns, waitingSlices } from '../../src/rulebook/run-store.ts';
import { screenQueue } from '../../src/screening/queue.ts';
import { openWorld, stay, stream, type World } from '../rulebook/world.ts';
import { startTestBrowser } from '../support/chromium.ts';
import { isLeftOut } from '../support/optional-parts.ts';
import { makeAccount, testPeople } from '../support/people.ts';
import { builtConsole } from './built-console.ts';
import { surplusWidth } from './open-console.ts';
import { type Profiles, profilesOf } from './profiles.ts';

const buildMs = 180_000;
const longMs = 120_000;
const password = 'correct horse battery';
const item = '001201000030000';
const sizes = { desk: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };
const pictures = process.env['FUNDWATCH_PICTURES'];

describe.skipIf(isLeftOut('chromium'))('knowledge tables in a browser', () => {
  let world: World;
  let queue: JobQueue;
  let server: Server;
  let browser: Browser;
  let profiles: Profiles;
  let base = '';
  const problems: string[] = [];

  beforeAll(async () => {
    const consoleDir = await builtConsole();
    const log = createLog({ process: 'test', level: 'silent' });
    world = await openWorld();
    const { database, vault, rules, library } = world;
    queue = await openQueue({ databaseUrl: world.url, redisUrl: undefined }, screenQueue, log);
    const { app } = createApi({
      database,
      vault,
      history: database,
      screenQueue: queue,
      ruleSet: library,
      coverage: [],
      procedure: await loadProcedure('rules/procedure'),
      resultTerms: await loadResultTerms('rules'),
      activeRules: rules,
      log,
      metrics: createMetrics('test'),
      people: testPeople,
      consoleDir,
    });
    server = await listen(app, { host: '127.0.0.1', port: 0 });
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    base = `http://127.0.0.1:${address.port}`;
    const passwordHash = await hashPassword(password);
    await makeAccount(database, { login: 'li.si', role: 'rule_author', passwordHash });
    await makeAccount(database, { login: 'wang.wu', role: 'rule_approver', passwordHash });
    await stream(world, [stay('S1', 20, 22, 'P1')]);
    browser = await startTestBrowser();
    profiles = profilesOf(browser);
  }, buildMs);
  afterAll(async () => {
    await profiles?.empty();
    await browser?.close();
    await closeServer(server, { graceMs: 0 });
    await queue.close();
    await world.drop();
  });

  async function open(login: string, path: string, size: keyof typeof sizes = 'desk'): Promise<Page> {
    const page = await profiles.newPage({ viewport: sizes[size] }, 'zh');
    page.on('response', (response) => {
      const { pathname } = new URL(response.url());
      if (response.status() >= 400 && pathname.startsWith('/api/v1/knowledge'))
        problems.push(`${response.status()} ${pathname}`);
    });
    page.on('pageerror', (error) => problems.push(`exception: ${error.message}`));
    page.on('console', (message) => {
      const isAnswer = message.text().startsWith('Failed to load resource');
      if (['error', 'warning'].includes(message.type()) && !isAnswer) problems.push(message.text());
    });
    await page.goto(base + path);
    await page.getByLabel('登录名').fill(login);
    await page.getByLabel('密码', { exact: true }).fill(password);
    await page.locator('.sign-in-card button[type="submit"]').click();
    await page.locator('main h1').waitFor();
    return page;
  }

  async function walkAll(): Promise<void> {
    const { database, rules } = world;
    for (const run of await unplannedRuns(database.pool, 10)) await planRun({ database, rules }, run);
    for (const { run_id, slice } of await waitingSlices(database.pool, 20))
      await walkSlice({ database, rules }, run_id, slice);
  }

  async function upload(page: Page, batch: string, rows: string): Promise<void> {
    await page.getByRole('button', { name: '上传批次' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('文件（CSV 或 XLSX）').setInputFiles({
      name: '限性别.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(`med_list_codg,item_name,gend\n${rows}\n`),
    });
    await dialog.getByLabel('来源').fill('某省医保局公告');
    await dialog.getByLabel('批次', { exact: true }).fill(batch);
    await dialog.getByLabel('发布日期').fill('2026-01-31');
    await dialog.getByLabel('默认生效日期（含）').fill('2026-01-10');
    await dialog.getByRole('button', { name: '上传并检查' }).click();
  }

  it(
    'is uploaded, looked at, approved by somebody else and taken back',
    async () => {
      const author = await open('li.si', '/knowledge');
      await author.getByRole('link', { name: '药品与医疗服务项目限性别（示例）' }).click();
      await upload(author, '有错的', `${item},护理,9`);
      const drawer = author.locator('.ant-drawer');
      await drawer.getByText('“9”不在允许值之内').waitFor();
      await drawer.getByRole('button', { name: '撤回', exact: true }).click();
      await author.getByRole('button', { name: '确定' }).click();
      await drawer.getByText('已撤回').waitFor();
      await author.keyboard.press('Escape');
      await drawer.waitFor({ state: 'hidden' });

      await upload(author, '2026 年第 1 批', `${item},护理,2`);
      await drawer.getByText('新增 1，变更 0，撤下 0，冲突 0').waitFor();
      expect(await drawer.getByRole('button', { name: '批准并生效' }).isDisabled()).toBe(true);
      await walkAll();
      await drawer.getByText('新增疑点 1，消失 0，金额变更 0').waitFor({ timeout: 10_000 });
      if (pictures !== undefined) await author.screenshot({ path: `${pictures}/knowledge-batch.png` });

      const approver = await open('wang.wu', '/knowledge');
      await approver.getByText('待审批 1').waitFor();
      if (pictures !== undefined)
        await approver.screenshot({ path: `${pictures}/knowledge.png`, fullPage: true });
      await approver.getByRole('link', { name: '药品与医疗服务项目限性别（示例）' }).click();
      await approver.getByRole('link', { name: '2026 年第 1 批' }).click();
      await approver.getByRole('button', { name: '批准并生效' }).click();
      await approver.getByRole('button', { name: '确定' }).click();
      await approver.getByText(/已生效，重新筛查编号 \d+/).waitFor();
      // What is in force has no preview: the drawer goes on to what was done with the batch, and asks for nothing in vain.
      await approver.getByText('新增 1，变更 0，撤下 0，冲突 0').waitFor({ state: 'detached' });
      await approver.waitForLoadState('networkidle');
      expect(problems.splice(0)).toEqual([]);
      await approver.keyboard.press('Escape');
      await approver.locator('.ant-drawer').waitFor({ state: 'hidden' });
      if (pictures !== undefined)
        await approver.screenshot({ path: `${pictures}/knowledge-table.png`, fullPage: true });

      await approver.getByRole('button', { name: '回退到前一版本' }).click();
      const dialog = approver.getByRole('dialog');
      await dialog.getByLabel('回退原因').fill('来源有误');
      await dialog.getByRole('button', { name: '确定' }).click();
      await approver.getByText('已回退').first().waitFor();
      expect(await approver.getByRole('button', { name: '回退到前一版本' }).isDisabled()).toBe(true);
      expect(problems.splice(0)).toEqual([]);
    },
    longMs,
  );

  it(
    'is no wider than a phone',
    async () => {
      const page = await open('li.si', '/knowledge', 'phone');
      await page.getByRole('link', { name: '药品与医疗服务项目限性别（示例）' }).waitFor();
      expect(await surplusWidth(page)).toBe(0);
      // Nothing has to be pushed sideways either.
      expect(await page.locator('.ant-table').count()).toBe(0);
      await page.goto(`${base}/knowledge/item-sex`);
      await page.getByText('历次生效').waitFor();
      expect(await surplusWidth(page)).toBe(0);
      // What a batch is, and how it stands, is seen without scrolling to the side.
      expect(await page.locator('.finding-cards').getByText('已回退').isVisible()).toBe(true);
    },
    longMs,
  );
});
