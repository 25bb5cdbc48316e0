/** What runs on this machine, as Linux tells it. */
import { readdirSync, readFileSync } from 'node:fs';

/** Every process that has this folder on its command line or in its environment, however it was orphaned. */
export function processesOf(dir: string): { pid: number; command: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map((name) => ({
      pid: Number(name),
      command: readQuietly(`/proc/${name}/cmdline`),
      environment: readQuietly(`/proc/${name}/environ`),
    }))
    .filter(({ command, environment }) => command.includes(dir) || environment.includes(dir))
    .map(({ pid, command }) => ({ pid, command: command.replaceAll('\0', ' ') }));
}

function readQuietly(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

export function pidOf(dir: string, pattern: RegExp): number {
  const found = processesOf(dir).find(({ command }) => pattern.test(command));
  if (found === undefined) throw new Error(`no process like ${pattern.source}`);
  return found.pid;
}
