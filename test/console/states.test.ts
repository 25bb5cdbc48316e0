/** Every room in every state, on a desk and on a phone, in both languages: nothing breaks, nothing is cut off, nothing is silent. */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { messages } from '../../src/console/messages.ts';
import { paths } from '../../src/console/paths.ts';
import { isLeftOut } from '../support/optional-parts.ts';
import { supportId } from './fixture-server.ts';
import { explainedCode } from './fixtures.ts';
import { type OpenConsole, openConsole, surplusWidth } from './open-console.ts';
import { latestClaim } from './persons.ts';
import { writtenCode } from './rulebook-answers.ts';

const buildMs = 180_000;
const roomMs = 60_000;

/** Until what was asked for is there and drawn. */
async function settled(page: Page): Promise<void> {
  await page.locator('main').locator('h1, .ant-empty, .failure').first().waitFor();
  await page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' });
  await page.evaluate(
    () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
  );
}

describe.skipIf(isLeftOut('chromium'))('the rooms in all their states', () => {
  let opened: OpenConsole;
  beforeAll(async () => {
    opened = await openConsole();
  }, buildMs);
  afterAll(() => opened?.close());
  afterEach(async () => {
    await opened.closePages();
    opened.server.scenario = 'usual';
    expect(opened.problems()).toEqual([]);
  });

  /** One finding with one claim and one with several. */
  const findingAddresses = (): string[] =>
    ['FW-ITEM-DAILY-LIMIT', 'FW-STAY-OVERLAP', 'FW-TRACE-RESOLD'].flatMap((code) => {
      const found = opened.fixtures.stored.find(({ row }) => row.rule_code === code);
      return found === undefined ? [] : [paths.finding(found.row.finding_id)];
    });
  const rooms = (): string[] => [
    '/',
    '/findings',
    paths.reviews(),
    ...findingAddresses(),
    paths.why(latestClaim, { rule: explainedCode }),
    paths.person(latestClaim),
    '/quarantine',
    '/rules',
    paths.ruleVersions(writtenCode),
    paths.ruleRun(writtenCode, '7'),
    paths.ruleEditor(writtenCode),
    paths.coverage(),
    paths.guide('writing'),
    '/audit',
  ];
  /** What asks nothing before somebody does, and so can neither fail nor be late. */
  const silent = (): string[] => [paths.persons(), paths.newRule()];
  const drawers = (): string[] => [
    paths.quarantined('41'),
    paths.rule('FW-STAY-SPLIT'),
    paths.auditEvent(135),
  ];

  const cases = [
    { scenario: 'usual', phone: false, language: 'en' },
    { scenario: 'usual', phone: true, language: 'zh' },
    { scenario: 'overflow', phone: false, language: 'zh' },
    { scenario: 'overflow', phone: true, language: 'zh' },
    { scenario: 'overflow', phone: true, language: 'en' },
    { scenario: 'empty', phone: true, language: 'zh' },
    { scenario: 'empty', phone: false, language: 'en' },
  ] as const;

  /**
   * As a link within the console would: without reading and compiling it again. By way of an address that leads nowhere, so that
   * nothing of the room before can pass for the new one.
   */
  const move = async (page: Page, address: string): Promise<void> => {
    const go = (to: string): Promise<void> =>
      page.evaluate((path) => {
        history.pushState(null, '', path);
        dispatchEvent(new PopStateEvent('popstate'));
      }, to);
    await go('/no/such/room');
    const { zh, en } = messages['not_found.title'];
    await page.locator('main').getByText(zh).or(page.locator('main').getByText(en)).waitFor();
    await go(address);
    await settled(page);
  };

  it.each(cases)(
    '$scenario, phone: $phone, $language – nothing is wider than the window, and nothing is left unfilled',
    async ({ scenario, phone, language }) => {
      opened.server.scenario = scenario;
      const page = await opened.visit(paths.rule('FW-STAY-SPLIT'), { phone, language });
      await settled(page);
      for (const address of [...rooms(), ...silent(), ...drawers()]) {
        await move(page, address);
        if (drawers().includes(address)) await page.getByRole('dialog').waitFor();
        expect([address, await surplusWidth(page)]).toEqual([address, 0]);
        const text = await page.locator('body').innerText();
        expect([address, text.length > 40]).toEqual([address, true]);
        // A template of a rule shows its placeholders; nothing else does.
        if (!address.startsWith('/rules')) expect(text).not.toMatch(/\{[a-z_]+\}/);
        expect(text).not.toMatch(/undefined|\bNaN\b|\[object |Invalid Date/);
      }
    },
    roomMs,
  );

  it(
    'says what is wrong, with the id for the administrator, and tries again',
    async () => {
      const page = await opened.visit('/no/such/room');
      for (const address of rooms()) {
        opened.server.scenario = 'error';
        await page.goto(`${opened.server.url}${address}`);
        await page.getByText('数据库暂时无法连接，请稍后再试').first().waitFor();
        await page.getByText(supportId).first().waitFor();
        opened.server.scenario = 'usual';
        await page.getByRole('button', { name: '重试' }).first().click();
        await page.getByText(supportId).first().waitFor({ state: 'detached' });
      }
    },
    roomMs,
  );

  it(
    'does not show an answer that is not what was agreed',
    async () => {
      opened.server.scenario = 'foreign';
      const page = await opened.visit('/no/such/room', { language: 'en' });
      for (const address of rooms()) {
        await page.goto(`${opened.server.url}${address}`);
        await page.getByText('The answer of the server is not what was agreed.').first().waitFor();
      }
    },
    roomMs,
  );

  it('says when nobody answers', async () => {
    const page = await opened.visit('/rules');
    await page.getByText('分解住院').waitFor();
    await page.route('**/api/**', (route) => route.abort());
    await page.getByText('疑点', { exact: true }).first().click();
    await page.getByText('没有收到服务器的答复').waitFor();
  });

  it(
    'holds the place while an answer takes its time',
    async () => {
      opened.server.scenario = 'slow';
      const page = await opened.visit('/no/such/room');
      for (const address of rooms()) {
        await page.goto(`${opened.server.url}${address}`);
        await page.getByRole('status', { name: '正在载入' }).first().waitFor();
        expect(await surplusWidth(page)).toBe(0);
      }
    },
    roomMs,
  );
});
