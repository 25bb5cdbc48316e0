// @ts-check
/**
 * Checks the direction of imports against .dependency-cruiser.cjs. dependency-cruiser finds nothing wrong in files that it cannot parse,
 * so the files it saw are compared with the files there are.
 */
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const projectRoot = fileURLToPath(new URL('../../', import.meta.url));
process.chdir(projectRoot);

// It parses with SWC (it cannot use TypeScript 7), but without ever telling SWC that a .tsx file holds JSX.
const swc = createRequire(import.meta.url)('@swc/core');
const { parseFileSync } = swc;
swc.parseFileSync = (/** @type {string} */ file, /** @type {object} */ options) =>
  parseFileSync(file, { ...options, tsx: file.endsWith('.tsx') });

const { cruise } = await import('dependency-cruiser');
const { default: extractOptions } = await import('dependency-cruiser/config-utl/extract-depcruise-options');

const folders = ['src', 'workers'];
const isOurs = (/** @type {string} */ file) => /^(src|workers)\/.*\.tsx?$/.test(file);

const { output } = await cruise(
  folders,
  await extractOptions(path.join(projectRoot, '.dependency-cruiser.cjs')),
);
if (typeof output === 'string') throw new Error(output);

const seen = new Set(output.modules.map(({ source }) => source).filter(isOurs));
const unseen = folders.flatMap(listFiles).filter((file) => isOurs(file) && !seen.has(file));
const imports = output.modules.reduce((sum, { dependencies }) => sum + dependencies.length, 0);

for (const { from, to, rule } of output.summary.violations)
  console.error(`${rule.severity} ${rule.name}: ${from} → ${to}`);
for (const file of unseen) console.error(`not seen: ${file}`);
console.log(`${seen.size} modules, ${imports} imports, ${output.summary.error} errors`);
const sawNothing = seen.size === 0 || imports === 0;
process.exitCode = sawNothing || unseen.length > 0 || output.summary.error > 0 ? 1 : 0;

/**
 * @param {string} folder
 * @returns {string[]} relative to the project, with forward slashes
 */
function listFiles(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name).replaceAll('\\', '/'));
}
