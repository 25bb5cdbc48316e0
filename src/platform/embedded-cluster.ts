import { execFile, spawn } from 'node:child_process';
import { chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { EmbeddedBinaries } from './embedded-binaries.ts';

/** The system user that PostgreSQL runs as: nothing to set for an ordinary user, `postgres` when we are root. */
export type ServerIdentity = { uid?: number; gid?: number };

const run = promisify(execFile);

/**
 * PostgreSQL refuses to run as root, so for root a user without rights is found or made.
 *
 * @param pathsToReach the server must be able to reach these as that user; root's own home usually bars the way.
 */
export async function serverIdentity(pathsToReach: readonly string[]): Promise<ServerIdentity> {
  if (process.getuid?.() !== 0) return {};
  const identity = (await findUser('postgres')) ?? (await makeUser('postgres'));
  for (const place of pathsToReach) await refuseUnreachable(place, identity);
  return identity;
}

async function findUser(name: string): Promise<{ uid: number; gid: number } | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined;
  }
}

async function makeUser(name: string): Promise<{ uid: number; gid: number }> {
  await run('useradd', [
    '--system',
    '--user-group',
    '--no-create-home',
    '--shell',
    '/usr/sbin/nologin',
    name,
  ]).catch(
    // Alpine has no useradd.
    () => run('adduser', ['-S', '-D', '-H', name]),
  );
  const made = await findUser(name);
  if (made !== undefined) return made;
  throw new Error(
    `以 root 运行时无法创建系统用户 ${name}。请用普通用户运行，或用 DATABASE_URL 指定 PostgreSQL。\n` +
      `Running as root, and the system user ${name} cannot be created. Run as an ordinary user, or set DATABASE_URL.`,
  );
}

async function refuseUnreachable(place: string, identity: { uid: number; gid: number }): Promise<void> {
  const probe = spawn('/usr/bin/test', ['-x', place], { ...identity, cwd: '/', stdio: 'ignore' });
  const code = await new Promise<number | null>((resolve) => {
    probe.once('exit', resolve);
    probe.once('error', () => resolve(null));
  });
  if (code !== 1) return;
  throw new Error(
    `以 root 运行时，数据库以系统用户 postgres 运行，但它无法进入 ${place}（上级目录不允许）。` +
      '请把 fundwatch 放到 /opt 或 /srv 下，或用普通用户运行，或用 DATABASE_URL 指定 PostgreSQL。\n' +
      `Running as root, the database runs as the user postgres, who cannot reach ${place} because a folder above is closed. ` +
      'Move fundwatch to /opt or /srv, or run as an ordinary user, or set DATABASE_URL.',
  );
}

/** Runs initdb into a folder that does not exist yet. */
export async function createCluster(options: {
  binaries: EmbeddedBinaries;
  identity: ServerIdentity;
  clusterDir: string;
  userName: string;
  password: string;
  /** False only for a database that may be lost with the machine, as in tests. */
  durable: boolean;
}): Promise<void> {
  const { binaries, identity, clusterDir } = options;
  await mkdir(clusterDir, { mode: 0o700 });
  const secretDir = await mkdtemp(path.join(os.tmpdir(), 'fundwatch-initdb-'));
  const passwordFile = path.join(secretDir, 'password');
  try {
    await writeFile(passwordFile, `${options.password}\n`, { mode: 0o600 });
    if (identity.uid !== undefined && identity.gid !== undefined) {
      for (const place of [clusterDir, secretDir, passwordFile])
        await chown(place, identity.uid, identity.gid);
    }
    const flags = [
      `--pgdata=${clusterDir}`,
      `--username=${options.userName}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      // Sorting and case folding by PostgreSQL's own rules: the same order on every machine, whatever the system's locale.
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      ...(options.durable ? [] : ['--no-sync']),
    ];
    await run(binaries.initdb, flags, { ...identity, cwd: '/', env: { LC_ALL: 'C' } });
  } finally {
    await rm(secretDir, { recursive: true, force: true });
  }
}
