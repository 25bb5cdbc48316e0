/** CPU time and memory of processes, from the operating system's own accounting (Linux /proc). */
import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks per second of /proc on every Linux that Node supports. */
const ticksPerSecond = 100;
const usPerSecond = 1_000_000;

export interface Usage {
  readonly cpuUs: number;
  readonly peakBytes: number;
}

/** A process and all its descendants that are alive, summed; `peakBytes` is the largest single one. */
export function usageOf(pid: number): Usage {
  const family = new Set([pid]);
  for (let size = 0; size !== family.size; ) {
    size = family.size;
    for (const [child, parent] of parents()) if (family.has(parent)) family.add(child);
  }
  let cpuUs = 0;
  let peakBytes = 0;
  for (const member of family) {
    const fields = statOf(member);
    if (fields === null) continue;
    // utime, stime and those of children that were waited for.
    cpuUs +=
      ([11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at]), 0) * usPerSecond) / ticksPerSecond;
    peakBytes = Math.max(peakBytes, peakOf(member));
  }
  return { cpuUs, peakBytes };
}

function parents(): [number, number][] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name): [number, number][] => {
      const fields = statOf(Number(name));
      return fields === null ? [] : [[Number(name), Number(fields[1])]];
    });
}

/** Fields from the state on; the name before them may hold spaces. */
function statOf(pid: number): string[] | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}

function peakOf(pid: number): number {
  try {
    const line = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return Number(line?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
