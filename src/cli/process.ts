import type { Config } from '../platform/config.ts';

/** What a process that `npm start` runs as a child sends to it once it can work. */
export const readyMessage = 'fundwatch: ready';

export function reportReady(): void {
  process.send?.(readyMessage);
}

/** The API and the worker never start a database of their own: two of them would each start one. */
export function requireDatabaseUrl(config: Config): string {
  if (config.databaseUrl !== undefined) return config.databaseUrl;
  throw new Error(
    '单独运行时必须设置 DATABASE_URL；若要使用内置数据库，请运行 npm start。\n' +
      'DATABASE_URL is needed to run this process alone; npm start brings its own database.',
  );
}
