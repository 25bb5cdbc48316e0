import type { Config } from '../platform/config.ts';

export type FirstStart = {
  config: Config;
  databaseUrl: string;
  /** Where the API answers by now. */
  apiUrl: string;
  print: (line: string) => void;
};

/**
 * Called by `npm start` once API and worker run and FUNDWATCH_DEMO is on; has to find out by itself whether the database is empty.
 * Loading the demo city is connected here: `const { loadDemoCity } = await import('./demo.ts');`
 */
export async function firstStart(_context: FirstStart): Promise<void> {}
