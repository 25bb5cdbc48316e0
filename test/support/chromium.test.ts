import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestBrowser } from './chromium.ts';
import { isLeftOut } from './optional-parts.ts';

describe.skipIf(isLeftOut('chromium'))('the browser of the tests', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startTestBrowser();
  });
  afterAll(() => browser.close());

  test('runs and lays out Chinese text', async () => {
    const page = await browser.newPage();
    await page.setContent('<span style="font-size:40px" id="title">基金守望</span>');
    expect(await page.locator('#title').innerText()).toBe('基金守望');
    const width = await page.locator('#title').evaluate((element) => element.getBoundingClientRect().width);
    // Chinese characters fill their square.
    expect(width).toBe(160);
  });
});
