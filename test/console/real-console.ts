/** The built console in a real browser on the real server, with people who sign in; what pages may not do is kept in `problems`. */
import type { Page } from 'playwright-core';
import { createApi, type ApiContext } from '../../src/api/server.ts';
import { loadProcedure } from '../../src/cases/load-procedure.ts';
import { loadResultTerms } from '../../src/inspection/service.ts';
import { hashPassword } from '../../src/people/passwords.ts';
import type { Role } from '../../src/people/permissions.ts';
import { closeServer, listen } from '../../src/platform/http.ts';
import { createLog } from '../../src/platform/log.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import { openQueue } from '../../src/platform/queue.ts';
import { loadRuleSet } from '../../src/rules/library.ts';
import { screenQueue } from '../../src/screening/queue.ts';
import { startTestBrowser } from '../support/chromium.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { makeAccount, testPeople } from '../support/people.ts';
import { builtConsole } from './built-console.ts';
import { profilesOf } from './profiles.ts';

const password = 'correct horse battery';
const sizes = { desk: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };
/** A folder; pictures of what people see are written there where one is given. */
const pictures = process.env['FUNDWATCH_PICTURES'];

export interface RealConsole {
  readonly held: TestDatabase;
  readonly base: string;
  /** Everybody's. */
  readonly password: string;
  /** Errors and warnings of pages, and exceptions in them. */
  readonly problems: readonly string[];
  /** A page of somebody who is nobody yet. */
  readonly look: (path: string, size?: keyof typeof sizes) => Promise<Page>;
  /** Gives somebody an account; to an institution with its code. */
  readonly join: (login: string, role: Role, fixmedinsCode?: string) => Promise<void>;
  /** Somebody signs in on a page of their own. */
  readonly open: (login: string, path: string, size?: keyof typeof sizes) => Promise<Page>;
  readonly picture: (page: Page, name: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** @param given a database with more in it, dropped with the console */
export async function openRealConsole(
  people: readonly (readonly [login: string, role: Role])[],
  more: Pick<ApiContext, 'credit' | 'activeRules' | 'reviewRules' | 'clock'> = {},
  given?: TestDatabase,
): Promise<RealConsole> {
  const consoleDir = await builtConsole();
  const log = createLog({ process: 'test', level: 'silent' });
  const held = given ?? (await createTestDatabase());
  const { database, vault } = held;
  const queue = await openQueue({ databaseUrl: held.url, redisUrl: undefined }, screenQueue, log);
  const { app } = createApi({
    database,
    vault,
    history: database,
    screenQueue: queue,
    ruleSet: await loadRuleSet('rules'),
    coverage: [],
    resultTerms: await loadResultTerms('rules'),
    procedure: await loadProcedure('rules/procedure'),
    log,
    metrics: createMetrics('test'),
    people: testPeople,
    consoleDir,
    ...more,
  });
  const server = await listen(app, { host: '127.0.0.1', port: 0 });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const base = `http://127.0.0.1:${address.port}`;
  const passwordHash = await hashPassword(password);
  const join = async (login: string, role: Role, fixmedinsCode?: string): Promise<void> => {
    await makeAccount(database, {
      login,
      role,
      passwordHash,
      ...(fixmedinsCode === undefined ? {} : { fixmedinsCode }),
    });
  };
  for (const [login, role] of people) await join(login, role);
  const browser = await startTestBrowser();
  const profiles = profilesOf(browser);
  const problems: string[] = [];
  const look = async (path: string, size: keyof typeof sizes = 'desk'): Promise<Page> => {
    const page = await profiles.newPage({ viewport: sizes[size] }, 'zh');
    page.on('pageerror', (error) => problems.push(`exception: ${error.message}`));
    page.on('console', (message) => {
      // The browser itself reports answers of 4xx; those are part of what is tried.
      const isAnswer = message.text().startsWith('Failed to load resource');
      if (['error', 'warning'].includes(message.type()) && !isAnswer) problems.push(message.text());
    });
    await page.goto(base + path);
    return page;
  };
  return {
    held,
    base,
    password,
    problems,
    look,
    join,
    open: async (login, path, size) => {
      const page = await look(path, size);
      await page.getByLabel('登录名').fill(login);
      await page.getByLabel('密码', { exact: true }).fill(password);
      await page.locator('.sign-in-card button[type="submit"]').click();
      await page.locator('main h1').first().waitFor();
      return page;
    },
    picture: async (page, name) => {
      if (pictures !== undefined) await page.screenshot({ path: `${pictures}/${name}.png`, fullPage: true });
    },
    close: async () => {
      await profiles.empty();
      await browser.close();
      await closeServer(server, { graceMs: 0 });
      await queue.close();
      await held.drop();
    },
  };
}
