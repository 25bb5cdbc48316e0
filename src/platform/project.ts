import { existsSync } from 'node:fs';
import path from 'node:path';

/** The folder of the checkout, from wherever it is run: the sources, or their bundle in dist/server. */
export const projectRoot: string = folderWith('package.json', import.meta.dirname);

/** A program of the product as src/cli/ready.mjs bundles it. */
export const bundledProgram = (name: 'main' | 'task-process'): string =>
  path.join(projectRoot, 'dist/server', `${name}.js`);

function folderWith(file: string, start: string): string {
  if (existsSync(path.join(start, file))) return start;
  const above = path.dirname(start);
  if (above === start) throw new Error(`no folder around ${import.meta.dirname} has a ${file}`);
  return folderWith(file, above);
}
