/** CPU time and memory of processes, from the operating system's own accounting (Linux /proc). */
import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks per second of /proc on every Linux that Node supports. */
const ticksPerSecond = 100;
const usPerSecond = 1_000_000;
const bytesPerKb = 1_024;

export interface Usage {
  readonly cpuUs: number;
  /** Resident now. What the members of a family share – PostgreSQL's buffers – counts once. */
  readonly bytes: number;
  /** The largest a single member has ever been. */
  readonly peakBytes: number;
}

/** Of each process together with all its descendants that are alive. One look at /proc serves all. */
export function usagesOf(pids: readonly number[]): Usage[] {
  const processes = new Map(
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => {
        const fields = statOf(Number(name));
        return fields === null ? [] : [[Number(name), fields] as const];
      }),
  );
  return pids.map((pid) => usageOf(familyOf(pid, processes), processes));
}

type Processes = ReadonlyMap<number, readonly string[]>;

function familyOf(pid: number, processes: Processes): Set<number> {
  const family = new Set([pid]);
  for (let size = 0; size !== family.size; ) {
    size = family.size;
    for (const [child, fields] of processes) if (family.has(Number(fields[1]))) family.add(child);
  }
  return family;
}

function usageOf(family: ReadonlySet<number>, processes: Processes): Usage {
  let cpuUs = 0;
  let ownBytes = 0;
  let sharedBytes = 0;
  let peakBytes = 0;
  for (const pid of family) {
    const fields = processes.get(pid);
    if (fields === undefined) continue;
    // utime, stime and those of children that were waited for.
    cpuUs +=
      ([11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at]), 0) * usPerSecond) / ticksPerSecond;
    const memory = memoryOf(pid);
    ownBytes += memory('RssAnon');
    sharedBytes = Math.max(sharedBytes, memory('RssFile') + memory('RssShmem'));
    peakBytes = Math.max(peakBytes, memory('VmHWM'));
  }
  return { cpuUs, bytes: ownBytes + sharedBytes, peakBytes };
}

/** Fields from the state on; the name before them may hold spaces. */
function statOf(pid: number): string[] | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    // It ended meanwhile.
    return null;
  }
}

function memoryOf(pid: number): (name: string) => number {
  let text = '';
  try {
    text = readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    // It ended meanwhile.
  }
  return (name) => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(text)?.[1] ?? 0) * bytesPerKb;
}
