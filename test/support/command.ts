/** `fundwatch …` as an operator runs it, in a process of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { bundledProgram, projectRoot } from '../../src/platform/project.ts';

/** `out` is standard output, `told` what was said beside it. */
export type Ended = { code: number | null; out: string; told: string };

export async function runCommand(
  parameters: readonly string[],
  environment: Record<string, string> = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [bundledProgram('main'), ...parameters], {
    cwd: projectRoot,
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let told = '';
  // Whole characters: a piece of a pipe may end in the middle of a Chinese one.
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    told += text;
  });
  await once(child, 'close');
  return { code: child.exitCode, out, told };
}
