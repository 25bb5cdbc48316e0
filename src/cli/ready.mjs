// @ts-check
/** Makes a checkout ready to run: dependencies, Prisma client, server, console. Each is done again only when what it is made of changed. */
import { spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const projectRoot = fileURLToPath(new URL('../../', import.meta.url));

/** What Node runs: src/cli/main.ts as `bundleServerWhenStale` bundles it. */
export const mainProgram = path.join(projectRoot, 'dist/server/main.js');

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
  await generatePrismaClientsWhenStale();
  await bundleServerWhenStale();
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

/** How much memory Node takes, and the operator's `.env` where there is one. */
export function nodeArguments() {
  const envFile = path.join(projectRoot, '.env');
  return [
    `--max-semi-space-size=${youngMb}`,
    `--heap-growing-percent=${heapGrowthPercent}`,
    ...(existsSync(envFile) ? [`--env-file=${envFile}`] : []),
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

/** Of the product, and of the baseline that the benchmark compares it with. */
const prismaClients = [
  { schema: 'prisma/schema.prisma', folder: 'prisma/client' },
  { schema: 'src/bench/naive.prisma', folder: 'prisma/client-naive' },
];

async function generatePrismaClientsWhenStale() {
  for (const { schema, folder } of prismaClients) {
    const stampFile = path.join(projectRoot, folder, '.made-from');
    const digest = digestOf([schema, 'node_modules/prisma/package.json']);
    if (readStamp(stampFile) === digest) continue;
    const { code, output } = await run(
      process.execPath,
      [
        path.join(projectRoot, 'node_modules/prisma/build/index.js'),
        'generate',
        '--no-hints',
        '--schema',
        schema,
      ],
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
}

/** The files that are started as processes. */
const serverPrograms = { main: 'src/cli/main.ts', 'task-process': 'src/bench/task-process.ts' };
/** Besides the sources themselves, all of which esbuild names: its version, how it reads them, and what it is told below. */
const serverSettings = ['package-lock.json', 'tsconfig.json', 'src/cli/ready.mjs'];
const serverStampMark = '\n// made from ';
/** A process that is running may still load a chunk that was replaced. */
const replacedChunkMs = 24 * 60 * 60 * 1000;

/**
 * Bundles the server into dist/server, packages left out: transpiling its modules took every process a second. Any number of processes
 * may do it at once, also while others run: chunks are named after what they hold, every file appears as a whole, and the programs come
 * last. The stamp is the last line of main.js, so that it never speaks of another bundle.
 */
export async function bundleServerWhenStale() {
  if (isServerBundled()) return;
  const { build } = await import('esbuild');
  const startedAt = Date.now();
  const outdir = path.dirname(mainProgram);
  const { outputFiles, metafile } = await build({
    absWorkingDir: projectRoot,
    entryPoints: serverPrograms,
    outdir,
    chunkNames: '[name]-[hash]',
    bundle: true,
    splitting: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    // Beside the bundle, for whoever asks with NODE_OPTIONS=--enable-source-maps: reading them takes every process time.
    sourcemap: 'linked',
    metafile: true,
    write: false,
  }).catch(() => {
    // What is wrong, esbuild has said.
    console.error('打包服务端失败。Bundling the server failed.');
    process.exit(1);
  });
  const files = [...serverSettings, ...Object.keys(metafile.inputs)];
  // What changed meanwhile may have been read before: then the next process bundles again.
  const isOld = files.some((file) => statSync(path.join(projectRoot, file)).mtimeMs >= startedAt);
  const stamp = serverStampMark + JSON.stringify({ digest: isOld ? '' : digestOf(files), files });
  mkdirSync(outdir, { recursive: true });
  const programs = Object.keys(serverPrograms).map((name) => path.join(outdir, `${name}.js`));
  const isProgram = (/** @type {string} */ file) => programs.includes(file);
  for (const { path: file, contents } of outputFiles) if (!isProgram(file)) replaceFile(file, contents);
  for (const { path: file, text } of outputFiles)
    if (isProgram(file)) replaceFile(file, file === mainProgram ? text + stamp : text);
  const made = new Set(outputFiles.map(({ path: file }) => file));
  for (const name of readdirSync(outdir)) {
    const file = path.join(outdir, name);
    if (made.has(file)) continue;
    const { mtimeMs } = statSync(file, { throwIfNoEntry: false }) ?? { mtimeMs: startedAt };
    if (startedAt - mtimeMs > replacedChunkMs) rmSync(file, { recursive: true, force: true });
  }
}

function isServerBundled() {
  const [, stamp] = (readStamp(mainProgram) ?? '').split(serverStampMark);
  if (stamp === undefined) return false;
  /** @type {{ digest: string, files: string[] }} */
  const { digest, files } = JSON.parse(stamp);
  return files.every((file) => existsSync(path.join(projectRoot, file))) && digestOf(files) === digest;
}

/**
 * @param {string} file
 * @param {string | Uint8Array} contents
 */
function replaceFile(file, contents) {
  const whole = `${file}.${randomUUID()}`;
  writeFileSync(whole, contents);
  renameSync(whole, file);
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
export function consoleSources() {
  return readdirSync(path.join(projectRoot, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      path.relative(projectRoot, path.join(entry.parentPath ?? entry.path, entry.name)).replaceAll('\\', '/'),
    )
    .filter(
      (file) =>
        file.startsWith('src/console/') ||
        /contract\.ts$|\/permissions\.ts$|^src\/platform\/(civil|decimal)\.ts$/.test(file),
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
