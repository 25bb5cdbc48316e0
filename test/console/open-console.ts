/** A browser, the built console and the fixture server, with a watch on everything a page may not do. */
import type { Browser, Page } from 'playwright-core';
import { startTestBrowser } from '../support/chromium.ts';
import { builtConsole } from './built-console.ts';
import { type FixtureServer, type Scenario, scenarioHeader, startFixtureServer } from './fixture-server.ts';
import { type Fixtures, makeFixtures } from './fixtures.ts';
import { personal, psnNo } from './persons.ts';
import { type Language, profilesOf } from './profiles.ts';

const phonePx = { width: 390, height: 844 };
const desktopPx = { width: 1440, height: 900 };

export interface OpenConsole {
  readonly fixtures: Fixtures;
  readonly server: FixtureServer;
  /** Opens an address of the console in an empty profile, until `closePages`. */
  visit(path: string, options?: { phone?: boolean; language?: Language; scenario?: Scenario }): Promise<Page>;
  /** What is answered to this page from now on, whatever others are answered. */
  answer(page: Page, scenario: Scenario): Promise<void>;
  /** What pages did that they may not: errors on the console, requests to elsewhere or for what the server of the fixtures does not know, exceptions. Emptied by reading. */
  problems(): string[];
  closePages(): Promise<void>;
  close(): Promise<void>;
}

export async function openConsole(): Promise<OpenConsole> {
  const [dist, fixtures] = await Promise.all([builtConsole(), makeFixtures()]);
  const server = await startFixtureServer(dist, fixtures);
  const browser: Browser = await startTestBrowser();
  const profiles = profilesOf(browser);
  let problems: string[] = [];

  const watch = (page: Page): void => {
    page.on('pageerror', (error) => problems.push(`exception: ${error.message}`));
    page.on('console', (message) => {
      // The browser itself reports answers of 4xx and 5xx; those are scenarios of ours.
      const isAnswer = message.text().startsWith('Failed to load resource');
      if ((message.type() === 'error' || message.type() === 'warning') && !isAnswer)
        problems.push(`console ${message.type()}: ${message.text()}`);
    });
    page.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(`${server.url}/`) && !url.startsWith('blob:')) problems.push(`request: ${url}`);
    });
    page.on('framenavigated', (frame) => {
      const personal = personalIn(frame.url(), fixtures);
      if (personal !== undefined) problems.push(`address with a person: ${frame.url()} (${personal})`);
    });
  };

  const answer = (page: Page, scenario: Scenario): Promise<void> =>
    page.setExtraHTTPHeaders({ [scenarioHeader]: scenario });

  return {
    fixtures,
    server,
    answer,
    async visit(path, { phone = false, language, scenario } = {}) {
      const page = await profiles.newPage(
        { viewport: phone ? phonePx : desktopPx, hasTouch: phone, acceptDownloads: true },
        language,
      );
      watch(page);
      if (scenario !== undefined) await answer(page, scenario);
      await page.goto(`${server.url}${path}`);
      return page;
    },
    problems() {
      const found = [...problems, ...server.faults];
      problems = [];
      server.faults.length = 0;
      return found;
    },
    closePages: () => profiles.empty(),
    async close() {
      await browser.close();
      await server.stop();
    },
  };
}

/** A person's number in an address would end up in histories and in the logs of proxies. */
function personalIn(url: string, { stored }: Fixtures): string | undefined {
  const { pathname, searchParams } = new URL(url);
  const persons = new Set([psnNo, ...Object.values(personal), ...stored.map(({ row }) => row.psn_no)]);
  return (
    [...searchParams].find(([name, value]) => name.startsWith('psn') || persons.has(value))?.join('=') ??
    pathname.split('/').find((part) => persons.has(decodeURIComponent(part)))
  );
}

/** How many pixels the page is wider than its window. */
export const surplusWidth = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
