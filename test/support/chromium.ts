import { type Browser, chromium } from 'playwright-core';
import { findOptionalPart } from './optional-parts.ts';

const startMs = 30_000;

/** Debian's Chromium, without a window. Ask `isLeftOut('chromium')` first, and close it in `afterAll`. */
export async function startTestBrowser(): Promise<Browser> {
  const executablePath = findOptionalPart('chromium');
  if (executablePath === undefined) throw new Error('chromium is not on this machine');
  return chromium.launch({
    executablePath,
    timeout: startMs,
    // Root may not use Chromium's sandbox, and containers have a small /dev/shm. The pages are our own.
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--lang=zh-CN', '--disable-gpu'],
  });
}
