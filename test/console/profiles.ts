/**
 * Browser profiles that are emptied and used again. A new one fetches, compiles and caches all scripts and fonts anew, which costs more
 * than most tests do.
 */
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';

export type Language = 'zh' | 'en';

export interface Profiles {
  /** A blank page in an empty profile that no other page uses, until `empty`. */
  newPage(options: BrowserContextOptions, language?: Language): Promise<Page>;
  /** Closes all pages, and forgets what they left in their profiles. */
  empty(): Promise<void>;
}

export function profilesOf(browser: Browser): Profiles {
  const idle = new Map<string, BrowserContext[]>();
  let used: { kind: string; context: BrowserContext }[] = [];
  return {
    async newPage(options, language) {
      const kind = JSON.stringify([options, language]);
      let context = idle.get(kind)?.pop();
      if (context === undefined) {
        // What moves while a test points at it may be missed.
        context = await browser.newContext({ reducedMotion: 'reduce', ...options });
        if (language !== undefined)
          await context.addInitScript(
            (chosen) => localStorage.setItem('fundwatch.language', chosen),
            language,
          );
      }
      used.push({ kind, context });
      return context.newPage();
    },
    async empty() {
      const emptied = used;
      used = [];
      await Promise.all(
        emptied.map(async ({ kind, context }) => {
          await forget(context);
          idle.set(kind, [...(idle.get(kind) ?? []), context]);
        }),
      );
    },
  };
}

/** What a page stores for its tab alone goes with the page. */
async function forget(context: BrowserContext): Promise<void> {
  const pages = context.pages();
  await Promise.all(pages.map((page) => page.evaluate(() => localStorage.clear())));
  await Promise.all(pages.map((page) => page.close()));
  await context.clearCookies();
}
