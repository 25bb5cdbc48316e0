/** What each part of the running product takes between two moments. */
import { usagesOf } from './usage.ts';

/** Main processes of each part; their descendants are counted with them. */
export type Parts = ReadonlyMap<string, readonly number[]>;

export interface PartUsage {
  readonly cpuUs: number;
  /** Of the largest process of the part. */
  readonly bytes: number;
  readonly peakBytes: number;
}

export interface Meter {
  /** Now; CPU since the start. */
  look(): Map<string, PartUsage>;
  stop(): Map<string, PartUsage>;
}

/** Peaks of families are seen by looking; a single process's own peak is kept by the kernel. */
const lookMs = 1_000;

export function startMeter(parts: Parts): Meter {
  const start = read(parts);
  const peaks = new Map<string, number>();
  const look = (): Map<string, PartUsage> => {
    const now = read(parts);
    for (const [name, usage] of now) {
      const peakBytes = Math.max(usage.peakBytes, usage.bytes, peaks.get(name) ?? 0);
      peaks.set(name, peakBytes);
      now.set(name, { cpuUs: usage.cpuUs - (start.get(name)?.cpuUs ?? 0), bytes: usage.bytes, peakBytes });
    }
    return now;
  };
  const timer = setInterval(look, lookMs);
  return {
    look,
    stop: () => {
      clearInterval(timer);
      return look();
    },
  };
}

function read(parts: Parts): Map<string, PartUsage> {
  const usages = usagesOf([...parts.values()].flat()).values();
  return new Map(
    [...parts].map(([name, pids]) => {
      const own = pids.flatMap(() => usages.next().value ?? []);
      return [
        name,
        {
          cpuUs: own.reduce((sum, { cpuUs }) => sum + cpuUs, 0),
          bytes: Math.max(0, ...own.map(({ bytes }) => bytes)),
          peakBytes: Math.max(0, ...own.map(({ peakBytes }) => peakBytes)),
        },
      ];
    }),
  );
}
