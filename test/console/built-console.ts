/** The console as it is shipped: built again when anything it is made of is newer than what was built. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const dist = path.join(root, 'dist/console');
const lock = path.join(root, 'dist/.console-is-being-built');
/** A build takes a few seconds; a lock older than this was left by a run that was killed. */
const lockMs = 120_000;
const waitMs = 250;

export async function builtConsole(): Promise<string> {
  mkdirSync(path.dirname(dist), { recursive: true });
  while (isStale()) {
    if (!takeLock()) {
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      continue;
    }
    try {
      execFileSync(
        process.execPath,
        [
          path.join(root, 'node_modules/vite/bin/vite.js'),
          'build',
          '--config',
          'src/console/vite.config.ts',
          '--logLevel',
          'warn',
        ],
        {
          cwd: root,
          stdio: ['ignore', 'ignore', 'inherit'],
          // vitest's own NODE_ENV would give React's slow development build.
          env: { ...process.env, NODE_ENV: 'production' },
        },
      );
    } finally {
      rmdirSync(lock);
    }
  }
  return dist;
}

function takeLock(): boolean {
  try {
    mkdirSync(lock);
    return true;
  } catch {
    if (existsSync(lock) && Date.now() - statSync(lock).mtimeMs > lockMs) rmdirSync(lock);
    return false;
  }
}

function isStale(): boolean {
  const page = path.join(dist, 'index.html');
  if (!existsSync(page)) return true;
  const builtAt = statSync(page).mtimeMs;
  return sources().some((file) => statSync(file).mtimeMs > builtAt);
}

function sources(): string[] {
  return readdirSync(path.join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter(
      (file) =>
        file.startsWith(path.join(root, 'src/console')) ||
        /\/(([a-z]+-)?contract|permissions)\.ts$/.test(file),
    );
}
