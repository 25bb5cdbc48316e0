/** A rule from the editor to the day it is rolled back: two people in a real browser, on the real server with its workers. */
import type { Server } from 'node:http';
import type { Browser, Page, Route } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createApi } from '../../src/api/server.ts';
import { loadProcedure } from '../../src/cases/load-procedure.ts';
import { loadResultTerms } from '../../src/inspection/service.ts';
import type { ClaimInput } from '../../src/claims/contract.ts';
import { hashPassword } from '../../src/people/passwords.ts';
import type { Role } from '../../src/people/permissions.ts';
import { closeServer, listen } from '../../src/platform/http.ts';
import { createLog } from '../../src/platform/log.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import { type JobQueue, openQueue, type QueueWorker } from '../../src/platform/queue.ts';
import { screenJob, screenQueue } from '../../src/screening/queue.ts';
import { afterWork } from '../../workers/after-batch.ts';
import { startRulebookWorker } from '../../workers/rulebook.ts';
import { startScreenWorker } from '../../workers/screen.ts';
import { findingsOf, openWorld, store, type World } from '../rulebook/world.ts';
import { claimOf, lineOf } from '../support/claims.ts';
import { startTestBrowser } from '../support/chromium.ts';
import { isLeftOut } from '../support/optional-parts.ts';
import { makeAccount, testPeople } from '../support/people.ts';
import { builtConsole } from './built-console.ts';
import { surplusWidth } from './open-console.ts';
import { type Language, type Profiles, profilesOf } from './profiles.ts';

const buildMs = 180_000;
const password = 'correct horse battery';
const code = 'FW-LINE-REPEATED';
/** Where to put pictures of every page, for looking at; nothing is compared with them. */
const pictures = process.env['FUNDWATCH_PICTURES'];
const journeyMs = 180_000;

const lineBase = {
  feedetl_sn: '1',
  med_list_codg: '002501010150000',
  fee_ocur_time: '2025-03-02 09:00:00',
  cnt: '1',
  pric: '15',
  det_item_fee_sumamt: '15',
  inscp_scp_amt: '15',
  bilg_dr_codg: 'DR1',
};
const example = (kind: string, lines: number, excess: readonly string[]) => ({
  name: { zh: `${lines} 条`, en: `${lines} lines` },
  kind,
  claims: [{ lines: Array.from({ length: lines }, (_, index) => ({ feedetl_sn: String(index + 1) })) }],
  findings: excess.length === 0 ? [] : [{ setl_id: 'S1', lines: excess }],
});
/** What the version of the journey shall do: two lines may be alike, three not. */
const examplesOfThree = {
  rule: code,
  base: {
    claim: {
      setl_id: 'S1',
      setl_time: '2025-03-02 10:00:00',
      person: { psn_no: 'P1', gend: '1', brdy: '1960-05-01' },
      institution: { fixmedins_code: 'H1', fixmedins_name: '示例市第一医院' },
      visit: {
        mdtrt_id: 'M1',
        med_type: '11',
        begntime: '2025-03-02 09:00:00',
        endtime: '2025-03-02 10:00:00',
      },
      settlement: { medfee_sumamt: '100', fund_pay_sumamt: '60' },
    },
    line: lineBase,
  },
  examples: [
    example('hit', 4, ['2', '3', '4']),
    example('near_miss', 1, []),
    example('near_miss', 2, []),
    example('border', 3, ['2', '3']),
  ],
};

describe.skipIf(isLeftOut('chromium'))('the life of a rule in a browser', () => {
  let world: World;
  let queue: JobQueue;
  let server: Server;
  let browser: Browser;
  let profiles: Profiles;
  let base = '';
  const workers: QueueWorker[] = [];
  const problems: string[] = [];

  beforeAll(async () => {
    const consoleDir = await builtConsole();
    const log = createLog({ process: 'test', level: 'silent' });
    world = await openWorld();
    const { database, vault, rules, library } = world;
    const queueConfig = { databaseUrl: world.url, redisUrl: undefined };
    queue = await openQueue(queueConfig, screenQueue, log);
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
    const metrics = createMetrics('worker');
    const context = { queueConfig, database, rules, log, metrics };
    workers.push(
      await startScreenWorker({
        ...context,
        vault,
        queue,
        concurrency: 2,
        ...afterWork(context),
      }),
      await startRulebookWorker(context),
    );
    browser = await startTestBrowser();
    profiles = profilesOf(browser);
  }, buildMs);
  afterAll(async () => {
    await browser?.close();
    for (const worker of workers) await worker.close();
    await closeServer(server, { graceMs: 0 });
    await queue.close();
    await world.drop();
  });
  afterEach(async () => {
    await profiles.empty();
    expect(problems.splice(0)).toEqual([]);
  });

  async function signIn(login: string, role: Role, path: string): Promise<Page> {
    await makeAccount(world.database, { login, role, passwordHash: await hashPassword(password) });
    const page = await profiles.newPage({ viewport: { width: 1440, height: 900 } });
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

  async function send(claims: readonly ClaimInput[]): Promise<void> {
    await queue.addMany((await store(world, claims)).map(screenJob));
    await expect
      .poll(
        async () =>
          (await world.database.pool.query(`SELECT FROM intake_batch WHERE state <> 'screened'`)).rowCount,
      )
      .toBe(0);
  }

  /** Lines that agree in everything but their number. */
  const repeated = (setl_id: string, psn_no: string, lines: number): ClaimInput =>
    claimOf({
      setl_id,
      person: { psn_no, gend: '1', brdy: '1980-01-01' },
      visit: {
        mdtrt_id: `M-${setl_id}`,
        med_type: '21',
        begntime: '2026-01-01 08:00:00',
        endtime: '2026-01-05 09:00:00',
      },
      lines: Array.from({ length: lines }, (_, index) => ({
        ...lineOf(String(index + 1)),
        inscp_scp_amt: 25,
        bilg_dr_codg: 'DR1',
      })),
    });

  const found = async (): Promise<string[]> =>
    (await findingsOf(world, code)).map((name) => name.split(' ')[0] ?? '').toSorted();

  /** The page in both sizes and languages. */
  async function picture(page: Page, name: string): Promise<void> {
    if (pictures === undefined) return;
    for (const language of ['zh', 'en'] as const satisfies readonly Language[])
      for (const width of [1440, 390]) {
        const other = await page.context().newPage();
        await other.addInitScript((chosen) => localStorage.setItem('fundwatch.language', chosen), language);
        await other.setViewportSize({ width, height: 900 });
        await other.goto(page.url());
        await other.locator('main h1').waitFor();
        await other.waitForTimeout(900);
        await other.screenshot({ path: `${pictures}/${name}-${language}-${width}.png`, fullPage: true });
        expect([name, language, width, await surplusWidth(other)]).toEqual([name, language, width, 0]);
        await other.close();
      }
    await page.evaluate(() => localStorage.setItem('fundwatch.language', 'zh'));
  }

  async function retype(page: Page, editor: string, text: string): Promise<void> {
    await page.getByRole('textbox', { name: editor, exact: true }).focus();
    await page.keyboard.press('Control+a');
    await page.keyboard.insertText(text);
  }

  const act = async (page: Page, name: string, fill?: () => Promise<void>): Promise<void> => {
    await page.getByRole('button', { name, exact: true }).first().click();
    const dialog = page.getByRole('dialog');
    await fill?.();
    await dialog.getByRole('button', { name, exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
  };

  it(
    'is written, fails an example, is mended, tried, approved, put into force, and rolled back',
    async () => {
      await send([repeated('T2', 'P2', 2), repeated('T3', 'P3', 3)]);
      expect(await found()).toEqual(['T2', 'T3']);

      const author = await signIn('author-li', 'rule_author', '/rules');
      await picture(author, 'rules');
      await author.getByLabel('按名称、编码或国家规则编码查找').fill(code);
      await author.getByRole('link', { name: /个版本/ }).click();
      await author.getByRole('button', { name: '编写新版本' }).click();
      await author.getByText('检查和示例全部通过', { exact: true }).waitFor();

      // Only what repeats three times shall count: the examples say otherwise.
      await author.getByText('表单', { exact: true }).click();
      await author.getByLabel('值', { exact: true }).first().fill('2');
      await author.getByText(/示例有 \d+ 处未通过/).waitFor();
      await author.getByText(/草稿已保存/).waitFor();
      await picture(author, 'editor-fault');
      if (pictures !== undefined)
        await author.screenshot({ path: `${pictures}/form-zh-1440.png`, fullPage: true });
      await expect(author.getByRole('button', { name: '提交审批' }).isDisabled()).resolves.toBe(true);
      await author.getByText('JSON', { exact: true }).click();
      // Whoever signs out before it is saved is asked: nothing can be saved after that.
      const drafts = `**/api/v1/rulebook/drafts/${code}`;
      let saving: Route | undefined;
      await author.route(drafts, (route) => {
        saving = route;
      });
      await retype(author, '示例', '{}');
      await author.getByRole('button', { name: '账户', exact: true }).click();
      await author.getByRole('menuitem', { name: '退出', exact: true }).click();
      await author.getByRole('dialog').filter({ hasText: '放弃尚未提交的内容？' }).waitFor();
      await author.getByRole('button', { name: '继续填写' }).click();
      await expect.poll(() => saving).toBeDefined();
      await saving?.continue();
      await author.unroute(drafts);
      await author.getByText(/草稿已保存/).waitFor();
      await retype(author, '示例', JSON.stringify(examplesOfThree, null, 2));
      // Whoever leaves at once finds what was typed.
      await author.getByRole('link', { name: '规则', exact: true }).click();
      await author.getByRole('heading', { name: '规则', exact: true }).waitFor();
      await author.goBack();
      await author.getByText('检查和示例全部通过', { exact: true }).waitFor();

      await author.getByRole('button', { name: '回测' }).click();
      await author.getByText('与在用版本比较', { exact: true }).waitFor();
      await author.getByText('不再有的疑点 1', { exact: true }).waitFor();
      await author.getByText('两者都有 1', { exact: true }).waitFor();
      await picture(author, 'run');

      await author.goto(`${base}/rules/${code}/edit`);
      await author.getByRole('button', { name: '提交审批' }).click();
      await author.getByText('已提交审批', { exact: true }).waitFor();
      await author.getByText('现在不能进行的操作及原因').click();
      await author.getByText('您的角色没有此项权限').first().waitFor();

      const approver = await signIn('approver-wang', 'rule_approver', new URL(author.url()).pathname);
      await picture(approver, 'versions');
      await approver.getByText('组内条数', { exact: false }).first().waitFor();
      await act(approver, '批准');
      await act(approver, '影子运行');
      await send([repeated('T4', 'P4', 4)]);
      await approver.reload();
      await approver.getByText('影子运行结果').waitFor();
      await act(approver, '启用');
      await expect.poll(found).toEqual(['T3', 'T4']);
      await send([repeated('T5', 'P5', 3), repeated('T6', 'P6', 2)]);
      expect(await found()).toEqual(['T3', 'T4', 'T5']);
      await approver.reload();
      await picture(approver, 'versions-active');

      await act(approver, '回退到上一版本', () => approver.getByLabel('原因').fill('两条重复也应列为疑点'));
      await expect.poll(found).toEqual(['T2', 'T3', 'T4', 'T5', 'T6']);
      await approver.getByText('两条重复也应列为疑点').waitFor();
    },
    journeyMs,
  );
});
