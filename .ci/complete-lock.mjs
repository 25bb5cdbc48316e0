// @ts-check
/**
 * Adds the packages of other platforms that npm left out of package-lock.json. npm forgets an optional package when the registry that it
 * asks does not have it (mirrors in closed networks carry only some platforms), and then `npm ci` refuses the lock file everywhere.
 * An added entry has the version that its parent pins and the platform that its name says; npm downloads it only on that platform.
 *
 * Run it after every `npm install <package>`: node .ci/complete-lock.mjs
 * With --check it changes nothing and fails when something is missing.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const lockFile = fileURLToPath(new URL('../package-lock.json', import.meta.url));
const lock = JSON.parse(readFileSync(lockFile, 'utf8'));
/** @typedef {{ version: string, dev?: boolean, os?: string[], cpu?: string[], libc?: string[], optional?: boolean, optionalDependencies?: Record<string, string> }} Entry */
/** @type {Record<string, Entry>} */
const packages = lock.packages;

/** @type {string[]} */
const added = [];
for (const [place, entry] of Object.entries(packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (isResolvable(place, name)) continue;
    if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)) throw new Error(`${place} does not pin ${name}: ${version}`);
    packages[`node_modules/${name}`] = { version, ...(entry.dev ? { dev: true } : {}), optional: true, ...platformOf(name) };
    added.push(`${name}@${version}`);
  }
}
if (added.length === 0) process.exit(0);
console.log(`missing in package-lock.json:\n  ${added.join('\n  ')}`);
if (process.argv.includes('--check')) process.exit(1);

lock.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => a.localeCompare(b, 'en')));
writeFileSync(lockFile, `${JSON.stringify(lock, null, 2)}\n`);

/**
 * Looks where Node would: in the package's own node_modules, then in those above it.
 *
 * @param {string} place
 * @param {string} name
 */
function isResolvable(place, name) {
  for (let at = place; ; at = at.slice(0, Math.max(0, at.lastIndexOf('node_modules/') - 1))) {
    if (packages[`${at === '' ? '' : `${at}/`}node_modules/${name}`] !== undefined) return true;
    if (at === '') return false;
  }
}

/**
 * Names of binary packages end in their platform: `…/cli-linux-x64-musl`, `…/binding-win32-ia32-msvc`.
 *
 * @param {string} name
 * @returns {{ os?: string[], cpu?: string[], libc?: string[] }}
 */
function platformOf(name) {
  const os = /(?:^|[-/])(aix|android|darwin|freebsd|linux|netbsd|openbsd|openharmony|sunos|win32|windows)(?:-|$)/.exec(name)?.[1];
  const cpu = /-(arm64|armv7|arm|ia32|loong64|mips64el|ppc64|riscv64|s390x|x64|universal|wasm32)(?:-|$)/.exec(name)?.[1];
  const libc = /-(musl|gnu)(?:eabihf)?$/.exec(name)?.[1];
  // WebAssembly runs on any system.
  if (cpu === 'wasm32') return { cpu: [cpu] };
  if (os === undefined || cpu === undefined) throw new Error(`cannot tell the platform of ${name} from its name`);
  return {
    cpu: [cpu === 'armv7' ? 'arm' : cpu],
    os: [os === 'windows' ? 'win32' : os],
    ...(os === 'linux' && libc !== undefined ? { libc: [libc === 'musl' ? 'musl' : 'glibc'] } : {}),
  };
}
