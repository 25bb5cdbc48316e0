import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    globalSetup: ['test/support/global-setup.ts'],
    pool: 'forks',
    // Files of one process share what they import, which takes a minute less; what a file changes it puts back.
    isolate: false,
    // One less than the cores by default, which leaves half of a machine of two idle; three took as long as two, and more tests waited too long.
    maxWorkers: 2,
    // What hangs is found by it; nothing is measured by it: a slow machine that does three things at once takes five times as long.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    teardownTimeout: 60_000,
    // A page on a busy machine may take seconds to show its rows; the default of one second fails then.
    expect: { poll: { timeout: 20_000 } },
  },
});
