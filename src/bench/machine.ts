import os from 'node:os';

/** What the figures were measured on. */
export interface Machine {
  readonly cpus: number;
  readonly cpu: string;
  readonly memory_gib: number;
  readonly system: string;
  readonly node: string;
}

export const machine = (): Machine => ({
  cpus: os.availableParallelism(),
  cpu: os.cpus()[0]?.model ?? 'unknown',
  memory_gib: Math.round(os.totalmem() / 1024 ** 3),
  system: `${os.type()} ${os.release()}`,
  node: process.version,
});
