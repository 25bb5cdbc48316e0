/** Every room in every state, on a desk and on a phone, in both languages: nothing breaks, nothing is cut off, nothing is silent. */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { paths, publicParts } from '../../src/console/paths.ts';
import type { Permission } from '../../src/people/permissions.ts';
import { isLeftOut } from '../support/optional-parts.ts';
import { caseId, subjectSeq } from './case-answers.ts';
import { supportId, usualPermissions } from './fixture-server.ts';
import { explainedCode } from './fixtures.ts';
import { drawId, taskIds } from './inspection-answers.ts';
import { type OpenConsole, openConsole } from './open-console.ts';
import { latestClaim } from './persons.ts';
import { tipId } from './publicity-answers.ts';
import { writtenCode } from './rulebook-answers.ts';

const buildMs = 180_000;
const roomMs = 180_000;
/** Pages that are open at once: answers that one waits for are the others' time. */
const pagesMax = 3;

/** Nobody may so much: whatever a room shows to anybody is there. */
const everything: readonly Permission[] = [
  ...usualPermissions,
  'answers.give',
  'cases.read',
  'cases.handle',
  'cases.decide',
  'credit.read',
  'credit.score',
  'credit.decide_objection',
  'inspections.draw',
  'inspections.carry_out',
  'inspections.approve_redraw',
  'publicity.read',
  'publicity.prepare',
  'publicity.approve',
  'tips.handle',
];

interface Seen {
  readonly text: string;
  /** Pixels by which the page is wider than its window. */
  readonly surplus: number;
}

/**
 * Goes to an address as a link within the console would – without reading and compiling it again – by way of one that leads nowhere, so
 * that nothing of the room before can pass for the new one; and waits until what was asked for is there and drawn, for `loaded`, or until
 * a room has begun.
 */
const move = (page: Page, address: string, until: 'loaded' | 'begun' = 'loaded'): Promise<Seen> =>
  page.evaluate(
    async ([to, isLoaded]) => {
      const frame = (): Promise<unknown> => new Promise(requestAnimationFrame);
      // As the router writes it down: where something may be typed, it asks how far a way leads.
      const go = (path: string): void => {
        const here: unknown = history.state;
        const idx = typeof here === 'object' && here !== null && 'idx' in here ? Number(here.idx) + 1 : 0;
        history.pushState({ usr: null, key: path, idx }, '', path);
        dispatchEvent(new PopStateEvent('popstate'));
      };
      const there = (selector: string): boolean => document.querySelector(selector) !== null;
      go('/no/such/room');
      while (!there('main .ant-result')) await frame();
      go(to);
      while (there('main .ant-result')) await frame();
      if (isLoaded)
        while (there('[aria-busy="true"]') || !there('main :is(h1, .ant-empty, .failure)')) await frame();
      await frame();
      await frame();
      const { scrollWidth, clientWidth } = document.documentElement;
      return { text: document.body.innerText, surplus: scrollWidth - clientWidth };
    },
    [address, until === 'loaded'] as const,
  );

describe.skipIf(isLeftOut('chromium'))('the rooms in all their states', () => {
  let opened: OpenConsole;
  beforeAll(async () => {
    opened = await openConsole();
    opened.server.permissions = everything;
  }, buildMs);
  afterAll(() => opened?.close());
  afterEach(async () => {
    await opened.closePages();
    expect(opened.problems()).toEqual([]);
  });

  /** One finding with one claim and one with several. */
  const findingAddresses = (): string[] =>
    ['FW-ITEM-DAILY-LIMIT', 'FW-STAY-OVERLAP', 'FW-TRACE-RESOLD'].flatMap((code) => {
      const found = opened.fixtures.stored.find(({ row }) => row.rule_code === code);
      return found === undefined ? [] : [paths.finding(found.row.finding_id)];
    });
  /** Whatever another asks for as well stands before it: what is known already is shown even while the server fails. */
  const rooms = (): string[] => [
    '/rules',
    '/',
    '/findings',
    paths.answers(),
    paths.reviews(),
    ...findingAddresses(),
    paths.why(latestClaim, { rule: explainedCode }),
    paths.person(latestClaim),
    '/quarantine',
    paths.ruleVersions(writtenCode),
    paths.ruleRun(writtenCode, '7'),
    paths.ruleEditor(writtenCode),
    paths.coverage(),
    paths.guide('writing'),
    paths.cases(),
    paths.case(caseId),
    paths.credit(),
    paths.creditSubject(subjectSeq),
    paths.inspections(),
    paths.draw(drawId),
    paths.tasks(),
    ...taskIds.map(paths.task),
    paths.publicity(),
    paths.tips(),
    ...publicParts.map(paths.published),
    '/audit',
  ];
  /** What asks nothing before somebody does, and so can neither fail nor be late. */
  const silent = (): string[] => [paths.persons(), paths.newRule()];
  const drawers = (): string[] => [
    paths.quarantined('41'),
    paths.rule('FW-STAY-SPLIT'),
    paths.auditEvent(135),
    paths.tip(tipId),
  ];

  const cases = {
    usual: [
      { phone: false, language: 'en' },
      { phone: true, language: 'zh' },
    ],
    overflow: [
      { phone: false, language: 'zh' },
      { phone: true, language: 'zh' },
      { phone: true, language: 'en' },
    ],
    empty: [
      { phone: true, language: 'zh' },
      { phone: false, language: 'en' },
    ],
  } as const;

  it.each(['usual', 'overflow', 'empty'] as const)(
    '%s – nothing is wider than the window, and nothing is left unfilled',
    async (scenario) => {
      await Promise.all(
        cases[scenario].map(async ({ phone, language }) => {
          const page = await opened.visit('/no/such/room', { phone, language, scenario });
          for (const address of [...rooms(), ...silent(), ...drawers()]) {
            const { text, surplus } = await move(page, address);
            if (drawers().includes(address)) await page.getByRole('dialog').waitFor();
            const seen = [address, phone, language] as const;
            expect([...seen, surplus]).toEqual([...seen, 0]);
            expect([...seen, text.length > 40]).toEqual([...seen, true]);
            // A template of a rule shows its placeholders; nothing else does.
            if (!address.startsWith('/rules')) expect(text, seen.join(' ')).not.toMatch(/\{[a-z_]+\}/);
            expect(text, seen.join(' ')).not.toMatch(/undefined|\bNaN\b|\[object |Invalid Date/);
          }
        }),
      );
    },
    roomMs,
  );

  /** Every room once, some pages at a time. */
  const inEveryRoom = async (
    options: Parameters<OpenConsole['visit']>[1],
    look: (page: Page, address: string) => Promise<void>,
  ): Promise<void> => {
    const left = rooms().toReversed();
    await Promise.all(
      Array.from({ length: pagesMax }, async () => {
        const page = await opened.visit('/no/such/room', options);
        for (let address = left.pop(); address !== undefined; address = left.pop()) await look(page, address);
      }),
    );
  };

  it(
    'says what is wrong, with the id for the administrator, and tries again',
    async () => {
      await inEveryRoom({ scenario: 'error' }, async (page, address) => {
        await move(page, address);
        await page.getByText('数据库暂时无法连接，请稍后再试').first().waitFor();
        await page.getByText(supportId).first().waitFor();
        await opened.answer(page, 'usual');
        // What was asked for in parts is tried again in parts, and a part may fail later than the others.
        const failures = page.getByText(supportId);
        while ((await failures.count()) > 0) {
          const again = await page.getByRole('button', { name: '重试' }).first().elementHandle();
          await again?.click();
          await again?.waitForElementState('hidden');
        }
        await opened.answer(page, 'error');
      });
    },
    roomMs,
  );

  it(
    'does not show an answer that is not what was agreed',
    async () => {
      await inEveryRoom({ scenario: 'foreign', language: 'en' }, async (page, address) => {
        await move(page, address);
        await page.getByText('The answer of the server is not what was agreed.').first().waitFor();
      });
    },
    roomMs,
  );

  it('keeps counts in the menu beside the names of the rooms, and says them in full', async () => {
    const page = await opened.visit('/rules', { scenario: 'overflow' });
    const counted = page
      .locator('.side nav')
      .getByRole('img', { name: '隔离待处理：1,234,567', exact: true });
    await counted.getByText('999+', { exact: true }).waitFor();
    const room = await counted.evaluate((badge) => {
      const name = document.createRange();
      name.selectNode(badge.previousSibling ?? badge);
      return { end: name.getBoundingClientRect().right, start: badge.getBoundingClientRect().left };
    });
    expect(room.start).toBeGreaterThan(room.end);
  });

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
      await inEveryRoom({ scenario: 'slow' }, async (page, address) => {
        const { surplus } = await move(page, address, 'begun');
        await page.getByRole('status', { name: '正在载入' }).first().waitFor();
        expect([address, surplus]).toEqual([address, 0]);
      });
    },
    roomMs,
  );
});
