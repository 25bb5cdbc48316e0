/** Signing in, one's own account and the administrators' rooms: the built console in a real browser, on the real server. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createApi } from '../../src/api/server.ts';
import { loadProcedure } from '../../src/cases/load-procedure.ts';
import { loadResultTerms } from '../../src/inspection/service.ts';
import { createDemoAccounts } from '../../src/people/account-service.ts';
import { demoAccounts, demoPassword } from '../../src/people/demo-accounts.ts';
import { findAccount } from '../../src/people/account-store.ts';
import { totpPlace } from '../../src/people/second-factor-service.ts';
import { hashPassword } from '../../src/people/passwords.ts';
import type { Role } from '../../src/people/permissions.ts';
import { hotp, stepAt } from '../../src/people/totp.ts';
import { closeServer, listen } from '../../src/platform/http.ts';
import { createLog } from '../../src/platform/log.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import { type JobQueue, openQueue } from '../../src/platform/queue.ts';
import { loadRuleSet } from '../../src/rules/library.ts';
import { screenQueue } from '../../src/screening/queue.ts';
import { startTestBrowser } from '../support/chromium.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { isLeftOut } from '../support/optional-parts.ts';
import { makeAccount, testPeople } from '../support/people.ts';
import { builtConsole } from './built-console.ts';
import { surplusWidth } from './open-console.ts';
import { type Language, type Profiles, profilesOf } from './profiles.ts';

const buildMs = 180_000;
const longMs = 120_000;
const password = 'correct horse battery';
const sizes = { desk: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };
/** Where to put pictures of every page, for looking at; nothing is compared with them. */
const pictures = process.env['FUNDWATCH_PICTURES'];

describe.skipIf(isLeftOut('chromium'))('people in a browser', () => {
  let held: TestDatabase;
  let queue: JobQueue;
  let server: Server;
  let browser: Browser;
  let profiles: Profiles;
  let base = '';
  const problems: string[] = [];

  beforeAll(async () => {
    const consoleDir = await builtConsole();
    const log = createLog({ process: 'test', level: 'silent' });
    held = await createTestDatabase();
    queue = await openQueue({ databaseUrl: held.url, redisUrl: undefined }, screenQueue, log);
    const { app } = createApi({
      database: held.database,
      vault: held.vault,
      history: held.database,
      screenQueue: queue,
      ruleSet: await loadRuleSet('rules'),
      coverage: [],
      procedure: await loadProcedure('rules/procedure'),
      resultTerms: await loadResultTerms('rules'),
      log,
      metrics: createMetrics('test'),
      people: { ...testPeople, demo: true },
      consoleDir,
    });
    server = await listen(app, { host: '127.0.0.1', port: 0 });
    const address: AddressInfo | string | null = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    base = `http://127.0.0.1:${address.port}`;
    await createDemoAccounts({ database: held.database }, { area: '330700', fixmedinsCode: 'H33070200001' });
    browser = await startTestBrowser();
    profiles = profilesOf(browser);
  }, buildMs);
  afterAll(async () => {
    await browser?.close();
    await closeServer(server, { graceMs: 0 });
    await queue.close();
    await held.drop();
  });
  afterEach(async () => {
    await profiles.empty();
    await held.database.pool.query('TRUNCATE sign_in_throttle');
    expect(problems.splice(0)).toEqual([]);
  });

  async function open(
    path: string,
    { size = 'desk', language = 'zh' }: { size?: 'desk' | 'phone'; language?: Language } = {},
  ): Promise<Page> {
    const page = await profiles.newPage({ viewport: sizes[size] }, language);
    page.on('pageerror', (error) => problems.push(`exception: ${error.message}`));
    page.on('console', (message) => {
      const isAnswer = message.text().startsWith('Failed to load resource');
      if (['error', 'warning'].includes(message.type()) && !isAnswer) problems.push(message.text());
    });
    await page.goto(base + path);
    return page;
  }

  async function person(login: string, role: Role): Promise<void> {
    await makeAccount(held.database, { login, role, passwordHash: await hashPassword(password) });
  }

  /** By its place: while the answer is awaited, and for as long as the wheel turns away, its name is another. */
  const submit = (page: Page): Promise<void> => page.locator('.sign-in-card button[type="submit"]').click();

  async function enter(page: Page, login: string, secret: string = password): Promise<void> {
    await page.getByLabel('登录名').fill(login);
    await page.getByLabel('密码', { exact: true }).fill(secret);
    await submit(page);
  }

  /** Readable: browsers and the router write the same address in two ways. */
  const pathOf = (page: Page): string =>
    decodeURIComponent(`${new URL(page.url()).pathname}${new URL(page.url()).search}`);

  it(
    'asks who it is, says when it was wrong, and goes on to where somebody wanted to be',
    async () => {
      await person('zhang.san', 'inspector');
      const page = await open('/findings?verdict=可疑');
      await expect.poll(() => new URL(page.url()).pathname).toBe('/sign-in');
      await enter(page, 'zhang.san', 'wrong password');
      await page.getByText('登录名或密码不正确').waitFor();
      await enter(page, 'ZHANG.SAN');
      await expect.poll(() => pathOf(page)).toBe('/findings?verdict=可疑');
      await page.getByRole('heading', { name: '疑点', exact: true }).waitFor();

      await page.getByRole('button', { name: '账户', exact: true }).click();
      await page.getByText('退出', { exact: true }).click();
      await expect.poll(() => new URL(page.url()).pathname).toBe('/sign-in');
      expect((await page.context().cookies()).filter(({ name }) => name.includes('session'))).toEqual([]);
    },
    longMs,
  );

  /** Typed into a dialog of the page, when the session is over; what is sent is refused. */
  async function typedTooLate(login: string): Promise<{ page: Page; again: Locator; typed: Locator }> {
    await person(login, 'administrator');
    const page = await open('/people');
    await enter(page, login);
    await page.getByRole('button', { name: '新建账户' }).click();
    const form = page.locator('.ant-modal');
    await form.getByLabel('登录名').fill(`${login}.next`);
    const typed = form.getByLabel('姓名');
    await typed.fill('写了很久的一段话');
    await form.getByLabel('区划').fill('330702');
    await held.database.pool.query('DELETE FROM session');
    await form.getByRole('button', { name: '新建' }).click();
    const again = page.getByRole('dialog', { name: '请重新登录' });
    await again.waitFor();
    return { page, again, typed };
  }

  it(
    'asks to sign in again over the page when the session ends, covers what stands there, and keeps what was typed',
    async () => {
      const { page, again, typed } = await typedTooLate('writer');
      // Nothing of the page is seen or reached: not by the pointer, not by keys.
      const isCovered = () =>
        page.evaluate(() => {
          const cover = document.querySelector('.sign-in-again');
          const places = [0.02, 0.3, 0.5, 0.7, 0.98];
          return places.every((x) =>
            places.every(
              (y) => cover?.contains(document.elementFromPoint(x * innerWidth, y * innerHeight)) === true,
            ),
          );
        });
      expect(await isCovered()).toBe(true);
      expect(await again.evaluate((cover) => getComputedStyle(cover).backgroundColor)).toMatch(/^rgb\(/);
      await page.keyboard.press('Escape');
      await page.keyboard.press('Escape');
      expect(await isCovered()).toBe(true);
      for (let presses = 0; presses < 20; presses += 1) {
        await page.keyboard.press('Tab');
        expect(await page.evaluate(() => document.activeElement?.closest('.ant-modal') ?? null)).toBeNull();
      }

      expect(await again.getByLabel('登录名').inputValue()).toBe('writer');
      const submitAgain = again.locator('button[type="submit"]');
      await again.getByLabel('密码', { exact: true }).fill('wrong password');
      await submitAgain.click();
      await again.getByText('登录名或密码不正确').waitFor();
      await again.getByLabel('密码', { exact: true }).fill(password);
      await submitAgain.click();
      await again.waitFor({ state: 'detached' });
      expect(await typed.inputValue()).toBe('写了很久的一段话');
      await page.getByText('登录失效时的操作没有完成').waitFor();
      await page.locator('.ant-modal').getByRole('button', { name: '新建' }).click();
      await page.getByText('账户 writer.next 已建立').waitFor();
    },
    longMs,
  );

  it(
    'goes on when the same person signed in in another window',
    async () => {
      const { page, again, typed } = await typedTooLate('writer.b');
      const other = await page.context().newPage();
      await other.goto(`${base}/people`);
      await enter(other, 'writer.b');
      await other.getByRole('button', { name: 'writer.b' }).waitFor();
      // As when somebody comes back to the window, which a browser without windows does not tell.
      await page.evaluate(() => window.dispatchEvent(new Event('visibilitychange')));
      await again.waitFor({ state: 'detached' });
      expect(await typed.inputValue()).toBe('写了很久的一段话');
    },
    longMs,
  );

  it(
    'begins anew when somebody else signs in: nothing of the person before is there, typed or shown',
    async () => {
      const { page, again } = await typedTooLate('writer.c');
      await person('reader', 'auditor');
      // What is not asked for again cannot come but from memory.
      await page.route('**/api/v1/accounts', (route) => route.abort());
      await again.getByLabel('登录名').fill('reader');
      await again.getByLabel('密码', { exact: true }).fill(password);
      await again.locator('button[type="submit"]').click();
      await page.getByRole('heading', { name: '总览' }).waitFor();
      expect(pathOf(page)).toBe('/');
      expect(await page.locator('.ant-modal').count()).toBe(0);
      await page.getByRole('link', { name: '人员与权限' }).click();
      await page.getByText('没有收到服务器的答复').waitFor();
      expect(await page.getByText('writer.c').count()).toBe(0);
    },
    longMs,
  );

  it(
    'locks after a few wrong passwords, also for somebody who does not exist, and says for how long',
    async () => {
      const page = await open('/sign-in');
      for (let attempt = 0; attempt < 5; attempt += 1) {
        // The words of the attempt before may still stand there; the field is emptied by the answer.
        const answered = page.waitForResponse(
          (response) => response.request().method() === 'POST' && response.url().endsWith('/sign-in'),
        );
        await enter(page, 'nobody.at.all', `wrong ${attempt}`);
        expect((await answered).status()).toBe(401);
        await page.getByText('登录名或密码不正确').waitFor();
        await expect.poll(() => page.getByLabel('密码', { exact: true }).inputValue()).toBe('');
      }
      await enter(page, 'nobody.at.all');
      await page.getByText(/失败次数过多，请在 \d+ 秒后再试/).waitFor();
    },
    longMs,
  );

  it(
    'lists the accounts of the demo, and shows each role its own rooms',
    async () => {
      const rooms: Partial<Record<Role, string[]>> = {
        inspector: ['总览', '疑点', '复核', '参保人', '隔离区', '规则', '双随机检查', '检查任务'],
        administrator: ['规则', '人员与权限', '接口密钥'],
        auditor: [
          '总览',
          '疑点',
          '复核',
          '案件',
          '参保人',
          '隔离区',
          '规则',
          '知识表',
          '信用',
          '双随机检查',
          '检查任务',
          '信息公开',
          '人员与权限',
          '接口密钥',
          '审计日志',
        ],
        institution: ['疑点答复', '疑点', '规则'],
        draw_organiser: ['规则', '双随机检查', '检查任务'],
      };
      const page = await open('/sign-in');
      for (const [role, labels] of Object.entries(rooms)) {
        await page.context().clearCookies();
        await page.goto(base);
        const login = demoAccounts.find((account) => account.role === role)?.login ?? '';
        await page.getByText(demoPassword).waitFor();
        await page.locator(`.demo-accounts button[title="${login}"]`).click();
        const menu = page.locator('.side nav .menu-link');
        await expect.poll(() => menu.allInnerTexts()).toEqual(labels);
        await page.locator('main h1').waitFor();
        expect(await page.getByText('您的角色没有此项权限').count(), role).toBe(0);
      }
    },
    longMs,
  );

  it(
    'enrols a second factor with a QR code, asks for it, and takes a recovery code once',
    async () => {
      await person('li.si', 'leader');
      const page = await open('/profile');
      await enter(page, 'li.si');
      const card = page.locator('.ant-card', { hasText: '双因素认证' });
      await card.getByLabel('当前密码').fill(password);
      await card.getByRole('button', { name: '启用' }).click();
      await card.locator('svg[role="img"], .ant-qrcode svg').first().waitFor();
      const secret = await secretOf('li.si');
      await card.getByLabel('动态验证码').fill(hotp(secret, stepAt(Date.now() / 1_000)));
      await card.getByRole('button', { name: '确认' }).click();
      await card.getByText('请保存恢复码').waitFor();
      const [recovery = ''] = (await card.locator('.recovery-codes').innerText()).split('\n');
      await card.getByText('还有 10 个恢复码').waitFor();

      await page.context().clearCookies();
      await page.goto(`${base}/profile`);
      await enter(page, 'li.si');
      await page.getByLabel('动态验证码').fill('000000');
      await submit(page);
      await page.getByText('验证码不正确').waitFor();
      await page.getByLabel('动态验证码').fill(recovery.toLowerCase());
      await submit(page);
      await page.getByText('还有 9 个恢复码').waitFor();
    },
    longMs,
  );

  async function secretOf(login: string): Promise<Buffer> {
    const account = await findAccount(held.database.pool, login);
    if (account === null || account.totp_secret === null) throw new Error('no authenticator was begun');
    return (await held.vault.keys()).open(totpPlace(account.id), account.totp_secret);
  }

  it(
    'lets an administrator make an account, whose owner has to change the password first, and disable it',
    async () => {
      await person('chief', 'administrator');
      const page = await open('/people');
      await enter(page, 'chief');
      await page.getByRole('button', { name: '新建账户' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('登录名').fill('wang.wu');
      await dialog.getByLabel('姓名').fill('王五');
      await dialog.getByLabel('区划').fill('330702');
      await dialog.getByRole('button', { name: '新建' }).click();
      await dialog.getByText('账户 wang.wu 已建立').waitFor();
      const first = await dialog.locator('.shown-once').innerText();
      await dialog.getByRole('button', { name: '完成' }).click();
      await page.getByRole('button', { name: 'wang.wu' }).waitFor();

      const theirs = await open('/findings');
      await enter(theirs, 'wang.wu', first.trim());
      await theirs.getByText('这是他人知道的初始密码，请先修改').waitFor();
      await theirs.getByLabel('当前密码').first().fill(first.trim());
      await theirs.getByLabel('新密码', { exact: true }).fill(`${password} 2`);
      await theirs.getByLabel('再次输入新密码').fill(`${password} 2`);
      await theirs.getByRole('button', { name: '修改密码' }).click();
      await theirs.getByText('这是他人知道的初始密码，请先修改').waitFor({ state: 'detached' });
      await theirs.getByRole('link', { name: '疑点' }).click();
      await theirs.getByRole('heading', { name: '疑点', exact: true }).waitFor();

      await page.getByRole('button', { name: 'wang.wu' }).click();
      await page.getByRole('switch').click();
      await page.getByRole('button', { name: '保存' }).click();
      await page.getByText('已停用').waitFor();
      await theirs.getByRole('link', { name: '规则' }).click();
      await theirs.getByRole('dialog', { name: '请重新登录' }).waitFor();
    },
    longMs,
  );

  it(
    'makes a key that works, and revokes it; an auditor looks on and is told why not more',
    async () => {
      await person('keeper', 'administrator');
      const page = await open('/keys');
      await enter(page, 'keeper');
      await page.getByText('还没有接口密钥').waitFor();
      await page.getByRole('button', { name: '新建密钥' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('名称').fill('市一医院 HIS');
      await dialog.getByLabel('读取疑点').check();
      await dialog.getByRole('button', { name: '新建' }).click();
      await dialog.getByText('已建立').waitFor();
      const token = (await dialog.locator('.shown-once').innerText()).trim();
      const ask = () => fetch(`${base}/api/v1/findings`, { headers: { authorization: `Bearer ${token}` } });
      expect((await ask()).status).toBe(200);
      await dialog.getByRole('button', { name: '完成' }).click();

      const auditor = await open('/keys');
      await auditor.locator('.demo-accounts button[title="demo-auditor"]').click();
      const forbidden = auditor.getByRole('button', { name: '吊销' });
      await forbidden.waitFor();
      expect(await forbidden.isDisabled()).toBe(true);
      expect(await forbidden.getAttribute('title')).toBe('您的角色没有此项权限');

      await page.getByRole('button', { name: '吊销' }).click();
      await page
        .locator('.ant-popconfirm')
        .getByRole('button', { name: /确\s*定/ })
        .click();
      await page.getByText('已吊销').waitFor();
      await expect.poll(async () => (await ask()).status, { timeout: 10_000 }).toBe(401);
    },
    longMs,
  );

  it.each([
    { size: 'desk', language: 'zh' },
    { size: 'desk', language: 'en' },
    { size: 'phone', language: 'zh' },
    { size: 'phone', language: 'en' },
  ] as const)(
    'on a $size, in $language: no page is wider than the window, and none has a text that was not filled',
    async ({ size, language }) => {
      const page = await open('/sign-in', { size, language });
      const check = async (name: string): Promise<void> => {
        await page.locator('h1').first().waitFor();
        await page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' });
        expect(await surplusWidth(page), name).toBe(0);
        expect(await page.locator('body').innerText()).not.toMatch(/\{[a-z_]+\}|undefined|Invalid Date/);
        if (pictures !== undefined)
          await page.screenshot({ path: `${pictures}/${name}-${size}-${language}.png`, fullPage: true });
      };
      await page.locator('.demo-accounts').waitFor();
      await check('sign-in');
      await page.locator('.demo-accounts button[title="demo-admin"]').click();
      await expect.poll(() => new URL(page.url()).pathname).toBe('/people');
      for (const room of ['people', 'keys', 'profile']) {
        await page.goto(`${base}/${room}`);
        await check(room);
      }
      await page.goto(`${base}/people`);
      await page.getByRole('button', { name: 'demo-leader' }).click();
      await page.getByRole('dialog').waitFor();
      await check('account');
    },
    longMs,
  );
});
