/** How the server is bundled, in a small checkout around the real src/cli/ready.mjs. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, readdirSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { projectRoot } from '../../src/platform/project.ts';
import { folderOf } from '../support/folder.ts';

const run = promisify(execFile);
const hourS = 3_600;

/** Its program says a word that it loads when it is told to. */
async function smallCheckout() {
  const root = await folderOf({ 'package-lock.json': '{}' });
  const at = (file: string): string => path.join(root, file);
  for (const folder of ['src/cli', 'src/bench']) mkdirSync(at(folder), { recursive: true });
  for (const file of ['package.json', 'tsconfig.json', 'src/cli/ready.mjs'])
    cpSync(path.join(projectRoot, file), at(file));
  symlinkSync(path.join(projectRoot, 'node_modules'), at('node_modules'));
  writeFileSync(at('src/bench/task-process.ts'), `export const task: string = 'none';\n`);
  writeFileSync(
    at('src/cli/main.ts'),
    `process.send?.('here');
if (process.send !== undefined) await new Promise<void>((resolve) => process.once('message', () => resolve()));
console.log((await import('./word.ts')).word);
process.disconnect?.();\n`,
  );
  const main = at('dist/server/main.js');
  const ready = JSON.stringify(at('src/cli/ready.mjs'));
  const bundling = `await (await import(${ready})).bundleServerWhenStale()`;
  return {
    at,
    main,
    write: (word: string) => writeFileSync(at('src/cli/word.ts'), `export const word: string = '${word}';\n`),
    bundle: () => run(process.execPath, ['--input-type=module', '-e', bundling]),
    said: async () => (await run(process.execPath, [main])).stdout,
    madeAt: () => statSync(main).mtimeMs,
  };
}

test('by any number of processes at once, and again only when a source changed', async () => {
  const { at, write, bundle, said, madeAt } = await smallCheckout();
  write('one');
  await Promise.all(Array.from({ length: 4 }, bundle));
  expect(await said()).toBe('one\n');
  expect(readdirSync(at('dist/server')).filter((file) => !/\.js(\.map)?$/.test(file))).toEqual([]);
  const before = madeAt();
  await bundle();
  expect(madeAt()).toBe(before);
  write('two');
  await bundle();
  expect(await said()).toBe('two\n');
});

test('below a process that runs, which goes on as what it was', async () => {
  const { main, write, bundle, said } = await smallCheckout();
  write('one');
  await bundle();
  const child = spawn(process.execPath, [main], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  await once(child, 'message');
  write('two');
  await bundle();
  child.send('go on');
  let text = '';
  for await (const piece of child.stdout ?? []) text += String(piece);
  expect([text, await said()]).toEqual(['one\n', 'two\n']);
});

test('once more when a source changed while it was read', async () => {
  const { at, write, bundle, madeAt } = await smallCheckout();
  write('one');
  const later = Date.now() / 1_000 + hourS;
  utimesSync(at('src/cli/word.ts'), later, later);
  await bundle();
  const before = madeAt();
  await bundle();
  expect(madeAt()).not.toBe(before);
});
