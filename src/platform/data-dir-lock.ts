import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { failedBy } from './failed-by.ts';

/** One fundwatch per data directory. The lock is a file that names its holder; a holder that no longer runs holds nothing. */
export type DataDirLock = { release(): void };

const Holder = z.strictObject({ pid: z.number().int().positive(), startTicks: z.string().nullable() });
type Holder = z.infer<typeof Holder>;

const lockAttemptsMax = 10;

/** Throws with a message for the operator when another running process holds the directory. */
export function lockDataDir(dataDir: string): DataDirLock {
  const lockFile = path.join(dataDir, 'fundwatch.lock');
  const self: Holder = { pid: process.pid, startTicks: processStartTicks(process.pid) };
  const draft = `${lockFile}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(self));
  try {
    for (let attempt = 0; attempt < lockAttemptsMax; attempt += 1) {
      // A hard link appears whole or not at all, so a half-written lock cannot be read.
      if (tryLink(draft, lockFile)) return { release: () => releaseOwn(lockFile, self) };
      const holder = readHolder(lockFile);
      if (holder !== undefined && isRunning(holder)) throw heldError(dataDir, holder.pid);
      rmSync(lockFile, { force: true });
    }
    throw new Error(`无法锁定数据目录 ${dataDir}。Cannot lock the data directory ${dataDir}.`);
  } finally {
    rmSync(draft, { force: true });
  }
}

function heldError(dataDir: string, pid: number): Error {
  return new Error(
    `另一个 fundwatch（进程 ${pid}）正在使用数据目录 ${dataDir}。请先停止它，或用 FUNDWATCH_DATA_DIR 指定另一个目录。\n` +
      `Another fundwatch (process ${pid}) is using the data directory ${dataDir}. ` +
      'Stop it first, or choose another directory with FUNDWATCH_DATA_DIR.',
  );
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (failedBy(error, 'EEXIST')) return false;
    throw error;
  }
}

function readHolder(lockFile: string): Holder | undefined {
  try {
    return Holder.parse(JSON.parse(readFileSync(lockFile, 'utf8')));
  } catch {
    // Gone in the meantime, or unreadable: nobody can be named as its holder.
    return undefined;
  }
}

function releaseOwn(lockFile: string, self: Holder): void {
  const holder = readHolder(lockFile);
  if (holder?.pid === self.pid && holder.startTicks === self.startTicks) rmSync(lockFile, { force: true });
}

function isRunning(holder: Holder): boolean {
  if (!processExists(holder.pid)) return false;
  // After a restart of a container the same small process ids come back; only the start time tells them apart.
  return holder.startTicks === processStartTicks(holder.pid);
}

export function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return failedBy(error, 'EPERM');
  }
}

/** When the process started, in clock ticks since boot together with the boot id (Linux); null where the system does not tell. */
function processStartTicks(pid: number): string | null {
  try {
    const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in brackets and may hold blanks; field 22 is counted from behind it.
    const fieldsAfterName = status.slice(status.lastIndexOf(')') + 2).split(' ');
    // A process that was killed but not yet reaped by its parent still has a number; it holds nothing any more.
    if (fieldsAfterName[0] === 'Z') return null;
    return `${bootId}/${fieldsAfterName[19] ?? ''}`;
  } catch {
    return null;
  }
}
