import { accessSync, constants } from 'node:fs';
import path from 'node:path';

/**
 * Programs that some tests need and that a machine may lack. Tests use them where they exist; otherwise they are skipped, and the run
 * says so at its end. With FUNDWATCH_REQUIRE_ALL=1 (set by .ci/run) a missing part fails the run instead.
 */
export const optionalParts = {
  redis: { programs: ['redis-server'], debianPackage: 'redis-server', tests: 'the queue on Redis' },
  chromium: {
    programs: ['chromium', 'chromium-browser', 'google-chrome'],
    debianPackage: 'chromium',
    tests: 'the console in a browser',
  },
} as const;

export type OptionalPart = keyof typeof optionalParts;

/** Absolute path of the part's program, or undefined when the machine has none. */
export function findOptionalPart(part: OptionalPart): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  for (const program of optionalParts[part].programs) {
    for (const folder of [...folders, '/usr/bin', '/usr/local/bin']) {
      const file = path.join(folder, program);
      if (isExecutable(file)) return file;
    }
  }
  return undefined;
}

/** For `describe.skipIf(isLeftOut('redis'))`. */
export function isLeftOut(part: OptionalPart): boolean {
  return findOptionalPart(part) === undefined;
}

/** One line for every part that is missing here. */
export function leftOutLines(): string[] {
  return (Object.keys(optionalParts) as OptionalPart[]).filter(isLeftOut).map((part) => {
    const { debianPackage, tests } = optionalParts[part];
    return `未运行 LEFT OUT: ${tests} (no ${part} on this machine; apt-get install ${debianPackage})`;
  });
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
