// @ts-check
/**
 * `npm start`, `npm test` and `npm run chaos`. Plain JavaScript without dependencies, because nothing is installed yet when it runs for the first time.
 *
 *   node src/cli/launch.mjs start [args]   makes everything ready, then runs `fundwatch start`
 *   node src/cli/launch.mjs test [args]    makes everything ready, then runs all checks; with args only vitest, with these args
 *   node src/cli/launch.mjs chaos [args]   makes everything ready, then runs test/chaos/chaos.ts
 *   node src/cli/launch.mjs prepare        makes everything ready
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { mainProgram, makeReady, nodeArguments, projectRoot, refuseOldNode, run } from './ready.mjs';

refuseOldNode();
const [mode, ...args] = process.argv.slice(2);
if (mode === 'start') await start();
else if (mode === 'test') await test();
else if (mode === 'chaos') await chaos();
else if (mode === 'prepare') await makeReady({ withDevDependencies: false, withConsole: true });
else {
  console.error('node src/cli/launch.mjs start|test|chaos|prepare');
  process.exit(2);
}

async function start() {
  await makeReady({ withDevDependencies: false, withConsole: true });
  const child = spawn(process.execPath, [...nodeArguments(), mainProgram, 'start', ...args], {
    // The channel tells the child when this process is killed.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  for (const signal of /** @type {NodeJS.Signals[]} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    // Stay until the child has stopped everything. It recognizes the doubled signal of Ctrl-C.
    process.on(signal, () => child.kill(signal));
  }
  child.once('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
}

async function chaos() {
  await makeReady({ withDevDependencies: true, withConsole: false });
  const { code } = await run(process.execPath, ['--import', 'tsx', 'test/chaos/chaos.ts', ...args]);
  process.exit(code);
}

/** @typedef {{ title: string, seconds: number, passed: boolean }} Step */

async function test() {
  await makeReady({ withDevDependencies: true, withConsole: true });
  const reportDir = path.join(projectRoot, '.data', 'test');
  mkdirSync(reportDir, { recursive: true });
  for (const name of ['vitest.json', 'left-out.json']) rmSync(path.join(reportDir, name), { force: true });

  /** @type {Step[]} */
  const steps = [];
  // Side by side: each uses one core for most of its time.
  if (args.length === 0)
    await Promise.all([
      step(steps, '类型检查 tsc', () => tool('typescript/bin/tsc', ['--noEmit'])),
      step(steps, '代码检查 oxlint', () =>
        tool('oxlint/bin/oxlint', ['--type-aware', '--quiet', 'src', 'workers', 'test']),
      ),
      step(steps, '格式 biome', () => tool('@biomejs/biome/bin/biome', ['format'])),
      step(steps, '无用代码 knip', () => tool('knip/bin/knip.js', [])),
      step(steps, '引用方向 dependency-cruiser', () => script('test/support/check-import-directions.mjs')),
    ]);
  await step(steps, '测试 vitest', () =>
    tool('vitest/vitest.mjs', [
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${path.join(reportDir, 'vitest.json')}`,
      ...args,
    ]),
  );
  report(steps, reportDir);
  process.exit(steps.every((each) => each.passed) ? 0 : 1);
}

/**
 * @param {Step[]} steps
 * @param {string} title
 * @param {() => Promise<boolean>} check
 */
async function step(steps, title, check) {
  console.log(`\n── ${title}`);
  const startedAt = performance.now();
  const passed = await check();
  steps.push({ title, seconds: (performance.now() - startedAt) / 1000, passed });
}

/**
 * @param {string} file inside node_modules
 * @param {string[]} toolArgs
 */
async function tool(file, toolArgs) {
  return script(path.join('node_modules', file), toolArgs);
}

/**
 * @param {string} file inside the project
 * @param {string[]} [scriptArgs]
 */
async function script(file, scriptArgs = []) {
  const { code } = await run(process.execPath, [path.join(projectRoot, file), ...scriptArgs]);
  return code === 0;
}

/**
 * @param {Step[]} steps
 * @param {string} reportDir
 */
function report(steps, reportDir) {
  console.log('\n── 结果 summary');
  for (const { title, seconds, passed } of steps) {
    console.log(`${passed ? '通过 passed' : '失败 FAILED'}  ${seconds.toFixed(1).padStart(6)} s  ${title}`);
  }
  const leftOutFile = path.join(reportDir, 'left-out.json');
  /** @type {string[]} */
  const leftOut = existsSync(leftOutFile) ? JSON.parse(readFileSync(leftOutFile, 'utf8')) : [];
  if (leftOut.length === 0) return;
  console.log('\n!!! 以下测试没有运行 / THESE TESTS DID NOT RUN !!!');
  for (const line of leftOut) console.log(`!!! ${line}`);
}
