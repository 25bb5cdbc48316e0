// @ts-check
/** Makes a checkout ready to run: dependencies, Prisma client, console. Each is done again only when what it is made of changed. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const projectRoot = fileURLToPath(new URL('../../', import.meta.url));

const nodeMajorMin = 20;
const nodeMinorMin = 19;

export function refuseOldNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > nodeMajorMin || (major === nodeMajorMin && minor >= nodeMinorMin)) return;
  console.error(
    `需要 Node ${nodeMajorMin}.${nodeMinorMin} 或更高版本，当前是 ${process.versions.node}。请到 https://nodejs.org 下载。\n` +
      `fundwatch needs Node ${nodeMajorMin}.${nodeMinorMin} or later; this is ${process.versions.node}.`,
  );
  process.exit(2);
}

/** @param {{ withDevDependencies: boolean, withConsole: boolean }} options */
export async function makeReady({ withDevDependencies, withConsole }) {
  await installWhenStale(withDevDependencies);
  await generatePrismaClientWhenStale();
  if (withConsole) await buildConsoleWhenStale();
}

/**
 * Room for what dies young, of which a stream of claims makes much: with the default of 16 MB a quarter of the time went into copying
 * what had not died yet. Each busy process takes about 100 MB more.
 */
const youngMb = 64;
/**
 * How far the heap may grow over what lives before it is looked through as a whole. Left to itself it grows to four times that, and a
 * worker took 770 MB where 500 do.
 */
const heapGrowthPercent = 50;

/** What Node needs to run our TypeScript, from any working directory, and the operator's `.env` where there is one. */
export function nodeArguments() {
  const tsx = pathToFileURL(path.join(projectRoot, 'node_modules/tsx/dist/loader.mjs')).href;
  const envFile = path.join(projectRoot, '.env');
  return [
    `--max-semi-space-size=${youngMb}`,
    `--heap-growing-percent=${heapGrowthPercent}`,
    ...(existsSync(envFile) ? [`--env-file=${envFile}`] : []),
    '--import',
    tsx,
  ];
}

/** @param {boolean} withDevDependencies */
async function installWhenStale(withDevDependencies) {
  if (isInstalled(withDevDependencies)) return;
  // Not on standard output, which belongs to the command.
  console.error('正在安装依赖…… Installing dependencies…');
  const npmFile = process.env['npm_execpath'];
  const [program, first] = npmFile?.endsWith('.js') ? [process.execPath, [npmFile]] : ['npm', []];
  const { code } = await run(program, [...first, 'ci', ...(withDevDependencies ? ['--include=dev'] : [])], {
    shell: process.platform === 'win32',
  });
  if (code === 0 && isInstalled(withDevDependencies)) return;
  console.error(
    '安装依赖失败。请检查网络或 npm 镜像（npm config get registry），然后重试 npm ci。\n' +
      'Installing the dependencies failed. Check the network or the registry (npm config get registry), then try npm ci.',
  );
  process.exit(1);
}

/**
 * Compares what npm says it installed with what the lock file asks for. Optional packages may be missing: most are for other platforms.
 *
 * @param {boolean} withDevDependencies
 */
function isInstalled(withDevDependencies) {
  /** @typedef {Record<string, { version?: string, optional?: boolean, devOptional?: boolean, dev?: boolean, peer?: boolean }>} Packages */
  /** @type {Packages} */
  const wanted = JSON.parse(readFileSync(path.join(projectRoot, 'package-lock.json'), 'utf8')).packages;
  const installedFile = path.join(projectRoot, 'node_modules/.package-lock.json');
  if (!existsSync(installedFile)) return false;
  /** @type {Packages} */
  const installed = JSON.parse(readFileSync(installedFile, 'utf8')).packages;
  return Object.entries(wanted).every(([place, { version, optional, devOptional, dev }]) => {
    if (place === '' || optional || devOptional || (dev && !withDevDependencies)) return true;
    return installed[place]?.version === version;
  });
}

async function generatePrismaClientWhenStale() {
  const stampFile = path.join(projectRoot, 'prisma/client/.made-from');
  const digest = digestOf(['prisma/schema.prisma', 'node_modules/prisma/package.json']);
  if (readStamp(stampFile) === digest) return;
  const { code, output } = await run(
    process.execPath,
    [path.join(projectRoot, 'node_modules/prisma/build/index.js'), 'generate', '--no-hints'],
    {
      capture: true,
      env: {
        // Prisma wants to download a schema engine although generating needs none; any existing program keeps it from trying.
        PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
        // No telemetry.
        CHECKPOINT_DISABLE: '1',
        PRISMA_HIDE_UPDATE_MESSAGE: '1',
      },
    },
  );
  if (code !== 0) {
    console.error(`${output}\n生成 Prisma 客户端失败。Generating the Prisma client failed.`);
    process.exit(1);
  }
  writeFileSync(stampFile, digest);
}

async function buildConsoleWhenStale() {
  const config = 'src/console/vite.config.ts';
  if (!existsSync(path.join(projectRoot, config))) return;
  const stampFile = path.join(projectRoot, 'dist/console/.made-from');
  const digest = digestOf(['package-lock.json', ...consoleSources()]);
  if (readStamp(stampFile) === digest) return;
  console.error('正在构建控制台…… Building the console…');
  const { code } = await run(process.execPath, [
    path.join(projectRoot, 'node_modules/vite/bin/vite.js'),
    'build',
    '--config',
    config,
    '--logLevel',
    'error',
  ]);
  if (code !== 0) {
    console.error('构建控制台失败。Building the console failed.');
    process.exit(1);
  }
  mkdirSync(path.dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, digest);
}

/** The console's own files, the contracts and permissions it shares with the server, and the pure platform files that contracts stand on. */
function consoleSources() {
  return readdirSync(path.join(projectRoot, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      path.relative(projectRoot, path.join(entry.parentPath ?? entry.path, entry.name)).replaceAll('\\', '/'),
    )
    .filter(
      (file) =>
        file.startsWith('src/console/') ||
        file.startsWith('src/platform/') ||
        /\/(contract|permissions)\.ts$/.test(file),
    )
    .sort();
}

/** @param {string[]} files */
function digestOf(files) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(`${file}\0`).update(readFileSync(path.join(projectRoot, file)));
  return hash.digest('hex');
}

/** @param {string} file */
function readStamp(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

/**
 * @param {string} program
 * @param {string[]} args
 * @param {{ capture?: boolean, shell?: boolean, env?: Record<string, string> }} [options] capture: keep the output instead of showing it
 * @returns {Promise<{ code: number, output: string }>}
 */
export function run(program, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: projectRoot,
      stdio: options.capture ? ['ignore', 'pipe', 'pipe'] : 'inherit',
      shell: options.shell ?? false,
      env: { ...process.env, ...options.env },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (/** @type {Buffer} */ chunk) => {
        output += chunk;
      });
    }
    child.once('error', (error) => {
      console.error(error.message);
      resolve({ code: 1, output });
    });
    child.once('close', (code) => resolve({ code: code ?? 1, output }));
  });
}
