/**
 * Browser profiles, and pages in them, that are emptied and used again. A new profile fetches, compiles and caches all scripts and fonts
 * anew, and a new page starts a process of the browser, which costs more than most tests do.
 */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

export type Language = 'zh' | 'en';

export interface Profiles {
  /** A blank page in an empty profile that no other page uses, until `empty`. */
  newPage(options: BrowserContextOptions, language?: Language): Promise<Page>;
  /** Closes all pages, and forgets what they left in their profiles. */
  empty(): Promise<void>;
}

export function profilesOf(browser: Browser): Profiles {
  const idle = new Map<string, Page[]>();
  let used: { kind: string; page: Page }[] = [];
  return {
    async newPage(options, language) {
      const kind = JSON.stringify([options, language]);
      let page = idle.get(kind)?.pop();
      if (page === undefined) {
        // What moves while a test points at it may be missed.
        const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
        if (language !== undefined)
          await context.addInitScript(
            (chosen) => localStorage.setItem('fundwatch.language', chosen),
            language,
          );
        page = await context.newPage();
      }
      used.push({ kind, page });
      return page;
    },
    async empty() {
      const emptied = used;
      used = [];
      await Promise.all(
        emptied.map(async ({ kind, page }) => {
          await forget(page);
          idle.set(kind, [...(idle.get(kind) ?? []), page]);
        }),
      );
    },
  };
}

/** A page of the same server that does nothing: the process of the browser stays, with what it has compiled. */
const stillPath = '/favicon.svg';

/** What a test said to the browser about the page goes as well. */
async function forget(page: Page): Promise<void> {
  const context = page.context();
  await Promise.all([page.unrouteAll({ behavior: 'ignoreErrors' }), page.setExtraHTTPHeaders({})]);
  await page.evaluate(() => {
    localStorage.clear();
    sessionStorage.clear();
  });
  page.removeAllListeners();
  await Promise.all(
    context
      .pages()
      .filter((other) => other !== page)
      .map((other) => other.close()),
  );
  await context.setOffline(false);
  await context.clearCookies();
  await page.goto(page.url().startsWith('http') ? new URL(stillPath, page.url()).href : 'about:blank');
}
