import { Command } from 'commander';

/**
 * `fundwatch <command>`. Each command lives in a file of its own that exports `register(program)`; the file is loaded only when its
 * command (or the help) is asked for, so that `fundwatch screen` does not wait for Prisma.
 */
type CommandModule = { register(program: Command): void };

const commands: Readonly<Record<string, () => Promise<CommandModule>>> = {
  start: () => import('./start.ts'),
  api: () => import('./api.ts'),
  work: () => import('./work.ts'),
  migrate: () => import('./migrate.ts'),
  import: () => import('./import.ts'),
  demo: () => import('./demo.ts'),
  bench: () => import('./bench.ts'),
  screen: () => import('./screen.ts'),
  replay: () => import('./replay.ts'),
  rules: () => import('./rules.ts'),
  knowledge: () => import('./knowledge.ts'),
  draw: () => import('./draw.ts'),
  credit: () => import('./credit.ts'),
  case: () => import('./case.ts'),
  audit: () => import('./audit.ts'),
  explain: () => import('./explain.ts'),
  retention: () => import('./retention.ts'),
  people: () => import('./people.ts'),
  vault: () => import('./vault.ts'),
};

const usageErrorCode = 2;

/** What becomes of files that people name. */
const fileFaults: Readonly<Record<string, string>> = {
  ENOENT: '没有这个文件或目录 / no such file or directory',
  EISDIR: '这是一个目录，需要文件 / is a directory, not a file',
  ENOTDIR: '这是一个文件，需要目录 / is a file, not a directory',
  EACCES: '没有读写这个文件的权限 / permission denied',
};

const program = new Command('fundwatch')
  .description('基金守望：医保基金监管规则引擎 / fund supervision for medical insurance')
  .showHelpAfterError()
  .exitOverride((stop) => process.exit(stop.exitCode === 0 ? 0 : usageErrorCode));

const asked = commands[process.argv[2] ?? ''];
const wanted = asked === undefined ? Object.values(commands) : [asked];
for (const load of wanted) (await load()).register(program);

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`\n${explained(error)}\n`);
  // What a command opened before it failed – pools, timers – would keep the process alive.
  process.exit(usageErrorCode);
}

/** The message is written for the operator; where there is none, the stack helps whoever is asked. */
function explained(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // An AppError, told by its form: its file would bring the web server along.
  const text: unknown = 'text' in error ? error.text : null;
  if (typeof text === 'object' && text !== null) return Object.values(text).join('\n');
  const file = 'path' in error && 'code' in error ? fileFaults[String(error.code)] : undefined;
  if (file !== undefined && 'path' in error) return `${file}：${String(error.path)}`;
  return /[\u4e00-\u9fff]/.test(error.message) ? error.message : (error.stack ?? error.message);
}
