import { accessSync, constants } from 'node:fs';
import path from 'node:path';

/**
 * Programs that some tests need and that a machine may lack. Tests use them where they exist; otherwise they are skipped, and the run
 * says so at its end. With FUNDWATCH_REQUIRE_ALL=1 (set by .ci/run) a missing part fails the run instead.
 */
export type OptionalPart = 'redis' | 'chromium';

type Part = { programs: readonly string[]; debianPackage: string; tests: string };

const optionalParts: ReadonlyMap<OptionalPart, Part> = new Map([
  ['redis', { programs: ['redis-server'], debianPackage: 'redis-server', tests: 'the queue on Redis' }],
  [
    'chromium',
    {
      // The whole Chromium draws its own windows too, out of sight: that costs as much again as the pages.
      programs: ['chromium-headless-shell', 'chromium', 'chromium-browser'],
      debianPackage: 'chromium-headless-shell',
      tests: 'the console in a browser',
    },
  ],
]);

/** Absolute path of the part's program, or undefined when the machine has none. */
export function findOptionalPart(part: OptionalPart): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  for (const program of optionalParts.get(part)?.programs ?? []) {
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
  return [...optionalParts]
    .filter(([part]) => isLeftOut(part))
    .map(([, { debianPackage, tests, programs }]) => {
      return `未运行 LEFT OUT: ${tests} (no ${programs.join(' or ')} on this machine; apt-get install ${debianPackage})`;
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
